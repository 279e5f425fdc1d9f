"""TOC3xx: people who cannot be reached, escalation that leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.channels import channels_in
from tocsin.runbook.compiled import Compiled
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import Contact, EscalationLevel, Finding, Playbook, Trigger
from tocsin.runbook.words import normal

_FICTION = re.compile(r"555[\s.-]?01\d\d\b")


def people_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Unfilled contacts, levels that reach nobody, severities without escalation, circles."""
    for contact in playbook.contacts:
        yield from _contact(contact)
    chains = {"": playbook.escalation_levels, **playbook.escalation_by_severity}
    for severity, chain in chains.items():
        yield from _circle(chain, severity)
        yield from _windows(chain)
    for lines in compiled.escalation.nameless:
        yield finding("TOC309", lines.first, "this level of the escalation names nobody")
    yield from _reach(playbook)
    yield from _coverage(playbook, compiled)


def _contact(contact: Contact) -> Iterator[Finding]:
    if contact.unfilled:
        yield finding("TOC301", contact.lines.first, f"nobody knows how to reach {contact.name}")
    for channel in contact.channels:
        if channel.type == "phone" and _FICTION.search(channel.value):
            yield finding("TOC308", contact.lines.first, f"{channel.value} of {contact.name} is a number from films")
        elif channel.type == "email" and re.search(r"@(?:\w+\.)*example\.(?:com|org|net)$", channel.value):
            yield finding("TOC308", contact.lines.first, f"{channel.value} of {contact.name} belongs to nobody")


_SHOWN = 12
"""Names of a chain in a message: a longer chain is told by its end."""


def _circle(chain: tuple[EscalationLevel, ...], severity: str) -> Iterator[Finding]:
    seen: dict[str, EscalationLevel] = {}
    names: list[str] = []
    for level in chain:
        names += level.targets
        for target in level.targets:
            before = seen.get(normal(target))
            if before is not None and before.level != level.level:
                path = " → ".join(names if len(names) <= _SHOWN else ["…", *names[-_SHOWN:]])
                said = f"{target} is called twice{f' for {severity}' if severity else ''}: {path}"
                yield finding("TOC306", level.lines.first, said, related=(before.lines.first,))
            seen.setdefault(normal(target), level)


def _windows(chain: tuple[EscalationLevel, ...]) -> Iterator[Finding]:
    for level in chain:
        if level.level > 1 and level.after is None and level.trigger is Trigger.UNSTATED:
            who = ", ".join(level.targets)
            yield finding("TOC305", level.lines.first, f"{who} is called next, but it is not stated after how long")


def _is_address(target: str) -> bool:
    """Whether the name of a level is itself a way to reach it: "help@oven.example"."""
    return any(one.type in ("email", "phone") for one in channels_in(target))


def _reach(playbook: Playbook) -> Iterator[Finding]:
    filled = {normal(contact.name) for contact in playbook.contacts if not contact.unfilled}
    said: set[str] = set()
    for level in playbook.escalation_levels:
        for target in level.targets:
            key = normal(target)
            if key in said or any(_same(key, name) for name in filled) or _is_address(target):
                continue
            said.add(key)
            yield finding("TOC302", level.lines.first, f"the document has no way to reach {target}")


def _same(one: str, other: str) -> bool:
    a, b = set(one.split()), set(other.split())
    return bool(a & b) and (a <= b or b <= a)


def _no_chain(compiled: Compiled) -> Finding:
    """That nobody is called next, at the lines that speak of escalating where there are any."""
    escalation = compiled.escalation
    if escalation.routings:
        said = "this says whom to call for which matter, and nobody who is called when that one does not answer"
        return finding("TOC304", escalation.routings[0].first, said)
    if escalation.chapters:
        said = "no order of calling is read here: the document does not say who is called when nobody answers"
        return finding("TOC304", escalation.chapters[0].first, said)
    return finding("TOC304", 1, "the document does not say who is called when nobody answers")


def _coverage(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    if not playbook.escalation_levels and not playbook.escalation_by_severity:
        yield _no_chain(compiled)
        return
    if not compiled.escalation.ordered:
        first = playbook.escalation_levels[0]
        yield finding("TOC307", first.lines.first, "the order of these contacts is not stated")
    if compiled.escalation.chains.get("") and not any(level.severities for level in playbook.escalation_levels):
        return
    covered = {name for level in playbook.escalation_levels for name in level.severities}
    covered |= compiled.escalation.nobody
    covered |= {name for name, chain in compiled.escalation.chains.items() if name and chain}
    covered |= {name for rule in playbook.escalation_rules for name in rule.severities}
    open_ended = any(level.level > 1 and not level.severities for level in playbook.escalation_levels)
    for severity in playbook.severities:
        if severity.name not in covered and not open_ended:
            yield finding("TOC303", severity.lines.first, f"nobody is called next for {severity.name}")
