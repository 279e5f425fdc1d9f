"""TOC1xx: the document and its structure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.command.commands import has_hidden_characters, has_lookalikes, misprinted
from tocsin.runbook.compiled import Compiled
from tocsin.runbook.document.blocks import Block, Fence, ItemList, Quote, Raw
from tocsin.runbook.findings import few, finding, short
from tocsin.runbook.playbook import BlockFate, Finding, Playbook
from tocsin.runbook.rules.genre import is_about_one, is_of_a_service
from tocsin.runbook.stated import Lines


def document_findings(playbook: Playbook, compiled: Compiled, told: frozenset[int] = frozenset()) -> Iterator[Finding]:
    """What is wrong with the document itself; the parts that begin on the lines ``told`` have a finding already."""
    if compiled.refused is not None:
        yield finding("TOC114", compiled.refused, "a tag, an anchor or a doubled key in the front matter was not read")
    for section in compiled.root.walk():
        yield from _blocks(section.blocks)
    yield from _hidden(playbook)
    if compiled.corrections is not None:
        for key, line in compiled.corrections.unused(playbook):
            where = f"{compiled.corrections.path}:{line}"
            yield finding("TOC609", 1, f"{where} corrects step {key}, which is not in this document (any more)")
    yield from _scale(playbook, compiled)
    yield from _procedures(playbook)
    unmapped = [block.lines for block in playbook.blocks if block.fate is BlockFate.UNMAPPED]
    yield from _kept([at for at in unmapped if at.first not in told])


def _kept(parts: list[Lines]) -> Iterator[Finding]:
    """All parts that nothing acts on in one finding: each of them alone says little."""
    if parts:
        named = few([f"{at.first}-{at.last}" if at.last > at.first else f"{at.first}" for at in parts], 8)
        plural = "s" if len(parts) > 1 or parts[0].last > parts[0].first else ""
        yield finding("TOC109", parts[0].first, f"kept as text, and nothing acts on it: line{plural} {named}")


def _blocks(blocks: Iterable[Block]) -> Iterator[Finding]:
    for block in blocks:
        match block:
            case Fence() if not block.closed:
                after = block.lines.last - block.lines.first
                yield finding(
                    "TOC106",
                    block.lines.first,
                    f"this code block is never closed; the {after} lines after it are not read",
                )
            case Raw() if not block.text.lstrip().startswith("<!--"):
                yield finding("TOC113", block.lines.first, "HTML is kept as text")
            case Quote():
                yield from _blocks(block.children)
            case ItemList():
                for item in block.items:
                    yield from _blocks(item.children)
            case _:
                pass


def _hidden(playbook: Playbook) -> Iterator[Finding]:
    for step in playbook.steps().values():
        if step.command is None:
            continue
        if has_hidden_characters(step.command.text):
            shown = step.command.text.encode("ascii", "backslashreplace").decode()
            yield finding("TOC105", step.lines.first, f"the command holds characters that cannot be seen: {shown}")
        elif sign := misprinted(step.command.text) if step.command.language != "sql" else "":
            name, meant = _TYPED[sign]
            said = f"{name} stands where {meant} is meant: {short(step.command.text)}"
            yield finding("TOC105", step.lines.first, said, fix=f"Type {meant} there.")
        elif has_lookalikes(step.command.text):
            yield finding(
                "TOC105", step.lines.first, f"a word of the command mixes scripts that look alike: {step.command.text}"
            )


_TYPED = {
    **dict.fromkeys("\u2013\u2014\u2212", ("a dash", "the hyphen of an option")),
    **dict.fromkeys("\u201c\u201d", ("a quotation mark of print", 'a plain "')),
    **dict.fromkeys("\u2018\u2019", ("a quotation mark of print", "a plain '")),
    "\u00a0": ("a space that does not break", "a plain space"),
}
"""What a word processor writes, and what was typed."""


def _scale(playbook: Playbook, compiled: Compiled) -> Iterator[Finding]:
    if not playbook.severities:
        if is_of_a_service(playbook, compiled):
            if not playbook.escalation_levels:
                yield finding("TOC119", 1, "this says what to do, and neither how severe it is nor who is called")
        elif not is_about_one(playbook):
            yield finding("TOC107", 1, "the document defines no severities")
        return
    own = {_shape(one.name) for one in playbook.severities}
    same = {(_shape(one.name), _number(one.name)) for one in playbook.severities}
    others: dict[str, list[tuple[str, int]]] = {}
    numbers = _numbers_of_titles(playbook, compiled)
    for name, line in compiled.scale.others:
        if line in numbers:
            continue
        if (_shape(name), _number(name)) not in same:  # "severity 1" is SEV1 written out
            others.setdefault(_shape(name), []).append((name, line))
    for shape, names in others.items():
        if shape in own:
            for name in dict.fromkeys(name for name, _line in names):
                line = next(at for said, at in names if said == name)
                known = ", ".join(one.name for one in playbook.severities)
                yield finding("TOC111", line, f"{name} is none of the severities {known}")
        elif len({_number(name) for name, _line in names}) >= 2 and not _says_what_corresponds(names, compiled):
            first = playbook.severities[0]
            yield finding(
                "TOC110",
                names[0][1],
                f"{names[0][0]} belongs to another scale than {first.name}; which levels correspond is not stated",
                related=(first.lines.first,),
            )


def _says_what_corresponds(names: list[tuple[str, int]], compiled: Compiled) -> bool:
    """Whether one line has several levels of both scales: "alerts of P0 and P1 become incidents of SEV1 and SEV2"."""
    for line in dict.fromkeys(line for _name, line in names):
        here = {_number(name) for name, at in names if at == line}
        if len(here) > 1 and len(compiled.scale.mentioned(compiled.document.lines[line - 1])) > 1:
            return True
    return False


def _numbers_of_titles(playbook: Playbook, compiled: Compiled) -> frozenset[int]:
    """Lines of titles "P1: Oven cold", "P2: Belt torn" that count playbooks from one on, each number once."""
    counted: dict[str, list[tuple[int, int]]] = {}
    titles = {one.lines.first for one in playbook.procedures}
    for name, line in compiled.scale.others:
        written = compiled.document.lines[line - 1][:_LONGEST_TITLE].lstrip("#* ").casefold() if line in titles else ""
        if written.startswith(name.casefold()):
            counted.setdefault(_shape(name), []).append((int(_number(name) or 0), line))
    return frozenset(
        line
        for several in counted.values()
        if [number for number, _line in several] == list(range(1, len(several) + 1)) and len(several) > 1
        for _number_, line in several
    )


_LONGEST_TITLE = 200
"""Characters of a line among which a name begins it."""


def _shape(name: str) -> str:
    shape = re.sub(r"[\W\d_]+", "", name).casefold()
    return _SHORT.get(shape, shape)


_SHORT = {"severity": "sev", "priority": "p", "prio": "p"}


def _number(name: str) -> str:
    return re.sub(r"\D", "", name)


def _procedures(playbook: Playbook) -> Iterator[Finding]:
    incidents = [one for one in playbook.procedures if one.kind in ("incident", "alert")]
    if not incidents:
        yield finding("TOC108", 1, "the document names no incident with what to do about it")
    seen: dict[str, int] = {}
    for one in incidents:
        title = one.title.casefold()
        if title in seen:
            yield finding(
                "TOC112", one.lines.first, f"{one.title!r} stands at line {seen[title]} already", related=(seen[title],)
            )
        seen.setdefault(title, one.lines.first)
