"""SMS and voice calls through Twilio (https://www.twilio.com/docs/usage/api, version 2010-04-01).

Twilio's yes says that it took the message, never that a phone rang: what becomes of it comes back as signed
callbacks (``web/callbacks.py``) where people can reach us, and not at all in one-way mode, where the next way is
tried when its time has come. Its API knows no idempotency key: a doubtful send is repeated, so a page may ring twice.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Exchange, Response
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage

API = "https://api.twilio.com"
LONGEST = 160
"""Characters of one SMS, in the GSM alphabet."""
RING_SECONDS = 25
"""How long a call may ring: shorter than most voicemail takes to answer, so that no machine takes the page."""
LEAST_TITLE = 16
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€")
_PLAIN = str.maketrans({"…": "...", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "→": ">", "•": "*"})
_REFUSED = {
    20003: "Twilio does not know this account and token; correct [twilio] in tocsin.toml",
    21211: "Twilio says that this is no valid number",
    21214: "Twilio says that this number cannot be called",
    21408: "the Twilio account may not send to this country; allow it in Twilio's console",
    21610: "this person has answered STOP to Twilio's number; they have to send START to it",
    21614: "Twilio says that this is no mobile number",
}


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account, the number that sends and calls, and where callbacks reach us (empty: one-way mode)."""

    account: str
    token: str = field(repr=False)
    number: str
    callbacks: str = ""
    api: str = API

    @property
    def two_way(self) -> bool:
        """Whether people can answer, and receipts come back."""
        return bool(self.callbacks)

    def callback(self, what: str, page: str) -> str:
        """Where Twilio reports about a page. The same text is what its signature covers."""
        return f"{self.callbacks.rstrip('/')}/callback/twilio/{what}?page={quote(page, safe='')}"


@dataclass(frozen=True, slots=True)
class TwilioSms:
    """Pages by SMS; the way's address is a number like +4915112345678."""

    egress: Egress
    account: TwilioAccount

    def page(self, message: PageMessage) -> Outcome:
        """Send one SMS of at most 160 characters where its words allow it."""
        fields = [("To", message.address), ("From", self.account.number)]
        fields.append(("Body", sms_text(message, two_way=self.account.two_way)))
        if self.account.two_way:
            fields.append(("StatusCallback", self.account.callback("message", message.key)))
        return _post(self.egress, self.account, "Messages", fields)


@dataclass(frozen=True, slots=True)
class TwilioCall:
    """Pages by a call that reads the page out; the way's address is a number like +4915112345678."""

    egress: Egress
    account: TwilioAccount

    def page(self, message: PageMessage) -> Outcome:
        """Begin one call. What it says is asked for when somebody answers, so that it is true then."""
        fields = [("To", message.address), ("From", self.account.number), ("Timeout", str(RING_SECONDS))]
        if self.account.two_way:
            fields += [
                ("Url", self.account.callback("voice", message.key)),
                ("MachineDetection", "Enable"),
                ("StatusCallback", self.account.callback("call", message.key)),
                *(("StatusCallbackEvent", one) for one in ("answered", "completed")),
            ]
        else:
            fields.append(("Twiml", _monologue(message)))
        return _post(self.egress, self.account, "Calls", fields)


def sms_text(message: PageMessage, *, two_way: bool) -> str:
    """The page in one SMS: what, by when, how to answer, the link. The title gives way first, then the explanation.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
    >>> page = PageMessage("k", "INC-42", "ana", "+1", "", "", "https://t.example/p/x", at, lead="P0 INC-42",
    ...     title="API not responding", due="Ack in 5m.", code="048213")
    >>> sms_text(page, two_way=True)
    'P0 INC-42 API not responding. Ack in 5m. Reply 4 ack 6 resolve 9 escalate + code 048213 https://t.example/p/x'
    """
    keys = (f"Reply 4 ack 6 resolve 9 escalate + code {message.code}", f"Reply 4 {message.code}")
    answers = keys if two_way and message.code else ()
    title, link = _plain(message.title), message.link
    for answer in (*answers, ""):
        rest = _joined("", message.due, answer, link)
        room = LONGEST - _length(f"{_plain(message.lead)} .{rest}")
        if room >= min(LEAST_TITLE, _length(title)):
            return f"{_plain(message.lead)} {_cut(title, room)}.{rest}"
    return f"{_plain(message.lead)} {_cut(title, LEAST_TITLE)}.{_joined('', message.due, link)}"


def _joined(*parts: str) -> str:
    return "".join(f" {_plain(part)}" for part in parts if part)


def _plain(text: str) -> str:
    """The text in the GSM alphabet, if taking accents away is enough; else as it is (Twilio sends it in more parts)."""
    folded = text.translate(_PLAIN)
    known = _GSM | _DOUBLE
    letters = [sign if sign in known else _bare(sign) for sign in folded]
    plain = "".join(letters)
    return plain if set(plain) <= known else folded


def _bare(sign: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))


def _length(text: str) -> int:
    return len(text) + sum(sign in _DOUBLE for sign in text)


def _cut(text: str, room: int) -> str:
    if _length(text) <= room:
        return text
    cut = text[: room - 2]
    while _length(cut) > room - 2:
        cut = cut[:-1]
    return f"{cut.rstrip()}.."


def _monologue(message: PageMessage) -> str:
    """What a call says when nobody can answer it by keys: twice, slowly, and where to go."""
    said = escape(" ".join(part for part in (message.spoken, message.due, "Open Tocsin to acknowledge.") if part))
    return f'<Response><Say>{said}</Say><Pause length="1"/><Say>{said}</Say></Response>'


def _post(egress: Egress, account: TwilioAccount, what: str, fields: Sequence[tuple[str, str]]) -> Outcome:
    pair = base64.b64encode(f"{account.account}:{account.token}".encode()).decode()
    url = f"{account.api.rstrip('/')}/2010-04-01/Accounts/{quote(account.account, safe='')}/{what}.json"
    headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
    return _understood(egress.post(url, urlencode(fields).encode(), headers))


def _understood(exchange: Exchange) -> Outcome:
    outcome = outcome_of(exchange)
    if not isinstance(exchange, Response):
        return outcome
    answer = exchange.json_object()
    if isinstance(outcome, Delivered):
        return Delivered(receipt=str(answer.get("sid", "")) or "taken by Twilio")
    code = answer.get("code")
    if isinstance(outcome, GiveUp) and isinstance(code, int):
        known = _REFUSED.get(code) or f"Twilio refused it (error {code}): see twilio.com/docs/errors/{code}"
        return GiveUp(known)
    return outcome
