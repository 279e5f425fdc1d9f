"""Looks by whatever a probe speaks, and measures how long it took."""

from __future__ import annotations

import importlib
import ssl
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tocsin.adapters.egress.addresses import networks
from tocsin.adapters.egress.egress import Egress, addresses_of
from tocsin.adapters.egress.exchange import Resolve
from tocsin.adapters.probing import command, redis, web
from tocsin.adapters.probing.reaching import Bad, Deadline, Reach
from tocsin.alerts.probe import LONGEST_TIMEOUT, Probe, ProbeKind, host_and_port
from tocsin.app.ports import Sight
from tocsin.clock import monotonic


class NetworkProber:
    """Looks at what is outside. ``allow`` lists networks that may be looked at although they are not public.

    Thread-safe.
    """

    def __init__(
        self, allow: Iterable[str] = (), resolve: Resolve = addresses_of, tls: ssl.SSLContext | None = None
    ) -> None:
        given = tuple(allow)
        self._reach = Reach(networks(given), resolve, tls)
        longest = LONGEST_TIMEOUT.total_seconds()
        self._egress = Egress(given, connect=longest, total=longest, tls=tls, resolve=resolve, fresh=True)
        self._loading = threading.Lock()

    def look(self, probe: Probe, now: datetime) -> Sight:
        """Look once; never raises for what it finds."""
        deadline, began = Deadline.of(probe.timeout.total_seconds()), monotonic()
        try:
            self._look(probe, now, deadline)
        except Bad as bad:
            return Sight(False, monotonic() - began, str(bad))
        return Sight(True, monotonic() - began)

    def close(self) -> None:
        """Give back the thread of HTTP."""
        self._egress.close()

    def _look(self, probe: Probe, now: datetime, deadline: Deadline) -> None:
        match probe.kind:
            case ProbeKind.HTTP:
                web.look(probe, self._egress, self._reach, now, deadline)
            case ProbeKind.TCP:
                self._reach.connected(*host_and_port(probe.address, 0), deadline).close()
            case ProbeKind.REDIS:
                redis.look(probe, self._reach, deadline)
            case ProbeKind.POSTGRES:
                self._client("postgres", "install tocsin[postgres]").look(probe, self._reach, deadline)
            case ProbeKind.DNS:
                self._client("names", "install dnspython").look(probe, self._reach, deadline)
            case ProbeKind.COMMAND:
                command.look(probe, deadline)

    def _client(self, name: str, remedy: str) -> Any:
        """A client that is loaded when the first probe needs it. Raises Bad where it is not installed."""
        with self._loading:
            try:
                return importlib.import_module(f"tocsin.adapters.probing.{name}")
            except ImportError:
                raise Bad(f"its client is missing on this server: {remedy}") from None
