"""The post-mortem: a text, its blanks, and a button that stays shut until they are written."""

from __future__ import annotations

from starlette.responses import Response

from tocsin.app.access import Permission
from tocsin.web.asking import Ask
from tocsin.web.markdown import rendered


def show(ask: Ask) -> Response:
    """The editor. After a conflict it holds the words that could not be saved, beside those that were."""
    incident_id = ask.part("incident")
    view = ask.application.postmortems.open(ask.by, incident_id)
    incident = ask.application.incidents.view(ask.by, incident_id).incident
    mine = ask.form["text"][0].replace("\r\n", "\n") if ask.trouble and "text" in ask.form else None
    return ask.page(
        "postmortem.html",
        i=incident,
        pm=view,
        text=view.text if mine is None else mine,
        theirs=view.text if mine is not None and mine != view.text else None,
        preview=rendered(view.text),
        can_respond=ask.may(Permission.RESPOND),
        can_maintain=ask.may(Permission.MAINTAIN),
    )


def save(ask: Ask) -> Response:
    """Keep what was written as the next version."""
    incident_id, text = ask.part("incident"), ask.form.get("text", ("",))[0]
    ask.application.postmortems.save(ask.by, incident_id, text, ask.number("version") or 0)
    return ask.go(f"/i/{incident_id}/postmortem")


def publish(ask: Ask) -> Response:
    """Give it to the team."""
    incident_id = ask.part("incident")
    ask.application.postmortems.publish(ask.by, incident_id)
    return ask.go(f"/i/{incident_id}/postmortem")
