"""Markdown as a tree of blocks, each with its lines in the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from markdown_it.token import Token

from tocsin.runbook.document.inline import Inline, Run
from tocsin.runbook.document.markdown import block_tokens
from tocsin.runbook.document.marks import runs_of
from tocsin.runbook.playbook import Lines

WIDEST_TABLE = 60
"""Columns. A wider table is kept as text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 6."""

    lines: Lines
    level: int
    inline: Inline


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    lines: Lines
    inline: Inline


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: its first paragraph and what is nested below."""

    lines: Lines
    inline: Inline
    children: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list."""

    lines: Lines
    ordered: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table."""

    lines: Lines
    cells: tuple[Inline, ...]


@dataclass(frozen=True)
class Table:
    """A table with its header."""

    lines: Lines
    header: tuple[Inline, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Fence:
    """A fenced or indented code block. ``info`` is its first word in lower case; ``first`` is where its text begins."""

    lines: Lines
    info: str
    body: tuple[str, ...]
    first: int
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote."""

    lines: Lines
    children: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal rule."""

    lines: Lines


@dataclass(frozen=True, slots=True)
class Raw:
    """HTML: kept as text, never rendered."""

    lines: Lines
    text: str


Block: TypeAlias = Heading | Text | ItemList | Table | Fence | Quote | Rule | Raw


def parse_blocks(lines: tuple[str, ...], *, first: int = 1) -> tuple[Block, ...]:
    """The blocks of these lines, of which the first one is number ``first`` of the document."""
    text = "\n".join(lines) + "\n"
    return _Reader(lines, first, block_tokens(text)).blocks()


@dataclass(slots=True)
class _Reader:
    lines: tuple[str, ...]
    first: int
    tokens: list[Token]
    at: int = 0

    def blocks(self, end: str | None = None) -> tuple[Block, ...]:
        found: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == end:
                break
            block = self._block(token)
            if block is not None:
                found.append(block)
        return tuple(found)

    def _block(self, token: Token) -> Block | None:
        match token.type:
            case "heading_open":
                text = self._span(self.tokens[self.at])  # one that is underlined has a line more
                return Heading(self._span(token), int(token.tag[1]), self._inline(text))
            case "paragraph_open":
                span = self._span(token)
                return Text(span, self._inline(span))
            case "bullet_list_open" | "ordered_list_open":
                return self._list(self._span(token), token.type.replace("_open", "_close"))
            case "table_open":
                return self._table(self._span(token))
            case "fence" | "code_block":
                return self._fence(token, self._span(token))
            case "blockquote_open":
                return Quote(self._span(token), self.blocks("blockquote_close"))
            case "hr":
                return Rule(self._span(token))
            case "html_block":
                return Raw(self._span(token), token.content)
            case _:
                return None

    def _list(self, span: Lines, end: str) -> ItemList:
        ordered = end.startswith("ordered")
        items = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.type == end:
                break
            if token.type == "list_item_open":
                items.append(self._item(self._span(token)))
        return ItemList(span, ordered, tuple(items))

    def _item(self, span: Lines) -> Item:
        children = self.blocks("list_item_close")
        if children and isinstance(children[0], Text):
            return Item(span, children[0].inline, children[1:])
        return Item(span, Inline((), Lines(span.first, span.first)), children)

    def _table(self, span: Lines) -> Table | Text:
        header: tuple[Inline, ...] = ()
        rows: list[Row] = []
        cells: list[Inline] = []
        line = span
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            match token.type:
                case "table_close":
                    break
                case "tr_open":
                    cells, line = [], self._span(token)
                case "th_open" | "td_open":
                    cells.append(self._cell(line))
                case "tr_close" if header:
                    rows.append(Row(line, tuple(cells)))
                case "tr_close":
                    header = tuple(cells)
                case _:
                    pass
        if len(header) > WIDEST_TABLE:
            text = "\n".join(self.lines[span.first - self.first : span.last - self.first + 1])
            return Text(span, Inline((Run(text, span.first),), span))
        return Table(span, header, tuple(rows))

    def _cell(self, line: Lines) -> Inline:
        token = self.tokens[self.at]
        self.at += 1
        return Inline(runs_of(token.content, line.first), line) if token.type == "inline" else Inline((), line)

    def _fence(self, token: Token, span: Lines) -> Fence:
        body = tuple(token.content.removesuffix("\n").split("\n")) if token.content else ()
        if token.type == "code_block":
            return Fence(span, "indented", body, span.first)
        last = self.lines[span.last - self.first] if span.last - self.first < len(self.lines) else ""
        closed = span.last > span.first and _closes(last, token.markup)
        info = re.split(r"[\s{,:]+", token.info.strip().lstrip("{."), maxsplit=1)[0].lower()
        return Fence(span, info, body, span.first + 1, closed)

    def _inline(self, span: Lines) -> Inline:
        """What stands between the opening and the closing of a paragraph or heading."""
        content = self.tokens[self.at].content
        self.at += 2
        return Inline(runs_of(content, span.first), span)

    def _span(self, token: Token) -> Lines:
        start, end = token.map or (0, 1)
        last = max(start, end - 1)
        while last > start and last < len(self.lines) and not self.lines[last].strip(" \t>"):
            last -= 1  # a list item counts the blank lines after it as its own
        return Lines(self.first + start, self.first + last)


def _closes(line: str, markup: str) -> bool:
    bare = re.sub(r"^[\s>]*", "", line).rstrip()
    return len(bare) >= len(markup) and set(bare) == {markup[0]}
