"""What sort of document it is: how a team responds to whatever happens, or what to do about one service."""

from __future__ import annotations

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.words import vocabulary


def is_about_one(playbook: Playbook) -> bool:
    """Whether a whole document is the procedure of one alert: how severe it is is said where the alerts are."""
    return len(playbook.procedures) == 1 and playbook.procedures[0].lines.first == 1


def is_of_a_service(playbook: Playbook, compiled: Compiled) -> bool:
    """Whether a document says what to do about a service, and leaves it to another one who is called, and when.

    It has procedures, and nothing in it or in its title speaks of how incidents are handled. In the runbook of one
    alert a list of whom to ask and a message make no process yet.
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
    return any(one.kind in (ProcedureKind.INCIDENT, ProcedureKind.ALERT) for one in playbook.procedures)
