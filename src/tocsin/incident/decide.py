"""The decider: a command and the incident so far become facts, or a refusal that says why. Pure.

After every command the incident also does what is due at that instant (``advancing.py``), so a raised severity
pages at once and a late acknowledgement is measured as late.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.incident.advancing import advance
from tocsin.incident.commands import Command, Refusal
from tocsin.incident.consenting import answer_request
from tocsin.incident.deliberation import Decided, Deliberation
from tocsin.incident.ending import end
from tocsin.incident.facts import TOCSIN, Actor, ActorKind, Audience, Recorded, TargetClock
from tocsin.incident.fold import begin
from tocsin.incident.incident import ASKED_TWICE, CALM, CLICKED_TWICE, FLAPS, FLAPS_WITHIN, Incident, Told
from tocsin.incident.paging import page_by_name, page_catch_all, page_for, page_level, page_upwards
from tocsin.incident.pending import next_level, pending
from tocsin.incident.plan import Occasion, ResponsePlan
from tocsin.incident.steering import steer
from tocsin.incident.stepping import step
from tocsin.incident.triggers import due_topics
from tocsin.oncall.roster import Roster

JOINED_ONE_BY_ONE = 10
"""Alerts that join are facts up to this many; later ones are counted (at 100, 1,000, …)."""

LONGEST_TITLE = 200
"""Characters of an incident's title: on a phone it stands above the button that somebody is woken for."""


def declare(
    incident_id: str, plan: ResponsePlan, command: c.Declare, *, now: datetime, by: Actor, roster: Roster
) -> Decided:
    """Begin an incident: declared, its first alert, its severity and procedure if they are known, the first pages."""
    title, summary = _headed(command.title, command.summary)
    declared = f.Declared(
        title=title,
        service=command.service,
        plan=plan.id,
        playbook=plan.playbook,
        source=command.source,
        summary=summary,
        started_at=command.started_at,
        group_key=command.group_key,
        group_reason=command.group_reason,
        drill=command.drill,
        recorded=command.recorded,
    )
    first = Recorded(incident_id, 1, now, by, declared)
    d = Deliberation(begin(plan, first), now, by, roster, [first])
    if command.alert is not None:
        _join_one(d, command.alert)
    if command.severity is not None:
        _assess(d, command.severity)
    if command.procedure is not None:
        _match(d, command.procedure)
    advance(d)
    _topics(d)
    return Decided(tuple(d.facts), d.incident)


def decide(incident: Incident, command: Command, *, now: datetime, by: Actor, roster: Roster) -> Decided | Refusal:
    """The facts that a command leads to, or why it is refused. No facts means: nothing to do, all is well."""
    d = Deliberation(incident.copy(), now, by, roster)
    refusal = _answer(d, command)
    if refusal is not None:
        return refusal
    advance(d)
    if isinstance(command, c.JoinAlerts | c.MatchProcedure | c.AssessSeverity):
        _topics(d)
    return Decided(tuple(d.facts), d.incident)


def _answer(d: Deliberation, command: Command) -> Refusal | None:
    match command:
        case c.Declare():
            return Refusal("already_declared", f"{d.incident.id} is declared already")
        case c.JoinAlerts() | c.ClearAlerts():
            return _alerts(d, command)
        case c.AssessSeverity(reading=reading):
            return _assess(d, reading)
        case c.MatchProcedure(reading=reading):
            return _match(d, reading)
        case c.Acknowledge():
            return _acknowledge(d, command)
        case c.Escalate() | c.PagePerson():
            return _escalate(d, command)
        case c.RecordPage():
            return _record_page(d, command)
        case c.TakeRole() | c.AddNote() | c.PostUpdate() | c.TellAudience() | c.NotifyCustomers():
            return _tell(d, command)
        case c.TickStep() | c.StartStep() | c.FinishStep() | c.LoseStep() | c.CancelStep():
            return step(d, command)
        case c.ChooseWay() | c.JudgeCondition() | c.StartWait():
            return steer(d, command)
        case c.ApproveStep() | c.DeclineStep():
            return answer_request(d, command)
        case c.Mitigate() | c.ConfirmCheck() | c.Resolve() | c.Reopen() | c.DraftPostmortem() | c.PublishPostmortem():
            return end(d, command)
        case c.Advance():
            return None


