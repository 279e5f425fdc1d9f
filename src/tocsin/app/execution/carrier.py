"""Runs ordered steps: at most once each, bounded, with their output brought back as a fact."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from tocsin.app.desk import Asked
from tocsin.app.execution.halting import SWITCHED_OFF, halted
from tocsin.app.execution.kept_outputs import inline, masked, output_kind, stripped
from tocsin.app.execution.limits import limits_of
from tocsin.app.execution.ordering import Order, order
from tocsin.app.execution.outputs import Outputs
from tocsin.app.execution.verification import judged, verification, went_well
from tocsin.app.execution.views import is_enabled
from tocsin.app.office import Office
from tocsin.app.ports import Execution, Job, StepRunner
from tocsin.app.rows.outbox import HELD
from tocsin.app.rows.records import Document, OutboxEntry
from tocsin.app.store import Transaction
from tocsin.clock import Clock, monotonic
from tocsin.errors import Conflict, Unavailable
from tocsin.incident.commands import FinishStep, LoseStep
from tocsin.incident.facts import TOCSIN
from tocsin.incident.incident import Incident, StepState
from tocsin.incident.step_facts import StepCancelRequested, StepOutcome
from tocsin.incident.streams import Piece, joined, marks, written
from tocsin.incident.summary import HELD_BACK
from tocsin.incident.target import TargetKind
from tocsin.runbook.command.runnable import run_effect, runs_in_shell
from tocsin.runbook.instructions import Effect, Step

LEASE = timedelta(seconds=60)
"""How long a claim holds without a heartbeat: what the courier claims steps for."""
HEARTBEAT = 10.0
"""Seconds between two extensions of a running step's claim."""
LOOK_EVERY = 0.7
"""Seconds between two looks whether somebody wants a run ended."""
CUT_OFF = 128 + 13
"""The exit code of a stage that a broken pipe ended."""
ENDED = "the process that ran it ended before it could say how it went"
RESTORED = "a backup was restored that was made before it could say how it went"


class Offers(Protocol):
    """Hands runs to runners elsewhere, which ask for them."""

    def offer(self, entry: OutboxEntry, job: Job, effect: str) -> None:
        """Offer the run of a claimed entry; the claim is held for it from now on, whatever becomes of this process."""
        ...


