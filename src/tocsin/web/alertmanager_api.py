"""Alertmanager's API v2 below an integration's address, for Prometheus, `amtool` and whatever else talks to one.

Source: `api/v2/openapi.yaml` of Alertmanager 0.34. Posting alerts is the intake's; here is what is asked, and
silences. Everything is about the alerts of that one integration: the silences made here, and those of people over all
sources, which are shown and cannot be changed here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from tocsin import __version__
from tocsin.alerts.cleaning import Notes, instant
from tocsin.alerts.payload import Json, as_text, parse
from tocsin.alerts.silence import ActiveSilences, Matcher, Silence, matcher
from tocsin.app.engine_time import TOLD
from tocsin.app.intake.silences import Silences
from tocsin.app.rows.records import PresentAlert
from tocsin.errors import BadInput, TocsinError
from tocsin.web.answers import Headers, Scope, Send, answer

ALL = (Matcher("alertname", ".*", is_regex=True),)
"""How a silence is told that is about all alerts of a service or source: Alertmanager's have a matcher each."""
RECEIVER = {"name": "tocsin"}
OF_NOW = timedelta(minutes=1)
"""By so much the beginning of a silence that is to begin at once is off the wall clock at most."""
Answering = Callable[[], tuple[int, Any]]


@dataclass(slots=True)
class AlertmanagerApi:
    """Answers for one integration after the other; whoever asks has shown its key."""

    silences: Silences
    started: datetime

    async def answer(self, scope: Scope, body: bytes, send: Send, integration: str, path: str) -> None:
        """Answer one request below `api/v2/`. What is wrong is told as a JSON text, as Alertmanager does."""
        method = scope["method"]
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        try:
            status, said = await asyncio.to_thread(self._said, method, path, query, body, integration)
        except TocsinError as trouble:
            status, said = (400 if isinstance(trouble, BadInput) else trouble.http_status), trouble.message
        allow: Headers = ((b"allow", b"GET, POST, DELETE"),) if status == 405 else ()
        whole = b"" if said is None else json.dumps(said).encode()
        await answer(send, status, whole, headers=allow, head=method == "HEAD")

    def _said(
        self, method: str, path: str, query: dict[str, list[str]], body: bytes, integration: str
    ) -> tuple[int, Any]:
        reading, head, rest = method in ("GET", "HEAD"), path.partition("/")[0], unquote(path.partition("/")[2])
        match head, rest:
            case ("status", "") if reading:
                return 200, self._status()
            case ("receivers", "") if reading:
                return 200, [RECEIVER]
            case ("alerts", "") if reading:
                return 200, self._alerts(integration, query)
            case ("alerts", "groups") if reading:
                return 200, _groups(self._alerts(integration, query))
            case ("silences", "") if reading:
                wanted = [matcher(one) for one in query.get("filter", [])]
                return 200, [self._silence(one) for one in self.silences.all(integration) if _about(one, wanted)]
            case ("silences", "") if method == "POST":
                return 200, {"silenceID": self._keep(integration, body)}
            case ("silence", id) if reading and id:
                return 200, self._silence(self.silences.get(integration, id))
            case ("silence", id) if method == "DELETE" and id:
                self.silences.end(integration, id, by=integration)
                return 200, None
            case ("status" | "receivers" | "alerts" | "silences" | "silence", _):
                return 405, "that cannot be done here"
            case _:
                return 404, "there is nothing here"

    def _status(self) -> dict[str, Any]:
        about = {"version": __version__, "revision": "tocsin", "branch": "tocsin"}
        built = {"buildUser": "tocsin", "buildDate": "", "goVersion": ""}
        return {
            "cluster": {"status": "disabled"},
            "versionInfo": {**about, **built},
            "config": {"original": "# Tocsin answers in the place of Alertmanager\n"},
            "uptime": _time(self.started),
        }

    def _alerts(self, integration: str, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        """What is there now, after the filters that Alertmanager knows."""
        now = self.silences.clock.now()
        wanted = [matcher(one) for one in query.get("filter", [])]
        silences = ActiveSilences(self.silences.all(integration), now)
        service = self.silences.service_of(integration)

        def shown(name: str) -> bool:
            return query.get(name, ["true"])[0] != "false"

        found = []
        for one in self.silences.present(integration):
            said = _alert(one, service, silences)
            quiet = bool(said["status"]["silencedBy"])
            if all(m.fits(said["labels"]) for m in wanted) and shown("silenced" if quiet else "active"):
                found.append(said)
        return found

    def _silence(self, one: Silence) -> dict[str, Any]:
        return {
            "id": one.id,
            "matchers": [
                {"name": m.name, "value": m.value, "isRegex": m.is_regex, "isEqual": m.is_equal}
                for m in one.matchers or ALL
            ],
            "startsAt": _time(one.starts_at),
            "endsAt": _time(one.ends_at),
            "updatedAt": _time(one.updated_at),
            "createdBy": one.created_by,
            "comment": one.comment,
            "status": {"state": one.state(self.silences.clock.now())},
        }

    def _keep(self, integration: str, body: bytes) -> str:
        said, now, wall = parse(body).value, self.silences.clock.now(), self.silences.clock.wall()
        if not isinstance(said, dict) or not isinstance(said.get("matchers"), list):
            raise BadInput("a silence is an object with a list `matchers`")
        is_apart = abs(now - wall) > TOLD
        since = instant(said.get("startsAt"), now, Notes(), "startsAt") or (wall if is_apart else now)
        until = instant(said.get("endsAt"), now, Notes(), "endsAt")
        if until is None:
            raise BadInput("a silence needs an end, endsAt")
        if is_apart and abs(since - wall) <= OF_NOW:  # "from now, for two hours", as the sender's clock has it
            since, until = now, now + (until - since)
        silence = self.silences.keep(
            integration,
            [_matcher(one) for one in said["matchers"]],  # type: ignore[union-attr]
            since,
            until,
            by=as_text(said.get("createdBy")),
            why=as_text(said.get("comment")),
            id=as_text(said.get("id")),
        )
        return silence.id


def _matcher(said: Json) -> Matcher:
    if not isinstance(said, dict):
        raise BadInput("a matcher is an object")
    return Matcher(
        as_text(said.get("name")),
        as_text(said.get("value")),
        said.get("isRegex") is True,
        said.get("isEqual") is not False,
    )


def _about(silence: Silence, wanted: Iterable[Matcher]) -> bool:
    """Whether a silence is about labels that were asked for: it has such a condition itself."""
    labels = {one.name: one.value for one in silence.matchers if one.is_equal and not one.is_regex}
    return all(one.fits(labels) for one in wanted)


def _alert(one: PresentAlert, service: str, silences: ActiveSilences) -> dict[str, Any]:
    said = msgspec.json.decode(one.body, type=dict[str, Any])
    quiet = [silence.id for silence in silences.covering(one.integration, service, said["labels"])]
    state = "suppressed" if quiet else "active"
    return {
        **said,
        "endsAt": _time(one.believed_until),
        "fingerprint": one.fingerprint[:16],
        "receivers": [RECEIVER],
        "status": {"state": state, "silencedBy": quiet, "inhibitedBy": [], "mutedBy": []},
    }


def _groups(alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for one in alerts:
        by_name.setdefault(one["labels"].get("alertname", ""), []).append(one)
    return [
        {"labels": {"alertname": name} if name else {}, "receiver": RECEIVER, "alerts": by_name[name]}
        for name in sorted(by_name)
    ]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
