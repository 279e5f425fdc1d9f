"""Times and spans as people write them on the command line."""

from __future__ import annotations

from datetime import datetime, timedelta

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
