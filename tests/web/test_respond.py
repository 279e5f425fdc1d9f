"""The Respond page and what is done on it, by session and by a page's link, with nothing but forms."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import ADMIN, RUNBOOK, SETTINGS, House, Visitor
from tests.web.house import house as open_house
from tocsin.app.access import Role
from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.incident import Incident
from tocsin.incident.pending import Coming
from tocsin.web.pages import respond
from tocsin.web.pages.situation import COMING


def incident(house: House, id: str = "INC-1") -> Incident:
    """The incident as it stands."""
    return house.application.incidents.view(ADMIN, id).incident


def plain(html: str) -> str:
    """The page's text in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_shows_what_a_responder_needs(house: House) -> None:
    """Severity, state, clocks with absolute times and their lines, the matched procedure, one next step, the ladder."""
    house.declare()
    page = house.visitor().get("/i/INC-1").text
    text = plain(page)
    for words in (
        "P0",
        "Triggered",
        "Nobody has it yet",
        "API Not Responding",
        "Next: step 1 of 8",
        "Look whether the disk is full",
        "df -h /",
        "read-only",
        "destructive",
        "not told",
        "Declared by Ana Ruiz",
        "On-Call Engineer",
        "a maintainer has not enabled it",
        "assume.acknowledgement_lapses_after",
    ):
        assert words in text, words
    assert '<time datetime="2026-11-21T03:14:00Z" data-as="minute">03:14 UTC</time>' in page
    assert 'href="/i/INC-1/runbook#L10"' in page


def test_every_instant_is_told_in_the_zone_of_the_team(tmp_path: Path) -> None:
    """A clock, the sentence of a missed one and the post-mortem say one time, and its zone, without a script."""
    with open_house(tmp_path, SETTINGS.replace("[server]\n", '[server]\nzone = "Europe/Berlin"\n')) as house:
        house.declare()
        page = house.visitor().get("/i/INC-1").text
        assert '<time datetime="2026-11-21T03:14:00Z" data-as="minute">04:14 CET</time>' in page
        house.clock.move_by(timedelta(minutes=6))
        house.application.timekeeper.wake()
        house.application.incidents.act(house.caller(), "INC-1", c.Resolve(override="a test"))
        missed = "Response target missed: it was due at 2026-11-21 04:14 CET"
        for told in ("/i/INC-1", "/i/INC-1/postmortem"):
            text = plain(house.visitor().get(told).text)
            assert missed in text, told
            assert " UTC" not in text, told


def test_another_zone_in_the_settings_holds_from_the_next_page(tmp_path: Path) -> None:
    """A page has one zone, its clocks as its sentences: the one that is in force, without a restart."""
    with open_house(tmp_path, SETTINGS.replace("[server]\n", '[server]\nzone = "Europe/Berlin"\n')) as house:
        house.declare()
        settings = house.installation.settings.path
        settings.write_text(settings.read_text().replace("Europe/Berlin", "America/New_York"))
        assert house.installation.reloading.reload() == {}
        page = house.visitor().get("/i/INC-1").text
        assert '<time datetime="2026-11-21T03:14:00Z" data-as="minute">22:14 EST</time>' in page
        assert " CET" not in page


def test_a_phase_of_the_response_is_opened_like_a_procedure(tmp_path: Path) -> None:
    """J4: where a runbook keeps "roll back" under its third phase, whoever has a matched procedure gets there too."""
    steps = "\n### 3. Mitigation\n\n- Roll back: `kubectl rollout undo deployment/shop`\n"
    runbook = RUNBOOK.read_text().replace(
        "\n## Communication", f"\n## Incident Response Process\n{steps}\n## Communication", 1
    )
    with open_house(tmp_path, runbook=runbook) as house:
        house.declare()
        visitor = house.visitor()
        key = re.search(r'<option value="(phase:\d+)">Mitigation</option>', visitor.get("/i/INC-1").text)
        assert key is not None
        assert visitor.post("/i/INC-1/procedure", {"procedure": key[1]}).status == 303
        page = plain(visitor.get("/i/INC-1").text)
        assert "Next: step 1 of 1" in page
        assert "kubectl rollout undo deployment/shop" in page
        assert "Procedure opened: Mitigation (opened by hand)" in page


