"""What an installation of a test begins with: a database that is migrated, and runbooks that were compiled before.

A migration takes 0.1 s and loads what takes a second; a compilation as much. That migrations lead from nothing to
the schema is for tests/database, that what was compiled before is the same as what is compiled anew for
tests/adapters/test_compiling.py; servers that start with nothing at all are in tests/demo and tests/test_tutorial.py.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tocsin.adapters.database.opening import upgrade

COMPILED = "TOCSIN_TESTS_COMPILED"
"""The folder of the playbooks that this run of the tests has compiled, on all workers; without it none is shared."""

_TURN = threading.Lock()  # alembic migrates one database of a process at a time


def place(file: Path) -> Path:
    """Put a migrated SQLite file where there is none yet, as private as Tocsin makes it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600, exist_ok=False)
    with _TURN:
        file.write_bytes(_sqlite())
    return file


def furnish(data: Path, *, database: bool = True) -> None:
    """Make the data folder of an installation as if it had been started before; its ``database`` may be elsewhere."""
    data.mkdir(mode=0o700, parents=True)
    if database:
        place(data / "tocsin.db")
    if compiled := os.environ.get(COMPILED):
        (data / "compiled").symlink_to(compiled, target_is_directory=True)


@cache
def _sqlite() -> bytes:
    with TemporaryDirectory() as folder:
        at = Path(folder) / "tocsin.db"
        upgrade(f"sqlite:///{at}")
        return at.read_bytes()
