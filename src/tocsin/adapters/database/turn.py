"""Whose turn it is to write to a SQLite file: one thread of one process at a time, checkpoints included.

SQLite's own lock ends with the commit; the checkpoint that follows it runs beside the next writer of another
process, and releases before 3.51.3 can damage the file then (the WAL-reset defect). Hence a lock around both.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from tocsin.app.store import NESTED
from tocsin.errors import Unavailable

_PAUSE_SECONDS = 0.0005


class Turn:
    """The turn to write, as a context."""

    def __init__(self, database: Path, patience: timedelta) -> None:
        self._patience = patience.total_seconds()
        self._threads = threading.Lock()
        self._writer: int | None = None
        self._file = os.open(f"{database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn and keep it until the block ends; Unavailable when it does not come in time."""
        me = threading.get_ident()
        if self._writer == me:
            raise RuntimeError(NESTED)
        deadline = time.monotonic() + self._patience
        if not self._threads.acquire(timeout=self._patience):
            raise Unavailable("the database is busy with another transaction; try again in a moment")
        self._writer = me
        try:
            self._lock_file(deadline)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._writer = None
            self._threads.release()

    def close(self) -> None:
        """Give back the file; whoever still waits for a turn gets Unavailable."""
        with self._threads:
            os.close(self._file)
            self._file = -1

    def _lock_file(self, deadline: float) -> None:
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Unavailable("another process is writing to the database; try again in a moment") from None
                time.sleep(_PAUSE_SECONDS)
            except OSError as error:
                raise Unavailable(f"the database cannot be locked: {error}") from error
            else:
                return
