"""A draft becomes schedules of ours that say the same at every instant. Pure.

Ours lets the first rotation that covers an instant decide. Where a source has several on call together, one schedule
is not enough: then there are as many as can be on call at once, each with the rotations of a level in another order,
and all of them together say what the source says. What happens once, and what does not, becomes overrides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import lcm
from zoneinfo import ZoneInfo

from tocsin.errors import BadInput
from tocsin.oncall.calendar import WEEK
from tocsin.oncall.imported.draft import Draft, Recurring
from tocsin.oncall.rotation import NOBODY, Rotation, covered, people_of, spans, turn
from tocsin.oncall.schedule import Override, Schedule
from tocsin.oncall.wallclock import Edges, instant_of

_SECOND = timedelta(seconds=1)
_LONGEST = timedelta(days=800)  # a cycle that is compared turn by turn; a longer one counts as meeting
_MOST_TURNS = 1000  # in such a cycle
_MOST_OVERRIDES, _MOST_RECURRING, _MOST_TOGETHER = 2000, 200, 12


def compose(draft: Draft, name: str, now: datetime) -> tuple[Schedule, ...]:
    """The schedules, the first of that name and more as ``name-2``, ``name-3``. What is over at ``now`` is left out.

    Raises BadInput when it would take too many overrides.
    """
    if len(draft.recurring) > _MOST_RECURRING or len(draft.once) > _MOST_OVERRIDES:
        raise BadInput(
            f"{draft.name}: that many rotations or single shifts are too many for one schedule; cut the file"
        )
    levels = sorted({one.level for one in draft.recurring}, reverse=True)
    tracks = [_tracks([one.rotation for one in _of(draft, level, now)]) for level in levels]
    wide = max(1, *map(len, tracks)) if tracks else 1
    if wide > _MOST_TOGETHER:
        raise BadInput(f"{draft.name}: {wide} people can be on call at once, and that would be as many schedules")
    overrides = tuple(_overrides(draft, now))
    made = []
    for number in range(wide):
        rotations = [
            _plain(rotation, draft.zone, now)
            for level in tracks
            if level
            for place in range(len(level))
            for rotation in level[(number + place) % len(level)]
        ]
        made.append(Schedule(name if not number else f"{name}-{number + 1}", draft.zone, tuple(rotations), overrides))
    return tuple(made)


def people_at(draft: Draft, at: datetime) -> tuple[tuple[str, ...], datetime | None]:
    """Who is on call by the draft at an instant, in its order, and the next instant at which that may change."""
    edges = Edges(at)
    best, people = -1, list[str]()
    for level, found in _active(draft, at, edges):
        if found and level > best:
            best, people = level, list(found)
        elif found and level == best:
            people += found
    return tuple(dict.fromkeys(people)), edges.after


def _active(draft: Draft, at: datetime, edges: Edges) -> Iterator[tuple[int, tuple[str, ...]]]:
    skipped = set()
    for skip in draft.skips:
        edges.add((skip.since, skip.until))
        if skip.since <= at < skip.until:
            skipped.add(skip.of)
    for number, one in enumerate(draft.recurring):
        zone = ZoneInfo(one.rotation.zone or draft.zone)
        slot, changes = turn(one.rotation, zone, at)
        within, window = covered(one.rotation, zone, at)
        edges.add(changes)
        edges.add(window)
        if slot is not None and within and number not in skipped:
            yield one.level, people_of(slot)
    for item in draft.once:
        edges.add((item.since, item.until))
        if item.since <= at < item.until:
            yield item.level, item.people


def _of(draft: Draft, level: int, now: datetime) -> Iterator[Recurring]:
    for one in draft.recurring:
        if one.level != level:
            continue
        if one.rotation.until is not None and one.rotation.until <= now:
            draft.noted(one.place, f"it ended on {one.rotation.until:%Y-%m-%d}, so it is left out")
        else:
            yield one


def _tracks(rotations: Sequence[Rotation]) -> list[list[Rotation]]:
    """The rotations of a level in groups whose members never meet; each group holds one of them at a time."""
    groups: list[list[Rotation]] = []
    for one in rotations:
        home = next((group for group in groups if all(_apart(one, other) for other in group)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    return [_folded(group) for group in groups]


def _apart(a: Rotation, b: Rotation) -> bool:
    """Whether no instant is covered by both. False where that cannot be told quickly."""
    for one, other in ((a, b), (b, a)):
        if one.until is not None and other.since is not None and one.until <= other.since:
            return True
    if a.zone != b.zone:
        return False
    cycle = _SECOND * lcm(*(_round(one) // _SECOND for one in (a, b)), WEEK // _SECOND)
    if cycle > _LONGEST or cycle // min(*a.lengths, *b.lengths) > _MOST_TURNS:
        return False
    begins = max(a.origin, b.origin)
    taken = sorted((low, high) for one in (a, b) for low, high, _ in spans(one, begins, begins + cycle))
    return all(before[1] <= after[0] for before, after in pairwise(taken))


def _round(rotation: Rotation) -> timedelta:
    """After how long its turns repeat."""
    lengths = rotation.lengths
    total = sum(lengths, timedelta(0))
    return total * (lcm(len(rotation.members), len(lengths)) // len(lengths))


def _folded(group: list[Rotation]) -> list[Rotation]:
    """One rotation of several people instead of several with one each, where they follow each other without a gap."""
    ordered = sorted(group, key=lambda one: one.origin)
    own = [_only(one) for one in ordered]
    first = ordered[0]
    if len(group) < 2 or any(one is None or one[1] != own[0][1] for one in own if own[0]) or own[0] is None:
        return group
    length = own[0][1]
    fits = all(
        one.zone == first.zone
        and one.restrictions == first.restrictions
        and one.since is None
        and one.until is None
        and one.origin == first.origin + number * length
        and _round(one) == length * len(group)
        for number, one in enumerate(ordered)
    )
    if not fits:
        return group
    members = tuple(one[0] for one in own if one is not None)
    return [replace(first, members=members, period=length, periods=(), name=first.name)]


def _only(rotation: Rotation) -> tuple[str, timedelta] | None:
    """Who has the first turn of a round, and its length, where the rest of the round is free."""
    first, *others = rotation.members
    if first == NOBODY or any(one != NOBODY for one in others) or not others:
        return None
    return first, rotation.lengths[0]


def _plain(rotation: Rotation, zone: str, now: datetime) -> Rotation:
    """Without what goes without saying: the schedule's own zone, a begin that is over or before the first hand-over."""
    own = "" if rotation.zone == zone else rotation.zone
    begins = instant_of(rotation.origin, ZoneInfo(rotation.zone or zone))
    since = None if rotation.since is not None and rotation.since <= max(begins, now) else rotation.since
    return replace(rotation, zone=own, since=since)


