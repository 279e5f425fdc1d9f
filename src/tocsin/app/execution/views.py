"""Steps as a screen shows them: where each stands, whether it can be run and why not, what belongs to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tocsin.app.execution.halting import SWITCHED_OFF, Halt
from tocsin.app.execution.locking import Holder
from tocsin.app.execution.ordering import directory_of, never, target_of
from tocsin.app.execution.ordering import standing as stands_at
from tocsin.app.execution.runners import Reach
from tocsin.app.rows.records import EnabledStep
from tocsin.app.team import Team
from tocsin.incident.consent import Consent, Environment, consent_for
from tocsin.incident.incident import Incident, StepState
from tocsin.incident.standing import Place, Standing
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.target import Target
from tocsin.runbook.command.blanks import Blank, blanks
from tocsin.runbook.command.runnable import run_effect, runs_in_shell
from tocsin.runbook.command.shelled import SHELL
from tocsin.runbook.instructions import Effect, Phase, Procedure, Step
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.procedure.course import Branch, Way
from tocsin.runbook.procedure.pairs import PairKind


@dataclass(frozen=True, slots=True)
class StepView:
    """One step on a screen. ``why_not`` says why it cannot be run by the product, empty when it can.

    ``shown`` is the command as it would run with nothing filled in, ``consent`` what it needs, ``holder`` who changes
    its target at the moment, ``place`` where it stands in the course of the procedure. ``target`` and
    ``directory`` are where it belongs, also when a person runs it there. ``undo`` takes it back,
    ``follows`` brings back at once what it takes away, ``check`` verifies it; ``unchecked`` when the runbook names
    nothing that does. ``reach`` says which runners are there for a target of theirs, and when they were seen, ``waits``
    what a run waits for that was ordered and has not begun.
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
    directory: str | None = None
    place: Place = Place.OPEN
    undo: Step | None = None
    follows: Step | None = None
    check: Step | None = None
    unchecked: bool = False
    reach: str = ""
    waits: str = ""

    @property
    def only_looks(self) -> bool:
        """Whether it changes nothing."""
        return self.step.command is not None and run_effect(self.step.command) is Effect.READ_ONLY

    @property
    def in_shell(self) -> bool:
        """Whether only a shell can run it."""
        return self.step.command is not None and runs_in_shell(self.step.command)

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
        if phase is StepPhase.RUNNING and self.waits:
            return StepPhase.DISPATCHED
        waits = phase is StepPhase.PENDING and self.runnable and bool(self.blanks)
        return StepPhase.AWAITING_PARAMETERS if waits else phase


@dataclass(frozen=True, slots=True)
class WayView:
    """A way that can be chosen. ``tried`` when it was gone in vain, or left."""

    way: Way
    steps: tuple[StepView, ...]
    tried: bool


@dataclass(frozen=True, slots=True)
class StepList:
    """The steps of what is open for the incident, and the next one to do."""

    procedure: Procedure | None
    phase: Phase | None
    steps: tuple[StepView, ...]
    next: StepView | None
    halt: Halt | None = None
    standing: Standing = field(default_factory=Standing)

    @property
    def ways(self) -> tuple[WayView, ...]:
        """The ways of which one is to be chosen now; empty when there is no choice."""
        fork = self.standing.fork
        by_id = {view.step.id: view for view in self.steps}
        return tuple(
            WayView(way, tuple(by_id[id] for id in way.steps), way.key in self.standing.tried)
            for way in (fork.ways if fork else ())
        )

    @property
    def owed(self) -> tuple[tuple[StepView, StepView], ...]:
        """What was switched or taken away and is not put back yet: the step that did it, and the one that undoes it."""
        by_id = {view.step.id: view for view in self.steps}
        return tuple((by_id[pair.first], by_id[pair.second]) for pair in self.standing.owed)

    @property
    def branch(self) -> Branch | None:
        """The condition under which the next step stands, while nothing that stands under it has been done."""
        found = self.standing.course.branch_of(self.next.step.id) if self.next else None
        begun = {view.step.id for view in self.steps if view.place is Place.ENDED}
        return found if found is not None and begun.isdisjoint(found.steps) else None

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


def command_hash(step: Step) -> str:
    """What a permission is bound to: the command as it is written, and where and how it will be started."""
    if step.command is None:
        return ""
    said = [step.command.text, *(" ".join(stage) for stage in step.command.pipeline), step.command.directory or ""]
    said += [f"on {step.command.host}"] if step.command.host else []
    said += [" ".join(SHELL)] if runs_in_shell(step.command) else []
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def is_enabled(step: Step, enabled: Mapping[str, EnabledStep]) -> bool:
    """Whether a maintainer has enabled the command as it reads in this step."""
    allowed = enabled.get(step.id)
    return allowed is not None and allowed.command_hash == command_hash(step)


def view_of(
    step: Step,
    incident: Incident,
    enabled: Mapping[str, EnabledStep],
    team: Team,
    halt: Halt | None,
    held: Mapping[str, Holder | None],
    now: Standing,
    playbook: Playbook | None = None,
    reached: Mapping[str, Reach] = MappingProxyType({}),
    ordered: Mapping[str, str] = MappingProxyType({}),
) -> StepView:
    """A step as a screen shows it; ``now`` says where the procedure stands, ``playbook`` names what belongs to it,
    ``reached`` which runners are there, by their label, ``ordered`` what runs wait for that have not begun."""
    state = incident.steps.get(step.id)
    waits = ordered.get(state.run, "") if state and state.running and state.run else ""
    current = is_enabled(step, enabled)
    ready = stands_at(team, incident.service, step)
    effect = run_effect(step.command) if step.command else Effect.UNKNOWN
    why = never(step) or _not_now(incident, state, team, halt, effect, known=step.id in enabled, current=current)
    why = f"it is ordered: {waits}" if waits else why or (ready if isinstance(ready, str) else "")
    settings = team.services.get(incident.service)
    place = target_of(team, settings, step.command) if step.command else ""
    target = place if isinstance(place, Target) else None
    reach = reached.get(target.runner) if target else None
    if target and reach:
        asks = (effect.value, "shell") if step.command and runs_in_shell(step.command) else (effect.value,)
        why = next(filter(None, (why, *(reach.bars(target.runner, one) for one in asks))), "")
    environment = target.environment if target else Environment.PRODUCTION
    course, known = now.course, playbook.steps() if playbook else {}
    removed = (pair for pair in course.pairs if pair.first == step.id and pair.kind is PairKind.REMOVED)
    brings_back = next((pair.second for pair in removed), "")
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
        directory_of(settings, step.command, target) if step.command and target else None,
        now.places.get(step.id, Place.OPEN),
        undo=known.get(course.undos.get(step.id, "")),
        follows=known.get(brings_back),
        check=known.get(course.checks.get(step.id, "")),
        unchecked=step.id in course.unchecked,
        reach=reach.says if reach else "",
        waits=waits,
    )


def _not_now(
    incident: Incident,
    state: StepState | None,
    team: Team,
    halt: Halt | None,
    effect: Effect,
    *,
    known: bool,
    current: bool,
) -> str:
    if not team.commands_enabled:
        return SWITCHED_OFF
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
    if state is not None and state.outcome is StepOutcome.UNKNOWN and effect is not Effect.READ_ONLY:
        return "its last run was lost half-way: look whether it happened, then tick it off"
    return ""
