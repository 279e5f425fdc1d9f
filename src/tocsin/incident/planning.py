"""From a playbook and the team's answers to a response plan. Pure.

What the runbook states is taken as stated, with its lines. What it leaves open becomes an ``Assumption``: a
question with the answer that holds meanwhile, shown wherever it matters until `tocsin.toml` answers it. Paging
fails open, so an open question about a ladder never means that nobody is paged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec

from tocsin.incident.answered import answered
from tocsin.incident.choices import (
    ANY_CLOCK,
    ANY_HOUR,
    CONFIRM_WITHIN,
    IMMEDIATE_MEANS,
    LAPSES_AFTER,
    NO_PAGE,
    REPEATS_EVERY,
    Choices,
    Questions,
    calendar_of,
    calendar_words,
    cite,
)
from tocsin.incident.ladder import build_ladder, in_days, keeps_hours
from tocsin.incident.plan import (
    Check,
    PlannedCadence,
    PlannedLevel,
    PlannedTarget,
    ResponsePlan,
    SeverityPlan,
)
from tocsin.incident.time_boxes import time_boxes
from tocsin.incident.triggers import planned_triggers
from tocsin.oncall.calendar import Calendar
from tocsin.runbook.answers.hours import hours_of
from tocsin.runbook.instructions import Phase, Procedure, ProcedureKind, StepKind
from tocsin.runbook.meaning import keeps_business_time
from tocsin.runbook.playbook import Cadence, Playbook, Severity, severity_key
from tocsin.runbook.stated import Duration, DurationKind


def plan_response(playbook: Playbook, service: str, choices: Choices | None = None) -> ResponsePlan:
    """The plan that new incidents of a service pin. What ``choices`` leave open, the runbook's own answers fill."""
    choices = answered(choices or Choices(), playbook.answers)
    questions = Questions()
    severities = tuple(_severity(playbook, s, choices, questions) for s in playbook.severities)
    unassessed = _unassessed(playbook, severities, choices, questions)
    postmortem = _postmortem(playbook, keeps_hours(playbook, choices))
    cadences = tuple(_cadences(playbook))
    limited, hours = _business(playbook, (*severities, unassessed), (postmortem, *cadences), choices, questions)
    _recorded_only(severities, choices, questions)
    plan = ResponsePlan(
        id="",
        playbook=playbook.id,
        service=service,
        severities=severities,
        unassessed=unassessed,
        lapses_after=questions.span(
            "assume.acknowledgement_lapses_after",
            choices.lapses_after,
            LAPSES_AFTER,
            "After how long without a sign of life does an acknowledgement lapse?",
            choices.cite("acknowledgement_lapses_after"),
        ),
        confirm_within=choices.confirm_within or CONFIRM_WITHIN,
        cadences=cadences,
        time_boxes=time_boxes(playbook, keeps_hours(playbook, choices)),
        checks=tuple(_checks(playbook)),
        roles=tuple(dict.fromkeys(role.name for role in playbook.roles)),
        postmortem=postmortem,
        postmortem_for=playbook.postmortem.required_for if playbook.postmortem else (),
        triggers=tuple(planned_triggers(playbook)),
        business_hours=hours,
        only_business=limited,
        assumptions=tuple(questions.asked.values()),
    )
    return replace(plan, id=_identity(plan))


def plan_bytes(plan: ResponsePlan) -> bytes:
    """The stored form of a plan."""
    return msgspec.json.encode(plan)


def plan_from_bytes(body: bytes) -> ResponsePlan:
    """The plan that was stored."""
    return _PLANS.decode(body)


_PLANS = msgspec.json.Decoder(ResponsePlan)


def _identity(plan: ResponsePlan) -> str:
    return "sha256:" + hashlib.sha256(plan_bytes(plan)).hexdigest()


def _severity(playbook: Playbook, severity: Severity, choices: Choices, questions: Questions) -> SeverityPlan:
    known = keeps_hours(playbook, choices)
    response, acknowledge, resolution = (
        _target(severity, in_days(stated, known), choices, questions)
        for stated in (severity.response_target, severity.acknowledge_target, severity.resolution_target)
    )
    return SeverityPlan(
        name=severity.name,
        rank=severity.rank,
        label=severity.label,
        response=response,
        acknowledge=acknowledge,
        resolution=resolution,
        levels=build_ladder(playbook, severity, choices, questions),
        repeats_every=_repeats_every(severity, choices, questions),
        pages=not _is_named(severity, choices.no_page or ()),
        tells_customers=any(
            rule.audience == "customers" and (not rule.severities or severity.name in rule.severities)
            for rule in playbook.communication
        ),
        cite=cite(severity.lines, severity.label or severity.name),
    )


def _unassessed(
    playbook: Playbook, severities: Sequence[SeverityPlan], choices: Choices, questions: Questions
) -> SeverityPlan:
    """Nobody has said how bad it is: the most severe ladder, and no clock that nobody has started."""
    again = choices.repeats_every or REPEATS_EVERY
    if severities:
        top = min(severities, key=lambda s: s.rank)
        return SeverityPlan(name="", rank=len(severities), levels=top.levels, repeats_every=again, cite=top.cite)
    levels = build_ladder(playbook, None, choices, questions)
    return SeverityPlan(name="", rank=0, levels=levels, repeats_every=again)


