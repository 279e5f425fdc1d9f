"""A paragraph below the heading of a level that is a time and no more, "15 min", in whatever chapter it stands."""

from __future__ import annotations

import re

from tocsin.runbook.document.blocks import Text
from tocsin.runbook.document.sections import Section, replace_blocks
from tocsin.runbook.durations import target
from tocsin.runbook.levels.bare_times import is_time_alone
from tocsin.runbook.levels.draft import Level
from tocsin.runbook.levels.promises import is_clock
from tocsin.runbook.levels.titles import clock_named


def without_time_alone(section: Section, level: Level) -> Section:
    """A chapter of a level without the paragraph that is a time and no more, "15 min", which is taken.

    It is the time of what the chapter above is about, "Resolution times", or that of a response.
    """
    above = clock_named(section.parent.title.text) if section.parent is not None else None
    of_times = above is not None or (section.parent is not None and section.parent.about == "targets")
    for block in section.blocks:
        said = _plain_line(block) if isinstance(block, Text) and not level.stated else ""
        alone = 0 < len(said) <= _LONGEST_ALONE and (is_time_alone(said) or is_only_time(said))
        if alone or (of_times and _begins_with_time(said)):
            level.state(above or "response", target(said, block.lines.first))
            return replace_blocks(section, [one for one in section.blocks if one is not block])
    return section


def _plain_line(block: Text) -> str:
    """A paragraph of one line without a label, bare of the signs around it; empty for any other."""
    one = block.lines.first == block.lines.last and not _COLON.search(block.inline.text)
    return block.inline.text.strip(_SIGNS) if one else ""


_COLON = re.compile("[:：]")


def _begins_with_time(text: str) -> bool:
    """Whether a time is the first that a text says: "15 minutes, day and night"."""
    span = target(text) if text[:1].isdigit() else None
    return span is not None and text.startswith(span.text) and is_clock(text)


def is_only_time(value: str) -> bool:
    """Whether a value is a time and nothing else, whatever its label is."""
    span = target(value)
    return span is not None and span.text == value.strip().rstrip(".。")


_SIGNS = " :：–—-=→()（）.。"
_LONGEST_ALONE = 40
"""Characters."""
