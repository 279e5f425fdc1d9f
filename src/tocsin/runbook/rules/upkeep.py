"""TOC6xx: whether somebody looks after the document."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.document.neighbours import Neighbour, anchor_key, anchors, relative_links
from tocsin.runbook.findings import few, finding, short
from tocsin.runbook.playbook import Finding, Playbook, Review
from tocsin.runbook.upkeep import names_a_month
from tocsin.runbook.words import vocabulary


def upkeep_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Reviews, links, duties and the post-mortem's deadline."""
    review = playbook.review
    line = review.lines.last if review.lines else 1
    if compiled.today is not None and review.next is not None and review.next < compiled.today:
        before = f" (the last one was on {review.last.isoformat()})" if review.last is not None else ""
        yield finding("TOC601", line, f"the review was due on {review.next.isoformat()}{before}")
    if review.unfilled:
        yield finding("TOC603", review.lines.first if review.lines else 1, "the dates of the review are placeholders")
    elif review.last is None and review.next is None and not _in_a_month(review, compiled):
        yield finding("TOC602", 1, "the document does not say when it was reviewed")
    for link in playbook.links:
        if link.unfilled:
            yield finding("TOC604", link.lines.first, f"{link.title} has no address")
    yield from _unwritten(playbook, compiled)
    yield from _links(compiled)
    yield from _nowhere(compiled.document.lines)
    for number, text in enumerate(compiled.document.lines, 1):
        if "](" in text and (found := _OF_ONE_MACHINE.search(text)) is not None:
            name = re.split(r"[\\/]", found[1])[-1]
            fix = f"Link to it by its path from this document, such as {name}."
            yield finding("TOC610", number, f"leads to one person's own machine: {short(found[1])}", fix=fix)
    yield from _without_rhythm(playbook, compiled)
    last = playbook.postmortem
    if last is not None and last.due is None:
        begins = compiled.document.lines[last.lines.first - 1]
        if (
            last.template or last.sections or vocabulary().says("postmortem_word", begins)
        ):  # "Afterwards" asks for no report
            yield finding("TOC606", last.lines.first, "it is not stated when the post-mortem is due")


_OF_ONE_MACHINE = re.compile(r"\]\(<?((?:file:|[A-Za-z]:[\\/])[^\s)>]*)")
"""Looked for in the text: an address of this kind makes no link in the usual renderers either."""


