"""Mail that comes in: to whom it is, whether it may be an alert, and its way to the disk."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from tocsin.alerts.sources.mail import NAME, id_of, parsed, why_no_alert
from tocsin.app.intake.buckets import Buckets
from tocsin.app.intake.group_commit import GroupCommit
from tocsin.app.intake.refusals import Refusals
from tocsin.app.rows.records import NewDelivery
from tocsin.app.team import LEFT_BEHIND, Integration, Team, TeamInForce, by_key
from tocsin.clock import Clock
from tocsin.errors import BadPayload, Unavailable

log = logging.getLogger(__name__)

KEPT = 1 << 20
"""Bytes of a mail that are kept: its text stands at its beginning, pictures and graphs behind it."""
REPEATS_WITHIN = 300
"""Seconds in which the same mail counts as the same delivery, where it has no Message-ID."""


@dataclass(slots=True)
class Inbox:
    """Takes mail for the integrations of the source `mail`. ``domains``: those of our addresses; empty: any.

    ``delivered`` counts a delivery by its source and by what became of it, in any thread.
    """

    intake: GroupCommit
    team: TeamInForce
    clock: Clock
    refusals: Refusals
    domains: tuple[str, ...] = ()
    pace: Buckets = field(default_factory=lambda: Buckets(rate=5.0, burst=200.0))
    delivered: Callable[[str, str], None] = lambda _source, _outcome: None
    _known: tuple[Team | None, dict[str, Integration]] = (None, {})

    def knows(self, address: str) -> bool:
        """Whether it is an address of an integration. Mail to another address of ours counts as unknown."""
        found = self._of(address)
        if found is None and self._is_ours(address):
            self.delivered(NAME, "unknown")  # not refused, which is an alarm: strangers try addresses all day
        return found is not None

    def why_not(self, addresses: Sequence[str], raw: bytes) -> str:
        """Why this mail is refused for good, which is logged and shown at the integration; empty when it is not."""
        try:
            why = why_no_alert(parsed(raw))
        except (BadPayload, RecursionError):
            why = ""  # it is kept, quarantined, and somebody looks
        for one in self._all(addresses) if why else ():
            log.info("a mail to the integration %s was refused: %s", one.name, why)
            self.refusals.note(one.name, self.clock.now(), f"a mail was refused: {why}")
            self.delivered(NAME, "refused")
        return why

    def store(self, addresses: Sequence[str], raw: bytes) -> list[Future[int]]:
        """Hand the mail over for each integration; it is on disk when all of these are done.

        Raises Unavailable, as the futures may, when it has to come again later.
        """
        now, key = self.clock.now(), id_of(raw)
        found = self._all(addresses)
        if not all(self.pace.take(one.name) for one in found):
            self.delivered(NAME, "busy")
            raise Unavailable("too many mails at once")
        kept = raw[:KEPT]
        name = f"id:{key}" if key else f"{int(now.timestamp()) // REPEATS_WITHIN}:{hashlib.sha256(kept).hexdigest()}"
        try:
            stored = [self.intake.submit(NewDelivery(one.name, name, now, "message/rfc822", kept)) for one in found]
        except Unavailable:
            self.delivered(NAME, "busy")
            raise
        for one in stored:
            one.add_done_callback(self._count)
        return stored

    def _count(self, stored: Future[int]) -> None:
        self.delivered(NAME, "stored" if not stored.cancelled() and stored.exception() is None else "busy")

    def _all(self, addresses: Sequence[str]) -> list[Integration]:
        found = {one.name: one for address in addresses if (one := self._of(address)) is not None}
        return list(found.values())

    def _of(self, address: str) -> Integration | None:
        if not self._is_ours(address):
            return None
        team = self.team()
        if self._known[0] is not team:
            ours = [one for one in team.integrations.values() if one.source == NAME]
            self._known = (team, {key.casefold(): one for key, one in by_key(ours).items()})
        local = address.strip("<>").rpartition("@")[0]
        # Mail servers may write the part before the @ in lower case, and teams a name of their own before a plus.
        key = local.rpartition("+")[2].casefold()
        found = self._known[1].get(key)
        if found is not None and key != found.key.casefold():
            self.refusals.note(found.name, self.clock.now(), LEFT_BEHIND)
        return found

    def _is_ours(self, address: str) -> bool:
        return not self.domains or address.strip("<>").rpartition("@")[2].casefold() in self.domains
