"""The outline of a document: sections with cleaned titles, bold pseudo-headings among them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from tocsin.runbook.document.blocks import Block, Fence, Heading, Item, ItemList, Quote, Rule, Table, Text
from tocsin.runbook.document.checklist import told
from tocsin.runbook.document.inline import Inline, Run
from tocsin.runbook.document.remembered import remembered
from tocsin.runbook.grammar import any_of, article, ending, pattern
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import Match, vocabulary

AFTERWARDS = frozenset(["postmortem", "phase:post_incident"])
"""What the chapters are about that say what is done once an incident is over."""

LABEL_LEVEL = 7
"""The level of a section that is announced by a bold line or a line that ends in a colon."""

_NUMBER = re.compile(
    r"^(?:\d\ufe0f?\u20e3|[①-⑳]|\d{1,2}(?:-\d{1,2}){1,2}[.)、．](?!\d)|[(（](?:[A-Za-z一二三四五六七八九十]|\d{1,2})[)）]"
    r"|\d{1,2}(?:\.\d{1,2})*[.):、]?(?![\d\u3040-\u30ff\u3400-\u9fff]|[-–~〜]\d)|\d+[.):、]|[一二三四五六七八九十]+[、.．]|[A-Z][.)]|Q\d{1,2}[.:)]|[ivxIVX]+[.)])\s*(?=\S)"
)
_NUMBERED_LINE = re.compile(r"^\d{1,2}\.\d{1,2}\.?\s+[^\W\d]")
"""A heading of a plain text that was pasted: "3.1 Detection (first 10 minutes)" on a line of its own."""
_DECORATION = re.compile(r"^[^\w\[(（<`\"'“«#$/{]+")
_BETWEEN = re.compile(r"\s+[–—|-]\s+|[:：]\s+")
_QUALIFIER = re.compile(r"\s*[(（](?P<inside>[^()（）]*)[)）]\s*$")
_CODED = re.compile(
    r"^(?P<prefix>(?!SEV|STEP|PRIO|LEVEL|PHASE|TIER)[A-Z]{2,8}-\d{1,4}|[A-Z]-\d{1,3}(?=[.．]\s))\s*(?:[:：–—]|[-.．](?=\s))\s*(?P<rest>\S.*)$"
)
_PREFIXED = re.compile(
    r"^(?P<prefix>[^\d:：]{2,24}?)\s*(?:#?\d*\s*[:：]|#?(?:\d{1,3}(?:[.-]?[A-Z\d]{1,2}\b)?|\b[A-Z])\s*[:：.)]?\s*[–—-]\s"
    r"|\b[A-Z]\s*[:：]|#?\d{1,3}\s*[.)]\s|[一二三四五六七八九十]{1,3}\s*[:：])\s*(?P<rest>\S.*)$"
)
_MAY_BE_PREFIXED = re.compile(r"[:：–—\d-]")
"""One of these stands behind every prefix."""


@pattern
def _counted() -> str:
    return rf"^(?P<word>{ending('counted')})\s*\d+\s*[:：.)–—-]?\s*(?=\S)"


@pattern
def _chapter() -> str:
    """The number of a chapter with the words around it, as in 第三章."""
    number = r"[\d一二三四五六七八九十]{1,3}"
    return rf"^{ending('ordinal')}{number}{ending('chapter')}(?=[\s:：、])[:：、]?\s*(?=\S)"


@pattern
def _joined() -> str:
    """Between the two subjects of one title: "Contacts and overview"."""
    return rf"\s+(?:{any_of('and')}|&|\+)\s+"


@dataclass(frozen=True, slots=True)
class Title:
    """A heading taken apart: "3. Investigation (P0/P1: < 15 minutes)" without its number and its bracket."""

    raw: str
    text: str
    qualifier: str | None = None
    prefix: str | None = None
    numbered: bool = False


@dataclass(eq=False)
class Section:
    """A heading with what stands below it. The root has level 0 and an empty title."""

    title: Title
    level: int
    lines: Lines
    inline: Inline
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    parent: Section | None = None
    _below: tuple[Section, ...] | None = None

    @remembered
    def kind(self) -> Match | None:
        """What the title announces anywhere in a document."""
        found = vocabulary().sections.best(self.title.text)
        if self.level == 1:  # "Troubleshooting guide – the shop"
            pieces = (vocabulary().sections.best(piece) for piece in _BETWEEN.split(self.title.text))
            found = max((found, *pieces), key=lambda match: match.coverage if match else 0.0)
        elif found is not None and found.kind == "overview" and found.coverage < 1:
            found = next((one for one in self.subjects if one.kind != "overview"), found)
        elif found is not None and found.kind in _HELD_IN_TEMPLATES and found.coverage < 1:
            found = _template_of(self.title.text) or found
        return found  # "Severity and definitions" is about the severity

    @remembered
    def subjects(self) -> tuple[Match, ...]:
        """What a title of several subjects announces, "Escalation and contacts", where each is all of its piece."""
        pieces = _joined().split(self.title.text)
        found = (vocabulary().sections.best(piece) for piece in pieces) if len(pieces) > 1 else ()
        return tuple(one for one in found if one is not None and one.coverage > 0.99)

    @remembered
    def phase(self) -> Match | None:
        """The phase of the response that the title announces."""
        return vocabulary().phases.best(self.title.text)

    @remembered
    def part(self) -> Match | None:
        """The part of a procedure that the title announces."""
        exactly = vocabulary().part(self.title.text) if self.level == LABEL_LEVEL else None
        return exactly or vocabulary().parts.best(self.title.text)

    @remembered
    def about(self) -> str:
        """What the section is about: a kind of the vocabulary, "phase:<key>", or "" when its title says nothing."""
        if self.level == 0:
            return ""
        kind, phase = self.kind, self.phase
        if kind is None or kind.coverage < 0.5:
            exact = vocabulary().exact.best(self.title.text)
            if exact is not None and exact.coverage == 1 and (phase is None or phase.coverage < 1):
                return exact.kind
        if kind is not None and kind.coverage >= 0.5 and (phase is None or kind.coverage >= phase.coverage):
            return "" if self.is_title and not _is_of_documents(kind) else kind.kind
        if phase is not None and phase.coverage >= 0.5 and not self.is_title:
            return f"phase:{phase.kind}"
        return ""

    @remembered
    def abouts(self) -> tuple[str, ...]:
        """What this section and the ones that it stands in are about, inside out."""
        return (self.about, *self.parent.abouts) if self.parent is not None and self.level > 0 else ()

    @remembered
    def has_prefix(self) -> bool:
        """Whether this section or one that it stands in is called "Incident: …" or "DR-003: …"."""
        if self.level == 0:
            return False
        return bool(self.title.prefix) or (self.parent is not None and self.parent.has_prefix)

    @remembered
    def is_title(self) -> bool:
        """Whether this heading names the document; where every chapter has the first level, the first one does."""
        return self.level == 1 and (self.parent is None or self.parent.first_chapter is self)

    @remembered
    def first_chapter(self) -> Section | None:
        """The first section of the first level right below."""
        return next((child for child in self.children if child.level == 1), None)

    def settle(self) -> None:
        """Keep the order of the sections, which is asked for by every reader: no section comes or goes any more."""
        self._below = tuple(self.walk())[1:]

    def walk(self) -> Iterator[Section]:
        """This section and every one below it, in the document's order."""
        return self._walk() if self._below is None else itertools.chain((self,), self._below)

    def _walk(self) -> Iterator[Section]:
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            if one.children:
                waiting += one.children[::-1]

    def let_go(self) -> None:
        """Part every section from the one above, after which a tree that nobody holds is gone at once."""
        for one in list(self.walk()):
            one.parent = one._below = None

    def path(self) -> Iterator[Section]:
        """This section, then the ones that it stands in, inside out, without the root."""
        one: Section | None = self
        while one is not None and one.level > 0:
            yield one
            one = one.parent


