"""What a command prints, on its way to people: decoded, disarmed, without secrets, in pieces, and bounded.

Secrets are masked here, before anything is kept or shown, also where one lies across two pieces: the end of what has
come is held back until no secret can begin in it that ends later. What is let go ends with a line where it can.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from tocsin.app.ports import Hear, Masks
from tocsin.incident.terminal_text import plain, shortened

HEAD = 256 * 1024
TAIL = 1024 * 1024
LONGEST_UNKNOWN = 1024 * 1024
"""Bytes that wait at most for the word what is secret on their host."""
LONGEST_HELD = 16 * 1024
"""Characters of one unfinished line or one private key that are held back at most."""
_KEY_BEGINS, _KEY_ENDS = "-----BEGIN ", "-----END "


class NoMasks:
    """Knows no secret."""

    longest = spanning = 0

    def text(self, text: str) -> str:
        """The text as it is."""
        return text

    def first_across(self, text: str, at: int) -> int:
        """No secret lies anywhere."""
        return at

    def also(self, values: Iterable[str]) -> Masks:
        """Nor does any become known."""
        return self


@dataclass(slots=True)
class Printed:
    """The output of one run. ``hear`` gets each piece once it is safe to show.

    Nothing is shown while it ``awaits`` the word what else is secret where the command runs (``learn``).
    """

    masks: Masks
    hear: Hear
    awaits: bool = False
    kept: Kept = field(default_factory=lambda: Kept())
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")(errors="replace")
    )
    _unknown: bytes = b""
    _raw: str = ""
    _held: str = ""

    def add(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self.awaits:
            self._unknown += piece
            if len(self._unknown) > LONGEST_UNKNOWN:
                self.learn(())  # who prints that much before the command can have begun is not the command
            return
        raw = self._raw + self._decoder.decode(piece)
        # An escape sequence ends with its line at the latest.
        cut = raw.rfind("\n") + 1
        if not cut and len(raw) > LONGEST_HELD:
            cut = len(raw)
        self._raw = raw[cut:]
        if cut:
            self._held += plain(raw[:cut])
            self._let_go(final=False)

    def learn(self, secrets: Iterable[str]) -> None:
        """These are secret as well, and nothing else is going to be."""
        self.masks, self.awaits = self.masks.also(secrets), False
        unknown, self._unknown = self._unknown, b""
        self.add(unknown)

    def close(self) -> None:
        """Nothing more will come."""
        if self.awaits:
            self.learn(())
        self._held += plain(self._raw + self._decoder.decode(b"", final=True))
        self._raw = ""
        self._let_go(final=True)

    def _let_go(self, *, final: bool) -> None:
        held = self._held
        cut = len(held) if final else self._safe(held)
        if not cut:
            return
        self._held = held[cut:]
        text = self.masks.text(held[:cut])
        self.kept.add(text)
        self.hear(text)

    def _safe(self, held: str) -> int:
        """How much of it can be let go: up to the last line before which every secret that began has ended."""
        whole = max(0, len(held) - max(self.masks.spanning - 1, 0))
        cut = held.rfind("\n", 0, whole) + 1
        if not cut and len(held) > LONGEST_HELD:
            cut = max(0, len(held) - max(self.masks.longest - 1, 0))
        begun = held.rfind(_KEY_BEGINS, 0, cut)
        if begun >= 0 and held.find(_KEY_ENDS, begun, cut) < 0 and len(held) - begun < LONGEST_HELD:
            cut = begun
        return self.masks.first_across(held, cut)


@dataclass(slots=True)
class Kept:
    """The first and the last of an output of any length."""

    head: list[str] = field(default_factory=list)
    tail: deque[str] = field(default_factory=deque)
    left_out: int = 0
    _in_head: int = 0
    _in_tail: int = 0

    def add(self, text: str) -> None:
        """Keep what fits and count the rest."""
        room = HEAD - self._in_head
        if room > 0:
            self.head.append(text[:room])
            self._in_head += len(self.head[-1])
            text = text[room:]
        if text:
            self.tail.append(text)
            self._in_tail += len(text)
        while self.tail and self._in_tail - len(self.tail[0]) >= TAIL:
            gone = self.tail.popleft()
            self._in_tail -= len(gone)
            self.left_out += len(gone)

    def text(self) -> tuple[str, bool]:
        """The output, and whether anything is missing from it."""
        tail = "".join(self.tail)
        over = max(0, len(tail) - TAIL)
        left_out = self.left_out + over
        gap = f"\n[… {left_out} characters left out …]\n" if left_out else ""
        text, cut = shortened("".join(self.head) + gap + tail[over:])
        return text, cut or left_out > 0
