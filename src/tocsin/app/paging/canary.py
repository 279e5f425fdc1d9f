"""The canary: an alert of our own that travels the whole way again and again (R25).

It knocks at the intake's own door over HTTP, is stored, read and decided on like any other, and its page leaves by the
outbox for a phone that nobody carries. What breaks on that way breaks every page of the night, and a test page, which
skips most of it, would not notice. A canary reaches nobody of flesh: its service has a roster of its own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tocsin.app.bell import Bell
from tocsin.app.desk import Asked, Desk
from tocsin.app.loops import again_and_again
from tocsin.app.paging.testing_ways import ALARM
from tocsin.app.ports import Delivered, OwnDoor
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.store import Store, Transaction
from tocsin.app.team import CANARY, CanarySettings, TeamInForce
from tocsin.clock import Clock, monotonic
from tocsin.incident.commands import RecordPage, Resolve
from tocsin.incident.facts import TOCSIN
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.summary import UNRESOLVED
from tocsin.oncall.people import WayKind

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two looks whether it is time."""
LOOK = 0.1
"""Seconds between two looks how far it came."""
BOUND = 60.0
"""Seconds within which its page has to be there."""
TRIES = 2
"""One that is lost in a busy minute is no alarm; two, one after the other, are."""
SOON = timedelta(minutes=5)
"""A broken way is tried again so soon at the latest."""
KEPT = timedelta(days=1)
STATE = "canary"
"""The name in ``Keep`` of how the last one went."""


class Flight(msgspec.Struct, frozen=True):
    """How the last canary went, or that one is under way; instants are aware UTC.

    ``until``: nobody else begins one before. ``trouble`` is empty when it came through; ``failures`` counts those that
    did not since one did, at ``arrived_at``.
    """

    began_at: datetime
    until: datetime
    arrived_at: datetime | None = None
    seconds: float = 0.0
    trouble: str = ""
    failures: int = 0

    def due_at(self, every: timedelta) -> datetime:
        """When the next one begins."""
        return max(self.until, self.began_at + (min(every, SOON) if self.trouble else every))

    def says(self) -> str:
        """One sentence on it."""
        if self.trouble:
            return f"the canary of {self.began_at:%Y-%m-%d %H:%M} UTC did not come through: {self.trouble}"
        if self.arrived_at is None:
            return "the first canary is under way"
        return f"the canary of {self.arrived_at:%Y-%m-%d %H:%M} UTC came through in {self.seconds:.1f} s"


_FLIGHT = msgspec.json.Decoder(Flight)


def last_flight(tx: Transaction) -> Flight | None:
    """How the last canary went; None when there never was one."""
    kept = tx.keep.get(STATE)
    return _FLIGHT.decode(kept) if kept else None


