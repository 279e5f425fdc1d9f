"""A post-mortem where the runbook has no template: the sections it names, in its words and order.

Where it names none, a short outline of our own. What a section asks for decides what stands in it; what only
people can say is a blank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.review.record import ReviewRecord
from tocsin.review.vocabulary import Known, bind_label, is_timeline, words_of
from tocsin.review.wording import literal

OWN_SECTIONS = (
    "Timeline",
    "Impact",
    "Causes",
    "How it was resolved",
    "What went well",
    "What went badly",
    "Action items",
)

_LEADING = re.compile(r"^\s*(?:[-*+]|\d+[.)])?\s*")
_PARTS = re.compile(r"^(.*?)\s*(?:\(([^()]+)\)|:\s+(.+))\s*$")
_TASK = re.compile(
    r"^(?:schedule|update|share|notify|send|conduct|hold|review|publish|communicate|assign|inform|announce)\b",
    re.IGNORECASE,
)
_ACTIONS = re.compile(r"\b(?:action items?|corrective actions?|create actions?|follow up actions?)\b")
_RESOLVED = re.compile(r"\b(?:how it was resolved|how it was fixed|resolution steps|actions taken|steps taken)\b")
_COMPUTED = {
    Known.DETECTION_TIME: "Detection time",
    Known.RESPONSE_TIME: "Response time",
    Known.MITIGATION_TIME: "Mitigation time",
    Known.RESOLUTION_TIME: "Resolution time",
    Known.DOWNTIME: "Total downtime",
}


def outline(sections: Sequence[str], record: ReviewRecord) -> str:
    """A document with these sections, or with our own where there are none."""
    wanted = [_LEADING.sub("", one).strip().strip("*").rstrip(":").strip() for one in sections]
    wanted = [one for one in wanted if one] or list(OWN_SECTIONS)
    tasks = [one for one in wanted if _TASK.match(one)]
    asked = [one for one in wanted if one not in tasks]
    lines = _head(record)
    asked, times = _timeline_with_its_times(asked)
    if not any(is_timeline(one) for one in asked):
        lines += ["", "## Timeline", "", *_timeline(record)]
    told = False
    for one in asked:
        if not told and is_timeline(one):
            lines += _timeline_section(one, times, record)
            told = True
        else:
            lines += _section(one, record)
    if tasks:
        lines += ["", "## To do", "", *(f"- [ ] {literal(one)}" for one in tasks)]
    return "\n".join(lines) + "\n"


def _head(record: ReviewRecord) -> list[str]:
    values = record.literals()
    reference = values.get(Known.REFERENCE, "")
    named = ("Service", Known.SERVICE), ("Severity", Known.SEVERITY), ("Led by", Known.COMMANDER)
    instants = (
        ("Started", Known.STARTED_AT if record.times.started_at else None),
        ("Declared", Known.DETECTED_AT),
        ("First acknowledged", Known.ACKNOWLEDGED_AT),
        ("Mitigated", Known.MITIGATED_AT),
        ("Resolved", Known.RESOLVED_AT),
    )
    lines = [f"# Post-mortem: {reference}: {values.get(Known.TITLE, '')}".rstrip(": "), ""]
    if record.drill:
        lines += ["This was a drill.", ""]
    lines += [f"- **{label}**: {values[known]}" for label, known in (*named, *instants) if known in values]
    lines += [f"- **{label}**: {words}" for label, words in record.time_lines()]
    return [*lines, *(f"- {words}" for words in record.targets)]


def _timeline_with_its_times(asked: list[str]) -> tuple[list[str], list[str]]:
    """The sections without the computed times that follow the timeline: they belong into it."""
    start = next((i for i, one in enumerate(asked) if is_timeline(one)), None)
    if start is None:
        return asked, []
    end = start + 1
    while end < len(asked) and bind_label(asked[end]) in _COMPUTED:
        end += 1
    return [*asked[: start + 1], *asked[end:]], asked[start + 1 : end]


def _timeline_section(title: str, times: list[str], record: ReviewRecord) -> list[str]:
    heading, parts = _parts(title)
    wanted = [one for one in (*parts, *times) if bind_label(one) in _COMPUTED]
    computed = [f"- **{literal(one)}**: {_part(one, record)}" for one in wanted]
    return ["", f"## {literal(heading)}", "", *computed, *([""] if computed else []), *_timeline(record)]


def _section(title: str, record: ReviewRecord) -> list[str]:
    if bind_label(title) in _COMPUTED:
        return ["", f"- **{literal(title)}**: {_part(title, record)}"]
    words = words_of(title)
    heading, parts = _parts(title)
    lines = ["", f"## {literal(heading)}", ""]
    if _ACTIONS.search(words) and not parts:
        return [*lines, "- [ ] [action] (owner: [name], due: [date])"]
    if _RESOLVED.search(words):
        return [*lines, *_steps(record), f"[{_blank(title)}: what made the difference?]"]
    if parts:
        return [*lines, *(f"- **{literal(one)}**: {_part(one, record)}" for one in parts)]
    return [*lines, f"[{_blank(title)}: to be written]"]


def _parts(title: str) -> tuple[str, list[str]]:
    """The heading, and what it lists: "Impact (users, revenue)", "Lessons: what went well; what did not"."""
    found = _PARTS.match(title)
    if found is None:
        return title, []
    listed = [one.strip() for one in re.split(r"[,;]\s*(?:and\s+)?", found.group(2) or found.group(3))]
    listed = [one for one in listed if one]
    if len(listed) < 2:
        return title, []
    return (title if found.group(2) else found.group(1)), listed


def _part(part: str, record: ReviewRecord) -> str:
    """What is on record for one thing that a section asks for, or a blank that names it."""
    known = bind_label(part)
    if known in _COMPUTED:
        missing = "when did the trouble begin?" if known is Known.DETECTION_TIME else "not over yet"
        return dict(record.time_lines()).get(_COMPUTED[known], f"[{missing}]")
    return record.literals().get(known, "") if known in record.literals() else f"[{_blank(part)}: to be written]"


def _timeline(record: ReviewRecord) -> list[str]:
    return [f"- {entry.at} - {literal(entry.sentence)}" for entry in record.entries] or ["[nothing is on record]"]


def _steps(record: ReviewRecord) -> list[str]:
    numbered = [f"{number}. {literal(step)}" for number, step in enumerate(record.steps, 1)]
    return [*numbered, ""] if numbered else []


def _blank(title: str) -> str:
    return re.sub(r"[\[\]]", "", title).strip()