@dataclass(frozen=True, slots=True)
class _Piece:
    since: datetime
    until: datetime
    people: tuple[str, ...]
    reason: str


def _overrides(draft: Draft, now: datetime) -> Iterator[Override]:
    """What happens once, and what does not: who is on call then, where the turns alone say otherwise."""
    turns = Draft(draft.name, draft.zone, draft.recurring)
    pieces: list[_Piece] = []
    for since, until in _stretches(draft, now):
        at: datetime | None = since
        while at is not None and at < until:
            people, changes = people_at(draft, at)
            usual, more = people_at(turns, at)
            ends = min(edge for edge in (changes, more, until) if edge is not None)
            if set(people) != set(usual):
                reason = next((one.reason for one in draft.once if one.since <= at < one.until and one.reason), "")
                pieces.append(_Piece(at, ends, people or (NOBODY,), reason))
            at = ends
    joined: list[_Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and last.until == piece.since and last.people == piece.people and last.reason == piece.reason:
            joined[-1] = replace(last, until=piece.until)
        else:
            joined.append(piece)
    if len(joined) > _MOST_OVERRIDES:
        raise BadInput(f"{draft.name}: {len(joined)} single shifts are too many for one schedule; cut the file")
    for one in joined:
        yield Override(one.people, one.since, one.until, one.reason)


def _stretches(draft: Draft, now: datetime) -> list[tuple[datetime, datetime]]:
    """The time that what happens once touches, in order, without what is over."""
    found: list[tuple[datetime, datetime]] = []
    touched = [(one.since, one.until) for one in draft.once] + [(one.since, one.until) for one in draft.skips]
    for since, until in sorted(touched):
        if until <= now:
            continue
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found
