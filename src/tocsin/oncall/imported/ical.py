"""Schedules that are kept as a calendar (RFC 5545): each event is a shift, its person its attendee or its title. Pure.

All events that cover an instant are on call together, unless a title begins with `[L2]`: then the highest level wins.
Shifts end by the wall clock, as calendar programs show them, also where a change of the clocks lies in between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from tocsin.errors import BadDocument
from tocsin.oncall.imported.draft import Draft, Once, Recurring, Skip
from tocsin.oncall.imported.faces import Faces
from tocsin.oncall.imported.grafana import DAYS, Horizon
from tocsin.oncall.imported.recurrence import CannotSay, Repeated, ended, rotation_of
from tocsin.oncall.wallclock import instant_of

_LEVEL = re.compile(r"^\s*\[L(\d{1,2})\]\s*", re.IGNORECASE)
_SIMPLE = {"FREQ", "INTERVAL", "BYDAY", "WKST", "UNTIL", "COUNT"}
_MOST = 2000


def is_ical(data: bytes) -> bool:
    """Whether this looks like a calendar."""
    return data.lstrip(b"\xef\xbb\xbf \r\n").upper().startswith(b"BEGIN:VCALENDAR")


def read_ical(data: bytes, file: str, faces: Faces, horizon: Horizon, zone: str) -> Draft:
    """The schedule of a calendar. ``zone``: for days and times without one. Raises BadDocument with the line."""
    from icalendar import Calendar  # it takes long to load, and only a calendar needs it
    from icalendar.error import BrokenCalendarProperty

    text = _unfolded(data, file)
    try:
        calendar: Any = Calendar.from_ical(data.decode("utf-8-sig"))
    except (ValueError, KeyError, IndexError) as error:
        raise BadDocument(f"{file}:{text.last}: this is no calendar that can be read: {error}") from None
    named = str(calendar.get("X-WR-CALNAME", "")) or file.rpartition("/")[2].removesuffix(".ics")
    draft = Draft(named, str(calendar.get("X-WR-TIMEZONE", "")) or zone)
    reading = _Events(draft, file, text.lines, faces, horizon)
    moved: dict[str, list[Any]] = {}
    masters = []
    for event in calendar.walk("VEVENT"):
        if "RECURRENCE-ID" in event:
            moved.setdefault(str(event.get("UID", "")), []).append(event)
        else:
            masters.append(event)
    known = {str(event.get("UID", "")) for event in masters}
    loose = [one for uid, those in moved.items() if uid not in known for one in those]  # an export of single shifts
    for event in (*masters, *loose):
        try:
            reading.event(event, moved.get(str(event.get("UID", "")), []))
        except BrokenCalendarProperty as error:
            raise BadDocument(f"{reading.place(event)}: {error}") from None
    if not draft.recurring and not draft.once and not draft.remarks:
        raise BadDocument(f"{file}: this calendar has no events")
    return draft


@dataclass(frozen=True, slots=True)
class _Text:
    lines: Mapping[str, int]
    last: int


def _unfolded(data: bytes, file: str) -> _Text:
    """The line of each UID (and of its recurrences), for messages; refuses what is no calendar from its first look."""
    try:
        rows = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadDocument(f"{file}: byte {error.start} is no UTF-8") from None
    lines: dict[str, int] = {}
    open_: list[tuple[str, int]] = []
    for number, row in enumerate(rows, start=1):
        name, colon, value = row.partition(":")
        match name.upper():
            case "BEGIN":
                open_.append((value.strip().upper(), number))
            case "END":
                if not open_ or open_[-1][0] != value.strip().upper():
                    was = f"{open_[-1][0]} of line {open_[-1][1]} is still open" if open_ else "nothing is open"
                    raise BadDocument(f"{file}:{number}: END:{value.strip()} ends nothing: {was}")
                open_.pop()
            case "UID" if open_:
                lines.setdefault(value.strip(), open_[-1][1])
            case _ if row.strip() and not row.startswith((" ", "\t")) and not colon:
                raise BadDocument(f"{file}:{number}: {row[:60]!r} is no line of a calendar (NAME:value)")
            case _:
                pass
    if open_:
        raise BadDocument(f"{file}:{open_[-1][1]}: {open_[-1][0]} begins here and never ends: is the file cut off?")
    return _Text(lines, len(rows))


@dataclass(frozen=True, slots=True)
class _Events:
    draft: Draft
    file: str
    lines: Mapping[str, int]
    faces: Faces
    horizon: Horizon

    def event(self, event: Any, moved: Sequence[Any]) -> None:
        """An event with its rule, and with its occurrences that were moved."""
        if "RRULE" not in event and "RDATE" not in event:
            self.single(event)
            return
        if (timed := self._timed(event)) is None:
            return
        start, lasts, zone = timed
        place, (level, people) = self.place(event), self._people(event)
        if not self._can_be_counted(event):
            return
        gone = self._gone(event, moved, start, zone)
        try:
            said, until, count = self._rule(event, start, lasts, people)
            rotation = rotation_of(said, "", zone)
            if count is not None:
                until = instant_of(_nth(event, start, count), ZoneInfo(zone))
            if until is not None:
                rotation = ended(rotation, said, zone, until)
        except CannotSay as cannot:
            self._written_out(event, start, lasts, zone, gone, cannot.why)
        else:
            number = len(self.draft.recurring)
            self.draft.recurring.append(Recurring(rotation, level, place))
            for wall in gone:
                since = instant_of(wall, ZoneInfo(zone))
                self.draft.skips.append(Skip(number, since, instant_of(wall + lasts, ZoneInfo(zone))))
        for one in moved:
            if str(getattr(one.get("RECURRENCE-ID"), "params", {}).get("RANGE", "")).upper() == "THISANDFUTURE":
                self.draft.lost(self.place(one), "it changes this and all later shifts; end the event, begin another")
            self.single(one)

    def single(self, event: Any) -> None:
        """An event that happens once."""
        if (timed := self._timed(event)) is None or str(event.get("STATUS", "")).upper() == "CANCELLED":
            return
        start, lasts, zone = timed
        level, people = self._people(event)
        self._once(start, lasts, zone, level, people, self.place(event))

    def _once(
        self, start: datetime, lasts: timedelta, zone: str, level: int, people: tuple[str, ...], place: str
    ) -> None:
        tz = ZoneInfo(zone)
        since, until = instant_of(start, tz), instant_of(start + lasts, tz)
        if until > since and until > self.horizon.since:
            self.draft.once.append(Once(people, since, until, level, place))

    def _rule(
        self, event: Any, start: datetime, lasts: timedelta, people: tuple[str, ...]
    ) -> tuple[Repeated, datetime | None, int | None]:
        rule = event.get("RRULE")
        if rule is None or isinstance(rule, list) or "RDATE" in event:
            raise CannotSay("it has dates of its own besides a rule")
        parts = {str(key).upper(): value for key, value in rule.items()}
        if more := sorted(set(parts) - _SIMPLE):
            raise CannotSay(f"its rule has {', '.join(more)}")
        frequency = str(parts["FREQ"][0]).casefold()
        named = [str(one).upper() for one in parts.get("BYDAY", ())]
        if any(one not in DAYS for one in named):
            raise CannotSay(f"it is on {', '.join(named)}")
        days = frozenset(DAYS.index(one) for one in named)
        if days and start.weekday() not in days:
            raise CannotSay("it begins on a day on which its rule has no shift")
        week_start = DAYS.index(str(parts["WKST"][0]).upper()) if "WKST" in parts else 0
        said = Repeated(
            start, lasts, frequency, int(parts.get("INTERVAL", [1])[0]), ("+".join(people),), days, week_start
        )
        count = int(parts["COUNT"][0]) if "COUNT" in parts else None
        zone = self._zone(event["DTSTART"].dt)
        return said, _until(parts["UNTIL"][0], zone) if "UNTIL" in parts else None, count

    def _written_out(
        self, event: Any, start: datetime, lasts: timedelta, zone: str, gone: Sequence[datetime], why: str
    ) -> None:
        tz = ZoneInfo(zone)
        place, (level, people) = self.place(event), self._people(event)
        low, high = (at.astimezone(tz).replace(tzinfo=None) for at in (self.horizon.since, self.horizon.until))
        begins = set(self._dates(event, "RDATE", zone)) | ({start} if "RRULE" not in event else set())
        if "RRULE" in event:
            rules = event["RRULE"] if isinstance(event["RRULE"], list) else [event["RRULE"]]
            for rule in rules:
                found = takewhile(lambda at: at <= high, _rule_of(rule, start, tz).xafter(low - lasts, inc=True))
                begins |= set(islice(found, _MOST + 1))
        if len(begins) > _MOST:
            self.draft.lost(place, f"{why}, and it has more than {_MOST} shifts until {high:%Y-%m-%d}")
            return
        for begin in sorted(begins - set(gone)):
            if low - lasts <= begin <= high:
                self._once(begin, lasts, zone, level, people, place)
        self.draft.noted(place, f"{why}, which no rotation here can say, {self.horizon.remark}")

    def _can_be_counted(self, event: Any) -> bool:
        """False, and said, where a rule has a shift each minute: nobody is on call by that."""
        rules = event.get("RRULE", ())
        for rule in rules if isinstance(rules, list) else [rules] if rules else ():
            parts = {str(key).upper(): value for key, value in rule.items()}
            if int(parts.get("INTERVAL", [1])[0]) < 1:
                raise BadDocument(f"{self.place(event)}: the INTERVAL of a rule is 1 or more")
            if str(parts["FREQ"][0]).upper() in ("SECONDLY", "MINUTELY"):
                self.draft.lost(self.place(event), f"it is repeated {str(parts['FREQ'][0]).lower()}")
                return False
        return True

    def _gone(self, event: Any, moved: Sequence[Any], start: datetime, zone: str) -> list[datetime]:
        """The shifts of its rule that do not take place. What is no shift of it takes none away (RFC 5545, 3.8.5.1)."""
        named = [*self._dates(event, "EXDATE", zone, start.time()), *self._moved_from(moved, zone, start.time())]
        begins = {start, *self._dates(event, "RDATE", zone)}
        rules = event.get("RRULE", ())
        for rule in rules if isinstance(rules, list) else [rules] if rules else ():
            ruled = _rule_of(rule, start, ZoneInfo(zone))
            begins |= {at for at in named if ruled.between(at, at, inc=True)}
        return [at for at in named if at in begins]

    def _dates(self, event: Any, name: str, zone: str, at: time = time(0)) -> Iterator[datetime]:
        """The times of a property; of a day the time ``at``, for whole days are taken away from timed shifts too."""
        found = event.get(name, ())
        for listed in found if isinstance(found, list) else [found] if found else ():
            for one in listed.dts:
                yield self._wall(one.dt[0] if isinstance(one.dt, tuple) else one.dt, zone, at)

    def _moved_from(self, moved: Sequence[Any], zone: str, at: time) -> Iterator[datetime]:
        for one in moved:
            yield self._wall(one["RECURRENCE-ID"].dt, zone, at)

    def _timed(self, event: Any) -> tuple[datetime, timedelta, str] | None:
        """When it begins by the wall of its zone, how long it lasts there, and the zone."""
        place = self.place(event)
        if "DTSTART" not in event:
            raise BadDocument(f"{place}: this event has no DTSTART")
        begins = event["DTSTART"].dt
        zone = self._zone(begins, place, str(event["DTSTART"].params.get("TZID", "")))
        start = self._wall(begins, zone)
        if "DTEND" in event:
            lasts = self._wall(event["DTEND"].dt, zone) - start
        elif "DURATION" in event:
            lasts = event["DURATION"].dt
        else:
            lasts = timedelta(0) if isinstance(begins, datetime) else timedelta(days=1)
        if lasts <= timedelta(0):
            self.draft.noted(place, "this event lasts no time, so nobody is on call by it")
            return None
        if not 1971 <= start.year <= 2199:
            raise BadDocument(f"{place}: the year {start.year} is none of our time")
        return start, lasts, zone

    def _zone(self, at: date, place: str = "", named: str = "") -> str:
        if isinstance(at, datetime) and at.tzinfo is None and named:
            raise BadDocument(f"{place}: there is no time zone {named!r}; write one like Europe/Berlin")
        if not isinstance(at, datetime) or at.tzinfo is None:
            return self.draft.zone
        if at.utcoffset() == timedelta(0) and at.tzname() == "UTC":
            return "UTC"
        key = getattr(at.tzinfo, "key", None) or str(at.tzinfo)
        try:
            return ZoneInfo(key).key
        except (ValueError, OSError, KeyError):
            raise BadDocument(
                f"{place or self.file}: there is no time zone {key!r}; write one like Europe/Berlin"
            ) from None

    def _wall(self, at: date, zone: str, of_day: time = time(0)) -> datetime:
        if not isinstance(at, datetime):
            return datetime.combine(at, of_day)
        return at if at.tzinfo is None else at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    def _people(self, event: Any) -> tuple[int, tuple[str, ...]]:
        """The level and the people of an event: its attendees, else whom its title names."""
        title = str(event.get("SUMMARY", "")).strip()
        found = _LEVEL.match(title)
        level, title = (int(found[1]), title[found.end() :].strip()) if found else (0, title)
        place = self.place(event)
        attendees = event.get("ATTENDEE", ())
        attendees = attendees if isinstance(attendees, list) else [attendees] if attendees else []
        mailed = [(str(one.params.get("CN", "")), str(one).split(":", 1)[-1]) for one in attendees]
        if mailed:
            return level, tuple(dict.fromkeys(self.faces.handle(place, cn, address) for cn, address in mailed))
        whole = self.faces.known(title)
        if whole is not None:
            return level, (whole,)
        parts = [part.strip() for part in re.split(r"[,;&+]", title) if part.strip()] or [title or "(no title)"]
        named = (
            self.faces.known(part) or self.faces.handle(place, part, part if "@" in part else "") for part in parts
        )
        return level, tuple(dict.fromkeys(named))

    def place(self, event: Any) -> str:
        """The line of an event, for messages."""
        return f"{self.file}:{self.lines.get(str(event.get('UID', '')), 1)}"


def _until(until: date, zone: str) -> datetime:
    """The last instant at which a shift may begin; a day counts to its end, a time without zone is the event's."""
    if not isinstance(until, datetime):
        return instant_of(datetime.combine(until, time(23, 59, 59)), ZoneInfo(zone))
    return until.astimezone(UTC) if until.tzinfo is not None else instant_of(until, ZoneInfo(zone))


def _rule_of(rule: Any, start: datetime, zone: ZoneInfo) -> Any:
    """The rule on naive wall-clock times, its end taken to the event's zone."""
    parts = {str(key).upper(): value for key, value in rule.items()}
    if "UNTIL" in parts:
        until = _until(parts["UNTIL"][0], zone.key).astimezone(zone).replace(tzinfo=None)
        rule = type(rule)(
            {**{key: value for key, value in rule.items() if str(key).upper() != "UNTIL"}, "UNTIL": until}
        )
    return rrulestr(rule.to_ical().decode(), dtstart=start)


def _nth(event: Any, start: datetime, count: int) -> datetime:
    """When the last of so many shifts begins."""
    found = start
    for number, one in enumerate(rrulestr(event["RRULE"].to_ical().decode(), dtstart=start)):
        if number >= min(count, 100_000):
            break
        found = one
    return found
