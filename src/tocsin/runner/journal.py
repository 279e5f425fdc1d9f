"""What a runner has seen, on disk: no run is begun twice, and every end is told, whatever dies in between.

A line is written, and on the disk, before anything starts. The end of a run is a file until the server has taken it.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tocsin.app.execution.envelopes import Ended
from tocsin.errors import BadSettings
from tocsin.runner.disk import append, move, put, remove

log = logging.getLogger(__name__)

KEPT = 20_000
"""Runs that are remembered; the oldest are forgotten at a start. The server offers none again."""
RESTARTED = "the runner was restarted while it ran: nobody can say how it ended; look there"
NEVER = "nothing was run: the runner was restarted before it began"


@dataclass(frozen=True, slots=True)
class Report:
    """The end of an attempt, until the server has taken it. ``output`` is masked, and tells its streams apart."""

    attempt: str
    output: str
    ended: Ended


@dataclass(slots=True)
class Journal:
    """The journal of one runner, in its folder. Opening it makes reports for what was cut off."""

    folder: Path
    _seen: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        (self.folder / "reports").mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = self._lines()
        state: dict[str, tuple[str, str]] = {}
        for line in lines:
            state[line["attempt"]] = (line["run"], line["state"])
        for attempt, (run, last) in state.items():
            self._seen[run] = attempt
            if last == "ended":
                continue
            if self._report(attempt).exists():
                self._write(attempt, run, "ended")  # it died between the report and this line
            else:
                begun = last == "started"
                ended = Ended(trouble=RESTARTED if begun else NEVER, lost=begun, begun=begun)
                self.end(run, Report(attempt, "", ended))
        if len(lines) > 3 * KEPT:
            kept = [{"attempt": a, "run": run, "state": "ended"} for a, (run, _) in list(state.items())[-KEPT:]]
            put(self._place, b"".join(_line(one) for one in kept))

    def take(self, attempt: str, run: str) -> bool:
        """Write down that a run was taken; False when it was seen before: it must not be begun."""
        with self._lock:
            if run in self._seen:
                return False
            self._seen[run] = attempt
        self._write(attempt, run, "taken")
        return True

    def start(self, attempt: str, run: str) -> None:
        """Write down that it begins now."""
        self._write(attempt, run, "started")

    def end(self, run: str, report: Report) -> None:
        """Keep its end until the server has it."""
        put(self._report(report.attempt), msgspec.json.encode(report))
        self._write(report.attempt, run, "ended")

    def untold(self) -> Iterator[Report]:
        """The ends that the server has not taken, in no order; what cannot be read is set aside."""
        for place in sorted((self.folder / "reports").glob("*.json")):
            try:
                report = msgspec.json.decode(place.read_bytes(), type=Report)
            except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
                self._set_aside(place, f"it cannot be read ({error})")
                continue
            yield report

    def told(self, attempt: str) -> None:
        """The server has it."""
        remove(self._report(attempt))

    def set_aside(self, attempt: str, why: str) -> None:
        """The server does not take it: it is kept for a person, who can have it told again."""
        self._set_aside(self._report(attempt), why)

    def _set_aside(self, place: Path, why: str) -> None:
        try:
            there = move(place, place.parent / "refused")
        except OSError as error:
            log.error("the end of a run is not told: %s; %s cannot be moved out of the way (%s)", why, place, error)
            return
        log.error("the end of a run is not told: %s; it is kept: move %s one folder up to have it told", why, there)

    @property
    def _place(self) -> Path:
        return self.folder / "journal"

    def _report(self, attempt: str) -> Path:
        return self.folder / "reports" / f"{attempt}.json"

    def _write(self, attempt: str, run: str, state: str) -> None:
        with self._writing:
            append(self._place, _line({"attempt": attempt, "run": run, "state": state}))

    def _lines(self) -> list[dict[str, str]]:
        try:
            written = self._place.read_bytes()
        except FileNotFoundError:
            return []
        if written and not written.endswith(b"\n"):
            # A line that a power cut tore was not yet believed by anybody: nothing starts before it is whole.
            written = written[: written.rfind(b"\n") + 1]
            put(self._place, written)
        try:
            return [json.loads(line) for line in written.splitlines()]
        except ValueError as error:
            raise BadSettings(
                f"{self._place} is damaged ({error}): enrol this host as a new runner, with another --state"
            ) from error


def _line(what: dict[str, str]) -> bytes:
    return json.dumps(what).encode() + b"\n"
