"""The circumstances in which something is run, by the form of the phrase and not by what it speaks of.

A closed class of words begins a circumstance in every language, prepositions and conjunctions: "between 2 and 4",
"while it is full", "sur le primaire". Behind "only", "not" or "never" it limits whatever is run. Without one it is the
case in which something is changed, "During a jam", "With the queue empty", "Ist die Rutsche voll", and a look is run
all the same.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from tocsin.runbook.command.programs import known_programs
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import (
    any_of,
    article,
    ending,
    first_words,
    guarded,
    may_hold,
    pattern,
    phrases,
    small_words,
)
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import is_unspaced, one_of, vocabulary, words_of

_LONGEST = 160
"""Characters of a sentence that is looked at."""
_EDGES = " \t\n.,;:!()（）。、，；：！—–-→*_"
_FIRST = ("case_first", "measured_first", "with_first", "verb_first", "must_not_first", "state_before", "applies_to")
_ENDS = r"(?=\s*(?:[,;:，；：→]|[-=]+>|[.!。！]?\s*$))"
"""Where a circumstance ends, and what is done in it may begin."""


def restricted() -> str:
    """A pattern for what limits wherever it stands in a sentence: "only between", "nie zweimal", "solo per"."""
    when = rf"{any_of('circumstance')}(?!\s+{any_of('for_no_case')})"
    again = rf"(?:[^\W\d_]{{2,5}}\s+){{1,2}}{any_of('nth')}\s+{any_of('happens_again')}"
    return rf"{any_of('restricts')}[\s,]+(?:{when}|{again}|{_LEVEL})"


def restricted_first() -> str:
    """The same at the begin of a sentence alone: "Not while", "Except on", and "Only the lead may"."""
    whom = any_of("only_who").replace(r"\*", r"\w{1,12}?")
    begun = any_of("restricts_first").replace(r"\*", r"\w{2,12}")
    none = rf"(?!{any_of('no_limit')}|{any_of('no_limit_se')}\s+(?!{article()}))"
    someone = rf"{any_of('restricts')}\s+(?:\S+\s+){{1,4}}?{any_of('is_allowed')}"
    return rf"{none}(?:{begun}[\s,]+{any_of('circumstance')}|{someone}|{whom})"


@cache
def _unspaced() -> tuple[str, ...]:
    return tuple(one for one in phrases("circumstance_behind") if is_unspaced(one))


def may_tell(text: str) -> bool:
    """Whether a circumstance can stand at the begin of a text: asked before the patterns are."""
    if not first_words(*_FIRST).isdisjoint(words_of(text[:_NEAR])[:_MOST_BEFORE]) or _GRADE.search(text[:_NEAR]):
        return True
    if len(text) <= _LONGEST_BARE and not first_words("bare_first").isdisjoint(words_of(text[:_NEAR])[:1]):
        return True
    if may_hold(text, "nth") and may_hold(text, "happens_again"):
        return True
    if _ASIDE.search(text) and not first_words("state_last", "bare_first", *_FIRST).isdisjoint(words_of(text)):
        return True
    if len(text) <= _LONGEST_BARE and may_hold(text, "outer", "outer_day", "outer_last"):
        return True
    if text.isascii() or not is_unspaced(text):
        return False
    return any(one in text for one in (*_unspaced(), *phrases("circumstance_before")))


_LONGEST_BARE = 60
"""Characters of a preposition, its noun and what stands behind that."""
_NEAR = 40
"""Characters among which the first words of a text are."""
_MOST_BEFORE = 2
"""Words among which a circumstance begins, behind a number or a sign."""


_ASIDE = re.compile(r"[(（,，–—]|\s-\s")
_GRADE = re.compile(r"\b(?:P|S|SEV|Sev)[- ]?\d\b")


@lru_cache(maxsize=8192)
def circumstance_in(text: str) -> str | None:
    """The circumstance that a sentence begins with, before a comma or its end; None for what begins otherwise.

    >>> circumstance_in("During a jam, open it"), circumstance_in("With the queue empty")
    ('During a jam', 'With the queue empty')
    >>> circumstance_in("During the incident"), circumstance_in("With the queue the mill is fed")
    (None, None)
    """
    if len(text) > _LONGEST or not may_tell(text):
        return None
    for form in (_case, _stated, _measured, _graded, _again, _applied, _bare, _outer):
        if (match := form().match(text)) is not None:
            said = match["said"].strip(_EDGES)
            told = form is not _measured or next(spans(said), None) is None
            told = told and (form is not _outer or condition_in(f"{said}:") is None)
            return said if told and (form is _graded or _of_any().search(said) is None) else None
    if _banned().match(text):
        return text.strip(_EDGES)
    if not is_unspaced(text) or (match := _behind().match(text)) is None:
        return None
    said = match["said"].strip(_EDGES)
    return None if said.endswith(phrases("no_state_behind")) or next(spans(said), None) is not None else said


@guarded(("case_first", "verb_first"))
def _case() -> str:
    begun = rf"{any_of('case_first')}(?:\s+|(?<=['’]))(?!{any_of('no_state')})"
    article = rf"(?:{any_of('article_any')}\s|(?-i:[A-Z\u00c0-\u00de])\w)"
    return rf"\W*(?P<said>(?:{begun}|{any_of('verb_first')}\s+(?={article}))[^.,;:!?，；：]{{2,70}}?){_ENDS}"


@guarded(("with_first", "state_before"))
def _stated() -> str:
    """ "With the queue empty", "Bei leerer Rutsche": a state stands behind its noun, or before it."""
    done = any_of("participle").replace(r"\*", r"\w{3,14}")
    behind = rf"(?:(?:[^\s,;:]+\s+){{1,5}}?{any_of('state_last', 'state_particle')}|(?:[^\s,;:]+\s+){{2,5}}?{done})"
    before = rf"{any_of('state_before', 'state_adjective')}\s+[^\s,;:]+(?:\s+[^\s,;:]+){{0,3}}?"
    absolute = rf"{any_of('state_before')}\s+{article()}[^\s,;:]+(?:\s+[^\s,;:]+){{0,3}}?(?=\s*[,:，：])"
    return rf"\W*(?P<said>{any_of('with_first')}\s+(?:{behind}|{before})|{absolute}){_ENDS}"


def state_alone(aside: str) -> str | None:
    """A state with its noun and nothing else, in a bracket of a title or before an arrow: "Sluice closed".

    It is written without an article: "the flue stays open" is a sentence.
    """
    if len(aside) > _LONGEST_STATE or first_words("state_last").isdisjoint(words_of(aside)):
        return None
    first = words_of(aside)[0]
    to_do = first in first_words("look", "imperative", "chore", "runs", "then", "holds")
    alone = not to_do and _alone().match(aside) is not None and condition_in(aside) is None
    return aside.strip(_EDGES) if alone else None


_LONGEST_STATE = 50
"""Characters of a noun and its state."""


def demanded_in(sentence: str) -> str | None:
    """A state that has to be there before what stands behind it is run: "The queue must be empty", and nothing else."""
    if len(sentence) > _LONGEST_STATE * 2 or first_words("must_be").isdisjoint(words_of(sentence)):
        return None
    return sentence.strip(_EDGES) if _demanded().match(sentence) else None


@guarded("must_be")
def _demanded() -> str:
    state = any_of("state_last", "state_particle").replace(r"\*", r"\w{1,20}")
    return rf"\W*(?:[^\s,.;:!?]+\s+){{1,6}}?{any_of('must_be')}\s+(?:[^\s,.;:!?]+\s+){{0,3}}?{state}(?:\s+sein)?\W*$"


@guarded("state_last")
def _alone() -> str:
    return rf"\W*(?!{any_of('asks')}|{article()})(?:[^\s,;:.!?]+\s+){{1,3}}?{any_of('state_last')}\W*$"


@guarded(("circumstance", "restricts", "incident"))
def _graded() -> str:
    """For incidents of a severity: "For P0", "Additionally at SEV-1", "Per gli incidenti P1", "P1 incidents"."""
    lead = (
        rf"(?:{any_of('in_addition')}[\s,]+)?{any_of('circumstance', 'restricts')}\s+(?:{article()})?(?:[^\W\d]+\s+)?"
    )
    several = rf"{_LEVEL}(?:\s*(?:[,/&+]|{any_of('and', 'or')})\s*{_LEVEL}){{0,4}}"
    return rf"\W*(?P<said>{lead}{_LEVEL}[^,;:.!?]{{0,30}}?|{several}[\s-]+{any_of('incident')}){_ENDS}"


_LEVEL = r"(?-i:P|S|SEV|Sev)[- ]?\d"


@guarded("nth_before", "nth", "happens_again")
def _again() -> str:
    """When something has happened before: "Only the second time round", "Beim dritten Versuch"."""
    return rf"\W*(?P<said>{_nth()}(?:\s+[^\W\d_]{{1,10}})?){_ENDS}"


def _nth() -> str:
    return rf"{any_of('nth_before')}\s+{any_of('nth')}\s+{any_of('happens_again')}"


@guarded("applies_to")
def _applied() -> str:
    """To which of several things: "Applies to the east lock, not the west one"."""
    to_what = rf"(?!{any_of('for_no_case')})[^.;:!?]{{3,90}}?"
    return rf"\W*(?P<said>{any_of('applies_to')}\s+{to_what})(?=\s*(?:[;:；：]|[.!。]?\s*$))"


@guarded("bare_first")
def _bare() -> str:
    """ "On overflow", "Con helada", "With ice on the river": a noun without an article, in small letters."""
    no_noun = rf"(?!{article()}|{any_of('tooling', 'no_case_of')}|(?-i:{_programs()}))"
    noun = rf"{no_noun}(?-i:[^\W\dA-Z_][^\W\d_]{{2,20}})"
    more = r"(?:\s+[^\W\d_]{2,20}){0,3}?"
    return rf"\W*(?P<said>{any_of('bare_first')}\s+{noun}{more}){_ENDS}"


@cache
def _programs() -> str:
    return rf"{one_of(known_programs())}(?!\w)"


@guarded(("outer", "outer_day", "outer_last"))
def _outer() -> str:
    """ "In fog", "On a falling tide", "On windy days": what it is like outside, or in which mode something runs."""
    word = r"[^\W\d_]{3,14}"
    adjectives = rf"(?:{article()})?(?:{word}\s+){{0,2}}?"
    behind = rf"(?:\s+(?!{any_of('restricts')}){word})?"
    state = rf"{any_of('outer_first')}\s+{adjectives}{any_of('outer')}{behind}"
    kind = rf"(?!{any_of('nth', 'every')}){word}\s+"
    days = rf"{any_of('outer_first')}\s+(?:{article()}|\w\s+)?(?:{kind}){{1,2}}?{any_of('outer_day')}"
    of_what = rf"(?:{any_of('of', 'with')}\s*|\bd['’])?(?!{one_of(vocabulary().numbers)}){word}(?:\s+{word})?"
    of_days = rf"{any_of('outer_first')}\s+(?:{article()})?{any_of('outer_day')}\s+{of_what}"
    return rf"\W*(?P<said>{state}|{days}|{of_days}|(?:{word}\s+){{0,2}}{any_of('outer_last')}){_ENDS}"


@guarded("measured_first")
def _measured() -> str:
    return rf"\W*(?P<said>{any_of('measured_first')}\s+[^,;:!?]{{0,30}}?\d[^,;:!?]{{0,40}}?){_ENDS}"


@guarded(("must_not_first", "forbids"))
def _banned() -> str:
    """What is not to be done in some circumstance: "Do not touch the pump while it runs"."""
    first = any_of("must_not_first").replace(r"\*", r"\w{1,20}")
    joins = any_of("throughout", "if", "upon", "once_over", "at_time")
    verbs = first_words("runs", "uses_it")
    no_run = one_of(one for one in phrases("forbids") if not verbs.isdisjoint(words_of(one)))
    somewhere = (
        rf"(?:{first}\s+{any_of('runs', 'uses_it')}|{no_run})(?:\s+[^\s.;:!?]+){{0,3}}?\s+{any_of('circumstance')}\s+\S"
    )
    case = rf"{first}\s+(?!{any_of('forgets')})(?:[^\s.;:!?]+\s+){{0,12}}?{joins}\s+\S"
    return rf"\W*(?:{somewhere}|{case})"


@pattern
def _behind() -> str:
    then = ending("about_behind", "runs", "then", "done_behind")
    begun = one_of(phrases("circumstance_before"))
    text = "[^,，、：:；。!?？！]"
    return rf"\W*(?P<said>{text}{{1,40}}?{one_of(_unspaced())}|{begun}{text}{{2,40}})(?=\W|{then}|$)"


def is_of_any(said: str) -> bool:
    """Whether a circumstance speaks of incidents as such: behind a comma it tells for which something holds."""
    return _of_any().search(said) is not None


@pattern
def _of_any() -> str:
    """ "During the incident" is all of the time."""
    return any_of("of_incidents")


def is_circumstance(said: str) -> bool:
    """Whether a condition is a mere circumstance, and nothing forbids to look at something without it."""
    first = words_of(said)[:1]
    bare = said.strip(_EDGES)
    mild = bare in (circumstance_in(said), state_alone(said), demanded_in(said)) or (
        bool(first) and first[0] in small_words("only")
    )
    return mild and _surely().search(said) is None


@pattern
def _surely() -> str:
    words = any_of("limits", "forbids", "forbids_behind", "warned_of")
    return rf"{restricted()}|{restricted_first()}|{words}"
