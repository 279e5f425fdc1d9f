"""Who decides that customers are told, where the runbook leaves that to a level, and the same news for other places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.errors import Refused
from tocsin.incident.choices import cite
from tocsin.incident.facts import Citation
from tocsin.oncall.people import Person
from tocsin.oncall.roster import Roster
from tocsin.runbook.meaning import public_decision
from tocsin.runbook.playbook import Playbook
from tocsin.statuspage.language import Language

LONGEST_POST = 280
"""Characters of a post; the strictest of the usual places."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The line that leaves it to a level ("External communication decisions"), and who of that level is there now."""

    level: int
    targets: tuple[str, ...]
    text: str
    cite: Citation | None
    people: tuple[Person, ...]


def decision_of(playbook: Playbook, roster: Roster, now: datetime) -> Decision | None:
    """The decision right for what customers are told; None where the runbook leaves it to nobody in particular."""
    for level in playbook.escalation_levels:
        text = public_decision(level)
        if text:
            people = {one.handle: one for target in level.targets for one in roster.who(target, now).people}
            return Decision(level.level, level.targets, text, cite(level.lines, text), tuple(people.values()))
    return None


def decided(decision: Decision | None, asks: str, by: str) -> str:
    """Whose decision it is: of whoever asks if they are of that level, else of whom they name.

    Raises Refused when nobody of that level is named; where none of them can be found now, any name holds. Where the
    runbook leaves it to nobody, a name that is given is kept.
    """
    by = by.strip().removeprefix("@")
    if decision is None:
        return by
    handles = {one.handle: one.handle for one in decision.people} | {one.name: one.handle for one in decision.people}
    if not by and asks in handles:
        return asks
    if by and (by in handles or not handles):
        return handles.get(by, by)
    line = f", line {decision.cite.first}" if decision.cite else ""
    of = ", ".join(one.handle for one in decision.people) or "nobody is bound to it now: give the name"
    raise Refused(
        f"the runbook leaves this to level {decision.level}, {', '.join(decision.targets)} ({decision.text!r}{line}): "
        f"say who of them decided it ({of}); nothing was sent",
        reason="decision",
    )


def post(text: str, address: str) -> str:
    """What customers were told as a post: whole sentences as far as they fit, and where to follow it."""
    end = f" {address}" if address else ""
    words = " ".join(text.split())
    room = LONGEST_POST - len(end)
    if len(words) > room:
        sentences = words[:room].rpartition(". ")
        words = f"{sentences[0]}." if sentences[0] else words[: room - 1].rpartition(" ")[0] + "…"
    return words + end


def reply(text: str, address: str, incident: str, t: Language) -> str:
    """What customers were told as the answer to a support ticket, in the language of the status page."""
    where = [t.mail("follow", url=address)] if address else []
    return "\n\n".join([t.mail("thanks"), text.strip(), *where, t.mail("reference", reference=incident)])
