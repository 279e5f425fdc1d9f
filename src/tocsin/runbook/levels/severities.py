"""Finding the severity scale: in lists, in headings, in tables, in a sentence."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tocsin.runbook.document.blocks import Fence, Item, ItemList, Row, Table, Text
from tocsin.runbook.document.fencekinds import is_shell
from tocsin.runbook.document.inline import Inline, plain
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section
from tocsin.runbook.document.turned import turned, untitled
from tocsin.runbook.durations import target
from tocsin.runbook.escalation.tables.grids import text_table
from tocsin.runbook.escalation.tables.people_grids import is_people_grid, promises
from tocsin.runbook.escalation.tables.tiers import are_tiers
from tocsin.runbook.levels.answering import read_clocks
from tocsin.runbook.levels.apart import read_apart
from tocsin.runbook.levels.draft import Draft, Level
from tocsin.runbook.levels.facts import read_heading, read_item, texts_of
from tocsin.runbook.levels.grades_of_work import is_of_work, names_work
from tocsin.runbook.levels.in_prose import read_declared_levels, read_told_levels
from tocsin.runbook.levels.items import PLAIN, drawn, heading_name, heading_names, item_name, lists_of, of_a_scale
from tocsin.runbook.levels.only_named import read_named
from tocsin.runbook.levels.sentences import read_promised_levels, read_promises
from tocsin.runbook.levels.tables import (
    defines_levels,
    is_scale,
    level_of,
    matrix_levels,
    read_table,
    titled_by_a_level,
)
from tocsin.runbook.levels.titles import clock_named
from tocsin.runbook.levels.treated import read_treated
from tocsin.runbook.levels.unnamed_times import speaks_of_answering, without_unnamed_times
from tocsin.runbook.playbook import Severity, severity_key
from tocsin.runbook.procedure.below_titles import parts_of
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.procedure.incident_tables import WORKING
from tocsin.runbook.procedure.procedures import split_clauses
from tocsin.runbook.scale import LevelName, Scale, coded_names, coded_names_of, is_tier, level_name
from tocsin.runbook.telling import is_of_telling
from tocsin.runbook.words import vocabulary


def read_scale(root: Section) -> Scale:
    """The severity scale of a document, empty when it has none."""
    scale = Draft()
    groups = [one for one in _groups(root) if not _grades_work(one)]
    defining = next(
        (found for where in _DEFINING if (found := [one for one in groups if one.where == where and one.several])), []
    )
    defining = _naming_more(defining, groups)
    for n, group in enumerate(defining):
        more = _gives_examples(group) or _adds_to_examples(group, defining)
        group.read(scale, define=n == 0, criteria=not scale.described or more)
        scale.closed = True
    for group in groups:
        if not any(group is one for one in defining) and group.where != _CALLED:
            answers = group.where in _OF_ANSWERS or speaks_of_answering(group.section)
            answers = answers or group.section.about == "oncall"
            replace(group, answers=answers).read(
                scale, define=False, criteria=group.where in ("heading", "list") and not scale.described
            )
    if not scale.levels:
        read_named(root, scale)
    if not scale.levels:
        _from_matrix(root, scale)
    if not scale.levels:
        _from_grid(root, scale)
    if not scale.levels:
        read_told_levels(root, scale)
    if not scale.levels:
        read_declared_levels(root, scale)
    if not scale.levels:
        _single(root, scale)
    if not scale.levels:
        read_promised_levels(root, scale)
    if scale.levels and not scale.described:
        read_apart((one for one in root.walk() if _where(one) in _TOLD_APART), scale)
    levels = _ranked(list(scale.levels.values()))
    severities = tuple(_severity(level, rank) for rank, level in enumerate(levels))
    read_promises(root, Scale(severities), scale)
    read_treated(root, Scale(severities), scale)
    severities = tuple(_severity(level, rank) for rank, level in enumerate(levels))
    stated = tuple(one for level in levels for one in level.stated)
    return Scale(severities, stated, tuple(_strangers(root, severities)))


def _naming_more(defining: list[_Group], groups: list[_Group]) -> list[_Group]:
    """The groups that define a scale behind the table of who is called, where a mere list names some of its levels.

    "- P0: updates every 30 minutes" and one more such line say nothing of P2, for which somebody is called as well.
    """
    if not defining or defining[0].where not in ("list", "heading") or defining[0].section.about == "severity":
        return defining
    known = {name for group in defining for name in _names_in(group)}
    for group in groups:
        if group.table is not None and group.where in ("escalation", _CALLED) and known < _names_in(group):
            return [group, *defining]
    return defining


def _names_in(group: _Group) -> set[str]:
    found = Draft()
    group.read(found, define=True, criteria=False)
    return set(found.levels)


_OF_ANSWERS = ("severity", "targets")
"""Where a time beside a severity is that of an answer, whatever its column is called."""
_CALLED = "called"
"""A grid of when people are called: it names the levels where nothing else does, and promises no response."""
_REVIEW = "review"
"""A chapter on looking back: its times say when the review of each level is due."""
_DEFINING = ("severity", "targets", "table", "heading", "list", "escalation", _CALLED)
"""Where a scale is looked for: the first of these that a document has says which levels there are."""


_TOLD_APART = ("", "severity", "targets")
"""Chapters where what a level is may stand apart from the scale; what is said of an incident or of calling is none."""


def _ranked(levels: list[Level]) -> list[Level]:
    """The document's order, most severe first: turned round only where the labels or the times say that it runs upward.

    The levels of logs between them have no place of their own: "Info", "Warning", "Error", "Critical" runs upward. So
    does a scale of which each level is answered sooner than the one before it.
    """
    words = vocabulary()
    ranks = [[words.severity_order(said) for said in (one.label, one.name) if said] for one in levels]
    order = [next((rank for rank in known if rank is not None), None) for known in ranks]
    known = [rank for rank in order if rank is not None]
    others = [one.name for one, rank in zip(levels, order, strict=True) if rank is None]
    graded = len(known) > 1 and all(words.is_a("log_level", name, 0.99) for name in others)
    upward = graded and known == sorted(known, reverse=True) and known[0] > known[-1]
    return levels[::-1] if upward or (len(known) < len(levels) and _is_sooner_and_sooner(levels)) else levels


def _is_sooner_and_sooner(levels: list[Level]) -> bool:
    """Whether three levels or more have a time to answer each, every one shorter than that before it."""
    times = [found.seconds for one in levels if (found := one.first("response") or one.first("acknowledge"))]
    waits = [one for one in times if one is not None]
    falling = all(first > then for first, then in itertools.pairwise(waits))
    return falling and len(waits) == len(levels) >= _FEWEST_TURNED


_FEWEST_TURNED = 3
"""Levels."""


def _severity(level: Level, rank: int) -> Severity:
    return Severity(
        name=level.name,
        rank=rank,
        lines=level.lines,
        label=level.label,
        aliases=tuple(level.aliases),
        criteria=tuple(dict.fromkeys(level.criteria)) or _said_beside(level),
        actions=tuple(dict.fromkeys(level.actions)),
        response_target=level.first("response"),
        acknowledge_target=level.first("acknowledge"),
        resolution_target=level.first("resolution"),
        update_cadence=level.first("update"),
    )


def _said_beside(level: Level) -> tuple[str, ...]:
    """What stands beside the name of a level that nothing else describes, and is no usual word: "P0 - Gate broken"."""
    if level.titled:
        return split_clauses(plain(level.titled, level.lines.first))
    label = level.label or ""
    usual = vocabulary().is_label(label) or coded_names(label) or target(label) is not None
    return () if usual or len(label.split()) < _FEWEST_WORDS else (label,)


_FEWEST_WORDS = 2
"""Of what says what a level is: a single word is its label only."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Several levels side by side: headings, items of a list, or rows of a table."""

    where: str
    section: Section
    headings: tuple[tuple[Section, LevelName], ...] = ()
    items: tuple[tuple[Item, LevelName], ...] = ()
    table: Table | None = None
    answers: bool = True
    """Whether a time that nothing names is when somebody answers: in a scale, and not below "Retention" beside one."""

    def read(self, scale: Draft, *, define: bool, criteria: bool) -> None:
        """Take what the group says into the scale."""
        if self.where == _REVIEW:
            self._read_reviews(scale)
            return
        for section, name in self.headings:
            level = scale.level(name, section.lines, define=define)
            if level is not None and (criteria or self.where in ("severity", "targets", "escalation")):
                read_heading(section, name, level, criteria=criteria and self.where != "escalation")
            elif level is not None:
                read_clocks(section, level)
        for item, name in self.items:
            level = scale.level(name, item.lines, define=define)
            if level is not None:
                read_item(item, name, level, self.where, criteria=criteria, clock=self._clock)
        if self.table is not None:
            table = self.table if self.answers else without_unnamed_times(self.table)
            read_table(table, scale, define=define, criteria=criteria)

    @property
    def several(self) -> bool:
        """Whether it names more than one level: a single one adds to a scale, and makes none."""
        return self.table is not None or len(self.headings) + len(self.items) > 1

    @property
    def _clock(self) -> str:
        """The clock of a time that is said alone: that of the title above, "Resolution times", else a response."""
        title = self.section.title.text
        return clock_named(title) or ("update" if _is_of_rhythms(title) else "response" if self.answers else "")

    def _read_reviews(self, scale: Draft) -> None:
        told = [(name, item.lines, [item.inline.text]) for item, name in self.items]
        for row in self.table.rows if self.table is not None else ():
            name = level_name(row.cells[0].text, plain=True) if row.cells else None
            told += [(name, row.lines, [cell.text for cell in row.cells[1:]])] if name is not None else []
        for name, lines, texts in told:
            level = scale.level(name, lines, define=False)
            due = next((span for text in texts if (span := target(text, lines.first)) and span.seconds), None)
            if level is not None:
                level.state("review", due)