SETTLED_AFTER = timedelta(minutes=5)
"""What fires sooner after a mitigation is taken for its tail; what fires later says that it was not over, and pages."""


def _alerts(d: Deliberation, command: c.JoinAlerts | c.ClearAlerts) -> Refusal | None:
    if not d.incident.is_open:
        return Refusal("resolved", f"{d.incident.id} is resolved; a new alert opens a new incident")
    flapping = d.incident.is_flapping(d.now)
    if flapping:
        _say_it_goes_on(d)
    if isinstance(command, c.ClearAlerts):
        if not flapping and d.incident.cleared_at is None and not d.incident.recorded:
            _clear(d, command)
        return None
    if not flapping and d.incident.mitigated_at is not None and d.now - d.incident.mitigated_at >= SETTLED_AFTER:
        title = command.alerts[0].title if command.alerts else "an alert"
        d.record(f.Reopened(reason=f"{title!r} fires after it was mitigated"), TOCSIN)
    # One that fires after all were cleared is always told: nobody may go on reading that it is over.
    told = max(JOINED_ONE_BY_ONE - len(d.incident.alerts), 1 if d.incident.cleared_at else 0)
    counted = flapping or d.incident.recorded  # what comes and goes is told by the rows of its alerts
    known = {one.fingerprint for one in d.incident.alerts} if counted else frozenset()
    for alert in [one for one in command.alerts if one.fingerprint not in known][:told]:
        _join_one(d, alert)
    passed = _power_of_ten(command.distinct)
    if passed > max(d.incident.tallied, JOINED_ONE_BY_ONE):
        d.record(f.AlertsTallied(distinct=passed))
    if command.severity is not None and _is_raise(d.incident, command.severity.severity):
        return _assess(d, command.severity)
    return None


def _clear(d: Deliberation, command: c.ClearAlerts) -> None:
    """All alerts are over; once too often in too short a time, and they are flapping."""
    lately = [at for at in d.incident.clears if d.now - at < FLAPS_WITHIN]
    if len(lately) + 1 < FLAPS:
        d.record(f.AlertsCleared(distinct=command.distinct))
    else:
        d.record(f.AlertsFlapping(cleared=len(lately) + 1, since=lately[0]))


def _say_it_goes_on(d: Deliberation) -> None:
    """Told now and then: a fact for each change would bury the timeline, and none at all would look like calm."""
    said, at = d.incident.flapping, d.incident.flapping_at
    if said is not None and at is not None and d.now - at >= CALM / 2:
        d.record(f.AlertsFlapping(cleared=said.cleared, since=said.since, again=True))


def _join_one(d: Deliberation, alert: c.JoiningAlert) -> None:
    d.record(
        f.AlertJoined(
            fingerprint=alert.fingerprint,
            title=alert.title,
            reason=alert.reason,
            link=alert.link,
            severity_hint=alert.severity_hint,
        )
    )


def _headed(title: str, summary: str) -> tuple[str, str]:
    r"""The title as one line that is no longer than a title, and a summary that keeps what was cut off.

    >>> _headed("Till is down\nsince noon", "")
    ('Till is down since noon', '')
    >>> head, kept = _headed("word " * 99, "the till")
    >>> len(head), head[-6:], kept[-14:]
    (200, ' word…', 'word\n\nthe till')
    """
    if len(title) <= LONGEST_TITLE and len(title.splitlines()) < 2:
        return title, summary
    whole = " ".join(title.split())
    if len(whole) <= LONGEST_TITLE:
        return whole, summary
    cut = whole[: LONGEST_TITLE - 1].rstrip()
    if whole[len(cut) :].strip() in " ".join(summary.split()):
        return f"{cut}…", summary
    return f"{cut}…", f"{title.strip()}\n\n{summary}".strip()


def _power_of_ten(count: int) -> int:
    """The greatest power of ten that is not greater than a count.

    >>> _power_of_ten(7), _power_of_ten(100), _power_of_ten(4096)
    (1, 100, 1000)
    """
    power = 1
    while power * 10 <= count:
        power *= 10
    return power


