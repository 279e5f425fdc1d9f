"""The way to what is probed: a name is resolved once, and a connection goes to a checked address only."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tocsin.adapters.egress.addresses import Network, why_forbidden
from tocsin.adapters.egress.egress import addresses_of
from tocsin.adapters.egress.exchange import Resolve
from tocsin.clock import monotonic

HINT = "allow its network in the settings if this is meant"
"""What an address check says of any setting; of probes it is this one."""
PLACE = "server.probed must name its network if this is meant"


class Bad(Exception):
    """What was looked at is not as expected; the message is for people. Never leaves this package."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a look must be over, on the monotonic clock."""

    at: float
    seconds: float

    @classmethod
    def of(cls, seconds: float) -> Deadline:
        """So many seconds from now."""
        return cls(monotonic() + seconds, seconds)

    def left(self) -> float:
        """Seconds that are left. Raises Bad when none are."""
        left = self.at - monotonic()
        if left <= 0:
            raise Bad(f"no answer within {self.seconds:g} s")
        return left


@dataclass(frozen=True, slots=True)
class Reach:
    """Which networks besides the public ones may be reached, who resolves names, and whose certificates count."""

    allowed: Sequence[Network] = ()
    resolve: Resolve = addresses_of
    tls: ssl.SSLContext | None = None

    def addresses(self, host: str) -> Sequence[str]:
        """The addresses of a host: one at least, and all of them allowed. Raises Bad."""
        try:
            found = self.resolve(host)
        except (OSError, UnicodeError):
            raise Bad(f"{host}: its name cannot be resolved") from None
        if not found:
            raise Bad(f"{host}: it has no address")
        for address in found:
            if reason := why_forbidden(address, self.allowed):
                raise Bad(f"{host}: {reason.replace(HINT, PLACE)}")
        return found

    def connected(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        """A TCP connection to the first address that takes it, whose every wait ends with the deadline. Raises Bad."""
        trouble = ""
        for address in self.addresses(host):
            try:
                return socket.create_connection((address, port), timeout=deadline.left())
            except TimeoutError:
                trouble = f"{host}:{port} does not take a connection within {deadline.seconds:g} s"
            except OSError as error:
                trouble = f"{host}:{port}: {in_words(error)}"
        raise Bad(trouble)

    def secured(self, host: str, port: int, deadline: Deadline) -> ssl.SSLSocket:
        """A TLS connection whose certificate holds for this host. Raises Bad."""
        plain = self.connected(host, port, deadline)
        try:
            plain.settimeout(deadline.left())
            return (self.tls or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            plain.close()
            raise Bad(f"{host}: its certificate was not accepted: {error.verify_message}") from None
        except OSError as error:
            plain.close()
            raise Bad(f"{host}: no TLS: {in_words(error)}") from None


def in_words(error: Exception) -> str:
    """What the operating system says, without addresses."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


def lines(given: Iterable[str]) -> str:
    """Some values for people."""
    return ", ".join(given) or "nothing"
