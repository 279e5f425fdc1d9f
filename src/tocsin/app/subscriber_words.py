"""What a subscriber reads of a public update: what the status page says, and how to end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.app.publishing import public_components
from tocsin.app.team import Team
from tocsin.incident.facts import CustomersNotified, Recorded
from tocsin.statuspage.incidents import clean, public_incident
from tocsin.statuspage.words import absolute


@dataclass(frozen=True, slots=True)
class Told:
    """A public update as everybody outside may read it. ``components`` are the keys that its incident ever touched."""

    subject: str
    text: str
    components: tuple[str, ...]


def told(team: Team, timeline: Sequence[Recorded]) -> Told:
    """The last fact of a timeline, which is a public update, in words. The title and the names are the page's."""
    recorded = timeline[-1]
    fact = recorded.fact
    assert isinstance(fact, CustomersNotified)
    offered = public_components(team)
    incident = public_incident(timeline, offered)
    assert incident is not None, "a public update of no public incident"
    names = [one.name for one in offered if one.key in incident.components]
    status = fact.status.value.capitalize()
    lines = [
        f"{incident.title}\n{status} · {absolute(recorded.at, team.zone)}",
        *([f"Affected: {', '.join(names)}"] if names else []),
        clean(fact.text),
        f"All updates: {team.status_page_url}/incidents/{incident.id}.html",
    ]
    subject = clean(f"{team.status_page.title}: {incident.title} ({status.lower()})", one_line=True)
    return Told(subject, "\n\n".join(lines), incident.components)


def farewell(team: Team, link: str) -> str:
    """What stands below each mail."""
    return f"-- \nYou get this because this address subscribed to {team.status_page.title}.\nUnsubscribe: {link}"
