"""GitLab CI: a pipeline that failed on a branch that matters is an alert.

Source: "Pipeline events" of "Webhook events" in GitLab's documentation. Pipelines of merge requests and of tags do not
count, nor do those below another pipeline, which fails with them. What runs by a schedule is told apart from what runs
for a push: the nightly run is not repaired by the next commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.alerts.alert import Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import Notes, instant
from tocsin.alerts.payload import Json, as_object, as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded
from tocsin.alerts.sources.ci import OF_BRANCHES, CiRun, CiSource, heard_run
from tocsin.alerts.sources.gitlab import webhook
from tocsin.errors import BadPayload

_NAME = "gitlab-ci"
_PASSED = {"success": True, "failed": False}
_ELSEWHERE = ("merge_request_event", "external_pull_request_event", "parent_pipeline")
_SHOWN = 10


def read_gitlab_ci(body: bytes, received_at: datetime, branches: Sequence[str] = ()) -> Heard:
    """What a delivery says of a pipeline on one of these branches, the default one without any. BadPayload for none."""
    parsed = parse(body)
    event = parsed.value
    if not isinstance(event, dict):
        raise BadPayload("a delivery of GitLab is a JSON object")
    notes, pipeline = Notes(parsed.notes), event.get("object_attributes")
    if event.get("object_kind") != "pipeline" or not isinstance(pipeline, dict):
        return Heard(notes=notes.all())
    source = as_text(pipeline.get("source"))
    if source in _ELSEWHERE or pipeline.get("tag") is True:
        return Heard(notes=notes.all())
    project, commit = as_object(event.get("project")), as_object(event.get("commit"))
    name, branch = as_text(project.get("path_with_namespace")), as_text(pipeline.get("ref"))
    if not (name and branch):
        raise BadPayload("a pipeline without its project or its branch")
    kind = "schedule" if source == "schedule" else "push"
    called = as_text(pipeline.get("name")) or ("the scheduled pipeline" if kind == "schedule" else "the pipeline")
    status, id = as_text(pipeline.get("status")), as_text(pipeline.get("id"))
    home = as_text(project.get("web_url"))
    who = as_text(as_object(event.get("user")).get("name"))
    found = CiRun(
        name,
        called,
        f"{kind}/{as_text(pipeline.get('name'))}",
        branch,
        as_text(project.get("default_branch")),
        _PASSED.get(status),
        instant(pipeline.get("created_at"), received_at, notes, "created_at"),
        as_text(pipeline.get("sha")),
        as_text(pipeline.get("url")) or (f"{home}/-/pipelines/{id}" if home and id else ""),
        (
            as_text(commit.get("title")) or next(iter(as_text(commit.get("message")).splitlines()), ""),
            f"failed: {', '.join(jobs)}" if (jobs := _failed(event.get("builds"))) else "",
            f"pipeline {id}: {as_text(pipeline.get('detailed_status')) or status}",
            f"by {who}" if who else "",
        ),
    )
    return heard_run(found, branches, _NAME, received_at, notes)


def _failed(builds: Json) -> list[str]:
    """The jobs that failed, but for those that may."""
    jobs = [one for one in builds if isinstance(one, dict)] if isinstance(builds, list) else []
    failed = [one for one in jobs if one.get("status") == "failed" and one.get("allow_failure") is not True]
    return [as_text(one.get("name")) for one in failed[:_SHOWN]]


def _set_up(place: Place) -> str:
    return f"{webhook(place, 'Pipeline events')}\n{OF_BRANCHES}"


def _sample(_place: Place, now: datetime, branch: str = "main") -> bytes:
    pipeline = {"id": 1, "ref": branch, "status": "failed", "source": "push", "created_at": now.isoformat()}
    return encoded(
        {
            "object_kind": "pipeline",
            "object_attributes": {**pipeline, "name": f"{TEST_TITLE} ({now.isoformat()})"},
            "project": {"path_with_namespace": "a/test", "default_branch": "main"},
        }
    )


GITLAB_CI = Source(
    name=_NAME,
    title="GitLab CI, for failed test runs",
    documentation="https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events",
    sends="Webhooks of pipelines. Those on the default branch count, or on the `branches` of the integration.",
    joins="The pipeline's name on its branch, scheduled ones by themselves. Failures of one branch are one incident.",
    ends="A later pipeline of that name and branch that succeeds, or its retry. A cancelled one says nothing.",
    retries="Not by itself; a hook that fails often is switched off for a while.",
    proofs=(AuthKind.HEADER, AuthKind.STANDARD_WEBHOOKS),
    read=read_gitlab_ci,
    set_up=_set_up,
    sample=_sample,
    header="x-gitlab-token",
)

GITLAB_CI_RUNS = CiSource(GITLAB_CI, "pipelines", read_gitlab_ci, _sample)
