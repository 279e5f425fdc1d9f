"""What is said about one severity: criteria, duties, targets, in headings, items and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.document.blocks import Fence, Item, ItemList, Quote, Table, Text
from tocsin.runbook.document.checklist import checklist
from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.document.labels import unwrapped
from tocsin.runbook.document.outline import outline
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import every, target
from tocsin.runbook.escalation.arrows import ARROW
from tocsin.runbook.escalation.people.ours import is_no_person
from tocsin.runbook.escalation.sentences.calling import calls, without_hurry
from tocsin.runbook.escalation.titles import is_told_column, says_escalation
from tocsin.runbook.grammar import any_of, article, guarded, pattern
from tocsin.runbook.levels.bare_times import is_time_alone
from tocsin.runbook.levels.definitions import (
    before_capitals,
    clauses,
    criteria_in,
    defined_in_title,
    is_bare_time,
    is_call,
    is_called,
    orders,
    sentences,
    tells_somebody,
    told_apart,
)
from tocsin.runbook.levels.draft import Level
from tocsin.runbook.levels.labelled_clocks import clocks_in, dashed_clock
from tocsin.runbook.levels.promises import (
    KEPT,
    is_clock,
    promises_time,
    say_clocks,
    say_targets,
    tells_others,
    without_news,
)
from tocsin.runbook.levels.times_alone import is_only_time, without_time_alone
from tocsin.runbook.levels.titles import clock_named, clock_of, names_criteria, names_rhythm
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.procedure.procedures import split_clauses
from tocsin.runbook.scale import LevelName, coded_names, level_name
from tocsin.runbook.stated import Duration
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import normal, vocabulary


def read_heading(section: Section, name: LevelName, level: Level, *, criteria: bool) -> None:
    """Take what stands below a heading that names a level."""
    line, before = section.lines.first, len(level.stated)
    qualifier = section.title.qualifier
    pages = bool(qualifier) and _is_page(qualifier or "")
    if qualifier and coded_names(qualifier) == (qualifier,):
        level.aliases[qualifier] = None  # "SEV-1: Critical (P0)": the name of the level on another scale
    elif qualifier and criteria and not pages and vocabulary().is_label(level.name) and _defines(qualifier):
        level.criteria += criteria_in(plain(qualifier, line))  # "Critical (data lost, all mills stand)"
    elif qualifier and level.label is None and target(qualifier) is None and len(qualifier.split()) <= 3:
        level.label = qualifier if qualifier.casefold() != level.name.casefold() else None  # "WARNING (Warning)"
    elif qualifier and not pages:
        say_targets(qualifier, line, level, default="response")
    if name.rest:
        bare = name.rest.lstrip(" -–—:")
        say_targets(bare, line, level, default="response" if is_time_alone(bare) else None)
        if level.label is None and re.match(r"[-–—:]\s", name.rest) and target(name.rest) is None:
            level.label = name.rest.lstrip(" -–—:")  # "SEV-3 — slow, nobody is kept from working"
    if name.label and section.title.text != level.name:
        level.aliases[section.title.text] = None
    said = defined_in_title(section.title.text, name.rest) if criteria else ""
    if said and _defines(said) and not _is_page(said):
        level.titled = said
    titled = len(level.stated)
    _blocks(without_time_alone(section, level), level, criteria=criteria)
    if any(one.what == "response" and one.duration.seconds for one in level.stated[titled:]):
        # "P1 (immediate)" or "P3 - scheduled" above "Response time: 5 minutes" says the same less precisely
        kept = (one for one in level.stated[before:titled] if one.duration.seconds or one.duration.unit is not None)
        level.stated[before:titled] = list(kept)
    if pages and qualifier and level.first("response") is None and level.first("acknowledge") is None:
        say_targets(qualifier, line, level, default="response")


def _defines(qualifier: str) -> bool:
    """Whether what stands behind a level that is named by its label says what it is, and no time and no other name."""
    return target(qualifier) is None and not vocabulary().is_label(qualifier) and not coded_names(qualifier)


def _is_page(qualifier: str) -> bool:
    """Whether what stands behind a level's name says whom to wake, "(page at once)": a stated response goes before."""
    return vocabulary().says("call", qualifier) or vocabulary().says("escalate_verb", qualifier)


