"""Small values of the installation, in SQL."""

from __future__ import annotations

from tocsin.adapters.database.session import Session


class SqlKeep:
    """Small values of the installation."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, name: str) -> str | None:
        """The value."""
        row = self._session.row("SELECT value FROM keep WHERE name = ?", name)
        return None if row is None else str(row[0])

    def put(self, name: str, value: str) -> None:
        """Insert or replace the value."""
        sql = "INSERT INTO keep (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        self._session.change(sql, name, value)

    def put_if_absent(self, name: str, value: str) -> str:
        """Insert the value unless there is one; gives back the value that holds."""
        sql = "INSERT INTO keep (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
        self._session.change(sql, name, value)
        held = self.get(name)
        return value if held is None else held

    def take_turn(self, name: str) -> None:
        """Wait until no other transaction has this turn; it is ours until this one ends."""
        self.put(f"{name}/turn", "")  # on PostgreSQL the row is locked by whoever has written it
