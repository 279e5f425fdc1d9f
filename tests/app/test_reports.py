"""Reports of people by the public form: bounded, kept, joined, and never more severe than the team says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import SETTINGS, House, house
from tocsin.alerts.sources.report import read_report
from tocsin.app.access import Role
from tocsin.app.accounts.throttle import PER_ACCOUNT_AND_CLIENT
from tocsin.app.intake.buckets import Buckets
from tocsin.app.intake.reports import LONGEST_WHAT, Report
from tocsin.app.rows.records import Delivery, IncidentQuery, NewDelivery
from tocsin.errors import BadPayload, TooManyTries, Unavailable
from tocsin.incident.commands import Resolve
from tocsin.incident.summary import IncidentSummary

FORMS = """
[integration.guests]
source = "form"
service = "shop"
[integration.guests.form]
title = "Is the shop in trouble?"
says = "We look at it day and night."
[integration.staff]
source = "form"
service = "shop"
severity = "P2"
[integration.staff.form]
open = true
[integration.desk]
source = "form"
service = "shop"
"""


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation with a form by key, an open one, and a support desk's without a page."""
    with house(tmp_path, SETTINGS + FORMS) as opened:
        yield opened


def page_of(at: House, name: str = "guests") -> str:
    return f"/report/{at.application.team().integrations[name].key}"


def kept(at: House, name: str = "guests") -> list[Delivery]:
    with at.application.store.read() as tx:
        return list(tx.deliveries.latest(name, 100))


def incidents(at: House) -> list[IncidentSummary]:
    at.application.hearing.digest()
    with at.application.store.read() as tx:
        return list(tx.incidents.search(IncidentQuery(limit=50)))


def test_a_stranger_reports_on_a_public_page_and_is_thanked(at: House) -> None:
    """Without an account, a script or a token; what was written is on disk when the thanks are shown."""
    stranger = at.visitor(None)
    page = stranger.get(page_of(at))
    for said in ("Is the shop in trouble?", "We look at it day and night.", "Send report"):
        assert said in page.text
    sent = stranger.post(page_of(at), {"what": "The till is\ndark", "since": "ten minutes", "contact": "ext. 12"})
    assert (sent.status, sent.location) == (303, f"{page_of(at)}?thanks=1")
    thanks = stranger.get(sent.location).text
    assert "Your report has arrived" in thanks
    assert "INC-" not in thanks
    (delivery,) = kept(at)
    heard = read_report(delivery.body, at.clock.now()).alerts[0]
    assert heard.title == "Reported: The till is"
    assert heard.summary == "The till is\ndark\nSince: ten minutes\nContact: ext. 12"


def test_several_reports_are_one_incident_and_a_page_sent_twice_is_one_report(at: House) -> None:
    """A hundred people who see the same wake somebody once; the second tap on the button is none of them."""
    stranger = at.visitor(None)
    for what in ("the lamp in the hall flickers", "lamp broken upstairs"):
        stranger.post(page_of(at), {"what": what, "nonce": what.encode().hex().zfill(32)[:32]})
    stranger.post(page_of(at), {"what": "again", "nonce": b"lamp broken upstairs".hex().zfill(32)[:32]})
    assert len(kept(at)) == 2
    assert len(incidents(at)) == 1


def test_the_words_of_a_stranger_decide_no_severity(at: House) -> None:
    """They are suggested, with the reason, for a person to decide; what the team says of its form holds."""
    what = "Complete outage: the whole shop is down, all users, data loss, security breach"
    stranger = at.visitor(None)
    stranger.post(page_of(at), {"what": what})
    (one,) = incidents(at)
    assert one.severity is None
    view = at.application.incidents.view(at.caller(), one.incident_id)
    assert "Only suggested: a person decides" in view.incident.summary
    at.application.incidents.act(at.caller(Role.ADMIN), one.incident_id, Resolve("over", override="a test"))
    at.clock.move_by(timedelta(minutes=10))
    stranger.post("/report/staff", {"what": what})
    assert incidents(at)[0].severity == "P2"


def test_a_report_raises_the_severity_of_no_incident_that_is_open(at: House) -> None:
    """It joins the incident of its procedure, which keeps the severity that people gave it."""
    id = at.declare("API not responding: 502 errors", severity="P2")
    at.visitor(None).post(page_of(at), {"what": "502 errors, the API is not responding, complete outage for all users"})
    found = {one.incident_id: one.severity for one in incidents(at)}
    assert found[id] == "P2"


def test_who_sends_too_many_has_to_wait_and_so_have_all_together(at: House) -> None:
    """429 with the words kept in the form; another form and the next minute are free again."""
    stranger = at.visitor(None)
    for _ in range(PER_ACCOUNT_AND_CLIENT):
        assert stranger.post(page_of(at), {"what": "dark"}).status == 303
    refused = stranger.post(page_of(at), {"what": "still dark"})
    assert refused.status == 429
    assert "Too many reports from your network" in refused.text
    assert "still dark" in refused.text
    assert stranger.post("/report/staff", {"what": "dark"}).status == 303
    at.clock.move_by(timedelta(minutes=1, seconds=1))
    assert stranger.post(page_of(at), {"what": "dark"}).status == 303
    reports = at.application.integrations.reports
    reports.together = Buckets(rate=0.0, burst=2.0)
    place = page_of(at).rpartition("/")[2]
    for client in ("10.0.0.1", "10.0.0.2"):
        reports.take(place, Report("dark"), client)
    with pytest.raises(TooManyTries, match="it is known"):
        reports.take(place, Report("dark"), "10.0.0.3")


