"""Where monitors knock: authenticated on raw bytes, bounded, stored durably, and only then answered with 2xx.

What is inside a body never decides the answer (rule 3): once the sender is known, everything is kept, with a note
when it cannot be read. 401 for whoever is not known, 404 for a path that does not exist, 503 when it cannot be
stored now. Where a peer's own API is spoken, its clients get that API's own refusal for what cannot be read (400 of
PagerDuty and Alertmanager, 422 of Opsgenie), and the bytes are kept all the same (decision 0020).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from uuid import uuid4

from tocsin.alerts.authenticate import AuthKind, genie_key, shown_key
from tocsin.alerts.source import encoded
from tocsin.alerts.sources.heartbeat import HEARTBEAT
from tocsin.alerts.sources.opsgenie import PREFIX, request
from tocsin.alerts.sources.pagerduty import CHANGE_LINE, answer_change
from tocsin.alerts.sources.registry import SOURCES
from tocsin.app.intake.buckets import Buckets
from tocsin.app.intake.group_commit import Outcome, Told
from tocsin.app.intake.refusals import Refusals
from tocsin.app.ports import Notary
from tocsin.app.rows.records import NewDelivery
from tocsin.app.team import Integration, TeamInForce
from tocsin.clock import Clock, earlier, monotonic
from tocsin.errors import BadPayload, TocsinError, Unavailable
from tocsin.web.alertmanager_api import AlertmanagerApi
from tocsin.web.answers import CLOSE, TEXT, WHOLE, Headers, Receive, Scope, Send, answer, header, headers_of
from tocsin.web.body import Gone, Read, TooLarge, TooSlow, unpack
from tocsin.web.heartbeats import METHODS, SENDERS, HeartbeatDoor, Then
from tocsin.web.opsgenie_api import OpsgenieApi, path_of
from tocsin.web.receipts import Receipts
from tocsin.web.senders import KNOWN_BY_HEADER, Limits, Senders

REPEATS_WITHIN = 300
"""Seconds in which the same body counts as the same delivery, where the sender numbers none."""
DELIVERY_IDS = (b"webhook-id", b"x-webhook-id", b"idempotency-key", b"x-github-delivery", b"request-id")
NOT_KNOWN = b'{"error":"not authenticated"}'
STORED = b'{"status":"stored"}'
TOO_LARGE = b'{"error":"the body is too large"}'
TOO_SLOW = b'{"error":"the body did not come in time"}'
BUSY = b'{"error":"cannot be stored now; send it again"}'
NO_SUCH = b'{"error":"there is nothing here"}'
API, POST_ALERTS = "api/v2/", "api/v2/alerts"
AGAIN: Headers = ((b"retry-after", b"2"),)
Reply = Callable[[int, bytes, Headers], None]
"""Sends a whole answer: its status, its body and all its headers."""


class Intake(Protocol):
    """Stores deliveries, many in one commit."""

    def submit(self, delivery: NewDelivery) -> Future[int]:
        """The delivery's id, once it is on disk. The future, or this call, raises Unavailable when it cannot be."""
        ...

    def hand_in(self, delivery: NewDelivery, told: Told) -> None:
        """The same, told in another thread. Raises Unavailable when it cannot be taken now."""
        ...


class Observed(Protocol):
    """Hears how long something took."""

    def observe(self, amount: float) -> None:
        """So many seconds."""
        ...


class Counted(Protocol):
    """Hears what became of deliveries."""

    @property
    def intake_seconds(self) -> Observed:
        """Where it is told how long a delivery took until it was durable."""
        ...

    def delivered(self, source: str, outcome: str) -> None:
        """A delivery was answered."""
        ...


