"""Escalation in sentences: "If you cannot fix it within 30 minutes, page the payments lead"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.blocks import ItemList, Text
from tocsin.runbook.chains import people
from tocsin.runbook.durations import target
from tocsin.runbook.inline import Inline
from tocsin.runbook.outline import Section
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary

_CALL = re.compile(
    r"\b(?:escalate(?:d|s)?\s+(?:it\s+|this\s+|the (?:issue|incident)\s+)?to"
    r"|page|call|notify|contact|involve|reach out to|alert)\s+"
    r"(?:the\s+|our\s+|your\s+)?(?P<who>[\w`@#/&-]+(?:\s+[\w`@#/&-]+){0,4}?)"
    r"(?=\s*(?:[,.;:(]|$|\s(?:in|via|at|on|after|within|if|when|as|for|and|by|immediately|until|through|using|to)\b))",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"^(?:it|them|us|me|this|that|everyone|anyone|someone|customers?|users?|support)$", re.IGNORECASE)


def read_prose(section: Section, scale: Scale) -> list[EscalationLevel]:
    """The levels that sentences of an escalation section name, in their order; none unless a time stands with one."""
    found: list[EscalationLevel] = []
    for inline in _inlines(section):
        for sentence in re.split(r"(?<=[.!?])\s+|[,;]\s*then\s+", inline.text):
            level = _sentence(sentence, inline, len(found) + 1, scale)
            if level is not None and level.targets not in [one.targets for one in found]:
                found.append(level)
    return found if any(level.after for level in found) else []


def _inlines(section: Section) -> Iterator[Inline]:
    for block in section.blocks:
        match block:
            case Text():
                yield block.inline
            case ItemList():
                yield from (item.inline for item in block.items)
            case _:
                pass


def _sentence(sentence: str, inline: Inline, number: int, scale: Scale) -> EscalationLevel | None:
    match = _CALL.search(sentence)
    if match is None or _NOBODY.match(match["who"]):
        return None
    after = target(sentence, inline.lines.first)
    timed = after if after is not None and after.seconds else None
    said = "unacknowledged" if vocabulary().says("unacknowledged", sentence) else "unresolved"
    return EscalationLevel(
        level=number,
        targets=people(match["who"].strip("`@#")),
        lines=inline.lines,
        severities=scale.mentioned(sentence),
        after=timed,
        trigger=Trigger(said) if timed else Trigger.START if number == 1 else Trigger.UNSTATED,
        condition=sentence.strip(),
    )
