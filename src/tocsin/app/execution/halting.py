"""The switch that stops all execution, on every node, until somebody lets it go on; it outlives a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from tocsin.app.access import Caller, Permission
from tocsin.app.rows.records import AuditEntry
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock
from tocsin.errors import BadInput

KEPT = "execution-halted"
SWITCHED_OFF = "all execution is switched off"
"""What `commands = false` in `tocsin.toml` says to whoever wants to run anything, and to what runs."""


@dataclass(frozen=True, slots=True)
class Halt:
    """All execution is stopped: since when, by whom, why."""

    at: datetime
    by: str
    reason: str

    @property
    def says(self) -> str:
        """What stands in the way of a step, in words."""
        return f"all execution was halted by {self.by} at {self.at:%Y-%m-%d %H:%M} UTC: {self.reason}"


def halted(tx: Transaction) -> Halt | None:
    """Whether execution is halted."""
    kept = tx.keep.get(KEPT)
    return msgspec.json.decode(kept, type=Halt) if kept else None


@dataclass(slots=True)
class Halting:
    """Stops all execution and lets it go on. Running commands end within seconds."""

    store: Store
    clock: Clock

    def standing(self, caller: Caller) -> Halt | None:
        """Whether execution is halted."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return halted(tx)

    def halt(self, caller: Caller, reason: str) -> Halt:
        """Stop all execution. Raises BadInput without a reason."""
        caller.require(Permission.MAINTAIN)
        if not reason.strip():
            raise BadInput("say why: everybody who wants to run a step reads it")
        halt = Halt(self.clock.now(), caller.actor.name, reason.strip()[:500])
        self._put(caller, "step.halt", halt.reason, msgspec.json.encode(halt).decode())
        return halt

    def resume(self, caller: Caller) -> bool:
        """Let execution go on. False when it was not halted."""
        caller.require(Permission.MAINTAIN)
        with self.store.read() as tx:
            was = halted(tx)
        self._put(caller, "step.resume", "", "")
        return was is not None

    def _put(self, caller: Caller, verb: str, detail: str, value: str) -> None:
        entry = AuditEntry(self.clock.now(), caller.actor.name, caller.actor.via.value, verb, "execution", detail)
        with self.store.transact() as tx:
            tx.keep.put(KEPT, value)
            tx.audit.record(entry)
