"""Databases that are migrated and empty, copied instead of migrated anew for each test.

That migrations lead there from nothing is for tests/database; servers that start with nothing at all are in
tests/demo, tests/test_tutorial.py and tests/cli/test_postgresql.py.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tocsin.adapters.database.opening import upgrade


def place(file: Path) -> Path:
    """Put a migrated SQLite file where there is none yet, as private as Tocsin makes it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600, exist_ok=False)
    file.write_bytes(_sqlite())
    return file


@cache
def _sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        at = Path(folder) / "tocsin.db"
        upgrade(f"sqlite:///{at}")
        return at.read_bytes()
