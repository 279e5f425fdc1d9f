"""Markdown is read as CommonMark says: as markdown-it reads it too, in what people write, and never an exception."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.conftest import ROOT
from tocsin.errors import BadDocument
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.blocks import Block, Fence, Heading, ItemList, Quote, Raw, Table, Text, parse_blocks
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.stated import Lines

OTHER = MarkdownIt("commonmark").enable("table")
DOCUMENTS = [path for folder in ("examples", "docs", "tests") for path in sorted((ROOT / folder).rglob("*.md"))]

_INDENT = st.sampled_from(["", "", "", " ", "  ", "   ", "    ", "      ", "\t", " \t"])
_OPENING = st.sampled_from(
    [
        *("", "", "- ", "-", "* ", "+ ", "1. ", "2) ", "9. ", "10. ", "# ", "####### ", "#x", "> ", ">"),
        *("```", "~~~~", "``", "---", "===", "***", "_ _ _", "- - -", "[a]: /b", "[a]: /b 'c'", "[ ] "),
        *("|", "| a | b |", "|---|:-:|", ":--", "-|-", "a | b", "<div>", "<!--", "-->", "</td>", "<b>"),
        *("\\", "é", "\u0661. ", "\u00a0"),
    ]
)
_WORDS = st.text(alphabet="ab 1.-:=|*_`~[]()<>!&;\\#@{}\"'/é", max_size=14)
_LINES = st.lists(st.tuples(_INDENT, _OPENING, _INDENT, _OPENING, _WORDS).map("".join), max_size=14)


def test_every_document_of_ours_is_read_as_by_another_parser() -> None:
    """D14: the same blocks, on the same lines, with the same words in them."""
    assert len(DOCUMENTS) > 100
    for path in DOCUMENTS:
        lines = tuple(path.read_text("utf-8").removesuffix("\n").split("\n"))
        for ours, theirs in itertools.zip_longest(_ours(parse_blocks(lines)), _theirs(lines)):
            assert ours == theirs, path


@settings(max_examples=300, deadline=None)
@given(_LINES)
@example(["-", "  >"])
@example(["> -", "> >"])
@example([">", "> >"])
def test_every_arrangement_of_lines_is_read(lines: list[str]) -> None:
    """D14: whatever stands where, each block lies within the one around it and behind the one before."""
    _check(parse_blocks(tuple(lines), first=3), Lines(3, 2 + max(1, len(lines))))


def _check(blocks: Iterable[Block], around: Lines) -> None:
    at = around.first
    for block in blocks:
        assert at <= block.lines.first <= block.lines.last <= around.last
        at = block.lines.first
        inner = [block] if isinstance(block, Quote) else list(block.items) if isinstance(block, ItemList) else []
        for one in inner:
            assert block.lines.first <= one.lines.first <= one.lines.last <= block.lines.last
            _check(one.children, one.lines)


def _ours(blocks: Iterable[Block]) -> Iterator[tuple[str, int, int, str]]:
    for block in blocks:
        span = block.lines.first, block.lines.last
        match block:
            case Heading():
                yield f"h{block.level}", block.inline.lines.first, block.inline.lines.last, _said(block.inline)
            case Text():
                yield "text", *span, _said(block.inline)
            case Fence():
                yield "code", *span, "\n".join(block.body)
            case Raw():
                yield "html", *span, block.text.rstrip("\n")
            case Table():
                for cells in (block.header, *(row.cells for row in block.rows)):
                    for cell in cells:
                        yield "cell", cell.lines.first, cell.lines.last, _said(cell)
            case Quote():
                yield from _ours(block.children)
            case ItemList():
                for item in block.items:
                    if item.inline.runs:
                        yield "text", item.inline.lines.first, item.inline.lines.last, _said(item.inline)
                    yield from _ours(item.children)
            case _:
                yield "rule", *span, ""


def _said(inline: Inline) -> str:
    return " ".join("".join(run.text for run in inline.runs).split())


def _theirs(lines: tuple[str, ...]) -> Iterator[tuple[str, int, int, str]]:
    """What markdown-it reads."""
    kind = row = ""
    at = (0, 0)
    for token in OTHER.parse("\n".join(lines) + "\n"):
        if token.type in ("heading_open", "paragraph_open", "th_open", "td_open"):
            kind = token.tag if token.type == "heading_open" else "text" if token.type == "paragraph_open" else "cell"
            row = "row" if kind == "cell" else ""
        if token.map and not (row and token.type == "inline"):
            at = token.map[0] + 1, max(token.map[0] + 1, token.map[1])
        if token.type == "inline":
            words = (
                " " if child.type.endswith("break") else "; " if child.content == "<br>" else child.content
                for child in token.children or ()
                if child.type != "html_inline" or not child.content.startswith(("<!--", "</", "<b", "<kbd", "<sup"))
            )
            yield kind, *at, " ".join("".join(words).split())
        elif token.type in ("fence", "code_block"):
            yield "code", *at, token.content.removesuffix("\n")
        elif token.type == "html_block":
            yield "html", *at, token.content.rstrip("\n")
        elif token.type == "hr":
            yield "rule", *at, ""


def test_a_panic_of_the_parser_refuses_the_document_and_ends_nothing_else() -> None:
    """No text is known that makes one; it comes as a BaseException, which no loop of ours would catch."""

    def broken(kind: type[BaseException]) -> Iterator[str]:
        yield "# Mill"
        raise kind("index out of bounds")

    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    with pytest.raises(BadDocument, match="line 7: index out of bounds"):
        parse_blocks(cast(tuple[str, ...], broken(panic)), first=7)
    with pytest.raises(KeyboardInterrupt):
        parse_blocks(cast(tuple[str, ...], broken(KeyboardInterrupt)))


def test_what_nobody_may_follow_is_no_link() -> None:
    """The words of a link that would do something stay and its address does not; others are spelled for the web."""
    [block] = parse_blocks(("[a](javascript:x) [b](<data:x>) [c](/вниз) [d](http://h/?q=a%20b&c=d#e)",))
    assert isinstance(block, Text)
    assert [(run.text, run.href) for run in block.inline.runs if run.text.strip()] == [
        ("a", None),
        ("b", None),
        ("c", "/%D0%B2%D0%BD%D0%B8%D0%B7"),
        ("d", "http://h/?q=a%20b&c=d#e"),
    ]


def test_what_is_nested_absurdly_deep_is_kept_as_it_is_written() -> None:
    """Nothing is lost, and nothing is taken apart without end."""
    [block] = parse_blocks((">" * 1000 + " x",))
    for _ in range(20):
        assert isinstance(block, Quote)
        [block] = block.children
    assert isinstance(block, Raw)
    assert (block.lines, block.text.strip("> \n")) == (Lines(1, 1), "x")


def test_a_list_in_a_quote_ends_before_the_mark_of_the_next_line() -> None:
    """The mark of the quote before the next paragraph is none of the last item's lines."""
    [quote] = parse_blocks(("> 1. a", "> 2. b", ">", "> c"))
    assert isinstance(quote, Quote)
    numbered, after = quote.children
    assert isinstance(numbered, ItemList)
    assert (numbered.lines, numbered.items[-1].lines, after.lines) == (Lines(1, 2), Lines(2, 2), Lines(4, 4))


def test_what_is_escaped_or_an_entity_is_of_the_text() -> None:
    r"""A backslash or an entity writes a sign as itself; the sign is kept, and the word is not cut there."""
    ops = "- **Ops\\_lead \\(Ana\\)**: \\+1 650 253 0000, ops\\_lead@example.net"
    lead, lab = compile_runbook(f"# R\n\n## Contacts\n\n{ops}\n- R&amp;D: r\\_d@example.net\n").contacts
    assert {way.value for way in lead.channels} == {"+1 650 253 0000", "ops_lead@example.net"}
    assert (lead.name, lab.name) == ("Ops_lead", "R&D")
