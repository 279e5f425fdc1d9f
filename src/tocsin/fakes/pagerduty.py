"""A stand-in for PagerDuty: incidents that begin there, its REST API, and its webhooks (version 3).

It checks what PagerDuty checks (the token, the `From` of a user, whether an incident is open), signs its webhooks, and
tells of every change, those that came by its API too: whoever acknowledges there hears of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass, field

from tocsin.clock import Clock, SystemClock
from tocsin.fakes.standin import Reply, Request, Standin

_ONE = re.compile(r"/incidents/([^/]+)")
_STATES = ("acknowledged", "resolved")


@dataclass(slots=True)
class PagerDutyIncident:
    """An incident of PagerDuty; ``takers`` are the names of those who acknowledged it."""

    id: str
    title: str
    status: str = "triggered"
    takers: list[str] = field(default_factory=list)


class FakePagerDuty(Standin):
    """PagerDuty on a loopback port. ``deliver_to`` is where its webhooks go; ``users`` are names by mail address."""

    def __init__(self, token: str = "a-token-of-pagerduty", secret: str = "w" * 32, port: int = 0) -> None:  # noqa: S107 -- a stand-in's
        super().__init__(port)
        self.clock: Clock = SystemClock()
        self.token, self.secret = token, secret
        self.deliver_to = ""
        self.users = {"ana@example.org": "Ana Silva", "tocsin@example.org": "Tocsin"}
        self.incidents: dict[str, PagerDutyIncident] = {}
        self.webhooks: list[bytes] = []
        self._told = 0

    # --- what its API does --------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        """Change incidents, show one, or list users."""
        if request.headers.get("authorization") != f"Token token={self.token}":
            return _error(401, 2006, "Unauthorized")
        if request.method == "GET" and request.path == "/users":
            found = [
                {"email": mail, "name": name} for mail, name in self.users.items() if request.query["query"] in mail
            ]
            return Reply(200, {"users": found})
        one = _ONE.fullmatch(request.path)
        if request.method == "GET" and one is not None and (asked := self.incidents.get(one[1])) is not None:
            return Reply(200, {"incident": {"id": asked.id, "type": "incident", "status": asked.status}})
        if request.method != "PUT" or (one is None and request.path != "/incidents"):
            return _error(404, 2100, "Not Found")
        who = self.users.get(request.headers.get("from", ""))
        if who is None:
            return _error(400, 1008, "Requester User Not Found")
        said = request.json()
        wanted = [{**said["incident"], "id": one[1]}] if one else said["incidents"]
        if any(row["id"] not in self.incidents for row in wanted):
            return _error(404, 2100, "Not Found")
        if any(row["status"] not in _STATES for row in wanted):
            return _error(400, 2001, "Invalid Input Provided", "Status is invalid")
        chosen = [(self.incidents[row["id"]], row["status"]) for row in wanted]
        if any(incident.status == "resolved" for incident, _ in chosen):
            return _error(400, 2001, "Invalid Input Provided", "It cannot be changed any more")
        events = [self._become(incident, status, who) for incident, status in chosen]
        return Reply(200, {"incidents": [row["id"] for row in wanted]}, then=lambda: self._tell(events))

    # --- what happens there -------------------------------------------------------------------------------------

    def trigger(self, title: str) -> PagerDutyIncident:
        """An incident begins there."""
        incident = PagerDutyIncident(f"Q{secrets.token_hex(6).upper()}", title)
        self.incidents[incident.id] = incident
        self._tell([self._event("incident.triggered", incident, None)])
        return incident

    def acknowledge(self, incident: PagerDutyIncident, who: str = "Ana Silva") -> None:
        """Somebody takes it in PagerDuty's app."""
        self._tell([self._become(incident, "acknowledged", who)])

    def resolve(self, incident: PagerDutyIncident, who: str = "Ana Silva") -> None:
        """Somebody ends it in PagerDuty's app."""
        self._tell([self._become(incident, "resolved", who)])

    def _become(self, incident: PagerDutyIncident, status: str, who: str) -> bytes:
        incident.status = status
        if status == "acknowledged":
            incident.takers.append(who)
        return self._event(f"incident.{status}", incident, who)

    def _event(self, kind: str, incident: PagerDutyIncident, who: str | None) -> bytes:
        self._told += 1
        agent = {"type": "user_reference", "summary": who} if who else {"type": "service_reference", "summary": "shop"}
        event = {
            "id": f"E{self._told}",
            "event_type": kind,
            "resource_type": "incident",
            "occurred_at": self.clock.now().isoformat(),
            "agent": agent,
            "data": {"id": incident.id, "type": "incident", "title": incident.title, "status": incident.status},
        }
        return json.dumps({"event": event}).encode()

    def _tell(self, events: list[bytes]) -> None:
        for body in events:
            self.webhooks.append(body)
            if self.deliver_to:
                mac = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
                self.call_back(self.deliver_to, body, {"X-PagerDuty-Signature": f"v1={mac}"})


def _error(status: int, code: int, message: str, *errors: str) -> Reply:
    return Reply(status, {"error": {"message": message, "code": code, "errors": list(errors)}})
