"""Who is called when nobody acts: matrices, level headings, ordered paths, arrows, situations, contact lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tocsin.runbook.blocks import Item, ItemList, Row, Table
from tocsin.runbook.durations import target
from tocsin.runbook.leaves import leaves
from tocsin.runbook.outline import Section
from tocsin.runbook.placeholders import is_gap
from tocsin.runbook.playbook import Duration, DurationKind, EscalationLevel, EscalationRule, Lines, Trigger
from tocsin.runbook.scale import Scale, level_name
from tocsin.runbook.words import normal, vocabulary

_ARROW = re.compile(r"\s*(?:→|->|=>|➜|➔|⟶|⇒|>>|—>)\s*")
_LEVEL = re.compile(
    r"^(?:level|tier|l|t|nível|nivel|niveau|stufe|ebene|livello|уровень|レベル|级别|第)\s*[-.]?\s*(?P<n>\d)\s*(?:级|层)?(?!\w)\s*(?:[:：.)–—-]+\s*|\s+|$|(?=[(（]))",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*[(（](?P<inside>[^()（）]*)[)）]\s*")
_JOIN = re.compile(r"\s*(?:\+|＋|/|&|\band\b|、)\s*")
_CONDITION = re.compile(r"^(?:if|when|for|unless|in case|falls|wenn|se|si|para|für|pour|если|若|如果)\b", re.IGNORECASE)


@dataclass(slots=True)
class Escalation:
    """Everything the document says about escalating. ``ordered`` tells whether it puts the levels in an order."""

    chains: dict[str, list[EscalationLevel]] = field(default_factory=dict)  # "" holds for every severity
    rules: list[EscalationRule] = field(default_factory=list)
    ordered: bool = True

    def chain(self, scale: Scale) -> tuple[EscalationLevel, ...]:
        """The chain of the highest severity; of two, the one that states times."""
        own = self.chains.get(scale.highest or "", [])
        shared = self.chains.get("", [])
        timed = [chain for chain in (shared, own) if any(level.after for level in chain)]
        return tuple(timed[0] if timed else own or shared)

    def by_severity(self, scale: Scale) -> dict[str, tuple[EscalationLevel, ...]]:
        """The chains of the other severities."""
        return {one.name: tuple(self.chains[one.name]) for one in scale.severities[1:] if self.chains.get(one.name)}


def read_escalation(root: Section, scale: Scale) -> Escalation:
    """The escalation of a document: chains and rules."""
    found = Escalation()
    for section in root.walk():
        if section.level == 0 or section.about in ("templates", "postmortem_template"):
            continue
        about = _about(section)
        if about == "when":
            found.rules += _rules(section, scale)
        elif about == "escalation":
            _section(section, scale, found)
        _tables(section, scale, found, anywhere=about == "")
    if not found.chains:
        _arrows(root, scale, found)
    if not found.chains:
        _primary_and_secondary(root, found)
    return found


def _about(section: Section) -> str:
    for one in section.path():
        match one.about:
            case "when_to_escalate":
                return "when"
            case "escalation":
                return "escalation"
            case "templates" | "upkeep" | "postmortem":
                return "other"
            case _:
                part = one.part
                if part is not None and part.kind == "escalation" and part.coverage >= 0.6:
                    return "escalation"
    return ""


# --- level headings and lists ---------------------------------------------------------------------------------


def _section(section: Section, scale: Scale, found: Escalation) -> None:
    """Level headings below an escalation heading, or lists right under it."""
    levels = [child for child in section.children if _LEVEL.match(_raw(child))]
    if len(levels) >= 2 and not found.chains.get(""):
        found.chains[""] = list(_from_headings(levels, scale))
        return
    if _LEVEL.match(_raw(section)) or (section.parent is not None and _LEVEL.match(_raw(section.parent))):
        return
    for block in section.blocks:
        if isinstance(block, ItemList):
            _list(block, section, scale, found)


def _raw(section: Section) -> str:
    return re.sub(r"^[^\w]+", "", section.title.raw)


def _from_headings(levels: list[Section], scale: Scale) -> Iterator[EscalationLevel]:
    handed: Duration | None = None
    handed_to: tuple[str, ...] = ()
    for n, section in enumerate(levels, 1):
        raw = _raw(section)
        who = _LEVEL.sub("", raw, count=1)
        inside = [match["inside"] for match in _BRACKET.finditer(who)]
        items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
        after, severities, trigger, start = (
            handed,
            handed_to,
            Trigger.UNRESOLVED if handed else Trigger.UNSTATED,
            section.lines.first,
        )
        if n == 1:
            trigger = Trigger.START
        duties: list[str] = []
        condition: str | None = None
        handed, handed_to = None, ()
        for item in items:
            text = item.inline.text
            window = (
                target(text, item.lines.first)
                if vocabulary().says("escalate_verb", text) or vocabulary().says("unresolved", text)
                else None
            )
            if window is not None and window.seconds is not None:
                handed, handed_to = window, scale.mentioned(text)
                continue
            mentioned = scale.mentioned(text)
            if mentioned and n > 1 and trigger is Trigger.UNSTATED:
                trigger, severities, condition = Trigger.SEVERITY, mentioned, text
            duties.append(text)
        for said in inside:
            span = target(said, section.lines.first)
            if span is not None and span.seconds is not None:
                after, trigger = span, Trigger.UNRESOLVED if n > 1 else trigger
        if after is not None and after.lines is not None:
            start = min(start, after.lines.first)
        last = max([section.inline.lines.last, *(item.lines.last for item in items)])
        yield EscalationLevel(
            level=int(_LEVEL.match(raw)["n"]) if _LEVEL.match(raw) else n,  # type: ignore[index]
            targets=_targets(_BRACKET.sub(" ", who)),
            lines=Lines(start, last),
            severities=severities,
            after=after,
            trigger=trigger,
            condition=condition,
            responsibilities=tuple(duties),
        )


def _list(block: ItemList, section: Section, scale: Scale, found: Escalation) -> None:
    chains = [(item, parts) for item in block.items if len(parts := _chain(item.inline.text)) >= 2]
    for item, parts in chains:
        names = scale.mentioned(item.inline.text) or ("",)
        for name in names:
            found.chains.setdefault(name, list(_arrow_levels(parts, item.lines, (name,) if name else ())))
    if chains:
        return
    rules = [item for item in block.items if _is_rule(item, scale)]
    if rules and len(rules) == len(block.items):
        found.rules += [_rule(item.inline.text, item.lines, scale) for item in rules]
        return
    levelled = [item for item in block.items if _LEVEL.match(item.inline.text)]
    if "" in found.chains and not (levelled and not any(level.after for level in found.chains[""])):
        return
    if levelled or block.ordered or _is_who_list(block, section):
        levels = [level for n, item in enumerate(block.items, 1) if (level := _level(item, n, scale)) is not None]
        if len(levels) >= 2 or levelled:
            found.ordered = bool(levelled) or block.ordered
            found.chains[""] = levels if found.ordered else [_unordered(level) for level in levels]


def _unordered(level: EscalationLevel) -> EscalationLevel:
    """A level of a list without an order: who is called depends on the purpose, from the first one on."""
    return replace(level, trigger=Trigger.CONDITION if level.condition else Trigger.UNSTATED)


def _is_who_list(block: ItemList, section: Section) -> bool:
    """Whether a bullet list under an escalation heading names people: a bold name, then a purpose or a contact."""
    leads = [item.inline.labelled for item in block.items]
    contacts = vocabulary().says("contact_field", section.title.text) or "contact" in normal(section.title.text)
    return contacts and all(lead is not None for lead in leads)


def _is_rule(item: Item, scale: Scale) -> bool:
    words = vocabulary()
    text = item.inline.text
    return (
        any(words.says(name, text) for name in ("unresolved", "unacknowledged", "severity_increase"))
        and not _LEVEL.match(text)
        and item.inline.lead is None
    )


def _level(item: Item, n: int, scale: Scale) -> EscalationLevel | None:
    """One item of an ordered path: "**Team Lead** (If unresolved in 1 hour)", "**T2 (Platform Engineer)**: After 10 minutes"."""
    text = item.inline.text
    match = _LEVEL.match(text)
    lead, rest = item.inline.lead, item.inline.rest
    if match is not None:
        body = text[match.end() :].strip()
        number = int(match["n"])
    else:
        body, number = text, n
    said = [found["inside"] for found in _BRACKET.finditer(body)]
    if match is not None and body.startswith(("(", "（")) and said:
        who, said = said[0], [body[body.index(said[0]) + len(said[0]) + 1 :].lstrip(" :：–—-")]
    elif lead is not None and match is None:
        who = _BRACKET.sub(" ", lead)
        said = [*said, rest]
    else:
        who = re.split(r"\s*[:：]\s*|\s+[–—-]\s+|\s+if\s|\s+after\s", _BRACKET.sub(" ", body), maxsplit=1)[0]
        said = [*said, body[len(who) :]]
    if not who.strip() or is_gap(who):
        return None
    after, trigger, severities, condition = _when(said, item.lines.first, number, scale)
    purpose = _purpose(said)
    return EscalationLevel(
        level=number,
        targets=_targets(who),
        lines=Lines(item.lines.first, item.lines.last),
        severities=severities,
        after=after,
        trigger=trigger,
        condition=condition or purpose,
    )


def _when(
    said: list[str], line: int, number: int, scale: Scale
) -> tuple[Duration | None, Trigger, tuple[str, ...], str | None]:
    words = vocabulary()
    for text in said:
        severities = scale.mentioned(text)
        window = target(text, line)
        if window is not None and window.seconds is not None and window.kind is not DurationKind.IMMEDIATE:
            trigger = Trigger.UNACKNOWLEDGED if words.says("unacknowledged", text) else Trigger.UNRESOLVED
            if number == 1 and not words.says("unresolved", text) and not words.says("unacknowledged", text):
                initial = bool(re.match(r"(?i)\s*(?:initial|first)\b", text))
                return None if initial else window, Trigger.START, severities, None
            return window, trigger, severities, text.strip() if _CONDITION.search(_clause(text)) else None
        if severities and number > 1:
            return None, Trigger.SEVERITY, severities, text.strip()
    if number == 1:
        return None, Trigger.START, (), None
    for text in said:
        if _CONDITION.match(_clause(text)):
            return None, Trigger.CONDITION, (), _clause(text)
    return None, Trigger.UNSTATED, (), None


def _clause(text: str) -> str:
    """What a value says besides a contact that nobody filled in: "[contact info] - For major incidents"."""
    bare = re.sub(r"\[[^\]]*\]", "", text)
    parts = [part.strip(" ,–—-") for part in re.split(r",|\s[-–—]\s", bare) if part.strip(" ,–—-")]
    return next((part for part in parts if _CONDITION.match(part)), parts[0] if parts else "")


def _purpose(said: list[str]) -> str | None:
    for text in said:
        clause = _clause(text)
        if clause and _CONDITION.match(clause) and not any(ch.isdigit() for ch in clause):
            return clause
    return None


def _targets(who: str) -> tuple[str, ...]:
    """The people of a step: several called at once are several targets; "CTO/Engineering Manager" is one post or the other."""
    clean = re.sub(r"\s+", " ", who).strip(" *:：-–—.")
    pieces = [piece.strip() for piece in re.split(r"\s*(?:\+|＋|&)\s*", clean) if piece.strip()]
    return tuple(pieces) or (clean,)


# --- arrows ---------------------------------------------------------------------------------------------------


def _chain(text: str) -> list[str]:
    body = re.sub(r"^[^:：→]*[:：]\s*", "", text) if re.match(r"^[^→>]{0,40}[:：]", text) else text
    return [part.strip() for part in _ARROW.split(body) if part.strip()]


def _arrow_levels(parts: list[str], lines: Lines, severities: tuple[str, ...]) -> Iterator[EscalationLevel]:
    for n, part in enumerate(parts, 1):
        inside = [match["inside"] for match in _BRACKET.finditer(part)]
        after = next(
            (span for said in inside if (span := target(said, lines.first)) and span.seconds is not None), None
        )
        yield EscalationLevel(
            level=n,
            targets=_targets(_BRACKET.sub(" ", part)),
            lines=lines,
            severities=severities,
            after=after,
            trigger=Trigger.START if n == 1 else Trigger.UNRESOLVED if after else Trigger.UNSTATED,
        )


def _arrows(root: Section, scale: Scale, found: Escalation) -> None:
    """Chains of arrows below the headings of severities: "**Escalation**: On-call → Team Lead → CTO"."""
    for leaf in leaves(root):
        labelled = leaf.inline.labelled
        if labelled is None or not vocabulary().says("escalate_verb", labelled[0]):
            continue
        parts = _chain(labelled[1])
        if len(parts) < 2:
            continue
        names = next((names for one in leaf.section.path() if (names := scale.mentioned(one.title.text))), ("",))
        for name in names:
            found.chains.setdefault(name, list(_arrow_levels(parts, leaf.inline.lines, (name,) if name else ())))


# --- tables ---------------------------------------------------------------------------------------------------


def _tables(section: Section, scale: Scale, found: Escalation, *, anywhere: bool) -> None:
    for block in section.blocks:
        if not isinstance(block, Table) or len(block.header) < 2:
            continue
        if _by_rows(block, scale, found):
            continue
        if not anywhere:
            _ = (
                _roles_matrix(block, scale, found)
                or _level_table(block, scale, found)
                or _situations(block, scale, found)
            )


def _by_rows(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are severities; one column holds arrows, or several columns are the steps of the escalation."""
    rows = [(row, name) for row in table.rows if row.cells and (name := _severity(row, scale))]
    if len(rows) < 2:
        return False
    words = vocabulary()
    columns = []
    for n, head in enumerate(table.header):
        bare = _BRACKET.sub(" ", head.text)
        if (
            n > 0
            and words.column("escalation", bare) >= 0.5
            and words.column("escalation", bare) >= words.column("response", bare)
        ):
            columns.append(n)
    arrows = [
        n
        for n in range(1, len(table.header))
        if any(n < len(row.cells) and len(_ARROW.split(row.cells[n].text)) > 1 for row, _ in rows)
    ]
    if arrows:
        for row, name in rows:
            parts = _chain(row.cells[arrows[0]].text) if arrows[0] < len(row.cells) else []
            if parts and not words.is_a("none", row.cells[arrows[0]].text, 0.9):
                found.chains.setdefault(name, list(_arrow_levels(parts, row.lines, (name,))))
        return True
    if len(columns) >= 2:
        for row, name in rows:
            found.chains.setdefault(name, list(_columns(table, row, columns, name)))
        return True
    if (
        len(columns) == 1
        and words.column("escalation", table.header[columns[0]].text) >= 0.9
        and "escal" in normal(table.header[columns[0]].text)
    ):
        for row, name in rows:
            text = row.cells[columns[0]].text if columns[0] < len(row.cells) else ""
            window = target(text, row.lines.first)
            if window is None and text and not words.is_a("none", text, 0.9):
                found.chains.setdefault(name, list(_arrow_levels(re.split(r"\s*,\s*", text), row.lines, (name,))))
        return True
    return False


