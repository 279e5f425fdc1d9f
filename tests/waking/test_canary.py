"""The canary: an alert of our own that travels the whole way, and whoever hears of it when it does not (R25)."""

from __future__ import annotations

import threading
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stage.webhook import Webhook
from tests.waking.house import ADA, MINUTE, SECOND, Mill, mill, soon
from tocsin.app.heartbeat import Heartbeat
from tocsin.app.paging.canary import KEPT, Canary, last_flight
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.team import CANARY
from tocsin.clock import monotonic
from tocsin.errors import BadSettings
from tocsin.fakes.push import FakeNtfy
from tocsin.fakes.standin import MENU
from tocsin.incident.facts import Declared, EscalationExhausted, Paged, PageDelivered, Resolved
from tocsin.settings.loading import settings_of

WAYS = '[[people.ana.ways]]\nkind = "phone"'
FLIES = 'canary = "5 min"\nadmin = "bo"'


def canary_of(house: Mill) -> Canary:
    """The canary; while it waits, time passes second by second and the loops do what is theirs."""
    canary: Canary = next(run for name, run in house.installation.loops.runs if name == "canary").__self__  # type: ignore[attr-defined]

    def rest(stop: threading.Event, _seconds: float) -> bool:
        house.clock.move_by(SECOND)
        while house.installation.application.hearing.digest():
            pass
        house.work()
        return stop.is_set()

    canary.ticks = lambda: house.clock.now().timestamp()
    canary.rest = rest
    return canary


@contextmanager
def flying(folder: Path, server: str = FLIES, environ: dict[str, str] | None = None) -> Iterator[tuple[Mill, Canary]]:
    """An installation with a canary, all of whose doors are open."""
    with mill(folder, WAYS, "", environ, server=server, whole=True) as house:
        yield house, canary_of(house)


def fly(canary: Canary) -> None:
    """Look whether it is time."""
    canary.look(threading.Event())


def flights(house: Mill) -> list[str]:
    """The canaries that are kept."""
    with house.installation.application.store.read() as tx:
        return [row.incident_id for row in tx.incidents.search(IncidentQuery(canaries=True))]


def phones(house: Mill) -> list[str]:
    """Whose built-in phone has anything."""
    with house.installation.application.store.read() as tx:
        return [message.person for message in tx.phone.messages(None, 100)]


def exhausted(house: Mill) -> bool:
    """Whether the ladder of the first one has ended."""
    return any(isinstance(fact, EscalationExhausted) for fact in house.facts("CANARY-1"))


def get(house: Mill, path: str) -> str:
    """What the server says to a probe, while its engine works."""
    for loop in house.installation.application.health.engine.values():
        loop.last_cycle = monotonic()
    with urllib.request.urlopen(house.url + path, timeout=20) as answer:
        return str(answer.read().decode())


def test_r25_it_travels_from_the_door_to_a_phone_and_leaves_nothing(tmp_path: Path) -> None:
    """R25: over HTTP, stored, decided on, paged and seen; then it is over, rings nowhere, and stands in no list."""
    with flying(tmp_path) as (house, canary):
        application = house.installation.application
        fly(canary)
        facts = house.facts("CANARY-1")
        assert [fact.person for fact in facts if isinstance(fact, Paged)] == [CANARY]
        assert [type(fact) for fact in facts if isinstance(fact, PageDelivered | Resolved)] == [PageDelivered, Resolved]
        assert canary.broken() == ""
        assert "came through in" in canary.says()
        assert phones(house) == []
        assert application.incidents.search(ADA, IncidentQuery()) == []
        house.declare()
        assert house.incident("INC-1").id == "INC-1"  # it takes no number of an incident's
        assert '"canary", "ok": true, "detail": "the canary of ' in get(house, "/readyz")
        assert "tocsin_canary_failures 0.0" in get(house, "/metrics")
        assert "tocsin_incident_ack_seconds_count" not in get(house, "/metrics")


def test_it_flies_at_its_pace_once_for_all_nodes_and_is_forgotten(tmp_path: Path) -> None:
    """Five minutes lie between two, whoever looks; of those of yesterday nothing is kept."""
    with flying(tmp_path) as (house, canary):
        store, desk = house.installation.application.store, house.installation.application.desk
        other = Canary(store, house.clock, desk, canary.team, canary.door, canary.alarm, rest=canary.rest)
        fly(canary)
        fly(other)
        house.clock.move_by(4 * MINUTE)
        fly(other)
        assert flights(house) == ["CANARY-1"]
        house.clock.move_by(MINUTE)
        fly(other)
        assert flights(house) == ["CANARY-1", "CANARY-2"]
        house.clock.move_by(KEPT + MINUTE)
        fly(canary)
        assert flights(house) == ["CANARY-3"]
        with store.read() as tx:
            assert tx.incidents.facts(["CANARY-1", "CANARY-2"]) == {}


