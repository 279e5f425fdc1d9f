"""The messages that a team has prepared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Table, Text
from tocsin.runbook.document.fencekinds import is_text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.document.source import repaired
from tocsin.runbook.grammar import any_of, ending
from tocsin.runbook.instructions import Phase
from tocsin.runbook.playbook import Template, TemplateField
from tocsin.runbook.scale import coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.words import vocabulary, words_of

_FIELD = re.compile(
    r"\[(?P<square>[^\[\]\n]{1,80})\](?!\()|\{\{?\s*(?P<brace>[^{}\n]{1,60}?)\s*\}?\}"
    r"|<(?P<angle>[A-Za-z][\w /_-]{1,50}|[A-Z])>|(?P<blank>_{3,})"
)


@cache
def subject_line() -> re.Pattern[str]:
    """The line of a message that holds its subject."""
    return re.compile(
        rf"^\s*(?:\*\*)?{any_of('subject')}(?:\*\*)?\s*[:：]\s*(?P<subject>.+)$", re.IGNORECASE | re.MULTILINE
    )


def read_templates(root: Section) -> tuple[Template, ...]:
    """The message templates of a document, in order. Skeletons of reports are none."""
    found: list[Template] = []
    for section in root.walk():
        inside = section.abouts
        if {"postmortem_template", "postmortem", "upkeep"} & set(inside) or _in_report(section):
            continue
        if "templates" in inside or _is_called_so(section):
            bodies = list(_bodies(section))
            for body in bodies:
                found += _templates(section, body)
            if not bodies:
                found += _told(section)
        elif {"communication", "phase:communication"} & set(inside[:2]):
            for body in _bodies(section):
                filled = fields_of(body.text) or _is_filled_in(body.text)
                if filled or _is_led_to(section, body.lines) or _is_for_somebody(section, body):
                    found += _templates(section, body)
            found += _labelled(section)
            for body in _of_columns(section):
                found += _templates(section, body)
        elif _is_posted(section):
            for body in _bodies(section):
                if _opens(body.text) or ("oncall" not in inside and _tells_how_it_stands(body.text)):
                    found += _templates(section, body)
        elif written := list(_asked_for(section)):
            for body in written:
                found += _templates(section, body)
        elif not section.about and not section.has_prefix:
            said = [_lines(block.inline) for block in section.blocks if isinstance(block, Text)]
            for body in _bodies(section):
                if fields_of(body.text) and any(map(subject_line().search, (body.text, *said))):
                    found += _templates(section, body)
    return tuple(found)


def sent_lines(root: Section, templates: Iterable[Template]) -> frozenset[int]:
    """The lines of the templates that are set off as a block: what is sent is nothing to do, and no duty to tell."""
    fenced = {block.lines for section in root.walk() for block in section.blocks if isinstance(block, Fence)}
    bodies = {one.lines for one in templates} & fenced
    return frozenset(line for lines in bodies for line in range(lines.first, lines.last + 1))


def without_sent(phases: Iterable[Phase], sent: frozenset[int]) -> Iterator[Phase]:
    """The phases without the lines of a message as steps."""
    for phase in phases:
        steps = tuple(step for step in phase.steps if step.lines.first not in sent)
        yield phase if len(steps) == len(phase.steps) else replace(phase, steps=steps)


def _is_called_so(section: Section) -> bool:
    """Whether a line says that a template follows: "Template — ovens cold:", "Ovens cold (message template):"."""
    if section.level != LABEL_LEVEL:
        return False
    pieces = (*_PIECES.split(section.title.text), section.title.qualifier or "", section.title.prefix or "")
    kinds = (vocabulary().sections.best(piece) for piece in pieces if piece)
    return any(kind is not None and kind.kind == "templates" and kind.coverage > _SURELY for kind in kinds)


_PIECES = re.compile(r"\s+[–—-]\s+|[:：]\s+")
_SURELY = 0.99


def _is_led_to(section: Section, lines: Lines) -> bool:
    """Whether a quote below a line that ends in a colon is what is said, "Post on the status page:", and no note."""
    quote = next((block for block in section.blocks if isinstance(block, Quote) and block.lines == lines), None)
    if quote is None or section.level != LABEL_LEVEL or not section.title.raw.endswith((":", "：")):
        return False
    label = _LABEL.match(_quoted(quote))
    noted = label is not None and vocabulary().is_a("remark", label["said"], _SURELY)
    return not noted and not vocabulary().says("postmortem_word", section.title.text)


def _is_for_somebody(section: Section, body: _Body) -> bool:
    """Whether a block of sentences stands below whom it is for, "External (if user-facing)": it is sent as it is."""
    if not any(isinstance(block, Fence) and block.lines == body.lines for block in section.blocks):
        return False
    told = any(vocabulary().says(name, section.title.text) for name in _AUDIENCES)
    return told and _SENTENCE_ENDS.search(body.text) is not None


_AUDIENCES = ("customers", "internal", "stakeholders", "executives")
_SENTENCE_ENDS = re.compile(r"[^\W\d_]{2}[.!](?=\s|$)|[。！]")

_LABEL = re.compile(r"\W*(?P<said>[^\W\d_]+)\s*[:：]")


def _asked_for(section: Section) -> Iterator[_Body]:
    """The texts with blanks below a sentence that says to tell somebody by them: "Inform the crew by this template"."""
    before = section.title.raw if section.level == LABEL_LEVEL else ""
    for block in section.blocks:
        if isinstance(block, Fence) and _is_to_be_sent(before):
            yield from _with_blanks(block)
        elif isinstance(block, Fence):
            yield from _messages(section, block, before)
        for item in block.items if isinstance(block, ItemList) else ():
            led = bool(item.children) and (_is_to_be_sent(item.inline.text) or _leads_to_one(item.inline.text))
            for child in item.children:
                yield from _with_blanks(child) if led else _messages(section, child, item.inline.text)
        before = _last_line(block)


def _last_line(block: Block) -> str:
    """What stands right above the next block: a paragraph, or the last item of a list."""
    match block:
        case Text():
            return block.inline.text
        case ItemList() if not block.items[-1].children:
            return block.items[-1].inline.text
        case _:
            return ""


def _messages(section: Section, block: Block, before: str) -> Iterator[_Body]:
    """A block that begins with how it stands and has blanks, below what says to tell it: "Post the final update:".

    That a shift is handed over is no message of an incident.
    """
    if not isinstance(block, Fence) or len(words_of(before)) > _LONGEST_TO_SAY or "oncall" in section.abouts:
        return
    words = vocabulary()
    if not (words.says("update_word", before) or words.says("notify", before)) or words.says("postmortem_word", before):
        return
    for one in _with_blanks(block):
        if _tells_how_it_stands(one.text):
            yield _Body(one.text, one.lines, before.strip(" :：.。*"))


def _tells_how_it_stands(text: str) -> bool:
    """Whether a text with several blanks begins with how an incident stands, or with a pictograph."""
    first = text.split("\n", 1)[0]
    stands = any(vocabulary().says(stage, first) for stage in ("initial", "update", "resolved"))
    return len(fields_of(text)) > 1 and (stands or _is_filled_in(text))


_LONGEST_TO_SAY = 12
"""Words of what says to tell something by the block below it."""


def _with_blanks(block: Block) -> Iterator[_Body]:
    """The text of a code block that has something to fill in."""
    for one in _body(block, None) if isinstance(block, Fence) else ():
        if fields_of(one.text):
            yield one


def _leads_to_one(text: str) -> bool:
    """Whether an item of a list says that a template follows it, "Use the template:", and no more."""
    if not text.rstrip().endswith((":", "：")) or len(words_of(text)) > _LONGEST_LEAD:
        return False
    kind = vocabulary().sections.best(text) or vocabulary().exact.best(text)
    elsewhere = vocabulary().says("postmortem_word", text) or _is_opened().search(text)
    return kind is not None and kind.kind == "templates" and not elsewhere


_LONGEST_LEAD = 6
"""Words of an item that only leads to what follows it."""


def _is_to_be_sent(text: str) -> bool:
    """Whether a text says that somebody is told by a template; one of a report, or of a ticket, is none."""
    words = vocabulary()
    kinds = [found.kind for word in words_of(text) if (found := words.sections.best(word)) and found.coverage >= 0.99]
    elsewhere = words.says("postmortem_word", text) or _is_opened().search(text)
    return "templates" in kinds and words.says("notify", text) and not elsewhere


@cache
def _is_opened() -> re.Pattern[str]:
    """ "Create", "open": what is filled in then is a ticket, and no message."""
    return re.compile(rf"(?<!\w){any_of('ticket')}(?!\w)", re.IGNORECASE)


_CHAT = re.compile(r"(?<![\w/])#[a-z][\w-]+|\b(?:slack|discord|mattermost)\b", re.IGNORECASE)


def _is_posted(section: Section) -> bool:
    """Whether a line before a code block says where it is posted, "In Slack #incidents:"."""
    return (
        section.level == LABEL_LEVEL
        and section.title.raw.endswith((":", "："))
        and bool(_CHAT.search(section.title.raw))
    )


@remembered_with
def _in_report(section: Section) -> bool:
    if section.level == 0:
        return False
    title = _without_count(section.title.text)
    if vocabulary().says("postmortem_word", title) and section.about != "templates":
        # A report to a German is a message to a Dutchman: "Eerste bericht".
        return not any(vocabulary().is_a(stage, title, 1.0) for stage in ("initial", "update", "resolved"))
    return section.parent is not None and _in_report(section.parent)


@dataclass(frozen=True, slots=True)
class _Body:
    """The words of a message, and what they are called where that is not the heading above."""

    text: str
    lines: Lines
    name: str | None = None


def _bodies(section: Section) -> Iterator[_Body]:
    for block in section.blocks:
        match block:
            case Fence() | Quote():
                yield from _body(block, None)
            case ItemList():
                for item in block.items:
                    name = (item.inline.lead or item.inline.text).strip(" :：*")
                    for child in item.children if 0 < len(name) <= _LONGEST_NAME else ():
                        yield from _body(child, name)
            case Table() if section.about == "templates":
                yield from _rows(block)
            case _:
                pass


_LONGEST_NAME = 60
"""Characters of what a message is called."""


def _body(block: Block, name: str | None) -> Iterator[_Body]:
    match block:
        case Fence() if block.closed and any(map(str.strip, block.body)) and is_text(block):
            yield _Body("\n".join(block.body).strip("\n"), block.lines, name)
        case Quote():
            first = block.children[0] if block.children else None
            lead = first.inline.lead if isinstance(first, Text) else None
            stages = ("initial", "update", "resolved")
            named = lead is not None and any(vocabulary().is_a(stage, lead, 0.5) for stage in stages)
            yield _Body(_quoted(block), block.lines, name or (lead if named else None))
        case _:
            pass


def _rows(table: Table) -> Iterator[_Body]:
    """The messages of a table "Stage | Message": its column of whole sentences, each named by the first cell."""
    column = vocabulary().column  # "Field | Meaning" tells of the blanks of a message
    width = min((len(row.cells) for row in table.rows), default=0)
    columns = [n for n in range(1, width) if column("criteria", table.header[n].text) < _SURELY_TOLD]
    of_messages = [n for n in columns if all(_is_long(row.cells[n].text) for row in table.rows)]
    told = [n for n in of_messages if any(_is_message(row.cells[n].text) for row in table.rows)]
    for row in table.rows if told else ():
        yield _Body(row.cells[told[0]].text.strip(_QUOTES), row.lines, row.cells[0].text)


def _of_columns(section: Section) -> Iterator[_Body]:
    """The messages of a column "Template" in a chapter on communication: whole sentences, or in quotation marks."""
    for table in section.blocks:
        titles = [cell.text for cell in table.header] if isinstance(table, Table) else []
        kinds = [vocabulary().sections.best(title) for title in titles]
        at = next((n for n, kind in enumerate(kinds) if n and kind is not None and kind.kind == "templates"), None)
        if not isinstance(table, Table) or at is None:
            continue
        for row in table.rows:
            text = row.cells[at].text if at < len(row.cells) else ""
            if _is_long(text) and (text[0] in _QUOTES or _is_message(text)):
                yield _Body(text.strip(_QUOTES), row.lines, f"{section.title.text}: {row.cells[0].text}")


_SURELY_TOLD = 0.9
_QUOTES = '"“”„«»「」'


def _told(section: Section) -> Iterator[Template]:
    """Messages in plain text: below a subject, after a name, in quotation marks, or with blanks to fill."""
    if any(True for child in section.children if child.level == LABEL_LEVEL for _body in _bodies(child)):
        return
    texts = [block for block in section.blocks if isinstance(block, Text)]
    whole = "\n\n".join(_lines(block.inline) for block in texts)
    told = bool(texts) and section.about != "templates" and (_is_message(whole) or _is_form(whole))
    if texts and (subject_line().search(whole) or told):
        yield _template(section.title.text, section, whole, Lines(texts[0].lines.first, texts[-1].lines.last))
        return
    for inline, lines in _named(section):
        if inline.labelled is not None and _is_long(inline.labelled[1]):
            name, text = inline.labelled
            yield _template(name, section, text.strip(_QUOTES), lines)


def _labelled(section: Section) -> Iterator[Template]:
    """Messages that a chapter on communication calls so: "Template: "We are looking into {what}."."""
    for inline, lines in _named(section):
        name, text = inline.labelled or ("", "")
        kind = vocabulary().sections.best(name)
        quoted = text.lstrip()[:1] in _QUOTES and text.rstrip(" .。")[-1:] in _QUOTES
        told = quoted or (kind is not None and kind.kind == "templates")
        if told and _is_long(text) and _is_message(text):
            called = section.title.text if kind is not None and kind.kind == "templates" else name
            yield _template(called, section, text.strip(_QUOTES), lines)