def _severity(row: Row, scale: Scale) -> str | None:
    name = level_name(row.cells[0].text, plain=True)
    if name is None or len(name.rest.split()) > 2:
        return None
    mentioned = scale.mentioned(name.name)
    if mentioned:
        return mentioned[0]
    label = normal(name.name)
    return next((one.name for one in scale.severities if label in (normal(one.name), normal(one.label or ""))), None)


def _columns(table: Table, row: Row, columns: list[int], name: str) -> Iterator[EscalationLevel]:
    number = 0
    for n in columns:
        text = row.cells[n].text if n < len(row.cells) else ""
        if not text or vocabulary().is_a("none", text, 0.9) or is_gap(text):
            continue
        number += 1
        inside = [match["inside"] for match in _BRACKET.finditer(table.header[n].text)]
        after = next(
            (
                span
                for said in inside
                if (span := target(said, table.header[n].lines.first)) and span.seconds is not None
            ),
            None,
        )
        yield EscalationLevel(
            level=number,
            targets=_targets(text),
            lines=row.lines,
            severities=(name,),
            after=after,
            trigger=Trigger.START if number == 1 else Trigger.UNRESOLVED if after else Trigger.UNSTATED,
        )


def _roles_matrix(table: Table, scale: Scale, found: Escalation) -> bool:
    """Columns are people and cells are marks: who is told about which kind of incident."""
    cells = [cell.text for row in table.rows for cell in row.cells[1:]]
    marked = [cell for cell in cells if re.match(r"^[^\w\s]", cell) or len(cell) <= 3]
    if len(table.header) < 4 or len(marked) < len(cells) * 0.8:
        return False
    for row in table.rows:
        mentioned = scale.mentioned(row.cells[0].text) if row.cells else ()
        if not mentioned or mentioned[0] in found.chains:
            continue
        names = [
            head.text
            for head, cell in list(zip(table.header, row.cells, strict=False))[1:]
            if cell.text and not vocabulary().is_a("none", cell.text, 0.9)
        ]
        found.chains[mentioned[0]] = list(_arrow_levels(names, row.lines, (mentioned[0],)))
    return True


