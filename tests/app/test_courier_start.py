"""What the courier does first."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from tests.contracts.samples import NOW, appending, effect
from tests.stage.child import eventually
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.courier import LEASES, Courier
from tocsin.app.ports import Store
from tocsin.app.records import OutboxEntry
from tocsin.clock import MovableClock
from tocsin.incident.effects import EffectKind


@dataclass
class Lookout:
    """A carrier of steps that looks for those which an earlier life of its node had claimed."""

    store: Store
    lost: list[str] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)
    looked: bool = False

    def carry(self, entry: OutboxEntry) -> None:
        """Take note; it goes on for as long as the test does."""
        self.carried.append(entry.effect.key)

    def sweep(self) -> None:
        """Once, as after a start."""
        if not self.looked:
            self.looked = True
            with self.store.read() as tx:
                self.lost += [one.effect.key for one in tx.outbox.abandoned_steps(NOW, "node")]


def test_what_an_earlier_life_left_is_settled_before_anything_is_claimed() -> None:
    """R15: a step that waited in the queue for the restart is run, and is not taken for one that was lost."""
    store = MemoryStore()
    steps = [effect(key, kind=EffectKind.STEP) for key in ("lost", "waiting")]
    with store.transact() as tx:
        tx.incidents.append([appending("a", 1, *steps, seqs=(1,))])
        (claimed,) = tx.outbox.claim([EffectKind.STEP], NOW, LEASES[EffectKind.STEP], "node", 1)
    assert claimed.effect.key == "lost"
    lookout = Lookout(store)
    courier = Courier(store, MovableClock(NOW), {EffectKind.STEP: lookout}, "node")
    stop = threading.Event()
    thread = threading.Thread(target=courier.run, args=(stop,), daemon=True)
    thread.start()
    assert eventually(lambda: lookout.carried and lookout.looked, 5)
    stop.set()
    courier.nudge()
    thread.join(5)
    assert (lookout.lost, lookout.carried) == (["lost"], ["waiting"])
