"""Ways of which one is taken: "Option A", "Either …", "Or …", "Do one of the following", "Linux" beside "macOS".

A writer says so in a heading, a line above a block, an item, a comment of a block, or between two commands of a
sentence. Wherever it stands, what is done on each way becomes an alternative of the others: of several ways one is
taken by a person, and never all of them one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from typing import NamedTuple

from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Table, Text
from tocsin.runbook.document.inline import Run, has_ordinal, without_ordinal
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import any_of, ending, guarded, may_hold, pattern, small_words
from tocsin.runbook.instructions import Step, StepKind
from tocsin.runbook.procedure.place import Place
from tocsin.runbook.procedure.provisos import under
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import one_of, vocabulary, words_of

_LONGEST = 200
"""Characters of a line that names a way."""
_LONGEST_RAW = 240
"""The same with its marks."""
_MARKS = " \t*_:：,，–—-=>→"
_EDGES = f"{_MARKS}.。()（）"


@dataclass(frozen=True, slots=True)
class Named:
    """A way as a line names it. ``title`` is what is done on it, "" where the line does not say."""

    label: str
    title: str
    other: bool = False  # than what stands above: "Or roll back"
    counted: bool = False  # or named as its platform: the steps below are read on that way


@lru_cache(maxsize=4096)
def way_in(text: str) -> Named | None:
    """The way that a line names, with its number or as one or the other; None for any other line.

    >>> way_in("Option A: restart it"), way_in("Order more flour")
    (Named(label='Option A', title='restart it', other=False, counted=True), None)
    >>> way_in("Or roll back")
    Named(label='Or roll back', title='roll back', other=True, counted=False)
    """
    if len(text) > _LONGEST_RAW or not may_hold(text, "option", "choice", "either", "other_way", "other_way_alone"):
        return None
    raw = text.strip().lstrip(".… ").strip(" \t*_#")
    said = without_ordinal(raw).strip(" \t*_#")
    if not said or len(said) > _LONGEST:
        return None
    if (match := _counted().match(said) or _nth().match(raw)) is not None:
        return Named(match["label"].strip(), (match["title"] or "").strip(_MARKS), counted=True)
    bare = said.strip(_MARKS)
    for form, other in ((_either(), False), (_other(), True)):
        if (match := form.match(bare)) is not None:
            title = bare[match.end() :].strip(_MARKS)
            named = bare if title == bare or not _LABEL.search(bare, match.end() + 1) else _LABEL.split(bare, 1)[0]
            return Named(named, title, other)
    return None


_LABEL = re.compile(r"[:：]\s*")


@guarded("option")
def _counted() -> str:
    letter = r"[A-Za-z\u0410-\u044f](?![^\W_])"
    digits = r"\d{1,2}(?![^\W_]|\.\d)|[IVX]{1,4}(?!\w)|[一二三四五六七八九十]"
    told = [word for word, n in vocabulary().numbers.items() if n in _FEW and len(word) > 1]
    digits += rf"|{one_of([*told, *vocabulary().ordinals])}(?!\w)"
    number = rf"(?:\#|no\.?|n[\u00b0\u00ba])?\s*(?:{letter}|{digits})"
    named = r"[:：.)、–—-]+\s*(?P<title>\S.*)|[:：.)、]?|[(（].*"
    return rf"(?P<label>{any_of('option')}\s*{number})\s*(?:{named})$"


_FEW = frozenset([1, 2, 3, 4])
"""How many ways are counted in words: "Option one"."""


@guarded("choice")
def _nth() -> str:
    """ "First choice", "2nd option", "2e choix", "2. seçenek"."""
    ordinal = rf"{one_of(vocabulary().ordinals)}\s+"
    digits = rf"(?:{ending('nth_ahead')}\s*)?(?:\d{{1,2}}(?:\.|{ending('nth_sign')})?|[一二三四])\s*"
    named = r"[:：)、–—-]+\s*(?P<title>\S.*)|[:：)、]?|[(（].*"
    return rf"(?P<label>(?:(?<!\w){ordinal}|{digits}){any_of('choice')})\s*(?:{named})$"


@guarded("either")
def _either() -> str:
    return any_of("either")


@guarded(("other_way", "other_way_alone"))
def _other() -> str:
    """A word that is an article of another language, "o", stands alone or before a verb of doing."""
    alone = any_of("other_way_alone")
    return rf"{any_of('other_way')}|{alone}(?:\s+(?={any_of('imperative')})|\s*[:：]|$)"


def chooses_one(text: str) -> bool:
    """Whether a line says that one of the things below it is done: "Do one of the following:", "Either:"."""
    if len(text) > _LONGEST:
        return False
    if offers_ways(text):
        return True
    if not may_hold(text, "chooses_one", "either"):
        return False
    if _either().fullmatch(without_ordinal(text).strip(_EDGES)) is not None:
        return True
    return _chooses().search(text) is not None and condition_in(text) is None


def offers_ways(title: str) -> bool:
    """Whether a title or a label says nothing but that a choice stands below: "Quick fixes", "Mitigation options"."""
    return vocabulary().is_a("offers_ways", without_ordinal(title), 0.99) and way_in(title) is None


@guarded("chooses_one")
def _chooses() -> str:
    return any_of("chooses_one")


_KINDS = ("system", "runtime", "cloud", "environment")


def platforms_among(titles: Iterable[str], *, counted: bool = False) -> frozenset[str]:
    """The titles that name what their commands are written for, where several beside each other name such things.

    >>> sorted(platforms_among(["Linux", "On macOS", "Restart"])), sorted(platforms_among(["Docker", "Linux"]))
    (['Linux', 'On macOS'], [])
    >>> sorted(platforms_among(["Rollback with Helm", "Rollback with systemd", "Look at Helm"]))
    ['Rollback with Helm', 'Rollback with systemd']
    >>> len(platforms_among(["Staging", "Production"])), len(platforms_among(["1. Staging", "2. Production"]))
    (2, 0)
    """
    found: dict[str, _Platform] = {}
    for title in titles:
        named = _platform(title) if len(title) <= _LONGEST_PLATFORM and may_hold(title, *_KINDS) else None
        if named is not None and not (named.kind == "environment" and (counted or has_ordinal(title) or named.done)):
            found[title] = named
    several = {one for one in found.values() if len({words_of(t) for t, other in found.items() if other == one}) > 1}
    return frozenset(title for title, named in found.items() if named in several)


_LONGEST_PLATFORM = 60
"""Characters."""


class _Platform(NamedTuple):
    """The kind of a platform that a title names, and what is done there: the same on each, or nothing said."""

    kind: str
    done: tuple[str, ...]


def _platform(title: str) -> _Platform | None:
    """The platform that a title names, alone or behind what is done there: "On Linux", "Rollback with Helm"."""
    rest = without_ordinal(title)
    for kind in _KINDS:
        bare, found = _NAMES[kind]().made.subn(" ", rest) if may_hold(rest, kind) else (rest, 0)
        if found:
            if _beside().fullmatch(bare.strip(_EDGES)) is not None:
                return _Platform(kind, ())
            small = small_words("runs_on", "or", "and")
            return _Platform(kind, tuple(word for word in words_of(bare) if word not in small))
    return None


@guarded("system")
def _system() -> str:
    return any_of("system")


@guarded("runtime")
def _runtime() -> str:
    return any_of("runtime")


@guarded("cloud")
def _cloud() -> str:
    return any_of("cloud")


@guarded("environment")
def _environment() -> str:
    return any_of("environment")


_NAMES = {"system": _system, "runtime": _runtime, "cloud": _cloud, "environment": _environment}


@pattern
def _beside() -> str:
    return rf"(?:{any_of('runs_on')}\W*)*"


def lettered_among(comments: Iterable[str]) -> frozenset[str]:
    """The comments of a block that are lettered from A on: steps have numbers, ways have letters.

    >>> sorted(lettered_among(["A) Restart it", "B) Reboot"])), sorted(lettered_among(["B) Restart it", "C) Wait"]))
    (['A) Restart it', 'B) Reboot'], [])
    """
    found = [match for one in comments if (match := _LETTERED.match(one)) is not None]
    letters = [match["letter"].upper() for match in found]
    series = len(found) > 1 and letters == [chr(ord("A") + n) for n in range(len(found))]
    return frozenset(match.string for match in found) if series else frozenset()


_LETTERED = re.compile(r"[(（]?(?P<letter>[A-Ha-h])(?:[)）.:：]|\s[–—-])\s*\S.{0,200}$")


def ways_below(section: Section) -> dict[int, Named]:
    """The ways that the titles right below a section name, by the line of the title."""
    platforms = platforms_among(child.title.raw.rstrip(_EDGES) for child in section.children)
    offered, lettered = _offered(section), _lettered_below(section)
    found: dict[int, Named] = {}
    for child in section.children:
        raw = child.title.raw.rstrip(_EDGES)
        own = raw in platforms or raw in lettered or child in offered
        way = Named(raw, raw, counted=True) if own else way_in(child.title.raw)
        if way is not None and not chooses_one(child.title.raw):
            found[child.lines.first] = way if way.other else replace(way, label=child.title.text)
    return found


def _lettered_below(section: Section) -> frozenset[str]:
    """The titles right below a section with letters in brackets, "A) Restart it", "(b) Move away"; phases have none."""
    found = [child for child in section.children if _BRACKETED.match(child.title.raw)]
    if len(found) < _SEVERAL or any(one.phase is not None and one.phase.coverage >= 1 for one in found):
        return frozenset()
    return lettered_among(child.title.raw.rstrip(_EDGES) for child in found)


_SEVERAL = 2
_BRACKETED = re.compile(r"[\s*_]*[(（]?[A-Ha-h][)）]")


def _offered(section: Section) -> list[Section]:
    """The chapters below a title that offers a choice, but for those that are parts of every way: "Verification"."""
    if not offers_ways(section.title.text):
        return []
    apart = (one for one in section.children if one.part is None or one.part.kind == "resolution")
    offered = [one for one in apart if one.about in ("", "rollback", "recovery") and way_in(one.title.raw) is None]
    return offered if len(offered) >= _SEVERAL else []


def on_way(steps: Iterable[Step], way: Named) -> list[Step]:
    """The steps on a way of this name; "or" alone names none, and is told from another by what is done first on it."""
    found = list(steps)
    first = next((step.title for step in found if not _only_told(step)), "")
    label = f"{way.label} {first}".strip() if way.other and not way.title else way.label
    return [step if step.alternative is not None else replace(step, alternative=label) for step in found]


def before_another(steps: Sequence[Step]) -> list[Step]:
    """The steps above a line that says "or": the first way, which is called after its first step."""
    first = next((step for step in steps if step.alternative is None and not _only_told(step)), None)
    if first is None:
        return list(steps)
    return [step if step.alternative is not None else replace(step, alternative=first.title) for step in steps]


def first_of_last(blocks: Sequence[Block], steps: Sequence[Step], begun: int) -> int:
    """Where among the steps from ``begun`` on those of the last block begin that has any: what an "or" is beside."""
    line = next((one.lines.first for one in reversed(blocks) if isinstance(one, Fence | ItemList | Table)), 0)
    return next((n for n in range(begun, len(steps)) if steps[n].lines.first >= line), len(steps))


def each_its_way(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps below "one of the following": each title is a way."""
    for _title, group in groupby(steps, key=lambda step: step.title):
        held = list(group)
        yield from (step if step.alternative else replace(step, alternative=step.title) for step in held)


