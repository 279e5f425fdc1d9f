"""What a runner and its server send each other, signed (Ed25519): a request by the runner, a job by the server.

The runner's key never leaves its host; the server's is made from the secret of the installation. A request is signed
with its method, path, instant, a word that is used once, and its body, so that none can be changed or sent again; the
job holds the word of the request that it answers, so that an old one is none.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from tocsin.app.ports import Execution, Job
from tocsin.errors import BadInput
from tocsin.incident.streams import joined, marks, read

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PROTOCOL = 1
"""Counted up when an older runner would take a job for another one than it is."""
NAME, AT, ONCE, SIGNATURE = "tocsin-runner", "tocsin-at", "tocsin-once", "tocsin-signature"
"""The headers of a signed request."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A request of a runner, as it came. ``at`` is in whole seconds since 1970."""

    method: str
    path: str
    body: bytes
    runner: str
    at: str
    once: str
    signature: str

    @property
    def text(self) -> bytes:
        """What is signed."""
        said = (self.method, self.path, self.runner, self.at, self.once, hashlib.sha256(self.body).hexdigest())
        return "\n".join(said).encode()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A job on its way to a runner. ``text`` is what is signed: an ``Errand`` as JSON."""

    text: str
    signature: str


@dataclass(frozen=True, slots=True)
class Errand:
    """One attempt at a run, for one runner, in answer to one request (``once``)."""

    protocol: int
    attempt: str
    runner: str
    once: str
    effect: str
    job: Job


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended; ``begun`` false when its command was never started."""

    exit_codes: tuple[int, ...] = ()
    truncated: bool = False
    timed_out: bool = False
    seconds: float = 0.0
    trouble: str = ""
    cancelled: bool = False
    lost: bool = False
    begun: bool = True

    def execution(self, output: str) -> Execution:
        """It, with its output as it was sent: what tells the streams apart stands in it (``streams.written``)."""
        told = read(output)
        return Execution(
            self.exit_codes,
            joined(told),
            self.truncated,
            self.timed_out,
            self.seconds,
            self.trouble,
            self.cancelled,
            self.lost and self.begun,
            marks(told),
        )


def new_key() -> str:
    """A fresh private key, base64."""
    import secrets

    return base64.b64encode(secrets.token_bytes(32)).decode()


def public_key(private: str) -> str:
    """The public key of a private one, both base64."""
    return base64.b64encode(_private(private).public_key().public_bytes_raw()).decode()


def sign(private: str, text: bytes) -> str:
    """A signature, base64."""
    return base64.b64encode(_private(private).sign(text)).decode()


def is_signed(public: str, text: bytes, signature: str) -> bool:
    """Whether it is the signature of this key's owner."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def sealed(errand: Errand, private: str) -> Envelope:
    """A job, signed."""
    text = msgspec.json.encode(errand).decode()
    return Envelope(text, sign(private, text.encode()))


def opened(envelope: Envelope, server: str, runner: str, once: str) -> Errand:
    """The job of an envelope. Raises BadInput unless it is the server's answer to this runner's present request.

    A part of it that this version does not know is refused, never ignored: it may say where or how to run.
    """
    if not is_signed(server, envelope.text.encode(), envelope.signature):
        raise BadInput("this is not signed by the server that this runner was enrolled at")
    said: Any = msgspec.json.decode(envelope.text)
    try:
        errand = msgspec.convert(said, Errand, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(f"this version of Tocsin cannot read the job ({error}): update this runner") from error
    if errand.protocol != PROTOCOL or msgspec.json.decode(msgspec.json.encode(errand)) != said:
        raise BadInput("the server has another version of Tocsin: update this runner to it")
    if errand.runner != runner or errand.once != once:
        raise BadInput("this is the answer to another request")
    return errand


def _private(key: str) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
    )

    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key))
