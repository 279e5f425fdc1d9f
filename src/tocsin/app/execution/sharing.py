"""What commands print while they run, for pages that are open on another node of the same database.

Each node writes down what its own runs have printed last: one row for all of them, at most once in EVERY, however much
comes; and reads those of the others. What runners run is in the rows of their attempts (``attempts.py``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tocsin.app.execution.outputs import Outputs
from tocsin.app.loops import again_and_again
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock
from tocsin.incident.streams import read, written

log = logging.getLogger(__name__)

EVERY = 0.7
"""Seconds between two looks."""
NODES = "outputs"
"""Which nodes run something, and since when they say so. Two that write it at once may lose one: it writes again."""
FORGOTTEN = timedelta(hours=1)
"""After that a node is not looked at any more that has not written: it died while something ran."""
FRESH = timedelta(minutes=10)


class Told(msgspec.Struct, frozen=True):
    """What one run has printed last, with signs of its streams; ``news`` grows with each piece."""

    news: int
    text: str


_NODES = msgspec.json.Decoder(dict[str, datetime])
_RUNS = msgspec.json.Decoder(dict[str, Told])


@dataclass(slots=True)
class Sharing:
    """Tells the other nodes what is printed here, and shows here what is printed there."""

    store: Store
    clock: Clock
    outputs: Outputs
    node: str
    _told: dict[str, int] = field(default_factory=dict)
    _heard: dict[str, frozenset[str]] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        again_and_again(stop, self.look, lambda: stop.wait(EVERY), "the exchange of live output")

    def look(self) -> None:
        """Tell and hear once."""
        self._tell()
        with self.store.read() as tx:
            nodes = _nodes(tx)
            others = {one: _runs(tx, one) for one in nodes if one != self.node}
        self._hear(others)
        now = self.clock.now()
        here = nodes.get(self.node)
        if bool(self._told) != (here is not None) or (here is not None and now - here > FRESH):
            self._enter(now)

    def _tell(self) -> None:
        own = self.outputs.own()
        if own == self._told:
            return
        with self.store.transact() as tx:
            self._put(tx, own)
        self._told = dict(own)

    def _put(self, tx: Transaction, own: Mapping[str, int]) -> None:
        runs = {run: Told(news, written(self.outputs.pieces(run))) for run, news in own.items()}
        tx.keep.put(_place(self.node), msgspec.json.encode(runs).decode())

    def _enter(self, now: datetime) -> None:
        """Say that this node has something to tell, or has nothing more; forget those that have died."""
        with self.store.transact() as tx:
            before = _nodes(tx)
            nodes = {one: at for one, at in before.items() if one != self.node and now - at < FORGOTTEN}
            for dead in before.keys() - nodes.keys() - {self.node}:
                tx.keep.put(_place(dead), "{}")
            if self._told:
                nodes[self.node] = now
                self._put(tx, self._told)  # another node that took this one for dead has emptied it
            tx.keep.put(NODES, msgspec.json.encode(nodes).decode())

    def _hear(self, others: dict[str, dict[str, Told]]) -> None:
        for runs in others.values():
            for run, told in runs.items():
                self.outputs.adopt(run, told.news, read(told.text))
        heard = {node: frozenset(runs) for node, runs in others.items()}
        present = frozenset[str]().union(*heard.values())
        for run in frozenset[str]().union(*self._heard.values()) - present:
            self.outputs.leave(run)
        self._heard = heard


def _place(node: str) -> str:
    return f"{NODES}/{node}"


def _nodes(tx: Transaction) -> dict[str, datetime]:
    return _NODES.decode(tx.keep.get(NODES) or "{}")


def _runs(tx: Transaction, node: str) -> dict[str, Told]:
    return _RUNS.decode(tx.keep.get(_place(node)) or "{}")
