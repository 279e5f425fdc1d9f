"""The newest commits of a repository on this machine: for the blank of a rollback, and beside an incident."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tocsin.alerts.change import Change
from tocsin.app.ports import Suggestion
from tocsin.clock import monotonic
from tocsin.incident.target import Target, TargetKind
from tocsin.incident.terminal_text import plain

NEWEST = 20
FRESH = 30.0
"""Seconds for which an answer is given again: a page is rendered anew with each fact."""
PATIENCE = 2.0


@dataclass(slots=True)
class GitCommits:
    """Asks git here; for other targets it knows nothing."""

    _known: dict[str, tuple[float, tuple[Suggestion, ...]]] = field(default_factory=dict)

    def commits(self, target: Target, directory: str | None) -> Sequence[Suggestion]:
        """The newest commits there, newest first; empty where there is no repository."""
        if target.kind is not TargetKind.LOCAL or directory is None:
            return ()
        at, found = self._known.get(directory, (-FRESH, ()))
        if monotonic() - at >= FRESH:
            found = _log(directory)
            self._known[directory] = (monotonic(), found)
        return found


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
    lines = [line.split("\t", 1) for line in _asked(directory, "--format=%H%x09%cd %s") if "\t" in line]
    return tuple(Suggestion(commit, plain(says)[:100]) for commit, says in lines)


def _asked(directory: str, form: str) -> list[str]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "GIT_TERMINAL_PROMPT": "0", "LANG": "C.UTF-8"}
    command = [
        "git",
        "-C",
        directory,
        "log",
        f"-{NEWEST}",
        "--no-show-signature",
        form,
        "--date=short",
    ]
    try:
        said = subprocess.run(
            command, capture_output=True, timeout=PATIENCE, env=environment, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return said.stdout.decode("utf-8", "replace").splitlines() if said.returncode == 0 else []
