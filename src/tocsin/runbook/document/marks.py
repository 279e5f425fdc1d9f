"""The runs of a text: what stands in it as code, in bold, as a link."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.token import Token

from tocsin.runbook.document.inline import Run
from tocsin.runbook.document.markdown import parser

LONGEST_INLINE = 20_000
"""Characters. Longer text is kept without its marks: nobody writes such a paragraph, and emphasis costs time."""

MARKS = frozenset(["a", "b", "del", "em", "i", "img", "ins", "mark", "s", "small", "span", "strong", "sub", "sup", "u"])
"""HTML inside of a line that says how something looks and nothing else."""

_SIGNS = re.compile(r"[*_`\[\]<>&\\!~]")
"""Without one of these characters, no text holds a mark."""

_CODE_OR_BOLD = re.compile(r"`([^`\n]+)`(?!`)|\*\*(?!\*)|[`*]")

_OTHER_MARKS = re.compile(r"\\|\]\(|!\[|&[#A-Za-z]|<[A-Za-z/!?]|_(?![^\W_])|(?<![^\W_])_")
"""What may begin another mark: an escape, a link, an entity, a tag, or a low line that is not inside of a word."""

_BESIDE_BOLD = " \n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


def runs_of(content: str, line: int) -> tuple[Run, ...]:
    """The runs of a text of which the first line has this number."""
    if len(content) > LONGEST_INLINE:
        return tuple([Run(text, line + n) for n, text in enumerate(content.split("\n"))])
    if not _SIGNS.search(content):
        return tuple(_plain(content, line))
    return _simply_marked(content, line) or parsed(content, line)


def parsed(content: str, line: int) -> tuple[Run, ...]:
    """The same by the parser, which knows every mark."""
    children: list[Token] = []
    md = parser()
    md.inline.parse(content, md, {}, children)
    return tuple(_flatten(_joined(children), line))


def _simply_marked(content: str, line: int) -> tuple[Run, ...] | None:
    """The runs of a text that marks `code` and **bold** and nothing else, as the parser gives them; None for others.

    Most texts are like that, and the parser tries a dozen kinds of marks at each of their signs.
    """
    found: list[Run] = []
    strong = closed = False
    at = 0
    for match in _CODE_OR_BOLD.finditer(content):
        start, end = match.span()
        code: str | None = match[1]
        if code is None and end - start == 1:
            return None
        opens = code is None and not strong
        if start > at or opens or closed:
            text = content[at:start]
            if _OTHER_MARKS.search(text):
                return None
            found += _plain(text, line, strong=strong, behind_bold=closed, before_bold=opens)
            line += text.count("\n")
        at, closed = end, False
        if code is not None:
            if code[0] == " " == code[-1] and code.strip(" "):
                code = code[1:-1]
            found.append(Run(code, line, code=True, strong=strong))
            continue
        inside, outside = (content[end : end + 1], content[start - 1 : start])
        if strong:
            inside, outside = outside, inside
        if inside.isspace() or not (inside.isalnum() or outside in _BESIDE_BOLD):
            return None
        strong, closed = not strong, strong
    text = content[at:]
    if strong or _OTHER_MARKS.search(text):
        return None
    if text or closed:
        found += _plain(text, line, behind_bold=closed)
    return tuple(found)


def _plain(
    content: str, line: int, *, strong: bool = False, behind_bold: bool = False, before_bold: bool = False
) -> Iterator[Run]:
    """The runs of a text in which nothing can be a mark; beside a mark for bold, there is one without words as well."""
    if "\n" not in content:
        if content or behind_bold or before_bold:
            yield Run(content, line, strong=strong)
        return
    pieces = content.split("\n")
    last = len(pieces) - 1
    for n, text in enumerate(pieces):
        bare = text.lstrip(" \t") if n else text
        bare = bare.rstrip(" ") if n < last else bare
        if bare or (n == 0 and behind_bold) or (n == last and before_bold):
            yield Run(bare, line + n, strong=strong)
        if n < last:
            yield Run(" ", line + n)


def _joined(children: list[Token]) -> list[Token]:
    """The tokens with what was escaped, "\\_", or written as an entity, "&amp;", in the text that it belongs to."""
    if all(child.type != "text_special" for child in children):
        return children
    found: list[Token] = []
    for child in children:
        if child.type == "text_special":
            child.type = "text"
        if child.type == "text" and found and found[-1].type == "text":
            found[-1].content += child.content
        else:
            found.append(child)
    return found


def _flatten(children: list[Token], line: int) -> Iterator[Run]:
    strong = code = 0
    href: str | None = None
    for child in children:
        match child.type:
            case "text":
                yield Run(child.content, line, code=code > 0, strong=strong > 0, href=href)
            case "code_inline":
                yield Run(child.content, line, code=True, strong=strong > 0, href=href)
            case "softbreak" | "hardbreak":
                yield Run(" ", line)
                line += 1
            case "strong_open":
                strong += 1
            case "strong_close":
                strong -= 1
            case "link_open":
                href = str(child.attrGet("href") or "")
            case "link_close":
                href = None
            case "image":
                yield Run(child.content, line, strong=strong > 0, href=href)
            case "html_inline" if not child.content.startswith("<!--"):
                tag = re.match(r"</?([A-Za-z]\w*)", child.content)
                name = tag[1].lower() if tag else ""
                step = -1 if child.content.startswith("</") else 1
                if name in ("b", "strong"):
                    strong = max(0, strong + step)
                elif name in ("code", "kbd", "tt"):
                    code = max(0, code + step)
                elif name == "br":
                    yield Run("; ", line, strong=strong > 0)
                elif name not in MARKS:
                    yield Run(child.content, line, strong=strong > 0)  # a blank such as <host>
            case _:
                pass
