"""What tests ask of a compiled document: its one procedure, its commands, the codes of its findings."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure, Step
from tocsin.runbook.playbook import Playbook


def only(text: str) -> Procedure:
    """The one procedure of a document."""
    (procedure,) = compile_runbook(text).procedures
    return procedure


def commands_of(steps: Iterable[Step]) -> list[str]:
    """The commands of steps, in their order."""
    return [step.command.text for step in steps if step.command is not None]


def commands(playbook: Playbook) -> list[str]:
    """The commands of all procedures, in order."""
    return [text for one in playbook.procedures for text in commands_of(one.steps)]


def codes(playbook: Playbook) -> set[str]:
    """The codes of the findings."""
    return {one.code for one in playbook.findings}