def chosen_below(section: Section, steps: Sequence[Step]) -> list[Step]:
    """The steps below a title that offers a choice: its chapters are the ways where they name some, else each is."""
    return list(steps if ways_below(section) else each_its_way(steps))


class WaysOfItems:
    """The ways that the items of a list name."""

    def __init__(self, items: Sequence[Item], *, counted: bool) -> None:
        texts = [item.inline.text for item in items]
        leads = [_LABEL.split(item.inline.lead or item.inline.text, 1)[0].strip(_EDGES) for item in items]
        several = sum(may_hold(text, *_KINDS) for text in texts) > 1
        platforms = platforms_among(leads, counted=counted) if several else frozenset()
        named = [
            Named(lead, "", counted=True) if lead in platforms else way_in(text)
            for lead, text in zip(leads, texts, strict=True)
        ]
        self._ways = {id(item): way for item, way in zip(items, named, strict=True)}
        self._before = {id(one) for one, way in zip(items, named[1:], strict=False) if way is not None and way.other}

    def place(self, item: Item, place: Place) -> Place:
        """Where the steps of an item are read."""
        return _on(self._ways.get(id(item)), place)

    def told(self, steps: Iterable[Step], item: Item) -> Iterator[Step]:
        """The steps of an item, on its way."""
        way = self._ways.get(id(item))
        if way is not None:
            steps = on_way(steps, way)
        yield from before_another(list(steps)) if id(item) in self._before else steps


