"""The output of runs while they run, for the pages that watch them; bounded, in memory, gone when the run ends.

What is kept for good is the fact at the run's end and the document beside it. What runs elsewhere is adopted as others
tell of it: another node (``sharing.py``), or the row of a runner's attempt, which every node reads.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.clock import monotonic
from tocsin.incident.streams import Piece, Stream, part

ON_A_PAGE = 16 * 1024
"""Characters of a running command's output that a page shows."""
QUIET = 0.05
"""Seconds between two calls of the listeners for one run; a page looks again by itself."""
SHOWN = 64 * 1024
"""Characters of each run that are held for a page that opens in its middle."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of output, and the stream that it came by. ``seq`` counts from 1 without gaps for each run."""

    seq: int
    text: str
    stream: Stream = Stream.NEITHER


@dataclass(slots=True)
class _Run:
    chunks: deque[Chunk] = field(default_factory=deque)
    seq: int = 0
    news: int = 0
    size: int = 0
    adopted: bool = False
    rung_at: float = 0.0


@dataclass(slots=True)
class Outputs:
    """The live outputs of this process.

    ``listeners`` are told the incident of each run that begins and of each new chunk, on the run's thread.
    """

    listeners: list[Callable[[Sequence[str]], None]] = field(default_factory=list)
    _runs: dict[str, _Run] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, run: str) -> None:
        """A run is on its way or begins here, or goes on here after another process has heard its beginning."""
        with self._lock:
            held = self._runs.setdefault(run, _Run())
            held.news += 1
            held.adopted = False
        for listener in self.listeners:
            listener([run.partition("/")[0]])

    def hear(self, run: str, piece: Piece) -> None:
        """The next piece of a run's output, masked already."""
        with self._lock:
            held = self._runs.get(run)
            if held is None or not piece.text:
                return
            held.seq, held.news = held.seq + 1, held.news + 1
            held.chunks.append(Chunk(held.seq, piece.text, piece.stream))
            held.size += len(piece.text)
            while len(held.chunks) > 1 and held.size > SHOWN:
                held.size -= len(held.chunks.popleft().text)
            rings = monotonic() - held.rung_at >= QUIET
            held.rung_at = monotonic() if rings else held.rung_at
        for listener in self.listeners if rings else ():
            listener([run.partition("/")[0]])

    def adopt(self, run: str, news: int, printed: Sequence[Piece]) -> None:
        """What a run elsewhere has printed last. ``news`` grows with each piece; what is older changes nothing."""
        with self._lock:
            held = self._runs.setdefault(run, _Run(adopted=True))
            if not held.adopted or (news <= held.seq and held.news):
                return
            held.chunks = deque(Chunk(news, piece.text, piece.stream) for piece in printed)
            held.seq, held.news = news, held.news + 1
        for listener in self.listeners:
            listener([run.partition("/")[0]])

    def leave(self, run: str) -> None:
        """A run that was adopted is not told of any more."""
        with self._lock:
            held = self._runs.get(run)
            if held is not None and held.adopted:
                del self._runs[run]

    def own(self) -> Mapping[str, int]:
        """The runs that print here, with a number that grows with each news of it."""
        with self._lock:
            return {run: held.news for run, held in self._runs.items() if not held.adopted}

    def end(self, run: str) -> None:
        """The run has ended; its output is a fact."""
        with self._lock:
            self._runs.pop(run, None)

    def running(self, incident_id: str) -> Mapping[str, int]:
        """The runs of an incident that are under way here, with a number that grows with each news of it."""
        with self._lock:
            return {run: held.news for run, held in self._runs.items() if run.partition("/")[0] == incident_id}

    def pieces(self, run: str) -> tuple[Piece, ...]:
        """The end of what a run has printed so far, by its streams."""
        return last([Piece(chunk.text, chunk.stream) for chunk in self.after(run, 0)])

    def after(self, run: str, seq: int) -> tuple[Chunk, ...]:
        """The chunks of a run after one that was seen; the oldest may be gone. Empty for a run that is not here."""
        with self._lock:
            held = self._runs.get(run)
            return tuple(chunk for chunk in held.chunks if chunk.seq > seq) if held else ()


def last(printed: Sequence[Piece]) -> tuple[Piece, ...]:
    """As much of the end of an output as a page shows."""
    length = sum(len(piece.text) for piece in printed)
    return part(printed, max(0, length - ON_A_PAGE), length)
