"""Which steps a maintainer has enabled, in SQL."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.adapters.database.instants import instant, micros
from tocsin.adapters.database.session import Insertion, Session, replacing
from tocsin.app.rows.records import EnabledStep

_COLUMNS = (
    ("service", "text"),
    ("step", "text"),
    ("command_hash", "text"),
    ("enabled_by", "text"),
    ("enabled_at", "bigint"),
)
ENABLE = Insertion("enabled_steps", _COLUMNS, replacing("service, step", _COLUMNS))


class SqlStepPermissions:
    """Which steps a maintainer has enabled, by content."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def enable(self, step: EnabledStep) -> None:
        """Insert or replace the permission of (service, step)."""
        row = (step.service, step.step, step.command_hash, step.enabled_by, micros(step.enabled_at))
        self._session.insert(ENABLE, [row])

    def disable(self, service: str, step: str) -> bool:
        """Take it back."""
        return self._session.change("DELETE FROM enabled_steps WHERE service = ? AND step = ?", service, step) == 1

    def enabled(self, service: str) -> Mapping[str, EnabledStep]:
        """The permissions of a service by step id."""
        sql = f"SELECT {ENABLE.names} FROM enabled_steps WHERE service = ? ORDER BY step"  # noqa: S608 - our columns
        return {
            step: EnabledStep(of, step, command_hash, by, instant(at))
            for of, step, command_hash, by, at in self._session.rows(sql, service)
        }
