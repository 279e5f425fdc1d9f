"""Recurring duties over time: the key by which one is known, and when it is next due after it was last done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.review.months import add_months
from tocsin.runbook.identity import slug

LONGEST_KEY = 100
"""Characters of a key: it stands in addresses."""
_DIGEST = 12

_DAYS: Mapping[str | None, int] = {"daily": 1, "weekly": 7, "biweekly": 14}
_MONTHS: Mapping[str | None, int] = {"monthly": 1, "quarterly": 3, "semiannually": 6, "annually": 12}

RHYTHMS = frozenset(_DAYS.keys() | _MONTHS.keys())
"""The words of ``Duty.every`` after which something is due again; "continuously" and a table's own words are none."""


@dataclass(frozen=True, slots=True)
class Due:
    """The last day on which a duty is in time, in the team's zone, and the instant in UTC at which that day is over.

    It is overdue from that instant on.
    """

    on: date
    over_at: datetime


def key_of(title: str) -> str:
    """The key of a duty: the words of its title, whatever stands between them, so that it may move in the document.

    Other words are another duty. What is too long for an address ends in a digest of all its words.

    >>> key_of("Test rollback procedures, monthly.")
    'test-rollback-procedures-monthly'
    """
    key = slug(title)
    if len(key) <= LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:_DIGEST]
    return f"{key[: LONGEST_KEY - _DIGEST - 1]}-{digest}"


def next_due(every: str | None, done_at: datetime, zone: ZoneInfo) -> Due | None:
    """When a duty is next due that was last done at an instant; None for a rhythm that sets no day.

    What counts is the day on which it was done by the clocks of the ``zone``, not the hour: the next time is due by the
    end of the day that many calendar days, months, quarters or years later. A month is a calendar month: what was done
    on the 31st is due on the last day of a shorter one, and what was done on the 29th of February a year later on the
    28th. The end of a day is the first instant of the next one, also where clocks are put forward or back on it.
    Nothing is counted from a calendar's own beginnings: "quarterly" is three months after the last time.

    >>> next_due("monthly", datetime(2026, 1, 31, 15, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    Due(on=datetime.date(2026, 2, 28), over_at=datetime.datetime(2026, 2, 28, 23, 0, tzinfo=datetime.timezone.utc))
    """
    day = done_at.astimezone(zone).date()
    if every not in RHYTHMS:
        return None
    due = add_months(day, _MONTHS[every]) if every in _MONTHS else day + timedelta(days=_DAYS[every])
    # At a midnight that the clocks leap over, fold 0 has the offset from before: it is the instant of the leap.
    return Due(due, datetime.combine(due + timedelta(days=1), time(), zone).astimezone(UTC))
