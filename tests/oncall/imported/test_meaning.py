"""An imported schedule means what its source means, at every instant of a year, in every zone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oncall.imported import meanings
from tocsin.oncall.imported.composing import compose
from tocsin.oncall.imported.faces import Faces
from tocsin.oncall.imported.grafana import Horizon
from tocsin.oncall.imported.reading import read
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.schedule import Schedule, on_call

NOW = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
HORIZON = Horizon(NOW - timedelta(days=1), NOW + YEAR + timedelta(days=2))
PEOPLE = tuple(
    Person(name, name.capitalize(), (Way(WayKind.EMAIL, f"{name}@example.com"),))
    for name in ("ana", "bo", "cem", "dora", "eva")
)
NAMES = tuple(one.handle for one in PEOPLE)
USERS = [{"id": who, "username": who, "email": f"{who}@example.com"} for who in NAMES]
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC")
# Every change of the clocks of 2026 in these zones, to be looked at from both sides.
TURNS = (3600, 43_200, 86_400, 604_800, 259_200, 1_209_600)
CHANGES = tuple(
    datetime(2026, *when, tzinfo=UTC)
    for when in ((3, 8, 7), (3, 29, 1), (4, 4, 15), (4, 5, 3), (9, 6, 4), (10, 3, 15, 30), (10, 25, 1), (11, 1, 6))
)


def moments(seed: int) -> Iterable[datetime]:
    """Instants of the year: at random, on whole half hours, and around the changes of the clocks."""
    random = Random(seed)
    for _ in range(12):
        yield NOW + timedelta(seconds=random.randrange(int(YEAR.total_seconds())))
        yield NOW + timedelta(minutes=30 * random.randrange(2 * 24 * 365))
    for change in CHANGES:
        yield change + timedelta(minutes=random.randrange(-180, 180))


def imported(files: Mapping[str, Any], zone: str = "UTC") -> tuple[Schedule, ...]:
    """The schedules of files, of which each person is known and nothing was lost."""
    data = {name: (it if isinstance(it, str) else json.dumps(it)).encode() for name, it in files.items()}
    faces = Faces(PEOPLE)
    drafts = read(data, faces, HORIZON, zone)
    assert not faces.strangers
    assert [remark for draft in drafts for remark in draft.remarks if remark.lost] == []
    return tuple(one for draft in drafts for one in compose(draft, draft.name, NOW))


def check(made: Iterable[Schedule], meaning: Callable[[datetime], frozenset[str]], seed: int) -> None:
    """All schedules together have the people of the source."""
    made = tuple(made)
    for at in moments(seed):
        found = frozenset(handle for one in made for handle in on_call(one, at).people)
        assert found == meaning(at), f"at {at.isoformat()}"


half_hours = st.integers(0, 47).map(lambda half: timedelta(minutes=30 * half))
slots = st.integers(1, 3).flatmap(lambda n: st.lists(st.sampled_from(NAMES), min_size=n, max_size=n, unique=True))
zones = st.sampled_from(ZONES)
seeds = st.integers(0, 10**6)


def stamp(zone: str, begins: date, at: timedelta) -> str:
    """A local time that exists, with its offset."""
    return (midnight(begins) + at).replace(tzinfo=ZoneInfo(zone)).isoformat()


def ending(draw: st.DrawFn, begins: date) -> str | None:
    days = draw(st.none() | st.integers(20, 300))
    return None if days is None else f"{begins + timedelta(days=days)}T10:00:00Z"


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(0))


starts = st.dates(date(2025, 11, 20), date(2026, 1, 10))


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime]:
    since = NOW + timedelta(minutes=30 * draw(st.integers(0, 2 * 24 * 350)))
    return since, since + timedelta(minutes=30 * draw(st.integers(1, 200)))


@st.composite
def pagerduty_schedules(draw: st.DrawFn) -> dict[str, Any]:
    zone = draw(zones)
    user = {"type": "user_reference"}

    def restriction() -> dict[str, Any]:
        at = f"{draw(st.integers(0, 23)):02}:{draw(st.sampled_from((0, 30))):02}:00"
        if draw(st.booleans()):
            lasts = 1800 * draw(st.integers(1, 48))
            return {"type": "daily_restriction", "start_time_of_day": at, "duration_seconds": lasts}
        return {
            "type": "weekly_restriction",
            "start_day_of_week": draw(st.integers(1, 7)),
            "start_time_of_day": at,
            "duration_seconds": 1800 * draw(st.integers(1, 330)),
        }

    layers = [
        {
            "name": f"Layer {number}",
            "start": stamp(zone, begins := draw(starts), timedelta(hours=12)),
            "end": ending(draw, begins),
            "rotation_virtual_start": stamp(zone, draw(starts), draw(half_hours)),
            "rotation_turn_length_seconds": draw(st.sampled_from(TURNS)),
            "users": [{"user": {"id": who, "summary": who, **user}} for who in draw(slots)],
            "restrictions": [restriction() for _ in range(draw(st.integers(0, 2)))],
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    entries, last = [], NOW
    for since, until in sorted(draw(st.lists(spans(), max_size=3))):
        if since >= last:
            who = draw(st.sampled_from(NAMES))
            entry = {"start": since.isoformat(), "end": until.isoformat(), "user": {"id": who, "summary": who}}
            entries.append(entry)
            last = until
    return {
        "name": "primary",
        "time_zone": zone,
        "schedule_layers": layers,
        "overrides_subschedule": {"name": "Overrides", "rendered_schedule_entries": entries},
    }


@given(pagerduty_schedules(), seeds)
@settings(max_examples=12, deadline=None)
def test_a_schedule_of_pagerduty_means_the_same_here(schedule: dict[str, Any], seed: int) -> None:
    """Layers, restrictions, virtual starts, ends and overrides of PagerDuty, over a year and every change of clocks."""
    made = imported({"pd.json": {"schedule": schedule}})
    check(made, lambda at: meanings.pagerduty(schedule, at), seed)


@st.composite
def opsgenie_schedules(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    zone = draw(zones)

    def restriction() -> dict[str, Any] | None:
        def clock(which: str) -> dict[str, int]:
            return {f"{which}Hour": draw(st.integers(0, 23)), f"{which}Min": draw(st.sampled_from((0, 30)))}

        match draw(st.integers(0, 2)):
            case 0:
                return None
            case 1:
                return {"type": "time-of-day", "restriction": {**clock("start"), **clock("end")}}
            case _:
                days = [draw(st.sampled_from(meanings.NAMES)) for _ in range(2)]
                one = {"startDay": days[0], "endDay": days[1], **clock("start"), **clock("end")}
                return {"type": "weekday-and-time-of-day", "restrictions": [one]}

    def participant(who: str) -> dict[str, str]:
        return {"type": "user", "id": f"u-{who}", "username": who} if draw(st.integers(0, 5)) else {"type": "none"}

    rotations = [
        {
            "id": f"r{number}",
            "name": f"Rota {number}",
            "startDate": stamp(zone, begins := draw(starts), draw(half_hours)),
            "endDate": ending(draw, begins),
            "type": draw(st.sampled_from(("hourly", "daily", "weekly"))),
            "length": draw(st.integers(1, 5)),
            "participants": [participant(who) for who in draw(slots)],
            "timeRestriction": restriction(),
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    overrides, last = [], NOW
    for since, until in sorted(draw(st.lists(spans(), max_size=2))):
        if since >= last:
            named = [{"id": "r0"}] if draw(st.booleans()) else []
            who = {"type": "user", "username": draw(st.sampled_from(NAMES))}
            ends = {"startDate": since.isoformat(), "endDate": until.isoformat()}
            overrides.append({"alias": "a", "user": who, "rotations": named, **ends})
            last = until
    return {"id": "s", "name": "ops", "timezone": zone, "enabled": True, "rotations": rotations}, overrides


@given(opsgenie_schedules(), seeds)
@settings(max_examples=12, deadline=None)
def test_a_schedule_of_opsgenie_means_the_same_here(source: tuple[dict[str, Any], list[Any]], seed: int) -> None:
    """All rotations of Opsgenie that cover an instant are on call together, with what overrides some or all of them."""
    schedule, overrides = source
    files = {"schedules.json": {"data": [schedule]}} | ({"overrides.json": {"data": overrides}} if overrides else {})
    check(imported(files), lambda at: meanings.opsgenie(schedule, overrides, at), seed)


@st.composite
def grafana_shifts(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    zone = draw(zones)

    def shift(number: int) -> dict[str, Any]:
        kind = draw(st.sampled_from(("rolling_users", "rolling_users", "recurrent_event", "single_event", "override")))
        frequency = draw(st.sampled_from(("hourly", "daily", "weekly", "weekly")))
        days = draw(st.lists(st.sampled_from(meanings.SHORT), max_size=5, unique=True)) if frequency == "weekly" else []
        interval = draw(st.integers(1, 3)) * (6 if frequency == "hourly" else 1)
        unit = timedelta(days=1) if days else meanings.UNITS[frequency] * interval
        begins = draw(starts)
        while days and meanings.SHORT[begins.weekday()] not in days:
            begins += timedelta(days=1)
        whole = draw(st.booleans())
        half = draw(st.integers(2, 40)) * timedelta(minutes=30)
        lasts = unit if whole else min(half, unit - timedelta(hours=1))
        groups = [draw(slots)[:2] for _ in range(draw(st.integers(1, 3)))]
        single = kind in ("single_event", "override")
        if single:
            begins = date(2026, draw(st.integers(1, 12)), draw(st.integers(1, 28)))
        at = draw(half_hours)
        return {
            "id": f"O{number}",
            "type": kind,
            "name": f"shift {number}",
            "level": draw(st.integers(0, 2)),
            "time_zone": draw(zones) if draw(st.integers(0, 4)) == 0 else zone,
            "start": (midnight(begins) + at).isoformat(),
            "duration": int(lasts.total_seconds()),
            "frequency": None if single else frequency,
            "interval": interval,
            "week_start": draw(st.sampled_from(("MO", "SU"))),
            "by_day": days or None,
            "until": None if draw(st.booleans()) else f"2026-{draw(st.integers(2, 12)):02}-15T12:00:00",
            "users": [] if kind == "rolling_users" else groups[0],
            "rolling_users": groups if kind == "rolling_users" else [],
            "start_rotation_from_user_index": draw(st.integers(0, len(groups) - 1)),
        }

    shifts = [shift(number) for number in range(draw(st.integers(1, 3)))]
    return {
        "id": "S",
        "name": "graf",
        "type": "calendar",
        "time_zone": zone,
        "shifts": [one["id"] for one in shifts],
    }, shifts


@given(grafana_shifts(), seeds)
@settings(max_examples=12, deadline=None)
def test_a_schedule_of_grafana_oncall_means_the_same_here(source: tuple[dict[str, Any], list[Any]], seed: int) -> None:
    """Rolling users, weekdays, intervals, levels, zones of their own, ends, single events and overrides of OnCall."""
    schedule, shifts = source
    files = {
        "schedules.json": {"results": [schedule]},
        "shifts.json": {"results": shifts},
        "u.json": {"results": USERS},
    }
    check(imported(files), lambda at: meanings.grafana(schedule, shifts, at), seed)


def test_a_restriction_that_ends_on_its_own_day_before_it_begins_holds_for_most_of_a_week() -> None:
    """Opsgenie's "Monday 18:00 to Monday 08:00" goes once around the week, and leaves ten hours out."""
    limit = {"startDay": "monday", "startHour": 18, "startMin": 0, "endDay": "monday", "endHour": 8, "endMin": 0}
    rotation = {
        "id": "r0",
        "name": "Rota",
        "startDate": "2025-12-01T08:00:00Z",
        "endDate": None,
        "type": "weekly",
        "length": 1,
        "participants": [{"type": "user", "username": "ana"}],
        "timeRestriction": {"type": "weekday-and-time-of-day", "restrictions": [limit]},
    }
    schedule = {"id": "s", "name": "ops", "timezone": "Europe/Berlin", "rotations": [rotation]}
    made = imported({"schedules.json": {"data": [schedule]}})
    for seed in range(10):
        check(made, lambda at: meanings.opsgenie(schedule, [], at), seed)


