"""The pages in a real browser: taps, scripts, keys, live updates, and what axe has to say."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.web.house import RUNBOOK, SETTINGS, House, served
from tests.web.house import house as open_house
from tocsin.app.access import Role
from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.incident.step_facts import StepOutcome

pytestmark = pytest.mark.component("chromium")

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@dataclass
class Shop:
    """A served installation whose loops run, and the browser to look at it."""

    house: House
    url: str
    browser: Browser

    def context(self, role: Role | None = Role.RESPONDER, **options: object) -> BrowserContext:
        """A browser of somebody signed in with that role; everything that its policy blocks is an error here."""
        context = self.browser.new_context(**{"viewport": PHONE, **options})  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        if role is not None:
            value = self.house.visitor(role).cookie.partition("=")[2]
            context.add_cookies([{"name": "tocsin", "value": value, "url": self.url}])
        return context

    def page(self, role: Role | None = Role.RESPONDER, **options: object) -> Page:
        """A page of such a browser."""
        return self.context(role, **options).new_page()

    def alert(self) -> None:
        """Let the monitor knock at the door."""
        integration = next(iter(self.house.application.team().integrations.values()))
        one = {
            "status": "firing",
            "labels": {"alertname": "ApiDown", "severity": "critical"},
            "annotations": {"summary": "API not responding: 502/503 errors"},
            "startsAt": "2026-11-21T03:08:30Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.example/graph",
            "fingerprint": "f1",
        }
        body = json.dumps({"version": "4", "groupKey": "g", "status": "firing", "receiver": "t", "alerts": [one]})
        address = f"{self.url}/in/{integration.key}/alertmanager"
        with urllib.request.urlopen(urllib.request.Request(address, body.encode(), method="POST")) as answer:
            assert answer.status == 202


@pytest.fixture
def shop(browser: Browser) -> Iterator[Shop]:
    """An installation with running loops on a port of its own."""
    folder = tempfile.TemporaryDirectory()
    with folder as place, open_house(Path(place), running=True) as opened, served(opened) as url:
        yield Shop(opened, url, browser)


def troubles(page: Page) -> list[str]:
    """What the page's console complains of from now on: scripts that break, and what the policy blocks."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    return said


def test_from_the_page_to_the_first_step_in_four_taps(shop: Shop) -> None:
    """The alert knocks, the phone rings; Open, Acknowledge, Done: the incident is held and step two is next."""
    phone = shop.page(Role.MAINTAINER)
    said = troubles(phone)
    phone.goto(f"{shop.url}/phone")
    shop.alert()
    phone.get_by_role("button", name="Open", exact=True).click()
    expect(phone.get_by_role("button", name="Acknowledge")).to_be_visible()
    assert "/p/" in phone.url
    phone.get_by_role("button", name="Acknowledge").click()
    expect(phone.locator("#holder")).to_contain_text("Acknowledged by you")
    phone.locator("#next").get_by_role("button", name="Done").click()
    expect(phone.locator("#next")).to_contain_text("Next: step 2 of 8")
    assert said == []


def test_everything_works_without_scripts(shop: Shop) -> None:
    """With scripts off: acknowledge, note through its sheet, a step, and the page refreshes itself."""
    id = shop.house.declare()
    page = shop.page(java_script_enabled=False)
    page.goto(f"{shop.url}/i/{id}")
    assert "http-equiv" in page.content()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
    page.locator("nav.bar").get_by_role("button", name="Note").click()
    page.get_by_label("What happened, for the timeline").fill("Without any script")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("#timeline")).to_contain_text("Without any script")
    page.locator("#next").get_by_role("button", name="Skip").click()
    expect(page.locator("#next")).to_contain_text("Next: step 2 of 8")


