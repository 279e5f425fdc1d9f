"""Whether a delivery comes from whom it says: checks on bytes, in constant time, before anything is parsed.

A check answers yes or no and never raises, whatever the headers hold (F56); the caller answers every no alike. A
secret that is empty or short is refused when the integration is built: a check against it proves nothing.
Signatures are HMAC-SHA256 over the raw body. Sources: Standard Webhooks 1.0 (`webhook-signature: v1,<base64>` over
"id.timestamp.body"); Grafana's contact point (bare hex over the body, or over "timestamp:body" when a header for
the timestamp is configured); the webhook references of Sentry, GitHub, PagerDuty and Slack.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tocsin.errors import BadSettings

WINDOW_SECONDS = 300
MIN_SECRET_BYTES = 16

ARN = re.compile(r"arn:aws(-cn|-us-gov)?:sns:([a-z]{2}(?:-[a-z]+){1,2}-[0-9]):[0-9]{12}:[\w-]{1,256}(?:\.fifo)?", re.A)
"""The name of a topic of SNS; its second group is the region."""

_HEX = re.compile(rb"[0-9a-f]{64}")
_SECONDS = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v[0-9]{1,2}[a-z]?,[A-Za-z0-9+/]{1,512}={0,2}")
_STANDARD_ID = re.compile(rb"[\x21-\x7e]{1,256}")

Headers = Iterable[tuple[bytes, bytes]]


class AuthKind(StrEnum):
    """The ways by which a source can prove itself."""

    BEARER = "bearer"
    BASIC = "basic"
    KEY = "key"  # a secret part of the path
    HMAC = "hmac"  # hex over the body, or over "timestamp:body" (Grafana's way)
    STANDARD_WEBHOOKS = "standard_webhooks"
    HEADER = "header"  # the secret as it is, in a header of its own
    SENTRY = "sentry"
    GITHUB = "github"
    PAGERDUTY = "pagerduty"
    SLACK = "slack"
    SNS = "sns"  # the key of the path, and a signature by SNS, which the door has looked at by the notary


PATH_PROVES = frozenset({AuthKind.KEY, AuthKind.SNS})
"""Where the key of the address is the secret, alone or with more."""


@dataclass(frozen=True, slots=True)
class Signing:
    """How a sender signs: hex behind ``prefix`` in ``header``, over ``before`` the timestamp, ``after`` it, the body.

    ``timestamp`` names the header of the signed timestamp, empty when none is signed. ``several``: signatures of
    several secrets stand there with commas between them, and one that is right suffices.
    """

    header: str
    prefix: bytes = b""
    timestamp: str = ""
    before: bytes = b""
    after: bytes = b":"
    several: bool = False

    def signatures(self, shown: bytes) -> list[bytes]:
        """The signatures in a header; none unless all of it is in the sender's form."""
        parts = shown.split(b",") if self.several else [shown]
        if not all(part.startswith(self.prefix) for part in parts):
            return []
        found = [part.removeprefix(self.prefix) for part in parts]
        return found if all(_HEX.fullmatch(one) for one in found) else []


SIGNINGS = {
    AuthKind.SENTRY: Signing("sentry-hook-signature"),
    AuthKind.GITHUB: Signing("x-hub-signature-256", b"sha256="),
    AuthKind.PAGERDUTY: Signing("x-pagerduty-signature", b"v1=", several=True),
    AuthKind.SLACK: Signing("x-slack-signature", b"v0=", "x-slack-request-timestamp", b"v0:"),
}
"""The vendors' own ways; that of HMAC is the team's to configure."""