_HELD_IN_TEMPLATES = {"escalation": "templates", "communication": "templates", "postmortem": "postmortem_template"}


@pattern
def _of_what() -> str:
    return rf"^(?P<head>\S+)\s+{any_of('of', 'for')}\s*(?:{article()})?(?P<what>\S.*)$"


def _template_of(title: str) -> Match | None:
    """What a title is about whose first word is the noun, "Plantilla de escalado": a template, and no escalation."""
    match = _of_what().match(title)
    head = vocabulary().sections.best(match["head"]) if match is not None else None
    if match is None or head is None or head.kind != "templates" or head.coverage < 1:
        return None
    what = vocabulary().sections.best(match["what"])
    return Match(_HELD_IN_TEMPLATES.get(what.kind if what else "", "templates"), head.phrase, 1.0)


def _is_of_documents(kind: Match) -> bool:
    """Whether a whole document can be of that kind: "Communication templates" can, a "Runbook template" is none."""
    several = " " in kind.phrase or not kind.phrase.isascii()
    return kind.kind == "incidents" or (kind.kind == "templates" and several)


def parse_title(raw: str) -> Title:
    """The parts of a heading's text.

    >>> parse_title("3. Investigation (P0/P1: < 15 minutes)").qualifier
    'P0/P1: < 15 minutes'
    >>> parse_title("Scenario 2: Disk full").text
    'Disk full'
    >>> parse_title("4-2. 印刷できない").text, parse_title("(B) Broker down").text, parse_title("第三章 告警").text
    ('印刷できない', 'Broker down', '告警')
    """
    text = raw.strip()
    while text.endswith((":", "：")):
        text = text.rstrip(":：").rstrip()
    text = _DECORATION.sub("", text, count=1).strip()
    bare = _NUMBER.sub("", text, count=1)
    bare = _counted().sub("", bare, count=1)
    bare = bare if bare.isascii() else _chapter().sub("", bare, count=1)
    numbered = bare != text
    qualifier = None
    if bare.rstrip().endswith((")", "）")) and (match := _QUALIFIER.search(bare)) and match.start() > 0:
        qualifier, bare = match["inside"].strip() or None, bare[: match.start()]
    prefix = None
    if _MAY_BE_PREFIXED.search(bare) and (
        (match := _CODED.match(bare))
        or ((match := _PREFIXED.match(bare)) and vocabulary().is_a("incident_prefix", match["prefix"], 0.9))
    ):
        prefix, bare = match["prefix"].strip(), match["rest"].strip()
    return Title(raw.strip(), bare.strip() or text, qualifier, prefix, numbered)


