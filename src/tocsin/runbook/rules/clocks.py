"""TOC4xx: clocks that are missing, impossible, or contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tocsin.runbook.compiled import Compiled
from tocsin.runbook.document.blocks import Table
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import impossible
from tocsin.runbook.durations import target as span_in
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import Finding, Playbook, Severity, Trigger
from tocsin.runbook.report_deadline import deadlines_said
from tocsin.runbook.rules.genre import is_of_a_service
from tocsin.runbook.stated import Duration, DurationKind
from tocsin.runbook.words import vocabulary

_NAMES = {
    "response": "response",
    "acknowledge": "acknowledgement",
    "resolution": "resolution",
    "update": "update",
    "review": "review",
}


def clock_findings(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Everything about targets and windows."""
    hours = playbook.business_hours
    known = hours is not None and hours.zone is not None
    known = known or any(one.key == "business_hours" and not one.problem for one in playbook.answers)
    yield from _untimed(playbook, compiled)
    for severity in playbook.severities:
        yield from _severity(severity)
    yield from _calendar(playbook.severities, known=known)
    yield from _different(compiled)
    yield from _promised(playbook, compiled)
    yield from _order(playbook.severities)
    yield from _rules(playbook)
    yield from _late(playbook)
    yield from _backlog(playbook, compiled)
    yield from _impossible(compiled)
    yield from _reports(compiled)


