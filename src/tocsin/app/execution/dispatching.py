"""Runs that are ordered and have not begun: what each waits for.

The order is a fact and the way to its beginning is rows: the entry of the outbox, and the attempt that a runner may
take. No fact says that a run has begun, for nothing is decided by it; a screen reads it from those rows, on any node.
"""

from __future__ import annotations

from collections.abc import Mapping

from tocsin.app.rows.records import OutboxState
from tocsin.app.rows.runners import AttemptRow, AttemptState
from tocsin.app.store import Transaction
from tocsin.incident.effects import EffectKind
from tocsin.incident.incident import Incident

QUEUED = "all places for commands are taken; it begins when one is free"


def dispatched(tx: Transaction, incident: Incident) -> Mapping[str, str]:
    """What the runs of an incident wait for that have not begun, by run."""
    ordered = {state.run for state in incident.running_steps() if state.run}
    if not ordered:
        return {}
    queued = {
        entry.effect.ref: QUEUED
        for entry in tx.outbox.entries(incident.id)
        if entry.effect.kind is EffectKind.STEP and entry.state is OutboxState.QUEUED
    }
    offered = {row.run: _before(row) for row in tx.runners.open_attempts() if row.state is not AttemptState.STARTED}
    return {run: why for run, why in (queued | offered).items() if run in ordered}


def _before(row: AttemptRow) -> str:
    if row.state is AttemptState.OFFERED:
        return f"no runner with the label {row.label} has taken it yet"
    return f"the runner {row.runner} has taken it and not begun yet"
