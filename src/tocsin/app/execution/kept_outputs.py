"""How the output of a run is kept: masked once more, a part with its fact, the whole in a document beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin.app.execution.output_masks import output_masks
from tocsin.app.masking import Masker
from tocsin.incident.streams import Piece, joined, merged, part

HEAD, TAIL = 48 * 1024, 15 * 1024
"""Characters of an output that are kept with the fact; all that was kept of it stands in a document beside it."""


def output_kind(run: str) -> str:
    """The kind of document that holds the whole output of a run."""
    return f"output:{run.rpartition('/')[2]}"


def masked(masker: Masker, output: Iterable[Piece]) -> tuple[Piece, ...]:
    """An output without known secrets; where one lies across two streams, they are not told apart any more."""
    masks = output_masks(masker)  # also those with an end of line within: each stream begins a line of its own
    found = merged(Piece(masks.text(piece.text), piece.stream) for piece in output)
    text = joined(found)
    clean = masks.text(text)
    return found if clean == text else merged((Piece(clean),))


def inline(output: Sequence[Piece]) -> tuple[Sequence[Piece], bool]:
    """What of an output goes with the fact, and whether anything is left out of it."""
    length = sum(len(piece.text) for piece in output)
    left_out = length - HEAD - TAIL
    if left_out <= 0:
        return output, False
    gap = Piece(f"\n[… {left_out} characters more in the whole output …]\n")
    return (*part(output, 0, HEAD), gap, *part(output, length - TAIL, length)), True


def stripped(output: Sequence[Piece]) -> tuple[Piece, ...]:
    """An output without what is empty at its ends."""
    text = joined(output)
    return part(output, len(text) - len(text.lstrip()), len(text.rstrip()))