def _titled_in_code(inline: Inline) -> Title | None:
    """A title that names one alert or program in code behind a word for an incident: "Runbook `sieve_torn`"."""
    runs = [run for run in inline.runs if run.text.strip()]
    if len(runs) != 2 or runs[0].code or not runs[1].code:
        return None
    before = _NUMBER.sub("", _DECORATION.sub("", runs[0].text.strip(), count=1), count=1).rstrip(" :：–—-")
    named = vocabulary().is_a("incident_prefix", before, 0.9)
    return Title(inline.text.strip(), runs[1].text.strip(), None, before) if named else None


def outline(blocks: tuple[Block, ...], last_line: int) -> Section:
    """The tree of sections of a document with ``last_line`` lines."""
    root = Section(Title("", ""), 0, Lines(1, max(1, last_line)), Inline((), Lines(1, 1)))
    stack = [root]
    for block in _headed(blocks):
        if not isinstance(block, Heading):
            stack[-1].blocks.append(block)
            continue
        while len(stack) > 1 and stack[-1].level >= block.level:
            _close(stack.pop(), block.lines.first - 1)
        parent = stack[-1]
        title = _titled_in_code(block.inline) or parse_title(_uncounted(block.inline.text, parent.title.text))
        section = Section(title, block.level, Lines(block.lines.first, last_line), block.inline, parent=parent)
        parent.children.append(section)
        stack.append(section)
    sections = list(root.walk())
    named = {id(one): sum(map(_is_named, one.blocks)) for one in sections}
    for section in sections:
        beside = section.parent.children if section.parent is not None else []
        several = named[id(section)] and any(named.get(id(one), 0) > 1 for one in (section, *beside))
        _promote(section, opens=_is_named if several else _is_problem)
    for section in reversed(list(root.walk())):
        trim(section)
    return root