def _is_raise(incident: Incident, severity: str) -> bool:
    known = {s.name: s.rank for s in incident.plan.severities}
    return severity in known and (incident.severity is None or known[severity] < known.get(incident.severity, 10**6))


def _assess(d: Deliberation, reading: c.SeverityReading) -> Refusal | None:
    incident = d.incident
    known = {s.name: s for s in incident.plan.severities}
    if reading.severity not in known:
        names = ", ".join(known) or "none: it defines no severities"
        return Refusal("unknown_severity", f"the runbook has no severity {reading.severity!r}; it has {names}")
    if not incident.is_open:
        return Refusal("resolved", f"{incident.id} is resolved; reopen it to change its severity")
    if reading.severity == incident.severity and (reading.suggested or not incident.lets_page(d.by)):
        return None
    previous, raised = incident.severity, _is_raise(incident, reading.severity)
    escalation = next((p.at for p in pending(incident) if p.level is not None), None)
    d.record(
        f.SeverityAssessed(
            severity=reading.severity,
            previous=incident.severity,
            reason=reading.reason,
            suggested=reading.suggested,
            raised=raised,
            escalate_by=escalation if raised and incident.severity is not None else None,
            cite=reading.cite or known[reading.severity].cite,
        ),
        TOCSIN if reading.suggested else None,
    )
    if raised and previous is not None:
        _severity_raised(d, previous)
    return None


def _severity_raised(d: Deliberation, previous: str) -> None:
    """The runbook may call for the next level when the severity rises; when nobody was paged yet, time does that."""
    incident = d.incident
    rules = incident.plan.triggers_of(incident.severity)
    rule = next((one for one in rules if one.occasion is Occasion.RAISED), None)
    if rule is None or not incident.is_burning or not incident.round.last_level:
        return
    if next_level(incident) is not None:
        page_upwards(d, f"{rule.text}: {previous} became {incident.severity}", cite=rule.cite)


def _topics(d: Deliberation) -> None:
    """The runbook calls for the next level because of what the incident is about: at once, once for each line."""
    incident = d.incident
    if not incident.is_burning or not incident.severity_plan.pages:
        return
    for trigger, named in due_topics(incident):
        page_for(d, trigger, f"{trigger.text}: {named!r} is named")


def _match(d: Deliberation, reading: c.ProcedureReading) -> Refusal | None:
    if d.incident.procedure == reading.procedure:
        return None
    fact = f.ProcedureMatched(
        procedure=reading.procedure, title=reading.title, reason=reading.reason, words=reading.words, cite=reading.cite
    )
    d.record(fact)
    return None


def _acknowledge(d: Deliberation, command: c.Acknowledge) -> Refusal | None:
    incident = d.incident
    if not incident.is_open:
        return Refusal("resolved", f"{incident.id} is resolved already; nothing is left to acknowledge")
    holder = incident.acknowledged_by
    if holder == command.person or (holder is not None and not command.take_over):
        return None
    if command.at is not None and incident.round.cycle > 1 and command.at < incident.round.started_at:
        return None  # told late: it was of an earlier round of paging, and nobody has this one
    d.stop(TargetClock.RESPONSE, TargetClock.ACKNOWLEDGE)
    d.record(f.Acknowledged(person=command.person, took_over_from=holder, alert=command.alert))
    return None


def _escalate(d: Deliberation, command: c.Escalate | c.PagePerson) -> Refusal | None:
    incident = d.incident
    if not incident.is_open:
        return Refusal("resolved", f"{incident.id} is resolved; reopen it to page anybody")
    if not command.reason.strip():
        return Refusal("reason_missing", "say why: the people who are paged will read it")
    if before := _asked_just_now(d, command):
        return before
    if isinstance(command, c.PagePerson):
        d.record(f.NoteAdded(text=_by_name(command)))
        if not page_by_name(d, command.target, command.reason):
            why = d.roster.who(command.target, d.now).why
            return Refusal("nobody", f"nobody can be paged as {command.target!r}: {why}")
        return None
    levels = incident.severity_plan.levels
    if command.trigger:
        return _pull(d, command)
    if command.level is None:
        level = next_level(incident)
    else:
        level = next((x for x in levels if x.number == command.level), None)
    if level is None:
        have = ", ".join(str(x.number) for x in levels) or "none"
        return Refusal("no_level", f"there is no further level to escalate to; the levels are {have}")
    repeat = incident.round.repeats.get(level.number, -1) + 1
    if not page_level(d, level, command.reason, repeat=repeat, by=d.by):
        page_upwards(d, command.reason, d.by)
    return None