def _groups(root: Section) -> Iterator[_Group]:
    for section in root.walk():
        where = _where(section)
        if where == "procedure":
            if section.about == "incidents" and section.title.prefix is None:
                yield from _coded_tables(section)
            continue
        plain = where in ("severity", "targets", _REVIEW)
        named = [(child, name) for child in section.children for name in heading_names(child, plain=plain)]
        names_of = [name for _c, name in named]
        supports = bool(named) and vocabulary().says("support_word", section.title.text)
        tiers = supports and all(is_tier(name.name) for name in names_of)  # "Support levels": "L1 - Operations"
        graded = where == "escalation" and bool(named) and all(map(_is_graded, named))
        if _are_levels(names_of, "escalation" if tiers else "heading" if graded else where):
            yield _Group("severity" if graded else where or "heading", section, headings=tuple(named))
        for inside, items in lists_of(section.blocks, where):
            names = of_a_scale([(item, name) for item in items if (name := item_name(item, inside))])
            if _are_levels(_first_of_each(names) if inside in PLAIN else [name for _i, name in names], inside):
                defined = inside == "escalation" and _are_defined(section, names)
                yield _Group("list" if defined else inside or "list", section, items=tuple(names))
        for block in (drawn(one, where) for one in (*section.blocks, *_tables_in_items(section))):
            if isinstance(block, Table):
                block = without_unnamed_times(block) if is_of_telling(section.abouts) else block
                table = block if is_scale(block, plain=plain) else turned(block)
                if table is not block and _is_timetable(block):
                    table = _names_alone(table)  # when whom to call, a column for each level
                if plain and titled_by_a_level(table):
                    table = untitled(table)
                if is_scale(table, plain=plain) and not _are_tiers(table, where):
                    peopled = where in _GRIDS and (is_people_grid(block) or is_people_grid(turned(block)))
                    called = peopled and where == "escalation"
                    tiered = table is not block and all(is_tier(head.text) for head in table.header[1:])
                    if (peopled or tiered) and promises(section.title.text):
                        yield _Group("targets", section, table=_first_answers(table, section))
                    else:
                        of_itself = "severity" if defines_levels(table) else "table"  # whatever is said above it
                        yield _Group(_CALLED if called else where or of_itself, section, table=table)


