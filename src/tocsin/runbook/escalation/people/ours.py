"""Whether a name is that of one of ours; authorities, the press, customers, a ticket and a room are none."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import BRACKET, any_of, article, beginning, ending, guarded, pattern, small_words
from tocsin.runbook.words import one_of, vocabulary, words_of

OURS = ("person_word", "role_word", "team_name", "rotation")
"""Lists of words for one of ours: people, and those who stand for them."""


def ends_as_somebody(text: str) -> bool:
    """Whether a word of a text is a compound for somebody by its ending: "Werkstattleiter", "Küchenchefin"."""
    return _compound().search(text) is not None or _ABBREVIATED.search(text) is not None


_ABBREVIATED = re.compile(r"(?<![\w-])(?:EM|EMs)(?![\w-])(?!\s+[^\W\d_a-z]{3})")
"""Somebody by letters that are another word in small ones: "EM"; no "EM PRODUÇÃO"."""


@pattern
def _compound() -> str:
    return rf"[^\W\d_]{{3,20}}{ending('person_ending')}(?!\w)"


def is_name(text: str) -> bool:
    """Whether a few words may be a name where somebody is expected: "Ada Stone", "@ada", "Backup".

    A capital letter begins much else; a text that means something else by any list of words is no name.
    """
    words, known = text.split(), vocabulary()
    if any(known.is_a(rank, text, 0.9) for rank in ("primary", "secondary")) or _HANDLE.fullmatch(text):
        return True
    if not 0 < len(words) <= _LONGEST_NAME or not all(map(_NAME.fullmatch, words)):
        return False
    if any(known.says(name, text) for name in _NO_NAMES) or known.is_label(text):
        return False
    kinds = (lexicon.best(text) for lexicon in (known.phases, known.parts, known.sections, known.exact, known.labels))
    means = any(found is not None and found.coverage >= _MOSTLY for found in kinds)
    return not means and small_words("look", "chore", "task", "imperative").isdisjoint(words_of(text)[:1])


_HANDLE = re.compile(r"@[\w.-]+")
_NAME = re.compile(r"(?-i:[^\W\d_a-z])[^\W\d_]*(?:[.'’-][^\W\d_]+)*\.?")
_LONGEST_NAME = 3
_MOSTLY = 0.6
_NO_NAMES = (
    "not_contact",
    "channel_word",
    "immediate",
    "unresolved",
    "unacknowledged",
    "verify",
    "operation",
    "notify",
    "call",
    "escalate_verb",
    "customers",
    "stakeholders",
    "authority",
    "press",
    "progress",
    "trouble",
    "resolve_verb",
    "acknowledge_verb",
    "respond_verb",
    "postmortem_word",
    "update_word",
)


def is_first_responder(who: str) -> bool:
    """Whether somebody is known to be paged first by a word of the name, "On-call", "Primary", in any language."""
    return _first_responder().search(who) is not None


@pattern
def _first_responder() -> str:
    return beginning("first_responder")


def is_outside(who: str) -> bool:
    """Whether a name is that of somebody outside: "Regulator (ICO)", "BSI-Meldung", "the press"; no "press officer"."""
    words = vocabulary()
    bare = re.sub(rf"(?i)^{article()}", "", BRACKET.sub(" ", who).strip()).strip()
    if any(words.says(name, bare) for name in OURS):
        return False
    return words.is_a("authority", bare, 0.5) or any(words.is_a(name, bare, 0.99) for name in ("customers", "press"))


def is_no_person(text: str) -> bool:
    """Whether a cell names where something is written or met, or what is done, "War room", "Reboot", and no one."""
    if is_written_down(text) or has_time(text):
        return True
    return len(text) <= _LONGEST_HOURS and _hours().fullmatch(text.strip()) is not None


def is_written_down(text: str) -> bool:
    """Whether a cell names where something is written, or what is done later, and nothing else: "Jira ticket"."""
    return _no_person().fullmatch(text.strip()) is not None or is_filed(text)


_LONGEST_HOURS = 40
"""Characters of what says only when people are at work, "During business hours"."""


@pattern
def _hours() -> str:
    hours = vocabulary().durations["business_hours"]
    within = {hour[:-1] for hour in hours if ord(hour[0]) >= 0x2E80 and len(hour) > 3}  # 営業時間 of 営業時間内
    return rf"(?:\w{{1,8}}\s+){{0,2}}{one_of({*hours, *within})}\w{{0,2}}"


def is_filed(text: str) -> bool:
    """Whether a few words say what is done later, "Follow up by ticket", "Scheduled fix", and name no one of ours."""
    if len(text) > _LONGEST_DEED or _filed().search(text) is None:
        return False
    return not any(vocabulary().says(name, text) for name in OURS)


_LONGEST_DEED = 50
"""Characters of what is done with a ticket; a longer text says more."""


@guarded("filed")
def _filed() -> str:
    return any_of("filed")


def has_time(text: str) -> bool:
    """Whether there is time for something until people meet, "Report it in the weekly meeting": nobody is called."""
    return _meeting().search(text) is not None and not any(vocabulary().says(name, text) for name in OURS)


@pattern
def _meeting() -> str:
    return any_of("meeting")


@pattern
def _no_person() -> str:
    written = rf"{any_of('no_person', 'deed')}|-|–|—"
    only = any_of("only")
    return rf"{any_of('ticket')}\s.*\bticket\b.*|(?:{only}\s*)?(?:{article()})?(?:(?:{written})(?:\s*{only})?)?"
