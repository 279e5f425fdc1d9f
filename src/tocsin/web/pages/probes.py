"""The probes: how each is doing, what it saw, and which the runbooks offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from tocsin.alerts.probe import KEPT, Look
from tocsin.app.access import Permission
from tocsin.app.intake.probe_offers import offered
from tocsin.web.asking import Ask

WIDE, HIGH, STEP = 4, 28, 5
"""Of a bar of the picture, in its own units: how wide, how high at most, and from one to the next."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A look in the picture of how long they took; a bad one is as high as the picture."""

    x: int
    y: float
    height: float
    good: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """How long the newest looks took, oldest first, and the same in words."""

    bars: tuple[Bar, ...]
    says: str


def picture(looks: Sequence[Look]) -> Picture:
    """The picture of some looks; heights are relative to the slowest good one."""
    slowest = max((one.took for one in looks if one.good), default=0.0) or 1.0
    first = KEPT - len(looks)
    bars = []
    for n, one in enumerate(looks, first):
        height = round(max(2.0, HIGH * one.took / slowest), 1) if one.good else float(HIGH)
        bars.append(Bar(n * STEP, round(HIGH - height, 1), height, one.good))
    bad = sum(1 for one in looks if not one.good)
    took = sorted(one.took for one in looks if one.good)
    words = (
        f"the slowest good one took {seconds(took[-1])}, the middle one {seconds(took[len(took) // 2])}" if took else ""
    )
    says = f"{len(looks)} look{'s' if len(looks) != 1 else ''}, {bad} of them bad" + (f"; {words}" if words else "")
    return Picture(tuple(bars), says)


def seconds(took: float) -> str:
    """A short span for people.

    >>> seconds(0.0123), seconds(2.5)
    ('12 ms', '2.5 s')
    """
    return f"{took * 1000:.0f} ms" if took < 1 else f"{took:.1f} s"


def listing(ask: Ask) -> Response:
    """All probes, what they saw, and what the runbooks offer."""
    standings = ask.application.probes.all(ask.by)
    return ask.page(
        "probes.html",
        probes=[(one, picture(one.course.looks)) for one in standings],
        added=ask.application.added_probes.all(ask.by),
        offers=offered(ask.application.team(), ask.application.playbooks),
        sent=ask.query("sent"),
        can_maintain=ask.may(Permission.MAINTAIN),
        seconds=seconds,
    )


def add(ask: Ask) -> Response:
    """Look from now on at what a runbook looks at by hand."""
    probe = ask.application.added_probes.add(ask.by, ask.text("service"), ask.text("address"))
    return ask.go(f"/probes#{probe.name}")


def remove(ask: Ask) -> Response:
    """Look no more at what was added by hand."""
    ask.application.added_probes.remove(ask.by, ask.part("name"))
    return ask.go("/probes")


def send_test(ask: Ask) -> Response:
    """Send a test alert in the name of a probe: a real incident begins."""
    name = ask.part("name")
    ask.application.integrations.test(ask.by, name)
    return ask.go(f"/probes?sent={name}")
