"""What keeps a command back without a word for "if": it is left to somebody else, left out in a case, never without.

"Leave this to the night crew", "Skip it if the ferry is docked", "With the blessing of the lead", "Not without Ada".
The case in which something is left out is none in which it is done: such a sentence is kept whole.
"""

from __future__ import annotations

from functools import lru_cache

from tocsin.runbook.escalation.sentences.calling import says_somebody
from tocsin.runbook.grammar import any_of, guarded, may_hold, pattern, phrases
from tocsin.runbook.procedure.preconditions import asks_nothing
from tocsin.runbook.words import is_unspaced, one_of

_LONGEST = 200
"""Characters of a sentence that says such a thing, and not only tells of it."""
_EDGES = " \t\n.,;:!()（）。、，；：！—–-→*_"
_CODE = "this"
"""What stands for a command inside of a sentence about it: "Leave `x` to the night crew"."""


@lru_cache(maxsize=4096)
def reservation_in(sentence: str) -> str | None:
    """A sentence that keeps a command back, whole; None for any other.

    >>> reservation_in("Leave this to the night crew."), reservation_in("Leave this running")
    ('Leave this to the night crew', None)
    >>> reservation_in("Skip it while the ferry is docked"), reservation_in("Skip the header line")
    ('Skip it while the ferry is docked', None)
    """
    if len(sentence) > _LONGEST:
        return None
    consent = may_hold(sentence, "with") and may_hold(sentence, "agreement")
    if not (consent or may_hold(sentence, "left_to", "leaves", "skips", "without")):
        return None
    bare = sentence.strip(_EDGES)
    kept = _is_left(bare) or _is_skipped(bare) or _is_not_without(bare) or (consent and _with_consent().match(bare))
    return bare if kept and not asks_nothing(bare) else None


def needs_leave(sentence: str) -> bool:
    """Whether a sentence asks for somebody's leave: a list may hold it as an item beside that of its command.

    What is left to others, or left out in a case, may be a step of the list itself: "Leave a note for the next shift".
    """
    if len(sentence) > _LONGEST or reservation_in(sentence) is None:
        return False
    bare = sentence.strip(_EDGES)
    return _is_not_without(bare) or _with_consent().match(bare) is not None


def with_the_command(before: str, after: str) -> str:
    """The sentence around a command with a word for it: "Leave this to the night crew"."""
    return f"{before.rstrip(' :：')} {_CODE}{after}"


def _is_left(bare: str) -> bool:
    if _left().search(bare) is not None:
        return True
    match = _given().match(bare) if may_hold(bare, "leaves") else None
    return match is not None and says_somebody(match["whom"])


@pattern
def _given() -> str:
    """A verb of leaving, a thing, and to whom: "Leave this step to a DBA", "Этот шаг оставьте администратору"."""
    this, few = any_of("this_one"), r"(?:[^\s.;:!?]+\s+)"
    behind = rf"{few}{{0,2}}?{any_of('leaves')}\s+{this}\s+{few}{{0,2}}?"
    before = rf"{few}{{0,1}}?{this}\s+{few}{{0,2}}?{any_of('leaves')}\s+"
    return rf"^(?:{behind}|{before})(?P<whom>[^.;:!?]{{2,60}})$"


@guarded("left_to")
def _left() -> str:
    """A few words before it at most: "Please leave this to …"; where it is a verb of its own, anywhere."""
    unspaced = one_of(one for one in phrases("left_to") if is_unspaced(one))
    to_do = rf"(?!\s+(?:{any_of('runs', 'ended')}))"
    spaced = rf"^(?:[^\s.;:!?]+[\s,]+){{0,5}}?{any_of('left_to')}{to_do}"
    return rf"{spaced}|{unspaced}(?=[^\x00-\x7f]|\s*(?-i:[A-Z])|$)"


def _is_skipped(bare: str) -> bool:
    return _skipped().search(bare) is not None


@guarded("skips")
def _skipped() -> str:
    """A word for leaving out near the begin with the case behind it, or at the end with the case before it."""
    case = any_of("if", "upon", "throughout", "case_first", "once_over", "for")
    skips = any_of("skips")
    here = rf"^{skips}\s+{any_of('at_place')}\s"
    first = rf"^(?!{any_of('if')})(?:[^\s.;:!?]+[\s,]+){{0,2}}?{skips}[\s,]+(?:[^\s.;:!?]+\s+){{0,4}}?{case}\s"
    behind_case = rf"{case}\s[^.;:!?]{{2,80}}?[\s,]{skips}(?:\s+[^\s.;:!?]+){{0,2}}"
    last = rf"^(?:{behind_case}|{any_of('circumstance')}\s+{skips})$"
    named = rf"^[^.;:!?]{{2,40}}[:：]\s*{any_of('skips')}$"
    behind = one_of(phrases("if_behind", "circumstance_behind"))
    whole = "|".join((here, first, last, named))
    return rf"{whole}|^[^.:。：]{{2,60}}?{behind}[^.:。：]{{0,12}}?{any_of('skips')}|{_skipped_at_a_time()}"


def _skipped_at_a_time() -> str:
    skips = one_of(one for one in phrases("skips") if is_unspaced(one))
    return rf"^[^.:。：、]{{2,40}}?{one_of(phrases('skip_time'))}{skips}"


def _is_not_without(bare: str) -> bool:
    if not may_hold(bare, "without"):
        return False
    match = _not_without().match(bare)
    if match is None:
        return False
    whom = match["whom"] or match["by_whom"]
    return _consents().search(whom) is not None or says_somebody(whom)


@pattern
def _not_without() -> str:
    """ "Not without Ada", "No tocar sin el visto bueno", "Без разрешения не трогать"."""
    no = any_of("denied", "restricts", "forbids", "must_not").replace(r"\*", r"\w+")
    behind = rf".{{0,60}}?{no}[^.;:!?]{{0,60}}?\s{any_of('without')}\s+(?P<whom>[^.;:!?]{{2,60}})"
    return rf"{behind}|{any_of('without')}\s+(?P<by_whom>[^.;:!?]{{2,80}}?)\s{no}"


@pattern
def _consents() -> str:
    return any_of("agreement", "leave")


@pattern
def _with_consent() -> str:
    """ "With the harbour master's blessing"."""
    return rf"^(?:{any_of('only')}\s+)?{any_of('with')}\s+(?:[^\s.,;:!?]+\s+){{0,4}}?{any_of('agreement')}(?!\s*=)"
