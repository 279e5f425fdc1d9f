"""Runs on their way to runners: offered, taken, started, heard, ended; at most once, whoever dies in between.

The claim of the outbox is held for the attempt, so it outlives the node that offered it, and any node goes on with
it. What was offered or taken and not started has not run, and says so; what was started and is not heard of any more
is unknown and waits for a person. Nothing is ever offered twice. ADR 0019 tells the whole story.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.execution.envelopes import PROTOCOL, Ended, Envelope, Errand, Signed, sealed
from tocsin.app.execution.halting import SWITCHED_OFF, halted
from tocsin.app.execution.kept_outputs import masked
from tocsin.app.execution.outputs import Outputs, last
from tocsin.app.execution.runners import SHELL, Beat, Runners, reaches, same
from tocsin.app.ports import Execution, Hear, Job
from tocsin.app.rows.records import OutboxEntry
from tocsin.app.rows.runners import AttemptRow, AttemptState, RunnerRow
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock, monotonic
from tocsin.errors import BadInput, Conflict, Unavailable, UnknownAttempt
from tocsin.incident.streams import Piece, read, written
from tocsin.incident.terminal_text import plain
from tocsin.runbook.instructions import Effect

log = logging.getLogger(__name__)

OFFERED = timedelta(seconds=60)
"""How long a run waits for a runner; consent does not lie around for longer."""
LEASE = timedelta(seconds=30)
"""How long a runner may be silent: it is heard every second while it runs something."""
SLACK = timedelta(minutes=1)
"""How much longer than its own bounds a run may say that it goes on: ending it takes a while."""
BACKSTOP = timedelta(minutes=5)
"""How much longer the claim of the outbox is held: it is given up here first."""
KEPT = timedelta(days=7)
SWEEP = 1.0
FORGETS = 60.0
"""Seconds between two removals of what is too old to be asked for."""
MOST_PARTS = 64
LONGEST_PART = 256 * 1024
"""Characters of one part of an output; one chunk of it is no longer either."""
_TRIES = 5
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Go:
    """Whether a runner may begin, and why not."""

    go: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """Up to which chunk a run was heard; ``end`` says why it is to be ended, ``lost`` that it was given up.

    Both: it was given up, and if it goes on it is to be ended.
    """

    heard: int
    end: str = ""
    lost: bool = False


@dataclass(slots=True)
class Attempts:
    """What runners ask for, and what is looked after meanwhile. ``key`` signs the jobs.

    ``offered`` counts the offers of this process: who waits for work looks when it changes.
    """

    store: Store
    clock: Clock
    runners: Runners
    carrier: StepCarrier
    outputs: Outputs
    key: str
    offered: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _listening: datetime | None = None
    """Since when the runners are heard without a break, as far as this process knows; None: all the time."""
    _shown: set[str] = field(default_factory=set)
    """The runs of runners whose live output this process holds."""

    @property
    def stopping(self) -> bool:
        """Whether this process is about to end: nobody should wait for it."""
        return self._stop.is_set()

    # --- from the server's side ------------------------------------------------------------------------------

    def offer(self, entry: OutboxEntry, job: Job, effect: str) -> None:
        """Offer the run of a claimed entry; nothing when its claim was lost."""
        now = self.clock.now()
        row = replace(
            self._row(job, effect, now, OFFERED),
            incident_id=entry.effect.incident_id,
            effect_key=entry.effect.key,
            effect_token=entry.token,
        )
        with self.store.transact() as tx:
            if not tx.outbox.hand_over(row.effect_key, row.effect_token, "runners", row.until + BACKSTOP):
                return
            tx.runners.offer(row)
        self._show(row)
        self.offered += 1

    def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
        """A look that belongs to no incident, by a runner of its target; waits for its end (the port StepRunner)."""
        now = self.clock.now()
        with self.store.read() as tx:
            reach = reaches(tx, now, (job.target.runner,))[job.target.runner]
        if reach.why_not:
            return Execution((), "", False, False, 0.0, reach.why_not)
        # A runner never begins an id that it has seen: each look has one of its own.
        job = replace(job, run=f"{job.run}/{secrets.token_hex(8)}")
        row = self._row(job, Effect.READ_ONLY.value, now, LEASE)
        with self.store.transact() as tx:
            tx.runners.offer(row)
        self.offered += 1
        deadline = monotonic() + (LEASE + job.limits.total + LEASE).total_seconds()
        while monotonic() < deadline and not self.stopping and not cancelled():
            with self.store.read() as tx:
                found = tx.runners.attempt(row.id)
            if found is not None and found.state is AttemptState.ENDED:
                execution = msgspec.json.decode(found.result, type=Ended).execution(found.output)
                for piece in execution.pieces:
                    hear(piece)
                return execution
            if found is None or found.state is AttemptState.LOST:
                break
            time.sleep(0.1)
        return Execution((), "", False, False, 0.0, "the runner did not say what it saw", lost=True)

    def sweep(self) -> None:
        """End what nobody took, what nobody began, and what is not heard of any more.

        What runs is spared for one lease after nobody could be heard: the server was away, not its runners.
        """
        now, shown = self.clock.now(), set(self._shown)
        spared = self._listening is not None and now < self._listening + LEASE
        with self.store.read() as tx:
            rows = tx.runners.open_attempts()
            halt = halted(tx) if rows else None
            ended = {row.id: self._wish(tx, row) for row in rows if row.state is AttemptState.OFFERED}
        for row in rows:
            self._show(row)
            if row.state is AttemptState.OFFERED and (why := halt.says if halt else ended[row.id]):
                self._close(row, Ended(trouble=why, cancelled=True, begun=False))
            elif row.until <= now and not (spared and row.state is AttemptState.STARTED):
                self._overdue(row)
        for run in shown - {row.run for row in rows}:  # another node has recorded its end
            self._hide(run)

    def loop(self, stop: threading.Event) -> None:
        """Sweep every second until told to stop."""
        self._stop, self._listening, forgot = stop, self.clock.now(), -FORGETS
        while not stop.wait(SWEEP):
            try:
                self.sweep()
                if monotonic() - forgot >= FORGETS:
                    forgot = monotonic()
                    with self.store.transact() as tx:
                        tx.runners.forget(self.clock.now() - KEPT)
                        tx.runners.forget_words(self.clock.wall())
            except (Conflict, Unavailable) as trouble:
                if isinstance(
                    trouble, Unavailable
                ):  # after a conflict the store is there, and so are the signs of life
                    self._listening = self.clock.now()
                log.warning("the runs of runners could not be looked after: %s", trouble)
            except Exception:
                self._listening = self.clock.now()
                log.exception("looking after the runs of runners failed; trying again")

    # --- from the runners' side ------------------------------------------------------------------------------

    def take(self, signed: Signed, said: Beat, row: RunnerRow | None = None) -> Envelope | None:
        """The oldest offer that this runner may and would carry, for it alone; None when there is none.

        ``row`` is the runner when this request was admitted already: it is looked up anew. Raises NotSignedIn.
        """
        runner = self.runners.admit(signed) if row is None else self.runners.again(row)
        self.runners.noted(runner, said)
        now = self.clock.now()
        with self.store.read() as tx:
            if halted(tx) is not None:
                return None
            offers = [one for one in tx.runners.open_attempts() if _fits(one, runner, said, now)]
            offers = [one for one in offers if not self._wish(tx, one)]
        for offer in offers:
            taken = replace(offer, state=AttemptState.TAKEN, runner=runner.name, until=now + LEASE)
            with self.store.transact() as tx:
                present = tx.runners.get(runner.name)
                if present is None or not same(present, runner) or offer.label not in present.labels:
                    return None
                if not tx.runners.swap(taken) or not self._hold(tx, taken):
                    continue
            job = msgspec.json.decode(offer.job, type=Job)
            errand = Errand(PROTOCOL, offer.id, runner.name, signed.once, offer.effect, job)
            return sealed(errand, self.key)
        return None

    def start(self, signed: Signed, id: str) -> Go:
        """Whether the runner may begin now. Once it was told so, the run has happened or is unknown."""
        runner, row = self._mine(signed, id)
        if row.state is not AttemptState.TAKEN:
            return Go(False, "it was not begun within its lease" if row.runner else "somebody else has it")
        now = self.clock.now()
        with self.store.read() as tx:
            halt = halted(tx)
            why = halt.says if halt else self._wish(tx, row)
        if why:
            self._close(row, Ended(trouble=why, cancelled=True, begun=False))
            return Go(False, why)
        if row.label not in runner.labels:
            why = f"nothing was run: the runner {runner.name} has no label {row.label} any more"
            self._close(row, Ended(trouble=why, begun=False))
            return Go(False, why)
        started = replace(row, state=AttemptState.STARTED, until=now + LEASE)
        with self.store.transact() as tx:
            if row.until <= now or not tx.runners.swap(started) or not self._hold(tx, started):
                return Go(False, "it was not begun within its lease")
        self._show(started)
        self.runners.noted(runner)
        return Go(True)

    def hear(self, signed: Signed, id: str, seq: int, text: str) -> Heard:
        """A sign of life of a run, and the next chunk of its output if there is one; a chunk is heard once, in turn.

        It keeps the run's lease, as long as the run may take at most.
        """
        if len(text) > LONGEST_PART:
            raise BadInput(f"a chunk has at most {LONGEST_PART} characters")
        runner, row = self._own(self.runners.known(signed), id)
        for _ in range(_TRIES):
            if row.state is not AttemptState.STARTED:
                with self.store.transact() as tx:
                    self.runners.use(tx, signed)
                self.runners.noted(runner)
                return self._lost(row)
            new = bool(text) and seq == row.heard + 1
            printed = last((*read(row.output), *self._clean(text))) if new else ()
            kept = replace(row, until=min(self.clock.now() + LEASE, _bound(row)), heard=row.heard + new)
            kept = replace(kept, output=written(printed)) if new else kept
            with self.store.transact() as tx:
                done = tx.runners.swap(kept)
                if done:
                    self.runners.use(tx, signed)
                held = done and self._hold(tx, kept)
            if done:
                self.runners.noted(runner)
            if done and not held:
                return self._lost(row)
            if done:
                if new:
                    self._show(kept)
                with self.store.read() as tx:
                    halt = halted(tx)
                    return Heard(kept.heard, halt.says if halt else self._wish(tx, row))
            row = self._again(id)
        raise Conflict("somebody else changes this run; try again")

    def end(self, signed: Signed, id: str, part: int, text: str, ended: Ended | None) -> None:
        """One part of what a run has printed, counted from 1; with the last one, how it ended. Sent again is no harm.

        A result that comes after the run was given up is recorded as late. What is in it commands no terminal, whatever
        a runner sends that somebody has broken into (F50).
        """
        if not 1 <= part <= MOST_PARTS or len(text) > LONGEST_PART:
            raise BadInput(f"the end of a run has at most {MOST_PARTS} parts of {LONGEST_PART} characters")
        printed = self._clean(text)
        ended = self._masked(replace(ended, trouble=plain(ended.trouble))) if ended is not None else None
        runner, row = self._mine(signed, id)
        self.runners.noted(runner)
        for _ in range(_TRIES):
            if row.state is AttemptState.ENDED:
                return
            if part == row.parts + 1:
                before = read(row.output) if row.parts else ()  # until then it holds what was heard last
                row = replace(row, parts=part, output=written((*before, *printed)))
            elif part > row.parts:
                raise Conflict(f"part {row.parts + 1} of the end of this run comes next")
            row = row if row.state is AttemptState.LOST else replace(row, until=self.clock.now() + LEASE)
            if ended is not None:
                if self._conclude(row, ended):
                    return
            else:
                with self.store.transact() as tx:
                    if tx.runners.swap(row):
                        return
            row = self._again(id)
        raise Conflict("somebody else changes this run; try again")

    # --- both ------------------------------------------------------------------------------------------------

    def _row(self, job: Job, effect: str, now: datetime, within: timedelta) -> AttemptRow:
        id, text = secrets.token_urlsafe(24), msgspec.json.encode(job).decode()
        return AttemptRow(id, job.run, job.target.runner, text, effect, now, now + within)

    def _mine(self, signed: Signed, id: str) -> tuple[RunnerRow, AttemptRow]:
        return self._own(self.runners.admit(signed), id)

    def _own(self, runner: RunnerRow, id: str) -> tuple[RunnerRow, AttemptRow]:
        row = self._again(id)
        if row.runner != runner.name:
            raise UnknownAttempt
        return runner, row

    def _again(self, id: str) -> AttemptRow:
        with self.store.read() as tx:
            row = tx.runners.attempt(id)
        if row is None:
            raise UnknownAttempt
        return row

    def _hold(self, tx: Transaction, row: AttemptRow) -> bool:
        """Hold the claim of the outbox as long as the lease and longer; false when it was given up."""
        key, until = row.effect_key, row.until + BACKSTOP
        return not key or tx.outbox.hand_over(key, row.effect_token, f"runner {row.runner}", until)

    def _wish(self, tx: Transaction, row: AttemptRow) -> str:
        """Why somebody wants it ended; empty when nobody does."""
        if not row.incident_id:
            return ""
        if not self.carrier.office.team().commands_enabled:
            return SWITCHED_OFF
        state = self.carrier.office.desk.one(tx, row.incident_id).step_of_run(row.run)
        if state is None or not state.running:
            return "it was given up"
        return f"ended by {state.cancelled_by}" if state.cancelled_by else ""

    def _lost(self, row: AttemptRow) -> Heard:
        """What a run is told that was given up: it goes on within its own bounds, unless somebody wants it ended."""
        with self.store.read() as tx:
            halt = halted(tx)
            state = self.carrier.office.desk.one(tx, row.incident_id).step_of_run(row.run) if row.incident_id else None
        by = state.cancelled_by if state else ""
        return Heard(row.heard, halt.says if halt else f"ended by {by}" if by else "", lost=True)

    def _masked(self, value: _T) -> _T:
        return self.carrier.office.desk.masker.value(value)

    def _clean(self, text: str) -> tuple[Piece, ...]:
        """What a runner sent of an output, by its streams: it commands no terminal and shows no known secret."""
        return masked(self.carrier.office.desk.masker, (Piece(plain(one.text), one.stream) for one in read(text)))

    def _show(self, row: AttemptRow) -> None:
        """Show here what was heard last, on whatever node; that it begins is news too."""
        if row.incident_id and not row.parts:
            self._shown.add(row.run)
            self.outputs.adopt(row.run, row.heard + (row.state is AttemptState.STARTED), read(row.output))

    def _hide(self, run: str) -> None:
        self.outputs.end(run)
        self._shown.discard(run)

    def _overdue(self, row: AttemptRow) -> None:
        match row.state:
            case AttemptState.OFFERED:
                seconds = int((row.until - row.offered_at).total_seconds())
                why = (
                    f"nothing was run: within {seconds} s no runner with the label {row.label} took it; "
                    "`tocsin runners` says which are there, what they allow, and when they were seen"
                )
                self._close(row, Ended(trouble=why, begun=False))
            case AttemptState.TAKEN:
                why = f"nothing was run: the runner {row.runner} took it and did not begin within its time"
                self._close(row, Ended(trouble=why, begun=False))
            case _:
                silent = f"was not heard of for {int(LEASE.total_seconds())} s while it ran"
                late = "has not said how it ended, long after its time was over"
                why = (
                    f"the runner {row.runner} {late if row.until >= _bound(row) else silent}: "
                    "nobody can say how it ended; look there"
                )
                self._close(row, Ended(trouble=why, lost=True), AttemptState.LOST)

    def _close(self, row: AttemptRow, ended: Ended, state: AttemptState = AttemptState.ENDED) -> bool:
        """Say that it is over, then record it: a runner that asks to begin at this moment is told no, or was first.

        False when the attempt was changed meanwhile. A process that dies in between leaves it to the claim's end.
        """
        with self.store.transact() as tx:
            if not tx.runners.swap(replace(row, state=state, result=msgspec.json.encode(ended).decode())):
                return False
        self._record(row, ended, row.output)
        return True

    def _conclude(self, row: AttemptRow, ended: Ended) -> bool:
        """Record what its runner said of its end, then say that it is over: a process that dies in between does the
        first again, which is no harm. False when the attempt was changed meanwhile."""
        with self.store.read() as tx:
            present = tx.runners.attempt(row.id)
        if present is None or present.change != row.change:
            return False
        recorded = self._record(row, ended, row.output)
        over = replace(row, state=AttemptState.ENDED, result=msgspec.json.encode(ended).decode())
        with self.store.transact() as tx:
            return tx.runners.swap(replace(over, output="" if recorded else written(self._clean(row.output))))

    def _record(self, row: AttemptRow, ended: Ended, output: str) -> bool:
        """Record the end of a run of an incident; false for a look that belongs to none."""
        self._hide(row.run)
        if not row.incident_id:
            return False
        with self.store.read() as tx:
            entries = tx.outbox.entries(row.incident_id)
        for entry in (one for one in entries if one.effect.key == row.effect_key):
            # With the token of this attempt, whoever has the entry now: a stale one changes nothing there.
            self.carrier.end(replace(entry, token=row.effect_token), ended.execution(output))
        return True


def _bound(row: AttemptRow) -> datetime:
    """Until when a run may go on that is begun as late as it may: no sign of life keeps it longer."""
    return row.offered_at + OFFERED + LEASE + msgspec.json.decode(row.job, type=Job).limits.total + SLACK


def _fits(offer: AttemptRow, runner: RunnerRow, said: Beat, now: datetime) -> bool:
    fits = offer.state is AttemptState.OFFERED and offer.label in runner.labels and offer.until > now
    if not fits or offer.effect not in said.effects:
        return False
    return msgspec.json.decode(offer.job, type=Job).shell is None or SHELL in said.effects
