"""Who is reminded that a status update is due soon, and how: without waking anybody."""

from __future__ import annotations

from tocsin.incident.choices import words
from tocsin.incident.deliberation import Deliberation
from tocsin.incident.facts import Citation, TargetClock, UpdateReminded
from tocsin.incident.incident import COMMANDER, COMMUNICATIONS, Incident, kind_of_role
from tocsin.incident.paging import page_quietly
from tocsin.incident.pending import deadline_of


def remind_of_update(d: Deliberation, cite: Citation | None) -> None:
    """Tell the channels that an update is due soon, and whoever has to give it by one of their own ways.

    A severity that wakes nobody is told to the channels alone.
    """
    deadline = deadline_of(d.incident, TargetClock.UPDATE)
    assert deadline is not None
    person, role = _whom(d)
    d.conclude(UpdateReminded(deadline=deadline, person=person, role=role, cite=cite))
    if person and d.incident.severity_plan.pages:
        page_quietly(d, person, f"a status update is due in {words(deadline - d.now)}", cite)


def _whom(d: Deliberation) -> tuple[str, str]:
    """A handle and their role: who holds communications or is bound to it, the commander, whoever acknowledged."""
    held = _held(d.incident, COMMUNICATIONS)
    if held is not None:
        return held
    named = (role for role in d.incident.plan.roles if kind_of_role(role) == kind_of_role(COMMUNICATIONS))
    role = next(named, COMMUNICATIONS)
    bound = d.roster.who(role, d.now).people
    if bound:
        return bound[0].handle, role
    return _held(d.incident, COMMANDER) or (d.incident.acknowledged_by or "", "")


def _held(incident: Incident, wanted: str) -> tuple[str, str] | None:
    kind = kind_of_role(wanted)
    return next(((person, role) for role, person in incident.roles.items() if kind_of_role(role) == kind), None)
