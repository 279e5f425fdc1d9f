"""What a command prints, on its way to people: decoded, disarmed, without secrets, in pieces, and bounded.

Secrets are masked here, before anything is kept or shown, also where one lies across two pieces: the end of what has
come is held back until no secret can begin in it that ends later. What is let go ends with a line where it can.

Standard output and standard error come by pipes of their own, and are told apart from then on. Lines stand in the
order in which they came here (ADR 0027). A secret that begins on one and goes on on the other is masked as one text;
where its beginning was too short to be held back, the rest of it is.
"""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tocsin.app.ports import Hear, Masks
from tocsin.incident.streams import Piece, Stream, joined, merged
from tocsin.incident.terminal_text import plain, shortened

HEAD = 256 * 1024
TAIL = 1024 * 1024
LONGEST_UNKNOWN = 1024 * 1024
"""Bytes that wait at most for the word what is secret on their host."""
LONGEST_HELD = 16 * 1024
"""Characters of one unfinished line or one private key that are held back at most."""
MOST_TURNS = 1000
"""How often an output goes from one stream to the other before they are not told apart any more: pages, facts and
timelines keep a mark for each."""
NOT_TOLD_APART = "[from here on, standard output and standard error are not told apart: they take turns too often]\n"
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
    _unknown: list[tuple[bytes, Stream]] = field(default_factory=list)
    _strands: dict[Stream, _Strand] = field(default_factory=dict)
    _last: Piece = field(default_factory=lambda: Piece("\n"))
    _shown: str = ""
    _turns: int = 0

    def add(self, piece: bytes, stream: Stream = Stream.STDOUT) -> None:
        """Take the next bytes of a stream."""
        self.add_all([(piece, stream)])

    def add_all(self, came: Sequence[tuple[bytes, Stream]]) -> None:
        """Take what came by the streams at once: nobody knows which of them was written first."""
        if self.awaits:
            self._unknown += came
            if sum(len(one) for one, _ in self._unknown) > LONGEST_UNKNOWN:
                self.learn(())  # who prints that much before the command can have begun is not the command
            return
        fresh = [stream for piece, stream in came if self._strand(stream).take(piece)]
        for stream in fresh:
            strand = self._strand(stream)
            for other in self._strands.values():
                if other is not strand and _goes_on(self.masks, other.pending, strand.pending):
                    strand.put_before(other.give_up())
        for stream in dict.fromkeys(fresh):
            self._let_go(stream, self._strand(stream).ready())

    def learn(self, secrets: Iterable[str]) -> None:
        """These are secret as well, and nothing else is going to be."""
        self.masks, self.awaits = self.masks.also(secrets), False
        unknown, self._unknown = self._unknown, []
        for piece, stream in unknown:
            self.add(piece, stream)

    def close(self) -> None:
        """Nothing more will come."""
        if self.awaits:
            self.learn(())
        for stream, strand in self._strands.items():
            self._let_go(stream, strand.close())

    def _strand(self, stream: Stream) -> _Strand:
        if stream not in self._strands:
            self._strands[stream] = _Strand(self.masks)
        return self._strands[stream]

    def _let_go(self, stream: Stream, text: str) -> None:
        """Keep and show what is safe; it begins a line where it comes by another stream than what was before it."""
        if not text:
            return
        stream = stream if self._turns <= MOST_TURNS else Stream.NEITHER
        if stream is not self._last.stream:
            text = self._without_half(text)
            self._turns += 1
            if not self._last.text.endswith("\n"):
                self._show(Piece("\n"))
            if self._turns == MOST_TURNS + 1:
                stream = Stream.NEITHER
                self._show(Piece(NOT_TOLD_APART))
        self._show(Piece(text, stream))

    def _without_half(self, text: str) -> str:
        """The text without the rest of a secret whose beginning was shown last, by another stream."""
        before = self.masks.text(self._shown.rstrip("\n"))
        whole = self.masks.text(before + text)
        same = next((n for n, (one, other) in enumerate(zip(before, whole, strict=False)) if one != other), len(before))
        return text if same == len(before) else whole[same:]

    def _show(self, piece: Piece) -> None:
        self._last = piece
        if reach := 2 * self.masks.longest:
            self._shown = (self._shown + piece.text[-reach:])[-reach:]
        self.kept.add(piece)
        self.hear(piece)


