"""Who is called when nobody acts, whatever form the document gives it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby

from tocsin.runbook.channels import within
from tocsin.runbook.document.blocks import ItemList
from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section, replace_blocks
from tocsin.runbook.durations import with_units
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.completing import TabulatedWaits, complete
from tocsin.runbook.escalation.drawings.reading import read_drawings
from tocsin.runbook.escalation.joined_paths import join_paths, partial_chains
from tocsin.runbook.escalation.lists.elsewhere import read_arrows, read_below_levels, read_tiers
from tocsin.runbook.escalation.lists.for_severities import read_for_severities, read_steps_for_severities
from tocsin.runbook.escalation.lists.primary import read_primary_and_secondary
from tocsin.runbook.escalation.lists.reading import lists_whom_to_call, read_section
from tocsin.runbook.escalation.lists.under_one_wait import read_under_waits, wait_said
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.escalation.ranks import counted_level, level_number
from tocsin.runbook.escalation.reasons import is_of_troubles, matters_in, read_rules, rule_to_call, told_reasons
from tocsin.runbook.escalation.repeats import without_repeats
from tocsin.runbook.escalation.sentences.calling import forbids
from tocsin.runbook.escalation.sentences.cases_below import announces_cases, called_in_cases
from tocsin.runbook.escalation.sentences.duties import waits_of
from tocsin.runbook.escalation.sentences.own_times import each_at_a_time
from tocsin.runbook.escalation.sentences.plain_calls import plain_calls
from tocsin.runbook.escalation.sentences.prose import inlines_of, read_prose, read_words
from tocsin.runbook.escalation.severities import named_by
from tocsin.runbook.escalation.tables.one_column import read_told
from tocsin.runbook.escalation.tables.reading import read_tables, read_waits
from tocsin.runbook.escalation.times.cases import starts_with_if
from tocsin.runbook.escalation.titles import raw_title, speaks_of_escalating
from tocsin.runbook.escalation.unpaged import without_unpaged
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.measures import LIMIT
from tocsin.runbook.playbook import EscalationRule, Trigger
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.stated import Duration
from tocsin.runbook.trouble import is_alert_name, says_what_fails
from tocsin.runbook.words import one_of, vocabulary


def read_escalation(root: Section, everything: Iterable[Leaf], scale: Scale) -> Escalation:
    """The escalation of a document: chains and rules."""
    found, waits, leaves = Escalation(), dict[int, Duration](), list(everything)
    for section in root.walk():
        _read_section(section, scale, found, waits)
    read_below_levels(root, scale, found)
    elsewhere: tuple[Callable[[Section, Scale, Escalation], None], ...] = (
        _told,
        _in_one_line,
        _under_waits,
        partial(_arrows, leaves),
        _whom_to_call,
        _for_severities,
        read_primary_and_secondary,
        read_tiers,
        _labelled,
        read_told,
        read_steps_for_severities,
        _in_any_chapter,
        _without_times,
    )
    if _calls_one_each(found):
        _under_severities(root, scale, found)
    for read in elsewhere:
        if found.chains:
            break
        read(root, scale, found)
    _reasons_told(root, scale, found)
    escalating = [leaf for leaf in leaves if _about(leaf.section) in _ESCALATING]
    own = partial_chains(found)
    complete(found, _with_duties(read_waits(root, scale), scale), waits, escalating, scale)
    join_paths(own, leaves, scale, found)
    found.called = tuple(one.name for one in scale.severities if one.name not in found.nobody)
    inside = {name: without_repeats(without_unpaged(chain)) for name, chain in found.chains.items()}
    found.chains = {name: chain for name, chain in inside.items() if chain}
    return found


def _read_section(section: Section, scale: Scale, found: Escalation, waits: dict[int, Duration]) -> None:
    """Read what one section says, by what it is about; ``waits`` takes the time of the reasons for a numbered level."""
    if section.level == 0 or section.about in ("templates", "postmortem_template"):
        return
    if not AFTERWARDS.isdisjoint(section.abouts) and section.about != "escalation":
        return
    about = _about(section)
    if about == "escalation" and (case := _case(section)):
        waits_for_all = section.level < LABEL_LEVEL and wait_said(section) is not None
        if not waits_for_all and not any(rule.text.startswith(f"{case} → ") for rule in found.rules):
            found.rules += _case_rules(case, section, scale)
        return
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
    matters = {rule.lines for rule in found.rules if rule.targets and _is_of_a_measure(rule.text)}
    for section, levels in told:
        steps = [one for one in levels if one.trigger is not Trigger.CONDITION and one.lines not in matters]
        own = [] if several else steps
        found.rules += [rule_to_call(one) for one in steps if several and one.lines not in known]
        for name in named_by(section, scale) if own else ():
            chain = [replace(one, level=n) for n, one in enumerate(own, 1)]
            found.chains.setdefault(name, [replace(one, severities=(name,)) for one in chain] if name else chain)


def _calls_one_each(found: Escalation) -> bool:
    """Whether all that was found is whom each severity calls, and nobody then: "SEV1 | … | all hands"."""
    return bool(found.chains) and "" not in found.chains and all(len(chain) == 1 for chain in found.chains.values())


def _under_severities(root: Section, scale: Scale, found: Escalation) -> None:
    """Take the rotation for the path that holds for all where it says after how long: "Secondary: after 10 minutes"."""
    rotation = Escalation()
    read_primary_and_secondary(root, scale, rotation)
    path = rotation.chains.get("", [])
    if any(level.after is not None and level.after.seconds for level in path[1:]):
        found.chains[""] = path


def _is_of_a_measure(text: str) -> bool:
    """Whether a label before whom to call is the limit of a measure: "latency > 2 s: wake the lead"."""
    label, colon, _who = text.partition(":")
    return colon != "" and LIMIT.search(label) is not None


def _reasons_told(root: Section, scale: Scale, found: Escalation) -> None:
    """Take the reasons that the sentences of a chapter give beside its path: "Escalate to security for any abuse"."""
    for section in root.walk():
        if section.about == "contacts":
            found.rules += _troubles_listed(section, scale, found)
    for section in _chapters(root):
        known = [rule.lines for rule in found.rules]
        known += [level.lines for chain in found.chains.values() for level in chain]
        said = [rule_to_call(one) for one in plain_calls(section, scale) if one.trigger is Trigger.CONDITION]
        told = (rule for inline in inlines_of(section) for rule in told_reasons(inline, scale))
        for rule in (*said, *told):
            if not any(rule.lines.first <= lines.last and lines.first <= rule.lines.last for lines in known):
                found.rules.append(rule)


def _troubles_listed(section: Section, scale: Scale, found: Escalation) -> list[EscalationRule]:
    """The reasons of a list of contacts that says for what trouble each is called: "Kiln down: Ada"."""
    known = {rule.lines for rule in found.rules}
    lists = ([item.inline for item in block.items] for block in section.blocks if isinstance(block, ItemList))
    told = (rule for inlines in lists if is_of_troubles(inlines) for rule in matters_in(inlines, scale))
    return [rule for rule in told if rule.lines not in known]


def _under_waits(root: Section, scale: Scale, found: Escalation) -> None:
    for section in _chapters(root):
        read_under_waits(section, scale, found)


def _arrows(leaves: Iterable[Leaf], _root: Section, scale: Scale, found: Escalation) -> None:
    by_section = groupby(leaves, key=lambda leaf: leaf.section)
    read_arrows([leaf for section, own in by_section if not _case(section) for leaf in own], scale, found)


def _for_severities(root: Section, scale: Scale, found: Escalation) -> None:
    for section in _chapters(root):
        read_for_severities(section, scale, found)


def _in_any_chapter(root: Section, scale: Scale, found: Escalation) -> None:
    """Take the chain of sentences in a chapter about something else, where they call somebody after a time."""
    for section in root.walk():
        if _about(section) == "" and (chains := read_prose(section, scale, strict=True)):
            found.chains |= chains
            return


_ESCALATING = ("escalation", "when")


def _note_wait(section: Section, rules: list[EscalationRule], waits: dict[int, Duration]) -> None:
    """Keep the one time of the reasons below "When to escalate to L3" for the third level."""
    words = raw_title(section).split()[:12]
    tiers = (counted_level().match(" ".join(words[n:])) for n in range(1, len(words)))
    tier = next((one for one in tiers if one is not None), None)
    times = [one.after for one in rules if one.after is not None and one.after.seconds]
    if tier is not None and len(times) == 1:
        waits.setdefault(level_number(tier), times[0])


def _with_duties(tabulated: TabulatedWaits, scale: Scale) -> TabulatedWaits:
    """The waits of a table, and those of the duties of each severity: "Escalation: if not resolved in an hour"."""
    for severity in scale.severities:
        for wait in waits_of(severity):
            _ = tabulated.setdefault(severity.name, {}).setdefault(2, wait)
    return tabulated


@remembered_with
def _about(section: Section) -> str:
    if section.level == 0:
        return ""
    if vocabulary().says("code_review", section.title.text):
        return "other"  # "Stuck pull requests: whom to ask": no incident waits for it
    if section.parent is not None and lists_whom_to_call(section) and _about(section.parent) in _ESCALATING:
        return "escalation"
    if section.level >= LABEL_LEVEL and announces_cases(section.title.text):
        return "when"
    if section.level >= LABEL_LEVEL and forbids(section.title.text):
        return "other"  # "Do not page the owner for:"
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
