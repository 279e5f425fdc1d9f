"""A stand-in for Twilio: SMS and calls as its API documents them, with phones that a drill holds in its hand.

It checks what Twilio checks (account, numbers, length), answers with Twilio's error codes, signs its callbacks with
the auth token, fetches TwiML when somebody answers and obeys it: Say, Gather, Redirect, Hangup.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin
from xml.etree import ElementTree

from tocsin.fakes.standin import Reply, Request, Standin

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_PATH = re.compile(r"/2010-04-01/Accounts/([^/]+)/(Messages|Calls)\.json")
LONGEST = 1600


@dataclass(slots=True)
class Sms:
    """An SMS that a phone shows, or was never delivered."""

    sid: str
    to: str
    body: str
    callback: str
    delivered: bool = False


@dataclass(slots=True)
class Call:
    """A call: what was said so far, and what it waits for."""

    sid: str
    to: str
    url: str
    twiml: str
    callback: str
    said: list[str] = field(default_factory=list)
    ringing: bool = True
    gather: str = ""
    redirect: str = ""
    ended: bool = False


class FakeTwilio(Standin):
    """Twilio on a loopback port. ``incoming`` is the address that its console would have for arriving SMS."""

    def __init__(self, account: str = "AC" + "0" * 32, token: str = "a-token-of-twilio", port: int = 0) -> None:  # noqa: S107 -- a stand-in's
        super().__init__(port)
        self.account, self.token = account, token
        self.number = "+15005550006"
        self.incoming = ""
        self.messages: list[Sms] = []
        self.calls: list[Call] = []

    # --- what its API does --------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """Send a message or begin a call."""
        found = _PATH.fullmatch(request.path)
        if request.method != "POST" or found is None:
            return _error(404, 20404, "The requested resource was not found")
        pair = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        if found[1] != self.account or request.headers.get("authorization") != f"Basic {pair}":
            return _error(401, 20003, "Authenticate")
        fields = dict(request.form())
        if not _NUMBER.fullmatch(fields.get("To", "")):
            return _error(400, 21211, "The 'To' number is not a valid phone number.")
        if fields.get("From") != self.number:
            return _error(400, 21606, "The 'From' phone number is not a valid number of this account.")
        return self._message(fields) if found[2] == "Messages" else self._begin(fields)

    def _message(self, fields: dict[str, str]) -> Reply:
        if not fields.get("Body"):
            return _error(400, 21602, "Message body is required.")
        if len(fields["Body"]) > LONGEST:
            return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        sms = Sms(f"SM{secrets.token_hex(16)}", fields["To"], fields["Body"], fields.get("StatusCallback", ""))
        return Reply(201, {"sid": sms.sid, "status": "queued", "to": sms.to}, then=lambda: self._deliver(sms))

    def _deliver(self, sms: Sms) -> None:
        sms.delivered = True
        self.messages.append(sms)
        for status in ("sent", "delivered"):
            self.report(sms, status)

    def _begin(self, fields: dict[str, str]) -> Reply:
        if not fields.get("Url") and not fields.get("Twiml"):
            return _error(400, 21205, "Url parameter is required.")
        call = Call(
            f"CA{secrets.token_hex(16)}",
            fields["To"],
            fields.get("Url", ""),
            fields.get("Twiml", ""),
            fields.get("StatusCallback", ""),
        )
        return Reply(201, {"sid": call.sid, "status": "queued", "to": call.to}, then=lambda: self.calls.append(call))

    # --- what people do with their phones -----------------------------------------------------------------------

    def report(self, sms: Sms, status: str, error: str = "") -> None:
        """Report what became of a message."""
        fields = {"MessageSid": sms.sid, "MessageStatus": status, "To": sms.to, "From": self.number}
        if error:
            fields["ErrorCode"] = error
        self._tell(sms.callback, fields)

    def reply(self, number: str, text: str) -> list[str]:
        """Somebody sends an SMS to our number; the texts that come back to them, once for each delivery."""
        fields = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": number, "To": self.number, "Body": text}
        answers = self._tell(self.incoming, fields)
        return [found.text or "" for one in answers for found in _parsed(one).iter("Message")]

    def pick_up(self, call: Call, by: str = "human") -> list[str]:
        """Somebody, or a machine, answers; what the call has said when it waits."""
        call.ringing = False
        if call.twiml:
            self._obey(call, call.twiml.encode())
        else:
            self._fetch(call, call.url, {"AnsweredBy": by})
        return call.said

    def press(self, call: Call, digit: str) -> str:
        """A key, while the call waits for one; the last that was said."""
        assert call.gather, "the call does not wait for a key"
        self._fetch(call, call.gather, {"Digits": digit})
        return call.said[-1]

    def wait(self, call: Call) -> str:
        """Nobody presses a key in time; the last that was said."""
        self._fetch(call, call.redirect, {})
        return call.said[-1]

    def decline(self, call: Call, status: str = "busy") -> None:
        """The call comes to nothing: busy, no-answer or failed."""
        call.ringing, call.ended = False, True
        self._tell(call.callback, {"CallSid": call.sid, "CallStatus": status, "To": call.to, "From": self.number})

    def _fetch(self, call: Call, url: str, more: dict[str, str]) -> None:
        fields = {"CallSid": call.sid, "CallStatus": "in-progress", "To": call.to, "From": self.number, **more}
        self._obey(call, self._tell(url, fields)[0], url)

    def _obey(self, call: Call, twiml: bytes, base: str = "") -> None:
        call.gather = call.redirect = ""
        for verb in _parsed(twiml):
            match verb.tag:
                case "Say":
                    call.said.append(verb.text or "")
                case "Gather":
                    call.said.extend(say.text or "" for say in verb.iter("Say"))
                    call.gather = urljoin(base, verb.get("action", ""))
                case "Redirect":
                    call.redirect = urljoin(base, verb.text or "")
                case "Hangup":
                    call.ended = True

    def _tell(self, url: str, fields: dict[str, str]) -> list[bytes]:
        if not url:
            return [b"<Response/>"]
        signed = url + "".join(name + fields[name] for name in sorted(fields))
        mac = hmac.new(self.token.encode(), signed.encode(), hashlib.sha1)
        headers = {
            "X-Twilio-Signature": base64.b64encode(mac.digest()).decode(),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self.call_back(url, urlencode(fields).encode(), headers)


def _parsed(twiml: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(twiml or b"<Response/>")  # noqa: S314 -- the TwiML of whoever is drilled


def _error(status: int, code: int, message: str) -> Reply:
    return Reply(status, {"code": code, "message": message, "status": status})
