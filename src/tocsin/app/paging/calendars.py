"""Schedules and people's shifts as calendars (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tocsin.oncall.roster import Roster
from tocsin.oncall.schedule import Schedule, Shift, shifts

if TYPE_CHECKING:
    from icalendar import Event

BACK, AHEAD = timedelta(days=14), timedelta(days=92)
MOST_SHIFTS = 1500


def of_schedule(roster: Roster, name: str, now: datetime) -> bytes:
    """Every shift of a schedule that exists, and the gaps: nobody overlooks them in a calendar."""
    schedule = roster.schedule(name)
    assert schedule is not None
    return _calendar(f"On call: {name}", _of_schedule(roster, schedule, now), now)


def of_person(roster: Roster, handle: str, now: datetime) -> bytes:
    """A person's shifts in all schedules."""
    return _calendar(f"On call: {_named(roster, handle)}", _of_person(roster, handle, now), now)


def _of_schedule(roster: Roster, schedule: Schedule, now: datetime) -> Iterator[Event]:
    for shift in _shifts(schedule, now):
        if shift.people:
            who = ", ".join(_named(roster, handle) for handle in shift.people)
            yield _event(schedule, shift, f"{who} on call ({schedule.name})", now)
        elif not shift.declared:
            yield _event(schedule, shift, f"NOBODY on call ({schedule.name})", now)


def _of_person(roster: Roster, handle: str, now: datetime) -> Iterator[Event]:
    for schedule in roster.schedules:
        for shift in _shifts(schedule, now):
            if handle in shift.people:
                yield _event(schedule, shift, f"On call ({schedule.name})", now)


def _shifts(schedule: Schedule, now: datetime) -> list[Shift]:
    return shifts(schedule, now - BACK, now + AHEAD, MOST_SHIFTS)


def _calendar(title: str, events: Iterator[Event], now: datetime) -> bytes:
    from icalendar import Calendar, vText  # it takes long to load, and nobody waits for a feed

    calendar = Calendar()
    head: dict[str, Any] = {
        "prodid": "-//Tocsin//On call//EN",
        "version": "2.0",
        "method": "PUBLISH",
        "x-wr-calname": vText(title),  # the library escapes by itself only what the standard knows
        "x-published-ttl": "PT1H",
    }
    for name, value in head.items():
        calendar.add(name, value)
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(schedule: Schedule, shift: Shift, summary: str, now: datetime) -> Event:
    """One shift. Its uid stays the same as long as its begin and its people do; a shift without end is cut."""
    begins, ends = shift.since or now - BACK, shift.until or now + AHEAD
    from icalendar import Event  # same

    event = Event()
    people = "+".join(shift.people) or "nobody"
    event.add("uid", f"{begins:%Y%m%dT%H%M%SZ}-{people}-{schedule.name}@tocsin")
    event.add("summary", summary)
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("dtstamp", now)
    event.add("transp", "TRANSPARENT")
    event.add("description", shift.why)
    return event


def _named(roster: Roster, handle: str) -> str:
    person = roster.person(handle)
    return person.name if person else handle
