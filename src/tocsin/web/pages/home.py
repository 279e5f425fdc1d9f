"""Home: what needs somebody now, whether that is me, and whether we would be heard if something broke."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from tocsin.app.access import Permission
from tocsin.app.rows.records import IncidentQuery
from tocsin.errors import NotSignedIn
from tocsin.incident.summary import IncidentState
from tocsin.runbook.findings import few
from tocsin.web.answers import ASGIApp
from tocsin.web.asking import Ask, Desk
from tocsin.web.live import Message, Update, Watcher, alive, event
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
        clock_off=application.health.clock_off(),
        by_hand=application.offline.waiting(),
        troubles=application.playbooks.troubles,
        services=team.services,
        integrations=team.integrations,
        problems=roster.problems(),
        overdue={key: count for key, count in application.duties.overdue().items() if count},
        name=names(team),
        can_respond=ask.may(Permission.RESPOND),
    )


@dataclass(eq=False, slots=True)
class Visitor(Watcher):
    """Whoever has a page of many incidents open, and up to which change it is current. ``proof`` as of ``Viewer``."""

    seen: int


def watch(ask: Ask) -> ASGIApp:
    """The event stream of pages that show many incidents: it only says that something changed."""
    ask.by.require(Permission.READ)
    if ask.session is None:
        raise NotSignedIn
    visitor = Visitor(ask.me, ask.session.token_hash, ask.desk.live.changes)
    return ask.desk.live.stream(None, visitor, partial(_look, ask.desk))


def _look(desk: Desk, visitors: Sequence[Visitor]) -> Sequence[Message | None]:
    callers = desk.application.accounts.callers_of_sessions([one.proof for one in visitors])
    changes = desk.live.changes
    changed = event(Update(changes, "changed", "changed")).encode()

    def told(visitor: Visitor) -> Message | None:
        caller = callers.get(visitor.proof)
        if caller is None or not caller.may(Permission.READ):
            return None
        seen, visitor.seen = visitor.seen, changes
        return alive if seen == changes else lambda: changed

    return [told(visitor) for visitor in visitors]


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
    held = ask.application.integrations.held_back(ask.by) if before == "" else []
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
        held=[one for one in held if not query.services or one.service in query.services],
        older=[*older, ("before", str(found[-1].number))] if len(found) == query.limit else [],
    )