@dataclass(slots=True)
class StepCarrier:
    """Runs steps where they belong: ``runners`` by the kind of target; ``offers`` hands runs to runners elsewhere."""

    office: Office
    runners: Mapping[TargetKind, StepRunner]
    clock: Clock
    node: str
    outputs: Outputs = field(default_factory=Outputs)
    new_run: Callable[[], str] = field(default=lambda: secrets.token_hex(4))
    ticks: Callable[[], float] = monotonic
    offers: Offers | None = None
    _swept_own: bool = field(default=False)
    _unsaid: list[tuple[OutboxEntry, Execution]] = field(default_factory=list)
    """Runs that ended while the store could not be reached: their results are kept until it can."""

    def sweep(self) -> None:
        """Steps whose process is gone become unknown and wait for a person; they are never run again (R15).

        The first sweep after a start also gives up what this node had claimed before it was stopped.
        """
        while self._unsaid:
            entry, execution = self._unsaid.pop()
            try:
                self.end(entry, execution)
            except (Conflict, Unavailable):  # whatever else it is would keep all others waiting for ever
                self._unsaid.append((entry, execution))
                raise
        own = None if self._swept_own else self.node
        self._swept_own = True
        with self.office.store.read() as tx:
            abandoned = tx.outbox.abandoned_steps(self.clock.now(), own)
            rows = tx.incidents.summaries([one.effect.incident_id for one in abandoned]) if abandoned else {}
        for entry in abandoned:
            row = rows.get(entry.effect.incident_id)
            if row is not None and row.next_due == HELD_BACK:
                continue  # a fact of ours would let the incident go on, which is for a person to do (R24)
            self._lose(entry, RESTORED if entry.last_error == HELD else ENDED)

    def carry(self, entry: OutboxEntry) -> None:
        """Run one step."""
        office = self.office
        with office.store.read() as tx:
            incident = office.desk.one(tx, entry.effect.incident_id)
            playbook = office.playbooks.pinned(tx, incident.playbook)
            held = tx.outbox.holds(entry.effect.key, entry.token)
        state = incident.step_of_run(entry.effect.ref)
        step = playbook.steps().get(state.step) if state else None
        if not held:
            return
        if state is None or not state.running or step is None:
            office.finish(entry)
            return
        if entry.attempts > 1:
            self._lose(entry, "it was claimed twice, so it may have run already")
            return
        execution = self._run(entry, incident, step, state)
        if execution is not None:
            try:
                self._settle(entry, step, execution)
            except (Conflict, Unavailable):
                self._unsaid.append((entry, execution))
                raise

    def end(self, entry: OutboxEntry, execution: Execution) -> None:
        """Record once how a run ended that was handed over; late, when it was given up as unknown before."""
        with self.office.store.read() as tx:
            incident = self.office.desk.one(tx, entry.effect.incident_id)
            playbook = self.office.playbooks.pinned(tx, incident.playbook)
        state = incident.step_of_run(entry.effect.ref)
        step = playbook.steps().get(state.step) if state else None
        awaited = state is not None and (state.running or state.outcome is StepOutcome.UNKNOWN)
        if step is not None and awaited:
            self._settle(entry, step, execution)

    def _settle(self, entry: OutboxEntry, step: Step, execution: Execution) -> None:
        if execution.lost and changes(step):
            reason = self.office.desk.masker.text(execution.trouble)
            self._lose(entry, reason, masked(self.office.desk.masker, execution.pieces))
        else:
            self._record(entry, step, execution)

    def _run(self, entry: OutboxEntry, incident: Incident, step: Step, state: StepState) -> Execution | None:
        """Run exactly what was consented to, or nothing: the settings may have changed since. None: handed over."""
        run = entry.effect.ref
        if state.cancelled_by:
            return Execution((), "", False, False, 0.0, f"ended by {state.cancelled_by}", cancelled=True)
        with self.office.store.read() as tx:
            allowed = tx.steps.enabled(incident.service)
        if not is_enabled(step, allowed):
            return _nothing_ran("a maintainer took the permission for it back; nothing was run")
        wanted = order(self.office.team(), incident.service, incident.playbook, step, dict(state.parameters))
        if isinstance(wanted, str):
            return _nothing_ran(wanted)
        if state.digest and wanted.digest != state.digest:
            return _nothing_ran("what would run is not what was consented to any more; nothing was run")
        offers = self.offers if wanted.target.kind is TargetKind.RUNNER else None
        runner = self.runners.get(wanted.target.kind)
        ears = _Ears(self, entry, incident.last_seq)
        try:
            ears.listen()
        except (Conflict, Unavailable):
            return _nothing_ran("the database did not say whether this is still wanted; nothing was run")
        if ears.why:
            return Execution((), "", False, False, 0.0, ears.why, cancelled=True)
        if offers is not None:
            offers.offer(entry, job_of(run, wanted), wanted.effect.value)
            return None
        if runner is None:
            return _nothing_ran(f"nothing here can run steps on a target of the kind {wanted.target.kind.value}")
        self.outputs.begin(run)
        try:
            execution = runner.run(
                job_of(run, wanted), hear=lambda piece: self.outputs.hear(run, piece), cancelled=ears.wanted_ended
            )
        finally:
            self.outputs.end(run)
        return execution if not execution.cancelled or execution.trouble else _with(execution, ears.why)

    def _record(self, entry: OutboxEntry, step: Step, execution: Execution) -> None:
        said = (Piece(f"{execution.trouble}\n"),) if execution.trouble else ()
        whole = masked(self.office.desk.masker, (*said, *execution.pieces))
        whole = stripped(whole) if said else whole
        kept, cut = inline(whole)
        command = FinishStep(
            run=entry.effect.ref,
            outcome=outcome_of(step, execution),
            exit_codes=execution.exit_codes,
            output=joined(kept),
            streams=marks(kept),
            truncated=execution.truncated or cut,
            seconds=round(execution.seconds, 3),
        )
        now, incident_id = self.clock.now(), entry.effect.incident_id
        with self.office.store.transact() as tx:
            tx.outbox.finish(entry.effect.key, entry.token, now)
            if cut:
                kind = output_kind(entry.effect.ref)
                before = tx.documents.newest(incident_id, kind)  # what was heard of it before it was given up
                version = before.version + 1 if before else 1
                tx.documents.save(Document(incident_id, kind, version, written(whole), self.node, now))
            incident = self.office.desk.one(tx, incident_id)
            asked = self._and_its_check(tx, incident, step, command)
            self.office.desk.decide_all(tx, asked, now, {incident_id: incident})
        self.office.desk.changed([incident_id])

    def _and_its_check(self, tx: Transaction, incident: Incident, step: Step, end: FinishStep) -> list[Asked]:
        """The end of a run, and after a change that went well the start of what verifies it."""
        playbook = self.office.playbooks.pinned(tx, incident.playbook)
        asked = [Asked(incident.id, judged(end, incident, playbook), TOCSIN)]
        if went_well(end.outcome) and changes(step):
            team = self.office.team()
            check = verification(tx, team, incident, playbook, step.id, self.new_run(), self.node)
            asked += [Asked(incident.id, check, TOCSIN)] if check else []
        return asked

    def _lose(self, entry: OutboxEntry, reason: str, output: Sequence[Piece] = ()) -> None:
        """Nobody knows how it went; what was heard of it is kept beside."""
        with self.office.store.transact() as tx:
            if not tx.outbox.give_up(entry.effect.key, entry.token, reason):
                return
            if output:
                kind, now = output_kind(entry.effect.ref), self.clock.now()
                tx.documents.save(Document(entry.effect.incident_id, kind, 1, written(output), self.node, now))
            command = LoseStep(entry.effect.ref, reason)
            self.office.desk.decide_all(tx, [Asked(entry.effect.incident_id, command, TOCSIN)], self.clock.now())
        self.office.desk.changed([entry.effect.incident_id])


