"""TOC5xx: what is to be told, and with which words."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.words import vocabulary


def communication_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Missing templates and rhythms, a status page nobody can find, messages about another incident."""
    if not playbook.severities and not playbook.phases:
        return  # a service runbook tells nobody anything
    if not playbook.templates:
        yield finding("TOC501", 1, "the document has no message templates")
    if not playbook.cadences:
        vague = next((leaf for leaf in compiled.leaves if _is_vague(leaf.text)), None)
        line = vague.line if vague else 1
        yield finding("TOC502", line, "it is not stated how often updates are due")
    yield from _status_page(playbook, compiled)
    for template in playbook.templates:
        if not template.fields:
            yield finding("TOC504", template.lines.first, f"{template.name!r} has no blanks to fill in")


def _is_vague(text: str) -> bool:
    """Whether updates are promised, and no rhythm: "regular updates"."""
    return vocabulary().says("regular", text) and vocabulary().says("update_word", text)


def _status_page(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    listed = next(
        (channel for channel in playbook.channels if channel.type == "status_page" and channel.unfilled), None
    )
    if listed is not None:
        yield finding("TOC503", listed.lines.first, "the address of the status page is a placeholder")
    elif playbook.status_page is None:
        says = vocabulary().says
        asked = next((leaf for leaf in compiled.leaves if says("status_page_update", leaf.text)), None)
        if asked is not None:
            yield finding("TOC503", asked.line, "the status page is to be updated, but its address is not stated")
