"""Raw HTML in Markdown as the blocks that it draws: headings, lists, tables, code. Nothing of it is ever rendered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import groupby

from tocsin.runbook.document.blocks import (
    WIDEST_TABLE,
    Block,
    Fence,
    Heading,
    Item,
    ItemList,
    Quote,
    Raw,
    Row,
    Rule,
    Table,
    Text,
)
from tocsin.runbook.document.in_cells import MOST, cell_runs, code_runs, is_open
from tocsin.runbook.document.inline import Inline, Run, plain
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.stated import Lines

LONGEST = 200_000
"""Characters of one piece of HTML. A longer one is kept as text."""

DEEPEST = 20
"""Lists and quotes inside of each other. What is nested deeper is read as if it were not."""

_SUMMARY = 0
"""The level of a heading that is a summary, until it is known where it stands."""


_CLOSED = -1
"""The level of a heading that is none: what could be folded out ends here."""


@pattern
def _untitled() -> str:
    """A summary that only asks to be opened."""
    return any_of("expand")


_STRONG = frozenset(["b", "strong", "summary", "dt", "caption", "figcaption"])
_CODE = frozenset(["code", "kbd", "tt", "samp"])
_PARAGRAPH = frozenset(["p", "div", "section", "article", "summary", "dt", "dd", "details", "center", "caption"])
_ONLY_TAGS = re.compile(r"(?:\s|</?(?!script|style)[A-Za-z][^<>]*>)*")
_INSTRUCTION = re.compile(r"\{%[^\n]{0,2000}?%\}")
"""What a generator of pages is told, "{% include note.html %}"."""
_UNSEEN = frozenset(["script", "style", "template", "svg"])


def with_html(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks with every piece of HTML among them replaced by what it draws; scripts and comments stay.

    The summary of what can be folded out is a heading, one below the heading that it stands under.
    """
    if not any(map(_holds_html, blocks)):
        return blocks
    return tuple(_below_headings(_unfolded(blocks)))


def _below_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    above = 1
    outside: list[int] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == _SUMMARY:
            outside.append(above)
            yield replace(block, level=min(above + 1, 6))
        elif isinstance(block, Heading) and block.level == _CLOSED:
            above = outside.pop() if outside else above
        else:
            above = block.level if isinstance(block, Heading) else above
            yield block


