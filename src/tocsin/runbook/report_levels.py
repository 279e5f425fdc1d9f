"""The severities whose incidents ask for a report, where a sentence says so: "Every SEV1 gets a post-mortem"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, pattern, phrases, small_words
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import clause_ends
from tocsin.runbook.words import one_of, vocabulary, words_of

_ELSEWHERE = frozenset(["templates", "postmortem_template", "severity", "targets", "links", "contacts"])
_LONGEST = 600
"""Characters of a sentence that is looked at."""


def levels_asked(everything: Iterable[Leaf], scale: Scale) -> tuple[tuple[str, ...], int]:
    """The severities, most severe first, of the first sentence that asks for their reports, and its line.

    One that is asked for in a case only, "and any P2 that lasted a day", is none of them.
    """
    for leaf in everything:
        if leaf.form not in ("text", "item", "heading", "comment") or not _ELSEWHERE.isdisjoint(leaf.section.abouts):
            continue
        text = leaf.section.title.raw if leaf.form == "heading" else leaf.text
        if not vocabulary().says("postmortem_word", text):
            continue
        for sentence in clause_ends().split(text):
            if len(sentence) <= _LONGEST and (names := _asked(sentence, scale)):
                return names, leaf.line
    return (), 0


def _asked(sentence: str, scale: Scale) -> tuple[str, ...]:
    places = scale.places(sentence)
    if not places or not vocabulary().says("postmortem_word", sentence) or _is_denied(sentence):
        return ()
    before = sentence[: places[0][0]]
    asked = _for_each().search(before) is not None or _OPEN.search(before) is not None
    if not asked and not (next(spans(sentence), None) is not None or vocabulary().says("required", sentence)):
        return ()
    return in_every_case(sentence, scale)


def in_every_case(text: str, scale: Scale) -> tuple[str, ...]:
    """The levels that a text speaks of, without those of which it means some incidents only."""
    cases = {
        name
        for start, end in scale.places(text)
        if _in_a_case().match(text, end)
        for name in scale.mentioned(text[start:end])
    }
    return tuple(name for name in scale.mentioned(text) if name not in cases)


def where_needed(text: str, scale: Scale) -> tuple[str, ...]:
    """The levels of the clauses that do not say that none is needed: "Mandatory for P0 and P1, optional for P2"."""
    kept = ", ".join(clause for clause in _CLAUSES.split(text) if not _is_denied(clause))
    return in_every_case(kept, scale)


_CLAUSES = re.compile(r"[,;，；、]\s*")


def _is_denied(sentence: str) -> bool:
    """Whether a sentence says that none is needed: "No post-mortem for P3", "P3: optional"."""
    optional = {word for word in small_words("optional") if len(word) > _SHORT}
    return not (small_words("not") | optional).isdisjoint(words_of(sentence))


_OPEN = re.compile(r"[(（]\s*(?:\S+\s+){0,3}$")
"""The level stands in brackets: "Write the post-mortem (SEV1/2)"."""


@pattern
def _for_each() -> str:
    """What stands before a level of which each incident is meant, with a word or two between: "every incident of "."""
    spaced = rf"(?<!\w){any_of('of_each')}\s+(?:[^\s.;:,]+\s+){{0,2}}?\W{{0,3}}$"
    return rf"{spaced}|{any_of('of_each_unspaced')}.{{0,4}}$"


@pattern
def _in_a_case() -> str:
    """Behind a level that is asked for in a case only: "P1 incidents that lasted an hour", "P1 with > 1 h"."""
    words = one_of(word for word in phrases("if", "of_which", "with") if len(word) > _SHORT)
    return rf"(?:\s+[^\W\d]+)?\s+{words}(?!\w)"


_SHORT = 2
"""Letters of a word that is a preposition of every sort in some language."""