def _blocks(section: Section, level: Level, *, criteria: bool) -> None:
    duty = _is_duty(section)
    sure = vocabulary().is_a("criteria_label", section.title.text, 0.9)
    for block in section.blocks:
        match block:
            case ItemList():
                for item in block.items:
                    _entry(
                        item, level, criteria=criteria and not duty and not block.ordered, sure=sure
                    )  # steps are duties
            case Text() if sure and criteria and not _is_label(block.inline) and block.inline.lead is None:
                level.criteria += criteria_in(block.inline)
            case Text():
                _sentence(block.inline, level, criteria=criteria and not duty)
            case Quote():
                for one in block.children:
                    if isinstance(one, Text):
                        _sentence(one.inline, level, criteria=criteria and not duty)
            case Table() if len(block.header) == 2:
                for row in block.rows:
                    if len(row.cells) == 2:
                        _labelled(row.cells[0].text, row.cells[1].text, row.lines.first, level, criteria=criteria)
            case Fence() if (inner := checklist(block)) is not None:
                _blocks(outline(inner, block.lines.last), level, criteria=criteria and not duty)
            case _:
                pass
    for child in section.children:
        key, _, value = child.title.text.partition(":")
        if value and _labelled(key, value, child.lines.first, level, criteria=criteria):
            _blocks(child, level, criteria=criteria and not duty)
            continue
        clock = clock_named(child.title.text)
        said = [text.text for text in texts_of(child)]
        if clock is None and len(said) == 1 and _is_rhythm(child.title.text, said[0]):
            _labelled(child.title.text, said[0], child.lines.first, level, criteria=False)
            continue
        if clock is None and len(said) == 1 and vocabulary().says("other_clock", child.title.text) and target(said[0]):
            level.actions.append(f"{child.title.text}: {said[0]}")
            continue
        if clock is None:
            _blocks(child, level, criteria=criteria and not duty)
            continue
        texts = list(texts_of(child))
        own_clocks = [text for text in texts if text.labelled is not None and clock_named(text.labelled[0]) is not None]
        if not own_clocks and clock == "response" and _say_duties(texts, level):
            continue
        for text in own_clocks or texts:
            own = clock_named(text.labelled[0]) if text.labelled is not None else None
            promised = without_news(text.text) if (own or clock) == "response" else text.text
            level.state(own or clock, target(promised, text.lines.first))
            if (own or clock) == "response":
                level.actions += (f"{child.title.text}: {one}" for one in _told_beside(text.text))


def _is_rhythm(title: str, said: str) -> bool:
    """Whether all that stands below a heading is how often one is told: "Updates" above "Every 30 minutes"."""
    return names_rhythm(title, 0.4) and len(said.split()) <= _LONGEST_TIME and _rhythm(said, 0) is not None


_LONGEST_TIME = 5
"""Words, as in "once an hour until solved"."""


def texts_of(section: Section) -> Iterator[Inline]:
    """The paragraphs and list items right below a heading."""
    for block in section.blocks:
        if isinstance(block, Text):
            yield block.inline
        elif isinstance(block, ItemList):
            yield from (item.inline for item in block.items)


_LONGEST_LABEL = 3
"""Words. What is longer before a colon is a sentence of its own."""


def _is_duty(section: Section) -> bool:
    title = section.title.text
    return vocabulary().is_a("action_label", title, 0.5) or _warned().fullmatch(title.strip(" :：")) is not None


@guarded("warned_of")
def _warned() -> str:
    """A title of what is not to be done: "Do NOT"."""
    return any_of("warned_of")


