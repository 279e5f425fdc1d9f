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
    """Add a line at the end, whole or not at all; one writer at a time."""
    new = not path.exists()
    handle = _private(str(path), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        length = os.fstat(handle).st_size
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        except OSError:
            # The next line is not glued to half a one: nobody could read either.
            os.ftruncate(handle, length)
            raise
    finally:
        os.close(handle)
    if new:
        sync(path.parent)


def remove(path: Path) -> None:
    """Remove a file if it is there."""
    path.unlink(missing_ok=True)


def move(path: Path, folder: Path) -> Path:
    """Move a file into a folder, which is made if need be; where it is now."""
    folder.mkdir(mode=0o700, exist_ok=True)
    there = path.replace(folder / path.name)
    sync(folder)
    sync(path.parent)
    return there


def sync(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
