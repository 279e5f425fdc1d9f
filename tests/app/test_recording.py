"""A source, or some of its alerts, that are recorded and wake nobody."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import SETTINGS, House
from tests.web.house import house as open_house
from tests.web.test_respond import plain
from tocsin.app.rows.records import IncidentQuery, NewDelivery
from tocsin.incident.facts import SeverityAssessed
from tocsin.incident.incident import Incident
from tocsin.incident.timeline import sentence

_numbers = itertools.count()


def source(lines: str) -> str:
    """The settings with a source that records."""
    return f'{SETTINGS}\n[integration.nightly]\nsource = "generic"\nservice = "shop"\n{lines}\n'


def tell(at: House, title: str, severity: str = "P2", status: str = "firing", **labels: str) -> None:
    """The source tells of a trouble, and nobody has read it yet."""
    said = {"title": title, "key": title, "severity": severity, "status": status, "labels": labels}
    new = NewDelivery(
        "nightly", f"once {next(_numbers)}", at.clock.now(), "application/json", json.dumps(said).encode()
    )
    at.application.intake.submit(new).result(timeout=10)


def happen(at: House, title: str, severity: str = "P2", status: str = "firing", **labels: str) -> None:
    """The source tells of a trouble."""
    tell(at, title, severity, status, **labels)
    at.application.hearing.digest()
    at.application.timekeeper.wake()


def incidents(at: House) -> dict[str, Incident]:
    """The incidents by their title."""
    with at.application.store.read() as tx:
        ids = [row.incident_id for row in tx.incidents.search(IncidentQuery())]
        return {one.title: one for one in at.application.desk.load(tx, ids).values()}


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[House]:
    """A house where all that one source says is recorded."""
    with open_house(tmp_path, source("record = true")) as at:
        yield at


def test_what_is_recorded_collects_in_one_incident_that_pages_nobody(recording: House) -> None:
    """However many there are: no storm, no page, and the timeline and the page say which setting says so."""
    for n in range(12):
        happen(recording, f"A thumbnail is missing, number {n}")
    (one,) = incidents(recording).values()
    assert not one.pages
    assert one.recorded == "integration.nightly.record"
    with recording.application.store.read() as tx:
        said = sentence(tx.incidents.facts([one.id])[one.id][0])
        assert tx.alerts.counts([one.id])[one.id].distinct == 12
    assert said.endswith("Recorded only, nobody is paged: integration.nightly.record says so")
    text = plain(recording.visitor().get(f"/i/{one.id}").text)
    assert "Nobody: this is recorded only." in text
    assert "integration.nightly.record says so" in text


def test_the_top_severity_pages_in_an_incident_of_its_own(recording: House) -> None:
    """A setting about a source is no reason to sleep through the worst."""
    happen(recording, "A thumbnail is missing")
    happen(recording, "Nobody can pay", "P0")
    found = incidents(recording)
    assert found["Nobody can pay"].pages
    assert not found["A thumbnail is missing"].pages


def test_what_becomes_the_top_severity_while_it_is_recorded_pages(recording: House) -> None:
    """Said anew of the same alert in the same words, which is no new alert."""
    happen(recording, "A thumbnail is missing")
    happen(recording, "A thumbnail is missing", "P0")
    happen(recording, "A thumbnail is missing", "P0")
    with recording.application.store.read() as tx:
        first, second = sorted(tx.incidents.search(IncidentQuery()), key=lambda row: row.number)
        counts = tx.alerts.counts([first.incident_id, second.incident_id])
    assert (first.severity, first.paging, counts.get(first.incident_id)) == ("P2", False, None)
    assert (second.severity, second.paging) == ("P0", True)
    assert counts[second.incident_id].firing == 1


def test_what_becomes_the_top_severity_before_it_was_read_pages(recording: House) -> None:
    """Both were said before either was acted on; the lesser one that follows takes nothing back."""
    for severity in ("P2", "P0", "P1"):
        tell(recording, "A thumbnail is missing", severity)
    recording.application.hearing.digest()
    with recording.application.store.read() as tx:
        (row,) = tx.incidents.search(IncidentQuery())
    assert (row.severity, row.paging) == ("P0", True)


def test_an_alert_whose_labels_meet_the_matchers_no_longer_pages(tmp_path: Path) -> None:
    """Also when only a label was given to it that the matchers exclude."""
    with open_house(tmp_path, source("""record_matching = ['team="web"']""")) as at:
        happen(at, "A picture is slow", team="web")
        assert not incidents(at)["A picture is slow"].pages
        happen(at, "A picture is slow", team="shop")
        assert incidents(at)["A picture is slow"].pages


def test_the_top_severity_is_recorded_where_words_say_so(tmp_path: Path) -> None:
    """It has a setting of its own, so that nobody says it by the way."""
    with open_house(tmp_path, source("record = true\nrecord_top = true")) as at:
        happen(at, "Nobody can pay", "P0")
        assert not incidents(at)["Nobody can pay"].pages


def test_only_alerts_whose_labels_meet_all_matchers_are_recorded(tmp_path: Path) -> None:
    """The others page as ever, and neither joins the other's incident."""
    with open_house(tmp_path, source("""record_matching = ['team="web"', 'kind=~"slow.*"']""")) as at:
        happen(at, "A picture is slow", team="web", kind="slow-picture")
        happen(at, "A page is away", team="web", kind="away")
        found = incidents(at)
        assert not found["A picture is slow"].pages
        assert found["A picture is slow"].recorded == "integration.nightly.record_matching"
        assert found["A page is away"].pages


