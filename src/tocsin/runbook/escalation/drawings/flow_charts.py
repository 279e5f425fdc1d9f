"""Escalation as a flow chart in mermaid: whom the way from alert to alert calls, for each severity where it parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.people.names import people
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.ranks import counted_level, without_rank
from tocsin.runbook.escalation.sentences.prose import spoken
from tocsin.runbook.escalation.severities import begins_with
from tocsin.runbook.escalation.times.waits import says_silence, waited_for
from tocsin.runbook.grammar import BRACKET, any_of, ending, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary, words_of

_EDGE = re.compile(
    r"(?P<from>\w+)\s*(?P<a>[\[({]+[^\])}]*[\])}]+)?\s*-[-.=]*(?:\s*(?P<said>[^->|]+?)\s*-[-.=]*)?>\s*(?:\|(?P<label>[^|]*)\|)?"
    r"\s*(?P<to>\w+)\s*(?P<b>[\[({]+[^\])}]*[\])}]+)?"
)
_ALONE = re.compile(r"\s*(?P<node>\w+)\s*(?P<shape>[\[({]+[^\])}]*[\])}]+)\s*;?\s*$")
"""A node on a line of its own, before the ways that lead to it."""
_NODE = re.compile(r"^[\[({]+\"?(?P<text>[^\])}\"]*)")


@pattern
def _no() -> str:
    return any_of("no")


@pattern
def _if() -> str:
    return any_of("if")


@pattern
def _actor() -> str:
    """Who acts in a sentence whose verb comes last; of a Korean one, the word that says what it is about."""
    return rf"(?P<who>[^\s\u3041-\u3096]{{2,12}}){ending('acts_behind')}|.*\s(?P<last>[\uac00-\ud7af]+)$"


def is_person(who: str) -> bool:
    """Whether a few words of a drawing have one for somebody: "On-call engineer", "Duty desk"."""
    return len(who.split()) <= 6 and any(
        vocabulary().says(name, who) for name in ("person_word", "rotation", "team_name", "support_word")
    )


@dataclass(slots=True)
class _Chart:
    """The words of the nodes, a question with a "?" before it, and the ways that lead on: (node, label, line)."""

    texts: dict[str, str] = field(default_factory=dict)
    ways: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)

    def text(self, node: str) -> str:
        return self.texts.get(node, node)


def read_flow_chart(block: Fence, scale: Scale) -> dict[str, list[EscalationLevel]]:
    """The chain of each severity at whose name the ways of a chart part; else the one chain, for all of them."""
    chart = _parsed(block)
    for ways in chart.ways.values():
        own = [(names, way) for way in ways if (names := _severities(way[1], scale))]
        if len({name for names, _way in own for name in names}) > 1:
            found = {name: list(_along(chart, way[0], way[2], scale)) for names, way in own for name in names}
            return {
                name: [replace(one, severities=(name,)) for one in levels] for name, levels in found.items() if levels
            }
    if (asked := _asked_for(chart, scale)) is not None:
        node, names = asked
        start = next(iter(chart.ways), None)
        either = {yes: list(_along(chart, start, block.first, scale, {node: yes})) for yes in (True, False)}
        chains = {one.name: either[one.name in names] for one in scale.severities}
        return {name: [replace(one, severities=(name,)) for one in levels] for name, levels in chains.items() if levels}
    return {"": list(_along(chart, next(iter(chart.ways), None), block.first, scale))}


def _asked_for(chart: _Chart, scale: Scale) -> tuple[str, tuple[str, ...]] | None:
    """The first question that asks for some of the severities, with two ways of which one is for "no"."""
    for node, ways in chart.ways.items():
        names = scale.mentioned(chart.text(node)) if chart.text(node).startswith("?") else ()
        denied = sum(_no().search(way[1]) is not None for way in ways)
        if names and len(names) < len(scale.severities) and denied == 1 and len(ways) == _BOTH:
            return node, names
    return None


_BOTH = 2


def _severities(label: str, scale: Scale) -> tuple[str, ...]:
    if not label or len(label.split()) > _LONGEST_LABEL:
        return ()
    return scale.mentioned(label) or ((name,) if (name := begins_with(label, scale)) else ())


_LONGEST_LABEL = 6


def _parsed(block: Fence) -> _Chart:
    chart = _Chart()
    for number, line in enumerate(block.body, block.first):
        alone = _ALONE.match(line)
        if alone is not None:
            _name(chart, alone["node"], alone["shape"])
        for match in _EDGE.finditer(line):
            _name(chart, match["from"], match["a"])
            _name(chart, match["to"], match["b"])
            said = match["label"] or match["said"] or ""
            chart.ways.setdefault(match["from"], []).append((match["to"], said.strip(), number))
    return chart


def _name(chart: _Chart, key: str, shape: str | None) -> None:
    """Keep the words of a node, where they stand with it."""
    if shape and (node := _NODE.match(shape)):
        asks = "?" if shape.startswith("{") else ""
        chart.texts[key] = asks + re.sub(r"<br\s*/?>", " ", node["text"]).strip()


def _along(
    chart: _Chart, at: str | None, number: int, scale: Scale, answers: Mapping[str, bool] | None = None
) -> Iterator[EscalationLevel]:
    """The levels on the way from a node; questions are passed through, of two ways the one on "no".

    Whether it is one of the worst, "P1/P2?", is answered with yes, unless its node has one of the ``answers``.
    Several whom one node leads to are called at once.
    """
    said, seen = "", set[str]()
    while at is not None and at not in seen:
        seen.add(at)
        text = chart.text(at)
        ways = chart.ways.get(at, [])
        asked = " ".join((said, *(way[1] for way in ways)))
        level = None if text.startswith("?") else _level(text, said, asked, number, scale)
        if level is not None:
            yield level
            said = ""
        elif text.startswith("?"):
            said = f"{said} {text[1:]}"
        together = [] if text.startswith("?") else _called_at_once(chart, ways, scale)
        if len(together) > 1:
            _way, first = together[0]
            yield replace(first, targets=tuple(dict.fromkeys(who for _one, one in together for who in one.targets)))
            seen.update(way[0] for way, _level in together)
            at = next((way[0] for one, _level in together for way in chart.ways.get(one[0], [])), None)
            continue
        worst = text.startswith("?") and bool(coded_names(text))
        worst = (answers or {}).get(at, worst)
        way = next((one for one in ways if bool(_no().search(one[1])) is not worst), None)
        way = way or (ways[0] if ways else None)
        if way is None:
            return
        at, number = way[0], way[2]
        said = f"{said} {way[1]}".strip()


def _called_at_once(
    chart: _Chart, ways: list[tuple[str, str, int]], scale: Scale
) -> list[tuple[tuple[str, str, int], EscalationLevel]]:
    """Whom the ways without a word on them call, but not whom a node calls "if data was read"."""
    plain = [way for way in ways if not way[1] and not _if().search(chart.text(way[0]))]
    called = [(way, _level(chart.text(way[0]), "", "", way[2], scale)) for way in plain]
    return [(way, level) for way, level in called if level is not None]


def _is_task(text: str) -> bool:
    """Whether a node says what is done, "Assign to a team", and names nobody."""
    return not small_words("look", "chore", "task").isdisjoint(words_of(text)[:1])


def _level(text: str, said: str, asked: str, number: int, scale: Scale) -> EscalationLevel | None:
    """The level of a node, with what is said on the way to it; None where it names nobody.

    Where silence is ``asked`` for, the node may be a name without a word for somebody.
    """
    named = counted_level().match(text) or (len(text.split()) <= 4 and vocabulary().says("vendor", text))
    called = spoken(text, Lines(number, number), 1, scale)
    if not named and called is None and (actor := _actor().match(text)) is not None:
        text = actor["who"] or actor["last"]
    bare = BRACKET.sub(" ", text)
    if not (named or called or (is_person(bare) and not _is_task(text)) or (says_silence(asked) and is_name(bare))):
        return None
    window = next((w for t in (said, text) if (w := target(t, number)) and w.seconds), None)
    trigger = waited_for(said) if window else Trigger.UNSTATED
    who = BRACKET.sub(" ", without_rank(text))
    return EscalationLevel(0, called.targets if called else people(who), Lines(number, number), (), window, trigger)
