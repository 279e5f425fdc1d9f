"""Telling customers: the runbook's own words, its blanks as fields, and one button that says where it goes."""

from __future__ import annotations

from starlette.responses import Response

from tocsin.app.customers.approving import CUSTOMERS
from tocsin.app.customers.audiences import AUDIENCES, TEAM
from tocsin.errors import BadInput
from tocsin.incident.facts import PublicStatus
from tocsin.incident.incident import Incident
from tocsin.web.asking import Ask
from tocsin.web.marking import marked, unfilled

BLANK = "blank:"
OWN = "own:"
"""Before the name of an audience: the field with its own words, empty where it reads what customers do."""


def show(ask: Ask) -> Response:
    """The sheet, with the text of the runbook's template for this moment."""
    incident_id = ask.part("incident")
    view = ask.application.incidents.view(ask.by, incident_id)
    status = _status(ask.text("status") or ask.query("status"), view.incident)
    prepared = ask.application.publishing.prepare(ask.by, incident_id, status)
    text = _filled(ask) if "text" in ask.form else prepared.text
    service = ask.application.team().services.get(view.incident.service)
    components = service.components if service else ()
    chosen = ask.texts("component") if ask.form else tuple(one.key for one in components)
    inside = [ask.application.audiences.prepare(ask.by, incident_id, audience, status) for audience in AUDIENCES]
    return ask.page(
        "tell.html",
        i=view.incident,
        status=status,
        statuses=tuple(PublicStatus),
        prepared=prepared,
        text=text,
        blanks=unfilled(text),
        preview=marked(text),
        components=components,
        chosen=chosen,
        inside=[
            (one, _filled(ask, f"{OWN}{one.audience}") if "text" in ask.form else one.text)
            for one in inside
            if one.outlets or one.audience == TEAM
        ],
        to=ask.texts("to") if "text" in ask.form else (CUSTOMERS,),
        team=ask.application.team(),
        asks=bool(prepared.decision and ask.me not in [one.handle for one in prepared.decision.people]),
    )


def post(ask: Ask) -> Response:
    """Publish it, and tell whoever else is chosen; or show again what is still blank."""
    incident_id = ask.part("incident")
    status = _status(ask.text("status"), None)
    ask.application.approvals.tell(
        ask.by,
        incident_id,
        ask.texts("to"),
        _filled(ask),
        status=status,
        own={one: _filled(ask, f"{OWN}{one}") for one in AUDIENCES},
        components=ask.texts("component"),
        decided_by=ask.text("decided_by"),
    )
    return ask.go(f"/i/{incident_id}#customers")


def show_audience(ask: Ask) -> Response:
    """The same for the team, or for a group inside the company."""
    incident_id, audience = ask.part("incident"), ask.part("audience")
    view = ask.application.incidents.view(ask.by, incident_id)
    status = _status(ask.text("status") or ask.query("status"), view.incident, of_public=False)
    message = ask.application.audiences.prepare(ask.by, incident_id, audience, status)
    text = _filled(ask) if "text" in ask.form else message.text
    subject = _filled(ask, "subject") if "text" in ask.form else message.subject
    return ask.page(
        "tell_audience.html",
        i=view.incident,
        status=status,
        statuses=tuple(PublicStatus),
        message=message,
        text=text,
        subject=subject,
        blanks=unfilled(f"{subject}\n{text}"),
        preview=marked(text),
    )


def post_audience(ask: Ask) -> Response:
    """Send it, or show again what is still blank."""
    incident_id = ask.part("incident")
    ask.application.audiences.tell(
        ask.by, incident_id, ask.part("audience"), _filled(ask), subject=_filled(ask, "subject")
    )
    return ask.go(f"/i/{incident_id}#customers")


def _filled(ask: Ask, part: str = "text") -> str:
    """The text with the blanks replaced by what was written into their fields."""
    text = ask.text(part).replace("\r\n", "\n")
    for name, values in ask.form.items():
        if name.startswith(BLANK) and values and values[0].strip():
            text = text.replace(name.removeprefix(BLANK), values[0].strip())
    return text


def _status(word: str, incident: Incident | None, *, of_public: bool = True) -> PublicStatus:
    """The status that was chosen; without a choice, the one that follows from where the incident stands."""
    if word:
        try:
            return PublicStatus(word)
        except ValueError as error:
            raise BadInput(f"{word!r} is no status; use {', '.join(PublicStatus)}") from error
    if incident is None or (of_public and incident.public is None):
        return PublicStatus.INVESTIGATING
    if incident.resolved_at is not None:
        return PublicStatus.RESOLVED
    if incident.mitigated_at:
        return PublicStatus.MONITORING
    return PublicStatus.IDENTIFIED if incident.last_update_at else PublicStatus.INVESTIGATING
