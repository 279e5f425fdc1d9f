"""Who is called when nobody acts, whatever form the document gives it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from tocsin.runbook.channels import within
from tocsin.runbook.document.blocks import ItemList
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section, replace_blocks
from tocsin.runbook.durations import with_units
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.deadlines import deadline_rules
from tocsin.runbook.escalation.drawings.reading import read_drawings
from tocsin.runbook.escalation.everybody import call_everybody
from tocsin.runbook.escalation.exceptions import set_exceptions_apart
from tocsin.runbook.escalation.lists.elsewhere import read_arrows, read_below_levels, read_tiers
from tocsin.runbook.escalation.lists.for_severities import read_for_severities, read_steps_for_severities
from tocsin.runbook.escalation.lists.primary import read_primary_and_secondary
from tocsin.runbook.escalation.lists.reading import lists_whom_to_call, read_section
from tocsin.runbook.escalation.lists.under_one_wait import read_under_waits, wait_said
from tocsin.runbook.escalation.one_wait import give_one_wait, one_waits
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.ranks import counted_level, level_number
from tocsin.runbook.escalation.reasons import read_rules, rule_for
from tocsin.runbook.escalation.repeats import without_repeats
from tocsin.runbook.escalation.sentences.judged import decisions
from tocsin.runbook.escalation.sentences.own_times import each_at_a_time
from tocsin.runbook.escalation.sentences.plain_calls import called_in_cases, plain_calls
from tocsin.runbook.escalation.sentences.prose import inlines_of, read_prose, read_words
from tocsin.runbook.escalation.severities import named_by, whom_by_severity
from tocsin.runbook.escalation.tables.one_column import read_told
from tocsin.runbook.escalation.tables.reading import read_tables, read_waits
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.times.waits import called_at_once_at
from tocsin.runbook.escalation.titles import raw_title, speaks_of_escalating
from tocsin.runbook.escalation.unpaged import is_severity, without_unpaged
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import EscalationLevel, EscalationRule, Trigger
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.times import times_by_severity
from tocsin.runbook.trouble import is_alert_name, says_what_fails
from tocsin.runbook.words import one_of, vocabulary


def read_escalation(root: Section, everything: Iterable[Leaf], scale: Scale) -> Escalation:
    """The escalation of a document: chains and rules."""
    found = Escalation()
    waits: dict[int, Duration] = {}
    for section in root.walk():
        if section.level == 0 or section.about in ("templates", "postmortem_template"):
            continue
        if not AFTERWARDS.isdisjoint(section.abouts) and section.about != "escalation":
            continue
        about = _about(section)
        if about == "escalation" and (case := _case(section)):
            waits_for_all = section.level < LABEL_LEVEL and wait_said(section) is not None
            if not waits_for_all and not any(rule.text.startswith(f"{case} → ") for rule in found.rules):
                found.rules += _case_rules(case, section, scale)
            continue
        if about == "when":
            rules = list(read_rules(section, scale))
            if section.level >= LABEL_LEVEL and (who := called_in_cases(section.title.text)):
                rules = [replace(rule, targets=rule.targets or who) for rule in rules]
            found.rules += rules
            _note_wait(section, rules, waits)
        elif about == "escalation":
            if section.about == "escalation" and section.blocks:
                found.chapters.append(section.inline.lines)
            read_section(section, scale, found)
            read_drawings(section, scale, found, anywhere=False)
        elif vocabulary().says("support_word", section.title.text):
            read_section(section, scale, found, levels_only=True)
        if about == "":
            read_drawings(section, scale, found, anywhere=True)
        both = any(one.kind == "escalation" for one in section.subjects)  # "Escalation and contacts"
        read_tables(section, scale, found, anywhere=about == "" and not both and not within(section, ("oncall",)))
    read_below_levels(root, scale, found)
    if not found.chains:
        _told(root, scale, found)
    if not found.chains:
        _in_one_line(root, scale, found)
    if not found.chains:
        for section in _chapters(root):
            read_under_waits(section, scale, found)
    if not found.chains:
        by_section = groupby(everything, key=lambda leaf: leaf.section)
        read_arrows([leaf for section, leaves in by_section if not _case(section) for leaf in leaves], scale, found)
    if not found.chains:
        _whom_to_call(root, scale, found)
    if not found.chains:
        for section in _chapters(root):
            read_for_severities(section, scale, found)
    if not found.chains:
        read_primary_and_secondary(root, scale, found)
    if not found.chains:
        read_tiers(root, scale, found)
    if not found.chains:
        _labelled(root, scale, found)
    if not found.chains:
        read_told(root, scale, found)
    if not found.chains:
        read_steps_for_severities(root, scale, found)
    if not found.chains:
        for section in root.walk():
            if _about(section) == "" and (chains := read_prose(section, scale, strict=True)):
                found.chains |= chains
                break
    if not found.chains:
        _without_times(root, scale, found)
    _part_by_severity(found)
    call_everybody(scale, found)
    _take_apart(found, scale)
    tabulated = read_waits(root, scale)
    if not found.chains:  # of whoever is assumed, the second one comes when the table says
        found.rules += [
            EscalationRule(f"{name}: {after.text}", after.lines or Lines(1, 1), trigger, after, (name,))
            for name, levels in tabulated.items()
            for number, (after, trigger) in levels.items()
            if number == 2
        ]
    _give_times(found, tabulated)
    escalating = [leaf for leaf in everything if _about(leaf.section) in _ESCALATING]
    give_one_wait(found, list(one_waits(escalating, scale)))
    told = {rule.lines for rule in found.rules}
    found.rules += (rule for rule in decisions(escalating, scale) if rule.lines not in told)
    _give_up(found)
    _give_waits(found, waits)
    found.rules += [
        EscalationRule(level.condition, level.lines, Trigger.SEVERITY, level.after, (name,) if name else ())
        for name, chain in found.chains.items()
        for level in chain
        if level.condition and all(map(is_severity, level.targets))
    ]
    found.rules += _within_targets(found)
    set_exceptions_apart(found, scale)
    found.rules += deadline_rules(found.chains)
    found.called = tuple(one.name for one in scale.severities if one.name not in found.nobody)
    inside = {name: without_repeats(without_unpaged(chain)) for name, chain in found.chains.items()}
    found.chains = {name: chain for name, chain in inside.items() if chain}
    return found


def _chapters(root: Section) -> Iterator[Section]:
    """The chapters that say whom to call, whatever has happened: not those of one alert or fault."""
    return (one for one in root.walk() if _about(one) in _ESCALATING and not _case(one))


def _case(section: Section) -> str:
    """The one alert or fault that a section below an escalation says whom it calls for, "OvenTooHot"; "" for all."""
    for one in section.path():
        if one.level == 1 or (one.about == "escalation" and one.level < LABEL_LEVEL):
            return ""
        title = one.title.text
        if is_alert_name(title):
            return title
        waits = any(vocabulary().says(name, title) for name in ("unresolved", "unacknowledged", "escalate_verb"))
        if not waits and says_what_fails(title) and not level_name(title, plain=True) and not is_somebody(title):
            return title
    return ""


def _case_rules(case: str, section: Section, scale: Scale) -> Iterator[EscalationRule]:
    """The reasons to call somebody that the section of one alert or fault gives: nobody else's page waits for it."""
    own = Escalation()
    read_section(section, scale, own)
    read_drawings(section, scale, own, anywhere=False)
    for name, chain in own.chains.items():
        who = [one for level in without_unpaged(chain) for one in level.targets if not starts_with_if(one)]
        if who:
            text = f"{case} → {', '.join(who)}"
            yield EscalationRule(text, chain[0].lines, Trigger.CONDITION, None, (name,) if name else ())
    yield from own.rules


