"""What a title announces of a severity, above a column, before a colon, over a list: which clock, or what it is."""

from __future__ import annotations

import re

from tocsin.runbook.durations import target
from tocsin.runbook.escalation.ranks import counted_level, level_number
from tocsin.runbook.escalation.titles import level_in
from tocsin.runbook.words import vocabulary

ROLES = (
    "severity",
    "label",
    "criteria",
    "acknowledge",
    "resolution",
    "cadence",
    "response",  # of equal fits the closer word decides: "Resolve SLA" and "Update SLA" are no SLA to answer
    "escalation",
    "actions",
    "postmortem",
)
CLOCKS = {
    "response": "response",
    "acknowledge": "acknowledge",
    "resolution": "resolution",
    "cadence": "update",
    "postmortem": "review",
}
"""The target that a column of times states."""


def role_of(title: str) -> tuple[str, float]:
    """What a title says that stands below it, and how well the title fits, 0 to 1; ("", 0) where it says nothing."""
    words = vocabulary()
    bare = re.sub(r"\([^()]*\)", "", title)
    tier = counted_level().match(bare)
    behind = bare[tier.end() :] if tier is not None else ""
    if tier is not None and behind.strip() and counted_level().match(behind.strip()) is None:
        role, fit = role_of(behind)  # "Tier 1 response": how soon the first one answers
        return (role, fit) if role not in CLOCKS or level_number(tier) == 1 else ("other", 1.0)
    if level_in(bare) is not None:
        return "escalation", 0.9  # "To L2 after"
    fits = {role: words.column(role, bare) for role in ROLES}
    if fits["acknowledge"] and words.says("outside", bare):
        fits["acknowledge"] = 0.0  # "First public acknowledgement" is news for customers
    best = max(fits, key=lambda role: fits[role])
    if fits[best] < 0.5 and (first := _without_tail(bare)):
        fits = {role: words.column(role, first) for role in ROLES}
        best = max(fits, key=lambda role: fits[role])
    return (best, fits[best]) if fits[best] >= 0.5 else ("", 0.0)


def _without_tail(title: str) -> str:
    """A title without what it is of: "Examples" of "Examples from our shop"; empty where it has no such tail."""
    match = re.match(r"^(?P<first>[^\W\d_]{3,}(?:\s[^\W\d_]{3,})??)\s[^\W\d_]{1,4}\s", title)
    return match["first"] if match is not None and match[0].rsplit(None, 1)[-1].islower() else ""


def clock_said(title: str) -> str | None:
    """The role of a column of times by a word in its title that no column is called by, "other" where that is news."""
    words = vocabulary()
    if any(words.says(name, title) for name in (*_NEWS, *OTHERS)):
        return "other"
    role = next((role for name, role in _VERBS if words.says(name, title)), None)
    return "other" if role == "acknowledge" and words.says("outside", title) else role


_NEWS = ("notify", "update_word", "postmortem_word", "channel_word", "other_clock")
OTHERS = ("executives", "customers", "stakeholders", "authority", "press")
"""Lists of words for those who are told, and answer nothing."""
_VERBS = (("acknowledge_verb", "acknowledge"), ("resolve_verb", "resolution"), ("respond_verb", "response"))


_LABELS = (("acknowledge_label", "acknowledge"), ("resolution_label", "resolution"), ("response_label", "response"))


def clock_named(label: str) -> str | None:
    """The target that a label announces by itself; 대응 팀 is who responds, and no clock, for all of 대응."""
    if vocabulary().is_a("action_label", label, 0.99):
        return None
    return next((what for name, what in _LABELS if vocabulary().is_a(name, label, 0.6)), None)


def clock_of(label: str, value: str) -> str | None:
    """The target that a label announces for what stands behind it: of a time whatever the title of a column would."""
    named = clock_named(label)
    if named is not None or len(value.split()) > _LONGEST_TIME or target(value) is None:
        return named
    role, fit = role_of(label)
    if vocabulary().says("other_clock", label) and fit < 1:
        return None
    return CLOCKS.get(role)


_LONGEST_TIME = 8
"""Words of a time with what stands beside it: "within 4 hours, by day only"."""


def names_rhythm(label: str, least: float = 0.9) -> bool:
    """Whether a label announces how often one is told: "Update frequency", "Status"; never a "post-mortem"."""
    words = vocabulary()
    if words.column("cadence", label) >= 0.9:
        return True
    return words.is_a("update_word", label, least) and not words.says("postmortem_word", label)


def names_criteria(label: str, least: float = 0.5) -> bool:
    """Whether a label announces what a level is: "Definition", "Business impact", "What it means"."""
    return vocabulary().is_a("criteria_label", label, least) or vocabulary().column("criteria", label) >= 0.99
