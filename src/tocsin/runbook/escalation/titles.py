"""What titles, headings and labels say of an escalation: that it is one, which level comes, in which order."""

from __future__ import annotations

import re

from tocsin.runbook.document.sections import Section
from tocsin.runbook.escalation.ranks import counted_level, level_number
from tocsin.runbook.grammar import beginning, ending, pattern
from tocsin.runbook.words import normal, vocabulary


def speaks_of_escalating(title: str) -> bool:
    """Whether a column is called so in any language: "Escalation", "Эскалация", "Escalate to"."""
    words = vocabulary()
    kinds = {found.kind for lexicon in (words.parts, words.sections) if (found := lexicon.best(title))}
    return "escalation" in kinds or "escal" in normal(title)


def says_escalation(label: str) -> bool:
    """Whether a label announces a chain: "Escalation", "Escalate to", "升级路径"."""
    words = vocabulary()
    verb = words.words["escalate_verb"].best(label)
    if verb is not None and (verb.coverage >= 0.6 or re.match("es[ck]al", verb.phrase)):
        return True
    kind = words.sections.best(label)
    return kind is not None and kind.kind == "escalation" and kind.coverage >= 0.9


def raw_title(section: Section) -> str:
    """A heading without signs before it, its "Level 1:" kept."""
    return re.sub(r"^[^\w]+", "", section.title.raw)


def level_in(title: str) -> int | None:
    """The number of the level that a title escalates to: 3 of "Escalate to tier 3".

    "Response level 2" says how soon the second one answers, and calls nobody.
    """
    parts = title.split()
    if len(parts) > _LONGEST_TITLE:
        return None
    tiers = ((n, counted_level().match(" ".join(parts[n:]))) for n in range(1, len(parts)))
    at, tier = next(((n, tier) for n, tier in tiers if tier is not None), (0, None))
    answers = any(vocabulary().column(name, " ".join(parts[:at])) >= 0.9 for name in _ANSWERS)
    return None if tier is None or answers else level_number(tier)


_LONGEST_TITLE = 10
"""Words of the title of a column; more is a sentence."""


_ANSWERS = ("response", "acknowledge", "resolution")


def says_an_order(title: str) -> bool:
    """Whether a title says that its people come one after the other: "Escalation path", "Rufkette"."""
    return _order().search(title) is not None


@pattern
def _order() -> str:
    return ending("path_word")


def is_told_column(title: str) -> bool:
    """Whether a column says whom to tell, "Notify", "Wen informieren", and nothing of an order."""
    says = vocabulary().says
    return (says("notify", title) or says("called", title)) and _escalates().search(title) is None


@pattern
def _escalates() -> str:
    return beginning("escalates")
