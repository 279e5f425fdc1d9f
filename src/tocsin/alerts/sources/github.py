"""GitHub's webhooks as recent changes: what was pushed, and what was deployed.

Source: "Webhook events and payloads" and "Validating webhook deliveries" of GitHub's documentation. The name of the
event stands in a header that is not kept, so that it is told from the body. A push to another branch than the default
one changes nothing that runs, and is passed over, as are all other events.
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

_GITHUB = "github"
_OVER = {"success": "deployed", "failure": "deployment failed", "error": "deployment failed"}


def read_github(body: bytes, received_at: datetime) -> Heard:
    """The change of one delivery; none for other events. BadPayload for what is no object."""
    parsed = parse(body)
    event = parsed.value
    if not isinstance(event, dict):
        raise BadPayload("a delivery of GitHub is a JSON object: choose the content type application/json")
    notes = Notes(parsed.notes)
    if "deployment_status" in event:
        change = _deployed(event, received_at, notes)
    elif "ref" in event and "after" in event:
        change = _pushed(event, received_at, notes)
    else:
        change = None
    return Heard(notes=notes.all(), changes=(change,) if change is not None else ())


def _deployed(event: dict[str, Json], received_at: datetime, notes: Notes) -> Change | None:
    """What became of a deployment, once that is known."""
    status, deployment = as_object(event.get("deployment_status")), as_object(event.get("deployment"))
    state = _OVER.get(as_text(status.get("state")))
    if state is None:
        return None
    where = as_text(status.get("environment")) or as_text(deployment.get("environment"))
    ref, sha = as_text(deployment.get("ref")), as_text(deployment.get("sha"))[:7]
    what = f"{_repository(event)} {ref}" + (f" ({sha})" if sha and not ref.startswith(sha) else "") + f" {state}"
    return made(
        instant(status.get("created_at"), received_at, notes, "created_at"),
        received_at,
        what + (f" to {where}" if where else ""),
        notes,
        kind="deploy",
        by=as_text(as_object(deployment.get("creator")).get("login")),
        link=as_text(status.get("target_url")) or as_text(status.get("log_url")) or _home(event),
        source=_GITHUB,
        key=f"deployment/{as_text(deployment.get('id'))}/{as_text(status.get('state'))}",
    )


def _pushed(event: dict[str, Json], received_at: datetime, notes: Notes) -> Change | None:
    """Commits on the default branch, or a tag."""
    ref, repository = as_text(event.get("ref")), as_object(event.get("repository"))
    default = as_text(repository.get("default_branch")) or as_text(repository.get("master_branch"))
    if event.get("deleted") is True:
        return None
    head = as_object(event.get("head_commit"))
    said = next(iter(as_text(head.get("message")).splitlines()), "")
    by = as_text(as_object(event.get("pusher")).get("name")) or as_text(as_object(event.get("sender")).get("login"))
    tag = ref.removeprefix("refs/tags/")
    if tag != ref:
        what, kind = f"{_repository(event)}: tag {tag}" + (f", {said}" if said else ""), "tag"
    elif ref == f"refs/heads/{default}":
        commits = event.get("commits")
        more = len(commits) - 1 if isinstance(commits, list) else 0
        what = f"{_repository(event)}: {said or 'push'}" + (f" (and {more} more)" if more > 0 else "")
        kind = "push"
    else:
        return None
    # The time of the commit may be of last week: what counts is when it was pushed, which is now.
    link = as_text(event.get("compare")) or as_text(head.get("url"))
    return made(
        None, received_at, what, notes, kind=kind, by=by, link=link, source=_GITHUB, key=f"{ref}/{event['after']}"
    )


def _repository(event: dict[str, Json]) -> str:
    return as_text(as_object(event.get("repository")).get("full_name")) or "a repository"


def _home(event: dict[str, Json]) -> str:
    return as_text(as_object(event.get("repository")).get("html_url"))


def webhook(place: Place, events: str) -> str:
    """How a webhook is made in GitHub that tells of these events."""
    return (
        "# the repository's or the organisation's Settings > Webhooks > Add webhook\n"
        f"Payload URL:   {place.url}\n"
        "Content type:  application/json\n"
        "Secret:        the secret of the integration's auth table\n"
        f"Events:        Let me select individual events: {events}\n"
    )


def _set_up(place: Place) -> str:
    return webhook(place, "Pushes, Deployment statuses")


def _sample(place: Place, now: datetime) -> bytes:
    return encoded(
        {
            "ref": "refs/heads/main",
            "after": now.isoformat(),
            "repository": {"full_name": "a test", "default_branch": "main"},
            "head_commit": {"message": "Test: nothing was changed"},
            "pusher": {"name": "tocsin"},
        }
    )


GITHUB = Source(
    name=_GITHUB,
    title="GitHub, for recent changes",
    documentation="https://docs.github.com/en/webhooks/webhook-events-and-payloads",
    sends="Webhooks: pushes to the default branch, tags and deployments stand beside incidents. Never an alert.",
    joins="Not an alert: the commit that was pushed, or the state of a deployment.",
    ends="Not an alert.",
    retries="GitHub does not send again by itself: Recent Deliveries > Redeliver.",
    proofs=(AuthKind.GITHUB,),
    read=read_github,
    set_up=_set_up,
    sample=_sample,
    alerts=False,
)