@dataclass(slots=True)
class _Strand:
    """What one stream has brought, on its way through the masks."""

    masks: Masks
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")(errors="replace")
    )
    _raw: str = ""
    _held: str = ""

    @property
    def pending(self) -> str:
        """What has come and was not let go."""
        return self._held + plain(self._raw)

    def take(self, piece: bytes) -> bool:
        """Take the next bytes; whether they were any text."""
        text = self._decoder.decode(piece)
        self._raw += text
        return bool(text)

    def give_up(self) -> str:
        """All that is pending, without the end of its line, which is not this strand's any more."""
        text, self._held, self._raw = self.pending.rstrip("\n"), "", ""
        return text

    def put_before(self, text: str) -> None:
        """What came before all that is pending here."""
        self._held = text + self._held

    def ready(self) -> str:
        """What can be let go, masked."""
        raw = self._raw
        # An escape sequence ends with its line at the latest.
        cut = raw.rfind("\n") + 1
        if not cut and len(raw) > LONGEST_HELD:
            cut = len(raw)
        self._raw = raw[cut:]
        if not cut:
            return ""
        self._held += plain(raw[:cut])
        return self._let_go(self._safe(self._held))

    def close(self) -> str:
        """Nothing more will come; all that was held back, masked."""
        self._held += plain(self._raw + self._decoder.decode(b"", final=True))
        self._raw = ""
        return self._let_go(len(self._held))

    def _let_go(self, cut: int) -> str:
        text, self._held = self._held[:cut], self._held[cut:]
        return self.masks.text(text) if text else ""

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


def _goes_on(masks: Masks, before: str, after: str) -> bool:
    """Whether a secret that begins at the end of what one stream brought goes on with what another one brings."""
    reach = 2 * masks.longest
    before = before.rstrip("\n")[-reach:] if reach else ""
    return bool(before) and masks.first_across(before + after[:reach], len(before)) < len(before)


@dataclass(slots=True)
class Kept:
    """The first and the last of an output of any length."""

    head: list[Piece] = field(default_factory=list)
    tail: deque[Piece] = field(default_factory=deque)
    left_out: int = 0
    _in_head: int = 0
    _in_tail: int = 0

    def add(self, piece: Piece) -> None:
        """Keep what fits and count the rest."""
        room, text = HEAD - self._in_head, piece.text
        if room > 0:
            self.head.append(Piece(text[:room], piece.stream))
            self._in_head += len(self.head[-1].text)
            text = text[room:]
        if text:
            self.tail.append(Piece(text, piece.stream))
            self._in_tail += len(text)
        while self.tail and self._in_tail - len(self.tail[0].text) >= TAIL:
            gone = len(self.tail.popleft().text)
            self._in_tail -= gone
            self.left_out += gone

    def text(self) -> tuple[str, bool]:
        """The output, and whether anything is missing from it."""
        pieces, truncated = self.pieces()
        return joined(pieces), truncated

    def pieces(self) -> tuple[tuple[Piece, ...], bool]:
        """The same by its streams."""
        tail = list(self.tail)
        over = max(0, self._in_tail - TAIL)
        if over:
            tail[0] = Piece(tail[0].text[over:], tail[0].stream)
        left_out = self.left_out + over
        gap = [Piece(f"\n[… {left_out} characters left out …]\n")] if left_out else []
        found = [(shortened(one.text), one.stream) for one in merged((*self.head, *gap, *tail))]
        cut = any(is_cut for (_, is_cut), _ in found)
        return tuple(Piece(text, stream) for (text, _), stream in found), cut or left_out > 0
