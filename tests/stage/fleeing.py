"""A process that flees by forking: it makes its next and dies, so that nobody who looks for it finds it.

It ends by itself after LONGEST seconds, and when the block ends in any case.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LONGEST = 12.0
PROGRAM = """\
import os, sys, time
folder, each = sys.argv[1], sys.argv[2] == "each"
over = time.monotonic() + float(sys.argv[3])
os.setsid()
with open(os.path.join(folder, "groups"), "a") as file:
    file.write(f"{os.getpid()}\\n")
beat = os.open(os.path.join(folder, "beat"), os.O_WRONLY | os.O_CREAT, 0o600)
while time.monotonic() < over and not os.path.exists(os.path.join(folder, "stop")):
    if os.fork():
        os._exit(0)
    if each:
        os.setsid()
    os.pwrite(beat, b"%.6f" % time.monotonic(), 0)
"""


@dataclass(frozen=True)
class Fleeing:
    """The program and its folder. ``each`` generation leaves its session, too."""

    folder: Path
    each: bool

    @property
    def command(self) -> list[str]:
        """What starts it."""
        how = "each" if self.each else "once"
        return [sys.executable, "-S", str(self.folder / "flee.py"), str(self.folder), how, str(LONGEST)]

    @property
    def begun(self) -> bool:
        """Whether it has made its first next."""
        return self._beat() != b""

    @property
    def lives(self) -> bool:
        """Whether it still does: it says so every millisecond."""
        before = self._beat()
        time.sleep(0.25)
        return self._beat() != before

    def _beat(self) -> bytes:
        with suppress(FileNotFoundError):
            return (self.folder / "beat").read_bytes()
        return b""


@contextmanager
def fleeing(folder: Path, *, each: bool) -> Iterator[Fleeing]:
    """Have one, to be started by the test; nothing of it lives after the block."""
    folder.mkdir()
    (folder / "flee.py").write_text(PROGRAM)
    one = Fleeing(folder, each)
    try:
        yield one
    finally:
        (folder / "stop").touch()
        if one.lives:  # or the number of its group may be somebody else's by now
            for group in (folder / "groups").read_text().split():
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(int(group), signal.SIGKILL)
