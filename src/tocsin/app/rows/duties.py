"""What is kept of recurring duties: one row for each time that somebody has done one. They are never removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """One time that a duty was done, and when that was said.

    ``duty`` is its key (``review/duties.py``), ``title`` what the runbook called it on that day.
    """

    id: str
    service: str
    duty: str
    title: str
    done_at: datetime
    by: str
    note: str
    recorded_at: datetime


class DutyRecords(Protocol):
    """What was done of the duties, in a store."""

    def save(self, record: DutyRecord) -> None:
        """Keep a record, in the place of the one with its id."""
        ...

    def newest(self) -> Sequence[DutyRecord]:
        """Of each duty of each service the one that was done last, by service and duty."""
        ...

    def of(self, service: str, duty: str, limit: int) -> Sequence[DutyRecord]:
        """The records of one duty, the one that was done last first."""
        ...

    def between(self, service: str, duty: str, first: datetime, last: datetime) -> Sequence[DutyRecord]:
        """Those of one duty that were done from ``first`` to ``last``, both included; the one done last first."""
        ...
