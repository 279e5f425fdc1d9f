"""Who is on call at an instant: rotations that hand over at a wall-clock time, and overrides.

What is kept is what people say ("every week, Mondays at nine, in Berlin"); instants are computed when they are
asked for, so that a change of the zone's rules changes no schedule. Each hand-over happens once, and at every
instant one and the same rotation decides (F27).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.errors import BadSettings
from tocsin.oncall.rotation import NOBODY, Rotation, covered, people_of, turn
from tocsin.oncall.wallclock import Edges, zone_of

_SAME_PEOPLE = 16  # neighbouring stretches that are joined at most when they have the same people
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Override:
    """These people instead of whoever would be on call, from ``since`` to ``until`` (aware, open at the end).

    ``nobody`` alone leaves the time free on purpose. ``id`` and ``by`` (a handle) are set when somebody made it by
    hand, and empty for one in `tocsin.toml`.
    """

    people: tuple[str, ...]
    since: datetime
    until: datetime
    reason: str = ""
    id: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.until.tzinfo is None or self.until <= self.since:
            raise BadSettings("an override needs two instants with their zone, the second after the first")
        if not self.people:
            raise BadSettings("an override needs somebody who takes over")
        if NOBODY in self.people and len(self.people) > 1:
            raise BadSettings(f"an override with {NOBODY!r} can name no one else")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A named schedule. The first of its rotations that covers an instant decides; the last override wins."""

    name: str
    zone: str
    rotations: tuple[Rotation, ...] = ()
    overrides: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        zone_of(self.zone, self.name)
        for one in self.rotations:
            zone = one.zone or self.zone
            if one.counts_covered and one.calendar is not None and one.calendar.zone != zone:
                raise BadSettings(
                    f"{self.name}: a rotation that counts covered turns only needs a calendar in its own zone, "
                    f"{zone}; {one.calendar.name} is in {one.calendar.zone}"
                )


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on call, from ``since`` to ``until`` (UTC, open at the end; None: no end in sight), and why.

    ``declared``: it is nobody's time on purpose, by a slot of a rotation.
    """

    people: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    why: str
    declared: bool = False


def on_call(schedule: Schedule, at: datetime) -> Shift:
    """Who is on call at an aware instant; nobody in a gap, and ``why`` says so. Naive instants raise ValueError.

    A shift spans neighbouring turns of the same people, up to a bound: after a very long one, ask again.
    """
    shift = _stretch(schedule, at)
    for _ in range(_SAME_PEOPLE):
        if shift.until is None:
            break
        after = _stretch(schedule, shift.until)
        if not _same(after, shift):
            break
        shift = replace(shift, until=after.until)
    for _ in range(_SAME_PEOPLE):
        if shift.since is None:
            break
        before = _stretch(schedule, shift.since - _MOMENT)
        if not _same(before, shift):
            break
        shift = replace(shift, since=before.since)
    return shift


def _same(a: Shift, b: Shift) -> bool:
    return a.people == b.people and a.declared == b.declared


def shifts(schedule: Schedule, since: datetime, until: datetime, limit: int = 400) -> list[Shift]:
    """The shifts that touch a span, in order, without gaps between them (nobody on call is a shift too)."""
    found: list[Shift] = []
    at: datetime | None = since
    while at is not None and at < until and len(found) < limit:
        found.append(on_call(schedule, at))
        at = found[-1].until
    return found


def _stretch(schedule: Schedule, at: datetime) -> Shift:
    """Who is on call at an instant, and the nearest instants around it where that could change."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs its time zone: {at.isoformat()}")
    at = at.astimezone(UTC)
    edges = Edges(at)
    for override in reversed(schedule.overrides):
        edges.add((override.since, override.until))
        if override.since <= at < override.until:
            made = f"an override by {override.by}" if override.by else "an override"
            why = _because(made, override.reason, schedule.name)
            if NOBODY in override.people:
                return Shift((), edges.before, edges.after, f"nobody is on call, as planned: {why}", declared=True)
            return Shift(override.people, edges.before, edges.after, why)
    left, empty = "", ""
    for rotation in schedule.rotations:
        zone = ZoneInfo(rotation.zone or schedule.zone)
        slot, changes = turn(rotation, zone, at)
        edges.add(changes)
        within, window = covered(rotation, zone, at)
        edges.add(window)
        if slot is not None and within:
            if slot != NOBODY:
                why = _because("the rotation", rotation.name, schedule.name)
                return Shift(people_of(slot), edges.before, edges.after, why)
            left = left or _because("a free slot of the rotation", rotation.name, schedule.name)
        if not rotation.members:
            empty = "; a rotation has no members"
    if left:
        return Shift((), edges.before, edges.after, f"nobody is on call, as planned: {left}", declared=True)
    why = f"nobody is on call in {schedule.name}: no rotation covers this time{empty}"
    return Shift((), edges.before, edges.after, why)


def _because(what: str, name: str, schedule: str) -> str:
    return f"{what}{f' {name!r}' if name else ''} of {schedule}"
