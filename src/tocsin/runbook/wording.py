"""What the wording of a line says: a condition, how long to watch, that it is one of several options."""

from __future__ import annotations

import re

from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, article, first_words, guarded, may_hold, pattern, phrases, small_words
from tocsin.runbook.stated import Duration
from tocsin.runbook.words import is_unspaced, one_of, vocabulary, words_of

_ASIDE = r"^().:`，。、；：（）"
"""What a condition that has no word at its end does not go over."""

_ASIDE_IN = r"(?<=\w)\s?[(（][^()（）`]{1,40}[)）]"
"""The same in the middle of such a condition."""

_BRACKET = r"(?<=\s)\([^()`?？]{1,60}\)"
"""What stands in brackets in the middle of a condition, or at its end: "If the hopper is full (over 10 t): …"."""


@pattern
def _condition() -> str:
    unspaced, behind = _by_script("if")[1], _by_script("if_behind")[1]
    return _conditions(
        rf"|(?P<said>{one_of(unspaced)}[{_ASIDE}]{{2,60}})|(?P<behind>(?:[{_ASIDE}]|{_ASIDE_IN}){{2,60}}{one_of(behind)})"
    )


@pattern
def _spaced_condition() -> str:
    """The same for a text that has spaces between its words."""
    return _conditions("")


def _conditions(unspaced: str) -> str:
    spaced, later = _by_script("if")[0], _by_script("if_behind")[0]
    return (
        rf"(?:^|[\s(])(?P<condition>(?<!\w){one_of(spaced)}\s+(?:[^().:;；`?？]|\.(?=\w)|{_BRACKET}){{2,80}}?)"
        rf"(?=$|[):,;；`?？]|\.(?!\w)|\s+(?:with\b|[–—→]|[-=]>))"
        rf"|^(?P<instead>{any_of('fallback', 'if_needed')})"
        rf"|^(?P<upon>{any_of('upon')}(?:\s+|(?<=['’]))(?:[^().:`]|{_BRACKET}){{3,80}}?)(?=[:,])"
        rf"{unspaced}"
        # At the begin of a sentence only: behind each word of another language the search would take as long again.
        rf"|(?:^|[.:,]\s+)(?P<later>(?:[{_ASIDE}]|{_ASIDE_IN}){{2,60}}?\s{one_of(later)}(?!\w))"
    )


def _by_script(name: str) -> tuple[list[str], list[str]]:
    """The words of a list that have spaces between them, and those of scripts without."""
    words = phrases(name)
    return [one for one in words if ord(one[0]) < 0x2E80], [one for one in words if ord(one[0]) >= 0x2E80]


@pattern
def _watch() -> str:
    return rf"\s*{any_of('watch')}"


_CODE = re.compile(r"`[^`]*`")


def watched(text: str) -> Duration | None:
    """How long to wait or watch, where a text asks for it: "Monitor for 1 hour to ensure stability"."""
    if not vocabulary().says("wait", text) and not _begins_to_watch(text):
        return None
    found = next(spans(text), None)
    return found.duration if found else None


def _begins_to_watch(text: str) -> bool:
    may_be = is_unspaced(text) or not first_words("watch").isdisjoint(words_of(text)[:1])
    return may_be and _watch().match(text) is not None


def is_bare_or(text: str) -> bool:
    """Whether a line says "or" and nothing else: "or", "**OR**", "— oder —", "Or alternatively:".

    >>> is_bare_or("**OR**"), is_bare_or("— oder —"), is_bare_or("Or ask the lead")
    (True, True, False)
    """
    if len(text) > _LONGEST_OR or not may_hold(text, "other_way", "other_way_alone"):
        return False
    return _bare_or().fullmatch(text) is not None


_LONGEST_OR = 40
"""Characters."""


@pattern
def _bare_or() -> str:
    return rf"[\W_]*{any_of('other_way', 'other_way_alone')}[\W_]*"


def condition_in(text: str) -> str | None:
    """The "if …" of a sentence, as written; code spans are left out."""
    bare = _CODE.sub("", text) if "`" in text else text
    if bare.endswith(("?", "？")):
        return None
    if not may_hold(bare, "if", "fallback", "if_needed", "upon", "if_behind"):
        return None  # the pattern is looked for at every word
    form = _condition() if is_unspaced(bare) else _spaced_condition()
    match = form.search(bare)
    while match is not None and match.lastgroup in _BEGUN and _is_no_condition(bare, match.start(match.lastgroup)):
        match = form.search(bare, match.start(match.lastgroup) + 1)
    if match is None:
        return None
    begun, end = match.span(match.lastgroup or 0)
    return bare[_begin_of_turn(bare, begun) : _end_of_turn(bare, end)].strip()


def _begin_of_turn(text: str, begun: int) -> int:
    """Where a word stands that turns a condition round, or warns of it: "Skip this if it is full"; else its begin."""
    if begun == 0 or not may_hold(text, "skips", "warns"):
        return begun
    sentence = max(text.rfind(mark, 0, begun) for mark in ".!?;(（。！？；") + 1
    match = _turns().match(text, sentence, begun)
    return match.start("said") if match is not None else begun


def _end_of_turn(text: str, end: int) -> int:
    """The same for one behind it: "渡し船が停泊中の場合はスキップ"."""
    match = _turns_behind().match(text, end) if may_hold(text, "skips") else None
    return match.end() if match is not None else end


@pattern
def _turns() -> str:
    return rf"\W*(?P<said>(?:[^\s.;:!?]{{1,30}}[\s,]+){{0,3}}?{any_of('skips')}|{any_of('warns')})"


@pattern
def _turns_behind() -> str:
    word, joins = any_of("skips"), rf"(?:[\s,，]|{one_of(phrases('then_topic'))})"
    return rf"{joins}{{0,3}}(?:[^\s.;:!?。]{{1,20}}\s+){{0,3}}?{word}[^\s.。：:、]{{0,4}}"


def _is_no_condition(text: str, at: int) -> bool:
    """Whether an "if" is a question to answer, "Check if", "to find out if", or of another language: "qui si vede"."""
    if _whether().search(text[:at][-_NEAR:]) is not None or _no_if().match(text, at) is not None:
        return True
    if not small_words("even").isdisjoint(words_of(text[:at][-_NEAR:])[-1:]):
        return True  # "Treat it as a breach even if nothing was taken"
    word = text[at : at + 3].casefold()
    if word in _REFLEXIVE and _denied_before().search(text[:at][-_NEAR:]) and not _article().match(text, at + 3):
        return True
    return word in _REFLEXIVE and not small_words(_REFLEXIVE[word]).isdisjoint(words_of(text))


@pattern
def _denied_before() -> str:
    return rf"{any_of('no_pronoun')}\s+$"


@pattern
def _article() -> str:
    return rf"\s*{article()}"


_REFLEXIVE = {"se ": "beside_se", "si ": "beside_si"}
"""The "if" of one language is a pronoun of another, "el horno se apaga": which one the words beside it tell."""


@pattern
def _no_if() -> str:
    """A verb of one language behind a word that is the "if" of another."""
    return any_of("no_if")


@pattern
def _whether() -> str:
    return rf"(?:^|\(|[.;:,)\]–—-]\s+|{any_of('to', 'and', 'then', 'verb')}\s+){any_of('wonders')}\s+$"


_BEGUN = ("condition", "upon")
"""The groups of the pattern that begin with the word for "if"."""
_NEAR = 40
"""Characters before an "if" among which its verb stands."""


@guarded("other_work")
def of_other_work() -> str:
    """What a time is of that belongs to no report and no message: "Close the ticket within a day"."""
    return any_of("other_work")
