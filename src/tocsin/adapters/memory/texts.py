"""The library, people's documents and the installation's small values, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.records import Document
from tocsin.errors import Conflict


class MemoryLibrary:
    """Texts by their content hash."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def put(self, kind: str, id: str, body: bytes) -> None:
        """Keep a text; putting the same again changes nothing."""
        self._tables.require_storable(kind, id)
        self._tables.texts.change().setdefault((kind, id), bytes(body))

    def get(self, kind: str, id: str) -> bytes | None:
        """The text of that hash."""
        return self._tables.texts.rows.get((kind, id))

    def set_current(
        self, service: str, playbook: str, plan: str, at: datetime, *, instead_of: str | None = None
    ) -> None:
        """Say which playbook and plan new incidents of a service pin, and what they took over from."""
        self._tables.require_storable(service, playbook, plan, instead_of or "")
        self._tables.current.change()[service] = (playbook, plan)
        if instead_of is not None:
            self._tables.replaced.change()[service] = (instead_of, at)

    def current(self) -> Mapping[str, tuple[str, str]]:
        """By service: the ids of its present playbook and plan."""
        return dict(self._tables.current.rows)

    def replaced(self, service: str) -> tuple[str, datetime] | None:
        """The playbook that the present one took over from, and when; None while it is the first."""
        return self._tables.replaced.rows.get(service)


class MemoryDocuments:
    """Texts that people edit, every version kept."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def save(self, document: Document) -> None:
        """Keep a version; Conflict when it exists."""
        self._tables.require_storable(document.incident_id, document.kind, document.body, document.author)
        key = (document.incident_id, document.kind, document.version)
        rows = self._tables.documents.change()
        if key in rows:
            raise self._tables.doom(
                Conflict(f"version {document.version} of this {document.kind} was written by somebody else just now")
            )
        rows[key] = document

    def newest(self, incident_id: str, kind: str) -> Document | None:
        """The newest version."""
        versions = [d for d in self._tables.documents.rows.values() if (d.incident_id, d.kind) == (incident_id, kind)]
        return max(versions, key=lambda document: document.version, default=None)


class MemoryKeep:
    """Small values of the installation."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def get(self, name: str) -> str | None:
        """The value."""
        return self._tables.keep.rows.get(name)

    def put(self, name: str, value: str) -> None:
        """Insert or replace the value."""
        self._tables.require_storable(name, value)
        self._tables.keep.change()[name] = value

    def put_if_absent(self, name: str, value: str) -> str:
        """Insert the value unless there is one; gives back the value that holds."""
        self._tables.require_storable(name, value)
        return self._tables.keep.change().setdefault(name, value)

    def take_turn(self, name: str) -> None:
        """Nothing to wait for: one transaction writes at a time."""
        self._tables.require_storable(name)