def _asked_just_now(d: Deliberation, command: c.Escalate | c.PagePerson) -> Refusal | None:
    """A button that was pressed twice would wake one level more than anybody wanted."""
    last = d.incident.asked
    if last is None or d.now - last.at >= ASKED_TWICE or (last.by.kind, last.by.name) != (d.by.kind, d.by.name):
        return None
    match last.fact:
        case f.NoteAdded(text=text) if isinstance(command, c.PagePerson) and text == _by_name(command):
            whom = command.target
        case f.LevelPaged(level=level, reason=reason, targets=targets) if (
            isinstance(command, c.Escalate)
            and reason == (_pulled(d, command) or command.reason)
            and command.level in (None, level)
        ):
            whom = f"level {level} ({', '.join(targets)})"
        case _:
            return None
    seconds = round((d.now - last.at).total_seconds())
    return Refusal(
        "asked_twice",
        f"you had {whom} paged with these words {seconds} s ago; nobody else was paged. To wake more people, name them "
        "or their level",
    )


def _by_name(command: c.PagePerson) -> str:
    return f"Page {command.target}: {command.reason}"


def _pulled(d: Deliberation, command: c.Escalate) -> str:
    """The reason of a line of the runbook that somebody says holds; empty where none was named."""
    rules = {one.key: one.text for one in d.incident.plan.triggers_of(d.incident.severity)}
    return f"{rules[command.trigger]}: {command.reason}" if command.trigger in rules else ""


def _pull(d: Deliberation, command: c.Escalate) -> Refusal | None:
    """Somebody says that a line of the runbook holds. At the ladder's end its last level is paged again."""
    incident = d.incident
    rules = {one.key: one for one in incident.plan.triggers_of(incident.severity)}
    rule = rules.get(command.trigger)
    if rule is None:
        known = ", ".join(rules) or "none"
        return Refusal("no_trigger", f"the runbook has no reason {command.trigger!r} to escalate; it has: {known}")
    reason = f"{rule.text}: {command.reason}"
    levels = incident.severity_plan.levels
    if rule.targets:
        page_for(d, rule, reason, d.by)
        return None
    if next_level(incident) is not None or not levels:
        page_upwards(d, reason, d.by, rule.cite)
        return None
    repeat = incident.round.repeats.get(levels[-1].number, -1) + 1
    if not page_level(d, levels[-1], reason, repeat=repeat, by=d.by, cite=rule.cite):
        page_catch_all(d, reason, d.by, rule.cite)
    return None


def _record_page(d: Deliberation, command: c.RecordPage) -> Refusal | None:
    page = d.incident.pages.get(command.page)
    if page is None:
        return Refusal("no_page", f"{d.incident.id} has no page {command.page!r}")
    match command.outcome:
        case "sent" if page.sent_at is None:
            d.conclude(f.PageSent(page=page.page, receipt=command.detail))
        case "delivered" if page.delivered_at is None:
            d.conclude(f.PageDelivered(page=page.page, receipt=command.detail))
        case "failed" if page.failed_at is None:
            d.conclude(f.PageFailed(page=page.page, reason=command.detail))
        case "withdrawn" if page.withdrawn_at is None:
            d.conclude(f.PageWithdrawn(page=page.page))
        case "left" if page.withdrawn_at is None:
            d.conclude(f.PageLeftStanding(page=page.page, reason=command.detail))
        case _:
            pass
    return None


