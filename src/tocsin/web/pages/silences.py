"""Silences: what is kept quiet, by whom, why and until when, what each has hidden; making, prolonging, ending one."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from tocsin.alerts.silence import matcher, written
from tocsin.app.access import Permission
from tocsin.errors import BadInput
from tocsin.web.asking import Ask
from tocsin.web.pages.oncall import typed
from tocsin.web.pages.situation import names

SPANS = {"1": "1 hour", "2": "2 hours", "4": "4 hours", "8": "8 hours", "24": "a day", "72": "3 days"}
"""Hours, in the words of the form; by default the second."""


def listing(ask: Ask) -> Response:
    """All of them: in force, to come, ended lately."""
    found = ask.application.silences.listed(ask.by)
    states = {state: [one for one in found if one.silence.state(ask.now) == state] for state in _HEADINGS}
    return ask.page(
        "silences.html",
        sections=[(state, heading, states[state]) for state, heading in _HEADINGS.items() if states[state]],
        can_respond=ask.may(Permission.RESPOND),
        name=names(ask.application.team()),
        written=written,
    )


_HEADINGS = {"active": "In force", "pending": "To come", "expired": "Ended lately"}


def show(ask: Ask) -> Response:
    """One silence with everything that it has kept quiet."""
    shown = ask.application.silences.show(ask.by, ask.part("silence"))
    silence, zone = shown.silence, _zone(ask)
    return ask.page(
        "silence.html",
        shown=shown,
        silence=silence,
        state=silence.state(ask.now),
        spans=SPANS,
        local=[f"{at.astimezone(zone):%a %-d %b %Y %H:%M}" for at in (silence.starts_at, silence.ends_at)],
        zone=zone.key,
        can_respond=ask.may(Permission.RESPOND),
        name=names(ask.application.team()),
        written=written,
    )


def form(ask: Ask) -> Response:
    """The form, filled from an incident or one of its alerts where the address names one."""
    incident, alert = ask.query("incident") or ask.text("incident"), ask.query("alert") or ask.text("alert")
    suggested = ask.application.silences.suggest(ask.by, incident, alert) if incident else None
    team = ask.application.team()
    said = {key: values[0] for key, values in ask.form.items() if values}
    if not said and suggested is not None:
        said = {
            "matchers": "\n".join(map(written, suggested.matchers)),
            "service": suggested.service,
            "integration": "" if suggested.matchers else suggested.integration,
        }
    elif not said and ask.query("service") in team.services:
        said = {"service": ask.query("service")}
    return ask.page(
        "silence_form.html",
        said=defaultdict(str, said),
        suggested=suggested,
        incident=incident,
        alert=alert,
        services=team.services,
        integrations=team.voices,
        spans=SPANS,
        zone=_zone(ask).key,
        written=written,
    )


def make(ask: Ask) -> Response:
    """Keep alerts quiet."""
    zone = _zone(ask)
    since, until = typed(ask.text("since"), zone), typed(ask.text("until"), zone)
    silence = ask.application.silences.make(
        ask.by,
        [matcher(line) for line in ask.text("matchers").splitlines() if line.strip()],
        until=until or max(since or ask.now, ask.now) + _span(ask.text("lasts", "2")),
        why=ask.text("why"),
        service=ask.text("service"),
        integration=ask.text("integration"),
        since=since,
        acknowledge=(ask.text("incident"),) if ask.text("acknowledge") and ask.text("incident") else (),
    )
    return ask.go(f"/silences/{silence.id}")


def prolong(ask: Ask) -> Response:
    """Let it end later (or sooner), counted from its present end or as a time of its own."""
    id = ask.part("silence")
    until = typed(ask.text("until"), _zone(ask))
    if until is None:
        until = ask.application.silences.show(ask.by, id).silence.ends_at + _span(ask.text("lasts", "1"))
    ask.application.silences.prolong(ask.by, id, until)
    return ask.go(f"/silences/{id}")


def end(ask: Ask) -> Response:
    """End it now: what it holds and fires still is heard."""
    ask.application.silences.lift(ask.by, ask.part("silence"))
    return ask.back(f"/silences/{ask.part('silence')}")


def _zone(ask: Ask) -> ZoneInfo:
    return ZoneInfo(ask.application.team().zone)


def _span(text: str) -> timedelta:
    if text not in SPANS:
        raise BadInput(f"a silence lasts {', '.join(SPANS.values())}, or until a time that you enter")
    return timedelta(hours=int(text))
