"""A line of text with what Markdown marks in it: code, bold, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tocsin.runbook.document.remembered import remembered
from tocsin.runbook.grammar import ending, pattern
from tocsin.runbook.stated import Lines


def _opens_a_bracket(key: str) -> bool:
    """Whether a colon stands inside of a bracket that begins before it: "Desk (open: weekdays)" has no label."""
    return key.count("(") + key.count("（") > key.count(")") + key.count("）")


_LABEL = re.compile(
    r"^(?P<key>(?:[^:：]|(?<=\d):(?=[0-5]\d(?!\d))){1,60}?)\s*(?:(?<!\d)[:：]|[:：](?![0-5]\d(?!\d)))(?!//)"
    r"\s*(?P<value>.*)$",
    re.DOTALL,
)
"""A label and what stands behind its colon; that of a time, "T+0:15: the lead", ends none."""
_AFTER_LEAD = re.compile(r"^\s*(?:\([^()]*\)\s*)?(?:[:：–—]|-(?=\s))\s*")


@pattern
def _ordinal() -> str:
    return rf"^(?:{ending('counted')}\s*\d+\s*[:：.)–—-]\s*|\d+(?:\.\d+)*\s*[.)]\s+|[-*•]\s+)"


_DIGIT = re.compile(r"\d")
_TASK = re.compile(r"^\[[ xX]\]\s+")


class Run(NamedTuple):
    """A stretch of text on one line; ``href`` is where it links to."""

    text: str
    line: int
    code: bool = False
    strong: bool = False
    href: str | None = None


@dataclass(frozen=True)
class Inline:
    """The text of a paragraph, list item, table cell or heading."""

    runs: tuple[Run, ...]
    lines: Lines

    @remembered
    def text(self) -> str:
        """The words without the marks; a line break is a space."""
        joined = " ".join("".join([run.text for run in self.runs]).split())
        return _TASK.sub("", joined) if joined.startswith("[") else joined

    @property
    def codes(self) -> tuple[Run, ...]:
        """The code spans, in order."""
        return tuple(run for run in self.runs if run.code)

    @remembered
    def links(self) -> tuple[Run, ...]:
        """The links, in order."""
        return tuple([run for run in self.runs if run.href])

    @remembered
    def lead(self) -> str | None:
        """What stands in bold, or as code before a colon, at the beginning: the P0 of "**P0**: …"."""
        if len(self.runs) == 1 and not self.runs[0].strong:
            return None
        runs = self._content
        if not runs:
            return None
        first = runs[0]
        if first.strong:
            return _clean("".join(run.text for run in _while_strong(runs)))
        if first.code and len(runs) > 1 and _AFTER_LEAD.match(runs[1].text):
            return _clean(first.text)
        return None

    @remembered
    def rest(self) -> str:
        """What follows ``lead``, without the colon or dash between them."""
        if self.lead is None:
            return self.text
        runs = self._content
        taken = len(list(_while_strong(runs))) if runs[0].strong else 1
        tail = " ".join("".join([run.text for run in runs[taken:]]).split())
        return tail[1:].strip() if tail.startswith((":", "：", "–", "—", "-")) else tail

    @remembered
    def labelled(self) -> tuple[str, str] | None:
        """(key, value) of "**Key**: value", "**Key:** value" or "Key: value"; None where there is no key."""
        if self.lead is not None:
            return self.lead, self.rest
        text = self.text
        if ":" not in text and "：" not in text:
            return None
        inside = any(run.code and ":" in run.text for run in self.runs)
        match = _LABEL.match(self._without_colons_in_code if inside else text)
        if match is None or match["key"].count(" ") > 6 or _opens_a_bracket(match["key"]):
            return None
        key, value = (match["key"], match["value"])
        return (_restored(key), _restored(value)) if inside else (key.strip(), value.strip())

    @property
    def _without_colons_in_code(self) -> str:
        """The text with another sign for each colon inside of code: `` `state: failed` is seen`` has no label."""
        runs = (run.text.replace(":", _NO_COLON) if run.code else run.text for run in self.runs)
        return _TASK.sub("", " ".join("".join(runs).split()))

    @property
    def whole_strong(self) -> bool:
        """Whether all of it is bold: a heading in disguise."""
        runs = self._content
        return bool(runs) and all(run.strong or not run.text.strip(" :：") for run in runs)

    def after(self, name: str) -> Inline:
        """What follows a name on the line, and the colon, dash or arrow behind it, with its marks."""
        runs: list[Run] = []
        left = len(re.sub(r"\s", "", name))
        for run in self.runs:
            taken = 0
            while left and taken < len(run.text):
                left -= not run.text[taken].isspace()
                taken += 1
            if run.text[taken:]:
                runs.append(run._replace(text=run.text[taken:]))
        if runs:
            runs[0] = runs[0]._replace(text=re.sub(r"^\s*[:：→–—-]*\s*", "", runs[0].text))
        return Inline(tuple(runs), self.lines)

    @remembered
    def _content(self) -> tuple[Run, ...]:
        start = 0
        while start < len(self.runs) and not self.runs[start].text.strip():
            start += 1
        runs = self.runs[start:]
        if runs and not runs[0].code and _TASK.match(runs[0].text.lstrip()):
            bare = _TASK.sub("", runs[0].text.lstrip())
            mark = (Run(bare, runs[0].line, strong=runs[0].strong, href=runs[0].href),) if bare.strip() else ()
            return (*mark, *runs[1:])
        return runs

    @property
    def by_line(self) -> tuple[Inline, ...]:
        """The same text, one piece for each line of the document that says something."""
        return (self,) if self._pieces is None else self._pieces

    @remembered
    def _pieces(self) -> tuple[Inline, ...] | None:
        """Those pieces; None for a text that is one, so that it does not hold itself."""
        by_number: dict[int, list[Run]] = {}
        for run in self.runs:
            by_number.setdefault(run.line, []).append(run)
        if len(by_number) == 1 and self.lines.first == self.lines.last and self.lines.first in by_number:
            return None if any(run.text.strip() for run in self.runs) else ()
        return tuple(
            Inline(tuple(runs), Lines(number, number))
            for number, runs in sorted(by_number.items())
            if any(run.text.strip() for run in runs)
        )


_NO_COLON = "\ufdd0"
"""A code point that no document has: Unicode keeps it for inner use."""


def _restored(text: str) -> str:
    return text.replace(_NO_COLON, ":").strip()


def has_ordinal(text: str) -> bool:
    """Whether a comment or item text begins with "Step 2:", "3." or a bullet."""
    return _may_be_counted(text) and _ordinal().match(text) is not None


@lru_cache(maxsize=4096)  # every question about a line begins with it
def without_ordinal(text: str) -> str:
    """A comment or item text without "Step 2:", "3." or a bullet before it."""
    return (_ordinal().sub("", text, count=1) if _may_be_counted(text) else text).strip()


def _may_be_counted(text: str) -> bool:
    """Whether a text begins with a bullet or has a digit: most have neither, and every line is asked for its number."""
    return text[:1] in "-*•" or _DIGIT.search(text) is not None


def plain(text: str, line: int) -> Inline:
    """Text without any marks."""
    return Inline((Run(text, line),), Lines(line, line))


def _while_strong(runs: tuple[Run, ...]) -> Iterator[Run]:
    for run in runs:
        if not run.strong:
            return
        yield run


def _clean(lead: str) -> str:
    return " ".join(lead.split()).rstrip(":：").strip()


def is_task(text: str) -> bool:
    """Whether an item is a box to tick: "[ ] Told the desk"."""
    return _TASK.match(text) is not None
