"""Where steps are being read, and the step of a command that is found there."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.runbook.command.commands import shell_command, sql_command
from tocsin.runbook.command.shell import Statement
from tocsin.runbook.instructions import Step, StepKind
from tocsin.runbook.procedure.provisos import condition_said
from tocsin.runbook.stated import Lines


@dataclass(frozen=True, slots=True)
class Place:
    """Where steps are being read: the section's name, and the group and alternative they inherit."""

    section: str
    group: str | None = None
    alternative: str | None = None
    condition: str | None = None
    symptoms: bool = False
    forbidden: bool = False


def command_step(
    statement: Statement, place: Place, title: str, lines: Lines | None = None, *, said: str | None = None
) -> Step:
    """The step of a command; ``said`` is where its condition is looked for, unless that is its title."""
    where = Lines(statement.first, statement.last)
    if lines is not None and lines.first == where.first:
        where = Lines(lines.first, where.last)
    return Step(
        id="",
        title=title,
        kind=StepKind.COMMAND,
        section=place.section,
        lines=where,
        command=shell_command(statement),
        condition=condition_said(title if said is None else said) or place.condition,
        alternative=place.alternative,
        group=place.group,
    )


def sql_step(text: str, lines: Lines, place: Place, title: str) -> Step:
    """The step of a statement that no client is named for; its condition is looked for in its title."""
    return Step(
        id="",
        title=title,
        kind=StepKind.COMMAND,
        section=place.section,
        lines=lines,
        command=sql_command(text),
        condition=condition_said(title) or place.condition,
        alternative=place.alternative,
        group=place.group,
    )
