"""The outbox as it is kept: what is to be done to the world, claimed by whoever carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.app.rows.records import Appending, OutboxEntry
from tocsin.incident.effects import Effect, EffectKind

HELD = "held: created before the backup that was restored; queue it anew if it is still wanted"
"""The ``last_error`` of what ``Outbox.hold`` gave up."""

RENEWING = (EffectKind.ROOM, EffectKind.PUBLISH, EffectKind.WITHDRAW)
"""What brings something to where the facts are, and says nothing a second time."""

LOST = "lost: whoever carried it ended, or stood still, before saying how it went"
"""The ``last_error`` of an entry whose claim ended without an outcome: it may have been carried."""


class Outbox(Protocol):
    """Effects that wait to be delivered. The rows have no owner until they are claimed."""

    def queue(self, batch: Sequence[Appending]) -> None:
        """Queue the effects of a batch beside what was appended already; as ``IncidentLog.append`` does."""
        ...

    def put(self, effects: Sequence[Effect], at: datetime) -> None:
        """Queue effects that no fact of an incident causes, due at an instant; a known key is left as it is."""
        ...

    def claim(
        self, kinds: Sequence[EffectKind], now: datetime, lease: timedelta, by: str, limit: int
    ) -> Sequence[OutboxEntry]:
        """Claim due entries (queued, or claimed with the lease run out), oldest first, each with a new token.

        Oldest: by the instant from which they could be claimed, then in the order in which they were queued.
        ``attempts`` is counted up; one whose lease had run out carries LOST as its ``last_error``. An entry of kind
        STEP whose lease has run out is never claimed again: it is left for ``abandoned_steps``.
        """
        ...

    def finish(self, key: str, token: int, now: datetime) -> bool:
        """Mark done. False when the token is stale: somebody else has it now."""
        ...

    def retry(self, key: str, token: int, due_at: datetime, error: str) -> bool:
        """Queue again for later. False when the token is stale."""
        ...

    def give_up(self, key: str, token: int, error: str) -> bool:
        """Mark given up. False when the token is stale."""
        ...

    def holds(self, key: str, token: int) -> bool:
        """Whether this token is still the present claim of the entry."""
        ...

    def extend(self, key: str, token: int, until: datetime) -> bool:
        """Move the end of a claim's lease (a long step's heartbeat). False when the token is stale."""
        ...

    def hand_over(self, key: str, token: int, by: str, until: datetime) -> bool:
        """Let somebody else hold a claim from now on, so that it outlives its node. False when the token is stale."""
        ...

    def release(self, by: str) -> int:
        """Queue again, as LOST, all that ``by`` had claimed, except steps: for the start of an embedded server."""
        ...

    def abandoned_steps(self, now: datetime, by: str | None = None) -> Sequence[OutboxEntry]:
        """Claimed STEP entries whose lease has run out, or that ``by`` had claimed before it was restarted."""
        ...

    def soonest(self) -> Mapping[EffectKind, datetime]:
        """When the next entry of each kind can be claimed; a kind that has none is absent."""
        ...

    def entries(self, incident_id: str) -> Sequence[OutboxEntry]:
        """All entries of an incident, oldest first."""
        ...

    def backlog(self) -> Mapping[EffectKind, int]:
        """How many entries are queued or claimed, by kind."""
        ...

    def hold(self, before: datetime) -> int:
        """Give up what was created before an instant, but what only brings a state up to date (``RENEWING``): a
        restored backup replays no past (R24). Of a step nobody knows how far it got: it is left for
        ``abandoned_steps``, and whoever had claimed it has lost it."""
        ...
