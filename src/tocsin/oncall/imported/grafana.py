"""Schedules of Grafana OnCall: `GET /api/v1/schedules`, `/on_call_shifts` and `/users`. Pure.

Source: the OnCall HTTP API, "Schedules" and "OnCall shifts". The highest level wins, all of it together; overrides go
before every level. Starts are wall-clock times in the shift's zone, or else in the schedule's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, HOURLY, MONTHLY, WEEKLY, rrule, weekday

from tocsin.oncall.imported.document import Node
from tocsin.oncall.imported.draft import OVERRIDES, Draft, Once, Recurring
from tocsin.oncall.imported.faces import Faces
from tocsin.oncall.imported.recurrence import CannotSay, Repeated, ended, rotation_of
from tocsin.oncall.rotation import TOGETHER
from tocsin.oncall.wallclock import instant_of

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FREQUENCIES = {"hourly": HOURLY, "daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}
_MOST = 2000
_TYPES = ("rolling_users", "recurrent_event", "single_event", "override")


@dataclass(frozen=True, slots=True)
class Horizon:
    """What no rotation can say is written out, shift by shift, within this span (UTC)."""

    since: datetime
    until: datetime

    @property
    def remark(self) -> str:
        """What a person has to know of it."""
        return f"so its shifts are written out one by one until {self.until:%Y-%m-%d}; import again before then"


def is_grafana(document: Node) -> bool:
    """Whether the document has one of these shapes."""
    return any(one.has("shifts") or one.has("email") or _is_shift(one) for one in _results(document))


def read_grafana(
    documents: Sequence[Node], faces: Faces, horizon: Horizon
) -> tuple[list[Draft], list[tuple[str, str]]]:
    """The schedules of these documents, and (name, iCal address) of those that are kept elsewhere.

    Raises BadDocument.
    """
    nodes = [node for document in documents for node in _results(document)]
    users = {node.text("id"): node for node in nodes if node.has("email") and not _is_shift(node)}
    shifts = {node.text("id"): node for node in nodes if _is_shift(node)}
    drafts, feeds = [], []
    for node in nodes:
        if _is_shift(node) or node.has("email"):
            continue
        draft = Draft(node.text("name"), node.zone("time_zone") if node.has("time_zone") else "UTC")
        drafts.append(draft)
        reading = _Shifts(draft, users, faces, horizon)
        for one in node.each("shifts"):
            shift = shifts.get(str(one.value))
            if shift is None:
                draft.lost(one.place, f"the shift {one.value!r} is in none of the files: add `GET /on_call_shifts`")
            else:
                reading.shift(shift)
        for key in ("ical_url_primary", "ical_url_overrides", "ical_url"):
            if node.has(key):
                feeds.append((draft.name, node.text(key)))
                draft.lost(node[key].place, "this calendar lies elsewhere: fetch it, and import the .ics file too")
    return drafts, feeds


def _results(document: Node) -> list[Node]:
    results = document.get("results") or document
    return list(results.members()) if isinstance(results.value, list) else [results]


def _is_shift(node: Node) -> bool:
    return node.has("type") and node.has("start") and node.text("type") in _TYPES


@dataclass(frozen=True, slots=True)
class _Shifts:
    draft: Draft
    users: Mapping[str, Node]
    faces: Faces
    horizon: Horizon

    def shift(self, node: Node) -> None:
        """One shift of the schedule."""
        kind = node.text("type")
        zone = node.zone("time_zone") if node.has("time_zone") else self.draft.zone
        start = node.time("start")
        if start.tzinfo is not None:
            start = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        lasts = timedelta(seconds=node.number("duration", low=1, high=366 * 86_400))
        level = OVERRIDES if kind == "override" else node.number("level", 0)
        groups = self._groups(node)
        if not groups:
            self.draft.noted(node.place, "this shift has nobody in it")
            return
        if kind == "override" or (kind == "single_event" and not node.has("frequency")):
            since = instant_of(start, ZoneInfo(zone))
            until = instant_of(start + lasts, ZoneInfo(zone))
            self.draft.once.append(Once(groups[0], since, until, level, node.place, node.text("name", "")))
            return
        self._repeated(node, zone, start, lasts, level, groups)

    def _repeated(
        self, node: Node, zone: str, start: datetime, lasts: timedelta, level: int, groups: Sequence[tuple[str, ...]]
    ) -> None:
        frequency = node.text("frequency", "").casefold()
        if frequency not in _FREQUENCIES:
            raise node.wrong(f"'frequency' must be one of {', '.join(_FREQUENCIES)}")
        said = Repeated(
            start,
            lasts,
            frequency,
            node.number("interval", 1, low=1, high=9000),
            tuple(TOGETHER.join(group) for group in groups),
            frozenset(_day(one) for one in node.each("by_day")),
            DAYS.index(node.text("week_start", "MO").upper()[:2]) if node.has("week_start") else 0,
        )
        until = _utc(node, "until")
        try:
            if node.has("by_month") or node.has("by_monthday"):
                raise CannotSay("it is repeated on days of the month")
            rotation = rotation_of(said, node.text("name", ""), zone)
            if until is not None:
                rotation = ended(rotation, said, zone, until)
        except CannotSay as cannot:
            self._written_out(node, zone, said, level, until, cannot.why)
            return
        first = _utc(node, "rotation_start")
        if first is not None and first > (rotation.since or instant_of(rotation.origin, ZoneInfo(zone))):
            rotation = replace(rotation, since=first)
        if rotation.until is not None and rotation.since is not None and rotation.until <= rotation.since:
            return
        self.draft.recurring.append(Recurring(rotation, level, node.place))

    def _written_out(self, node: Node, zone: str, said: Repeated, level: int, until: datetime | None, why: str) -> None:
        """A shift with one group whatever its rule; whose turn it is elsewhere is not ours to guess."""
        if len(said.slots) > 1:
            self.draft.lost(node.place, f"{why}, in turns: no rotation here can say that")
            return
        rule = rrule(
            _FREQUENCIES[said.frequency],
            dtstart=said.start,
            interval=said.interval,
            wkst=said.week_start,
            byweekday=[weekday(day) for day in sorted(said.days)] or None,
            bymonth=[int(one.value) for one in node.each("by_month")] or None,
            bymonthday=[int(one.value) for one in node.each("by_monthday")] or None,
        )
        tz = ZoneInfo(zone)
        low, high = (at.astimezone(tz).replace(tzinfo=None) for at in (self.horizon.since, self.horizon.until))
        begins = [one for one in rule.between(low - said.lasts, high) if until is None or instant_of(one, tz) <= until]
        people = tuple(said.slots[0].split(TOGETHER))
        self.draft.once += [
            Once(people, instant_of(one, tz), instant_of(one + said.lasts, tz), level, node.place)
            for one in begins[:_MOST]
        ]
        self.draft.noted(node.place, f"{why}, which no rotation here can say, {self.horizon.remark}")

    def _groups(self, node: Node) -> list[tuple[str, ...]]:
        """The people who take turns: each group together."""
        if node.text("type") == "rolling_users":
            listed = [[self._handle(one) for one in group.members()] for group in node.each("rolling_users")]
            first = node.number("start_rotation_from_user_index", 0)
            listed = listed[first:] + listed[:first]
        else:
            rolled = [one for group in node.each("rolling_users") for one in group.members()]
            listed = [[self._handle(one) for one in [*node.each("users"), *rolled]]]
        return [tuple(dict.fromkeys(group)) for group in listed if group]

    def _handle(self, node: Node) -> str:
        id = str(node.value)
        user = self.users.get(id)
        if user is None:
            return self.faces.handle(node.place, id=id)
        return self.faces.handle(node.place, user.text("username", ""), user.text("email", ""), id)


def _utc(node: Node, key: str) -> datetime | None:
    """An instant that is UTC where no offset is written (so the API says of `until`)."""
    if not node.has(key):
        return None
    found = node.time(key)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _day(node: Node) -> int:
    name = str(node.value).upper()[:2]
    if name not in DAYS:
        raise node.wrong(f"{node.value!r} is no day of the week")
    return DAYS.index(name)
