"""Where the relative links of a document lead. Looking at files is the caller's: see ``tocsin.cli.surroundings``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import unquote

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import Section


class Neighbour(StrEnum):
    """What is at the end of a relative link."""

    THERE = "there"
    MISSING = "missing"
    OUTSIDE = "outside"  # beyond the repository of the document: not looked at
    UNKNOWN = "unknown"  # beyond the folder of a document that is in no repository: not looked at either


Look: TypeAlias = Callable[[str], Neighbour]
"""Tells what is at a path, relative to the document's folder, or to its repository where it begins with a slash."""


def relative_links(leaves: tuple[Leaf, ...]) -> Iterator[tuple[int, str, str]]:
    """(line, path, anchor) of every link into the repository; the path is "" for one into the document itself."""
    seen: set[tuple[int, str]] = set()
    for leaf in leaves:
        for run in leaf.inline.links:
            href = run.href or ""
            if (run.line, href) in seen or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|$", href) or _MAIL.fullmatch(href):
                continue
            seen.add((run.line, href))
            path, _, anchor = unquote(href).partition("#")
            path = path.split("?", 1)[0]
            if not re.search(r"[<>{}$\[\]|]|\.\.\.$", path):
                yield run.line, path, anchor


_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""An address that is no file: "<help@mill.example>"."""


def anchors(root: Section, text: str) -> frozenset[str]:
    """What a link within the document can name: its headings as the usual renderers spell them, and HTML ids."""
    named = re.findall(r"\b(?:id|name)=[\"']?([^\s\"'>]+)|\{#([\w-]+)\}", text)
    found = {anchor_key(one) for pair in named for one in pair if one}
    for section in root.walk():
        if section.level > 0:
            found.add(anchor_key(section.inline.text))
    return frozenset(found)


def anchor_key(heading: str) -> str:
    """A heading or an anchor, reduced to what every renderer keeps of it.

    >>> anchor_key("🚨 1. API Not Responding!") == anchor_key("-1-api-not-responding")
    True
    """
    bare = re.sub(r"[^\w\s-]", "", heading.casefold())
    return re.sub(r"[\s-]+", "-", bare).strip("-")
