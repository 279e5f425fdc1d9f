"""What was published by hand on the files of the status page, over the API."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from tocsin.api import sent
from tocsin.api.guard import Asking, needs
from tocsin.app.access import Permission
from tocsin.app.application import Application
from tocsin.app.customers.offline import OfflineIncident

READ, PUBLISH = needs(Permission.READ), needs(Permission.PUBLISH)


class OfflinePostRow(BaseModel):
    """What customers were told, and who did it."""

    at: datetime
    status: str
    text: str
    by: str = Field(description="Empty where nobody knows any more.")


class OfflineIncidentRow(BaseModel):
    """An incident that customers know from what was published by hand. Fields are only ever added."""

    id: str = Field(description="Its public id.")
    title: str
    status: str
    impact: str
    components: list[str]
    incident: str | None = Field(description="The incident that it belongs to; null until somebody says.")
    waits: bool = Field(description="Customers read of it, and nobody has ended it or said which incident it is.")
    posts: list[OfflinePostRow] = Field(description="Oldest first.")


def add_offline(router: APIRouter, application: Application) -> None:
    """The routes for what was published by hand."""
    offline = application.offline

    @router.get("/offline-posts", openapi_extra=READ, tags=["status page"])
    def list_offline_posts(caller: Asking) -> list[OfflineIncidentRow]:
        """What was published on the status page by hand while the server was gone, the newest first."""
        return [_row(one) for one in offline.listed(caller)]

    @router.post("/offline-posts/{public_id}/tell", openapi_extra=PUBLISH, tags=["status page"])
    def tell_offline(caller: Asking, public_id: str, body: sent.TellOffline) -> OfflineIncidentRow:
        """Tell customers more of it, or that it is over. The same words are never told twice."""
        return _row(
            offline.tell(
                caller,
                public_id,
                body.status,
                body.text,
                decided_by=body.decided_by,
                subscribers=body.subscribers,
            )
        )

    @router.post("/offline-posts/{public_id}/adopt", openapi_extra=PUBLISH, tags=["status page"])
    def adopt_offline(caller: Asking, public_id: str, body: sent.AdoptOffline) -> OfflineIncidentRow:
        """Say which of our incidents it is: what was told joins that one's timeline, and its part of the page."""
        return _row(
            offline.adopt(caller, public_id, body.incident, decided_by=body.decided_by, subscribers=body.subscribers)
        )


def _row(one: OfflineIncident) -> OfflineIncidentRow:
    first, last = one.posts[0], one.posts[-1]
    return OfflineIncidentRow(
        id=one.id,
        title=first.title,
        status=last.status.value,
        impact=last.impact.value,
        components=list(last.components),
        incident=one.incident,
        waits=one.waits,
        posts=[OfflinePostRow(at=p.at, status=p.status.value, text=p.text, by=p.by) for p in one.posts],
    )
