"""The form in which a command is run: as it is written, or, when it would never end, as its bounded rewrite."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.runbook.bash import parse
from tocsin.runbook.effects import judge
from tocsin.runbook.placeholders import parameters
from tocsin.runbook.playbook import Command, Effect, Termination

_HARMLESS = (Effect.READ_ONLY,)


@dataclass(frozen=True, slots=True)
class RunForm:
    """The stages to run. ``rewritten`` is the text of the rewrite, empty when the command runs as written."""

    pipeline: tuple[tuple[str, ...], ...]
    rewritten: str = ""


def run_form(command: Command) -> RunForm | str:
    """How a command is run without a shell and to an end, or why it is not.

    A rewrite must end by itself and do no more than the command it stands for.
    """
    if command.language != "sh":
        return "it is SQL without a client: run it yourself, then tick it off"
    if command.termination is not Termination.BOUNDED:
        return _rewritten(command)
    if command.needs_shell or not command.pipeline:
        return "it needs a shell: run it yourself, then tick it off"
    if _variable_inside_a_word(command, command.pipeline):
        return "it has a variable inside a longer word, which only a shell fills in: run it yourself, then tick it off"
    return RunForm(command.pipeline)


def _rewritten(command: Command) -> RunForm | str:
    why = f"it does not end by itself ({command.termination.value})"
    if not command.suggestion:
        return f"{why}: run it yourself, then tick it off"
    parsed = parse(command.suggestion)
    found = judge(command.suggestion, parsed)
    if "tty" in found.requires:
        return "it draws on a terminal, and there is none: run it yourself, then tick it off"
    same = found.effect is command.effect or found.effect in _HARMLESS
    blanks_stay = {p.raw for p in parameters(command.suggestion)} <= {p.raw for p in command.parameters}
    if parsed.needs_shell or not parsed.pipeline or found.termination is not Termination.BOUNDED or not same:
        return f"{why}; try `{command.suggestion}`"
    if not blanks_stay or _variable_inside_a_word(command, parsed.pipeline):
        return f"{why}; try `{command.suggestion}`"
    return RunForm(parsed.pipeline, command.suggestion)


def _variable_inside_a_word(command: Command, pipeline: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a variable stands as `$NAME` within a longer word; only `$NAME` alone and `${NAME}` are filled in."""
    names = [p.name for p in command.parameters if p.origin == "env"]
    words = [word for stage in pipeline for word in stage]
    return any(re.search(rf"\${re.escape(name)}\b", word) and word != f"${name}" for name in names for word in words)
