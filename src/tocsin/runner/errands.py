"""Carries out one job: written down, begun only with the server's yes, streamed while it runs, told at its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from urllib.parse import quote

from tocsin.app.envelopes import Ended, Errand
from tocsin.app.ports import Execution, StepRunner
from tocsin.clock import monotonic
from tocsin.errors import NotFound, NotSignedIn, ServerUnreachable, TocsinError
from tocsin.runner.connection import Connection
from tocsin.runner.journal import Journal, Report
from tocsin.runner.permitting import Permits

log = logging.getLogger(__name__)

EVERY = 0.3
"""Seconds between two chunks of a run that prints."""
BEAT = 1.0
"""Seconds between two signs of life of one that does not; what people wish comes back with them."""
BEGIN_WITHIN = 15.0
"""Seconds within which the yes has to come: half the lease, so that nothing begins after it."""
CHUNK = 128 * 1024
"""Characters of one chunk, and of one part of the end."""
LIVE = 2 * CHUNK
"""Characters that wait to be shown; of more the oldest are left out, of the live view only."""


@dataclass(slots=True)
class Live:
    """What a run has printed and the server has not heard, and why somebody wants it ended."""

    waiting: str = ""
    left_out: int = 0
    why: str = ""
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, text: str) -> None:
        """The next piece, masked."""
        with self._lock:
            self.waiting += text
            over = len(self.waiting) - LIVE
            if over > 0:
                self.waiting, self.left_out = self.waiting[over:], self.left_out + over

    def chunk(self) -> str:
        """The next chunk."""
        with self._lock:
            gap = f"\n[… {self.left_out} characters left out of the live view …]\n" if self.left_out else ""
            text, self.waiting, self.left_out = gap + self.waiting[:CHUNK], self.waiting[CHUNK:], 0
            return text


@dataclass(slots=True)
class Errands:
    """Carries out jobs, several at a time, each on a thread of its caller."""

    at: Connection
    journal: Journal
    runner: StepRunner
    permits: Permits
    turned_away: Callable[[str], None]
    """Is told when the server does not know this runner any more."""
    stopping: threading.Event = field(default_factory=threading.Event)
    _telling: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, errand: Errand) -> None:
        """From the journal to the report; never raises for what a command or a network does."""
        run, began = errand.job.run, monotonic()
        if not self.journal.take(errand.attempt, run):
            log.error("the server sent the run %s again; it is not run a second time", run)
            return
        why = self.permits.why_not(errand) or self._why_not_begin(errand, began)
        if why:
            self._end(errand, "", Ended(trouble=f"nothing was run: {why}", begun=False))
            return
        self.journal.start(errand.attempt, run)
        log.info("runs %s", run)
        live = Live()
        streaming = threading.Thread(target=self._stream, args=(errand.attempt, live), daemon=True)
        streaming.start()
        lent = tuple(name for name in errand.job.variables if name in self.permits.variables)
        job = replace(errand.job, variables=lent)
        execution = self.runner.run(job, hear=live.hear, cancelled=lambda: bool(live.why) or self._stopped(live))
        live.over.set()
        self._end(errand, execution.output, _ended(execution, live.why))
        streaming.join()

    def tell(self) -> None:
        """Tell the server the ends that it does not know; what cannot be told now is told later."""
        with self._telling:
            self._tell_all()

    def _tell_all(self) -> None:
        for report in self.journal.untold():
            try:
                self._tell(report)
            except ServerUnreachable as trouble:
                log.warning("the end of a run is told later: %s", trouble)
                return
            except NotSignedIn as trouble:
                self.turned_away(trouble.message)
                return
            except NotFound:
                log.warning("the server does not know the run of a report; it is dropped")
            except TocsinError as trouble:
                log.error("the server does not take the end of a run, it is dropped: %s", trouble)
            self.journal.told(report.attempt)

    def _tell(self, report: Report) -> None:
        text = report.output
        parts = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)] or [""]
        for number, part in enumerate(parts, start=1):
            last = number == len(parts)
            body = {"part": number, "text": part, **({"ended": asdict(report.ended)} if last else {})}
            self.at.ask(f"/runner/attempts/{quote(report.attempt)}/end", body)

    def _why_not_begin(self, errand: Errand, began: float) -> str:
        try:
            said = self.at.ask(f"/runner/attempts/{quote(errand.attempt)}/start", {}, patience=BEGIN_WITHIN)
        except TocsinError as trouble:
            return f"the server did not say that it may begin ({trouble.message})"
        if not said["go"]:
            return str(said["why"])
        return "" if monotonic() - began < BEGIN_WITHIN else "the server's yes came too late"

    def _end(self, errand: Errand, output: str, ended: Ended) -> None:
        self.journal.end(errand.job.run, Report(errand.attempt, output, ended))
        self.tell()

    def _stopped(self, live: Live) -> bool:
        if self.stopping.is_set():
            live.why = "the runner was stopped"
        return self.stopping.is_set()

    def _stream(self, attempt: str, live: Live) -> None:
        """Chunks in their order, each until the server has it; signs of life between them."""
        number, text, heard_at = 0, "", monotonic()
        while not live.over.wait(EVERY):
            if not text and (text := live.chunk()):
                number += 1
            if not text and monotonic() - heard_at < BEAT:
                continue
            try:
                said = self.at.ask(
                    f"/runner/attempts/{quote(attempt)}/output", {"chunk": number if text else 0, "text": text}
                )
            except ServerUnreachable:
                continue
            except NotSignedIn as trouble:
                live.why = trouble.message
                self.turned_away(trouble.message)
                return
            except TocsinError as trouble:
                log.warning("the output of a run is shown no more: %s", trouble)
                return
            heard_at, text = monotonic(), ""
            if said["lost"]:
                # It was given up: it goes on to its end, which is told as late.
                log.warning("the server had given up a run that still goes on here; its end is told as late")
                return
            live.why = live.why or str(said["end"])


def _ended(execution: Execution, why: str) -> Ended:
    trouble = execution.trouble or (why if execution.cancelled else "")
    return Ended(
        execution.exit_codes,
        execution.truncated,
        execution.timed_out,
        execution.seconds,
        trouble,
        execution.cancelled,
        execution.lost,
    )
