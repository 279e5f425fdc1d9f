"""What an item or a cell says besides its commands: "Tell the shop. Run `x`, then light the oven by hand"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tocsin.runbook.document.inline import Inline, without_ordinal
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.instructions import Step
from tocsin.runbook.procedure.provisos import LONGEST_BEFORE, command_in, last_sentence
from tocsin.runbook.words import normal


def with_words_around(inline: Inline, steps: Sequence[Step]) -> list[Step]:
    """The steps of a text with its other words as details, so that nothing of what is to be done is left out.

    What stands before the sentence of the first command goes to the first step, what stands behind the last one to
    the last. Conditions and titles are not said twice.
    """
    found = list(steps)
    if not found:
        return found
    if before := _said_before(inline, found[0]):
        found[0] = replace(found[0], details=(before, *found[0].details))
    if behind := _said_behind(inline, found[-1]):
        found[-1] = replace(found[-1], details=(*found[-1].details, behind))
    return found


def _said_before(inline: Inline, first: Step) -> str:
    """The sentences before the one that the first command stands in, or that names it."""
    at = next((n for n, run in enumerate(inline.runs) if run.code and _runs(first, command_in(run))), 0)
    said = without_ordinal("".join(run.text for run in inline.runs[:at]))
    own = first.title if first.title in said else last_sentence(said)
    before = said[: said.rfind(own)].strip() if own else ""
    return before if _is_more(before, first) else ""


def _said_behind(inline: Inline, last: Step) -> str:
    """What follows the last command: another sentence, a clause, the bracket right behind it."""
    at = max((n for n, run in enumerate(inline.runs) if run.code), default=-1)
    text = "".join(run.text for run in inline.runs[at + 1 :])
    if at < 0 or len(text) <= _SHORTEST:
        return ""
    joined = None if _ENDS.match(text.lstrip()) else _goes_on().match(text)
    ends = joined or _ENDS.search(text)
    behind = text[ends.end() :].strip() if ends is not None else ""
    behind = _without_open_end(behind)
    return behind if _is_more(behind, last) else ""


def _without_open_end(text: str) -> str:
    """A text without the bracket that closes the one its command stands in, or that it began with: "`x`, slow)"."""
    depth = 0
    for n, sign in enumerate(text):
        depth += (sign in "(（") - (sign in ")）")
        if depth < 0:
            return f"{text[:n]}{text[n + 1 :]}".strip()
    return text


def _runs(step: Step, code: str) -> bool:
    return step.command is not None and step.command.text == code


def _is_more(said: str, step: Step) -> bool:
    """Whether words are more than a remnant, in no other part of their step, and no title of what stands below."""
    if len(said) > LONGEST_BEFORE or said.endswith((":", "：")):
        return False
    told = [normal(one) for one in (step.title, step.condition or "", *step.details) if one]
    bare = normal(said).strip(" .;:,()")
    return len(bare) > _SHORTEST and any(map(str.isalpha, bare)) and not any(bare in one or one == bare for one in told)


_ENDS = re.compile(r"[.;!]\s+|[。；！]")
_SHORTEST = 3
"""Characters of what is worth a line."""


@pattern
def _goes_on() -> str:
    """Between a command and what else is to be done or to be seen: ", then", " and ", " → ", " — ", ": ", " ("."""
    mark = r"[,:，、：(（–—→]|[-=]>|-(?=\s)"
    return rf"\s*(?:(?:{mark}|{any_of('and', 'then')}(?=\s))\s*)+"