def _business(
    playbook: Playbook,
    severities: Sequence[SeverityPlan],
    others: Sequence[PlannedTarget | PlannedCadence | None],
    choices: Choices,
    questions: Questions,
) -> tuple[tuple[str, ...], Calendar | None]:
    """Whom the runbook lists with business hours, and the hours that are meant; None while nobody has said which.

    What the runbook's own sentence says of these hours is proposed, and holds until the team answers. Where it says
    nothing either they are paged at any hour, and its clocks run day and night: too early beats too late.
    """
    away = [one for one in playbook.contacts if keeps_business_time(one)]
    stated = playbook.business_hours
    written = calendar_of(hours_of(stated)) if stated is not None and stated.zone is not None else None
    hours = choices.business_hours or written
    targets = [target for one in severities for level in one.levels for target in level.targets]
    ladder = " / ".join(targets).casefold()
    asked = next((one for one in away if one.name.casefold() in ladder), None)
    clocks = [*(one for severity in severities for one in _clocks(severity)), *others]
    clock = next((one for one in clocks if one is not None and one.unit is not None), None)
    if asked is not None or clock is not None:
        said = cite(stated.lines, stated.text) if stated is not None else None
        if asked is not None:
            question = f'The runbook lists {asked.name} with "{asked.availability}": which hours are these?'
            said, meanwhile = said or cite(asked.lines, asked.name), ANY_HOUR
        else:
            what = clock.cite.text if clock is not None and clock.cite is not None else "a target"
            question = f"The runbook counts in business hours ({what}): which hours are these?"
            said, meanwhile = said or (clock.cite if clock is not None else None), ANY_CLOCK
        answer = calendar_words(hours) if hours is not None else meanwhile
        source, accepted = choices.cite("business_hours", said), choices.business_hours is not None
        questions.ask("assume.business_hours", question, answer, accepted=accepted, source=source)
    elif not away:
        return (), None
    return tuple(one.name for one in away), hours


def _clocks(severity: SeverityPlan) -> tuple[PlannedTarget | PlannedLevel | None, ...]:
    return severity.response, severity.acknowledge, severity.resolution, *severity.levels


def _repeats_every(severity: Severity, choices: Choices, questions: Questions) -> timedelta:
    """Often enough that an unanswered page rings three times before the response target runs out."""
    stated = severity.response_target
    meanwhile = REPEATS_EVERY
    if stated is not None and stated.seconds:
        meanwhile = max(REPEATS_EVERY, timedelta(seconds=stated.seconds) / 3)
    return questions.span(
        f"assume.page_again_after.{severity.name}",
        choices.repeats_every,
        meanwhile,
        f"How long may a page for {severity.name} stay unanswered before the same people are paged again?",
        choices.cite("page_again_after", cite(stated.lines or severity.lines, stated.text) if stated else None),
    )


def _target(
    severity: Severity, stated: Duration | None, choices: Choices, questions: Questions
) -> PlannedTarget | None:
    if stated is None or stated.seconds is None:
        return None
    source = cite(stated.lines or severity.lines, f"{severity.name}: {stated.text}")
    if stated.kind is DurationKind.IMMEDIATE or stated.seconds == 0:
        source = choices.cite("immediate_means", source)
        within = questions.span(
            "assume.immediate_means",
            choices.immediate_means,
            IMMEDIATE_MEANS,
            f'The runbook says "{stated.text}": within how long is that kept?',
            source,
        )
        return PlannedTarget(within, source)
    return PlannedTarget(timedelta(seconds=stated.seconds), source, stated.unit)


def _recorded_only(severities: Sequence[SeverityPlan], choices: Choices, questions: Questions) -> None:
    """Keep who says that some severities wake nobody: only an answer does, so that it is never an open question."""
    quiet = [one.name for one in severities if not one.pages]
    if quiet:
        questions.ask(
            NO_PAGE,
            "Which severities are recorded, and wake nobody?",
            ", ".join(quiet),
            accepted=True,
            source=choices.cite("no_page"),
        )


def _is_named(severity: Severity, names: Sequence[str]) -> bool:
    mine = {severity_key(word) for word in (severity.name, *severity.aliases)}
    return any(severity_key(name) in mine for name in names)


def _cadences(playbook: Playbook) -> Iterator[PlannedCadence]:
    for cadence in playbook.cadences:
        if cadence.every.seconds and cadence.what == "status_update":
            yield PlannedCadence(
                timedelta(seconds=cadence.every.seconds),
                cadence.severities,
                _procedure_of(playbook, cadence),
                cite(cadence.lines, cadence.every.text),
                cadence.every.unit,
            )


def _procedure_of(playbook: Playbook, cadence: Cadence) -> str | None:
    """The procedure inside which the cadence is written, if it is."""
    for procedure in playbook.procedures:
        if procedure.kind in (ProcedureKind.INCIDENT, ProcedureKind.ALERT) and (
            procedure.lines.first <= cadence.lines.first <= procedure.lines.last
        ):
            return procedure.key
    return None


def _checks(playbook: Playbook) -> Iterator[Check]:
    """The verification list: the validation procedures, and what the phases ask to be verified at the end."""
    seen: set[str] = set()
    groups: list[Phase | Procedure] = [p for p in playbook.phases if p.key in ("resolution", "recovery")]
    groups += [p for p in playbook.procedures if p.kind is ProcedureKind.VALIDATION]
    for group in groups:
        validating = isinstance(group, Procedure)
        for step in group.steps:
            if not validating and step.section != "verification" and step.kind is not StepKind.VERIFY:
                continue
            if step.kind is StepKind.REFERENCE or step.title.casefold() in seen:
                continue
            seen.add(step.title.casefold())
            yield Check(step.id, step.title, cite(step.lines, step.title))


def _postmortem(playbook: Playbook, known: bool) -> PlannedTarget | None:
    policy = playbook.postmortem
    due = in_days(policy.due, known) if policy is not None else None
    if policy is None or due is None or not due.seconds:
        return None
    return PlannedTarget(timedelta(seconds=due.seconds), cite(due.lines or policy.lines, due.text), due.unit)
