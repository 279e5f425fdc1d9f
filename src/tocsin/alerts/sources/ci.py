"""Test runs of CI as alerts: a failed one fires, a later one of the same workflow and branch that passed ends it.

Which is the later one goes by when they began, not by when they ended: a run of an old commit that takes long must not
end, with its success, the failure of a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Protocol

import re2

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.cleaning import (
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_fingerprint,
    clean_pairs,
    web_link,
)
from tocsin.alerts.source import Place, Source

OF_BRANCHES = (
    "# tocsin.toml: which branches count, if not the default one only (RE2 patterns)\n"
    'branches = ["main", "release/.*"]\n'
)
"""What every such source's set-up ends with."""


@dataclass(frozen=True, slots=True)
class CiRun:
    """One run that has ended. ``passed`` None: it says nothing of the code (cancelled, skipped).

    ``workflow`` is its name for people, ``workflow_key`` what tells it apart. ``more`` are lines for whoever looks.
    """

    repository: str
    workflow: str
    workflow_key: str
    branch: str
    default_branch: str
    passed: bool | None
    began_at: datetime | None
    commit: str = ""
    link: str = ""
    more: tuple[str, ...] = ()


def counts(branch: str, default: str, branches: Sequence[str]) -> bool:
    """Whether a failure there matters: on one of these branches (RE2, all of the name); without any, on the default."""
    if not branches:
        return bool(branch) and branch == default
    return any(re2.fullmatch(pattern, branch) is not None for pattern in branches)


def heard_run(run: CiRun, branches: Sequence[str], source: str, received_at: datetime, notes: Notes) -> Heard:
    """What a run says: nothing when it is of another branch, or was cancelled."""
    if run.passed is None or not counts(run.branch, run.default_branch, branches):
        return Heard(notes=notes.all())
    labels = {"repository": run.repository, "workflow": run.workflow, "branch": run.branch, "commit": run.commit[:12]}
    alert = Alert(
        fingerprint=clean_fingerprint(f"{run.repository}/{run.workflow_key}/{run.branch}"),
        status=AlertStatus.RESOLVED if run.passed else AlertStatus.FIRING,
        title=clean(
            f"Failed test run: {run.workflow} on {run.branch} of {run.repository}", MAX_TITLE_BYTES, notes, "title"
        ),
        source=source,
        received_at=received_at,
        summary=clean("\n".join(line for line in run.more if line), MAX_TEXT_BYTES, notes, "description"),
        labels=clean_pairs({name: text for name, text in labels.items() if text}, notes, "labels"),
        starts_at=run.began_at,
        ends_at=run.began_at if run.passed else None,
        group_key=clean(f"{run.repository}/{run.branch}", MAX_TITLE_BYTES, notes, "group"),
        link=web_link(run.link, notes),
    )
    return Heard((alert,), notes=notes.all())


def sample_branch(branches: Sequence[str]) -> str:
    """A branch that counts, for a test: the first that is a name, or a pattern with its stars filled in."""
    made = (pattern.replace(".*", "test").replace(".+", "test").replace("\\", "") for pattern in branches)
    return next((name for name in made if counts(name, "", branches)), "main")


class ReadRun(Protocol):
    """What a delivery says of a run on one of these branches."""

    def __call__(self, body: bytes, received_at: datetime, branches: Sequence[str] = ()) -> Heard:
        """Raises BadPayload for what it cannot read."""
        ...


@dataclass(frozen=True, slots=True)
class CiSource:
    """A source whose runs count on the default branch, or on those that the team names. ``runs`` is its word for them.

    ``sample`` is a test of it: a failed run on a branch.
    """

    source: Source
    runs: str
    read: ReadRun
    sample: Callable[[Place, datetime, str], bytes]

    def on_branches(self, branches: Sequence[str]) -> Source:
        """The source of an integration for which the team names the branches that count."""
        branch = sample_branch(branches)
        return replace(
            self.source,
            read=partial(self.read, branches=branches),
            sample=lambda place, now: self.sample(place, now, branch),
            sends=f"Webhooks of {self.runs}. Those on {', '.join(branches)} count.",
        )
