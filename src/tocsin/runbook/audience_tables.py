"""Duties to tell somebody that a table says: who hears of an incident, of which severity, when and by which way.

Four forms: an audience in each row and a severity in each column, the same turned round, an audience in each row
with what is to be done for it ("When", "Channel"), and a severity in each row with that for the one audience of the
chapter. The last three are read in chapters on communication only: a table elsewhere that names people says whom to
page.
"""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.command.placeholders import is_gap
from tocsin.runbook.document.blocks import Block, Row, Table
from tocsin.runbook.document.sections import Section, replace_blocks, replace_children
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.playbook import CommunicationRule
from tocsin.runbook.scale import Scale
from tocsin.runbook.telling import audience_of, is_denied, is_of_telling, moment_of
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary, words_of

_AUDIENCES = ("customers", "executives", "stakeholders", "support", "internal", "press", "authority")
_OTHER_COLUMNS = ("criteria", "escalation", "response", "resolution", "actions", "cadence")
"""Columns of a table of severities that may name people, and are no audiences: "Customer impact", "Team response"."""


def read_tables(root: Section, scale: Scale) -> Iterator[CommunicationRule]:
    """The duties in the tables of chapters on communication, in the order of the document."""
    for section in root.walk():
        for block in section.blocks:
            yield from _duties(block, section, scale)


def without_tables(section: Section, scale: Scale) -> Section:
    """A chapter, and those below it, without the tables that are read as duties: their rows are no steps as well."""
    others = [block for block in section.blocks if next(_duties(block, section, scale), None) is None]
    kept = section if len(others) == len(section.blocks) else replace_blocks(section, others)
    children = [without_tables(child, scale) for child in section.children]
    changed = any(one is not other for one, other in zip(children, section.children, strict=True))
    return replace_children(kept, children) if changed else kept


def _duties(block: Block, section: Section, scale: Scale) -> Iterator[CommunicationRule]:
    if not isinstance(block, Table) or len(block.header) < _NARROWEST:
        return
    told = is_of_telling(section.abouts) or _is_a_matrix(block, scale)
    if told or _is_by_severity(block, section, scale):
        found = list(_read(block, section, scale))
        yield from found or _of_one_audience(block, section, scale)


_NARROWEST = 2
"""Columns: who, and at least one thing said of them."""


def _is_a_matrix(table: Table, scale: Scale) -> bool:
    """Whether a table says itself that it is on telling: "Audience" beside a severity in each column."""
    first, *titles = [cell.text for cell in table.header]
    return _is_titled_audience(first) and all(scale.mentioned(title) for title in titles)


def _is_by_severity(table: Table, section: Section, scale: Scale) -> bool:
    """Whether a table in a chapter on communication has a row for each severity and a column for somebody told."""
    if not any(kind in ("communication", "phase:communication") for kind in section.abouts):
        return False
    audiences = any(_names_audience(cell.text) and not _is_another(cell.text) for cell in table.header[1:])
    return audiences and all(row.cells and scale.mentioned(row.cells[0].text) for row in table.rows)


def _read(table: Table, section: Section, scale: Scale) -> Iterator[CommunicationRule]:
    first, *titles = [cell.text for cell in table.header]
    levels = [scale.mentioned(title) for title in titles]
    if all(levels) and _lists_audiences(first, table):
        for row, audience in _labelled(table):
            for names, said in zip(levels, _cells(row), strict=False):
                yield from _rule(row, section, audience, said, names)
    elif not any(levels) and all(row.cells and scale.mentioned(row.cells[0].text) for row in table.rows):
        audiences = [title if _names_audience(title) and not _is_another(title) else "" for title in titles]
        for row in table.rows:
            for audience, said in zip(audiences, _cells(row), strict=False):
                yield from _rule(row, section, audience, said, scale.mentioned(row.cells[0].text))
    elif not any(levels) and _lists_audiences(first, table) and not _lists_contacts(table):
        for row, audience in _labelled(table):
            said = " · ".join(cell for cell in _cells(row) if not _is_nothing(cell))
            yield from _rule(row, section, audience, said, scale.mentioned(said))


