"""Heartbeats that others send: their silence becomes an incident, once, after a restart and on two nodes too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast
from uuid import uuid4

import pytest

from tests.app.shop import ANA, MINUTE, SECOND, START, Shop, types
from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.sources.heartbeat import HEARTBEAT, Missed, Rhythm, beat, read_heartbeat, silence
from tocsin.app.intake.beats import GRACE, Beats
from tocsin.app.rows.records import NewDelivery
from tocsin.app.store import Store, Transaction
from tocsin.app.team import Integration
from tocsin.incident.commands import Resolve

HOUR = timedelta(hours=1)
EVERY = timedelta(minutes=20)
ALLOWED = EVERY + MINUTE
NAME = "backup"


class Watched(Shop):
    """A shop with one heartbeat, and somebody who watches it."""

    def __init__(self) -> None:
        super().__init__()
        auth = IntegrationAuth(AuthKind.KEY, ("a-key-of-many-characters",))
        one = Integration(NAME, HEARTBEAT.name, "shop", "key-backup", auth, Rhythm(EVERY, MINUTE, "P0"))
        self.change_team(integrations={**self.team.integrations, NAME: one})
        self.beats = self.node()
        self.beats.look()

    def node(self) -> Beats:
        """Somebody who watches, as a process has it that has just begun."""
        return Beats(self.store, self.clock, lambda: self.team, lambda: None)

    def change_rhythm(self, rhythm: Rhythm) -> None:
        """`tocsin.toml` is reloaded with another rhythm."""
        one = replace(self.team.integrations[NAME], rhythm=rhythm)
        self.change_team(integrations={**self.team.integrations, NAME: one})

    def beat(self, body: bytes = b"beat\n") -> None:
        """A beat comes and is read."""
        with self.store.transact() as tx:
            tx.deliveries.accept([NewDelivery(NAME, f"beat:{uuid4()}", self.clock.now(), "", body)])
        self.read()

    def read(self) -> None:
        """What waits is read."""
        while self.hearing.digest():
            pass

    def look(self, *, after: timedelta = timedelta(0)) -> int:
        """Time passes; how many silences are told then. What is told is read."""
        self.clock.move_by(after)
        told = self.beats.look()
        self.read()
        return told

    def titles(self) -> list[str]:
        """The incidents there are."""
        return [row.title for row in self.rows()]


def summary(body: bytes) -> str:
    """What a person reads of a told silence."""
    (alert,) = read_heartbeat(body, START).alerts
    return alert.summary


@pytest.fixture
def shop() -> Watched:
    return Watched()


def test_silence_becomes_one_incident_and_the_next_beat_ends_it(shop: Watched) -> None:
    """To the second when the span and its grace are over, with the severity of the team; told once."""
    shop.beat()
    assert shop.look(after=ALLOWED - SECOND) == 0
    assert shop.look(after=SECOND) == 1
    assert [(row.title, row.severity) for row in shop.rows()] == [("No heartbeat from backup", "P0")]
    assert shop.look(after=MINUTE) == 0
    assert types(shop.facts()).count("Paged") == 1
    shop.beat(beat(b"done"))
    assert shop.incident().cleared_at == shop.clock.now()
    assert shop.look(after=MINUTE) == 0
    assert shop.titles() == ["No heartbeat from backup"]


def test_who_beats_in_time_wakes_nobody(shop: Watched) -> None:
    """Each beat begins the span anew, also the one in the last second."""
    for _ in range(5):
        shop.beat()
        assert shop.look(after=ALLOWED - SECOND) == 0
    assert shop.titles() == []


def test_silence_after_a_recovery_is_told_anew_in_its_own_time(shop: Watched) -> None:
    """That a silence was told an hour ago at the earliest does not hold back the next one."""
    shop.beat()
    shop.look(after=ALLOWED)
    assert shop.look(after=SECOND) == 0
    shop.beat()
    assert shop.look(after=ALLOWED - SECOND) == 0
    assert shop.look(after=SECOND) == 1


def test_a_heartbeat_that_never_came_is_missed_from_its_declaration_on(shop: Watched) -> None:
    """A job that was never set up is the worst silence; a restart does not begin the wait anew."""
    assert shop.look() == 0
    shop.beats = shop.node()
    assert shop.look(after=ALLOWED - SECOND) == 0
    shop.beats = shop.node()
    assert shop.look(after=SECOND) == 0, "a server that has just begun gives beats the time to come again"
    assert shop.look(after=GRACE) == 1
    assert shop.look(after=MINUTE) == 0
    assert shop.titles() == ["No heartbeat from backup"]
    with shop.store.read() as tx:
        (told,) = tx.deliveries.latest(NAME, 5)
    assert "No beat came since" in summary(told.body)
    shop.beat()
    assert shop.incident().cleared_at == shop.clock.now()


@pytest.mark.parametrize("away", [False, True], ids=["reloaded", "restarted"])
def test_a_heartbeat_that_is_taken_out_of_the_settings_ends_with_its_alert(shop: Watched, *, away: bool) -> None:
    """Nobody is paged for it again, on two nodes its end is one, and put back it is waited for anew."""
    shop.beat()
    shop.look(after=ALLOWED)
    assert shop.incident().cleared_at is None
    before, integrations = types(shop.facts()).count("Paged"), shop.team.integrations
    others = {name: one for name, one in integrations.items() if name != NAME}
    shop.change_team(integrations=others)
    if away:
        shop.beats = shop.node()
    other = shop.node()
    assert (shop.beats.look(), other.look()) == (1, 0)
    shop.read()
    assert shop.incident().cleared_at == shop.clock.now()
    assert shop.look(after=10 * HOUR) == 0
    assert types(shop.facts()).count("Paged") == before
    shop.change_team(integrations=integrations)
    assert shop.look() == 0
    assert shop.look(after=ALLOWED - SECOND) == 0
    assert shop.look(after=SECOND) == 1


def test_a_heartbeat_that_is_declared_later_does_not_put_off_the_others(shop: Watched) -> None:
    """Each waits from its own declaration on, however often the settings change."""
    assert shop.look() == 0
    one = replace(shop.team.integrations[NAME], name="second", key="key-second")
    shop.clock.move_by(ALLOWED - SECOND)
    shop.change_team(integrations={**shop.team.integrations, "second": one})
    assert shop.look() == 0
    assert shop.look(after=SECOND) == 1
    assert shop.titles() == ["No heartbeat from backup"]


def test_a_heartbeat_of_another_service_ends_with_its_alert_and_begins_anew(shop: Watched) -> None:
    """The alert is that service's; left firing there, nothing could end it any more."""
    shop.beat()
    shop.look(after=ALLOWED)
    moved = replace(shop.team.integrations[NAME], service="elsewhere")
    shop.change_team(integrations={**shop.team.integrations, NAME: moved})
    assert shop.look() == 1
    assert shop.incident().cleared_at == shop.clock.now()