def _told(root: Section, scale: Scale, found: Escalation) -> None:
    """Take the chains of the sentences of an escalation chapter; below the headings of severities, that of each.

    Where there is none, those who are called after a time by "When to escalate".
    """
    _told_in_chapter(root, scale, found)
    if found.chains:
        return
    for section in root.walk():
        if _about(section) == "when" and not _case(section):
            timed = [one for one in read_prose(section, scale).get("", ()) if one.after is not None]
            if timed:
                found.chains[""] = [replace(one, level=n) for n, one in enumerate(timed, 1)]
                return


def _told_in_chapter(root: Section, scale: Scale, found: Escalation) -> None:
    for section in root.walk():
        if _about(section) != "escalation" or _case(section):
            continue
        names = named_by(section, scale)
        chains = read_prose(section, scale, timed=names == ("",))
        for name in names if names != ("",) else ():
            if levels := chains.get(name) or chains.get(""):
                found.chains.setdefault(name, [replace(one, severities=(name,)) for one in levels])
        if chains and names == ("",):
            found.chains |= chains
            return


def _whom_to_call(root: Section, scale: Scale, found: Escalation) -> None:
    """Take a numbered list of contacts for a chain where a later one says after how long: "2. Miller after 15 min"."""
    for section in root.walk():
        if section.about != "contacts" or found.chains:
            continue
        for block in section.blocks:
            later = block.items[1:] if isinstance(block, ItemList) and block.ordered else ()
            if any(_waits().search(item.inline.text) for item in later):
                read_section(replace_blocks(section, [block]), scale, found)
                break


