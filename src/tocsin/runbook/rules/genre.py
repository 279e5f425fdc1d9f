"""What sort of document it is: how a team responds to whatever happens, or what to do about one service."""

from __future__ import annotations

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.escalation.people.ours import is_first_responder
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.words import vocabulary


def is_about_one(playbook: Playbook) -> bool:
    """Whether a whole document is the procedure of one alert: how severe it is is said where the alerts are."""
    return len(playbook.procedures) == 1 and playbook.procedures[0].lines.first == 1


def is_of_a_service(playbook: Playbook, compiled: Compiled) -> bool:
    """Whether a document says what to do about a service, and leaves it to another one who is called, and when.

    It has procedures, be it only how to restore or to deploy, and nothing in it or in its title speaks of how incidents
    are handled. In the runbook of one alert a list of whom to ask and a message make no process yet.
    """
    process = playbook.roles or playbook.cadences or playbook.postmortem is not None
    if process or vocabulary().says("of_process", playbook.title):
        return False
    if is_about_one(playbook):
        return True
    escalation = compiled.escalation
    speaks = escalation.chapters or escalation.routings or playbook.escalation_levels or playbook.escalation_by_severity
    if speaks or playbook.severities or playbook.templates:
        return False
    kinds = {one.kind for one in playbook.procedures}
    if kinds & {ProcedureKind.INCIDENT, ProcedureKind.ALERT}:
        return True
    if is_first_responder(playbook.title):
        return False  # "On-call": who is called is what it is about
    commands = sum(step.command is not None for one in playbook.procedures for step in one.steps)
    return bool(kinds & {ProcedureKind.RECOVERY, ProcedureKind.ROLLBACK}) or commands >= _SEVERAL


_SEVERAL = 5
"""Commands that make a document a runbook though no incident is named in it: how to restore, how to deploy."""
