"""By which of its two streams a command printed a piece of its output, and how that is kept beside the text.

A text stays plain for everybody who reads it. What tells the streams apart are marks beside it (``Mark``), as facts
keep them; or, where only one text can go (a runner's request, a document), control characters within (``written``),
which no kept output holds otherwise: who does not know them takes them out, as of every text from outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stream(StrEnum):
    """Where a piece of output comes from."""

    NEITHER = ""  # Tocsin's own words, a person's, or what was kept before the streams were told apart
    STDOUT = "stdout"
    STDERR = "stderr"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an output that came by one stream."""

    text: str
    stream: Stream = Stream.NEITHER


Mark = tuple[int, Stream]
"""So many characters of a text came by that stream. What lies behind the last mark came by neither."""

_SIGNS = {Stream.NEITHER: "\x01", Stream.STDOUT: "\x02", Stream.STDERR: "\x03"}
_STREAMS = {sign: stream for stream, sign in _SIGNS.items()}
_SIGN = re.compile("[\x01-\x03]")


def merged(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same without empty ones, neighbours of one stream as one."""
    texts: list[list[str]] = []
    streams: list[Stream] = []
    for piece in pieces:
        if not piece.text:
            continue
        if not streams or streams[-1] is not piece.stream:
            streams.append(piece.stream)
            texts.append([])
        texts[-1].append(piece.text)
    return tuple(Piece("".join(text), stream) for text, stream in zip(texts, streams, strict=True))


def joined(pieces: Iterable[Piece]) -> str:
    """The text of all."""
    return "".join(piece.text for piece in pieces)


def marks(pieces: Iterable[Piece]) -> tuple[Mark, ...]:
    """What tells the streams apart in their joined text.

    >>> marks([Piece("a", Stream.STDOUT), Piece("b", Stream.STDOUT), Piece("c", Stream.STDERR), Piece("d")])
    ((2, <Stream.STDOUT: 'stdout'>), (1, <Stream.STDERR: 'stderr'>))
    """
    found = [(len(piece.text), piece.stream) for piece in merged(pieces)]
    return tuple(found[:-1] if found and found[-1][1] is Stream.NEITHER else found)


def pieces(text: str, told: Sequence[Mark]) -> tuple[Piece, ...]:
    """The pieces of a text by its marks."""
    found: list[Piece] = []
    at = 0
    for count, stream in told:
        found.append(Piece(text[at : at + count], stream))
        at += count
    return merged((*found, Piece(text[at:])))


def part(of: Iterable[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """The pieces between two places of their joined text."""
    return merged(_part(of, start, end))


def _part(of: Iterable[Piece], start: int, end: int) -> Iterator[Piece]:
    at = 0
    for piece in of:
        yield Piece(piece.text[max(0, start - at) : max(0, end - at)], piece.stream)
        at += len(piece.text)


def written(of: Iterable[Piece]) -> str:
    """The pieces as one text with signs in it; a text that came by neither is itself.

    >>> written([Piece("a"), Piece("b", Stream.STDERR), Piece("c", Stream.STDOUT)])
    'a\\x03b\\x02c'
    """
    found = merged(of)
    text = "".join(map(signed, found))
    return text[1:] if found and found[0].stream is Stream.NEITHER else text


def signed(piece: Piece) -> str:
    """A piece with its sign, to stand behind others."""
    return f"{_SIGNS[piece.stream]}{piece.text}"


def read(text: str) -> tuple[Piece, ...]:
    """The pieces of a text that may have signs in it."""
    found: list[Piece] = []
    stream, at = Stream.NEITHER, 0
    for sign in _SIGN.finditer(text):
        found.append(Piece(text[at : sign.start()], stream))
        stream, at = _STREAMS[sign[0]], sign.end()
    return merged((*found, Piece(text[at:], stream)))


def split(text: str, at: int) -> tuple[str, str]:
    """A text with signs, cut at a place: what comes behind goes on by the same stream.

    >>> split("a\\x03bc", 3)
    ('a\\x03b', '\\x03c')
    """
    before, behind = text[:at], text[at:]
    signs = _SIGN.findall(before)
    return before, f"{signs[-1]}{behind}" if behind and signs else behind
