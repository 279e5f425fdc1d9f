"""The steps of the matched procedure: shown, ticked off, and, where a maintainer allowed it, run.

Everything begins as a checklist. A step may be run when a maintainer enabled exactly this command and nothing stands
in the way; whatever does is said. Whose consent it needs is decided with the incident (``incident/consent.py``), for
every face alike. Execution fails closed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Desk
from tocsin.app.halting import Halt, halted
from tocsin.app.incidents import Acted, Incidents
from tocsin.app.locking import Holder, holder, take
from tocsin.app.ordering import Order, directory_of, never, order, standing
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Suggestion, Suggestions
from tocsin.app.records import AuditEntry, EnabledStep
from tocsin.app.store import Store, Transaction
from tocsin.app.team import Team, TeamInForce
from tocsin.clock import Clock
from tocsin.errors import NotFound, Refused
from tocsin.incident.choices import cite
from tocsin.incident.commands import ApproveStep, CancelStep, DeclineStep, StartStep, TickStep
from tocsin.incident.consent import Consent, Environment, consent_for
from tocsin.incident.deliberation import Decided
from tocsin.incident.facts import StepApproved, StepOutcome, StepStarted
from tocsin.incident.incident import Incident, StepPhase, StepState
from tocsin.incident.target import Target
from tocsin.runbook.blanks import Blank, Wants, blanks
from tocsin.runbook.playbook import Effect, Phase, Playbook, Procedure, Step, StepKind


@dataclass(frozen=True, slots=True)
class StepView:
    """One step on a screen. ``why_not`` says why it cannot be run by the product, empty when it can.

    ``shown`` is the command as it would run with nothing filled in, ``consent`` what it needs, ``holder`` who changes
    its target at the moment.
    """

    step: Step
    state: StepState | None
    enabled: bool
    runnable: bool
    why_not: str
    blanks: tuple[Blank, ...] = ()
    target: Target | None = None
    consent: Consent | None = None
    holder: Holder | None = None

    @property
    def only_looks(self) -> bool:
        """Whether it changes nothing."""
        return self.step.command is not None and self.step.command.effect is Effect.READ_ONLY

    @property
    def runs_at_once(self) -> bool:
        """Whether it can be run by one press: nothing is to be filled in, read again or consented to."""
        return self.runnable and self.only_looks and not self.blanks

    @property
    def is_open(self) -> bool:
        """Nobody has done, skipped or run it yet."""
        return self.state is None or (self.state.outcome is None and not self.state.running)

    @property
    def phase(self) -> StepPhase:
        """Where it stands, in one word."""
        phase = self.state.phase if self.state else StepPhase.PENDING
        waits = phase is StepPhase.PENDING and self.runnable and bool(self.blanks)
        return StepPhase.AWAITING_PARAMETERS if waits else phase


@dataclass(frozen=True, slots=True)
class StepList:
    """The steps of what is open for the incident, and the next one to do."""

    procedure: Procedure | None
    phase: Phase | None
    steps: tuple[StepView, ...]
    next: StepView | None
    halt: Halt | None = None

    @property
    def running(self) -> bool:
        """Whether one of them is under way."""
        return any(view.state is not None and view.state.running for view in self.steps)

    @property
    def requests(self) -> tuple[StepView, ...]:
        """Those that wait for a second person."""
        return tuple(view for view in self.steps if view.state is not None and view.state.request is not None)

    @property
    def evidence(self) -> tuple[StepView, ...]:
        """Those that were looked at by themselves."""
        return tuple(view for view in self.steps if view.state is not None and view.state.evidence)


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gives with the wish to run a step."""

    answers: Mapping[str, str] = field(default_factory=dict)
    confirmed: bool = False
    typed: str = ""
    break_glass: str = ""


