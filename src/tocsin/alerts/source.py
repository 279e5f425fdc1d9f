"""What a source of alerts is: one value for each, from which the door, the pages, the CLI and the docs are made.

A new one is a module with a ``Source`` and its line in ``sources.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from tocsin.alerts.alert import Heard
from tocsin.alerts.authenticate import AuthKind

_ADDED = frozenset({AuthKind.BEARER, AuthKind.BASIC, AuthKind.HEADER, AuthKind.HMAC, AuthKind.STANDARD_WEBHOOKS})
TEST_TITLE = "Test alert: nothing is broken"
"""The title of what "send test" sends, whatever the source."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the deliveries of one integration go, and how they prove themselves.

    ``base`` is the server's address without a slash at its end; ``header`` names the header that carries a secret or
    a signature. The secret itself is never part of a set-up text.
    """

    base: str
    key: str
    source: str
    proof: AuthKind = AuthKind.KEY
    header: str = ""

    @property
    def url(self) -> str:
        """The integration's own address; whoever knows it knows its key."""
        return f"{self.base}/in/{self.key}/{self.source}"

    @property
    def curl_proof(self) -> str:
        """What `curl` is told beside the address, with a space before it; empty where it can prove nothing so."""
        return {
            AuthKind.BEARER: " -H 'authorization: Bearer THE_SECRET'",
            AuthKind.BASIC: " -u 'THE_USER:THE_SECRET'",
            AuthKind.HEADER: f" -H '{self.header}: THE_SECRET'",
        }.get(self.proof, "")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a sender is told in the vendor's own words. ``trouble`` is why the body cannot be read, if it cannot."""

    status: int
    body: bytes
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of sender. The texts are sentences for people; ``documentation`` is the vendor's page about it.

    ``proofs`` are the ways in which it can prove itself: the first holds unless the team says otherwise. ``read``
    raises BadPayload for what it cannot read. ``sample`` is a test alert in the sender's own form, for a place and an
    aware instant. ``answer`` is for vendors whose clients read the answer. ``delivery_id`` finds the sender's own
    number of the delivery in its body (empty: none); most senders give it in a header, or not at all. ``dated``: every
    body says when what it tells of happened, so that the same bytes are the same event sent again. Not ``alerts``: it
    tells of changes only, and nothing that it says, readable or not, begins an incident. Not ``assesses``: its words
    only suggest a severity, because anybody may write them. ``lasting``: what fires goes on until the sender says
    otherwise; of others each event stands for itself.
    """

    name: str
    title: str
    documentation: str
    sends: str
    joins: str
    ends: str
    retries: str
    proofs: tuple[AuthKind, ...]
    read: Callable[[bytes, datetime], Heard]
    set_up: Callable[[Place], str]
    sample: Callable[[Place, datetime], bytes]
    header: str = "x-tocsin-token"
    answer: Callable[[bytes, datetime], Reply] | None = None
    delivery_id: Callable[[bytes], str] | None = None
    dated: bool = True
    alerts: bool = True
    assesses: bool = True
    lasting: bool = True

    def takes(self, proof: AuthKind) -> bool:
        """Whether it can prove itself so: in its own ways, or in one that a proxy before it may add."""
        return proof in self.proofs or (AuthKind.KEY in self.proofs and proof in _ADDED)


def encoded(value: object) -> bytes:
    """The value as JSON, for samples and answers."""
    return msgspec.json.encode(value)


def secret_hint(place: Place) -> str:
    """What has to be set at the sender besides the address, one line; empty when the address is all."""
    match place.proof:
        case AuthKind.BEARER:
            return "authorization: Bearer, with the secret of the integration's auth table\n"
        case AuthKind.BASIC:
            return "authorization: Basic, with the user and the secret of the integration's auth table\n"
        case AuthKind.HEADER:
            return f"header: {place.header}, with the secret of the integration's auth table\n"
        case _:
            return ""
