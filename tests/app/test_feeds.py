"""Calendar feeds: what a calendar program reads, and who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import icalendar
import pytest

from tests.app.test_rota import ANA, DAY, HOUR, MONDAY, PHONE, ROSTER, Office
from tocsin.app.access import Role
from tocsin.app.paging.feeds import PERSON, SCHEDULE, Feeds
from tocsin.app.rows.records import User
from tocsin.errors import NotAllowed, NotFound
from tocsin.oncall.people import Person
from tocsin.oncall.rotation import Rotation
from tocsin.oncall.schedule import Schedule


def feeds(office: Office) -> Feeds:
    """The feeds of an office."""
    return Feeds(office.rota, office.clock, b"secret", "https://tocsin.example.com/")


def read(body: bytes) -> list[icalendar.Event]:
    """The events of a calendar, as a program of somebody else reads them."""
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


def test_a_schedules_feed_is_its_shifts_with_the_overrides() -> None:
    """Each shift is an event of the right instants; an override cuts the shift that it lies in."""
    office = Office()
    office.rota.override(ANA, "primary", ["bo"], MONDAY + HOUR, MONDAY + 2 * HOUR)
    events = read(feeds(office).calendar(feeds(office).token(SCHEDULE, "primary")))
    told = [(str(one["summary"]), one["dtstart"].dt, one["dtend"].dt) for one in events]
    assert ("Bo on call (primary)", MONDAY + HOUR, MONDAY + 2 * HOUR) in told
    assert ("Ana on call (primary)", MONDAY, MONDAY + HOUR) in told
    assert ("Ana on call (primary)", MONDAY + 2 * HOUR, MONDAY + 7 * DAY) in told
    assert len({str(one["uid"]) for one in events}) == len(events) > 10


def test_a_persons_feed_is_their_own_shifts_of_all_schedules() -> None:
    """Only the shifts of that person, whatever the schedule."""
    second = Schedule("second", "UTC", (Rotation(("bo", "ana"), date(2026, 3, 2)),))
    office = Office(replace(ROSTER, schedules=(*ROSTER.schedules, second)))
    events = read(feeds(office).calendar(feeds(office).token(PERSON, "ana")))
    told = {(str(one["summary"]), one["dtstart"].dt) for one in events}
    assert ("On call (primary)", MONDAY) in told
    assert ("On call (second)", MONDAY + 7 * DAY) in told
    assert ("On call (second)", MONDAY) not in told


def test_a_gap_is_an_event_and_a_name_cannot_break_the_calendar() -> None:
    """Nobody overlooks a gap; line breaks and commas of a name stay within their property."""
    odd = (Person("ana", "Ana, the\r\nEND:VEVENT one", PHONE),)
    late = Schedule("late", "UTC", (Rotation(("ana",), date(2026, 3, 4)),))
    office = Office(replace(ROSTER, people=odd, schedules=(late,)))
    events = read(feeds(office).calendar(feeds(office).token(SCHEDULE, "late")))
    assert [str(one["summary"])[:6] for one in events] == ["NOBODY", "Ana, t"]
    assert events[1]["dtend"].dt - MONDAY == timedelta(days=92)


def test_a_calendars_own_name_is_escaped_and_folded() -> None:
    """Commas, semicolons and backslashes of a name are text of it, and no line is longer than 75 octets (RFC 5545)."""
    name = "Ana; the \\ first, " + "ü" * 99
    office = Office(replace(ROSTER, people=(Person("ana", name, PHONE),)))
    body = feeds(office).calendar(feeds(office).token(PERSON, "ana"))
    assert b"X-WR-CALNAME:On call: Ana\\; the \\\\ first\\, \xc3\xbc" in body
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))


@pytest.mark.parametrize("change", [lambda t: t[1:], lambda t: "x" + t, lambda _: "", lambda _: "ä.ö"])
def test_an_altered_address_shows_nothing(change: Callable[[str], str]) -> None:
    """The signature covers kind and name."""
    office = Office()
    token = feeds(office).token(SCHEDULE, "primary")
    with pytest.raises(NotAllowed):
        feeds(office).calendar(change(token))


def test_a_feed_ends_with_its_schedule_or_its_persons_account() -> None:
    """What is gone has no calendar, and no address is made for what never was."""
    office = Office()
    made = feeds(office)
    with pytest.raises(NotFound):
        made.address(ANA, SCHEDULE, "nights")
    with pytest.raises(NotAllowed):
        made.calendar(made.token(SCHEDULE, "nights"))
    assert made.address(ANA, PERSON, "ana").startswith("https://tocsin.example.com/oncall/feed/")
    with office.store.transact() as tx:
        tx.accounts.save_user(User("ana", "Ana", Role.RESPONDER, "x", disabled=True, created_at=MONDAY))
    with pytest.raises(NotAllowed):
        made.calendar(made.token(PERSON, "ana"))
