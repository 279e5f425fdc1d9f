"""Every fact in one sentence, written here and nowhere else.

The web page, the command line, the chat channel, the post-mortem and the rehearsal all print these words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.choices import words
from tocsin.incident.facts import ActorKind, Fact, Recorded, TargetClock, Via
from tocsin.incident.pending import CLOCKS
from tocsin.incident.step_facts import StepOutcome, Verdict, is_question

_VIA = {
    Via.WEB: "",
    Via.ENGINE: "",
    Via.MONITOR: "",
    Via.LINK: " (page link)",
    Via.CLI: " (command line)",
    Via.API: " (API)",
    Via.CHAT: " (chat)",
    Via.PHONE: " (phone)",
    Via.SMS: " (SMS)",
    Via.CALL: " (call)",
    Via.PUSH: " (push)",
    Via.OTHER: " (some other way)",
}

ALERT_SAID = 200
"""Characters of an alert's own words within a sentence; the list of alerts has all of them."""

_OUTCOMES = {
    StepOutcome.DONE: "done",
    StepOutcome.SKIPPED: "skipped",
    StepOutcome.DID_NOT_HELP: "done, did not help",
    StepOutcome.SUCCEEDED: "succeeded",
    StepOutcome.FAILED: "failed",
    StepOutcome.TIMED_OUT: "timed out",
    StepOutcome.CANCELLED: "cancelled",
    StepOutcome.UNKNOWN: "outcome unknown",
}


def sentence(recorded: Recorded, name: Callable[[str], str] = str, zone: tzinfo = UTC) -> str:
    """What happened, in one sentence of plain text.

    ``name`` gives a person's name for a handle. Instants within it are those of ``zone``, and say so.
    """
    return _say(recorded.fact, recorded, name, zone)


def via(recorded: Recorded) -> str:
    """The way the actor spoke, as words to put behind a sentence; empty when it goes without saying."""
    return _VIA[recorded.by.via]


def line(recorded: Recorded, name: Callable[[str], str] = str) -> str:
    """A timeline line: time of day in UTC, sentence, and the runbook line that called for it."""
    cited = f"  [runbook line {recorded.fact.cite.first}]" if recorded.fact.cite else ""
    return f"{recorded.at.astimezone(UTC):%H:%M:%S}  {sentence(recorded, name)}{cited}"


