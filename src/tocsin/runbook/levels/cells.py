"""What a cell of a severity table says: by when, how often others are told, and what stands beside a time."""

from __future__ import annotations

import re

from tocsin.runbook.durations import every, target
from tocsin.runbook.levels.promises import tells_others
from tocsin.runbook.span_forms import without_round_the_clock
from tocsin.runbook.stated import Duration, DurationKind
from tocsin.runbook.words import vocabulary, words_of

_SURE = 0.9
"""Of a title, how much of it is a word for telling others."""


def of_the_whole(text: str) -> str:
    """The clause of a cell that is not about a first remedy: "24 h fixed" of "1 h mitigated · 24 h fixed"."""
    timed = [part for part in _CLAUSES.split(text) if target(part) is not None]
    last = [part for part in timed if not vocabulary().says("other_clock", part)]
    return last[0] if last and len(last) < len(timed) else text


_CLAUSES = re.compile(r"\s*[·;；,，、]\s*|\s+[/|]\s+")


def is_told_once(head: str, text: str) -> bool:
    """Whether a cell says by when others are told, "Communication: within 4 hours", and not how often."""
    kind = vocabulary().sections.best(head)
    begun = words_of(text)[:1]
    told = kind is not None and kind.kind == "communication" and kind.coverage >= _SURE
    return told and bool(begun) and begun[0] in vocabulary().durations["within"]


def rhythm_of_news(head: str, text: str, line: int) -> Duration | None:
    """How often a cell says that others are told, below a title of whom to tell: "Status page, every 30 min"."""
    rhythm = every(text, line)
    if rhythm is None or not (vocabulary().says("update_word", text) or _speaks_of_news(head)):
        return None
    return rhythm


def _speaks_of_news(head: str) -> bool:
    """Whether a title is about telling others: "Comms", "Status page", "Stakeholders"."""
    words = vocabulary()
    kind = words.sections.best(head)
    told = ("notify", "update_word", "stakeholders", "customers", "channel_word")
    return (kind is not None and kind.kind in ("communication", "channels")) or any(
        words.says(one, head) for one in told
    )


def interval(text: str, line: int) -> Duration | None:
    """A time in a column on updates: "30 min". What says when somebody is told once is no rhythm: "A mail at once"."""
    found = target(text, line)
    if found is None or found.seconds == 0:
        return found if found is not None and found.kind is not DurationKind.IMMEDIATE else None
    begins = text.lstrip(" ~≤<").startswith(found.text.lstrip(" ~≤<"))
    return found if begins or len(text.split()) <= _BESIDE_A_TIME + len(found.text.split()) else None


_BESIDE_A_TIME = 2
"""Words: "in 30 min", "Slack, 30 min"; more of them say something else, "Status page + mail if > 1 h"."""


def dashed(text: str) -> tuple[str, str] | None:
    """What stands before and behind the first dash of a cell: "Critical - all trams stand"."""
    match = re.match(r"(?P<before>[^\W\d_]+(?:\s[^\W\d_]+)?)\s+[-–—]\s+(?P<behind>\S.*)$", text)
    return (match["before"], match["behind"]) if match is not None else None


def without_news(text: str) -> str:
    """What a cell says of who answers, without clauses on telling others: "page the lead; status page in 15 min"."""
    clauses = re.split(r"[;；]\s*", text)
    words = vocabulary()
    told = [one for one in clauses if words.says("update_word", one) and not words.says("respond_verb", one)]
    return "; ".join(one for one in clauses if one not in told) if 0 < len(told) < len(clauses) else text


def at_once(text: str, line: int) -> Duration | None:
    """The time of the clause that has somebody begin at once: "Save the logs, page the lead immediately, then look"."""
    words = vocabulary()
    for clause in re.split(r"[,;，；、]\s*", text):
        found = target(clause, line)
        begins = any(words.says(name, clause) for name in ("acknowledge_verb", "respond_verb", "call"))
        if found is not None and found.kind is DurationKind.IMMEDIATE and begins and not tells_others(clause):
            return found
    return None


def after_target(text: str, found: Duration | None) -> tuple[str, ...]:
    """ "15 min, Engineering Manager, #incidents": who is to answer, and where."""
    if found is None:
        return (text,)
    pieces = (piece.strip() for piece in re.split(r"[,;，；]", text)[1:])
    return tuple(piece for piece in pieces if piece and not _is_when(piece))


def _is_when(piece: str) -> bool:
    """Whether a piece is a time, or says that somebody is always there, and nothing to do."""
    span = target(piece)
    bare = span is not None and span.seconds and not re.search(r"[^\W\d_]{3}", piece.replace(span.text.strip(), ""))
    return bool(bare) or vocabulary().is_a("availability", piece, 0.9) or not without_round_the_clock(piece).strip()