def _tables_in_items(section: Section) -> Iterator[Table]:
    """The tables below the items of lists: "4. Assign a severity:" above the scale."""
    for block in section.blocks:
        for item in block.items if isinstance(block, ItemList) else ():
            yield from (one for one in item.children if isinstance(one, Table))


_GRIDS = ("escalation", "targets")
"""Where a table of people by severity may stand: who is called, or how soon each of them answers."""


def _are_defined(section: Section, names: list[tuple[Item, LevelName]]) -> bool:
    """Whether a list of when to escalate says what each level is: "SEV1 – Critical: all mills stand. Escalate."."""
    when = any(one.about == "when_to_escalate" for one in section.path())
    order = vocabulary().severity_order
    labelled = all(name.label and order(name.label) is not None for _item, name in names)
    return when and labelled and all(item.inline.rest or name.rest for item, name in names)


def _is_graded(heading: tuple[Section, LevelName]) -> bool:
    """Whether a heading of a chapter on escalation is a severity and no step: it is called so, and says what it is for.

    "Level 1: Minor incident" with "Examples: …" below it.
    """
    told = (one.labelled for one in texts_of(heading[0]))
    return any(said is not None and vocabulary().is_a("criteria_label", said[0], 0.99) for said in told)


def _adds_to_examples(group: _Group, groups: list[_Group]) -> bool:
    """Whether a table says what the levels are of which headings of the same chapter list examples."""
    return group.table is not None and any(one.section is group.section and _lists_examples(one) for one in groups)


