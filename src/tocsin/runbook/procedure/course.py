"""How the steps of a procedure hang together: ways to choose from, fallbacks, conditions, pairs, checks, undos.

Read from what each step keeps of the document's words (``alternative``, ``condition``), never guessed: a step that
nothing is said of simply follows the one before it. Ids, so that any part of the product can keep them. The compiler
reads the words once, into the ``ties`` of each step; who serves an incident loads no vocabulary for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby

from tocsin.runbook.command.releases import brings_out, goes_back
from tocsin.runbook.grammar import any_of, guarded, pattern
from tocsin.runbook.instructions import Effect, Step, StepKind, Tie
from tocsin.runbook.procedure.pairs import NEAR, Pair, PairKind, pairs_of
from tocsin.runbook.words import vocabulary


@pattern
def _tier() -> str:
    return any_of("term", "once_for_all")


@pattern
def _or() -> str:
    return any_of("or")


@guarded(("if", "upon", "fallback"), ("fails", "persists", "fallback"))
def _fallback() -> str:
    """Where the step before did not do: "If that fails", "if the problem remains", "改善しない場合"."""
    failed = rf"{any_of('it')}(?:\s+\w+)?\s*{any_of('fails')}|{any_of('persists')}"
    return rf"{any_of('if', 'upon')}\s*(?:{failed})|.*{any_of('fallback')}"


@guarded("undo")
def _undo() -> str:
    """Not "Revert the last change": that is something to do, no way back from the step before."""
    return any_of("undo")


@dataclass(frozen=True, slots=True)
class Way:
    """One of several ways to the same end. ``label`` is the document's own ("Option A: Rollback")."""

    label: str
    steps: tuple[str, ...]
    condition: str | None = None

    @property
    def key(self) -> str:
        """What names it: the id of its first step."""
        return self.steps[0]


@dataclass(frozen=True, slots=True)
class Fork:
    """Ways of which one is taken; another is taken when it does not help. ``key`` is the id of the very first step."""

    ways: tuple[Way, ...]

    @property
    def key(self) -> str:
        """What names it."""
        return self.ways[0].key

    def way(self, step: str) -> Way | None:
        """The way that a step lies on."""
        return next((way for way in self.ways if step in way.steps), None)


@dataclass(frozen=True, slots=True)
class Fallback:
    """Steps for the case that ``after`` did not help ("If that fails")."""

    condition: str
    steps: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """Steps that are done only if a person finds that the condition holds. ``key`` is the id of the first."""

    condition: str
    steps: tuple[str, ...]

    @property
    def key(self) -> str:
        """What names it."""
        return self.steps[0]