@dataclass(slots=True)
class _Ears:
    """Hears, while a step runs, whether it is to be ended; and keeps its claim alive."""

    carrier: StepCarrier
    entry: OutboxEntry
    seen: int
    why: str = ""
    _looked_at: float = field(init=False)
    _beat_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._beat_at = self._looked_at = self.carrier.ticks()

    def wanted_ended(self) -> bool:
        """Whether the run is to be ended, looked up at most every LOOK_EVERY seconds. A store that cannot answer
        ends nothing: the command has its own time-out."""
        now = self.carrier.ticks()
        if self.why or now - self._looked_at < LOOK_EVERY:
            return bool(self.why)
        self._looked_at = now
        try:
            self.listen()
            if now - self._beat_at >= HEARTBEAT:
                self._beat()
                self._beat_at = now
        except (Conflict, Unavailable):
            return False
        return bool(self.why)

    def listen(self) -> None:
        """Look now. Raises Conflict and Unavailable: what nobody can say is still wanted must not begin."""
        with self.carrier.office.store.read() as tx:
            halt = halted(tx)
            fresh = tx.incidents.facts_after(self.entry.effect.incident_id, self.seen)
        if halt is not None:
            self.why = halt.says
        elif not self.carrier.office.team().commands_enabled:
            self.why = SWITCHED_OFF
        for one in fresh:
            self.seen = one.seq
            if isinstance(one.fact, StepCancelRequested) and one.fact.run == self.entry.effect.ref:
                self.why = f"ended by {one.by.name}" + (f": {one.fact.reason}" if one.fact.reason else "")

    def _beat(self) -> None:
        until = self.carrier.clock.now() + LEASE
        with self.carrier.office.store.transact() as tx:
            if not tx.outbox.extend(self.entry.effect.key, self.entry.token, until):
                self.why = "the claim on this run was lost to somebody else"


def job_of(run: str, wanted: Order) -> Job:
    """The job for an order, with the bounds of its class."""
    return Job(run, wanted.pipeline, wanted.target, wanted.directory, wanted.variables, limits_of(wanted), wanted.shell)


def changes(step: Step) -> bool:
    """Whether a run of it that nobody saw end is a question: a look that was lost has only failed."""
    return step.command is None or run_effect(step.command) is not Effect.READ_ONLY


def outcome_of(step: Step, execution: Execution) -> StepOutcome:
    """How a run is told.

    In a diagnostic a `grep` that finds nothing (exit 1) is an answer, no failure; neither is a stage that was cut
    off because the next one had read enough (SIGPIPE: `… | head`).
    """
    if execution.timed_out:
        return StepOutcome.TIMED_OUT
    if execution.cancelled:
        return StepOutcome.CANCELLED
    if execution.trouble:
        return StepOutcome.FAILED
    looks = step.command is not None and step.command.effect is Effect.READ_ONLY
    pipeline = step.command.pipeline if step.command else ()
    last = len(execution.exit_codes) - 1
    if looks and step.command is not None and runs_in_shell(step.command) and execution.exit_codes == (CUT_OFF,):
        return StepOutcome.SUCCEEDED  # with `pipefail`, the one code of a shell is that of the stage that was cut off
    for place, code in enumerate(execution.exit_codes):
        if code == CUT_OFF and place < last:
            continue
        stage = pipeline[place] if place < len(pipeline) else ()
        program = next((word for word in stage if word not in ("sudo", "-n")), "").rsplit("/", 1)[-1]
        searching = looks and program in ("grep", "egrep", "fgrep", "rg", "zgrep")
        if code != 0 and not (searching and code == 1):
            return StepOutcome.FAILED
    return StepOutcome.SUCCEEDED


def _nothing_ran(why: str) -> Execution:
    return Execution((), "", False, False, 0.0, why)


def _with(execution: Execution, trouble: str) -> Execution:
    return replace(execution, trouble=trouble)
