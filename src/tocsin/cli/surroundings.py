"""What lies around a document in its repository. Nothing outside of it is ever looked at, whatever a link says."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tocsin.runbook.document.neighbours import Look, Neighbour

_HOPS = 20
"""Symbolic links on the way to one file. Whoever has more has made a circle."""


def surroundings(document: Path) -> Look:
    """Tells what is at a relative path, for a document that is a file. Only names are looked at, no file is opened."""
    folder = Path(os.path.realpath(document)).parent
    checkout = repository(folder)
    root = checkout or folder

    def look(path: str) -> Neighbour:
        if "\x00" in path:
            return Neighbour.MISSING
        start = root if path.startswith("/") else folder
        found = _at(root, os.path.normpath(start / path.lstrip("/")), _HOPS)
        return Neighbour.UNKNOWN if found is Neighbour.OUTSIDE and checkout is None else found

    return look


def repository(folder: Path) -> Path | None:
    """The checkout that a folder belongs to."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


def _at(root: Path, target: str, hops: int) -> Neighbour:
    """Walks from the root, name by name, so that no symbolic link is followed before it is known where it leads."""
    if not Path(target).is_relative_to(root):
        return Neighbour.OUTSIDE
    at = root
    parts = Path(target).relative_to(root).parts
    for n, part in enumerate(parts):
        at = at / part
        try:
            kind = at.lstat().st_mode
        except (OSError, ValueError):
            return Neighbour.MISSING
        if stat.S_ISLNK(kind):
            if hops == 0:
                return Neighbour.MISSING
            onward = os.path.normpath(at.parent / os.readlink(at) / Path(*parts[n + 1 :]))
            return _at(root, onward, hops - 1)
    return Neighbour.THERE
