"""Opsgenie's Alert API as its clients see it: writes are stored and promised, reads are answered from what is known.

Source: the Alert API's reference and its Python SDK. Every write is answered 202 with the id of the request; what
became of it is asked for with that id.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from tocsin.alerts.source import encoded
from tocsin.alerts.sources.opsgenie import KEPT_ONLY, alert_id, named, request
from tocsin.app.rows.records import REFUSED, AlertState, Delivery, DeliveryState
from tocsin.app.store import Store
from tocsin.app.team import Integration
from tocsin.errors import BadPayload, NotFound, TocsinError
from tocsin.web.answers import Send, answer

PREFIXES = ("/jsm/ops/integration/v2/", "/v2/")
"""Where it is found: at Atlassian's path and at Opsgenie's own."""
MOST, USUAL = 100, 20
MAX_OFFSET = 20_000
_STATUS = re.compile(r"status\s*[:=]\s*(open|closed)")
_TAIL = "-0000-4000-8000-000000000000"


def path_of(path: str) -> str:
    """The path below the prefix, like `alerts/1/close`; empty when it is not of this API."""
    for prefix in PREFIXES:
        if path.startswith(prefix) and path.removeprefix(prefix).partition("/")[0] in ("alerts", "heartbeats"):
            return path.removeprefix(prefix)
    return ""


@dataclass(slots=True)
class OpsgenieApi:
    """Answers in Opsgenie's words."""

    store: Store

    async def promised(self, send: Send, delivery_id: int) -> None:
        """The write with this delivery is on disk."""
        said = {"result": "Request will be processed", "took": 0.001, "requestId": request_id(delivery_id)}
        await answer(send, 202, encoded(said))

    @staticmethod
    async def pong(send: Send, delivery_id: int) -> None:
        """The beat with this delivery is on disk."""
        said = {"result": "PONG - Heartbeat received", "took": 0.001, "requestId": request_id(delivery_id)}
        await answer(send, 202, encoded(said))

    @staticmethod
    async def data(send: Send, data: Any) -> None:
        """What was asked for."""
        await answer(send, 200, encoded({"data": data, "took": 0.001, "requestId": request_id(0)}))

    @staticmethod
    async def wrong(send: Send, status: int, message: str) -> None:
        """What is wrong with a request."""
        await answer(send, status, encoded({"message": message, "took": 0.001, "requestId": request_id(0)}))

    async def ask(self, send: Send, integration: Integration, path: str, query: str) -> None:
        """Answer a GET."""
        try:
            data = await asyncio.to_thread(self._data, integration, path, query)
        except BadPayload as trouble:
            return await self.wrong(send, 422, trouble.message)
        except TocsinError as trouble:
            return await self.wrong(send, trouble.http_status, trouble.message)
        return await self.data(send, data)

    def _data(self, integration: Integration, path: str, query: str) -> Any:
        parts = [unquote(one) for one in path.split("/")]
        said = {name: values[0] for name, values in parse_qs(query).items()}
        kind = said.get("identifierType", "id")
        with self.store.read() as tx:
            match parts:
                case ["alerts"]:
                    limit, offset = _count(said, "limit", USUAL, MOST), _count(said, "offset", 0, MAX_OFFSET)
                    found = tx.alerts.of_integration(integration.name, limit, offset, _firing(said.get("query", "")))
                    return [_alert(one, self._has(tx, one)) for one in found]
                case ["alerts", "requests", id]:
                    delivery = tx.deliveries.get(_number(id))
                    if delivery is None or delivery.integration != integration.name:
                        raise NotFound(f"Request not found [{id[:80]}]")
                    return _became(delivery)
                case ["alerts", identifier]:
                    fingerprint = f"{integration.name}:{named(identifier, kind)}"
                    others = tx.library.current() if integration.service_label else ()
                    keys = [(service, fingerprint) for service in dict.fromkeys((integration.service, *others))]
                    held = tx.alerts.states(keys).values()
                    state = max(held, key=lambda one: (one.firing, one.last_at), default=None)
                    if state is None:
                        raise NotFound("Alert with given identifier does not exist.")
                    return _alert(state, self._has(tx, state))
                case _:
                    raise NotFound("This part of the API is not served here.")

    def _has(self, tx: Any, state: AlertState) -> str:
        """Who has the alert's incident; empty for nobody."""
        summary = tx.incidents.summaries([state.incident_id]).get(state.incident_id)
        return (summary.acknowledged_by or "") if summary is not None else ""


def _count(said: dict[str, str], name: str, usual: int, most: int) -> int:
    """A number of the query, cut to what is served. BadPayload for what is none."""
    text = said.get(name, str(usual))
    if not (text.isascii() and text.isdigit()):
        raise BadPayload(f"{name}: must be a whole number from 0 to {most}")
    return min(int(text[:9]), most)


def _firing(query: str) -> bool | None:
    """Which alerts a search wants: those that fire, those that are over, or all. BadPayload for any other search."""
    if not query.strip():
        return None
    found = _STATUS.fullmatch(query.strip().lower())
    if found is None:
        raise BadPayload("query: only status:open and status:closed are understood here")
    return found[1] == "open"


def request_id(delivery_id: int) -> str:
    """The id of a request, made of its delivery's."""
    return f"{delivery_id:08x}{_TAIL}"


def _number(id: str) -> int:
    if not id.endswith(_TAIL):
        return 0
    try:
        return int(id.removesuffix(_TAIL), 16)
    except ValueError:
        return 0


def _became(delivery: Delivery) -> dict[str, Any]:
    done = delivery.state is not DeliveryState.NEW
    said: dict[str, Any] = {"isSuccess": False, "status": delivery.trouble or "Request is still being processed"}
    try:
        asked = request(delivery.body)
    except BadPayload:
        return said
    said |= {"action": asked.action.capitalize(), "processedAt": _time(delivery.received_at)}
    said |= {"alertId": asked.alert_id, "alias": asked.alias}
    if not done:
        return said
    if asked.action in KEPT_ONLY:
        said |= {"status": f"Nothing was changed: {KEPT_ONLY[asked.action]}"}
    elif delivery.trouble.startswith(REFUSED):
        said |= {"status": delivery.trouble.removeprefix(REFUSED)}
    else:
        said |= {"isSuccess": True, "status": f"{asked.action.capitalize()} has been processed"}
    return said


def _alert(one: AlertState, has: str) -> dict[str, Any]:
    fingerprint = one.fingerprint.partition(":")[2]
    alias = one.labels.get("alias", "")
    return {
        "id": fingerprint,
        "alias": alias if alert_id(alias) == fingerprint else "",
        "message": one.title,
        "status": "open" if one.firing else "closed",
        "acknowledged": bool(has),
        "owner": has,
        "count": one.events,
        "createdAt": _time(one.first_at),
        "lastOccurredAt": _time(one.last_at),
        "updatedAt": _time(one.last_at),
        "source": one.labels.get("source", ""),
        "tags": [name for name, value in one.labels.items() if value == "true"],
        "details": one.labels,
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
