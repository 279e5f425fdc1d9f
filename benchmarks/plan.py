"""How much is measured: enough for a figure that can be quoted, or just enough to see that everything works."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Plan:
    """``folder`` is where databases may be written: its disk is what is measured."""

    folder: Path
    rounds: int = 4
    seconds: float = 3.0
    """How long each load lasts."""
    connections: int = 64
    sizes: tuple[int, ...] = (1, 2, 64)
    """Alerts per request."""
    warm_up: bool = True
    pages: int = 500
    """Alerts of each side in each round from which the time to the page is taken, at ``pages_a_second``."""
    pages_a_second: int = 50
    slow_pages: int = 200
    """Pages through a slow provider."""
    storm: int = 10_000
    storm_seconds: float = 60.0
    pending: int = 1_000_000
    due_a_second: int = 1_000
    due_seconds: int = 8
    burst: int = 10_000
    """Deadlines that are due at the same instant."""
    stored_alerts: int = 100_000
    starts: int = 5
    idle_seconds: float = 3.0
    document: int = 1024 * 1024
    """Bytes of the largest runbook that is compiled."""
    calls: int = 10
    matched: int = 500
    """Alerts whose procedure is looked for, in each round and runbook."""
    step_runs: int = 30
    ticks: int = 200
    """Lines of which the latency is taken, in each round."""
    streams: int = 100
    stream_bytes: int = 10 * 1024 * 1024
    viewers: int = 2_000
    """Open pages of one incident."""
    viewer_pages: int = 50
    """Alerts while they come back."""
    watched_seconds: float = 20.0
    """How long nothing happens."""

    @property
    def numbers(self) -> range:
        """The rounds; the one below 0 warms up and is not counted."""
        return range(-1 if self.warm_up else 0, self.rounds)

    def within(self, name: str) -> Path:
        """A new folder for one part."""
        place = self.folder / name
        place.mkdir(parents=True)
        return place


def whole(folder: Path) -> Plan:
    """What `make bench` does, in about ten minutes."""
    return Plan(folder)


def quick(folder: Path) -> Plan:
    """What `--quick` does, in about a minute: the figures are rough."""
    return Plan(
        folder,
        rounds=1,
        seconds=1.5,
        pages=50,
        slow_pages=50,
        storm=1_000,
        storm_seconds=6.0,
        pending=50_000,
        due_seconds=3,
        burst=2_000,
        stored_alerts=10_000,
        starts=1,
        calls=3,
        matched=100,
        step_runs=10,
        streams=20,
        stream_bytes=2 * 1024 * 1024,
        viewers=500,
        viewer_pages=20,
        watched_seconds=10.0,
    )


def toy(folder: Path) -> Plan:
    """The smallest, for the tests of the measurements themselves."""
    return Plan(
        folder,
        rounds=1,
        seconds=0.3,
        connections=2,
        sizes=(2,),
        warm_up=False,
        pages=3,
        slow_pages=10,
        pending=200,
        due_a_second=20,
        due_seconds=1,
        burst=20,
        storm=30,
        storm_seconds=0.5,
        stored_alerts=50,
        starts=1,
        idle_seconds=0.1,
        document=32 * 1024,
        calls=1,
        matched=20,
        step_runs=1,
        ticks=3,
        streams=2,
        stream_bytes=64 * 1024,
        viewers=20,
        viewer_pages=3,
        watched_seconds=6.0,
    )
