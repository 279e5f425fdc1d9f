"""Recent changes: what GitHub, GitLab, PagerDuty's clients and scripts tell, and which stand beside an incident."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tocsin.alerts.change import BESIDE, KEPT, KEPT_FOR, Change, beside, joined
from tocsin.alerts.cleaning import MAX_TITLE_BYTES
from tocsin.alerts.sources.github import read_github
from tocsin.alerts.sources.gitlab import read_gitlab
from tocsin.alerts.sources.pagerduty import CHANGE_LINE, answer_change, read_pagerduty
from tocsin.alerts.sources.told_change import MOST, read_change
from tocsin.errors import BadPayload

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
REPOSITORY = {"full_name": "harbour/shop", "default_branch": "main", "html_url": "https://github.example/harbour/shop"}


def only(changes: tuple[Change, ...]) -> Change:
    """The one there is."""
    (change,) = changes
    return change


def github(**event: Any) -> tuple[Change, ...]:
    """What a delivery of GitHub changes; never an alert."""
    heard = read_github(json.dumps({"repository": REPOSITORY, **event}).encode(), NOW)
    assert heard.alerts == ()
    return heard.changes


PUSH = {
    "ref": "refs/heads/main",
    "after": "0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c",
    "compare": "https://github.example/harbour/shop/compare/a...b",
    "pusher": {"name": "ana"},
    "head_commit": {"message": "Charge once\n\nThe retry charged twice.", "timestamp": "2026-11-20T10:00:00Z"},
    "commits": [{}, {}, {}],
}


def test_a_push_to_the_default_branch_is_a_change() -> None:
    """With the first line of its newest commit, when it was pushed, not when it was written."""
    change = only(github(**PUSH))
    assert change.what == "harbour/shop: Charge once (and 2 more)"
    assert (change.kind, change.by, change.at) == ("push", "ana", NOW)
    assert change.link == "https://github.example/harbour/shop/compare/a...b"


@pytest.mark.parametrize(
    "event",
    [
        {**PUSH, "ref": "refs/heads/a-branch"},
        {**PUSH, "deleted": True},
        {"zen": "Keep it logically awesome.", "hook_id": 1},
        {"action": "opened", "issue": {}},
        {"deployment_status": {"state": "in_progress"}, "deployment": {}},
    ],
)
def test_what_changes_nothing_that_runs_is_passed_over(event: dict[str, Any]) -> None:
    """Other branches, removed ones, pings, issues, a deployment that is still going on."""
    assert github(**event) == ()


@pytest.mark.parametrize(
    ("state", "says"), [("success", "deployed"), ("failure", "deployment failed"), ("error", "deployment failed")]
)
def test_a_deployment_that_ended_is_a_change(state: str, says: str) -> None:
    """What, where, whose, when: also one that failed may have broken something."""
    deployment = {"id": 7, "ref": "v41", "sha": "0d1a26e67d8f", "environment": "production", "creator": {"login": "bo"}}
    status = {"state": state, "created_at": "2026-11-28T02:48:00Z", "target_url": "https://ci.example/7"}
    change = only(github(deployment=deployment, deployment_status=status))
    assert change.what == f"harbour/shop v41 (0d1a26e) {says} to production"
    assert (change.kind, change.by, change.at) == ("deploy", "bo", NOW - timedelta(minutes=12))


def test_a_deployment_of_a_commit_names_it_once_and_leads_to_where_it_is_described() -> None:
    """To the log of whoever deployed; without one to the repository, so that there is somewhere to go on from."""
    deployment = {"id": 7, "ref": "0d1a26e67d8f", "sha": "0d1a26e67d8f", "environment": "production"}
    ended = {"state": "success"}
    change = only(github(deployment=deployment, deployment_status=ended))
    assert change.what == "harbour/shop 0d1a26e67d8f deployed to production"
    assert change.link == "https://github.example/harbour/shop"
    ended["log_url"] = "https://ci.example/log"
    assert only(github(deployment=deployment, deployment_status=ended)).link == "https://ci.example/log"
    ended["target_url"] = "https://ci.example/7"
    assert only(github(deployment=deployment, deployment_status=ended)).link == "https://ci.example/7"


def test_a_tag_of_github_is_a_change() -> None:
    """Many deploy by a tag: it counts, whatever the default branch is."""
    change = only(github(**{**PUSH, "ref": "refs/tags/v41"}))
    assert (change.what, change.kind, change.by) == ("harbour/shop: tag v41, Charge once", "tag", "ana")


def test_of_two_pushes_and_two_deployments_none_replaces_another_and_one_sent_again_is_one() -> None:
    """The deploy of an hour ago must not hide the one before it; a redelivery is no second deploy."""
    ended = {"state": "success"}
    for_github = [
        github(**PUSH),
        github(**{**PUSH, "after": "f00"}),
        github(deployment={"id": 7, "ref": "v40"}, deployment_status=ended),
        github(deployment={"id": 8, "ref": "v41"}, deployment_status=ended),
    ]
    push = {"object_kind": "push", "ref": "refs/heads/main"}
    deployed = {"object_kind": "deployment", "status": "success", "ref": "v41"}
    for_gitlab = [
        gitlab(**push, after="a1"),
        gitlab(**push, after="a2"),
        gitlab(**deployed, deployment_id=7),
        gitlab(**deployed, deployment_id=8),
    ]
    for told in (for_github, for_gitlab):
        each = [only(one) for one in told]
        known = joined((), each, NOW)
        assert len(known) == 4
        assert len(joined(known, each, NOW)) == 4


def gitlab(**event: Any) -> tuple[Change, ...]:
    """What a delivery of GitLab changes."""
    project = {"path_with_namespace": "harbour/shop", "default_branch": "main", "web_url": "https://gitlab.example/h/s"}
    return read_gitlab(json.dumps({"project": project, **event}).encode(), NOW).changes


def test_gitlabs_pushes_tags_and_deployments_are_changes() -> None:
    """As GitHub's; a removed branch and a pipeline are none."""
    commits = [{"message": "First"}, {"message": "Charge once\n\nmore", "url": "https://gitlab.example/c"}]
    push = {"object_kind": "push", "ref": "refs/heads/main", "after": "a1", "user_name": "Ana", "commits": commits}
    change = only(gitlab(**push, total_commits_count=2))
    assert (change.what, change.by) == ("harbour/shop: Charge once (and 1 more)", "Ana")
    assert change.link == "https://gitlab.example/c"
    assert gitlab(**{**push, "ref": "refs/heads/other"}) == ()
    assert gitlab(**{**push, "after": "0" * 40}) == ()
    assert gitlab(object_kind="pipeline") == ()
    tag = only(gitlab(object_kind="tag_push", ref="refs/tags/v41", after="a1", user_name="Bo"))
    assert (tag.what, tag.kind) == ("harbour/shop: tag v41", "tag")
    deployed = {"object_kind": "deployment", "status": "success", "deployment_id": 15, "environment": "production"}
    deployed |= {"ref": "v41", "short_sha": "279484c", "user": {"name": "Bo"}}
    deployed |= {"deployable_url": "https://gitlab.example/jobs/9"}
    deployed |= {"status_changed_at": "2026-11-28 02:48:00 +0000"}
    change = only(gitlab(**deployed))
    assert change.what == "harbour/shop v41 (279484c) deployed to production"
    assert (change.by, change.at) == ("Bo", NOW - timedelta(minutes=12))
    assert change.link == "https://gitlab.example/jobs/9"
    failed = only(gitlab(**{**deployed, "status": "failed"}))
    assert failed.what == "harbour/shop v41 (279484c) deployment failed to production"
    assert gitlab(**{**deployed, "status": "running"}) == ()