def _say(fact: Fact, recorded: Recorded, name: Callable[[str], str], zone: tzinfo) -> str:
    who = name(recorded.by.name) + via(recorded)
    match fact:
        case (
            f.Declared() | f.AlertJoined() | f.AlertsTallied() | f.AlertsCleared() | f.AlertsFlapping() | f.AlertsCalm()
        ):
            return _beginning(fact, who, zone)
        case f.SeverityAssessed() | f.ProcedureMatched():
            return _assessment(fact, who)
        case (
            f.LevelPaged()
            | f.LevelSkipped()
            | f.EscalationExhausted()
            | f.Paged()
            | f.PageSent()
            | f.PageDelivered()
            | f.PageFailed()
            | f.PageWithdrawn()
            | f.PageLeftStanding()
        ):
            return _paging(fact, recorded, name)
        case f.Acknowledged(person=person, took_over_from=previous):
            return f"{name(person)}{via(recorded)} acknowledged" + (
                f", taking over from {name(previous)}" if previous else ""
            )
        case f.AcknowledgementLapsed(person=person, idle_since=since):
            idle = words(recorded.at - since)
            return f"The acknowledgement of {name(person)} lapsed: nothing was heard for {idle}"
        case f.TargetMet(clock=TargetClock.POSTMORTEM, deadline=deadline):
            return f"Post-mortem in time, {words(deadline - recorded.at)} before it was due"
        case f.TargetMet(clock=clock, deadline=deadline):
            return f"{CLOCKS[clock].capitalize()} met, {words(deadline - recorded.at)} before it ran out"
        case f.TargetMissed(clock=clock, deadline=deadline):
            return f"{CLOCKS[clock].capitalize()} missed: it was due at {_at(deadline, zone)}"
        case f.PhaseOverran(phase=phase, deadline=deadline, done=done, steps=steps):
            through = f"; {done} of its {steps} steps are done" if done else ""
            return f"{phase} was to be over at {_at(deadline, zone)}{through}"
        case f.UpdateReminded(deadline=deadline, person=person, role=role):
            asked = f"{name(person)}{f' ({role})' if role else ''} is to give it" if person else "nobody has it yet"
            return f"Status update due at {_at(deadline, zone)}: {asked}"
        case f.RoleTaken(role=role, person=person, previous=previous):
            return f"{name(person)} is {role}" + (f", following {name(previous)}" if previous else "")
        case f.NoteAdded(text=text):
            return f"{who} noted: {text}"
        case s.StepTicked() | s.StepStarted() | s.StepCancelRequested() | s.StepFinished() | s.StepOutcomeUnknown():
            return _steps(fact, who, name, by_itself=recorded.by.kind is ActorKind.TOCSIN)
        case s.StepProposed() | s.StepApproved() | s.StepDeclined() | s.StepApprovalExpired() | s.GlassBroken():
            return _consent(fact, who, zone)
        case s.EvidenceGathered():
            return _evidence(fact)
        case s.ChangeVerified():
            return _verified(fact)
        case s.WayChosen() | s.ConditionJudged() | s.WaitStarted() | s.WaitEnded():
            return _course(fact, recorded, who, zone)
        case f.StatusUpdated(text=text, status=status):
            return f"{who} updated the team" + (f" ({status})" if status else "") + f": {text}"
        case f.AudienceTold(audience=audience, text=text):
            return f"{who} told {audience.value}: {text}"
        case f.CustomersNotified(status=status, text=text, decided_by=decider):
            decision = f", decided by {name(decider)}" if decider else ""
            return f"{who} told customers ({status.value}{decision}): {text}"
        case f.Mitigated() | f.CheckConfirmed() | f.Resolved() | f.Reopened():
            return _ending(fact, who)
        case f.PostmortemDrafted(complete=complete):
            return f"{who} wrote the post-mortem draft" + ("" if complete else "; some blanks are left")
        case f.PostmortemPublished():
            return f"{who} published the post-mortem"
        case f.Unreadable(type=type_name):
            return f"Something this version cannot read ({type_name}); update Tocsin to see it"
        case _:
            raise AssertionError(f"no sentence for {type(fact).__name__}")


