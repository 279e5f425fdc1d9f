"""``tocsin diff``: how another version of a runbook would respond differently.

Lines that moved change nothing.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tocsin.cli.compiling import compiled
from tocsin.cli.output import BOLD, coloured, dump, plain, say
from tocsin.incident.answered import answer_words
from tocsin.incident.choices import Choices, counted, when_paged
from tocsin.incident.plan import PlannedLevel, ResponsePlan, SeverityPlan
from tocsin.incident.planning import plan_response
from tocsin.runbook.instructions import Effect, Procedure, Step, Termination
from tocsin.runbook.playbook import Contact, Playbook, Role
from tocsin.runbook.stated import Lines


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that a runbook makes happen: its aspect ("response"), what it is ("15 min"), and where it is written.

    ``key`` tells traits of one aspect apart ("level 2"); without one they are compared as a list.
    """

    aspect: str
    text: str
    line: int | None = None
    single: bool = True


Behaviour = dict[str, list[Trait]]
"""What a runbook makes happen, by subject: a severity, a procedure, the duty to tell."""


def diff(arguments: argparse.Namespace) -> int:
    """Print how two versions respond differently; the exit status."""
    before, after = (behaviour(compiled(Path(one))) for one in (arguments.old, arguments.new))
    changes = list(changes_between(before, after))
    if arguments.json:
        dump(changes)
    elif not changes:
        say("both would respond in the same way")
    for _changes, alike in itertools.groupby(changes if not arguments.json else (), _alike):
        first, *others = alike
        names = ", ".join(one["what"].removeprefix(_SEVERITY) for one in (first, *others))
        say(coloured(plain(f"severities {names}" if others else first["what"]), BOLD))
        for change in first["changes"]:
            _tell(change)
    return 1 if changes and arguments.exit_code else 0


_SEVERITY = "severity "


def _alike(one: dict[str, Any]) -> str:
    """What changes for a severity: those next to each other for which the same does are told together."""
    return str(one["changes"]) if one["what"].startswith(_SEVERITY) and one["changes"] else one["what"]


def _tell(change: dict[str, Any]) -> None:
    where = f", line {change['line']}" if change["line"] else ""
    match change["before"], change["after"]:
        case str(old), str(new):
            say(f"  {plain(change['aspect'])} {_line(old)} → {_line(new)}{where}")
        case str(old), None:
            say(coloured(f"  - {plain(change['aspect'])} {_line(old)}{where} before", "31"))
        case _, new:
            say(coloured(f"  + {plain(change['aspect'])} {_line(new)}{where}", "32"))


def _line(text: str) -> str:
    """A command of several lines in one."""
    return plain(re.sub(r"\s*\\?\n\s*", " ", text))


def changes_between(before: Behaviour, after: Behaviour) -> Iterator[dict[str, Any]]:
    """One entry for each subject that differs: ``what``, the words ``before`` and ``after``, and single ``changes``.

    The line of a change is one of the new document, and of the old one for what is gone.
    """
    called = _renamed(before, after)
    before = {called.get(what, what): traits for what, traits in before.items()}
    for old, new in called.items():
        kind, _, was = old.partition(" ")
        name = new.removeprefix(f"{kind} ")
        change = _change("title", Trait("title", was), Trait("title", name, after[new][0].line))
        yield {"what": new, "before": [f"title {was}"], "after": [f"title {name}"], "changes": [change]}
    for what in dict.fromkeys([*before, *after]):
        changes = [
            *_singles(before.get(what, []), after.get(what, [])),
            *_lists(before.get(what, []), after.get(what, [])),
        ]
        if changes or (what in before) != (what in after):
            yield {
                "what": what if what in after else f"{what} is gone",
                "before": [f"{one['aspect']} {one['before']}" for one in changes if one["before"] is not None],
                "after": [f"{one['aspect']} {one['after']}" for one in changes if one["after"] is not None],
                "changes": changes,
            }


def _renamed(before: Behaviour, after: Behaviour) -> dict[str, str]:
    """Procedures and phases of which only the title is another one, by what they were called."""
    gone = [what for what in before if what not in after and what.startswith(_TITLED) and before[what]]
    new = [what for what in after if what not in before and what.startswith(_TITLED) and after[what]]
    said = {what: [(one.aspect, one.text) for one in traits] for what, traits in (*before.items(), *after.items())}
    found: dict[str, str] = {}
    for was in gone:
        same = [now for now in new if said[now] == said[was] and now.split(" ")[0] == was.split(" ")[0]]
        if len(same) == 1 and same[0] not in found.values():
            found[was] = same[0]
    return found


_TITLED = ("procedure ", "phase ")


def _singles(old: Sequence[Trait], new: Sequence[Trait]) -> Iterator[dict[str, Any]]:
    was = {one.aspect: one for one in old if one.single}
    now = {one.aspect: one for one in new if one.single}
    for aspect in dict.fromkeys([*was, *now]):
        a, b = was.get(aspect), now.get(aspect)
        if a is None or b is None or a.text != b.text:
            yield _change(aspect, a, b)


