"""The hours in which a length counts, said ahead of it or behind it: "in business hours: 4 h", "4 h (office hours)"."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.grammar import any_of, ending, pattern
from tocsin.runbook.words import one_of, vocabulary


def is_said_ahead(before: str, *, first: bool) -> bool:
    """Whether a length stands behind the hours in which it counts: "in business hours: 4 h", "工作时间内1小时".

    Those that stand right behind the length before, unless it is the ``first``, are of that one.
    """
    hours = _right_ahead().search(before)
    if hours is None or _but_not().search(before[: hours.start()]):
        return False
    return first or _SIGN.search(before[: hours.start()]) is not None


def is_said_behind(after: str) -> bool:
    """Whether some text behind a length says that it counts in business hours, and not that the next one does."""
    hours = _hours().search(after)
    if hours is None or _but_not().search(after[: hours.start()]) or _not_these().match(after, hours.end()):
        return False
    following = re.search(r"\d", after[hours.end() :])
    ahead = following and _right_ahead().search(after[: hours.end() + following.start()])
    return not ahead or _SIGN.search(after[: ahead.start()]) is None


def names_hours(label: str) -> bool:
    """Whether a label before a length says in which hours it counts: "Business hours: 4 h"."""
    return _hours().search(label) is not None


_SIGN = re.compile(r"[,;/|·、，；。(（\n]")


@cache
def _hours() -> re.Pattern[str]:
    return re.compile(one_of(vocabulary().durations["business_hours"]), re.IGNORECASE)


@cache
def _right_ahead() -> re.Pattern[str]:
    """The words for business hours right before a length, on its side of any comma or bracket."""
    beside = any_of("deadline", "deadline_behind", "beside_time", "after", "beside_hours")
    hours = one_of(vocabulary().durations["business_hours"])
    return re.compile(rf"{hours}(?:[^\w,;/|·、，；。)）\n]|{beside})*$", re.IGNORECASE)


@pattern
def _but_not() -> str:
    """Before the words for business hours where it is just not those: "outside of the business hours"."""
    return rf"{any_of('outside_hours')}\s*[\w']*\s*$"


@pattern
def _not_these() -> str:
    """The same behind them."""
    return rf"\s*{ending('outside_hours_behind')}"