def test_the_deadline_survives_a_restart(shop: Watched) -> None:
    """A process that begins anew knows the last beat, and gives senders five minutes of its own absence at most."""
    shop.beat()
    shop.clock.move_by(3 * HOUR)
    shop.beats = shop.node()
    assert shop.look() == 0
    assert shop.look(after=GRACE - SECOND) == 0
    assert shop.look(after=SECOND) == 1
    shop.beats = shop.node()
    assert shop.look() == 0
    assert shop.look(after=GRACE) == 0, "it was told already"


def test_a_quick_heartbeat_waits_no_longer_after_a_restart_than_its_own_span(shop: Watched) -> None:
    """Five minutes are much for what beats each minute."""
    shop.change_rhythm(Rhythm(MINUTE, SECOND))
    shop.beat()
    shop.clock.move_by(HOUR)
    shop.beats = shop.node()
    assert shop.look() == 0
    assert shop.look(after=MINUTE) == 0
    assert shop.look(after=SECOND) == 1


def test_two_nodes_tell_one_silence_once(shop: Watched) -> None:
    """R2: whoever is first; what both have noticed at the same instant is one delivery."""
    shop.beat()
    other = shop.node()
    other.look()
    shop.clock.move_by(ALLOWED)
    assert shop.beats.look() == 1
    assert other.look() == 0
    shop.read()
    assert types(shop.facts()).count("Paged") == 1
    with shop.store.read() as tx:
        (told, _) = tx.deliveries.latest(NAME, 5)
    assert told.key == "silence:1", "named by the beat that it follows, so that a race leaves one"


