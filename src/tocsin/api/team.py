"""The team over the API: services, who is on call, alerts and their sources, figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from tocsin.api import given, given_incidents, given_sources, given_steps, sent, telling
from tocsin.api.guard import Asking, needs
from tocsin.api.oncall import targets
from tocsin.app.access import Permission
from tocsin.app.application import Application
from tocsin.app.intake.integrations import Standing
from tocsin.app.intake.thresholds import HeldBack
from tocsin.app.rows.records import IncidentQuery
from tocsin.app.team import CANARY
from tocsin.incident.facts import Recorded
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.summary import IncidentState
from tocsin.review.actions import action_items_of
from tocsin.review.measures import Measure, measure
from tocsin.runbook.command.runnable import runs_in_shell
from tocsin.runbook.json import playbook_json

READ, MAINTAIN = needs(Permission.READ), needs(Permission.MAINTAIN)
MOST_MEASURED = 1000
PAGE = 200


def add_services(router: APIRouter, application: Application) -> None:
    """The routes for services, their runbooks and the steps that may be run."""

    @router.get("/services", openapi_extra=READ, tags=["services"])
    def list_services(caller: Asking) -> list[given.ServiceRow]:
        """The services, what their runbooks leave open, and which steps are enabled."""
        rows = []
        for key in application.team().services:
            known = key in application.playbooks.shelf
            enabled = dict(application.steps.enabled(caller, key)) if known else {}
            rows.append(_service(application, key, enabled))
        return rows

    @router.get("/services/{service}/playbook", openapi_extra=READ, tags=["services"])
    def playbook(caller: Asking, service: str) -> dict[str, Any]:
        """The compiled runbook in force, as `tocsin show --json` prints it."""
        return dict(playbook_json(application.playbooks.of(service).playbook))

    @router.get("/execution", openapi_extra=needs(Permission.READ), tags=["services"])
    def execution(caller: Asking) -> given_steps.HaltRow:
        """Whether all execution of steps is halted."""
        return telling.halt(application.halting.standing(caller))

    @router.post("/execution/halt", openapi_extra=MAINTAIN, tags=["services"])
    def halt(caller: Asking, body: sent.Halt) -> given_steps.HaltRow:
        """Stop all execution, on every node: nothing starts, what runs ends within seconds."""
        return telling.halt(application.halting.halt(caller, body.reason))

    @router.post("/execution/resume", openapi_extra=MAINTAIN, tags=["services"])
    def resume(caller: Asking) -> given.Done:
        """Let execution go on."""
        return given.Done(done=application.halting.resume(caller))

    @router.get("/execution/preflight", openapi_extra=needs(Permission.READ), tags=["services"])
    def preflight(caller: Asking) -> given_steps.PreflightRow:
        """What the last look at the enabled steps saw: programs, variables, targets, health URLs that are not there."""
        return telling.preflight(application.preflights.last(caller), looking=application.preflights.looking)

    @router.post("/execution/preflight", openapi_extra=MAINTAIN, tags=["services"])
    def look(caller: Asking) -> given_steps.PreflightRow:
        """Look now, where each step would run; changes nothing. Ask again until ``looking`` is false."""
        application.preflights.begin(caller)
        return telling.preflight(application.preflights.last(caller), looking=True)

    @router.post("/services/{service}/steps/{step_id}/enable", openapi_extra=MAINTAIN, tags=["services"])
    def enable(caller: Asking, service: str, step_id: str, body: sent.EnableStep | None = None) -> given.Done:
        """Allow exactly this command to be run; a changed command needs another look."""
        application.steps.enable(caller, service, step_id, shell=bool(body and body.shell))
        return given.Done()

    @router.post("/services/{service}/steps/{step_id}/disable", openapi_extra=MAINTAIN, tags=["services"])
    def disable(caller: Asking, service: str, step_id: str) -> given.Done:
        """Take the permission back."""
        return given.Done(done=application.steps.disable(caller, service, step_id))


def add_alerts(router: APIRouter, application: Application) -> None:
    """The routes for alerts and their sources."""

    @router.get("/alerts", openapi_extra=READ, tags=["alerts"])
    def alerts(caller: Asking, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[given_incidents.Alert]:
        """The alerts that were heard last."""
        with application.store.read() as tx:
            return [telling.alert(one) for one in tx.alerts.latest(limit) if one.service != CANARY]

    @router.get("/alerts/held", openapi_extra=READ, tags=["alerts"])
    def held(caller: Asking) -> list[given_sources.HeldBackRow]:
        """What thresholds keep from beginning an incident, the newest first."""
        return [_held_back(one) for one in application.integrations.held_back(caller)]

    @router.get("/integrations", openapi_extra=READ, tags=["alerts"])
    def integrations(caller: Asking) -> list[given_sources.IntegrationRow]:
        """The sources of alerts, and when each was heard last."""
        return [_integration(one) for one in application.integrations.all(caller)]

    @router.get("/integrations/{name}", openapi_extra=MAINTAIN, tags=["alerts"])
    def integration(caller: Asking, name: str) -> given_sources.IntegrationSetUp:
        """How to set a source up. The address holds the integration's secret key."""
        shown = application.integrations.show(caller, name)
        row = _integration(shown.standing)
        source = shown.standing.source
        return given_sources.IntegrationSetUp(
            **row.model_dump(),
            url=shown.url,
            example=shown.text,
            title=source.title,
            joins=source.joins,
            ends=source.ends,
            retries=source.retries,
            documentation=source.documentation,
            held_back=[_held_back(one) for one in shown.held_back],
        )

    @router.post("/integrations/{name}/test", openapi_extra=MAINTAIN, tags=["alerts"], status_code=202)
    def send_test(caller: Asking, name: str, body: sent.TestAlert | None = None) -> given_sources.Tested:
        """Send a test alert through this integration: it becomes a real incident and pages whoever is on call."""
        said = body.body.encode() if body is not None and body.body else None
        return given_sources.Tested(trouble=application.integrations.test(caller, name, said))

    @router.post("/integrations/{name}/sample", openapi_extra=MAINTAIN, tags=["alerts"])
    def sample(caller: Asking, name: str, body: sent.Sample) -> given_sources.ReadSample:
        """What would become of this body: nothing is kept, and nobody is woken."""
        return telling.sample(application.integrations.sample(caller, name, body.body.encode(errors="surrogatepass")))


