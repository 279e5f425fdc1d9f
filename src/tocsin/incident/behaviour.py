"""What a runbook makes happen, told trait by trait: what two versions of one are compared by.

A trait is told whatever way it was written, and moved lines change none. What a field of the playbook says reaches
somebody, in a page, a step, a message or a reminder; here every one of them is told, but for those that are read from
the words of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.incident.answered import answer_words
from tocsin.incident.choices import Choices, calendar_of, calendar_words, counted, when_paged
from tocsin.incident.plan import PlannedLevel, ResponsePlan, SeverityPlan
from tocsin.incident.planning import plan_response
from tocsin.runbook.answers.hours import hours_of
from tocsin.runbook.instructions import Command, Effect, Parameter, Phase, Procedure, Step, StepKind, Termination, Tie
from tocsin.runbook.playbook import (
    Cadence,
    CommunicationRule,
    Contact,
    Duty,
    EscalationLevel,
    EscalationRule,
    Link,
    Playbook,
    PostmortemPolicy,
    Review,
    Role,
    Severity,
    Template,
    Trigger,
)
from tocsin.runbook.stated import BusinessHours, Lines

Particulars = tuple[tuple[str, str], ...]
"""What else is to be said of a trait, by name: ("condition", "if the disk is full")."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that a runbook makes happen: its aspect ("response"), what it is ("15 min"), and where it is written.

    ``single``: its subject has one of that aspect, of which the text changes; the others are a list. ``marks`` are said
    of it where it comes or goes; ``particulars`` where only they change.
    """

    aspect: str
    text: str
    line: int | None = None
    single: bool = True
    marks: tuple[str, ...] = ()
    particulars: Particulars = ()


Behaviour = dict[str, list[Trait]]
"""What a runbook makes happen, by subject: a severity, a procedure, the duty to tell."""


def behaviour(playbook: Playbook) -> Behaviour:
    """Everything that would be done by a runbook and the answers in it, without those of `tocsin.toml`."""
    plan = plan_response(playbook, "-", Choices())
    said: Behaviour = {}
    for severity in plan.severities:
        said[f"severity {severity.name}"] = list(_severity(playbook, severity))
    for procedure in playbook.procedures:
        said.setdefault(f"procedure {procedure.title}", []).extend(_procedure(procedure))
    for phase in playbook.phases:
        said.setdefault(f"phase {phase.title}", []).extend(_phase(phase))
    said["reasons to escalate"] = [*map(_reason, playbook.escalation_rules), *_judged(playbook)]
    said["those who are paged"] = list(_paged(playbook))
    said["roles"] = [_role(one) for one in playbook.roles]
    said["contacts"] = [_contact(one) for one in playbook.contacts]
    said["who is told"] = [_told(one) for one in playbook.communication]
    said["messages"] = [_message(one) for one in playbook.templates]
    said["post-mortem"] = list(_postmortem(playbook.postmortem, plan)) if playbook.postmortem else []
    said["answers"] = [
        Trait(one.key, answer_words(one), one.lines.first) for one in playbook.answers if not one.problem
    ]
    said["the response"] = list(_response(playbook, plan))
    said["links"] = [_link(one) for one in playbook.links]
    said["upkeep"] = [*map(_duty, playbook.duties), *_review(playbook.review)]
    return said


# --- severities and the people who are paged ----------------------------------------------------------------


def _severity(playbook: Playbook, planned: SeverityPlan) -> Iterator[Trait]:
    targets = (
        ("response", planned.response),
        ("acknowledgement", planned.acknowledge),
        ("resolution", planned.resolution),
    )
    for name, target in targets:
        if target is not None:
            yield Trait(name, counted(target.within, target.unit), target.cite.first if target.cite else None)
    if not planned.pages:
        yield Trait("paging", "wakes nobody")
    for level in planned.levels if planned.pages else ():
        yield Trait(f"level {level.number}", _level(level), level.cite.first if level.cite else None)
    found = playbook.severity(planned.name)
    if found is not None:
        yield from _stated(found)


def _stated(severity: Severity) -> Iterator[Trait]:
    line = severity.lines.first
    names = [name for name in (severity.label, *severity.aliases) if name]
    if names:
        yield Trait("also called", ", ".join(names), line)
    wordy = (
        ("response in words", severity.response_target),
        ("acknowledgement in words", severity.acknowledge_target),
        ("resolution in words", severity.resolution_target),
    )
    for name, target in wordy:  # "best effort" is no clock, and yet what the team promises
        if target is not None and target.seconds is None:
            yield Trait(name, target.text, line)
    yield from (Trait("when:", text, line, single=False) for text in severity.criteria)
    yield from (Trait("to do:", text, line, single=False) for text in severity.actions)


def _level(level: PlannedLevel) -> str:
    return f"{', '.join(level.targets)} {when_paged(level)}{' (assumed)' if level.assumed else ''}"


def _reason(rule: EscalationRule) -> Trait:
    return Trait(
        "when:",
        rule.text,
        rule.lines.first,
        single=False,
        particulars=_named(
            ("calls", ", ".join(rule.targets)),
            ("severities", ", ".join(rule.severities)),
            ("wait", rule.after.text if rule.after else ""),
            ("kind", rule.trigger.value),
        ),
    )


def _judged(playbook: Playbook) -> Iterator[Trait]:
    """The levels that somebody calls by judgement: no clock of a severity's ladder tells of them."""
    for level in playbook.escalation_levels:
        if level.trigger is Trigger.CONDITION or level.condition:
            calls = f"calls {', '.join(level.targets)}:"
            yield Trait(calls, level.condition or "when somebody finds it right", level.lines.first, single=False)


