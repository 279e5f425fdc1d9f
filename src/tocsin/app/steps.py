"""The steps of the matched procedure: shown, ticked off, and, where a maintainer allowed it, run.

Everything begins as a checklist. A step may be run when a maintainer enabled exactly this command, it is
read-only, ends by itself and has no blank left; whatever stands in the way is said. Execution fails closed.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Desk
from tocsin.app.incidents import Acted, Incidents
from tocsin.app.playbooks import Playbooks
from tocsin.app.records import AuditEntry, EnabledStep
from tocsin.app.store import Store
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import NotFound, Refused
from tocsin.incident.choices import cite
from tocsin.incident.commands import StartStep, TickStep
from tocsin.incident.facts import StepOutcome
from tocsin.incident.incident import Incident, StepState
from tocsin.runbook.playbook import Command, Effect, Phase, Playbook, Procedure, Step, StepKind, Termination


@dataclass(frozen=True, slots=True)
class StepView:
    """One step on a screen. ``why_not`` says why it cannot be run by the product, empty when it can."""

    step: Step
    state: StepState | None
    enabled: bool
    runnable: bool
    why_not: str

    @property
    def is_open(self) -> bool:
        """Nobody has done, skipped or run it yet."""
        return self.state is None or (self.state.outcome is None and not self.state.running)


@dataclass(frozen=True, slots=True)
class StepList:
    """The steps of what is open for the incident, and the next one to do."""

    procedure: Procedure | None
    phase: Phase | None
    steps: tuple[StepView, ...]
    next: StepView | None

    @property
    def running(self) -> bool:
        """Whether one of them is under way."""
        return any(view.state is not None and view.state.running for view in self.steps)


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
    new_run: Callable[[], str] = field(default=lambda: secrets.token_hex(4))

    def list(self, caller: Caller, incident_id: str) -> StepList:
        """The steps of the matched procedure; without one, those of the runbook's initial response."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            playbook = self.playbooks.pinned(tx, incident.playbook)
            enabled = tx.steps.enabled(incident.service)
        procedure = playbook.procedure(incident.procedure) if incident.procedure else None
        phase = None if procedure else opening_phase(playbook)
        steps = procedure.steps if procedure else phase.steps if phase else ()
        views = tuple(self._view(step, incident, enabled) for step in steps)
        upcoming = next((v for v in views if v.is_open and v.step.kind is not StepKind.REFERENCE), None)
        return StepList(procedure, phase, views, upcoming)

    def tick(self, caller: Caller, incident_id: str, step_id: str, outcome: StepOutcome, note: str = "") -> Acted:
        """A person did, skipped, or did in vain, a step."""
        caller.require(Permission.RESPOND, incident_id)
        _, step = self._find(incident_id, step_id)
        command = TickStep(step.id, step.title, outcome, note, cite(step.lines, step.title))
        return self.incidents.act(caller, incident_id, command)

    def run(self, caller: Caller, incident_id: str, step_id: str) -> Acted:
        """Order a step to be run, once. Raises Refused with what stands in the way."""
        caller.require(Permission.RUN_STEP, incident_id)
        incident, step = self._find(incident_id, step_id)
        with self.store.read() as tx:
            enabled = tx.steps.enabled(incident.service)
        view = self._view(step, incident, enabled)
        if not view.runnable or step.command is None:
            raise Refused(view.why_not, reason="not_runnable")
        run = f"{incident_id}/{step_id}/{self.new_run()}"
        source = cite(step.lines, step.title)
        command = StartStep(run, step.id, step.title, step.command.text, self.node, source)
        return self.incidents.act(caller, incident_id, command)

    def enable(self, caller: Caller, service: str, step_id: str) -> EnabledStep:
        """Allow exactly this command of the runbook in force to be run. Raises Refused if it never may be."""
        caller.require(Permission.MAINTAIN)
        step = self._of_service(service, step_id)
        why = _never(step)
        if why or step.command is None:
            raise Refused(why, reason="not_runnable")
        now = self.clock.now()
        allowed = EnabledStep(service, step_id, command_hash(step), caller.actor.name, now)
        detail = step.command.text
        with self.store.transact() as tx:
            tx.steps.enable(allowed)
            tx.audit.record(
                AuditEntry(
                    now, caller.actor.name, caller.actor.via.value, "step.enable", f"{service}/{step_id}", detail
                )
            )
        return allowed

    def disable(self, caller: Caller, service: str, step_id: str) -> bool:
        """Take the permission back. False when there was none."""
        caller.require(Permission.MAINTAIN)
        now = self.clock.now()
        with self.store.transact() as tx:
            tx.audit.record(
                AuditEntry(now, caller.actor.name, caller.actor.via.value, "step.disable", f"{service}/{step_id}")
            )
            return tx.steps.disable(service, step_id)

    def enabled(self, caller: Caller, service: str) -> Mapping[str, bool]:
        """The enabled steps of a service; False when the runbook's command has changed since."""
        caller.require(Permission.READ)
        steps = self.playbooks.of(service).playbook.steps()
        with self.store.read() as tx:
            allowed = tx.steps.enabled(service)
        return {id: id in steps and one.command_hash == command_hash(steps[id]) for id, one in allowed.items()}

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

    def _view(self, step: Step, incident: Incident, enabled: Mapping[str, EnabledStep]) -> StepView:
        state = incident.steps.get(step.id)
        allowed = enabled.get(step.id)
        current = allowed is not None and allowed.command_hash == command_hash(step)
        service = self.team().services.get(incident.service)
        why = _never(step) or self._not_now(incident, state, allowed, current=current)
        why = why or undeclared_variables(step, service.variables if service else ())
        return StepView(step, state, current, not why, why)

    def _not_now(
        self, incident: Incident, state: StepState | None, allowed: EnabledStep | None, *, current: bool
    ) -> str:
        if not self.team().commands_enabled:
            return "all execution is switched off"
        if allowed is None:
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