def _entry(item: Item, level: Level, *, criteria: bool, sure: bool = False) -> None:
    """An item below a level: a target, a duty, or a criterion; ``sure`` below "Examples:", where none is a duty."""
    line = item.inline.lines.first
    if not item.inline.text:  # "- > 75 % of users" is a quote to Markdown
        said = [one.inline.text for one in item.children if isinstance(one, Text)]
        for quote in (one for one in item.children if isinstance(one, Quote)):
            said += [f"> {one.inline.text}" for one in quote.children if isinstance(one, Text)]
        level.criteria += said if criteria else []
        return
    if say_labelled_clocks(item.inline.text, line, level):
        return
    labelled = item.inline.labelled or dashed_clock(item.inline.text)
    if (
        labelled is None
        and not level.stated
        and len(item.inline.text) <= _LONGEST_ALONE
        and is_time_alone(item.inline.text)
    ):
        level.state("response", target(item.inline.text, line))  # "5 min" below "P1"
        return
    nested = [one for child in item.children if isinstance(child, ItemList) for one in child.items]
    opens = labelled[0] if labelled is not None and not labelled[1] else None
    if opens is None and item.inline.text.endswith((":", "：")):  # a sentence, too long for a label
        opens = item.inline.text[:-1].rstrip()
    if nested and opens is not None:
        _below_label(opens, nested, level, criteria=criteria)
        return
    if labelled is not None and _labelled(labelled[0], labelled[1], line, level, criteria=criteria):
        return
    alert = labelled is not None and any(run.text == labelled[0] for run in item.inline.codes)  # "`CpuHigh`: 5 min"
    if labelled is not None and not alert and len(labelled[1].split()) <= 4 and is_clock(labelled[1]):
        level.actions.append(item.inline.text)  # a clock that has no name here: "Time to triage: 30 minutes"
        return
    if labelled is not None and labelled[1] and _is_moment(labelled[0]):
        if vocabulary().says("acknowledge_verb", labelled[1]) and not vocabulary().says("unacknowledged", labelled[1]):
            level.state("acknowledge", target(labelled[0], line))
        level.actions.append(item.inline.text)  # "30 min: If not resolved, call the director": when to do it
        return
    if not sure and promises_time(item.inline.text) and say_targets(item.inline.text, line, level, default=None):
        return
    first = " ".join(normal(item.inline.text).split()[:2])
    duty = vocabulary().says("escalate_verb", first) or vocabulary().says("notify", first)
    if duty and not tells_somebody(item.inline.text):
        duty = not (says_what_fails(item.inline.text) or _MEASURED.search(item.inline.text))  # "Page load time > 3 s"
    duty = duty or orders(item.inline.text)
    if criteria and (sure or not duty or _thing().match(item.inline.text)):
        level.criteria.append(item.inline.text)
    else:
        level.actions.append(item.inline.text)


_MEASURED = re.compile(r"[<>≥≤]=?\s*\d|\d\s*%")
"""A value with its limit."""


@pattern
def _thing() -> str:
    """What begins with an article tells of a thing and orders nothing: "A page looks wrong"."""
    return article()


def say_named_clock(cell: Inline, level: Level) -> bool:
    """The clock of "Resolution: 4 h" or "Updates: hourly" by its label, whatever column it stands in; False without."""
    if cell.labelled is None or not (clock_of(*cell.labelled) or names_rhythm(cell.labelled[0])):
        return False
    return _labelled(*cell.labelled, cell.lines.first, level, criteria=False)


def say_labelled_clocks(text: str, line: int, level: Level) -> bool:
    """The clocks of "Response: 15 min / Updates: hourly", each by its own label; False where a part has none."""
    for key, value in (labelled := clocks_in(text, line)):
        if not _labelled(key, value, line, level, criteria=False):
            level.actions.append(f"{key}: {value}")
    return bool(labelled)


def _below_label(key: str, nested: list[Item], level: Level, *, criteria: bool) -> None:
    """What stands in a list below "**Response time:**", "Examples:", "Notify:", or below a sentence with a colon."""
    of_criteria, clock = vocabulary().is_a("criteria_label", key, 0.5), clock_named(key)
    if not (of_criteria or clock) and len(key.split()) > _LONGEST_LABEL:
        of_criteria = True
        level.criteria += [f"{key}:"] if criteria else []
    if clock == "response" and _say_duties([one.inline for one in nested if not one.inline.labelled], level):
        nested = [one for one in nested if one.inline.labelled]
    for one in nested:
        if of_criteria and criteria:
            _entry(one, level, criteria=True, sure=True)
            continue
        if of_criteria or (not clock and _is_stated(one, level)):
            continue
        text = one.inline.text
        if not _labelled(key, text, one.inline.lines.first, level, criteria=False):
            level.actions.append(f"{key}: {text}")


def _say_duties(texts: list[Inline], level: Level) -> bool:
    """What is to be done below "Response:" where an item names the clock it keeps: "Acknowledge within 15 minutes".

    The others are duties then, also the ones with a time: "Post an update within 30 minutes". False where none does.
    """
    words = vocabulary()
    promises = [
        text for text in texts if any(words.says(name, text.text) for name in KEPT) and promises_time(text.text)
    ]
    if len(texts) < 2 or not promises:
        return False
    for text in texts:
        if text not in promises or not say_clocks(text.text, text.lines.first, level):
            level.actions.append(text.text)
    return True


