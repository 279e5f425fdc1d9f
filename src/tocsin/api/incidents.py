"""Incidents over the API: list, declare, read, act."""

from __future__ import annotations

import hashlib
import threading
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Query, Response

from tocsin.api import given_incidents, given_steps, sent, telling
from tocsin.api.guard import Asking, needs
from tocsin.app.access import Caller, Permission
from tocsin.app.application import Application
from tocsin.app.execution.starting import Given
from tocsin.app.incidents import Acted
from tocsin.app.rows.records import IncidentQuery
from tocsin.errors import BadInput
from tocsin.incident import commands as c
from tocsin.incident.commands import Command
from tocsin.incident.consent import Shown
from tocsin.incident.facts import PublicStatus
from tocsin.incident.incident import Incident
from tocsin.incident.summary import IncidentState

READ, RESPOND = needs(Permission.READ), needs(Permission.RESPOND)
_Word = Annotated[str, Query(max_length=200)]
_KEY = Annotated[str | None, Header(max_length=256)]


def speech(application: Application) -> telling.Speech:
    """How facts are put: people by their names where the settings know them, instants in the team's zone."""

    def name(handle: str) -> str:
        person = application.team().roster.person(handle)
        return person.name if person else handle

    return telling.Speech(name, lambda: ZoneInfo(application.team().zone))


def address(application: Application, incident_id: str) -> str:
    """Where people look at an incident."""
    return f"{application.team().public_url.rstrip('/')}/i/{incident_id}"


