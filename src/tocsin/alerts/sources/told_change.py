"""Changes as any script can tell them: one object of JSON, or a list of them.

{"what": "v41 deployed",          the only field that must be there; also `summary`, `title`, `message`
 "by": "ana", "kind": "deploy", "link": "https://…", "at": "2026-03-01T02:00:00Z", "key": "deploy-41"}
"""

from __future__ import annotations

from datetime import datetime

from tocsin.alerts.alert import Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.change import Change, made
from tocsin.alerts.cleaning import Notes, instant
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.source import Place, Source, encoded, secret_hint
from tocsin.errors import BadPayload

_CHANGE = "change"
MOST = 50
"""Changes of one delivery."""


def read_change(body: bytes, received_at: datetime) -> Heard:
    """The changes that a script tells of. BadPayload for one that does not say what was changed."""
    parsed = parse(body)
    notes = Notes(parsed.notes)
    several = parsed.value if isinstance(parsed.value, list) else [parsed.value]
    if len(several) > MOST:
        notes.add(f"only the first {MOST} changes were kept")
    return Heard(notes=notes.all(), changes=tuple(_read(one, received_at, notes) for one in several[:MOST]))


def _read(one: Json, received_at: datetime, notes: Notes) -> Change:
    if not isinstance(one, dict):
        raise BadPayload("a change is an object with `what`, or a list of such")
    what = next((as_text(one[name]) for name in ("what", "summary", "title", "message") if one.get(name)), "")
    if not what.strip():
        raise BadPayload("a change without `what`: say what was changed")
    at = instant(one.get("at") or one.get("timestamp"), received_at, notes, "at")
    said = {name: as_text(one.get(name)) for name in ("by", "link", "key", "kind")}
    return made(
        at,
        received_at,
        what,
        notes,
        kind=said["kind"][:40] or "change",
        by=said["by"],
        link=said["link"],
        source=_CHANGE,
        key=said["key"],
    )


def _set_up(place: Place) -> str:
    return (
        "# at the end of a deploy script\n"
        f"curl -fsS -m 10 --retry 5{place.curl_proof} -H 'content-type: application/json' {place.url} \\\n"
        '  -d "{\\"what\\": \\"$VERSION deployed\\", \\"by\\": \\"$USER\\", \\"kind\\": \\"deploy\\"}"\n\n'
        "# or with the command line and a token that may send alerts\n"
        'tocsin change "$VERSION deployed" --service SERVICE\n'
    ) + ("" if place.curl_proof else secret_hint(place))


def _sample(_place: Place, now: datetime) -> bytes:
    return encoded({"what": "Test: nothing was changed", "by": "tocsin", "at": now.isoformat()})


CHANGE = Source(
    name=_CHANGE,
    title="Whatever changes something",
    documentation="https://github.com/tocsin/tocsin/blob/main/docs/changes.md",
    sends="JSON with `what` was changed, from a deploy script: it stands beside incidents. Never an alert.",
    joins="Not an alert: its `key`, if it has one.",
    ends="Not an alert.",
    retries="Whatever the sender does.",
    proofs=(AuthKind.KEY, AuthKind.BEARER, AuthKind.BASIC, AuthKind.HEADER, AuthKind.STANDARD_WEBHOOKS),
    read=read_change,
    set_up=_set_up,
    sample=_sample,
    alerts=False,
)