def _lists_examples(group: _Group) -> bool:
    """Whether headings of levels have lists of what each is, "Examples:", and are no second scale."""
    return bool(group.headings) and all(
        any(vocabulary().is_a("criteria_label", child.title.text, 0.99) for child in section.children)
        for section, _name in group.headings
    )


def _gives_examples(group: _Group) -> bool:
    """Whether the heading above levels says that they are told more of there: "Examples by level"."""
    if _lists_examples(group):
        return True
    title = group.section.title.text
    return group.where == "severity" and vocabulary().begins_with("criteria_label", title, 1)


def _grades_work(group: _Group) -> bool:
    """Whether levels are those of bugs, tasks or requirements, "Bug priorities", and promise nobody an answer."""
    head = group.table.header[0].text if group.table is not None and group.table.header else ""
    if not (is_of_work(group.section) or names_work(head) or names_work(_announced(group))):
        return False
    found = Draft()
    group.read(found, define=True, criteria=False)
    return not any(_answers(level) for level in found.levels.values())


def _answers(level: Level) -> bool:
    """Whether somebody answers by a time, which "next sprint" is none."""
    promised = (level.first(what) for what in ("response", "acknowledge"))
    return any(one is not None and (one.seconds is not None or one.unit is not None) for one in promised)


def _announced(group: _Group) -> str:
    """What the line right above a list or a table says before its colon: "Bug priorities: P1, P2, P3"."""
    first = group.items[0][0].lines.first if group.items else group.table.lines.first if group.table is not None else 0
    above = [one for one in group.section.blocks if one.lines.last < first]
    announced = _ANNOUNCES.match(above[-1].inline.text) if above and isinstance(above[-1], Text) else None
    return announced[0] if announced is not None else ""


_ANNOUNCES = re.compile(r"[^:：.]{1,40}[:：]")


def _are_tiers(table: Table, where: str) -> bool:
    """Whether the rows are tiers of support: in a chapter on escalation, or with who sits in each."""
    return is_tier(level_of(table)) if where == "escalation" else where != "severity" and are_tiers(table)


