"""GitLab's webhooks as recent changes: what was pushed, and what was deployed.

Source: "Webhooks" and "Webhook events" of GitLab's documentation. A project's hook proves itself by its secret token in
a header (`X-Gitlab-Token`), a newer one by a signature in the form of Standard Webhooks.
"""

from __future__ import annotations

from datetime import datetime

from tocsin.alerts.alert import Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.change import Change, made
from tocsin.alerts.cleaning import Notes, instant
from tocsin.alerts.payload import Json, as_object, as_text, parse
from tocsin.alerts.source import Place, Source, encoded
from tocsin.errors import BadPayload

_GITLAB = "gitlab"
_OVER = {"success": "deployed", "failed": "deployment failed"}
_NOTHING = "0" * 40


def read_gitlab(body: bytes, received_at: datetime) -> Heard:
    """The change of one delivery; none for other events. BadPayload for what is no object."""
    parsed = parse(body)
    event = parsed.value
    if not isinstance(event, dict):
        raise BadPayload("a delivery of GitLab is a JSON object")
    notes, change = Notes(parsed.notes), None
    match event.get("object_kind"):
        case "push" | "tag_push":
            change = _pushed(event, received_at, notes)
        case "deployment":
            change = _deployed(event, received_at, notes)
        case _:
            pass
    return Heard(notes=notes.all(), changes=(change,) if change is not None else ())


def _deployed(event: dict[str, Json], received_at: datetime, notes: Notes) -> Change | None:
    state = _OVER.get(as_text(event.get("status")))
    if state is None:
        return None
    where, ref, sha = (as_text(event.get(name)) for name in ("environment", "ref", "short_sha"))
    return made(
        instant(event.get("status_changed_at"), received_at, notes, "status_changed_at"),
        received_at,
        f"{_project(event)} {ref}" + (f" ({sha})" if sha else "") + f" {state}" + (f" to {where}" if where else ""),
        notes,
        kind="deploy",
        by=as_text(as_object(event.get("user")).get("name")),
        link=as_text(event.get("deployable_url")),
        source=_GITLAB,
        key=f"deployment/{as_text(event.get('deployment_id'))}/{as_text(event.get('status'))}",
    )


def _pushed(event: dict[str, Json], received_at: datetime, notes: Notes) -> Change | None:
    ref, default = as_text(event.get("ref")), as_text(as_object(event.get("project")).get("default_branch"))
    new = as_text(event.get("checkout_sha")) or as_text(event.get("after"))
    if as_text(event.get("after")) == _NOTHING:  # it was removed
        return None
    commits = event.get("commits")
    last = as_object(commits[-1]) if isinstance(commits, list) and commits else {}
    said = next(iter(as_text(last.get("message")).splitlines()), "")
    tag = ref.removeprefix("refs/tags/")
    if tag != ref:
        what, kind = f"{_project(event)}: tag {tag}", "tag"
    elif ref == f"refs/heads/{default}":
        total = event.get("total_commits_count")
        more = total - 1 if isinstance(total, int) else 0
        what = f"{_project(event)}: {said or 'push'}" + (f" (and {more} more)" if more > 0 else "")
        kind = "push"
    else:
        return None
    by, link = as_text(event.get("user_name")), as_text(last.get("url"))
    link = link or as_text(as_object(event.get("project")).get("web_url"))
    return made(None, received_at, what, notes, kind=kind, by=by, link=link, source=_GITLAB, key=f"{ref}/{new}")


def _project(event: dict[str, Json]) -> str:
    return as_text(as_object(event.get("project")).get("path_with_namespace")) or "a project"


def webhook(place: Place, trigger: str) -> str:
    """How a webhook is made in GitLab that tells of these events."""
    known = "the secret of the integration's auth table"
    signed = place.proof is AuthKind.STANDARD_WEBHOOKS
    return (
        "# the project's or the group's Settings > Webhooks > Add new webhook\n"
        f"URL:            {place.url}\n"
        + (f"Signing token:  {known} (whsec_…)\n" if signed else f"Secret token:   {known}\n")
        + f"Trigger:        {trigger}\n"
    )


def _set_up(place: Place) -> str:
    return webhook(place, "Push events, Tag push events, Deployment events")


def _sample(place: Place, now: datetime) -> bytes:
    return encoded(
        {
            "object_kind": "push",
            "ref": "refs/heads/main",
            "after": now.isoformat(),
            "user_name": "tocsin",
            "project": {"path_with_namespace": "a test", "default_branch": "main"},
            "commits": [{"message": "Test: nothing was changed"}],
        }
    )


GITLAB = Source(
    name=_GITLAB,
    title="GitLab, for recent changes",
    documentation="https://docs.gitlab.com/user/project/integrations/webhook_events/",
    sends="Webhooks: pushes to the default branch, tags and deployments stand beside incidents. Never an alert.",
    joins="Not an alert: the commit that was pushed, or the state of a deployment.",
    ends="Not an alert.",
    retries="Not by itself; a hook that fails often is switched off for a while.",
    proofs=(AuthKind.HEADER, AuthKind.STANDARD_WEBHOOKS),
    read=read_gitlab,
    set_up=_set_up,
    sample=_sample,
    header="x-gitlab-token",
    alerts=False,
)
