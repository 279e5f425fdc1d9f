"""The compiler of runbooks behind a memory on disk, so that a restart neither compiles nor loads the compiler.

A memory and nothing more: what is missing, broken, or was written by another version or on another day is compiled
anew, and where nothing can be written all goes on without it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import msgspec

from tocsin import __version__
from tocsin.errors import BadInput
from tocsin.runbook.answers.corrections import Corrections
from tocsin.runbook.json import playbook_from_json, playbook_json
from tocsin.runbook.playbook import Playbook

FORGOTTEN_AFTER = 30 * 86_400.0
"""Seconds after which a playbook that no start has written again is removed."""


@dataclass(frozen=True)
class RememberingCompiler:
    """Compiles, or gives what was compiled from the same words before. ``folder`` is for it alone."""

    folder: Path

    def __call__(self, data: bytes, *, path: str, today: date | None, corrections: Corrections | None) -> Playbook:
        """The playbook of a Markdown document; the arguments and the errors are those of ``compile_runbook``."""
        said = hashlib.sha256(data).hexdigest() + (f" {corrections.path} {corrections.sha256}" if corrections else "")
        file = self.folder / f"{hashlib.sha256(f'{path} {said}'.encode()).hexdigest()[:32]}.json"
        key = hashlib.sha256(f"{self._compiler} {today} {path} {said}".encode()).hexdigest()
        found = _kept(file, key)
        if found is None:
            # Loaded when it is needed: its vocabularies, and the parsers below it, are a third of a start.
            compile_runbook = importlib.import_module("tocsin.runbook.compile").compile_runbook
            fresh: Playbook = compile_runbook(data, path=path, today=today, corrections=corrections)
            _keep(file, key, fresh)
            return fresh
        return found

    @cached_property
    def _compiler(self) -> str:
        """Which compiler this is: the version, and the sizes and times of its files and of its libraries' folder.

        The version alone is not enough for whoever runs a checkout, or installs another parser of Markdown.
        """
        parser = importlib.util.find_spec("pyromark")
        libraries = Path(parser.origin).parents[1] if parser and parser.origin else Path()
        seen = [libraries, *sorted(_files(Path(__file__).parents[1] / "runbook"))]
        marks = [f"{one.name} {stat.st_size} {stat.st_mtime_ns}" for one in seen if (stat := one.stat())]
        return hashlib.sha256("\n".join([__version__, *marks]).encode()).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one != "__pycache__"]
        yield from (Path(place) / name for name in names)


def _kept(file: Path, key: str) -> Playbook | None:
    """What the file holds under this key; None for none, another, a broken or an unreadable one."""
    try:
        said, digest, body = file.read_bytes().split(b"\n", 2)
        if said.decode() != key or hashlib.sha256(body).hexdigest() != digest.decode():
            return None
        return playbook_from_json(msgspec.json.decode(body))
    except (OSError, ValueError, BadInput):
        return None


def _keep(file: Path, key: str, playbook: Playbook) -> None:
    body = msgspec.json.encode(playbook_json(playbook))
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.new")
    with contextlib.suppress(OSError):  # a full or a write-protected disk: the next start compiles again
        try:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            unfinished.write_bytes(b"\n".join([key.encode(), hashlib.sha256(body).hexdigest().encode(), body]))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
        written = file.stat().st_mtime
        for other in file.parent.iterdir():
            if other.stat().st_mtime < written - FORGOTTEN_AFTER:
                other.unlink(missing_ok=True)