def _level_table(table: Table, scale: Scale, found: Escalation) -> bool:
    """Rows are levels: "Level | Who | After"."""
    words = vocabulary()
    heads = [head.text for head in table.header]
    first = [row.cells[0].text for row in table.rows if row.cells]
    is_level = (
        words.column("level", heads[0]) >= 0.5 and sum(bool(re.match(r"^\D{0,8}\d", cell)) for cell in first) >= 2
    )
    who = _best(heads, "role", start=1)
    if not is_level or who is None or "" in found.chains:
        return False
    when = _best(heads, "after", start=1)
    levels = []
    for n, row in enumerate(table.rows, 1):
        name = row.cells[who].text if who < len(row.cells) else ""
        if not name:
            continue
        text = row.cells[when].text if when is not None and when < len(row.cells) else ""
        after, trigger, severities, condition = _when([text], row.lines.first, n, scale)
        levels.append(EscalationLevel(n, _targets(name), row.lines, severities, after, trigger, condition))
    if levels:
        found.chains[""] = levels
    return bool(levels)


def _best(heads: list[str], name: str, *, start: int = 0) -> int | None:
    fits = [(vocabulary().column(name, head), -n) for n, head in enumerate(heads) if n >= start]
    best = max(fits, default=(0.0, 0))
    return -best[1] if best[0] >= 0.5 else None


