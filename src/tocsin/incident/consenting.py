"""Consent given, asked for and refused: what stands between a wish to run a step and its start.

Decided here for every face alike. A proposed run is bound to the digest of revision, argv, target and answers; it
becomes void after 15 minutes, and its approval starts it, so that no approval lies around to be used twice (R14).
"""

from __future__ import annotations

from tocsin.incident import commands as c
from tocsin.incident import step_facts as s
from tocsin.incident.commands import Refusal
from tocsin.incident.consent import APPROVAL_HOLDS, Consent, consent_for
from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import TOCSIN, ActorKind, TargetClock
from tocsin.incident.incident import StepState
from tocsin.runbook.instructions import Effect


def start(d: Deliberation, command: c.StartStep) -> Refusal | None:
    """Start a step, or propose it where a second person is needed."""
    refusal = _out_of_place(d, command) or (None if command.evidence else _unconfirmed(d, command))
    if refusal is not None:
        return refusal
    if command.evidence and command.effect is not Effect.READ_ONLY:
        return Refusal("not_evidence", f"{command.title!r} does more than look; nothing like that runs by itself")
    if d.by.kind is not ActorKind.TOCSIN:
        d.stop(TargetClock.RESPONSE)
    if _consent(d, command).second_person:
        if not command.break_glass:
            _propose(d, command)
            return None
        d.record(
            s.GlassBroken(
                run=command.run, step=command.step, title=command.title, reason=command.break_glass, cite=command.cite
            )
        )
    d.record(
        s.StepStarted(
            run=command.run,
            step=command.step,
            title=command.title,
            command=command.command,
            node=command.node,
            effect=command.effect.value,
            target=command.target,
            digest=command.digest,
            parameters=command.parameters,
            evidence=command.evidence,
            verifies=command.verifies,
            cite=command.cite,
        ),
        TOCSIN if command.evidence else None,
    )
    return None


def answer_request(d: Deliberation, command: c.ApproveStep | c.DeclineStep) -> Refusal | None:
    """A second person says yes or no; whoever asked may take it back."""
    state = d.incident.request_of_run(command.run)
    if state is None or state.request is None:
        if d.incident.step_of_run(command.run) is not None:
            return Refusal("used", "this request was approved already, and an approval is used once")
        return Refusal("no_request", f"{d.incident.id} has no open request {command.run}; it may have become void")
    if isinstance(command, c.DeclineStep):
        request = state.request
        d.record(
            s.StepDeclined(
                run=request.run, step=request.step, title=request.title, reason=command.reason, cite=request.cite
            )
        )
        return None
    return _approve(d, command, state, state.request)


def _approve(d: Deliberation, command: c.ApproveStep, state: StepState, request: s.StepProposed) -> Refusal | None:
    if d.by.kind is not ActorKind.PERSON:
        return Refusal("no_person", "only a person approves: sign in on the page, or use the command line")
    if d.by.name == state.requested_by:
        return Refusal("own_request", "you asked for this yourself: somebody else has to approve it")
    if d.now >= request.expires_at:
        return Refusal("expired", "the request has become void: look again, and ask again")
    if not d.incident.is_open:
        return Refusal("resolved", f"{d.incident.id} is resolved; reopen it to run anything")
    if command.digest != request.digest:
        return Refusal("other_request", "this is not what was asked for: read the request again")
    if command.now_digest != request.digest:
        return Refusal("changed", "what would run has changed since it was asked for: ask again")
    d.stop(TargetClock.RESPONSE)
    d.record(
        s.StepApproved(
            run=request.run, step=request.step, title=request.title, digest=request.digest, cite=request.cite
        )
    )
    d.record(
        s.StepStarted(
            run=request.run,
            step=request.step,
            title=request.title,
            command=request.command,
            node=command.node,
            effect=request.effect,
            target=request.target,
            digest=request.digest,
            parameters=request.parameters,
            approved_by=d.by.name,
            cite=request.cite,
        )
    )
    return None


def _consent(d: Deliberation, command: c.StartStep) -> Consent:
    pages = d.incident.severity_plan.pages
    return consent_for(command.effect, pages=pages, environment=command.environment)


def _out_of_place(d: Deliberation, command: c.StartStep) -> Refusal | None:
    if not d.incident.is_open:
        return Refusal("resolved", f"{d.incident.id} is resolved; reopen it to run anything")
    if d.incident.step_of_run(command.run) is not None:
        return Refusal("already_run", f"the run {command.run} was started already; it is never started twice")
    state = d.incident.steps.get(command.step)
    if state is not None and state.running:
        return Refusal("running", f"{command.title!r} is running; wait for its end")
    if state is not None and state.request is not None and not command.break_glass:
        return Refusal("awaiting_approval", f"{command.title!r} waits for a second person already")
    return None


def _unconfirmed(d: Deliberation, command: c.StartStep) -> Refusal | None:
    consent = _consent(d, command)
    if consent.confirmation and d.by.kind is not ActorKind.PERSON:
        return Refusal("no_person", f"{consent.why}; a program may only look; sign in with `tocsin login`")
    if consent.confirmation and not command.confirmed:
        return Refusal("confirm", f"{consent.why}; read the command and confirm it")
    if command.shown is not None:
        state = d.incident.steps.get(command.step)
        if command.shown.digest != command.digest:
            return Refusal("changed", f"what {command.title!r} would run has changed since it was shown: look again")
        if command.shown.last_run != (state.run if state and state.run else ""):
            return Refusal("run_since", f"{command.title!r} has been run since it was shown: look again")
    if consent.typed_target and command.typed != command.target:
        return Refusal("type_target", f"{consent.why}; the target is called {command.target!r}")
    if command.break_glass and not consent.second_person:
        return Refusal("no_glass", "it needs no second person: run it without breaking the glass")
    if command.break_glass and not any(ch.isalnum() for ch in command.break_glass):
        return Refusal("no_glass", "say why nobody else can approve it: the team reads it, and the post-mortem")
    if command.break_glass and not consent.break_glass:
        return Refusal("no_glass", "at a severity that wakes nobody there is time to find a second person")
    return None


def _propose(d: Deliberation, command: c.StartStep) -> None:
    d.record(
        s.StepProposed(
            run=command.run,
            step=command.step,
            title=command.title,
            command=command.command,
            effect=command.effect.value,
            target=command.target,
            digest=command.digest,
            expires_at=d.now + APPROVAL_HOLDS,
            parameters=command.parameters,
            cite=command.cite,
        )
    )
