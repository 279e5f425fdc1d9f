"""The parser with its rules chosen by a character gives the tokens that markdown-it gives with all of them."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.conftest import ROOT
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.markdown import block_tokens, parser
from tocsin.runbook.document.marks import parsed, runs_of

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
_MARKED = st.one_of(
    st.sampled_from(
        ["**", "**", "`", "`", "`a`", "**b**", "*", "_", "\n", "  \n ", " ", "a_b", "(", ")", "é", "「", "…"]
    ),
    st.text(alphabet="ab :.-(<", max_size=3),
    _WORDS,
)
_LINES = st.lists(st.tuples(_INDENT, _OPENING, _INDENT, _OPENING, _WORDS).map("".join), max_size=14)


@settings(max_examples=100, deadline=None)
@given(_LINES)
def test_every_arrangement_of_lines_is_read_as_with_all_rules(lines: list[str]) -> None:
    """D14: choosing the rules by what a line begins with changes no block, no line of one, and no mark."""
    document = "\n".join(lines) + "\n"
    assert _read(parser(), document) == _read(ALL_RULES, document)
    assert _blocks(block_tokens(document)) == _blocks(ALL_RULES.parse(document))


@settings(max_examples=300, deadline=None)
@given(st.lists(_MARKED, max_size=9).map("".join))
@example("**b**`a`**b**  \n**b**")
@example("** b** a**c **")
@example("a `b`` c` d")
@example("**`a` b** c_d & e[f] < 5\n  `g`")
def test_every_text_is_read_as_by_the_parser(text: str) -> None:
    """D14: the short way for texts with nothing but code and bold gives the runs that the parser gives."""
    assert runs_of(text, 7) == parsed(text, 7)


def test_every_document_of_ours_is_read_as_with_all_rules() -> None:
    """D14: the same for what people write."""
    for path in EXAMPLES:
        document = path.read_text("utf-8")
        assert _read(parser(), document) == _read(ALL_RULES, document), path
        tokens = block_tokens(document)
        assert _blocks(tokens) == _blocks(ALL_RULES.parse(document)), path
        for token in tokens:
            if token.type == "inline":
                assert runs_of(token.content, 1) == parsed(token.content, 1), (path, token.content)


def _blocks(tokens: list[Token]) -> list[tuple[object, ...]]:
    """What is used of the tokens of a document: of one that closes something, its type."""
    return [
        (one.type, one.tag, one.map, one.content, one.markup, one.info) if one.nesting >= 0 else (one.type,)
        for one in tokens
    ]


def _read(md: MarkdownIt, document: str) -> tuple[list[Token], list[list[Token]]]:
    """The blocks of a document, and the marks of each of its texts."""
    blocks = md.parse(document)
    return blocks, [md.inline.parse(block.content, md, {}, []) for block in blocks if block.type == "inline"]


def test_what_is_escaped_or_an_entity_is_of_the_text() -> None:
    r"""A backslash or an entity writes a sign as itself; the sign is kept, and the word is not cut there."""
    ops = "- **Ops\\_lead \\(Ana\\)**: \\+1 650 253 0000, ops\\_lead@example.net"
    lead, lab = compile_runbook(f"# R\n\n## Contacts\n\n{ops}\n- R&amp;D: r\\_d@example.net\n").contacts
    assert {way.value for way in lead.channels} == {"+1 650 253 0000", "ops_lead@example.net"}
    assert (lead.name, lab.name) == ("Ops_lead", "R&D")