def _named(section: Section) -> Iterator[tuple[Inline, Lines]]:
    """Texts that may have a name before them: items of lists and paragraphs that begin in bold."""
    for block in section.blocks:
        match block:
            case ItemList():
                yield from ((item.inline, item.lines) for item in block.items if not item.children)
            case Text():
                for line in block.inline.by_line:
                    if line.lead is not None or (line.labelled is not None and _is_message(line.labelled[1])):
                        yield line, line.lines
            case _:
                pass


def _is_long(text: str) -> bool:
    """Whether a text is long enough for a message; a short sentence is, with a blank: "Mill runs since [time]."."""
    words = len(text.split())
    sentence = words >= 4 and text.rstrip(_QUOTES)[-1:] in _ENDS and bool(fields_of(text))
    return words >= 6 or sentence or len(re.findall(r"[\u2e80-\U0010ffff]", text)) >= 12


_ENDS = (".", "!", "。", "！")


def _is_message(text: str) -> bool:
    return bool(fields_of(text)) or text.lstrip()[:1] in '"“„«「'


def _is_form(text: str) -> bool:
    """Whether every line of a text is a name with nothing behind it yet, "Impact:", "Next update:"; three or more."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return len(lines) > 2 and all(line.endswith((":", "：")) and len(line.split()) <= 6 for line in lines)


def _lines(inline: Inline) -> str:
    return "\n".join(line.text for line in inline.by_line)


def _quoted(quote: Quote) -> str:
    parts = []
    for child in quote.children:
        if isinstance(child, Text):
            parts.append(_lines(child.inline))
        elif isinstance(child, Fence):
            parts.append("\n".join(child.body))
    return "\n\n".join(parts)


def _templates(section: Section, told: _Body) -> Iterator[Template]:
    """One template, or several when every paragraph of the block opens like a message of its own."""
    body, lines = told.text, told.lines
    paragraphs = [part for part in re.split(r"\n\s*\n", body) if part.strip()]
    openings = [_opens(part) for part in paragraphs]
    if section.about == "templates" and len(paragraphs) > 1 and all(openings):
        at = lines.first + 1
        for part in paragraphs:
            first = at + body[: body.index(part)].count("\n")
            yield _template(_opening_name(part), section, part, Lines(first, first + part.count("\n")))
        return
    yield _template(told.name or _without_count(section.title.text), section, body, lines)


def _without_count(title: str) -> str:
    """The name of a message without the word for all of them before it: "Template 2: Update"."""
    match = _COUNTED.match(title)
    kind = vocabulary().sections.best(match["word"]) if match is not None else None
    return match["rest"] if match is not None and kind is not None and kind.kind == "templates" else title


_COUNTED = re.compile(r"(?P<word>[^\W\d_]{2,24})\s*#?\d{1,2}\s*[:：.–—-]\s*(?P<rest>\S.*)$")


def _opens(paragraph: str) -> bool:
    """Whether a paragraph begins with a sign or a shouted word, as messages in one block do."""
    first = paragraph.lstrip().split("\n", 1)[0]
    if re.match(r"\*\*[^*:：]{1,30}[:：]\s*\*\*|\*\*[^*:：]{1,30}\*\*\s*[:：]", first):
        return False  # "**Status:** …" is a line of the message above it
    return bool(re.match(r"^(?:[^\w\s\[(<{\"'“-]|\[[A-Z]{4,}\]|[A-Z\u00c0-\u00dd]{4,}\b)", first))


def _is_filled_in(body: str) -> bool:
    """Whether a text is a message with its particulars: one of its first lines begins with a pictograph, "🚨 Outage".

    Several lines that begin so are a checklist.
    """
    lines = [line.strip() for line in body.split("\n")]
    marked = [
        n for n, line in enumerate(lines) if line and ord(line[0]) >= 0x2600 and unicodedata.category(line[0]) == "So"
    ]
    return len(marked) == 1 and marked[0] < 4


def _opening_name(paragraph: str) -> str:
    first = repaired(paragraph.lstrip().split("\n", 1)[0])
    words = re.findall(r"[^\W\d_]{3,}", first)
    return words[0].capitalize() if words else "Message"


def _template(name: str, section: Section, body: str, lines: Lines) -> Template:
    text = repaired(body)
    above = section.parent
    if (
        above is not None
        and section.level == LABEL_LEVEL
        and vocabulary().is_a("message_body", section.title.text, 0.99)
    ):
        name = above.title.text  # "Subject: …" and "Content:" are the parts of one message
        told = "\n".join(_lines(block.inline) for block in above.blocks if isinstance(block, Text))
        text = f"{match[0]}\n{text}" if (match := subject_line().search(told)) else text
    subject = subject_line().search(text)
    if subject is not None:
        text = (text[: subject.start()] + text[subject.end() :]).strip("\n")
    said = subject["subject"].strip() if subject else None
    audience = _audience(section, name, text, said)
    return Template(
        name=name,
        key=_key(name, text, audience),
        audience=audience,
        body=text,
        lines=lines,
        subject=said,
        fields=fields_of("\n".join(part for part in (said, text) if part)),
    )


def fields_of(text: str) -> tuple[TemplateField, ...]:
    """The blanks of a text, each once, in order; "[Investigating/Resolved]" lists its values."""
    found: dict[str, TemplateField] = {}
    for match in _FIELD.finditer(text):
        name = match["square"] or match["brace"] or match["angle"]
        if name is None:
            before = re.search(r"([^\n:：]{2,40})[:：]\s*$", text[: match.start()])
            name = before[1].strip(" -*") if before else "blank"
        if match["angle"] is None and name in ("x", "X", " "):
            continue
        raw = match[0]
        choices = tuple(part.strip() for part in name.split("/")) if _is_choice(name) else ()
        found.setdefault(raw if match["blank"] is None else f"{raw}{name}", TemplateField(name.strip(), raw, choices))
    return tuple(found.values())


def _is_choice(name: str) -> bool:
    parts = name.split("/")
    return len(parts) > 1 and all(re.fullmatch(rf"[^\W\d_]+{ending('ending')}", part.strip()) for part in parts)


def _audience(section: Section, name: str, text: str, subject: str | None) -> str:
    words = vocabulary()
    path = " ".join(one.title.text for one in section.path() if one.about != "templates" or one is section)
    for audience in ("support", "customers", "executives", "stakeholders", "internal"):
        if words.says(audience, f"{name} {path}"):
            return audience
    greeted = "\n".join(text.split("\n")[:2])
    if subject is not None and coded_names(subject):
        return "internal"  # "[P1] Mill down": no customer is told how a team grades what went wrong
    if words.says("customers", greeted) or (subject is not None and words.says("customers", text)):
        return "customers"
    return "internal"


def _key(name: str, text: str, audience: str) -> str:
    words = vocabulary()
    moment = next(
        (key for key in ("resolved", "update", "initial") if words.says(key, name)),
        next((key for key in ("resolved", "update", "initial") if words.says(key, text.split("\n", 1)[0])), None),
    )
    if moment is None:
        return "other"
    if audience == "customers":
        return f"customer_{moment}"
    return moment
