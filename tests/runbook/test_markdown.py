"""The parser with its rules chosen by a character gives the tokens that markdown-it gives with all of them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.conftest import ROOT
from tocsin.runbook.document.markdown import parser

ALL_RULES = MarkdownIt("commonmark", {"maxNesting": 40}).enable("table")
ALL_RULES.core.ruler.disable("inline")
EXAMPLES = sorted((ROOT / "examples").rglob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))

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


@settings(max_examples=100, deadline=None)
@given(_LINES)
def test_every_arrangement_of_lines_is_read_as_with_all_rules(lines: list[str]) -> None:
    """D14: choosing the rules by what a line begins with changes no block, no line of one, and no mark."""
    document = "\n".join(lines) + "\n"
    assert _read(parser(), document) == _read(ALL_RULES, document)


def test_every_document_of_ours_is_read_as_with_all_rules() -> None:
    """D14: the same for what people write."""
    for path in EXAMPLES:
        document = path.read_text("utf-8")
        assert _read(parser(), document) == _read(ALL_RULES, document), path


def _read(md: MarkdownIt, document: str) -> tuple[list[Token], list[list[Token]]]:
    """The blocks of a document, and the marks of each of its texts."""
    blocks = md.parse(document)
    return blocks, [md.inline.parse(block.content, md, {}, []) for block in blocks if block.type == "inline"]
