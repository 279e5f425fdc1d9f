"""On call: who has it now and next, the week with its gaps, my shifts, and taking over in two taps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from tocsin.app.access import Permission
from tocsin.app.paging.feeds import PERSON, SCHEDULE
from tocsin.errors import BadInput
from tocsin.oncall.roster import Roster
from tocsin.oncall.schedule import Schedule, Shift, on_call, shifts
from tocsin.oncall.survey import Gap, Overlap, gaps, overlaps
from tocsin.oncall.wallclock import instant_of
from tocsin.web.asking import Ask
from tocsin.web.pages.situation import names

LOOK_AHEAD = timedelta(days=28)
WEEK = timedelta(days=7)
FURTHEST_WEEK = 12
COLOURS = 6
MOST_SHIFTS = 400
SPANS = {
    "shift": "to the end of the shift",
    "1": "for an hour",
    "4": "for 4 hours",
    "12": "for 12 hours",
    "24": "for a day",
    "72": "for 3 days",
    "168": "for a week",
}


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call by one schedule, until when, and who follows; when it is my turn, if it is not now."""

    schedule: str
    people: tuple[str, ...]
    until: datetime | None
    following: tuple[str, ...]
    mine: bool
    mine_from: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a day in the grid: where it lies in per cent, whose it is, and how it looks."""

    left: float
    width: float
    label: str
    look: str  # "gap", "free", "p0" … "p5"
    mine: bool


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the grid, in the zone of its schedule; ``now`` is where the present stands, in per cent."""

    day: date
    pieces: tuple[Piece, ...]
    says: str
    now: float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the page shows of one schedule."""

    schedule: Schedule
    duty: Duty
    days: tuple[Day, ...]
    gaps: Sequence[Gap]


@dataclass(frozen=True, slots=True)
class Mine:
    """One of my shifts to come, and those of others that it could be exchanged for."""

    schedule: str
    since: datetime
    until: datetime | None
    others: tuple[Shift, ...]


def show(ask: Ask) -> Response:
    """The page."""
    week = _week(ask)
    rota, now = ask.application.rota, ask.now
    roster = rota.roster(now - WEEK)
    name = names(ask.application.team())
    overrides = [row for row in rota.overrides(ask.by) if (held := row.holds) is not None and held.until > now]
    overlapping: Sequence[Overlap] = overlaps(roster.schedules, now, now + LOOK_AHEAD)
    return ask.page(
        "oncall.html",
        sheets=[_sheet(one, roster, ask.me, now, week, name) for one in roster.schedules],
        mine=list(_mine(roster, ask.me, now)),
        overrides=overrides,
        overlaps=overlapping,
        people_who=[one for one in roster.people if one.reachable],
        unheard=[(one, said) for one in ask.application.way_testing.standing() if (said := one.says(now))],
        deaf=[one.name for one in ask.application.devices.deaf()],
        week=week,
        furthest=FURTHEST_WEEK,
        spans=SPANS,
        can_respond=ask.may(Permission.RESPOND),
        feeds={one.name: ask.application.feeds.address(ask.by, SCHEDULE, one.name) for one in roster.schedules},
        my_feed=ask.application.feeds.address(ask.by, PERSON, ask.me) if roster.person(ask.me) else "",
        name=name,
    )


def override(ask: Ask) -> Response:
    """Put somebody on call, from now or a given time."""
    schedule = ask.text("schedule")
    found = ask.application.rota.roster().schedule(schedule)
    zone = ZoneInfo(found.zone) if found else ZoneInfo("UTC")
    since = typed(ask.text("since"), zone)
    until = typed(ask.text("until"), zone)
    lasts = ask.text("lasts", "shift")
    if lasts not in SPANS:
        raise BadInput(f"an override lasts {', '.join(SPANS.values())}, or until a time that you enter")
    if until is None and lasts != "shift":
        until = max(since or ask.now, ask.now) + timedelta(hours=int(lasts))
    ask.application.rota.override(ask.by, schedule, ask.texts("person"), since, until, ask.text("reason"))
    return ask.go("/oncall")


def swap(ask: Ask) -> Response:
    """Exchange one of my shifts for somebody's."""
    one, other = _instant(ask.text("one")), _instant(ask.text("other"))
    ask.application.rota.swap(ask.by, ask.text("schedule"), one, other, ask.text("reason"))
    return ask.go("/oncall")