def test_the_page_says_what_is_asked_of_whoever_looks_and_where_to_look(tmp_path: Path) -> None:
    """E12, O1: the words of a role beside it, and the runbook's links; one within the repository leads nowhere here."""
    more = "\n## Resources\n\n- [Latency board](https://graphs.shop.test/d/1)\n- [Database](../database.md)\n"
    runbook = (
        RUNBOOK.read_text().replace("| Not resolved after 45", "| For major incidents, not resolved after 45") + more
    )
    with open_house(tmp_path, runbook=runbook) as house:
        house.declare()
        page = house.visitor().get("/i/INC-1").text
    assert "decides, and keeps the overview" in page
    assert '<a href="https://graphs.shop.test/d/1" rel="noopener noreferrer">Latency board</a>' in page
    assert "Database: <code>../database.md</code>" in page


def test_the_page_is_short_whatever_is_written_into_it(house: House) -> None:
    """A long note is folded, and a long title is one line that breaks between words."""
    house.declare("NobodyCanPayAnymore: all tills\nsince noon " + "and more " * 99)
    visitor = house.visitor()
    page = visitor.get("/i/INC-1").text
    assert "<h1>Nobody<wbr>Can<wbr>Pay<wbr>Anymore: all tills since noon" in page
    assert len(plain(page.split("<h1>")[1].split("</h1>")[0])) <= 210
    assert page.count("and more") > 99  # what was cut off stands in the summary, folded
    visitor.post("/i/INC-1/note", {"text": "word " * 1000})
    assert visitor.get("/i/INC-1").text.count('<summary class="small">The rest</summary>') == 2


def test_a_link_is_acknowledged_in_two_taps_and_the_first_step_done_in_two_more(house: House) -> None:
    """Tap the link, tap Acknowledge: `acknowledged by you`; tap Done and the next step is there."""
    token = house.application.links.token("ana", house.declare())
    holder = Visitor(house)
    assert "Acknowledge" in holder.get(f"/p/{token}").text
    answer = holder.post(f"/p/{token}/acknowledge")
    page = holder.get(answer.location).text
    assert "Acknowledged by you" in plain(page)
    assert incident(house).acknowledged_by == "ana"
    step = re.search(r'action="(/p/[^"]+/step/[^"/]+)"', page)
    assert step is not None
    answer = holder.post(step[1], {"outcome": "done"})
    text = plain(holder.get(answer.location).text)
    assert "Next: step 2 of 8" in text
    assert "Look whether the disk is full Done by hand, by Ana Ruiz" in text


def test_by_link_the_timeline_says_so(house: House) -> None:
    """Whoever acted, and by which way, is written down as it was."""
    token = house.application.links.token("ana", house.declare())
    holder = Visitor(house)
    holder.get(f"/p/{token}")
    holder.post(f"/p/{token}/note", {"text": "The load balancer drops everything"})
    assert "Ana Ruiz (page link) noted: The load balancer drops everything" in plain(
        house.visitor().get("/i/INC-1").text.replace("&#39;", "'")
    )


def test_somebody_elses_incident_is_taken_over_in_so_many_words(house: House) -> None:
    """Acknowledging what another has changes nothing; taking it over does."""
    house.declare()
    house.visitor().post("/i/INC-1/acknowledge")
    other = house.visitor(Role.MAINTAINER)
    page = plain(other.get("/i/INC-1").text)
    assert "Ana Ruiz has it: take over, join, or go back to sleep." in page
    other.post("/i/INC-1/acknowledge")
    assert incident(house).acknowledged_by == "ana"
    form = other.get("/i/INC-1").text.partition("Ana Ruiz keeps it.")[0].rpartition("<form")[2]
    joins = re.search(r'"(/i/INC-1/note)".*name="text" value="([^"]*)"', form, re.DOTALL)
    assert joins, form
    other.post(joins[1], {"text": joins[2]})
    assert " noted: joins, to help Ana Ruiz" in plain(other.get("/i/INC-1").text)
    assert incident(house).acknowledged_by == "ana"
    other.post("/i/INC-1/acknowledge", {"take_over": "1"})
    assert incident(house).acknowledged_by == "max"