@dataclass(slots=True)
class Steps:
    """The use cases around steps."""

    store: Store
    clock: Clock
    team: TeamInForce
    desk: Desk
    playbooks: Playbooks
    incidents: Incidents
    node: str
    suggestions: Suggestions | None = None
    new_run: Callable[[], str] = field(default=lambda: secrets.token_hex(4))

    def list(self, caller: Caller, incident_id: str) -> StepList:
        """The steps of the matched procedure; without one, those of the runbook's initial response."""
        caller.require(Permission.READ, incident_id)
        team = self.team()
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            playbook = self.playbooks.pinned(tx, incident.playbook)
            enabled = tx.steps.enabled(incident.service)
            halt = halted(tx)
            held = {name: holder(tx, name, self.desk.one) for name in team.targets}
        procedure = playbook.procedure(incident.procedure) if incident.procedure else None
        phase = None if procedure else opening_phase(playbook)
        steps = procedure.steps if procedure else phase.steps if phase else ()
        views = tuple(_view(step, incident, enabled, team, halt, held) for step in steps)
        upcoming = next((v for v in views if v.is_open and v.step.kind is not StepKind.REFERENCE), None)
        return StepList(procedure, phase, views, upcoming, halt)

    def choices(self, caller: Caller, incident_id: str, view: StepView) -> Mapping[str, Sequence[Suggestion]]:
        """What the blanks of a step could be filled with, by their keys: the newest commits of its directory."""
        caller.require(Permission.READ, incident_id)
        command = view.step.command
        wanted = [blank.key for blank in view.blanks if blank.wants is Wants.COMMIT]
        if not wanted or command is None or view.target is None or self.suggestions is None:
            return {}
        with self.store.read() as tx:
            service = self.team().services.get(self.desk.one(tx, incident_id).service)
        found = self.suggestions.commits(view.target, directory_of(service, command, view.target))
        return dict.fromkeys(wanted, found)

    def preview(self, caller: Caller, incident_id: str, step_id: str, answers: Mapping[str, str]) -> Order:
        """What exactly would run. Raises Refused with what stands in the way."""
        caller.require(Permission.READ, incident_id)
        incident, step = self._find(incident_id, step_id)
        return self._order(incident, step, answers)

    def tick(self, caller: Caller, incident_id: str, step_id: str, outcome: StepOutcome, note: str = "") -> Acted:
        """A person did, skipped, or did in vain, a step."""
        caller.require(Permission.RESPOND, incident_id)
        _, step = self._find(incident_id, step_id)
        command = TickStep(step.id, step.title, outcome, note, cite(step.lines, step.title))
        return self.incidents.act(caller, incident_id, command)

    def run(self, caller: Caller, incident_id: str, step_id: str, given: Given | None = None) -> Acted:
        """Order a step to be run, once, or ask a second person for it. Raises Refused with what stands in the way."""
        caller.require(Permission.RUN_STEP, incident_id)
        given = given or Given()
        incident, step = self._find(incident_id, step_id)
        if step.command is not None and step.command.effect is not Effect.READ_ONLY:
            caller.require(Permission.CHANGE_STEP, incident_id)
        self._require_runnable(incident, step)
        wanted = self._order(incident, step, given.answers)
        run = f"{incident_id}/{step_id}/{self.new_run()}"
        command = start_command(run, wanted, self.node, given)
        return self.incidents.carry_out(incident_id, lambda _incident: command, caller, within=self._take_target)

    def approve(self, caller: Caller, incident_id: str, run: str, digest: str) -> Acted:
        """Approve what somebody else asked for; it starts. Raises Refused; a refused approval is audited (F43)."""
        caller.require(Permission.APPROVE_STEP, incident_id)
        try:
            with self.store.read() as tx:
                incident = self.desk.one(tx, incident_id)
            command = ApproveStep(run, digest, self._digest_now(incident, run), self.node)

            def within(tx: Transaction, decided: Decided) -> None:
                self._take_target(tx, decided)
                tx.audit.record(self._entry(caller, "step.approve", run, digest))

            return self.incidents.carry_out(incident_id, lambda _incident: command, caller, within=within)
        except Refused as refused:
            with self.store.transact() as tx:
                tx.audit.record(self._entry(caller, "step.approve", run, refused.reason, allowed=False))
            raise

    def decline(self, caller: Caller, incident_id: str, run: str, reason: str = "") -> Acted:
        """Say no to a request, or take one's own back."""
        caller.require(Permission.RUN_STEP, incident_id)
        return self.incidents.carry_out(incident_id, lambda _incident: DeclineStep(run, reason), caller)

    def cancel(self, caller: Caller, incident_id: str, run: str, reason: str = "") -> Acted:
        """Have a running command ended; its end is another fact."""
        caller.require(Permission.RUN_STEP, incident_id)
        return self.incidents.carry_out(incident_id, lambda _incident: CancelStep(run, reason), caller)

    def enable(self, caller: Caller, service: str, step_id: str) -> EnabledStep:
        """Allow exactly this command of the runbook in force to be run. Raises Refused if it never may be."""
        caller.require(Permission.MAINTAIN)
        step = self._of_service(service, step_id)
        why = never(step)
        if why or step.command is None:
            raise Refused(why, reason="not_runnable")
        now = self.clock.now()
        allowed = EnabledStep(service, step_id, command_hash(step), caller.actor.name, now)
        with self.store.transact() as tx:
            tx.steps.enable(allowed)
            tx.audit.record(self._entry(caller, "step.enable", f"{service}/{step_id}", step.command.text))
        return allowed

    def disable(self, caller: Caller, service: str, step_id: str) -> bool:
        """Take the permission back. False when there was none."""
        caller.require(Permission.MAINTAIN)
        with self.store.transact() as tx:
            tx.audit.record(self._entry(caller, "step.disable", f"{service}/{step_id}"))
            return tx.steps.disable(service, step_id)

    def dropped(self, caller: Caller, service: str) -> Sequence[EnabledStep]:
        """The steps that were enabled and are back to review: the runbook has other words for them now, or none."""
        standing = self.enabled(caller, service)
        with self.store.read() as tx:
            allowed = tx.steps.enabled(service)
        return sorted((one for id, one in allowed.items() if not standing.get(id)), key=lambda one: one.enabled_at)

    def enabled(self, caller: Caller, service: str) -> Mapping[str, bool]:
        """The enabled steps of a service; False when the runbook's command has changed since."""
        caller.require(Permission.READ)
        steps = self.playbooks.of(service).playbook.steps()
        with self.store.read() as tx:
            allowed = tx.steps.enabled(service)
        return {id: id in steps and one.command_hash == command_hash(steps[id]) for id, one in allowed.items()}

    def _entry(self, caller: Caller, verb: str, object: str, detail: str = "", *, allowed: bool = True) -> AuditEntry:
        actor = caller.actor
        return AuditEntry(self.clock.now(), actor.name, actor.via.value, verb, object, detail, allowed)

    def _find(self, incident_id: str, step_id: str) -> tuple[Incident, Step]:
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            playbook = self.playbooks.pinned(tx, incident.playbook)
        step = playbook.steps().get(step_id)
        if step is None:
            raise NotFound(f"the runbook of {incident_id} has no step {step_id!r}")
        return incident, step

    def _of_service(self, service: str, step_id: str) -> Step:
        step = self.playbooks.of(service).playbook.steps().get(step_id)
        if step is None:
            raise NotFound(f"the runbook of {service} has no step {step_id!r}")
        return step

    def _require_runnable(self, incident: Incident, step: Step) -> None:
        with self.store.read() as tx:
            enabled, halt = tx.steps.enabled(incident.service), halted(tx)
        view = _view(step, incident, enabled, self.team(), halt, {})
        if not view.runnable:
            raise Refused(view.why_not, reason="not_runnable")

    def _order(self, incident: Incident, step: Step, answers: Mapping[str, str]) -> Order:
        wanted = order(self.team(), incident.service, incident.playbook, step, answers)
        if isinstance(wanted, str):
            raise Refused(wanted, reason="not_runnable")
        return wanted

    def _digest_now(self, incident: Incident, run: str) -> str:
        """The digest of what a request would run now: other than its own when anything has changed since (F42)."""
        state = incident.request_of_run(run)
        if state is None or state.request is None:
            return ""
        _, step = self._find(incident.id, state.step)
        self._require_runnable(incident, step)
        return self._order(incident, step, dict(state.request.parameters)).digest

    def _take_target(self, tx: Transaction, decided: Decided) -> None:
        """One changing run at a time on each target; all execution may have been halted a moment ago."""
        for fact in (one.fact for one in decided.facts):
            if not isinstance(fact, StepStarted | StepApproved):
                continue
            if (halt := halted(tx)) is not None:
                raise Refused(halt.says, reason="halted")
            if isinstance(fact, StepApproved) or fact.effect == Effect.READ_ONLY:
                continue
            held = holder(tx, fact.target, self.desk.one)
            if held is not None and held.run != fact.run:
                raise Refused(held.says, reason="target_busy")
            if not take(tx, fact.target, fact.run):
                raise Refused("somebody else has just begun to change this target; look again", reason="target_busy")


