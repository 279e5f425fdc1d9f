"""Our own intake's door, knocked at from within over HTTP, as a monitor on this machine would."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from tocsin.app.ports import Delivered, Outcome, TryAgain

SECONDS = 10.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- not listened on, but told apart


@dataclass(slots=True)
class HttpDoor:
    """POSTs to the listener of this very process. ``key`` gives the canary's key now, ``address`` where it listens."""

    key: Callable[[], str]
    address: str = ""

    def is_open(self) -> bool:
        """Whether somebody listens."""
        return bool(self.address)

    def knock(self, body: bytes) -> Outcome:
        """Deliver one alert. Only a 2xx is a promise that it is on disk."""
        parts = urlsplit(self.address)
        host = _EVERYWHERE.get(parts.hostname or "", parts.hostname or "")
        connection = http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
        try:
            connection.request("POST", f"/in/{self.key()}/generic", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read(1000)
        except (OSError, http.client.HTTPException) as trouble:
            return TryAgain(f"{type(trouble).__name__}: {trouble}")
        finally:
            connection.close()
        return Delivered() if answer.status < 300 else TryAgain(f"it answered {answer.status}")
