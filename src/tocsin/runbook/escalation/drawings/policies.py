"""Escalation as a policy in YAML: whom each level calls, and how long each has or when each begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.document.plain_yaml import Mapping, Node, Scalar, Sequence, read_yaml
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.arrows import arrow_levels
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import is_somebody, people
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.times.waits import starts_at, waited_for
from tocsin.runbook.grammar import BRACKET, beginning, ending, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.words import vocabulary, words_of

_WHO_KEYS = (
    "contact",
    "who",
    "target",
    "targets",
    "notify",
    "role",
    "name",
    "user",
    "users",
    "team",
    "escalate_to",
    "page",
    "to",
)


@pattern
def _time_key() -> str:
    """In the key of a YAML list of levels, before how long one waits: "escalate_after"."""
    return ending("time_key")


@pattern
def _escalates() -> str:
    return beginning("escalates")


def _is_who_key(key: str) -> bool:
    return max(vocabulary().column(name, key) for name in ("role", "person")) >= 0.9


def read_policies(block: Fence, scale: Scale, *, anywhere: bool) -> Iterator[tuple[str, list[EscalationLevel]]]:
    """The policies written in a block of YAML, each with the severity that it is for, "" for all.

    With ``anywhere`` only those below a key that speaks of escalating.
    """
    if anywhere and not any(map(_escalates().search, block.body)):
        return
    root = read_yaml(block.body, block.first)
    if root is None:
        return
    if levels := list(_policy(root, anywhere=anywhere)):
        yield "", levels
    for key, timetable in _mappings(root, "" if anywhere else "escalation"):
        levels = list(_timetable(timetable, scale)) if _escalates().search(key) else []
        names = scale.mentioned(key.rsplit(" ", 1)[-1]) or ("",)
        for name in names if levels else ():
            yield name, [replace(one, severities=(name,)) for one in levels] if name else levels
        yield from _in_lists(timetable, scale) if _escalates().search(key) else ()


def _in_lists(node: Mapping, scale: Scale) -> Iterator[tuple[str, list[EscalationLevel]]]:
    """The levels of a mapping of severities to lists of people, "sev1: [desk, lead @15m]", each with its severity."""
    listed = {key: _names_of(value) for key, value in node.values.items()}
    if not listed or not all(names and scale.mentioned(_spaced(key)) for key, names in listed.items()):
        return
    for key, names in listed.items():
        if not any(map(is_somebody, names)):
            return
        value = node.values[key]
        parts = [_AT_A_TIME.sub(r" (\1)", one) for one in names]
        for name in scale.mentioned(_spaced(key)):
            yield name, list(arrow_levels(parts, Lines(value.line, _last(value)), (name,)))


def _names_of(value: Node) -> list[str]:
    """The words of a list, or of "[desk]", one alone; empty for anything else."""
    if isinstance(value, Scalar):
        alone = re.fullmatch(r"\[([^\[\]]{1,80})\]", value.text)
        return [alone[1]] if alone is not None else []
    words = isinstance(value, Sequence) and all(isinstance(one, Scalar) for one in value.items)
    return [_words(one) for one in value.items] if isinstance(value, Sequence) and words else []


_AT_A_TIME = re.compile(r"\s*(?:@|\+)\s?(\d{1,3}\s?[a-z]{1,7})$", re.IGNORECASE)
"""A time behind a name in such a list: "lead @15m", "lead +1h"."""


def _timetable(node: Mapping, scale: Scale) -> Iterator[EscalationLevel]:
    """The levels of a mapping of times to whom to call: "30 min unresolved: Page the team lead"."""
    times = [_moment(key, value) for key, value in node.values.items()]
    if len(times) < 2 or None in times:
        return
    number = 0
    for (key, value), after in zip(node.values.items(), times, strict=True):
        said = _AGAIN.sub("", _words(value))
        lines = Lines(value.line, _last(value))
        called = spoken(said, lines, number + 1, scale)
        bare = without_call(said)
        who = called.targets if called is not None else people(bare) if is_somebody(bare) else ()
        if not who or len(bare.split()) > 12:
            continue
        number += 1
        timed = after if after is not None and after.seconds else None
        waits = waited_for(_spaced(key)) if timed else Trigger.START if number == 1 else Trigger.UNSTATED
        yield EscalationLevel(number, who, lines, after=timed, trigger=waits)


def _moment(key: str, value: Node) -> Duration | None:
    """The point in time that a key is; None where it is none, or says no length."""
    when = target(_spaced(key), value.line) if not isinstance(value, Mapping) else None
    return when if when is not None and when.seconds is not None else None


_AGAIN = re.compile(r"^re-(?=[^\W\d_])", re.IGNORECASE)
"""Before a verb, "Re-page": who was called already is called once more."""


def _mappings(node: Node, key: str) -> Iterator[tuple[str, Mapping]]:
    """Every mapping of a tree, with the keys that lead to it."""
    match node:
        case Mapping():
            yield key, node
            for name, value in node.values.items():
                yield from _mappings(value, f"{key} {name}".casefold())
        case Sequence():
            for item in node.items:
                yield from _mappings(item, key)
        case _:
            pass


def _spaced(key: str) -> str:
    """A key as words: "30_min" as "30 min"."""
    return re.sub(r"[_-]+", " ", key)


def _policy(root: Node, *, anywhere: bool) -> Iterator[EscalationLevel]:
    """The levels of the first list of levels."""
    if not anywhere and isinstance(root, Mapping) and all(map(counted_level().match, root.values)):
        for n, (key, value) in enumerate(root.values.items(), 1):
            if who := _words(value):
                trigger = Trigger.START if n == 1 else Trigger.UNSTATED
                window = target(key, value.line)
                yield EscalationLevel(n, people(who), Lines(value.line, _last(value)), (), window, trigger)
        return
    for listed in _lists(root, "" if anywhere else "escalation"):
        levels = [level for n, item in enumerate(listed.items, 1) if (level := _yaml_level(item, n)) is not None]
        if len(levels) == len(listed.items) >= 2 and (any(one.after for one in levels) or _is_numbered(listed)):
            yield from levels if levels[0].after is None or _since_the_start(listed) else _handed_on(levels)
            return
    for key, counted in _mappings(root, "" if anywhere else "escalation"):
        if _escalates().search(key) and (levels := list(_by_their_stretches(counted))):
            yield from levels
            return


def _by_their_stretches(node: Mapping) -> Iterator[EscalationLevel]:
    """The levels of a mapping such as "L1: Baker (0-15 min)", "L2: Head baker (15+ min)", each with its stretch."""
    said = {key: _words(value) for key, value in node.values.items()}
    inside = [match["inside"] for text in said.values() if (match := BRACKET.search(text)) is not None]
    if len(inside) < 2 or len(inside) < len(said) or not all(map(counted_level().match, said)):
        return
    if not all(map(_STRETCH.search, inside)):
        return
    for n, (value, text, stretch) in enumerate(zip(node.values.values(), said.values(), inside, strict=True), 1):
        begins = starts_at(stretch, value.line)
        after = begins if begins is not None and begins.seconds else None
        trigger = Trigger.START if n == 1 else Trigger.UNRESOLVED
        who = people(BRACKET.sub(" ", text).strip())
        yield EscalationLevel(n, who, Lines(value.line, value.line), (), after, trigger)


_STRETCH = re.compile(r"\d\s*(?:-|–|—|~|\+)")
"""A stretch of time: "15-30 min", "60+ min"."""


def _since_the_start(listed: Sequence) -> bool:
    """Whether the times of a list count from the start of the incident, by their key, and never go back."""
    times: list[int] = []
    for item in listed.items:
        inner = _unwrapped(item)[1]
        for key, value in inner.values.items() if isinstance(inner, Mapping) else ():
            if not isinstance(value, Scalar) or not _is_time_key(key):
                continue
            after = _yaml_time(key, value)
            if after is None or after.seconds is None or not _counts_from_the_start(key):
                return False
            times.append(after.seconds)
    return times == sorted(times)


def _counts_from_the_start(key: str) -> bool:
    """Whether a key begins with "after"; others say how long a level has, or is waited for."""
    said = words_of(re.sub(r"_|-|(?<=[a-z])(?=[A-Z])", " ", key))
    return bool(said) and said[0] in small_words("after")


def _is_time_key(key: str) -> bool:
    return (
        _time_key().search(key) is not None or vocabulary().column("after", key) >= 0.9 or _counts_from_the_start(key)
    )


def _yaml_time(key: str, value: Scalar) -> Duration | None:
    """The time of a key; a bare number counts in the unit that the key names, else in minutes."""
    bare = re.fullmatch(r"\d+", value.text)
    unit = next((unit for unit in ("second", "hour", "minute") if unit in key.casefold()), "minute")
    return target(f"{value.text} {unit}s" if bare else value.text, value.line)


def _handed_on(levels: list[EscalationLevel]) -> Iterator[EscalationLevel]:
    """The levels of a list in which the first one waits as well: each says how long it has."""
    before: Duration | None = None
    for level in levels:
        given = level.after
        trigger = Trigger.UNACKNOWLEDGED if before is not None else level.trigger
        yield replace(level, after=before, trigger=trigger)
        if given is None or given.seconds is None:
            before = None
        elif before is None or before.seconds is None:
            before = given
        else:
            before = replace(given, seconds=before.seconds + given.seconds)


def _lists(node: Node, key: str) -> Iterator[Sequence]:
    """The lists below a key that speaks of escalation."""
    match node:
        case Sequence():
            if _escalates().search(key):
                yield node
            for item in node.items:
                yield from _lists(item, key)
        case Mapping():
            if _escalates().search(key) and (numbered := _numbered(node)):
                yield Sequence(node.line, numbered)
            for name, value in node.values.items():
                yield from _lists(value, f"{key} {name}".casefold())
        case _:
            pass


def _numbered(node: Mapping) -> list[Node]:
    """The levels of a mapping that counts them, "level_1: …", "tier_2_team_lead: …", each with its key."""
    levels = [(key, value) for key, value in node.values.items() if counted_level().match(_spaced(key))]
    nested = len(levels) > 1 and all(isinstance(value, Mapping) for _key, value in levels)
    return [Mapping(value.line, {key: value}) for key, value in levels] if nested else []


def _is_numbered(listed: Sequence) -> bool:
    """Whether each item of a list is one counted level that says whom it is of by its key."""
    keys = [key for item in listed.items if isinstance(item, Mapping) for key in item.values]
    return len(keys) == len(listed.items) and all(is_somebody(_named(key)) for key in keys)


def _named(key: str) -> str:
    """Whom the key of a counted level names: "team lead" of "tier_2_team_lead"."""
    match = counted_level().match(_spaced(key))
    return _spaced(key)[match.end() :].strip() if match is not None else ""


def _unwrapped(node: Node) -> tuple[str, Node]:
    """(whom its key names, what is below it) of an item that is nothing but a counted level: "- level_1: …"."""
    if isinstance(node, Mapping) and len(node.values) == 1:
        key, below = next(iter(node.values.items()))
        if isinstance(below, Mapping) and counted_level().match(_spaced(key)):
            return _named(key), below
    return "", node


def _yaml_level(node: Node, n: int) -> EscalationLevel | None:
    counted, node = _unwrapped(node)
    if not isinstance(node, Mapping):
        return None
    keys = {key.casefold(): value for key, value in node.values.items()}
    who = next((_words(keys[key]) for key in _WHO_KEYS if key in keys), "") or next(
        (_words(value) for key, value in keys.items() if _is_who_key(key)), counted
    )
    after: Duration | None = None
    last = node.line
    for key, value in keys.items():
        if isinstance(value, Scalar):
            last = max(last, value.line)
            if after is None and _is_time_key(key):
                after = _yaml_time(key, value)
    if not who:
        return None
    timed = after if after is not None and after.seconds else None
    trigger = Trigger.START if n == 1 else Trigger.UNACKNOWLEDGED if timed else Trigger.UNSTATED
    names = tuple(name.removeprefix("@") for name in people(who))
    return EscalationLevel(n, names, Lines(node.line, last), (), timed, trigger)


def _last(node: Node) -> int:
    return node.items[-1].line if isinstance(node, Sequence) and node.items else node.line


def _words(node: Node) -> str:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return " + ".join(said for item in node.items if (said := _words(item)))
        case Mapping():
            keys = {key.casefold(): value for key, value in node.values.items()}
            named = (keys[key] for key in (*_WHO_KEYS, "id", "value") if key in keys)
            return next((one.text for one in named if isinstance(one, Scalar)), "")
