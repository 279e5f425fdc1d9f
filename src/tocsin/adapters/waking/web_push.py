"""Notifications in a person's own browsers, by the push services of their makers (RFC 8030).

A push service says that it took a message and nothing of the device: only the browser, when it shows the page, proves
that it arrived (R8). A subscription that has ended is forgotten at once, and the person's next way follows.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Exchange, Response
from tocsin.adapters.waking.web_push_crypto import MOST, Vapid, encrypted, text_of
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, TryAgain, Withdrawal
from tocsin.app.rows.handsets import PushDevice
from tocsin.app.store import Store
from tocsin.clock import Clock
from tocsin.errors import TocsinError

log = logging.getLogger(__name__)

NO_DEVICE = 'no browser is there to take it: open the account page on the phone and tap "Wake me here"'
ENDED = "the browser's subscription has ended"
LASTS = timedelta(hours=1)
"""How long a push service keeps a page without a deadline for a device that is off."""
SHOWN = 1000
"""Characters of a page's text: what a notification has room for, unfolded."""
_OTHER_KEY = 'its push service does not know us by this key any more: remove it, and tap "Wake me here" there again'


@dataclass(frozen=True, slots=True)
class WebPushPager:
    """Pages by all devices of a person at once; one that takes it is enough. Not within a transaction."""

    store: Store
    egress: Egress
    vapid: Vapid
    clock: Clock

    def page(self, message: PageMessage) -> Outcome:
        """Send one page to each device. Those that fail for the moment are tried once more while another has it."""
        try:
            with self.store.read() as tx:
                devices = tx.devices.of(message.person)
        except TocsinError as trouble:
            return TryAgain(trouble.message)
        if not devices:
            return GiveUp(NO_DEVICE)
        lasts, urgency = time_to_live(message, self.clock.now()), "high" if message.urgent else "normal"

        def send(device: PushDevice) -> Outcome:
            return self._sent(message.key, notification(message, device.id), device, lasts, urgency)

        found = _each(send, devices)
        again = [one for one in devices if isinstance(found[one.id], TryAgain)]
        if again and any(isinstance(outcome, Delivered) for outcome in found.values()):
            found |= _each(send, again)
        self._note(devices, found)
        return _together(devices, found)

    def withdraw(self, over: Withdrawal) -> Outcome:
        """Put in the notification's place, on each device, that it is over; one that is off never gets the page.

        How it went is not kept with the devices: what they say there is of pages.
        """
        try:
            with self.store.read() as tx:
                devices = tx.devices.of(over.person)
        except TocsinError as trouble:
            return TryAgain(trouble.message)
        if not devices:
            return GiveUp("no browser of theirs takes notifications any more")
        body, lasts = closing(over), int(LASTS.total_seconds())
        found = _each(lambda one: self._sent(over.key, body, one, lasts, "normal"), devices)
        waiting = next((outcome for outcome in found.values() if isinstance(outcome, TryAgain)), None)
        return waiting or _together(devices, found)

    def _sent(self, page: str, text: bytes, device: PushDevice, lasts: int, urgency: str) -> Outcome:
        """What is about one page has one topic: a push service keeps only the last of it for a device that is off."""
        try:
            body = encrypted(text, device.key, device.auth)
        except ValueError as wrong:
            return GiveUp(f"nothing can be encrypted for this browser: {wrong}")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "aes128gcm",
            "TTL": str(lasts),
            "Urgency": urgency,
            "Topic": text_of(hashlib.sha256(page.encode("utf-8", "surrogatepass")).digest()[:24]),
            "Authorization": self.vapid.authorization(device.endpoint, self.clock.wall()),
        }
        return _taken(self.egress.post(device.endpoint, body, headers))

    def _note(self, devices: Sequence[PushDevice], found: Mapping[str, Outcome]) -> None:
        """Keep how it went with each device, and forget those that have ended. That it cannot be kept stops no page."""
        now = self.clock.now()
        try:
            with self.store.transact() as tx:
                for one in devices:
                    match found[one.id]:
                        case Delivered():
                            tx.devices.taken(one.id, now)
                        case GiveUp(reason=reason) if reason == ENDED:
                            log.info("%s's browser %r takes no notifications any more: forgotten", one.person, one.name)
                            tx.devices.remove(one.id)
                        case TryAgain(reason=reason) | GiveUp(reason=reason):
                            tx.devices.failed(one.id, now, reason)
        except TocsinError as trouble:
            log.warning("how the browsers took a page cannot be written down: %s", trouble)


def _each(send: Callable[[PushDevice], Outcome], devices: Sequence[PushDevice]) -> dict[str, Outcome]:
    """What became of each device's message, by its id; side by side: one that hangs keeps no other waiting."""
    with ThreadPoolExecutor(len(devices), thread_name_prefix="web-push") as threads:
        return {one.id: outcome for one, outcome in zip(devices, threads.map(send, devices), strict=True)}


def closing(over: Withdrawal) -> bytes:
    """What tells the service worker that a page is over, as JSON: its tag, and what to show in its place."""
    says = {
        "close": True,
        "title": over.says,
        "body": over.headline,
        "tag": over.key,
        "link": urlsplit(over.link).path,
        "at": int(over.at.timestamp() * 1000),
    }
    return json.dumps(says).encode()


def notification(message: PageMessage, device: str) -> bytes:
    """What the service worker is told, as JSON; the text is cut until it fits. Paths are of our own site."""
    says = {
        "title": message.headline,
        "tag": message.key,
        "link": urlsplit(message.link).path,
        "answer": urlsplit(message.answer).path if message.answer else "",
        "buttons": message.buttons,
        "device": device,
        "urgent": message.urgent,
        "at": int(message.at.timestamp() * 1000),
    }
    text = message.text[:SHOWN]
    while True:
        body = json.dumps({**says, "body": "\n".join(part for part in (message.due, text) if part)}).encode()
        if len(body) <= MOST or not text:
            return body
        text = text[: len(text) // 2]


def time_to_live(message: PageMessage, now: datetime) -> int:
    """Seconds for which a push service keeps it for a device that is off: until the deadline, a minute at least."""
    lasts = message.until - now if message.until is not None else LASTS
    return max(60, int(lasts.total_seconds()))


def _taken(exchange: Exchange) -> Outcome:
    if isinstance(exchange, Response):
        if exchange.status in {404, 410}:
            return GiveUp(ENDED)
        if exchange.status in {401, 403}:
            return GiveUp(_OTHER_KEY)
    return outcome_of(exchange)


def _together(devices: Sequence[PushDevice], found: Mapping[str, Outcome]) -> Outcome:
    """What became of the page: taken where one device took it, tried again where one may take it later."""
    taken = [one.name for one in devices if isinstance(found[one.id], Delivered)]
    if taken:
        return Delivered(receipt=", ".join(taken)[:200])
    waiting = next((outcome for outcome in found.values() if isinstance(outcome, TryAgain)), None)
    if waiting is not None:
        return waiting
    reasons = [f"{one.name}: {outcome.reason}" for one in devices if isinstance(outcome := found[one.id], GiveUp)]
    return GiveUp("; ".join(reasons)[:400])
