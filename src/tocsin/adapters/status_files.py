"""Puts the status page into a directory, where any web server can serve it (port ``StatusPublisher``).

Each file is written beside its place, flushed to the disk and renamed over the old one: a reader, a crash or a
full disk sees the old file or the new one. ``index.html`` comes last, so that it links to nothing missing;
pages of incidents that are no longer public, and badges of components that are no more, go after it.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from tocsin.app.ports import Delivered, GiveUp, Outcome, TryAgain
from tocsin.statuspage.language import languages

FRONT = "index.html"
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNFINISHED = ".unfinished-"
_OURS = (
    *("incidents/*.html", "badges/*.svg", "badges/*.json"),
    *(f"{code}/{pages}" for code in languages() for pages in ("*.html", "incidents/*.html")),
)
_READABLE = 0o644  # the web server is somebody else


class StatusFiles:
    """Publishes into one directory, which it creates. One publisher at a time; a second one is told to try again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def publish(self, files: Mapping[str, bytes]) -> Outcome:
        """Replace the page's files atomically, one by one; unchanged files are left alone."""
        wrong = [name for name in files if not _is_safe(name)]
        if wrong:
            return GiveUp(f"not a name for a file of the status page: {wrong[0]!r}")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with _alone(self._directory):
                self._write(files)
        except BlockingIOError:
            return TryAgain("somebody else is publishing the status page right now")
        except OSError as trouble:
            reason = trouble.strerror or type(trouble).__name__
            return TryAgain(f"the status page cannot be written to {self._directory}: {reason}", ambiguous=True)
        return Delivered(receipt=f"{len(files)} files in {self._directory}")

    def _write(self, files: Mapping[str, bytes]) -> None:
        for left in self._directory.rglob(f"{_UNFINISHED}*"):  # a publisher was killed; the lock says it is gone
            left.unlink(missing_ok=True)
        touched: set[Path] = set()
        for name in sorted(files, key=lambda name: (name == FRONT, "/" not in name and name.endswith(".html"), name)):
            place = self._directory / name
            if _holds(place, files[name]):
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            _replace(place, files[name])
            touched.add(place.parent)
        for place in self._ours():
            if place.relative_to(self._directory).as_posix() not in files:
                place.unlink(missing_ok=True)
                touched.add(place.parent)
        for folder in touched:
            _flush_folder(folder)

    def _ours(self) -> list[Path]:
        """The files in folders that hold nothing but ours: what is old there would go on saying what was."""
        return [place for pattern in _OURS for place in self._directory.glob(pattern)]


def _is_safe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and "/".join(parts) == name and all(_SEGMENT.fullmatch(part) for part in parts)


def _holds(place: Path, content: bytes) -> bool:
    try:
        return place.stat().st_size == len(content) and place.read_bytes() == content
    except FileNotFoundError:
        return False


def _replace(place: Path, content: bytes) -> None:
    unfinished = place.with_name(f"{_UNFINISHED}{place.name}")  # one publisher at a time: the name is free
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, _READABLE)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), _READABLE)  # whatever the umask
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, place)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Hold the directory's lock, which the kernel gives back when its holder dies; BlockingIOError when taken."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