def _of_one_audience(table: Table, section: Section, scale: Scale) -> Iterator[CommunicationRule]:
    """The duties of rows that each say of a severity by which way and when: "SEV1 | Email | within 1 hour"."""
    titles = [cell.text for cell in table.header]
    graded = bool(table.rows) and all(row.cells and scale.mentioned(row.cells[0].text) for row in table.rows)
    if not graded or any(vocabulary().column("cadence", title) >= _SURELY for title in titles[1:]):
        return
    who = next((n for n, title in enumerate(titles) if n and _says_who(title)), None)
    ways = who is not None or any(vocabulary().is_a("not_contact", title, _SURELY) for title in titles[1:])
    timed = any(next(spans(cell), None) is not None for row in table.rows for cell in _cells(row))
    if not ways or not timed:
        return
    title = next((one.title.text for one in section.path() if _names_audience(one.title.text)), section.title.text)
    for row in table.rows:
        audience = row.cells[who].text if who is not None and who < len(row.cells) else title
        cells = (cell.text for n, cell in enumerate(row.cells) if n not in (0, who))
        told = [cell for cell in cells if not _is_nothing(cell) and len(cell) <= _LONGEST]
        if told and not _is_nothing(row.cells[1].text):
            yield from _rule(row, section, audience, " · ".join(told), scale.mentioned(row.cells[0].text))


def _says_who(title: str) -> bool:
    return _is_titled_audience(title) or vocabulary().column("person", title) >= _SURELY


_SURELY = 0.9
_LONGEST = 60
"""Characters of a way, or of a time; what is longer is the message itself."""


def _labelled(table: Table) -> Iterator[tuple[Row, str]]:
    for row in table.rows:
        if row.cells and (name := row.cells[0].text):
            yield row, name


def _cells(row: Row) -> list[str]:
    return [cell.text for cell in row.cells[1:]]


def _lists_audiences(title: str, table: Table) -> bool:
    """Whether the first column lists who hears of it: below "Audience", or mostly names of audiences below "Who"."""
    if _is_titled_audience(title):
        return True
    names = [row.cells[0].text for row in table.rows if row.cells]
    return 2 * sum(map(_names_audience, names)) > len(names)


def _is_titled_audience(title: str) -> bool:
    return vocabulary().column("audience", title) >= 0.5


def _names_audience(text: str) -> bool:
    return any(vocabulary().says(name, text) for name in _AUDIENCES)


def _is_another(title: str) -> bool:
    if vocabulary().is_a("not_contact", title, 0.9):
        return True  # "Channel" is by which way, and nobody
    return any(vocabulary().column(name, title) >= 0.5 for name in _OTHER_COLUMNS)


def _lists_contacts(table: Table) -> bool:
    """Whether a table says how people are reached, which is no duty to tell them."""
    column = vocabulary().column
    return any(column(name, cell.text) >= 0.9 for name in ("phone", "email") for cell in table.header[1:])


def _rule(
    row: Row, section: Section, audience: str, said: str, severities: tuple[str, ...]
) -> Iterator[CommunicationRule]:
    if not audience or _is_nothing(said):
        return
    text = f"{audience}: {said}"
    when = next(spans(said), None)
    yield CommunicationRule(
        text=text,
        audience=audience_of(audience, text),
        lines=row.lines,
        severities=severities,
        condition=condition_in(said),
        moment=moment_of(text, section.abouts) or ("initial" if when is not None else ""),
    )


def _is_nothing(said: str) -> bool:
    """Whether a cell says that this audience hears nothing: "–", "No", "Not told", "Keine Info"; or was left empty."""
    words = words_of(said)
    none = vocabulary().is_a("none", said, 0.9)
    short = len(words) <= _A_DENIAL and _denial().match(said) is not None
    return not words or none or short or is_gap(said) or is_denied(said)


@pattern
def _denial() -> str:
    return rf"\s*{any_of('not')}"


_A_DENIAL = 3
"""Words of a cell that begins with a denial and says nothing else: "No message"."""