def test_a_change_event_of_pagerduty_is_answered_as_by_the_vendor_and_is_no_alert() -> None:
    """202 with the vendor's words; without a summary 400."""
    payload = {"summary": "Build Success - Increase snapshot create timeout to 30 seconds", "source": "acme-build"}
    payload |= {"timestamp": "2026-11-28T02:48:00.000+0000"}
    links = [{"href": "https://acme.pagerduty.dev/build/2", "text": "View more details"}]
    body = CHANGE_LINE + json.dumps({"routing_key": "k", "payload": payload, "links": links}).encode()
    said = answer_change(body, NOW)
    assert (said.status, said.reply) == (202, {"status": "success", "message": "Change event processed"})
    heard = read_pagerduty(body, NOW)
    assert heard.alerts == ()
    change = only(heard.changes)
    assert (change.what, change.by, change.at) == (payload["summary"], "acme-build", NOW - timedelta(minutes=12))
    assert change.link == "https://acme.pagerduty.dev/build/2"
    for wrong in (b"", b"[]", b'{"payload": {}}', b'{"payload": {"summary": " "}}'):
        assert answer_change(CHANGE_LINE + wrong, NOW).status == 400


def test_a_script_says_what_it_changed_in_a_line_of_json() -> None:
    """One or several; what does not say what was changed is refused."""
    told = {"what": "v41\n deployed", "by": "ana", "kind": "deploy", "at": "2026-11-28T02:48:00Z", "key": "d41"}
    change = only(read_change(json.dumps(told).encode(), NOW).changes)
    expected = Change(NOW - timedelta(minutes=12), "v41 deployed", "deploy", "ana", None, "change", "d41")
    assert change == expected
    assert len(read_change(b'[{"what": "a"}, {"summary": "b"}]', NOW).changes) == 2
    for wrong in (b"{}", b'{"what": " "}', b'"v41"', b"[1]"):
        with pytest.raises(BadPayload):
            read_change(wrong, NOW)