def test_an_open_page_stays_current_and_keeps_what_is_being_typed(shop: Shop) -> None:
    """Another's act appears by itself; an open sheet stays open with its words; the badge says Live."""
    id = shop.house.declare()
    page = shop.page()
    said = troubles(page)
    page.goto(f"{shop.url}/i/{id}")
    expect(page.locator("#live")).to_have_text("Live")
    page.locator("nav.bar").get_by_role("button", name="Note").click()
    words = page.get_by_label("What happened, for the timeline")
    words.fill("I am still typ")
    incidents = shop.house.application.incidents
    incidents.act(shop.house.caller(Role.MAINTAINER), id, c.Acknowledge("max"))
    expect(page.locator("#holder")).to_contain_text("Max Lindqvist acknowledged")
    expect(words).to_be_visible()
    expect(words).to_have_value("I am still typ")
    words.press_sequentially("ing")
    page.get_by_role("button", name="Write it down").click()
    expect(page.locator("#timeline")).to_contain_text("I am still typing")
    expect(words).to_be_hidden()
    expect(words).to_have_value("")
    assert said == []


def test_a_thumb_that_taps_twice_says_it_once(shop: Shop) -> None:
    """The second tap came after the first, and was a second note, or the page of one level more."""
    id = shop.house.declare()
    page = shop.page()
    page.goto(f"{shop.url}/i/{id}")
    page.locator("nav.bar").get_by_role("button", name="Note").click()
    page.get_by_label("What happened, for the timeline").fill("Twice")
    page.get_by_role("button", name="Write it down").dblclick()
    expect(page.locator("#timeline")).to_contain_text("Twice")
    page.locator("nav.bar").get_by_role("button", name="Escalate").click()
    page.get_by_label("Why: the people who are paged read this").fill("Help")
    page.get_by_role("button", name="Page them").dblclick()
    expect(page.locator("#timeline")).to_contain_text("Help")
    page.get_by_role("button", name="Acknowledge").click()  # sent after all that could have been sent
    expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
    told = shop.house.application.incidents.view(shop.house.caller(), id).timeline
    assert sum(isinstance(one.fact, f.NoteAdded) for one in told) == 1
    assert sum(isinstance(one.fact, f.LevelPaged) and one.fact.reason == "Help" for one in told) == 1


@pytest.mark.parametrize("late", ["htmx.js", "live.js"])
def test_a_page_is_live_with_the_first_word_of_its_stream_whichever_script_comes_late(shop: Shop, late: str) -> None:
    """On a bad line one script comes long after the others. None of them may miss the stream's first word by that."""
    id = shop.house.declare()
    page = shop.page()
    page.add_init_script(
        "addEventListener('alive', () => {"
        " const of = document.documentElement.dataset; of.words = Number(of.words ?? 0) + 1; })"
    )
    held: list[Route] = []
    page.route(f"**/{late}?*", lambda route: held.append(route))
    page.goto(f"{shop.url}/i/{id}", wait_until="commit")
    with suppress(AssertionError):  # the others do what they can without it, meanwhile
        expect(page.locator("html")).to_have_attribute("data-words", "1", timeout=1_000)
    held[0].continue_()
    expect(page.locator("#live")).to_have_text("Live")
    assert page.locator("html").get_attribute("data-words") == "1"


def test_a_page_without_its_stream_says_so_and_asks_by_itself(shop: Shop) -> None:
    """When the stream is gone the badge says how old the page is, and the page is fetched every so often."""
    id = shop.house.declare()
    page = shop.page()
    page.route("**/live?*", lambda route: route.abort())
    page.clock.install()
    page.goto(f"{shop.url}/i/{id}")
    incidents = shop.house.application.incidents
    incidents.act(shop.house.caller(Role.MAINTAINER), id, c.AddNote("Seen by asking"))
    page.clock.run_for(40_000)
    expect(page.locator("#live")).to_contain_text("Stale")
    expect(page.locator("#timeline")).to_contain_text("Seen by asking")


def test_a_refused_act_shows_its_reason_without_loading_the_page_anew(shop: Shop) -> None:
    """The reason is read out where the reader is; the words of the sheet are kept."""
    id = shop.house.declare()
    page = shop.page()
    page.route("**/live?*", lambda route: route.abort())
    page.goto(f"{shop.url}/i/{id}")
    shop.house.application.incidents.act(shop.house.caller(), id, c.Resolve("done", override="a test"))
    page.evaluate("window.sameDocument = true")
    page.locator("nav.bar").get_by_role("button", name="Escalate").click()
    reason = page.get_by_label("Why: the people who are paged read this")
    reason.fill("Come quickly")
    page.get_by_role("button", name="Page them").click()
    expect(page.get_by_role("alert")).to_contain_text("is resolved; reopen it to page anybody")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    assert page.evaluate("window.sameDocument")