@dataclass(frozen=True, slots=True)
class IntegrationAuth:
    """How one integration's deliveries are checked. Several secrets are valid at once while they are changed.

    ``user`` is for BASIC, ``header`` for HEADER. ``signature_header`` and ``timestamp_header`` (empty: none) are for
    HMAC; ``topics`` are the ARNs that SNS may send for, ``sha256_only`` refuses its older signatures. Raises
    BadSettings for a missing, empty or short secret.
    """

    kind: AuthKind
    secrets: tuple[str, ...] = field(repr=False)
    user: str = ""
    signature_header: str = "x-grafana-alerting-signature"
    timestamp_header: str = ""
    header: str = "x-tocsin-token"
    topics: tuple[str, ...] = ()
    sha256_only: bool = False
    _keys: tuple[bytes, ...] = field(init=False, repr=False, compare=False, default=())
    _digests: tuple[bytes, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        if not self.secrets:
            raise BadSettings(f"an integration with {self.kind.value} authentication needs a secret")
        keys = tuple(_key(self.kind, secret) for secret in self.secrets)
        if any(len(key) < MIN_SECRET_BYTES for key in keys):
            raise BadSettings(f"the secret is too short: use at least {MIN_SECRET_BYTES} random characters")
        if self.kind is AuthKind.BASIC and not (self.user.isprintable() and self.user and ":" not in self.user):
            raise BadSettings("basic authentication needs a printable user name without a colon")
        if self.kind is AuthKind.HMAC and not self.signature_header:
            raise BadSettings("a signed integration needs the name of the header that holds the signature")
        if self.kind is AuthKind.HEADER and not self.header:
            raise BadSettings("this integration needs the name of the header that holds the secret")
        if self.kind is AuthKind.SNS and not self.topics:
            raise BadSettings('SNS sends for anybody: list your topics, topics = ["arn:aws:sns:REGION:ACCOUNT:NAME"]')
        if wrong := next((one for one in self.topics if not ARN.fullmatch(one)), None):
            raise BadSettings(f"{wrong!r} is not the ARN of a topic of SNS")
        object.__setattr__(self, "_keys", keys)
        object.__setattr__(self, "_digests", tuple(hashlib.sha256(key).digest() for key in keys))

    def admits(self, headers: Headers, body: bytes, now: datetime, path_key: str = "") -> bool:
        """Whether this delivery proves itself; ``path_key`` is the secret part of its path, if the route has one."""
        match self.kind:
            case AuthKind.BEARER:
                return self._any(_credentials(headers, b"bearer"))
            case AuthKind.BASIC:
                return self._basic(_credentials(headers, b"basic"))
            case AuthKind.KEY | AuthKind.SNS:
                return self._any(path_key.encode(errors="surrogatepass"))
            case AuthKind.HMAC:
                return self._signed(Signing(self.signature_header, timestamp=self.timestamp_header), headers, body, now)
            case AuthKind.HEADER:
                return self._any(_only(headers, self.header))
            case AuthKind.SENTRY | AuthKind.GITHUB | AuthKind.PAGERDUTY | AuthKind.SLACK:
                return self._signed(SIGNINGS[self.kind], headers, body, now)
            case AuthKind.STANDARD_WEBHOOKS:
                return self._standard(headers, body, now)

    def signed_at(self, headers: Headers) -> int | None:
        """The signed time of a delivery that was admitted, in seconds since 1970; None where none is signed.

        Whoever sends a recorded delivery again can change no bit of it, so it tells the copies of one from others.
        """
        match self.kind:
            case AuthKind.HMAC:
                name = self.timestamp_header
            case AuthKind.STANDARD_WEBHOOKS:
                name = "webhook-timestamp"
            case _:
                name = SIGNINGS[self.kind].timestamp if self.kind in SIGNINGS else ""
        stamp = _only(headers, name) if name else None
        return int(stamp) if stamp is not None and _SECONDS.fullmatch(stamp) else None

    def _any(self, shown: bytes | None) -> bool:
        """Whether this is one of the secrets; all of them are compared, so that time tells nothing."""
        found, given = False, hashlib.sha256(shown or b"").digest()
        for digest in self._digests:
            found |= hmac.compare_digest(given, digest)
        return found

    def _basic(self, shown: bytes | None) -> bool:
        try:
            decoded = base64.b64decode(shown or b"", validate=True)
        except (binascii.Error, ValueError):
            return False
        user, colon, password = decoded.partition(b":")
        right = hmac.compare_digest(hashlib.sha256(user).digest(), hashlib.sha256(self.user.encode()).digest())
        return self._any(password) and right and bool(colon)

    def _signed(self, signing: Signing, headers: Headers, body: bytes, now: datetime) -> bool:
        headers = list(headers)
        shown = _only(headers, signing.header)
        if shown is None or len(shown) > 1024:
            return False
        signed = body
        if signing.timestamp:
            stamp = _only(headers, signing.timestamp)
            if stamp is None or not _recent(stamp, now):
                return False
            signed = signing.before + stamp + signing.after + body
        signatures, found = signing.signatures(shown), False
        for key in self._keys:
            right = hmac.digest(key, signed, "sha256").hex().encode()
            for signature in signatures:
                found |= hmac.compare_digest(right, signature)
        return found

    def _standard(self, headers: Headers, body: bytes, now: datetime) -> bool:
        headers = list(headers)
        name, stamp = _only(headers, "webhook-id"), _only(headers, "webhook-timestamp")
        shown = _only(headers, "webhook-signature")
        if name is None or stamp is None or shown is None or len(shown) > 1024:
            return False
        if not _STANDARD_ID.fullmatch(name) or not _recent(stamp, now):
            return False
        signed = shown.split(b" ")
        if not all(_SIGNATURE.fullmatch(one) for one in signed):
            return False  # two headers that a proxy made one, for instance
        signatures = [one[3:] for one in signed if one.startswith(b"v1,")]
        found = False
        for key in self._keys:
            right = base64.b64encode(hmac.digest(key, name + b"." + stamp + b"." + body, "sha256"))
            for signature in signatures:
                found |= hmac.compare_digest(right, signature)
        return found


def genie_key(headers: Headers) -> str:
    """The key that a client of Opsgenie shows; empty for none."""
    return (_credentials(headers, b"geniekey") or b"").decode("ascii", "replace")


def shown_key(headers: Headers) -> str:
    """The key that a client shows instead of a path: a bearer token, or the password of basic; empty for none."""
    headers = list(headers)
    basic = _credentials(headers, b"basic")
    if basic is not None:
        try:
            basic = base64.b64decode(basic, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return ""
    shown = basic or _credentials(headers, b"bearer") or b""
    return shown.decode("ascii", "replace")


def _key(kind: AuthKind, secret: str) -> bytes:
    """The bytes of a secret; Standard Webhooks writes them in base64 behind `whsec_`."""
    if kind is AuthKind.STANDARD_WEBHOOKS and secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BadSettings("the secret begins with whsec_ but what follows is not base64") from error
    if secret != secret.strip() or not secret.isprintable():
        raise BadSettings("the secret has spaces around it or characters that cannot be printed")
    return secret.encode()


def _only(headers: Headers, name: str) -> bytes | None:
    """The value of a header that came exactly once and is not empty."""
    return _only_one(headers, name.lower().encode())


def _only_one(headers: Headers, wanted: bytes) -> bytes | None:
    values = [value for key, value in headers if key == wanted or key.lower() == wanted]
    return values[0] if len(values) == 1 and values[0] else None


def _credentials(headers: Headers, scheme: bytes) -> bytes | None:
    """What follows the scheme in the one Authorization header."""
    value = _only_one(headers, b"authorization")
    if value is None:
        return None
    said, space, credentials = value.partition(b" ")
    return credentials.strip(b" ") if space and said.lower() == scheme else None


def _recent(stamp: bytes, now: datetime) -> bool:
    """Whether these whole seconds since 1970 lie within five minutes of now, before or after."""
    return bool(_SECONDS.fullmatch(stamp)) and abs(int(stamp) - now.timestamp()) <= WINDOW_SECONDS
