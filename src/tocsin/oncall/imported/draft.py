"""What a schedule from elsewhere means, in the words that all sources share. Pure.

Each source says who is on call by items on levels: the highest level that has somebody decides, and all of that level
are on call together. ``place`` is where in the source it is said: a JSON path, or a line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.oncall.rotation import Rotation

OVERRIDES = 1_000_000
"""The level of what goes before everything else."""


@dataclass(frozen=True, slots=True)
class Recurring:
    """Turns that go on, as a rotation of ours."""

    rotation: Rotation
    level: int
    place: str


@dataclass(frozen=True, slots=True)
class Once:
    """People (handles) from ``since`` to ``until`` (UTC, open at the end), one time."""

    people: tuple[str, ...]
    since: datetime
    until: datetime
    level: int
    place: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Skip:
    """The recurring item of that number (from 0) does not hold from ``since`` to ``until`` (UTC, open at the end)."""

    of: int
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person has to know. ``lost``: it is not in the result, so the result is not what the source says."""

    place: str
    says: str
    lost: bool = False


@dataclass(slots=True)
class Draft:
    """One schedule while it is being read."""

    name: str
    zone: str
    recurring: list[Recurring] = field(default_factory=list)
    once: list[Once] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def lost(self, place: str, says: str) -> None:
        """Remember what cannot be said here."""
        self.remarks.append(Remark(place, says, lost=True))

    def noted(self, place: str, says: str) -> None:
        """Remember what a person should look at."""
        self.remarks.append(Remark(place, says))
