"""What it costs to find the procedure of one alert: a runbook of 1,000 procedures beside one of 10, in turns."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from benchmarks.figures import Figure, ratios
from benchmarks.plan import Plan
from tocsin.alerts.alert import Alert, AlertStatus
from tocsin.alerts.meaning.match import SymptomIndex
from tocsin.runbook.instructions import Procedure, ProcedureKind, Symptom
from tocsin.runbook.stated import Lines

FEW, MANY = 10, 1_000
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_SYLLABLES = ("bar", "den", "fol", "gim", "kur", "lav", "mos", "nep", "rit", "tuv")
_WRONG = (
    ("Outage", "is down and refuses connections", "does not answer: connection refused"),
    ("High Latency", "answers slowly", "is slow, its p99 is 4 seconds"),
    ("Errors", "returns 5xx errors", "gives HTTP 503 errors"),
    ("Disk Full", "has no space left on its disk", "disk is 97 % full"),
    ("Memory Leak", "grows until it is OOM killed", "container was OOM killed"),
)


def measure(plan: Plan) -> Iterator[Figure]:
    """Microseconds for each alert; every alert speaks of a procedure that both runbooks have.

    Raises RuntimeError when an alert does not open its procedure: a wrong answer has no speed.
    """
    small, large = (SymptomIndex(procedure(number) for number in range(size)) for size in (FEW, MANY))
    alerts = [alert(number % FEW) for number in range(plan.matched)]
    few: list[float] = []
    many: list[float] = []
    for number in plan.numbers:
        taken = cost(small, alerts), cost(large, alerts)
        if number >= 0:
            few.append(taken[0])
            many.append(taken[1])
    yield Figure(f"find an alert's procedure among {FEW}", "µs", tuple(few))
    yield Figure(f"find an alert's procedure among {MANY:,}", "µs", tuple(many), ratios=ratios(many, few))


def cost(index: SymptomIndex, alerts: Sequence[Alert]) -> float:
    """Microseconds for one of the alerts, the mean over all. Raises RuntimeError when one opens another procedure."""
    began = time.perf_counter()
    found = [index.match(one) for one in alerts]
    seconds = time.perf_counter() - began
    for one, match in zip(alerts, found, strict=True):
        if match is None or match.procedure != one.fingerprint:
            opened = "nothing" if match is None else match.procedure
            raise RuntimeError(f"{one.title!r} opened {opened}, not {one.fingerprint}")
    return seconds / len(alerts) * 1e6


def thing(number: int) -> str:
    """The name of a service of its own: a word for each three-figure number, as a thousand services have."""
    return "".join(_SYLLABLES[int(figure)] for figure in f"{number // len(_WRONG):03}")


def procedure(number: int) -> Procedure:
    """One of a handbook that says the same few things about each of its services, as long handbooks do."""
    title, symptom, _ = _WRONG[number % len(_WRONG)]
    lines = Lines(10 * number + 1, 10 * number + 9)
    named = f"{thing(number).capitalize()} {title}"
    said = Symptom(f"{thing(number)} {symptom}", Lines(lines.first + 1, lines.first + 1))
    return Procedure(named.lower().replace(" ", "-"), named, ProcedureKind.INCIDENT, lines, (said,))


def alert(number: int) -> Alert:
    """An alert, in words of its own, of what that procedure is for; its fingerprint is the procedure's key."""
    named, said = thing(number), _WRONG[number % len(_WRONG)][2]
    title = f"{named} {said}"
    return Alert(procedure(number).key, AlertStatus.FIRING, title, "alertmanager", BEGAN, labels={"job": named})
