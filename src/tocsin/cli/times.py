"""Times and spans as people write them on the command line."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tocsin.clock import SystemClock
from tocsin.errors import BadInput
from tocsin.runbook.answers.spans import span

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def span_of(text: str) -> timedelta:
    """What `--for` says. Raises BadInput."""
    try:
        return span(text)
    except ValueError as error:
        raise BadInput(f"--for {text}: {error}") from error


def seconds_of(text: str | None) -> int | None:
    """The same in seconds, for the server to count by its own clock; None where it is not said. Raises BadInput."""
    return round(span_of(text).total_seconds()) if text else None


def past(text: str | None, now: datetime | None = None) -> str | None:
    """The same for what has been: a time of the day is the last such one, that of a weekday the last such day's.

    Raises BadInput.

    >>> tuesday = datetime(2026, 11, 24, 9).astimezone()
    >>> [past(one, tuesday)[:16] for one in ("08:40", "23:10", "Sat 03:00", "Tue 09:30", "2026-11-01 12:00")]
    ['2026-11-24T08:40', '2026-11-23T23:10', '2026-11-21T03:00', '2026-11-17T09:30', '2026-11-01T12:00']
    """
    day, _, clock = (text or "").strip().rpartition(" ")
    named = day[:3].casefold()
    now = now or SystemClock().now().astimezone()
    try:
        if "-" in clock or (day and named not in _DAYS):
            return instant(text)
        at = datetime.combine(now.date(), time.fromisoformat(clock))
    except ValueError:
        return instant(text)
    back = (now.weekday() - _DAYS.index(named)) % 7 if day else 0
    if (at - timedelta(days=back)).astimezone() > now:
        back += 7 if day else 1
    return (at - timedelta(days=back)).astimezone().isoformat()


def whole_day(text: str | None) -> str | None:
    """A day without a time, which the server takes in the zone of the team; None for anything else.

    >>> whole_day("2026-11-01"), whole_day("2026-11-01 12:00"), whole_day("Sat 03:00")
    ('2026-11-01', None, None)
    """
    try:
        return date.fromisoformat((text or "").strip()).isoformat()
    except ValueError:
        return None


def instant(text: str | None) -> str | None:
    """A time as people write it, with its offset: that of this machine unless it has one of its own.

    Raises BadInput for what is none.
    """
    if not text:
        return None
    day, _, clock = text.strip().partition(" ")
    try:
        if day[:3].casefold() in _DAYS and clock:
            now = SystemClock().now().astimezone()
            ahead = (_DAYS.index(day[:3].casefold()) - now.weekday()) % 7
            text = f"{now.date() + timedelta(days=ahead)} {clock}"
            if datetime.fromisoformat(text).astimezone() < now:
                text = f"{now.date() + timedelta(days=ahead + 7)} {clock}"
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        raise BadInput(f'{text!r} is no time; write "Sat 03:00", "2026-01-10 03:00" or 2026-01-10T03:00Z') from None
