"""What is kept of test pages: one row for each page to a person by one of their ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

PREFIX = "test/"
"""What the name of a test page begins with; no incident has such a name."""


class WayTestState(StrEnum):
    """How far a test page came on our side."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WayTest:
    """One test page. ``next_at`` is when it may be sent, or sent again; claiming one moves it into the future.

    ``text`` is empty for a test page; what has one tells the maintainer who did not confirm. ``received_at`` is when a
    provider or the device reported it, ``confirmed_at`` when the person did.
    """

    id: str
    person: str
    way: str
    round_at: datetime
    next_at: datetime
    state: WayTestState = WayTestState.WAITING
    attempts: int = 0
    sent_at: datetime | None = None
    received_at: datetime | None = None
    confirmed_at: datetime | None = None
    error: str = ""
    text: str = ""


class WayTests(Protocol):
    """The test pages in a store."""

    def add(self, tests: Sequence[WayTest]) -> int:
        """Keep those whose id is not there yet; how many."""
        ...

    def claim(self, now: datetime, until: datetime) -> WayTest | None:
        """Take the one that has waited longest; it comes again at ``until`` unless it is settled. None: none is due.

        No two callers get the same one before then.
        """
        ...

    def settle(self, id: str, state: WayTestState, at: datetime, error: str = "") -> None:
        """How it went: sent or failed at this instant, or waiting until then."""
        ...

    def received(self, id: str, at: datetime) -> bool:
        """It reached the device. False when it is unknown or this was known."""
        ...

    def confirm(self, id: str, at: datetime) -> bool:
        """The person has confirmed it. False when it is unknown or was confirmed already."""
        ...

    def get(self, id: str) -> WayTest | None:
        """One test page."""
        ...

    def since(self, at: datetime) -> Sequence[WayTest]:
        """Those of rounds at or after an instant, oldest round first, then by id."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove those of rounds before an instant; how many."""
        ...
