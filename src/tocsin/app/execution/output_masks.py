"""Secrets in what a command prints: also those that a program broke into lines, and those of one run alone.

`base64` ends its line at 76 columns, `xxd -p` at 60, `openssl` at 64: a long secret never stands on one line there.
Alerts and notes do not come that way, so the storm does not pay for it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from tocsin.app.masking import MASK, Masker, finder

BREAKABLE = 16
"""Characters of the shortest form that is looked for across the ends of lines: shorter ones stand there by chance."""
_BROKEN_OFF = re.compile(r"(?:^|\n)[A-Za-z0-9+/=_-]{4,}\n?\Z|[A-Za-z0-9+/=_-]{40}\n?\Z")
"""The end of a text that looks as if a program had broken a line there: a line of digits, or a long run of them."""
_COLUMNS = frozenset((60, 64, 72, 76, 78, 79, 80, 100, 120, 132))
"""Lines of as many characters were broken by a program, as `fold` does at 80."""
LEAST = 6
"""Characters of a secret at the end of another line that are no chance."""


class Broken:
    """Known forms in a text, whatever ends of lines stand within them."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms = sorted(form for form in forms if len(form) >= BREAKABLE and "\n" not in form)
        self.longest = max(map(len, self._forms), default=0)
        self._finder: Any = finder(self._forms) if self._forms else None

    @cached_property
    def _known(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self._forms, key=len, reverse=True))))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where such forms stand that an end of line lies within, first one first."""
        if self._finder is None or "\n" not in text.rstrip("\n"):
            return []
        lines = text.split("\n")
        joined = "".join(lines)
        if not self._finder.search(joined.encode(errors="surrogatepass")):
            return []
        ends: list[int] = []  # of the lines, in what was joined
        for line in lines:
            ends.append(len(line) + (ends[-1] if ends else 0))
        found = []
        for match in self._known.finditer(joined):
            first = _ends_before(ends, match.start())
            last = _ends_before(ends, match.end() - 1)
            if first != last:
                found.append((match.start() + first, match.end() + last))
        return found

    def text(self, text: str) -> str:
        """The text with each of them replaced, and on one line where it was."""
        for start, end in reversed(self.spans(text)):
            text = text[:start] + MASK + text[end:]
        return text

    def first_across(self, text: str, at: int) -> int:
        """Where one begins that lies across the place ``at`` of a text; ``at`` itself when none does."""
        reach = 2 * self.longest
        near = max(0, at - reach)
        for start, end in self.spans(text[near : at + reach]):
            if near + start < at < near + end:
                return near + start
        return at

    def begun(self, text: str) -> int:
        """Where one begins that the end of the text may have broken off; its length when none does."""
        tail = text[-2 * self.longest :] if self.longest else ""
        joined = tail.replace("\n", "")
        least = 1 if _looks_broken(text) else LEAST
        for start in range(max(0, len(joined) - self.longest), len(joined) - least + 1):
            begun = joined[start:]
            place = bisect_left(self._forms, begun)
            if place < len(self._forms) and self._forms[place] != begun and self._forms[place].startswith(begun):
                return len(text) - len(tail) + _place(tail, start)
        return len(text)


def _looks_broken(text: str) -> bool:
    """Whether a program may have ended the last line for its width: that of the line before, or a common one."""
    *before, last = text[-4096:].rstrip("\n").rsplit("\n", 2)[-2:]
    as_long = len(last) in _COLUMNS or (len(last) >= BREAKABLE and [len(last)] == [*map(len, before)])
    return as_long or _BROKEN_OFF.search(text[-100:]) is not None


def _ends_before(ends: list[int], place: int) -> int:
    """How many lines end at or before a place of what was joined."""
    return bisect_left(ends, place + 1)


def _place(text: str, joined: int) -> int:
    """Where the character stands that has this number when the ends of lines are not counted."""
    for place, character in enumerate(text):
        if character != "\n":
            if not joined:
                return place
            joined -= 1
    return len(text)


@dataclass(frozen=True)
class OutputMasks:
    """The secrets of the installation and those of one run, for what a command prints (``ports.Masks``)."""

    known: tuple[tuple[Masker, Broken], ...]

    @property
    def longest(self) -> int:
        """Characters of the longest known secret in any of its forms."""
        return max(masker.longest for masker, _ in self.known)

    @property
    def spanning(self) -> int:
        """The same of those that hold a line's end; what a program broke is found by ``first_across``."""
        return max(masker.spanning for masker, _ in self.known)

    def text(self, text: str) -> str:
        """The text with every secret replaced."""
        for masker, broken in self.known:
            text = masker.text(broken.text(text))
        return text

    def first_across(self, text: str, at: int) -> int:
        """Where a known secret begins that lies across the place ``at``, or goes on behind the end of the text."""
        at, before = min([at, *(broken.begun(text) for _, broken in self.known)]), -1
        while at != before:  # a secret that repeats itself may seem to begin within itself
            before = at
            for masker, broken in self.known:
                at = broken.first_across(text, masker.first_across(text, at))
        return at

    def also(self, values: Iterable[str]) -> OutputMasks:
        """The same, and values that only this run knows; they are kept nowhere else."""
        return replace(self, known=(*self.known, _with_broken(Masker(values))))


@lru_cache(maxsize=2)
def output_masks(masker: Masker) -> OutputMasks:
    """What masks the output of commands, for an installation's masker; made once for each, for it takes a while."""
    return OutputMasks((_with_broken(masker),))


def _with_broken(masker: Masker) -> tuple[Masker, Broken]:
    return masker, Broken(masker.forms)
