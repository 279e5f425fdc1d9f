"""A phone in Chromium, on the real process: from the page that rings to acknowledged, and to the first step done."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.acceptance.monitors import KEY, PATH, alertmanager_body
from tests.stage.child import eventually
from tests.stage.process import PASSWORD, Tocsin, tocsin
from tests.stage.webhook import Webhook
from tocsin.fakes.twilio import FakeTwilio

RUNBOOK = Path(__file__).parents[1] / "stories" / "runbooks" / "corner-shop.md"
PHONE_SIZE: ViewportSize = {"width": 375, "height": 667}
LARGER_PHONE: ViewportSize = {"width": 390, "height": 844}
SMALLEST_TARGET = 44  # CSS pixels: what a thumb hits (WCAG 2.5.5)

TOML = """
version = 1
catch_all = ["olga"]
[server]
admin = "olga"
[service.shop]
runbook = "corner-shop.md"
[people.kim]
name = "Kim"
ways = [{ kind = "phone" }, { kind = "webhook", address = { env = "KIM" } }]
[people.olga]
name = "Olga"
ways = [{ kind = "phone" }]
[roles]
"Shop engineer" = ["kim"]
"Owner" = ["olga"]
[service.shop.assume]
confirm_within = "1 s"
[integration.monitor]
source = "alertmanager"
service = "shop"
key = { env = "KEY" }
"""

SMALL_TARGETS = f"""() => [...document.querySelectorAll("button, a.button, summary, select, input:not([type=hidden])")]
  .filter(one => one.checkVisibility({{ checkOpacity: true, checkVisibilityCSS: true }}))
  .map(one => [one.outerHTML.slice(0, 160), one.getBoundingClientRect()])
  .filter(([_, box]) => box.width && (box.height < {SMALLEST_TARGET} - 0.5 || box.width < {SMALLEST_TARGET} - 0.5))
  .map(([html, box]) => `${{box.width}} x ${{box.height}}: ${{html}}`)"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextmanager
def shop(folder: Path, sink: Webhook) -> Iterator[Tocsin]:
    """A running server for the corner shop, where Kim is called first and may have the first step run."""
    folder.mkdir()
    shutil.copyfile(RUNBOOK, folder / RUNBOOK.name)
    with tocsin(folder, TOML, environment={"KIM": f"{sink.url}/kim", "KEY": KEY}) as server:
        server.token_of("kim")
        playbook = server.api("/services/shop/playbook")
        steps = {step["title"]: step["id"] for one in playbook["procedures"] for step in one["steps"]}
        server.api(f"/services/shop/steps/{steps['How full is the disk']}/enable", {})
        yield server


@contextmanager
def phone(browser: Browser, *, javascript: bool, size: ViewportSize = PHONE_SIZE) -> Iterator[Page]:
    """A person's phone: small, with a touch screen, with or without JavaScript."""
    context = browser.new_context(
        viewport=size, has_touch=True, is_mobile=True, device_scale_factor=2, java_script_enabled=javascript
    )
    context.set_default_timeout(30_000)
    try:
        yield context.new_page()
    finally:
        context.close()


