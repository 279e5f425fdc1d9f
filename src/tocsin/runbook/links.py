"""Where else to look: the addresses, the tools and the other documents that a runbook names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import ItemList, Table, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.playbook import Link
from tocsin.runbook.stated import Lines

_URL = re.compile(r"https?://(?:[^\s)>\]|\"'`<、。，；：！？（）「」『』【】《》]|<[^<>\s]{1,40}>)+")
_FILE = re.compile(
    r"(?<![\w.~$/\\{}<>\[\]()*@%-])(?:\.{1,2}/|/)?(?:[\w.-]{1,60}/){0,12}[\w.-]{0,80}\w\.(?:md|mdx|adoc|rst|pdf|docx)"
    r"(?:#[\w-]{1,60})?(?![\w/.-]\w)"
)
"""Another document, by its path: "docs/ovens.md", "ovens.pdf"."""
_TO_BE_NAMED = re.compile(r"(?<![^\W\d_])(?:Y{4}|A{4}|J{4}|N{2,}|X{2,})(?![^\W\d_])", re.IGNORECASE)
"""The place of a year or a number in the name of a file that is still to be written: "report-YYYY-MM-DD.md"."""


def read_links(root: Section, everything: Iterable[Leaf]) -> tuple[Link, ...]:
    """Links, documents, and named tools with a place for their address, each with the heading that it stands under.

    An address in a comment of a shell block ("# Navigate to: https://…") is named after its host. What leads to
    another heading of the same document is none, and a document that has a link is not named once more.
    """
    found: dict[tuple[str, str | None], Link] = {}
    documents: dict[str, Link] = {}
    for section in root.walk():
        kinds = section.abouts
        category = section.title.text or None
        if {"templates", "postmortem_template"} & set(kinds):
            for link in _beside_a_template(section, category):
                found.setdefault((link.title, link.url), link)
            continue
        listed = "links" in kinds
        for place in _places(section):
            for link in _links(place, category, listed=listed, tasks="upkeep" in kinds):
                found.setdefault((link.title, link.url), link)
            for link in _documents(place, category, listed=listed):
                before = documents.get(link.url or "")
                if before is None or _says_less(before, link):
                    documents[link.url or ""] = link
    known = {url for _title, url in found}
    linked = {end for url in known if url for end in _ends(_bare(url))}
    found.update({(one.title, url): one for url, one in documents.items() if _bare(url) not in linked})
    known.update(documents)
    for leaf in everything:
        for url in _URL.findall(leaf.text) if leaf.form == "comment" else ():
            bare = url.rstrip(".,;")
            if bare not in known and _GAP.search(bare) is None:
                known.add(bare)
                title = re.sub(r"^https?://(?:www\.)?|[/:?#].*$", "", bare)
                found[(title, bare)] = Link(title, bare, Lines(leaf.line, leaf.line), leaf.section.title.text or None)
    return tuple(found.values())


def _beside_a_template(section: Section, category: str | None) -> Iterator[Link]:
    """The links of the sentences around a template: "Copy [the form](report.md) into the folder"; no blanks of one."""
    beside = [block.inline for block in section.blocks if isinstance(block, Text)]
    for inline in (section.inline, *beside) if section.level > 0 else beside:
        for run in inline.links:
            href = run.href or ""
            if not (href.startswith("#") or _GAP.search(href) or is_gap(run.text) or href in ("url", "link")):
                yield Link(run.text or href, href, Lines(run.line, run.line), category)


class _Place(NamedTuple):
    """A text that may lead somewhere; ``item`` is for one of a list.

    ``beside`` is the first cell of its row, in a table where each row leads somewhere else.
    """

    inline: Inline
    lines: Lines
    beside: str = ""
    item: bool = False


def _places(section: Section) -> Iterator[_Place]:
    if section.level == LABEL_LEVEL or (section.level > 1 and section.inline.links):
        yield _Place(section.inline, section.inline.lines)
    for block in section.blocks:
        if isinstance(block, Text):
            yield _Place(block.inline, block.lines)
        elif isinstance(block, ItemList):
            yield from (_Place(item.inline, item.lines, item=True) for item in block.items)
        elif isinstance(block, Table):
            said = Counter((n, cell.text) for row in block.rows for n, cell in enumerate(row.cells))
            for row in block.rows:
                for n, cell in enumerate(row.cells):
                    yield _Place(cell, row.lines, row.cells[0].text if n and said[n, cell.text] == 1 else "")


def _links(place: _Place, category: str | None, *, listed: bool, tasks: bool) -> Iterator[Link]:
    inline = place.inline
    for run in inline.links:
        if not (run.href or "").startswith("#"):
            yield Link(run.text or run.href or "", run.href, Lines(run.line, run.line), category)
    urls = _URL.findall(inline.text) if "://" in inline.text else []
    if inline.links or not (urls or listed):
        return
    labelled = inline.labelled
    for url in urls:
        gap = _GAP.search(url) is not None
        if listed or not gap:
            label = labelled[0] if labelled and "://" not in labelled[0] else None
            name = label or _short(place.beside) or category
            yield Link(name or url, url.rstrip(".,;"), place.lines, category, gap)
    if listed and not urls and place.item and not any(_paths(inline)):
        name, value = labelled if labelled else (inline.text, "")
        remark = _IN_BRACKETS.match(value.strip())
        gap = is_gap(value) if _OPEN.search(value) else remark is not None and is_gap(remark[1])
        if name and not (tasks and is_task(inline)):
            yield Link(name, None, place.lines, category, gap)


def _documents(place: _Place, category: str | None, *, listed: bool) -> Iterator[Link]:
    """The documents that a text names by their paths, each by what the text says it is where it says that shortly."""
    paths = list(_paths(place.inline))
    for path in paths:
        title = _name(path, place) if len(paths) == 1 else path
        yield Link(title, path, place.lines, category, in_passing=not listed and title == path)


def _says_less(before: Link, link: Link) -> bool:
    """Whether another mention of a document says better what it is."""
    return before.title == before.url != link.title or (before.in_passing and not link.in_passing)


def _bare(url: str) -> str:
    return url.removeprefix("./").partition("#")[0]


def _ends(url: str) -> Iterator[str]:
    """The ends of a path by which a text may name it: "docs/ovens.md" and "ovens.md"."""
    parts = url.split("/")
    return ("/".join(parts[n:]) for n in range(max(0, len(parts) - _DEEPEST), len(parts)))


_DEEPEST = 12


def _paths(inline: Inline) -> Iterator[str]:
    if not any(sign in inline.text for sign in _ENDINGS):
        return
    text = "".join(" " if run.href else run.text for run in inline.runs)[:_LONGEST]
    for match in _FILE.finditer(_URL.sub(" ", text)):
        if _TO_BE_NAMED.search(match[0]) is None:
            yield match[0]


def _name(path: str, place: _Place) -> str:
    """What a document is called beside its path: "Rollback: `docs/rollback.md`", "`docs/ovens.md` – the ovens"."""
    labelled = place.inline.labelled if place.item else None
    if labelled is None:
        alone = place.inline.text.strip() == path
        return (_short(place.beside) if alone else None) or path
    label, value = labelled
    if label == path:
        return _short(value) or path
    return (_short(label) if value.rstrip(".;,").strip() == path else None) or path


def _short(text: str) -> str | None:
    """A text that may be a name, without the full stop."""
    bare = text.strip().rstrip(".;,")
    return bare if bare and len(bare.split()) <= _LONGEST_NAME and len(bare) <= _LONGEST_LINE else None


_ENDINGS = (".md", ".adoc", ".rst", ".pdf", ".docx")
_LONGEST = 20_000
_LONGEST_NAME = 8
"""Words of the name of a document."""
_LONGEST_LINE = 80
_GAP = re.compile(r"<[^<>]*>|[{}$]|\.\.\.|…")
"""A blank in an address: "https://<host>/health"."""
_IN_BRACKETS = re.compile(r"^[(（]([^()（）]*)[)）]$")
"""A remark in the place of an address: "(insert link)"."""
_OPEN = re.compile(r"\[[^\]]+\]|<[^>]+>|\b(?:TBD|TODO|TBA|FIXME)\b")


def is_task(inline: Inline) -> bool:
    """Whether an item of a list of documents or tools is something to do: it names no place to look at."""
    return inline.labelled is None and not inline.links and not _URL.search(inline.text) and not any(_paths(inline))