def _unwritten(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """What somebody meant to write later: marks of it, addresses and mailboxes of an example, each sort in one finding.

    Not what a contact or a level of the escalation has a finding for already.
    """
    told = {one.lines.first for one in playbook.contacts} | {one.lines.first for one in playbook.escalation_levels}
    told |= {at.first for at in compiled.escalation.nameless}
    known = {channel.value.casefold() for one in playbook.contacts for channel in one.channels}
    blanks = [one.lines for one in playbook.templates]
    blanks += [playbook.postmortem.lines] if playbook.postmortem is not None else []
    told |= {line for at in blanks for line in range(at.first, at.last + 1)}
    open_, addresses, boxes = [], [], []
    for number, text in _outside_of_code(compiled.document.lines):
        if number in told:
            continue
        if ("T" in text or "FIXME" in text) and _MARK.search(text) is not None:
            open_.append((number, repr(short(text.strip(" *_|#>-").rstrip(":：")))))
        if "://" in text and (address := _YOURS.search(text)) is not None:
            addresses.append((number, address[0]))
        if "@" in text and (box := _MAILBOX.search(text)) is not None and box[0].casefold() not in known:
            boxes.append((number, box[0]))
    for code, found, said in (
        ("TOC611", open_, "is still to be written"),
        ("TOC604", addresses, "is an example address"),
        ("TOC308", boxes, "is an example, and nobody of yours"),
    ):
        if found:
            others = list(dict.fromkeys(number for number, _text in found if number != found[0][0]))
            also = f" (also line{'s' if len(others) > 1 else ''} {few(list(map(str, others)), 4)})" if others else ""
            fix = "Write the real address." if code == "TOC308" else None
            yield finding(code, found[0][0], f"{found[0][1]} {said}{also}", fix=fix or "")


def _outside_of_code(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, text in enumerate(lines, 1):
        if text.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and "`" not in text:
            yield number, text


_MARK = re.compile(r"\b(?:TBD|FIXME)\b|(?<![\w-])TODO(?=\s{0,2}(?:[:：—–]|$|\)))|[(\[]TODO\b")
"""Marks of what is to be written later; "TODO" by itself is a Spanish word as well."""
_YOURS = re.compile(
    r"https?://(?:[^\s()<>\[\]|]{0,120}?[./])?(?:your|my)-?(?:org|team|project|company|domain|workspace|instance|app|site)\b"
    r"[^\s()<>\[\]|*]{0,120}",
    re.IGNORECASE,
)
_MAILBOX = re.compile(
    r"[\w.+-]{1,64}@(?:(?:your|my)-?(?:company|domain|org|organization|app)|example|company|domain|acme|contoso)"
    r"\.(?:com|org|net|io)\b",
    re.IGNORECASE,
)


def _nowhere(lines: Sequence[str]) -> Iterator[Finding]:
    """Links whose address is still to be written, outside of blocks of code."""
    fenced = False
    for number, text in enumerate(lines, 1):
        if text.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and "](" in text:
            for match in _UNWRITTEN.finditer(text):
                yield finding("TOC604", number, f"{match[1].strip()} has no address")


_UNWRITTEN = re.compile(
    r"(?<!!)(?<!`)\[([^\]\[`]{2,80})\]\(\s{0,3}(?:#|TODO|TBD|link|url|<url>|https?://(?:example\.(?:com|org)|your[-_.][^\s()]{1,60}))?"
    r"\s{0,3}\)",
    re.IGNORECASE,
)


def _in_a_month(review: Review, compiled: Compiled) -> bool:
    """Whether a review is dated by its month only, "Last reviewed: March 2026": no day is made up for it."""
    lines = compiled.document.lines[review.lines.first - 1 : review.lines.last] if review.lines else ()
    words = vocabulary()
    return any(
        names_a_month(line) and (words.says("last_review", line) or words.says("next_review", line)) for line in lines
    )


def _without_rhythm(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """The duties of a chapter that speaks of rhythms, in its title or for most of its duties, and gives these none."""
    if all(duty.every is not None for duty in playbook.duties):
        return
    duties = sorted(playbook.duties, key=lambda duty: duty.lines.first)
    begins = [duty.lines.first for duty in duties]
    for section in compiled.root.walk():
        if not section.blocks:
            continue
        first, last = section.blocks[0].lines.first, section.blocks[-1].lines.last
        here = duties[bisect_left(begins, first) : bisect_right(begins, last)]
        told = any(vocabulary().says("regular", one.title.text) for one in section.path()) if here else False
        without = [duty for duty in here if duty.every is None and not _comes_with(duty.title)]
        if not told and sum(duty.every is not None for duty in here) < len(without):
            without = [duty for duty in without if vocabulary().says("regular", duty.title)]
        if without and (told or any(duty.every for duty in here) or len(here) == len(without)):
            verb = "has" if len(without) == 1 else "have"
            named = few([repr(short(duty.title)) for duty in without], 4)
            yield finding("TOC605", without[0].lines.first, f"{named} {verb} no rhythm")


def _comes_with(title: str) -> bool:
    """Whether a duty is due whenever something happens: "after each incident", "when somebody leaves"."""
    return vocabulary().says("each_time", title)


_OF_A_PAGE = (".md", ".mdx", ".md.erb", "/index.md", "/README.md")
"""What the file of a page is called beyond its address: a site's generator makes "oven.html" or "oven" of it."""


def _found(compiled: Compiled, path: str) -> Neighbour:
    """What is at a path, be it the address of a page that a generator makes; where its root is, nobody tells."""
    if compiled.look is None:
        return Neighbour.UNKNOWN
    found = compiled.look(path)
    page = path.rstrip("/").removesuffix(".html")
    if found is not Neighbour.MISSING or (page == path and "." in path.rsplit("/", 1)[-1]):
        return found
    if path.startswith("/") and compiled.document.lines[:1] == ("---",):
        return Neighbour.UNKNOWN
    names = (name + end for name in dict.fromkeys((page, path.rstrip("/"))) for end in _OF_A_PAGE)
    return Neighbour.THERE if any(compiled.look(name) is Neighbour.THERE for name in names) else found


_IMAGE = re.compile(
    r"!\[[^\]\[]{0,300}\]\(\s{0,3}<?(?P<path>[^\s()<>#?:]{1,300})|<img\s[^<>]{0,300}?src=[\"'](?P<src>[^\s\"'#?:]{1,300})[\"']"
)
"""A picture by its relative path, in Markdown or HTML."""


def _images(compiled: Compiled) -> Iterator[Finding]:
    """Pictures that are not where the text looks for them."""
    if compiled.look is None:
        return
    fenced = False
    for number, text in enumerate(compiled.document.lines, 1):
        if text.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and ("![" in text or "<img" in text):
            for match in _IMAGE.finditer(text):
                path = unquote(match["path"] or match["src"])
                if compiled.look(path) is Neighbour.MISSING:
                    yield finding("TOC608", number, f"{path} does not exist")


def _dead(compiled: Compiled, links: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    """Links that lead nowhere, each path once; where none at all is there, in one finding.

    A document of which no neighbour is found rather lies apart from them.
    """
    found = [(line, path, _found(compiled, path)) for line, path in links]
    missing: dict[str, list[int]] = {}
    for line, path, neighbour in found:
        if neighbour is Neighbour.MISSING:
            missing.setdefault(path, []).append(line)
    if len(missing) > _FEW_LINKS and not any(one is Neighbour.THERE for _line, _path, one in found):
        first = next(iter(missing.values()))[0]
        said = f"none of the {len(missing)} neighbours that it links to is there: {few(list(map(short, missing)), 3)}"
        yield finding(
            "TOC608", first, said, fix="Correct the links; or check the document where it lies, in its repository."
        )
        return
    for path, lines in missing.items():
        others = list(dict.fromkeys(line for line in lines if line != lines[0]))
        plural = "s" if len(others) > 1 else ""
        also = f" (also line{plural} {few(list(map(str, others)), 4)})" if others else ""
        yield finding("TOC608", lines[0], f"{path} does not exist{also}")


_FEW_LINKS = 2
"""Links of which each is told by itself, dead or not."""


def _links(compiled: Compiled) -> Iterator[Finding]:
    """Relative links that lead nowhere, or out of the repository. No other address is looked at."""
    yield from _images(compiled)
    links = list(relative_links(compiled.leaves))
    yield from _dead(compiled, ((line, path) for line, path, _anchor in links if path))
    headings = None
    for line, path, anchor in links:
        if not path:
            headings = anchors(compiled.root, compiled.document.text) if headings is None else headings
            key = anchor_key(anchor)
            if key and key != "top" and key not in headings:
                yield finding("TOC608", line, f"no heading of this document is called #{anchor}")
            continue
        match _found(compiled, path):
            case Neighbour.OUTSIDE:
                yield finding("TOC607", line, f"{path} leaves the repository")
            case Neighbour.UNKNOWN if path.startswith("/etc/") or path.count("../") >= 3:
                yield finding("TOC607", line, f"{path} leaves the repository")
            case _:
                pass
