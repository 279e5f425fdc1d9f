"""Where tests keep their files: in memory, where the machine has room for that.

Tocsin writes each commit through to the disk, and a test waits for it some ten times before it begins. What tests
can end is a process and not a machine, so nothing is learned from that wait: a file in memory outlives a process as one
on a disk does. That the writes are asked for is what tests/database/test_settings.py looks at.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

PLACE = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that have to be free: a run of everything leaves less than half of that behind until it ends."""


def use(place: Path = PLACE, room: int = ROOM, environment: str = "TMPDIR") -> bool:
    """Let this process and those that it starts keep temporary files there; whether it is fit for that.

    A folder that ``TMPDIR`` names already stays. One without room (containers are often given 64 MB), or from which
    nothing may be run, is none for tests, which write programs and run them.
    """
    if environment in os.environ or not _is_fit(place, room):
        return False
    folder = place / f"tocsin-tests-{os.geteuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)  # the server of a database that tests start may be another user
    if folder.stat().st_uid != os.geteuid():
        return False
    os.environ[environment] = str(folder)
    tempfile.tempdir = None  # look again
    return True


def _is_fit(place: Path, room: int) -> bool:
    if not os.access(place, os.W_OK | os.X_OK):
        return False
    return not os.statvfs(place).f_flag & os.ST_NOEXEC and shutil.disk_usage(place).free >= room
