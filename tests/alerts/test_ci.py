"""Failed test runs of GitHub Actions and GitLab CI: which fire, and what ends them.

The fixtures have the shape that the vendors document.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tocsin.alerts.alert import Alert, Heard, newer, order
from tocsin.alerts.source import TEST_TITLE, Place
from tocsin.alerts.sources.github_actions import GITHUB_ACTIONS_RUNS, read_github_actions
from tocsin.alerts.sources.gitlab_ci import GITLAB_CI_RUNS, read_gitlab_ci
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
REPOSITORY = {"full_name": "harbour/shop", "default_branch": "main", "html_url": "https://github.example/harbour/shop"}


def run(**more: Any) -> dict[str, Any]:
    return {
        "id": 30433642,
        "name": "Tests",
        "workflow_id": 159038,
        "path": ".github/workflows/tests.yml",
        "head_branch": "main",
        "head_sha": "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c",
        "run_number": 562,
        "run_attempt": 1,
        "event": "push",
        "status": "completed",
        "conclusion": "failure",
        "display_title": "Charge once",
        "html_url": "https://github.example/harbour/shop/actions/runs/30433642",
        "created_at": "2026-11-28T02:40:00Z",
        "run_started_at": "2026-11-28T02:40:00Z",
        "updated_at": "2026-11-28T02:55:00Z",
        "actor": {"login": "ana"},
        "head_repository": {"full_name": "harbour/shop"},
        **more,
    }


def github(action: str = "completed", branches: tuple[str, ...] = (), **more: Any) -> Heard:
    event = {"action": action, "workflow_run": run(**more), "workflow": {"name": "Tests"}, "repository": REPOSITORY}
    return read_github_actions(json.dumps(event).encode(), NOW, branches)


def gitlab(branches: tuple[str, ...] = (), builds: tuple[dict[str, Any], ...] = (), **more: Any) -> Heard:
    pipeline = {
        "id": 31,
        "iid": 3,
        "name": None,
        "ref": "main",
        "tag": False,
        "sha": "bcbb5ec396a2c0f828686f14fac9b80b780504f2",
        "source": "push",
        "status": "failed",
        "detailed_status": "failed",
        "created_at": "2026-11-28 02:40:00 UTC",
        "finished_at": "2026-11-28 02:55:00 UTC",
        "url": "https://gitlab.example/harbour/shop/-/pipelines/31",
        **more,
    }
    project = {"path_with_namespace": "harbour/shop", "default_branch": "main", "web_url": "https://gitlab.example/h/s"}
    event = {"object_kind": "pipeline", "object_attributes": pipeline, "project": project, "user": {"name": "Ana"}}
    event |= {"commit": {"title": "Charge once"}, "builds": builds}
    return read_gitlab_ci(json.dumps(event).encode(), NOW, branches)


def only(heard: Heard) -> Alert:
    (alert,) = heard.alerts
    return alert


def test_a_failed_workflow_of_the_default_branch_fires_with_what_whoever_looks_needs() -> None:
    """Which workflow, branch and commit, what was changed by whom, and the link to its log. No severity is guessed."""
    alert = only(github())
    assert alert.firing
    assert alert.title == "Failed test run: Tests on main of harbour/shop"
    assert alert.summary == "Charge once\nrun 562, attempt 1: failure\nby ana"
    assert alert.labels == {
        "repository": "harbour/shop",
        "workflow": "Tests",
        "branch": "main",
        "commit": "0d1a26e67d8f",
    }
    assert (alert.fingerprint, alert.group_key) == ("harbour/shop/159038/main", "harbour/shop/main")
    assert (alert.starts_at, alert.severity_hint) == (NOW - timedelta(minutes=20), None)
    assert alert.link == "https://github.example/harbour/shop/actions/runs/30433642"


@pytest.mark.parametrize("conclusion", ["failure", "timed_out", "startup_failure"])
def test_every_way_to_fail_fires(conclusion: str) -> None:
    """A run that hung, or could not even begin, has tested nothing."""
    assert only(github(conclusion=conclusion)).firing


@pytest.mark.parametrize("conclusion", ["cancelled", "skipped", "neutral", "stale", "action_required", None])
def test_what_was_not_run_to_its_end_neither_fires_nor_resolves(conclusion: str | None) -> None:
    """Somebody cancelled it: what the last run said still holds."""
    assert github(conclusion=conclusion) == Heard()


@pytest.mark.parametrize(
    "more",
    [
        {"action": "in_progress"},
        {"head_branch": "a-branch"},
        {"head_branch": "MAIN"},
        {"event": "pull_request"},
        {"event": "pull_request_target"},
        {"head_repository": {"full_name": "somebody/shop"}},
    ],
)
def test_other_branches_pull_requests_and_forks_wake_nobody(more: dict[str, Any]) -> None:
    """Also a fork whose branch is called main: anybody can make one."""
    assert github(**more) == Heard()


def test_other_events_are_passed_over() -> None:
    """The ping with which GitHub tries a webhook, and whatever else is sent to it."""
    for event in ({"zen": "Keep it logically awesome."}, {"ref": "refs/heads/main", "after": "a"}):
        assert read_github_actions(json.dumps(event).encode(), NOW) == Heard()
    assert read_gitlab_ci(b'{"object_kind": "push", "ref": "refs/heads/main"}', NOW) == Heard()


@pytest.mark.parametrize(
    ("branches", "fires"),
    [(("main",), False), (("release/.*",), True), (("v.*", "release/1"), True), (("release",), False)],
)
def test_the_settings_say_which_branches_count(branches: tuple[str, ...], fires: bool) -> None:
    """Patterns for all of the name; then the default branch counts only where it is one of them."""
    assert bool(github(branches=branches, head_branch="release/1").alerts) is fires
    assert bool(gitlab(branches=branches, ref="release/1").alerts) is fires


def test_a_success_of_the_same_workflow_and_branch_ends_it_and_no_other_does() -> None:
    """The fingerprint is the workflow on its branch in its repository, whatever the workflow is called by then."""
    failed = only(github())
    passed = only(github(conclusion="success", name="Tests, renamed", run_started_at="2026-11-28T02:50:00Z"))
    assert not passed.firing
    assert passed.fingerprint == failed.fingerprint
    assert newer(order(passed, 2), order(failed, 1))
    assert only(github(conclusion="success", workflow_id=7)).fingerprint != failed.fingerprint
    other = github(conclusion="success", head_branch="release/1", branches=("main", "release/.*"))
    assert only(other).fingerprint != failed.fingerprint


@pytest.mark.parametrize("read", [lambda **m: github(**m), lambda **m: gitlab(**m)], ids=["github", "gitlab"])
def test_a_long_success_of_an_old_commit_does_not_end_the_failure_of_a_newer_one(read: Any) -> None:
    """What counts is which run began later, whatever the order of arrival (R3)."""
    if read() == github():
        old = only(read(conclusion="success", run_started_at="2026-11-28T02:30:00Z", updated_at="2026-11-28T02:59:00Z"))
    else:
        old = only(read(status="success", created_at="2026-11-28 02:30:00 UTC", finished_at="2026-11-28 02:59:00 UTC"))
    failed = only(read())
    assert newer(order(failed, 1), order(old, 2))
    assert newer(order(failed, 2), order(old, 1))


def test_a_failed_pipeline_of_the_default_branch_fires_and_names_the_jobs_that_failed() -> None:
    """A job that may fail is none of them. GitLab's own form of times is read."""
    builds = (
        {"name": "unit", "status": "failed", "allow_failure": False},
        {"name": "lint", "status": "failed", "allow_failure": True},
        {"name": "build", "status": "success"},
    )
    alert = only(gitlab(builds=builds))
    assert alert.title == "Failed test run: the pipeline on main of harbour/shop"
    assert alert.summary == "Charge once\nfailed: unit\npipeline 31: failed\nby Ana"
    assert alert.starts_at == NOW - timedelta(minutes=20)
    assert alert.link == "https://gitlab.example/harbour/shop/-/pipelines/31"
    retried = only(gitlab(status="success"))
    assert newer(order(retried, 2), order(alert, 1))
    assert retried.fingerprint == alert.fingerprint


