"""The ladder of one severity: who is paged after whom, and when. Pure.

The order is the document's. A stated window is taken as stated. Where the document gives an order and no window,
the ladder is spread so that every level has been paged before the response target runs out, and that is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from tocsin.incident.choices import ESCALATE_AFTER, FIRST_RESPONDER, IMMEDIATE_MEANS, Choices, Questions, cite, words
from tocsin.incident.facts import Citation
from tocsin.incident.plan import Awaits, PlannedLevel
from tocsin.runbook.meaning import contact_comes_first, contact_is_ours, level_comes_first
from tocsin.runbook.playbook import ContactKind, EscalationLevel, EscalationRule, Playbook, Severity, Trigger
from tocsin.runbook.stated import Duration, DurationKind, Lines, WorkingUnit

_NOWHERE = Lines(0, 0)


def build_ladder(
    playbook: Playbook, severity: Severity | None, choices: Choices, questions: Questions
) -> tuple[PlannedLevel, ...]:
    """The levels of one severity in order; never empty. ``after`` counts from the start and never falls."""
    name = severity.name if severity else "an incident"
    chain = _chain(playbook, severity) or _from_contacts(playbook, severity, name, questions)
    chain = _at_once_first(_with_first_responder(chain, choices, questions))
    rules = [r for r in playbook.escalation_rules if _applies(r.severities, severity)]
    unstated = _gap(severity, len(chain), choices, rules)
    known = keeps_hours(playbook, choices)
    planned: list[PlannedLevel] = []
    for place, level in enumerate(chain):
        if place == 0:
            source = choices.cite("first_responder") if level.lines == _NOWHERE else _cite(level)
            planned.append(PlannedLevel(1, level.targets, timedelta(0), Awaits.NOTHING, source))
            continue
        planned.append(_next(planned, _in_days(level, known), unstated, rules, choices, questions, name))
    return tuple(planned)


def _at_once_first(chain: list[EscalationLevel]) -> list[EscalationLevel]:
    """Whom the runbook calls at once, wherever it lists them, are called with the first: nobody is waited for."""
    first, others = chain[:1], chain[1:]
    return [*first, *filter(_is_at_once, others), *(one for one in others if not _is_at_once(one))]


def _is_at_once(level: EscalationLevel) -> bool:
    return level.after is not None and level.after.kind is DurationKind.IMMEDIATE


def keeps_hours(playbook: Playbook, choices: Choices) -> bool:
    """Whether it is known which hours are business hours: the team says it, or the runbook with a time zone."""
    stated = playbook.business_hours
    return choices.business_hours is not None or (stated is not None and stated.zone is not None)


def in_days(stated: Duration | None, known: bool) -> Duration | None:
    """ "Next business day" as one day of business where these are known; it names no length else."""
    if stated is None or stated.seconds is not None or stated.unit is not WorkingUnit.DAY or not known:
        return stated
    return replace(stated, seconds=86_400)


def _in_days(level: EscalationLevel, known: bool) -> EscalationLevel:
    return replace(level, after=in_days(level.after, known))


def _chain(playbook: Playbook, severity: Severity | None) -> list[EscalationLevel]:
    if severity is None:
        return list(playbook.escalation_levels)
    own = playbook.escalation_by_severity.get(severity.name)
    if own:
        return list(own)
    return [level for level in playbook.escalation_levels if _applies(level.severities, severity)]


def _applies(scope: Sequence[str], severity: Severity | None) -> bool:
    return not scope or severity is None or severity.name in scope


def _from_contacts(
    playbook: Playbook, severity: Severity | None, name: str, questions: Questions
) -> list[EscalationLevel]:
    """No ladder is written: the contacts in the order of the document, those on call first.

    Nobody outside is among them: no vendor, no authority, and none who has a page to visit and no other address; nor
    who is told and repairs nothing, "Legal". Where a severity above this one has a ladder of its own, only those on
    call: whom to wake for less, the team did not say.
    """
    people = [one for one in playbook.contacts if contact_is_ours(one)]
    if severity is not None and any(_chain(playbook, one) for one in playbook.severities if one.rank < severity.rank):
        people = [one for one in people if contact_comes_first(one)]
    people.sort(key=lambda c: not contact_comes_first(c))
    chain = [
        EscalationLevel(i + 1, (c.name,), c.lines, comes_first=contact_comes_first(c)) for i, c in enumerate(people)
    ]
    order = " → ".join(c.name for c in people) or FIRST_RESPONDER
    others = (c for c in playbook.contacts if c.kind is not ContactKind.VENDOR and not contact_is_ours(c))
    left_out = ", ".join(c.name for c in others)
    without = f" Not among them, by their names alone: {left_out}." if left_out else ""
    questions.ask(
        f"assume.escalation.{name}",
        f"The runbook has no escalation for {name}. Who is paged, in which order?{without}",
        order,
        source=cite(people[0].lines, people[0].name) if people else None,
    )
    return chain


def _with_first_responder(
    chain: list[EscalationLevel], choices: Choices, questions: Questions
) -> list[EscalationLevel]:
    first = chain[0] if chain else None
    if first is not None and level_comes_first(first):
        return chain
    who = choices.first_responder or FIRST_RESPONDER
    questions.ask(
        "assume.first_responder",
        "The runbook does not say who is paged first. Who is?",
        who,
        accepted=choices.first_responder is not None,
        source=choices.cite("first_responder", _cite(first) if first else None),
    )
    return [EscalationLevel(0, (who,), _NOWHERE, trigger=Trigger.START), *chain]


def _gap(
    severity: Severity | None, levels: int, choices: Choices, rules: Sequence[EscalationRule]
) -> tuple[timedelta, bool, WorkingUnit | None]:
    """The span between two levels without a stated window, whether that is our assumption, and its unit of business."""
    unacknowledged = [r for r in rules if r.trigger is Trigger.UNACKNOWLEDGED]
    target = severity.response_target if severity else None
    within = _length(target, choices)
    for rule in unacknowledged:
        stated = _length(rule.after, choices) or within
        if stated:
            return stated, False, (rule.after or target or _ALL_DAY).unit
    if choices.escalate_after is not None:
        return choices.escalate_after, False, None
    if within and target and target.seconds:
        return max(within / levels, timedelta(minutes=1)), True, None
    return ESCALATE_AFTER, True, None


_ALL_DAY = Duration(None, "")


def _length(stated: Duration | None, choices: Choices) -> timedelta | None:
    if stated is None or stated.seconds is None:
        return None
    if stated.seconds == 0:
        return choices.immediate_means or IMMEDIATE_MEANS
    return timedelta(seconds=stated.seconds)


def _next(
    planned: Sequence[PlannedLevel],
    level: EscalationLevel,
    unstated: tuple[timedelta, bool, WorkingUnit | None],
    rules: Sequence[EscalationRule],
    choices: Choices,
    questions: Questions,
    name: str,
) -> PlannedLevel:
    before = planned[-1]
    number = before.number + 1
    stated = timedelta(0) if _is_at_once(level) else _length(level.after, choices)
    unit = level.after.unit if level.after else None
    rule = next((r for r in rules if r.trigger is Trigger.UNRESOLVED and _length(r.after, choices)), None)
    ruled = _length(rule.after, choices) if rule else None
    first_above = not before.after  # those who are called at once wait for nobody
    if stated is not None:
        if rule and ruled and first_above and ruled < stated:
            stated = _settle(level, rule, stated, ruled, choices, questions, name)
            unit = rule.after.unit if rule.after and stated == ruled else unit
        awaits = Awaits.RESOLUTION if level.trigger is Trigger.UNRESOLVED else Awaits.ACKNOWLEDGEMENT
        return PlannedLevel(number, level.targets, max(stated, before.after), awaits, _cite(level), unit=unit)
    if rule and ruled and first_above:
        source = cite(rule.lines, rule.text)
        unit = rule.after.unit if rule.after else None
        return PlannedLevel(number, level.targets, max(ruled, before.after), Awaits.RESOLUTION, source, unit=unit)
    gap, assumed, unit = unstated
    source = _cite(level)
    if assumed or gap == choices.escalate_after:
        questions.ask(
            f"assume.escalate_after.{name}",
            f"The runbook gives {name} an order and no time between its levels. After how long is the next one paged?",
            words(gap),
            accepted=not assumed,
            source=choices.cite("escalate_after", source),
        )
        source = _with_answer(source, choices.cite("escalate_after"))
    return PlannedLevel(number, level.targets, before.after + gap, Awaits.ACKNOWLEDGEMENT, source, assumed, unit)


def _with_answer(level: Citation | None, answer: Citation | None) -> Citation | None:
    """The line that names a level, with the line that answers when it is paged."""
    if level is None or answer is None:
        return level
    return replace(level, text=f"{level.text} ({answer.text}, line {answer.first})")


def _settle(
    level: EscalationLevel,
    rule: EscalationRule,
    stated: timedelta,
    ruled: timedelta,
    choices: Choices,
    questions: Questions,
    name: str,
) -> timedelta:
    """Two lines contradict each other: the level's own window holds until the team says otherwise."""
    kept = ruled if choices.strictest else stated
    questions.ask(
        f"assume.strictest.{name}",
        f"Line {rule.lines.first} escalates {name} after {words(ruled)}, line {level.lines.first} after "
        f"{words(stated)}. Which holds?",
        words(kept),
        accepted=choices.strictest is not None,
        source=choices.cite("strictest", cite(rule.lines, rule.text)),
    )
    return kept


def _cite(level: EscalationLevel) -> Citation | None:
    if level.lines == _NOWHERE:
        return None
    return cite(level.lines, " / ".join(level.targets) + (f" ({level.after.text})" if level.after else ""))
