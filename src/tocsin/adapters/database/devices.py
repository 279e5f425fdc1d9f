"""The browsers that take notifications, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session, replacing
from tocsin.app.rows.handsets import PushDevice

_DEVICE = (
    ("id", "text"),
    ("person", "text"),
    ("name", "text"),
    ("endpoint", "text"),
    ("key", "text"),
    ("auth", "text"),
    ("made_at", "bigint"),
    ("taken_at", "bigint"),
    ("shown_at", "bigint"),
    ("failed_at", "bigint"),
    ("error", "text"),
)
SAVE = Insertion("push_devices", _DEVICE, replacing("id", _DEVICE))
_SELECT = f"SELECT {SAVE.names} FROM push_devices"  # noqa: S608 - names of our own columns
_OLDEST = "ORDER BY made_at, id"


class SqlPushDevices:
    """The browsers that take notifications."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, device: PushDevice) -> None:
        """Insert a device, or replace the one of that id."""
        texts = (device.id, device.person, device.name, device.endpoint, device.key, device.auth)
        ends = (micros_or_none(at) for at in (device.taken_at, device.shown_at, device.failed_at))
        self._session.insert(SAVE, [(*texts, micros(device.made_at), *ends, device.error)])

    def of(self, person: str) -> Sequence[PushDevice]:
        """A person's devices, oldest first."""
        return [_device(row) for row in self._session.rows(f"{_SELECT} WHERE person = ? {_OLDEST}", person)]

    def all(self) -> Sequence[PushDevice]:
        """Everybody's devices, oldest first."""
        return [_device(row) for row in self._session.rows(f"{_SELECT} {_OLDEST}")]

    def taken(self, id: str, at: datetime) -> None:
        """Its push service took a notification: what went wrong before is over."""
        sql = "UPDATE push_devices SET taken_at = ?, failed_at = NULL, error = '' WHERE id = ?"
        self._session.change(sql, micros(at), id)

    def shown(self, id: str, at: datetime) -> None:
        """The browser says that it shows one."""
        self._session.change("UPDATE push_devices SET shown_at = ? WHERE id = ?", micros(at), id)

    def failed(self, id: str, at: datetime, error: str) -> None:
        """Its push service did not take one."""
        self._session.change("UPDATE push_devices SET failed_at = ?, error = ? WHERE id = ?", micros(at), error, id)

    def remove(self, id: str) -> bool:
        """Forget a device. False when there is none of that id."""
        return self._session.change("DELETE FROM push_devices WHERE id = ?", id) == 1


def _device(row: Row) -> PushDevice:
    id, person, name, endpoint, key, auth, made_at, taken_at, shown_at, failed_at, error = row
    taken, shown, failed = instant_or_none(taken_at), instant_or_none(shown_at), instant_or_none(failed_at)
    return PushDevice(id, person, name, endpoint, key, auth, instant(made_at), taken, shown, failed, error)