def test_programs_that_fill_in_everything_are_thanked_and_nothing_is_kept(at: House) -> None:
    """The field that no person sees; the answer tells the program nothing."""
    sent = at.visitor(None).post(page_of(at), {"what": "buy pills", "website": "https://pills.example"})
    assert sent.location.endswith("?thanks=1")
    assert kept(at) == []


def test_what_says_nothing_or_too_much_is_told_so(at: House) -> None:
    """422, with what was written still there."""
    for form, told in (
        ({"what": " "}, "say what is wrong"),
        ({"what": "x" * (LONGEST_WHAT + 1)}, "too long"),
        ({"contact": "x" * 201, "what": "y"}, "too long"),
    ):
        answer = at.visitor(None).post(page_of(at), form)
        assert answer.status == 422
        assert told in answer.text
    assert kept(at) == []


def test_there_is_no_form_but_those_that_the_settings_name(at: House) -> None:
    """Not by the name of one that is not open, nor by the key of another source."""
    keys = [page_of(at, name).rpartition("/")[2] for name in ("desk", "prometheus")]
    for place in ("nobody", "guests", "desk", "prometheus", *keys):
        assert at.visitor(None).get(f"/report/{place}").status == 404, place
        assert at.visitor(None).post(f"/report/{place}", {"what": "dark"}).status == 404, place


def test_the_set_up_shows_where_the_page_is(at: House) -> None:
    """By its key, by its name where it is open, and that there is none."""
    ask, by = at.application.integrations, at.caller(Role.MAINTAINER)
    shown = {"guests": page_of(at), "staff": "/report/staff", "desk": "none: give it a form in tocsin.toml"}
    for name, said in shown.items():
        assert ask.show(by, name).text.splitlines()[0].endswith(said)


def test_the_set_up_asks_how_severe_reports_are_until_the_team_has_said_so(at: House) -> None:
    """Nobody should learn at night that a guest's report calls people as the worst of all does."""
    ask, by = at.application.integrations, at.caller(Role.MAINTAINER)
    told = {name: "as for the most severe" in ask.show(by, name).text for name in ("guests", "staff", "desk")}
    assert told == {"guests": True, "staff": False, "desk": True}


def test_the_page_is_there_under_the_old_key_and_whoever_looks_after_it_is_told(at: House) -> None:
    """A poster with the old address goes on working while it is changed, and is not forgotten."""
    reports, team = at.application.integrations.reports, at.application.team()
    guests = team.integrations["guests"]
    old = "Key-Before-This-0123456789"
    auth = replace(guests.auth, secrets=(guests.key, old))
    changed = replace(guests, old_key=old, auth=auth)
    reports.team = lambda: replace(team, integrations={**team.integrations, "guests": changed})
    refusals = at.application.integrations.refusals
    reports.form(guests.key)
    reports.form("staff")
    assert refusals.last("guests") is refusals.last("staff") is None
    assert reports.form(old) is guests.form
    assert "old key" in refusals.last("guests").what  # type: ignore[union-attr]


def test_reports_are_counted_by_what_became_of_them(at: House) -> None:
    """As those of every source: what is kept, and what has to come again because it could not be."""
    counted: list[tuple[str, str]] = []
    reports = at.application.integrations.reports
    reports.delivered = lambda *said: counted.append(said)
    place = page_of(at).rpartition("/")[2]
    reports.take(place, Report("dark"), "10.0.0.1")
    reports.take(place, Report("pills", trap="https://pills.example"), "10.0.0.1")
    reports.together = Buckets(rate=0.0, burst=0.0)
    with pytest.raises(TooManyTries):
        reports.take(place, Report("dark"), "10.0.0.2")
    assert counted == [("form", "stored"), ("form", "busy")]


def test_a_report_that_cannot_be_kept_is_not_thanked_for(at: House) -> None:
    """The page says so, with what was written still in it."""

    class Full:
        def submit(self, _delivery: NewDelivery) -> Future[int]:
            failed: Future[int] = Future()
            failed.set_exception(Unavailable("the disk is full"))
            return failed

    at.application.integrations.reports.intake = Full()  # type: ignore[assignment]  # all that is asked of it
    counted: list[tuple[str, str]] = []
    at.application.integrations.reports.delivered = lambda *said: counted.append(said)
    answer = at.visitor(None).post(page_of(at), {"what": "the lamp is dark"})
    assert answer.status == 503
    assert counted == [("form", "busy")]
    assert "the lamp is dark" in answer.text


def test_another_site_cannot_send_reports_in_its_visitors_names(at: House) -> None:
    """The browser says where a form came from."""
    assert at.visitor(None).post(page_of(at), {"what": "x"}, origin="https://evil.example").status == 403


def test_what_was_written_is_text_wherever_it_is_shown(at: House) -> None:
    """A stranger's markup runs nowhere."""
    stranger = at.visitor(None)
    stranger.post(page_of(at), {"what": "<script>alert(1)</script>"})
    (one,) = incidents(at)
    page = at.visitor().get(f"/i/{one.incident_id}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_support_desk_reports_by_its_own_program(at: House) -> None:
    """The same by JSON at the integration's address; what does not say what is wrong is quarantined."""
    body = json.dumps({"what": "The printer is silent", "id": "case-7"}).encode()
    at.application.intake.submit(NewDelivery("desk", "k", at.clock.now(), "", body)).result(timeout=10)
    assert incidents(at)[0].title == "Reported: The printer is silent"
    for wrong in (b"{}", b"[]", b'{"what": ""}'):
        with pytest.raises(BadPayload, match="what"):
            read_report(wrong, at.clock.now())
