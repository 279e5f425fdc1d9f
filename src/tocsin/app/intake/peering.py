"""What people did at PagerDuty to incidents of ours, in the transaction of the batch that tells of it.

An acknowledgement there is one here. A resolution is only noted: what has to be verified before an incident of ours is
over, nobody there has seen.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from tocsin.alerts.peering import PeerNews
from tocsin.app.desk import Asked, Desk
from tocsin.app.store import Transaction
from tocsin.app.team import Integration
from tocsin.incident import commands as c
from tocsin.incident.facts import Actor, ActorKind, Via
from tocsin.incident.summary import IncidentState, IncidentSummary

log = logging.getLogger(__name__)


def decide_on_news(
    tx: Transaction, desk: Desk, told: Sequence[tuple[Integration, PeerNews]], now: datetime
) -> list[str]:
    """Let the news count; gives the ids of the incidents that it was about."""
    if not told:
        return []
    rows = tx.incidents.summaries(list(dict.fromkeys(one.incident_id for _, one in told)))
    asked = list(_asked(told, rows))
    desk.decide_all(tx, asked, now)
    return [one.incident_id for one in asked]


def _asked(told: Sequence[tuple[Integration, PeerNews]], rows: Mapping[str, IncidentSummary]) -> Iterator[Asked]:
    for integration, one in told:
        row = rows.get(one.incident_id)
        # The key of an integration opens one service, and another Tocsin may have an incident of the same number.
        if row is None or not row.service == one.service == integration.service:
            log.info(
                "%s tells of %s of %s, which it does not speak for", integration.name, one.incident_id, one.service
            )
        elif row.state is not IncidentState.RESOLVED:
            by = Actor(ActorKind.MONITOR, one.who, Via.MONITOR)
            yield Asked(row.incident_id, _command(one), by)


def _command(one: PeerNews) -> c.Command:
    if not one.over:
        return c.Acknowledge(one.who)
    return c.AddNote(f"Resolved by {one.who}. It stays open here until it is resolved here.", one.mark)