def _situations(table: Table, scale: Scale, found: Escalation) -> bool:
    """ "Situation | Action": "P1 without resolution in 30 min | → CTO"."""
    words = vocabulary()
    heads = [head.text for head in table.header]
    if len(heads) != 2 or words.column("situation", heads[0]) < 0.5 or words.column("action", heads[1]) < 0.5:
        return False
    counts: dict[str, int] = {}
    for row in table.rows:
        if len(row.cells) < 2 or not row.cells[1].text:
            continue
        said, who = row.cells[0].text, _ARROW.sub("", row.cells[1].text).strip()
        after = target(said, row.lines.first)
        names = scale.mentioned(said) or ("",)
        for name in names:
            counts[name] = counts.get(name, 0) + 1
            trigger = (
                Trigger.UNACKNOWLEDGED
                if words.says("unacknowledged", said)
                else Trigger.UNRESOLVED
                if after
                else Trigger.CONDITION
            )
            level = EscalationLevel(
                counts[name], _targets(who), row.lines, (name,) if name else (), after, trigger, said
            )
            found.chains.setdefault(name, []).append(level)
    shared = found.chains.get("", [])
    top = scale.highest
    if shared and top and found.chains.get(top):
        chain = found.chains.pop("")
        found.chains[top] += [replace(one, level=len(found.chains[top]) + n) for n, one in enumerate(chain, 1)]
    return True