def _is_timetable(table: Table) -> bool:
    """Whether the rows of a table are points in time: "15 min | …", "30 min | …"."""
    first = [target(row.cells[0].text) for row in table.rows if row.cells]
    return len(first) > 1 and all(one is not None and one.seconds is not None for one in first)


def _first_answers(table: Table, section: Section) -> Table:
    """How soon the first of several people answers at each level, under a heading such as "Acknowledgement times"."""
    rows = tuple(Row(row.lines, row.cells[:2]) for row in table.rows)
    return Table(table.lines, (table.header[0], section.inline), rows)


def _names_alone(table: Table) -> Table:
    """The first column of a table."""
    return Table(table.lines, table.header[:1], tuple(Row(row.lines, row.cells[:1]) for row in table.rows))


def _coded_tables(section: Section) -> Iterator[_Group]:
    """The scale that a chapter on alerts begins with: a table with a column "Severity" of P0, P1 and P2."""
    for block in section.blocks:
        if isinstance(block, Table) and block.header and vocabulary().column("severity", block.header[0].text) >= 0.9:
            codes = [row.cells[0].text for row in block.rows if row.cells]
            if codes and all(map(coded_names, codes)) and is_scale(block, plain=False):
                yield _Group("table", section, table=block)


def _first_of_each(names: list[tuple[Item, LevelName]]) -> list[LevelName]:
    """The levels of a list, without those that an item of several says more of: "P1: …", "P2: …", "P1/P2: …"."""
    lines = [item.inline.lines.first for item, _name in names]
    known: set[str] = set()
    found = []
    for line, (_item, name) in zip(lines, names, strict=True):
        if severity_key(name.name) not in known or lines.count(line) == 1:
            found.append(name)
        known.add(severity_key(name.name))
    return found


def _are_levels(names: list[LevelName], where: str) -> bool:
    """Whether these are levels of one scale, each once; "Level 1" is a tier of support, "Level 1: Critical" is none."""
    keys = {severity_key(name.name) for name in names}
    if len(keys) < (1 if where == "targets" else 2) or len(keys) != len(names):
        return False
    order = vocabulary().severity_order
    told = where != "escalation" and all(name.label and order(name.label) is not None for name in names)
    return where in PLAIN or told or not is_tier(names[0].name)


@remembered_with
def _where(section: Section) -> str:
    if section.level == 0:
        return ""
    kind = section.about
    if kind == "targets" and section.parent is not None and section.parent.about == "postmortem":
        return _REVIEW  # "Deadlines" of the reviews
    if kind in ("severity", "targets"):
        return kind
    if section.is_title and (section.title.prefix is not None or kind == "incidents"):
        return ""  # "Runbook: Incident response" holds whatever a team agreed on
    if kind == "incidents" and section.title.prefix is None and holds_scale(section):
        return "severity"
    if section.title.prefix is not None or kind in ("incidents", "templates", "postmortem_template", "upkeep"):
        return "procedure"
    if kind in ("escalation", "when_to_escalate", "oncall", "team", "contacts"):
        return "escalation"
    if kind in AFTERWARDS:
        return _REVIEW
    above = _where(section.parent) if section.parent is not None else ""
    title = section.title.text
    return "targets" if above in PLAIN and (_is_of_rhythms(title) or clock_named(title) is not None) else above


def holds_scale(section: Section) -> bool:
    """Whether a chapter on incidents, "Incident types", holds nothing but the levels of a scale: "P0 - Critical".

    Each chapter below it, or each item of its one list, names a level in words and nothing else; no incident is told.
    """
    chapters = [child for child in section.children if child.level != LABEL_LEVEL]
    names = [heading_name(child, plain=True) for child in chapters]
    if not chapters:
        items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
        names = [level_name(item.inline.lead or "", plain=True) for item in items]
    if len(names) < 2 or not all(map(_is_in_words, names)):
        return False
    return not any(WORKING & set(parts_of(child)) for child in chapters) and not has_commands(section)


def _is_in_words(name: LevelName | None) -> bool:
    """Whether a level is named by one of the usual words, "P0 - Critical" or "Critical", and nothing else is said."""
    order = vocabulary().severity_order
    return name is not None and not name.rest and order(name.label or name.name) is not None