@dataclass(slots=True)
class IntakeDoor:
    """Answers deliveries. One for each event loop."""

    intake: Intake
    team: TeamInForce
    clock: Clock
    metrics: Counted
    limits: Limits = field(default_factory=Limits)
    refusals: Refusals = field(default_factory=Refusals)
    notary: Notary | None = None
    alertmanager: AlertmanagerApi | None = None
    opsgenie: OpsgenieApi | None = None
    senders: Senders = field(init=False)
    _buckets: Buckets = field(init=False)
    _heartbeats: HeartbeatDoor = field(init=False)
    _receipts: Receipts = field(default_factory=Receipts)
    taken: int = 0
    """Deliveries that were taken at once."""
    _held: int = 0

    def __post_init__(self) -> None:
        self.senders = Senders(self.team, self.clock, self.limits, self.refusals, self.notary)
        self._buckets = Buckets(self.limits.rate, self.limits.burst)
        self._heartbeats = HeartbeatDoor(self.intake.submit, self._receipts, self.team, self.clock, self.opsgenie)

    def keep_time(self, clock: Clock) -> None:
        """Go by this clock from now on: in the second process each new line of the engine's is another one."""
        self.clock = self.senders.clock = clock

    def at_once(self, path: str, headers: Headers, body: bytes, reply: Reply) -> bool:
        """Take a delivery that has come whole with its head, as nearly all do, without a task for it.

        False, and nothing has happened, where it is anything but a plain one that its sender's head proves: `by_path`
        answers those. The answers are the same.
        """
        began = monotonic()
        key, _, source = path.removeprefix("/in/").partition("/")
        integration = self.senders.found(key)
        if (
            integration is None
            or integration.key != key
            or integration.source != source
            or source not in SOURCES
            or source == HEARTBEAT.name
            or integration.auth.kind not in KNOWN_BY_HEADER
            or len(body) > self.limits.body
            or self._held + len(body) > self.limits.in_memory
            or not integration.auth.admits(headers, b"", self.clock.wall(), key)
        ):
            return False
        self.taken += 1
        if not self._buckets.take(integration.name):
            self._replied(reply, source, "busy", 503, BUSY)
            return True
        delivery, status, text = self._delivery(integration, dict(headers), Read(body))

        def stored(outcome: Outcome) -> None:
            if isinstance(outcome, int):
                self._replied(reply, source, "stored", status, text)
                self.metrics.intake_seconds.observe(monotonic() - began)
            else:
                self._replied(reply, source, "busy", 503, BUSY)

        try:
            self.intake.hand_in(delivery, self._receipts.told(stored))
        except Unavailable as full:
            stored(full)
        return True

    def _replied(self, reply: Reply, source: str, outcome: str, status: int, body: bytes) -> None:
        reply(status, body, _headers(body, busy=outcome == "busy"))
        self.metrics.delivered(source, outcome)

    async def by_path(self, scope: Scope, receive: Receive, send: Send, rest: str) -> None:
        """`POST /in/<key>/<source>`; ``rest`` is what follows `/in/`."""
        key, _, source = rest.partition("/")
        source, _, below = source.partition("/")
        if source == HEARTBEAT.name and key and not below and scope["method"] in METHODS:
            taken = self._heartbeats.own(scope, send)
            return await self._answered(scope, receive, send, source, self.senders.of_source(key, source), key, taken)
        if source not in SOURCES or not key or (below and (source != "prometheus" or self.alertmanager is None)):
            return await answer(send, 404, NO_SUCH)
        if below and (below, scope["method"]) != (POST_ALERTS, "POST"):
            return await self._below(scope, receive, send, self.senders.of_source(key, source), key, below)
        if scope["method"] not in ("POST", "PUT"):
            return await answer(send, 405, NO_SUCH, headers=((b"allow", b"POST, PUT"),))
        return await self._answered(scope, receive, send, source, self.senders.of_source(key, source), key)

    async def alertmanager_root(self, scope: Scope, receive: Receive, send: Send, below: str) -> None:
        """Alertmanager's API at its own path: the key comes as a bearer token, or as the password of basic."""
        key = shown_key(scope["headers"])
        integration = self.senders.of_source(key, "prometheus") if key else None
        if integration is None or self.alertmanager is None:
            return await answer(send, 401, NOT_KNOWN)
        if (below, scope["method"]) == (POST_ALERTS, "POST"):
            return await self._answered(scope, receive, send, "prometheus", integration, key)
        return await self._below(scope, receive, send, integration, key, below)

    async def opsgenie_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Opsgenie's Alert API at its own paths: the key stands in the header, what is asked in the path."""
        api, path = self.opsgenie, path_of(scope["path"])
        key = genie_key(scope["headers"])
        if path.startswith("heartbeats"):
            return await self._opsgenie_heartbeat(scope, receive, send, path, key)
        integration = self.senders.of_source(key, "opsgenie") if key else None
        if integration is None or api is None:
            return await OpsgenieApi.wrong(send, 401, "Could not authenticate")
        query = scope.get("query_string", b"").decode("latin-1")

        async def ask(one: Integration, named: Mapping[bytes, bytes], read: Read) -> str:
            if scope["method"] == "GET":
                await api.ask(send, one, path, query)
                return "asked"
            plain, trouble = unpack(read.body, header(named, b"content-encoding"), self.limits.body)
            line = f"{scope['method']} {PREFIX}{path}?{query}\n".encode()
            try:
                request(line + plain)
            except BadPayload as wrong:
                trouble = trouble or wrong.message
            now = self.clock.now()
            # Clients repeat themselves on purpose (create, close, create): each request counts.
            delivery = NewDelivery(one.name, f"once:{uuid4()}", now, "application/json", line + plain, trouble)
            stored = await self._receipts.of(self.intake.submit(delivery))
            await (api.wrong(send, 422, trouble) if trouble else api.promised(send, stored))
            return "stored"

        return await self._answered(scope, receive, send, "opsgenie", integration, key, ask)

    async def _opsgenie_heartbeat(self, scope: Scope, receive: Receive, send: Send, path: str, key: str) -> None:
        """Opsgenie's heartbeats: pinged with the key of a sender to Opsgenie, or with the heartbeat's own."""
        integration = self.senders.by_key(key) if key else None
        if integration is None or integration.source not in SENDERS:
            return await OpsgenieApi.wrong(send, 401, "Could not authenticate")
        taken = self._heartbeats.of_opsgenie(scope, send, path)
        return await self._answered(scope, receive, send, HEARTBEAT.name, integration, key, taken)

    async def _below(
        self, scope: Scope, receive: Receive, send: Send, integration: Integration | None, key: str, below: str
    ) -> None:
        """What is asked of an integration below its address: Alertmanager's API."""

        async def ask(one: Integration, _named: Mapping[bytes, bytes], read: Read) -> str:
            if below in ("-/healthy", "-/ready"):
                await answer(send, 200, b"OK", TEXT, head=scope["method"] == "HEAD")
            elif below.startswith(API) and self.alertmanager is not None:
                await self.alertmanager.answer(scope, read.body, send, one.name, below.removeprefix(API))
            else:
                await answer(send, 404, NO_SUCH)
            return "asked"

        return await self._answered(scope, receive, send, "prometheus", integration, key, ask)

    async def enqueue(self, scope: Scope, receive: Receive, send: Send) -> None:
        """PagerDuty's own paths, where the key stands in the body."""
        if scope["method"] != "POST":
            return await answer(send, 405, NO_SUCH, headers=((b"allow", b"POST"),))
        return await self._answered(scope, receive, send, "pagerduty", None, "")

    async def enqueue_change(self, scope: Scope, receive: Receive, send: Send) -> None:
        """PagerDuty's path for change events: what is invalid is refused as the vendor does, and not kept."""
        if scope["method"] != "POST":
            return await answer(send, 405, NO_SUCH, headers=((b"allow", b"POST"),))

        async def take(one: Integration, named: Mapping[bytes, bytes], read: Read) -> str:
            now = self.clock.now()
            plain, trouble = unpack(read.body, header(named, b"content-encoding"), self.limits.body)
            body = CHANGE_LINE + plain
            said = answer_change(body, now)
            if said.heard is None or trouble:
                await answer(send, said.status if said.heard is None else 400, encoded(said.reply))
                return "refused"
            key = _delivery_key(named, body, now.timestamp())
            await self._receipts.of(self.intake.submit(NewDelivery(one.name, key, now, "application/json", body)))
            await answer(send, said.status, encoded(said.reply))
            return "stored"

        return await self._answered(scope, receive, send, "pagerduty", None, "", take)

    async def _answered(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        source: str,
        integration: Integration | None,
        key: str,
        then: Then | None = None,
    ) -> None:
        """Answer a request once its sender is known: store what it brought, or do ``then``."""
        began = monotonic()
        try:
            outcome = await self._deliver(scope, receive, send, integration, key, then)
        except TooLarge:
            outcome = "too_large"
            await answer(send, 413, TOO_LARGE, headers=(CLOSE,))
        except Unavailable as trouble:
            self.senders.note(integration, trouble.message)
            outcome = await _busy(send)
        except TooSlow:
            outcome = "too_slow"
            await answer(send, 503, TOO_SLOW, headers=(*AGAIN, CLOSE))
        except Gone:
            outcome = "gone"
        self.metrics.delivered(source, outcome)
        if outcome == "stored":
            self.metrics.intake_seconds.observe(monotonic() - began)

    async def _deliver(
        self, scope: Scope, receive: Receive, send: Send, integration: Integration | None, key: str, then: Then | None
    ) -> str:
        headers: Headers = scope["headers"]
        named = dict(headers)
        length = _length(named)
        if self._held + min(length, self.limits.signed) > self.limits.in_memory:
            return await _busy(send)
        self._held += (held := min(length, self.limits.signed))
        try:
            asked = integration
            if not key:
                integration, read = await self.senders.routed(headers, named, receive, length)
            else:
                whole = bool(scope.get(WHOLE))
                integration, read = await self.senders.admitted(integration, headers, receive, length, key, whole=whole)
        finally:
            self._held -= held
        if integration is None:
            if asked is not None and asked.auth.kind is not AuthKind.SNS:
                self.senders.note(asked, f"its proof ({asked.auth.kind.value}) is missing or wrong")
            await answer(send, 401, NOT_KNOWN)
            return "refused"
        if not self._buckets.take(integration.name):
            return await _busy(send)
        if then is not None:
            return await then(integration, named, read)
        return await self._stored(send, integration, named, read)

    async def _stored(self, send: Send, integration: Integration, named: Mapping[bytes, bytes], read: Read) -> str:
        delivery, status, reply = self._delivery(integration, named, read)
        try:
            await self._receipts.of(self.intake.submit(delivery))
        except TocsinError:
            return await _busy(send)
        await answer(send, status, reply)
        return "stored"

    def _delivery(
        self, integration: Integration, named: Mapping[bytes, bytes], read: Read
    ) -> tuple[NewDelivery, int, bytes]:
        """What is to be kept of a request, and what it is answered once that is on disk."""
        now = earlier(self.clock)  # Prometheus says until when an alert fires: by its clock, not by ours
        body, trouble = unpack(read.body, header(named, b"content-encoding"), self.limits.body)
        if read.cut:
            body, trouble = read.body, f"the body was cut at {self.limits.body} bytes"
        status, reply = 202, STORED
        source = integration.speaks
        if source.answer is not None:
            said = source.answer(body, now)
            status, reply, trouble = said.status, said.body, trouble or said.trouble
        kind = header(named, b"content-type")[:200]
        own = source.delivery_id(body) if source.delivery_id is not None else ""
        # A signed time, where there is one: by that of arrival a replay would be news after the next five full minutes.
        signed = integration.auth.signed_at(named.items())
        seconds = now.timestamp() if signed is None else signed
        key = f"id:{own}" if own else _delivery_key(named, body if source.dated else None, seconds)
        return NewDelivery(integration.name, key, now, kind, body, trouble), status, reply


