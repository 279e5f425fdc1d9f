"""What a post-mortem is written from."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.review.times import Times
from tocsin.review.values import MessageValues
from tocsin.review.vocabulary import Known
from tocsin.review.wording import instant, literal, span


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: an absolute time with its zone, and a sentence."""

    at: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """One incident, ready to be written down. Texts are plain; whoever puts them into Markdown makes them literal."""

    times: Times
    values: MessageValues
    entries: tuple[Entry, ...]
    steps: tuple[str, ...]
    targets: tuple[str, ...]
    zone: str
    drill: bool
    is_over: bool

    def literals(self) -> dict[Known, str]:
        """The values of a finished or running incident, safe inside Markdown.

        A running incident has no duration yet: the blank stays.
        """
        unknown = set() if self.is_over else {Known.DURATION}
        return {known: literal(text) for known, text in self.values.items() if known not in unknown}

    def time_lines(self) -> list[tuple[str, str]]:
        """The computed times as label and words, those only that are known."""
        times = self.times
        spans = [
            ("Detection time", times.detection, times.began_at, times.declared_at),
            ("Response time", times.response, times.declared_at, times.acknowledged_at),
            ("Mitigation time", times.mitigation, times.declared_at, times.mitigated_at),
            ("Resolution time", times.resolution, times.declared_at, times.resolved_at),
        ]
        lines = [
            (label, f"{span(length)} ({instant(start, self.zone)} to {instant(end, self.zone)})")
            for label, length, start, end in spans
            if length is not None and end is not None
        ]
        if times.downtime is not None:
            lines.append(("Total downtime", span(times.downtime)))
        return lines