@pattern
def _waits() -> str:
    unit = one_of(word for name in ("minute", "hour") for word in vocabulary().durations.get(name, ()))
    return rf"(?<!\w){any_of('after')}\s+(?:\S+\s+)?\d+\s*{unit}"


def _in_one_line(root: Section, scale: Scale, found: Escalation) -> None:
    """Take the chain of a line that says whom it calls when: "Notify: on-call at once, owner within an hour"."""
    for section in root.walk():
        if _about(section) != "escalation" or _case(section):
            continue
        for inline in inlines_of(section):
            label, said = inline.labelled or ("", inline.text)
            calls = label and any(vocabulary().is_a(name, label, 0.9) for name in ("call", "notify", "escalate_verb"))
            calls = calls or (bool(label) and speaks_of_escalating(label))  # "Escalation ladder: …"
            if levels := each_at_a_time(with_units(said if calls else inline.text), inline.lines, (), named=False):
                for name in named_by(section, scale):
                    own = [replace(one, severities=(name,)) for one in levels] if name else levels
                    found.chains.setdefault(name, own)
        if found.chains:
            return


def _labelled(root: Section, scale: Scale, found: Escalation) -> None:
    """Take the chain of the sentence behind "Escalation:", in whatever list it stands, where it says when."""
    for section in root.walk():
        items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
        for label, said, lines in ((*one.inline.labelled, one.lines) for one in items if one.inline.labelled):
            kind = vocabulary().sections.best(label) if said else None
            if kind is None or kind.kind != "escalation" or kind.coverage < 0.99 or _about(section) == "other":
                continue
            levels = read_words(said, lines, scale)
            if any(one.after for one in levels):
                found.chains[""] = levels
                return


def _without_times(root: Section, scale: Scale, found: Escalation) -> None:
    """Take whom the sentences of the one chapter about escalating call without a time; of several, only the reasons.

    Each of those may be about one matter.
    """
    titles = Counter(one.title.text.casefold() for one in root.walk() if one.about == "escalation")
    told = [(one, levels) for one in _chapters(root) if (levels := plain_calls(one, scale))]
    several = len(told) > 1 or any(
        titles[one.title.text.casefold()] > 1 for section, _ in told for one in section.path()
    )
    known = {rule.lines for rule in found.rules}
    for section, levels in told:
        own = [one for one in levels if one.trigger is not Trigger.CONDITION and not several]
        for one in levels:
            if one not in own and one.lines not in known:
                found.rules.append(replace(rule_for(one), targets=one.targets))
        for name in named_by(section, scale) if own else ():
            chain = [replace(one, level=n) for n, one in enumerate(own, 1)]
            found.chains.setdefault(name, [replace(one, severities=(name,)) for one in chain] if name else chain)


_ESCALATING = ("escalation", "when")


def _part_by_severity(found: Escalation) -> None:
    """Give each severity whom one chain calls for it alone: "CTO + lead (SEV1)" above "Manager (SEV2)"."""
    shared = found.chains.get("", [])
    names = [name for level in shared for name in level.severities]
    alone = len(shared) > 1 and all(level.severities and level.after is None for level in shared)
    if not alone or len(set(names)) < len(names):
        return
    del found.chains[""]
    for level in shared:
        for name in level.severities:
            own = replace(level, level=1, severities=(name,), trigger=Trigger.START, condition=None)
            found.chains.setdefault(name, [own])


def _take_apart(found: Escalation, scale: Scale) -> None:
    """Give each severity a chain of its own where a level says two windows: "after 15 min (P1) or an hour (P2)".

    Or where it says whom it calls at which: "CTO (P1) / team lead (P2)".
    """
    shared = found.chains.get("", [])
    said = [_times_of(one.condition or "", scale, one.lines.first) for one in shared]
    whom = [whom_by_severity(one.condition or "", scale) for one in shared]
    for name in [one.name for one in scale.severities if any(whom) or any(one.name in times for times in said)]:
        own = [
            replace(
                level,
                after=times.get(name, level.after),
                severities=(name,),
                targets=called.get(name, level.targets),
                condition=None if called else level.condition,
            )
            for level, times, called in zip(shared, said, whom, strict=True)
            if (not level.severities or name in level.severities) and (not called or name in called)
        ]
        if own:
            found.chains.setdefault(name, [replace(level, level=n) for n, level in enumerate(own, 1)])


