"""Code blocks without a language that hold no code: checklists, numbered steps, diagrams."""

from __future__ import annotations

import re

from tocsin.runbook.command.shell import SHELL_INFO, is_told
from tocsin.runbook.document.blocks import Block, Fence, parse_blocks
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.words import vocabulary

_MARK = re.compile(r"^(\s*)(?:[✅☑✔✓→➜➤▶•‣◦☐□▪]|\[[ xX]\])\s*(?=\S)")
_ITEM = re.compile(r"^\s*(?:\d+[.)]\s+\S|[-*+]\s+\S|[✅☑✔✓→➜➤▶•‣◦☐□▪]\s*\S|\[[ xX]\]\s+\S)")
_TO_FILL_IN = re.compile(
    r"\s*(?:\d+[.)]|[-*+])\s+[^\W\d_][^:：\[\]<>{}]{1,40}[:：]\s*(?:\[[^\[\]\n]{2,80}\](?!\()|<[a-z]|\{)"
)
"""An item that is a name with a blank behind it, "- Status: [open/closed]": a message to fill in has them."""

_BOX = re.compile(r"[\u2500-\u257f\u25b2-\u25bf]|\+-{3,}|-{3,}>|={3,}>")


@remembered_with
def checklist(fence: Fence) -> tuple[Block, ...] | None:
    """The blocks that a block without a language would be if nobody had fenced it; None when it is no checklist."""
    if is_told_in(fence):
        body = tuple(line.lstrip("# ") if line.startswith("#") else line for line in fence.body)
        return parse_blocks(body, first=fence.first)
    if fence.info not in ("", "text", "txt", "plaintext", "plain", "checklist", "markdown", "md") or is_diagram(fence):
        return None
    lines = [line for line in fence.body if line.strip()]
    items = sum(bool(_ITEM.match(line)) for line in lines)
    if not lines or items < max(1, len(lines) / 2) or (len(lines) == 1 and fence.info == ""):
        return None
    if fence.info in ("markdown", "md") and any(line.startswith("#") for line in lines):
        return None
    if sum(bool(_TO_FILL_IN.match(line)) for line in lines) * 2 > len(lines):
        return None
    body = tuple(_MARK.sub(r"\1- ", line) for line in fence.body)
    return parse_blocks(body, first=fence.first)


def is_told_in(fence: Fence) -> bool:
    """Whether a block marked as shell holds no command, only numbered steps for somebody to take in a console."""
    if fence.info not in SHELL_INFO:
        return False
    lines = [line for line in fence.body if line.strip() and not line.startswith("#")]
    return bool(lines) and all(map(is_told, lines))


_SAID = re.compile(r"^\W*(?P<label>[^\W\d_][^:：]{2,40})[:：]\s*$")
_BRANCH = re.compile(r"^(\s*)[├└│┣┗┃][─━]*\s*(?=\S)")


_KEYED = re.compile(
    r"(?:[^\W\d_][^:#{}\[\]]{0,40}:(?:\s+[^\s{\[&*!|>].*)?|\s*(?:[-*]|\d+[.)])\s+(?![\w.-]+:(?:\s|$))\S.*)"
)
"""A line of data that only holds words: "Definition:", "Response time: 5 minutes", "- All trams stand"."""

_OF_LEVELS = ("criteria_label", "response_label", "acknowledge_label", "resolution_label", "action_label")


def told(fence: Fence) -> tuple[Block, ...] | None:
    """The blocks of a block that tells something as labels and lists, "SYMPTOMS:", a list, "FIX:", a list.

    A block without a language tells a procedure, one of YAML a procedure or a level of severity.
    """
    if fence.info in ("yaml", "yml"):
        return _told_as_data(fence)
    if fence.info not in ("", "text", "txt", "plaintext", "plain"):
        return None
    rows = [line.strip() for line in fence.body if line.strip()]
    if len(rows) > 2 and all(row.startswith("|") for row in rows) and set(rows[1]) <= set("|-: "):
        return parse_blocks(tuple(line.strip() for line in fence.body), first=fence.first)  # a table, fenced as it is
    said = [match["label"] for line in fence.body if (match := _SAID.match(line))]
    parts = {part.kind for label in said if (part := vocabulary().part(label)) is not None}
    if len(parts) < 2:
        return None
    body = (_SAID.sub(r"\g<label>:", line) for line in fence.body)
    return parse_blocks(tuple(_MARK.sub(r"\1- ", _BRANCH.sub(r"\1- ", line)) for line in body), first=fence.first)


def _told_as_data(fence: Fence) -> tuple[Block, ...] | None:
    lines = [line.rstrip() for line in fence.body if line.strip() and not line.lstrip().startswith("#")]
    if not lines or not all(_KEYED.fullmatch(line) for line in lines):
        return None
    words = vocabulary()
    labels = {line.partition(":")[0] for line in lines if line[0] not in " -*" and not line[0].isdigit()}
    known = [one for one in labels if words.part(one) or any(words.is_a(name, one, 0.6) for name in _OF_LEVELS)]
    return parse_blocks(fence.body, first=fence.first) if len(known) > 1 else None


@remembered_with
def is_diagram(fence: Fence) -> bool:
    """Whether a block is a drawing made of characters."""
    if fence.info in ("mermaid", "plantuml", "dot", "graphviz"):
        return True
    drawn = sum(len(_BOX.findall(line)) for line in fence.body)
    return drawn >= 6 and drawn > len(fence.body) // 2