def test_what_a_script_says_is_bounded() -> None:
    """A script that went wild fills neither the database nor a phone's screen; what was left out is said."""
    heard = read_change(json.dumps([{"what": f"v{n}"} for n in range(MOST + 1)]).encode(), NOW)
    assert [one.what for one in heard.changes] == [f"v{n}" for n in range(MOST)]
    assert f"only the first {MOST} changes were kept" in heard.notes
    long = only(read_change(json.dumps({"what": "v" * 9000, "kind": "k" * 99}).encode(), NOW).changes)
    assert len(long.what.encode()) <= MAX_TITLE_BYTES
    assert long.kind == "k" * 40
    assert only(read_change(b'{"what": "v41"}', NOW).changes).kind == "change"


def test_a_change_is_never_in_the_future_and_its_link_is_of_the_web() -> None:
    """A clock that is ahead must not keep it on top, and no link runs a script."""
    told = {"what": "x", "at": "2026-11-29T00:00:00Z", "link": "javascript:alert(1)"}
    change = only(read_change(json.dumps(told).encode(), NOW).changes)
    assert (change.at, change.link) == (NOW, None)


def test_changes_are_kept_newest_first_each_once_and_only_so_many() -> None:
    """A delivery that comes twice, or again with another state, is one; ninety days and two hundred are the most."""
    known = tuple(Change(NOW - n * HOUR, f"c{n}", key=f"k{n}") for n in range(KEPT))
    again = joined(known, [Change(NOW, "c5 again", key="k5")], NOW)
    assert again[0].what == "c5 again"
    assert len(again) == KEPT
    assert "c5" not in [one.what for one in again]
    assert len(joined(known, [Change(NOW, "new")], NOW)) == KEPT
    assert joined([Change(NOW - KEPT_FOR - HOUR, "old")], [], NOW) == ()
    late = joined([Change(NOW, "a")], [Change(NOW - HOUR, "b")], NOW)
    assert [one.what for one in late] == ["a", "b"]


def test_a_day_before_an_incident_and_what_came_during_it_stand_beside_it() -> None:
    """Last week's deploy, and what was changed after it was over, have nothing to do with it."""
    at = {"last week": -7 * 24 * HOUR, "a day": -BESIDE, "just before": -HOUR, "during": HOUR, "after": 3 * HOUR}
    known = [Change(NOW + span, what) for what, span in at.items()]
    assert [one.what for one in beside(known, NOW, NOW + 2 * HOUR)] == ["a day", "just before", "during"]
    assert [one.what for one in beside(known, NOW, None)] == ["a day", "just before", "during", "after"]
