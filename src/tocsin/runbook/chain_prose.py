"""Escalation in sentences: "If you cannot fix it within 30 minutes, page the payments lead"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tocsin.runbook.blocks import Item, ItemList, Text
from tocsin.runbook.chains import ARROW, BRACKET, LEVEL, people, waited_for
from tocsin.runbook.durations import target
from tocsin.runbook.inline import Inline
from tocsin.runbook.outline import Section
from tocsin.runbook.playbook import Duration, DurationKind, EscalationLevel, Lines, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.words import vocabulary

_WHO = r"(?P<who>[\w`@#/&-]+(?:\s+[\w`@#/&-]+){0,4}?)"
_STOP = (
    r"(?=\s*(?:[,.;:(（。，、]|$|→|\s(?:in|via|at|on(?!\s(?:duty|call))|after|within|if|when|as|for|and|by|from|immediately|until|through|using"
    r"|with|who|to|después|tras|si|cuando|por|depois|após|se|quando|après|dès|en|par|dopo|entro|per|nach|wenn|innerhalb"
    r"|через|если|после|при)\b(?!-)))"
)
_PASSIVE = re.compile(
    rf"(?:^|[,;:]\s*)(?:the\s+)?{_WHO}\s+(?:is|are|gets?|will be|receives?)\s+(?:a\s+|the\s+|auto-?|also\s+|then\s+)*"
    r"(?:paged?|notified|called|contacted|informed|alerted|engaged|notification)\b",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    rf"^(?:the|il|lo|la|el|le|der|die|das|o|a)\s+{_WHO}\s+(?:answers?|responds?|reacts?|risponde|responde|contesta|atende|répond"
    r"|antwortet|reagiert)\s+(?:\w+\s+)?(?:first|primo|prima|primero|primera|primeiro|primeira|premier|première|zuerst)\b",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rf"^(?:the\s+)?{_WHO}\s+(?:acknowledges?|responds?|investigates?|starts|begins|joins|takes|leads|receives|triages"
    r"|answers|reacts|confirma|reconoce|atiende|responde|investiga|assume|inicia|quittiert|übernimmt|reagiert|untersucht"
    r"|acquitte|prend|répond|conferma|prende|подтверждает|принимает|реагирует)\b",
    re.IGNORECASE,
)
"""Somebody who does something by themselves: "Primary on-call acknowledges and begins"."""
_NOBODY = re.compile(
    r"^(?:it|them|us|me|this|that|everyone|anyone|someone|customers?|users?|support|status|page|stakeholders?|slack"
    r"|team|the team|incident|next level|\W*#.*|.*\s#\S*"
    r"|(?:if|when|unless|once|until)\b.*|(?:fires|triggers|escalates|goes|routes|has|is|was|gets|will)\b.*)$",
    re.IGNORECASE,
)


@cache
def _call() -> re.Pattern[str]:
    """A verb of calling, in any language, and who is called."""
    verbs = sorted(vocabulary().words["call"].spaced, key=len, reverse=True)
    latin = "|".join(
        re.sub(r"^\S+", lambda word: re.escape(word[0]) + "s?", verb).replace(" ", r"\s+") for verb in verbs
    )
    unspaced = "|".join(map(re.escape, sorted(vocabulary().words["call"].written, key=len, reverse=True)))
    article = r"(?:(?:the|our|your|el|la|al|los|las|o|a|ao|le|les|l'|il|lo|den|die|das|dem|der)\s+)?"
    return re.compile(
        rf"(?<![\w-])(?:{latin})\s+(?:(?:it|this|the\s+(?:issue|incident))\s+to\s+)?{article}{_WHO}{_STOP}"
        rf"|(?:{unspaced})\s*(?P<unspaced>[^\s,，。；;（(]{{2,16}})",
        re.IGNORECASE,
    )


def read_prose(section: Section, scale: Scale, *, strict: bool = False) -> list[EscalationLevel]:
    """The levels that sentences of a section name, in their order; none unless a time stands with one.

    With ``strict`` a time must say what it waits for, as it must outside of an escalation chapter.
    """
    found: list[EscalationLevel] = []
    if strict and not any(vocabulary().says("unacknowledged", inline.text) for inline in _inlines(section)):
        return []
    for inline in _inlines(section):
        for sentence in _SENTENCES.split(inline.text):
            level = spoken(sentence, inline.lines, len(found) + 1, scale)
            if level is None and found:
                level = _in_turn(sentence, inline.lines, len(found) + 1)
            if level is not None and level.after is not None and found and _FURTHER.search(sentence):
                level = replace(level, after=_later(found[-1].after, level.after))
            if level is not None and level.targets not in [one.targets for one in found]:
                found.append(level)
    if strict and not (len(found) > 1 and any(level.trigger is Trigger.UNACKNOWLEDGED for level in found)):
        return []
    return found if any(level.after for level in found) else []


_SENTENCES = re.compile(
    r"(?<=[.!?])\s+|[,;]\s*then\s+|;\s+|,?\s+(?:and|und|et|y|e|и)\s+(?=(?:at|after|nach|après|tras|após|dopo|через)\s+\S*\d)"
)
_FURTHER = re.compile(r"(?i)\b(?:another|further|weitere[rn]?|encore|otros|outros|altri|ещё|еще)\b")
_TURN = re.compile(
    r"(?i)^(?:at|after|nach|après|tras|após|dopo|через)\s+[^,]*?\d+\s*[^\W\d_]+(?:,[^,]{1,30})?,?\s+(?:the|die|der|den|le|la|el|o|a|il)\s+"
    r"(?P<who>[\w-]+(?:\s+[\w-]+){0,4})[.]?$"
)


def _in_turn(clause: str, lines: Lines, number: int) -> EscalationLevel | None:
    """The level of a clause that leaves the verb out: "and at 20 minutes the head of signalling"."""
    match = _TURN.match(clause.strip())
    after = target(clause, lines.first) if match else None
    if match is None or after is None or not vocabulary().says("person_word", match["who"]):
        return None
    span = Lines(lines.first, lines.last)
    return EscalationLevel(number, people(match["who"]), span, after=after, trigger=Trigger.UNRESOLVED)


def _later(before: Duration | None, further: Duration) -> Duration:
    """ "another 5 minutes later", from the start of the incident."""
    if before is None or before.seconds is None or further.seconds is None:
        return further
    return replace(further, seconds=before.seconds + further.seconds)


def read_sentences(items: tuple[Item, ...], scale: Scale, *, least: int = 2) -> list[EscalationLevel]:
    """The levels of a list whose items are sentences with a verb: "If no answer in 15 minutes, page the lead".

    Empty unless ``least`` items name somebody to call. What is nested below an item belongs to its sentence. Whoever
    acts first without being called, "The on-call answers within 5 minutes", is the first level.
    """
    found: list[EscalationLevel] = []
    for item in items:
        if LEVEL.match(item.inline.text):
            return []
        nested = [one.inline.text for child in item.children if isinstance(child, ItemList) for one in child.items]
        sentence = " ".join((item.inline.text, *(f", {text}" for text in nested)))
        level = spoken(sentence, item.lines, len(found) + 1, scale)
        if level is None and not found and (who := acts(sentence)) is not None:
            level = EscalationLevel(1, people(who), Lines(item.lines.first, item.lines.last), trigger=Trigger.START)
        if level is not None and level.targets not in [one.targets for one in found]:
            found.append(level)
    return found if len(found) >= least and any(level.condition for level in found) else []


def _inlines(section: Section) -> Iterator[Inline]:
    for block in section.blocks:
        match block:
            case Text():
                yield block.inline
            case ItemList():
                yield from (item.inline for item in block.items)
            case _:
                pass


def spoken(sentence: str, lines: Lines, number: int, scale: Scale) -> EscalationLevel | None:
    """The level of a sentence that calls somebody; None when it calls nobody."""
    who = _called(sentence)
    if who is None:
        return None
    after = target(sentence, lines.first)
    if after is not None and after.kind is DurationKind.IMMEDIATE:
        after = None
    timed = after if after is not None and after.seconds else None
    return EscalationLevel(
        level=number,
        targets=people(who),
        lines=Lines(lines.first, lines.last),
        severities=scale.mentioned(sentence),
        after=timed,
        trigger=waited_for(sentence) if timed else Trigger.START if number == 1 else Trigger.UNSTATED,
        condition=sentence.strip(" ,"),
    )


def _called(sentence: str) -> str | None:
    parts = ARROW.split(sentence)
    if len(parts) == 2 and _is_occasion(parts[0]):
        who = _in(_call(), parts[1]) or BRACKET.sub(" ", parts[1])
        if vocabulary().says("escalate_verb", who.split()[0] if who.split() else ""):
            return None  # "→ escalate severity" says what to do
        return None if _NOBODY.match(who.strip()) or len(who.split()) > 5 else who.strip()
    return _in(_call(), sentence) or _in(_PASSIVE, sentence) or _in(_ANSWERS, sentence)


def _in(pattern: re.Pattern[str], sentence: str) -> str | None:
    at = 0
    while (match := pattern.search(sentence, at)) is not None:
        named = match.groupdict()
        who = (named.get("who") or named.get("unspaced") or "").strip("`@#")
        if who and not _NOBODY.match(who):
            return who
        at = match.start() + 1
    return None


def acts(sentence: str) -> str | None:
    """The person who acts in a sentence: "the on-call" of "The on-call acknowledges and begins"; None for others."""
    who = _in(_ACTS, sentence.strip())
    if who is None or not any(vocabulary().says(name, who) for name in ("person_word", "rotation", "role_word")):
        return None
    return who


def _is_occasion(text: str) -> bool:
    """Whether what stands before an arrow is when, not whom: "Not resolved in 10 min", "Alert triggered"."""
    words = vocabulary()
    return (
        any(words.says(name, text) for name in ("unresolved", "unacknowledged"))
        or target(text) is not None
        or bool(re.match(r"(?i)\W*(?:alert|if|when|alerta|alerte|alarm)\b", text))
    )
