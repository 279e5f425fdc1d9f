"""Targets of several severities in one sentence: "Acknowledge within 5 minutes for SEV-1, 30 minutes for SEV-2"."""

from __future__ import annotations

import re

from tocsin.runbook.document.outline import Section
from tocsin.runbook.levels.facts import Draft, texts_of
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.scale import Scale
from tocsin.runbook.times import times_by_severity
from tocsin.runbook.words import vocabulary

_ELSEWHERE = frozenset(["templates", "postmortem_template", "upkeep", "incidents", "when_to_escalate", "communication"])
_CLOCKS = (
    ("postmortem_word", "review"),
    ("acknowledge_verb", "acknowledge"),
    ("resolve_verb", "resolution"),
    ("respond_verb", "response"),
)
_WAITS = ("unresolved", "unacknowledged")
_CALLS = ("escalate_verb", "call", "update_word", "notify")
"""Words of a sentence that says when somebody is called or told, and promises nothing."""


def read_promises(root: Section, scale: Scale, draft: Draft) -> None:
    """Take the targets of sentences that give one for each level, where the level has none by now."""
    if len(scale.severities) < 2:
        return
    for section in root.walk():
        if any(one.about in _ELSEWHERE and not one.is_title for one in section.path()):
            continue
        for inline in texts_of(section):
            for sentence in re.split(r"(?<=[.!?。])\s+", inline.text):
                times = times_by_severity(sentence, scale, inline.lines.first)
                what = _clock(sentence, section.title.text) if times else None
                for name, duration in times.items() if what else ():
                    level = draft.levels.get(severity_key(name))
                    if what and level is not None and level.first(what) is None:
                        level.state(what, duration)


def _clock(sentence: str, title: str) -> str | None:
    """Which target a sentence states, by its own words or by those of the heading above it."""
    words = vocabulary()
    if any(words.says(name, sentence) for name in _WAITS):
        return None
    for text in (sentence, title):
        for name, what in _CLOCKS:
            if words.says(name, text):
                return what
        if any(words.says(name, text) for name in _CALLS):
            return None
    return None
