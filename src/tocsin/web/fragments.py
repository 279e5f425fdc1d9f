"""Pieces of pages that are rendered once for many: blanks stand where people differ, and are filled in as it is sent.

A blank is a word that nobody can guess and that never leaves the process, so nothing that people write can be taken for
one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import escape

from tocsin.web.live import Update, event


@dataclass(frozen=True, slots=True)
class Blanks:
    """The words that stand for what differs from person to person."""

    csrf: str = field(default_factory=lambda: f"blank-{secrets.token_hex(16)}")
    link: str = field(default_factory=lambda: f"blank-{secrets.token_hex(16)}")
    nobody: str = field(default_factory=lambda: f"blank-{secrets.token_hex(16)}")
    """The handle of whoever is nobody in particular: no person has it, so that no comparison with it holds."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """An update as a stream carries it, in pieces; every second one is a blank."""

    pieces: tuple[bytes, ...]

    def filled(self, values: Mapping[str, str]) -> bytes:
        """It with its blanks filled. KeyError for one that has no value: a blank is never sent."""
        if len(self.pieces) == 1:
            return self.pieces[0]
        said = {blank.encode(): _safe(value).encode() for blank, value in values.items()}
        filled = list(self.pieces)
        filled[1::2] = [said[blank] for blank in self.pieces[1::2]]
        return b"".join(filled)


def fragment(update: Update, blanks: Blanks) -> Fragment:
    """An update in which the blanks stand, taken apart."""
    words = f"({blanks.csrf}|{blanks.link}|{blanks.nobody})".encode()
    return Fragment(tuple(re.split(words, event(update).encode())))


def _safe(value: str) -> str:
    """A value as HTML in one line. Both are what we made ourselves, but for a link whose holder wrote more into it."""
    return re.sub(r"[\r\n]", "", str(escape(value)))
