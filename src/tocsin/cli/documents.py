"""The verbs for runbooks as documents. They work offline, without a server and without a configuration."""

from __future__ import annotations

import argparse
import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.app.team import ServiceSettings
from tocsin.cli.output import BOLD, chat, coloured, dump, plain, say
from tocsin.cli.surroundings import surroundings
from tocsin.cli.verbs import Verb
from tocsin.clock import SystemClock
from tocsin.errors import BadDocument, BadInput
from tocsin.incident.choices import Choices, words
from tocsin.incident.facts import Citation
from tocsin.incident.plan import Awaits, PlannedTarget, ResponsePlan, SeverityPlan
from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_json
from tocsin.runbook.playbook import Playbook
from tocsin.settings.loading import Settings, find, load


def compiled(path: Path) -> Playbook:
    """The runbook of a file. Raises BadDocument, BadInput."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    try:
        return compile_runbook(data, path=str(path), today=SystemClock().now().date(), look=surroundings(path))
    except BadDocument as error:
        raise BadDocument(f"{path}: {error.message}") from error


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


# --- show ---------------------------------------------------------------------------------------------------


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runbook", metavar="RUNBOOK.md")
    parser.add_argument("--json", action="store_true", help="the whole playbook for programs")
    parser.add_argument("--config", metavar="FILE", help="the tocsin.toml with the team's answers")


def _show(arguments: argparse.Namespace) -> int:
    path = Path(arguments.runbook)
    playbook = compiled(path)
    if arguments.json:
        dump(playbook_json(playbook))
        return 0
    service = service_of(settings_beside(arguments.config), path)
    plan = plan_response(playbook, service.key if service else "-", service.choices if service else None)
    say(coloured(plain(playbook.title), BOLD))
    for severity in plan.severities:
        say()
        say(coloured(plain(f"{severity.name}  {severity.label or ''}".rstrip()), BOLD) + _line(severity.cite))
        for text in _severity_lines(severity):
            say(f"  {plain(text)}")
    say()
    for procedure in playbook.procedures:
        symptoms = f", {len(procedure.symptoms)} symptoms" if procedure.symptoms else ""
        say(
            f"{plain(procedure.title)}  ({procedure.kind.value}, {len(procedure.steps)} steps, "
            f"{len(procedure.commands)} commands{symptoms}; line {procedure.lines.first})"
        )
    if open_questions := [one for one in plan.assumptions if not one.accepted]:
        say()
        say("Left open by the runbook; what holds meanwhile:")
        for one in open_questions:
            say(f"  {plain(one.question)} {plain(one.answer)}{_line(one.cite)}")
    stats = playbook.stats
    chat(
        f"{stats.understood} of {stats.blocks} blocks understood; `tocsin check` has {len(playbook.findings)} findings"
    )
    return 0


def _line(cite: Citation | None) -> str:
    return f"  (line {cite.first})" if cite else ""


def _severity_lines(severity: SeverityPlan) -> Iterator[str]:
    for name, target in _targets(severity).items():
        if target is not None:
            yield f"{name}: within {words(target.within)}{_line(target.cite)}"
    if not severity.pages:
        yield "wakes nobody: recorded only"
    for level in severity.levels if severity.pages else ():
        until = {
            Awaits.NOTHING: "at once" if not level.after else f"after {words(level.after)}",
            Awaits.ACKNOWLEDGEMENT: f"after {words(level.after)} without an acknowledgement",
            Awaits.RESOLUTION: f"after {words(level.after)} unless resolved",
        }[level.awaits]
        assumed = ", assumed" if level.assumed else ""
        yield f"level {level.number}: {', '.join(level.targets)} {until}{assumed}{_line(level.cite)}"


def _targets(severity: SeverityPlan) -> dict[str, PlannedTarget | None]:
    return {
        "response": severity.response,
        "acknowledge": severity.acknowledge,
        "resolution": severity.resolution,
    }


# --- diff ---------------------------------------------------------------------------------------------------


def _diff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD.md")
    parser.add_argument("new", metavar="NEW.md")
    parser.add_argument("--json", action="store_true", help="print data for programs")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 when they respond differently")


def _diff(arguments: argparse.Namespace) -> int:
    books = [compiled(Path(arguments.old)), compiled(Path(arguments.new))]
    before, after = (_behaviour(book, plan_response(book, "-", Choices())) for book in books)
    changes = list(_changes(before, after))
    if arguments.json:
        dump(changes)
    elif not changes:
        say("both would respond in the same way")
    for one in changes if not arguments.json else ():
        say(coloured(plain(one["what"]), BOLD))
        for sign, colour, texts in (("-", "31", one["before"]), ("+", "32", one["after"])):
            for text in texts:
                say(coloured(f"  {sign} {plain(text)}", colour))
    return 1 if changes and arguments.exit_code else 0


def _behaviour(playbook: Playbook, plan: ResponsePlan) -> dict[str, list[str]]:
    """How a runbook responds, in words without line numbers: moved lines change nothing."""
    said: dict[str, list[str]] = {}
    for severity in plan.severities:
        lines = [re.sub(r"  \(line \d+\)$", "", text) for text in _severity_lines(severity)]
        lines += [f"when: {text}" for text in _criteria(playbook, severity.name)]
        said[f"severity {severity.name}"] = lines
    for procedure in playbook.procedures:
        lines = [f"symptom: {one.text}" for one in procedure.symptoms]
        lines += [f"step: {one.command.text if one.command else one.title}" for one in procedure.steps]
        said[f"procedure {procedure.title}"] = lines
    said["checks before resolved"] = [check.text for check in plan.checks]
    said["updates"] = [
        f"every {words(one.every)}{' for ' + ', '.join(one.severities) if one.severities else ''}"
        for one in plan.cadences
    ]
    said["post-mortem"] = [f"within {words(plan.postmortem.within)}"] if plan.postmortem else []
    return said


def _criteria(playbook: Playbook, name: str) -> tuple[str, ...]:
    found = playbook.severity(name)
    return found.criteria if found else ()


def _changes(before: dict[str, list[str]], after: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    for what in dict.fromkeys([*before, *after]):
        old, new = before.get(what, []), after.get(what, [])
        if old == new and (what in before) == (what in after):
            continue
        gone, come = [], []
        for line in difflib.ndiff(old, new):
            if line.startswith("- "):
                gone.append(line[2:])
            elif line.startswith("+ "):
                come.append(line[2:])
        yield {"what": what, "before": gone, "after": come}


VERBS = {
    "show": Verb(_show_arguments, _show),
    "diff": Verb(_diff_arguments, _diff),
}
