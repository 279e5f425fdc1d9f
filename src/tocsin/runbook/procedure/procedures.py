"""One procedure: its symptoms and its steps, from a section of the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tocsin.runbook.command.shell import SHELL_INFO
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Row, Table, Text
from tocsin.runbook.document.fencekinds import is_shell, is_text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.metadata import is_metadata
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section
from tocsin.runbook.document.timed import stretch
from tocsin.runbook.grammar import any_of, guarded, pattern, small_words
from tocsin.runbook.instructions import Effect, Procedure, ProcedureKind, Step, StepKind, Symptom
from tocsin.runbook.procedure.cases import in_case
from tocsin.runbook.procedure.cases_of_trouble import is_case_of_trouble
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.procedure.course import changes, is_way_back, undoing
from tocsin.runbook.procedure.headed import below, below_part, case_of_title, limit_above, names_a_case
from tocsin.runbook.procedure.notes import (
    gates_of,
    holds_below,
    limits_in,
    under_uses,
    uses_in,
    warnings_beside,
)
from tocsin.runbook.procedure.place import Place
from tocsin.runbook.procedure.preconditions import without_safeguard
from tocsin.runbook.procedure.provisos import (
    all_under,
    is_otherwise,
    under,
    used_when,
)
from tocsin.runbook.procedure.raised import raised_by
from tocsin.runbook.procedure.sentences import heading_steps
from tocsin.runbook.procedure.steps import as_asked, read_steps
from tocsin.runbook.procedure.ways import before_another, chooses_one, chosen_below, first_of_last, on_way, ways_below
from tocsin.runbook.scale import coded_names
from tocsin.runbook.stated import Lines
from tocsin.runbook.trouble import ends_in_failure, is_alert_name, says_what_fails, without_genre
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import is_unspaced, normal, vocabulary, words_of

_MIXED = frozenset(
    {"action", "actions", "step", "steps", "procedure", "response", "immediate action", "response action"}
)


@pattern
def _numbers() -> str:
    """ "Port 80, 8080 and 3306 are taken" is one thing."""
    return rf"\d,\s*(?:{any_of('and', 'or')}\s+)?\d"


@pattern
def _conjunction() -> str:
    return rf"^\s*(?-i:{any_of('and', 'or')})\s+"  # "OR" in capitals is of the sentence


def read_procedure(section: Section, kind: ProcedureKind, key: str) -> Procedure:
    """The procedure that a section describes with everything below it."""
    symptoms: list[Symptom] = []
    steps: list[Step] = []
    _read(section, Place("resolution"), symptoms, steps, top=True)
    named = [one for one in symptoms if one.text.strip("`") != section.title.text]
    symptoms = named or symptoms or list(_its_case(section))  # "Alert: `MillSlow`" below that title shows nothing else
    if kind is ProcedureKind.VALIDATION:
        steps = [step if step.kind is StepKind.MESSAGE else replace(step, section="verification") for step in steps]
    return Procedure(
        key=key,
        title=_called(section, kind),
        kind=kind,
        lines=section.lines,
        symptoms=tuple(symptoms),
        steps=tuple(sorted(map(without_safeguard, steps), key=lambda step: step.lines.first)),
    )


def _called(section: Section, kind: ProcedureKind) -> str:
    """The title of a procedure, with what tells it from another one of that name: "Linux (desks)", "Mill: Steps"."""
    title = without_genre(without_level(section.title.text))
    above = section.parent
    if above is None or section.level == LABEL_LEVEL:
        return title
    if section.title.qualifier and sum(one.title.text == section.title.text for one in above.children) > 1:
        return f"{title} ({section.title.qualifier})"
    if kind is ProcedureKind.INCIDENT and _is_one_of_what_fails(section, above):
        return f"{without_level(above.title.text)}: {title}"
    part = section.part
    if kind is ProcedureKind.LIBRARY and above.level > 1 and part is not None and part.kind in _SAY_NOTHING:
        whole = part.coverage >= 0.99 or (part.kind == "commands" and part.coverage >= 0.5)
        return f"{without_level(above.title.text)}: {title}" if whole else title
    return title


def _is_one_of_what_fails(section: Section, above: Section) -> bool:
    """Whether a title is the name of a thing, "Slack", and the one above it says what is wrong: "Channel cut off"."""
    title = section.title.text
    if above.level < 2 or above.about == "incidents" or section.title.prefix is not None or is_alert_name(title):
        return False
    if len(title.split()) > _LONGEST_NAME or not all(word[0].isupper() for word in title.split()):
        return False  # "Mixer loud" says it itself
    told = ends_in_failure(above.title.text) and not is_unspaced(title)
    return told and not says_what_fails(title) and not _DIGIT.search(title)


_DIGIT = re.compile(r"\d")
_LONGEST_NAME = 3
"""Words of the name of a thing."""


_SAY_NOTHING = frozenset(["commands", "resolution", "investigation"])
"""Parts of a procedure that are called alike everywhere: "Commands", "Steps", "Diagnosis"."""


def _its_case(section: Section) -> Iterator[Symptom]:
    """The line above the only steps of a procedure that says when they are needed: "If the mill stands still:"."""
    labels = section.children
    before = any(isinstance(block, ItemList | Fence | Table) for block in section.blocks)
    if len(labels) != 1 or labels[0].level != LABEL_LEVEL or before:
        return
    if is_case_of_trouble(labels[0].inline.text) or names_a_case(labels[0]):
        yield Symptom(labels[0].title.text, labels[0].inline.lines)


def without_level(title: str) -> str:
    """What an incident is called, without the level of severity before it: "P1: Mill stands", "[SEV2] Flour wet".

    >>> without_level("P1: Mill stands"), without_level("SEV2 - Critical"), without_level("P1 mill")
    ('Mill stands', 'SEV2 - Critical', 'P1 mill')
    """
    match = _LEVELLED.match(title)
    code = (match["inside"] or match["code"]) if match is not None else ""
    if match is None or coded_names(code) != (code,):
        return title
    return title if vocabulary().is_label(match["rest"].strip()) else match["rest"].strip()


_LEVELLED = re.compile(
    r"^\s*(?:[\[(](?P<inside>\w+-?\d)[\])]\s*[:–—-]?|(?P<code>\w+-?\d)\s*(?::|\s[–—-]))\s*(?P<rest>\S.*)$"
)


def read_row(table: Table, row: Row, key: str) -> Procedure | None:
    """The procedure in a row of a "Symptom | Likely cause | What to do" table."""
    if not row.cells or not row.cells[0].text:
        return None
    steps: list[Step] = []
    symptoms: list[Symptom] = []
    for head, cell in list(zip(table.header, row.cells, strict=False))[1:]:
        if vocabulary().column("severity", head.text) >= 0.5 and vocabulary().is_label(cell.text):
            continue  # "critical" is nothing to do
        case = case_in(head.text)
        if case is None and (shows_symptoms(head.text) or vocabulary().column("situation", head.text) >= 0.5):
            said = (piece.strip(" .。") for piece in re.split(r"[;；]\s*", cell.text))
            symptoms += (Symptom(one, row.lines) for one in said if one)
            continue
        cause = vocabulary().column("cause", head.text) > vocabulary().column("remedy", head.text)
        if case is None and stretch(cell.text):
            continue  # how long it takes
        if case is None and not cause and _is_beside_what_to_do(table, head.text, cell):
            beside = _beside(head.text, cell, row)
            steps += () if beside is None else (beside,)
            continue
        found = list(read_steps((Text(row.lines, cell),), Place("causes" if cause else "resolution")))
        if cause:
            found = [replace(step, kind=StepKind.REFERENCE) for step in found]
        elif not any(step.command for step in found):
            found = [replace(step, kind=StepKind.MANUAL) for step in found]
        found = undoing(found) if is_way_back(head.text) else found
        steps += [under(step, case) for step in found] if case is not None else found
    limits = [one for one in warnings_beside(table.header, row.cells) if one]
    steps = [replace(step, kind=StepKind.REFERENCE) if step.title in limits else step for step in steps]
    return Procedure(
        key=key,
        title=row.cells[0].text,
        kind=ProcedureKind.INCIDENT,
        lines=row.lines,
        symptoms=tuple(symptoms) or (Symptom(row.cells[0].text, row.lines),),
        steps=tuple(all_under(steps, *limits)),
    )


def _is_beside_what_to_do(table: Table, head: str, cell: Inline) -> bool:
    """Whether a column says who is asked, where it is seen, how long it takes: beside another one on what to do."""
    if _is_to_do(head) or cell.codes:
        return False
    return any(_is_to_do(one.text) for one in table.header[1:])


def _is_to_do(head: str) -> bool:
    words, part = vocabulary(), vocabulary().parts.best(head)
    work = part is not None and part.kind in _OF_WORK and part.coverage >= _MOSTLY
    return (
        work
        or max(words.column("remedy", head), words.column("runbook", head), words.column("actions", head)) >= _MOSTLY
    )


_OF_WORK = frozenset(["investigation", "resolution", "verification", "causes"])
_MOSTLY = 0.5


def _beside(head: str, cell: Inline, row: Row) -> Step | None:
    """What such a cell says, to be read; a time by which it is done, and whoever is called, are said elsewhere."""
    if not re.search(r"[^\W\d_]{2}", cell.text):
        return None
    return Step(
        id="",
        title=f"{head}: {cell.text}",
        kind=StepKind.REFERENCE,
        section="causes" if vocabulary().column("cause", head) else "resolution",
        lines=row.lines,
    )


def case_in(title: str) -> str | None:
    """The case that the title of a column is: "If yes", "Otherwise"; "When seen" asks for a time, and is none."""
    first = words_of(title)[:1]
    if not small_words("when_asked").isdisjoint(first):
        return None
    return condition_in(f"{title}:") or (title if is_otherwise(title) else None)


def shows_symptoms(title: str) -> bool:
    """Whether a column says how an incident shows: "Symptoms", "How it is detected"."""
    part = vocabulary().parts.best(title)
    return part is not None and part.kind == "symptoms" and part.coverage >= 0.6


def _read(section: Section, place: Place, symptoms: list[Symptom], steps: list[Step], *, top: bool = False) -> None:
    first = len(steps)
    if top:
        tables = [block for block in section.blocks if isinstance(block, Table) and _lists_symptoms(block)]
        symptoms += (symptom for table in tables for symptom in _symptoms(table))
    blocks = section.blocks
    if top and (fires := _fires_when(section)) is not None:
        symptoms.append(fires)
        blocks = blocks[1:]
    if top:
        raised = {n: shown for n, one in enumerate(blocks) if (shown := raised_by(one)) is not None}
        symptoms += raised.values()
        blocks = [one for n, one in enumerate(blocks) if n not in raised] if raised else blocks
    own = read_steps(blocks, place)
    if _is_a_label_of_what_to_do(section):
        own = map(as_asked, own)
    elif top and section.level == LABEL_LEVEL:
        own = (as_asked(step) if _begins_to_do(step.title) else step for step in own)  # "Mill slow: restart it"
    steps += (_sorted(step, place) for step in own) if top or place.section == "mixed" else own
    begins = [(len(steps), *limit) for limit in limits_in(section.blocks)]
    used = list(uses_in(section.blocks))
    ways = ways_below(section)
    above = first_of_last(section.blocks, steps, first)
    for child in section.children:
        if child.about == "links" and child.level != LABEL_LEVEL:
            steps += (step for step in read_steps(child.blocks, place) if step.command is not None)
            continue
        if (limit := limit_above(child)) is not None:
            steps[-1:] = (under(step, limit) if step.command else step for step in steps[-1:])
        if symptoms and (said := used_when(child.inline.text)) is not None:
            used.append((child.inline.lines.first, said))  # "When: after the lead agreed"
        used += gates_of(child)
        part = child.part
        whole = part is not None and part.coverage >= (0.5 if child.level == LABEL_LEVEL else 0.45)
        if part is not None and whole and part.kind == "symptoms" and (top or child.level == LABEL_LEVEL):
            if not symptoms or vocabulary().is_a("symptom", child.title.text) or _shows_more(child, symptoms):
                symptoms += read_symptoms(child)
                steps += (step for step in read_steps(_fences(child), Place("investigation")) if step.command)
                continue
            part, place = None, Place("investigation")  # how to detect it, after what it looks like
        inside = _place(child, place, part.kind if part is not None and whole else None)
        way = ways.get(child.lines.first)
        if way is not None and not way.other:
            inside = replace(inside, group=place.group, alternative=way.label)
        steps += heading_steps(child, replace(inside, group=place.group))
        begun = len(steps)
        _read(child, inside, symptoms, steps)
        steps[begun:] = in_case(steps[begun:], case_of_title(child))
        if chooses_one(child.title.raw):
            steps[begun:] = chosen_below(child, steps[begun:])
        elif way is not None:
            steps[above:begun] = before_another(steps[above:begun]) if way.other else steps[above:begun]
            steps[begun:] = on_way(steps[begun:], way)
        elif is_way_back(child.title.text):
            steps[begun:] = undoing(steps[begun:])
        above = begun
        if not has_commands(child):  # "When to use it: only with approval"
            begins += ((len(steps), *limit) for limit in limits_in(child.blocks))
    for begun, line, limit in begins:
        above = holds_below(limit, line, steps[first:])
        steps[begun:] = (
            under(step, limit) if step.lines.first > above and changes(step) else step for step in steps[begun:]
        )
    steps[first:] = under_uses(steps[first:], used)


def _fires_when(section: Section) -> Symptom | None:
    """What the first sentence below a title says of when its alert is raised: "Fires when a kiln is above 1300 °C"."""
    first = section.blocks[0] if section.blocks else None
    if not isinstance(first, Text) or first.inline.codes or len(first.inline.text) > _LONGEST_SENTENCE:
        return None
    found = _fires().search(first.inline.text)
    if found is None or (not is_unspaced(first.inline.text) and found.start() > _NEAR_THE_BEGIN):
        return None
    return Symptom(first.inline.text, first.lines) if _ONE_SENTENCE.fullmatch(first.inline.text) else None


@guarded("fires_when")
def _fires() -> str:
    return any_of("fires_when")


_NEAR_THE_BEGIN = 30
_LONGEST_SENTENCE = 300
"""Characters, of what stands before such words, and of the whole."""
_ONE_SENTENCE = re.compile(r"(?:[^.。!?]|\.(?=\S))+[.。]?")


def _shows_more(section: Section, symptoms: list[Symptom]) -> bool:
    """Whether "Detection" lists what is seen, after one line "Symptom: …", and not how to look."""
    if section.level == LABEL_LEVEL or len({one.lines for one in symptoms}) > 1 or has_commands(section):
        return False
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    told = small_words("look", "chore", "task", "imperative")
    return bool(items) and not any(word in told for item in items for word in words_of(item.inline.text)[:1])


def _is_a_label_of_what_to_do(section: Section) -> bool:
    """Whether a line says by its label that it is to be done, "**Fix:** Turn the key.", with nothing set below it."""
    if section.level != LABEL_LEVEL or section.part is None or section.part.coverage < _SURELY_TO_DO:
        return False
    told = section.part.kind in ("resolution", "verification") and not section.children
    return told and bool(section.blocks) and all(isinstance(block, Text) for block in section.blocks)


_SURELY_TO_DO = 0.9


def _fences(section: Section) -> Iterator[Block]:
    """Blocks that are marked as shell among symptoms: how to see them."""
    return (block for block in section.blocks if isinstance(block, Fence) and block.info in SHELL_INFO)


def _lists_symptoms(table: Table) -> bool:
    return len(table.header) > 1 and vocabulary().column("symptom", table.header[0].text) >= 0.9


def _place(child: Section, place: Place, kind: str | None) -> Place:
    title = child.title.text
    if kind is not None:
        name = "mixed" if normal(title).strip() in _MIXED or kind == "commands" else kind
        inside = replace(below_part(child, place), section=name)
        return inside if name != place.section or place.group is None else replace(inside, group=title)
    place = below(child, place)
    if child.about in AFTERWARDS:
        place = replace(place, section="prevention")  # "When a post-mortem is written" is about none of the steps
    group = title if place.group is None else f"{place.group}: {title}"
    return replace(place, group=group)


def _sorted(step: Step, place: Place) -> Step:
    """A step of a mixed list sorted by its verb or by what its command does: looking first, or changing something."""
    if step.section != place.section:
        return step  # it says so itself: "Verified when: …"
    looks = step.command.effect is Effect.READ_ONLY if step.command is not None else begins_with_a_look(step.title)
    section = "investigation" if looks else "resolution"
    return step if step.section == section else replace(step, section=section)


def _begins_to_do(title: str) -> bool:
    return not small_words("imperative", "look", "chore").isdisjoint(words_of(title)[:1])


def begins_with_a_look(title: str) -> bool:
    """Whether the first word of a step is one of looking: "Check the queue", "Verify recovery"."""
    first = normal(title).split()[:1]
    return bool(first) and first[0] in small_words("look")


def read_symptoms(section: Section) -> Iterator[Symptom]:
    """The symptoms below a "Symptoms" heading or label: items of lists, or the parts of a line."""
    for block in _all_blocks(section):
        yield from _symptoms(block)


_MOST_LINES = 10
"""Lines of a log excerpt that are symptoms: the first ones say what is wrong."""


def _all_blocks(section: Section) -> Iterator[Block]:
    yield from section.blocks
    for child in section.children:
        yield from _all_blocks(child)


def _symptoms(block: Block) -> Iterator[Symptom]:
    match block:
        case ItemList():
            for item in block.items:
                if item.inline.text:
                    yield Symptom(item.inline.text, Lines(item.lines.first, item.inline.lines.last))
        case Text() if not is_metadata(block.inline):
            pieces = split_clauses(block.inline)
            for n, piece in enumerate(pieces):
                if n == 0 or ":" not in piece or not _is_aside(piece):
                    yield Symptom(piece, block.lines)
        case Table():
            for row in block.rows:
                if row.cells and row.cells[0].text:
                    yield Symptom(row.cells[0].text, row.lines)
        case Quote():
            for child in block.children:
                yield from _symptoms(child)
        case Fence() if block.closed and is_text(block) and not is_shell(block):
            lines = [(n, line.strip()) for n, line in enumerate(block.body, block.first) if line.strip()]
            fields = sum(bool(_FIELD.match(line)) for _n, line in lines)
            most = 1 if len(lines) > 2 and 2 * fields >= len(lines) else _MOST_LINES  # an alert as its sender writes it
            shown = (one for one in lines[:most] if ":" not in one[1] or not _is_aside(one[1]))
            yield from (Symptom(line, Lines(n, n)) for n, line in shown)
        case _:
            pass


def _is_aside(piece: str) -> bool:
    """Whether a piece of a line is a field of its own that shows nothing: "Severity: page", "Dashboard: https://…"."""
    key = piece.partition(":")[0].strip(" *_")
    kind = vocabulary().sections.best(key)
    told = kind is not None and kind.kind in ("links", "severity", "contacts", "team") and kind.coverage >= 0.99
    return told or vocabulary().column("severity", key) >= 0.9


_FIELD = re.compile(r"[-*\s]*[A-Za-z_][\w.-]*\s*=\s*\S|[A-Z]\w+:$")
"""A field of an alert as it is sent, "instance = oven-1", or the word above some, "Labels:"."""


def split_clauses(inline: Inline) -> tuple[str, ...]:
    """A line of several symptoms or criteria taken apart at commas, not inside quotes, brackets or code.

    A sentence stays one, commas and all; three things or more of a few words each are a list with a full stop.
    """
    text = inline.text
    if (re.search(r"[.。!]\s*$", text) and not _is_list(text)) or len(text.split()) > 30:
        return (text,) if text else ()
    pieces = _at_separators(text) if _SEPARATOR.search(text) else [text]
    clean = ((_conjunction().sub("", piece) if n else piece).strip(" .") for n, piece in enumerate(pieces))
    return tuple(piece for piece in clean if piece)


def _is_list(text: str) -> bool:
    """Whether a text with a full stop at its end only names things: "Site down, data lost, payments failing."."""
    if text.count(";") > 1 and not re.search(r"[.!?:]\s", text):
        return True
    pieces = _at_separators(text.rstrip(" .")) if text.count(",") > 1 else []
    if len(pieces) < 3 or re.search(r"[.!?:;]\s", text):
        return False
    things = [thing.split() for piece in pieces for thing in _either().split(_conjunction().sub("", piece))]
    longest = max(map(len, things))
    if not all(things):
        return False
    verbs = any(_predicate().search(" ".join(thing[1:])) for thing in things)  # "failed delivery" says of what kind
    return longest <= _LONGEST_THING or (longest <= _LONGEST_NOUNS and not verbs)


@pattern
def _either() -> str:
    return rf"\s+{any_of('or')}\s+"


_LONGEST_THING = 4
"""Words. A longer piece of a line with a full stop is a part of a sentence, where it may hold a verb."""

_LONGEST_NOUNS = 8
"""Words of a piece without a verb: "failed delivery of flour with intact sacks"."""


@pattern
def _predicate() -> str:
    return any_of("predicate")


_SEPARATOR = re.compile(r"[,;·、；，•]|(?<![\u30a1-\u30ff])・|・(?![\u30a1-\u30ff])")
"""Between katakana the middle dot is inside of a name: "データ・センター"."""
_SIGN = re.compile(r"[,;·、；，•・\"“”`()（）\[\]【】]")
"""A separator, or what opens or closes something that is kept whole."""


def _at_separators(text: str) -> list[str]:
    pieces: list[str] = []
    begin = depth = 0
    quote = ""
    for sign in _SIGN.finditer(text):
        at, ch = sign.start(), sign[0]
        if quote:
            quote = "" if ch == quote else quote
        elif ch in '"“`':
            quote = {"“": "”"}.get(ch, ch)
        elif ch in "([（【":
            depth += 1
        elif ch in ")]）】":
            depth = max(0, depth - 1)
        elif depth == 0 and _SEPARATOR.match(text, at) and not _numbers().match(text, max(0, at - 1)):
            pieces.append(text[begin:at])
            begin = at + 1
    return [*pieces, text[begin:]]
