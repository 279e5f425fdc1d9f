"""Puts the status page into a directory, where any web server can serve it (port ``StatusPublisher``).

Each file is written beside its place, flushed to the disk and renamed over the old one: a reader, a crash or a
full disk sees the old file or the new one. ``index.html`` comes last, so that it links to nothing missing;
pages of incidents that are no longer public, and badges of components that are no more, go after it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import msgspec

from tocsin.app.ports import Delivered, GiveUp, Outcome, TryAgain
from tocsin.clock import SystemClock
from tocsin.statuspage.language import languages
from tocsin.statuspage.offline import STATE, Author, Post, posts_on, read_state
from tocsin.statuspage.page import StatusPage

log = logging.getLogger(__name__)

FRONT = "index.html"
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNFINISHED = ".unfinished-"
_OURS = (
    *("incidents/*.html", "badges/*.svg", "badges/*.json"),
    *(f"{code}/{pages}" for code in languages() for pages in ("*.html", "incidents/*.html")),
)
_READABLE = 0o644  # the web server is somebody else
_AUTHORS = ".posted-by.json"
"""Who made which post: for the team, not for customers, so the web server cannot read it."""
_SECRET = 0o600
_COPYING = timedelta(minutes=1)
_SPOILT = "page.unreadable.json"


class StatusFiles:
    """Publishes into one directory, which it creates. One publisher at a time; a second one is told to try again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def publish(self, files: Mapping[str, bytes], known: Collection[str] = ()) -> Outcome:
        """Replace the page's files atomically, one by one; unchanged files are left alone.

        What was published here by hand and is neither ``known`` nor in the new page is never overwritten.
        """
        wrong = [name for name in files if not _is_safe(name)]
        if wrong:
            return GiveUp(f"not a name for a file of the status page: {wrong[0]!r}")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with _alone(self._directory):
                if self._is_being_written():
                    return TryAgain(f"{STATE} is only half there: somebody may be copying it in right now")
                if self._unknown(files, known):
                    return TryAgain("somebody has just published there by hand: that is taken in first")
                self._write(files)
        except BlockingIOError:
            return TryAgain("somebody else is publishing the status page right now")
        except OSError as trouble:
            reason = trouble.strerror or type(trouble).__name__
            return TryAgain(f"the status page cannot be written to {self._directory}: {reason}", ambiguous=True)
        return Delivered(receipt=f"{len(files)} files in {self._directory}")

    def posts(self) -> Sequence[Post]:
        """What was published here by hand, the oldest first, with who did it where that is known."""
        try:
            found = posts_on(self.page())
        except (OSError, ValueError):  # publishing says what is to be done about it
            return ()
        authors = self._authors() if found else {}
        known = [(one, authors.get(one.id, Author())) for one in found]
        return tuple(replace(one, by=of.by, decided_by=of.decided_by, mail=of.mail) for one, of in known)

    def change(self, change: Callable[[StatusPage], tuple[StatusPage, Mapping[str, bytes]]], by: Author) -> StatusPage:
        """Publish by hand: ``change`` gives the new page and its files, from the page that is here.

        ``page.json`` is written before all others: what breaks off in between is finished by whoever publishes next.
        Raises FileNotFoundError where no page is, ValueError where it is not whole, BlockingIOError when somebody else
        is publishing, OSError when it cannot be written.
        """
        with _alone(self._directory):
            before = read_state((self._directory / STATE).read_bytes())
            after, files = change(before)
            new = {one.id for one in posts_on(after)} - {one.id for one in posts_on(before)}
            if new and by != Author():
                authors = {**self._authors(), **dict.fromkeys(sorted(new), by)}
                _replace(self._directory / _AUTHORS, msgspec.json.format(msgspec.json.encode(authors)), _SECRET)
            _replace(self._directory / STATE, files[STATE])
            _flush_folder(self._directory)
            self._write(files)
            return after

    def page(self) -> StatusPage:
        """The page that is here. Raises FileNotFoundError, and ValueError where it is not whole."""
        return read_state((self._directory / STATE).read_bytes())

    def _unknown(self, files: Mapping[str, bytes], known: Collection[str]) -> bool:
        page = self._page()
        if page is None or STATE not in files:
            return False
        shown = {one.id for one in posts_on(read_state(files[STATE]))}
        return any(one.id not in shown and one.id not in known for one in posts_on(page))

    def _page(self) -> StatusPage | None:
        """The page that is here; None where none is, or where it cannot be read: then it is kept aside."""
        try:
            return self.page()
        except FileNotFoundError:
            return None
        except ValueError as trouble:
            os.replace(self._directory / STATE, self._directory / _SPOILT)
            log.warning("%s of the status page cannot be read (%s): kept as %s", STATE, trouble, _SPOILT)
            return None

    def _is_being_written(self) -> bool:
        """Whether the page here is not whole and was touched a moment ago."""
        try:
            self.page()
        except FileNotFoundError:
            return False
        except ValueError:
            touched = datetime.fromtimestamp((self._directory / STATE).stat().st_mtime, UTC)
            return SystemClock().now() - touched < _COPYING
        return False

    def _authors(self) -> Mapping[str, Author]:
        try:
            found = msgspec.json.decode((self._directory / _AUTHORS).read_bytes(), type=dict[str, Author | str])
        except (OSError, ValueError):
            return {}
        return {id: Author(of) if isinstance(of, str) else of for id, of in found.items()}  # a name alone: of 0.1.0

    def _write(self, files: Mapping[str, bytes]) -> None:
        for left in self._directory.rglob(f"{_UNFINISHED}*"):  # a publisher was killed; the lock says it is gone
            left.unlink(missing_ok=True)
        touched: set[Path] = set()
        for name in sorted(files, key=lambda name: (name == FRONT, "/" not in name and name.endswith(".html"), name)):
            place = self._directory / name
            if _holds(place, files[name]):
                continue
            missing = [one for one in (place.parent, *place.parent.parents) if not one.exists()]
            place.parent.mkdir(parents=True, exist_ok=True)
            for folder in missing:
                _give(folder, self._directory)
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


def _replace(place: Path, content: bytes, mode: int = _READABLE) -> None:
    unfinished = place.with_name(f"{_UNFINISHED}{place.name}")  # one publisher at a time: the name is free
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)  # whatever the umask
            _give(file.fileno(), place.parent)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, place)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def _give(what: int | Path, folder: Path) -> None:
    """What root writes belongs to the folder's owner: the server, which runs as somebody else, has to go on with it."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(what, owner.st_uid, owner.st_gid)


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
