"""Where providers report what became of a page, and what was answered to it: signed, bounded, and never by GET.

A signature covers the address at which *we say* that we are reached, never what a Host header says. Whatever is
wrong with it, the answer is the same 403. Texts that came from an incident go into TwiML escaped.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, quote
from xml.sax.saxutils import escape, quoteattr

import msgspec

from tocsin.app.paging.answering import Answering
from tocsin.app.paging.devices import Devices
from tocsin.errors import NotFound, TocsinError
from tocsin.incident.commands import PageOutcome
from tocsin.incident.facts import Via
from tocsin.web.answers import TEXT, Receive, Scope, Send, answer
from tocsin.web.body import Gone, TooLarge, TooSlow, read_body
from tocsin.web.mattermost import MattermostDoor
from tocsin.web.slack import SlackDoor

log = logging.getLogger(__name__)

PREFIX = "/callback/"
LARGEST = 64 << 10
XML = (b"content-type", b"text/xml; charset=utf-8")
KEY_SECONDS = 10
"""How long a call waits for a key before it repeats itself."""
ROUNDS = 3
SHOWN = "shown"
"""What a browser POSTs when it shows a page, before the id of its device."""

RENEWED = "renewed"
"""What a browser POSTs below ``/callback/browser/`` when its subscription was replaced."""


class Renewal(msgspec.Struct, frozen=True):
    """The subscription that a browser had, by its address and secret, and the one that it has now."""

    old: str
    secret: str
    endpoint: str
    key: str
    auth: str


_MESSAGE: Mapping[str, PageOutcome] = {
    "delivered": "delivered",
    "read": "delivered",
    "failed": "failed",
    "undelivered": "failed",
    "canceled": "failed",
}
_CALL: Mapping[str, PageOutcome] = {"busy": "failed", "failed": "failed", "no-answer": "failed", "canceled": "failed"}

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Twilio:
    """What is needed to believe Twilio: its tokens (an old one besides, while it is changed) and our own address."""

    tokens: tuple[str, ...]
    address: str


@dataclass(slots=True)
class Callbacks:
    """Answers providers. ``twilio`` gives the present settings, None without any; ``slack`` and ``mattermost`` are
    None where they are not heard by HTTP.
    """

    answering: Answering
    twilio: Callable[[], Twilio | None]
    slack: SlackDoor | None = None
    mattermost: MattermostDoor | None = None
    devices: Devices | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`POST /callback/<provider>/<what>`."""
        provider, _, what = scope["path"].removeprefix(PREFIX).partition("/")
        known = {
            "twilio": self._by_twilio,
            "push": self._by_button,
            "browser": self._by_browser,
            "slack": self._by_slack,
            "mattermost": self._by_mattermost,
        }.get(provider)
        if known is None or bool(what) is (provider in ("slack", "mattermost")):
            return await answer(send, 404, b"there is nothing here", TEXT)
        if scope["method"] != "POST":
            return await answer(send, 405, b"POST acts; nothing else does", TEXT, ((b"allow", b"POST"),))
        try:
            body = (await read_body(receive, LARGEST, drain=False)).body
        except TooLarge:
            return await answer(send, 413, b"too large", TEXT)
        except TooSlow:
            return await answer(send, 408, b"too slow", TEXT)
        except Gone:
            return None
        try:
            await known(scope, body, what, send)
        except TocsinError as trouble:
            await answer(send, trouble.http_status, trouble.message.encode(), TEXT)

    async def _by_slack(self, scope: Scope, body: bytes, _what: str, send: Send) -> None:
        if self.slack is None:
            return await answer(send, 404, b"Slack is not heard here: set slack.signing_secret", TEXT)
        return await self.slack.request(scope, body, send)

    async def _by_mattermost(self, scope: Scope, body: bytes, _what: str, send: Send) -> None:
        if self.mattermost is None:
            return await answer(send, 404, b"Mattermost is not heard here: fill in [mattermost]", TEXT)
        return await self.mattermost.request(scope, body, send)

    async def _by_button(self, scope: Scope, body: bytes, token: str, send: Send) -> None:
        """A notification's button, or that a browser shows it: the token in its address is the person's own."""
        person, page = self.answering.links.answered(token)
        what, _, device = body.decode("utf-8", "replace").strip().partition(" ")
        if what == SHOWN and self.devices is not None:
            await asyncio.to_thread(self.devices.shown, person, page, device)
            await answer(send, 204, b"", TEXT)
            return
        digit = body.decode("utf-8", "replace").strip()[:1] or "4"
        said = await asyncio.to_thread(self.answering.press, page, digit, Via.PUSH)
        log.info("%s pressed %s for %s", person, digit, page)
        await answer(send, 200, said.words.encode(), TEXT)

    async def _by_browser(self, scope: Scope, body: bytes, what: str, send: Send) -> None:
        """A browser's push service has given it another subscription; the old one's secret is its word for it."""
        if what != RENEWED or self.devices is None:
            return await answer(send, 404, b"there is nothing here", TEXT)
        try:
            said = msgspec.json.decode(body, type=Renewal)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return await answer(send, 400, b"this is no subscription of a browser", TEXT)
        renew = self.devices.renew
        device = await asyncio.to_thread(renew, said.old, said.secret, said.endpoint, said.key, said.auth)
        log.info("%s's browser %r goes on by another subscription", device.person, device.name)
        return await answer(send, 204, b"", TEXT)

    async def _by_twilio(self, scope: Scope, body: bytes, what: str, send: Send) -> None:
        settings = self.twilio()
        try:
            fields = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=200)
        except ValueError:
            fields = []
        if settings is None or not signed_by_twilio(settings, scope, fields):
            return await answer(send, 403, b"not signed by Twilio for this address", TEXT)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        page = query.get("page", [""])[0]
        said = dict(fields)
        match what:
            case "voice" | "keys":
                tries = query.get("round", ["1"])[0]
                xml = await asyncio.to_thread(self._call, what, page, said, int(tries) if tries.isdecimal() else 1)
                return await answer(send, 200, xml.encode(), XML)
            case "sms":
                xml = await asyncio.to_thread(self._sms, said)
                return await answer(send, 200, xml.encode(), XML)
            case "message" | "call":
                await asyncio.to_thread(self._report, what, page, said)
                return await answer(send, 204, b"", TEXT)
            case _:
                return await answer(send, 404, b"there is nothing here", TEXT)

    def _sms(self, said: Mapping[str, str]) -> str:
        reply = self.answering.by_sms(said.get("From", ""), said.get("Body", ""), said.get("MessageSid", ""))
        return _twiml(f"<Message>{escape(reply)}</Message>" if reply else "")

    def _call(self, what: str, page: str, said: Mapping[str, str], tries: int) -> str:
        """The words of a call: the page and its keys, or what a key has done."""
        if what == "voice" and tries == 1:
            self._answered(page, said)
        if what == "keys" and (digit := said.get("Digits", "")):
            given = self.answering.press(page, digit[:1], Via.CALL, f"{said.get('CallSid', '')} {digit[:1]}")
            if not given.again:
                return _twiml(f"<Say>{escape(given.words)}</Say><Hangup/>")
        try:
            words = self.answering.script(page)
        except NotFound:
            return _twiml("<Say>This incident is not known any more.</Say><Hangup/>")
        if tries > ROUNDS:
            return _twiml("<Say>Good bye.</Say><Hangup/>")
        return _asking(page, f"{words} {self.answering.keys(page)}", tries)

    def _answered(self, page: str, said: Mapping[str, str]) -> None:
        """Somebody answered the call: proof that it rang, unless it was a machine."""
        by = said.get("AnsweredBy", "")
        if by.startswith(("machine", "fax")):
            self.answering.receipt(page, "failed", "a machine answered the call")
        else:
            self.answering.receipt(page, "delivered", "the call was answered")

    def _report(self, what: str, page: str, said: Mapping[str, str]) -> None:
        status = said.get("MessageStatus" if what == "message" else "CallStatus", "")
        outcome = (_MESSAGE if what == "message" else _CALL).get(status)
        if outcome is None:
            return
        code = said.get("ErrorCode", "")
        detail = f"Twilio reports: {status}" + (f" (error {code})" if code.isdecimal() else "")
        try:
            self.answering.receipt(page, outcome, detail)
        except NotFound:
            log.info("Twilio reports about a page that is not known: %s", page)


