"""Texts by their content hash, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin.adapters.database.instants import micros
from tocsin.adapters.database.session import Session


class SqlLibrary:
    """Texts by their content hash."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, kind: str, id: str, body: bytes) -> None:
        """Keep a text; putting the same again changes nothing."""
        sql = "INSERT INTO texts (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO NOTHING"
        self._session.change(sql, kind, id, bytes(body))

    def get(self, kind: str, id: str) -> bytes | None:
        """The text of that hash."""
        row = self._session.row("SELECT body FROM texts WHERE kind = ? AND id = ?", kind, id)
        return None if row is None else bytes(row[0])

    def set_current(self, service: str, playbook: str, plan: str, at: datetime) -> None:
        """Say which playbook and plan new incidents of a service pin."""
        self._session.change(
            "INSERT INTO current_texts (service, playbook, plan, at) VALUES (?, ?, ?, ?) ON CONFLICT (service) "
            "DO UPDATE SET playbook = excluded.playbook, plan = excluded.plan, at = excluded.at",
            service,
            playbook,
            plan,
            micros(at),
        )

    def current(self) -> Mapping[str, tuple[str, str]]:
        """By service: the ids of its present playbook and plan."""
        rows = self._session.rows("SELECT service, playbook, plan FROM current_texts ORDER BY service")
        return {service: (playbook, plan) for service, playbook, plan in rows}
