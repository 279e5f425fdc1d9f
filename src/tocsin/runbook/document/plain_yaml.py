"""The plain part of YAML: mappings, lists and words by indentation, as people write contacts into a code block.

No tags, no anchors, no types: a line that is not plain is skipped. Every value keeps its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

_LINE = re.compile(
    r"^(?P<indent> *)(?P<dash>-\s+)?(?:(?P<key>[^\s#:\"'-][^:#]{0,60}?|\"[^\"]{1,60}\")\s*:(?:\s+|$))?(?P<value>.*)$"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word or text with its line."""

    text: str
    line: int


@dataclass(slots=True)
class Mapping:
    """Keys in order; ``line`` is that of the first one."""

    line: int
    values: dict[str, Node] = field(default_factory=dict)


@dataclass(slots=True)
class Sequence:
    """A list in order."""

    line: int
    items: list[Node] = field(default_factory=list)


Node: TypeAlias = Scalar | Mapping | Sequence


def read_yaml(body: tuple[str, ...], first: int) -> Node | None:
    """The tree of a block of plain YAML, of which the first line is number ``first``; None when there is nothing."""
    lines = [
        (number, match)
        for number, line in enumerate(body, first)
        if line.strip() and not line.lstrip().startswith("#") and (match := _LINE.match(line.expandtabs(2)))
    ]
    if not lines or len(lines) > 2000:
        return None
    node, _at = _node(lines, 0, 0)
    return node


def _node(lines: list[tuple[int, re.Match[str]]], at: int, depth: int) -> tuple[Node | None, int]:
    number, match = lines[at]
    indent = len(match["indent"])
    if match["dash"]:
        found = Sequence(number)
        while at < len(lines) and len(lines[at][1]["indent"]) == indent and lines[at][1]["dash"]:
            item, at = _item(lines, at, depth)
            if item is not None:
                found.items.append(item)
        return found, at
    if match["key"] is None:
        return _value(_bare(match["value"]), number), at + 1
    mapping = Mapping(number)
    while at < len(lines) and len(lines[at][1]["indent"]) == indent and not lines[at][1]["dash"]:
        at = _entry(lines, at, indent, mapping, depth)
    return mapping, at


def _item(lines: list[tuple[int, re.Match[str]]], at: int, depth: int) -> tuple[Node | None, int]:
    number, match = lines[at]
    inner = len(match["indent"]) + len(match["dash"])
    if match["key"] is None:
        return _value(_bare(match["value"]), number), at + 1
    mapping = Mapping(number)
    at = _entry(lines, at, inner, mapping, depth)
    while at < len(lines) and len(lines[at][1]["indent"]) == inner and not lines[at][1]["dash"]:
        at = _entry(lines, at, inner, mapping, depth)
    return mapping, at


def _entry(lines: list[tuple[int, re.Match[str]]], at: int, indent: int, mapping: Mapping, depth: int) -> int:
    number, match = lines[at]
    key, value = (match["key"] or "").strip('" '), _bare(match["value"])
    at += 1
    if not key:
        return at
    if value:
        mapping.values[key] = _value(value, number)
    elif at < len(lines) and depth < 12:
        after = lines[at][1]
        below = len(after["indent"])
        if below > indent or (below == indent and after["dash"]):
            node, at = _node(lines, at, depth + 1)
            if node is not None:
                mapping.values[key] = node
    while at < len(lines) and len(lines[at][1]["indent"]) > indent and (value or depth >= 12):
        at += 1
    return at


def _value(text: str, line: int) -> Node:
    """A word, or a list on one line: "[baker, 'head baker']"."""
    listed = re.fullmatch(r"\[(?P<inside>[^\[\]{}]*,?[^\[\]{}]*)\]", text)
    if listed is None or not (listed["inside"].strip().startswith(("'", '"')) or "," in listed["inside"]):
        return Scalar(text, line)
    pieces = (piece.strip().strip("\"'") for piece in listed["inside"].split(","))
    return Sequence(line, [Scalar(piece, line) for piece in pieces if piece])


def _bare(value: str) -> str:
    return re.sub(r"\s+#.*$", "", value).strip().strip("\"'")
