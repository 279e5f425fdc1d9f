"""What is done besides calling somebody, in the same few words: "CTO + freeze deploys", "Team lead; open a bridge"."""

from __future__ import annotations

from tocsin.runbook.escalation.people.ours import OURS, ends_as_somebody
from tocsin.runbook.grammar import any_of, may_hold, pattern, small_words
from tocsin.runbook.words import vocabulary, words_of

_VERBS = ("mitigates", "look", "chore", "task", "imperative")
_VERBS_LAST = ("mitigates_last", "task_last", "imperative_last")


def without_tasks(text: str) -> str:
    """Whom a few words call, without what is done at the same time; a text that calls nobody is left.

    >>> without_tasks("CTO + freeze deploys"), without_tasks("Lead, keep the logs + owner")
    ('CTO', 'Lead + owner')
    >>> without_tasks("Lead + review board"), without_tasks("Freeze deploys + open a bridge")
    ('Lead + review board', 'Freeze deploys + open a bridge')
    """
    if len(text) > _LONGEST or not may_hold(text, *_VERBS, *_VERBS_LAST):
        return text
    first, *rest = _beside().split(text)
    if not rest or _is_task(first):
        return text
    return first + "".join(sign + part for sign, part in zip(rest[::2], rest[1::2], strict=True) if not _is_task(part))


_LONGEST = 200
"""Characters of a few words that call somebody."""


@pattern
def _beside() -> str:
    """Between two people, or between somebody and what is done."""
    then = rf"(?:{any_of('and', 'then')}\s+){{0,2}}"
    return rf"(\s*[+＋;；]\s*{then}|\s+[&/]\s+|,\s+{then}|\s+{any_of('and')}\s+{then})"


def _is_task(part: str) -> bool:
    """Whether a few words say what to do, and name nobody: "preserve the message"; "review board" may be somebody."""
    words = words_of(part)
    if len(words) < 2 or any(vocabulary().says(name, part) for name in (*OURS, "vendor")) or ends_as_somebody(part):
        return False
    if words[0] in small_words("mitigates") or words[-1] in small_words(*_VERBS_LAST):
        return True
    return words[0] in small_words(*_VERBS) and words[1] in small_words("article")
