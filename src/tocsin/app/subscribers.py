"""What is kept of people outside who asked to hear each public update by mail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

OUTLET = "subscriber:"
"""Begins the outlet of a mail to a subscriber; their id follows. An address would stay in the outbox for ever."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody who hears public updates, or has asked to. Their address is folded: it is there once.

    ``components`` are the keys of what they hear about, ``wanted`` of what they asked for last: a stranger who writes
    somebody's address into a form changes nothing of what that person gets. Empty: everything. ``origin`` says how they
    came. ``asked_at`` is their newest wish, of which a mail asks whether it is theirs; ``mail_at`` is when that mail
    may be sent, None when there is none to send; claiming one moves it into the future.
    """

    id: str
    address: str
    origin: str
    asked_at: datetime
    wanted: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    confirmed_at: datetime | None = None
    mail_at: datetime | None = None
    attempts: int = 0

    @property
    def outlet(self) -> str:
        """Where a mail to them goes, in the outbox."""
        return f"{OUTLET}{self.id}"

    def hears(self, components: Collection[str]) -> bool:
        """Whether they hear of what touches these components; of what names none everybody hears."""
        return not self.components or not components or any(key in components for key in self.components)


class Subscribers(Protocol):
    """The subscribers in a store."""

    def ask(self, subscriber: Subscriber) -> None:
        """Insert, or replace the wish of the one with that id; what was confirmed stays as it is.

        Raises Conflict when the address is another's.
        """
        ...

    def get(self, id: str) -> Subscriber | None:
        """One of them."""
        ...

    def of_address(self, address: str) -> Subscriber | None:
        """The one with this address, as it is kept."""
        ...

    def remove(self, id: str) -> bool:
        """Forget one; false when there is none."""
        ...

    def confirm(self, id: str, asked_at: datetime, at: datetime) -> bool:
        """Their newest wish is theirs: they hear what they wanted. False when this wish is not the newest."""
        ...

    def claim(self, now: datetime, until: datetime) -> Subscriber | None:
        """Take the one whose mail has waited longest; it comes again at ``until`` unless ``mail`` says otherwise.

        No two callers get the same one before then. None: no mail is due.
        """
        ...

    def mail(self, id: str, asked_at: datetime, at: datetime | None) -> None:
        """When the mail about this wish may be sent again; None: it was sent. A newer wish has a mail of its own."""
        ...

    def confirmed(self, until: datetime, after: str, limit: int) -> Sequence[Subscriber]:
        """Those who confirmed at or before an instant and whose id follows ``after``, by id."""
        ...

    def listed(self, after: str, limit: int) -> Sequence[Subscriber]:
        """All whose address follows ``after``, by address."""
        ...

    def waiting(self) -> int:
        """How many have asked and never confirmed."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove those who asked last before an instant and never confirmed; how many."""
        ...
