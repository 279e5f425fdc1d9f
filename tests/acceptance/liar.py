"""A runner that somebody has broken into: it has its key, and says over HTTP whatever it likes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from tests.stage.process import Reply, Tocsin
from tocsin.app.execution import envelopes
from tocsin.app.execution.envelopes import Signed, new_key, public_key, sign

WORDS = count(1)
PREFIX = "/api/v1/runner"
SUCCESS = {"exit_codes": [0], "seconds": 1.0}


@dataclass(frozen=True)
class Request:
    """A signed request as it goes over the wire, to be said as often as one likes."""

    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Liar:
    """Enrolled by an invitation for the label `web`."""

    server: Tocsin
    name: str
    key: str = field(default_factory=new_key)

    def enrol(self) -> None:
        """As any runner does; it has asked for work once, so it counts as connected."""
        token = self.server.api("/runners", {"name": self.name, "labels": ["web"]})["token"]
        self.server.call("POST", f"{PREFIX}/enrol", {"token": token, "key": public_key(self.key)}).ok()
        assert self.take() is None

    def signed(self, path: str, body: dict[str, Any]) -> Request:
        """A request of its own, by the server's clock."""
        content = json.dumps(body).encode()
        at = str(int(datetime.fromisoformat(self.server.now()).timestamp()))
        once = f"a-word-of-a-liar-{next(WORDS)}"
        said = Signed("POST", f"{PREFIX}{path}", content, self.name, at, once, "")
        named = {envelopes.NAME: self.name, envelopes.AT: at, envelopes.ONCE: once}
        headers = {"content-type": "application/json", **named, envelopes.SIGNATURE: sign(self.key, said.text)}
        return Request(f"{PREFIX}{path}", content, headers)

    def say(self, request: Request) -> Reply:
        """Send it as it stands."""
        return self.server.request("POST", request.path, request.body, request.headers)

    def ask(self, path: str, **body: Any) -> Reply:
        """Sign and send."""
        return self.say(self.signed(path, body))

    def take(self) -> str | None:
        """The attempt that it is given, if there is one."""
        effects = ["read_only", "mutating", "destructive", "unknown"]
        job = self.ask("/work", version="1", effects=effects, wait=0).ok()["job"]
        return str(json.loads(job["text"])["attempt"]) if job else None

    def end(self, attempt: str, text: str, **ended: Any) -> Reply:
        """Say how an attempt ended."""
        return self.ask(f"/attempts/{attempt}/end", part=1, text=text, ended={**SUCCESS, **ended})
