"""TOC3xx: people who cannot be reached, escalation that leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from tocsin.runbook.channels import channels_in
from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.compiled import Compiled
from tocsin.runbook.document.blocks import Table
from tocsin.runbook.escalation.people.ours import is_filed, is_no_person
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.findings import finding
from tocsin.runbook.grammar import may_hold
from tocsin.runbook.playbook import Contact, EscalationLevel, Finding, FindingSeverity, Playbook, Severity, Trigger
from tocsin.runbook.rules.genre import is_of_a_service
from tocsin.runbook.stated import DurationKind
from tocsin.runbook.words import normal, vocabulary

_FICTION = re.compile(
    r"555[\s.-]?01\d\d\b|(?:^|\+?1[\s.-]?)\(?555\)?[\s.-]?\d{3}[\s.-]?\d{4}$|^555[\s.-]?\d{4}$"
    r"|(?:^|\D)\(?123\)?[\s.-]?456[\s.-]?7890?\d?$|^\+?1?[\s.-]?\(?000\)?[\s.-]?0{3}"
)
"""Numbers 555-01xx, the area code 555, which belongs to no area, the keys of a telephone in their order, and zeros."""

_EXAMPLES = re.compile(
    r"@(?:[\w-]+\.)*(?:example|(?:your|my)[-_]?(?:company|domain|org|organization|app)|company|domain|acme|contoso)\.(?:com|org|net|io)$",
    re.IGNORECASE,
)


def people_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Unfilled contacts, levels that reach nobody, severities without escalation, circles."""
    told: set[str] = set()
    for contact in playbook.contacts:
        yield from _contact(contact, told)
    chains = {"": playbook.escalation_levels, **playbook.escalation_by_severity}
    for severity, chain in chains.items():
        yield from _circle(chain, severity)
    if not _lacks_an_order(playbook, compiled):  # where that is told, the times between them are not missed
        yield from _windows(chains.values(), compiled.document.lines)
    for lines in compiled.escalation.nameless:
        yield finding("TOC309", lines.first, "this level of the escalation names nobody")
    yield from _reach(playbook, compiled.document.lines)
    yield from _coverage(playbook, compiled)


def _contact(contact: Contact, told: set[str]) -> Iterator[Finding]:
    """What is wrong with a contact; a number or an address that is ``told`` already is not told again."""
    if contact.unfilled:
        yield finding("TOC301", contact.lines.first, f"nobody knows how to reach {contact.name}")
    for channel in contact.channels:
        if channel.value in told:
            continue
        told.add(channel.value)
        if channel.type == "phone" and _FICTION.search(channel.value):
            yield finding("TOC308", contact.lines.first, f"{channel.value} of {contact.name} is a number from films")
        elif channel.type == "email" and _EXAMPLES.search(channel.value):
            said = f"{channel.value} of {contact.name} is an example, and nobody of yours"
            yield finding("TOC308", contact.lines.first, said, fix="Write the real address.")


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
                again = FindingSeverity.WARNING if level.level == before.level + 1 else None  # nobody else in between
                yield finding("TOC306", level.lines.first, said, related=(before.lines.first,), severity=again)
            seen.setdefault(normal(target), level)


def _windows(chains: Iterable[tuple[EscalationLevel, ...]], lines: Sequence[str]) -> Iterator[Finding]:
    """Levels without a time, of all chains in one finding, each name once."""
    waiting: dict[str, int] = {}
    for chain in chains:
        timed = any(one.after is not None and one.after.seconds for one in chain)
        for level in chain:
            if level.level > 1 and level.after is None and _is_due_at_no_time(level, timed=timed):
                line = lines[level.lines.first - 1]
                for target in level.targets:
                    if not _is_called_at_once(target, line):
                        waiting.setdefault(target, level.lines.first)
    if waiting:
        first = min(waiting.values())
        in_order = sorted(waiting.items(), key=itemgetter(1))
        names = ", ".join(who if line == first else f"{who} (line {line})" for who, line in in_order)
        verb = "are" if len(waiting) > 1 else "is"
        yield finding("TOC305", first, f"{names} {verb} called next, but it is not stated after how long")


def _is_called_at_once(target: str, line: str) -> bool:
    """Whether a line says behind a name that there is no wait: "on-call → owner, immediately"."""
    behind = _CLAUSE_ENDS.split(line.partition(target)[2], maxsplit=1)[0]
    return len(behind) <= _BESIDE and vocabulary().says("immediate", behind)


_CLAUSE_ENDS = re.compile(r"[|;；。→]|->|\.\s")


def _is_due_at_no_time(level: EscalationLevel, *, timed: bool) -> bool:
    """Whether nothing says when; in a chain of times, "4. CTO (for P0 incidents)" says for what only."""
    return level.trigger is Trigger.UNSTATED or (level.trigger is Trigger.SEVERITY and timed)


def _is_address(target: str) -> bool:
    """Whether the name of a level is itself a way to reach it: "help@oven.example", "@bo", "#bakers" of a chat."""
    return (
        _AT.search(target) is not None
        or _ROOM.search(target) is not None
        or any(one.type in ("email", "phone") for one in channels_in(target))
    )


_ROOM = re.compile(r"(?<!\S)#[^\W\d][\w-]+")
_AT = re.compile(r"(?<![\w.])@\w")