def signed_by_twilio(settings: Twilio, scope: Scope, fields: Fields) -> bool:
    """Whether one of the account's tokens signed this request (https://www.twilio.com/docs/usage/security).

    The signature is over the address as we configured it, query included, and each field sorted by its name.
    """
    given = [value for name, value in scope["headers"] if name == b"x-twilio-signature"]
    if len(given) != 1:
        return False
    path = quote(scope["path"], safe="/")
    query = scope["query_string"].decode("latin-1")
    address = f"{settings.address.rstrip('/')}{path}" + (f"?{query}" if query else "")
    wanted = [twilio_signature(token, address, fields).encode() for token in settings.tokens if token]
    return any(hmac.compare_digest(given[0], one) for one in wanted)


def twilio_signature(token: str, address: str, fields: Fields) -> str:
    """The base64 of HMAC-SHA1 over the address and every name and value; repeated fields by name, then value, once."""
    text = address + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()


def _asking(page: str, words: str, tries: int) -> str:
    query = f"page={quote(page, safe='')}&round={tries + 1}"
    keys, again = (quoteattr(f"/callback/twilio/{what}?{query}") for what in ("keys", "voice"))
    gather = f'<Gather numDigits="1" timeout="{KEY_SECONDS}" action={keys} method="POST"><Say>{escape(words)}</Say>'
    return _twiml(f'{gather}</Gather><Redirect method="POST">{again[1:-1]}</Redirect>')


def _twiml(inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>'
