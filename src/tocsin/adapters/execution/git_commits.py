"""The newest commits of a repository: for the blank of a rollback, here or on a host, and beside an incident."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tocsin.alerts.change import Change
from tocsin.app.ports import Job, Limits, StepRunner, Suggestion
from tocsin.clock import monotonic
from tocsin.incident.target import Target, TargetKind
from tocsin.incident.terminal_text import plain

NEWEST = 20
FRESH = 30.0
"""Seconds for which an answer is given again: a page is rendered anew with each fact."""
PATIENCE = 2.0
THERE = timedelta(seconds=10)
"""How long git may take on a host; nobody waits for it longer than PATIENCE, and the next who asks has the answer."""
_FORM = "--format=%H%x09%cd %s"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

_Place = tuple[str, str]
"""A target's name and a folder there."""


@dataclass(slots=True)
class GitCommits:
    """Asks git here, and by ``ssh`` on a host of that kind, known by its pinned keys; of others it knows nothing.

    ``patience`` in seconds is how long a page waits for a host.
    """

    ssh: StepRunner | None = None
    patience: float = PATIENCE
    _known: dict[_Place, tuple[float, tuple[Suggestion, ...]]] = field(default_factory=dict)
    _asking: dict[_Place, threading.Thread] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def commits(self, target: Target, directory: str | None) -> Sequence[Suggestion]:
        """The newest commits there, newest first; empty where there is no repository, or no answer in time."""
        if directory is None:
            return ()
        place = (target.name, directory)
        at, found = self._known.get(place, (-FRESH, ()))
        if monotonic() - at < FRESH:
            return found
        match target.kind:
            case TargetKind.LOCAL:
                self._known[place] = (monotonic(), _log(directory))
            case TargetKind.SSH if self.ssh is not None:
                self._asked_of(self.ssh, target, directory).join(self.patience)
            case _:
                return ()
        return self._known.get(place, (0.0, found))[1]

    def _asked_of(self, ssh: StepRunner, target: Target, directory: str) -> threading.Thread:
        """The one question that is on its way to this place."""
        place = (target.name, directory)
        with self._lock:
            present = self._asking.get(place)
            if present is not None and present.is_alive():
                return present
            job = Job("commits", (tuple(_command(_FORM)),), target, directory, limits=Limits(total=THERE))

            def ask() -> None:
                done = ssh.run(job, hear=lambda _text: None, cancelled=lambda: False)
                said = done.stdout.splitlines() if done.exit_codes == (0,) else ()
                # A host that somebody has broken into offers no words as commits.
                lines = [line for line in said if _COMMIT.fullmatch(line.partition("\t")[0])][:NEWEST]
                self._known[place] = (monotonic(), _suggested(lines))

            thread = self._asking[place] = threading.Thread(target=ask, name=f"commits-{target.name}", daemon=True)
            thread.start()
            return thread


@dataclass(slots=True)
class GitLog:
    """What was committed lately, as recent changes."""

    _known: dict[str, tuple[float, tuple[Change, ...]]] = field(default_factory=dict)

    def recent(self, directory: str) -> Sequence[Change]:
        """The newest commits there, newest first; none where there is no repository."""
        at, found = self._known.get(directory, (-FRESH, ()))
        if monotonic() - at >= FRESH:
            found = tuple(_changes(directory))
            self._known[directory] = (monotonic(), found)
        return found


def _changes(directory: str) -> Iterator[Change]:
    for line in _asked(directory, "--format=%H%x09%ct%x09%an%x09%s"):
        commit, at, by, says = (*line.split("\t", 3), "", "", "")[:4]
        if at.isdecimal() and len(at) < 12:
            when = datetime.fromtimestamp(int(at), UTC)
            what = f"{plain(says)[:200]} ({commit[:7]})"
            yield Change(when, what, "commit", plain(by)[:100], source="git", key=commit)


def _log(directory: str) -> tuple[Suggestion, ...]:
    return _suggested(_asked(directory, _FORM))


def _suggested(lines: Sequence[str]) -> tuple[Suggestion, ...]:
    parts = [line.split("\t", 1) for line in lines if "\t" in line]
    return tuple(Suggestion(commit, plain(says)[:100]) for commit, says in parts)


def _command(form: str) -> list[str]:
    return ["git", "log", f"-{NEWEST}", "--no-show-signature", form, "--date=short"]


def _asked(directory: str, form: str) -> list[str]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "GIT_TERMINAL_PROMPT": "0", "LANG": "C.UTF-8"}
    git, *words = _command(form)
    command = [git, "-C", directory, *words]
    try:
        said = subprocess.run(
            command, capture_output=True, timeout=PATIENCE, env=environment, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return said.stdout.decode("utf-8", "replace").splitlines() if said.returncode == 0 else []
