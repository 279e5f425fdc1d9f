"""A change is looked at: the runbook's check runs by itself right after it, and what it finds is said of the change.

Only what directly follows the change, only looks, needs nothing filled in, and was enabled by a maintainer. It starts
in the same commit as the end of the change, so that a crash leaves both or neither.
"""

from __future__ import annotations

from dataclasses import replace

from tocsin.app.execution.halting import halted
from tocsin.app.execution.ordering import order
from tocsin.app.execution.starting import Given, start_command
from tocsin.app.execution.views import is_enabled
from tocsin.app.store import Transaction
from tocsin.app.team import Team
from tocsin.incident.commands import FinishStep, StartStep
from tocsin.incident.incident import Incident
from tocsin.incident.step_facts import StepOutcome, Verdict
from tocsin.incident.verifying import advice, check_of, steps_around, verdict_of
from tocsin.runbook.playbook import Playbook


def verification(
    tx: Transaction, team: Team, incident: Incident, playbook: Playbook, changed: str, run: str, node: str
) -> StartStep | None:
    """The start of the check of a change that has just gone well; None when none runs by itself.

    ``run`` is the last part of its run's name.
    """
    if not incident.is_open or not team.commands_enabled or halted(tx) is not None:
        return None
    steps = steps_around(playbook, changed)
    check = check_of(steps, changed)
    if check is None or not is_enabled(check, tx.steps.enabled(incident.service)):
        return None
    if check.condition not in (None, *(step.condition for step in steps if step.id == changed)):
        return None  # a person says whether a condition of its own holds
    state = incident.steps.get(check.id)
    if state is not None and state.running:
        return None
    wanted = order(team, incident.service, incident.playbook, check, {})
    if isinstance(wanted, str):
        return None
    return start_command(f"{incident.id}/{check.id}/{run}", wanted, node, Given(), verifies=changed)


def judged(command: FinishStep, incident: Incident, playbook: Playbook) -> FinishStep:
    """The end of a run with what it says of the change that it verifies, and what is to be done if that is bad."""
    state = incident.step_of_run(command.run)
    steps = playbook.steps()
    check = steps.get(state.step) if state else None
    changed = steps.get(state.verifies) if state else None
    if check is None or check.command is None or changed is None:
        return command
    verdict = verdict_of(check.command, command.outcome, command.exit_codes)
    if verdict is not Verdict.NOT_VERIFIED:
        return replace(command, verdict=verdict)
    said = advice(incident, steps_around(playbook, changed.id), changed)
    return replace(command, verdict=verdict, advice=said)


def went_well(outcome: StepOutcome) -> bool:
    """Whether there is a change to be looked at."""
    return outcome in (StepOutcome.SUCCEEDED, StepOutcome.DONE)
