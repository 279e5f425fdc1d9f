"""What an incident's channel shows and says: the pinned message, one message for each piece of news, the topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from tocsin.app.chat.ports import Button, Card, Line
from tocsin.app.wording import evidence_lines, headline, next_lines, one_line
from tocsin.incident import facts as f
from tocsin.incident import step_facts as s
from tocsin.incident.facts import Recorded, TargetClock, Via
from tocsin.incident.incident import Incident
from tocsin.incident.pending import Coming, Pending, pending
from tocsin.incident.timeline import sentence
from tocsin.runbook.playbook import Playbook

OUTPUT_LINES = 20
LONGEST_LITERAL = 2800
"""Characters: what every chat shows whole; the whole output stands on the incident's page."""
LONGEST_TOPIC = 240
SHOWN_PENDING = 4
UNSHOWN = (Coming.NEXT_WAY, Coming.REMINDER)
ASKS: Mapping[str, str] = {"update": "Where do things stand?", "resolve": "What was it, and what ended it?"}
"""The buttons that ask something first, and what."""
_CLOCKS = {
    TargetClock.RESPONSE: "response",
    TargetClock.ACKNOWLEDGE: "acknowledgement",
    TargetClock.RESOLUTION: "resolution",
    TargetClock.UPDATE: "next update",
    TargetClock.POSTMORTEM: "post-mortem",
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """How things are put: people's names, the team's zone, where the page is, and whether anybody hears the buttons."""

    name: Callable[[str], str]
    zone: tzinfo
    address: str
    hears: bool = True


def board(incident: Incident, playbook: Playbook, by: Speaker) -> Card:
    """The pinned message: how bad, who has it, what is due, what is next, and the buttons for it."""
    lines = [Line("State", _state(incident, by))]
    lines += [Line(role, by.name(person)) for role, person in incident.roles.items()]
    if due := [_due(one, by.zone) for one in pending(incident) if one.kind not in UNSHOWN][:SHOWN_PENDING]:
        lines.append(Line("Due", "\n".join(due)))
    procedure = playbook.procedure(incident.procedure) if incident.procedure else None
    if procedure is not None and incident.is_open:
        lines.append(Line("Procedure", f"{procedure.title} (runbook line {procedure.lines.first})"))
        lines += [_labelled(one) for one in next_lines(incident, procedure.steps)]
    if looked := evidence_lines(incident):
        lines.append(Line("Looked at", "\n".join(looked)))
    public, at = incident.public, incident.public_at
    told = f"told at {at.astimezone(by.zone):%H:%M} ({public.status.value})" if public and at else "not told"
    lines.append(Line("Customers", told))
    return Card(headline(incident), tuple(lines), buttons=_buttons(incident, by))


def topic(incident: Incident, by: Speaker) -> str:
    """The channel's topic: severity, state, who leads."""
    parts = [incident.severity or "unassessed", incident.state.value]
    if incident.acknowledged_by and incident.is_open:
        parts.append(f"{by.name(incident.acknowledged_by)} has it")
    parts += [f"{role}: {by.name(person)}" for role, person in incident.roles.items()]
    return " · ".join([*parts, by.address])[:LONGEST_TOPIC]


def message(recorded: Recorded, incident: Incident, by: Speaker) -> Card | None:
    """What is said of one fact; None when the channel has heard it already, or sees it on the board alone."""
    match recorded.fact:
        case f.Declared() | f.ProcedureMatched() | f.LevelPaged(repeat=0) if recorded.at == incident.declared_at:
            return None  # the board is new and says all of it
        case f.SeverityAssessed(previous=None):
            return None
        case f.NoteAdded() if recorded.by.via is Via.CHAT:
            return None  # it was written there
        case s.StepStarted(evidence=True):
            return None
        case s.StepFinished(run=run) if (step := incident.step_of_run(run)) is not None and step.evidence:
            return None  # all that was looked at is told together
        case s.EvidenceGathered():
            return Card(sentence(recorded, by.name, by.zone), literal="\n".join(evidence_lines(incident)))
        case s.StepProposed(run=run, digest=digest, command=command):
            asked = sentence(recorded, by.name, by.zone)
            approve = Button(
                "approve", "Approve", f"{run} {digest}", "primary", f"This runs: {one_line(command)[:200]}"
            )
            return Card(asked, buttons=(approve, Button("decline", "Decline", run)) if by.hears else ())
        case _:
            return Card(sentence(recorded, by.name, by.zone))


def ended(recorded: Recorded, by: Speaker) -> Card:
    """What a run has printed, for its thread: the last lines, and where the whole stands."""
    fact = recorded.fact
    assert isinstance(fact, s.StepFinished)
    lines = fact.output.rstrip("\n").splitlines()
    shown = "\n".join(lines[-OUTPUT_LINES:])[-LONGEST_LITERAL:]
    left = len(lines) - OUTPUT_LINES
    more = f" The last {OUTPUT_LINES} of {len(lines)} lines;" if left > 0 else ""
    where = f"{more} the whole is at {by.address}" if left > 0 or fact.truncated else ""
    return Card(f"{sentence(recorded, by.name, by.zone)}.{where}", literal=shown)


def caught_up(facts: Sequence[Recorded], by: Speaker) -> Card:
    """One message for all that happened while the channel could not be reached."""
    said = [f"{one.at.astimezone(by.zone):%H:%M} {sentence(one, by.name, by.zone)}" for one in facts]
    left = len(said) - OUTPUT_LINES
    shown = [f"… {left} before these, on the incident's page"] if left > 0 else []
    shown += [one if len(one) <= 140 else one[:139] + "…" for one in said[-OUTPUT_LINES:]]
    return Card("What happened while this channel could not be reached:", literal="\n".join(shown)[-LONGEST_LITERAL:])


def _state(incident: Incident, by: Speaker) -> str:
    match incident:
        case Incident(resolved_at=at) if at is not None:
            said = f": {incident.resolution}" if incident.resolution else ""
            return f"✓ resolved at {at.astimezone(by.zone):%H:%M}{said}"
        case Incident(mitigated_at=at) if at is not None:
            return f"◐ mitigated at {at.astimezone(by.zone):%H:%M}; the cause may not be found yet"
        case Incident(acknowledged_by=person, acknowledged_at=at) if person is not None and at is not None:
            return f"▶ {by.name(person)} has it since {at.astimezone(by.zone):%H:%M}"
        case _:
            return "! nobody has it yet"


def _due(one: Pending, zone: tzinfo) -> str:
    what = _CLOCKS[one.clock] if one.clock else one.what
    cited = f" (runbook line {one.cite.first})" if one.cite else ""
    return f"{what} by {one.at.astimezone(zone):%H:%M %Z}{cited}"


def _labelled(text: str) -> Line:
    """A line that says what it is before its colon."""
    label, _, rest = text.partition(": ") if ": " in text else text.partition(", choose: ")
    return Line(label, rest) if rest else Line("Next", label)


def _buttons(incident: Incident, by: Speaker) -> tuple[Button, ...]:
    """Each carries its incident: a board that was left standing acts on its own, and on no other."""
    page, id = Button("open", "Open the page", url=by.address), incident.id
    customers = Button("open-customers", "Customers", url=f"{by.address}/tell")
    if not incident.is_open or not by.hears:
        return (customers, page) if incident.is_open else (page,)
    if incident.acknowledged_by is None:
        first = Button("ack", "Acknowledge", id, "primary")
    else:
        has = f"{by.name(incident.acknowledged_by)} has it. Take it over?"
        first = Button("takeover", "Take over", id, confirm=has)
    return (
        first,
        Button("next", "Next step", id),
        Button("update", "Update", id, asks=ASKS["update"]),
        Button("escalate", "Escalate", id, "danger", "Page the next level of the runbook now?"),
        Button("resolve", "Resolve", id, asks=ASKS["resolve"]),
        customers,
        page,
    )
