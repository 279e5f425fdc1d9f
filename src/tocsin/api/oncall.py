"""Who is on call over the API, and what people change about it by hand; the built-in phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from tocsin.api import given, given_oncall, sent
from tocsin.api.guard import Asking, needs
from tocsin.app.access import Permission
from tocsin.app.application import Application
from tocsin.app.paging.feeds import PERSON, SCHEDULE
from tocsin.app.rows.records import OverrideRow
from tocsin.errors import BadInput
from tocsin.oncall.schedule import Shift, shifts
from tocsin.oncall.survey import gaps, overlaps

READ, RESPOND = needs(Permission.READ), needs(Permission.RESPOND)
AHEAD_DAYS, FURTHEST_DAYS = 14, 92


def add_oncall(router: APIRouter, application: Application) -> None:
    """The routes for who is on call, and the built-in phone."""

    @router.get("/oncall", openapi_extra=READ, tags=["on call"])
    def oncall(
        caller: Asking,
        at: Annotated[datetime | None, Query(description="An instant with its offset; now.")] = None,
        days: Annotated[int, Query(ge=1, le=FURTHEST_DAYS, description="How far to look ahead.")] = AHEAD_DAYS,
    ) -> given_oncall.OnCall:
        """Whom the runbooks' words mean at an instant, the shifts after it, and what is wrong with them."""
        now = with_offset(at) or application.clock.now()
        until = now + timedelta(days=days)
        roster = application.rota.roster(now)
        roles = []
        for target in targets(application):
            reached = roster.who(target, now)
            people = [person.handle for person in reached.people]
            roles.append(given_oncall.Reached(target=target, people=people, until=reached.until, why=reached.why))
        return given_oncall.OnCall(
            at=now,
            roles=roles,
            schedules={one.name: _shifts(shifts(one, now, until, 100)) for one in roster.schedules},
            gaps=[
                given_oncall.Gap(schedule=gap.schedule, since=gap.since, until=gap.until, why=gap.why)
                for schedule in roster.schedules
                for gap in gaps(schedule, now, until)
            ],
            overlaps=[
                given_oncall.Overlap(person=two.person, schedules=list(two.schedules), since=two.since, until=two.until)
                for two in overlaps(roster.schedules, now, until)
            ],
        )

    @router.get("/oncall/feeds", openapi_extra=READ, tags=["on call"])
    def feeds(caller: Asking) -> given_oncall.CalendarFeeds:
        """The addresses of calendar feeds, to subscribe to."""
        roster, me = application.rota.roster(), caller.actor.name
        person = roster.person(me)
        return given_oncall.CalendarFeeds(
            mine=application.feeds.address(caller, PERSON, me) if person and not person.disabled else None,
            schedules={one.name: application.feeds.address(caller, SCHEDULE, one.name) for one in roster.schedules},
        )

    @router.get("/oncall/overrides", openapi_extra=READ, tags=["on call"])
    def list_overrides(
        caller: Asking, after: Annotated[datetime | None, Query(description="Those that end after it; now.")] = None
    ) -> list[given_oncall.OverrideRow]:
        """Overrides that people made by hand, in the order of making."""
        return [_row(one) for one in application.rota.overrides(caller, with_offset(after))]

    @router.post("/oncall/overrides", openapi_extra=RESPOND, tags=["on call"], status_code=201)
    def override(caller: Asking, body: sent.NewOverride) -> given_oncall.OverrideRow:
        """Put people on call instead of whoever would be."""
        since, until, lasts = with_offset(body.since), with_offset(body.until), span(body.lasts_seconds)
        made = application.rota.override(caller, body.schedule, body.people, since, until, body.reason, lasts=lasts)
        return _row(made)

    @router.post("/oncall/swaps", openapi_extra=RESPOND, tags=["on call"], status_code=201)
    def swap(caller: Asking, body: sent.Swap) -> list[given_oncall.OverrideRow]:
        """Exchange two shifts: two overrides, made together."""
        one, other = with_offset(body.one), with_offset(body.other)
        assert one is not None and other is not None  # noqa: PT018 -- both are required fields
        return [_row(row) for row in application.rota.swap(caller, body.schedule, one, other, body.reason)]

    @router.post("/oncall/overrides/{override_id}/end", openapi_extra=RESPOND, tags=["on call"])
    def end(caller: Asking, override_id: str) -> given.Done:
        """End an override now, or take back one that has not begun."""
        application.rota.end(caller, override_id)
        return given.Done()

    @router.get("/phone", openapi_extra=READ, tags=["on call"])
    def phone(caller: Asking) -> list[given.PhoneRow]:
        """One's own pages on the built-in phone, newest first."""
        return [
            given.PhoneRow(
                id=one.id,
                person=one.person,
                incident=one.incident_id,
                text=one.text,
                link=one.link,
                at=one.at,
                seen_at=one.seen_at,
                stopped=one.stopped,
            )
            for one in application.phone.messages(caller, caller.actor.name)
        ]


def _shifts(found: Iterable[Shift]) -> list[given_oncall.Shift]:
    return [
        given_oncall.Shift(
            people=list(one.people), since=one.since, until=one.until, why=one.why, declared=one.declared
        )
        for one in found
    ]


def _row(one: OverrideRow) -> given_oncall.OverrideRow:
    made = one.override
    return given_oncall.OverrideRow(
        id=made.id,
        schedule=one.schedule,
        people=list(made.people),
        since=made.since,
        until=made.until,
        reason=made.reason,
        made_by=made.by,
        made_at=one.made_at,
        ended_at=one.ended_at,
        ended_by=one.ended_by,
    )


def with_offset(at: datetime | None) -> datetime | None:
    """An instant as it was sent. Raises BadInput for one without its offset."""
    if at is not None and at.tzinfo is None:
        raise BadInput("the instant needs its offset, like 2026-03-01T09:00:00Z")
    return at


def span(seconds: int | None) -> timedelta | None:
    """A span as it was sent."""
    return None if seconds is None else timedelta(seconds=seconds)


def targets(application: Application) -> list[str]:
    """The words of the runbooks in force, and those that the team bound."""
    plans = [held.plan for held in application.playbooks.shelf.values()]
    words = [target for plan in plans for one in plan.severities for level in one.levels for target in level.targets]
    return list(dict.fromkeys([*words, *(binding.word for binding in application.team().roster.bindings)]))
