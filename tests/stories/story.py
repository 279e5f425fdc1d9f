"""Reads a story: a Markdown file with a team, what happened, and what must come of it.

- Runbook: `cookcam.md`, one of the real documents     (or: `corner-shop.md`, our own)
- Begins: 02:40
- `tocsin check` names: "Engineering Manager", "CTO"

## The team                  tocsin.toml as the team would write it
## What happened             one line for each act: time, who, what
## Who was paged             time, person, way, headline
## The timeline              every line of it, in order
## What customers read       the public updates, oldest first
## What nobody could know    blanks of the post-mortem and the answers that people gave
## The post-mortem           lines that stand in it when it is published
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINE = re.compile(r"^(\d\d):(\d\d)  (.*)$")
ACT = re.compile(r"^- (\d\d):(\d\d) (\S+) (.*)$")
ITEM = re.compile(r"^- (.*)$", re.MULTILINE)
ANSWER = re.compile(r"^- “(.+?)” → (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something so long after the beginning."""

    after: timedelta
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Story:
    """A whole story; instants are spans since its beginning, ``begins`` is the time of day of that."""

    name: str
    runbook: str
    real: bool
    begins: timedelta
    named_by_check: tuple[str, ...]
    toml: str
    acts: tuple[Act, ...]
    pages: tuple[str, ...]
    timeline: tuple[str, ...]
    customers: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    postmortem: tuple[str, ...]

    def clock(self, since: timedelta) -> str:
        """The time of day in the story, so long after its beginning."""
        minutes = int((self.begins + since).total_seconds() // 60) % (24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"


def read_story(path: Path) -> Story:
    """The story in a file. Raises ValueError for a line that it cannot read."""
    text = path.read_text(encoding="utf-8")
    head, parts = _parts(text)
    runbook = _only(r"^- Runbook: `([^`]+)`(.*)$", head)
    begins = _clock(_only(r"^- Begins: (\d\d:\d\d)$", head)[0])
    named = re.search(r"^- `tocsin check` names: (.+)$", head, re.MULTILINE)
    return Story(
        name=path.stem,
        runbook=runbook[0],
        real="real" in runbook[1],
        begins=begins,
        named_by_check=tuple(re.findall(r'"([^"]+)"', named[1])) if named else (),
        toml=_fenced(parts["The team"]),
        acts=tuple(_acts(parts["What happened"], begins)),
        pages=tuple(ITEM.findall(parts["Who was paged"])),
        timeline=tuple(line for line in _fenced(parts["The timeline"]).splitlines() if line),
        customers=tuple(ITEM.findall(parts.get("What customers read", ""))),
        answers=tuple(ANSWER.findall(parts.get("What nobody could know", ""))),
        postmortem=tuple(line for line in _fenced(parts["The post-mortem"]).splitlines() if line),
    )


def _parts(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the first section, and the sections by their titles; a heading inside a fence is no title."""
    parts: dict[str, list[str]] = {"": []}
    title, fenced = "", False
    for line in text.splitlines(keepends=True):
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            title = line[3:].strip()
            parts[title] = []
        else:
            parts[title].append(line)
    joined = {name: "".join(lines) for name, lines in parts.items()}
    return joined.pop(""), joined


def _only(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text, re.MULTILINE)
    if found is None:
        raise ValueError(f"the head of the story has no line like {pattern}")
    return found.groups()


def _fenced(text: str) -> str:
    found = FENCE.search(text)
    if found is None:
        raise ValueError(f"no fenced block in: {text[:80]!r}")
    return found[1]


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _acts(text: str, begins: timedelta) -> list[Act]:
    acts: list[Act] = []
    day = timedelta(0)
    for line in text.splitlines():
        if not line.startswith("- "):
            continue
        found = ACT.match(line)
        if found is None:
            raise ValueError(f"no act: {line!r}")
        after = _clock(f"{found[1]}:{found[2]}") - begins + day
        if after < timedelta(0) or (acts and after < acts[-1].after):
            after, day = after + timedelta(days=1), day + timedelta(days=1)
        acts.append(Act(after, found[3], found[4]))
    return acts
