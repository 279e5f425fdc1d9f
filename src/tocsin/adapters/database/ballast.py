"""Room kept back on the disk of a SQLite file, for the moment when the disk is full (R26).

On a full disk SQLite cannot even delete. Releasing the ballast makes room for the alerts and pages of the hours in
which somebody cleans up.
"""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

_log = logging.getLogger(__name__)
_ROOM_BEFORE_REFILL = 4  # times its size must be free before the ballast is laid down again


class Ballast:
    """A file of so many bytes beside the database; none at all for 0."""

    def __init__(self, database: Path, size: int) -> None:
        self._path = Path(f"{database}.ballast")
        self._size = size
        self.refill()

    @property
    def down(self) -> bool:
        """Whether there is ballast to release."""
        return self._size > 0 and self._path.exists()

    def release(self) -> bool:
        """Make room; whether there was any ballast left."""
        if not self.down:
            return False
        with suppress(OSError):
            self._path.unlink()
            _log.error("the disk of the database is full: released %d bytes of ballast; make room now", self._size)
            return True
        return False

    def refill(self) -> None:
        """Lay the ballast down again once the disk has plenty of room."""
        if not self._size or self.down:
            return
        with suppress(OSError):
            if shutil.disk_usage(self._path.parent).free < _ROOM_BEFORE_REFILL * self._size:
                return
            self._lay_down()

    def _lay_down(self) -> None:
        unfinished = self._path.with_name(f"{self._path.name}.new")
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(descriptor, 0, self._size)
            finally:
                os.close(descriptor)
            unfinished.replace(self._path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
