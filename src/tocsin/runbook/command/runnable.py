"""The form in which a command is run: as argv, as its bounded rewrite when it would never end, or by a shell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.runbook.command.bash import parse
from tocsin.runbook.command.effects import judge
from tocsin.runbook.command.placeholders import parameters
from tocsin.runbook.command.reread import BY_HAND, why_reread
from tocsin.runbook.command.shelled import Shelled, shelled
from tocsin.runbook.instructions import Command, Effect, Termination

_HARMLESS = (Effect.READ_ONLY,)


@dataclass(frozen=True, slots=True)
class RunForm:
    """The stages to run. ``rewritten`` is the text of the rewrite, empty when the command runs as written.

    ``shell`` when the one stage is a shell with the text of the command: a maintainer has to allow that by itself.
    """

    pipeline: tuple[tuple[str, ...], ...]
    rewritten: str = ""
    shell: Shelled | None = None


def run_form(command: Command) -> RunForm | str:
    """How a command is run to an end, or why it is not; by a shell only where nothing less will do.

    A rewrite must end by itself and do no more than the command it stands for.
    """
    if command.language != "sh":
        return f"it is SQL without a client: {BY_HAND}"
    if why := why_reread(command):
        return why
    if command.termination is not Termination.BOUNDED:
        return _rewritten(command)
    if command.needs_shell or not command.pipeline or _variable_inside_a_word(command, command.pipeline):
        found = shelled(command)
        return found if isinstance(found, str) else RunForm(found.pipeline, shell=found)
    return RunForm(command.pipeline)


def runs_in_shell(command: Command) -> bool:
    """Whether only a shell can run it."""
    form = run_form(command)
    return isinstance(form, RunForm) and form.shell is not None


def run_effect(command: Command) -> Effect:
    """What a run of it may do to the world: what a shell is given is never taken for a mere look."""
    looks = command.effect is Effect.READ_ONLY
    return Effect.MUTATING if looks and runs_in_shell(command) else command.effect


def _rewritten(command: Command) -> RunForm | str:
    why = f"it does not end by itself ({command.termination.value})"
    if not command.suggestion:
        return f"{why}: {BY_HAND}"
    parsed = parse(command.suggestion)
    found = judge(command.suggestion, parsed)
    if "tty" in found.requires:
        return f"it draws on a terminal, and there is none: {BY_HAND}"
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