def test_a_person_who_says_how_severe_it_is_wakes_people_after_all(recording: House) -> None:
    """What is recorded is never stuck; what comes to it afterwards does not take that back."""
    happen(recording, "A thumbnail is missing")
    visitor = recording.visitor()
    (one,) = incidents(recording).values()
    visitor.get(f"/i/{one.id}")
    visitor.post(f"/i/{one.id}/severity", {"severity": "P1"})
    happen(recording, "Another is missing")
    (one,) = incidents(recording).values()
    assert one.pages
    assert not one.recorded


def test_a_person_wakes_people_at_the_severity_that_it_has_already(recording: House) -> None:
    """The form has it chosen beforehand; saying it is what counts."""
    happen(recording, "A thumbnail is missing", "P1")
    visitor = recording.visitor()
    (one,) = incidents(recording).values()
    assert (one.severity, bool(one.pages)) == ("P1", False)
    visitor.get(f"/i/{one.id}")
    for _ in range(2):
        visitor.post(f"/i/{one.id}/severity", {"severity": "P1"})
    (one,) = incidents(recording).values()
    assert one.pages
    assert not one.recorded
    with recording.application.store.read() as tx:
        facts = tx.incidents.facts([one.id])[one.id]
    said = [sentence(fact) for fact in facts if isinstance(fact.fact, SeverityAssessed)]
    assert len(said) == 2
    assert "confirmed the severity P1" in said[1]


def test_that_the_source_cannot_be_read_pages(recording: House) -> None:
    """It is Tocsin's own word about the source, not the source's."""
    new = NewDelivery("nightly", "broken", recording.clock.now(), "application/json", b"{")
    recording.application.intake.submit(new).result(timeout=10)
    recording.application.hearing.digest()
    (one,) = incidents(recording).values()
    assert one.pages


def test_what_comes_and_goes_is_recorded_in_few_facts(recording: House) -> None:
    """Nobody may ever look at it; the rows say what fires, and the next alert that is new is told."""
    for _ in range(30):
        happen(recording, "A thumbnail is missing")
        recording.clock.move_by(timedelta(minutes=7))
        happen(recording, "A thumbnail is missing", status="resolved")
        recording.clock.move_by(timedelta(minutes=7))
    (one,) = incidents(recording).values()
    told = one.last_seq
    assert told < 6
    with recording.application.store.read() as tx:
        counts = tx.alerts.counts([one.id])[one.id]
    assert (counts.distinct, counts.firing) == (1, 0)
    happen(recording, "Another is missing")
    (one,) = incidents(recording).values()
    assert one.last_seq == told + 1
    assert [alert.title for alert in one.alerts] == ["A thumbnail is missing", "Another is missing"]
