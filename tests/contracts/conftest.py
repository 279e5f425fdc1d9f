"""The stores that have to keep the contract: in memory, in a SQLite file, in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.stage import migrated
from tests.stage.postgresql import Database
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.store import Store

PATIENCE = timedelta(seconds=2)


class Node:
    """A database, and the stores that nodes have opened on it."""

    def __init__(self, kind: str, open_one: Callable[[], Any]) -> None:
        self.kind = kind
        self._open_one = open_one
        self._opened: list[Store] = []

    def open(self) -> Store:
        """A store on the same database, as another node (on SQLite and in memory: another part) has it."""
        store: Store = self._open_one()
        self._opened.append(store)
        return store

    def close(self) -> None:
        """Close all of them."""
        for store in self._opened:
            store.close()


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.component("postgresql"))], name="node"
)
def _node(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Node]:
    kind: str = request.param
    match kind:
        case "memory":
            shared = MemoryStore()
            node = Node(kind, lambda: shared)
        case "sqlite":
            file = migrated.place(tmp_path / "tocsin.db")
            node = Node(kind, lambda: open_store(f"sqlite:///{file}", patience=PATIENCE))
        case _:
            database: Database = request.getfixturevalue("migrated_postgresql")
            node = Node(kind, lambda: open_store(database.dsn, patience=PATIENCE))
    yield node
    node.close()


@pytest.fixture
def store(node: Node) -> Store:
    """An empty store."""
    return node.open()
