"""Which section becomes what: phases of the response, procedures, command collections."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tocsin.runbook.audience_tables import without_tables
from tocsin.runbook.document.blocks import Block, Fence, Item, ItemList, Table
from tocsin.runbook.document.labels import is_named, promote
from tocsin.runbook.document.sections import (
    AFTERWARDS,
    LABEL_LEVEL,
    Section,
    replace_blocks,
    replace_children,
)
from tocsin.runbook.identity import identified, slug, unique
from tocsin.runbook.instructions import Phase, Procedure, ProcedureKind
from tocsin.runbook.levels.severities import holds_scale
from tocsin.runbook.procedure.among_incidents import (
    is_a_table_of_incidents,
    is_other,
    may_be_incident,
    shows_settings,
)
from tocsin.runbook.procedure.below_titles import holds_troubles, is_contents, lists_problems, maps_symptoms, parts_of
from tocsin.runbook.procedure.chapters import (
    are_ways,
    chapters_of,
    comes_before_all,
    confirms,
    holds_chapters,
    holds_named,
    holds_work,
    is_phase,
    is_timed,
    restores,
    tells_what_fails,
    with_row,
)
from tocsin.runbook.procedure.commands_below import has_commands, has_steps
from tocsin.runbook.procedure.criteria import is_an_order, is_criteria
from tocsin.runbook.procedure.incident_tables import (
    WORKING,
    decides_by_symptom,
    is_alert_table,
    is_scenario_table,
    is_symptom_table,
    is_table_of_trouble,
    tells_what_to_do,
    without_numbers,
)
from tocsin.runbook.procedure.items import (
    are_faults,
    as_section,
    heads_commands,
    hold_parts,
    lists_faults,
    named_phases,
    names_incident,
    opens_an_incident,
    phases_in,
)
from tocsin.runbook.procedure.of_a_level import answers_a_level, opens_at_a_level
from tocsin.runbook.procedure.phases import read_phase
from tocsin.runbook.procedure.plans import is_plan, plan_in, without_plan
from tocsin.runbook.procedure.procedures import read_procedure, read_row
from tocsin.runbook.procedure.questions import troubles_asked_in
from tocsin.runbook.procedure.raised import is_raised_below
from tocsin.runbook.procedure.recognition import (
    inner_procedures,
    is_of_a_day,
    is_procedure,
    stands_among_procedures,
)
from tocsin.runbook.procedure.run_in import cases_in, told_in_paragraphs, troubles_asked_below
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.trouble import is_alert_name, says_what_fails
from tocsin.runbook.upkeep import is_of_the_document
from tocsin.runbook.words import words_of

_NEVER_PHASES = frozenset(
    [
        "severity",
        "targets",
        "contacts",
        "vendors",
        "team",
        "channels",
        "templates",
        "postmortem_template",
        "links",
        "overview",
        "incidents",
        "oncall",
    ]
)
_WITHOUT_COMMANDS = frozenset(["severity", "targets", "contacts", "vendors", "templates", "postmortem_template"])
_ABOUT_THE_END = AFTERWARDS | {"postmortem_template"}
_NO_PROCESS = frozenset(["severity", "targets", "contacts", "vendors", "channels", "links", "overview"])
_BY_KIND = {
    "recovery": ProcedureKind.RECOVERY,
    "rollback": ProcedureKind.ROLLBACK,
    "validation": ProcedureKind.VALIDATION,
    "library": ProcedureKind.LIBRARY,
}


@dataclass(slots=True)
class Arranger:
    """Walks the outline once and hands every section with something to do to one reader."""

    scale: Scale
    phases: list[Phase] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    depths: frozenset[int] = frozenset()  # of the headings that are procedures
    keys: dict[str, int] = field(default_factory=dict)
    phase_keys: dict[str, int] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)  # keys of the procedures that are rows of a table

    def told_once(self) -> tuple[Procedure, ...]:
        """The procedures, those of a table that a chapter of the same name tells at length only there."""
        chapters = {words_of(one.title): one for one in self.procedures if one.key not in self.rows}
        rows = {words_of(one.title): one for one in self.procedures if one.key in self.rows}
        found = []
        for one in self.procedures:
            name = words_of(one.title)
            if one.key in self.rows and name in chapters:
                continue
            row = rows.get(name)
            found.append(one if row is None or row is one else with_row(one, row))
        return tuple(found)

    def visit(self, section: Section) -> None:
        """Sort one section, or the ones below it when its title announces nothing."""
        kind = section.about
        if section.level > 0:
            if kind in ("templates", "postmortem_template"):
                return
            if is_of_a_day(section):
                if has_commands(section):
                    self._procedure(section, ProcedureKind.LIBRARY)
                return
            if maps_symptoms(section):
                self._incidents(section)
                return
            if (asked := troubles_asked_in(section)) is not None:
                self._incidents(asked[0])
                self._rest(asked[1], kind)
                return
            if asked_below := troubles_asked_below(section):
                for one in asked_below:
                    self._named(one)
                lines = {one.lines for one in asked_below}
                section = replace_children(section, [one for one in section.children if one.lines not in lines])
            if not kind and opens_at_a_level(section):
                self._process(section)
                return
            if not kind and comes_before_all(section):
                self._process(section)
                return
            if self._is_one(section):
                self._procedure(section, self._what(section))
                return
            if not self._holds_cases(section) and (plan := plan_in(section)) is not None:
                self._plan(plan)
                section = without_plan(section, plan)
            if kind in ("", "incidents") and restores(section):
                self._procedure(section, ProcedureKind.RECOVERY)
                return
            if not kind and (is_timed(section) or is_plan(section)):
                self._process(section)
                return
        else:
            self.depths = frozenset(one.level for one in inner_procedures(section))
        if lists_problems(section) or holds_troubles(section):
            self._incidents(section)
            return
        if kind in ("", "process") and any(are_faults(one) or hold_parts(one) for one in section.blocks):
            section = replace_blocks(section, [one for one in section.blocks if not self._faults(one)])
        match kind:
            case "process":
                self._process(section)
            case "incidents":
                self._incidents(section)
            case "recovery" if any(one.title.prefix or "symptoms" in parts_of(one) for one in section.children):
                self._incidents(section)
            case "recovery" | "rollback" if is_criteria(section):
                pass
            case "recovery" | "rollback" | "validation":
                self._chapters(section, _BY_KIND[kind])
            case "library" if tells_what_fails(section):
                self._sheet(section)
            case "library" if not holds_chapters(section):
                self._library(section)
            case _ if kind.startswith("phase:"):
                self._phase(section, kind.removeprefix("phase:"))
            case "postmortem" if is_of_the_document(section):
                pass
            case "communication" | "postmortem":
                self._aside(section, "communication" if kind == "communication" else "post_incident")
            case _:
                self._rest(section, kind)

    def _stands_in_line(self, section: Section, kind: str) -> bool:
        """Whether a section stands where procedures stand and has a part of one, if only a heading "Actions"."""
        return (
            not kind
            and section.level in self.depths
            and section.level > 1
            and bool(WORKING & set(parts_of(section)))
            and not holds_work(section)
            and _ABOUT_THE_END.isdisjoint(section.abouts)
            and not any(one.part and one.part.kind in WORKING and one.part.coverage >= 0.5 for one in section.path())
        )

    def _is_one(self, section: Section) -> bool:
        return is_procedure(section) or self._stands_in_line(section, section.about) or stands_among_procedures(section)

    def _is_category(self, child: Section) -> bool:
        """Whether a section among common incidents only holds incidents of one sort."""
        if lists_problems(child) or any(map(lists_problems, child.children)):
            return True
        if child.level == LABEL_LEVEL or child.title.prefix is not None or WORKING & set(parts_of(child)):
            return False
        inner = (one for one in child.children if one.level != LABEL_LEVEL)
        return any(inner_procedures(child)) or any(self._stands_in_line(one, one.about) for one in inner)

    def _what(self, section: Section) -> ProcedureKind:
        prefix = section.title.prefix or ""
        alert = section.level == 1 or "alert" in prefix.casefold() or is_alert_name(section.title.text)
        alert = alert or is_raised_below(section)
        return ProcedureKind.ALERT if alert else ProcedureKind.INCIDENT

    def _procedure(self, section: Section, kind: ProcedureKind) -> None:
        key = unique(slug(section.title.text), self.keys)
        found = read_procedure(section, kind, key)
        self.procedures.append(replace(found, steps=identified(found.steps, f"procedure/{key}")))

    @staticmethod
    def _holds_cases(section: Section) -> bool:
        """Whether a document on incidents is a list of them, "If the lamp is dark: replace the fuse", each in bold."""
        lists = [block for block in section.blocks if isinstance(block, ItemList)]
        told = section.about == "incidents" and len(lists) == 1 and len(lists[0].items) > 1
        named = told and (bool(cases_in(lists[0])) or all(map(opens_an_incident, lists[0].items)))
        return named or any(map(hold_parts, lists))

    def _plan(self, plan: Section) -> None:
        """What is to be done at once, right below the title of the document: at its trouble, or at any incident."""
        if says_what_fails(plan.title.text):
            self._procedure(plan, self._what(plan))
        else:
            self._add_phase(plan, "response")

    def _library(self, section: Section) -> None:
        """A collection of commands; rows of a table in it that say what is wrong are incidents: "Problem | Command"."""
        tables = [one for one in section.blocks if isinstance(one, Table) and is_table_of_trouble(one)]
        for table in tables:
            self._rows(table)
        rest = replace_blocks(section, [one for one in section.blocks if one not in tables])
        if not tables or has_commands(rest):
            self._procedure(rest, ProcedureKind.LIBRARY)

    def _sheet(self, section: Section) -> None:
        """A collection of commands whose chapters say what fails: each of those is an incident, the others stay one."""
        failing = [one for one in chapters_of(section) if says_what_fails(one.title.text)]
        for one in failing:
            self._procedure(one, self._what(one))
        others = [one for one in section.children if one not in failing]
        apart = [one for one in others if one.about not in ("", "library") and one.level != LABEL_LEVEL]
        rest = replace_children(section, [one for one in others if one not in apart])
        if has_commands(rest):
            self._library(rest)
        for one in apart:
            self.visit(one)

    def _process(self, section: Section) -> None:
        blocks = self._without_phases(section.blocks)
        own = Section(section.title, section.level, section.lines, section.inline, blocks=blocks)
        if any(isinstance(block, ItemList | Fence | Table) for block in blocks) and not is_contents(own):
            self._add_phase(own, "response")
        for child in section.children:
            kind = child.about
            if self._defines_a_level(child):
                continue
            if (
                (kind in _NEVER_PHASES and not confirms(child))
                or is_procedure(child)
                or stands_among_procedures(child)
                or lists_problems(child)
                or any(inner_procedures(child))
            ):
                self.visit(child)
            elif kind == "process" and any(map(phases_in, child.blocks)):
                self._process(child)
            elif kind in _BY_KIND and kind != "library":
                self._add_phase(child, {"validation": "resolution"}.get(kind, "mitigation"))
            else:
                phase = child.phase
                self._phase(child, phase.kind if phase else kind if kind == "escalation" else "")

    def _without_phases(self, blocks: list[Block]) -> list[Block]:
        """The blocks that do not name phases; those that do are taken as such."""
        others = []
        for block in blocks:
            found = phases_in(block)
            for one in found:
                self._add_phase(one, one.phase.kind if one.phase else "")
            others += [] if found else [block]
        return others

    def _defines_a_level(self, section: Section) -> bool:
        """Whether a section says what a severity is; one that says what to do at that severity is a phase."""
        named = level_name(section.title.text)
        if named is None:
            return False
        told = {item.inline.text for block in section.blocks if isinstance(block, ItemList) for item in block.items}
        levels = (one for one in self.scale.severities if one.name == named.name)
        return any(not told.isdisjoint(one.criteria) for one in levels)

    def _phase(self, section: Section, key: str) -> None:
        section = self._without_incidents(section, scenarios=key != "escalation")
        inner = [child for child in section.children if child.level != LABEL_LEVEL and is_phase(child)]
        if len(inner) >= 2 and key == "response":
            self._add_phase(replace_children(section, []), key)
            counted = all(child.title.numbered for child in inner)
            for child in section.children:
                between = counted and child.title.numbered and not (child.about or self._stands_apart(child))
                if child in inner or between:  # "5. Mitigate first, fix later", after "4. Communicate"
                    self._add_phase(child, child.phase.kind if child.phase else "")
                else:
                    self.visit(child)
            return
        apart = [child for child in section.children if self._stands_apart(child)]
        self._add_phase(replace_children(section, [child for child in section.children if child not in apart]), key)
        for child in apart:
            self.visit(child)

    def _stands_apart(self, child: Section) -> bool:
        if child.level == LABEL_LEVEL:
            return False
        if child.about in ("templates", "postmortem_template", "validation", "severity", "contacts", "incidents"):
            return True
        named = child.title.prefix is not None or lists_problems(child) or holds_named(child)
        return named or is_procedure(child) or stands_among_procedures(child)

    def _add_phase(self, section: Section, key: str) -> None:
        phase = read_phase(without_tables(section, self.scale), key, self.scale)
        if not phase.steps:
            return
        path = unique(slug(phase.title), self.phase_keys)
        self.phases.append(replace(phase, steps=identified(phase.steps, f"phase/{path}")))

    def _incidents(self, section: Section) -> None:
        if section.about == "incidents" and self.scale.severities and holds_scale(section):
            return  # the severities, and what each is
        chapters = [child for child in section.children if child.level != LABEL_LEVEL] or section.children
        if chapters and all(map(answers_a_level, chapters)):
            self._process(section)  # "Response playbook" with a chapter for each severity
            return
        prefixed = sum(child.title.prefix is not None for child in chapters)
        named = prefixed > (0 if section.level == 1 else len(chapters) / 2)  # a document has other chapters as well
        elsewhere = any(child.about == "incidents" and child.level != LABEL_LEVEL for child in section.children)
        for child in section.children:
            kind = child.about
            if is_of_a_day(child):
                self.visit(child)
            elif kind == "incidents" and child.level != LABEL_LEVEL:
                self._incidents(child)
            elif is_a_table_of_incidents(child):
                self.visit(child)
            elif self._is_category(child):
                self._incidents(child) if any(map(self._is_one, child.children)) else self.visit(child)
            elif (
                ((named or elsewhere) and child.title.prefix is None and not self._is_one(child))
                or is_other(child, kind)
                or (section.is_title and not self._is_one(child) and not may_be_incident(child, kind))
            ):
                self.visit(child)
            elif is_contents(child) or (child.level == LABEL_LEVEL and not child.children and not child.blocks):
                continue
            elif child.level == LABEL_LEVEL and not (child.inline.lead or child.title.prefix):
                self.visit(child)
            elif child.level == LABEL_LEVEL and shows_settings(child):
                self.visit(child)  # "Look first:" above the incidents
            else:
                self._procedure(child, self._what(child) if child.level > 1 else ProcedureKind.INCIDENT)
        paragraphs, blocks = told_in_paragraphs(section.blocks)
        for one in paragraphs:
            self._named(one)
        others: list[Block] = []
        for block in map(without_numbers, blocks):
            if isinstance(block, Table) and (
                tells_what_to_do(block) or is_symptom_table(block, "incident", "situation")
            ):
                self._rows(block)
            elif isinstance(block, ItemList) and (steps := named_phases(block)):
                for one in steps:
                    self._add_phase(one, one.phase.kind if one.phase else "")
            elif isinstance(block, ItemList) and (self._items(block) or self._cases(block)):
                pass
            else:
                others.append(block)
        apart = replace_blocks(replace_children(section, []), others)
        if has_commands(apart):
            self._procedure(apart, ProcedureKind.LIBRARY)

    def _rows(self, table: Table) -> None:
        for row in table.rows:
            key = unique(slug(row.cells[0].text if row.cells else ""), self.keys)
            found = read_row(table, row, key)
            if found is not None:
                self.rows.add(key)
                self.procedures.append(replace(found, steps=identified(found.steps, f"procedure/{key}")))

    def _faults(self, block: Block) -> bool:
        """Take a list of what fails with what to do as incidents, under whatever title; False for any other block."""
        return (are_faults(block) or hold_parts(block)) and isinstance(block, ItemList) and self._items(block)

    def _items(self, block: ItemList) -> bool:
        """A list of named incidents, each with what to do nested below it; False for any other list."""
        before = len(self.procedures)
        if hold_parts(block):
            for item in block.items:
                self._item(item)
            return True
        headed = len(block.items) > 1 and (all(map(heads_commands, block.items)) or lists_faults(block))
        for item in block.items:
            if (headed or item.inline.lead is not None) and any(
                isinstance(child, ItemList | Fence) for child in item.children
            ):
                self._item(item)
        if len(self.procedures) == before and len(block.items) > 1 and all(map(names_incident, block.items)):
            for item in block.items:
                self._item(item)
        return len(self.procedures) > before

    def _cases(self, block: ItemList) -> bool:
        """A list of cases with what to do in each, "If the lamp is dark, replace the fuse"; False for any other."""
        found = cases_in(block)
        for one in found:
            self._named(one)
        return bool(found)

    def _item(self, item: Item) -> None:
        """An item that is an incident, with the parts that are labelled inside of it."""
        self._named(as_section(item))

    def _named(self, section: Section) -> None:
        """An incident that has no heading, with the parts that are labelled inside of it."""
        promote(section, is_named)
        self._procedure(section, ProcedureKind.INCIDENT)
        section.let_go()

    def _chapters(self, section: Section, kind: ProcedureKind) -> None:
        chapters = [child for child in section.children if child.level != LABEL_LEVEL]
        if not chapters or are_ways(section, chapters):
            self._procedure(section, kind)
            return
        if has_steps(replace_children(section, [])):
            self._procedure(replace_children(section, []), kind)
        of_incidents = kind is ProcedureKind.RECOVERY and tells_what_fails(section)
        for child in section.children:
            inner = child.about
            if inner != "validation" and is_criteria(child):
                continue
            if inner in ("rollback", "validation") and any(c.level != LABEL_LEVEL for c in child.children):
                self._chapters(child, _BY_KIND[inner])
            elif inner in ("templates", "escalation", "communication") or inner in _ABOUT_THE_END:
                self.visit(child)
            elif of_incidents and says_what_fails(child.title.text):
                self._procedure(child, self._what(child))
            else:
                self._procedure(child, _BY_KIND.get(inner, kind) if inner != "library" else kind)

    def _aside(self, section: Section, key: str) -> None:
        """Communication and post-mortem chapters: what they ask to do is a phase of the response as well."""
        inside = [c for c in section.children if c.about not in ("templates", "postmortem_template")]
        self._add_phase(replace_children(section, inside), key)

    def _without_tables(self, section: Section) -> Section:
        """The section without its tables of incidents, and without those below a line that leads to one: "Any of:"."""
        blocks = list(map(without_numbers, section.blocks))
        every = [block for block in blocks if isinstance(block, Table)]
        tables = [block for block in every if tells_what_to_do(block) or is_scenario_table(block)]
        for table in tables:
            self._rows(table)
        lists = [one for one in blocks if isinstance(one, ItemList) and lists_faults(one) and self._items(one)]
        if tables or lists:
            section = replace_blocks(section, [block for block in blocks if block not in (*tables, *lists)])
        labels = [one for one in section.children if one.level == LABEL_LEVEL and not one.about and one.part is None]
        if not any(isinstance(block, Table) for one in labels for block in one.blocks):
            return section
        return replace_children(section, [self._without_tables(c) if c in labels else c for c in section.children])

    def _without_incidents(self, section: Section, *, scenarios: bool) -> Section:
        """A phase without its tables of alerts or scenarios and what to do about each: a row is a procedure."""
        tables = [one for one in section.blocks if isinstance(one, Table)]
        tables = [one for one in tables if is_alert_table(one) or (scenarios and is_scenario_table(one))]
        for table in tables:
            self._rows(table)
        lists = [one for one in section.blocks if isinstance(one, ItemList) and lists_faults(one) and self._items(one)]
        told = (*tables, *lists)
        return replace_blocks(section, [one for one in section.blocks if one not in told]) if told else section

    def _rest(self, section: Section, kind: str) -> None:
        """A section that announces nothing to do: its commands, if it has any, are kept as a collection."""
        if kind == "" and {"severity", "targets"}.isdisjoint(section.abouts):
            section = self._without_tables(section)
        if kind in ("escalation", "when_to_escalate"):
            decided = [one for one in section.blocks if isinstance(one, Table) and decides_by_symptom(one)]
            for table in decided:
                self._rows(table)
            section = replace_blocks(section, [one for one in section.blocks if one not in decided])
        if kind in _NO_PROCESS and kind not in _WITHOUT_COMMANDS:
            if has_commands(section):
                self._procedure(section, ProcedureKind.LIBRARY)
            return
        bare = replace_children(
            section,
            [c for c in section.children if c.level == LABEL_LEVEL and not is_procedure(c) and not is_an_order(c)],
        )
        if kind not in _WITHOUT_COMMANDS and section.level > 0 and has_commands(bare):
            self._procedure(bare, ProcedureKind.LIBRARY)
        for child in section.children:
            announced = child not in bare.children or is_procedure(child) or child.about == "process"
            if announced and kind not in _NO_PROCESS:
                self.visit(child)
