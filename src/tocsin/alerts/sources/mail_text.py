"""The text of a mail that has HTML only: what its reader would see, line by line."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "br",
            "dd",
            "div",
            "dl",
            "dt",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
        ),
        *("h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul"),
    }
)
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_DECLARED = re.compile(r"<!--.*?-->|<![^>]*>|<\?[^>]*>", re.S)
_SPACES = re.compile(r"[^\S\n]+")
_LONGEST = 1 << 20


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.said.append("\n")
        elif tag in _CELLS:
            self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(" ".join(data.split("\n")))


def plain_of_html(html: str) -> str:
    """The visible text of HTML, one line for each block.

    >>> plain_of_html("<style>p{}</style><p>Disk <b>full</b></p><p>on&nbsp;db-1")
    'Disk full\\non db-1'
    """
    reader = _Text()
    reader.feed(_DECLARED.sub(" ", html[:_LONGEST]))
    reader.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reader.said).split("\n"))
    return "\n".join(line for line in lines if line)
