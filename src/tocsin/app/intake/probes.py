"""Looks at what the settings name as probes, on one node at a time, and tells trouble as deliveries.

The courses stand in ``Keep``, and change in the transaction that accepts what follows from them: a restart or another
node goes on where this one stopped, and what was told is told once. Each look has a thread of its own, so that one
that hangs holds up nobody.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from tocsin.alerts.probe import Course, Look, Probe, ProbeKind, Verdict, after, outward, verdict
from tocsin.alerts.sources.probe_voice import Ended, Everything, Good, Said, Trouble, read_said, said
from tocsin.app.access import Caller, Permission
from tocsin.app.bell import Bell
from tocsin.app.execution.halting import halted
from tocsin.app.ports import Prober
from tocsin.app.rows.records import Delivery, NewDelivery
from tocsin.app.store import Store, Transaction
from tocsin.app.team import Integration, Team, TeamInForce, voice_of
from tocsin.clock import Clock, monotonic
from tocsin.errors import BadPayload, Conflict, Unavailable
from tocsin.incident.choices import words

log = logging.getLogger(__name__)

WATCH, COURSE = "probes", "probe:"
"""The names in ``Keep``: who looks and what was told, and before its name the course of each probe."""
LEASE = timedelta(seconds=30)
RENEW = timedelta(seconds=10)
SWEEP = 1.0
"""Seconds between two looks whether something is due."""
AT_ONCE = 16
"""Looks at the same time, those that hang not counted."""
MARGIN = 2.0
"""Seconds after its time-out for which a look may go on before it counts as one that hangs."""
TOLD_AGAIN = timedelta(hours=1)
"""Between two tellings of one trouble: a person may have resolved the incident while it went on."""
_ENDED = "probe-ended:"


class All(msgspec.Struct, frozen=True):
    """That all probes fail was told: in the name of which, from which instant (aware UTC) on, and when again."""

    name: str
    since: datetime
    told_at: datetime | None = None


class Watch(msgspec.Struct, frozen=True):
    """Which node looks, until when, and at whose probes: services by name."""

    node: str = ""
    until: datetime | None = None
    known: dict[str, str] = {}
    everything: All | None = None


@dataclass(frozen=True, slots=True)
class ProbeStanding:
    """How a probe is doing. ``off`` says why nobody looks, if so; ``due_at`` is when somebody looks next."""

    probe: Probe
    course: Course
    due_at: datetime
    off: str = ""


@dataclass(slots=True)
class _Flight:
    """A look that goes on, in a thread of its own."""

    at: datetime
    began: float
    hangs: bool = False


_WATCH = msgspec.json.Decoder(Watch)
_COURSE = msgspec.json.Decoder(Course)


def ended_probe(delivery: Delivery) -> Integration | None:
    """The probe that a delivery ends, as it was; None for all others. No sender can choose such a key."""
    if not delivery.key.startswith(_ENDED):
        return None
    try:
        ended = read_said(delivery.body)
    except BadPayload:
        return None
    return voice_of(ended.name, ended.service) if isinstance(ended, Ended) else None


def _watch(tx: Transaction) -> Watch:
    kept = tx.keep.get(WATCH)
    return _WATCH.decode(kept) if kept else Watch()


def _course(tx: Transaction, probe: Probe) -> Course:
    kept = tx.keep.get(COURSE + probe.name)
    return _COURSE.decode(kept) if kept else Course()


@dataclass(slots=True)
class Probes:
    """Looks at all that is due. ``nudge`` is for the hearing: something is to be read."""

    store: Store
    clock: Clock
    team: TeamInForce
    prober: Prober
    node: str
    nudge: Callable[[], None]
    bell: Bell = field(default_factory=Bell)
    last_cycle: float = 0.0
    _of: Team | None = None
    _held_until: datetime | None = None
    _courses: dict[str, Course] = field(default_factory=dict)
    _flights: dict[str, _Flight] = field(default_factory=dict)
    _seen: dict[str, Look] = field(default_factory=dict)
    """What was seen and is not committed yet."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _everything: All | None = None

    def all(self, by: Caller) -> list[ProbeStanding]:
        """Each probe of the team, in the order of its file."""
        by.require(Permission.READ)
        team, now = self.team(), self.clock.now()
        with self.store.read() as tx:
            off = _off(team, tx)
            courses = {name: _course(tx, probe) for name, probe in team.probes.items()}
        return [
            ProbeStanding(probe, courses[name], courses[name].due_at(probe.every, now), off.get(name, ""))
            for name, probe in team.probes.items()
        ]

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop; trouble is logged and tried again."""
        while not stop.is_set():
            try:
                self.turn()
            except (Conflict, Unavailable) as trouble:
                log.warning("looking at probes has to wait: %s", trouble)
            except Exception:
                log.exception("looking at probes failed")
            self.last_cycle = monotonic()
            self.bell.wait(SWEEP)
        self._give_back()

    def turn(self) -> int:
        """Take in what was seen, tell what follows, begin what is due; gives how many deliveries are to be read."""
        now, team = self.clock.now(), self.team()
        if not team.probes and self._of is team:
            return 0
        if not self._ours(team, now):
            return 0
        self._find_hanging()
        told = self._take_in(team, now)
        if told:
            self.nudge()
        with self.store.read() as tx:
            off = _off(team, tx)
        for name, probe in team.probes.items():
            if name not in off and self._is_due(probe, team, now):
                self._begin(probe, now)
        return told

    # --- who looks ---------------------------------------------------------------------------------------------

    def _ours(self, team: Team, now: datetime) -> bool:
        """Whether this node looks; takes and renews the lease, and ends what is not in the settings any more."""
        if self._held_until is not None and self._of is team and now < self._held_until - (LEASE - RENEW):
            return True
        with self.store.read() as tx:
            watch = _watch(tx)
        if _is_others(watch, self.node, now):
            self._lose()
            return False
        with self.store.transact() as tx:
            tx.keep.take_turn(WATCH)
            watch = _watch(tx)
            if _is_others(watch, self.node, now):
                self._lose()
                return False
            ended = self._end(tx, watch, team, now)
            if self._held_until is None or self._of is not team:
                self._courses = {name: _course(tx, probe) for name, probe in team.probes.items()}
            everything = watch.everything if watch.everything and watch.everything.name in team.probes else None
            known = {name: probe.service for name, probe in team.probes.items()}
            tx.keep.put(WATCH, msgspec.json.encode(Watch(self.node, now + LEASE, known, everything)).decode())
        self._everything, self._held_until, self._of = everything, now + LEASE, team
        if ended:
            self.nudge()
        return True

    def _end(self, tx: Transaction, watch: Watch, team: Team, now: datetime) -> int:
        gone = [
            (name, service)
            for name, service in watch.known.items()
            if name not in team.probes or team.probes[name].service != service
        ]
        tx.deliveries.accept(
            [
                NewDelivery(name, f"{_ENDED}{now.isoformat()}", now, "", said(Ended(name, service)))
                for name, service in gone
            ]
        )
        for name, _ in gone:
            tx.keep.put(COURSE + name, msgspec.json.encode(Course()).decode())
        return len(gone)

    def _lose(self) -> None:
        self._held_until, self._of = None, None
        with self._lock:
            self._seen.clear()

    def _give_back(self) -> None:
        """Let another node look at once."""
        if self._held_until is None:
            return
        try:
            with self.store.transact() as tx:
                watch = _watch(tx)
                if watch.node == self.node:
                    tx.keep.put(WATCH, msgspec.json.encode(msgspec.structs.replace(watch, until=None)).decode())
        except (Conflict, Unavailable) as trouble:
            log.warning("the probes could not be given back, another node has them in %s: %s", words(LEASE), trouble)

    # --- looking -----------------------------------------------------------------------------------------------

    def _is_due(self, probe: Probe, team: Team, now: datetime) -> bool:
        with self._lock:
            going = [one for one in self._flights.values() if not one.hangs]
            if probe.name in self._flights or probe.name in self._seen or len(going) >= AT_ONCE:
                return False
        course = self._courses[probe.name]
        return course.due_at(probe.every, now) <= now or any(
            not course.looked_since(one.asked_at)
            for name, one in self._courses.items()
            if one.failing and one.told_at is None and one.asked_at is not None and team.probes[name].host
            if name == probe.name or (probe.host and probe.host != team.probes[name].host)
        )

    def _begin(self, probe: Probe, now: datetime) -> None:
        flight = _Flight(now, monotonic())
        with self._lock:
            self._flights[probe.name] = flight
        threading.Thread(
            target=self._look, args=(probe, flight), name=f"tocsin-probe-{probe.name[:40]}", daemon=True
        ).start()

    def _look(self, probe: Probe, flight: _Flight) -> None:
        try:
            sight = self.prober.look(probe, flight.at)
            look = Look(flight.at, sight.good, round(sight.took, 4), sight.says[:500])
        except Exception as trouble:
            log.exception("the probe %s could not look", probe.name)
            look = Look(flight.at, False, 0.0, f"{type(trouble).__name__} while looking; please report this")
        with self._lock:
            if self._flights.get(probe.name) is flight:
                del self._flights[probe.name]
                if not flight.hangs and self._held_until is not None:
                    self._seen[probe.name] = look
        self.bell.ring()

    def _find_hanging(self) -> None:
        """A look that goes on after its time is a bad one, and so is each that would have been due meanwhile."""
        with self._lock:
            for name, flight in self._flights.items():
                probe = self.team().probes.get(name)
                if probe is None or name in self._seen:
                    continue
                after_ = probe.every if flight.hangs else timedelta(seconds=MARGIN) + probe.timeout
                if monotonic() - flight.began > after_.total_seconds():
                    text = f"it hangs: no end within {words(probe.timeout)}"
                    self._seen[name] = Look(flight.at, False, probe.timeout.total_seconds(), text)
                    flight.hangs, flight.began, flight.at = True, monotonic(), self.clock.now()

    # --- what follows ------------------------------------------------------------------------------------------

    def _take_in(self, team: Team, now: datetime) -> int:
        """Commit what was seen with what follows from it; gives how many deliveries that are."""
        with self._lock:
            seen = {name: look for name, look in self._seen.items() if name in team.probes}
        courses, everything = dict(self._courses), self._everything
        told: list[tuple[str, str, Said]] = []
        for name, look in seen.items():
            before = courses[name]
            courses[name] = after(before, team.probes[name], look)
            if before.failing and not courses[name].failing and before.told_at is not None:
                told.append((name, f"good:{before.told_at.isoformat()}", Good(name)))
        if everything is not None and _is_over(everything, team, courses):
            told.append((everything.name, f"all-good:{everything.since.isoformat()}", Good(everything.name, True)))
            everything = None
            # The others may just be coming back too: each is looked at once more before it is told by itself.
            courses |= {
                name: msgspec.structs.replace(one, asked_at=now)
                for name, one in courses.items()
                if one.failing and one.told_at is None
            }
        everything = self._judge(team, courses, everything, told, now)
        changed = {name: one for name, one in courses.items() if one is not self._courses.get(name)}
        news = changed or told or everything != self._everything
        if news and not self._commit(changed, everything, told, now):
            return 0
        with self._lock:
            for name, look in seen.items():
                if self._seen.get(name) is look:
                    del self._seen[name]
        self._courses, self._everything = courses, everything
        for name, _, what in told:
            log.warning("the probe %s: %s", name, what)
        return len(told)

    def _judge(
        self,
        team: Team,
        courses: dict[str, Course],
        everything: All | None,
        told: list[tuple[str, str, Said]],
        now: datetime,
    ) -> All | None:
        """Tell the trouble that is to be told; gives whether all probes are told to fail."""
        if everything is not None and now - (everything.told_at or everything.since) >= TOLD_AGAIN:
            told.append((everything.name, f"all:{now.isoformat()}", _of_all(everything.name, team, courses, now)))
            everything = msgspec.structs.replace(everything, told_at=now)
        for name, course in list(courses.items()):
            if not course.failing or (course.told_at is not None and now - course.told_at < TOLD_AGAIN):
                continue
            probe = team.probes[name]
            if everything is not None and probe.host and course.told_at is None:
                continue  # one page stands for all
            what = Verdict.TELL if course.told_at is not None else verdict(name, team.probes, courses, now)
            match what:
                case Verdict.ASK:
                    continue
                case Verdict.ALL:
                    everything = All(name, now)
                    told.append((name, f"all:{now.isoformat()}", _of_all(name, team, courses, now)))
                case Verdict.TELL:
                    courses[name] = msgspec.structs.replace(course, told_at=now)
                    told.append((name, f"fails:{now.isoformat()}", _trouble(probe, course)))
        return everything

    def _commit(
        self,
        changed: Mapping[str, Course],
        everything: All | None,
        told: Iterable[tuple[str, str, Said]],
        now: datetime,
    ) -> bool:
        """Keep it all, unless another node looks by now."""
        with self.store.transact() as tx:
            watch = _watch(tx)
            if watch.node != self.node:
                self._lose()
                return False
            for name, course in changed.items():
                tx.keep.put(COURSE + name, msgspec.json.encode(course).decode())
            if everything != watch.everything:
                fresh = msgspec.structs.replace(watch, everything=everything)
                tx.keep.put(WATCH, msgspec.json.encode(fresh).decode())
            tx.deliveries.accept([NewDelivery(name, key, now, "", said(one)) for name, key, one in told])
        return True


def _of_all(name: str, team: Team, courses: Mapping[str, Course], now: datetime) -> Everything:
    """All of them fail, told in the name of one."""
    last = courses[name].last if name in courses else None
    since = min((one.since or now for one in courses.values() if one.failing), default=now)
    return Everything(tuple(outward(team.probes)), since, f"{name}: {last.says if last else ''}")


def _is_others(watch: Watch, node: str, now: datetime) -> bool:
    return watch.node not in ("", node) and watch.until is not None and watch.until > now


def _is_over(everything: All, team: Team, courses: Mapping[str, Course]) -> bool:
    """Whether one of them answers again since."""
    return any(
        (last := courses[name].last) is not None and last.good and last.at >= everything.since
        for name in outward(team.probes)
    )


def _off(team: Team, tx: Transaction) -> dict[str, str]:
    """Probes at which nobody looks now, and why: no command runs while people have stopped all execution."""
    commands = [name for name, one in team.probes.items() if one.kind is ProbeKind.COMMAND]
    if not commands:
        return {}
    if not team.commands_enabled:
        return dict.fromkeys(commands, "commands are off in tocsin.toml: server.commands")
    halt = halted(tx)
    return dict.fromkeys(commands, halt.says) if halt is not None else {}


def _trouble(probe: Probe, course: Course) -> Trouble:
    last, since = course.last, course.since
    bad = sum(1 for one in course.looks if not one.good and since is not None and one.at >= since)
    began = f"{since.astimezone(UTC):%H:%M:%S} UTC" if since else "the beginning"
    counted = f"{bad} bad looks since {began}, one every {words(probe.every)}."
    return Trouble(probe.name, probe.shown, last.says if last else "", counted, since, probe.severity)
