"""Calls of Slack's Web API (https://docs.slack.dev/apis/web-api), through the one client for outbound HTTP.

Slack says no with 200 and ``"ok": false``, and asks for patience with 429 and ``Retry-After``. Its errors become our
three answers here: worth another try, hopeless, or gone. The token appears in no outcome and no log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Response
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.chat.ports import Gone, Shut, Trouble
from tocsin.app.ports import Delivered, GiveUp, TryAgain

API = "https://slack.com/api"

_PATIENT = timedelta(minutes=1)
"""What a person has to mend is looked at again so often: nothing is lost meanwhile."""
_MENDED_BY_PEOPLE = {
    "invalid_auth": "Slack does not know the token; correct {setting}",
    "not_authed": "Slack does not know the token; correct {setting}",
    "token_revoked": "the app was removed from the workspace; install it again and correct {setting}",
    "token_expired": "Slack's token has ended; install the app again and correct {setting}",
    "account_inactive": "the app was removed from the workspace; install it again and correct {setting}",
    "missing_scope": "the app lacks a scope: paste the manifest of `tocsin integrations show slack`, install it anew",
    "restricted_action": "the workspace lets this app open no channels; an administrator of Slack has to allow it",
    "org_login_required": "the workspace moves to Enterprise Grid; it is tried again",
    "team_access_not_granted": "the app has no access to this workspace; install it there",
}
_PASSING = ("internal_error", "fatal_error", "service_unavailable", "request_timeout", "ekm_access_denied")
_GONE = {"channel_not_found": True, "message_not_found": False, "thread_not_found": False, "cant_update_message": False}
"""What is not there any more, and whether it is the whole channel."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack said no for a reason that the caller knows how to take: its word for it, and the answer."""

    error: str
    answer: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlackApi:
    """The Web API for one token; ``setting`` is where it is said, for whoever has to correct it."""

    egress: Egress
    token: str = field(repr=False)
    api: str = API
    setting: str = "slack.token"

    def call(self, method: str, takes: tuple[str, ...] = (), **arguments: Any) -> Mapping[str, Any] | Refused | Trouble:
        """Call a method; the answer, or what became of it. Errors in ``takes`` come back as Refused.

        Arguments that are objects are written as JSON, as Slack reads them in a form.
        """
        fields = {name: _field(value) for name, value in arguments.items() if value is not None}
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        }
        exchange = self.egress.post(f"{self.api.rstrip('/')}/{method}", urlencode(fields).encode(), headers)
        outcome = outcome_of(exchange)
        if not isinstance(outcome, Delivered):
            return outcome
        assert isinstance(exchange, Response)
        try:
            answer = json.loads(exchange.body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            return TryAgain(f"Slack's answer to {method} cannot be read", ambiguous=True)
        return answer if answer.get("ok") is True else self._refused(method, answer, takes)

    def _refused(self, method: str, answer: Mapping[str, Any], takes: tuple[str, ...]) -> Refused | Trouble:
        error = str(answer.get("error", "an unknown error"))[:80]
        if error in takes:
            return Refused(error, answer)
        if error in _MENDED_BY_PEOPLE:
            return TryAgain(_MENDED_BY_PEOPLE[error].format(setting=self.setting), after=_PATIENT)
        if error in ("ratelimited", "rate_limited"):
            return TryAgain("Slack asks for patience", after=timedelta(seconds=30))
        if error in _PASSING:
            return TryAgain(f"Slack answered {error} to {method}", ambiguous=True)
        if error == "is_archived":
            return Shut("it was archived, so nothing more is said there until somebody unarchives it")
        if error in _GONE:
            return Gone(f"Slack answered {error}", channel=_GONE[error])
        return GiveUp(f"Slack refused {method}: {error}")


def troubles(api: SlackApi) -> list[str]:
    """What stands between us and Slack, in words; nothing when its yes came."""
    done = api.call("auth.test")
    return [] if isinstance(done, Mapping) else [getattr(done, "reason", "Slack does not answer")]


def _field(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case _:
            return json.dumps(value, separators=(",", ":"))
