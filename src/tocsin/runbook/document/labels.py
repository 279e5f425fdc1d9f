"""Lines that head what follows without being headings: in bold, or with a colon at their end."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Quote, Rule, Table, Text
from tocsin.runbook.document.checklist import told
from tocsin.runbook.document.fields import fields
from tocsin.runbook.document.inline import Inline, Run
from tocsin.runbook.document.metadata import is_particular
from tocsin.runbook.document.sections import LABEL_LEVEL, Section, Title, parse_title
from tocsin.runbook.document.timed import stretch
from tocsin.runbook.durations import target
from tocsin.runbook.grammar import BRACKET
from tocsin.runbook.scale import coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.wording import condition_in, is_bare_or
from tocsin.runbook.words import normal, vocabulary

_NUMBERED_LINE = re.compile(r"^\d{1,2}\.\d{1,2}\.?\s+[^\W\d]")
"""A heading of a plain text that was pasted: "3.1 Detection (first 10 minutes)" on a line of its own."""


def promote(section: Section, opens: Callable[[Block], bool]) -> None:
    """Turn bold lines and lines that end in a colon into sections of their own, after the section's own blocks.

    Those for which ``opens`` holds open an incident, to which the ones behind them belong.
    """
    own: list[Block] = []
    labels: list[Section] = []
    open_label: Section | None = None
    brief = case = False
    abouts = frozenset(section.abouts)
    faults = abouts.isdisjoint(_WITHOUT_FAULTS)
    parts = abouts.isdisjoint(_OF_REPORTS)
    told = _lines_with_colons(section.blocks) if faults else section.blocks
    blocks = list(_unfolded(told, messages="templates" in abouts, faults=faults, parts=parts))
    by_name = opens is is_named
    opens = _by_its_word(opens, blocks)
    named = opens is is_named or sum(map(opens, blocks)) > 1
    if not by_name and faults and parts and (heads := _heads_of_parts(blocks)):
        opens, named = (lambda block: block.lines in heads), True
    loosely = section.about == "incidents" and not named  # lines in bold open incidents, those in plain do not
    others = loosely and _titles_beside_parts(blocks)
    problem: Section | None = None
    for n, block in enumerate(blocks):
        following = blocks[n + 1] if n + 1 < len(blocks) else None
        label = None if loosely and _runs_in(block) else _label(block, following)
        if label is not None and label[2] and case and open_label is not None and not _announces_more(block):
            label = None  # "Clean up:" below "**If the disk is full**" is of that case
        if label is not None:
            title, value, brief = label
            head = _head(block)
            starts = named and opens(block)
            if starts and value is not None:
                title, value = Title(title.raw, value.text, prefix=title.text), None
            titled = loosely and not (others and _names_part(head))
            above = section if problem is None or starts or (titled and head.lead is not None) else problem
            open_label = Section(title, LABEL_LEVEL, block.lines, head, parent=above)
            (labels if above is section else above.children).append(open_label)
            if starts or (titled and head.whole_strong):
                problem = open_label
            case = head.whole_strong and value is None and _is_a_case(title.text)
            if value is not None:
                open_label.blocks.append(Text(block.lines, value))
                open_label = None
        elif isinstance(block, Rule) or (
            brief and open_label and not isinstance(block, ItemList | Fence | Table | Quote) and not _parts_ways(block)
        ):
            open_label = None
            problem = None if isinstance(block, Rule) else problem
            (own if problem is None else problem.blocks).append(block)
        elif open_label is not None:
            open_label.blocks.append(block)
            open_label.lines = Lines(open_label.lines.first, block.lines.last)
        else:
            (own if problem is None else problem.blocks).append(block)
    section.blocks = own
    section.children[:0] = labels


_WITHOUT_FAULTS = frozenset(
    ["escalation", "when_to_escalate", "contacts", "vendors", "postmortem", "postmortem_template"]
)
"""Chapters in which a list that begins with "When: …" or "Symptoms: …" tells of no one fault."""

_OF_REPORTS = frozenset(["postmortem", "postmortem_template"])
"""Chapters in which the items and rows "Impact", "Root cause" are parts of a report, among others."""


def _parts_ways(block: Block) -> bool:
    """Whether a line between two blocks of code says "or": both are of the label above."""
    return isinstance(block, Text) and is_bare_or(block.inline.text)


def _is_a_case(title: str) -> bool:
    """Whether a line in bold says when what is below it is done: "If the hopper is full"."""
    said = condition_in(f"{title}:")
    return said is not None and title.startswith(said)


def _announces_more(block: Block) -> bool:
    """Whether a line with a colon is of more than the case above it: "Prevention:", or another case."""
    text = block.inline.text.rstrip(":： ") if isinstance(block, Text) else ""
    return vocabulary().part(text) is not None or _announces(text) or condition_in(f"{text}:") is not None


def _runs_in(block: Block) -> bool:
    """Whether a sentence in bold begins a line and runs into what to do: "**Gates stay shut.** Restart them:"."""
    if not isinstance(block, Text) or block.inline.whole_strong:
        return False
    return (block.inline.lead or "").endswith(_SENTENCE_ENDS) and bool(block.inline.rest)


def _by_its_word(opens: Callable[[Block], bool], blocks: list[Block]) -> Callable[[Block], bool]:
    """What opens an incident where several labels could, "Problem: gates stay shut" and "Symptom: a queue": the first.

    It has to be there as often as the others: "Error: …" once above "Alert: …" and "Alert: …" opens none of those.
    """
    if opens is not is_problem:
        return opens
    words = [_label_of(block) for block in blocks if opens(block)]
    if len(set(words)) < 2 or words.count(words[0]) < max(2, len(words) // len(set(words))):
        return opens
    return lambda block: opens(block) and _label_of(block) == words[0]


def _label_of(block: Block) -> str:
    assert isinstance(block, Text)
    assert block.inline.labelled is not None
    return normal(block.inline.labelled[0])


def _titles_beside_parts(blocks: list[Block]) -> bool:
    """Whether the first line in bold is the title of an incident, and others name parts: "**Oven cold**", "**Fix**"."""
    bold = [block.inline for block in blocks if isinstance(block, Text) and block.inline.whole_strong]
    return len(bold) > 1 and not _names_part(bold[0]) and any(map(_names_part, bold))


def _heads_of_parts(blocks: list[Block]) -> set[Lines]:
    """Where lines in bold stand that are no parts, each right above "Symptom: …" with more parts: two or more cards."""
    heads: dict[Lines, set[str]] = {}
    last: Lines | None = None
    for block, following in itertools.pairwise([*blocks, Rule(Lines(1, 1))]):
        if not isinstance(block, Text):
            continue
        part = _part_of(block.inline)
        if part is not None and last is not None:
            heads[last].add(part)
        elif block.inline.whole_strong and isinstance(following, Text) and _part_of(following.inline) == "symptoms":
            last = block.lines
            heads[last] = set()
        elif block.inline.whole_strong:
            last = None
    return set(heads) if len(heads) > 1 and all("symptoms" in one and len(one) > 1 for one in heads.values()) else set()


def _part_of(line: Inline) -> str | None:
    """The part of a procedure that a line names before its colon, or is called: "Symptoms: …", "**Symptoms**"."""
    label = line.labelled[0] if line.labelled is not None else line.text if line.whole_strong else ""
    part = vocabulary().part(label) if label and len(label) <= _LONGEST_PART else None
    return part.kind if part is not None and part.kind in _OPENING else None


def is_problem(block: Block) -> bool:
    """Whether a line is "Problem: gates stay shut", which opens an incident where several of them follow each other."""
    if not isinstance(block, Text) or block.inline.labelled is None or not block.inline.labelled[1]:
        return False
    return vocabulary().is_a("incident_prefix", block.inline.labelled[0], 0.99)


def is_named(block: Block) -> bool:
    """Whether a line in bold is a heading with the word for an incident before it: "**Issue: gates stay shut**"."""
    if not isinstance(block, Text) or not block.inline.whole_strong or len(block.inline.text) > 100:
        return False
    return parse_title(block.inline.text).prefix is not None


def _unfolded(
    blocks: list[Block], *, messages: bool = False, faults: bool = False, parts: bool = True
) -> Iterator[Block]:
    """The blocks with labels on lines of their own set free.

    "Symptoms: a" and "Fix:" on two lines are one paragraph to Markdown, and a label right below a list belongs to
    its last item; their writers meant neither. A code block among ``messages`` is one of them as a whole. ``faults``:
    whether a list may tell of one; ``parts``: whether its items, or the rows of a table, may be parts of one.
    """
    for block in blocks:
        if faults and isinstance(block, ItemList):
            block = _with_colons(block)
        match block:
            case Text():
                yield from _split_text(block)
            case ItemList() if parts and (_names_parts(block) or (faults and _begins_with_a_sign(block))):
                yield from _parted(block)
            case Quote() if quotes_parts(block):
                yield from _unfolded(list(block.children), messages=messages, faults=faults, parts=parts)
            case Fence() if not messages and (text := told(block)) is not None:
                yield from _unfolded(list(text))
            case Table() if parts and (rows := _part_rows(block)) is not None:
                yield from rows
            case Table() if (signed := _with_a_sign(block, faults=faults)) is not None:
                yield from signed
            case ItemList() if block.items and (tail := _tail_label(block.items[-1])) is not None:
                item, label = tail
                yield replace(block, items=(*block.items[:-1], item))
                yield label
            case _:
                yield block


def quotes_parts(block: Quote) -> bool:
    """Whether two lines of a quote are called parts of one procedure, each on its own or below each other."""
    lines = (line for one in block.children if isinstance(one, Text) for line in one.inline.by_line)
    return sum(map(_names_part, lines)) >= 2


def _names_parts(block: ItemList) -> bool:
    """Whether two items are called parts of one procedure, "Symptoms: …" and "Fix: …".

    Numbered lines, "2. **Contain** the leak", are taken apart only where each of them is a part or one says what
    shows: the others would be read before them or behind them.
    """
    parts = [_is_part_line(item.inline) or _heads_a_part(item) for item in block.items]
    if block.ordered and not all(parts) and not any(item.children for item in block.items):
        return sum(parts) >= 2 and any(_shows(item.inline.labelled[0]) for item in block.items if item.inline.labelled)
    return sum(parts) >= 2


def _heads_a_part(item: Item) -> bool:
    """Whether an item is nothing but the name of a part, with what it holds nested below: "Symptoms"."""
    if not item.children or len(item.inline.text) > _LONGEST_PART or not isinstance(item.children[0], ItemList | Fence):
        return False
    part = vocabulary().part(item.inline.text)
    return part is not None and part.kind in _OPENING


_LONGEST_PART = 40
"""Characters."""


def _begins_with_a_sign(block: ItemList) -> bool:
    """Whether the first item says what shows, "Symptom: gates stay shut", whatever those below it are called.

    "Severity: P1" and the like may stand above it.
    """
    above = list(itertools.takewhile(_is_above_a_sign, block.items))
    items = block.items[len(above) :]
    label, value = items[0].inline.labelled or ("", "") if items else ("", "")
    if not value or len(block.items) < 2 or not _shows(label) or not _is_part_line(items[0].inline):
        return False
    return not any(_is_promise(item.inline) for item in items[1:])


def _is_above_a_sign(item: Item) -> bool:
    return not item.children and is_particular(item.inline)


def _with_colons(block: ItemList) -> ItemList:
    """A list whose items set the parts of a procedure off by a dash or an arrow, "Fix – restart it", as by a colon."""
    parts = [_part_before_a_dash(item.inline) for item in block.items]
    signed = bool(parts) and parts[0] is not None and _shows(parts[0].text)
    if sum(one is not None for one in parts) < 2 and not signed:
        return block
    items = (
        item if part is None else replace(item, inline=_row_line(part, item.inline.after(part.text)).inline)
        for item, part in zip(block.items, parts, strict=True)
    )
    return replace(block, items=tuple(items))


def _lines_with_colons(blocks: list[Block]) -> list[Block]:
    """The same for the lines of paragraphs, where two of them begin so: "Symptom – gates shut", "Fix – a reset"."""
    told = {n: [_part_before_a_dash(line) for line in block.inline.by_line] for n, block in _dashed_texts(blocks)}
    if sum(part is not None for parts in told.values() for part in parts) < 2:
        return blocks
    return [_line_with_colons(block, told[n]) if n in told else block for n, block in enumerate(blocks)]


def _dashed_texts(blocks: list[Block]) -> Iterator[tuple[int, Text]]:
    for n, block in enumerate(blocks):
        if isinstance(block, Text) and any(mark in run.text for run in block.inline.runs for mark in _DASHES):
            yield n, block


def _line_with_colons(block: Block, parts: Sequence[Inline | None]) -> Block:
    assert isinstance(block, Text)
    runs: list[Run] = []
    for line, part in zip(block.inline.by_line, parts, strict=True):
        runs += line.runs if part is None else _row_line(part, line.after(part.text)).inline.runs
    return Text(block.lines, Inline(tuple(runs), block.inline.lines))


def _part_before_a_dash(line: Inline) -> Inline | None:
    text = line.text
    dashed = any(mark in text for mark in _DASHES)
    said = _DASHED.match(text) if dashed and line.labelled is None else None
    part = vocabulary().part(said["part"]) if said is not None else None
    if said is None or part is None or part.kind not in _OPENING:
        return None
    return Inline((Run(said["part"], line.lines.first, strong=True),), line.lines)


_DASHES = (" - ", "–", "—", "→", "->")
_DASHED = re.compile(r"(?P<part>[^\W\d_][^:：`–—→]{1,40}?)\s+(?:-|–|—|→|->)\s+(?=\S)")


def _is_promise(line: Inline) -> bool:
    """Whether a line promises something by a time, "Response: 15 minutes", as those of a severity do."""
    return line.labelled is not None and _is_time(line.labelled[1])


def _part_rows(block: Table) -> list[Text] | None:
    """The lines of a table that has the parts of one procedure below each other: "Symptoms | no flour", "Fix | …"."""
    if len(block.header) != 2:
        return None
    rows = [row.cells for row in block.rows if len(row.cells) == 2]
    if vocabulary().part(block.header[0].text) is not None:
        rows.insert(0, block.header)
    kinds = {part.kind for name, _said in rows if (part := vocabulary().part(name.text)) and part.coverage >= 0.99}
    if len(kinds & _OPENING) < 2 or not kinds & {"symptoms", "resolution"}:
        return None
    return [_row_line(name, said) for name, said in rows]


def _with_a_sign(block: Table, *, faults: bool) -> tuple[Block, ...] | None:
    """The line "Symptom" of a table that tells of one alert, "Severity | P2", "Symptom | no flour", and its other rows.

    None of other tables: in a list of words "Signal" may be one of them. Where ``faults`` may be told of, a table
    without titles is one of an alert too.
    """
    if len(block.header) != 2 or _shows(block.header[0].text):
        return None
    signs = [row for row in block.rows if len(row.cells) == 2 and _shows(row.cells[0].text)]
    if len(signs) != 1 or _BLANK.match(signs[0].cells[1].text):
        return None
    of_an_alert = (vocabulary().column(name, row.cells[0].text) for row in block.rows for name in _OF_AN_ALERT)
    untitled = faults and not any(head.text for head in block.header)
    if not untitled and not any(covered >= 0.99 for covered in of_an_alert):
        return None
    others = replace(block, rows=tuple(row for row in block.rows if row is not signs[0]))
    return (_row_line(*signs[0].cells), *((others,) if others.rows else ()))


_BLANK = re.compile(r"\W*$|[\[<{_]")
"""A cell that is still to be filled in."""


_OF_AN_ALERT = ("severity", "alert", "system", "person")
"""Columns whose titles stand before the other values in the table of one alert: its severity, its owner."""


def _shows(name: str) -> bool:
    """Whether a cell is nothing but a word for what shows, "Symptoms"."""
    part = vocabulary().parts.best(name)
    return part is not None and part.kind == "symptoms" and part.coverage >= 0.99


def _row_line(name: Inline, said: Inline) -> Text:
    runs = (Run(name.text, name.lines.first, strong=True), Run(": ", name.lines.first), *said.runs)
    return Text(name.lines, Inline(runs, name.lines))


def _parted(block: ItemList) -> Iterator[Block]:
    """A list of "Symptoms: …" and "Fix: …" as what it stands for: parts with what is listed below them."""
    for item in block.items:
        if _is_part_line(item.inline) or _heads_a_part(item):
            first, *others = item.inline.by_line
            if others and _is_only_label(first):  # a term, and below it what it is
                below = tuple(run for line in others for run in line.runs)
                span = Lines(others[0].lines.first, item.inline.lines.last)
                yield from (Text(first.lines, first), Text(span, Inline(below, span)))
            else:
                yield Text(item.inline.lines, item.inline)
            yield from item.children
        else:
            yield replace(block, lines=item.lines, items=(item,))


def _split_text(block: Text) -> Iterator[Block]:
    lines = [piece for line in block.inline.by_line for piece in fields(line)]
    if len(lines) < 2:
        yield block
        return
    starts = [n for n, line in enumerate(lines) if (n == 0 and line.whole_strong) or _is_part_line(line)]
    if starts[:1] == [0] and lines[0].whole_strong and _is_severity(lines[0].text):
        starts = [0]  # "**P1**", "Symptoms: shop shut", "Response: 5 min": all of it tells of the level
    if not starts and all(line.labelled for line in lines) and _is_only_label(lines[-1]):
        starts = [len(lines) - 1]  # "Impact: all", "Response time: 5 min", "Examples:" above a list
    if not starts:
        yield block
        return
    edges = sorted({0, *starts, *(_value_ends(lines, n) for n in starts), len(lines)})
    for first, last in itertools.pairwise(edges):
        runs = tuple(run for line in lines[first:last] for run in line.runs)
        span = Lines(lines[first].lines.first, lines[last - 1].lines.last)
        yield Text(span, Inline(runs, span))


def _is_severity(text: str) -> bool:
    return bool(coded_names(text)) or vocabulary().is_label(text)


def _value_ends(lines: list[Inline], start: int) -> int:
    """The line behind the value of the label on line ``start``: a long value is wrapped into the next ones."""
    end = start + 1
    while lines[start].labelled and lines[start].rest and end < len(lines) and _is_more(lines[end - 1], lines[end]):
        end += 1
    return end


def unwrapped(inline: Inline) -> Iterator[Inline]:
    """The lines of a paragraph as they were written, those together that an editor broke."""
    runs: list[Run] = []
    last: Inline | None = None
    for line in inline.by_line:
        if last is not None and not _goes_on(last, line):
            yield Inline(tuple(runs), Lines(runs[0].line, last.lines.last))
            runs = []
        runs += line.runs
        last = line
    if last is not None:
        yield Inline(tuple(runs), Lines(runs[0].line, last.lines.last))


def _goes_on(line: Inline, following: Inline) -> bool:
    """Whether a line was only broken because it was long: no label follows, and no new sentence on a short line."""
    if line.text.endswith((".", "!", "?", ":", "。", "：", ";")) or following.labelled or following.whole_strong:
        return False
    return following.text[:1].islower() or len(line.text) >= _WRAPPED


_WRAPPED = 60
"""Characters. A line as long as this was broken by an editor."""


def _is_more(line: Inline, following: Inline) -> bool:
    """Whether a line is more of what a label says above it, "Only" and "by night, at the mill: `x`" below that.

    A line that an editor broke may end with a sentence by chance, and the next one may have a colon in it.
    """
    text = line.text
    if following.whole_strong or text.endswith((":", "：")):
        return False
    if text.count("(") > text.count(")"):
        return True
    if not _is_broken(line, following):
        return _goes_on(line, following)
    if following.labelled is None:
        return not (text.endswith(_SENTENCE_ENDS) and _says_to_run(following))
    return following.lead is None and following.text[:1].islower() and not _is_part_line(following)


def _says_to_run(line: Inline) -> bool:
    """Whether a line that begins a sentence has code of several words in it: "Restart it: `docker restart oven`"."""
    return line.text[:1].isupper() and any(run.code and " " in run.text.strip() for run in line.runs)


_SENTENCE_ENDS = (".", "!", "?", "。", "！", "？")


def _is_broken(line: Inline, following: Inline) -> bool:
    """Whether an editor broke a line because it was long, or what follows was: `` `a long name in code` ``."""
    first = following.runs[0] if following.runs else None
    begins = first.text if first is not None and first.code else following.text.partition(" ")[0]
    return len(line.text) >= _WRAPPED or len(line.text) + len(begins) >= _FULL


_FULL = 75
"""Characters. A line that would have become as long as this was broken before what made it so."""


def _is_wrapped(inline: Inline) -> bool:
    """Whether a text is one line to its writer, however many the document has."""
    return all(_is_more(*pair) for pair in itertools.pairwise(inline.by_line))


def _is_only_label(line: Inline) -> bool:
    """Whether a line is a label and waits for what is below it: "Examples:"."""
    return line.labelled is not None and not line.labelled[1] and line.text.endswith((":", "："))


def _is_part_line(line: Inline) -> bool:
    """Whether a line is "Symptoms:" or "Fix: restart it": a part of a procedure before a colon."""
    labelled = line.labelled
    if labelled is None:
        return False
    part = vocabulary().part(labelled[0])
    return part is not None and part.kind in _OPENING and not _is_time(labelled[1])


def _is_time(value: str) -> bool:
    """Whether a value is a time and nothing else, or begins with one: "Response: 15 minutes | Fix: 4 hours" are
    promises, and "Detect (0-5 min): answer the page" is a phase, and no part of a procedure."""
    if (boxed := BRACKET.match(value)) is not None and stretch(boxed["inside"]):
        return True
    first = _MARK.split(value, maxsplit=1)[0].strip().rstrip(".。")
    span = target(first) if first and len(first.split()) <= _LONGEST_TIME else None
    return span is not None and span.text == first


_MARK = re.compile(r"\s*[|,;·，；、]\s*|\s+/\s+")


_LONGEST_TIME = 5
"""Words."""


def _names_part(inline: Inline) -> bool:
    """Whether a line names a part of a procedure, be it with what is there: "**Symptoms**", "Fix: restart it"."""
    part = vocabulary().part(inline.text) if inline.whole_strong else None
    return _is_part_line(inline) or (part is not None and part.kind in _OPENING)


_OPENING = frozenset(["symptoms", "causes", "investigation", "resolution", "verification", "commands"])
_ABOVE_A_LIST = _OPENING | {"prevention", "escalation"}


def _tail_label(item: Item) -> tuple[Item, Text] | None:
    """An item without the label that hangs on its last line, and the label."""
    lines = list(item.inline.by_line)
    if len(lines) < 2 or item.children or not lines[-1].text.endswith((":", "：")) or not _is_part_line(lines[-1]):
        return None
    runs = tuple(run for line in lines[:-1] for run in line.runs)
    span = Lines(item.lines.first, lines[-2].lines.last)
    return Item(span, Inline(runs, Lines(item.inline.lines.first, span.last))), Text(lines[-1].lines, lines[-1])


def _label(block: Block, following: Block | None) -> tuple[Title, Inline | None, bool] | None:
    """(title, value on the same line, whether it rules over the next lists only) of a pseudo-heading."""
    if not isinstance(block, Text):
        return None
    inline = block.inline
    text = inline.text
    if len(text) > _LONGEST_TOLD:
        return None
    opens = isinstance(following, ItemList | Fence | Table | Quote)
    if inline.whole_strong and len(text) <= 100 and (opens or text.endswith((":", "："))):
        return parse_title(text), None, False
    if inline.whole_strong and len(text) <= 80 and following is not None and inline.lines.first == inline.lines.last:
        return parse_title(text), None, False
    if opens and text.endswith((":", "：")) and len(text) <= 120:
        return parse_title(text), None, True
    if opens and len(text) <= 40 and (part := vocabulary().part(text)) is not None and part.kind in _ABOVE_A_LIST:
        return parse_title(text), None, False
    lead = inline.lead
    alone = inline.lines.first == inline.lines.last
    if opens and alone and len(text) <= 40 and text[-1:] not in ".!?;,。" and _announces(text):
        return parse_title(text), None, True
    wrapped = alone or _is_wrapped(inline)
    if alone and following is not None and len(text) <= 80 and _NUMBERED_LINE.match(text) and text[-1] not in ".,;。":
        return parse_title(text), None, False
    if lead is not None and inline.rest and wrapped and vocabulary().part(lead) is not None:
        return parse_title(lead), _value(inline), False
    if lead is None and wrapped and inline.labelled and inline.labelled[1] and _is_part_line(inline):
        key, _said = inline.labelled
        return parse_title(key), inline.after(key), False
    return None


_LONGEST_TOLD = 2000
"""Characters that a label and what it says on the same line may have: "What it means:" over a whole paragraph."""


def _announces(text: str) -> bool:
    """Whether a line is nothing but what a chapter is called: "Severity levels" above a list, in a plain paragraph."""
    words = vocabulary()
    found = (lexicon.best(text) for lexicon in (words.sections, words.exact))
    return any(one is not None and one.coverage == 1 for one in found)


def _head(block: Block) -> Inline:
    assert isinstance(block, Text)
    return block.inline


def _value(inline: Inline) -> Inline:
    """What follows the bold lead, with its marks."""
    runs = list(itertools.dropwhile(lambda run: run.strong or not run.text.strip(), inline.runs))
    if runs:
        first = runs[0]
        runs[0] = Run(re.sub(r"^\s*[:：–—-]\s*", "", first.text), first.line, first.code, href=first.href)
    return Inline(tuple(runs), inline.lines)
