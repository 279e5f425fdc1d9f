"""Scheduled work over the API: the same as on the web and on the status page."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tocsin.api import sent
from tocsin.api.guard import Asking, needs
from tocsin.api.oncall import span, with_offset
from tocsin.app.access import Caller, Permission
from tocsin.app.application import Application
from tocsin.app.customers.maintenances import Planned

READ, PUBLISH = needs(Permission.READ), needs(Permission.PUBLISH)


class MaintenanceUpdateRow(BaseModel):
    """A text that customers were told, and how the work stood then."""

    at: datetime
    status: str
    text: str


class MaintenanceRow(BaseModel):
    """Scheduled work. ``status`` is scheduled, in_progress, completed or cancelled. Fields are only ever added."""

    id: str
    title: str
    status: str
    components: list[str]
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None = Field(description="When somebody ended it or took it back; null while nobody has.")
    planned_by: str
    silences: list[str] = Field(description="The ids of the silences that keep its services quiet.")
    subscribers: bool = Field(description="Whether subscribers are told: of each update, and when it begins and ends.")
    reach: int | None = Field(description="How many subscribers hear of it as of now; null in lists.")
    updates: list[MaintenanceUpdateRow] = Field(description="Newest first.")


def add_maintenances(router: APIRouter, application: Application) -> None:
    """The routes for scheduled work."""
    maintenances = application.maintenances

    @router.get("/maintenances", openapi_extra=READ, tags=["maintenance"])
    def list_maintenances(caller: Asking) -> list[MaintenanceRow]:
        """All work of the last 90 days and to come, what begins last first."""
        now = application.clock.now()
        return [_row(one, now) for one in maintenances.listed(caller)]

    @router.post("/maintenances", openapi_extra=PUBLISH, tags=["maintenance"], status_code=201)
    def plan_maintenance(caller: Asking, body: sent.NewMaintenance) -> MaintenanceRow:
        """Tell customers of work beforehand; the status page shows it at once, begins and ends it by the clock."""
        starts_at, ends_at = with_offset(body.starts_at), with_offset(body.ends_at)
        planned = maintenances.plan(
            caller,
            body.title,
            body.text,
            starts_at=starts_at,
            lasts=span(body.lasts_seconds),
            ends_at=ends_at,
            components=body.components,
            quiet=body.quiet,
            subscribers=body.subscribers,
        )
        return _whole(application, caller, planned)

    @router.get("/maintenances/{maintenance_id}", openapi_extra=READ, tags=["maintenance"])
    def show_maintenance(caller: Asking, maintenance_id: str) -> MaintenanceRow:
        """One of them, with all that customers were told."""
        return _whole(application, caller, maintenances.show(caller, maintenance_id))

    @router.post("/maintenances/{maintenance_id}/tell", openapi_extra=PUBLISH, tags=["maintenance"])
    def tell_of_maintenance(caller: Asking, maintenance_id: str, body: sent.MaintenanceText) -> MaintenanceRow:
        """Tell customers how it goes."""
        return _whole(
            application, caller, maintenances.tell(caller, maintenance_id, body.text, subscribers=body.subscribers)
        )

    @router.post("/maintenances/{maintenance_id}/move", openapi_extra=PUBLISH, tags=["maintenance"])
    def move_maintenance(caller: Asking, maintenance_id: str, body: sent.MoveMaintenance) -> MaintenanceRow:
        """Let it begin and end at other times, and tell customers why."""
        starts_at, ends_at = with_offset(body.starts_at), with_offset(body.ends_at)
        assert ends_at is not None  # it is required
        moved = maintenances.move(
            caller, maintenance_id, body.text, starts_at=starts_at, ends_at=ends_at, subscribers=body.subscribers
        )
        return _whole(application, caller, moved)

    @router.post("/maintenances/{maintenance_id}/end", openapi_extra=PUBLISH, tags=["maintenance"])
    def end_maintenance(caller: Asking, maintenance_id: str, body: sent.MaintenanceText) -> MaintenanceRow:
        """It is done before its time; its silences end with it."""
        return _whole(
            application, caller, maintenances.end(caller, maintenance_id, body.text, subscribers=body.subscribers)
        )

    @router.post("/maintenances/{maintenance_id}/cancel", openapi_extra=PUBLISH, tags=["maintenance"])
    def cancel_maintenance(caller: Asking, maintenance_id: str, body: sent.MaintenanceText) -> MaintenanceRow:
        """It does not take place, or is broken off; its silences end with it."""
        return _whole(
            application, caller, maintenances.cancel(caller, maintenance_id, body.text, subscribers=body.subscribers)
        )


def _whole(application: Application, caller: Caller, one: Planned) -> MaintenanceRow:
    """One of them, with how many hear of it for whoever may tell them."""
    may = caller.may(Permission.PUBLISH)
    reach = sum(application.subscribing.reach(caller, one.work.components).values()) if may else None
    return _row(one, application.clock.now(), reach)


def _row(one: Planned, now: datetime, reach: int | None = None) -> MaintenanceRow:
    work = one.work
    return MaintenanceRow(
        id=work.id,
        title=work.title,
        status=work.status(now).value,
        components=list(work.components),
        starts_at=work.starts_at,
        ends_at=work.ends_at,
        ended_at=work.ended_at,
        planned_by=one.by,
        silences=list(one.silences),
        subscribers=one.subscribers,
        reach=reach,
        updates=[MaintenanceUpdateRow(at=u.at, status=u.status.value, text=u.text) for u in work.updates],
    )