def _paged(playbook: Playbook) -> Iterator[Trait]:
    for level in (
        *playbook.escalation_levels,
        *(one for way in playbook.escalation_by_severity.values() for one in way),
    ):
        yield from _asked(level)


def _asked(level: EscalationLevel) -> Iterator[Trait]:
    who = f"{', '.join(level.targets)}:"
    yield from (Trait(who, text, level.lines.first, single=False) for text in level.responsibilities)


def _role(role: Role) -> Trait:
    held = f" ({', '.join(role.severities)})" if role.severities else ""
    return Trait(role.name, ("; ".join(role.responsibilities) or "named") + held, role.lines.first)


def _contact(contact: Contact) -> Trait:
    ways = ", ".join(f"{one.type} {one.value}" for one in contact.channels)
    said = ways or ("not filled in" if contact.unfilled else "listed")
    when = f" ({contact.availability})" if contact.availability else ""
    why = f" for {contact.purpose}" if contact.purpose else ""
    return Trait(contact.name, said + when + why, contact.lines.first, particulars=(("kind", contact.kind.value),))


# --- procedures, phases and their steps ---------------------------------------------------------------------


def _procedure(procedure: Procedure) -> Iterator[Trait]:
    yield Trait("kind", procedure.kind.value, procedure.lines.first)
    yield from (Trait("symptom:", one.text, one.lines.first, single=False) for one in procedure.symptoms)
    yield from map(_step, procedure.steps)


def _phase(phase: Phase) -> Iterator[Trait]:
    line = phase.lines.first
    if phase.key:
        yield Trait("part of the response", phase.key.replace("_", " "), line)
    if phase.target is not None:
        yield Trait("time", phase.target.text, line)
    if phase.severities:
        yield Trait("severities", ", ".join(phase.severities), line)
    yield from map(_step, phase.steps)


_TIED = {
    Tie.TERM: "for another time than the rest",
    Tie.OTHER_WAY: "another way to what stands before it",
    Tie.FALLBACK: "where what stands before it did not help",
    Tie.UNDO: "takes back what stands before it",
}


def _step(step: Step) -> Trait:
    """A step with what decides whether, when and where it is done; its command's text is what it is known by."""
    command = step.command
    text = command.text if command else step.title
    marks = [step.condition] if step.condition and step.condition not in text else []
    if command is not None:
        marks += [command.effect.value.replace("_", "-")] if command.effect is not Effect.READ_ONLY else []
        marks += [command.termination.value] if command.termination is not Termination.BOUNDED else []
    said = _named(
        ("condition", step.condition or ""),
        ("way", step.alternative or ""),
        ("place", ", ".join(_TIED[one] for one in step.ties or ())),
        ("part", step.section),
        ("kind", "" if step.kind is StepKind.COMMAND else step.kind.value),
        ("wait", step.wait.text if step.wait else ""),
        ("notes", "; ".join(step.details)),
        *(_run(command) if command is not None else ()),
    )
    return Trait("step:", text, step.lines.first, single=False, marks=tuple(marks), particulars=said)


def _run(command: Command) -> Iterator[tuple[str, str]]:
    yield "effect", command.effect.value.replace("_", "-")
    yield "end", command.termination.value
    yield "language", command.language
    yield "host", command.host or ""
    yield "directory", command.directory or ""
    yield "input", command.stdin or ""
    yield "needs", ", ".join(command.requires)
    yield "blanks", ", ".join(map(_blank, command.parameters))


def _blank(parameter: Parameter) -> str:
    values = f": {' or '.join(parameter.allowed)}" if parameter.allowed else ""
    return f"{parameter.name} ({parameter.type}{values})"


def _named(*said: tuple[str, str]) -> Particulars:
    return tuple((name, text) for name, text in said if text)


