"""Severity scales inside code blocks: lines that begin with a level, and what is set further in below each.

Teams write them as plain text, as YAML, and as something that looks like YAML and is none: nothing here depends on
the block being well formed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tocsin.runbook.document.blocks import Fence, Item, ItemList
from tocsin.runbook.document.inline import plain
from tocsin.runbook.durations import unit_in
from tocsin.runbook.levels.titles import clock_of, names_criteria, names_rhythm
from tocsin.runbook.scale import coded_names, level_name
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary

_LEVEL_LINE = re.compile(r"^(?P<name>[A-Za-z]{1,10}[-_ ]?\d)\b\s*[:–—-]?\s*(?P<rest>.*)$")
_LABELLED_KEY = re.compile(r"^[\"']?(?P<name>[A-Za-z]{1,10}\d)_(?P<label>[A-Za-z]{2,20})[\"']?\s*:\s*$")
"""A key that names a level twice: "SEV1_critical:"."""
_KEY = re.compile(r"^[\"']?(?P<key>[^\W_][\w ()（）/-]{0,30})[\"']?\s*[:：]\s*(?P<rest>.*)$")
_SIGNS = re.compile(r"^[^\w\s\x00-\x7f\u2010-\u257f（]+\s*")
"""A coloured sign before a level."""
_BULLET = re.compile(r"^[-*•]\s+")
_YAML = ("yaml", "yml")
_JSON = ("json", "jsonc", "json5")
DATA = (*_YAML, *_JSON)
"""What a code block of data says that it is."""
_KNOWN = (
    "criteria_label",
    "response_label",
    "acknowledge_label",
    "resolution_label",
    "update_word",
    "action_label",
)
_LABELS = ("label", "title", "name")
"""Keys that hold the word beside a code: "name: Critical" below "SEV1:"."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that says something: ``indent`` in columns, ``text`` without it and without its bullet."""

    number: int
    indent: int
    text: str
    bullet: bool


@dataclass(slots=True)
class _Told:
    """What one level is told to be."""

    name: str
    rest: list[str]
    first: int
    last: int
    items: list[tuple[str, int, list[tuple[str, int]]]] = field(default_factory=list)


def levels_in_block(block: Fence, *, bare: bool) -> Iterator[Item]:
    """The levels of a code block as items of a list; with ``bare`` a label alone ("Critical:") is a level too."""
    lines = _json_lines(block) if block.info in _JSON else list(_lines(block))
    starts = [n for n, line in enumerate(lines) if _starts(line, bare=bare) is not None]
    starts = [n for n in starts if lines[n].indent == lines[starts[0]].indent]
    data = block.info in DATA
    for at, start in enumerate(starts):
        end = starts[at + 1] if at + 1 < len(starts) else len(lines)
        named = _starts(lines[start], bare=bare)
        assert named is not None
        body = lines[start + 1 : end]
        if data:
            body = list(_below(body, lines[start]))
        last = body[-1].number if body else lines[start].number
        told = _Told(named[0], [named[1]] if named[1] else [], lines[start].number, last)
        _read(body, told, data=data)
        yield _item(told)


def _lines(block: Fence) -> Iterator[_Line]:
    for number, line in enumerate(block.body, block.first):
        spread = line.expandtabs(2)
        text = spread.strip()
        if text.strip("│┃║|") and not text.startswith("#"):
            bare = _BULLET.sub("", text)
            yield _Line(number, len(spread) - len(spread.lstrip()), bare, bare != text)


def _json_lines(block: Fence) -> list[_Line]:
    """What a block of JSON says as the lines of YAML that say the same; the name of an object comes first in it."""
    lines: list[_Line] = []
    objects: list[int] = []  # where the keys of each open object or list begin
    bullets: list[bool] = []
    said = ""
    begins: set[int] = set()

    def emit(number: int) -> None:
        nonlocal said
        text, said = said.strip(), ""
        if not text:
            return
        key, colon, value = text.partition(":")
        keyed = colon and key.startswith(_QUOTES)
        bare = f"{_unquoted(key)}: {_unquoted(value)}".rstrip() if keyed else _unquoted(text)
        first = bool(objects) and objects[-1] == len(lines)
        bullet = bool(bullets) and (bullets[-1] or (first and len(bullets) > 1 and bullets[-2]))
        if first and bullet:
            begins.add(len(lines))
        lines.append(_Line(number, 2 * len(bullets) - bullet, bare, bullet))

    for number, line in enumerate(block.body, block.first):
        for part in _JSON_PART.findall(line):
            if part in "{[":
                emit(number)
                objects.append(len(lines))
                bullets.append(part == "[")
            elif part in "}],":
                emit(number)
                if part != "," and bullets:
                    objects.pop()
                    bullets.pop()
            else:
                said += part
    return _named_first(lines, begins)