def add_incidents(router: APIRouter, application: Application) -> None:
    """The routes to find and declare incidents."""
    declaring = threading.Lock()
    team = speech(application)

    @router.get("/incidents", openapi_extra=READ, tags=["incidents"])
    def list_incidents(
        caller: Asking,
        state: Annotated[list[IncidentState] | None, Query(max_length=4)] = None,
        service: Annotated[list[str] | None, Query(max_length=50)] = None,
        severity: Annotated[list[str] | None, Query(max_length=50)] = None,
        q: _Word = "",
        before: Annotated[str | None, Query(description="The id of an incident: those before it.")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> list[given_incidents.IncidentRow]:
        """Incidents that fit, newest first; the open ones with `state=triggered&state=acknowledged&state=mitigated`."""
        query = IncidentQuery(
            tuple(state or ()), tuple(service or ()), tuple(severity or ()), q, _number(before), limit
        )
        return [telling.row(one) for one in application.incidents.search(caller, query)]

    @router.post("/incidents", openapi_extra=RESPOND, tags=["incidents"], status_code=201)
    def declare(
        caller: Asking, body: sent.Declare, response: Response, idempotency_key: _KEY = None
    ) -> given_incidents.ActedOn:
        """Declare an incident. The same `Idempotency-Key` of the same person declares it once."""
        if idempotency_key is None:
            done = _declare(application, caller, body)
        else:
            kept = "declared/" + hashlib.sha256(f"{caller.actor.name}\0{idempotency_key}".encode()).hexdigest()
            with declaring:  # two requests with one key must not both find nothing
                known = _declared_before(application, kept)
                if known is not None:
                    response.status_code = 200
                    return telling.acted(Acted(known, ()), team)
                done = _declare(application, caller, body)
                with application.store.transact() as tx:
                    tx.keep.put(kept, done.incident.id)
        response.headers["location"] = f"/api/v1/incidents/{done.incident.id}"
        return telling.acted(done, team)

    @router.get("/incidents/{incident_id}", openapi_extra=READ, tags=["incidents"])
    def get_incident(caller: Asking, incident_id: str) -> given_incidents.IncidentWhole:
        """Everything about one incident."""
        view = application.incidents.view(caller, incident_id)
        return telling.whole(view, address(application, incident_id), team)

    @router.get("/incidents/{incident_id}/timeline", openapi_extra=READ, tags=["incidents"])
    def timeline(
        caller: Asking, incident_id: str, after: Annotated[int, Query(ge=0)] = 0
    ) -> list[given_incidents.Event]:
        """The facts after the one with the number `after`, in order."""
        application.incidents.view(caller, incident_id)
        return telling.events(application.incidents.timeline_after(caller, incident_id, after), team)


def add_commands(router: APIRouter, application: Application) -> None:
    """The routes to act on an incident, one for each thing that people do."""
    team = speech(application)
    publish = needs(Permission.PUBLISH)
    options: dict[str, Any] = {"openapi_extra": RESPOND, "tags": ["acting on an incident"]}

    def act(caller: Caller, incident_id: str, command: Command) -> given_incidents.ActedOn:
        return telling.acted(application.incidents.act(caller, incident_id, command), team)

    @router.post("/incidents/{incident_id}/acknowledge", **options)
    def acknowledge(caller: Asking, incident_id: str, body: sent.Acknowledge | None = None) -> given_incidents.ActedOn:
        """Take the incident: the ladder stops. Taking what one has already changes nothing."""
        return act(caller, incident_id, c.Acknowledge(caller.actor.name, bool(body and body.take_over)))

    @router.post("/incidents/{incident_id}/escalate", **options)
    def escalate(caller: Asking, incident_id: str, body: sent.Escalate) -> given_incidents.ActedOn:
        """Page the next level now, and say why."""
        return act(caller, incident_id, c.Escalate(body.reason, body.level, body.trigger))

    @router.post("/incidents/{incident_id}/page", **options)
    def page(caller: Asking, incident_id: str, body: sent.PagePerson) -> given_incidents.ActedOn:
        """Page a person, role or schedule by name."""
        return act(caller, incident_id, c.PagePerson(body.target, body.reason))

    @router.post("/incidents/{incident_id}/severity", **options)
    def severity(caller: Asking, incident_id: str, body: sent.SetSeverity) -> given_incidents.ActedOn:
        """Set the severity: every deadline moves with it."""
        return telling.acted(application.incidents.assess(caller, incident_id, body.severity, body.reason), team)

    @router.post("/incidents/{incident_id}/procedure", **options)
    def procedure(caller: Asking, incident_id: str, body: sent.OpenProcedure) -> given_incidents.ActedOn:
        """Open another procedure of the runbook."""
        return telling.acted(application.incidents.open_procedure(caller, incident_id, body.procedure), team)

    @router.post("/incidents/{incident_id}/role", **options)
    def role(caller: Asking, incident_id: str, body: sent.TakeRole) -> given_incidents.ActedOn:
        """Take a role of the response, or give it to somebody."""
        return act(caller, incident_id, c.TakeRole(body.role, body.person or caller.actor.name))

    @router.post("/incidents/{incident_id}/note", **options)
    def note(caller: Asking, incident_id: str, body: sent.Note) -> given_incidents.ActedOn:
        """Write something down."""
        return act(caller, incident_id, c.AddNote(body.text, vendor=body.vendor, case=body.case))

    @router.post("/incidents/{incident_id}/update", **options)
    def update(caller: Asking, incident_id: str, body: sent.Update) -> given_incidents.ActedOn:
        """Tell the team where things stand."""
        return act(caller, incident_id, c.PostUpdate(body.text, body.status))

    @router.get("/incidents/{incident_id}/audiences/{audience}", openapi_extra=READ, tags=["acting on an incident"])
    def audience_text(
        caller: Asking, incident_id: str, audience: str, status: PublicStatus = PublicStatus.INVESTIGATING
    ) -> given_incidents.AudienceText:
        """The runbook's words for `internal`, `stakeholders`, `executives` or `support`; nothing is sent."""
        message = application.audiences.prepare(caller, incident_id, audience, status)
        return given_incidents.AudienceText(
            audience=message.audience,
            status=message.status,
            text=message.text,
            subject=message.subject,
            unfilled=list(message.unfilled),
            template=message.template,
            outlets=list(message.outlets),
        )

    @router.post("/incidents/{incident_id}/audiences/{audience}", **options)
    def tell_audience(
        caller: Asking, incident_id: str, audience: str, body: sent.TellAudience
    ) -> given_incidents.ActedOn:
        """Tell them. Refused while a blank is left in the text.

        The same words within a minute are told once, and refused when somebody else has sent them.
        """
        told = application.audiences.tell(caller, incident_id, audience, body.text, subject=body.subject)
        return telling.acted(told, team)

    @router.get("/incidents/{incident_id}/customers", openapi_extra=READ, tags=["acting on an incident"])
    def customer_text(
        caller: Asking, incident_id: str, status: PublicStatus = PublicStatus.INVESTIGATING
    ) -> given_incidents.CustomerText:
        """The runbook's words for customers at this moment, filled from the record; nothing is sent."""
        prepared = application.publishing.prepare(caller, incident_id, status)
        return given_incidents.CustomerText(
            status=prepared.status,
            text=prepared.text,
            unfilled=list(prepared.unfilled),
            template=prepared.template,
            decides=list(prepared.decision.targets) if prepared.decision else [],
            post=prepared.post,
            reply=prepared.reply,
        )

    @router.post("/incidents/{incident_id}/customers", openapi_extra=publish, tags=["acting on an incident"])
    def customers(caller: Asking, incident_id: str, body: sent.TellCustomers) -> given_incidents.ActedOn:
        """Tell customers. Refused while a blank is left in the text.

        The same words within a minute are told once, and refused when somebody else has sent them.
        """
        told = application.publishing.notify(
            caller, incident_id, body.status, body.text, tuple(body.components), decided_by=body.decided_by
        )
        return telling.acted(told, team)

    @router.post("/incidents/{incident_id}/tell", **options)
    def tell(caller: Asking, incident_id: str, body: sent.Approve) -> given_incidents.ActedOn:
        """One approval for several audiences: all are told, or nobody. `customers` among them needs `publish`."""
        told = application.approvals.tell(
            caller,
            incident_id,
            body.to,
            body.text,
            status=body.status,
            subject=body.subject,
            own=body.own,
            components=tuple(body.components),
            decided_by=body.decided_by,
        )
        return telling.acted(told, team)

    @router.post("/incidents/{incident_id}/mitigate", **options)
    def mitigate(caller: Asking, incident_id: str, body: sent.Mitigate | None = None) -> given_incidents.ActedOn:
        """Say that the impact is over."""
        return act(caller, incident_id, c.Mitigate(body.text if body else ""))

    @router.post("/incidents/{incident_id}/confirm", **options)
    def confirm(caller: Asking, incident_id: str, body: sent.ConfirmCheck) -> given_incidents.ActedOn:
        """Confirm one line of the verification list."""
        return act(caller, incident_id, c.ConfirmCheck(body.check))

    @router.post("/incidents/{incident_id}/resolve", **options)
    def resolve(caller: Asking, incident_id: str, body: sent.Resolve | None = None) -> given_incidents.ActedOn:
        """End the incident. Refused while checks are open or things not put back, unless `override` says why."""
        said = body or sent.Resolve.model_validate({})
        return act(caller, incident_id, c.Resolve(said.summary, tuple(said.confirmed), said.override))

    @router.post("/incidents/{incident_id}/reopen", **options)
    def reopen(caller: Asking, incident_id: str, body: sent.Reopen) -> given_incidents.ActedOn:
        """It was not over: paging begins anew."""
        return act(caller, incident_id, c.Reopen(body.reason))


def add_steps(router: APIRouter, application: Application) -> None:
    """The routes for the steps and the post-mortem of an incident."""
    team = speech(application)
    maintain = needs(Permission.MAINTAIN)

    @router.get("/incidents/{incident_id}/steps", openapi_extra=READ, tags=["steps"])
    def list_steps(caller: Asking, incident_id: str) -> given_steps.StepsOf:
        """The steps of what is open for the incident; `next` marks the one to do."""
        return telling.steps(incident_id, application.steps.list(caller, incident_id))

    @router.post("/incidents/{incident_id}/steps/{step_id}/tick", openapi_extra=RESPOND, tags=["steps"])
    def tick(
        caller: Asking, incident_id: str, step_id: str, body: sent.TickStep | None = None
    ) -> given_incidents.ActedOn:
        """Tick a step off: done, skipped, or done in vain."""
        said = body or sent.TickStep()
        ticked = application.steps.tick(caller, incident_id, step_id, said.outcome, said.note, said.saw)
        return telling.acted(ticked, team)

    @router.post(
        "/incidents/{incident_id}/steps/{step_id}/run",
        openapi_extra=needs(Permission.RUN_STEP),
        tags=["steps"],
        status_code=202,
    )
    def run(
        caller: Asking, incident_id: str, step_id: str, body: sent.RunStep | None = None
    ) -> given_incidents.ActedOn:
        """Order a step to be run, once, or ask a second person for it. Refused with what stands in the way."""
        said = body or sent.RunStep()
        if said.confirmed and not said.digest:
            raise BadInput("say what you have read: the `digest` of the preview, and the step's `run` as `last_run`")
        shown = Shown(said.digest, said.last_run or "") if said.digest else None
        wish = Given(said.answers, said.confirmed, said.typed, said.break_glass, shown)
        return telling.acted(application.steps.run(caller, incident_id, step_id, wish), team)

    @router.post("/incidents/{incident_id}/steps/{step_id}/preview", openapi_extra=READ, tags=["steps"])
    def preview(
        caller: Asking, incident_id: str, step_id: str, body: sent.RunStep | None = None
    ) -> given_steps.OrderRow:
        """What exactly would run with these answers, and where; nothing runs."""
        said = body or sent.RunStep()
        return telling.order(application.steps.preview(caller, incident_id, step_id, said.answers))

    @router.post("/incidents/{incident_id}/steps/{step_id}/choose", openapi_extra=RESPOND, tags=["steps"])
    def choose(caller: Asking, incident_id: str, step_id: str) -> given_incidents.ActedOn:
        """Take the way that this step lies on, of those that the runbook offers."""
        return telling.acted(application.courses.choose(caller, incident_id, step_id), team)

    @router.post("/incidents/{incident_id}/steps/{step_id}/judge", openapi_extra=RESPOND, tags=["steps"])
    def judge(caller: Asking, incident_id: str, step_id: str, body: sent.JudgeCondition) -> given_incidents.ActedOn:
        """Say whether the step's condition holds; where it does not, all that stands under it is passed over."""
        return telling.acted(application.courses.judge(caller, incident_id, step_id, holds=body.holds), team)

    @router.post("/incidents/{incident_id}/steps/{step_id}/wait", openapi_extra=RESPOND, tags=["steps"])
    def wait(caller: Asking, incident_id: str, step_id: str) -> given_incidents.ActedOn:
        """Begin to wait, or to watch, as long as the step says; its end is told."""
        return telling.acted(application.courses.wait(caller, incident_id, step_id), team)

    @router.get("/incidents/{incident_id}/questions", openapi_extra=READ, tags=["steps"])
    def list_questions(caller: Asking, incident_id: str) -> given_steps.QuestionsOf:
        """What the runbook asks about the incident, with the answers so far."""
        return telling.questions(incident_id, application.assessment.list(caller, incident_id))

    @router.post("/incidents/{incident_id}/questions/{step_id}/answer", openapi_extra=RESPOND, tags=["steps"])
    def answer(caller: Asking, incident_id: str, step_id: str, body: sent.AnswerQuestion) -> given_incidents.ActedOn:
        """Answer a question of the runbook, or answer it anew; it stands on the timeline and in the post-mortem."""
        return telling.acted(application.assessment.answer(caller, incident_id, step_id, body.answer), team)

    @router.post("/incidents/{incident_id}/runs/approve", openapi_extra=needs(Permission.APPROVE_STEP), tags=["steps"])
    def approve(caller: Asking, incident_id: str, body: sent.ApproveRun) -> given_incidents.ActedOn:
        """Approve what somebody else asked for: it runs at once. A person's act: a token of a program is refused."""
        return telling.acted(application.steps.approve(caller, incident_id, body.run, body.digest), team)

    @router.post("/incidents/{incident_id}/runs/decline", openapi_extra=needs(Permission.RUN_STEP), tags=["steps"])
    def decline(caller: Asking, incident_id: str, body: sent.AboutRun) -> given_incidents.ActedOn:
        """Say no to a request, or take one's own back."""
        return telling.acted(application.steps.decline(caller, incident_id, body.run, body.reason), team)

    @router.post("/incidents/{incident_id}/runs/cancel", openapi_extra=needs(Permission.RUN_STEP), tags=["steps"])
    def cancel(caller: Asking, incident_id: str, body: sent.AboutRun) -> given_incidents.ActedOn:
        """End a running command; that it ended is a fact of the timeline."""
        return telling.acted(application.steps.cancel(caller, incident_id, body.run, body.reason), team)

    @router.get("/incidents/{incident_id}/runs/{run}/output", openapi_extra=READ, tags=["steps"])
    def output(caller: Asking, incident_id: str, run: str, chunk: int = 1) -> given_steps.RunOutput:
        """A run and one chunk of all that was kept of its output; `run` is the last part of the run's id."""
        return telling.run_output(application.runs.one(caller, incident_id, run), chunk)

    @router.get("/incidents/{incident_id}/postmortem", openapi_extra=READ, tags=["post-mortem"])
    def postmortem(caller: Asking, incident_id: str) -> given_incidents.PostmortemOf:
        """The saved text, or a draft from the record (version 0)."""
        return _postmortem(application, caller, incident_id)

    @router.put("/incidents/{incident_id}/postmortem", openapi_extra=RESPOND, tags=["post-mortem"])
    def save(caller: Asking, incident_id: str, body: sent.SavePostmortem) -> given_incidents.PostmortemOf:
        """Save a version on top of the one you read; a conflict when somebody else was faster."""
        application.postmortems.save(caller, incident_id, body.text, body.version)
        return _postmortem(application, caller, incident_id)

    @router.post("/incidents/{incident_id}/postmortem/publish", openapi_extra=maintain, tags=["post-mortem"])
    def publish(caller: Asking, incident_id: str) -> given_incidents.ActedOn:
        """Publish the saved text to the team. Refused while blanks are left."""
        return telling.acted(application.postmortems.publish(caller, incident_id), team)


def _postmortem(application: Application, caller: Caller, incident_id: str) -> given_incidents.PostmortemOf:
    view = application.postmortems.open(caller, incident_id)
    return given_incidents.PostmortemOf(
        incident=incident_id,
        text=view.text,
        blanks=list(view.blanks),
        version=view.version,
        published_at=view.published_at,
        due_at=view.due_at,
    )


def _declare(application: Application, caller: Caller, body: sent.Declare) -> Acted:
    started_at: datetime | None = body.started_at
    if started_at is not None and started_at.tzinfo is None:
        raise BadInput("started_at needs its offset, like 2026-03-01T09:00:00Z")
    return application.incidents.declare(
        caller,
        body.title,
        body.service or only_service(application),
        severity=body.severity,
        summary=body.summary,
        procedure=body.procedure,
        started_at=started_at,
        drill=body.drill,
    )


def only_service(application: Application) -> str:
    """The one service there is. Raises BadInput when there are several."""
    keys = list(application.team().services)
    if len(keys) != 1:
        raise BadInput(f"which service? There are: {', '.join(keys) or 'none'}")
    return keys[0]


def _declared_before(application: Application, kept: str) -> Incident | None:
    with application.store.read() as tx:
        known = tx.keep.get(kept)
        return application.desk.one(tx, known) if known else None


def _number(incident_id: str | None) -> int | None:
    if incident_id is None:
        return None
    digits = incident_id.upper().removeprefix("INC-")
    if not digits.isdecimal() or len(digits) > 15:
        raise BadInput(f"{incident_id[:40]!r} is no incident; they are called INC-1, INC-2 …")
    return int(digits)
