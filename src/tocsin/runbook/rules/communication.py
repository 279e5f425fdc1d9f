"""TOC5xx: what is to be told, and with which words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.durations import every
from tocsin.runbook.findings import finding, short
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.rules.genre import is_of_a_service
from tocsin.runbook.words import vocabulary


def communication_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Missing templates and rhythms, a status page nobody can find, messages about another incident."""
    if (not playbook.severities and not playbook.phases) or is_of_a_service(playbook, compiled):
        return  # a service runbook tells nobody anything
    if not playbook.templates:
        yield finding("TOC501", 1, "the document has no message templates")
    if not playbook.cadences:
        yield _no_rhythm(playbook, compiled)
    yield from _status_page(playbook, compiled)
    for template in playbook.templates:
        if not template.fields and _PARTICULARS.search(template.body):
            yield finding("TOC504", template.lines.first, f"{template.name!r} has no blanks to fill in")


_PARTICULARS = re.compile(r"\d|@\w|\w[:：] ?\w")
"""What a message has that tells of one incident; "Orders are delayed, nothing is lost" is true each time."""


def _no_rhythm(playbook: Playbook, compiled: Compiled) -> Finding:
    """That no rule says how often; what only the words of a message promise reminds nobody."""
    for template in playbook.templates:
        for line in template.body.splitlines():
            if vocabulary().says("update_word", line) and every(line) is not None:
                said = f"only this message promises updates, {short(line.strip())!r}: nothing reminds anybody of them"
                return finding("TOC502", template.lines.first, said, fix=_AS_A_RULE)
    vague = next((leaf for leaf in compiled.leaves if _is_vague(leaf.text)), None)
    return finding("TOC502", vague.line if vague else 1, "it is not stated how often updates are due")


_AS_A_RULE = "Say it as a rule as well, below Communication."


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
