"""The verbs for runbooks as documents. They work offline, without a server and without a configuration."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from tocsin.app.team import ServiceSettings
from tocsin.cli.compiling import compiled
from tocsin.cli.output import BOLD, chat, coloured, dump, many, plain, say, table
from tocsin.cli.understood import understood
from tocsin.errors import BadInput
from tocsin.incident.choices import counted, when_paged
from tocsin.incident.facts import Citation
from tocsin.incident.plan import PlannedTarget, SeverityPlan
from tocsin.incident.planning import plan_response
from tocsin.runbook.instructions import Phase, Procedure
from tocsin.runbook.json import playbook_json
from tocsin.runbook.playbook import Playbook
from tocsin.settings.loading import Settings, find, load


def settings_beside(named: str | None) -> Settings | None:
    """The team's settings where there are any; secrets are not needed to read a runbook."""
    path = Path(named) if named else find(os.environ)
    return load(path, need_secrets=False) if path else None


def service_of(settings: Settings | None, runbook: Path) -> ServiceSettings | None:
    """The service whose runbook this file is."""
    if settings is None:
        return None
    wanted = runbook.resolve()
    return next((one for one in settings.team.services.values() if one.runbook.resolve() == wanted), None)


def runbooks_of(settings: Settings | None) -> list[Path]:
    """The runbooks that the settings name, each once, as people would write them from here.

    Raises:
        BadInput: there are no settings.
    """
    if settings is None:
        raise BadInput("which runbook? Name a file, or write a tocsin.toml with `tocsin init RUNBOOK.md`")
    return list(dict.fromkeys(_near(one.runbook) for one in settings.team.services.values()))


def runbook_of(settings: Settings | None, named: str | None) -> Path:
    """The runbook that is ``named``, else the only one of the settings.

    Raises:
        BadInput: none is named, and the settings know none or several.
    """
    if named is not None:
        return Path(named)
    known = runbooks_of(settings)
    if len(known) != 1:
        raise BadInput(f"which runbook? Name one: {', '.join(map(str, known)) or 'tocsin.toml knows no service yet'}")
    return known[0]


def _near(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


# --- show ---------------------------------------------------------------------------------------------------


def show(arguments: argparse.Namespace) -> int:
    """Print a runbook as it was understood; the exit status."""
    settings = None if arguments.runbook and (arguments.json or arguments.steps) else settings_beside(arguments.config)
    path = runbook_of(settings, arguments.runbook)
    playbook = compiled(path)
    if arguments.json:
        dump(playbook_json(playbook))
        return 0
    if arguments.steps:
        _list_steps(playbook)
        return 0
    service = service_of(settings, path)
    plan = plan_response(playbook, service.key if service else "-", service.choices if service else None)
    say(coloured(plain(playbook.title), BOLD))
    for severity in plan.severities:
        say()
        say(coloured(plain(f"{severity.name}  {severity.label or ''}".rstrip()), BOLD) + _line(severity.cite))
        for text in (*_criteria(playbook, severity.name), *_severity_lines(severity)):
            say(f"  {plain(text)}")
    if not plan.severities:
        say()
        say(coloured("Any incident", BOLD))
        for text in _severity_lines(plan.unassessed):
            say(f"  {plain(text)}")
    say()
    for procedure in playbook.procedures:
        symptoms = f", {many(len(procedure.symptoms), 'symptom')}" if procedure.symptoms else ""
        say(
            f"{plain(procedure.title)}  ({procedure.kind.value}, {many(len(procedure.steps), 'step')}, "
            f"{many(len(procedure.commands), 'command')}{symptoms}; line {procedure.lines.first})"
        )
    for heading, lines in understood(playbook):
        say()
        say(coloured(heading, BOLD))
        for text, where in lines:
            say(f"  {plain(text)}" + (f"  (line {where.first})" if where else ""))
    for heading, accepted in (
        ("Left open by the runbook; what holds meanwhile:", False),
        ("Left open by the runbook; what the team has answered:", True),
    ):
        if asked := [one for one in plan.assumptions if one.accepted is accepted]:
            say()
            say(heading)
            for one in asked:
                say(f"  {plain(one.question)} {plain(one.answer)}{_line(one.cite)}")
    stats = playbook.stats
    found = many(len(playbook.findings), "finding")
    chat(f"{stats.understood} of {stats.blocks} blocks understood; `tocsin check` has {found}")
    return 0


def _list_steps(playbook: Playbook) -> None:
    """Every step: the id that corrections and permissions go by, its line, and how it was read."""
    rows = []
    groups: list[Phase | Procedure] = [*playbook.phases, *playbook.procedures]
    for group in groups:
        for step in group.steps:
            command = step.command
            read = (command.effect.value, command.termination.value) if command else (step.kind.value, "-")
            marks = f"  (corrected: {', '.join(step.corrected)})" if step.corrected else ""
            said = " ".join((command.text if command else step.title).split()) + marks
            rows.append((step.id, step.lines.first, group.title, *read, said))
    table(("id", "line", "where", "effect", "ends", "step"), rows)


def _line(cite: Citation | None) -> str:
    return f"  (line {cite.first})" if cite else ""


def _criteria(playbook: Playbook, name: str) -> Iterator[str]:
    severity = playbook.severity(name)
    return (f"when: {text}" for text in severity.criteria) if severity else iter(())


def _severity_lines(severity: SeverityPlan) -> Iterator[str]:
    for name, target in _targets(severity).items():
        if target is not None:
            yield f"{name}: within {counted(target.within, target.unit)}{_line(target.cite)}"
    if not severity.pages:
        yield "wakes nobody: recorded only"
    for level in severity.levels if severity.pages else ():
        assumed = ", assumed" if level.assumed else ""
        yield f"level {level.number}: {', '.join(level.targets)} {when_paged(level)}{assumed}{_line(level.cite)}"


def _targets(severity: SeverityPlan) -> dict[str, PlannedTarget | None]:
    return {
        "response": severity.response,
        "acknowledge": severity.acknowledge,
        "resolution": severity.resolution,
    }
