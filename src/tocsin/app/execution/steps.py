"""The steps of the matched procedure: shown, ticked off, and, where a maintainer allowed it, run.

Everything begins as a checklist. A step may be run when a maintainer enabled exactly this command and nothing stands
in the way; whatever does is said. Whose consent it needs is decided with the incident (``incident/consent.py``), for
every face alike. Execution fails closed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Asked, Desk
from tocsin.app.execution.dispatching import dispatched
from tocsin.app.execution.halting import halted
from tocsin.app.execution.kept_outputs import inline, output_kind
from tocsin.app.execution.locking import holder, take
from tocsin.app.execution.ordering import Order, directory_of, never, order
from tocsin.app.execution.runners import reaches
from tocsin.app.execution.starting import Given, start_command
from tocsin.app.execution.verification import verification, went_well
from tocsin.app.execution.views import StepList, StepView, command_hash, view_of
from tocsin.app.incidents import Acted, Incidents
from tocsin.app.masking import Masker
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Suggestion, Suggestions
from tocsin.app.rows.records import AuditEntry, Document, EnabledStep
from tocsin.app.store import Store, Transaction
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import NotFound, Refused
from tocsin.incident.choices import cite
from tocsin.incident.commands import ApproveStep, CancelStep, DeclineStep, TickStep
from tocsin.incident.deliberation import Decided
from tocsin.incident.facts import TOCSIN
from tocsin.incident.incident import Incident
from tocsin.incident.standing import Standing, standing
from tocsin.incident.step_facts import StepApproved, StepOutcome, StepStarted
from tocsin.incident.streams import Piece, joined
from tocsin.incident.target import TargetKind
from tocsin.incident.terminal_text import plain
from tocsin.incident.verifying import changed_before, steps_around
from tocsin.runbook.command.blanks import Wants
from tocsin.runbook.command.runnable import run_effect, runs_in_shell
from tocsin.runbook.instructions import Effect, Phase, Step, StepKind
from tocsin.runbook.playbook import Playbook

MOST_PASTED = 128 * 1024
"""Characters that are kept of what somebody pastes."""
NEEDS_SHELL = (
    "only a shell can run it, which does all that its text says: read every word of it, then allow the shell as well "
    "(`tocsin steps enable … --shell`, or the box on the page of the runbook)"
)


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
            reached = reaches(tx, self.clock.now(), team.labels)
            ordered = dispatched(tx, incident)
        procedure = playbook.procedure(incident.procedure) if incident.procedure else None
        phase = None if procedure else opening_phase(playbook)
        steps = procedure.steps if procedure else phase.steps if phase else ()
        now = standing(incident, steps)
        known = (enabled, team, halt, held, now, playbook, reached, ordered)
        views = tuple(view_of(step, incident, *known) for step in steps)
        upcoming = next((v for v in views if v.step is now.next), None)
        return StepList(procedure, phase, views, upcoming, halt, now)

    def ordered(self, caller: Caller, incident_id: str) -> Mapping[str, str]:
        """What the runs of an incident wait for that were ordered and have not begun."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            return dispatched(tx, self.desk.one(tx, incident_id))

    def choices(self, caller: Caller, incident_id: str, view: StepView) -> Mapping[str, Sequence[Suggestion]]:
        """What the blanks of a step could be filled with, by their keys: the newest commits of its directory.

        Another host is only asked for a step that could be run there now, by somebody who may run it.
        """
        caller.require(Permission.READ, incident_id)
        command = view.step.command
        wanted = [blank.key for blank in view.blanks if blank.wants is Wants.COMMIT]
        if not wanted or command is None or view.target is None or self.suggestions is None:
            return {}
        if view.target.kind is not TargetKind.LOCAL and not (view.runnable and caller.may(Permission.RUN_STEP)):
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

    def tick(
        self, caller: Caller, incident_id: str, step_id: str, outcome: StepOutcome, note: str = "", saw: str = ""
    ) -> Acted:
        """A person did, skipped, or did in vain, a step; ``saw`` is what they saw, pasted from their terminal.

        It is kept like the output of a run: without control characters, masked, and bounded to MOST_PASTED.
        """
        caller.require(Permission.RESPOND, incident_id)
        _, step = self._find(incident_id, step_id)
        answers = bool(note) and step.kind is StepKind.QUESTION
        command = TickStep(step.id, step.title, outcome, note, cite(step.lines, step.title), answers=answers)
        whole, run = pasted(self.desk.masker, saw), f"{incident_id}/{step_id}/{self.new_run()}"
        kept, cut = inline((Piece(whole),))
        if whole:
            command = replace(command, run=run, output=joined(kept), truncated=cut)

        def within(tx: Transaction, decided: Decided) -> None:
            if cut:
                document = Document(incident_id, output_kind(run), 1, whole, caller.actor.name, self.clock.now())
                tx.documents.save(document)
            if decided.facts and went_well(outcome):
                self._verify(tx, decided.incident, step)

        return self.incidents.carry_out(incident_id, lambda _incident: command, caller, within=within)

    def _verify(self, tx: Transaction, incident: Incident, changed: Step) -> None:
        """Start the check of what somebody has changed by hand, in the commit that says so."""
        playbook = self.playbooks.pinned(tx, incident.playbook)
        check = verification(tx, self.team(), incident, playbook, changed.id, self.new_run(), self.node)
        if check is not None:
            self.desk.decide_all(tx, [Asked(incident.id, check, TOCSIN)], self.clock.now(), {incident.id: incident})

    def run(self, caller: Caller, incident_id: str, step_id: str, given: Given | None = None) -> Acted:
        """Order a step to be run, once, or ask a second person for it. Raises Refused with what stands in the way."""
        caller.require(Permission.RUN_STEP, incident_id)
        given = given or Given()
        incident, step = self._find(incident_id, step_id)
        if step.command is not None and run_effect(step.command) is not Effect.READ_ONLY:
            caller.require(Permission.CHANGE_STEP, incident_id)
        self._require_runnable(incident, step)
        wanted = self._order(incident, step, given.answers)
        run = f"{incident_id}/{step_id}/{self.new_run()}"
        with self.store.read() as tx:
            steps = steps_around(self.playbooks.pinned(tx, incident.playbook), step.id)
        changed = changed_before(incident, steps, step.id)
        command = start_command(run, wanted, self.node, given, verifies=changed.id if changed else "")
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

    def enable(self, caller: Caller, service: str, step_id: str, *, shell: bool = False) -> EnabledStep:
        """Allow exactly this command of the runbook in force to be run. Raises Refused if it never may be.

        ``shell`` is the further word that a command needs which only a shell can run; it is refused without.
        """
        caller.require(Permission.MAINTAIN)
        step = self._of_service(service, step_id)
        why = never(step)
        if why or step.command is None:
            raise Refused(why, reason="not_runnable")
        in_shell = runs_in_shell(step.command)
        if in_shell and not shell:
            raise Refused(NEEDS_SHELL, reason="needs_shell")
        now = self.clock.now()
        allowed = EnabledStep(service, step_id, command_hash(step), caller.actor.name, now)
        said = f"in a shell: {step.command.text}" if in_shell else step.command.text
        with self.store.transact() as tx:
            tx.steps.enable(allowed)
            tx.audit.record(self._entry(caller, "step.enable", f"{service}/{step_id}", said))
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
            reached = reaches(tx, self.clock.now(), self.team().labels)
        view = view_of(step, incident, enabled, self.team(), halt, {}, Standing(), reached=reached)
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


def pasted(masker: Masker, text: str) -> str:
    """What somebody pasted, as it may be kept: it commands no terminal, hides nothing, and shows no known secret."""
    clean = masker.text(plain(text)).strip("\n")
    return clean if len(clean) <= MOST_PASTED else f"{clean[:MOST_PASTED]}\n[… cut here: more was pasted]"


def opening_phase(playbook: Playbook) -> Phase | None:
    """The phase of the runbook that an incident begins with when no procedure fits; None when it has none."""
    wanted = ("response", "triage", "detection", "investigation")
    phases = [p for key in wanted for p in playbook.phases if p.key == key and p.steps]
    return phases[0] if phases else None