def variable_inside_a_word(command: Command) -> bool:
    """Whether a variable stands as `$NAME` within a longer word; only `$NAME` alone and `${NAME}` are filled in."""
    names = [p.name for p in command.parameters if p.origin == "env"]
    words = [word for stage in command.pipeline for word in stage]
    return any(f"${name}" in word and word != f"${name}" for name in names for word in words)


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


def undeclared_variables(step: Step, declared: Sequence[str]) -> str:
    """Which environment variables of the server a command needs that the team has not lent to its steps."""
    wanted = [p.name for p in step.command.parameters if p.origin == "env"] if step.command else []
    missing = [name for name in dict.fromkeys(wanted) if name not in declared]
    if not missing:
        return ""
    names = ", ".join(missing)
    return f"it needs {names} from the server's environment: name it in the service's `variables` in tocsin.toml"


def _never(step: Step) -> str:
    """Why this product does not run a step, whoever asks; empty when it might."""
    command = step.command
    if command is None:
        return "this step is for a person"
    if command.effect is not Effect.READ_ONLY:
        return f"it is {command.effect.value.replace('_', ' ')}: run it yourself, then tick it off"
    if command.termination is not Termination.BOUNDED:
        better = f"; try `{command.suggestion}`" if command.suggestion else ""
        return f"it does not end by itself ({command.termination.value}){better}"
    if command.needs_shell or not command.pipeline or command.language != "sh":
        return "it needs a shell: run it yourself, then tick it off"
    blanks = [p.raw for p in command.parameters if p.origin != "env"]
    if blanks:
        return f"it has blanks to fill in first: {', '.join(blanks)}"
    if variable_inside_a_word(command):
        return "it has a variable inside a longer word, which only a shell fills in: run it yourself, then tick it off"
    if command.host:
        return f"it belongs on {command.host}: run it there, then tick it off"
    return ""