def test_a_week_that_begins_on_sunday_hands_over_on_sunday() -> None:
    """OnCall's `week_start` says with which day a turn begins, also when the shift began in the middle of a week."""
    shift = {
        "id": "O1",
        "type": "rolling_users",
        "level": 0,
        "time_zone": "Europe/Berlin",
        "start": "2025-12-03T09:00:00",
        "duration": 36_000,
        "frequency": "weekly",
        "interval": 2,
        "week_start": "SU",
        "by_day": ["SU", "MO", "WE"],
        "until": None,
        "users": [],
        "rolling_users": [["ana"], ["bo", "cem"]],
    }
    schedule = {"name": "graf", "type": "calendar", "time_zone": "UTC", "shifts": ["O1"]}
    files = {
        "schedules.json": {"results": [schedule]},
        "shifts.json": {"results": [shift]},
        "u.json": {"results": USERS},
    }
    made = imported(files)
    for seed in range(10):
        check(made, lambda at: meanings.grafana(schedule, [shift], at), seed)


@st.composite
def calendars(draw: st.DrawFn) -> str:
    def event(number: int) -> list[str]:
        zone = draw(st.sampled_from(ZONES[:4]))
        who = draw(st.sampled_from(NAMES))
        begins = draw(starts)
        named = [f"UID:e{number}", f"SUMMARY:{who}"]
        if not draw(st.integers(0, 4)):
            day = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 330)))
            days = [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=2):%Y%m%d}"]
            return ["BEGIN:VEVENT", *named, *days, "END:VEVENT"]
        frequency = draw(st.sampled_from(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY")))
        interval = draw(st.integers(1, 3))
        at = midnight(begins) + timedelta(hours=8) + draw(st.integers(0, 20)) * timedelta(minutes=30)
        unit = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(days=7), "MONTHLY": timedelta(days=20)}[frequency]
        rule = f"RRULE:FREQ={frequency};INTERVAL={interval}"
        if frequency == "WEEKLY" and draw(st.booleans()):
            more = draw(st.lists(st.sampled_from(meanings.SHORT), max_size=4))
            own = meanings.SHORT[at.weekday()]
            rule += f";BYDAY={','.join(dict.fromkeys([own, *more]))};WKST={draw(st.sampled_from(('MO', 'SU')))}"
            unit = timedelta(days=1)
        lasts = min(draw(st.sampled_from((timedelta(hours=8), timedelta(days=1), timedelta(days=7)))), unit)
        ending = draw(st.integers(0, 2))
        if ending:
            rule += ";COUNT=9" if ending == 1 else ";UNTIL=20260615T120000Z"
        form = "%Y%m%dT%H%M%S"
        lines = [f"DTSTART;TZID={zone}:{at:{form}}", f"DTEND;TZID={zone}:{at + lasts:{form}}", rule]
        second = at + meanings.UNITS.get(frequency.lower(), timedelta(0)) * interval
        moved: list[str] = []
        if frequency != "MONTHLY" and draw(st.booleans()):
            lines.append(f"EXDATE;TZID={zone}:{at:{form}}")
            if draw(st.booleans()):
                later = second + timedelta(hours=3)
                once = [f"RECURRENCE-ID;TZID={zone}:{second:{form}}", f"DTSTART;TZID={zone}:{later:{form}}"]
                other = [f"UID:e{number}", f"SUMMARY:{draw(st.sampled_from(NAMES))}"]
                ends = f"DTEND;TZID={zone}:{later + timedelta(hours=2):{form}}"
                moved = ["BEGIN:VEVENT", *other, *once, ends, "END:VEVENT"]
        return ["BEGIN:VEVENT", *named, *lines, "END:VEVENT", *moved]

    events = [line for number in range(draw(st.integers(1, 3))) for line in event(number)]
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    return "".join(f"{line}\r\n" for line in [*head, *events, "END:VCALENDAR"])


@given(calendars(), st.sampled_from(("Europe/Berlin", "UTC")), seeds)
@settings(max_examples=12, deadline=None)
def test_a_calendar_means_the_same_here(text: str, zone: str, seed: int) -> None:
    """Rules, weekdays, ends, excluded and moved shifts and whole days of RFC 5545, as another reader has them."""
    shifts = meanings.calendar(text, zone, date(2025, 12, 1), date(2027, 1, 10))

    def meaning(at: datetime) -> frozenset[str]:
        return frozenset(who for since, until, who in shifts if since <= at < until)

    check(imported({"team.ics": text}, zone), meaning, seed)


@pytest.mark.parametrize("zone", ZONES)
def test_the_wall_clock_of_the_measure_never_runs_back(zone: str) -> None:
    """What the sources' meanings are measured by goes on through every change of the clocks."""
    at, last = NOW, meanings.reached(NOW, zone)
    while at < NOW + YEAR:
        at += timedelta(minutes=47)
        assert meanings.reached(at, zone) >= last
        last = meanings.reached(at, zone)
