"""GitHub Actions: a workflow that failed on a branch that matters is an alert.

Source: the event `workflow_run` of "Webhook events and payloads" in GitHub's documentation. Runs for pull requests do
not count, and none of a fork does: its branch may be called as ours is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.alerts.alert import Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import Notes, instant
from tocsin.alerts.payload import as_object, as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded
from tocsin.alerts.sources.ci import OF_BRANCHES, CiRun, CiSource, heard_run
from tocsin.alerts.sources.github import webhook
from tocsin.errors import BadPayload

_NAME = "github-actions"
_PASSED = {"success": True, "failure": False, "timed_out": False, "startup_failure": False}
_PULLS = ("pull_request", "pull_request_target")


def read_github_actions(body: bytes, received_at: datetime, branches: Sequence[str] = ()) -> Heard:
    """What a delivery says of a run on one of these branches, the default one without any. BadPayload for no object."""
    parsed = parse(body)
    event = parsed.value
    if not isinstance(event, dict):
        raise BadPayload("a delivery of GitHub is a JSON object: choose the content type application/json")
    notes, run, repository = Notes(parsed.notes), event.get("workflow_run"), as_object(event.get("repository"))
    if not isinstance(run, dict) or event.get("action") != "completed":
        return Heard(notes=notes.all())
    ours, theirs = as_text(repository.get("full_name")), as_text(as_object(run.get("head_repository")).get("full_name"))
    if run.get("event") in _PULLS or (theirs and theirs != ours):
        return Heard(notes=notes.all())
    branch, key = as_text(run.get("head_branch")), as_text(run.get("workflow_id")) or as_text(run.get("path"))
    if not (ours and branch and key):
        raise BadPayload("a workflow_run without its repository, its branch or its workflow")
    commit, conclusion = as_object(run.get("head_commit")), as_text(run.get("conclusion"))
    said = as_text(run.get("display_title")) or next(iter(as_text(commit.get("message")).splitlines()), "")
    found = CiRun(
        ours,
        as_text(run.get("name")) or as_text(as_object(event.get("workflow")).get("name")) or "a workflow",
        key,
        branch,
        as_text(repository.get("default_branch")),
        _PASSED.get(conclusion),
        instant(run.get("run_started_at") or run.get("created_at"), received_at, notes, "run_started_at"),
        as_text(run.get("head_sha")),
        as_text(run.get("html_url")),
        (
            said,
            f"run {as_text(run.get('run_number'))}, attempt {as_text(run.get('run_attempt') or 1)}: {conclusion}",
            f"by {who}" if (who := as_text(as_object(run.get("actor")).get("login"))) else "",
        ),
    )
    return heard_run(found, branches, _NAME, received_at, notes)


def _set_up(place: Place) -> str:
    return f"{webhook(place, 'Workflow runs')}\n{OF_BRANCHES}"


def _sample(_place: Place, now: datetime, branch: str = "main") -> bytes:
    repository = {"full_name": "a/test", "default_branch": "main"}
    return encoded(
        {
            "action": "completed",
            "repository": repository,
            "workflow_run": {
                "name": TEST_TITLE,
                "workflow_id": f"tocsin-test-{now.isoformat()}",
                "head_branch": branch,
                "head_repository": repository,
                "event": "push",
                "conclusion": "failure",
                "run_number": 1,
                "run_started_at": now.isoformat(),
            },
        }
    )


GITHUB_ACTIONS = Source(
    name=_NAME,
    title="GitHub Actions, for failed test runs",
    documentation="https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run",
    sends="Webhooks of workflow runs. Those on the default branch count, or on the `branches` of the integration.",
    joins="The workflow on its branch. Failures of one branch are one incident.",
    ends="A later run of the same workflow on the same branch that succeeds. A cancelled run says nothing.",
    retries="GitHub does not send again by itself: Recent Deliveries > Redeliver.",
    proofs=(AuthKind.GITHUB,),
    read=read_github_actions,
    set_up=_set_up,
    sample=_sample,
)

GITHUB_ACTIONS_RUNS = CiSource(GITHUB_ACTIONS, "workflow runs", read_github_actions, _sample)
