"""How the parts of the store talk SQL: one text for both databases.

The text is PostgreSQL's with ``?`` for each value. ``= ANY (?)`` takes a list, ``FOR UPDATE SKIP LOCKED`` counts
only within a write transaction. Each database's session turns that into what it understands, and the driver's
errors into ours.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.adapters.storable import is_storable
from tocsin.errors import TocsinError

Value = str | int | bool | bytes | None
Row = tuple[Any, ...]

READ_ONLY = "nothing can be written here: open a transaction with transact() and write within it"
ENDED = "this transaction has ended; open another one"


@dataclass(frozen=True, slots=True)
class Insertion:
    """An INSERT of many rows: the columns with their PostgreSQL types, and what to do about rows that exist.

    ``on_conflict`` and ``returning`` are clauses without their leading space. ``lock_order`` names the unique key
    by which PostgreSQL inserts, so that two nodes never wait for each other; ``identity`` still grows in the order
    of the rows given.
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    on_conflict: str = ""
    returning: str = ""
    identity: str = ""
    lock_order: tuple[str, ...] = ()

    @property
    def names(self) -> str:
        """The columns, as SQL lists them."""
        return ", ".join(name for name, _ in self.columns)


@dataclass(frozen=True, slots=True)
class Update:
    """An UPDATE of many rows: the columns of their key and those that are set, with their PostgreSQL types."""

    table: str
    key: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, str], ...]


def replacing(key: str, columns: tuple[tuple[str, str], ...]) -> str:
    """The conflict clause that replaces all columns of the row with this key (``a`` or ``a, b``)."""
    keys = {name.strip() for name in key.split(",")}
    changes = ", ".join(f"{name} = excluded.{name}" for name, _ in columns if name not in keys)
    return f"ON CONFLICT ({key}) DO UPDATE SET {changes}"


class Session(ABC):
    """The SQL of one transaction. An error that leaves it dooms the transaction: see ``app/store.py``."""

    def __init__(self, *, writing: bool) -> None:
        self.writing = writing
        self.doomed: TocsinError | None = None
        self._ended = False

    def rows(self, sql: str, *values: Value | Sequence[str] | Sequence[int]) -> list[Row]:
        """All rows of a SELECT; none when a text is looked for that no database can hold."""
        self._require_open(writing=False)
        if not all(is_storable(value) for value in values):
            return []
        lists = [list(filter(is_storable, value)) if isinstance(value, list) else value for value in values]
        return self._run(sql, lists)

    def row(self, sql: str, *values: Value | Sequence[str] | Sequence[int]) -> Row | None:
        """The first row of a SELECT."""
        return next(iter(self.rows(sql, *values)), None)

    def returned(self, sql: str, *values: Value | Sequence[str] | Sequence[int]) -> list[Row]:
        """The rows of a statement that writes and has a RETURNING clause."""
        self._require_open(writing=True)
        return self._run(sql, values)

    def change(self, sql: str, *values: Value | Sequence[str] | Sequence[int]) -> int:
        """How many rows a statement that writes has changed."""
        self._require_open(writing=True)
        return self._change(sql, values)

    def insert(self, into: Insertion, rows: Sequence[Row]) -> int:
        """Insert many rows; how many were inserted or updated. No key may come twice within ``rows``."""
        self._require_open(writing=True)
        return self._insert(into, rows) if rows else 0

    def insert_new(self, into: Insertion, rows: Sequence[Row]) -> list[int | None]:
        """Insert rows at once whose unique key is new; the identity of each, None where ``insert_each`` has to look.

        A row that exists is left as it is. A database that inserts many rows with what they return in one statement
        leaves them all to that.
        """
        self._require_open(writing=True)
        return self._insert_new(into, rows) if rows else []

    def insert_each(self, into: Insertion, rows: Sequence[Row]) -> list[Row]:
        """Insert many rows; what the RETURNING clause gives for each, in any order."""
        self._require_open(writing=True)
        return self._insert_each(into, rows) if rows else []

    def update(self, of: Update, rows: Sequence[Row]) -> int:
        """Change many rows, each given as its key and then its new values; how many there were."""
        self._require_open(writing=True)
        return self._update(of, rows) if rows else 0

    @abstractmethod
    def alone(self, task: int) -> bool:
        """Whether this transaction is the only one at this task now, on all nodes; it stays so until it ends."""

    def doom(self, error: TocsinError) -> TocsinError:
        """The error to raise; whoever swallows it still cannot commit."""
        self.doomed = self.doomed or error
        return error

    def end(self) -> None:
        """Refuse everything from now on."""
        self._ended = True

    def _require_open(self, *, writing: bool) -> None:
        if self._ended:
            raise RuntimeError(ENDED)
        if self.doomed is not None:
            raise self.doomed
        if writing and not self.writing:
            raise RuntimeError(READ_ONLY)

    @abstractmethod
    def _run(self, sql: str, values: Sequence[Any]) -> list[Row]: ...

    @abstractmethod
    def _change(self, sql: str, values: Sequence[Any]) -> int: ...

    @abstractmethod
    def _insert(self, into: Insertion, rows: Sequence[Row]) -> int: ...

    def _insert_new(self, into: Insertion, rows: Sequence[Row]) -> list[int | None]:
        return [None] * len(rows)

    @abstractmethod
    def _insert_each(self, into: Insertion, rows: Sequence[Row]) -> list[Row]: ...

    @abstractmethod
    def _update(self, of: Update, rows: Sequence[Row]) -> int: ...