def _is_stated(item: Item, level: Level) -> bool:
    """Whether an item has a clock of its own, which is noted: "Response: 15 min" below "Targets:"."""
    labelled = item.inline.labelled
    if labelled is None or clock_named(labelled[0]) is None:
        return False
    return _labelled(labelled[0], labelled[1], item.inline.lines.first, level, criteria=False)


def _labelled(key: str, value: str, line: int, level: Level, *, criteria: bool) -> bool:
    words = vocabulary()
    if (what := clock_of(key, value)) is not None and what != "update":
        promised = without_news(value) if what == "response" else value
        said = what == "response" and say_clocks(promised, line, level)
        found = None if said else target(promised, line)
        if not said:
            level.state(what, found)
        if said or found is not None:
            level.actions += (f"{key}: {one}" for one in _told_beside(value))
        elif value:
            level.actions.append(f"{key}: {value}")
        return True
    if (what == "update" or names_rhythm(key, 0.4)) and (interval := _rhythm(value, line)):
        level.state("update", interval)
        return True
    if words.column("cadence", key) >= 0.9 and value:
        level.actions.append(f"{key}: {value}")  # "Update frequency: as needed" describes nothing that has happened
        return True
    if names_criteria(key):
        if criteria and value:
            level.criteria += split_clauses(plain(value, line))
        return True
    if words.is_a("action_label", key, 0.5) or words.is_a("contact_word", key, 0.99):
        level.actions.append(f"{key}: {value}" if value else key)
        return True
    return False


def _told_beside(value: str) -> Iterator[str]:
    """What a value says to do beside its time: "Page the lead. Begin within 15 minutes", "page the lead at once"."""
    return (one.rstrip(".。") for one in before_capitals().split(value) if _is_beside(one))


def _is_beside(sentence: str) -> bool:
    return target(sentence) is None or calls(without_hurry(sentence)) or tells_others(sentence)


def _rhythm(value: str, line: int) -> Duration | None:
    """How often: "every 30 minutes", "30 min"; what is due once, "immediately", "within the hour", is no rhythm."""
    if (interval := every(value, line)) is not None:
        return interval
    once = re.match(rf"(?i)\W*(?:{'|'.join(map(re.escape, vocabulary().durations['within']))})\b", value)
    found = target(value, line)
    return found if found is not None and found.seconds != 0 and once is None else None


def _sentence(inline: Inline, level: Level, *, criteria: bool) -> None:
    text = inline.text
    if inline.lines.first == inline.lines.last and say_labelled_clocks(text, inline.lines.first, level):
        return
    if _has_labels(inline):
        for line in unwrapped(inline):
            labelled = line.labelled if line.lead is not None or _is_label(line) else None
            if labelled is None or not _labelled(labelled[0], labelled[1], line.lines.first, level, criteria=criteria):
                _sentence(line, level, criteria=criteria)
        return
    told = inline.labelled if inline.lead is not None else None
    if told is None and _is_label(inline) and inline.labelled is not None:
        if not _labelled(*inline.labelled, inline.lines.first, level, criteria=criteria):
            level.actions.append(text)  # a clock that has no name here, "Workaround: 1 hour"
        return
    if told is not None and clock_named(told[0]) is not None:
        _labelled(told[0], told[1], inline.lines.first, level, criteria=criteria)
        return
    if criteria and told is None and (apart := _promises_apart(text)):
        for one in apart:
            _sentence(plain(one, inline.lines.first), level, criteria=criteria)
        return
    told_of = told is not None and vocabulary().is_a("action_label", told[0], 0.99)
    said = told[1] if told is not None and told_of else text  # "Responders: …" itself promises no response
    if promises_time(said) and say_targets(said, inline.lines.first, level, default=None):
        return
    if inline.labelled is not None and vocabulary().is_a("business_time", inline.labelled[0], 0.99):
        return  # the hours of the team, said once below all levels
    if criteria and not text.endswith((":", "：")):
        labelled = inline.labelled if inline.lead is not None else None
        if labelled is None or not _labelled(labelled[0], labelled[1], inline.lines.first, level, criteria=criteria):
            for said in told_apart(text):
                if tells_somebody(said) or orders(said):
                    level.actions.append(said)
                    continue
                level.criteria += [piece.strip() for piece in _PIECES.split(said) if piece.strip()]


