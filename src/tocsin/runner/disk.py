"""Writes files so that they are there after a power cut, and readable by nobody else."""

from __future__ import annotations

import os
from pathlib import Path


def put(path: Path, content: bytes) -> None:
    """Replace a file, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    with open(fresh, "wb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync(path.parent)


def append(path: Path, line: bytes) -> None:
    """Add a line at the end."""
    new = not path.exists()
    with open(path, "ab", opener=_private) as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync(path.parent)


def remove(path: Path) -> None:
    """Remove a file if it is there."""
    path.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