def start_command(run: str, wanted: Order, node: str, given: Given, *, evidence: bool = False) -> StartStep:
    """The command that starts an order, with what was given in consent."""
    step = wanted.step
    return StartStep(
        run,
        step.id,
        step.title,
        wanted.text,
        node,
        cite(step.lines, step.title),
        effect=wanted.effect,
        target=wanted.target.name,
        environment=wanted.target.environment,
        digest=wanted.digest,
        parameters=wanted.answers,
        confirmed=given.confirmed,
        typed=given.typed,
        break_glass=given.break_glass.strip(),
        evidence=evidence,
    )


def opening_phase(playbook: Playbook) -> Phase | None:
    """The phase of the runbook that an incident begins with when no procedure fits; None when it has none."""
    wanted = ("response", "triage", "detection", "investigation")
    phases = [p for key in wanted for p in playbook.phases if p.key == key and p.steps]
    return phases[0] if phases else None


def command_hash(step: Step) -> str:
    """What a permission is bound to: the command as it is written, and how it will be started."""
    if step.command is None:
        return ""
    said = [step.command.text, *(" ".join(stage) for stage in step.command.pipeline), step.command.directory or ""]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def is_enabled(step: Step, enabled: Mapping[str, EnabledStep]) -> bool:
    """Whether a maintainer has enabled the command as it reads in this step."""
    allowed = enabled.get(step.id)
    return allowed is not None and allowed.command_hash == command_hash(step)


