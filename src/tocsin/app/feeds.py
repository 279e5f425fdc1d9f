"""Calendar feeds (RFC 5545) of schedules and of people, at signed addresses that calendar programs can poll.

A feed's address is a secret that does not end by itself: whoever holds it sees who is on call, and nothing else. It
ends with its schedule, with its person's place on the roster or account, and for all feeds with the signing secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from tocsin.app.access import Caller, Permission
from tocsin.app.rota import Rota
from tocsin.clock import Clock
from tocsin.errors import NotAllowed, NotFound
from tocsin.oncall.roster import Roster
from tocsin.oncall.schedule import Schedule, Shift, shifts

BACK, AHEAD = timedelta(days=14), timedelta(days=92)
MOST_SHIFTS = 1500
SCHEDULE, PERSON = "schedule", "person"
ENDED = "this feed is not one of ours, or has ended; copy its address anew from the page On call"


@dataclass(frozen=True, slots=True)
class Feeds:
    """Makes the addresses of feeds, and the calendars behind them."""

    rota: Rota
    clock: Clock
    secret: bytes
    base_url: str

    def address(self, caller: Caller, kind: str, name: str) -> str:
        """The address of a schedule's or a person's feed. Raises NotFound for one that does not exist."""
        caller.require(Permission.READ)
        roster = self.rota.roster()
        if not _exists(roster, kind, name):
            raise NotFound(f"there is no {kind} {name!r} to make a calendar of")
        return f"{self.base_url.rstrip('/')}/oncall/feed/{self.token(kind, name)}"

    def token(self, kind: str, name: str) -> str:
        """The signed part of the address."""
        body = f"{kind}|{name}".encode()
        return f"{_text(body)}.{_text(self._signature(body))}"

    def calendar(self, token: str) -> bytes:
        """The calendar behind an address. Raises NotAllowed when it was altered or has ended."""
        body_text, _, signature = token.partition(".")
        body = _bytes(body_text)
        if not body or not hmac.compare_digest(self._signature(body), _bytes(signature)):
            raise NotAllowed(ENDED)
        kind, _, name = body.decode().partition("|")
        now = self.clock.now()
        roster = self.rota.roster(now - BACK)
        if not _exists(roster, kind, name):
            raise NotAllowed(ENDED)
        if kind == SCHEDULE:
            return _calendar(f"On call: {name}", _of_schedule(roster, name, now), now)
        return _calendar(f"On call: {_named(roster, name)}", _of_person(roster, name, now), now)

    def _signature(self, body: bytes) -> bytes:
        return hmac.new(self.secret, b"calendar-feed:" + body, hashlib.sha256).digest()[:16]


def _exists(roster: Roster, kind: str, name: str) -> bool:
    if kind == SCHEDULE:
        return roster.schedule(name) is not None
    person = roster.person(name) if kind == PERSON else None
    return person is not None and not person.disabled


def _of_schedule(roster: Roster, name: str, now: datetime) -> Iterator[Event]:
    """Every shift, and the gaps: nobody overlooks them in a calendar."""
    schedule = roster.schedule(name)
    assert schedule is not None
    for shift in _shifts(schedule, now):
        if shift.people:
            who = ", ".join(_named(roster, handle) for handle in shift.people)
            yield _event(schedule, shift, f"{who} on call ({name})", now)
        elif not shift.declared:
            yield _event(schedule, shift, f"NOBODY on call ({name})", now)


def _of_person(roster: Roster, handle: str, now: datetime) -> Iterator[Event]:
    for schedule in roster.schedules:
        for shift in _shifts(schedule, now):
            if handle in shift.people:
                yield _event(schedule, shift, f"On call ({schedule.name})", now)


def _shifts(schedule: Schedule, now: datetime) -> list[Shift]:
    return shifts(schedule, now - BACK, now + AHEAD, MOST_SHIFTS)


def _calendar(title: str, events: Iterator[Event], now: datetime) -> bytes:
    calendar = Calendar()
    head: dict[str, Any] = {
        "prodid": "-//Tocsin//On call//EN",
        "version": "2.0",
        "method": "PUBLISH",
        "x-wr-calname": title,
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


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError):
        return b""
