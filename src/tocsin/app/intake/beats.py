"""Watches the heartbeats that others send here. (That Tocsin sends itself: ``app/heartbeat.py``.)

What was heard last stands in the deliveries, and since when a heartbeat is waited for in ``Keep``, so a restart
forgets nothing and each node sees the same. A silence is a delivery too, named by the beat that it follows: of two
nodes that notice it, one is heard. So is the end of a heartbeat that was taken out of the settings: its alert ends.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from tocsin.alerts.authenticate import AuthKind, IntegrationAuth
from tocsin.alerts.sources import heartbeat as h
from tocsin.app.bell import Bell
from tocsin.app.loops import again_and_again
from tocsin.app.rows.records import Delivery, NewDelivery
from tocsin.app.store import Store, Transaction
from tocsin.app.team import Integration, Team, TeamInForce
from tocsin.clock import Clock, monotonic
from tocsin.errors import BadPayload
from tocsin.incident.choices import words

log = logging.getLogger(__name__)

EVERY = 2.0
GRACE = timedelta(minutes=5)
"""After a start senders get so long at most: beats that came while we were away are lost, and say nothing."""
LOOK_BACK = 200
"""Among so many of the newest deliveries the last beat is looked for; between them stand tests only."""

WAITED_FOR = "heartbeats"
"""The name in ``Keep`` of the heartbeats that are waited for."""
_ENDED = "ended:"


class _Declared(msgspec.Struct, frozen=True):
    """Of which service a heartbeat is, and since when (aware UTC) it is waited for with this rhythm.

    ``allowed`` is the longest silence in seconds; 0 where a version wrote it that did not know.
    """

    service: str
    since: datetime
    allowed: float = 0.0


_DECLARED = msgspec.json.Decoder(dict[str, _Declared])


def _declared(tx: Transaction) -> dict[str, _Declared]:
    return _DECLARED.decode(tx.keep.get(WAITED_FOR) or "{}")


def pulse_of(tx: Transaction, name: str) -> h.Pulse | None:
    """What came last of a heartbeat, or its declaration; None while nothing came and nobody waits for it yet."""
    last, declared = _last(tx, name), _declared(tx).get(name)
    if last is not None and (last.beaten or last.told):
        return replace(last, since=declared.since if declared is not None else None)
    if declared is None:
        return None
    return h.Pulse(last.id if last is not None else 0, declared.since, declared.since, beaten=False)


def ended_heartbeat(delivery: Delivery) -> Integration | None:
    """The heartbeat that a delivery ends, as it was; None for all others. No sender can choose such a key."""
    if not delivery.key.startswith(_ENDED):
        return None
    service = delivery.body.removeprefix(h.ENDED).decode()
    proof = IntegrationAuth(AuthKind.KEY, (delivery.key,))  # nobody is asked for it: it has no address any more
    return Integration(delivery.integration, h.HEARTBEAT.name, service, "", proof)


def _last(tx: Transaction, name: str) -> h.Pulse | None:
    for limit in (1, LOOK_BACK):
        for one in tx.deliveries.latest(name, limit):
            try:
                found = h.pulse(one.id, one.body, one.received_at)
            except BadPayload:  # written by a version that is not this one
                continue
            if found is not None:
                return found
    return None


@dataclass(slots=True)
class Beats:
    """Looks every two seconds for heartbeats that are silent. ``nudge`` is for the hearing: something is to be read."""

    store: Store
    clock: Clock
    team: TeamInForce
    nudge: Callable[[], None]
    bell: Bell = field(default_factory=Bell)
    started: datetime | None = None
    last_cycle: float = 0.0
    _due: dict[str, datetime] = field(default_factory=dict)
    """Before these instants nothing can be due, by name, whatever comes meanwhile."""
    _of: Team | None = None

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again."""
        again_and_again(stop, self._round, lambda: self.bell.wait(EVERY), "looking after heartbeats")

    def _round(self) -> None:
        if self.look():
            self.nudge()
        self.last_cycle = monotonic()

    def look(self) -> int:
        """Tell the silences that are due; gives how many deliveries are to be read because of it."""
        now, team = self.clock.now(), self.team()
        self.started = self.started or now
        ended = 0
        if team is not self._of:
            ended, self._due = self._declare(team, now), {}
            self._of = team
        late = [
            (one, one.rhythm)
            for one in team.integrations.values()
            if one.rhythm is not None and self._due.get(one.name, now) <= now
        ]
        if not late:
            return ended
        silent: list[tuple[Integration, h.Rhythm]] = []
        with self.store.read() as tx:
            for one, rhythm in late:
                pulse = pulse_of(tx, one.name)
                if pulse is None:  # a node with older settings has taken it for one that is gone
                    self._of = None
                    continue
                due_at = self._due_at(pulse, rhythm, now)
                self._due[one.name] = min(due_at, now + rhythm.allowed)
                if due_at <= now:
                    silent.append((one, rhythm))
        return ended + (self._tell(silent, now) if silent else 0)

    def _declare(self, team: Team, now: datetime) -> int:
        """Begin to wait for what is new in the settings, and end what is not there any more; gives how many ended."""
        wanted = {
            one.name: _Declared(one.service, now, one.rhythm.allowed.total_seconds())
            for one in team.integrations.values()
            if one.rhythm is not None
        }
        with self.store.read() as tx:
            before = _declared(tx)
        if _kept(before, wanted) == wanted.keys() == before.keys():
            return 0
        with self.store.transact() as tx:
            before = _declared(tx)
            over = {
                name: one for name, one in before.items() if name not in wanted or wanted[name].service != one.service
            }
            # Named by what it ends: of two nodes that were told the new settings, one is heard.
            gone = [
                NewDelivery(name, f"{_ENDED}{one.since.isoformat()}", now, "", h.ended(one.service))
                for name, one in over.items()
            ]
            tx.deliveries.accept(gone)
            kept = _kept(before, wanted)
            after = {name: before[name] if name in kept else one for name, one in wanted.items()}
            tx.keep.put(WAITED_FOR, msgspec.json.encode(after).decode())
        return len(gone)

    def _due_at(self, pulse: h.Pulse, rhythm: h.Rhythm, now: datetime) -> datetime:
        waited = (self.started or now) + min(GRACE, rhythm.allowed)
        return max(pulse.due_at(rhythm), waited)

    def _tell(self, silent: list[tuple[Integration, h.Rhythm]], now: datetime) -> int:
        told: list[NewDelivery] = []
        with self.store.transact() as tx:
            for one, rhythm in silent:
                last = pulse_of(tx, one.name)  # a beat may have come, or another node have been faster
                if last is None or self._due_at(last, rhythm, now) > now:
                    continue
                missed = h.Missed(one.name, last.last_at, expected(rhythm), rhythm.severity, beaten=last.beaten)
                told.append(NewDelivery(one.name, f"silence:{last.id}", now, "", h.silence(missed)))
            tx.deliveries.accept(told)
        for delivery in told:
            log.warning("no heartbeat from %s", delivery.integration)
        return len(told)


def _kept(before: Mapping[str, _Declared], wanted: Mapping[str, _Declared]) -> Set[str]:
    """What is waited for as it was. With another rhythm it is waited for anew: old beats say nothing of that."""
    return {
        name
        for name, one in wanted.items()
        if name in before and (before[name].service, before[name].allowed) == (one.service, one.allowed)
    }


def expected(rhythm: h.Rhythm) -> str:
    """What is expected of a heartbeat, for people."""
    return f"one every {words(rhythm.every)}, at most {words(rhythm.grace)} late"
