"""Markdown as a tree of blocks, each with its lines in the document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias, TypeVar

from tocsin.errors import BadDocument
from tocsin.runbook.document.inline import Inline, Run
from tocsin.runbook.document.marks import Events, named, take_runs
from tocsin.runbook.stated import Lines

WIDEST_TABLE = 60
"""Columns. A wider table is kept as text."""

LONGEST_INLINE = 20_000
"""Bytes. Longer text is kept without its marks: nobody writes such a paragraph, and readers look at each mark."""

DEEPEST = 20
"""Lists and quotes in each other. What is nested deeper is kept as it is written."""


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
_B = TypeVar("_B", bound=Block | Inline)

_BLOCKS = frozenset(["Paragraph", "Heading", "CodeBlock", "Table", "HtmlBlock", "List", "BlockQuote"])
_FENCE = re.compile(rb"`+|~+")


def parse_blocks(lines: tuple[str, ...], *, first: int = 1) -> tuple[Block, ...]:
    """The blocks of these lines, of which the first one is number ``first`` of the document.

    Raises BadDocument where the parser itself breaks: a panic in Rust is no Exception, and would end who catches those.
    """
    try:
        return _Reader(lines, first).blocks()
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise BadDocument(f"The parser of Markdown broke on the text that begins in line {first}: {error}") from error


class _Reader:
    """Takes the parser's events one after the other; each block takes those up to its end."""

    def __init__(self, lines: tuple[str, ...], first: int) -> None:
        text = "\n".join(lines) + "\n"
        self.lines = lines
        self.first = first
        self.source = text.encode()
        self.begins = [0, *accumulate(len(line) + 1 for line in self.source.split(b"\n"))]
        self.events = Events(text)
        self.depth = 0

    def blocks(self) -> tuple[Block, ...]:
        """Those up to the end of what they stand in."""
        events = self.events
        found: list[Block] = []
        while "End" not in (event := events.event):
            if event == "Rule":
                found.append(self._ended(Rule(self._span(events.place))))
                continue
            kind, data = named(event["Start"]) if "Start" in event else ("", None)
            block = self._block(kind, data, events.place) if kind in _BLOCKS else self._text(events.place)
            found += self._without_text(block) if isinstance(block, Table) else (block,)
        events.take()
        return tuple(found)

    def _block(self, kind: str, data: Any, place: dict[str, int]) -> Block:
        self.events.take()
        match kind:
            case "Paragraph":
                return self._ended(self._text(place))
            case "Heading":
                span = self._span(place)  # one that is underlined has a line more than its text
                text = Lines(span.first, max(span.first, span.last - 1))
                return self._ended(Heading(span, int(data["level"][1]), self._inline(text)))
            case "CodeBlock":
                return self._fence(data, place)
            case "Table":
                return self._table(self._span(place))
            case "HtmlBlock":
                return Raw(self._span(place), self._content())
        if self.depth == DEEPEST:
            return self._too_deep(place)
        self.depth += 1
        span = self._span(place)
        block: ItemList | Quote
        if kind == "List":
            items = tuple(self._items())
            block = ItemList(_reaching(span, items), data is not None, items)
        else:
            inner = self.blocks()
            block = Quote(_reaching(span, inner), inner)
        self.depth -= 1
        return block

    def _ended(self, block: _B) -> _B:
        """What ends with this event."""
        self.events.take()
        return block

    def _items(self) -> Iterator[Item]:
        events = self.events
        while "Start" in events.event:
            span = self._span(events.place)
            events.take()
            children = self.blocks()
            span = _reaching(span, children)
            if children and isinstance(children[0], Text):
                yield Item(span, children[0].inline, children[1:])
            else:
                yield Item(span, Inline((), Lines(span.first, span.first)), children)
        events.take()

    def _table(self, span: Lines) -> Table | Text:
        header: tuple[Inline, ...] = ()
        rows: list[Row] = []
        cells: list[Inline] = []
        line = span
        while True:
            event, place = self.events.event, self.events.place
            self.events.take()
            if "Start" not in event:
                match event["End"]:
                    case "TableHead":
                        header = tuple(cells)
                    case "TableRow":
                        rows.append(Row(line, tuple(cells)))
                    case _:
                        break
            elif event["Start"] == "TableCell":
                cells.append(self._ended(self._inline(line)))
            else:
                cells, line = [], self._span(place)
        if len(header) > WIDEST_TABLE:
            text = "\n".join(self.lines[span.first - self.first : span.last - self.first + 1])
            return Text(span, Inline((Run(text, span.first),), span))
        return Table(span, header, tuple(rows))

    def _without_text(self, table: Table) -> Iterator[Block]:
        """A table, and the paragraph that somebody wrote right below it: to the parser each of its lines is a row."""
        rows = len(table.rows)
        while rows and "|" not in self.lines[table.rows[rows - 1].lines.first - self.first]:
            rows -= 1
        told = table.rows[rows:] if rows and len(table.header) > 1 else ()
        if not told:
            yield table
            return
        lines = Lines(told[0].lines.first, told[-1].lines.last)
        runs = [run for row in told for run in (Run("\n", row.lines.first), *row.cells[0].runs)][1:]
        yield Table(Lines(table.lines.first, lines.first - 1), table.header, table.rows[:rows])
        yield Text(lines, Inline(tuple(runs), lines))

    def _fence(self, data: Any, place: dict[str, int]) -> Fence:
        span = self._span(place)
        content = self._content()
        body = tuple(content.removesuffix("\n").split("\n")) if content else ()
        if data == "Indented":
            return Fence(span, "indented", body, span.first)
        markup = _FENCE.match(self.source, place["start"])
        last = self.lines[span.last - self.first]
        closed = span.last > span.first and markup is not None and _closes(last, markup[0].decode())
        info = re.split(r"[\s{},:]+", data["Fenced"].strip().lstrip("{."), maxsplit=1)[0].lower()
        return Fence(span, info, body, span.first + 1, closed)

    def _content(self) -> str:
        """What stands in a block of code or HTML as it is."""
        pieces: list[str] = []
        while "End" not in (event := self.events.event):
            pieces += event.values()
            self.events.take()
        self.events.take()
        return "".join(pieces)

    def _too_deep(self, place: dict[str, int]) -> Raw:
        """What is nested deeper than anybody means, as it is written."""
        opened = 1
        while opened:
            opened += ("Start" in self.events.event) - ("End" in self.events.event)
            self.events.take()
        return Raw(self._span(place), self.source[place["start"] : place["end"]].decode())

    def _text(self, place: dict[str, int]) -> Text:
        """A paragraph; in a list without blank lines nothing else tells where it ends."""
        begin = place["start"]
        line = self._line(begin)
        runs, end = take_runs(self.events, line + self.first)
        span = self._lines(line, max(end, begin + 1))
        return Text(span, self._marked(runs, span, end - begin))

    def _inline(self, span: Lines) -> Inline:
        begin = self.events.place["start"]
        runs, end = take_runs(self.events, span.first)
        return self._marked(runs, span, end - begin)

    def _marked(self, runs: tuple[Run, ...], span: Lines, length: int) -> Inline:
        if length <= LONGEST_INLINE:
            return Inline(runs, span)
        lines = self.lines[span.first - self.first : span.last - self.first + 1]
        return Inline(tuple([Run(line.strip(" \t>"), span.first + n) for n, line in enumerate(lines)]), span)

    def _line(self, byte: int) -> int:
        return bisect_right(self.begins, byte) - 1

    def _span(self, place: dict[str, int]) -> Lines:
        return self._lines(self._line(place["start"]), place["end"])

    def _lines(self, start: int, end: int) -> Lines:
        """The lines from one to the one where a byte is the end of something, without what stands blank there."""
        last = start
        if end > self.begins[start + 1]:
            last = self._line(end - 1)
            if last > start and not self.source[self.begins[last] : end].strip(b" \t>"):
                last -= 1  # a list in a quote counts the mark of the quote's next line as its own
            while last > start and not self.lines[last].strip(" \t>"):
                last -= 1  # a list item counts the blank lines after it as its own
        return Lines(self.first + start, self.first + last)


def _reaching(span: Lines, inner: Sequence[Block | Item]) -> Lines:
    """The lines of what holds other blocks: up to the end of the last one, be that an empty quote."""
    return Lines(span.first, inner[-1].lines.last) if inner and inner[-1].lines.last > span.last else span


def _closes(line: str, markup: str) -> bool:
    bare = re.sub(r"^[\s>]*", "", line).rstrip()
    return len(bare) >= len(markup) and set(bare) == {markup[0]}
