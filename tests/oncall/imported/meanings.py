"""What each source means by its own rules, worked out from its own text and from nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, HOURLY, MONTHLY, WEEKLY, rrule, weekday

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
UNITS = {"hourly": timedelta(hours=1), "daily": DAY, "weekly": 7 * DAY}
FREQUENCIES = {"hourly": HOURLY, "daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}
NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def reached(at: datetime, zone: str) -> datetime:
    """The latest time that the wall clock of a zone has shown until an instant: it never runs back."""
    here = at.astimezone(ZoneInfo(zone))
    if not here.fold:
        return here.replace(tzinfo=None)
    while here.fold:
        at -= MINUTE
        here = at.astimezone(ZoneInfo(zone))
    return (here + MINUTE).replace(tzinfo=None, second=0, microsecond=0) - timedelta(microseconds=1)


def wall(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def within(span: tuple[datetime, timedelta], now: datetime) -> bool:
    return span[0] <= now < span[0] + span[1]


def pagerduty(schedule: Mapping[str, Any], at: datetime) -> frozenset[str]:
    for one in schedule["overrides_subschedule"]["rendered_schedule_entries"]:
        if datetime.fromisoformat(one["start"]) <= at < datetime.fromisoformat(one["end"]):
            return frozenset({one["user"]["summary"]})
    zone = schedule["time_zone"]
    now = reached(at, zone)
    for layer in schedule["schedule_layers"]:
        begun = datetime.fromisoformat(layer["start"]) <= at
        over = layer["end"] is not None and at >= datetime.fromisoformat(layer["end"])
        if not begun or over or not _pagerduty_covers(layer["restrictions"], now):
            continue
        turns = (now - wall(layer["rotation_virtual_start"], zone)) // timedelta(
            seconds=layer["rotation_turn_length_seconds"]
        )
        return frozenset({layer["users"][turns % len(layer["users"])]["user"]["summary"]})
    return frozenset()


def _pagerduty_covers(restrictions: Sequence[Mapping[str, Any]], now: datetime) -> bool:
    if not restrictions:
        return True
    for one in restrictions:
        since, lasts = time.fromisoformat(one["start_time_of_day"]), timedelta(seconds=one["duration_seconds"])
        for back in range(9):
            day = now.date() - back * DAY
            if one["type"] == "weekly_restriction" and day.isoweekday() != one["start_day_of_week"]:
                continue
            if within((datetime.combine(day, since), lasts), now):
                return True
    return False


def opsgenie(schedule: Mapping[str, Any], overrides: Sequence[Mapping[str, Any]], at: datetime) -> frozenset[str]:
    zone = schedule["timezone"]
    now = reached(at, zone)
    on = {}
    for one in schedule["rotations"]:
        people = _opsgenie_rotation(one, zone, now, at)
        on[one["id"]] = people
    for one in overrides:
        if datetime.fromisoformat(one["startDate"]) <= at < datetime.fromisoformat(one["endDate"]):
            for id in [it["id"] for it in one["rotations"]] or list(on):
                on[id] = frozenset({one["user"]["username"]})
    return frozenset().union(*on.values())


def _opsgenie_rotation(one: Mapping[str, Any], zone: str, now: datetime, at: datetime) -> frozenset[str]:
    first = wall(one["startDate"], zone)
    if now < first or (one["endDate"] and at >= datetime.fromisoformat(one["endDate"])):
        return frozenset()
    limit = one["timeRestriction"]
    if limit and not _opsgenie_covers(limit, now):
        return frozenset()
    turns = (now - first) // (UNITS[one["type"]] * one["length"])
    who = one["participants"][turns % len(one["participants"])]
    return frozenset({who["username"]}) if who["type"] == "user" else frozenset()


def _opsgenie_covers(limit: Mapping[str, Any], now: datetime) -> bool:
    def clock(one: Mapping[str, Any], which: str) -> timedelta:
        return timedelta(hours=one[f"{which}Hour"], minutes=one[f"{which}Min"])

    today = datetime.combine(now.date(), time(0))
    if limit["type"] == "time-of-day":
        since, until = clock(limit["restriction"], "start"), clock(limit["restriction"], "end")
        lasts = until - since if until > since else until - since + DAY
        return any(within((today - back * DAY + since, lasts), now) for back in (0, 1))
    for one in limit["restrictions"]:
        first, last = NAMES.index(one["startDay"]), NAMES.index(one["endDay"])
        lasts = (last * DAY + clock(one, "end")) - (first * DAY + clock(one, "start"))
        lasts = lasts if lasts > timedelta(0) else lasts + 7 * DAY
        for back in range(8):
            day = today - back * DAY
            if day.weekday() == first and within((day + clock(one, "start"), lasts), now):
                return True
    return False


def grafana(schedule: Mapping[str, Any], shifts: Sequence[Mapping[str, Any]], at: datetime) -> frozenset[str]:
    """The highest level that has somebody, all of it. Each group of a rolling shift is a repeated event of its own."""
    levels: dict[int, set[str]] = {}
    for one in shifts:
        now = reached(at, one["time_zone"] or schedule["time_zone"])
        lasts = timedelta(seconds=one["duration"])
        level = 99 if one["type"] == "override" else one["level"]
        for people, begins in _grafana_events(one, now, at):
            if within((begins, lasts), now):
                levels.setdefault(level, set()).update(people)
    return frozenset(levels[max(levels)]) if levels else frozenset()


def _grafana_events(one: Mapping[str, Any], now: datetime, at: datetime) -> Iterator[tuple[Sequence[str], datetime]]:
    start = datetime.fromisoformat(one["start"])
    if one["type"] in ("single_event", "override"):
        yield (one["users"] or one["rolling_users"][0]), start
        return
    groups = one["rolling_users"] if one["type"] == "rolling_users" else [one["users"]]
    first = one.get("start_rotation_from_user_index") or 0
    groups = groups[first:] + groups[:first]
    days = [weekday(SHORT.index(day)) for day in one["by_day"] or ()] or None
    week = SHORT.index(one["week_start"])
    until = one["until"] and datetime.fromisoformat(one["until"]).replace(tzinfo=UTC)
    zone = ZoneInfo(one["time_zone"] or "UTC")
    frequency = FREQUENCIES[one["frequency"]]
    begins = start
    for people in groups:
        rule = rrule(
            frequency, begins, one["interval"] * len(groups), week, byweekday=days, bymonthday=one.get("by_monthday")
        )
        last = rule.before(now, inc=True)
        if last is not None and until and last.replace(tzinfo=zone) > until:
            last = rule.before(until.astimezone(zone).replace(tzinfo=None), inc=True)
        if last is not None:
            yield people, last
        if days is None:
            begins = begins + UNITS.get(one["frequency"], DAY) * one["interval"]
        else:
            monday = datetime.combine(begins.date(), time(0)) + (7 - (begins.weekday() - week) % 7) * DAY
            begins = rrule(frequency, start, one["interval"], week, byweekday=days).after(monday, inc=True)


def calendar(text: str, zone: str, low: date, high: date) -> list[tuple[datetime, datetime, str]]:
    """Every shift of a calendar, as the library `recurring-ical-events` finds them."""
    import recurring_ical_events
    from icalendar import Calendar

    def instant(when: date) -> datetime:
        if not isinstance(when, datetime):
            when = datetime.combine(when, time(0))
        return (when if when.tzinfo else when.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)

    found = recurring_ical_events.of(Calendar.from_ical(text)).between(low, high)
    return [(instant(one["DTSTART"].dt), instant(one["DTEND"].dt), str(one["SUMMARY"])) for one in found]
