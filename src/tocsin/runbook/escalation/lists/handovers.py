"""Escalation as pairs: from whom to whom, and when: "Desk to lead after 15 min", "From | To | After"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from tocsin.runbook.document.blocks import Block, ItemList, Table, Text
from tocsin.runbook.durations import target, with_units
from tocsin.runbook.escalation.arrows import at_arrows
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.sentences.clauses import adds_to_before
from tocsin.runbook.escalation.times.waits import waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.grammar import BRACKET, any_of, article, ending, may_hold, pattern, phrases
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import is_unspaced, normal, one_of, vocabulary

_LONGEST = 400
"""Characters of a text that hands over: it is looked at for two names from each of its words on."""
_LONGEST_NAME = 5
"""Words."""


@dataclass(frozen=True, slots=True)
class _Handover:
    """Who gives up to whom, and the words that say when."""

    giver: str
    taker: str
    said: str
    lines: Lines


def handed_over(blocks: Iterable[Block]) -> list[EscalationLevel]:
    """The chain of the pairs of a chapter, each beginning with whom the one before it ends with; empty without two."""
    for block in blocks:
        match block:
            case Table():
                found = _in_rows(block)
            case ItemList():
                pairs = [_pair(item.inline.text, item.lines) for item in block.items]
                found = [one for one in pairs if one is not None] if None not in pairs else []
            case Text():
                found = _in_sentences(block.inline.text, block.lines)
            case _:
                continue
        if levels := _chain(found):
            return levels
    return []


def _chain(found: list[_Handover]) -> list[EscalationLevel]:
    if len(found) < 2 or not all(_stem(one.taker) == _stem(other.giver) for one, other in itertools.pairwise(found)):
        return []
    levels = [EscalationLevel(1, people(found[0].giver), found[0].lines, trigger=Trigger.START)]
    spent = 0
    for number, one in enumerate(found, 2):
        after = target(one.said, one.lines.first)
        if after is not None and after.seconds:
            further = adds_to_before(one.said) or after.seconds <= spent
            spent = after.seconds + (spent if further else 0)
            after = replace(after, seconds=spent)
        timed = after if after is not None and after.seconds else None
        trigger = waited_for(one.said) if timed else Trigger.UNSTATED
        levels.append(EscalationLevel(number, people(one.taker), one.lines, after=timed, trigger=trigger))
    return levels


def _stem(name: str) -> str:
    """The beginning of a name, which its cases share: "начальника" and "начальнику"."""
    return normal(name).strip()[:_STEM]


_STEM = 6
"""Letters."""


def _in_rows(table: Table) -> list[_Handover]:
    """The pairs of two columns of people of which each row but the first begins with whom the one above ends with."""
    for n in range(len(table.header) - 1):
        rows = [row for row in table.rows if n + 1 < len(row.cells)]
        pairs = [
            _Handover(
                row.cells[n].text,
                row.cells[n + 1].text,
                " ".join(cell.text for m, cell in enumerate(row.cells) if m not in (n, n + 1)),
                row.lines,
            )
            for row in rows
        ]
        if len(rows) == len(table.rows) > 1 and all(_is_name(name) for one in pairs for name in (one.giver, one.taker)):
            return pairs
    return []


def _pair(text: str, lines: Lines) -> _Handover | None:
    """The pair of an item: "Desk → lead after 15 min", "Desk to lead: 15 min", "From the desk to the lead: …"."""
    if len(text) > _LONGEST:
        return None
    if len(parts := at_arrows(text)) == 2:
        giver, behind = parts[0].strip(" :："), parts[1]
    elif (match := _between().match(text)) is not None:
        giver, behind = match["giver"], match["behind"]
    else:
        return None
    taker = without_times(BRACKET.sub(" ", re.split(r"[:：,，、;(（]|\s[–—-]\s", behind)[0]).strip())
    found = _Handover(_bare(giver), _bare(taker), text, lines)
    return found if _is_name(found.giver) and _is_name(found.taker) and target(giver) is None else None


def _in_sentences(text: str, lines: Lines) -> list[_Handover]:
    """The pairs of sentences: "Escalate from the desk to the lead after 15 minutes, from the lead to the owner …"."""
    if len(text) > _LONGEST or not (may_hold(text, "hands_from") or is_unspaced(text)):
        return []
    text = with_units(text)
    matches = [match for match in _from_to().finditer(text) if _is_name(_giver(match)) and _is_name(_taker(match))]
    found: list[_Handover] = []
    for n, match in enumerate(matches):
        end = matches[n + 1].start() if n + 1 < len(matches) else len(text)
        behind, before = text[match.end() : end], text[matches[n - 1].end() if n else 0 : match.start()]
        ahead = target(behind) is None or (is_unspaced(text) and n == 0 and target(before) is not None)
        if is_unspaced(text) and target(text[: matches[0].start()]) is not None:
            ahead = True  # 15分後に当番から班長へ、45分後に…
        found.append(_Handover(_giver(match), _taker(match), before if ahead else behind, lines))
    return found


def _giver(match: re.Match[str]) -> str:
    return _bare(match["giver"] or match["first"])


def _taker(match: re.Match[str]) -> str:
    return _bare(match["taker"] or match["second"])


def _bare(name: str) -> str:
    return re.sub(rf"(?i)^{article()}", "", name.strip(" *_`:：.。"))


def _is_name(text: str) -> bool:
    return is_somebody(text) and len(text.split()) <= _LONGEST_NAME and target(text) is None


@pattern
def _between() -> str:
    """ "Desk to lead", "From the desk to the lead", with what stands behind it."""
    name = r"[^\d:：,;()]{2,60}?"
    return rf"^(?:{any_of('hands_from')}\s+)?(?P<giver>{name})\s+{any_of('hands_to')}\s+(?P<behind>.+)$"


@cache
def _from_to() -> re.Pattern[str]:
    words = vocabulary().words
    word = r"[\w'’&/-]+"
    name = rf"{word}(?:\s+{word}){{0,4}}?"
    end = any_of("ends_name", "and", "after", "deadline", "if", "for", "then")
    stop = rf"(?=\s*(?:[,.;:(]|$)|\s+(?:{end}|{one_of(words['passive'].spaced)}(?!\w)|\d))"
    before, between = any_of("hands_from"), any_of("hands_to")
    spaced = rf"{before}\s+(?:{article()})?(?P<giver>{name})\s+{between}\s+(?:{article()})?(?P<taker>{name}){stop}"
    letters = r"[^\s\d、，。；;,.：:\u3041-\u3096]"
    joins = one_of(one for one in phrases("hands_to") if ord(one[0]) >= 0x2E80)
    ahead = one_of(one for one in phrases("hands_from") if ord(one[0]) >= 0x2E80)
    ends = rf"(?=[、，。；;,]|{ending('hands_end')}|$|\s)"
    first = rf"(?:{ahead}|(?<!{letters}))(?P<first>(?:(?!{ahead}){letters}){{2,12}}?)"
    unspaced = rf"{first}(?:{joins})(?P<second>{letters}{{2,12}}?){ends}"
    return re.compile(rf"{spaced}|{unspaced}", re.IGNORECASE)