def _promises_apart(text: str) -> list[str]:
    """The sentences of a paragraph of which some promise a time and others say what is the matter; else none."""
    sentences = [one.strip() for one in before_capitals().split(text) if one.strip()]
    promising = [promises_time(one) for one in sentences] if len(sentences) > 1 else []
    return sentences if any(promising) and not all(promising) else []


_PIECES = re.compile(r"[;；]\s*|(?<=。)")


def _has_labels(inline: Inline) -> bool:
    """Whether a paragraph of several lines is one fact a line: "Impact: all of it", "Response time: 5 min"."""
    if inline.lines.first == inline.lines.last:
        return False
    return inline.lead is not None or any(map(_is_label, inline.by_line))


def _is_label(line: Inline) -> bool:
    """Whether a line is a label without any mark that says what a level is, or one of its clocks, and its value."""
    if line.labelled is None or not line.labelled[1]:
        return False
    key, value = line.labelled
    first, *others = before_capitals().split(key)
    if len(before_capitals().split(value)) > 1 or (others and len(first.split()) > 1):
        return False  # "Response: 15 minutes. Resolution: 3 hours.", "All is down. Response: 5 min" are several facts
    return clock_of(key, value) is not None or names_rhythm(key) or names_criteria(key) or is_only_time(value)


def _is_moment(label: str) -> bool:
    """Whether a label is a point on a timeline and nothing else: "T+15", "0-5 min", no rhythm and no promise."""
    span = target(label)
    return span is not None and span.seconds is not None and every(label) is None and span.text == label.strip()


def _time_beside(name: LevelName, rest: str) -> str:
    """The time that is all that an item says of its level, "P1: 5 minutes", "P2 – 4 h"; else empty."""
    said = rest.strip(_SIGNS) or name.rest.strip(_SIGNS) or (name.label or "")
    return said if len(said) <= _LONGEST_ALONE and is_time_alone(said) else ""


_SIGNS = " :：–—-=→()（）.。"
_LONGEST_ALONE = 40
"""Characters."""
_DASHED = re.compile(r"^\s*[–—-]\s+(?=\S)")


def read_item(
    item: Item, name: LevelName, level: Level, where: str, *, criteria: bool, clock: str = "response"
) -> None:
    """Take what an item of a list says about the level that it begins with; ``clock`` is that of a list of targets."""
    line = item.inline.lines.first
    head, *below = unwrapped(item.inline)
    if where in ("severity", "list", "targets") and any(map(_is_label, below)):
        item, name = replace(item, inline=head), level_name(head.text, plain=True) or name
        for one in below:
            _sentence(one, level, criteria=criteria and where != "targets")
    lead = item.inline.lead
    rest = item.inline.rest if lead is not None and (not name.label or name.label in lead) else name.rest
    if lead is not None and where == "severity" and (name.label or severity_key(lead) != severity_key(name.name)):
        level.aliases[lead] = None  # "Low risk" is the level "Low"
    alone = _time_beside(name, rest)  # "P1 – 5 minutes"; the other: "**P1 – 5 minutes.** No oven works."
    if where in ("severity", "list") and (time := alone or (_time_beside(name, "") if lead is not None else "")):
        level.label = None if level.label == name.label else level.label
        level.state(clock, target(time, line) if clock else None)
        if alone:
            return
    rest = _DASHED.sub("", rest)
    rest = _in_bracket(rest, level) if criteria and where in ("severity", "list") else rest
    rest = _before_clocks(rest, line, level)
    rest = _before_arrow(rest, line, level) if where in ("severity", "list") else rest
    if where == "targets":
        say_targets(rest, line, level, default=clock)
        for nested in (
            one for child in item.children if isinstance(child, ItemList) and not rest for one in child.items
        ):
            _entry(nested, level, criteria=False)
    else:
        parts = [
            one
            for clause in clauses(rest, line)
            for one in (sentences(clause) if where == "list" else told_apart(clause))
        ]
        for clause in parts:
            if vocabulary().is_a("availability", clause, 0.9):
                continue  # "24/7": when the promise holds
            noted = _NOTED.fullmatch(clause) if criteria and where in ("severity", "list") else None
            if noted is not None and is_bare_time(noted["when"]) and target(noted["what"]) is None:
                level.criteria.append(noted["what"])
                level.state("response", target(noted["when"], line))
                continue
            last = len(parts) == 2 and clause is parts[1] and is_only_time(clause) and ">" not in clause
            if (
                last
                and where in ("severity", "list")
                and criteria
                and not (level.first(clock) or tells_somebody(clause))
            ):
                level.state(clock, target(clause, line))  # "P1: shop shut; 15 min"
                continue
            if where in ("severity", "list") and len(clause.split()) <= 4 and is_bare_time(clause):
                if _is_page(clause):
                    level.actions.append(clause)  # 全員に即時連絡: whom to tell at once is no promise to answer
                else:
                    level.state("response", target(clause, line))
                continue
            key, colon, value = clause.partition(":")
            if colon and where in ("severity", "list") and clock_named(key) is not None and target(value) is None:
                level.actions.append(clause)  # a clock that promises no time: "Resolution: when we get to it"
                continue
            calls = is_told_column(key) or says_escalation(key)
            if colon and value and calls and len(key.split()) <= _LONGEST_LABEL:
                level.actions.append(clause)  # "Page: on-call + CTO"
                continue
            calls = where != "severity" and (is_call(clause) or is_called(clause))
            told = calls or vocabulary().begins_with("notify", clause, 1) or tells_somebody(clause)
            if where in ("escalation", "heading") or told:
                level.actions.append(clause)
            elif not (promises_time(clause) and say_targets(clause, line, level, default=None)) and criteria:
                level.criteria.append(clause)
        for child in item.children:
            if isinstance(child, Text):
                _sentence(child.inline, level, criteria=False)
            elif isinstance(child, ItemList):
                for nested in child.items:
                    _entry(nested, level, criteria=criteria and where in ("severity", "list"))