def _lists(old: Sequence[Trait], new: Sequence[Trait]) -> Iterator[dict[str, Any]]:
    """What of a list is new or gone; what moved within it is both, for the order of steps is a behaviour."""
    was = [one for one in old if not one.single]
    now = [one for one in new if not one.single]
    matcher = difflib.SequenceMatcher(
        None, [(one.aspect, one.text) for one in was], [(one.aspect, one.text) for one in now], autojunk=False
    )
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield from (_change(one.aspect, one, None) for one in was[a:b])
            yield from (_change(one.aspect, None, one) for one in now[c:d])


def _change(aspect: str, old: Trait | None, new: Trait | None) -> dict[str, Any]:
    at = new or old
    return {
        "aspect": aspect,
        "before": old.text if old else None,
        "after": new.text if new else None,
        "line": at.line if at else None,
    }


# --- what a runbook makes happen ----------------------------------------------------------------------------


def behaviour(playbook: Playbook) -> Behaviour:
    """Everything that would be done by a runbook and the answers in it, without those of `tocsin.toml`."""
    plan = plan_response(playbook, "-", Choices())
    said: Behaviour = {}
    for severity in plan.severities:
        said[f"severity {severity.name}"] = list(_severity(playbook, severity))
    for procedure in playbook.procedures:
        said[f"procedure {procedure.title}"] = list(_procedure(procedure))
    for phase in playbook.phases:
        said[f"phase {phase.title}"] = [_step(step) for step in phase.steps]
    said["reasons to escalate"] = [_listed("when:", one.text, one.lines) for one in playbook.escalation_rules]
    said["roles"] = [_role(one) for one in playbook.roles]
    said["contacts"] = [_contact(one) for one in playbook.contacts]
    said["who is told"] = [_listed(f"{one.audience}:", one.text, one.lines) for one in playbook.communication]
    said["messages"] = [Trait(one.name, " ".join(one.body.split()), one.lines.first) for one in playbook.templates]
    said["answers"] = [
        Trait(one.key, answer_words(one), one.lines.first) for one in playbook.answers if not one.problem
    ]
    said["the response"] = list(_response(playbook, plan))
    return said


def _severity(playbook: Playbook, severity: SeverityPlan) -> Iterator[Trait]:
    targets = (
        ("response", severity.response),
        ("acknowledgement", severity.acknowledge),
        ("resolution", severity.resolution),
    )
    for name, target in targets:
        if target is not None:
            yield Trait(name, counted(target.within, target.unit), target.cite.first if target.cite else None)
    if not severity.pages:
        yield Trait("paging", "wakes nobody")
    for level in severity.levels if severity.pages else ():
        yield Trait(f"level {level.number}", _level(level), level.cite.first if level.cite else None)
    found = playbook.severity(severity.name)
    for text in found.criteria if found else ():
        yield Trait("when:", text, found.lines.first if found else None, single=False)


def _level(level: PlannedLevel) -> str:
    return f"{', '.join(level.targets)} {when_paged(level)}{' (assumed)' if level.assumed else ''}"


def _procedure(procedure: Procedure) -> Iterator[Trait]:
    yield from (Trait("symptom:", one.text, one.lines.first, single=False) for one in procedure.symptoms)
    yield from map(_step, procedure.steps)


def _step(step: Step) -> Trait:
    """A step with what matters of its command: whether it changes something, and whether it ends."""
    command = step.command
    text = command.text if command else step.title
    marks = []
    if command is not None:
        marks += [command.effect.value.replace("_", "-")] if command.effect is not Effect.READ_ONLY else []
        marks += [command.termination.value] if command.termination is not Termination.BOUNDED else []
    return Trait("step:", f"{text} ({', '.join(marks)})" if marks else text, step.lines.first, single=False)


def _contact(contact: Contact) -> Trait:
    ways = ", ".join(f"{one.type} {one.value}" for one in contact.channels)
    said = ways or ("not filled in" if contact.unfilled else "listed")
    when = f" ({contact.availability})" if contact.availability else ""
    return Trait(contact.name, said + when, contact.lines.first)


def _role(role: Role) -> Trait:
    return Trait(role.name, "; ".join(role.responsibilities) or "named", role.lines.first)


def _listed(aspect: str, text: str, lines: Lines) -> Trait:
    return Trait(aspect, text, lines.first, single=False)


def _response(playbook: Playbook, plan: ResponsePlan) -> Iterator[Trait]:
    for check in plan.checks:
        yield Trait("check before resolved:", check.text, single=False)
    for one in plan.cadences:
        which = f" for {', '.join(one.severities)}" if one.severities else ""
        yield Trait(f"updates{which}", f"every {counted(one.every, one.unit)}", one.cite.first if one.cite else None)
    for box in plan.time_boxes:
        which = f" for {', '.join(box.severities)}" if box.severities else ""
        yield Trait(f"time for {box.phase}{which}", counted(box.within, box.unit), box.cite.first if box.cite else None)
    if plan.postmortem:
        cited = plan.postmortem.cite
        within = f"within {counted(plan.postmortem.within, plan.postmortem.unit)}"
        yield Trait("post-mortem", within, cited.first if cited else None)
    if playbook.channel_pattern:
        yield Trait("channel", playbook.channel_pattern)
    for duty in playbook.duties:
        yield Trait(f"duty {duty.title}", duty.every or "now and then", duty.lines.first)
