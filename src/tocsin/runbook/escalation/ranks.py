"""Ranks of a chain, "Level 2", "二线", "First line", "Last resort": a number, and who stands behind it."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import any_of, ending, pattern
from tocsin.runbook.words import one_of, vocabulary

NUMERALS = "一二三四五"


@pattern
def counted_level() -> str:
    """The number of a level at the beginning of a text: "Level 1:", "一线", "2차", "First line", "First:"."""
    behind, counted = ending("level_behind"), rf"\d|[{NUMERALS}]"
    return (
        rf"^(?:{ending('level')}\s*[-.]?\s*(?P<n>{counted})\s*(?:{behind})?(?!\w)"
        rf"|(?P<cjk>[{NUMERALS}]){behind}(?:{ending('level_more')})?|(?P<ko>\d){ending('level_after')}(?!\w)"
        rf"|(?P<nth>{one_of(vocabulary().ordinals)})(?:[\s-]{any_of('nth_level')}|(?=\s*[:：]))"
        rf"|{any_of('last_level')})"
        r"\s*(?:[:：.)–—-]+\s*|\s+|$|(?=[(（]))"
    )


def level_number(match: re.Match[str]) -> int:
    """The number of a level that ``counted_level`` found; 0 of the last one, "Last resort:"."""
    if match["nth"]:
        return vocabulary().ordinals[match["nth"].casefold()]
    digit = match["n"] or match["ko"] or match["cjk"]
    if not digit:
        return 0
    return NUMERALS.index(digit) + 1 if digit in NUMERALS else int(digit)


def without_rank(text: str) -> str:
    """What stands behind the number of a level; in "L2 engineers" and "Tier 2 support" the number is of the name."""
    rank = counted_level().match(text)
    if rank is None:
        return text
    bare = rank[0][-1:].isspace() and rank[0].rstrip()[-1:].isalnum()  # no sign stands behind the number
    return text if bare and _GOES_ON.match(text, rank.end()) else text[rank.end() :]


_GOES_ON = re.compile(r"[a-z]{3,}")


def counts_only(text: str) -> bool:
    """Whether a few words are the rank of a level and name nobody: "First responder", "Level 2", "Last resort"."""
    rank = counted_level().match(text)
    return rank is not None and rank.end() == len(text)
