"""What is said to the outside about an incident: pages, chat messages, mails, webhook bodies.

A page says what, how bad, until when, what to do first, and carries the person's own link. Text that came from a
monitor is put in as text, never as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo

from tocsin.app.masking import Masker
from tocsin.app.ports import PageMessage
from tocsin.incident.facts import AudienceTold, CustomersNotified, Recorded, TargetClock
from tocsin.incident.incident import Incident, StepState
from tocsin.incident.pending import Coming, pending
from tocsin.incident.standing import standing
from tocsin.incident.step_facts import EvidenceGathered, StepOutcome
from tocsin.incident.streams import Stream
from tocsin.incident.timeline import sentence
from tocsin.runbook.instructions import Step, StepKind
from tocsin.runbook.playbook import Playbook

HEADLINE = 120
_SPOKEN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SHOWN_OF_OUTPUT = 160
"""Characters of a failed look that a page and the channel show; the whole stands on the incident's page."""


def headline(incident: Incident) -> str:
    """The one line that wakes somebody: severity, number, service, title, at most 120 characters."""
    severity = incident.severity or "unassessed"
    text = f"{severity} {incident.id} {incident.service}: {one_line(incident.title)}"
    return text if len(text) <= HEADLINE else text[: HEADLINE - 1] + "…"


def lead(incident: Incident) -> str:
    """Severity and number, for a line that has little room."""
    return f"{incident.severity or 'unassessed'} {incident.id}"


def due(incident: Incident, now: datetime) -> str:
    """What is asked of whoever is paged, and by when, in a few words.

    An incident that somebody has says so: whoever is called next must not start anew.
    """
    if incident.acknowledged_by:
        return f"{incident.acknowledged_by} has it."
    deadline = deadline_of(incident, now)
    return f"Ack in {max(1, round((deadline - now).total_seconds() / 60))}m." if deadline else ""


def reminder(message: PageMessage, incident: Incident, now: datetime) -> PageMessage:
    """The message of a page that only reminds of a status update: it does not ring, and asks for no acknowledgement."""
    at = next((p.at for p in pending(incident) if p.clock is TargetClock.UPDATE), None)
    left = max(1, round((at - now).total_seconds() / 60)) if at else 1
    shown = f"Update due: {message.headline}"
    return replace(
        message,
        headline=shown if len(shown) <= HEADLINE else shown[: HEADLINE - 1] + "…",
        lead=f"Update due: {message.lead}",
        due=f"Status update due in {left}m.",
        urgent=False,
        code="",
        answer="",
        until=at,
        buttons=(),
    )


def deadline_of(incident: Incident, now: datetime) -> datetime | None:
    """By when somebody should have it: the soonest clock of response or acknowledgement that still runs."""
    waited = (TargetClock.RESPONSE, TargetClock.ACKNOWLEDGE)
    return next((p.at for p in pending(incident) if p.clock in waited and p.at > now), None)


def spoken(incident: Incident) -> str:
    """What a voice says of an incident: "P zero, API not responding, shop."."""
    severity = re.sub(r"\d", lambda found: f" {_SPOKEN[int(found[0])]}", incident.severity or "Severity unknown")
    return f"{one_line(severity.replace('-', ' '))}, {one_line(incident.title)}, {incident.service}."