_QUOTES = ('"', "'")
_JSON_PART = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[{}\[\],]|[^{}\[\],\"']+")


def _unquoted(text: str) -> str:
    bare = text.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] in _QUOTES and bare[-1] == bare[0] else bare


def _named_first(lines: list[_Line], begins: set[int]) -> list[_Line]:
    """The lines, each object of a list with the key that names it before its others."""
    found = list(lines)
    for start in sorted(begins):
        at = start + 1
        while at < len(found) and found[at].indent > found[start].indent:
            named = _KEY.match(found[at].text)
            if named is not None and not found[at].bullet and _starts(replace(found[at], bullet=True), bare=False):
                first, name = found[start], found[at]
                found[start], found[at] = replace(first, text=name.text), replace(name, text=first.text)
                break
            at += 1
    return found


def _starts(line: _Line, *, bare: bool) -> tuple[str, str] | None:
    """(level, what follows) of a line that begins one: "P1: shop closed", "Critical:", "- name: SEV1"."""
    if not line.bullet and (match := _LEVEL_LINE.match(_SIGNS.sub("", line.text))) and coded_names(match[0]):
        return match["name"], match["rest"].strip()
    if not line.bullet and (match := _LABELLED_KEY.match(line.text)) and coded_names(match["name"]):
        return (match["name"], f"({match['label']})") if vocabulary().is_label(match["label"]) else None
    key = _KEY.match(_SIGNS.sub("", line.text))
    if key is None:
        return None
    rest = key["rest"].strip("\"' ")
    words = vocabulary()
    holds = key["key"].casefold() in (*_LABELS, "id") or words.is_a("severity_name", key["key"], 0.9)
    if line.bullet and holds and (level := level_name(rest, plain=bare)) is not None and not level.rest:
        return rest, ""
    if bare and not rest and (level := level_name(key["key"], plain=True)) is not None and not level.rest:
        return key["key"], ""
    return None


def _below(lines: list[_Line], level: _Line) -> Iterator[_Line]:
    """The lines that are set further in than the one of a level; a list may stand as far out as its key."""
    for line in lines:
        if line.indent < level.indent or (line.indent == level.indent and not line.bullet):
            return
        yield line


def _read(lines: list[_Line], told: _Told, *, data: bool) -> None:
    opened: tuple[int, list[tuple[str, int]]] | None = None
    for line in lines:
        text = _without_marks(line.text) if data else line.text
        if opened is not None and (line.indent > opened[0] or (line.bullet and line.indent == opened[0])):
            opened[1].append((text, line.number))
            continue
        opened = None
        key = _KEY.match(text)
        if key is None and not line.bullet and not told.items:
            told.rest.append(text)
        elif key is not None and key["key"].casefold() in _LABELS and coded_names(told.name):
            told.name = f"{told.name} ({key['rest']})" if key["rest"] else told.name
        elif text.endswith((":", "：")):
            below: list[tuple[str, int]] = []
            told.items.append((text, line.number, below))
            opened = line.indent, below
        elif not data or line.bullet or (key is not None and _is_known(key["key"], key["rest"])):
            told.items.append((text, line.number, []))


def _is_known(key: str, said: str) -> bool:
    if names_rhythm(key) or names_criteria(key) or clock_of(key, said):
        return True
    return any(vocabulary().is_a(name, key, 0.5) for name in _KNOWN)


def _without_marks(text: str) -> str:
    """ "response_time: '15 min'" as a person would write it."""
    key, colon, value = text.partition(":")
    bare = value.strip()
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    bare = ", ".join(one.strip().strip("\"'") for one in bare.split(",")) if bare[:1] in "\"'" else bare
    label, _, unit = key.rpartition("_")
    if label and bare.isdigit() and (counted := unit_in(unit)) is not None:
        key, bare = label, f"{bare} {counted}"  # "ack_minutes: 5"
    return f"{key.replace('_', ' ')}: {bare}".rstrip() if colon else text.strip("\"'")


def _item(told: _Told) -> Item:
    items = []
    for text, number, below in told.items:
        nested = tuple(Item(Lines(n, n), plain(one, n)) for one, n in below)
        span = Lines(number, below[-1][1] if below else number)
        items.append(Item(span, plain(text, number), (ItemList(span, False, nested),) if nested else ()))
    span = Lines(told.first, told.last)
    children = (ItemList(span, False, tuple(items)),) if items else ()
    rest = " ".join(told.rest)
    labelled = rest.startswith(("(", "（"))  # "SEV1 (Critical): shop shut"
    return Item(span, plain(f"{told.name} {rest}" if labelled else f"{told.name}: {rest}", told.first), children)
