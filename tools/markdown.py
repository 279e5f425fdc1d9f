"""Pieces of Markdown that generated pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MADE = "\n<!-- Written by `make docs` from the code: change it there. -->\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; a bar within a cell is escaped."""
    lines = [" | ".join(head), "|".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in row) for row in rows]
    return "".join(f"| {line} |\n" if "---" not in line else f"|{line}|\n" for line in lines)


def spliced(text: str, name: str, made: str) -> str:
    """A page with one generated part written anew. ValueError without its place."""
    place = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.S)
    if not place.search(text):
        raise ValueError(f"there is no place for {name}")
    return place.sub(lambda found: f"{found[1]}\n{made}\n{found[2]}", text)