def add_figures(router: APIRouter, application: Application) -> None:
    """The routes for figures, action items and the state of the server."""

    @router.get("/report", openapi_extra=READ, tags=["learning"])
    def report(
        caller: Asking, days: Annotated[int, Query(ge=1, le=3660)] = 30, drills: bool = False
    ) -> list[given.MeasureRow]:
        """Mean times and targets kept, all together first, then by severity."""
        measured = measure(_timelines(application, days), drills=drills)
        return [_measure(one) for one in (measured.overall, *measured.by_severity)]

    @router.get("/actions", openapi_extra=READ, tags=["learning"])
    def actions(caller: Asking, all: bool = False) -> list[given_incidents.Action]:
        """Action items of saved post-mortems; the open ones unless `all`."""
        found: list[given_incidents.Action] = []
        with application.store.read() as tx:
            for summary in tx.incidents.search(IncidentQuery(states=(IncidentState.RESOLVED,), limit=PAGE)):
                document = tx.documents.newest(summary.incident_id, "postmortem")
                items = action_items_of(document.body, written_at=document.at) if document else ()
                for item in items:
                    action = given_incidents.Action(
                        incident=summary.incident_id,
                        id=item.id,
                        title=item.title,
                        owner=item.owner,
                        due=item.due.isoformat() if item.due else None,
                        kind=item.kind,
                        done=item.done_at is not None,
                    )
                    if all or not action.done:
                        found.append(action)
        return found

    @router.get("/health", openapi_extra=READ, tags=["server"])
    def health(caller: Asking) -> given.Readiness:
        """What `/readyz` says, and what is wrong with the runbooks and the roster in force. A report: always 200."""
        readiness = application.health.ready()
        return given.Readiness(
            ok=readiness.ok,
            checks=[asdict(check) for check in readiness.checks],
            runbook_troubles=dict(application.playbooks.troubles),
            roster_problems=application.team().roster.problems(targets(application)),
            backlog={kind.value: count for kind, count in application.health.backlog().items()},
        )