def _is_reached_there(target: str, line: str) -> bool:
    """Whether the line of a level says itself how somebody is reached: "Lead baker: @bo on Slack"."""
    rest = line.partition(target)[2][:_BESIDE]
    return any(
        one.type in ("email", "phone") or (one.value.startswith("@") and not is_gap(one.value[1:]))
        for one in channels_in(rest)
    )


_BESIDE = 200
"""Characters behind a name that may say how to reach it."""


def _reach(playbook: Playbook, lines: Sequence[str]) -> Iterator[Finding]:
    """Those of the chain who cannot be reached, in one finding; not whose contact is told to be empty already."""
    listed = {normal(contact.name) for contact in playbook.contacts}
    missing: dict[str, tuple[str, int]] = {}
    for level in playbook.escalation_levels:
        for target in level.targets:
            key = normal(target)
            known = any(_same(key, name) for name in listed) or _is_address(target)
            if not known and not _is_reached_there(target, lines[level.lines.first - 1]):
                missing.setdefault(key, (target, level.lines.first))
    if missing:
        first = next(iter(missing.values()))[1]
        names = [who if line == first else f"{who} (line {line})" for who, line in missing.values()]
        yield finding("TOC302", first, f"the document has no way to reach {', '.join(names)}")


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
        if not is_of_a_service(playbook, compiled):
            yield _no_chain(compiled)
        elif compiled.escalation.chapters and not playbook.contacts:
            said = "this speaks of escalating and names nobody to escalate to"
            fix = "Name who is called, or the document that says it."
            yield finding("TOC304", compiled.escalation.chapters[0].first, said, fix=fix)
        return
    if _lacks_an_order(playbook, compiled):
        first = playbook.escalation_levels[0]
        yield finding("TOC307", first.lines.first, "the order of these contacts is not stated")
    if compiled.escalation.chains.get("") and not any(level.severities for level in playbook.escalation_levels):
        return
    covered = {name for level in playbook.escalation_levels for name in level.severities}
    covered |= compiled.escalation.nobody
    covered |= {name for name, chain in compiled.escalation.chains.items() if name and chain}
    covered |= {name for name, chain in playbook.escalation_by_severity.items() if chain}
    covered |= {name for rule in playbook.escalation_rules for name in rule.severities}
    open_ended = any(level.level > 1 and not level.severities for level in playbook.escalation_levels)
    alone = [one for one in playbook.severities if one.name not in covered and not open_ended]
    if alone:
        left = _left_alone(compiled)
        alone = [one for one in alone if one.name not in left and not _can_wait(one)]
    if alone:
        names = ", ".join(one.name for one in alone)
        lines = tuple(one.lines.first for one in alone[1:])
        yield finding("TOC303", alone[0].lines.first, f"nobody is called next for {names}", related=lines)


def _lacks_an_order(playbook: Playbook, compiled: Compiled) -> bool:
    """Whether the people of the chain are only listed, and nothing says who comes first."""
    chained = bool(playbook.escalation_levels or playbook.escalation_by_severity)
    return chained and not compiled.escalation.ordered and not _say_their_turn(playbook.escalation_levels)


def _say_their_turn(levels: tuple[EscalationLevel, ...]) -> bool:
    """Whether the names tell an order themselves, "Primary", "Secondary", or there is nobody to come before another."""
    words = vocabulary()
    ranks = [any(words.says(rank, who) for rank in ("primary", "secondary")) for one in levels for who in one.targets]
    return len(levels) < 2 or all(ranks)


def _can_wait(severity: Severity) -> bool:
    """Whether it is answered when people are at work, or as they find the time: nobody is called after somebody."""
    response = severity.response_target or severity.acknowledge_target
    if response is not None:
        kinds = (DurationKind.BUSINESS, DurationKind.BEST_EFFORT)
        return response.kind in kinds or (response.seconds or 0) > _A_DAY or _is_put_off(severity)
    return _is_put_off(severity)


_A_DAY = 86_400
"""Seconds within which somebody may still be called; what may wait for longer than a day wakes nobody."""


def _is_put_off(severity: Severity) -> bool:
    """Whether what is done about it is done at work: "Open a ticket", "Handle during business hours"."""
    hours = vocabulary().durations.get("business_hours", ())
    return any(
        (may_hold(said, "filed") and is_filed(said)) or any(one in said.casefold() for one in hours)
        for said in severity.actions
    )


def _left_alone(compiled: Compiled) -> set[str]:
    """The severities for which a column of who is called next says that nobody is, or that a ticket is enough."""
    left: set[str] = set()
    for section in compiled.root.walk():
        for table in section.blocks:
            if not isinstance(table, Table):
                continue
            columns = [n for n, head in enumerate(table.header) if n and speaks_of_escalating(head.text)]
            for row in table.rows if columns else ():
                said = [row.cells[n].text.strip() for n in columns if n < len(row.cells)]
                if all(map(_calls_nobody, said)):
                    left.update(compiled.scale.mentioned(row.cells[0].text))
    return left


def _calls_nobody(text: str) -> bool:
    last = text.split()[-1:]
    return vocabulary().is_a("none", text, 0.9) or any(is_no_person(one) for one in (text, *last))