@dataclass(frozen=True, slots=True)
class Course:
    """How the steps of one procedure or phase hang together, by their ids: ways, fallbacks, conditions, pairs, checks.

    ``checks`` gives for a step that changes something the one that verifies it; ``at_once`` are those of them with
    nothing that changes anything in between. ``unchecked`` have none. ``undos`` gives the step that takes one back;
    ``apart`` are steps that are done for that reason only.
    """

    forks: tuple[Fork, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    branches: tuple[Branch, ...] = ()
    pairs: tuple[Pair, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    at_once: frozenset[str] = frozenset()
    unchecked: frozenset[str] = frozenset()
    undos: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()

    def fork_of(self, step: str) -> Fork | None:
        """The fork that a step lies on a way of."""
        return next((fork for fork in self.forks if fork.way(step)), None)

    def fallback_of(self, step: str) -> Fallback | None:
        """The fallback that a step belongs to."""
        return next((one for one in self.fallbacks if step in one.steps), None)

    def branch_of(self, step: str) -> Branch | None:
        """The branch that a step belongs to."""
        return next((one for one in self.branches if step in one.steps), None)


@lru_cache(maxsize=256)
def course_of(steps: tuple[Step, ...]) -> Course:
    """How these steps hang together."""
    forks = tuple(_forks(steps))
    fallbacks = tuple(_fallbacks(steps))
    pairs = tuple(pairs_of(steps))
    apart, undos = _undos(steps, pairs)
    aside = {id for one in fallbacks for id in one.steps} | apart
    checks, at_once, unchecked = _checks(steps, forks, aside)
    return Course(forks, fallbacks, tuple(_branches(steps, forks)), pairs, checks, at_once, unchecked, undos, apart)


def is_way_back(title: str) -> bool:
    """Whether a title says nothing but that something is taken back: "Rollback", "Rollback plan", "To undo:"."""
    found = _undo().match(title)
    if found is not None and not title[found.end() :].strip(" :：.。"):
        return True
    kind = vocabulary().sections.best(title)
    return kind is not None and kind.kind == "rollback" and kind.coverage >= 1


def undoing(steps: Iterable[Step]) -> list[Step]:
    """The steps below such a title, as what takes back the steps before them."""
    done = (StepKind.COMMAND, StepKind.MANUAL)
    return [replace(step, ties=(Tie.UNDO,)) if step.kind in done else step for step in steps]


def ties_of(step: Step) -> tuple[Tie, ...]:
    """What a step's words say of how it hangs together with others; what its place says is kept."""
    found: list[Tie] = []
    if step.alternative is not None:
        if _tier().match(step.alternative):
            found.append(Tie.TERM)
        elif _or().match(step.alternative):
            found.append(Tie.OTHER_WAY)
    if step.condition is not None and _fallback().match(step.condition):
        found.append(Tie.FALLBACK)
    if Tie.UNDO in (step.ties or ()) or _undo().match(step.title) or is_way_back(step.title):
        found.append(Tie.UNDO)
    return tuple(found)


def _is(step: Step, tie: Tie) -> bool:
    return tie in (ties_of(step) if step.ties is None else step.ties)


def changes(step: Step) -> bool:
    """Whether it does more than look, or may."""
    return step.command is not None and step.command.effect is not Effect.READ_ONLY


def verifies(step: Step) -> bool:
    """Whether it can tell how something went."""
    looks = step.command is not None and not changes(step)
    return (step.section == "verification" and not changes(step)) or step.kind is StepKind.VERIFY or looks


def _forks(steps: Sequence[Step]) -> Iterator[Fork]:
    ways: list[Way] = []
    before: tuple[Step, ...] = ()  # the steps of one title that an "Or …" is the other way to
    first: Step | None = None
    labels: set[str] = set()
    groups = [
        (alternative, tuple(group))
        for (alternative, _title), group in groupby(steps, key=lambda s: (_label(s), "" if _label(s) else s.title))
    ]
    for n, (alternative, held) in enumerate(groups):
        if alternative is None:
            if ways and _goes_on(ways, groups[n + 1 :]):
                ways[-1] = _way(ways[-1].label, [s for s in steps if s.id in ways[-1].steps or s in held])
                continue
            yield from _closed(ways)
            ways, before = [], held
            continue
        if not ways and before and _is(held[0], Tie.OTHER_WAY):
            ways.append(_way(before[0].title, before))
        if ways and (alternative in labels or _begins_anew(first, groups[n - 1][1], held)):
            yield from _closed(ways)
            ways = []
        first, labels = (first, labels) if ways else (held[0], set())
        labels.add(alternative)
        ways.append(_way(alternative, held))
    yield from _closed(ways)


def _begins_anew(first: Step | None, above: Sequence[Step], held: Sequence[Step]) -> bool:
    """Whether a way is the first of others: it stands below an "or …", and is none itself.

    Where the ways have names, "Option A", an "or" in one of them ends no series; else each is called after its step.
    """
    named = first is not None and first.alternative not in (None, first.title)
    return not named and _is(above[0], Tie.OTHER_WAY) and not _is(held[0], Tie.OTHER_WAY)


def _goes_on(ways: Sequence[Way], later: Sequence[tuple[str | None, tuple[Step, ...]]]) -> bool:
    """Whether unlabelled steps belong to the way before them: another way of the same series comes after them."""
    label, held = next(((one, held) for one, held in later if one is not None), (None, ()))
    return label is not None and not _is(held[0], Tie.OTHER_WAY) and label not in {way.label for way in ways}


def _label(step: Step) -> str | None:
    return None if step.alternative is None or _is(step, Tie.TERM) else step.alternative


def _way(label: str, steps: Sequence[Step]) -> Way:
    conditions = {step.condition for step in steps}
    return Way(label, tuple(step.id for step in steps), conditions.pop() if len(conditions) == 1 else None)


def _closed(ways: Sequence[Way]) -> Iterator[Fork]:
    if len(ways) > 1:
        yield Fork(tuple(ways))


def _fallbacks(steps: Sequence[Step]) -> Iterator[Fallback]:
    for n, m in _runs(steps):
        condition = steps[n].condition
        if condition is None or not _is(steps[n], Tie.FALLBACK):
            continue
        after = _tried_before(steps[:n], steps[n].alternative)
        if after:
            yield Fallback(condition, tuple(step.id for step in steps[n:m]), after)


def _runs(steps: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """First and end of each run of neighbours with the same condition on the same way."""
    start = 0
    for _key, group in groupby(steps, key=lambda s: (s.condition, s.alternative)):
        end = start + len(list(group))
        yield start, end
        start = end


def _tried_before(before: Sequence[Step], alternative: str | None) -> tuple[str, ...]:
    """What has to fail first: back to the last step that does something, with all that stands under its title."""
    found: list[Step] = []
    for step in reversed(before):
        if step.alternative != alternative or (found and _does(found[-1]) and step.title != found[-1].title):
            break
        found.append(step)
    return tuple(step.id for step in reversed(found)) if any(_does(step) for step in found) else ()


def _does(step: Step) -> bool:
    return changes(step) or step.kind is StepKind.MANUAL


def _branches(steps: Sequence[Step], forks: Sequence[Fork]) -> Iterator[Branch]:
    """A condition of a whole way is that way's; "if that fails" is a fallback."""
    ways = {way.steps for fork in forks for way in fork.ways}
    for n, m in _runs(steps):
        condition, ids = steps[n].condition, tuple(step.id for step in steps[n:m])
        if condition is not None and not _is(steps[n], Tie.FALLBACK) and ids not in ways:
            yield Branch(condition, ids)


def _undos(steps: Sequence[Step], pairs: Sequence[Pair]) -> tuple[frozenset[str], Mapping[str, str]]:
    """Steps that take something back, which are done for that reason only, and what each step is taken back by.

    What takes back a release, where none was made above, is the remedy itself: "Restart it", then "Rollback".
    """
    undos = {pair.first: pair.second for pair in pairs if pair.kind is PairKind.SWITCHED}
    apart: set[str] = set()
    last: Step | None = None
    released = False
    for back, group in groupby(steps, key=lambda step: _is(step, Tie.UNDO)):
        held = list(group)
        remedy = not released and any(goes_back(_text(step)) for step in held)
        done = [step for step in held if back and not remedy and step.kind in (StepKind.COMMAND, StepKind.MANUAL)]
        if last is not None and done:
            undos.setdefault(last.id, done[0].id)
            apart.update(step.id for step in done)
            continue
        last = next((step for step in reversed(held) if changes(step)), last)
        released = released or any(brings_out(_text(step)) for step in held if changes(step))
    return frozenset(apart), undos


def _text(step: Step) -> str:
    return step.command.text if step.command is not None else ""


def _checks(
    steps: Sequence[Step], forks: Sequence[Fork], aside: set[str] | frozenset[str]
) -> tuple[Mapping[str, str], frozenset[str], frozenset[str]]:
    way_of = {id: way.key for fork in forks for way in fork.ways for id in way.steps}
    checks: dict[str, str] = {}
    at_once: set[str] = set()
    unchecked: set[str] = set()
    for n, step in enumerate(steps):
        if not changes(step):
            continue
        on_the_way = [
            later
            for later in steps[n + 1 : n + 1 + NEAR]
            if way_of.get(later.id) in (way_of.get(step.id), None) and (later.id not in aside or step.id in aside)
        ]
        check = next((later for later in on_the_way if verifies(later)), None)
        if check is None:
            unchecked.add(step.id)
            continue
        checks[step.id] = check.id
        if on_the_way[0].id == check.id:
            at_once.add(step.id)
    return checks, frozenset(at_once), frozenset(unchecked)