def _tell(
    d: Deliberation, command: c.TakeRole | c.AddNote | c.PostUpdate | c.TellAudience | c.NotifyCustomers
) -> Refusal | None:
    match command:
        case c.TakeRole(role=role, person=person):
            previous = d.incident.roles.get(role)
            if previous != person:
                d.record(f.RoleTaken(role=role, person=person, previous=previous))
        case c.AddNote(text=text, mark=mark, vendor=vendor, case=case):
            if vendor:
                text = _asked_outside(vendor, case, text)
            if not text.strip():
                return Refusal("empty", "a note needs words")
            if mark and mark in d.incident.noted:
                return None
            d.record(f.NoteAdded(text=text, mark=mark, vendor=vendor, case=case if vendor else ""))
        case c.PostUpdate(text=text, status=status):
            if not text.strip():
                return Refusal("empty", "an update needs words")
            if before := _just_now(d, d.incident.said, text=text, status=status):
                return _said_before(d, before, "the team")
            if d.incident.is_open:
                d.stop(TargetClock.UPDATE)
            d.record(f.StatusUpdated(text=text, status=status))
        case c.TellAudience():
            return _tell_audience(d, command)
        case c.NotifyCustomers():
            return _notify(d, command)
    _count_as_response(d)
    return None


def _asked_outside(vendor: str, case: str, text: str) -> str:
    said = f"asked {vendor}" + (f", case {case}" if case else "")
    return f"{said}: {text.strip()}" if text.strip() else said


def _tell_audience(d: Deliberation, command: c.TellAudience) -> Refusal | None:
    if d.incident.drill:
        return Refusal("drill", f"this is a drill: {command.audience.value} are never told")
    if not command.text.strip():
        return Refusal("empty", f"{command.audience.value} need words")
    last = d.incident.told.get(command.audience)
    if last is not None and last.fact.update == command.update:
        return None  # two clicks at once
    if before := _just_now(d, last, text=command.text, subject=command.subject):
        return _said_before(d, before, command.audience.value)
    heard = _just_now(d, d.incident.said, text=command.text) if command.audience is Audience.STAKEHOLDERS else None
    if heard is not None and (refusal := _said_before(d, heard, "the team and stakeholders")) is not None:
        return refusal
    if d.incident.is_open and command.audience is Audience.STAKEHOLDERS:
        d.stop(TargetClock.UPDATE)  # the regular update is theirs; what is written to others does not stand for it
    d.record(
        f.AudienceTold(update=command.update, audience=command.audience, text=command.text, subject=command.subject)
    )
    _count_as_response(d)
    return None


def _notify(d: Deliberation, command: c.NotifyCustomers) -> Refusal | None:
    if d.incident.drill:
        return Refusal("drill", "this is a drill: customers are never told")
    if not command.text.strip():
        return Refusal("empty", "customers need words")
    at, by, public = d.incident.public_at, d.incident.public_by, d.incident.public
    last = Told(at, by, public) if at and by and public else None
    if last is not None and last.fact.update == command.update:
        return None  # two clicks at once
    if before := _just_now(d, last, text=command.text, status=command.status, components=command.components):
        return _said_before(d, before, "customers")
    if d.incident.is_open:
        d.stop(TargetClock.UPDATE)
    fact = f.CustomersNotified(
        update=command.update,
        status=command.status,
        text=command.text,
        components=command.components,
        decided_by=command.decided_by,
    )
    d.record(fact)
    _count_as_response(d)
    return None


def _just_now(d: Deliberation, last: Told[Any] | None, **words: object) -> Told[Any] | None:
    """What these people were told last, if it was these words and a moment ago."""
    if last is None or d.now - last.at >= CLICKED_TWICE:
        return None
    return last if all(getattr(last.fact, name) == value for name, value in words.items()) else None


def _said_before(d: Deliberation, before: Told[Any], whom: str) -> Refusal | None:
    """Whoever sends the same words twice has clicked twice; whoever sends another's words has to know that they went
    out."""
    if (before.by.kind, before.by.name) == (d.by.kind, d.by.name):
        return None
    seconds = round((d.now - before.at).total_seconds())
    return Refusal("told", f"{before.by.name} sent these words to {whom} {seconds} s ago; nothing was sent again")


def _count_as_response(d: Deliberation) -> None:
    """Work that a person does on an incident is a response to it, acknowledged or not."""
    if d.by.kind is ActorKind.PERSON and d.incident.is_open:
        d.stop(TargetClock.RESPONSE)
