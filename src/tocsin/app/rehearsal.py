"""A rehearsal: who would be paged, told and missed, minute by minute, if this incident began then and nobody did
anything; and whom the runbook asks people to tell.

It is the real decider with a virtual clock: what `pending` says is due is done at its instant, and nothing else
happens. Kept as a golden file, it shows in review what an edit of the runbook would change at night.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.incident import facts as f
from tocsin.incident.choices import cite, counted, words
from tocsin.incident.commands import Advance, Declare, ProcedureReading, SeverityReading
from tocsin.incident.decide import decide, declare
from tocsin.incident.deliberation import Decided
from tocsin.incident.effects import EffectKind, Outlets, effects_of
from tocsin.incident.facts import TOCSIN, Recorded
from tocsin.incident.incident import Incident
from tocsin.incident.pending import cadence_of, pending
from tocsin.incident.plan import Assumption, ResponsePlan
from tocsin.incident.timeline import sentence
from tocsin.oncall.roster import Roster
from tocsin.runbook.playbook import Playbook

LASTS = timedelta(hours=24)
MOST = 20_000
"""Facts: a page every minute for a day, and then some. It is said when a rehearsal is cut there."""

_HEARING = (EffectKind.CHAT, EffectKind.ROOM, EffectKind.WEBHOOK, EffectKind.MAIL)
_MOMENTS = {
    "initial": ", at the beginning",
    "during": ", while it lasts",
    "resolution": ", when it is resolved",
    "post_incident": ", afterwards",
}
_SHOWN = (
    f.Declared,
    f.SeverityAssessed,
    f.ProcedureMatched,
    f.LevelPaged,
    f.LevelSkipped,
    f.EscalationExhausted,
    f.TargetMissed,
    f.PhaseOverran,
    f.UpdateReminded,
)


@dataclass(frozen=True, slots=True)
class Telling:
    """What the runbook asks people to say at this severity, and the line that asks it."""

    text: str
    cite: f.Citation | None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would happen, and the open questions that the answer rests on. ``tellings`` is what is asked of people."""

    facts: tuple[Recorded, ...]
    assumptions: tuple[Assumption, ...]
    incident: Incident
    cut: bool = False
    """Whether more would follow within its time, and was not played."""
    outlets: Outlets = field(default_factory=Outlets)
    tellings: tuple[Telling, ...] = ()
    lasts: timedelta = LASTS

    def told(self, one: Recorded) -> tuple[str, ...]:
        """Who hears of a fact by itself: "war-room (chat)", "boss@example.org (mail)"; in a drill nobody would."""
        heard = effects_of([one], self.outlets, drill=False)
        return tuple(f"{e.outlet} ({e.kind.value})" for e in heard if e.kind in _HEARING)


def rehearse(
    playbook: Playbook,
    plan: ResponsePlan,
    roster: Roster,
    *,
    severity: str | None,
    at: datetime,
    procedure: str | None = None,
    lasts: timedelta = LASTS,
    outlets: Outlets | None = None,
) -> Rehearsal:
    """Play one incident through with nobody answering; news of it would go to ``outlets``.

    Raises ValueError for an unknown severity or procedure.
    """
    reading = _severity(playbook, severity) if severity else None
    opened = _procedure(playbook, procedure) if procedure else None
    title = opened.title if opened else "Rehearsal"
    command = Declare(title=title, service=plan.service, source="alert", severity=reading, procedure=opened, drill=True)
    decided = declare("INC-0", plan, command, now=at, by=TOCSIN, roster=roster)
    facts, incident = list(decided.facts), decided.incident
    while len(facts) < MOST:
        due = pending(incident)
        if not due or due[0].at > at + lasts:
            break
        answer = decide(incident, Advance(), now=max(due[0].at, at), by=TOCSIN, roster=roster)
        assert isinstance(answer, Decided)
        facts += answer.facts
        incident = answer.incident
    coming = pending(incident)
    cut = bool(coming) and coming[0].at <= at + lasts
    tellings = tuple(_tellings(playbook, incident))
    return Rehearsal(tuple(facts), plan.assumptions, incident, cut, outlets or Outlets(), tellings, lasts)


