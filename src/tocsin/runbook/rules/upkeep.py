"""TOC6xx: whether somebody looks after the document."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.document.neighbours import Neighbour, anchor_key, anchors, relative_links
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import Finding, Playbook


def upkeep_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Reviews, links, duties and the post-mortem's deadline."""
    review = playbook.review
    line = review.lines.last if review.lines else 1
    if compiled.today is not None and review.next is not None and review.next < compiled.today:
        yield finding("TOC601", line, f"the review was due on {review.next.isoformat()}")
    if review.unfilled:
        yield finding("TOC603", review.lines.first if review.lines else 1, "the dates of the review are placeholders")
    elif review.last is None and review.next is None:
        yield finding("TOC602", 1, "the document does not say when it was reviewed")
    for link in playbook.links:
        if link.unfilled:
            yield finding("TOC604", link.lines.first, f"{link.title} has no address")
    yield from _links(compiled)
    for duty in playbook.duties:
        if duty.every is None:
            yield finding("TOC605", duty.lines.first, f"{duty.title!r} has no rhythm")
    if playbook.postmortem is not None and playbook.postmortem.due is None:
        yield finding("TOC606", playbook.postmortem.lines.first, "it is not stated when the post-mortem is due")


def _links(compiled: Compiled) -> Iterator[Finding]:
    """Relative links that lead nowhere, or out of the repository. No other address is looked at."""
    headings = None
    for line, path, anchor in relative_links(compiled.leaves):
        if not path:
            headings = anchors(compiled.root, compiled.document.text) if headings is None else headings
            key = anchor_key(anchor)
            if key and key != "top" and key not in headings:
                yield finding("TOC608", line, f"no heading of this document is called #{anchor}")
            continue
        match compiled.look(path) if compiled.look is not None else Neighbour.UNKNOWN:
            case Neighbour.MISSING:
                yield finding("TOC608", line, f"{path} does not exist")
            case Neighbour.OUTSIDE:
                yield finding("TOC607", line, f"{path} leaves the repository")
            case Neighbour.UNKNOWN if path.startswith("/etc/") or path.count("../") >= 3:
                yield finding("TOC607", line, f"{path} leaves the repository")
            case _:
                pass
