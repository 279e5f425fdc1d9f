"""Silences as people make and end them, and what is there now: the questions of Alertmanager's API v2."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.silence import Matcher, Silence
from tocsin.app.records import AuditEntry, PresentAlert
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock
from tocsin.errors import BadInput, NotFound
from tocsin.incident.facts import Via

SHOWN_AFTER = timedelta(days=5)
"""How long a silence that has ended is still listed; Alertmanager's own keeps them as long."""
MOST = 5000


@dataclass(slots=True)
class Silences:
    """Makes, changes, ends and lists silences. Whoever has the integration's key may: each act is audited."""

    store: Store
    clock: Clock

    def all(self, integration: str) -> Sequence[Silence]:
        """The silences of an integration, those that ended lately included."""
        with self.store.read() as tx:
            found = tx.silences.ending_after(self.clock.now() - SHOWN_AFTER)
        return [one for one in found if one.integration == integration]

    def get(self, integration: str, id: str) -> Silence:
        """One silence. Raises NotFound."""
        with self.store.read() as tx:
            return _found(tx, integration, id)

    def keep(
        self,
        integration: str,
        matchers: Sequence[Matcher],
        since: datetime,
        until: datetime,
        *,
        by: str,
        why: str,
        id: str = "",
    ) -> Silence:
        """Make a silence, or change the one of that id. Raises BadInput, NotFound.

        One whose conditions change, or that has begun or ended, is ended and made anew, so that what was once in
        force stays to be read.
        """
        now = self.clock.now()
        if until <= now:
            raise BadInput("the silence ends in the past")
        silence = Silence("", integration, tuple(matchers), max(since, now), until, by, why, now)
        with self.store.transact() as tx:
            old = _found(tx, integration, id) if id else None
            if old is not None and old.matchers == silence.matchers and old.state(now) != "expired":
                started = old.starts_at if old.state(now) == "active" else silence.starts_at
                silence = replace(silence, id=old.id, starts_at=started)
            else:
                if old is not None and old.state(now) != "expired":
                    tx.silences.save(_ended(old, now))
                silence = replace(silence, id=str(uuid.uuid4()))
            tx.silences.save(silence)
            detail = f"{silence.id} until {until:%Y-%m-%d %H:%M} UTC: {why}"
            tx.audit.record(AuditEntry(now, by, Via.MONITOR.value, "silence", integration, detail[:500]))
        return silence

    def end(self, integration: str, id: str, *, by: str) -> None:
        """End a silence now. Raises NotFound, BadInput when it has ended already."""
        now = self.clock.now()
        with self.store.transact() as tx:
            old = _found(tx, integration, id)
            if old.state(now) == "expired":
                raise BadInput(f"the silence {id} has ended already")
            tx.silences.save(_ended(old, now))
            tx.audit.record(AuditEntry(now, by, Via.MONITOR.value, "silence end", integration, id))

    def present(self, integration: str) -> Sequence[PresentAlert]:
        """What the integration says is there now."""
        now = self.clock.now()
        with self.store.read() as tx:
            return [one for one in tx.present.of(integration, MOST) if one.believed_until > now]


def _found(tx: Transaction, integration: str, id: str) -> Silence:
    silence = tx.silences.get(id)
    if silence is None or silence.integration != integration:
        raise NotFound(f"there is no silence {id[:64]!r}")
    return silence


def _ended(silence: Silence, now: datetime) -> Silence:
    return replace(silence, starts_at=min(silence.starts_at, now), ends_at=now, updated_at=now)