def _service(application: Application, key: str, enabled: dict[str, bool]) -> given.ServiceRow:
    settings = application.team().services[key]
    held = application.playbooks.shelf.get(key)
    playbook = held.playbook if held else None
    findings: Counter[str] = Counter(one.severity.value for one in playbook.findings) if playbook else Counter()
    return given.ServiceRow(
        key=key,
        name=settings.name,
        runbook=settings.runbook.name,
        playbook=playbook.id if playbook else None,
        severities=[one.name for one in playbook.severities] if playbook else [],
        procedures={one.key: one.title for one in playbook.openable()} if playbook else {},
        assumptions=_assumed(held.plan) if held else [],
        findings=dict(findings),
        duties=[
            {"title": duty.title, "every": duty.every, "line": duty.lines.first}
            for duty in (playbook.duties if playbook else ())
        ],
        enabled_steps=enabled,
        shell_steps=[
            step.id
            for step in (playbook.steps().values() if playbook else ())
            if step.command and runs_in_shell(step.command)
        ],
        trouble=application.playbooks.troubles.get(key),
    )


def _assumed(plan: ResponsePlan) -> list[given.Assumed]:
    return [
        given.Assumed(
            key=one.key, question=one.question, answer=one.answer, accepted=one.accepted, line=telling.line(one.cite)
        )
        for one in plan.assumptions
    ]


def _integration(one: Standing) -> given_sources.IntegrationRow:
    return given_sources.IntegrationRow(
        name=one.integration.name,
        source=one.source.name,
        service=one.integration.service,
        auth=one.integration.auth.kind.value,
        last_at=one.last_at,
        last_alert=one.last_alert,
        last_trouble=one.trouble.what if one.trouble else "",
        last_trouble_at=one.trouble.at if one.trouble else None,
        beat_due_at=one.due_at,
        answers=one.integration.answers is not None,
        told_at=one.told_at,
    )


def _timelines(application: Application, days: int) -> Iterator[list[Recorded]]:
    since = application.clock.now() - timedelta(days=days)
    before: int | None = None
    left = MOST_MEASURED
    while left > 0:
        with application.store.read() as tx:
            page = tx.incidents.search(IncidentQuery(before=before, limit=min(PAGE, left)))
            fresh = [one.incident_id for one in page if one.declared_at >= since]
            facts = tx.incidents.facts(fresh)
        yield from (list(facts[id]) for id in fresh if id in facts)
        if not page or len(fresh) < len(page):
            return
        before, left = page[-1].number, left - len(page)


def _measure(one: Measure) -> given.MeasureRow:
    return given.MeasureRow(
        severity=one.severity,
        incidents=one.incidents,
        acknowledged=one.acknowledged,
        resolved=one.resolved,
        mean_seconds_to_acknowledge=one.mtta.total_seconds() if one.mtta is not None else None,
        mean_seconds_to_resolve=one.mttr.total_seconds() if one.mttr is not None else None,
        downtime_seconds=one.downtime.total_seconds(),
        targets_met={clock.value: count for clock, count in one.met.items()},
        targets_missed={clock.value: count for clock, count in one.missed.items()},
    )


def _held_back(one: HeldBack) -> given_sources.HeldBackRow:
    return given_sources.HeldBackRow(
        integration=one.integration,
        service=one.service,
        title=one.title,
        times=one.times,
        needed=one.needed,
        within_seconds=round(one.within.total_seconds()),
        last_at=one.last_at,
    )
