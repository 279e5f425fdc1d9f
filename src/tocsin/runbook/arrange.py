"""Which section becomes what: phases of the response, procedures, command collections."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tocsin.runbook.blocks import Block, Fence, Item, ItemList, Quote, Table, Text
from tocsin.runbook.fencekinds import SQL_INFO, is_shell
from tocsin.runbook.identity import identified, slug, unique
from tocsin.runbook.inline import Inline
from tocsin.runbook.outline import LABEL_LEVEL, Section, parse_title
from tocsin.runbook.phases import read_phase
from tocsin.runbook.playbook import Phase, Procedure, ProcedureKind
from tocsin.runbook.procedures import read_procedure, read_row
from tocsin.runbook.scale import Scale
from tocsin.runbook.shell import inline_command, is_command
from tocsin.runbook.steps import Place, read_steps
from tocsin.runbook.words import vocabulary

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
_MAY_BE_INCIDENTS = frozenset({"", "incidents"})
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
    keys: set[str] = field(default_factory=set)
    phase_keys: set[str] = field(default_factory=set)

    def visit(self, section: Section) -> None:
        """Sort one section, or the ones below it when its title announces nothing."""
        kind = section.about
        if section.level > 0:
            if kind in ("templates", "postmortem_template"):
                return
            if is_procedure(section, kind):
                self._procedure(section, self._what(section))
                return
        match kind:
            case "process":
                self._process(section)
            case "incidents":
                self._incidents(section)
            case "recovery" | "rollback" | "validation":
                self._chapters(section, _BY_KIND[kind])
            case "library":
                self._procedure(section, ProcedureKind.LIBRARY)
            case _ if kind.startswith("phase:"):
                self._phase(section, kind.removeprefix("phase:"))
            case "communication" | "postmortem":
                self._aside(section, "communication" if kind == "communication" else "post_incident")
            case _:
                self._rest(section, kind)

    def _what(self, section: Section) -> ProcedureKind:
        prefix = section.title.prefix or ""
        alert = section.level == 1 or "alert" in prefix.casefold()
        return ProcedureKind.ALERT if alert else ProcedureKind.INCIDENT

    def _procedure(self, section: Section, kind: ProcedureKind) -> None:
        key = unique(slug(section.title.text), self.keys)
        found = read_procedure(section, kind, key)
        self.procedures.append(replace(found, steps=identified(found.steps, f"procedure/{key}")))

    def _process(self, section: Section) -> None:
        own = Section(section.title, section.level, section.lines, section.inline, blocks=section.blocks)
        if any(isinstance(block, ItemList | Fence | Table) for block in section.blocks):
            self._add_phase(own, "response")
        for child in section.children:
            kind = child.about
            if kind in _NEVER_PHASES or is_procedure(child, kind):
                self.visit(child)
            elif kind in _BY_KIND and kind != "library":
                self._add_phase(child, {"validation": "resolution"}.get(kind, "mitigation"))
            else:
                phase = child.phase
                self._phase(child, phase.kind if phase else kind if kind == "escalation" else "")

    def _phase(self, section: Section, key: str) -> None:
        inner = [child for child in section.children if child.level != LABEL_LEVEL and _is_phase(child)]
        if len(inner) >= 2 and key == "response":
            self._add_phase(replace_children(section, []), key)
            for child in section.children:
                if child in inner:
                    self._add_phase(child, child.phase.kind if child.phase else "")
                else:
                    self.visit(child)
            return
        apart = [child for child in section.children if self._stands_apart(child)]
        self._add_phase(replace_children(section, [child for child in section.children if child not in apart]), key)
        for child in apart:
            self.visit(child)

    def _stands_apart(self, child: Section) -> bool:
        kind = child.about
        return (
            kind in ("templates", "postmortem_template", "validation", "severity", "contacts", "incidents")
            and child.level != LABEL_LEVEL
        ) or (child.level != LABEL_LEVEL and child.title.prefix is not None)

    def _add_phase(self, section: Section, key: str) -> None:
        phase = read_phase(section, key, self.scale)
        if not phase.steps:
            return
        path = unique(slug(phase.title), self.phase_keys)
        self.phases.append(replace(phase, steps=identified(phase.steps, f"phase/{path}")))

    def _incidents(self, section: Section) -> None:
        named = [child for child in section.children if child.title.prefix is not None]
        for child in section.children:
            kind = child.about
            if (named and child not in named) or (not named and _is_other(child, kind)):
                self.visit(child)
            elif _is_category(child):
                self._incidents(child)
            elif child.level == LABEL_LEVEL and not child.children and not child.blocks:
                continue
            else:
                self._procedure(child, self._what(child) if child.level > 1 else ProcedureKind.INCIDENT)
        for block in section.blocks:
            if isinstance(block, Table) and _is_symptom_table(block):
                self._rows(block)
            elif isinstance(block, ItemList):
                self._items(block)

    def _rows(self, table: Table) -> None:
        for row in table.rows:
            key = unique(slug(row.cells[0].text if row.cells else ""), self.keys)
            found = read_row(table, row, key)
            if found is not None:
                self.procedures.append(replace(found, steps=identified(found.steps, f"procedure/{key}")))

    def _items(self, block: ItemList) -> None:
        """A list of named incidents, each with what to do nested below it."""
        for item in block.items:
            if item.inline.lead is not None and any(isinstance(child, ItemList | Fence) for child in item.children):
                self._procedure(_as_section(item), ProcedureKind.INCIDENT)

    def _chapters(self, section: Section, kind: ProcedureKind) -> None:
        chapters = [child for child in section.children if child.level != LABEL_LEVEL]
        if not chapters:
            self._procedure(section, kind)
            return
        if has_steps(replace_children(section, [])):
            self._procedure(replace_children(section, []), kind)
        for child in section.children:
            inner = child.about
            if inner in ("rollback", "validation") and any(c.level != LABEL_LEVEL for c in child.children):
                self._chapters(child, _BY_KIND[inner])
            elif inner in ("templates", "postmortem_template", "escalation", "communication"):
                self.visit(child)
            else:
                self._procedure(child, _BY_KIND.get(inner, kind) if inner != "library" else kind)

    def _aside(self, section: Section, key: str) -> None:
        """Communication and post-mortem chapters: what they ask to do is a phase of the response as well."""
        inside = [c for c in section.children if c.about not in ("templates", "postmortem_template")]
        self._add_phase(replace_children(section, inside), key)

    def _rest(self, section: Section, kind: str) -> None:
        """A section that announces nothing to do: its commands, if it has any, are kept as a collection."""
        if kind in _NO_PROCESS and kind not in _WITHOUT_COMMANDS:
            if has_commands(section):
                self._procedure(section, ProcedureKind.LIBRARY)
            return
        bare = replace_children(
            section, [c for c in section.children if c.level == LABEL_LEVEL and not is_procedure(c, c.about)]
        )
        if kind not in _WITHOUT_COMMANDS and section.level > 0 and has_commands(bare):
            self._procedure(bare, ProcedureKind.LIBRARY)
        for child in section.children:
            if (child not in bare.children or is_procedure(child, child.about)) and kind not in _NO_PROCESS:
                self.visit(child)


def replace_children(section: Section, children: list[Section]) -> Section:
    """The same section with other children."""
    last = max([section.lines.first, *(b.lines.last for b in section.blocks), *(c.lines.last for c in children)])
    lines = section.lines if len(children) == len(section.children) else type(section.lines)(section.lines.first, last)
    return Section(
        section.title,
        section.level,
        lines,
        section.inline,
        blocks=section.blocks,
        children=children,
        parent=section.parent,
    )


def _as_section(item: Item) -> Section:
    from_title = item.inline.lead or item.inline.text
    return Section(parse_title(from_title), LABEL_LEVEL, item.lines, item.inline, blocks=list(item.children))


def is_procedure(section: Section, kind: str) -> bool:
    """Whether a section is a procedure by itself: "Incident: …", or symptoms or diagnosis with what to do."""
    if section.level == LABEL_LEVEL:
        return False
    if section.title.prefix is not None:
        return bool(section.children or section.blocks)
    if kind and kind not in ("incidents",):
        return False
    if kind == "incidents" and section.level > 1:
        return False
    parts = {child.part.kind for child in section.children if child.part is not None and child.part.coverage >= 0.6}
    if section.level == 1:
        others = {child.about for child in section.children}
        if others & {"severity", "process", "incidents", "targets", "templates", "contacts"} or kind == "incidents":
            return False
        if any(child.title.prefix for child in section.children):
            return False
        return {"investigation", "resolution"} <= parts or {"symptoms", "resolution"} <= parts
    if "symptoms" in parts and any(_is_symptoms(child) for child in section.children):
        return True
    return {"investigation", "resolution"} <= parts


def _is_symptoms(child: Section) -> bool:
    return vocabulary().parts.best(child.title.text) is not None and bool(child.blocks or child.children)


def _is_phase(section: Section) -> bool:
    phase = section.phase
    return phase is not None and phase.coverage >= 0.5


def _is_other(child: Section, kind: str) -> bool:
    """Whether a section among common incidents is plainly about something else."""
    found = child.kind
    if kind not in _MAY_BE_INCIDENTS and not kind.startswith("phase:"):
        return found is not None and found.coverage >= 0.99
    phase = child.phase
    return kind == "phase:post_incident" and phase is not None and phase.coverage >= 0.99


def _is_category(child: Section) -> bool:
    """Whether a section among common incidents only holds incidents of one sort."""
    if child.level == LABEL_LEVEL or child.blocks:
        return False
    inner = [c for c in child.children if c.level != LABEL_LEVEL]
    return (
        bool(inner)
        and all(c.part is None or c.part.coverage < 0.6 for c in inner)
        and any(any(g.part is not None and g.part.kind == "symptoms" for g in c.children) for c in inner)
    )


def _is_symptom_table(table: Table) -> bool:
    words = vocabulary()
    heads = [cell.text for cell in table.header]
    if len(heads) < 2 or words.column("symptom", heads[0]) < 0.5:
        return False
    return any(max(words.column("cause", head), words.column("remedy", head)) >= 0.5 for head in heads[1:])


def has_commands(section: Section) -> bool:
    """Whether anything below a section is a command."""
    return any(_has_command(block) for one in section.walk() for block in one.blocks)


def _has_command(block: Block) -> bool:
    match block:
        case Fence():
            return block.closed and (is_shell(block) or block.info in SQL_INFO)
        case ItemList():
            return any(_says_command(item.inline) or any(map(_has_command, item.children)) for item in block.items)
        case Table():
            return any(_says_command(cell) for row in block.rows for cell in row.cells)
        case Quote():
            return any(map(_has_command, block.children))
        case Text():
            return _says_command(block.inline)
        case _:
            return False


def _says_command(inline: Inline) -> bool:
    if any(inline_command(run.text) for run in inline.codes):
        return bool(next((step for step in read_steps((Text(inline.lines, inline),), Place("")) if step.command), None))
    return is_command(inline.text, strict=True)


def has_steps(section: Section) -> bool:
    """Whether a section itself holds more than prose."""
    return any(
        isinstance(block, ItemList) or (isinstance(block, Fence) and is_shell(block)) for block in section.blocks
    )