def _view(
    step: Step,
    incident: Incident,
    enabled: Mapping[str, EnabledStep],
    team: Team,
    halt: Halt | None,
    held: Mapping[str, Holder | None],
) -> StepView:
    state = incident.steps.get(step.id)
    current = is_enabled(step, enabled)
    ready = standing(team, incident.service, step)
    why = never(step) or _not_now(incident, state, team, halt, known=step.id in enabled, current=current)
    why = why or (ready if isinstance(ready, str) else "")
    target = ready if isinstance(ready, Target) else None
    effect = step.command.effect if step.command else Effect.UNKNOWN
    environment = target.environment if target else Environment.PRODUCTION
    return StepView(
        step,
        state,
        current,
        not why,
        why,
        blanks(step.command) if step.command else (),
        target,
        consent_for(effect, pages=incident.severity_plan.pages, environment=environment),
        held.get(target.name) if target and effect is not Effect.READ_ONLY else None,
    )


def _not_now(
    incident: Incident, state: StepState | None, team: Team, halt: Halt | None, *, known: bool, current: bool
) -> str:
    if not team.commands_enabled:
        return "all execution is switched off"
    if halt is not None:
        return halt.says
    if not known:
        return "a maintainer has not enabled it; do it by hand and tick it off"
    if not current:
        return "the command has changed since a maintainer enabled it; it needs another look"
    if not incident.is_open:
        return f"{incident.id} is resolved"
    if state is not None and state.running:
        return "it is running"
    if state is not None and state.outcome is StepOutcome.UNKNOWN:
        return "its last run was lost half-way: look whether it happened, then tick it off"
    return ""
