"""What exactly would run: a step with its blanks filled, its target, its directory, and the digest of all that.

The one place that turns a step into words of a command; the preview, the consent and the start all speak of the
digest that is made here (R14).
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.app.ports import Shell
from tocsin.app.team import ServiceSettings, Team
from tocsin.incident.target import Target, TargetKind
from tocsin.runbook.command.blanks import Answers, answered, blanks, filled, unanswerable
from tocsin.runbook.command.commands import has_hidden_characters, is_context
from tocsin.runbook.command.connecting import connecting
from tocsin.runbook.command.pinning import pinned
from tocsin.runbook.command.placeholders import parameters
from tocsin.runbook.command.runnable import RunForm, run_effect, run_form
from tocsin.runbook.instructions import Command, Effect, Step


@dataclass(frozen=True, slots=True)
class Order:
    """A step, ready to run. ``text`` is shown literally before the run; ``digest`` is what consent is given to."""

    step: Step
    pipeline: tuple[tuple[str, ...], ...]
    target: Target
    directory: str | None
    variables: tuple[str, ...]
    answers: Answers
    text: str
    digest: str
    shell: Shell | None = None

    @property
    def effect(self) -> Effect:
        """What it may do to the world."""
        return run_effect(self.step.command) if self.step.command else Effect.UNKNOWN


def never(step: Step) -> str:
    """Why this product does not run a step, whoever asks; empty when it might."""
    command = step.command
    if command is None:
        return "this step is for a person"
    if is_context(command):
        return "it only says where the steps after it run"
    if has_hidden_characters(command.text):
        return "it holds characters that cannot be seen: correct the runbook"
    form = run_form(command)
    return form if isinstance(form, str) else unanswerable(command)


def standing(team: Team, service: str, step: Step) -> Target | str:
    """Where a step would run, or what stands in its way whatever its blanks are filled with."""
    why = never(step)
    if why or step.command is None:
        return why
    settings = team.services.get(service)
    missing = undeclared_variables(step.command, settings.variables if settings else ())
    target = missing or target_of(team, settings, step.command)
    form = run_form(step.command)
    if isinstance(target, str) or isinstance(form, str) or blanks(step.command):
        return target  # with blanks, the words are known once they are filled
    held = pinned(form.pipeline, target.pins)
    return held if isinstance(held, str) else target


def order(team: Team, service: str, playbook: str, step: Step, given: Mapping[str, str]) -> Order | str:
    """The order for a step of a pinned playbook with these answers, or what stands in its way."""
    command, settings = step.command, team.services.get(service)
    target = standing(team, service, step)
    form = run_form(command) if command else ""
    if isinstance(target, str) or isinstance(form, str) or command is None:
        return str(target)
    answers = answered(command, given)
    if isinstance(answers, str):
        return answers
    shell = _shell_of(form, answers)
    held = pinned(form.pipeline if shell else filled(command, form.pipeline, answers), target.pins)
    if isinstance(held, str):
        return held
    pipeline = held if shell else connecting(held)
    directory = directory_of(settings, command, target)
    names = tuple(dict.fromkeys(p.name for p in command.parameters if p.origin == "env"))
    lent = settings.variables if settings else ()
    digest = _digest(playbook, step, pipeline, target, directory, lent, answers)
    text = _shell_text(form, shell) if shell else _text(command, form, pipeline, names)
    return Order(step, pipeline, target, directory, lent, answers, text, digest, shell)


def _shell_of(form: RunForm, answers: Answers) -> Shell | None:
    if form.shell is None:
        return None
    values = dict(answers)
    given = tuple((variable, values[key]) for key, variable in form.shell.blanks if key in values)
    return Shell(given, form.shell.needs, form.shell.handed)


def _shell_text(form: RunForm, shell: Shell) -> str:
    """The text as the shell gets it, below what is filled in: pasted into a terminal it means the same."""
    said = form.shell.text if form.shell else ""
    return "\n".join([*(f"{variable}={shlex.quote(value)}" for variable, value in shell.given), said])


def target_of(team: Team, settings: ServiceSettings | None, command: Command) -> Target | str:
    """Where a command runs: on the host that the runbook went to, else on the service's own target."""
    if command.host:
        found = next((t for t in team.targets.values() if command.host == t.name or command.host in t.hosts), None)
        return (
            found or f"it belongs on {command.host}, and no target of tocsin.toml has that host: run it there yourself"
        )
    wanted = settings.target if settings else "local"
    return team.targets.get(wanted) or f"tocsin.toml has no target {wanted!r}"


def undeclared_variables(command: Command, declared: Sequence[str]) -> str:
    """Which environment variables of the server a command needs that the team has not lent to its steps."""
    form = run_form(command)
    shell = form.shell if isinstance(form, RunForm) else None
    wanted = shell.needs if shell else [p.name for p in command.parameters if p.origin == "env"]
    missing = [name for name in dict.fromkeys(wanted) if name not in declared]
    if not missing:
        return ""
    names = ", ".join(missing)
    return f"it needs {names} from the server's environment: name it in the service's `variables` in tocsin.toml"


def directory_of(settings: ServiceSettings | None, command: Command, target: Target) -> str | None:
    """The runbook's own directory unless it is only an example; else the service's or the target's; else, on the
    server's own machine, the folder of the team's settings if the runbook is below it, or where the runbook is.

    The service's directory is one of its own target: on a host that the runbook went to, it means nothing.
    """
    if command.directory and not parameters(command.directory):
        return command.directory
    if settings is None:
        return target.directory
    if settings.directory and settings.target == target.name:
        return str(settings.directory)
    return target.directory or (str(settings.root) if settings.root and target.kind is TargetKind.LOCAL else None)


def _text(command: Command, form: RunForm, stages: Sequence[Sequence[str]], names: Sequence[str]) -> str:
    """The command as a person reads it: as written when nothing was put in, else word by word."""
    if tuple(stages) == form.pipeline:
        return form.rewritten or command.text
    written = [" ".join(word if word in {f"${n}" for n in names} else shlex.quote(word) for word in s) for s in stages]
    return " | ".join(written)


def _digest(
    playbook: str,
    step: Step,
    pipeline: Sequence[Sequence[str]],
    target: Target,
    directory: str | None,
    variables: Sequence[str],
    answers: Answers,
) -> str:
    place = [target.name, target.kind.value, target.environment.value, directory or ""]
    place += target.ssh.words if target.ssh else ()
    place += (target.runner,) if target.runner else ()
    said = [playbook, step.id, [list(stage) for stage in pipeline], place, list(variables), [list(a) for a in answers]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()
