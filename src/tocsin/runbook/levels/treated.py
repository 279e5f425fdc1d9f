"""What always has a severity, by a sentence beside the scale: "Treat data loss as SEV1", "Data loss is always SEV1"."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.document.blocks import ItemList, Quote, Text
from tocsin.runbook.document.boxed import unboxed
from tocsin.runbook.document.sections import Section
from tocsin.runbook.durations import spans
from tocsin.runbook.grammar import any_of, article, may_hold, pattern
from tocsin.runbook.levels.draft import Draft
from tocsin.runbook.playbook import severity_key
from tocsin.runbook.scale import Scale
from tocsin.runbook.sentence_ends import sentence_ends

_LONGEST = 160
"""Characters of such a sentence."""


def read_treated(root: Section, scale: Scale, draft: Draft) -> None:
    """Take what a sentence of a chapter about severities gives a level of it, for one of its criteria."""
    for section in root.walk():
        if "severity" not in section.abouts:
            continue
        for sentence in _sentences(section):
            said = _treated(sentence)
            if said is None:
                continue
            what, behind = said
            names = scale.mentioned(behind)
            level = draft.levels.get(severity_key(names[0])) if len(names) == 1 else None
            if level is not None and what not in level.criteria and len(behind.split()) <= _FEW:
                level.criteria.append(what)


_FEW = 4
"""Words of a severity, "a SEV1 incident"."""


def _sentences(section: Section) -> Iterator[str]:
    blocks = [one for block in section.blocks for one in (block.children if isinstance(block, Quote) else (block,))]
    for block in unboxed(blocks):
        texts = [block.inline] if isinstance(block, Text) else []
        texts += [item.inline for item in block.items] if isinstance(block, ItemList) else []
        for inline in texts:
            for line in inline.by_line:
                yield from (one for one in sentence_ends().split(line.text) if len(one) <= _LONGEST)


def _treated(sentence: str) -> tuple[str, str] | None:
    """What a sentence gives a severity, and the words for that one."""
    if not may_hold(sentence, "counts_as", "treat_as"):
        return None
    match = _gives().match(sentence) or _has().match(sentence)
    if match is None or next(spans(match["what"]), None) is not None:
        return None
    what = match["what"].strip(" ,:：*_")
    return (what[:1].upper() + what[1:], match["level"]) if what else None


@pattern
def _gives() -> str:
    what = r"(?P<what>[^\s,;:][^;:]{2,80}?)"
    level = rf"{any_of('given_as')}\s+(?P<level>[^.;:。]{{1,40}})[.!。]?$"
    return rf"^\W*{any_of('treat_as')}\s+(?:{article()})?{what}\s+{level}"


@pattern
def _has() -> str:
    what = r"(?P<what>[^\s,;:][^;:]{1,80}?)"
    return rf"^\W*(?:{article()})?{what}\s*{any_of('counts_as')}\s*(?P<level>[^.;:。]{{1,40}})[.!。]?$"
