"""Who sends a delivery: the integration that its key names, once it has proved itself.

Proofs stand in the head of a request, in a signature over its raw bytes, or in its body; nobody's large body is read
before its sender is known. Why a proof did not hold is noted for whoever looks after the integration; its sender is
told nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.sources.sns import CONFIRMATION, SnsMessage, read_message, why_doubtful
from tocsin.app.intake.refusals import Refusals
from tocsin.app.ports import Notary
from tocsin.app.team import LEFT_BEHIND, Integration, Team, TeamInForce, by_key
from tocsin.clock import Clock
from tocsin.errors import BadPayload
from tocsin.web.answers import Headers, Receive, header
from tocsin.web.body import MAX_BODY, MAX_SIGNED, READ_SECONDS, Read, TooLarge, read_body, unpack

KNOWN_BY_HEADER = frozenset({AuthKind.BEARER, AuthKind.BASIC, AuthKind.KEY, AuthKind.HEADER})
"""Ways of proof that stand whole in the head of a request."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one delivery, one integration and all of them together may take."""

    body: int = MAX_BODY
    signed: int = MAX_SIGNED
    read_seconds: float = READ_SECONDS
    rate: float = 50.0
    burst: float = 500.0
    in_memory: int = 64 << 20


class _Routed(msgspec.Struct):
    """The one field of a PagerDuty event that says whose it is, by its version."""

    routing_key: str = ""
    service_key: str = ""  # of the first version


_ROUTED = msgspec.json.Decoder(_Routed)


@dataclass(slots=True)
class Senders:
    """Knows the integrations of the team in force by what their requests show."""

    team: TeamInForce
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    refusals: Refusals = field(default_factory=Refusals)
    notary: Notary | None = None
    _known: tuple[Team | None, dict[str, Integration]] = (None, {})

    def found(self, key: str) -> Integration | None:
        """The integration of a key, or of one that it had before."""
        team = self.team()
        if self._known[0] is not team:
            self._known = (team, by_key(team.senders))
        return self._known[1].get(key)

    def by_key(self, key: str) -> Integration | None:
        """The same; that a key was left behind is noted."""
        found = self.found(key)
        if found is not None and key != found.key:
            self.refusals.note(found.name, self.clock.now(), LEFT_BEHIND)
        return found

    def of_source(self, key: str, source: str) -> Integration | None:
        """The integration of a key if it is of that source; a key at the wrong address is noted."""
        integration = self.by_key(key)
        if integration is not None and integration.source != source:
            told = f"it came to the address of {source}, but this integration's source is {integration.source}"
            self.note(integration, told)
            return None
        return integration

    def note(self, integration: Integration | None, what: str) -> None:
        """Tell whoever looks after the integration why a delivery was refused; its sender is told nothing."""
        if integration is not None:
            self.refusals.note(integration.name, self.clock.now(), f"a delivery was refused: {what}")

    async def admitted(
        self,
        integration: Integration | None,
        headers: Headers,
        receive: Receive,
        length: int,
        key: str,
        *,
        whole: bool,
    ) -> tuple[Integration | None, Read]:
        """The integration if it proves itself. Nobody's large body is read before its sender is known."""
        now = self.clock.wall()
        known = False
        if integration is not None and integration.auth.kind is AuthKind.SNS:
            return await self._notarised(integration, headers, receive, length, key)
        if integration is not None and integration.auth.kind in KNOWN_BY_HEADER:
            known = integration.auth.admits(headers, b"", now, key)
        if known:
            seconds = self.limits.read_seconds
            return integration, await read_body(receive, self.limits.body, drain=True, seconds=seconds, whole=whole)
        signed = integration is not None and integration.auth.kind not in KNOWN_BY_HEADER
        limit = self.limits.signed if signed else self.limits.body
        if length > limit:
            raise TooLarge
        if not signed:
            return None, Read(b"")
        read = await read_body(receive, limit, drain=False, seconds=self.limits.read_seconds)
        if integration is None or not integration.auth.admits(headers, read.body, now, key):
            return None, read
        return integration, Read(read.body[: self.limits.body], cut=len(read.body) > self.limits.body)

    async def _notarised(
        self, integration: Integration, headers: Headers, receive: Receive, length: int, key: str
    ) -> tuple[Integration | None, Read]:
        """The integration if SNS has signed the message for one of its topics; an invitation is answered at once."""
        now, auth = self.clock.wall(), integration.auth
        if self.notary is None or not auth.admits(headers, b"", now, key):
            return None, Read(b"")
        if length > self.limits.body:
            raise TooLarge
        read = await read_body(receive, self.limits.body, drain=False, seconds=self.limits.read_seconds)
        try:
            message = read_message(read.body)
        except BadPayload as trouble:
            self.note(integration, trouble.message)
            return None, read
        doubt = why_doubtful(message, auth.topics, auth.sha256_only, now)
        doubt = doubt or await asyncio.to_thread(self._ask_notary, self.notary, message)
        if doubt:
            self.note(integration, doubt)
            return None, read
        return integration, read

    def _ask_notary(self, notary: Notary, message: SnsMessage) -> str:
        doubt = notary.why_false(message, self.clock.wall())
        if not doubt and message.type == CONFIRMATION:
            notary.confirm(message)
        return doubt

    async def routed(
        self, headers: Headers, named: Mapping[bytes, bytes], receive: Receive, length: int
    ) -> tuple[Integration | None, Read]:
        """The integration that a PagerDuty event names by its routing key."""
        if length > self.limits.body:
            raise TooLarge
        read = await read_body(receive, self.limits.body, drain=False, seconds=self.limits.read_seconds)
        plain, _ = unpack(read.body, header(dict(headers), b"content-encoding"), self.limits.body)
        try:
            routed = _ROUTED.decode(plain)
        except (msgspec.MsgspecError, RecursionError):
            return None, read
        key = routed.routing_key or routed.service_key
        integration = self.by_key(key)
        if integration is None or integration.source != "pagerduty":
            return None, read
        admitted = integration.auth.admits(headers, read.body, self.clock.wall(), key)
        return (integration if admitted else None), read
