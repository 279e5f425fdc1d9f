"""Where tests keep their files: in memory, where the machine has room for that.

Tocsin writes each commit through to the disk, and a test waits for it some ten times before it begins. What tests
can end is a process and not a machine, so nothing is learned from that wait: a file in memory outlives a process as one
on a disk does. That the writes are asked for is what tests/database/test_settings.py looks at.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

PLACE = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that have to be free: a run of everything leaves less than half of that behind until it ends."""
MEMORY = 2 * ROOM
"""Bytes of memory that this process and its like may still take: tests start browsers and databases besides."""
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def use(place: Path = PLACE, room: int = ROOM, environment: str = "TMPDIR", needed: int = MEMORY) -> bool:
    """Let this process and those that it starts keep temporary files there; whether it is fit for that.

    A folder that ``TMPDIR`` names already stays. One without room (containers are often given 64 MB), or from which
    nothing may be run, is none for tests, which write programs and run them.
    """
    if environment in os.environ or not _is_fit(place, room) or memory() < needed:
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


def memory(facts: Path = Path("/proc/meminfo"), limits: Sequence[Path] = LIMITS) -> int:
    """Bytes that may still be taken, by the machine and by the control group of a container; 0 where nobody says."""
    try:
        said = dict(line.split(":") for line in facts.read_text("ascii").splitlines())
        found = [int(said["MemAvailable"].split()[0]) << 10]
        found += [int(text) for one in limits if one.exists() and (text := one.read_text("ascii").strip()).isdecimal()]
    except (OSError, KeyError, ValueError):
        return 0
    return min(found)
