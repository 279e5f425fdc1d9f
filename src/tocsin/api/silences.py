"""Silences over the API: the same rows as on the web and with `amtool`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from tocsin.alerts.silence import Matcher, Silence, matcher, written
from tocsin.api import sent
from tocsin.api import silence_rows as rows
from tocsin.api.guard import Asking, needs
from tocsin.api.oncall import span, with_offset
from tocsin.app.access import Permission
from tocsin.app.application import Application
from tocsin.app.rows.records import QuietCount
from tocsin.errors import BadInput

READ, RESPOND = needs(Permission.READ), needs(Permission.RESPOND)


def add_silences(router: APIRouter, application: Application) -> None:
    """The routes for silences."""
    silences = application.silences

    @router.get("/silences", openapi_extra=READ, tags=["silences"])
    def list_silences(
        caller: Asking, ended: Annotated[bool, Query(description="Those of the last five days too.")] = False
    ) -> list[rows.SilenceRow]:
        """The silences, soonest end first, whoever made them: on the web, here, or with `amtool`."""
        now = application.clock.now()
        return [rows.SilenceRow(**_row(one.silence, one.count, now)) for one in silences.listed(caller, ended=ended)]

    @router.post("/silences", openapi_extra=RESPOND, tags=["silences"], status_code=201)
    def keep_quiet(caller: Asking, body: sent.NewSilence) -> rows.SilenceWhole:
        """Keep alerts quiet for a while. Those that fire still when it ends are heard then."""
        since, until = with_offset(body.since), with_offset(body.until)
        matchers, service = [matcher(one) for one in body.matchers], body.service
        if body.incident:
            if matchers or service:
                raise BadInput("send either an incident, or matchers and a service")
            suggested = silences.suggest(caller, body.incident)
            if not suggested.matchers:
                nothing = f"the alerts of {body.incident} share no label"
                raise BadInput(f"{nothing}: send the service (all of it is quiet then), or matchers")
            matchers, service = list(suggested.matchers), suggested.service
        made = silences.make(
            caller,
            matchers,
            until=until,
            lasts=span(body.lasts_seconds),
            why=body.reason,
            service=service,
            integration=body.source,
            since=since,
            acknowledge=body.acknowledge,
        )
        return _whole(made.id, caller)

    @router.get("/silences/{silence_id}", openapi_extra=READ, tags=["silences"])
    def show_silence(caller: Asking, silence_id: str) -> rows.SilenceWhole:
        """One silence, and every alert that it has kept quiet."""
        return _whole(silence_id, caller)

    @router.post("/silences/{silence_id}/prolong", openapi_extra=RESPOND, tags=["silences"])
    def prolong(caller: Asking, silence_id: str, body: sent.ProlongSilence) -> rows.SilenceWhole:
        """Let it end at another time."""
        until = with_offset(body.until)
        assert until is not None  # it is a required field
        silences.prolong(caller, silence_id, until)
        return _whole(silence_id, caller)

    @router.post("/silences/{silence_id}/end", openapi_extra=RESPOND, tags=["silences"])
    def end_silence(caller: Asking, silence_id: str) -> rows.SilenceWhole:
        """End it now: what it holds is heard within seconds."""
        silences.lift(caller, silence_id)
        return _whole(silence_id, caller)

    def _whole(id: str, caller: Asking) -> rows.SilenceWhole:
        shown = silences.show(caller, id)
        quiet = [
            rows.QuietRow(
                title=one.title,
                service=one.service,
                source=one.integration,
                fingerprint=one.fingerprint,
                held=one.held,
                times=one.times,
                first_at=one.first_at,
                last_at=one.last_at,
            )
            for one in shown.alerts
        ]
        return rows.SilenceWhole(**_row(shown.silence, shown.count, application.clock.now()), quiet=quiet)


def _row(one: Silence, count: QuietCount, now: datetime) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state(now),
        "service": one.service,
        "source": one.integration,
        "matchers": [_matcher(m) for m in one.matchers],
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "made_by": one.created_by,
        "reason": one.comment,
        "updated_at": one.updated_at,
        "alerts": count.distinct,
        "held": count.held,
    }


def _matcher(one: Matcher) -> rows.MatcherRow:
    return rows.MatcherRow(
        name=one.name, value=one.value, is_regex=one.is_regex, is_equal=one.is_equal, text=written(one)
    )
