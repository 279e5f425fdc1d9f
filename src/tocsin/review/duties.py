"""Recurring duties that a runbook names: when each is due next, and whether it is overdue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tocsin.review.months import add_months
from tocsin.review.vocabulary import words_of
from tocsin.runbook.playbook import Duty

_DAYS = {"daily": 1, "every day": 1, "weekly": 7, "every week": 7, "biweekly": 14, "fortnightly": 14}
_MONTHS = {
    "monthly": 1,
    "every month": 1,
    "bimonthly": 2,
    "quarterly": 3,
    "every quarter": 3,
    "semiannually": 6,
    "biannually": 6,
    "half yearly": 6,
    "twice a year": 6,
    "annually": 12,
    "annual": 12,
    "yearly": 12,
    "every year": 12,
}
_EVERY = re.compile(r"^(?:every )?(\d{1,3}) (day|week|month|year)s?$")


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """Where a duty stands on a day. ``due_on`` is None when the text says no rhythm we can count."""

    duty: Duty
    last_done: date | None
    due_on: date | None
    today: date

    @property
    def is_overdue(self) -> bool:
        """Its day has passed; on the day itself there is still time."""
        return self.due_on is not None and self.due_on < self.today

    @property
    def days_left(self) -> int | None:
        """Days until it is due; negative when overdue."""
        return None if self.due_on is None else (self.due_on - self.today).days


def standing(duty: Duty, *, last_done: date | None, since: date, today: date) -> DutyStanding:
    """Where a duty stands. One that was never done is counted from ``since``, the day the runbook was taken up."""
    return DutyStanding(duty, last_done, next_due(duty.every, last_done or since), today)


def next_due(every: str | None, after: date) -> date | None:
    """The day a duty is due next, one period after ``after``; months keep their day where they have it.

    >>> next_due("quarterly", date(2026, 11, 30)), next_due("every 2 weeks", date(2026, 1, 1)), next_due(None, date.min)
    (datetime.date(2027, 2, 28), datetime.date(2026, 1, 15), None)
    """
    words = words_of(every or "")
    if words in _DAYS:
        return after + timedelta(days=_DAYS[words])
    if words in _MONTHS:
        return add_months(after, _MONTHS[words])
    found = _EVERY.match(words)
    if found is None or not int(found.group(1)):
        return None
    number, unit = int(found.group(1)), found.group(2)
    if unit in ("day", "week"):
        return after + timedelta(days=number * (7 if unit == "week" else 1))
    return add_months(after, number * (12 if unit == "year" else 1))