def _in_bracket(rest: str, level: Level) -> str:
    """What stands behind a bracket right behind the name of a level, which says what it is: "(shop shut): 15 min"."""
    match = _BRACKET_FIRST.match(rest)
    if match is None or target(match["what"]) is not None or not promises_time(rest[match.end() :]):
        return rest
    level.criteria.append(match["what"].strip())
    return rest[match.end() :]


_BRACKET_FIRST = re.compile(r"\s*[(（](?P<what>[^()（）]{3,80})[)）]\s*[:：–—-]\s*")


def _before_clocks(rest: str, line: int, level: Level) -> str:
    """What is the matter, before the clocks in a bracket at the end: "down (response: 15 min, resolution: 4 h)"."""
    match = _BRACKETED.fullmatch(rest) if rest.endswith((")", "）", ").", "）。")) else None
    if match is None or target(match["what"]) is not None:
        return rest
    if say_labelled_clocks(match["inside"], line, level):
        return match["what"]
    promised = promises_time(match["inside"]) and say_targets(match["inside"], line, level, default=None)
    return match["what"] if promised else rest  # "down (respond within 15 minutes)"


_BRACKETED = re.compile(r"(?P<what>.+?)\s*[(（](?P<inside>[^()（）]+)[)）][.。]?", re.DOTALL)


_NOTED = re.compile(r"(?P<what>[^()（）]+?)\s*[(（](?P<when>[^()（）]+)[)）]")
"""What is the matter, and behind it when somebody looks: "slow (next business day)"."""


def _before_arrow(rest: str, line: int, level: Level) -> str:
    """What is the matter, before the one arrow of "Outage → page the lead; roll back"; what follows is to be done."""
    parts = ARROW.split(rest)
    if len(parts) != 2 or not parts[0].strip() or is_call(parts[0]) or target(parts[0]):
        return rest
    told = [one.strip(" .。") for one in re.split(r"[;；]\s*|,\s+", parts[1]) if one.strip(" .。")]
    if all(promises_time(one) for one in told):
        for one in told:
            say_targets(one, line, level, default=None)
        return parts[0]
    called = bool(told) and (vocabulary().says("call", told[0]) or is_call(parts[1]))
    if len(told) < 2 and not called and (target(parts[1], line) or not is_no_person(parts[1])):
        return rest  # "→ ticket" is done as well
    level.actions += told
    return parts[0]