def test_r25_a_broken_way_is_told_within_its_bound(tmp_path: Path, webhook_sink: Webhook) -> None:
    """R25: nothing is decided any more; after two tries the heartbeat stops, and the maintainer is told, once."""
    server = FLIES + '\nheartbeat = { env = "BEAT" }'
    with flying(tmp_path, server, {"BEAT": webhook_sink.url}) as (house, canary):
        began, application = house.clock.now(), house.installation.application

        def nobody_reads(stop: threading.Event, seconds: float) -> bool:
            house.clock.move_by(timedelta(seconds=max(seconds, 1)))
            return stop.is_set()

        working, canary.rest = canary.rest, nobody_reads
        fly(canary)
        assert house.clock.now() - began < 3 * MINUTE
        assert "no incident came of it, after 60 s" in canary.broken()
        assert "no incident came of it" in get(house, "/readyz")  # which stays 200: alerts must go on coming in
        assert "tocsin_canary_failures 1.0" in get(house, "/metrics")
        for loop in application.health.engine.values():
            loop.last_cycle = monotonic()
        beating: Heartbeat = next(run for name, run in house.installation.loops.runs if name == "heartbeat").__self__  # type: ignore[attr-defined]
        assert not beating.beat()
        assert "canary" in beating.trouble
        application.way_testing.look()
        assert phones(house) == ["bo"]
        house.clock.move_by(5 * MINUTE)
        fly(canary)
        application.way_testing.look()
        assert phones(house) == ["bo"]
        canary.rest = working
        house.clock.move_by(5 * MINUTE)
        fly(canary)
        assert canary.broken() == ""
        assert beating.why_not() == ""


def test_it_says_how_far_it_came(tmp_path: Path) -> None:
    """A page that is ordered and not sent is told apart from an alert that nobody has read."""
    with flying(tmp_path) as (house, canary):

        def no_courier(stop: threading.Event, _seconds: float) -> bool:
            house.clock.move_by(SECOND)
            house.installation.application.hearing.digest()
            house.installation.application.timekeeper.wake()
            return stop.is_set()

        house.installation.application.hearing.courier = None
        canary.rest = no_courier
        fly(canary)
        assert "ordered and not sent" in canary.broken()


def test_it_never_pages_anybody_of_flesh(tmp_path: Path) -> None:
    """However long nobody answers it, and whether it was switched off meanwhile: ladder and catch-all end at itself."""
    with flying(tmp_path) as (house, canary):
        canary.door.knock(b'{"title": "Canary", "dedup_key": "x"}')
        house.installation.application.hearing.digest()
        house.pass_time(
            40 * MINUTE, until=lambda: any(isinstance(f, EscalationExhausted) for f in house.facts("CANARY-1"))
        )
        assert any(isinstance(f, EscalationExhausted) for f in house.facts("CANARY-1"))
        people = {fact.person for fact in house.facts("CANARY-1") if isinstance(fact, Paged)}
        assert people == {CANARY}
        assert any(isinstance(f, Declared) and f.drill for f in house.facts("CANARY-1"))
        team = canary.team()
        house.installation.reloading.in_force.team = replace(team, canary=None)
        house.pass_time(40 * MINUTE)
        assert {fact.person for fact in house.facts("CANARY-1") if isinstance(fact, Paged)} == {CANARY}
        fly(canary)
        assert house.incident("CANARY-1").is_open is False


def test_it_takes_a_way_that_is_kept_for_tests(tmp_path: Path) -> None:
    """By ntfy it goes through the provider, softly; when that is down, so is the way."""
    with FakeNtfy() as ntfy:
        server = FLIES + '\ncanary_way = { env = "WAY" }'
        with flying(tmp_path, server, {"WAY": f"ntfy:{ntfy.url}/canaries"}) as (house, canary):
            fly(canary)
            assert soon(lambda: ntfy.notifications)
            assert ntfy.notifications[0]["priority"] == 3
            assert canary.broken() == ""
            ntfy.always(MENU["500"])
            house.clock.move_by(5 * MINUTE)
            fly(canary)
            assert "its page" in canary.broken()


def test_without_a_setting_none_flies(tmp_path: Path) -> None:
    """Off by default: nothing is sent, nothing is wrong, and nobody else can knock by its name."""
    with mill(tmp_path, WAYS, whole=True) as house:
        canary = canary_of(house)
        fly(canary)
        assert flights(house) == []
        assert (canary.broken(), canary.says()) == ("", "switched off")
        with house.installation.application.store.read() as tx:
            assert last_flight(tx) is None
        answer = canary.door.knock(b'{"title": "x"}')
        assert "401" in str(answer) or "404" in str(answer)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('canary = "10 s"', "a minute at least"),
        ('canary = "5 min"\ncanary_way = "pigeon:x"', "must be a kind of way"),
        ('canary = "5 min"\ncanary_way = "email"', "must have an address"),
    ],
)
def test_what_no_canary_can_do_is_refused(tmp_path: Path, line: str, says: str) -> None:
    """The settings say what is wrong."""
    text = f'version = 1\n[server]\n{line}\n[people.ana]\nways = [{{ kind = "phone" }}]\n'
    with pytest.raises(BadSettings, match=says):
        settings_of(tomllib.loads(text), tmp_path / "tocsin.toml", environ={}, flags={})
