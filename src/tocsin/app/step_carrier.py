"""Runs ordered steps: at most once each, bounded, with their output brought back as a fact."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.app.carriers import Office
from tocsin.app.desk import Asked
from tocsin.app.ports import Execution, StepRunner
from tocsin.app.records import OutboxEntry
from tocsin.clock import Clock
from tocsin.incident.commands import FinishStep, LoseStep
from tocsin.incident.facts import TOCSIN, StepOutcome
from tocsin.runbook.playbook import Step

TIMEOUT = timedelta(seconds=45)
"""Shorter than the lease of a step's claim, so that a run that is still ours never looks lost."""
OUTPUT = 64 * 1024
CUT_OFF = 128 + 13
"""The exit code of a stage that a broken pipe ended."""


@dataclass(slots=True)
class StepCarrier:
    """Runs steps on this machine."""

    office: Office
    runner: StepRunner
    clock: Clock
    node: str
    _swept_own: bool = field(default=False)

    def sweep(self) -> None:
        """Steps whose process is gone become unknown and wait for a person; they are never run again (R15).

        The first sweep after a start also gives up what this node had claimed before it was stopped.
        """
        own = None if self._swept_own else self.node
        self._swept_own = True
        with self.office.store.read() as tx:
            abandoned = tx.outbox.abandoned_steps(self.clock.now(), own)
        for entry in abandoned:
            self._lose(entry, "the process that ran it ended before it could say how it went")

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
        if state is None or not state.running or step is None or step.command is None:
            office.finish(entry)
            return
        if entry.attempts > 1:
            self._lose(entry, "it was claimed twice, so it may have run already")
            return
        service = office.team().services.get(incident.service)
        directory = step.command.directory or (str(service.directory) if service and service.directory else None)
        execution = self.runner.run(
            step.command.pipeline,
            timeout=TIMEOUT,
            directory=directory,
            variables=service.variables if service else (),
        )
        self._record(entry, step, execution)

    def _record(self, entry: OutboxEntry, step: Step, execution: Execution) -> None:
        output = self.office.desk.masker.text(execution.output)[:OUTPUT]
        if execution.trouble:
            output = f"{execution.trouble}\n{output}".strip()
        command = FinishStep(
            run=entry.effect.ref,
            outcome=outcome_of(step, execution),
            exit_codes=execution.exit_codes,
            output=output,
            truncated=execution.truncated,
            seconds=round(execution.seconds, 3),
        )
        with self.office.store.transact() as tx:
            tx.outbox.finish(entry.effect.key, entry.token, self.clock.now())
            self.office.desk.decide_all(tx, [Asked(entry.effect.incident_id, command, TOCSIN)], self.clock.now())
        self.office.desk.changed([entry.effect.incident_id])

    def _lose(self, entry: OutboxEntry, reason: str) -> None:
        with self.office.store.transact() as tx:
            if not tx.outbox.give_up(entry.effect.key, entry.token, reason):
                return
            command = LoseStep(entry.effect.ref, reason)
            self.office.desk.decide_all(tx, [Asked(entry.effect.incident_id, command, TOCSIN)], self.clock.now())
        self.office.desk.changed([entry.effect.incident_id])


def outcome_of(step: Step, execution: Execution) -> StepOutcome:
    """How a run is told.

    In a diagnostic a `grep` that finds nothing (exit 1) is an answer, no failure; neither is a stage that was cut
    off because the next one had read enough (SIGPIPE: `… | head`).
    """
    if execution.timed_out:
        return StepOutcome.TIMED_OUT
    if execution.trouble:
        return StepOutcome.FAILED
    pipeline = step.command.pipeline if step.command else ()
    last = len(execution.exit_codes) - 1
    for place, (stage, code) in enumerate(zip(pipeline, execution.exit_codes, strict=False)):
        if code == CUT_OFF and place < last:
            continue
        searching = bool(stage) and stage[0].rsplit("/", 1)[-1] in ("grep", "egrep", "fgrep", "rg")
        if code != 0 and not (searching and code == 1):
            return StepOutcome.FAILED
    return StepOutcome.SUCCEEDED
