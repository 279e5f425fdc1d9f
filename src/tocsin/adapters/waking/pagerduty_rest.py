"""PagerDuty's REST API, for what somebody does here to an incident that began there.

Source: "Manage incidents", "Update an incident", "Get an incident" and "List users" of PagerDuty's API reference. The
`From` header must be the mail address of a user there; without one, or with one that is no user, the API refuses the
whole request.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Exchange, Response
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.ports import Delivered, GiveUp, Outcome, TryAgain
from tocsin.app.team import PeerAccount

AT_ONCE = 100
"""Incidents in one request; the API takes more, and a request that is refused is sent again for each of them."""
_WRONG_USER = "requester user not found"
"""The words of its error 1008."""


@dataclass(frozen=True, slots=True)
class PagerDutyRest:
    """Acknowledges and resolves incidents of one account of PagerDuty."""

    egress: Egress
    account: PeerAccount

    def settle(self, ids: Sequence[str], *, over: bool, mail: str = "") -> Outcome:
        """Acknowledge these incidents there, or resolve them; by the user with that mail, else by the account's.

        An incident that is over there already needs nothing. Given up: nothing more can be done for one of them.
        """
        for n in range(0, len(ids), AT_ONCE):
            outcome = self._each(list(ids[n : n + AT_ONCE]), "resolved" if over else "acknowledged", mail)
            if not isinstance(outcome, Delivered):
                return outcome
        return Delivered(receipt=f"{len(ids)} told")

    def why_not(self) -> str:
        """Why PagerDuty would refuse what is done here, asked now; empty when it would take it."""
        url = f"{self._base}/users?query={quote(self.account.sender)}&limit=100"
        exchange = self.egress.ask("GET", url, None, self._headers(self.account.sender))
        if not isinstance(exchange, Response):
            return exchange.reason
        if exchange.status != 200:
            return _refusal(exchange)
        users = _read(exchange).get("users")
        mails = {str(one.get("email", "")).casefold() for one in users or () if isinstance(one, dict)}
        if self.account.sender.casefold() not in mails:
            return f"no user of PagerDuty has the mail address {self.account.sender}, which `from` names"
        return ""

    def _each(self, ids: list[str], status: str, mail: str) -> Outcome:
        """A request for all of them, and where that is refused one for each."""
        exchange = self._put(ids, status, mail)
        refuses = isinstance(exchange, Response) and exchange.status in (400, 404)
        if refuses and len(ids) == 1 and self._is_over(ids[0]):
            return Delivered(receipt="it is over there already")
        if not refuses or len(ids) == 1:
            return _outcome(exchange)
        refused: Outcome = Delivered()
        for id in ids:
            outcome = self._each([id], status, mail)
            if isinstance(outcome, TryAgain):
                return outcome
            refused = outcome if isinstance(outcome, GiveUp) else refused
        return refused

    def _is_over(self, id: str) -> bool:
        """Whether an incident that cannot be changed is resolved there; no words of such a refusal are documented."""
        exchange = self.egress.ask("GET", self._one(id), None, self._headers(self.account.sender))
        if not isinstance(exchange, Response) or exchange.status != 200:
            return False
        incident = _read(exchange).get("incident")
        return isinstance(incident, dict) and incident.get("status") == "resolved"

    def _put(self, ids: list[str], status: str, mail: str) -> Exchange:
        """One request; a person whom PagerDuty does not know gives place to the account's own user."""
        exchange = self._send(ids, status, mail or self.account.sender)
        if mail in ("", self.account.sender) or not isinstance(exchange, Response) or exchange.status != 400:
            return exchange
        stranger = _WRONG_USER in _said(exchange).casefold()
        return self._send(ids, status, self.account.sender) if stranger else exchange

    def _send(self, ids: list[str], status: str, mail: str) -> Exchange:
        rows = [{"id": id, "type": "incident_reference", "status": status} for id in ids]
        url, body = (f"{self._base}/incidents", {"incidents": rows})
        if len(ids) == 1:
            url, body = self._one(ids[0]), {"incident": rows[0]}  # type: ignore[dict-item]
        return self.egress.ask("PUT", url, json.dumps(body).encode(), self._headers(mail))

    def _one(self, id: str) -> str:
        return f"{self._base}/incidents/{quote(id, safe='')}"

    @property
    def _base(self) -> str:
        return self.account.api.rstrip("/")

    def _headers(self, mail: str) -> dict[str, str]:
        return {
            "Authorization": f"Token token={self.account.token}",
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Content-Type": "application/json",
            "From": mail,
        }


def _outcome(exchange: Exchange) -> Outcome:
    if not isinstance(exchange, Response) or 200 <= exchange.status < 300:
        return outcome_of(exchange)
    if exchange.status == 409:
        return TryAgain("PagerDuty answered 409: somebody changed it at the same time")
    outcome = outcome_of(exchange)
    return GiveUp(_refusal(exchange)) if isinstance(outcome, GiveUp) else outcome


def _refusal(exchange: Response) -> str:
    said = _said(exchange)
    why = {401: "the token is not valid", 403: "the token may not do this", 404: "it does not know the incident"}
    meant = said or why.get(exchange.status, "")
    return f"PagerDuty answered {exchange.status}{f': {meant}' if meant else ''}"


def _said(exchange: Response) -> str:
    """The words of the API's error, up to a bound."""
    error = _read(exchange).get("error")
    if not isinstance(error, dict):
        return ""
    errors = error.get("errors")
    more = [str(one) for one in errors] if isinstance(errors, list) else []
    return "; ".join(one for one in (*more, str(error.get("message") or "")) if one)[:200]


def _read(exchange: Response) -> dict[str, Any]:
    try:
        read = json.loads(exchange.body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
