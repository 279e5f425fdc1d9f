"""Incidents that are paragraphs: a name in bold that runs into what to do, or the case with what to do behind it.

"**Gates stay shut.** Restart them: `make gates`", "If the lamp is dark, replace the fuse", "**Q:** …" and "**A:** …".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.runbook.document.blocks import Block, Fence, ItemList, Text
from tocsin.runbook.document.inline import Inline
from tocsin.runbook.document.sections import LABEL_LEVEL, Section, parse_title
from tocsin.runbook.procedure.cases_of_trouble import case_of, is_in_vain, is_trouble
from tocsin.runbook.procedure.questions import asked_in, says_a_wrong
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.words import vocabulary

_LONGEST_NAME = 12
"""Words of a name, or of a case."""
_LONGEST_QUESTION = 160
"""Characters of a line that asks."""
_ASKS = ("?", "？")
_COMMA = re.compile(r"[,，、]\s*|[:：]\s+")


def told_in_paragraphs(blocks: Sequence[Block]) -> tuple[list[Section], list[Block]]:
    """The incidents that the paragraphs of a chapter are, with what follows each, and the blocks before the first.

    There are two at least, and half of them say what is wrong: a paragraph in bold may begin any explanation. Where
    every paragraph begins so, one that does is enough.
    """
    heads = [_head(block) if isinstance(block, Text) else None for block in blocks]
    named = [head for head in heads if head is not None]
    wrong = sum(told for _name, _rest, told in named)
    texts = sum(isinstance(block, Text) for block in blocks)
    if len(named) < 2 or not wrong or (wrong * 2 < len(named) and not 2 < len(named) == texts):
        return [], list(blocks)
    found: list[Section] = []
    others: list[Block] = []
    for block, head in zip(blocks, heads, strict=True):
        if head is not None and isinstance(block, Text):
            name, rest, _wrong = head
            own: list[Block] = [Text(block.lines, rest)] if rest.text else []
            found.append(Section(parse_title(name), LABEL_LEVEL, block.lines, block.inline, blocks=own))
        elif found and isinstance(block, Text | Fence | ItemList):
            found[-1].blocks.append(block)
        else:
            others.append(block)
    return [one for one in found if one.blocks], others


def troubles_asked_below(section: Section) -> list[Section]:
    """The incidents among lines that ask in bold, each answered below, under whatever title: "**Q: Gates shut?**".

    Those that ask about other things are none.
    """
    labels = [
        one for one in section.children if one.level == LABEL_LEVEL and one.title.raw.rstrip("*_ ").endswith(_ASKS)
    ]
    told = [(one, found) for one in labels if (found := _answered(one)) is not None]
    if len(told) < 2:
        return []
    return [
        Section(parse_title(name), LABEL_LEVEL, one.lines, one.inline, blocks=[first, *one.blocks[1:]])
        for one, (name, first) in told
        if name
    ]


def _answered(label: Section) -> tuple[str, Text] | None:
    """(the trouble that a line asks about, "" for none, and the answer) where both are called so by a letter."""
    key, said = _asked(label.inline)
    first = label.blocks[0] if label.blocks else None
    answer = first.inline.labelled if isinstance(first, Text) else None
    if not isinstance(first, Text) or answer is None or not _is_letter(key) or not _is_letter(answer[0]):
        return None
    return asked_in(said) or "", Text(first.lines, first.inline.after(answer[0]))


def cases_in(block: ItemList) -> list[Section]:
    """The items of a list as incidents where each is a case with what to do behind its comma."""
    heads = [_case(item.inline) for item in block.items]
    if len(heads) < 2 or None in heads:
        return []
    told = told_in_paragraphs([Text(item.lines, item.inline) for item in block.items])[0]
    for section, item in zip(told, block.items, strict=False):
        section.blocks += item.children
    return told if len(told) == len(heads) else []


def _head(block: Text) -> tuple[str, Inline, bool] | None:
    """(name, what stands behind it, whether it says what is wrong) of a paragraph that opens an incident."""
    return next((found for form in (_question, _run_in, _case) if (found := form(block.inline)) is not None), None)


def _run_in(inline: Inline) -> tuple[str, Inline, bool] | None:
    lead = inline.lead
    if lead is None or inline.whole_strong or not inline.rest or not inline.runs[0].strong:
        return None
    name = asked_in(lead) if lead.endswith(_ASKS) else lead.rstrip(".。!！ ")
    if name is None or len(name.split()) > _LONGEST_NAME or vocabulary().part(name) is not None:
        return None
    return name, inline.after(lead), says_what_fails(name) or is_trouble(name)


def _case(inline: Inline) -> tuple[str, Inline, bool] | None:
    """ "If the lamp is dark, replace the fuse": the case stands before its comma."""
    comma = _COMMA.search(inline.text)
    name = inline.text[: comma.start()] if comma is not None else ""
    if comma is None or len(name.split()) > _LONGEST_NAME or is_in_vain(name) or case_of(name) != name:
        return None
    return name, inline.after(inline.text[: comma.end()]), says_a_wrong(name)


def _question(inline: Inline) -> tuple[str, Inline, bool] | None:
    """A line that asks and one that answers below it: "Q: The gates stay shut?", "A: Restart them"; also in bold."""
    lines: Sequence[Inline] = inline.by_line
    if len(lines) < 2 or len(lines[0].text) > _LONGEST_QUESTION:
        return None
    (key, said), answer = _asked(lines[0]), lines[1].labelled
    if answer is None or not _is_letter(key) or not _is_letter(answer[0]):
        return None
    trouble = asked_in(said)
    behind = Inline(tuple(run for line in lines[1:] for run in line.runs), inline.lines).after(answer[0])
    return trouble or said.rstrip("?？ "), behind, trouble is not None


def _asked(line: Inline) -> tuple[str, str]:
    """The label of a question and what it asks, all in bold or only the first, "**Q: The gates stay shut?**"."""
    key, said = line.labelled or ("", "")
    if said or not line.whole_strong:
        return key, said
    before, _colon, behind = line.text.replace("：", ":").partition(":")
    return before.strip(), behind.strip()


def _is_letter(key: str) -> bool:
    """Whether a label is a letter for a question or an answer, "Q" and "A", or a word for one."""
    return key.rstrip(".").isalpha() and (len(key) == 1 or vocabulary().is_a("question", key, 0.99))
