"""Texts by their content hash, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin.adapters.database.instants import instant, micros, micros_or_none
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

    def set_current(
        self, service: str, playbook: str, plan: str, at: datetime, *, instead_of: str | None = None
    ) -> None:
        """Say which playbook and plan new incidents of a service pin, and what they took over from."""
        self._session.change(
            "INSERT INTO current_texts (service, playbook, plan, at, instead_of, since) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (service) DO UPDATE SET playbook = excluded.playbook, plan = excluded.plan, "
            "at = excluded.at, instead_of = COALESCE(excluded.instead_of, current_texts.instead_of), "
            "since = COALESCE(excluded.since, current_texts.since)",
            service,
            playbook,
            plan,
            micros(at),
            instead_of,
            micros_or_none(at if instead_of is not None else None),
        )

    def current(self) -> Mapping[str, tuple[str, str]]:
        """By service: the ids of its present playbook and plan."""
        rows = self._session.rows("SELECT service, playbook, plan FROM current_texts ORDER BY service")
        return {service: (playbook, plan) for service, playbook, plan in rows}

    def replaced(self, service: str) -> tuple[str, datetime] | None:
        """The playbook that the present one took over from, and when; None while it is the first."""
        row = self._session.row("SELECT instead_of, since FROM current_texts WHERE service = ?", service)
        return None if row is None or row[0] is None else (row[0], instant(row[1]))
