"""What happened in the world, as somebody saw it who stands outside of the application and forgets nothing.

The invariants are functions over a witness and the store. Numbers are true time, in seconds; instants are the
engines' own time, whose way beside the true one is kept (``moments``) and judged by an invariant of its own. An
*excuse* is a span in which nobody could have kept time: no process was running. That a clock was set excuses nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tocsin.app.ports import Outcome
from tocsin.app.rows.records import Appending
from tocsin.incident import fold
from tocsin.incident.effects import Effect
from tocsin.incident.facts import Declared, EscalationExhausted, LevelPaged, LevelSkipped, Paged, Recorded
from tocsin.incident.incident import Incident
from tocsin.incident.pending import Pending, pending, still_wanted
from tocsin.incident.plan import ResponsePlan

FOR_EVER = datetime.max.replace(tzinfo=UTC)
SLACK = timedelta(seconds=2)
"""What R5 allows between the instant at which something is due and the instant at which it is done."""

_BY_TIME = (LevelPaged, LevelSkipped, EscalationExhausted)


@dataclass(slots=True)
class Call:
    """One call of a provider: which page, from which process, what came of it. ``ended`` None: the caller died."""

    key: str
    incident_id: str
    kind: str
    node: str
    begun: float
    arrived: bool = False
    ended: float | None = None
    outcome: Outcome | None = None
    settled: bool = False  # the caller committed that it was sent


@dataclass(slots=True)
class Run:
    """One start of a step's command; ``words`` are what was run, by stages of its pipeline."""

    run: str
    node: str
    begun: float
    ended: float | None = None
    words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """An outbox entry was claimed."""

    key: str
    token: int
    node: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim was finished, put back or given up; ``ok`` is what the outbox said to it."""

    key: str
    token: int
    node: str
    verb: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One fact as it was committed, and what was pending before it (asked for where it matters)."""

    before: int  # the last seq before it
    coming: tuple[Pending, ...]
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class Moment:
    """What the engine's clock of a process said at a true time."""

    at: datetime
    true: float
    node: str
    taken_over: bool = False  # the first of a process that found nobody waiting, and the clock that it follows ahead


@dataclass(slots=True)
class Commit:
    """What one transaction changed."""

    node: str
    true: float
    at: datetime
    appended: list[Appending] = field(default_factory=list)
    outbox: list[Claimed | Settled] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class Witness:
    """Sees and keeps everything."""

    plans: Mapping[str, ResponsePlan]
    patience: float  # X of R6: seconds between an acknowledgement's commit and the last call that may begin
    calm: bool = False  # nothing goes wrong in this world
    commits: int = 0
    ended: datetime = FOR_EVER  # when the last look was taken
    moments: list[Moment] = field(default_factory=list)
    set_at: float | None = None
    """When the clock that is followed was set first: before that, the engines' time is the true one."""
    offset: float = 0.0
    """Seconds by which the engines' time was ahead of the true one then."""
    apart: float = 0.01
    """Seconds that the engines' times of two nodes may be apart."""
    accepted: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """The pages that somebody opened on the built-in phone."""
    refused: Counter[str] = field(default_factory=Counter)
    """How often people were refused something, by the reason."""
    timelines: dict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    incidents: dict[str, Incident] = field(default_factory=dict)
    committed_at: dict[tuple[str, int], float] = field(default_factory=dict)  # true, by incident and seq
    effects: dict[str, Effect] = field(default_factory=dict)
    unwanted_since: dict[str, float] = field(default_factory=dict)  # by page
    wanted: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tokens: dict[str, int] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    mails: list[Call] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    excuses: list[tuple[float, float]] = field(default_factory=list)
    blows: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """By process: when it was killed, paused, or a commit of its own failed."""
    violations: list[str] = field(default_factory=list)
    _coming: dict[str, tuple[int, tuple[Pending, ...]]] = field(default_factory=dict)

    def take_in(self, commit: Commit) -> None:
        """Fold what was committed into the witness's own picture."""
        self.commits += 1
        for appending in commit.appended:
            for number, recorded in enumerate(appending.facts):
                commit.steps.append(self._fold(recorded, first=number == 0))
                self.committed_at[recorded.incident_id, recorded.seq] = commit.true
            self.effects.update((e.key, e) for e in appending.effects)
            self._forget_unwanted(appending.summary.incident_id, commit.true)
        for act in commit.outbox:
            if isinstance(act, Claimed):
                self.tokens[act.key] = act.token

    def excuse(self, since: float, until: float) -> None:
        """Nobody could keep time in this span."""
        self.excuses.append((since, until))

    def is_excused(self, since: datetime, until: datetime) -> bool:
        """Whether a span touches one in which nobody could keep time."""
        begins, ends = self.true(since), self.true(until)
        return any(a <= ends and begins <= b for a, b in self.excuses)

    def true(self, at: datetime) -> float:
        """The true time of an instant, by the moments around it."""
        place = bisect_left(self.moments, at, key=lambda one: one.at)
        before, after = self.moments[max(0, place - 1)], self.moments[min(place, len(self.moments) - 1)]
        span = (after.at - before.at) / timedelta(seconds=1)
        pace = (after.true - before.true) / span if span > 0 else 1.0
        return before.true + (at - before.at) / timedelta(seconds=1) * pace

    def blow(self, node: str, true: float) -> None:
        """Something happened to a process."""
        self.blows[node].append(true)

    def was_hit(self, node: str, since: float, until: float) -> bool:
        """Whether something happened to a process in a span."""
        return any(since <= at <= until for at in self.blows[node])

    def orders(self) -> Iterator[tuple[Recorded, Paged]]:
        """Every page that was ever ordered."""
        for timeline in self.timelines.values():
            for recorded in timeline:
                if isinstance(recorded.fact, Paged):
                    yield recorded, recorded.fact

    def calls_by_key(self) -> Mapping[str, Sequence[Call]]:
        """The calls of the providers by page."""
        found: dict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            found[call.key].append(call)
        return found

    def coming(self, incident_id: str) -> tuple[Pending, ...]:
        """What is pending for an incident as it stands."""
        incident = self.incidents[incident_id]
        seq, known = self._coming.get(incident_id, (0, ()))
        if seq != incident.last_seq:
            known = pending(incident)
            self._coming[incident_id] = incident.last_seq, known
        return known

    def _fold(self, recorded: Recorded, *, first: bool) -> Step:
        self.timelines[recorded.incident_id].append(recorded)
        incident = self.incidents.get(recorded.incident_id)
        if incident is None:
            assert isinstance(recorded.fact, Declared), f"{recorded.incident_id} does not begin with its declaration"
            self.incidents[recorded.incident_id] = fold.begin(self.plans[recorded.fact.plan], recorded)
            return Step(0, (), recorded)
        coming = self.coming(recorded.incident_id) if first or isinstance(recorded.fact, _BY_TIME) else ()
        before = incident.last_seq
        if recorded.seq == before + 1:  # otherwise an invariant says so
            fold.take_in(incident, recorded)
        if isinstance(recorded.fact, Paged):
            self.wanted[recorded.incident_id].add(recorded.fact.page)
        return Step(before, coming, recorded)

    def _forget_unwanted(self, incident_id: str, true: float) -> None:
        incident = self.incidents[incident_id]
        pages = self.wanted[incident_id]
        gone = [page for page in pages if not still_wanted(incident, incident.pages[page])]
        for page in gone:
            pages.discard(page)
            self.unwanted_since[page] = true