def test_keys_act_and_keep_quiet_while_somebody_types(shop: Shop) -> None:
    """`?` helps, `g i` goes, `j` and Enter open, `a` acknowledges; in a field a letter is a letter; off is off."""
    id = shop.house.declare()
    page = shop.page(viewport=DESK)
    page.goto(shop.url)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/incidents")
    page.get_by_label("Words").press_sequentially("ga?")
    assert page.get_by_label("Words").input_value() == "ga?"
    page.get_by_label("Words").blur()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/i/{id}")
    page.keyboard.press("n")
    expect(page.locator("#sheet-note")).to_be_visible()
    page.keyboard.press("a")
    assert page.get_by_label("What happened, for the timeline").input_value() == "a"
    page.keyboard.press("Escape")
    expect(page.locator("#sheet-note")).to_be_hidden()
    page.keyboard.press("?")
    page.get_by_label("Switch single keys off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#holder")).to_contain_text("Nobody has it yet")
    page.evaluate("localStorage.clear()")
    page.keyboard.press("a")
    expect(page.locator("#holder")).to_contain_text("Acknowledged by you")


def test_times_are_the_readers_own(shop: Shop) -> None:
    """A responder in Kathmandu reads Kathmandu's time; the title keeps UTC."""
    id = shop.house.declare()
    page = shop.page(timezone_id="Asia/Kathmandu", locale="en-GB")
    page.goto(f"{shop.url}/i/{id}")
    first = page.locator("#timeline time").last
    expect(first).to_contain_text("08:54")
    assert "2026-11-21 03:09" in (first.get_attribute("title") or "")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
    expect(page.locator("time", has_text="UTC")).to_have_count(0)


def test_the_public_status_page_loads_its_own_style(shop: Shop) -> None:
    """What the publisher writes is shown as it was meant, under our address too, with nothing blocked."""
    application = shop.house.application
    folder = shop.house.installation.settings.status_dir
    for name, body in application.publishing.render(application.clock.now()).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    page = shop.page(None)
    said = troubles(page)
    page.goto(f"{shop.url}/status")
    assert page.url.endswith("/status/")
    assert page.evaluate("document.styleSheets.length") == 1
    assert said == []


def test_a_cited_line_leads_to_its_place(shop: Shop) -> None:
    """A link to a line of the runbook lands on the block, or the line of code, that stands there."""
    shop.house.declare()
    page = shop.page(viewport=DESK)
    page.goto(f"{shop.url}/r/shop#L74")
    expect(page.locator("#L74")).to_have_text("df -h /")
    expect(page.locator("#L74")).to_be_in_viewport()
    page.goto(f"{shop.url}/r/shop#L41")
    page.wait_for_url("**#L40")