@lru_cache(maxsize=64)
def _headers(body: bytes, *, busy: bool) -> Headers:
    """All the headers of an answer. Of the same one they are the very same list, by which the protocol knows them."""
    return headers_of(body, headers=AGAIN if busy else ())


async def _busy(send: Send) -> str:
    await answer(send, 503, BUSY, headers=AGAIN)
    return "busy"


def _length(named: Mapping[bytes, bytes]) -> int:
    """The announced length; of a body that announces none, what such bodies usually take."""
    said = header(named, b"content-length")
    return int(said) if said.isdecimal() and len(said) < 19 else 64 << 10


def _delivery_key(named: Mapping[bytes, bytes], body: bytes | None, seconds: float) -> str:
    """What makes a repeated delivery the same one: the sender's id, or the body within five minutes.

    None for a body that names no instant. Trouble that comes, goes and comes again within minutes says the same words
    twice, so that one is always new; if it was a repetition after all, its alert fires already and is counted.
    """
    for wanted in DELIVERY_IDS:
        given = header(named, wanted) if wanted in named else ""
        if given and len(given) <= 200 and given.isprintable():
            return f"id:{given}"
    if body is None:
        return f"once:{uuid4()}"
    # The time first: what comes at about the same time stands side by side in the index, on pages written anyhow.
    return f"{int(seconds) // REPEATS_WITHIN}:{hashlib.sha256(body).hexdigest()}"