@pytest.mark.parametrize(
    "more",
    [
        {"status": "running"},
        {"status": "canceled"},
        {"status": "skipped"},
        {"tag": True},
        {"ref": "a-branch"},
        {"source": "merge_request_event"},
        {"source": "parent_pipeline"},
    ],
)
def test_pipelines_that_say_nothing_of_the_branch_wake_nobody(more: dict[str, Any]) -> None:
    """Still running, cancelled, of a tag, of another branch, of a merge request, below another pipeline."""
    assert gitlab(**more) == Heard()


def test_the_nightly_pipeline_is_not_repaired_by_the_next_push() -> None:
    """What runs by a schedule tests something else: it ends with its own success."""
    nightly = only(gitlab(source="schedule"))
    assert "the scheduled pipeline" in nightly.title
    assert nightly.fingerprint != only(gitlab(status="success")).fingerprint
    assert nightly.fingerprint == only(gitlab(source="schedule", status="success")).fingerprint


@pytest.mark.parametrize("body", [b"[]", b"", b"payload=%7B%7D", b'{"action": "completed", "workflow_run": {}}'])
def test_what_cannot_be_read_says_so(body: bytes) -> None:
    """A form instead of JSON is GitHub's default content type: it is what people forget."""
    with pytest.raises(BadPayload):
        read_github_actions(body, NOW)


@pytest.mark.parametrize("body", [b"[]", b"", b'{"object_kind": "pipeline", "object_attributes": {"ref": "main"}}'])
def test_a_pipeline_that_cannot_be_read_says_so(body: bytes) -> None:
    """Without its project nobody knows what failed."""
    with pytest.raises(BadPayload):
        read_gitlab_ci(body, NOW)


def test_the_test_of_an_integration_with_branches_is_of_one_of_them() -> None:
    """Else "send a test" would be passed over, and nobody would know why."""
    place = Place("https://tocsin.example.com", "k" * 24, "x")
    for runs in (GITHUB_ACTIONS_RUNS, GITLAB_CI_RUNS):
        for branches in (("release/.*",), (r"v1\.0",), ("trunk", "x")):
            source = runs.on_branches(branches)
            assert TEST_TITLE in only(source.read(source.sample(place, NOW), NOW)).title
