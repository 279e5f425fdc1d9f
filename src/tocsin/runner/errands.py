"""Carries out one job: written down, begun only with the server's yes, streamed while it runs, told at its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from urllib.parse import quote

from tocsin.app.execution.envelopes import Ended, Errand
from tocsin.app.ports import Execution, StepRunner
from tocsin.clock import monotonic, since_boot
from tocsin.errors import BadInput, NotEnrolled, NotSignedIn, ServerUnreachable, TocsinError, UnknownAttempt
from tocsin.incident.streams import Piece, Stream, signed, split, written
from tocsin.runner.answers import Begin, Heard, Noted
from tocsin.runner.connection import Connection
from tocsin.runner.journal import Journal, Report
from tocsin.runner.permitting import Permits

log = logging.getLogger(__name__)

EVERY = 0.3
"""Seconds between two chunks of a run that prints."""
BEAT = 1.0
"""Seconds between two signs of life of one that does not; what people wish comes back with them."""
BEGIN_WITHIN = 15.0
"""Seconds within which a run has to begin once it is taken: half the lease, so that nothing begins after it."""
BROKEN = "the runner could not carry it through, and nobody can say how far it came: look there, and at its log"
TOO_LATE = "the server's yes came too late"
REFUSED = (
    "the server refuses a request of this runner (%s); what runs here goes on, and it is asked again. If it stays so: "
    "compare the clocks of both hosts, and look whether a proxy between them sends requests twice"
)
"""What is logged when a request is refused and the runner is known: nothing that runs is ended for it."""
CHUNK = 128 * 1024
"""Characters of one chunk, and of one part of the end."""
LIVE = 2 * CHUNK
"""Characters that wait to be shown; of more the oldest are left out, of the live view only."""


@dataclass(slots=True)
class Live:
    """What a run has printed and the server has not heard, with signs of its streams; why somebody wants it ended."""

    waiting: str = ""
    left_out: int = 0
    why: str = ""
    over: threading.Event = field(default_factory=threading.Event)
    _stream: Stream = Stream.NEITHER
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, piece: Piece) -> None:
        """The next piece, masked."""
        with self._lock:
            self.waiting += piece.text if piece.stream is self._stream else signed(piece)
            self._stream = piece.stream
            over = len(self.waiting) - LIVE
            if over > 0:
                self.waiting, self.left_out = split(self.waiting, over)[1], self.left_out + over

    def chunk(self) -> str:
        """The next chunk."""
        with self._lock:
            gap = f"\n[… {self.left_out} characters left out of the live view …]\n" if self.left_out else ""
            chunk, self.waiting = split(self.waiting, CHUNK)
            self.left_out = 0
            if not self.waiting:
                self._stream = Stream.NEITHER  # the next chunk says anew by which stream it begins
            return gap + chunk


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
    seconds: Callable[[], float] = since_boot
    """Counts on while this host is suspended, for the server's lease does."""
    _telling: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, errand: Errand) -> None:
        """From the journal to the report; never raises for what a command or a network does.

        A command that this host could not carry through is reported too, as lost: it may have begun.
        """
        run, began = errand.job.run, self.seconds()
        if not self.journal.take(errand.attempt, run):
            log.error("the server sent the run %s again; it is not run a second time", run)
            return
        live = Live()
        streaming = threading.Thread(target=self._stream, args=(errand.attempt, live), daemon=True)
        why = self.permits.why_not(errand) or self._why_not_begin(errand, began)
        why = why or self._why_not_now(errand, began, streaming)
        if why:
            live.over.set()
            self._end(errand, "", Ended(trouble=f"nothing was run: {why}", begun=False))
            return
        log.info("runs %s", run)
        try:
            output, ended = self._run(errand, live)
        finally:
            live.over.set()
        self._end(errand, output, ended)
        streaming.join()

    def _run(self, errand: Errand, live: Live) -> tuple[str, Ended]:
        """What it printed, with what tells its streams apart, and how it ended."""
        lent = tuple(name for name in errand.job.variables if name in self.permits.variables)
        job = replace(errand.job, variables=lent)
        try:
            execution = self.runner.run(job, hear=live.hear, cancelled=lambda: bool(live.why) or self._stopped(live))
        except Exception as error:
            log.exception("carrying out the run %s failed", job.run)
            what = getattr(error, "strerror", None) or type(error).__name__  # no more of it: nobody has masked it
            return "", Ended(trouble=f"{BROKEN} ({what})", lost=True)
        return written(execution.pieces), _ended(execution, live.why)

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
            except NotEnrolled as trouble:
                self.turned_away(trouble.message)
                return
            except NotSignedIn as trouble:
                log.error(REFUSED, trouble.message)
                return
            except UnknownAttempt:
                log.warning("the server does not know the run of a report; it is dropped")
                self.journal.told(report.attempt)
            except TocsinError as trouble:
                # A node of another version answers so as well, while a server is brought to a new one.
                self.journal.set_aside(report.attempt, f"the server does not take it ({trouble.message})")
            else:
                self.journal.told(report.attempt)

    def _tell(self, report: Report) -> None:
        parts: list[str] = []
        text = report.output
        while text or not parts:
            part, text = split(text, CHUNK)
            parts.append(part)
        for number, part in enumerate(parts, start=1):
            last = number == len(parts)
            body = {"part": number, "text": part, **({"ended": asdict(report.ended)} if last else {})}
            self.at.ask(f"/runner/attempts/{quote(report.attempt)}/end", body, Noted)

    def _why_not_begin(self, errand: Errand, began: float) -> str:
        try:
            said = self.at.ask(f"/runner/attempts/{quote(errand.attempt)}/start", {}, Begin, patience=BEGIN_WITHIN)
        except TocsinError as trouble:
            return f"the server did not say that it may begin ({trouble.message})"
        if not said.go:
            return said.why or "the server said no"
        return self._late(began)

    def _why_not_now(self, errand: Errand, began: float, streaming: threading.Thread) -> str:
        """Write down that it begins, and give signs of life; looked at again after both, for a disk may be slow."""
        try:
            self.journal.start(errand.attempt, errand.job.run)
            streaming.start()
        except (OSError, RuntimeError) as error:
            return f"this host has no room for it ({error})"
        return self._late(began)

    def _late(self, began: float) -> str:
        return "" if self.seconds() - began < BEGIN_WITHIN else TOO_LATE

    def _end(self, errand: Errand, output: str, ended: Ended) -> None:
        report = Report(errand.attempt, output, ended)
        try:
            self.journal.end(errand.job.run, report)
        except OSError:
            log.exception("the end of the run %s cannot be kept here; it is told only now", errand.job.run)
            with self._telling:
                self._tell(report)
            return
        self.tell()

    def _stopped(self, live: Live) -> bool:
        if self.stopping.is_set():
            live.why = "the runner was stopped"
        return self.stopping.is_set()

    def _stream(self, attempt: str, live: Live) -> None:
        """Chunks in their order, each until the server has it; signs of life between them, whatever goes wrong."""
        number, text, heard_at, complained = 0, "", monotonic(), False
        while not live.over.wait(EVERY):
            if not text and (text := live.chunk()):
                number += 1
            if not text and monotonic() - heard_at < BEAT:
                continue
            try:
                body = {"chunk": number if text else 0, "text": text}
                said = self.at.ask(f"/runner/attempts/{quote(attempt)}/output", body, Heard)
            except ServerUnreachable:
                continue
            except NotEnrolled as trouble:
                live.why = trouble.message
                self.turned_away(trouble.message)
                return
            except UnknownAttempt as trouble:
                log.warning("the output of a run is shown no more: %s", trouble)
                return
            except TocsinError as trouble:
                # Without signs of life the run would be given up, and nobody could end it: they go on.
                if not complained:
                    log.error(*_refusal(trouble))
                complained = True
                if isinstance(trouble, BadInput) and text:
                    number, text = number - 1, ""  # left out of the live view; the next one has its number
                continue
            except Exception:
                if not complained:
                    log.exception("what a run prints could not be sent; it is tried again")
                complained = True
                continue
            heard_at, text, complained = monotonic(), "", False
            if said.lost:
                # It was given up: it goes on to its end, which is told as late.
                log.warning("the server had given up a run that still goes on here; its end is told as late")
                return
            live.why = live.why or said.end


def _refusal(trouble: TocsinError) -> tuple[str, str]:
    """What to log when the server does not want to hear a run, and what it said."""
    known = isinstance(trouble, NotSignedIn)
    return REFUSED if known else "the server does not take what a run prints, it is asked again: %s", trouble.message


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