def _at(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _beginning(
    fact: f.Declared | f.AlertJoined | f.AlertsTallied | f.AlertsCleared | f.AlertsFlapping | f.AlertsCalm,
    who: str,
    zone: tzinfo,
) -> str:
    match fact:
        case f.Declared(title=title, source=source, drill=drill, recorded=recorded):
            kind = "Drill declared" if drill else "Declared"
            by = "by an alert" if source == "alert" else f"by {who}"
            return f"{kind} {by}: {title}" + (
                f". Recorded only, nobody is paged: {recorded} says so" if recorded else ""
            )
        case f.AlertJoined(title=title, reason=reason):
            said = title if len(title) <= ALERT_SAID else f"{title[: ALERT_SAID - 1].rstrip()}…"
            return f"Alert joined: {said}" + (f" ({reason})" if reason else "")
        case f.AlertsTallied(distinct=distinct):
            return f"More than {distinct:,} distinct alerts by now"
        case f.AlertsCleared(distinct=distinct):
            which = "The alert is" if distinct == 1 else f"All {distinct:,} alerts are"
            return f"{which} resolved at the source"
        case f.AlertsFlapping(again=True, since=since):
            return f"Still flapping, since {_at(since, zone)}; the list of alerts says what fires now"
        case f.AlertsFlapping(cleared=cleared, since=since):
            begun = _at(since, zone)
            return f"Flapping: over and back {cleared} times since {begun}; from now on that is not told each time"
        case f.AlertsCalm():
            return "Flapping no more: nothing of it for a while; from now on each change is told"


def _assessment(fact: f.SeverityAssessed | f.ProcedureMatched, who: str) -> str:
    match fact:
        case f.SeverityAssessed(severity=severity, previous=previous, reason=reason, suggested=suggested):
            if severity == previous:  # of what was recorded only
                return f"{who} confirmed the severity {severity}: it is not only recorded any more" + (
                    f" ({reason})" if reason else ""
                )
            change = f"from {previous} to {severity}" if previous else severity
            by = "Severity suggested" if suggested else f"{who} set the severity"
            said = reason if suggested or not reason.startswith("set by ") else ""  # who set it is said already
            return f"{by}: {change}" + (f" ({said})" if said else "")
        case f.ProcedureMatched(title=title, words=found, reason=reason):
            why = f"it matches {', '.join(repr(w) for w in found)}" if found else reason
            return f"Procedure opened: {title}" + (f" ({why})" if why else "")


_Paging = (
    f.LevelPaged
    | f.LevelSkipped
    | f.EscalationExhausted
    | f.Paged
    | f.PageSent
    | f.PageDelivered
    | f.PageFailed
    | f.PageWithdrawn
    | f.PageLeftStanding
)


def _paging(fact: _Paging, recorded: Recorded, name: Callable[[str], str]) -> str:
    by_hand = recorded.by.kind is not ActorKind.TOCSIN
    asked = f", asked for by {name(recorded.by.name)}{via(recorded)}" if by_hand else ""
    match fact:
        case f.LevelPaged(level=level, targets=targets, people=people, reason=reason, repeat=repeat):
            again = " again" if repeat else ""
            who = ", ".join(name(p) for p in people)
            assumed = "; the window is an assumption" if fact.assumed else ""
            return f"Level {level} ({', '.join(targets)}) paged{again}: {who} ({reason}{assumed}){asked}"
        case f.LevelSkipped(level=level, targets=targets, reason=reason):
            return f"Level {level} ({', '.join(targets)}) could not be paged: {reason}{asked}"
        case f.EscalationExhausted(people=people):
            who = ", ".join(name(p) for p in people) or "nobody: no catch-all is configured"
            return f"The ladder has ended without an answer; paging the catch-all: {who}{asked}"
        case f.Paged(person=person, way=way, reason=reason):
            return f"Page to {name(person)} by {way} ({reason})"
        case f.PageSent(page=page):
            return f"Page sent: {_route(page, name)}"
        case f.PageDelivered(page=page):
            return f"Page reached the device: {_route(page, name)}"
        case f.PageFailed(page=page, reason=reason):
            return f"Page failed: {_route(page, name)}: {reason}"
        case f.PageWithdrawn(page=page):
            return f"Page taken back: {_route(page, name)}"
        case f.PageLeftStanding(page=page, reason=reason):
            return f"Page not needed any more, and not taken back: {_route(page, name)}: {reason}"


def _route(page: str, name: Callable[[str], str]) -> str:
    """The person and way of a page's key.

    >>> _route("INC-1/c1/l1/ana/phone", str)
    'ana by phone'
    """
    parts = page.split("/")
    return f"{name(parts[3])} by {parts[4]}" if len(parts) > 4 else page


def _lines(text: str) -> str:
    """How long a text is, in words.

    >>> _lines("one\\ntwo\\n"), _lines("one")
    ('2 lines', '1 line')
    """
    count = len(text.splitlines())
    return f"{count} line{'s' if count != 1 else ''}"


def _named(title: str) -> str:
    """A step's title within a sentence: in quotes where its own end would read as the end of that sentence.

    >>> _named("Check health"), _named("Is the shop up?")
    ('Check health', '"Is the shop up?"')
    """
    return f'"{title}"' if title.endswith((".", "?", "!", ":", "…")) else title


_Steps = s.StepTicked | s.StepStarted | s.StepCancelRequested | s.StepFinished | s.StepOutcomeUnknown
_Consent = s.StepProposed | s.StepApproved | s.StepDeclined | s.StepApprovalExpired | s.GlassBroken


def _steps(fact: _Steps, who: str, name: Callable[[str], str], *, by_itself: bool) -> str:
    match fact:
        case s.StepTicked(title=title, outcome=outcome, note=note, output=output, answers=answers):
            if note and (answers or is_question(title)):
                return f"{who} answered: {title}{'' if is_question(title) else ':'} {note}"
            seen = f", and pasted {_lines(output)} of what they saw" if output else ""
            return f"{who}: {_named(title)}: {_OUTCOMES[outcome]}" + (f" ({note})" if note else "") + seen
        case s.StepStarted(title=title, command=command, target=target, evidence=evidence, approved_by=approver):
            where = f" on {target}" if target not in ("", "local") else ""
            if evidence:
                return f"Looked by itself: {_named(title)}: {command}{where}"
            if fact.verifies and by_itself:
                return f"Looked by itself, to verify: {_named(title)}: {command}{where}"
            if approver:
                return f"{_named(title)} started{where}, approved by {name(approver)}: {command}"
            return f"{who} ran {_named(title)}{where}: {command}"
        case s.StepCancelRequested(title=title, reason=reason):
            return f"{who} asked to end {_named(title)}" + (f": {reason}" if reason else "")
        case s.StepFinished(title=title, outcome=outcome, exit_codes=codes):
            exits = f" (exit {', '.join(map(str, codes))})" if any(codes) else ""
            return f"{_named(title)}: {_OUTCOMES[outcome]}{exits}"
        case s.StepOutcomeUnknown(title=title, reason=reason):
            return f"{_named(title)}: outcome unknown, it may have run or not: {reason}. Look before you run it again"


def _course(
    fact: s.WayChosen | s.ConditionJudged | s.WaitStarted | s.WaitEnded, recorded: Recorded, who: str, zone: tzinfo
) -> str:
    match fact:
        case s.WayChosen(label=label):
            return f"{who} chose: {label}"
        case s.ConditionJudged(condition=condition, holds=holds):
            return f"{who} says that {'this holds' if holds else 'this does not hold'}: {condition}"
        case s.WaitStarted(title=title, until=until):
            return f"{who} waits {words(until - recorded.at)}, until {_at(until, zone)}: {title}"
        case s.WaitEnded(title=title):
            return f"The time is over: {_named(title)}. Say how it looks"


def _consent(fact: _Consent, who: str, zone: tzinfo) -> str:
    match fact:
        case s.StepProposed(title=title, command=command, target=target, expires_at=expires):
            until = f"{expires.astimezone(zone):%H:%M %Z}"
            return f"{who} asks for approval until {until}: {_named(title)} on {target}: {command}"
        case s.StepApproved(title=title):
            return f"{who} approved {_named(title)}"
        case s.StepDeclined(title=title, reason=reason):
            return f"{who} said no to {_named(title)}" + (f": {reason}" if reason else "")
        case s.StepApprovalExpired(title=title):
            return f"Nobody approved {_named(title)} in time; the request is void"
        case s.GlassBroken(title=title, reason=reason):
            return f"{who} broke the glass and ran {_named(title)} without a second person: {reason}"


def _evidence(fact: s.EvidenceGathered) -> str:
    count = f"{fact.looked} step{'s' if fact.looked != 1 else ''}"
    if not fact.troubled:
        return f"Evidence for {fact.title}: {count} looked at, all went well"
    return f"Evidence for {fact.title}: {count} looked at, trouble with {', '.join(map(_named, fact.troubled))}"


def _verified(fact: s.ChangeVerified) -> str:
    title, check = _named(fact.title), _named(fact.check)
    match fact.verdict:
        case Verdict.VERIFIED:
            return f"Verified: {title}, by {check}"
        case Verdict.LOOKED:
            return f"Looked after {title}: {check}. Read what it printed: its exit code says little"
        case Verdict.NOT_VERIFIED:
            advice = f". {fact.advice}" if fact.advice else ""
            return f"Not verified: {title}; {check} did not look well{advice}"


def _ending(fact: f.Mitigated | f.CheckConfirmed | f.Resolved | f.Reopened, who: str) -> str:
    match fact:
        case f.Mitigated(text=text):
            return f"{who}: mitigated" + (f": {text}" if text else "")
        case f.CheckConfirmed(text=text):
            return f"{who} confirmed: {text}"
        case f.Resolved(summary=summary, unconfirmed=unconfirmed, override=override, owed=owed):
            left = f"; {len(unconfirmed)} checks left open because {override}" if unconfirmed else ""
            debts = f"; left: {'; '.join(owed)}" if owed else ""
            because = f" because {override}" if owed and override and not unconfirmed else ""
            return f"{who} resolved it" + (f": {summary}" if summary else "") + left + debts + because
        case f.Reopened(reason=reason):
            return f"{who} reopened it: {reason}"
