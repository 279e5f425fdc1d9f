"""Signed links: this person, this incident, for a few hours, without signing in.

A link shows on GET and acts on POST only (mail scanners and chat previews follow links). It is an HMAC over its
own text; the secret lives in the store, and replacing it there ends all links at once.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.app.access import Caller, link_holder
from tocsin.app.accounts.sealed import sealed, unsealed
from tocsin.clock import Clock
from tocsin.errors import LinkEnded, NotAllowed

LASTS = timedelta(hours=4)
TEST_LASTS = timedelta(days=8)
_PAGE, _ANSWER, _TEST = b"page-link:", b"page-answer:", b"test-page:"
_WISH, _LEAVE = b"subscriber-wish:", b"subscriber-leave:"
_FROM_THE_MAIL = "this link is not one of ours, or a part of it is missing; open it from the mail again"


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads the links of pages."""

    secret: bytes
    clock: Clock
    base_url: str

    def address(self, person: str, incident_id: str, now: datetime | None = None) -> str:
        """The address to put into a page."""
        return f"{self.base_url.rstrip('/')}/p/{self.token(person, incident_id, now)}"

    def token(self, person: str, incident_id: str, now: datetime | None = None) -> str:
        """The signed part of the address."""
        expires = int(((now or self.clock.now()) + LASTS).timestamp())
        body = f"{person}|{incident_id}|{expires}".encode()
        return sealed(self.secret, _PAGE, body)

    def caller(self, token: str) -> Caller:
        """Who holds this link. Raises NotAllowed when it was altered or has ended."""
        body = self._read(_PAGE, token, "this link is not one of ours; open the newest page you got, or sign in")
        person, incident_id, expires = body.decode().split("|")
        if self.clock.now() >= datetime.fromtimestamp(int(expires), UTC):
            raise LinkEnded(incident_id=incident_id)
        return link_holder(person, incident_id)

    def code(self, page: str) -> str:
        """Six digits that only whoever got this page knows: what an answer by SMS is tied to it by (B2)."""
        made = hmac.digest(self.secret, b"page-code:" + page.encode(), "sha256")
        return f"{int.from_bytes(made[:8], 'big') % 1_000_000:06d}"

    def answer(self, person: str, page: str, now: datetime) -> str:
        """Where a notification's button POSTs its digit: this person may press digits for this page, for a while."""
        expires = int((now + LASTS).timestamp())
        body = f"{person}|{page}|{expires}".encode()
        return f"{self.base_url.rstrip('/')}/callback/push/{sealed(self.secret, _ANSWER, body)}"

    def answered(self, token: str) -> tuple[str, str]:
        """Whose button this is, and of which page. Raises NotAllowed when it was altered or has ended."""
        body = self._read(_ANSWER, token, "this button is not one of ours; open the newest page you got, or sign in")
        person, rest = body.decode().split("|", 1)
        page, expires = rest.rsplit("|", 1)  # a page is named after a way, whose label may hold anything
        if self.clock.now() >= datetime.fromtimestamp(int(expires), UTC):
            raise NotAllowed("this button has ended; open a newer page, or sign in")
        return person, page

    def test_address(self, test: str, now: datetime) -> str:
        """The address by which a test page is confirmed, until after the next one."""
        body = f"{test}|{int((now + TEST_LASTS).timestamp())}".encode()
        return f"{self.base_url.rstrip('/')}/t/{sealed(self.secret, _TEST, body)}"

    def tested(self, token: str) -> str:
        """Which test page this link was in. Raises NotAllowed when it was altered or has ended."""
        body = self._read(_TEST, token, "this link is not one of ours; open the newest test page you got")
        test, _, expires = body.decode().rpartition("|")
        if self.clock.now() >= datetime.fromtimestamp(int(expires), UTC):
            raise NotAllowed("this link has ended; the next test page brings another one")
        return test

    def wish_address(self, subscriber: str, asked_at: datetime, until: datetime, language: str = "") -> str:
        """The address by which somebody confirms that a wish to be told of updates is theirs, until an instant.

        The code of their language stands beside what is signed: it is for the pages that know nothing of them any more.
        """
        body = f"{subscriber}|{asked_at.isoformat()}|{int(until.timestamp())}".encode()
        return f"{self.base_url.rstrip('/')}/subscribe/{sealed(self.secret, _WISH, body)}{_spoken(language)}"

    def wish(self, token: str) -> tuple[str, datetime]:
        """Whose wish a link confirms, and which. Raises NotAllowed when it was altered or has ended."""
        body = self._read(_WISH, token, _FROM_THE_MAIL)
        subscriber, asked_at, expires = body.decode().split("|")
        if self.clock.now() >= datetime.fromtimestamp(int(expires), UTC):
            raise NotAllowed("this link has ended; subscribe again on the status page to get a new one")
        return subscriber, datetime.fromisoformat(asked_at)

    def leave_address(self, subscriber: str, language: str = "") -> str:
        """The address by which a subscriber ends it. It never ends: an old mail is as good as a new one (RFC 8058)."""
        body = subscriber.encode()
        return f"{self.base_url.rstrip('/')}/unsubscribe/{sealed(self.secret, _LEAVE, body)}{_spoken(language)}"

    def leaving(self, token: str) -> str:
        """Which subscriber a link ends. Raises NotAllowed when it was altered."""
        return self._read(_LEAVE, token, _FROM_THE_MAIL).decode()

    def _read(self, purpose: bytes, token: str, otherwise: str) -> bytes:
        body = unsealed(self.secret, purpose, token)
        if body is None:
            raise NotAllowed(otherwise)
        return body


def _spoken(language: str) -> str:
    return f"?language={language}" if language else ""