def test_a_refusal_is_shown_on_the_page_with_its_reason(house: House) -> None:
    """An act that the incident refuses answers 409 with the page and why."""
    house.declare()
    answer = house.visitor().post("/i/INC-1/escalate", {"reason": " "})
    assert answer.status == 409
    assert "Say why: the people who are paged will read it" in plain(answer.text)
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("act", "form", "expected"),
    [
        ("note", {"text": "Looks like DNS"}, f.NoteAdded),
        ("update", {"text": "We are on it"}, f.StatusUpdated),
        ("escalate", {"reason": "I am stuck"}, f.LevelPaged),
        ("escalate", {"reason": "I am stuck", "level": "3"}, f.LevelPaged),
        ("escalate", {"reason": "I need her", "target": "root"}, f.Paged),
        ("severity", {"severity": "P1", "reason": "only some customers"}, f.SeverityAssessed),
        ("procedure", {"procedure": "database-is-full"}, f.ProcedureMatched),
        ("role", {"role": "Incident Commander"}, f.RoleTaken),
        ("mitigate", {"text": "Rolled back"}, f.Mitigated),
    ],
)
def test_each_act_becomes_a_fact_and_an_entry(house: House, act: str, form: dict[str, str], expected: type) -> None:
    """What was done stands in the timeline, by whom it was."""
    house.declare()
    answer = house.visitor().post(f"/i/INC-1/{act}", form)
    assert answer.status == 303
    timeline = house.application.incidents.view(ADMIN, "INC-1").timeline
    mine = [one for one in timeline if isinstance(one.fact, expected) and one.by.name in ("ana", "tocsin")]
    assert mine
    assert house.visitor().get(answer.location).status == 200


def test_a_role_is_not_offered_to_whoever_has_it(house: House) -> None:
    """ "I take it" stands where it changes something: at the others' roles, and at those of nobody."""
    house.declare()
    ana = house.visitor()
    assert "I take it : Incident Commander" in plain(ana.get("/i/INC-1").text)
    ana.post("/i/INC-1/role", {"role": "Incident Commander"})
    page = plain(ana.get("/i/INC-1").text)
    assert "I take it : Incident Commander" not in page
    assert "I take it : Scribe" in page
    assert "I take it : Incident Commander" in plain(house.visitor(Role.ADMIN).get("/i/INC-1").text)


def test_a_step_runs_only_after_a_maintainer_let_it(house: House) -> None:
    """A responder's press of Run is refused with the reason until exactly this command was enabled."""
    house.declare()
    step = house.application.steps.list(ADMIN, "INC-1").steps[0].step.id
    refused = house.visitor().post(f"/i/INC-1/step/{step}/run")
    assert refused.status == 409
    assert "a maintainer has not enabled it" in plain(refused.text).lower()
    assert house.visitor(Role.MAINTAINER).post(f"/r/shop/step/{step}/enable").location == f"/r/shop#step-{step}"
    assert "Run it" in plain(house.visitor().get("/i/INC-1").text)
    assert house.visitor().post(f"/i/INC-1/step/{step}/run").status == 303
    assert incident(house).steps[step].running
    assert house.visitor(Role.MAINTAINER).post(f"/r/shop/step/{step}/disable").status == 303
    assert "may be run" not in house.visitor().get("/r/shop").text


def test_what_was_run_last_is_read_above_the_next_step(house: House) -> None:
    """Whoever presses Run sees the outcome and the output where they look, not at the end of the page."""
    house.declare()
    application, step = house.application, house.application.steps.list(ADMIN, "INC-1").steps[0].step
    application.incidents.act(ADMIN, "INC-1", c.StartStep("r1", step.id, step.title, "df -h /", "n"))
    ended = c.FinishStep("r1", s.StepOutcome.FAILED, (1,), "disk: no such file")
    application.incidents.carry_out("INC-1", lambda _: ended, ADMIN)
    text = plain(house.visitor().get("/i/INC-1").text)
    assert f"{step.title} · failed (exit 1)" in text
    assert text.index("disk: no such file") < text.index("Next: step 2 of 8")