def _times_of(condition: str, scale: Scale, line: int) -> dict[str, Duration]:
    return times_by_severity(condition, scale, line) or called_at_once_at(condition, scale, line)


def _give_times(found: Escalation, waits: dict[str, dict[int, tuple[Duration, Trigger]]]) -> None:
    """Let the later levels of each severity come when the table of the severities says, where its chain does not."""
    for name, times in waits.items():
        chain = found.chains.get(name) or found.chains.get("", [])
        own = [
            replace(one, after=times[n][0], trigger=times[n][1]) if n in times and _waits_for_a_time(one) else one
            for n, one in enumerate(chain, 1)
        ]
        if own != chain:
            found.chains[name] = own


def _waits_for_a_time(level: EscalationLevel) -> bool:
    """Whether a level comes after some time, "if nobody answers", and does not say after how long."""
    open_ended = (Trigger.UNSTATED, Trigger.UNRESOLVED, Trigger.UNACKNOWLEDGED)
    return level.after is None and level.trigger in open_ended


def _within_targets(found: Escalation) -> list[EscalationRule]:
    """The reasons to call the next one when a target is over, "no answer within the SLA": each severity has its own."""
    return [
        EscalationRule(level.condition, level.lines, Trigger.UNACKNOWLEDGED, None, (name,) if name else ())
        for name, chain in found.chains.items()
        for level in chain[1:]
        if level.after is None and level.trigger is Trigger.UNACKNOWLEDGED and level.condition
        if vocabulary().says("response_target", level.condition)
    ]


def _give_up(found: Escalation) -> None:
    """Let a level come when a reason says that the one below it gives up: "L2 cannot solve it in an hour"."""
    limits: dict[int, Duration] = {}
    for rule in found.rules:
        tier = counted_level().match(rule.text)
        if tier is not None and rule.after is not None and rule.after.seconds:
            limits.setdefault(level_number(tier), rule.after)
    for name, chain in found.chains.items():
        own: list[EscalationLevel] = []
        for level in chain:
            limit = limits.get(own[-1].level) if own else None
            if limit is not None and _waits_for_a_time(level):
                spent = own[-1].after
                seconds = (limit.seconds or 0) + ((spent.seconds or 0) if spent else 0)
                level = replace(level, after=replace(limit, seconds=seconds), trigger=Trigger.UNRESOLVED)
            own.append(level)
        found.chains[name] = own


def _note_wait(section: Section, rules: list[EscalationRule], waits: dict[int, Duration]) -> None:
    """Keep the one time of the reasons below "When to escalate to L3" for the third level."""
    words = raw_title(section).split()[:12]
    tiers = (counted_level().match(" ".join(words[n:])) for n in range(1, len(words)))
    tier = next((one for one in tiers if one is not None), None)
    times = [one.after for one in rules if one.after is not None and one.after.seconds]
    if tier is not None and len(times) == 1:
        waits.setdefault(level_number(tier), times[0])


def _give_waits(found: Escalation, waits: dict[int, Duration]) -> None:
    """Let a level that says no time itself come when its own reasons to escalate say."""
    for name, chain in found.chains.items():
        found.chains[name] = [
            replace(level, after=waits[level.level], trigger=Trigger.UNRESOLVED)
            if level.level in waits and _waits_for_a_time(level)
            else level
            for level in chain
        ]


@remembered_with
def _about(section: Section) -> str:
    if section.level == 0:
        return ""
    if vocabulary().says("code_review", section.title.text):
        return "other"  # "Stuck pull requests: whom to ask": no incident waits for it
    if section.parent is not None and lists_whom_to_call(section) and _about(section.parent) in _ESCALATING:
        return "escalation"
    if section.level >= LABEL_LEVEL and called_in_cases(section.title.text):
        return "when"
    if vocabulary().says("to_tell", section.title.text):
        return "other"  # "Information to pass on:" is what to say, and no reason to call
    match section.about:
        case "when_to_escalate":
            return "when"
        case "escalation":
            return "escalation"
        case "templates" | "upkeep" | "postmortem":
            return "other"
        case _:
            part, kind = section.part, section.kind
            if part is not None and part.kind == "escalation" and part.coverage >= 0.6:
                closer = kind is not None and kind.coverage >= 0.99 and len(kind.phrase) > len(part.phrase)
                return "other" if closer else "escalation"  # "De-escalation"
    return _about(section.parent) if section.parent is not None else ""
