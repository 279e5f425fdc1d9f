"""The browsers that take notifications, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.handsets import PushDevice


class MemoryPushDevices:
    """The browsers that take notifications."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, device: PushDevice) -> None:
        """Insert a device, or replace the one of that id."""
        self._tables.require_storable(device.id, device.person, device.name, device.endpoint, device.key, device.auth)
        self._tables.devices.change()[device.id] = device

    def of(self, person: str) -> Sequence[PushDevice]:
        """A person's devices, oldest first."""
        return [one for one in self.all() if one.person == person]

    def all(self) -> Sequence[PushDevice]:
        """Everybody's devices, oldest first."""
        return sorted(self._tables.devices.rows.values(), key=lambda one: (one.made_at, one.id))

    def taken(self, id: str, at: datetime) -> None:
        """Its push service took a notification: what went wrong before is over."""
        self._change(id, taken_at=at, failed_at=None, error="")

    def shown(self, id: str, at: datetime) -> None:
        """The browser says that it shows one."""
        self._change(id, shown_at=at)

    def failed(self, id: str, at: datetime, error: str) -> None:
        """Its push service did not take one."""
        self._tables.require_storable(error)
        self._change(id, failed_at=at, error=error)

    def remove(self, id: str) -> bool:
        """Forget a device. False when there is none of that id."""
        return self._tables.devices.change().pop(id, None) is not None

    def _change(self, id: str, **changes: Any) -> None:
        rows = self._tables.devices.change()
        if id in rows:
            rows[id] = replace(rows[id], **changes)