def test_customers_are_told_in_the_runbooks_words_without_blanks(house: House) -> None:
    """The sheet holds the template filled from the record; a blank blocks; filled in its field, it goes out."""
    house.declare()
    visitor = house.visitor()
    page = visitor.get("/i/INC-1/tell").text
    assert "<mark>[Impact]</mark>" in page
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert text is not None
    assert "We are aware of a problem with" in text[1]
    form = {"to": ["customers"], "status": "investigating", "text": text[1], "component": ["api"]}
    refused = visitor.post("/i/INC-1/tell", form)
    assert refused.status == 409
    assert "Fill in or remove [Impact]" in refused.text
    assert incident(house).public is None
    filled = {"blank:[Impact]": "Checkout fails", "blank:[Next Update Time]": "04:00 UTC"}
    assert visitor.post("/i/INC-1/tell", form | filled).location == "/i/INC-1#customers"
    told = incident(house).public
    assert told is not None
    assert "Impact: Checkout fails" in told.text
    assert told.components == ("api",)
    page = plain(visitor.get("/i/INC-1").text)
    assert "told: investigating" in page
    by_itself = "the status page says by itself that it is over"
    assert by_itself not in page
    visitor.post("/i/INC-1/resolve", {"summary": "the cache", "override": "the test is over"})
    assert incident(house).resolved_at is not None
    assert by_itself in plain(visitor.get("/i/INC-1").text)


def test_the_groups_of_the_company_are_told_from_the_page(tmp_path: Path) -> None:
    """The duty stands there with its line; a blank blocks; then it is on the timeline and no longer asked for."""
    duty = "- Tell customers about every P0 and P1 incident\n"
    words = "### Executive Summary\n\n```\n[Service] is disturbed.\nBusiness impact: [Business Impact]\n```\n\n"
    first = "### Initial Customer Notification Template"
    text = RUNBOOK.read_text(encoding="utf-8").replace(duty, f"{duty}- Inform leadership for P0 incidents\n")
    text = text.replace(first, words + first)
    settings = SETTINGS.replace("[service.shop]\n", '[service.shop]\nexecutives = ["ceo@example.com"]\n')
    with open_house(tmp_path, settings, runbook=text) as house:
        house.declare()
        visitor = house.visitor()
        page = plain(visitor.get("/i/INC-1").text)
        assert "Executives not told Inform leadership for P0 incidents" in page
        page = visitor.get("/i/INC-1/tell/executives").text
        assert "<mark>[Business Impact]</mark>" in page
        assert "Goes to ceo@example.com" in page
        assert "Sundial Shop is disturbed." in page  # its name, not its key
        form = {"text": "Shop is disturbed.\nBusiness impact: [Business Impact]", "subject": "The shop"}
        assert visitor.post("/i/INC-1/tell/executives", form).status == 409
        filled = form | {"blank:[Business Impact]": "no orders"}
        assert visitor.post("/i/INC-1/tell/executives", filled).location == "/i/INC-1#customers"
        page = plain(visitor.get("/i/INC-1").text)
        assert "told executives: Shop is disturbed. Business impact: no orders" in page
        assert "Executives not told" not in page
        assert visitor.get("/i/INC-1/tell/nobody").status == 422


def test_one_approval_is_for_whoever_is_ticked(tmp_path: Path) -> None:
    """Customers are ticked at first; nobody ticked is refused; a refusal keeps what was ticked and written."""
    settings = SETTINGS.replace(
        "[service.shop]\n", '[service.shop]\nexecutives = ["ceo@example.com"]\nsupport = ["desk@example.com"]\n'
    )
    with open_house(tmp_path, settings) as house:
        house.declare()
        visitor = house.visitor()
        page = visitor.get("/i/INC-1/tell").text
        ticks = re.findall(r'name="to" value="(\w+)"( checked)?', page)
        assert ticks == [("customers", " checked"), ("internal", ""), ("executives", ""), ("support", "")]
        form = {"status": "identified", "text": "We know why.", "own:executives": "It costs [AMOUNT]."}
        assert visitor.post("/i/INC-1/tell", form).status == 422
        refused = visitor.post("/i/INC-1/tell", form | {"to": ["customers", "executives", "internal"]})
        assert refused.status == 409
        assert 'value="internal" checked' in refused.text
        assert 'value="support" checked' not in refused.text
        assert incident(house).public is None
        sent = form | {"to": ["customers", "executives", "internal"], "own:executives": "It costs 400 an hour."}
        assert visitor.post("/i/INC-1/tell", sent).location == "/i/INC-1#customers"
        page = plain(visitor.get("/i/INC-1").text)
        assert "told executives: It costs 400 an hour." in page
        assert incident(house).public is not None
        assert incident(house).said is not None