def rehearsal_text(rehearsal: Rehearsal, zone: str = "UTC") -> str:
    """The rehearsal as text: one line a moment, repeats of the same thing told once with their number."""
    start = rehearsal.facts[0].at
    local = ZoneInfo(zone)
    span = "" if rehearsal.lasts == LASTS else f" for {rehearsal.lasts // timedelta(hours=1)} h"
    lines = [f"Rehearsal at {start.astimezone(local):%a %Y-%m-%d %H:%M %Z}, nobody answers{span}", ""]
    for one, count in _told(rehearsal.facts):
        cited = f"  (line {one.fact.cite.first})" if one.fact.cite else ""
        more = "" if count == 1 else ", and once more" if count == 2 else f", and {count - 1} more times"
        lines.append(f"+{words(one.at - start):<10} {sentence(one, zone=local)}{more}{cited}")
        if told := rehearsal.told(one):
            lines.append(f"{'':<11} told: {', '.join(told)}")
    if rehearsal.cut:
        lines.append(f"+{words(rehearsal.facts[-1].at - start):<10} … cut here, after {len(rehearsal.facts)} entries")
    if rehearsal.tellings:
        lines += ["", "The runbook asks people to tell:"]
        lines += [f"  {one.text}{f'  (line {one.cite.first})' if one.cite else ''}" for one in rehearsal.tellings]
    open_questions = [a for a in rehearsal.assumptions if not a.accepted and _concerns(a, rehearsal.incident)]
    if open_questions:
        lines += ["", "Assumed, because the runbook does not say (answer in tocsin.toml):"]
        lines += [f"  {a.key} = {a.answer!r}: {a.question}" for a in open_questions]
    return "\n".join(lines) + "\n"


def _tellings(playbook: Playbook, incident: Incident) -> Iterator[Telling]:
    """The channel of the incident, the updates that are due, and whoever else is to be told at its severity."""
    if playbook.channel_pattern:
        text = f"the team, in {playbook.channel_pattern}"
        yield Telling(text, cite(playbook.channel_pattern_lines, playbook.channel_pattern))
    cadence = cadence_of(incident)
    if cadence is not None:
        yield Telling(f"the team, every {counted(cadence.every, cadence.unit)}: a status update", cadence.cite)
    for rule in playbook.communication:
        if not rule.severities or incident.severity is None or incident.severity in rule.severities:
            moment = _MOMENTS.get(rule.moment, "")
            yield Telling(f"{rule.audience}{moment}: {rule.text}", cite(rule.lines, rule.text))


def _concerns(question: Assumption, incident: Incident) -> bool:
    """Whether an open question is about every incident or about this severity."""
    _, _, severity = question.key.partition(".")[2].partition(".")
    return not severity or severity == incident.severity


def _told(facts: Sequence[Recorded]) -> list[tuple[Recorded, int]]:
    """The facts worth telling; the same level or catch-all paged again and again is told once with its count."""
    told: list[tuple[Recorded, int]] = []
    for one in facts:
        if not isinstance(one.fact, _SHOWN):
            continue
        # Reminders come between others again and again: the first stands for all of them.
        reminds = isinstance(one.fact, f.UpdateReminded)
        before = next((n for n, (first, _) in enumerate(told) if reminds and type(first.fact) is type(one.fact)), -1)
        if told and (before >= 0 or _same(told[-1][0].fact, one.fact)):
            told[before] = (told[before][0], told[before][1] + 1)
        else:
            told.append((one, 1))
    return told


def _same(a: f.Fact, b: f.Fact) -> bool:
    match a, b:
        case f.LevelPaged(level=x, repeat=n), f.LevelPaged(level=y, repeat=m):
            return x == y and n > 0 and m > n
        case f.EscalationExhausted(), f.EscalationExhausted():
            return True
        case _:
            return False


def _severity(playbook: Playbook, name: str) -> SeverityReading:
    found = playbook.severity(name)
    if found is None:
        names = ", ".join(s.name for s in playbook.severities) or "none"
        raise ValueError(f"the runbook has no severity {name!r}; it has {names}")
    return SeverityReading(found.name, "rehearsed", suggested=True, cite=cite(found.lines, found.name))


def _procedure(playbook: Playbook, key: str) -> ProcedureReading:
    found = playbook.procedure(key) or next(
        (p for p in playbook.procedures if p.title.casefold() == key.casefold()), None
    )
    if found is None:
        raise ValueError(
            f"the runbook has no procedure {key!r}; it has {', '.join(p.key for p in playbook.procedures)}"
        )
    return ProcedureReading(found.key, found.title, "rehearsed", cite=cite(found.lines, found.title))