class Thumb:
    """Taps, and counts."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        """Tap something that can be seen and hit."""
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET - 0.5, box
        target.tap()
        self.taps += 1


def fits(page: Page) -> None:
    """Nothing is cut off at the side, and everything that can be tapped can be hit (asked by a script of our own)."""
    assert page.evaluate(OVERFLOW) <= 0, f"{page.url} is wider than the phone"
    assert page.evaluate(SMALL_TARGETS) == []


def sign_in(page: Page, server: Tocsin) -> None:
    """Sign in as Kim and look at the phone."""
    page.goto(f"{server.url}/sign-in?next=/phone")
    page.get_by_label("Name", exact=False).first.fill("kim")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    page.wait_for_url("**/phone")


def state(server: Tocsin) -> tuple[str, str | None]:
    """The state of the incident, and who has it."""
    (incident,) = server.api("/incidents")
    return incident["state"], incident["acknowledged_by"]


def outcomes(server: Tocsin) -> list[str | None]:
    """What became of each step."""
    return [step["outcome"] for step in server.api("/incidents/INC-1/steps")["steps"]]


@pytest.mark.component("chromium")
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_two_taps_from_the_page_to_acknowledged_and_two_more_to_the_first_step(
    browser: Browser, tmp_path: Path, webhook_sink: Webhook, javascript: bool
) -> None:
    """The built-in phone rings by itself; Open, Acknowledge; the check is there, and the next step takes one tap."""
    with shop(tmp_path / "house", webhook_sink) as server, phone(browser, javascript=javascript) as page:
        sign_in(page, server)
        body = alertmanager_body("CheckoutErrors", summary="customers cannot pay: errors in the checkout")
        assert server.deliver(PATH, body).status == 202
        opening = page.get_by_role("button", name="Open", exact=True)
        expect(opening).to_be_visible(timeout=20_000)
        thumb = Thumb()
        fits(page)
        thumb.tap(opening)
        page.wait_for_url("**/p/**")
        expect(page.get_by_role("heading", level=1)).to_contain_text("CheckoutErrors")
        fits(page)
        thumb.tap(page.get_by_role("button", name="Acknowledge"))
        expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
        assert thumb.taps == 2
        assert state(server) == ("acknowledged", "kim")
        fits(page)
        expect(page.locator("ol.steps li").first).to_contain_text("Succeeded", timeout=30_000)
        thumb.tap(page.locator("#next").get_by_role("button", name="Done"))
        expect(page.locator("ol.steps li").nth(1)).to_contain_text("Done by hand, by Kim")
        assert thumb.taps == 3
        assert eventually(lambda: outcomes(server)[:2] == ["succeeded", "done"])
        fits(page)


@pytest.mark.component("chromium")
def test_the_link_of_a_page_needs_no_signing_in_and_its_first_step_can_be_ticked(
    browser: Browser, tmp_path: Path, webhook_sink: Webhook
) -> None:
    """By the signed link that the second way carries: open, Acknowledge, Done; looking alone changes nothing."""
    with shop(tmp_path / "house", webhook_sink) as server, phone(browser, javascript=True) as page:
        assert server.deliver(PATH, alertmanager_body("CheckoutErrors", summary="customers cannot pay")).status == 202
        link = webhook_sink.await_requests(1, within=20)[0].json()["link"]
        thumb = Thumb()
        page.goto(link)
        thumb.taps += 1  # the link itself, in the notification
        assert state(server) == ("triggered", None)
        expect(page.locator("ol.steps li").first).to_contain_text("Succeeded", timeout=30_000)
        thumb.tap(page.get_by_role("button", name="Acknowledge"))
        expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
        assert thumb.taps == 2
        thumb.tap(page.locator("#next").get_by_role("button", name="Done"))
        expect(page.locator("ol.steps li").nth(1)).to_contain_text("Done by hand, by Kim")
        assert thumb.taps == 3
        assert eventually(lambda: outcomes(server)[:2] == ["succeeded", "done"])
        fits(page)


BY_SMS = """
[twilio]
account = "{account}"
token = {{ env = "TWILIO_TOKEN" }}
number = "{number}"
api = "{api}"
"""


@pytest.mark.component("chromium")
@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_two_taps_from_an_sms_to_acknowledged(browser: Browser, tmp_path: Path, javascript: bool) -> None:
    """The link as it stands in the text that arrived, opened where nobody is signed in; then Acknowledge."""
    (folder := tmp_path / "house").mkdir()
    shutil.copyfile(RUNBOOK, folder / RUNBOOK.name)
    with FakeTwilio() as provider:
        sms = '{ kind = "sms", address = "+4915901234567" }'
        toml = TOML.replace('{ kind = "webhook", address = { env = "KIM" } }', sms)
        toml = toml.replace(f'[{{ kind = "phone" }}, {sms}]', f"[{sms}]")
        assert f"ways = [{sms}]" in toml
        toml += BY_SMS.format(account=provider.account, number=provider.number, api=provider.url)
        environment = {"TWILIO_TOKEN": provider.token, "KEY": KEY}
        with (
            tocsin(folder, toml, environment=environment) as server,
            phone(browser, javascript=javascript, size=LARGER_PHONE) as page,
        ):
            body = alertmanager_body("CheckoutErrors", summary="customers cannot pay: errors in the checkout")
            assert server.deliver(PATH, body).status == 202
            assert eventually(lambda: provider.messages, 20), server.output()[-3000:]
            text = provider.messages[0].body
            assert len(text) <= 160, text
            (link,) = re.findall(r"https?://\S+", text)
            thumb = Thumb()
            page.goto(link)
            thumb.taps += 1  # the link itself, in the message
            expect(page.get_by_role("heading", level=1)).to_contain_text("CheckoutErrors")
            assert state(server) == ("triggered", None), "to look acknowledges nothing"
            fits(page)
            thumb.tap(page.get_by_role("button", name="Acknowledge"))
            expect(page.locator("#holder")).to_contain_text("Acknowledged by you")
            assert (thumb.taps, state(server)) == (2, ("acknowledged", "kim"))
            fits(page)
