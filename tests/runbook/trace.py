"""What every line of a document became, one entry a value: the form in which a reading is reviewed."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.instructions import Step
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.stated import Duration, Lines

Entry = tuple[int, str]
"""A line of the document and what begins there: the sort of value first, then what it says."""


def trace(playbook: Playbook) -> list[Entry]:
    """Everything that was read, in the order of the lines."""
    found = [
        *_severities(playbook),
        *_escalation(playbook),
        *_people(playbook),
        *_work(playbook),
        *_words(playbook),
        *_upkeep(playbook),
    ]
    return sorted(((lines.first, text) for lines, text in found), key=lambda entry: entry[0])


def span(duration: Duration | None) -> str:
    """A duration in a few letters: "900s", "business", "-"."""
    if duration is None:
        return "-"
    return duration.kind.value if duration.seconds is None else f"{duration.seconds}s"


def _severities(playbook: Playbook) -> Iterator[tuple[Lines, str]]:
    for one in playbook.severities:
        yield one.lines, f"severity {one.name} rank {one.rank} {one.label}"
        yield from ((one.lines, f"criterion {one.name}: {text}") for text in one.criteria)
        yield from ((one.lines, f"action {one.name}: {text}") for text in one.actions)
        clocks = {
            "response": one.response_target,
            "acknowledge": one.acknowledge_target,
            "resolution": one.resolution_target,
            "cadence": one.update_cadence,
        }
        for what, clock in clocks.items():
            if clock is not None:
                yield clock.lines or one.lines, f"target {one.name} {what} {span(clock)}"


def _escalation(playbook: Playbook) -> Iterator[tuple[Lines, str]]:
    for name, chain in {"": playbook.escalation_levels, **playbook.escalation_by_severity}.items():
        for level in chain:
            who, scope = "+".join(level.targets), ",".join(level.severities or (name,))
            head = f"level {level.level} {who} [{scope}] after {span(level.after)} {level.trigger}"
            said = [f"if {level.condition}"] if level.condition else []
            yield level.lines, " ".join([head, *said, *(f"· {duty}" for duty in level.responsibilities)])
    for rule in playbook.escalation_rules:
        scope = ",".join(rule.severities)
        yield rule.lines, f"rule [{scope}] after {span(rule.after)} {rule.trigger} {rule.text}"


def _people(playbook: Playbook) -> Iterator[tuple[Lines, str]]:
    for role in playbook.roles:
        yield role.lines, f"role {role.name} [{','.join(role.severities)}] {' · '.join(role.responsibilities)}"
    for one in playbook.contacts:
        ways = " ".join(f"{way.type}:{way.value}" for way in one.channels)
        said = [one.availability, one.purpose, "unfilled" if one.unfilled else None]
        yield one.lines, " ".join(["contact", one.kind, one.name, ways, *filter(None, said)])
    for room in playbook.channels:
        yield room.lines, f"channel {room.type} {room.name}{' unfilled' if room.unfilled else ''}"
    if playbook.channel_pattern is not None and playbook.channel_pattern_lines is not None:
        yield playbook.channel_pattern_lines, f"pattern {playbook.channel_pattern}"


def _work(playbook: Playbook) -> Iterator[tuple[Lines, str]]:
    for phase in playbook.phases:
        yield phase.lines, f"phase {phase.key} {phase.title} [{','.join(phase.severities)}] {span(phase.target)}"
        yield from ((step.lines, _step(step)) for step in phase.steps)
    for one in playbook.procedures:
        yield one.lines, f"procedure {one.kind} {one.title} to line {one.lines.last}"
        yield from ((symptom.lines, f"symptom {symptom.text}") for symptom in one.symptoms)
        yield from ((step.lines, _step(step)) for step in one.steps)


def _step(step: Step) -> str:
    said = [f"step {step.kind} {step.section} {step.title}"]
    said += [f"in {step.group}"] if step.group else []
    said += [f"if: {step.condition}"] if step.condition else []
    said += [f"or: {step.alternative}"] if step.alternative else []
    said += [f"wait {span(step.wait)}"] if step.wait else []
    if (command := step.command) is not None:
        text = " ".join(command.text.replace("\\\n", " ").split())
        said.append(f"$ {text} = {command.effect} {command.termination}")
        said += [f"needs {','.join(command.requires)}"] if command.requires else []
        said += [f"blank {one.name}:{one.type}({'|'.join(one.allowed)})" for one in command.parameters]
        said += [f"at {command.host}"] if command.host else []
        said += [f"in {command.directory}"] if command.directory else []
    return " ".join([*said, *(f"· {detail}" for detail in step.details)])


def _words(playbook: Playbook) -> Iterator[tuple[Lines, str]]:
    for one in playbook.templates:
        fields = ", ".join(field.name for field in one.fields)
        last = one.body.splitlines()[-1] if one.body else ""
        head = f"template {one.key} {one.audience} {one.name} «{one.subject or ''}»"
        yield one.lines, f"{head} blanks {fields} ends {last}"
    for cadence in playbook.cadences:
        yield cadence.lines, f"cadence {cadence.what} {span(cadence.every)} [{','.join(cadence.severities)}]"
    for rule in playbook.communication:
        scope = ",".join(rule.severities)
        yield rule.lines, f"tell {rule.audience} {rule.moment or '-'} [{scope}] {rule.text}"
    if (policy := playbook.postmortem) is not None:
        yield policy.lines, f"postmortem due {span(policy.due)} parts {' · '.join(policy.sections)}"
        if policy.template_lines is not None:
            heads = [line.lstrip("# ") for line in (policy.template or "").splitlines() if line.startswith("#")]
            yield policy.template_lines, f"postmortem template {' · '.join(heads)}"


def _upkeep(playbook: Playbook) -> Iterator[tuple[Lines, str]]:
    for duty in playbook.duties:
        yield duty.lines, f"duty {duty.every or '-'} {duty.title}"
    for link in playbook.links:
        yield link.lines, f"link {link.title} {link.url or '-'}{' unfilled' if link.unfilled else ''}"
    review = playbook.review
    if review.lines is not None:
        yield review.lines, f"review {review.last} {review.next}{' unfilled' if review.unfilled else ''}"
    for answer in playbook.answers:
        yield answer.lines, f"answer {answer.key}: {answer.text} {answer.problem}".rstrip()
    for one in playbook.findings:
        yield Lines(one.line, one.line), f"finding {one.code}"