def _inside(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks of an item or a quote, where nothing is a heading that was none in the text."""
    return tuple(
        Text(block.lines, block.inline) if isinstance(block, Heading) and block.level == _SUMMARY else block
        for block in (_unfolded(blocks) if any(map(_holds_html, blocks)) else blocks)
        if not isinstance(block, Heading) or block.level != _CLOSED
    )


def _holds_html(block: Block) -> bool:
    match block:
        case Raw():
            return True
        case ItemList():
            return any(_holds_html(child) for item in block.items for child in item.children)
        case Quote():
            return any(map(_holds_html, block.children))
        case _:
            return False


def _unfolded(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for raw, group in _with_cells(blocks):
        if raw:
            pieces = [block for block in group if isinstance(block, Raw)]
            read = _read(pieces, [block for block in group if not isinstance(block, Raw)])
            yield from read or (piece for piece in pieces if not _ONLY_TAGS.fullmatch(piece.text))
            continue
        for block in group:
            match block:
                case ItemList():
                    items = (replace(item, children=_inside(item.children)) for item in block.items)
                    yield replace(block, items=tuple(items))
                case Quote():
                    yield replace(block, children=_inside(block.children))
                case _:
                    yield block


def _with_cells(blocks: tuple[Block, ...]) -> Iterator[tuple[bool, list[Block]]]:
    """The blocks in groups, HTML apart from the others, with what Markdown reads of an open cell beside the HTML."""
    groups = [(raw, list(group)) for raw, group in groupby(blocks, lambda block: isinstance(block, Raw))]
    at = 0
    while at < len(groups):
        raw, group = groups[at]
        at += 1
        while raw and at + 1 < len(groups) and len(groups[at][1]) < MOST and _is_open(group):
            group = [*group, *groups[at][1], *groups[at + 1][1]]
            at += 2
        yield raw, group


def _is_open(group: list[Block]) -> bool:
    last = next((block for block in reversed(group) if isinstance(block, Raw) and _HOLDS_CELL.search(block.text)), None)
    return last is not None and is_open(last.text)


_HOLDS_CELL = re.compile(r"</?t[dhr]\b|</table", re.IGNORECASE)


def _read(pieces: list[Raw], inside: list[Block]) -> tuple[Block, ...]:
    """A table with an empty line in it is two pieces to Markdown, so neighbours are read as one.

    ``inside`` are the blocks of Markdown that stand in its cells.
    """
    if inside:
        return _read_with_cells(pieces, inside)
    first = pieces[0].lines.first
    text = ""
    for piece in pieces:
        text += "\n" * (piece.lines.first - first - text.count("\n")) + piece.text
    if len(text) > LONGEST:
        return ()
    closed, end, open_still = text.rpartition("-->")
    text = closed + end + open_still.replace("<!--", "&lt;!--")  # of each the end would be looked for again
    return _fed(_Reader(first), text).end()


def _read_with_cells(pieces: list[Raw], inside: list[Block]) -> tuple[Block, ...]:
    reader = _Reader(pieces[0].lines.first)
    if sum(len(piece.text) for piece in pieces) > LONGEST:
        return ()
    for block in sorted([*pieces, *inside], key=lambda one: one.lines.first):
        if isinstance(block, Raw):
            _fed(reader, "\n" * max(0, block.lines.first - reader.line) + block.text)
        else:
            reader.take(block)
    return reader.end()


def _fed(reader: _Reader, text: str) -> _Reader:
    text = _INSTRUCTION.sub("", text) if "{%" in text else text
    reader.feed(text.replace("<![", "&lt;!["))  # a marked section is no part of HTML
    return reader


@dataclass(slots=True)
class _Holder:
    """An open element that holds blocks: the piece itself, a quote, a list or an item of one."""

    tag: str
    first: int
    blocks: list[Block] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class _Cell:
    """A cell of an open table: a title or not, over so many rows and columns."""

    inline: Inline
    is_title: bool
    rows: int
    columns: int


@dataclass(slots=True)
class _Grid:
    """An open table. ``held`` are the cells of rows above that reach into the next one, by their column."""

    first: int
    rows: list[Row] = field(default_factory=list)
    titles: list[tuple[Inline, ...]] = field(default_factory=list)
    held: dict[int, _Cell] = field(default_factory=dict)
    cells: list[_Cell] = field(default_factory=list)
    cell: tuple[bool, int, int] = (False, 1, 1)
    row: int = 0
    in_cell: bool = False

    def end_row(self, last: int) -> None:
        """Set the cells of a row into their columns, and keep it as one of titles or of values."""
        is_head = not self.rows and all(one.is_title for one in self.cells)
        made: list[Inline] = []
        above, self.held = self.held, {}
        waiting = self.cells[::-1]
        while (waiting or len(made) in above) and len(made) < WIDEST_TABLE:
            cell = above.get(len(made)) or waiting.pop()
            for n in range(cell.columns):
                if cell.rows > 1:
                    self.held[len(made)] = replace(cell, rows=cell.rows - 1, columns=1)
                made.append(cell.inline if cell.is_title or not n else Inline((), cell.inline.lines))
        self.cells = []
        first = self.row or self.first
        if is_head:
            self.titles.append(tuple(made))
        else:
            self.rows.append(Row(Lines(first, max(first, last)), tuple(made)))

    @property
    def header(self) -> tuple[Inline, ...]:
        """One title for each column: what stands below a title over several columns is in brackets behind it."""
        width = max(map(len, self.titles))
        return tuple(_title([row[n] for row in self.titles if n < len(row)]) for n in range(width))


def _title(above: list[Inline]) -> Inline:
    texts = list(dict.fromkeys(one.text for one in above if one.text))
    if len(texts) < 2:
        return next((one for one in above if one.text), above[0])
    return plain(f"{texts[0]} ({', '.join(texts[1:])})", above[0].lines.first)


class _Reader(HTMLParser):
    def __init__(self, first: int) -> None:
        super().__init__(convert_charrefs=True)
        self.first = first
        self.holders = [_Holder("", first)]
        self.runs: list[Run] = []
        self.strong = 0
        self.code = 0
        self.unseen = 0
        self.href: str | None = None
        self.grid: _Grid | None = None
        self.pre: tuple[int, str, list[str]] | None = None

    @property
    def line(self) -> int:
        return self.first + self.getpos()[0] - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _UNSEEN:
            self.unseen += 1
        elif self.pre is not None:
            if tag == "code" and not self.pre[1]:
                self.pre = (self.pre[0], _language(values), self.pre[2])
            elif not _is_known(tag):
                self.pre[2].append(self.get_starttag_text() or "")
        elif tag == "pre":
            self._paragraph()
            self.pre = (self.line, _language(values), [])
        elif self.grid is None and (tag in _PARAGRAPH or re.fullmatch(r"h[1-6]", tag)):
            self._paragraph()
        elif self.grid is None and tag in ("ul", "ol", "blockquote", "li"):
            self._open(tag)
        elif tag == "table" and self.grid is None:
            self._paragraph()
            self.grid = _Grid(self.line)
        elif self.grid is not None and tag in ("tr", "td", "th"):
            self._cell(tag, values)
        elif tag == "hr" and self.grid is None:
            self._paragraph()
            self._add(Rule(Lines(self.line, self.line)))
        elif tag == "br" or (
            self.grid is not None and tag in ("li", "p") and any(run.text.strip() for run in self.runs)
        ):
            self._text("; " if self.grid is not None else "\n")
        elif tag == "a":
            self.href = values.get("href")
        elif not _is_known(tag):
            self._text(self.get_starttag_text() or "")  # a blank such as <host>
        self.strong += tag in _STRONG or tag == "th"
        self.code += tag in _CODE

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif self.pre is not None:
            if tag == "pre":
                self._fence()
        elif re.fullmatch(r"h[1-6]", tag) and self.grid is None:
            self._paragraph(int(tag[1]))
        elif tag == "summary" and self.grid is None and len(self.holders) == 1:
            self._summary()
        elif tag in _PARAGRAPH and self.grid is None:
            self._paragraph()
            if tag == "details" and len(self.holders) == 1:
                self._add(Heading(Lines(self.line, self.line), _CLOSED, Inline((), Lines(self.line, self.line))))
        elif tag in ("ul", "ol", "blockquote", "li") and self.grid is None:
            self._close(tag)
        elif self.grid is not None and tag in ("td", "th", "tr", "table"):
            self._end_cell(tag)
        elif tag == "a":
            self.href = None
        if tag in _STRONG or tag == "th":
            self.strong = max(0, self.strong - 1)
        if tag in _CODE:
            self.code = max(0, self.code - 1)

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if self.pre is not None:
            self.pre[2].append(data)
        elif self.grid is None or self.grid.in_cell:
            self._text(data)

    def take(self, block: Block) -> None:
        """What Markdown reads behind an open cell stands in that cell."""
        if self.grid is not None and self.grid.in_cell:
            self.runs += cell_runs(block)
        else:
            self._add(block)

    def end(self) -> tuple[Block, ...]:
        """What has been read, everything closed that was left open."""
        self.close()
        if self.pre is not None:
            self._fence()
        if self.grid is not None:
            self._end_cell("table")
        while len(self.holders) > 1:
            self._close(self.holders[-1].tag)
        self._paragraph()
        return tuple(self.holders[0].blocks)

    def _text(self, data: str) -> None:
        for n, piece in enumerate(data.split("\n")):
            if n:
                self.runs.append(Run(" ", self.line + n - 1))
            if piece:
                strong = self.strong > 0 and self.grid is None
                self.runs.append(Run(piece, self.line + n, self.code > 0, strong, self.href))

    def _inline(self) -> Inline:
        runs, self.runs = self.runs, []
        while runs and not runs[0].text.strip():
            runs.pop(0)
        while runs and not runs[-1].text.strip(" ;\n" if self.grid is not None else None):
            runs.pop()
        lines = Lines(runs[0].line, runs[-1].line) if runs else Lines(self.line, self.line)
        return Inline(tuple(runs), lines)

    def _paragraph(self, level: int | None = None) -> None:
        inline = self._inline()
        if inline.text:
            self._add(Text(inline.lines, inline) if level is None else Heading(inline.lines, level, inline))

    def _summary(self) -> None:
        titled = _untitled().match("".join(run.text for run in self.runs).strip()) is None
        self._paragraph(_SUMMARY if titled else None)

    def _add(self, block: Block) -> None:
        self.holders[-1].blocks.append(block)

    def _open(self, tag: str) -> None:
        self._paragraph()
        if tag == "li" and self.holders[-1].tag == "li":
            self._close("li")
        if len(self.holders) <= DEEPEST:
            self.holders.append(_Holder(tag, self.line))

    def _close(self, tag: str) -> None:
        self._paragraph()
        if not any(one.tag == tag for one in self.holders[1:]):
            return
        while self.holders[-1].tag != tag:
            self._close(self.holders[-1].tag)
        one = self.holders.pop()
        lines = Lines(one.first, max(one.first, self.line))
        outer = self.holders[-1]
        if tag == "li":
            lead = one.blocks[0] if one.blocks and isinstance(one.blocks[0], Text) else None
            inline = lead.inline if lead else Inline((), Lines(one.first, one.first))
            item = Item(lines, inline, tuple(one.blocks[1 if lead else 0 :]))
            if outer.tag in ("ul", "ol"):
                outer.items.append(item)
            else:
                outer.blocks.append(ItemList(lines, ordered=False, items=(item,)))
        elif tag == "blockquote":
            outer.blocks.append(Quote(lines, tuple(one.blocks)))
        else:
            if one.items:
                outer.blocks.append(ItemList(lines, tag == "ol", tuple(one.items)))
            outer.blocks += one.blocks

    def _cell(self, tag: str, values: dict[str, str | None]) -> None:
        assert self.grid is not None
        if self.grid.in_cell:
            self._end_cell("td")
        if tag == "tr":
            self._end_cell("tr")
            self.grid.row = self.line
        else:
            self.runs = []
            self.grid.in_cell = True
            self.grid.cell = (tag == "th", _span(values.get("rowspan")), _span(values.get("colspan")))

    def _end_cell(self, tag: str) -> None:
        grid = self.grid
        assert grid is not None
        if grid.in_cell:
            grid.cells.append(_Cell(self._inline(), *grid.cell))
            grid.in_cell = False
        if tag in ("tr", "table") and grid.cells:
            grid.end_row(self.line)
        if tag == "table":
            self.grid = None
            if grid.rows and not grid.titles:
                first = grid.rows[0].cells
                untitled = tuple(Inline((), one.lines) for one in first)
                grid.titles.append(untitled if _are_values(grid.rows) else grid.rows.pop(0).cells)
            if grid.titles:
                span = Lines(grid.first, max(grid.first, self.line))
                self._add(Table(span, grid.header, tuple(grid.rows)))

    def _fence(self) -> None:
        assert self.pre is not None
        first, info, pieces = self.pre
        self.pre = None
        text = "".join(pieces)
        first += 1 if text.startswith("\n") else 0
        body = tuple(text.removeprefix("\n").rstrip().split("\n"))
        if any(body) and self.grid is not None and self.grid.in_cell:
            self.runs += code_runs(body, first)
        elif any(body):
            self._add(Fence(Lines(first, first + len(body) - 1), info, body, first))


def _are_values(rows: list[Row]) -> bool:
    """Whether the first row of a table without titles is one of values: "P1 | 15 min" above "P2 | 30 min"."""
    several = zip(*(row.cells for row in rows), strict=False) if len(rows) > 1 else ()
    shapes = ({re.sub(r"\d+", "9", cell.text[:_SHAPE]) for cell in column} for column in several)
    return any(len(one) == 1 and "9" in next(iter(one)) for one in shapes)


_SHAPE = 40
"""Characters of a cell by which it is compared with those below it."""


def _span(value: str | None) -> int:
    """Over how many rows or columns a cell reaches."""
    return max(1, min(int(value), WIDEST_TABLE)) if value and re.fullmatch(r"\d{1,4}", value) else 1


def _language(values: dict[str, str | None]) -> str:
    match = re.search(r"(?:lang|language|highlight|brush)[-:]\s*(\w+)", f"{values.get('class')} {values.get('lang')}")
    return match[1].lower() if match else ""


def _is_known(tag: str) -> bool:
    return tag in HTML_TAGS


HTML_TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "big",
        "blockquote",
        "body",
        "br",
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "main",
        "mark",
        "meta",
        "nav",
        "ol",
        "p",
        "picture",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "tt",
        "u",
        "ul",
    ]
)
"""Names of elements. Whatever else stands between angle brackets is a blank that somebody has to fill."""
