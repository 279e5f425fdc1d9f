"""From our values to what the API gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import tzinfo

from tocsin.api import given, given_incidents, given_sources, given_steps
from tocsin.app.execution.halting import Halt
from tocsin.app.execution.ordering import Order
from tocsin.app.execution.preflight import Preflight
from tocsin.app.execution.runs import Run
from tocsin.app.execution.views import StepList, StepView
from tocsin.app.incidents import Acted, IncidentView
from tocsin.app.intake.integrations import Sampled
from tocsin.app.paging.contacts import listed_contacts
from tocsin.app.rows.records import AlertState, ApiToken, AuditEntry, User
from tocsin.errors import NotFound
from tocsin.incident.assessment import Question
from tocsin.incident.codec import encode
from tocsin.incident.facts import Citation, Recorded
from tocsin.incident.incident import StepState
from tocsin.incident.indexing import summarise
from tocsin.incident.pending import Pending
from tocsin.incident.streams import Mark, marks
from tocsin.incident.summary import IncidentSummary
from tocsin.incident.timeline import sentence
from tocsin.runbook.command.runnable import run_effect


@dataclass(frozen=True, slots=True)
class Speech:
    """How facts are put to the team: a person's name for a handle, and the zone of instants within a sentence."""

    name: Callable[[str], str]
    zone: Callable[[], tzinfo]


def line(cite: Citation | None) -> int | None:
    """The runbook's line."""
    return cite.first if cite else None


def row(summary: IncidentSummary) -> given_incidents.IncidentRow:
    """One line of the list."""
    return given_incidents.IncidentRow(
        id=summary.incident_id,
        title=summary.title,
        service=summary.service,
        state=summary.state,
        severity=summary.severity,
        acknowledged_by=summary.acknowledged_by,
        commander=summary.commander,
        procedure=summary.procedure,
        drill=summary.drill,
        declared_at=summary.declared_at,
        updated_at=summary.updated_at,
        resolved_at=summary.resolved_at,
        next_due_at=summary.next_due_at,
        next_due=summary.next_due,
    )


def events(recorded: Iterable[Recorded], speech: Speech) -> list[given_incidents.Event]:
    """Facts of a timeline."""
    return [event(one, speech) for one in recorded]


def event(one: Recorded, speech: Speech) -> given_incidents.Event:
    """One fact, said in a sentence and with its stored fields."""
    type_name, body = encode(one.fact)
    return given_incidents.Event(
        seq=one.seq,
        at=one.at,
        type=type_name,
        text=sentence(one, speech.name, speech.zone()),
        by=one.by.name,
        via=one.by.via.value,
        line=line(one.fact.cite),
        fact=_fields(body),
    )


