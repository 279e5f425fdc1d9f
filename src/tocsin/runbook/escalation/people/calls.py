"""Whom a few words call, without the words by which they call: "Call the lead", "Phone call to the lead"."""

from __future__ import annotations

import re
from functools import cache

from tocsin.runbook.grammar import any_of, article, pattern
from tocsin.runbook.words import one_of, vocabulary


def without_call(text: str) -> str:
    """Whom a few words call: "Head miller" of "Call the head miller", "Phone call to the head miller" and "At once:
    head miller"."""
    return _verb().sub("", _at_once().sub("", text.strip())).strip()


@pattern
def _at_once() -> str:
    return rf"^{one_of(vocabulary().words['immediate'].spaced)}(?:\s*[:：]|\s+[–—-])\s*(?=\S)"


@cache
def _verb() -> re.Pattern[str]:
    words = vocabulary().words
    verbs = {verb for name in ("call", "escalate_verb") for verb in words[name].spaced}
    latin = "|".join(re.escape(verb).replace(r"\ ", r"\s+") for verb in sorted(verbs, key=len, reverse=True))
    unspaced = "|".join(map(re.escape, sorted(words["call"].written, key=len, reverse=True)))
    way, to = any_of("way_of_calling"), rf"{any_of('to')}\s+(?:{any_of('name_article')}\s+)?"
    spaced = rf"(?:{way}\s+{to}|(?:{latin})\s+(?:{to})?)(?:{article()})*"
    return re.compile(rf"^(?:{spaced}|(?:{unspaced})\s*)", re.IGNORECASE)


def without_long_call(text: str) -> str:
    """The same where the name may begin with such a word, "Call center": only a verb with an article or "to" is one."""
    called = without_call(text)
    bare = text.strip()
    taken = bare.removesuffix(called) if called else ""
    return called if " " in taken.strip() or not taken.isascii() else bare


def is_message(text: str) -> bool:
    """Whether a few words begin with what is sent, and name nobody: "Message with a mention", "E-mail to the team"."""
    return vocabulary().begins_with("message_noun", text, 2) or _way().match(text.strip()) is not None


@pattern
def _way() -> str:
    return any_of("way_of_calling")