def _uncounted(raw: str, above: str) -> str:
    """A heading without the word by which a chapter on incidents counts it: "Pattern 1: Dough" below "Patterns"."""
    match = _COUNTED_ONE.match(raw)
    if match is None or (kind := vocabulary().sections.best(above)) is None or kind.kind != "incidents":
        return raw
    word = match["word"].casefold()
    named = any(one.casefold().removesuffix("s") == word for one in re.findall(r"\w+", above))
    return match["rest"] if named and not vocabulary().is_a("incident_prefix", word, 0.9) else raw


_COUNTED_ONE = re.compile(r"(?P<word>[^\W\d_]{3,16})\s+\d{1,2}\s*[:.–—-]\s+(?P<rest>\S.*)$")


def _headed(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks with lists of headings ("- ### Disk full") taken apart: the bullet is only an ornament there."""
    for block in blocks:
        if isinstance(block, ItemList) and all(
            item.children and not item.inline.text and isinstance(item.children[0], Heading) for item in block.items
        ):
            for item in block.items:
                yield from item.children
        else:
            yield block


def trim(section: Section) -> None:
    """End a section with its last block, not with the blank lines and rules before the next heading."""
    ends = [block.lines.last for block in section.blocks if not isinstance(block, Rule)]
    ends += [child.lines.last for child in section.children]
    if section.level > 0:
        section.lines = Lines(section.lines.first, max([section.inline.lines.last, *ends]))


def _close(section: Section, last: int) -> None:
    section.lines = Lines(section.lines.first, max(section.lines.first, last))


def _promote(section: Section, opens: Callable[[Block], bool]) -> None:
    """Turn bold lines and lines that end in a colon into sections of their own, after the section's own blocks.

    Those for which ``opens`` holds open an incident, to which the ones behind them belong.
    """
    own: list[Block] = []
    labels: list[Section] = []
    open_label: Section | None = None
    brief = False
    blocks = list(_unfolded(section.blocks, messages=section.about == "templates"))
    named = opens is _is_named or sum(map(opens, blocks)) > 1
    loosely = section.about == "incidents" and not named  # lines in bold open incidents, those in plain do not
    problem: Section | None = None
    for n, block in enumerate(blocks):
        following = blocks[n + 1] if n + 1 < len(blocks) else None
        label = _label(block, following)
        if label is not None:
            title, value, brief = label
            head = _head(block)
            starts = named and opens(block)
            if starts and value is not None:
                title, value = Title(title.raw, value.text, prefix=title.text), None
            above = section if problem is None or starts or (loosely and head.lead is not None) else problem
            open_label = Section(title, LABEL_LEVEL, block.lines, head, parent=above)
            (labels if above is section else above.children).append(open_label)
            if starts or (loosely and head.whole_strong):
                problem = open_label
            if value is not None:
                open_label.blocks.append(Text(block.lines, value))
                open_label = None
        elif isinstance(block, Rule) or (
            brief and open_label and not isinstance(block, ItemList | Fence | Table | Quote)
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


def _is_problem(block: Block) -> bool:
    """Whether a line is "Problem: gates stay shut", which opens an incident where several of them follow each other."""
    if not isinstance(block, Text) or block.inline.labelled is None or not block.inline.labelled[1]:
        return False
    return vocabulary().is_a("incident_prefix", block.inline.labelled[0], 0.99)


def _is_named(block: Block) -> bool:
    """Whether a line in bold is a heading with the word for an incident before it: "**Issue: gates stay shut**"."""
    if not isinstance(block, Text) or not block.inline.whole_strong or len(block.inline.text) > 100:
        return False
    return parse_title(block.inline.text).prefix is not None


def _unfolded(blocks: list[Block], *, messages: bool = False) -> Iterator[Block]:
    """The blocks with labels on lines of their own set free.

    "Symptoms: a" and "Fix:" on two lines are one paragraph to Markdown, and a label right below a list belongs to
    its last item; their writers meant neither. A code block among ``messages`` is one of them as a whole.
    """
    for block in blocks:
        match block:
            case Text():
                yield from _split_text(block)
            case ItemList() if sum(_is_part_line(item.inline) for item in block.items) >= 2:
                yield from _parted(block)
            case Fence() if not messages and (text := told(block)) is not None:
                yield from _unfolded(list(text))
            case Table() if (rows := _part_rows(block)) is not None:
                yield from rows
            case ItemList() if block.items and (tail := _tail_label(block.items[-1])) is not None:
                item, label = tail
                yield replace(block, items=(*block.items[:-1], item))
                yield label
            case _:
                yield block


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


def _row_line(name: Inline, said: Inline) -> Text:
    runs = (Run(name.text, name.lines.first, strong=True), Run(": ", name.lines.first), *said.runs)
    return Text(name.lines, Inline(runs, name.lines))


def _parted(block: ItemList) -> Iterator[Block]:
    """A list of "Symptoms: …" and "Fix: …" as what it stands for: parts with what is listed below them."""
    for item in block.items:
        if _is_part_line(item.inline):
            yield Text(item.inline.lines, item.inline)
            yield from item.children
        else:
            yield replace(block, lines=item.lines, items=(item,))


def _split_text(block: Text) -> Iterator[Block]:
    lines = list(block.inline.by_line)
    if len(lines) < 2:
        yield block
        return
    starts = [n for n, line in enumerate(lines) if (n == 0 and line.whole_strong) or _is_part_line(line)]
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


def _value_ends(lines: list[Inline], start: int) -> int:
    """The line behind the value of the label on line ``start``: a long value is wrapped into the next ones."""
    end = start + 1
    while lines[start].labelled and lines[start].rest and end < len(lines) and _goes_on(lines[end - 1], lines[end]):
        end += 1
    return end


def _goes_on(line: Inline, following: Inline) -> bool:
    """Whether a line was only broken because it was long: no label follows, and no new sentence on a short line."""
    if line.text.endswith((".", "!", "?", ":", "。", "：", ";")) or following.labelled or following.whole_strong:
        return False
    return following.text[:1].islower() or len(line.text) >= _WRAPPED


_WRAPPED = 60
"""Characters. A line as long as this was broken by an editor."""


def _is_wrapped(inline: Inline) -> bool:
    """Whether a text is one line to its writer, however many the document has."""
    return all(_goes_on(*pair) for pair in itertools.pairwise(inline.by_line))


def _is_only_label(line: Inline) -> bool:
    """Whether a line is a label and waits for what is below it: "Examples:"."""
    return line.labelled is not None and not line.labelled[1] and line.text.endswith((":", "："))


def _is_part_line(line: Inline) -> bool:
    """Whether a line is "Symptoms:" or "Fix: restart it": a part of a procedure before a colon."""
    labelled = line.labelled
    if labelled is None:
        return False
    part = vocabulary().part(labelled[0])
    return part is not None and part.kind in _OPENING


_OPENING = frozenset(["symptoms", "causes", "investigation", "resolution", "verification", "commands"])


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
    if len(text) > 400:
        return None
    opens = isinstance(following, ItemList | Fence | Table | Quote)
    if inline.whole_strong and len(text) <= 100 and (opens or text.endswith((":", "："))):
        return parse_title(text), None, False
    if inline.whole_strong and len(text) <= 80 and following is not None and inline.lines.first == inline.lines.last:
        return parse_title(text), None, False
    if opens and text.endswith((":", "：")) and len(text) <= 120:
        return parse_title(text), None, True
    if opens and len(text) <= 40 and (part := vocabulary().part(text)) is not None and part.kind in _OPENING:
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