def _fields(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def acted(done: Acted, speech: Speech) -> given_incidents.ActedOn:
    """What a command did."""
    return given_incidents.ActedOn(incident=row(summarise(done.incident)), facts=events(done.facts, speech))


def whole(view: IncidentView, url: str, speech: Speech) -> given_incidents.IncidentWhole:
    """Everything about one incident."""
    incident = view.incident
    return given_incidents.IncidentWhole(
        **row(summarise(incident)).model_dump(),
        summary=incident.summary,
        url=url,
        playbook=incident.playbook,
        severity_reason=incident.severity_reason,
        roles=dict(incident.roles),
        public_status=incident.public.status.value if incident.public else None,
        firing_alerts=view.firing,
        distinct_alerts=incident.distinct_alerts,
        coming=[coming(one) for one in view.coming],
        checks=[
            given_incidents.Check(
                id=check.id, text=check.text, confirmed=check.id in incident.checks, line=line(check.cite)
            )
            for check in incident.plan.checks
        ],
        owed=[
            given_incidents.Owed(
                debt=one.debt,
                says=one.says,
                step=one.step.id,
                command=one.step.command.text if one.step.command else None,
                line=one.step.lines.first,
                holds_up=one.holds_up,
            )
            for one in view.owed
        ],
        contacts=[
            given_incidents.ListedContact(
                name=one.name,
                outside=one.outside,
                ways=[text for text, _ in one.ways],
                availability=one.availability,
                purpose=one.purpose,
                case=one.case,
                line=line(one.cite),
            )
            for one in listed_contacts(view.playbook, incident)
        ],
        alerts=[alert(one) for one in view.alerts],
        timeline=events(view.timeline, speech),
    )


def coming(one: Pending) -> given_incidents.Coming:
    """What time will bring."""
    return given_incidents.Coming(at=one.at, kind=one.kind.value, what=one.what, line=line(one.cite))


def alert(state: AlertState) -> given_incidents.Alert:
    """Where an alert stands."""
    return given_incidents.Alert(
        service=state.service,
        title=state.title,
        fingerprint=state.fingerprint,
        incident=state.incident_id,
        integration=state.integration,
        firing=state.firing,
        events=state.events,
        first_at=state.first_at,
        last_at=state.last_at,
        link=state.link,
        labels=state.labels,
    )


def sample(found: Sampled) -> given_sources.ReadSample:
    """What would become of a body."""
    return given_sources.ReadSample(
        alerts=[
            given_sources.ReadAlert(
                title=one.title,
                firing=one.firing,
                key=one.fingerprint,
                service=one.service or found.integration.service,
                severity=one.severity_hint or "",
                description=one.summary,
                labels=one.labels,
                link=one.link,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                group=one.group_key or "",
            )
            for one in found.heard.alerts
        ],
        acknowledged=[one.fingerprint for one in found.heard.acknowledgements],
        changes=[one.what for one in found.heard.changes],
        notes=list(found.heard.notes),
        trouble=found.trouble,
    )


def questions(incident_id: str, found: Iterable[Question]) -> given_steps.QuestionsOf:
    """What the runbook asks about an incident."""
    rows = [
        given_steps.QuestionRow(
            step=one.step, question=one.text, answer=one.answer, by=one.by or None, at=one.at, line=line(one.cite)
        )
        for one in found
    ]
    return given_steps.QuestionsOf(incident=incident_id, questions=rows)


def steps(incident_id: str, found: StepList) -> given_steps.StepsOf:
    """The steps that are open for an incident."""
    part = found.procedure or found.phase
    upcoming = found.next.step.id if found.next and not found.ways else None  # a way is chosen, never assumed
    return given_steps.StepsOf(
        incident=incident_id,
        title=part.title if part else None,
        steps=[_step(view, next_one=view.step.id == upcoming) for view in found.steps],
        ways=[
            given_steps.WayRow(
                key=one.way.key,
                label=one.way.label,
                condition=one.way.condition,
                steps=list(one.way.steps),
                tried=one.tried,
            )
            for one in found.ways
        ],
        owed=[second.step.id for _first, second in found.owed],
        why=found.standing.why,
    )


def _step(view: StepView, *, next_one: bool) -> given_steps.StepRow:
    step, state = view.step, view.state
    return given_steps.StepRow(
        id=step.id,
        title=step.title,
        kind=step.kind.value,
        section=step.section,
        command=step.command.text if step.command else None,
        effect=run_effect(step.command).value if step.command else None,
        in_shell=view.in_shell,
        line=step.lines.first,
        outcome=state.outcome.value if state and state.outcome else None,
        verdict=state.verdict.value if state and state.verdict else None,
        running=bool(state and state.running),
        enabled=view.enabled,
        runnable=view.runnable,
        why_not=view.why_not,
        output=state.output if state else "",
        streams=_streams(state.streams) if state else [],
        next=next_one,
        phase=view.phase,
        phase_says=view.phase.says,
        run=state.run if state else None,
        target=view.target.name if view.target else None,
        needs=view.consent.why if view.consent else "",
        second_person=bool(view.consent and view.consent.second_person),
        typed_target=bool(view.consent and view.consent.typed_target),
        evidence=bool(state and state.evidence),
        blanks=[
            given_steps.BlankRow(key=b.key, wants=b.wants.value, raw=b.raw, allowed=list(b.parameter.allowed))
            for b in view.blanks
        ],
        request=_request(state) if state else None,
        host=step.command.host if step.command else None,
        directory=view.directory,
        place=view.place.value,
        condition=step.condition,
        waits_until=state.waiting.until if state and state.waiting else None,
        wait_seconds=step.wait.seconds if step.wait else None,
        undo=view.undo.id if view.undo else None,
        follows=view.follows.id if view.follows else None,
        check=view.check.id if view.check else None,
        unchecked=view.unchecked,
        reach=view.reach,
        waits_for=view.waits,
    )


def _request(state: StepState) -> given_steps.RequestRow | None:
    request = state.request
    if request is None:
        return None
    return given_steps.RequestRow(
        run=request.run,
        command=request.command,
        target=request.target,
        digest=request.digest,
        by=state.requested_by,
        expires_at=request.expires_at,
    )


def order(found: Order) -> given_steps.OrderRow:
    """What exactly would run."""
    return given_steps.OrderRow(
        command=found.text,
        target=found.target.name,
        environment=found.target.environment.value,
        held_to=list(found.target.pins.words),
        directory=found.directory,
        in_shell=found.shell is not None,
        effect=found.effect.value,
        digest=found.digest,
    )


def run_output(run: Run, chunk: int) -> given_steps.RunOutput:
    """A run and one chunk of its output. Raises NotFound for a number that it does not have."""
    if not 1 <= chunk <= len(run.chunks):
        raise NotFound(f"the output of this run has {len(run.chunks)} chunks; there is no chunk {chunk}")
    return given_steps.RunOutput(
        run=run.id,
        step=run.step,
        title=run.title,
        command=run.command,
        target=run.target,
        by=run.by,
        line=line(run.cite),
        started_at=run.started_at,
        ended_at=run.ended_at,
        outcome=run.outcome.value if run.outcome else None,
        exit_codes=list(run.exit_codes),
        seconds=run.seconds,
        chunk=chunk,
        chunks=len(run.chunks),
        text=run.chunks[chunk - 1],
        streams=_streams(marks(run.chunk(chunk))),
    )


def _streams(told: Sequence[Mark]) -> list[given_steps.StreamMark]:
    return [given_steps.StreamMark(characters=count, stream=stream) for count, stream in told]


def halt(found: Halt | None) -> given_steps.HaltRow:
    """Whether execution is halted."""
    if found is None:
        return given_steps.HaltRow(halted=False)
    return given_steps.HaltRow(halted=True, at=found.at, by=found.by, reason=found.reason)


def preflight(seen: Preflight | None, *, looking: bool) -> given_steps.PreflightRow:
    """What the last look at the enabled steps saw."""
    if seen is None:
        return given_steps.PreflightRow(looking=looking, says="nobody has looked yet")
    found = [given_steps.RotRow(**asdict(one)) for one in seen.found]
    return given_steps.PreflightRow(
        at=seen.at, looking=looking, steps=seen.steps, probes=seen.probes, says=seen.says, found=found
    )


def user(one: User) -> given.UserRow:
    """An account without its hash."""
    return given.UserRow(
        handle=one.handle, name=one.name, role=one.role, disabled=one.disabled, created_at=one.created_at
    )


def token(one: ApiToken) -> given.TokenRow:
    """A token without its hash."""
    return given.TokenRow(
        id=one.id,
        name=one.name,
        owner=one.owner,
        scopes=list(one.scopes),
        created_at=one.created_at,
        expires_at=one.expires_at,
        last_used_at=one.last_used_at,
        revoked=one.revoked,
        personal=one.personal,
    )


def audit(one: AuditEntry) -> given.AuditRow:
    """A privileged act."""
    return given.AuditRow(
        seq=one.seq,
        at=one.at,
        who=one.who,
        via=one.via,
        verb=one.verb,
        object=one.object,
        detail=one.detail,
        allowed=one.allowed,
    )
