"""Trees drawn with characters in a code block, which say what a nested list says: "├── P1", "│   └── 15 min: lead"."""

from __future__ import annotations

import re

from tocsin.runbook.document.blocks import Fence, ItemList, parse_blocks
from tocsin.runbook.document.remembered import remembered_with

_BRANCH = re.compile(r"(?P<before>[\s│┃║|]*)(?:[├└╰┣┗╠╚][─━═-]*|[|`+\\]-{2,3})\s*(?P<said>\S.*)")
"""A branch, and what hangs on it. The trunks before it tell how deep it is."""

_TRUNK = re.compile(r"[\s│┃║|]*")
_LINE = re.compile(r"[─━═]|--")
_LONGEST = 120
"""Lines of the longest tree that is looked at."""
_WIDEST = 300
"""Characters of its longest line."""


@remembered_with
def tree_list(fence: Fence) -> ItemList | None:
    """The list that a tree draws, without its root; None for any other drawing.

    Every line is a branch, but for the root above the first one and trunks between them. The items have the lines of
    the document that they stand in.
    """
    if len(fence.body) > _LONGEST or not any(_LINE.search(line) for line in fence.body):
        return None
    columns: list[int] = []  # where the branches begin of which the one at hand is the innermost
    body: list[str] = []
    for line in fence.body:
        branch = _BRANCH.fullmatch(line) if len(line) <= _WIDEST else None
        if branch is None:
            if columns and _TRUNK.fullmatch(line) is None:
                return None
            body.append("")
            continue
        column = len(branch["before"])
        while columns and columns[-1] >= column:
            columns.pop()
        columns.append(column)
        body.append(f"{'  ' * (len(columns) - 1)}- {branch['said']}")
    # A blank line between two items makes neither of them another list.
    blocks = parse_blocks(tuple(body), first=fence.first) if columns else ()
    return blocks[0] if len(blocks) == 1 and isinstance(blocks[0], ItemList) else None
