"""How the team does: mean times to acknowledge and resolve, and targets kept, per severity."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.incident.facts import Declared, Recorded, SeverityAssessed, TargetClock, TargetMet, TargetMissed
from tocsin.review.times import Times, times_of


@dataclass(frozen=True, slots=True)
class Measure:
    """The figures of one severity; ``severity`` is None for incidents that nobody assessed, or for all together.

    ``mtta`` and ``mttr`` are means from the declaration to the first acknowledgement and to the resolution, over
    the incidents that have one; None when none has. A reopened incident counts with its last resolution.
    """

    severity: str | None
    incidents: int
    acknowledged: int
    resolved: int
    mtta: timedelta | None
    mttr: timedelta | None
    downtime: timedelta
    met: Mapping[TargetClock, int]
    missed: Mapping[TargetClock, int]


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of all incidents together, and by their last severity."""

    overall: Measure
    by_severity: tuple[Measure, ...]


def measure(timelines: Iterable[Sequence[Recorded]], *, drills: bool = False) -> Measures:
    """Measure these incidents: the real ones, or with ``drills`` only the drills. Severities by name."""
    groups: defaultdict[str | None, list[Sequence[Recorded]]] = defaultdict(list)
    for timeline in timelines:
        first = timeline[0].fact if timeline else None
        if isinstance(first, Declared) and first.drill is drills:
            groups[_severity(timeline)].append(timeline)
    every = [timeline for group in groups.values() for timeline in group]
    named = sorted(groups, key=lambda name: (name is None, name or ""))
    return Measures(_measure(None, every), tuple(_measure(name, groups[name]) for name in named))


def _severity(timeline: Sequence[Recorded]) -> str | None:
    assessed = [one.fact.severity for one in timeline if isinstance(one.fact, SeverityAssessed)]
    return assessed[-1] if assessed else None


def _measure(severity: str | None, timelines: Sequence[Sequence[Recorded]]) -> Measure:
    times: list[Times] = [times_of(timeline) for timeline in timelines]
    responses = [one.response for one in times if one.response is not None]
    resolutions = [one.resolution for one in times if one.resolution is not None]
    met: Counter[TargetClock] = Counter()
    missed: Counter[TargetClock] = Counter()
    for timeline in timelines:
        met.update(one.fact.clock for one in timeline if isinstance(one.fact, TargetMet))
        missed.update(one.fact.clock for one in timeline if isinstance(one.fact, TargetMissed))
    return Measure(
        severity=severity,
        incidents=len(timelines),
        acknowledged=len(responses),
        resolved=len(resolutions),
        mtta=_mean(responses),
        mttr=_mean(resolutions),
        downtime=sum((one.downtime for one in times if one.downtime is not None), timedelta(0)),
        met=dict(met),
        missed=dict(missed),
    )


def _mean(spans: Sequence[timedelta]) -> timedelta | None:
    return sum(spans, timedelta(0)) / len(spans) if spans else None
