"""After a restore: incidents that were open in the backup wake nobody by themselves until a person lets them (R24).

The restore takes their deadlines away (``adapters/database/upkeep.py``). Anything new about one of them, from a person
or from a monitor, gives it its deadline again, as every change does; new incidents were never held. What is left is
let go here, all at once: the deadlines are made from the facts again, and what is overdue pages once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.app.rows.records import AuditEntry, IncidentQuery
from tocsin.app.store import HOLDING_SINCE, Transaction
from tocsin.incident.facts import Via
from tocsin.incident.incident import Incident
from tocsin.incident.indexing import summarise
from tocsin.incident.summary import HELD_BACK, UNRESOLVED

PIECE = 500


@dataclass(frozen=True, slots=True)
class Held:
    """The instant of the backup that was restored, and the incidents that are held back since."""

    since: datetime
    incidents: tuple[str, ...]

    def __str__(self) -> str:
        """One sentence for a screen."""
        when = f"the backup of {self.since:%Y-%m-%d %H:%M} UTC was restored"
        if not self.incidents:
            return f"{when}; none of its incidents is held back (any more)"
        shown = ", ".join(self.incidents[:10]) + (" ..." if len(self.incidents) > 10 else "")
        return f"{when}, and {len(self.incidents)} incidents of it wake nobody: {shown}"


class Loads(Protocol):
    """Gives incidents as their facts tell them (``Desk.load``)."""

    def __call__(self, tx: Transaction, incident_ids: Iterable[str], /) -> Mapping[str, Incident]: ...


def held(tx: Transaction) -> Held | None:
    """What a restore holds back; None when there was none, or when a person has released it."""
    since = tx.keep.get(HOLDING_SINCE)
    return Held(datetime.fromisoformat(since), tuple(_held_back(tx))) if since else None


def release(tx: Transaction, load: Loads, now: datetime) -> tuple[str, ...]:
    """Let the held incidents go on, with the deadlines that follow from their facts; gives their ids."""
    ids = _held_back(tx)
    for start in range(0, len(ids), PIECE):
        incidents = load(tx, ids[start : start + PIECE])
        tx.incidents.reindex([summarise(incident) for incident in incidents.values()])
    if tx.keep.get(HOLDING_SINCE):
        tx.keep.put(HOLDING_SINCE, "")
        tx.audit.record(AuditEntry(now, "tocsin", Via.CLI.value, "db release", "database", f"{len(ids)} incidents"))
    return tuple(ids)


def _held_back(tx: Transaction) -> list[str]:
    """The ids of the incidents that are held back, oldest first."""
    found: list[str] = []
    before: int | None = None
    while rows := tx.incidents.search(IncidentQuery(states=UNRESOLVED, before=before, limit=PIECE)):
        before = rows[-1].number
        found += [row.incident_id for row in rows if row.next_due == HELD_BACK]
    return found[::-1]