@dataclass(slots=True)
class Canary:
    """Lets canaries fly. ``alarm`` tells the maintainer, and is called once for a way that is broken.

    ``ticks`` are seconds that never go back; ``rest`` passes so many of them, and says whether to stop.
    """

    store: Store
    clock: Clock
    desk: Desk
    team: TeamInForce
    door: OwnDoor
    alarm: Callable[[str, str], object]
    bell: Bell = field(default_factory=Bell)
    ticks: Callable[[], float] = monotonic
    rest: Callable[[threading.Event, float], bool] = threading.Event.wait
    last_cycle: float = 0.0
    _since: datetime | None = None
    _cleared: bool = False

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again."""

        def look() -> None:
            self.look(stop)
            self.last_cycle = monotonic()

        again_and_again(stop, look, lambda: self.bell.wait(EVERY), "the canary")

    def look(self, stop: threading.Event) -> None:
        """Let one fly if it is time, and follow it to its end; of several nodes one does."""
        settings, now = self.team().canary, self.clock.now()
        if settings is None:
            if not self._cleared:  # what a switched-off one has left behind must not ring on
                self._clear(now)
            self._cleared, self._since = True, None
            return
        self._cleared, self._since = False, self._since or now
        if not self.door.is_open() or not self._begin(settings, now):
            return
        began, trouble = self.ticks(), ""
        for _ in range(TRIES):
            began = self.ticks()
            trouble = self._fly(settings, stop)
            if not trouble or stop.is_set():
                break
        if not stop.is_set():
            self._end(trouble, self.ticks() - began)

    def broken(self) -> str:
        """What is wrong with the way, in a sentence; empty while nothing is, and while it is switched off."""
        settings, since = self.team().canary, self._since
        if settings is None or since is None:
            return ""
        with self.store.read() as tx:
            flight = last_flight(tx)
        if flight is not None and flight.trouble:
            return flight.says()
        last = max(since, flight.began_at) if flight is not None else since
        if self.clock.now() - last > 2 * settings.every + TRIES * timedelta(seconds=BOUND):
            return f"no canary has flown since {last:%Y-%m-%d %H:%M} UTC"
        return ""

    def says(self) -> str:
        """One sentence for a screen."""
        if self.team().canary is None:
            return "switched off"
        with self.store.read() as tx:
            flight = last_flight(tx)
        return self.broken() or (flight.says() if flight is not None else "none has flown yet")

    # --- one flight ---------------------------------------------------------------------------------------------

    def _begin(self, settings: CanarySettings, now: datetime) -> bool:
        """Whether it is time, and nobody else lets one fly; from then on it is ours."""
        with self.store.read() as tx:
            flight = last_flight(tx)
        if flight is not None and now < flight.due_at(settings.every):
            return False
        until = now + TRIES * timedelta(seconds=BOUND) + timedelta(seconds=10)
        with self.store.transact() as tx:
            flight = last_flight(tx)
            if flight is not None and now < flight.due_at(settings.every):
                return False
            _keep(tx, msgspec.structs.replace(flight or Flight(now, until), began_at=now, until=until))
        return True

    def _fly(self, settings: CanarySettings, stop: threading.Event) -> str:
        """One canary from the door to its phone; what stood in its way, empty when it is there."""
        began = self.ticks()
        self._clear(self.clock.now())
        now = self.clock.now() + timedelta(milliseconds=1)  # later than the end of the last: it is no echo of that
        taken = self.door.knock(_alert(settings, now, firing=True))
        if not isinstance(taken, Delivered):
            return f"our own intake did not take its alert: {taken.reason}"
        trouble = self._follow(settings, stop, began)
        self.door.knock(_alert(settings, now, firing=False, over_at=self.clock.now()))
        self._clear(self.clock.now())
        return trouble

    def _follow(self, settings: CanarySettings, stop: threading.Event, began: float) -> str:
        """Wait until its page is there; how far it came, empty when it is."""
        while True:
            there, says = self._look(settings)
            if there:
                return ""
            if self.ticks() - began >= BOUND:
                return f"{says}, after {BOUND:.0f} s"
            if self.rest(stop, LOOK):
                return "Tocsin was stopped"

    def _look(self, settings: CanarySettings) -> tuple[bool, str]:
        """Whether its page is there, and how far it came otherwise."""
        with self.store.read() as tx:
            rows = tx.incidents.search(IncidentQuery(states=UNRESOLVED, canaries=True, limit=1))
            incident = self.desk.one(tx, rows[0].incident_id) if rows else None
        if incident is None:
            return False, "its alert was stored, and no incident came of it"
        page = next(reversed(incident.pages.values()), None)
        if page is None:
            return False, "its incident paged nobody"
        if page.delivered_at:
            return True, ""
        if page.failed_at:
            return False, f"its page by {page.way} failed: {page.failure}"
        if not page.sent_at:
            return False, "its page was ordered and not sent"
        if settings.way.kind is not WayKind.PHONE:  # what its provider has taken is as far as can be seen
            return True, ""
        return self._seen(incident, page), "its phone does not show the page"

    def _seen(self, incident: Incident, page: PageState) -> bool:
        """Look at the canary's phone: what it shows is a receipt, as when somebody opens it."""
        now = self.clock.now()
        with self.store.transact() as tx:
            if tx.phone.see(page.page, now) is None:
                return False
            command = RecordPage(page.page, "delivered", "the canary's phone shows it")
            self.desk.decide_all(tx, [Asked(incident.id, command, TOCSIN)], now)
        self.desk.changed([incident.id])
        return True

    def _clear(self, now: datetime) -> None:
        """End what is still open, and forget what is old: canaries are no part of the record."""
        with self.store.transact() as tx:
            rows = tx.incidents.search(IncidentQuery(canaries=True, limit=2000))
            over = [row.incident_id for row in rows if row.state in UNRESOLVED]
            command = Resolve(summary="the canary has landed", override="a canary")
            self.desk.decide_all(tx, [Asked(id, command, TOCSIN) for id in over], now)
            old = [row.incident_id for row in rows if row.resolved_at and row.resolved_at < now - KEPT]
            tx.incidents.forget(old)
            tx.phone.forget(CANARY)
        self.desk.changed(over)

    def _end(self, trouble: str, seconds: float) -> None:
        now = self.clock.now()
        with self.store.transact() as tx:
            before = last_flight(tx) or Flight(now, now)
            failures = before.failures + 1 if trouble else 0
            arrived = before.arrived_at if trouble else now
            after = Flight(before.began_at, now, arrived, round(seconds, 3), trouble, failures)
            _keep(tx, after)
        if trouble:
            log.error("%s", after.says())
            if failures == 1:
                text = f"{after.says()[0].upper()}{after.says()[1:]}. Until that is mended, pages may reach nobody."
                self.alarm(f"{ALARM}{int(now.timestamp())}", text)
        elif before.failures:
            log.warning("the canary comes through again")
        else:
            log.debug("%s", after.says())


def _keep(tx: Transaction, flight: Flight) -> None:
    tx.keep.put(STATE, msgspec.json.encode(flight).decode())


def _alert(settings: CanarySettings, began: datetime, *, firing: bool, over_at: datetime | None = None) -> bytes:
    """What is said at the door: one alert for ever, that fires and is over; always dated, so that no two are alike."""
    said: dict[str, object] = {
        "title": "Canary: Tocsin tests its own way",
        "description": "Nothing is broken. Tocsin sends this to itself and follows it to a phone that nobody carries.",
        "dedup_key": CANARY,
        "status": "firing" if firing else "resolved",
        "starts_at": began.isoformat(),
    }
    if over_at is not None:
        said["ends_at"] = over_at.isoformat()
    return msgspec.json.encode(said)
