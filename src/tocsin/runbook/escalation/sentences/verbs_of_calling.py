"""Whether a verb of calling can stand in a text at all, by its words: asked before the patterns of who is called."""

from __future__ import annotations

from functools import cache

from tocsin.runbook.grammar import small_words
from tocsin.runbook.words import is_unspaced, vocabulary, words_of

LONGEST_SENTENCE = 1_000
"""Characters. Nobody is called by a longer one: no team writes it, and each word of it is looked at with all others."""


@cache
def verbs_of(name: str) -> frozenset[str]:
    """The longest word of each phrase of a list, bare and with the endings of "pages" and "notifies"."""
    small = small_words("to", "for", "then", "first", "article", "name_article")  # "para" of "liga para"
    said = ([word for word in phrase.split() if word not in small] for phrase in vocabulary().words[name].spaced)
    longest = {max(reversed(words), key=len) for words in said if words}
    spelled = {form for one in longest for form in (one, f"{one}s", f"{one[:-1]}ies")}
    return frozenset(word for one in spelled for word in words_of(one))


def may_say(name: str, sentence: str) -> bool:
    """Whether a verb of a list can stand in a sentence: most hold none, and the patterns for them take their time."""
    return not verbs_of(name).isdisjoint(words_of(sentence)) or is_unspaced(sentence)


def may_call(text: str) -> bool:
    """Whether a verb of calling can stand in a text, by its words alone."""
    return len(text) > LONGEST_SENTENCE or may_say("call", text)


def names_a_call(text: str) -> bool:
    """Whether a verb of calling does stand in a few words: "Page" of "Page the lead for P0"."""
    if not is_unspaced(text):
        return may_call(text)
    return any(one in text for one in vocabulary().words["call"].written)


def may_be_called(text: str) -> bool:
    """Whether a participle of such a verb can: "The lead is always paged at once"."""
    return may_say("called", text)


def ends_called(text: str) -> bool:
    """Whether a text ends with the participle of a verb of calling, "the lead is paged"; "on-call" is none."""
    last = text.split()[-1]
    return not is_unspaced(last) and may_say("called", last) and not vocabulary().says("rotation", text)
