"""Changing a document of the team: the difference first, then a yes, then one move that loses nothing."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tocsin.cli.output import coloured, plain, say
from tocsin.errors import BadInput, Conflict
from tocsin.runbook.fixes import Written, difference


def show(path: Path, before: Written, after: Written, tell: Callable[[str], None] = say) -> None:
    """Print the difference between two states of a file, as `patch` reads it."""
    for line in difference(path.as_posix(), before, after).splitlines():
        colour = {"+": "32", "-": "31", "@": "36"}.get(line[:1])
        tell(coloured(plain(line), colour) if colour else plain(line))


def is_agreed(said: str) -> bool:
    """Whether somebody at the terminal wants that written. Raises BadInput where there is no terminal."""
    if not sys.stdin.isatty():
        raise BadInput(f"{said} would change; nothing was written. --yes writes, --diff only shows")
    sys.stderr.write(f"write {said}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Write the file in one move, with its mode. Raises Conflict when it is not the one that was shown."""
    target = Path(os.path.realpath(path))
    if not os.access(target, os.W_OK) or (os.name == "posix" and not target.stat().st_mode & stat.S_IWUSR):
        raise Conflict(f"{path} is write-protected; nothing was written")
    if target.read_bytes() != before:
        raise Conflict(f"{path} has changed since the diff was made; nothing was written. Run it again")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(stat.S_IMODE(target.stat().st_mode))
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