# --- telling, the post-mortem, upkeep -----------------------------------------------------------------------


def _told(rule: CommunicationRule) -> Trait:
    return Trait(
        f"{rule.audience}:",
        rule.text,
        rule.lines.first,
        single=False,
        particulars=_named(
            ("severities", ", ".join(rule.severities)),
            ("condition", rule.condition or ""),
            ("moment", rule.moment.replace("_", " ")),
        ),
    )


def _message(template: Template) -> Trait:
    blanks = [f"{one.name}: {' or '.join(one.allowed)}" if one.allowed else one.name for one in template.fields]
    return Trait(
        template.name,
        " ".join(template.body.split()),
        template.lines.first,
        particulars=_named(
            ("subject", template.subject or ""),
            ("audience", template.audience),
            ("occasion", template.key.replace("_", " ")),
            ("blanks", ", ".join(blanks)),
        ),
    )


def _postmortem(policy: PostmortemPolicy, plan: ResponsePlan) -> Iterator[Trait]:
    line = policy.lines.first
    if plan.postmortem:
        within = f"within {counted(plan.postmortem.within, plan.postmortem.unit)}"
        cited = plan.postmortem.cite
        due = f"{within} of being {policy.due_from.replace('_', ' ')}"
        yield Trait("due", due, cited.first if cited else line)
    elif policy.due is not None:
        yield Trait("due", policy.due.text, line)
    if policy.required_for:
        yield Trait("asked for", ", ".join(policy.required_for), line)
    if policy.template is None:
        yield from (Trait("section:", one, line, single=False) for one in policy.sections)
        return
    first = policy.template_lines.first if policy.template_lines else line
    for number, written in enumerate(policy.template.splitlines(), first):
        if written.strip():
            yield Trait("template:", written.strip(), number, single=False)


def _response(playbook: Playbook, plan: ResponsePlan) -> Iterator[Trait]:
    if playbook.service:
        yield Trait("service", playbook.service)
    if len(plan.severities) > 1:
        yield Trait("order of severities", ", ".join(one.name for one in plan.severities))
    for check in plan.checks:
        yield Trait("check before resolved:", check.text, single=False)
    for one in plan.cadences:
        which = f" for {', '.join(one.severities)}" if one.severities else ""
        during = playbook.procedure(one.procedure) if one.procedure else None
        where = f" in {during.title}" if during else ""
        line = one.cite.first if one.cite else None
        yield Trait(f"updates{which}{where}", f"every {counted(one.every, one.unit)}", line)
    for other in playbook.cadences:
        if other.what != "status_update":
            yield Trait(f"{other.what.replace('_', ' ')}{_where(other)}", other.every.text, other.lines.first)
    for box in plan.time_boxes:
        which = f" for {', '.join(box.severities)}" if box.severities else ""
        since = " of the acknowledgement" if box.since_acknowledged else ""
        line = box.cite.first if box.cite else None
        yield Trait(f"time for {box.phase}{which}", counted(box.within, box.unit) + since, line)
    if playbook.channel_pattern:
        yield Trait("channel", playbook.channel_pattern, _first(playbook.channel_pattern_lines))
    for channel in playbook.channels:
        told = f"{channel.name} ({channel.type}{', not filled in' if channel.unfilled else ''})"
        yield Trait("channel that is always open:", told, channel.lines.first, single=False)
    if playbook.status_page:
        yield Trait("status page", playbook.status_page)
    if playbook.business_hours:
        yield Trait("business hours", _hours(playbook.business_hours))


def _where(cadence: Cadence) -> str:
    return (f" for {', '.join(cadence.severities)}" if cadence.severities else "") + (
        f" in {cadence.context}" if cadence.context else ""
    )


def _hours(hours: BusinessHours) -> str:
    return calendar_words(calendar_of(hours_of(hours))) + ("" if hours.zone else ", no zone named")


def _link(link: Link) -> Trait:
    named = (("category", link.category or ""),)
    return Trait(link.title, link.url or "no address", link.lines.first, particulars=_named(*named))


def _duty(duty: Duty) -> Trait:
    return Trait(f"duty {duty.title}", duty.every or "now and then", duty.lines.first)


def _review(review: Review) -> Iterator[Trait]:
    """Who looks after the document, and when: a review that is overdue is a finding."""
    said = (
        ("next review", review.next.isoformat() if review.next else ""),
        ("last review", review.last.isoformat() if review.last else ""),
        ("reviewer", review.reviewed_by or ""),
        ("owner", review.owner or ""),
    )
    yield from (Trait(name, text, _first(review.lines)) for name, text in said if text)


def _first(lines: Lines | None) -> int | None:
    return lines.first if lines else None