# --- rules and what is left -----------------------------------------------------------------------------------


def _rules(section: Section, scale: Scale) -> Iterator[EscalationRule]:
    for block in section.blocks:
        if isinstance(block, ItemList):
            for item in block.items:
                under = section.title.text if target(section.title.raw) else ""
                yield _rule(item.inline.text, item.lines, scale, under)


def _rule(text: str, lines: Lines, scale: Scale, under: str = "") -> EscalationRule:
    words = vocabulary()
    after = target(text, lines.first) or (target(under, lines.first) if under else None)
    severities = scale.mentioned(text)
    if words.says("unacknowledged", text):
        trigger = Trigger.UNACKNOWLEDGED
    elif words.says("severity_increase", text):
        trigger = Trigger.SEVERITY
    elif after is not None:
        trigger = Trigger.UNRESOLVED
    elif severities:
        trigger = Trigger.SEVERITY
    else:
        trigger = Trigger.CONDITION
    return EscalationRule(text, Lines(lines.first, lines.last), trigger, after, severities)


def _primary_and_secondary(root: Section, found: Escalation) -> None:
    """A bare list "Primary / Secondary / Escalation" of the on-call people is an order without windows."""
    words = vocabulary()
    for section in root.walk():
        if section.about not in ("contacts", "oncall", "team", "escalation"):
            continue
        levels: list[EscalationLevel] = []
        for block in section.blocks:
            for item in block.items if isinstance(block, ItemList) else ():
                labelled = item.inline.labelled
                if labelled is None:
                    continue
                key, value = labelled
                for n, name in enumerate(("primary", "secondary", "escalation_contact"), 1):
                    bare = normal(key).strip()
                    if words.says(name, key) and len(levels) == n - 1:
                        who = (
                            value
                            if bare in ("primary", "secondary", "escalation", "tertiary", "backup")
                            and not is_gap(value)
                            else key
                        )
                        trigger = Trigger.START if n == 1 else Trigger.UNSTATED
                        levels.append(EscalationLevel(n, _targets(_BRACKET.sub(" ", who)), item.lines, trigger=trigger))
                        break
        if len(levels) >= 2:
            found.chains[""] = levels
            return
