"""Several people in one text, "Ada + Bo", "team lead and owner", and one whose name has such a sign, "R&D lead"."""

from __future__ import annotations

import re

from tocsin.runbook.escalation.people.ours import OURS
from tocsin.runbook.grammar import any_of, article, may_hold, pattern, phrases, small_words
from tocsin.runbook.words import is_unspaced, one_of, vocabulary, words_of


def names_in(text: str) -> list[str]:
    """The names of those who are called at once.

    >>> names_in("Ada + Bo"), names_in("Research & Development lead"), names_in("Team lead and owner")
    (['Ada', 'Bo'], ['Research & Development lead'], ['Team lead', 'owner'])
    """
    pieces = [piece.strip() for piece in re.split(r"[+＋]", text) if piece.strip()]
    pieces = [name for piece in pieces for name in _at_commas(piece)]
    pieces = [name for piece in pieces for name in _at_slashes(piece)]
    return [name for piece in pieces for joined in _at_ampersands(piece) for name in _at_and(joined)]


def _at_commas(text: str) -> list[str]:
    """The posts beside a comma, "On-call engineer, head of ovens"; "Ada Stone, head of ovens" is one person."""
    pieces = names_beside(text) if len(text) <= _LONGEST and BESIDE.search(text) is not None else [text]
    words = [piece.islower() and " " not in piece for piece in pieces]  # "on-call, lead" are two by one word each
    if len(pieces) < 2 or (any(words[1:]) and not words[0]):
        return [text]  # "Head of ovens, lead" is one with two words for him
    return pieces if all(_is_ours(piece) and len(piece.split()) <= _LONGEST_POST for piece in pieces) else [text]


_LONGEST_POST = 5
"""Words of a post, "Head of the night shift"."""


def _at_slashes(text: str) -> list[str]:
    """The pieces beside a slash between blanks where each is somebody by itself: "On-call / Team lead"."""
    pieces = _SLASH.split(text) if "/" in text else [text]
    return pieces if len(pieces) > 1 and all(map(_is_ours, pieces)) else [text]


_SLASH = re.compile(r"\s+/\s+")


def _at_ampersands(text: str) -> list[str]:
    """The pieces between the signs "&" that join two people, and not the words of one title."""
    found: list[str] = []
    for piece in re.split(r"\s*&\s*", text) if "&" in text else (text,):
        if found and _is_one_title(found[-1], piece, spaced=f"{found[-1]} &" in text):
            sign = " & " if f"{found[-1]} &" in text else "&"
            found[-1] = f"{found[-1]}{sign}{piece}"
        elif piece:
            found.append(piece)
    return found


def _is_one_title(before: str, behind: str, *, spaced: bool) -> bool:
    """Whether the words beside a "&" are of one title: "Trust & Safety lead", "R&D"."""
    left, right = words_of(before), words_of(behind)
    if not left or not right:
        return False
    if not spaced and (len(left[-1]) == 1 or len(right[0]) == 1):
        return True
    if left[-1] not in small_words("department") or right[0] not in small_words("department"):
        return False
    return len(right) > 1 or left[-1] in small_words("half_department")


def _at_and(text: str) -> list[str]:
    """The pieces beside an "and" where each is somebody by itself, "the lead and the owner"; no "sales and design".

    Of "the lead or the owner" both are called: one page too many beats none.
    """
    if not may_hold(text, "and", "and_names", "or"):
        return [text]
    if is_unspaced(text) and len(written := _written_and().split(text)) > 1 and all(map(_is_ours, written)):
        return written
    pieces = _and().split(text)
    words = [words_of(piece) for piece in pieces]
    departments = small_words("department")
    if len(pieces) < 2 or any(not said or (len(said) == 1 and said[0] in departments) for said in words):
        return [text]
    names = all(piece.isalpha() and piece[:1].isupper() for piece in pieces)
    return pieces if names or all(map(_is_ours, pieces)) else [text]


def _is_ours(piece: str) -> bool:
    return any(vocabulary().says(kind, piece) for kind in OURS)


@pattern
def _and() -> str:
    return rf"\s*,?\s+{any_of('and', 'and_names', 'or')}\s+(?:{article()})?"


@pattern
def _written_and() -> str:
    """Between two people in a script without blanks: 当番と班長, 值班员和组长, 当番・班長."""
    return rf"[、・]|{one_of(word for word in phrases('and', 'and_names', 'or') if ord(word[0]) >= 0x2E80)}"


def names_beside(text: str) -> list[str]:
    """The pieces of a text that stand beside each other, "Lead, owner"; a bracket stays with its name."""
    if len(text) > _LONGEST:
        return [text]
    pieces: list[str] = []
    for piece in BESIDE.split(text.strip()):
        if pieces and pieces[-1].count("(") > pieces[-1].count(")"):
            pieces[-1] += f", {piece}"
        elif piece:
            pieces.append(piece)
    return pieces


BESIDE = re.compile(r"\s*[,;，；、\n]\s*")

_LONGEST = 1_000
"""Characters of a text of names; a longer one says something else."""
