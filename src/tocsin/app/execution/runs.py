"""Runs as they ended: what ran, by whose wish, how it went, and the whole of its output, in chunks.

The fact keeps the beginning and the end of an output; when it is longer, all that was kept lies in a document beside
it. Both were masked before they were stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.app.access import Caller, Permission
from tocsin.app.desk import Desk
from tocsin.app.execution.kept_outputs import output_kind
from tocsin.app.store import Store
from tocsin.errors import NotFound
from tocsin.incident.facts import Citation, Recorded
from tocsin.incident.step_facts import StepFinished, StepOutcome, StepOutcomeUnknown, StepStarted, StepTicked
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.streams import Mark, Piece, joined, marks, part, pieces, read

CHUNK = 32 * 1024
"""Characters of an output that one page shows, about; a chunk ends with a line where it can."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a step. ``ended_at`` and ``outcome`` are None while it is under way.

    ``command`` is empty for what somebody did by hand and pasted. ``text`` is all that was kept of its output; where
    the command printed more, a line of it says so. ``streams`` tells which of it came by which stream.
    """

    id: str
    step: str
    title: str
    command: str
    target: str
    by: str
    started_at: datetime
    cite: Citation | None
    ended_at: datetime | None = None
    outcome: StepOutcome | None = None
    exit_codes: tuple[int, ...] = ()
    seconds: float = 0.0
    text: str = ""
    streams: tuple[Mark, ...] = ()

    @property
    def name(self) -> str:
        """What addresses call it: the last part of its id, unique within the incident."""
        return run_name(self.id)

    @property
    def says(self) -> str:
        """How it ended, in words; empty while it is under way."""
        return StepPhase(self.outcome.value).says if self.outcome else ""

    @property
    def chunks(self) -> tuple[str, ...]:
        """The output in order; joined they are the text. At least one, which is empty when nothing was printed."""
        return chunks(self.text)

    def chunk(self, number: int) -> tuple[Piece, ...]:
        """The pieces of a chunk by their streams; chunks are counted from 1."""
        before = sum(map(len, self.chunks[: number - 1]))
        return part(pieces(self.text, self.streams), before, before + len(self.chunks[number - 1]))


@dataclass(slots=True)
class Runs:
    """The use cases around runs that were."""

    store: Store
    desk: Desk

    def one(self, caller: Caller, incident_id: str, name: str) -> Run:
        """The run of that name. Raises NotFound."""
        caller.require(Permission.READ, incident_id)
        with self.store.read() as tx:
            incident = self.desk.one(tx, incident_id)
            facts = tx.incidents.facts([incident.id]).get(incident.id, ())
            found = _folded(facts, name)
            if found is None:
                raise NotFound(f"{incident.id} has no run {name!r}; its timeline links to those that it has")
            whole = tx.documents.newest(incident.id, output_kind(found.id))
        if whole is None:
            return found
        told = read(whole.body)
        return replace(found, text=joined(told), streams=marks(told))


def run_name(run: str) -> str:
    """The last part of a run's id.

    >>> run_name("INC-1/5c0ffee/1a2b3c4d")
    '1a2b3c4d'
    """
    return run.rpartition("/")[2]


def chunks(text: str, size: int = CHUNK) -> tuple[str, ...]:
    """A text in pieces of at most ``size`` characters, each ending with a line's end where one lies in its latter half.

    >>> chunks("one\\ntwo\\nthree\\n", 9)
    ('one\\ntwo\\n', 'three\\n')
    """
    pieces: list[str] = []
    start = 0
    while len(text) - start > size:
        line_end = text.rfind("\n", start + size // 2, start + size)
        end = line_end + 1 if line_end >= 0 else start + size
        pieces.append(text[start:end])
        start = end
    return (*pieces, text[start:])


def _folded(facts: Sequence[Recorded], name: str) -> Run | None:
    """The run as its facts tell it; a result that came after it was given up as unknown is the one that counts."""
    found: Run | None = None
    for one in facts:
        match one.fact:
            case StepStarted(run=run) if run_name(run) == name:
                found = _started(one.fact, one)
            case StepTicked(run=run) if run and run_name(run) == name:
                found = _by_hand(one.fact, one)
            case StepFinished(run=run) if found is not None and run == found.id:
                found = _finished(found, one.fact, one.at)
            case StepOutcomeUnknown(run=run) if found is not None and run == found.id:
                found = replace(found, ended_at=one.at, outcome=StepOutcome.UNKNOWN)
            case _:
                pass
    return found


def _started(fact: StepStarted, one: Recorded) -> Run:
    return Run(fact.run, fact.step, fact.title, fact.command, fact.target, one.by.name, one.at, fact.cite)


def _by_hand(fact: StepTicked, one: Recorded) -> Run:
    """What somebody did in their own terminal, and pasted."""
    by = one.by.name
    return Run(fact.run, fact.step, fact.title, "", "", by, one.at, fact.cite, one.at, fact.outcome, text=fact.output)


def _finished(run: Run, fact: StepFinished, at: datetime) -> Run:
    return replace(
        run,
        ended_at=at,
        outcome=fact.outcome,
        exit_codes=fact.exit_codes,
        seconds=fact.seconds,
        text=fact.output,
        streams=fact.streams,
    )
