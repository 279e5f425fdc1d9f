"""Notifications that ring: ntfy with its buttons, Pushover's emergencies with their receipts."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.waking.house import MINUTE, SECOND, Mill, mill, soon
from tocsin.app.desk import Desk
from tocsin.app.paging.alarms import RINGS_FOR, Alarms
from tocsin.app.store import Transaction
from tocsin.fakes.push import FakeNtfy, FakePushover
from tocsin.fakes.standin import MENU
from tocsin.incident.facts import PageFailed, Via
from tocsin.incident.incident import Incident

TOPIC = """
[[people.ana.ways]]
kind = "ntfy"
address = { env = "NTFY" }
"""
EMERGENCY = """
[[people.ana.ways]]
kind = "pushover"
address = { env = "PUSHOVER_USER" }
"""


@dataclass(slots=True)
class Reading(Desk):
    """A desk that remembers which incidents were asked for."""

    read: list[str] = field(default_factory=list)

    def load(self, tx: Transaction, incident_ids: Iterable[str]) -> dict[str, Incident]:
        """As every desk."""
        ids = list(incident_ids)
        self.read += ids
        return Desk.load(self, tx, ids)


@pytest.fixture
def ntfy() -> Iterator[FakeNtfy]:
    """A server of ntfy that asks for a token."""
    with FakeNtfy("tk_secret") as one:
        yield one


@pytest.fixture
def pushover() -> Iterator[FakePushover]:
    """Pushover."""
    with FakePushover() as one:
        yield one


def by_ntfy(folder: Path, ntfy: FakeNtfy, token: str = ":tk_secret@") -> AbstractContextManager[Mill]:
    """An installation whose Ana has a topic."""
    return mill(folder, TOPIC, "", {"NTFY": f"{ntfy.url.replace('://', '://' + token)}/a-long-random-word"})


@contextmanager
def by_pushover(folder: Path, pushover: FakePushover) -> Iterator[tuple[Mill, Alarms]]:
    """An installation whose Ana has Pushover, and what asks after its alarms."""
    more = f'\n[pushover]\ntoken = {{ env = "PUSHOVER" }}\napi = "{pushover.url}"\n'
    with mill(folder, EMERGENCY, more, {"PUSHOVER": pushover.token, "PUSHOVER_USER": pushover.user}) as house:
        run = next(run for name, run in house.installation.loops.runs if name == "alarms")
        yield house, run.__self__  # type: ignore[attr-defined]


def via(house: Mill) -> Via:
    """By which way the incident was acknowledged."""
    with house.installation.application.store.read() as tx:
        facts = tx.incidents.facts(["INC-1"])["INC-1"]
    return next(one.by.via for one in facts if type(one.fact).__name__ == "Acknowledged")


def acknowledged(incident: Incident) -> str | None:
    """Who has it."""
    return incident.acknowledged_by


def test_a_page_by_ntfy_is_acknowledged_with_one_tap(tmp_path: Path, ntfy: FakeNtfy) -> None:
    """The notification rings at the highest priority and its button acknowledges as the person who was paged."""
    with by_ntfy(tmp_path, ntfy) as house:
        house.declare()
        house.work()
        assert soon(lambda: ntfy.notifications)
        (shown,) = ntfy.notifications
        assert shown["priority"] == 5
        assert shown["topic"] == "a-long-random-word"
        assert shown["title"].startswith("P0 INC-1 mill: API not responding")
        assert shown["click"].startswith(f"{house.url}/p/")
        assert ntfy.tap(shown, "Acknowledge") == "INC-1 acknowledged."
        assert acknowledged(house.incident()) == "ana"
        assert via(house) is Via.PUSH
        assert ntfy.tap(shown, "Escalate") == "INC-1 escalated to Team Lead."


def test_b2_a_button_acts_for_its_own_page_only_and_by_post_only(tmp_path: Path, ntfy: FakeNtfy) -> None:
    """B2: an altered button is refused, a GET changes nothing."""
    with by_ntfy(tmp_path, ntfy) as house:
        house.declare()
        house.work()
        assert soon(lambda: ntfy.notifications)
        address = ntfy.notifications[0]["actions"][0]["url"]
        for method, url, status in (("GET", address, 405), ("POST", address[:-3] + "abc", 403)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(url, b"4" if method == "POST" else None, method=method))
            assert refused.value.code == status
        assert acknowledged(house.incident()) is None


def test_a_topic_that_refuses_us_fails_the_way_at_once(tmp_path: Path, ntfy: FakeNtfy) -> None:
    """A wrong token is said on the timeline, and the next level does not wait for it."""
    with by_ntfy(tmp_path, ntfy, token=":tk_wrong@") as house:
        house.declare()
        house.work()
        assert any(isinstance(fact, PageFailed) for fact in house.facts())
        house.work()
        assert ("bo", "phone") in house.paged()


def test_an_emergency_is_acknowledged_in_pushovers_own_app(tmp_path: Path, pushover: FakePushover) -> None:
    """What the person taps in the app is asked for by its receipt, and acknowledges the incident."""
    with by_pushover(tmp_path, pushover) as (house, alarms):
        house.declare()
        house.work()
        assert soon(lambda: pushover.emergencies)
        (one,) = pushover.emergencies
        assert (one.fields["priority"], one.fields["retry"]) == ("2", "30")
        alarms.look()
        assert acknowledged(house.incident()) is None
        one.acknowledged = True
        alarms.look()
        assert acknowledged(house.incident()) == "ana"
        assert via(house) is Via.PUSH


def test_an_emergency_falls_silent_when_somebody_else_has_the_incident(tmp_path: Path, pushover: FakePushover) -> None:
    """R6: a phone that goes on ringing for half an hour is a page after the acknowledgement."""
    with by_pushover(tmp_path, pushover) as (house, alarms):
        house.declare()
        house.work()
        assert soon(lambda: pushover.emergencies)
        house.acknowledge("bo")
        pushover.plan(MENU["500"])
        house.work()
        assert not pushover.emergencies[0].canceled  # it could not be told; it is told again
        house.pass_time(5 * SECOND, until=lambda: pushover.emergencies[0].canceled)
        assert pushover.emergencies[0].canceled
        assert [type(fact).__name__ for fact in house.facts()][-1] == "PageWithdrawn"
        asked = len(pushover.requests)
        alarms.look()
        house.pass_time(5 * SECOND)
        assert len(pushover.requests) == asked


def test_an_emergency_is_asked_after_however_many_incidents_came_since(tmp_path: Path, pushover: FakePushover) -> None:
    """In a storm the page that rings is not of the newest incidents; it is heard, and silenced, all the same."""
    with by_pushover(tmp_path, pushover) as (house, alarms):
        house.declare()
        house.work()
        assert soon(lambda: pushover.emergencies)
        for n in range(101):
            house.declare("P2", f"Report {n} is late")
        pushover.emergencies[0].acknowledged = True
        alarms.look()
        assert acknowledged(house.incident()) == "ana"


def test_alarms_that_are_over_are_read_no_more(tmp_path: Path, pushover: FakePushover) -> None:
    """A look that finds nothing new reads no incident: it comes every five seconds, for as long as the house stands."""
    with by_pushover(tmp_path, pushover) as (house, alarms):
        house.declare()
        house.work()
        assert soon(lambda: pushover.emergencies)
        house.acknowledge("bo")
        alarms.look()
        desk = alarms.desk = Reading(alarms.desk.team, alarms.desk.masker)
        alarms.look()
        house.clock.move_by(RINGS_FOR + MINUTE)
        alarms.look()
        assert desk.read == []


def test_pushover_that_does_not_answer_acknowledges_nothing(tmp_path: Path, pushover: FakePushover) -> None:
    """Silence of the provider is no answer of the person; the ladder goes on."""
    with by_pushover(tmp_path, pushover) as (house, alarms):
        house.declare()
        house.work()
        assert soon(lambda: pushover.emergencies)
        pushover.always(MENU["500"])
        alarms.look()
        house.pass_time(11 * MINUTE, until=lambda: ("bo", "phone") in house.paged())
        assert ("bo", "phone") in house.paged()
