"""A scale that a chapter on severities tells in running text: "P1 means no flour. P1 needs eyes in 5 minutes."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.document.blocks import Item, ItemList, Text
from tocsin.runbook.document.inline import plain
from tocsin.runbook.document.sections import Section
from tocsin.runbook.escalation.sentences.verbs_of_calling import may_call
from tocsin.runbook.grammar import any_of, may_hold, pattern
from tocsin.runbook.levels.bare_times import is_time_alone, with_time_apart
from tocsin.runbook.levels.draft import Draft
from tocsin.runbook.levels.facts import read_item, texts_of
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.scale import LevelName, coded_names, level_name
from tocsin.runbook.sentence_ends import clause_ends
from tocsin.runbook.stated import Lines

_LONGEST = 4000
"""Characters of a paragraph that tells of a scale."""


def read_told_levels(root: Section, draft: Draft) -> None:
    """Take the levels of which the sentences of a chapter on severities say what each is; two or more of them."""
    for section in root.walk():
        if section.about not in ("severity", "targets"):
            continue
        told: dict[str, tuple[str, Lines, list[str]]] = {}
        for code, lines, said in _told(section):
            told.setdefault(severity_key(code), (code, lines, []))[2].append(said)
        if sum(_says_what(one[2]) for one in told.values()) < _FEWEST:
            continue
        for key in sorted(told):
            code, lines, sentences = told[key]
            rest = " ".join(_without_name(one, code) for one in sentences)
            name = LevelName(code, None, rest)
            level = draft.level(name, lines, define=True)
            if level is not None:
                item = with_time_apart(Item(lines, plain(f"{code}: {rest}", lines.first)))
                name = level_name(item.inline.text) or name
                read_item(item, name, level, "severity", criteria=True, clock="response")
        return


_FEWEST = 2
"""Levels that make a scale."""


def read_declared_levels(root: Section, draft: Draft) -> None:
    """Take the levels of sentences that say in which case each is declared: "Treat it as SEV1 if all shops are shut".

    Two or more of them in one chapter, whatever that is about.
    """
    for section in root.walk():
        if any(one.about in _NOT_DECLARED_IN for one in section.path()):
            continue
        told: dict[str, tuple[str, Lines, list[str]]] = {}
        for inline in texts_of(section):
            for sentence in clause_ends().split(inline.text) if len(inline.text) <= _LONGEST else ():
                if (declared := _declared(sentence.strip())) is not None:
                    code, said = declared
                    told.setdefault(severity_key(code), (code, inline.lines, []))[2].append(said)
        if len(told) < _FEWEST:
            continue
        for key in sorted(told):
            code, lines, cases = told[key]
            level = draft.level(LevelName(code, None, ""), lines, define=True)
            for case in cases:
                if level is None:
                    break
                item = Item(lines, plain(f"{code}: {case}", lines.first))
                read_item(item, LevelName(code, None, case), level, "severity", criteria=True)
        return


_NOT_DECLARED_IN = frozenset(["templates", "postmortem_template", "postmortem", "upkeep", "incidents", "communication"])


def _declared(sentence: str) -> tuple[str, str] | None:
    """(code, case) of "Escalate to SEV-1 when orders are lost"; None for a sentence that says anything else."""
    codes = dict.fromkeys(coded_names(sentence)) if may_hold(sentence, "if") else {}
    if len(codes) != 1:
        return None
    code = next(iter(codes))
    before, _code, behind = sentence.partition(code)
    case = _in_case().match(behind)
    few = len(before.split()) <= _LONGEST_BEFORE and case is not None
    if not few or not may_hold(before + behind[:_NEAR], "graded_as", "classify") or may_call(_verb().sub("", before)):
        return None
    between = case["between"].strip() if case is not None else ""
    declares = _verb().match(between) if between else _verb().search(before)
    return (code, case["said"]) if case is not None and declares and not _denied().search(before) else None


_LONGEST_BEFORE = 6
"""Words before a level: "Treat the whole thing as a SEV1"."""


@pattern
def _verb() -> str:
    return any_of("graded_as", "classify")


@pattern
def _denied() -> str:
    return any_of("not", "forbids", "if")


@pattern
def _in_case() -> str:
    """Behind a level, the case in which it holds; a verb may stand between: "P1 einstufen, wenn …"."""
    noun = rf"(?:\s+{any_of('incident')})?"
    return rf"{noun}(?P<between>(?:\s+[^\s.,;:]{{1,16}}){{0,2}}?)\s*,?\s+{any_of('if')}\s+(?P<said>\S.*)$"


def _told(section: Section) -> Iterator[tuple[str, Lines, str]]:
    """(code, lines, sentence) of the sentences that speak of one level, or follow one that does."""
    yield from _placed_in_lists(section)
    for block in section.blocks:
        if not isinstance(block, Text) or len(block.inline.text) > _LONGEST or not coded_names(block.inline.text):
            continue
        code = ""
        for sentence in clause_ends().split(block.inline.text):
            codes = coded_names(sentence)
            if len(set(map(severity_key, codes))) > 1:
                code = ""  # "P1 and P2 are …" is said of no single one
            elif codes:
                code = codes[0]
            if code:
                yield code, block.lines, sentence.strip()


def _placed_in_lists(section: Section) -> Iterator[tuple[str, Lines, str]]:
    """The same of the items of a list each of which puts what is the matter before its level: "All is down → P1"."""
    for block in section.blocks:
        items = block.items if isinstance(block, ItemList) else ()
        placed = [_placed(item.inline.text) for item in items]
        told = [one for one in placed if one is not None]
        if len(told) < max(_FEWEST, len(items)) or len({severity_key(code) for code, _said in told}) < len(told):
            continue
        yield from ((code, item.lines, f"{code}: {said}") for item, (code, said) in zip(items, told, strict=True))


def _placed(text: str) -> tuple[str, str] | None:
    """(level, what it is and what is promised) of "If all is down, it is a P1: answer within 15 minutes"."""
    codes = coded_names(text) if len(text) <= _LONGEST_PLACED else ()
    if len(codes) != 1 or (at := text.find(codes[0])) <= 0:
        return None
    match = _before_level().fullmatch(text[:at])
    if match is None:
        return None
    case, rest = match["case"].strip(" ,:"), text[at + len(codes[0]) :].strip(" *_:：,.→–—=>-")
    joint = "; " if is_time_alone(rest) else ". "
    return codes[0], f"{case}{joint}{rest[:1].upper()}{rest[1:]}" if rest else case


_LONGEST_PLACED = 300
"""Characters of an item that says what is the matter before its level."""


@pattern
def _before_level() -> str:
    """What is the matter and the words between that and its level: "If all is down, it is a"."""
    joins = rf"[,，:：?？]?\s*(?:{any_of('then')}\s+)?(?:{any_of('it')}\s+)?"
    is_a = rf"{any_of('it_is', 'means')}\s*(?:[^\W\d_]{{1,4}}\s+)?"
    between = rf"\s*(?:→|[-=]+>|⇒|=)|{joins}{is_a}|[,，?？:：]\s*{any_of('then')}"
    return rf"(?:{any_of('if')}\s+)?(?P<case>\S.{{2,200}}?)(?:{between})[\s*_`(]*"


def _says_what(sentences: list[str]) -> bool:
    """Whether one of the sentences about a level says what it is."""
    return any(
        (":" in one or may_hold(one, "means", "it_is")) and _defines().match(one[:_NEAR]) is not None
        for one in sentences
    )


_NEAR = 60
"""Characters of a sentence in which its level and the verb stand."""


@pattern
def _defines() -> str:
    """Before what a level is: "A P1 means that", "P3 is"."""
    return rf"(?:\w+\s)?\W*[A-Za-z]+[-_ ]?\d\W*\s?(?:{any_of('means', 'it_is')}|[:：–—])\s*(?:[:：]\s*)?"


def _without_name(sentence: str, code: str) -> str:
    """What a sentence says of its level: "no flour leaves the mill." of "A P1 means no flour leaves the mill."."""
    begins = _defines().match(sentence)
    if begins is not None:
        return sentence[begins.end() :]
    return re.sub(rf"^(?:\w+\s)?{re.escape(code)}\s+", "", sentence)