def _is_of_rhythms(title: str) -> bool:
    """Whether a title says that how often one is told stands below it: "Update frequency"."""
    return vocabulary().column("cadence", title) >= 0.9


def _from_matrix(root: Section, scale: Draft) -> None:
    """The levels in the cells of a matrix of impact and urgency, where nothing else says which there are."""
    for section in root.walk():
        if _where(section) in ("procedure", "escalation"):
            continue
        for block in section.blocks:
            if isinstance(block, Table):
                for name in matrix_levels(block):
                    scale.level(name, block.lines, define=True)
                if scale.levels:
                    return


def _from_grid(root: Section, scale: Draft) -> None:
    """The levels above the columns of a grid, set with blanks, of who is called when, where nothing else names them."""
    for section in root.walk():
        if _where(section) != "escalation":
            continue
        for block in section.blocks:
            table = text_table(block) if isinstance(block, Fence) and not is_shell(block) else None
            if table is None or not _is_timetable(table):
                continue
            names = [coded_names(head.text) for head in table.header[1:]]
            if len(names) > 1 and all(len(one) == 1 and not is_tier(one[0]) for one in names):
                for (name,) in names:
                    scale.level(LevelName(name, None, ""), table.lines, define=True)
                return


def _single(root: Section, scale: Draft) -> None:
    """A scale of one level: a severity chapter defines it, as a heading, an item or a bold sentence, and no other."""
    for section in root.walk():
        above = section.parent
        if (
            section.about != "severity"
            or section.level == LABEL_LEVEL
            or above is None
            or WORKING & set(parts_of(above))
        ):
            continue  # the severity of one alert is no scale
        headings = tuple((child, name) for child in section.children if (name := heading_name(child, plain=False)))
        listed = [item for _where_, items in lists_of(section.blocks, "severity") for item in items]
        bold = [one for block in section.blocks if isinstance(block, Text) for one in _bold(block.inline)]
        items = tuple(
            (item, name) for item in (*listed, *bold) if (name := item_name(item, "")) and not is_tier(name.name)
        )
        names = {severity_key(name.name) for _one, name in (*headings, *items)}
        if len(names) == 1:
            found = Draft()
            _Group("severity", section, headings=headings, items=items[:1]).read(found, define=True, criteria=True)
            if any(level.stated for level in found.levels.values()):
                scale.levels |= found.levels
                return


def _bold(inline: Inline) -> Iterator[Item]:
    """A text from where it names a level in bold: "We have one: **SEV1 – site down.** Response in 10 minutes"."""
    for n, run in enumerate(inline.runs):
        if n and run.strong and coded_names(run.text[:24]):
            rest = Inline(inline.runs[n:], inline.lines)
            yield Item(inline.lines, rest)
            return


def _strangers(root: Section, severities: Iterable[Severity]) -> Iterator[tuple[str, int]]:
    """Names that look like levels of a scale and are none of this one's."""
    known = {severity_key(name) for one in severities for name in (one.name, *one.aliases)}
    shapes = {re.sub(r"\d", "", severity_key(one.name)) for one in severities}
    shapes = {"p", "sev", "severity"} | shapes - {"s"}
    chapters = (section for section in root.walk() if not is_of_work(section))
    texts = [inline for section in chapters for inline in [section.inline, *texts_of(section)]]
    for n, names in coded_names_of([inline.text for inline in texts]):
        for name in names:
            key = severity_key(name)
            if key not in known and re.sub(r"\d", "", key) in shapes and not _counts_a_phase(texts[n].text, name):
                yield name, texts[n].lines.first


def _counts_a_phase(text: str, name: str) -> bool:
    """Whether a name stands behind a word for a step of the process, "Phase P1: Declare": no level of severity."""
    before = text.partition(name)[0].split()[-1:]
    found = vocabulary().exact.best(before[0]) if before else None
    return found is not None and found.kind == "process" and found.coverage == 1
