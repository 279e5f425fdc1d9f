"""A scale that a text only names: "SEV-1 critical, SEV-2 high", "Classify it as P1/P2/P3"."""

from __future__ import annotations

import re

from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import Section
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.levels.draft import Draft
from tocsin.runbook.levels.facts import texts_of
from tocsin.runbook.levels.grades_of_work import is_of_work, names_work
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.scale import LevelName, coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary


def read_named(root: Section, scale: Draft) -> None:
    """A scale in one sentence: "(SEV-1 critical, SEV-2 high, SEV-3 medium)"."""
    for section in root.walk():
        for inline in texts_of(section):
            names = coded_names(inline.text)
            if len(set(map(severity_key, names))) < 2:
                continue
            found = []
            for name in dict.fromkeys(names):
                match = re.search(rf"{re.escape(name)}\W{{0,4}}([^\W\d_]+)", inline.text)
                if match and vocabulary().severity_order(match[1]) is not None:
                    found.append(LevelName(name, match[1], ""))
            if len(found) >= 2:
                for one in _with_own_labels(found, inline.text):
                    scale.level(one, inline.lines, define=True)
                return
    for section in root.walk():
        if any(one.about in _NOT_NAMED_IN for one in section.path()) or is_of_work(section):
            continue
        for inline in texts_of(section):
            several = (inline, *inline.by_line)
            for one in next(filter(None, map(_in_a_row, several)), []):
                scale.level(one, inline.lines, define=True)
            if scale.levels:
                return
    for name, lines in _in_titles(root):
        scale.level(LevelName(name, None, ""), lines, define=True)


def _with_own_labels(found: list[LevelName], text: str) -> list[LevelName]:
    """The levels, with those whose word grades nowhere else: "SEV2 (dusty)" behind "SEV1 (critical)"."""
    known = {one.name: one for one in found}
    labels = {match["name"]: match["label"] for match in _BRACKETED.finditer(text)}
    every = [name for name in dict.fromkeys(coded_names(text)) if name in known or name in labels]
    return [known.get(name) or LevelName(name, labels[name], "") for name in every]


_BRACKETED = re.compile(r"(?P<name>\w+[- ]?\d)\s*[(（](?P<label>[^\W\d_]+)[)）]")


def _in_titles(root: Section) -> list[tuple[str, Lines]]:
    """The levels, three or more, by which headings part what is to be done: "Urgent incidents (SEV1/SEV2)"."""
    found: dict[str, tuple[str, Lines]] = {}
    for section in root.walk():
        title = section.title
        inside = title.qualifier or ""
        codes = coded_names(inside)
        only = codes and re.fullmatch(r"[\s/,&+–-]*", re.sub("|".join(map(re.escape, codes)), "", inside))
        if only and _of_incidents().search(title.text) and not _NOT_NAMED_IN & {one.about for one in section.path()}:
            for code in codes:
                found.setdefault(severity_key(code), (code, section.inline.lines))
    words = {re.sub(r"\d", "", key) for key in found}
    return [found[key] for key in sorted(found)] if len(found) > 2 and len(words) == 1 else []


_NOT_NAMED_IN = frozenset(["templates", "postmortem_template", "postmortem", "upkeep", "incidents", "overview"])


def _in_a_row(inline: Inline) -> list[LevelName]:
    """The levels that a text only names: "Classify severity: Critical, High, Medium, Low"; three or more."""
    labelled = inline.labelled
    if labelled is not None and names_work(labelled[0]):
        return []
    match = re.fullmatch(r"(?P<key>[^()（）]+?)\s*[(（](?P<value>[^()（）]+)[)）]\W*", inline.text)
    key, value = (
        labelled if labelled is not None and labelled[1] else (match["key"], match["value"]) if match else ("", "")
    )
    coded = tuple(dict.fromkeys(coded_names(value)))
    if len(coded) > 2 and _only_codes().fullmatch(re.sub("|".join(map(re.escape, coded)), "", value)):
        return [LevelName(one, None, "") for one in coded]
    if row := _classified(inline.text):
        return [LevelName(one, None, "") for one in row]
    kind = vocabulary().sections.best(key) if len(key.split()) > 1 else None
    names = [_AROUND.sub("", one) for one in re.split(r"\s*[,/|、;]\s*", value)]
    ranks = [vocabulary().severity_order(one) for one in names if len(one.split()) == 1]
    if kind is None or kind.kind != "severity" or len(names) < 3 or None in ranks or len(set(ranks)) != len(names):
        return []
    return [LevelName(one, None, "") for one in names]


_AROUND = re.compile(r"^\W+|[^\w)）]+$")
"""Marks and pictures around the name of a level: "🔴 Critical", "`high`"."""
_LONGEST_CLASSIFYING = 20
"""Words of a sentence that says that an incident is classified, and little else."""


def _classified(text: str) -> tuple[str, ...]:
    """The codes, three or more with a stroke between, of "Classify the incident as P1/P2/P3 by who is hit"."""
    coded = tuple(dict.fromkeys(coded_names(text)))
    if len(coded) < 3 or len(text.split()) > _LONGEST_CLASSIFYING or not _classifies().search(text):
        return ()
    begin, end = text.index(coded[0]), text.rindex(coded[-1]) + len(coded[-1])
    if not re.fullmatch(r"[\s/|]*", re.sub("|".join(map(re.escape, coded)), "", text[begin:end])):
        return ()
    return () if _is_of_no_incident(text[:begin], text[end:]) else coded


def _is_of_no_incident(before: str, behind: str) -> bool:
    """Whether the clause around a row of codes denies it, "are never graded P1/P2/P3", or grades bugs of a tracker."""
    before, behind = _CLAUSE.split(before)[-1], _CLAUSE.split(behind, maxsplit=1)[0]
    if _denied().search(before) or _denied_behind().search(behind):
        return True
    clause = f"{before} {behind}"
    return bool(_tracked().search(clause)) and not _of_incidents().search(clause)


_CLAUSE = re.compile(r"[.,;!?—–](?=\s|$)|[。，；、！？]")


@pattern
def _denied() -> str:
    return rf"{any_of('not', 'not_before', 'forbids')}|n['’]t(?!\w)"


@pattern
def _denied_behind() -> str:
    return any_of("not_behind", "forbids_behind")


@pattern
def _tracked() -> str:
    return any_of("tracked")


@pattern
def _of_incidents() -> str:
    return any_of("of_incidents")


@pattern
def _classifies() -> str:
    return any_of("classify")


@pattern
def _only_codes() -> str:
    """What stands between the levels of a row of them: "SEV1, SEV2 or SEV3"."""
    return rf"(?:\W|{any_of('and', 'or')})*"
