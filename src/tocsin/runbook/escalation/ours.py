"""Whether a name is that of one of ours; authorities, the press, customers, a ticket and a room are none."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import BRACKET, any_of, article, pattern
from tocsin.runbook.words import vocabulary

OURS = ("person_word", "role_word", "team_name", "rotation")
"""Lists of words for one of ours: people, and those who stand for them."""


def is_outside(who: str) -> bool:
    """Whether a name is that of somebody outside: "Regulator (ICO)", "BSI-Meldung", "the press"; no "press officer"."""
    words = vocabulary()
    bare = re.sub(rf"(?i)^{article()}", "", BRACKET.sub(" ", who).strip()).strip()
    if any(words.says(name, bare) for name in OURS):
        return False
    return words.is_a("authority", bare, 0.5) or any(words.is_a(name, bare, 0.99) for name in ("customers", "press"))


def is_no_person(text: str) -> bool:
    """Whether a cell names where something is written or met, "Ticket only", "War room", and no one to call."""
    return _no_person().fullmatch(text.strip()) is not None or has_time(text)


def has_time(text: str) -> bool:
    """Whether there is time for something until people meet, "Report it in the weekly meeting": nobody is called."""
    return _meeting().search(text) is not None and not any(vocabulary().says(name, text) for name in OURS)


@pattern
def _meeting() -> str:
    return any_of("meeting")


@pattern
def _no_person() -> str:
    written = rf"{any_of('no_person')}|-|–|—"
    return rf"{any_of('ticket')}\s.*\bticket\b.*|(?:{article()})?(?:(?:{written})(?:\s+{any_of('only')})?)?"
