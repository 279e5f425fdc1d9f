"""Targets of several severities in one sentence: "Acknowledge within 5 minutes for SEV-1, 30 minutes for SEV-2"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tocsin.runbook.document.blocks import ItemList, Table
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import spans, symbolic, target
from tocsin.runbook.grammar import BRACKET, any_of, ending, pattern, small_words
from tocsin.runbook.levels.draft import Draft, Level
from tocsin.runbook.levels.facts import texts_of
from tocsin.runbook.levels.promises import say_targets
from tocsin.runbook.levels.titles import clock_named
from tocsin.runbook.playbook import Severity, severity_key
from tocsin.runbook.scale import LevelName, Scale, coded_names
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.times import times_by_severity
from tocsin.runbook.words import vocabulary, words_of

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


_SENTENCES = re.compile(r"\s(?<=[.!?。]\s)\s*")  # a blank first: that is looked for quickly


def read_promises(root: Section, scale: Scale, draft: Draft) -> None:
    """Take the targets of sentences that give one for each level, where the level has none by now."""
    if len(scale.severities) < 2:
        return
    for section in root.walk():
        if any(one.about in _ELSEWHERE and not one.is_title for one in section.path()):
            continue
        for sentence, lines, listed in _sayings(section):
            times = _times_of_list(sentence, lines) if listed else times_by_severity(sentence, scale, lines.first)
            named = _named(sentence) if times else None
            what = named or (_clock(sentence, section.title.text) if times else None)
            what = what or (clock_named(section.title.text) if times and listed else None)
            if not times and not listed and (labelled := _times_by_label(sentence, section, lines)) is not None:
                what, times, listed = *labelled, True
            if what and not listed and not _promises(sentence, section, what, scale, named=named is not None):
                continue
            if not times and not listed:
                _one_level(sentence, lines, section, scale, draft)
            for name, duration in times.items() if what else ():
                level = draft.levels.get(severity_key(name))
                if what and level is not None and level.first(what) is None:
                    level.state(what, duration)


def _one_level(sentence: str, lines: Lines, section: Section, scale: Scale, draft: Draft) -> None:
    """Take the targets of a sentence that promises them for one level: "For SEV-1, acknowledge within 10 minutes"."""
    names = scale.mentioned(sentence) if scale.places(sentence) else ()
    level = draft.levels.get(severity_key(names[0])) if len(names) == 1 else None
    if level is not None and not level.stated and _promises_of_one(sentence, section, scale):
        trial = Level(level.name, level.lines)
        _ = say_targets(sentence, lines.first, trial, default=None)
        for one in trial.stated:
            level.state(one.what, one.duration)


def _promises_of_one(sentence: str, section: Section, scale: Scale) -> bool:
    what = _clock(sentence, "") if target(sentence) is not None else None
    return what in _ANSWERS and _promises(sentence, section, what, scale, named=False)


_ANSWERS = ("acknowledge", "resolution", "response")


def _each_in_its_sentence(section: Section, draft: Draft) -> bool:
    """Take two levels or more of which each has a sentence with its targets; whether there were any."""
    found: dict[str, tuple[str, Lines]] = {}
    for sentence, lines, listed in _sayings(section):
        names = set(coded_names(sentence)) if not listed else set()
        trial = Scale(tuple(Severity(name, n, lines) for n, name in enumerate(names)))
        if len(names) == 1 and _promises_of_one(sentence, section, trial):
            found.setdefault(names.pop(), (sentence, lines))
    for name, (sentence, lines) in sorted(found.items(), key=lambda one: severity_key(one[0])):
        level = draft.level(LevelName(name, None, ""), lines, define=True) if len(found) >= _FEWEST else None
        if level is not None:
            _ = say_targets(sentence, lines.first, level, default=None)
    return len(found) >= _FEWEST


def read_promised_levels(root: Section, draft: Draft) -> None:
    """Take the levels of a document that names them nowhere but in a sentence with a time to answer for each."""
    for section in root.walk():
        if any(one.about in _ELSEWHERE and not one.is_title for one in section.path()):
            continue
        for sentence, lines, _listed in _sayings(section):
            names = sorted(dict.fromkeys(coded_names(sentence)), key=severity_key)
            trial = tuple(Severity(name, n, lines) for n, name in enumerate(names))
            times = times_by_severity(sentence, Scale(trial), lines.first) if len(trial) > 1 else {}
            what = _clock(sentence, section.title.text) if times else None
            if not times and (labelled := _times_by_label(sentence, section, lines)) is not None:
                what, times = labelled
                names = list(times)
            elif what not in ("response", "acknowledge"):
                continue
            for name in names:
                level = draft.level(LevelName(name, None, ""), lines, define=True)
                if level is not None and name in times:
                    level.state(what, times[name])
                    level.criteria += _said_in_brackets(name, sentence)
            return
        if _each_in_its_sentence(section, draft):
            return


def _said_in_brackets(name: str, sentence: str) -> tuple[str, ...]:
    """What a level is, beside its time in a bracket behind its name: "P1 (all is down, answer in 15 minutes)"."""
    at = sentence.find(name)
    match = BRACKET.match(sentence, at + len(name)) if at >= 0 else None
    said = _COMMAS.split(match["inside"]) if match is not None else []
    return tuple(one.strip() for one in said if one.strip() and target(one) is None)


_COMMAS = re.compile(r"\s*[,;，；、]\s*")


def _times_by_label(sentence: str, section: Section, lines: Lines) -> tuple[str, dict[str, Duration]] | None:
    """The clock and the times of a row of labels with a time behind each: "Critical 5 minutes, high 30 minutes".

    In a chapter of severities or targets, or behind the name of the clock: "Response times: critical 5 minutes, …".
    None where anything else is said.
    """
    label, colon, rest = sentence.replace("：", ":").partition(":")
    clock = clock_named(label) if colon else None
    said = rest if clock is not None else sentence
    if len(said) > _LONGEST_ROW or (clock is None and section.about not in ("severity", "targets")):
        return None
    if _labels().isdisjoint(words_of(said)):
        return None
    pieces = [one for one in _between().split(said.strip().rstrip(".。")) if one]
    found = {name: time for piece in pieces for name, time in _label_with_time(piece, lines.first)}
    if len(found) < max(_FEWEST, len(pieces)):
        return None
    return clock or clock_named(section.title.text) or "response", found


def _label_with_time(piece: str, line: int) -> Iterator[tuple[str, Duration]]:
    """The label and its time where a piece of a sentence is nothing else: "high: 30 minutes"."""
    span = next(iter((*spans(piece, line), *symbolic(piece, line))), None)
    if span is None or piece[span.end :].strip():
        return
    label = _beside().sub("", piece[: span.start]).strip()
    if vocabulary().is_label(label):
        yield label[:1].upper() + label[1:], span.duration


_LONGEST_ROW = 300
"""Characters of a sentence that gives a time for each label."""
_FEWEST = 2


@pattern
def _between() -> str:
    return rf"\s*[,;，；、]\s*(?:{any_of('and')}\s+)?|\s+{any_of('and')}\s+"


@pattern
def _beside() -> str:
    """Between a label and its time: "high in 30 minutes"."""
    return rf"(?:[\s:：=–—→≤<-]+|\s{any_of('deadline', 'beside_time')}\s*)+$"


@cache
def _labels() -> frozenset[str]:
    return frozenset(vocabulary().label_order)


def _times_of_list(sentence: str, lines: Lines) -> dict[str, Duration]:
    """The times of a list that begins each item with one, some for levels that the scale has not."""
    names = dict.fromkeys(coded_names(sentence))
    return times_by_severity(
        sentence, Scale(tuple(Severity(name, n, lines) for n, name in enumerate(names))), lines.first
    )


def _sayings(section: Section) -> Iterator[tuple[str, Lines, bool]]:
    """The sentences below a heading, and whether each is a list: with a time for a level in each item, the time first,
    it is one sentence, of which the title says what it promises. A cell of several levels begins with its title."""
    for inline in texts_of(section):
        for sentence in _SENTENCES.split(inline.text):
            yield sentence, inline.lines, False
    for table in (block for block in section.blocks if isinstance(block, Table)):
        for n, head in enumerate(table.header):
            if clock_named(head.text) is not None:
                cells = ((row.cells[n].text, row.lines) for row in table.rows if n < len(row.cells))
                yield from ((f"{head.text}: {cell}", at, False) for cell, at in cells if len(coded_names(cell)) > 1)
    for block in section.blocks:
        items = [item.inline.text for item in block.items] if isinstance(block, ItemList) else []
        if len(items) > 1 and all(map(_begins_with_time, items)):
            bare = (_SLASHED.sub(r"\g<word>\g<first>/\g<word>\g<more>", BRACKET.sub(" ", text)) for text in items)
            yield "; ".join(bare), block.lines, True


_SLASHED = re.compile(r"(?P<word>[A-Za-z]{1,10}[- ]?)(?P<first>\d)/(?P<more>\d)(?!\d)")
""" "SEV-3/4", two levels with one word."""


def _begins_with_time(text: str) -> bool:
    """Whether a time for one level or more begins an item: "15 minutes for SEV-1", "Within 1 hour: SEV-2"."""
    names = coded_names(text)
    first = next(spans(text), None) if names else None
    return first is not None and first.end <= text.index(names[0]) and len(text[: first.start].split()) <= 2


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


def _named(sentence: str) -> str | None:
    """Which target the label before a row of times names: "Resolution targets: P1 < 1h; P2 < 4h"."""
    label = re.split(r"[:：]", sentence, maxsplit=1)[0]
    return clock_named(label) if label != sentence and not coded_names(label) else None


def _promises(sentence: str, section: Section, what: str, scale: Scale, *, named: bool) -> bool:
    """Whether a sentence gives these times as targets and says nothing else: no report, no condition, no past.

    It says that they must be, or stands in a chapter of severities or of targets, or below a title of such words, or
    a label before it has ``named`` the target.
    """
    if named:
        sentence = re.split(r"[:：]", sentence, maxsplit=1)[1]
    times = (*spans(sentence), *symbolic(sentence))
    places = [*scale.places(sentence), *((span.start, span.end) for span in times)]
    bare = "".join(" " if any(a <= n < b for a, b in places) else one for n, one in enumerate(sentence))
    said = words_of(bare)
    promising = small_words("promises")
    other = vocabulary().words["other_clock"].spaced  # "acknowledge within 10 minutes and mitigate within 1 hour"
    known = small_words("beside_promise") | promising | _verbs(what) | set(other)
    if not all(word in known or _is_small(word, what) for word in said):
        return False
    if named or promising.intersection(said) or section.about in ("severity", "targets"):
        return True
    return all(word in known or _is_small(word, what) for word in words_of(section.title.text))


def _is_small(word: str, what: str) -> bool:
    """The name of a level, or particles around a verb of a script without spaces."""
    if vocabulary().severity_order(word) is not None:
        return True
    for name in _lists(what):
        for phrase in vocabulary().words[name].unspaced:
            word = word.replace(phrase, "")
    return bool(_particles().fullmatch(word))


@cache
def _particles() -> re.Pattern[str]:
    return re.compile(rf"(?:{ending('particle')})*")


def _lists(what: str) -> list[str]:
    return [name for name, clock in _CLOCKS if (clock == "review") == (what == "review")]


@cache
def _verbs(what: str) -> frozenset[str]:
    """The words of the phrases that state a target of this kind."""
    lists = (vocabulary().words[name] for name in _lists(what))
    return frozenset(word for lexicon in lists for phrase in lexicon.spaced for word in phrase.split())
