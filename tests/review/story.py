"""An incident told in minutes: a short way to write down facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.incident.facts import Actor, ActorKind, Declared, Fact, Recorded, Via

NIGHT = datetime(2026, 11, 20, 3, 10, 5, tzinfo=UTC)
ANA = Actor(ActorKind.PERSON, "Ana", Via.WEB)
MONITOR = Actor(ActorKind.MONITOR, "Prometheus", Via.MONITOR)


def declared(title: str = "HighErrorRate shop-api-7f9c", *, service: str = "Shop", **more: object) -> Declared:
    """A declaration by an alert."""
    return Declared(title=title, service=service, plan="p", playbook="q", source="alert", **more)  # type: ignore[arg-type]


def told(*events: tuple[float, Fact], incident: str = "INC-42", start: datetime = NIGHT) -> list[Recorded]:
    """The facts of an incident, each with its minute after 03:10:05 UTC; the first by a monitor, the others by Ana."""
    return [
        Recorded(incident, seq, start + timedelta(minutes=minute), ANA if seq > 1 else MONITOR, fact)
        for seq, (minute, fact) in enumerate(events, 1)
    ]