class WaysOfBlocks:
    """The ways that lines between blocks name: each is of the blocks below it, up to the next line of text."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._ways: list[Named | None] = []
        self._each: list[bool] = []
        way, done = None, False
        texts = (one.inline for one in blocks if isinstance(one, Text) and not one.inline.codes)
        said = (inline.text.rstrip(_EDGES) for inline in texts)
        lettered = lettered_among(text for text in said if _BRACKETED.match(text))
        for n, block in enumerate(blocks):
            above = blocks[n - 1] if n else None
            if isinstance(block, Text):
                text = block.inline.text.rstrip(_EDGES)
                named = Named(text, text, counted=True) if text in lettered else way_in(block.inline.text)
                self._ways.append(named)
                named = None if block.inline.codes else named
                way, done = (named, False) if named is not None or done else (way, done)
            else:
                self._ways.append(way)
                done = True
            self._each.append(isinstance(above, Text) and chooses_one(above.inline.text))
        others = [isinstance(block, Text) and _is_other(block) for block in blocks]
        self._before = [n for n in range(len(blocks) - 1) if others[n + 1]]

    def place(self, at: int, place: Place) -> Place:
        """Where the steps of a block are read."""
        return _on(self._ways[at], place)

    def told(self, steps: Iterable[Step], at: int) -> Iterator[Step]:
        """The steps of a block, on its way."""
        way = self._ways[at]
        if way is not None:
            steps = on_way(steps, way)
        elif self._each[at]:
            steps = each_its_way(steps)
        yield from before_another(list(steps)) if at in self._before else steps


def _on(way: Named | None, place: Place) -> Place:
    return replace(place, alternative=way.label) if way is not None and way.counted else place


def _is_other(block: Text) -> bool:
    way = way_in(block.inline.text) if not block.inline.codes else None
    return way is not None and way.other


def _only_told(step: Step) -> bool:
    return step.kind is StepKind.REFERENCE and step.command is None


def either_or(found: Sequence[tuple[int, Step]], runs: Sequence[Run]) -> list[Step]:
    """The commands of a sentence by the places of their code, with those that an "or" stands between as ways."""
    steps = [step for _at, step in found]
    for n, ((first, _), (second, _)) in enumerate(pairwise(found)):
        between = "".join(run.text for run in runs[first + 1 : second])
        if not is_or(between) or (between.strip() == "/" and _are_of_one_program(steps[n : n + 2])):
            continue
        said = f"{between.strip(_EDGES + ';；/')} {steps[n + 1].title}".strip()
        if steps[n].alternative is None:
            steps[n : n + 2] = [replace(steps[n], alternative=steps[n].title), replace(steps[n + 1], alternative=said)]
        else:
            steps[n + 1] = under(steps[n + 1], said)  # on a way that has ways itself
    return steps


def _are_of_one_program(steps: Sequence[Step]) -> bool:
    """Whether several commands are of one program: "`oven start` / `oven check`" are run one after the other."""
    return len({step.command.text.split()[0] for step in steps if step.command is not None}) < len(steps)


def is_or(between: str) -> bool:
    """Whether what stands between two commands of a sentence makes the second one another way.

    >>> is_or(" or "), is_or(" (or on the old mill "), is_or(" / "), is_or(" and "), is_or(". Or ask the lead: ")
    (True, True, True, False, False)
    """
    if len(between) > _LONGEST_OR:
        return False
    return between.strip() == "/" or (may_hold(between, *_OR) and _or().fullmatch(between) is not None)


_OR = ("or", "other_way", "other_way_alone")
_LONGEST_OR = 80
"""Characters."""


@guarded(_OR)
def _or() -> str:
    said = rf"{any_of('or', 'other_way')}(?!\w)[^.;!?。；！？]*"
    return rf"[\s,;(，；（、/]*(?:{said}|{any_of('other_way_alone')}\s*)"
