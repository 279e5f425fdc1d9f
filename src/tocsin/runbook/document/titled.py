"""A document whose title stands in its front matter only, as generators of sites want it: it is its first heading."""

from __future__ import annotations

import re

from tocsin.runbook.document.blocks import Block, Heading
from tocsin.runbook.document.inline import plain
from tocsin.runbook.stated import Lines

_FILLED_IN = re.compile(r"\s*(?:<%.*%>|\{\{.*\}\}|\{%.*%\})\s*")
"""A heading that a generator fills in: "<%= current_page.data.title %>"."""


def with_title(blocks: tuple[Block, ...], lines: tuple[str, ...], title: str) -> tuple[Block, ...]:
    """The blocks below a heading with the ``title`` of the front matter, where no other heading is the document's.

    ``lines`` are all lines of the document, the front matter among them.
    """
    if not re.search(r"\w", title):
        return blocks
    tops = [block for block in blocks if isinstance(block, Heading) and block.level == 1]
    if tops and _FILLED_IN.fullmatch(tops[0].inline.text):
        here = tops[0]
        named = Heading(here.lines, 1, plain(title, here.lines.first))
        return tuple(named if block is here else block for block in blocks)
    if tops:
        return blocks
    line = next((n for n, line in enumerate(lines, 1) if line.startswith("title")), 1)
    return (Heading(Lines(line, line), 1, plain(title, line)), *blocks)