def test_a_drill_never_tells_customers(house: House) -> None:
    """The page of a drill has no button for it, and asking anyway is refused."""
    house.declare(drill=True)
    visitor = house.visitor()
    assert 'href="/i/INC-1/tell"' not in visitor.get("/i/INC-1").text
    refused = visitor.post("/i/INC-1/tell", {"to": ["customers"], "status": "investigating", "text": "Hello"})
    assert (refused.status, "customers are never told" in refused.text) == (409, True)


def test_resolving_asks_for_the_runbooks_checks(house: House) -> None:
    """Without the checks it is refused with their words; with them, or with a reason, it is over."""
    house.declare()
    visitor = house.visitor()
    assert "Checkout works end to end" in visitor.get("/i/INC-1/resolve").text
    refused = visitor.post("/i/INC-1/resolve", {"summary": "Rolled back"})
    assert refused.status == 409
    assert "3 more checks" in refused.text
    assert "Rolled back" in refused.text
    checks = [check.id for check in incident(house).plan.checks]
    assert visitor.post("/i/INC-1/check", {"check": checks[0]}).status == 303
    assert visitor.post("/i/INC-1/resolve", {"summary": "Rolled back", "check": checks}).status == 303
    assert incident(house).resolution == "Rolled back"
    page = plain(visitor.get("/i/INC-1").text)
    assert "Resolved 2026-11-21 03:09 UTC : Rolled back" in page
    assert visitor.post("/i/INC-1/reopen", {"reason": "It is back"}).status == 303
    assert incident(house).is_open


def test_many_are_acknowledged_with_one_button(house: House) -> None:
    """Two hundred alerts must not take two hundred taps; what somebody resolved meanwhile is passed over."""
    ids = [house.declare(f"Trouble {n}") for n in range(4)]
    visitor = house.visitor()
    home = visitor.get("/").text
    assert "Acknowledge all 4" in home
    assert "INC-4 · Sundial Shop" in plain(home)  # by the name that the page of the incident has, not by its key
    visitor.post("/i/INC-2/resolve", {"override": "nothing"})
    assert visitor.post("/incidents/acknowledge", {"incident": ids}).status == 303
    assert [incident(house, id).acknowledged_by for id in ids if id != "INC-2"] == ["ana"] * 3


def test_an_incident_is_declared_by_hand(house: House) -> None:
    """The form makes an incident; without a title it comes back with what was typed."""
    visitor = house.visitor()
    refused = visitor.post("/declare", {"title": " ", "service": "shop", "summary": "It smells"})
    assert refused.status == 422
    assert "It smells" in refused.text
    answer = visitor.post("/declare", {"title": "Smoke in the rack", "service": "shop", "severity": "P1", "drill": "1"})
    assert answer.location == "/i/INC-1"
    assert incident(house).drill
    assert "Drill: customers are never told" in visitor.get("/i/INC-1").text


def test_the_list_is_filtered_by_its_address(house: House) -> None:
    """Filters and the place in the list stand in the URL, so that a view can be sent to a colleague."""
    for n in range(53):
        house.declare(f"Trouble number {n}", severity="P1" if n % 2 else "P0")
    visitor = house.visitor()
    first = visitor.get("/incidents?severity=P0").text
    assert "Trouble number 52" in first
    assert "Trouble number 51" not in first
    everything = visitor.get("/incidents").text
    older = re.search(r'href="(/incidents\?[^"]*before=\d+)"', everything)
    assert older is not None
    assert "Trouble number 0" in visitor.get(older[1]).text
    assert "None of these" in visitor.get("/incidents?text=zebra").text
    assert visitor.get("/incidents?state=nonsense&before=x&severity=%00").status == 200


