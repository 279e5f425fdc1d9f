"""What every statement of a document has: the lines where it stands, and the times that it gives."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Lines(NamedTuple):
    """First and last line in the document, 1-based, both included."""

    first: int
    last: int


class DurationKind(StrEnum):
    """How a stated span is to be counted."""

    ELAPSED = "elapsed"
    IMMEDIATE = "immediate"
    BUSINESS = "business"  # business days or hours: needs a calendar before it is an instant
    BEST_EFFORT = "best_effort"


class WorkingUnit(StrEnum):
    """What a span of kind business is counted in: hours in which somebody works, or days on which somebody does."""

    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Duration:
    """A span as the document states it.

    ``seconds`` is None when the words name no length ("best effort"); "Immediate" is 0, a business day 86,400. A range
    keeps its upper end. ``text`` is the document's own words. ``unit``: of kind business only, where a length is named
    or the next day on which somebody works.
    """

    seconds: int | None
    text: str
    kind: DurationKind = DurationKind.ELAPSED
    lines: Lines | None = None
    unit: WorkingUnit | None = None


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The hours that count as working time, in the wall-clock time of ``zone``.

    ``days``: 0 is Monday. ``since`` and ``until``: "09:00", open at the end. ``zone``: a name like Europe/Berlin; None
    when the document names none.
    """

    days: tuple[int, ...]
    since: str
    until: str
    zone: str | None
    text: str
    lines: Lines
