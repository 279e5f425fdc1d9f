"""Blocks that stand in a quote, which many documents use as a box around what is important."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tocsin.runbook.document.blocks import Block, Quote


def unboxed(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, with those of each quote in its place."""
    for block in blocks:
        if isinstance(block, Quote):
            yield from unboxed(block.children)
        else:
            yield block
