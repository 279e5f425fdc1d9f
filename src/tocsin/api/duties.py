"""Recurring duties over the API: when each was last done, and when it is next due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tocsin.api import sent
from tocsin.api.guard import Asking, needs
from tocsin.api.oncall import with_offset
from tocsin.app.access import Permission
from tocsin.app.application import Application
from tocsin.app.duties import DutyStanding
from tocsin.app.rows.duties import DutyRecord

READ, RESPOND = needs(Permission.READ), needs(Permission.RESPOND)


class DutyRecordRow(BaseModel):
    """One time that a duty was done. ``title`` is what the runbook called it then."""

    done_at: datetime
    by: str
    note: str
    title: str
    recorded_at: datetime


class DutyRow(BaseModel):
    """A recurring duty of a runbook."""

    service: str
    duty: str = Field(description="Its key: the words of its title.")
    title: str
    every: str | None = Field(description="How often, as the runbook says; null where it does not.")
    line: int
    last: DutyRecordRow | None = Field(description="When it was last done; null: not recorded yet.")
    due_on: date | None = Field(description="The last day on which it is in time, in the team's zone; null: never due.")
    due_at: datetime | None = Field(description="The end of that day; overdue from then on.")
    overdue: bool


class DutyWhole(DutyRow):
    """A duty with the times that it was done, the last one first, 200 at most."""

    records: list[DutyRecordRow]


class DutyRecorded(DutyRow):
    """A duty that has just been recorded."""

    recorded: DutyRecordRow
    again: bool = Field(description="The same was recorded within a minute by the same person, and is kept once.")


def add_duties(router: APIRouter, application: Application) -> None:
    """The routes for recurring duties."""
    duties = application.duties

    @router.get("/duties", openapi_extra=READ, tags=["learning"])
    def list_duties(
        caller: Asking,
        service: Annotated[str, Query(max_length=128, description="Of this service only.")] = "",
        overdue: Annotated[bool, Query(description="Only what is overdue.")] = False,
    ) -> list[DutyRow]:
        """What the runbooks ask for regularly: when it was last done, by whom, and when it is next due."""
        return [DutyRow(**_row(one)) for one in duties.listed(caller, service, overdue=overdue)]

    @router.get("/services/{service}/duties/{duty}", openapi_extra=READ, tags=["learning"])
    def show_duty(caller: Asking, service: str, duty: str) -> DutyWhole:
        """One duty, and the times that it was done."""
        standing, records = duties.show(caller, service, duty)
        return DutyWhole(**_row(standing), records=[_record(one) for one in records])

    @router.post("/services/{service}/duties/{duty}", openapi_extra=RESPOND, tags=["learning"], status_code=201)
    def record_duty(caller: Asking, service: str, duty: str, body: sent.DutyDone | None = None) -> DutyRecorded:
        """Say that you have done it, now or at a time in the past."""
        said = body or sent.DutyDone(at=None)
        at = with_offset(said.at) if isinstance(said.at, datetime) else said.at
        done = duties.record(caller, service, duty, note=said.note, at=at)
        return DutyRecorded(**_row(done.standing), recorded=_record(done.record), again=done.again)


def _row(one: DutyStanding) -> dict[str, Any]:
    return {
        "service": one.service,
        "duty": one.duty,
        "title": one.title,
        "every": one.every,
        "line": one.line,
        "last": _record(one.last) if one.last else None,
        "due_on": one.due.on if one.due else None,
        "due_at": one.due.over_at if one.due else None,
        "overdue": one.overdue,
    }


def _record(one: DutyRecord) -> DutyRecordRow:
    return DutyRecordRow(done_at=one.done_at, by=one.by, note=one.note, title=one.title, recorded_at=one.recorded_at)