def test_the_runbook_as_it_was_stays_readable(house: House) -> None:
    """An incident's lines lead to the document as it stood when the incident was declared."""
    house.declare()
    path = house.application.team().services["shop"].runbook
    path.write_text(path.read_text().replace("Sundial", "Moondial"), encoding="utf-8")
    house.application.playbooks.reload(house.clock.now())
    visitor = house.visitor()
    assert "Moondial" in visitor.get("/r/shop").text
    pinned = visitor.get("/i/INC-1/runbook").text
    assert "Incident Response: Sundial Shop" in pinned
    assert 'id="L10"' in pinned


def test_home_says_whether_i_am_on_call(house: House) -> None:
    """Am I on call, until when, and who is next."""
    on_call = plain(house.visitor(Role.MAINTAINER).get("/").text)
    assert "You are on call until 2026-11-23" in on_call
    assert "next Ana Ruiz" in on_call
    waiting = plain(house.visitor().get("/").text)
    assert "Max Lindqvist is on call" in waiting
    assert "your turn begins 2026-11-23" in waiting


def test_the_post_mortem_is_written_and_not_overwritten(house: House) -> None:
    """Blanks keep it from being published; a second writer sees the first one's words and loses none of their own."""
    house.declare()
    visitor, other = house.visitor(), house.visitor(Role.MAINTAINER)
    visitor.post("/i/INC-1/resolve", {"override": "a test"})
    page = visitor.get("/i/INC-1/postmortem").text
    assert "left to write" in page
    assert visitor.post("/i/INC-1/postmortem", {"text": "Mine, [TODO later]", "version": "0"}).status == 303
    conflict = other.post("/i/INC-1/postmortem", {"text": "Theirs, complete.", "version": "0"})
    assert conflict.status == 409
    assert "Theirs, complete." in conflict.text
    assert "Mine, [TODO later]" in conflict.text
    refused = other.post("/i/INC-1/postmortem/publish")
    assert refused.status == 409
    assert other.post("/i/INC-1/postmortem", {"text": "Both, complete.", "version": "1"}).status == 303
    assert other.post("/i/INC-1/postmortem/publish").status == 303
    assert incident(house).postmortem_published_at is not None


def test_a_message_on_the_phone_is_opened_by_its_person(house: House) -> None:
    """Opening marks the page as delivered and leads to its link; nobody opens another's, an administrator excepted."""
    house.declare()
    house.application.timekeeper.wake()
    house.application.courier.carry()
    maintainer = house.visitor(Role.MAINTAINER)
    phone = maintainer.get("/phone").text
    assert "Tocsin is calling" in plain(phone)
    message = re.search(r'name="message" value="([^"]+)"', phone)
    assert message is not None
    form = {"of": "max", "message": message[1]}
    assert house.visitor().post("/phone/see", form).status == 403
    assert house.visitor().get("/phone?of=max").status == 403
    assert message[1] not in house.visitor().get("/phone").text
    answer = maintainer.post("/phone/see", form)
    assert answer.location.startswith("/p/")
    assert incident(house).pages[message[1]].delivered_at is not None
    assert "Acknowledge" in Visitor(house).get(answer.location).text
    assert house.visitor(Role.ADMIN).post("/phone/see", form).status == 303


def test_users_tokens_and_the_audit_trail(house: House) -> None:
    """An administrator adds people and reads what was done; a token is shown once and ends when it is revoked."""
    admin = house.visitor(Role.ADMIN)
    page = admin.post("/admin/users", {"handle": "bo", "name": "Bo", "role": "responder"}).text
    assert "A link that lets bo in once" in plain(page)
    link = re.search(r"/login/once\?token=[\w-]+", page)
    assert link is not None
    assert house.visitor(None).post("/login/once", {"token": link[0].split("=")[1]}).status == 303
    assert admin.post("/admin/users/bo", {"role": "viewer"}).status == 303
    assert admin.post("/admin/users/root", {"disabled": "1"}).status == 409
    made = admin.post("/account/tokens", {"name": "ci", "days": "30", "scope": ["read"]}).text
    plain_token = re.search(r"toc_\w+", made)
    assert plain_token is not None
    assert plain_token[0] not in admin.get("/account").text
    revoke = re.search(r"/account/tokens/[^/\"]+/revoke", made)
    assert revoke is not None
    assert admin.post(revoke[0]).status == 303
    assert "role responder to viewer" in admin.get("/admin/audit").text