def one_line(text: str) -> str:
    """Text without line breaks and control characters."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())


def page_text(incident: Incident, playbook: Playbook, reason: str, zone: tzinfo, now: datetime) -> str:
    """The text of a page below its headline."""
    lines = [f"Why you: {reason}."]
    deadline = next(
        (p for p in pending(incident) if p.kind is Coming.TARGET and p.clock is not None and p.at > now), None
    )
    if deadline is not None:
        cited = f" (runbook line {deadline.cite.first})" if deadline.cite else ""
        lines.append(f"{deadline.what.capitalize()}: by {deadline.at.astimezone(zone):%H:%M %Z}{cited}.")
    if incident.acknowledged_by:
        lines.append(f"{incident.acknowledged_by} has acknowledged.")
    if incident.cleared_at:
        lines.append("The alerts are resolved at the source; nobody has confirmed it.")
    procedure = playbook.procedure(incident.procedure) if incident.procedure else None
    if procedure is not None:
        lines.append(f"Procedure: {procedure.title} (runbook line {procedure.lines.first}).")
        lines += next_lines(incident, procedure.steps)
    else:
        lines.append("No procedure of the runbook matches.")
    lines += evidence_lines(incident)
    return "\n".join(lines)


def evidence_lines(incident: Incident) -> list[str]:
    """What was looked at by itself, one line each, trouble first; where it went wrong, its last words."""
    ended = [one for one in incident.evidence() if one.outcome is not None]
    return [_evidence(one) for one in sorted(ended, key=lambda one: one.outcome is StepOutcome.SUCCEEDED)]


def _evidence(step: StepState) -> str:
    if step.outcome is StepOutcome.SUCCEEDED:
        return f"✓ {one_line(step.title)}"
    code = next((f"exit {code}" for code in step.exit_codes if code), step.phase.says)
    said = "".join(one.text for one in step.printed if one.stream is Stream.STDERR)
    last = next((line for line in reversed((said or step.output).splitlines()) if line.strip()), "")
    shown = one_line(last)[:SHOWN_OF_OUTPUT]
    return f"✗ {one_line(step.title)}: {code}" + (f": {shown}" if shown else "")


def next_lines(incident: Incident, steps: tuple[Step, ...]) -> list[str]:
    """What is to be done next, in a line or two: the step, or the ways of which one is to be chosen."""
    now = standing(incident, steps)
    if now.fork is not None:
        ways = [way.label for way in now.fork.ways if way.key not in now.tried]
        return [f"Next, choose: {one_line('; '.join(ways))}"]
    if now.next is None:
        return []
    begun = any(step.id in incident.steps and not incident.steps[step.id].evidence for step in steps)
    # What was looked at by itself is no step that somebody has done: the page says the same before and after it.
    step = now.next if begun else next(one for one in steps if one.kind is not StepKind.REFERENCE)
    condition = f"{step.condition}: " if step.condition else ""
    command = f": {step.command.text}" if step.command else ""
    return [f"{'Next' if begun else 'First'} step: {condition}{step.title}{command}"]


def news_title(incident: Incident) -> str:
    """The title of a chat message or mail."""
    return headline(incident)


def news_text(
    incident: Incident,
    recorded: Recorded,
    address: str,
    name: Callable[[str], str],
    zone: tzinfo,
    *,
    alone: bool = False,
) -> str:
    """The body of a chat message or mail about one fact; ``alone``: for those whom its words were written for."""
    fact = recorded.fact
    if isinstance(fact, CustomersNotified):
        return f"{fact.text}\n\n{address}"
    if isinstance(fact, AudienceTold) and alone:
        return f"{fact.text}\n\n{incident.id}: {address}"
    if isinstance(fact, EvidenceGathered):
        return "\n".join([sentence(recorded, name, zone), *evidence_lines(incident), address])
    return f"{sentence(recorded, name, zone)}\n{address}"


def webhook_body(incident: Incident, recorded: Recorded, masker: Masker, url: str) -> dict[str, object]:
    """What other programs are told about one fact; the shape is documented in `docs/webhooks.md`."""
    return {
        "type": f"incident.{type(recorded.fact).__name__}",
        "timestamp": recorded.at.isoformat(),
        "data": {
            "incident": incident.id,
            "seq": recorded.seq,
            "service": incident.service,
            "title": incident.title,
            "severity": incident.severity,
            "rank": incident.severity_plan.rank if incident.severity else None,
            "state": incident.state.value,
            "actor": recorded.by.name,
            "sentence": masker.text(sentence(recorded)),
            "runbook_line": recorded.fact.cite.first if recorded.fact.cite else None,
            "url": url,
        },
    }
