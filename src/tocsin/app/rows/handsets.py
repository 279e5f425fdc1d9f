"""What people carry and are woken by: the built-in phone, and the browsers in which they said "Wake me here"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tocsin.app.rows.records import PhoneMessage


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A browser that takes notifications for a person, and how it went last.

    ``endpoint`` is where its push service takes them, ``key`` and ``auth`` are what they are encrypted for (base64url,
    RFC 8291): whoever has all three can send to it, so they are shown to nobody. ``taken_at`` is when its push service
    last took one, ``shown_at`` when the browser last said that it shows one; ``failed_at`` and ``error`` are empty
    once one was taken.
    """

    id: str
    person: str
    name: str
    endpoint: str = field(repr=False)
    key: str = field(repr=False)
    auth: str = field(repr=False)
    made_at: datetime
    taken_at: datetime | None = None
    shown_at: datetime | None = None
    failed_at: datetime | None = None
    error: str = ""


class PhoneInbox(Protocol):
    """The built-in phone's messages."""

    def ring(self, message: PhoneMessage) -> None:
        """Keep a message; the same id again changes nothing."""
        ...

    def messages(self, person: str | None, limit: int) -> Sequence[PhoneMessage]:
        """Messages of one person or of all, newest first."""
        ...

    def see(self, id: str, at: datetime) -> PhoneMessage | None:
        """Mark a message as seen on the screen; gives it back the first time, None when seen before or unknown."""
        ...

    def forget(self, person: str) -> int:
        """Remove all messages of a person; how many."""
        ...

    def stop(self, incident_id: str) -> int:
        """Stop all ringing for an incident."""
        ...


class PushDevices(Protocol):
    """The browsers that take notifications."""

    def save(self, device: PushDevice) -> None:
        """Insert a device, or replace the one of that id."""
        ...

    def of(self, person: str) -> Sequence[PushDevice]:
        """A person's devices, oldest first."""
        ...

    def all(self) -> Sequence[PushDevice]:
        """Everybody's devices, oldest first."""
        ...

    def taken(self, id: str, at: datetime) -> None:
        """Its push service took a notification: what went wrong before is over."""
        ...

    def shown(self, id: str, at: datetime) -> None:
        """The browser says that it shows one."""
        ...

    def failed(self, id: str, at: datetime, error: str) -> None:
        """Its push service did not take one."""
        ...

    def remove(self, id: str) -> bool:
        """Forget a device. False when there is none of that id."""
        ...