@dataclass
class Overtaken:
    """A store in which another node commits between this one's look and its telling."""

    store: Store
    first: Callable[[], None]

    def read(self) -> AbstractContextManager[Transaction]:
        return self.store.read()

    def transact(self) -> AbstractContextManager[Transaction]:
        self.first()
        return self.store.transact()


def test_a_beat_that_comes_at_the_last_moment_is_seen(shop: Watched) -> None:
    """Another node has stored it while this one was about to tell the silence."""
    shop.beat()
    shop.beats.store = cast("Store", Overtaken(shop.store, shop.beat))
    assert shop.look(after=ALLOWED) == 0
    assert shop.titles() == []


def test_a_silence_that_goes_on_after_a_person_resolved_it_is_told_again(shop: Watched) -> None:
    """Fails open: an hour later at the earliest, the job is still silent and somebody must know."""
    shop.beat()
    shop.look(after=ALLOWED)
    shop.incidents.act(ANA, "INC-1", Resolve(override="restarted it"))
    assert shop.look(after=HOUR - SECOND) == 0
    assert shop.look(after=SECOND) == 1
    assert shop.titles() == ["No heartbeat from backup"] * 2


def test_a_silence_that_goes_on_in_an_open_incident_pages_no_more_for_it(shop: Watched) -> None:
    """It is counted; the incident's own clocks are what pages."""
    shop.beat()
    shop.look(after=ALLOWED)
    before = types(shop.facts())
    assert shop.look(after=HOUR) == 1
    assert types(shop.facts()) == before


def test_a_reload_changes_the_rhythm_at_once_and_an_end_of_it_ends_the_watch(shop: Watched) -> None:
    """A shorter span is held from the reload on; what is not in the file any more is not missed."""
    shop.beat()
    assert shop.look() == 0
    shop.change_rhythm(Rhythm(6 * MINUTE, SECOND))
    assert shop.look() == 0
    assert shop.look(after=6 * MINUTE) == 0
    assert shop.look(after=SECOND) == 1
    shop.beat()
    shop.change_team(integrations={})
    assert shop.look(after=HOUR) == 1, "its end"
    assert shop.look(after=HOUR) == 0


def test_tests_are_neither_beats_nor_silences(shop: Watched) -> None:
    """However many test alerts were sent since, the last beat counts."""
    shop.beat()
    for n in range(3):
        shop.beat(silence(Missed("test", shop.clock.now(), test=str(n))))
    assert shop.look(after=ALLOWED) == 1


def test_a_shorter_rhythm_is_waited_for_from_when_it_was_set(shop: Watched) -> None:
    """A job of each night that is made one of each minute is not missed before it could beat."""
    shop.beat()
    assert shop.look(after=EVERY) == 0
    shop.change_rhythm(Rhythm(MINUTE, SECOND))
    assert shop.look() == 0
    assert shop.look(after=MINUTE) == 0
    assert shop.look(after=SECOND) == 1


def test_a_node_with_older_settings_takes_no_heartbeat_away_for_good(shop: Watched) -> None:
    """It ends what it does not know; the node that knows better begins to wait anew, and a dead job is noticed."""
    old = replace(shop.team, integrations={})
    shop.beat()
    Beats(shop.store, shop.clock, lambda: old, lambda: None).look()
    shop.read()
    assert shop.look(after=ALLOWED) == 0
    assert shop.look(after=SECOND) == 0
    assert shop.look(after=ALLOWED) == 1
