"""Home: what needs somebody now, whether that is me, and whether we would be heard if something broke."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from tocsin.app.access import Permission
from tocsin.app.health import few
from tocsin.app.records import IncidentQuery
from tocsin.incident.summary import IncidentState
from tocsin.web.asking import Ask, Desk
from tocsin.web.guard import identify
from tocsin.web.live import Update
from tocsin.web.pages.oncall import duty
from tocsin.web.pages.situation import names

STATES = {state.value: state for state in IncidentState}


def show(ask: Ask) -> Response:
    """The page."""
    application, team = ask.application, ask.application.team()
    incidents = application.incidents

    def those(*states: IncidentState, limit: int = 100) -> Sequence[object]:
        return incidents.search(ask.by, IncidentQuery(states=states, limit=limit))

    roster = application.rota.roster()
    return ask.page(
        "home.html",
        triggered=those(IncidentState.TRIGGERED),
        active=those(IncidentState.ACKNOWLEDGED, IncidentState.MITIGATED),
        recent=those(IncidentState.RESOLVED, limit=5),
        duties=[duty(one, ask.me, ask.now) for one in roster.schedules],
        backlog={kind.value: count for kind, count in application.health.backlog().items() if count},
        violations=few(application.health.violations),
        held=application.health.held(),
        troubles=application.playbooks.troubles,
        services=team.services,
        integrations=team.integrations,
        problems=roster.problems(),
        name=names(team),
        can_respond=ask.may(Permission.RESPOND),
    )


def watch(request: Request, desk: Desk) -> Response:
    """The event stream of pages that show many incidents: it only says that something changed."""
    caller = identify(request, desk, link=False).by
    caller.require(Permission.READ)

    def look(seen: int) -> Update:
        identify(request, desk, link=False).by.require(Permission.READ)
        changes = desk.live.changes
        return Update(changes, "changed" if changes != seen else "", "changed")

    return desk.live.stream(caller.actor.name, None, desk.live.changes, look)


def listing(ask: Ask) -> Response:
    """Incidents, filtered by what stands in the address."""
    wanted = tuple(STATES[word] for word in ask.request.query_params.getlist("state") if word in STATES)
    before = ask.query("before")
    query = IncidentQuery(
        states=wanted,
        services=tuple(filter(None, ask.request.query_params.getlist("service"))),
        severities=tuple(filter(None, ask.request.query_params.getlist("severity"))),
        text=ask.query("text")[:200],
        before=int(before) if before.isdecimal() and len(before) < 12 else None,
        limit=50,
    )
    found = ask.application.incidents.search(ask.by, query)
    shelf = ask.application.playbooks.shelf
    severities = dict.fromkeys(s.name for key in sorted(shelf) for s in shelf[key].plan.severities)
    older = [(key, value) for key, value in ask.request.query_params.multi_items() if key != "before"]
    return ask.page(
        "incidents.html",
        found=found,
        query=query,
        services=ask.application.team().services,
        severities=tuple(severities),
        states=tuple(IncidentState),
        name=names(ask.application.team()),
        can_respond=ask.may(Permission.RESPOND),
        older=[*older, ("before", str(found[-1].number))] if len(found) == query.limit else [],
    )
