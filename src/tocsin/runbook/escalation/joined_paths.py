"""A severity's own calls beside the path that holds for all: "Escalation: notify the CTO at once" below SEV1.

Both are called: whom the severity names at its own time, all others of the path at theirs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tocsin.runbook.document.leaves import Leaf
from tocsin.runbook.document.sections import AFTERWARDS
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import arrow_levels, at_arrows
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.people.ours import is_first_responder, is_name
from tocsin.runbook.escalation.sentences.duties import called_by, calls_somebody, only_files, pages_no_one
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.sentences.verbs_of_calling import LONGEST_SENTENCE, may_call, may_say
from tocsin.runbook.escalation.times.cases import hurried_case
from tocsin.runbook.escalation.times.waits import says_silence, waited_for
from tocsin.runbook.escalation.times.without_times import without_times
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import BRACKET, any_of, guarded
from tocsin.runbook.playbook import EscalationLevel, Severity, Trigger
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.sentence_ends import sentence_ends
from tocsin.runbook.stated import Duration, DurationKind, Lines
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import normal, vocabulary, words_of

Chains = dict[str, list[EscalationLevel]]


def partial_chains(found: Escalation) -> Chains:
    """Take those chains of severities away that call somebody and nobody then, where a path holds for all."""
    if "" not in found.chains or not found.ordered:
        return {}  # a list of contacts is no path
    partial = [name for name, chain in found.chains.items() if name and len(chain) == 1]
    return {name: found.chains.pop(name) for name in partial}


def join_paths(partial: Chains, everything: Sequence[Leaf], scale: Scale, found: Escalation) -> None:
    """Join the path that holds for all with whom each severity calls itself: by its row, its duties, a sentence."""
    shared = found.chains.get("", [])
    if not shared or not found.ordered:
        found.chains |= partial
        return
    said = list(_said_elsewhere(everything, scale, _lines_read(found, partial)))
    for severity in scale.severities:
        name = severity.name
        quiet = pages_no_one(severity) or (only_files(severity) and any(map(calls_somebody, scale.severities)))
        if quiet and name not in found.chains and name != scale.highest:
            found.nobody.add(name)
        path = found.chains.get(name) or [one for one in shared if not one.severities or name in one.severities]
        if name in found.nobody or not path:
            continue
        called = [*_called(severity, everything, scale), *(one for one in said if name in one.severities)]
        own = [*_as_said(partial.get(name, ()), everything), *_of_somebody(called)]
        if own and (chain := joined(path, own, name)) != [replace(one, severities=(name,)) for one in path]:
            found.chains[name] = chain


def _as_said(levels: Iterable[EscalationLevel], everything: Sequence[Leaf]) -> Iterator[EscalationLevel]:
    """The levels of a row: "CTO" in it says not when, unless it has a verb of calling or "at once"."""
    for level in levels:
        here = (leaf.text for leaf in everything if leaf.line == level.lines.first and leaf.form in _ROWS)
        now = any(
            vocabulary().says("immediate", text) or (may_call(text) and not speaks_of_escalating(text)) for text in here
        )
        says_when = level.after is not None or level.trigger is not Trigger.START or now
        yield level if says_when else replace(level, trigger=Trigger.UNSTATED)


_ROWS = frozenset(["cell", "item"])
"""Forms of what says of one severity whom it calls: a cell of its row, the item "SEV1: CTO at once"."""


def _called(severity: Severity, everything: Sequence[Leaf], scale: Scale) -> Iterable[EscalationLevel]:
    for duty in severity.actions:
        for level in called_by(duty, _lines_of(duty, severity, everything), scale):
            yield _with_its_words(level, duty) if _is_at_once(level) else level


def _with_its_words(level: EscalationLevel, duty: str) -> EscalationLevel:
    """Somebody who is called at once, with the words that say so: they are cited."""
    said = level.condition or duty.partition(": ")[2] or duty
    return replace(level, after=level.after or Duration(0, said, DurationKind.IMMEDIATE, level.lines))


def _lines_read(found: Escalation, partial: Chains) -> frozenset[int]:
    """The lines of an escalation that a chain or a reason to call has been read from."""
    levels = itertools.chain(*found.chains.values(), *partial.values())
    lines = (*(level.lines for level in levels), *(rule.lines for rule in found.rules))
    return frozenset(n for one in lines for n in range(one.first, one.last + 1))


def _said_elsewhere(everything: Sequence[Leaf], scale: Scale, read: frozenset[int]) -> Iterator[EscalationLevel]:
    """Whom a sentence calls at a severity, and when: "Page the owner 30 minutes into a SEV1".

    It stands in another chapter, or below the path, where its line has not been ``read``.
    """
    for leaf in everything:
        if (
            leaf.form not in ("text", "item")
            or len(leaf.text) > LONGEST_SENTENCE
            or not _OTHERS.isdisjoint(leaf.section.abouts)
            or (leaf.line in read and "escalation" in leaf.section.abouts)
        ):
            continue
        if not scale.places(leaf.text):
            continue
        if (own := _at_arrow(leaf, scale)) is not None:
            yield own
            continue
        if not any(may_say(name, leaf.text) for name in ("call", "called", "call_behind")):
            continue
        for sentence in sentence_ends().split(leaf.text):
            level = spoken(sentence, leaf.inline.lines, 2, scale) if _says_when(sentence) else None
            names = scale.mentioned(sentence) if level is not None and not _only_in_a_case(sentence, scale) else ()
            if level is not None and names:
                now = level.after is None and level.trigger is not Trigger.UNACKNOWLEDGED
                yield replace(level, severities=names, trigger=Trigger.START if now else level.trigger)


def _at_arrow(leaf: Leaf, scale: Scale) -> EscalationLevel | None:
    """Whom the arrow behind a severity leads to, where it says when: "SEV1 → owner at once"."""
    name, *behind = at_arrows(leaf.text)
    known = level_name(name, plain=True) if len(behind) == 1 and _says_when(behind[0]) else None
    names = scale.mentioned(name) if known is not None else ()
    level = next(arrow_levels(behind, leaf.inline.lines, names), None) if names else None
    if level is None:
        return None
    after = target(behind[0], leaf.line)
    timed = after if after is not None and after.seconds else None
    who = people(without_times(BRACKET.sub(" ", behind[0])).strip(" .。"))
    trigger = waited_for(behind[0]) if timed else Trigger.START
    return replace(level, targets=who, after=timed, trigger=trigger)


def _says_when(sentence: str) -> bool:
    """Whether a sentence says after how long, at once, be it by "skip straight to the owner", or when nobody answers.

    "By the next morning" is no time to page anybody.
    """
    if says_silence(sentence):
        return True
    after = target(sentence)
    at_once = vocabulary().says("immediate", sentence) or _skips().search(sentence) is not None
    return at_once or (after is not None and after.seconds is not None)


@guarded("skips_ahead")
def _skips() -> str:
    return any_of("skips_ahead")


def _only_in_a_case(sentence: str, scale: Scale) -> bool:
    """Whether a sentence has another condition than a severity and a time: "If flour is lost in a SEV1, …"."""
    if hurried_case(sentence) is not None:
        return True
    case = condition_in(sentence.rstrip(" .:"))
    places = scale.places(case) if case is not None else []
    if case is None or says_silence(case) or (not places and target(case) is not None):
        return False
    return not places or len(case[: places[0][0]].split()) > _FEW or len(case[places[0][1] :].split()) > _LONGEST_CASE


_FEW, _LONGEST_CASE = 2, 6
"""Words before the severity, and behind it, in "a SEV1 has lasted for 20 minutes"."""
_OTHERS = frozenset(["when_to_escalate", "severity", "incidents", *AFTERWARDS])
"""Chapters that are read for whom to call already, or that say it of one fault."""


def _lines_of(duty: str, severity: Severity, everything: Sequence[Leaf]) -> Lines:
    """The line of a duty within those of its severity."""
    said = duty.partition(": ")[2] or duty
    first, last = severity.lines.first, severity.lines.last
    lines = (leaf.inline.lines for leaf in everything if first <= leaf.line <= last and said in leaf.text)
    return next(lines, severity.lines)


def _of_somebody(levels: Iterable[EscalationLevel]) -> Iterator[EscalationLevel]:
    """The levels with those who have a word for one of ours: "Notify: a banner in the app" calls nobody."""
    for level in levels:
        who = tuple(filter(_is_somebody, level.targets))
        if who:
            yield replace(level, targets=who)


def _is_somebody(who: str) -> bool:
    return is_somebody(who) or is_name(who) or vocabulary().says("executives", who)


def joined(path: Sequence[EscalationLevel], own: Sequence[EscalationLevel], name: str) -> list[EscalationLevel]:
    """One chain of a path and of whom a severity calls itself: each of those at the time that it says.

    Who has none, "Escalation: CTO", keeps the place in the path, or comes last.
    """
    known = [who for level in path for who in level.targets]
    own = [replace(one, targets=tuple(_as_known(who, known) for who in one.targets)) for one in own]
    own = [one for one in own if not any(_is_in(one, level) for level in path)]
    at_once = [one for one in own if _is_at_once(one)]
    timed = [one for one in own if one.after is not None and one not in at_once]
    others = [one for one in own if one not in at_once and one not in timed]
    chain = list(_without(path, [who for one in (*at_once, *timed) for who in one.targets]))
    if chain and any(map(is_first_responder, chain[0].targets)):
        at_once = list(_without_first(at_once))
    begun = next((n for n, one in enumerate(chain) if one.trigger is not Trigger.START), len(chain))
    chain[begun:begun] = [
        _hurried(one) if begun or n else replace(one, trigger=Trigger.START, after=None)
        for n, one in enumerate(at_once)
    ]
    for one in timed:
        later = (n for n, level in enumerate(chain) if level.after is not None and _seconds(level) >= _seconds(one))
        chain.insert(next(later, len(chain)), one)
    chain += _without(others, [who for one in chain for who in one.targets])
    return [replace(one, level=n, severities=(name,)) for n, one in enumerate(chain, 1)]


def _seconds(level: EscalationLevel) -> float:
    return (level.after.seconds or 0) if level.after is not None else 0


def _is_at_once(level: EscalationLevel) -> bool:
    return level.trigger is Trigger.START if level.after is None else level.after.seconds == 0


def _hurried(level: EscalationLevel) -> EscalationLevel:
    """Somebody who is called with the first one, for no more than the severity."""
    said = level.condition or " + ".join(level.targets)
    now = level.after or Duration(0, said, DurationKind.IMMEDIATE, level.lines)
    return replace(level, after=now, trigger=Trigger.SEVERITY, condition=None)


def _without(levels: Iterable[EscalationLevel], called: Sequence[str]) -> Iterable[EscalationLevel]:
    """The levels without those who are called already."""
    for level in levels:
        left = tuple(who for who in level.targets if not any(_is_same(who, one) for one in called))
        if left:
            yield replace(level, targets=left) if left != level.targets else level


def _without_first(levels: Iterable[EscalationLevel]) -> Iterable[EscalationLevel]:
    """The levels without "the on-call", which is who the path begins with; all who are on call are more than that."""
    for level in levels:
        left = tuple(who for who in level.targets if vocabulary().says("everybody", who) or not is_first_responder(who))
        if left:
            yield replace(level, targets=left)


def _is_in(level: EscalationLevel, other: EscalationLevel) -> bool:
    """Whether another level calls all of one's people at the same time."""
    together = level.after is not None and level.after.seconds and _seconds(level) == _seconds(other)
    return bool(together) and set(level.targets) <= set(other.targets)


def _as_known(who: str, known: Sequence[str]) -> str:
    return next((one for one in known if _is_same(who, one)), who)


def _is_same(who: str, other: str) -> bool:
    """Whether two names are of one person, be it in another case: "технический директор", "технического директора"."""
    words, others = words_of(who), words_of(other)
    if len(words) != len(others) or not words:
        return normal(who) == normal(other)
    return all(one == two or _is_inflected(one, two) for one, two in zip(words, others, strict=True))


def _is_inflected(word: str, other: str) -> bool:
    shared = max(len(word), len(other)) - _ENDING
    return shared >= _STEM and word[:shared] == other[:shared]


_STEM, _ENDING = 5, 3
"""Letters that two forms of a word share at least, and that either has behind them at most."""