def end(ask: Ask) -> Response:
    """End an override, or take it back."""
    ask.application.rota.end(ask.by, ask.part("override"))
    return ask.go("/oncall")


def feed(ask: Ask) -> Response:
    """The calendar behind a signed address; calendar programs come without a session."""
    body = ask.application.feeds.calendar(ask.part("token"))
    return Response(body, media_type="text/calendar; charset=utf-8")


def duty(schedule: Schedule, me: str, now: datetime) -> Duty:
    """Who is on call by this schedule at an instant, and when it is my turn."""
    shift = on_call(schedule, now)
    coming = shifts(schedule, now, now + LOOK_AHEAD, limit=60)
    later = [one for one in coming if one.since is not None and one.since > now]
    following = next((one for one in later if one.people and one.people != shift.people), None)
    mine = next((one for one in later if me in one.people), None)
    return Duty(
        schedule.name,
        shift.people,
        shift.until,
        following.people if following else (),
        me in shift.people,
        mine.since if mine else None,
        shift.why,
    )


def _sheet(schedule: Schedule, roster: Roster, me: str, now: datetime, week: int, name: Callable[[str], str]) -> Sheet:
    zone = ZoneInfo(schedule.zone)
    first = now.astimezone(zone).date() + timedelta(days=7 * week)
    days = tuple(_day(schedule, roster, me, now, first + timedelta(days=n), zone, name) for n in range(7))
    return Sheet(schedule, duty(schedule, me, now), days, gaps(schedule, now, now + LOOK_AHEAD))


def _day(
    schedule: Schedule, roster: Roster, me: str, now: datetime, day: date, zone: ZoneInfo, name: Callable[[str], str]
) -> Day:
    """One day; it may have 23 or 25 hours, and what lies where is counted in real time."""
    begins = instant_of(datetime.combine(day, time(0)), zone)
    ends = instant_of(datetime.combine(day + timedelta(days=1), time(0)), zone)
    pieces, told = [], []
    places = {person.handle: place for place, person in enumerate(roster.people)}
    for shift in shifts(schedule, begins, ends, MOST_SHIFTS):
        since, until = max(begins, shift.since or begins), min(ends, shift.until or ends)
        who = ", ".join(name(handle) for handle in shift.people)
        look = f"p{places.get(shift.people[0], 0) % COLOURS}" if shift.people else "free" if shift.declared else "gap"
        who = who or ("free, as planned" if shift.declared else "nobody")
        left, width = (since - begins) / (ends - begins) * 100, (until - since) / (ends - begins) * 100
        pieces.append(Piece(round(left, 3), round(width, 3), who, look, me in shift.people))
        told.append(who if until == ends else f"{who} until {until.astimezone(zone):%H:%M}")
    present = round((now - begins) / (ends - begins) * 100, 3) if begins <= now < ends else None
    return Day(day, tuple(pieces), ", then ".join(told), present)


def _mine(roster: Roster, me: str, now: datetime) -> Iterator[Mine]:
    for schedule in roster.schedules:
        coming = [one for one in shifts(schedule, now, now + LOOK_AHEAD, MOST_SHIFTS) if one.people]
        others = tuple(one for one in coming if me not in one.people and one.until is not None)[:12]
        for one in coming:
            if me in one.people:
                yield Mine(schedule.name, max(now, one.since or now), one.until, others)


def _week(ask: Ask) -> int:
    said = ask.query("week")
    return min(int(said), FURTHEST_WEEK) if said.isdecimal() and len(said) < 4 else 0


def typed(text: str, zone: ZoneInfo) -> datetime | None:
    """A time of a form, on the wall clock of the schedule's zone; None for an empty field."""
    if not text:
        return None
    try:
        return instant_of(datetime.fromisoformat(text).replace(tzinfo=None), zone)
    except ValueError as error:
        raise BadInput(f"{text!r} is no time; write one like 2026-03-01T09:00") from error


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("choose a shift of the list") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
