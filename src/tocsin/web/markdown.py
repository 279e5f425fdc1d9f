"""A team's Markdown as HTML that can do no harm, each block anchored at its line.

HTML in the document is shown as text; what is left goes through an allow-list all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from tocsin.runbook.document.bulleted import with_bullets
from tocsin.runbook.stated import Lines

TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "pre", "code", "blockquote", "hr", "br"),
    *("table", "thead", "tbody", "tr", "th", "td", "strong", "em", "s", "a", "del", "span"),
}
ANCHORED = (*(f"h{n}" for n in range(1, 7)), "p", "pre", "li", "tr", "blockquote", "ul", "ol", "table")
ATTRIBUTES = {tag: {"id"} for tag in (*ANCHORED, "span")} | {"ol": {"id", "start"}, "a": {"href", "title"}}

_READER = MarkdownIt("commonmark", {"html": False, "maxNesting": 40}).enable(["table", "strikethrough"])
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
    url_relative="deny",  # a path of the document leads nowhere here
)


@dataclass(frozen=True, slots=True)
class Piece:
    """An outermost block of a document: its lines, whether it only divides (a heading, a rule), and its HTML."""

    lines: Lines
    divides: bool
    html: Markup


def rendered(text: str) -> Markup:
    """The document as HTML; every block, and every line of code, that begins on line n (1-based) has the id `Ln`."""
    return _html(_parsed(text))


def pieces(text: str) -> Iterator[Piece]:
    """The document block by block, in order, anchored as by ``rendered``."""
    tokens = _parsed(text)
    start = 0
    for at, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            opens = tokens[start]
            first, end = opens.map or (0, 1)
            lines = Lines(first + 1, max(first + 1, end))
            yield Piece(lines, opens.type in ("heading_open", "hr"), _html(tokens[start : at + 1]))
            start = at + 1


def _parsed(text: str) -> list[Token]:
    lines = with_bullets(tuple(text.replace("\r\n", "\n").split("\n")))  # as the compiler reads them
    tokens = _READER.parse("\n".join(lines))
    _anchor(tokens)
    return tokens


def _html(tokens: Sequence[Token]) -> Markup:
    html = _READER.renderer.render(tokens, _READER.options, {})
    return Markup(_CLEANER.clean(html))  # noqa: S704 -- cleaned by an allow-list just now


def _anchor(tokens: Sequence[Token]) -> None:
    """Give each block its line, and the first of several on a line only."""
    seen: set[int] = set()
    for token in tokens:
        if token.map is None or token.nesting < 0 or token.type == "inline":
            continue
        line = token.map[0] + 1
        if line not in seen and token.tag in ANCHORED:
            seen.add(line)
            token.attrSet("id", f"L{line}")


def _code(self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object) -> str:
    """A block of code, its lines anchored one by one: steps of a runbook are cited by the line of their command."""
    token = tokens[index]
    first = (token.map[0] if token.map else 0) + (2 if token.type == "fence" else 1)
    lines = token.content.removesuffix("\n").split("\n")
    shown = "\n".join(f'<span id="L{first + n}">{escape(line)}</span>' for n, line in enumerate(lines))
    return f"<pre><code>{shown}</code></pre>\n"


_READER.add_render_rule("fence", _code)
_READER.add_render_rule("code_block", _code)