def _untimed(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """The levels without a response time, in one finding; those of one alert are answered as the process says."""
    untimed = [one for one in playbook.severities if one.response_target is None and one.acknowledge_target is None]
    if untimed and not is_of_a_service(playbook, compiled):
        verb = "has" if len(untimed) == 1 else "have"
        said = f"{', '.join(one.name for one in untimed)} {verb} no response time"
        yield finding("TOC401", untimed[0].lines.first, said)


def _severity(severity: Severity) -> Iterator[Finding]:
    response, acknowledge = severity.response_target, severity.acknowledge_target
    if acknowledge is not None and response is not None and _later(acknowledge, response):
        line = acknowledge.lines.first if acknowledge.lines else severity.lines.first
        said = f"{severity.name}: acknowledgement after {acknowledge.text!r}, but response after {response.text!r}"
        related = (response.lines.first,) if response.lines and response.lines.first != line else ()
        yield finding("TOC403", line, said, related=related)


def _calendar(severities: tuple[Severity, ...], *, known: bool) -> Iterator[Finding]:
    """Targets that business hours decide: those without a length one by one, those that one sentence settles in one."""
    waiting: list[tuple[int, str]] = []
    for severity in severities:
        for target in (severity.response_target, severity.acknowledge_target, severity.resolution_target):
            if target is None or target.kind is not DurationKind.BUSINESS or not _needs_calendar(target.text):
                continue
            line = target.lines.first if target.lines else severity.lines.first
            said = f"{severity.name}: {target.text!r}"
            if target.seconds is None and target.unit is None:
                yield finding("TOC406", line, f"{said} names no length, so no clock runs", fix=_LENGTH)
            elif not known:
                waiting.append((line, said))
    if waiting:
        verb = "needs" if len(waiting) == 1 else "need"
        said = f"{', '.join(said for _line, said in waiting)} {verb} hours and a time zone"
        yield finding("TOC406", waiting[0][0], said)


_LENGTH = "Write a length, such as 8 business hours, if somebody is to be reminded of it."


def _needs_calendar(text: str) -> bool:
    """Whether business hours tell when a time is over: "next business day", and not "next sprint" or "next release"."""
    units = vocabulary().durations
    words = (word for kind in ("day", "business", "business_hours", "hour") for word in units.get(kind, ()))
    said = text.casefold()
    return any(word in said for word in words if len(word) > 2 or not word.isascii())


def _later(one: Duration, other: Duration) -> bool:
    return one.seconds is not None and other.seconds is not None and one.seconds > other.seconds


def _seconds(duration: Duration | None) -> int | None:
    return None if duration is None else duration.seconds


def _different(compiled: Compiled) -> Iterator[Finding]:
    """Two times for one target; two tables that differ throughout, for two sorts of customers, in one finding."""
    found = list(_differences(compiled))
    tables = [(one, _table_at(compiled, one.line), _table_at(compiled, one.other)) for one in found]
    pairs: dict[tuple[str, str], list[_Difference]] = {}
    for one, here, there in tables:
        if here is not None and there is not None and here is not there:
            pairs.setdefault((here.title.text, there.title.text), []).append(one)
    told = {pair: several for pair, several in pairs.items() if len({one.severity for one in several}) > 1}
    for (here_, there_), several in told.items():
        first, names = several[0], ", ".join(dict.fromkeys(one.severity for one in several))
        said = f"{names}: the times of {here_!r} are not those of {there_!r} at line {first.other}, which hold"
        fix = "State the time once; or say in the runbook whom each table is for."
        yield finding("TOC402", first.line, said, fix=fix, related=(first.other,))
    together = {id(one) for several in told.values() for one in several}
    for one in found:
        if id(one) not in together:
            yield finding("TOC402", one.line, one.said, related=(one.other,))


@dataclass(frozen=True, slots=True)
class _Difference:
    severity: str
    line: int
    other: int
    said: str


def _table_at(compiled: Compiled, line: int) -> Section | None:
    """The section of the table that a line is a row of."""
    for section in compiled.root.walk():
        for block in section.blocks:
            if isinstance(block, Table) and block.lines.first <= line <= block.lines.last:
                return section
    return None


def _differences(compiled: Compiled) -> Iterator[_Difference]:
    first: dict[tuple[str, str], Duration] = {}
    for one in compiled.scale.stated:
        before = first.setdefault((one.severity, one.what), one.duration)
        if before.seconds is None or one.duration.seconds is None or before.seconds == one.duration.seconds:
            continue
        if _both_at_once(before, one.duration):
            continue
        line = one.duration.lines.first if one.duration.lines else 1
        other = before.lines.first if before.lines else 1
        if one.what == "update" and other == line:
            continue  # "Team | Customers": each is told in its own rhythm
        said = f"{one.severity}: {_NAMES[one.what]} {one.duration.text!r}, but {before.text!r} at line {other}"
        yield _Difference(one.severity, line, other, said)


def _both_at_once(one: Duration, other: Duration) -> bool:
    """Whether both say "immediate", and one of them its bound: "Immediate" and "Immediate (< 5 minutes)"."""
    says = vocabulary().says
    return 0 in (one.seconds, other.seconds) and says("immediate", one.text) and says("immediate", other.text)


def _promised(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """A response target in hours where another line puts the response off to a business day."""
    for severity in playbook.severities:
        response = severity.response_target
        if response is None or response.seconds is None or response.kind is DurationKind.BUSINESS:
            continue
        for action in severity.actions:
            span = span_in(action)
            if span is None or span.kind is not DurationKind.BUSINESS or not _needs_calendar(span.text):
                continue  # "scheduled response" is later than nothing
            leaf = next((one for one in compiled.leaves if action in one.text), None)
            if leaf is None or not vocabulary().says("respond_verb", leaf.text):
                continue
            line = response.lines.first if response.lines else severity.lines.first
            said = f"{severity.name}: response {response.text!r}, but {span.text!r} at line {leaf.line}"
            yield finding("TOC402", line, said, related=(leaf.line,))


def _order(severities: tuple[Severity, ...]) -> Iterator[Finding]:
    known = [
        (one, target)
        for one in severities
        if (target := one.response_target) is not None and target.seconds is not None
    ]
    for (higher, sooner), (lower, later) in pairwise(known):
        if (later.seconds or 0) < (sooner.seconds or 0):
            line = later.lines.first if later.lines else lower.lines.first
            said = f"{lower.name} is to be answered in {later.text!r}, {higher.name} only in {sooner.text!r}"
            yield finding("TOC408", line, said, related=(higher.lines.first,))


def _rules(playbook: Playbook) -> Iterator[Finding]:
    """A rule that escalates before the first level that it could go to."""
    timed = [
        level
        for level in playbook.escalation_levels
        if level.level > 1 and level.after is not None and level.after.seconds
    ]
    for rule in playbook.escalation_rules:
        if rule.after is None or rule.after.seconds is None or rule.trigger is not Trigger.UNRESOLVED:
            continue
        fitting = [
            one
            for one in timed
            if not one.severities or not rule.severities or set(one.severities) & set(rule.severities)
        ]
        if fitting and all((one.after.seconds or 0) > rule.after.seconds for one in fitting if one.after):
            level = fitting[0]
            assert level.after is not None
            who = ", ".join(level.targets)
            said = f"escalates after {rule.after.text!r}, but {who} is called after {level.after.text!r}"
            yield finding("TOC404", rule.lines.first, said, related=(level.lines.first,))


def _late(playbook: Playbook) -> Iterator[Finding]:
    top = playbook.severities[0] if playbook.severities else None
    limit = top.resolution_target if top is not None else None
    if top is None or limit is None or not limit.seconds:
        return
    for level in playbook.escalation_levels:
        after = level.after
        if after is None or after.seconds is None or level.level == 1 or after.seconds < limit.seconds:
            continue
        if not level.severities or top.name in level.severities:
            who = ", ".join(level.targets)
            said = f"{who} is called after {after.text!r}; the target of {top.name} is {limit.text!r}"
            yield finding("TOC409", level.lines.first, said, related=(top.lines.first,))


def _backlog(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    """Low severities that one line sends to a backlog and another one escalates."""
    for leaf in compiled.leaves:
        if leaf.form not in ("item", "text") or "backlog" not in leaf.text.casefold():
            continue
        for name in compiled.scale.mentioned(leaf.text):
            chain = playbook.escalation_by_severity.get(name)
            if chain and chain[0].lines.first != leaf.line:  # "P2: the backlog of webhooks grows. Page the miller."
                who = ", ".join(chain[0].targets)
                said = f"{name} goes to a backlog here, but calls {who} at line {chain[0].lines.first}"
                yield finding("TOC407", leaf.line, said, related=(chain[0].lines.first,))


def _reports(compiled: Compiled) -> Iterator[Finding]:
    """Two sentences that each say when the report of any incident is due, and do not agree."""
    first: tuple[Duration, int] | None = None
    for due, line in deadlines_said(compiled.leaves, compiled.scale):
        if first is None:
            first = due, line
        elif line != first[1] and due.kind is first[0].kind and due.seconds != first[0].seconds:
            said = f"the post-mortem is due in {due.text!r}, but in {first[0].text!r} at line {first[1]}"
            yield finding("TOC402", line, said, related=(first[1],))
            return


def _impossible(compiled: Compiled) -> Iterator[Finding]:
    for leaf in compiled.leaves:
        if leaf.form == "comment" or len(leaf.text) > 200:
            continue
        labelled = leaf.inline.labelled
        value = (
            labelled[1]
            if labelled
            else leaf.section.title.qualifier
            if leaf.form == "heading"
            else leaf.text
            if leaf.form == "cell"
            else None
        )
        if value and "%" not in value and impossible(value.rsplit(":", 1)[-1]):
            yield finding("TOC405", leaf.line, f"no clock can run {value!r}")
