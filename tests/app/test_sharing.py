"""Live output that one node tells the others: batched, bounded, and forgotten when nothing runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.app.shop import Shop
from tocsin.app.execution.outputs import ON_A_PAGE, Outputs
from tocsin.app.execution.sharing import FORGOTTEN, NODES, Sharing
from tocsin.incident.streams import Piece, Stream, joined

RUN = "INC-1/s/1"


class Two(Shop):
    """Two nodes on one store."""

    def __init__(self) -> None:
        super().__init__()
        self.here, self.there = Outputs(), Outputs()
        self.nodes = [Sharing(self.store, self.clock, self.here, "a"), Sharing(self.store, self.clock, self.there, "b")]

    def look(self) -> None:
        """Both look."""
        for node in self.nodes:
            node.look()

    def kept(self, name: str) -> str:
        """What is kept of that name."""
        with self.store.read() as tx:
            return tx.keep.get(name) or ""


@pytest.fixture
def two() -> Two:
    """Two nodes."""
    return Two()


def test_what_is_printed_on_one_node_is_shown_on_the_other_until_it_ends(two: Two) -> None:
    """By its streams; whoever listens there is told of each news, and of none that is old."""
    told: list[str] = []
    two.there.listeners.append(told.extend)
    two.here.begin(RUN)
    two.look()
    assert two.there.running("INC-1").keys() == {RUN}
    pieces = (Piece("four\n", Stream.STDOUT), Piece("bad\n", Stream.STDERR))
    for piece in pieces:
        two.here.hear(RUN, piece)
    two.look()
    two.look()
    assert two.there.pieces(RUN) == pieces
    assert told == ["INC-1", "INC-1"]
    assert two.there.own() == {}
    two.here.end(RUN)
    two.look()
    assert two.there.running("INC-1") == {}
    assert two.kept(NODES) == "{}"


def test_a_flood_is_one_short_row_for_each_look(two: Two) -> None:
    """However much comes between two looks: the end of it, once."""
    two.here.begin(RUN)
    for number in range(5000):
        two.here.hear(RUN, Piece(f"line {number} \n"))
    two.look()
    assert len(two.kept(f"{NODES}/a")) < 2 * ON_A_PAGE
    assert joined(two.there.pieces(RUN)).endswith("line 4999 \n")
    before = two.kept(f"{NODES}/a")
    two.look()
    assert two.kept(f"{NODES}/a") == before


def test_a_node_that_has_died_is_forgotten(two: Two) -> None:
    """What it printed last is not looked at for ever; one that both forgot says again that it is there."""
    two.here.begin(RUN)
    two.there.begin("INC-2/s/1")
    two.look()
    two.clock.move_by(FORGOTTEN + timedelta(minutes=1))
    two.nodes[1].look()
    two.nodes[1].look()
    assert two.there.running("INC-1") == {}
    assert two.kept(f"{NODES}/a") == "{}"
    two.look()
    two.look()
    assert two.there.running("INC-1").keys() == {RUN}