@pytest.mark.parametrize("size", [PHONE, {"width": 840, "height": 700}, DESK], ids=["phone", "narrow", "desk"])
def test_the_acts_lie_over_nothing_that_can_be_pressed(shop: Shop, size: dict[str, int]) -> None:
    """On a wide screen the bar is in the flow beside the title; on a phone the last words end above it."""
    shop.house.declare("Disk of the database is nearly full", severity="P1", procedure="database-is-full")
    page = shop.page(viewport=size)
    page.goto(f"{shop.url}/i/INC-1")
    if size is PHONE:
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    covered = """() => { const bar = document.querySelector("nav.bar").getBoundingClientRect();
      return [...document.querySelectorAll("#respond > :not(nav, .sheet) :is(h1, p, button, a, summary, dd)")]
        .filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()])
        .filter(([, at]) => at.width && at.left < bar.right && at.right > bar.left)
        .filter(([, at]) => at.top < bar.bottom && at.bottom > bar.top)
        .map(([one]) => one.outerHTML.slice(0, 80)) }"""
    assert page.evaluate(covered) == []


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESK, "light")], ids=["phone at night", "desk by day"])
def test_axe_finds_nothing_serious(shop: Shop, scheme: str, size: dict[str, int]) -> None:
    """WCAG 2.2 AA: no serious or critical violation on any page, and no page is wider than its screen."""
    shop.alert()
    id = shop.house.declare("Disk of the database is nearly full", severity="P1", procedure="database-is-full")
    application, ana = shop.house.application, shop.house.caller()
    application.incidents.act(ana, id, c.Acknowledge("ana"))
    first = application.steps.list(ana, id).steps[0].step.id
    application.steps.tick(ana, id, first, StepOutcome.DONE, "91 % used")
    page = shop.page(Role.ADMIN, viewport=size, color_scheme=scheme, reduced_motion="reduce")
    said = troubles(page)
    paths = (
        *("/", "/incidents", f"/i/{id}", f"/i/{id}/resolve", f"/i/{id}/tell", f"/i/{id}/postmortem", "/r", "/r/shop"),
        *(
            f"/i/{id}/tell/executives",
            "/oncall",
            "/phone",
            "/account",
            "/admin/users",
            "/admin/audit",
            "/declare",
            "/sign-out",
        ),
    )
    found = []
    for path in paths:
        page.goto(shop.url + path)
        if path == f"/i/{id}":
            page.locator("nav.bar").get_by_role("button", name="Escalate").click()
        if path in ("/r/shop", "/oncall"):
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            found.append(f"{path}: {wide} px wider than the screen")
        results = Axe().run(page, options={"resultTypes": ["violations"]})
        for violation in results.response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                found.append(f"{path}: {violation['id']}: {places}")
    assert not found, "\n".join(found)
    assert [one for one in said if "405" not in one and "404" not in one] == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_update_is_published_in_two_taps_on_a_phone(browser: Browser, tmp_path: Path, *, scripts: bool) -> None:
    """Tell customers, then Publish: the runbook's words, filled from the record, are on the public page."""
    blank, settings = "Impact: [Impact]\n", SETTINGS.replace("[service.shop]\n", f"[service.shop]\n{TOLD}")
    words = RUNBOOK.read_text(encoding="utf-8").replace(blank, "").replace("## Communication Templates\n", EXECUTIVES)
    with open_house(tmp_path, settings, runbook=words, running=True) as opened, served(opened) as url:
        id = opened.declare()
        page = Shop(opened, url, browser).page(viewport=PHONE, java_script_enabled=scripts)
        page.goto(f"{url}/i/{id}")
        page.get_by_role("link", name="Tell customers").click()
        page.get_by_role("button", name="Approve and send").click()
        expect(page.locator("#customers")).to_contain_text("told: investigating")
        page.get_by_role("link", name="Tell executives").click()
        page.get_by_role("button", name="Send to executives").click()
        expect(page.locator("#told-executives")).to_contain_text("Sundial Shop is disturbed.")
        page.goto(f"{url}/status/")
        expect(page.locator("body")).to_contain_text("We are aware of a problem with Sundial Shop")


TOLD = 'executives = ["ceo@example.com"]\n'
EXECUTIVES = "## Communication Templates\n\n### Executive Summary\n\n```\n[Service] is disturbed.\n```\n"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_override_is_two_taps_on_a_phone(shop: Shop, *, scripts: bool) -> None:
    """Override, then Put on call: I have it to the end of the shift, and the week shows it."""
    page = shop.page(java_script_enabled=scripts)
    page.goto(f"{shop.url}/oncall")
    expect(page.locator("p.who strong")).to_have_text("Max Lindqvist")
    page.locator("summary", has_text="Override").click()
    page.get_by_role("button", name="Put on call now").click()
    expect(page.locator("p.who strong")).to_have_text("You are on call")
    expect(page.locator("svg.track").first).to_have_attribute(
        "aria-label", "Saturday: Max Lindqvist until 03:09, then Ana Ruiz"
    )
    page.goto(shop.url)
    expect(page.get_by_text("You are on call")).to_be_visible()
