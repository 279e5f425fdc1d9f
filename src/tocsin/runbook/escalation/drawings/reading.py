"""Escalation inside of code blocks: trees and arrows made of characters; every other form of a block first."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tocsin.runbook.document.blocks import Fence, Item, ItemList
from tocsin.runbook.document.boxed import unboxed
from tocsin.runbook.document.fencekinds import is_shell
from tocsin.runbook.document.inline import plain
from tocsin.runbook.document.sections import Section
from tocsin.runbook.document.trees import tree_list
from tocsin.runbook.durations import spans, target
from tocsin.runbook.escalation.arrows import ARROW, with_times_apart
from tocsin.runbook.escalation.chains import Escalation
from tocsin.runbook.escalation.drawings.flow_charts import is_person, read_flow_chart
from tocsin.runbook.escalation.drawings.lines_of_time import read_line_of_time
from tocsin.runbook.escalation.drawings.policies import read_policies
from tocsin.runbook.escalation.drawings.questions import Parted, drawn, parted
from tocsin.runbook.escalation.drawings.severities import SIGNS, called_in_drawing, read_drawn_severities
from tocsin.runbook.escalation.lists.arrow_lists import read_arrow_list
from tocsin.runbook.escalation.lists.reading import timelines_of_severities
from tocsin.runbook.escalation.people.calls import without_call
from tocsin.runbook.escalation.people.names import is_called_last, people
from tocsin.runbook.escalation.people.ours import is_name
from tocsin.runbook.escalation.ranks import counted_level, without_rank
from tocsin.runbook.escalation.reasons import rule_for
from tocsin.runbook.escalation.sentences.prose import behind, spoken
from tocsin.runbook.escalation.severities import named_by, whom_by_severity
from tocsin.runbook.escalation.tables.grids import numbered, read_grid, text_table
from tocsin.runbook.escalation.times.cases import starts_with_if, stated_case
from tocsin.runbook.escalation.times.waits import (
    OPENS,
    WINDOW,
    bare_case,
    is_case_of_silence,
    is_promise,
    is_waiting,
    says_silence,
    sooner_at,
    waited_for,
)
from tocsin.runbook.escalation.titles import speaks_of_escalating
from tocsin.runbook.grammar import BRACKET, any_of, pattern, small_words
from tocsin.runbook.playbook import EscalationLevel, Trigger
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.stated import Duration, DurationKind, Lines
from tocsin.runbook.times import times_by_severity
from tocsin.runbook.words import vocabulary, words_of


def read_drawings(section: Section, scale: Scale, found: Escalation, *, anywhere: bool) -> None:
    """Take the chain that a code block draws, unless the text gave one; with ``anywhere`` only a YAML "escalation"."""
    for block in (one for one in unboxed(section.blocks) if isinstance(one, Fence)):
        if not block.closed:
            continue
        if block.info in ("yaml", "yml"):
            for name, levels in read_policies(block, scale, anywhere=anywhere):
                if name or len(levels) >= 2:
                    found.offer(name, levels)
            continue
        if anywhere or is_shell(block):
            continue
        if (lines := _line_by_line(block, scale)) is not None and read_arrow_list(lines, scale, found):
            continue
        if block.info == "mermaid":
            charted = read_flow_chart(block, scale)
            for name, levels in charted.items():
                if len(levels) >= 2 or name:
                    found.chains.setdefault(name, numbered(levels, late=bool(name)))
            continue
        tree = tree_list(block)
        if tree is not None and timelines_of_severities(tree, section, scale, found):
            continue
        if read_drawn_severities(block, scale, found) or read_line_of_time(block, section, scale, found):
            continue
        if (table := text_table(block)) is not None and read_grid(table, scale, found):
            continue
        if (at := parted(block, scale)) is not None and _read_answers(at, scale, found):
            continue
        levels = numbered(list(_from_tree(_unlabelled(block), scale)))
        for name in named_by(section, scale) if len(levels) >= 2 else ():
            own = [replace(one, severities=(name,)) for one in levels] if name else levels
            found.chains.setdefault(name, own)
    if not anywhere:
        _read_lists(section, scale, found)


def _read_lists(section: Section, scale: Scale, found: Escalation) -> None:
    """Take the chains of lists that are drawings: a question with its answers nested below."""
    for block in unboxed(section.blocks) if not found.chains else ():
        drawing = drawn(block) if isinstance(block, ItemList) else None
        if drawing is not None and (at := parted(drawing, scale)) is not None:
            _ = _read_answers(at, scale, found)


def _read_answers(at: Parted, scale: Scale, found: Escalation) -> bool:
    """Take the chain of either answer to a question: each for its severities, or the matter as a reason to call."""
    yes, no = (_of_an_answer(block, scale) for block in (at.yes, at.no))
    if not at.severities:
        others = {who for level in no for who in level.targets}
        called = [replace(one, targets=tuple(who for who in one.targets if who not in others)) for one in yes]
        found.chains.setdefault("", no)
        found.rules += [
            rule_for(replace(one, condition=at.question, after=None, trigger=Trigger.CONDITION))
            for one in called
            if one.targets
        ]
        return bool(no)
    for one in scale.severities:
        levels = yes if one.name in at.severities else no
        if levels:
            found.chains.setdefault(one.name, [replace(level, severities=(one.name,)) for level in levels])
    return bool(yes or no)


def _of_an_answer(block: Fence, scale: Scale) -> list[EscalationLevel]:
    """The levels of a drawing with one answer, be it that it leads to one person only."""
    levels = numbered(list(_from_tree(_unlabelled(block), scale)))
    if levels:
        return levels
    for number, line in enumerate(block.body, block.first):
        parts = [part for part in ARROW.split(SIGNS.sub(" ", line, count=1)) if part.strip()]
        if parts and (who := called_in_drawing(parts[-1].strip(), number, scale)):
            return [EscalationLevel(1, people(who), Lines(number, number), trigger=Trigger.START)]
    return []


def _line_by_line(block: Fence, scale: Scale) -> ItemList | None:
    """The lines of a block as a list where each is the way of one severity: "SEV1: shift lead → director"."""
    said = [(number, line.strip()) for number, line in enumerate(block.body, block.first) if line.strip()]
    begun = [ARROW.split(line.partition(":")[0], maxsplit=1)[0] for _number, line in said]
    if not any(ARROW.search(line) for _number, line in said) or not all(map(scale.mentioned, begun)):
        return None
    ways = [(n, line if ARROW.search(line) else line.replace(":", " →", 1)) for n, line in said]  # "SEV3: desk"
    return ItemList(block.lines, False, tuple(Item(Lines(n, n), plain(line, n)) for n, line in ways))


def _unlabelled(block: Fence) -> Fence:
    """A block without a severity before the first station of a line, which is nobody: "SEV1: desk -> lead"."""
    return replace(block, body=tuple(map(_without_severity, block.body)))


def _without_severity(line: str) -> str:
    label, colon, way = line.partition(":")
    labelled = colon and len(label) <= _LONGEST_LABEL and ARROW.search(way) and coded_names(label.strip())
    return way if labelled and len(label.split()) <= 2 else line


_LONGEST_LABEL = 24
"""Characters."""


@dataclass(slots=True)
class _Station:
    """Somebody in a drawing; ``said`` stands before the name or beside it, ``below`` under the name of a level.

    ``way``: what stands before the name, on what leads to it; ``own``: in brackets beside it. ``after`` is stated by
    both.
    """

    who: str
    said: list[str]
    number: int
    called: bool = False
    way: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    after: Duration | None = None


def _from_tree(block: Fence, scale: Scale) -> Iterator[EscalationLevel]:
    """Names one below the other, joined by branches or arrows; what stands in brackets or on an arrow is the window."""
    drawn = [line for line in block.body if re.search(r"[│├└▼▽↓⬇→➜]|->|=>|\|", line)]
    if not drawn or any(len(line) > 160 for line in block.body) or len(block.body) > 60:
        return
    stations: list[_Station] = []
    waiting: list[str] = []
    bare = [SIGNS.sub(" ", line, count=1).strip() for line in block.body]
    levels = sum(counted_level().match(text) is not None for text in bare) >= 2
    numbers = sum(_NUMBERED.match(text) is not None for text in bare) >= 2
    headed = asked = False
    nameless: int | None = None  # the line of a level whose name is still to come, "Level 2:"
    onward: tuple[str, int] | None = None  # whom the last level hands on to, and the line
    for number, line in enumerate(block.body, block.first):
        beside = False  # a person, in this line, whom an arrow follows: what that one does
        for part in ARROW.split(with_times_apart(line)):
            text = SIGNS.sub(" ", part, count=1).strip() if SIGNS.match(part) else part.strip()
            text = text.rstrip(" │|┐┘")
            before, colon, behind = text.partition(":")
            if colon and behind.strip() and (target(before, number) is not None or is_case_of_silence(before)):
                waiting, text = [*waiting, before], behind.strip()  # when, then whom
            counted = counted_level().match(text) is not None
            remark = _REMARK.search(text) if counted and len(text) <= _LONGEST_REMARK else None
            text = text[: remark.start()] if remark is not None else text
            named = not levels or counted or ((headed or nameless is not None) and is_person(text) and ":" not in text)
            if levels and not named and (label := _labelled_name(text)):
                if label.startswith("→") and nameless is None:
                    onward = (label[1:], number)
                elif nameless is not None:
                    named, text = True, label.removeprefix("→")
            inside = [match["inside"] for match in BRACKET.finditer(text)]
            if numbers:
                named, text = _NUMBERED.match(text) is not None, _NUMBERED.sub("", text)
            who = _without_window(BRACKET.sub(" ", without_rank(text)))
            if counted and not who and len(inside) == 1 and target(inside[0]) is None:
                who = inside[0].strip()  # "Tier 2 (Help desk)"
            if who in ("v", "V") or (who and not is_person(who) and times_by_severity(text, scale)):
                who = ""  # the head of an arrow; "SEV1: 10 min / SEV2: 45 min" beside it
            if counted:
                nameless = None if who else number
            if _answer().fullmatch(who) or text.rstrip("]）) ").endswith(("?", "？")):
                asked = True  # of two ways: neither the question nor an answer is anybody
                continue
            if who and not counted and not is_person(who) and starts_with_if(text) and "@" not in text:
                waiting.append(text)  # "if flour is lost" on the way to the next one
                continue
            if named and not counted and not is_person(who) and (beside or _is_occasion_beside(line, who)):
                waiting += [] if beside and who else [text]  # what that one does; a time is on the way to the next
                continue
            beside = is_person(who)
            if not who or not named:  # below the name of a level stands what is said of it
                kept = [text] if text and (not who or target(text, number) is not None) else []
                if levels and stations and not counted and nameless is None:
                    stations[-1].below += kept
                elif not counted:
                    waiting += kept
                continue
            called = without_call(who)
            if called == who and not is_person(who) and (call := spoken(who, Lines(number, number), 1, Scale())):
                called = " + ".join(call.targets)  # "Ada pings Ben"
            alarm = re.match(any_of("alarm"), who, re.IGNORECASE)  # "Alert Fired" calls nobody named Fired
            if not numbers and not (is_person(called) or (_NAME.fullmatch(called) and not alarm)):
                called = who
            told = "@" in who or called != who or is_called_last(who)
            stations.append(_Station(called or who, [*waiting, *inside, text], number, told, waiting, inside))
            stations[-1].below += [remark["said"]] if remark is not None else []
            waiting, nameless = [], None
        headed = _HEAD.match(line) is not None
    if onward is not None and stations and onward[1] > stations[-1].number:
        who = BRACKET.sub(" ", onward[0]).strip()
        if is_person(who) and who.casefold() not in {one.who.casefold() for one in stations}:
            stations.append(_Station(who, [], onward[1]))
    if asked:
        stations = [one for one in stations if one.called or is_person(one.who)]
    yield from _drawn(block, stations, scale, levels=levels)


_REMARK = re.compile(r"(?<=[)）])\s*[─━—–-]{1,4}>?\s+(?P<said>.*\d.*)$")
"""What a line says of a level behind its name in brackets: "Level 1 (Miller) ── resolves within 30 min"."""

_LONGEST_REMARK = 160
"""Characters of a line of a drawing."""


@pattern
def _answer() -> str:
    return any_of("yes", "no")


def _is_occasion_beside(line: str, who: str) -> bool:
    """Whether words beside the head of an arrow, "↓ Power cut", say when it is followed, and name nobody."""
    name = _NAME.fullmatch(who) is not None and not vocabulary().says("fails", who)
    return _HEAD.match(line) is not None and "@" not in who and not name


def _labelled_name(text: str) -> str:
    """Who is named behind a label, "Who: Team lead"; with an arrow where it is handed on to, "Escalate to: CTO"."""
    label, colon, name = (part.strip() for part in text.partition(":"))
    words = vocabulary()
    if not colon or not name or len(label.split()) > 3 or counted_level().match(name):
        return ""
    if words.says("escalate_verb", label):
        return f"→{name}"
    return name if max(words.column("role", label), words.column("person", label)) >= 0.9 else ""


def _drawn(block: Fence, stations: list[_Station], scale: Scale, *, levels: bool) -> Iterator[EscalationLevel]:
    """The levels of the stations of a drawing; none where too few of them are anybody."""
    while len(stations) > 2 and (_begins(stations[0]) or _is_occasion_of(*stations[:2])):
        del stations[0]
    if len(stations) > 2 and not is_person(stations[0].who) and speaks_of_escalating(stations[0].who):
        del stations[0]  # what the drawing is called: "Technical escalation"
    if len(stations) > 2 and len(stations) == sum(_is_phase(one.who) for one in stations):
        return
    asks = any(vocabulary().says("unacknowledged", text) for one in stations for text in (*one.said, *one.below))
    if any(_BESIDE.search(one.who) for one in stations):
        return  # boxes beside one another: who stands in which line is not told by the text
    stations = [one for one in stations if one.called or not _is_action(one.who)]
    timed = all(any(map(target, one.said)) for one in stations[1:])
    known = sum(
        one.called
        or any(map(is_person, people(one.who)))
        or (asks and _NAME.fullmatch(one.who) is not None)
        or (timed and is_name(one.who))
        for one in stations
    )
    if len(stations) < 2 or known < len(stations) * 0.6:
        return
    if levels:
        _hand_down(stations)
    if _is_upside_down(block, [one.who for one in stations]):
        stations.reverse()
    windows = any(map(OPENS.search, stations[0].said))
    stations = _joined(stations)
    _call_in_turn(stations)
    drawn: list[EscalationLevel] = []
    for one in stations:
        said = [WINDOW.sub(r"\1", text) for text in one.said] if windows else one.said
        when = (text for text in said if not is_promise(text))
        window = one.after or next((w for text in when if (w := target(text, one.number)) and w.seconds), None)
        why = [text for text in one.said if text != one.who]
        trigger = waited_for(" ".join(one.said)) if window or any(map(is_case_of_silence, why)) else Trigger.UNSTATED
        sooner = next((bare_case(text) for text in why if sooner_at(text, scale)), None)
        sooner = sooner or next((bare_case(text) for text in why if times_by_severity(text, scale)), None)
        sooner = sooner or next(
            (without_rank(text) for text in why if whom_by_severity(without_rank(text), scale)), None
        )
        only = () if sooner else _only_for(one, scale)
        case = next((text for text in why if _is_of_one_case(text, scale)), None) if sooner is None else None
        trigger = Trigger.CONDITION if case and window is None and trigger is Trigger.UNSTATED else trigger
        sooner = sooner or case
        level = EscalationLevel(0, people(one.who), Lines(one.number, one.number), only, window, trigger, sooner)
        # "no answer for 10 min" twice: the second one waits for the first
        drawn.append(level if one.after is not None else behind(drawn, level))
    yield from drawn


def _is_of_one_case(text: str, scale: Scale) -> bool:
    """Whether a text says "if" of what no clock, no silence and no severity tells: "if the shop is shut, 1 hour"."""
    case = stated_case(text)
    return case is not None and target(case) is None and not is_case_of_silence(case) and not scale.mentioned(case)


def _only_for(station: _Station, scale: Scale) -> tuple[str, ...]:
    """The severities for which somebody is called who is called for no other: "(if P1, after 30 min)", "(SEV1 only)".

    A severity before a time, "(P1: 30 min)", may be one of several, each with its own.
    """
    for text in station.said:
        places = scale.places(text) if text != station.who else []
        if not places or sum(1 for _span in spans(text)) > 1:
            continue
        before, behind = text[: places[0][0]], text[places[-1][1] :].strip(" )）]")
        time = next(spans(before), None)
        if time is not None:
            after = before[time.end :].lstrip()
            before = after if after.startswith(_APART) else before[: time.start] + after
        before = before.strip(" ,;(（[–—-")
        if _limits().fullmatch(before) or (not before and (not behind or _only().match(behind))):
            return scale.mentioned(text)
    return ()


_APART = (",", ";", "，", "、", "–", "—", "-")
"""Before what limits a wait: "no answer for 30 min, P0 only", "no answer for 30 min – only P0"."""


@pattern
def _limits() -> str:
    return rf"(?:{any_of('only', 'if', 'for', 'upon', 'of')}\s*)+"


@pattern
def _only() -> str:
    return rf"(?:\w+\s)?{any_of('only')}"


def _joined(stations: list[_Station]) -> list[_Station]:
    """The stations, those to whom an arrow leads "at once" with the one above: both are called at the same time.

    Not where the arrow says that nobody answered: then at once is how soon that one comes.
    """
    found: list[_Station] = []
    for one in stations:
        times = [span for text in one.said if text != one.who and (span := target(text, one.number)) is not None]
        waits = any(vocabulary().says(name, text) for text in one.said for name in ("unacknowledged", "unresolved"))
        if found and times and not waits and all(span.kind is DurationKind.IMMEDIATE for span in times):
            found[-1].who += f" + {one.who}"
        else:
            found.append(one)
    return found if len(found) > 1 else stations


def _call_in_turn(stations: list[_Station]) -> None:
    """Call each when whoever is above has not answered, where the first and what leads on say so.

    "First line (acknowledges in 5 min)", "no answer", "Second line (10 min)", "no answer", "Owner": at 5 and at 15 min.
    """
    spent = 0
    if not any(is_promise(text) and target(text) for text in stations[0].own):
        return
    for above, one in itertools.pairwise(stations):
        time = next((span for text in above.own if (span := target(text, above.number)) and span.seconds), None)
        silent = any(map(says_silence, one.way)) and not any(map(target, one.way))
        if time is None or time.seconds is None or not silent or any(map(is_waiting, above.own)):
            return
        spent += time.seconds
        one.after = replace(time, seconds=spent)


def _begins(first: _Station) -> bool:
    """Whether the first station of a drawing is what begins it, and nobody: "Alert fires", "Customer report"."""
    words = vocabulary()
    if "#" in first.who:
        return True
    if first.called or is_person(first.who):
        return False
    return any(words.says(name, first.who) for name in ("initial", "customers", "channel_word"))


def _is_occasion_of(first: _Station, second: _Station) -> bool:
    """Whether a station above one that is called is what happens then, and nobody: "Fault detected"."""
    told = re.search(r"[^\W\d_]{3}", first.who) is not None  # "0:30" is read elsewhere, or not at all
    return told and second.called and not first.called and not is_person(first.who) and not is_name(first.who)


def _hand_down(stations: list[_Station]) -> None:
    """Give the times that stand below the names of levels to whom they call.

    Most say when the next level follows. Where the last level has one and the first none, each says when its own level
    is called. How soon a level answers is neither; by when it is to have resolved it is, where "if unresolved" follows.
    """
    for one in stations:
        unresolved = any(vocabulary().says("unresolved", text) for text in one.below)
        bounds = [
            said for said in filter(is_promise, one.below) if unresolved and vocabulary().says("resolve_verb", said)
        ]
        ends = [text[span.start : span.end] for text in bounds for span in itertools.islice(spans(text), 1)]
        one.below = [*ends, *(text for text in one.below if not is_promise(text) and text not in bounds)]
    own = any(map(target, stations[-1].below)) and not any(map(target, stations[0].below))
    for one, following in itertools.pairwise(stations):
        heir = one if own else following
        heir.said[:0] = one.below
    if own:
        stations[-1].said[:0] = stations[-1].below


def _is_action(text: str) -> bool:
    """Whether a few words say what to do: "Restart Worker", "Open War Room", "Continue"."""
    said = words_of(text)
    return bool(said) and not small_words("look", "chore").isdisjoint((said[0], said[-1])) and not is_person(text)


_BESIDE = re.compile(r"[│|┌┐└┘├┤]")
_DOWNWARD = re.compile(r"[▼▽↓⬇→➜]|->|=>|\b[vV]\b|\d")


def _is_upside_down(block: Fence, names: list[str]) -> bool:
    """Whether whoever is called first stands lowest, as in a chart of boxes, who reports to whom, without arrows."""
    words = vocabulary()
    first = [words.says("rotation", who) and not words.says("secondary", who) for who in names]
    boxed = any("┌" in line for line in block.body)
    return boxed and first[-1] and not first[0] and not any(map(_DOWNWARD.search, block.body))


_HEAD = re.compile(r"[\s│|]*[▼▽↓⬇vV](?:\s|$)")
"""The head of an arrow that leads down to the next station."""
_NUMBERED = re.compile(r"\d{1,2}[.)]\s+")
_NAME = re.compile(r"(?:(?=[^a-z\W\d_\u3041-\U0010ffff])[^\W\d_][\w'’-]+\s?){1,3}")
"""What may be somebody's name, where a drawing says that somebody may not answer: "Ana Lopez"."""


def _is_phase(text: str) -> bool:
    found = vocabulary().phases.best(text)
    return found is not None and found.coverage >= 0.99


@pattern
def _around_time() -> str:
    return rf"^(?:\W|{any_of('after', 'beside_time', 'if')})+|[\W_]+$"


def _without_window(text: str) -> str:
    bare = text
    for span in reversed(list(spans(text))):
        bare = bare[: span.start] + " " + bare[span.end :]
    words = vocabulary()
    if words.says("unacknowledged", bare) or words.says("unresolved", bare) or bare.endswith(("?", ".")):
        return ""
    return _around_time().sub("", bare).strip()