def test_the_page_stays_small_however_long_the_timeline(house: House) -> None:
    """Only the newest entries are on the page; the rest is behind a link."""
    house.declare()
    visitor = house.visitor()
    for n in range(130):
        house.clock.move_by(timedelta(seconds=1))
        visitor.post("/i/INC-1/note", {"text": f"note number {n}"})
    page = visitor.get("/i/INC-1").text
    assert "note number 129" in page
    assert "note number 3<" not in page
    assert "earlier entries" in page
    assert "Declared by" in visitor.get("/i/INC-1?all=1").text


def test_a_list_without_any_incident_does_not_blame_a_filter(house: House) -> None:
    """Where nothing has happened yet it says what would begin one; what a filter hides is another matter."""
    visitor = house.visitor()
    assert "No incident yet" in visitor.get("/incidents").text
    assert "No incident yet" not in visitor.get("/incidents?text=zebra").text


DUTIES = """
## Escalation Procedures

### Level 1: On-Call Engineer
- First look

### Level 2: CTO
- External communication decisions
"""


def test_who_decides_what_customers_are_told_is_asked_and_kept(tmp_path: Path) -> None:
    """The line and its people stand above the button; without one of them nothing is sent. Then the texts to copy."""
    head, _, rest = RUNBOOK.read_text(encoding="utf-8").partition("## Escalation\n")
    text = head + DUTIES.lstrip() + "\n## Roles" + rest.partition("## Roles")[2]
    with open_house(tmp_path, runbook=text) as house:
        house.declare()
        max_ = house.visitor(Role.MAINTAINER)
        page = plain(max_.get("/i/INC-1/tell").text)
        assert "The runbook leaves this to level 2, CTO" in page
        assert "Ruth Okafor" in page
        told = {"to": ["customers"], "status": "identified", "text": "Checkout fails for everybody."}
        assert max_.post("/i/INC-1/tell", told).status == 409
        assert incident(house).public is None
        assert max_.post("/i/INC-1/tell", {**told, "decided_by": "root"}).status == 303
        assert "decided by Ruth Okafor" in plain(max_.get("/i/INC-1").text)
        root = house.visitor(Role.ADMIN)
        page = plain(root.get("/i/INC-1/tell").text)
        assert "That is you." in page
        assert "Social media Checkout fails for everybody." in page
        assert "Our reference: INC-1." in page


def test_what_the_team_has_answered_is_shown_as_an_accepted_assumption(tmp_path: Path) -> None:
    """A window that the runbook leaves open is asked for; the team's answer stands with the question."""
    answered = SETTINGS.replace(
        "[component.api]", '[service.shop.assume]\npage_again_after = "9 min"\n[component.api]', 1
    )
    for settings, open_, accepted in ((SETTINGS, True, False), (answered, False, True)):
        with open_house(tmp_path / str(accepted), settings) as house:
            house.declare()
            for path in ("/i/INC-1", "/r/shop"):
                page = plain(house.visitor().get(path).text)
                assert ("Accepted" in page) is accepted, path
                key = "assume.page_again_after"
                before, _, after = page.partition("Accepted")
                assert (key in before) is open_, path
                assert (key in after) is accepted, path
                assert ("9 min" in after) is accepted


def test_a_large_company_is_not_listed_on_each_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """10,000 names would be 400 KB, sent again with each change to each viewer; a name can be typed all the same."""
    house.declare()
    visitor = house.visitor()
    assert visitor.get("/i/INC-1").text.count('<datalist id="people"><option value="ana">') == 1
    monkeypatch.setattr(respond, "MOST_NAMED", 1)
    assert (
        visitor.get("/i/INC-1").text.partition('<datalist id="people">')[2].partition("</datalist>")[0].count("<option")
        == 1
    )
    visitor.post("/i/INC-1/escalate", {"reason": "I need her", "target": "root"})
    assert "I need her" in visitor.get("/i/INC-1").text


def test_the_page_has_words_for_whatever_time_brings() -> None:
    """A kind of coming thing without a name would cost the whole page; clocks have names of their own."""
    assert set(COMING) == set(Coming) - {Coming.TARGET}
