"""Calls of Mattermost's REST API, version 4 (https://api.mattermost.com), through the one client for outbound HTTP.

Mattermost says no with a status and ``{"id": …, "message": …}``, and asks for patience with 429. The token appears in
no outcome and no log.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Response
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.ports import Delivered, GiveUp, TryAgain

_PATIENT = timedelta(minutes=1)
"""What a person has to mend is looked at again so often: nothing is lost meanwhile."""
_REFUSALS = (400, 403, 404)


@dataclass(frozen=True, slots=True)
class Refused:
    """Mattermost said no: the status, its word for the reason, and its sentence."""

    status: int
    error: str
    message: str = ""

    @property
    def why(self) -> str:
        """The reason, for a log."""
        return f"Mattermost refused: {self.message or self.error}"


@dataclass(frozen=True, slots=True)
class MattermostApi:
    """The API of one server for one bot. ``url`` is the server's address without a slash at its end."""

    egress: Egress
    url: str
    token: str = field(repr=False)

    def call(self, method: str, path: str, body: Any = None) -> Any | Refused | TryAgain | GiveUp:
        """Call it; what was answered, as read from JSON, or what became of it."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        exchange = self.egress.ask(method, f"{self.url}/api/v4{path}", sent, headers)
        if isinstance(exchange, Response) and exchange.status == 401:
            return TryAgain("Mattermost does not know the token; correct mattermost.token", after=_PATIENT)
        if isinstance(exchange, Response) and exchange.status in _REFUSALS:
            said = exchange.json_object()
            return Refused(exchange.status, str(said.get("id", ""))[:120], str(said.get("message", ""))[:300])
        outcome = outcome_of(exchange)
        if not isinstance(outcome, Delivered):
            return outcome
        assert isinstance(exchange, Response)
        try:
            return json.loads(exchange.body or b"{}")
        except ValueError:
            return TryAgain("Mattermost's answer cannot be read", ambiguous=True)

    def object(self, method: str, path: str, body: Any = None) -> dict[str, Any] | Refused | TryAgain | GiveUp:
        """The same where an object is expected."""
        done = self.call(method, path, body)
        if isinstance(done, dict | Refused | TryAgain | GiveUp):
            return done
        return TryAgain("Mattermost's answer is of no use", ambiguous=True)


def troubles(api: MattermostApi, team: str) -> list[str]:
    """What stands between us and Mattermost, in words; nothing when bot and team are there."""
    me = api.object("GET", "/users/me")
    if not isinstance(me, dict):
        return [me.why if isinstance(me, Refused) else me.reason]
    found = api.object("GET", f"/teams/name/{team}")
    if isinstance(found, Refused):
        return [f"the team {team!r} is not there for the bot: add it to the team, or correct mattermost.team"]
    return [] if isinstance(found, dict) else [found.reason]
