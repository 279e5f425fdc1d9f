"""What Tocsin sees by itself, and what was changed, over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from tocsin.alerts.change import Change
from tocsin.alerts.probe import Look
from tocsin.api.guard import Asking, needs
from tocsin.api.sent import Line, Sent
from tocsin.app.access import Permission
from tocsin.app.application import Application
from tocsin.app.intake.added_probes import AddedProbe
from tocsin.app.intake.probe_offers import offered
from tocsin.app.intake.probes import ProbeStanding

READ, SEND, MAINTAIN = needs(Permission.READ), needs(Permission.SEND_ALERTS), needs(Permission.MAINTAIN)


class ChangeRow(BaseModel):
    """A change: when, what, of which kind, by whom, who said so."""

    at: datetime
    what: str
    kind: str
    by: str
    link: str | None
    source: str


class ChangeBeside(ChangeRow):
    """A change beside an incident; ``when`` counts from the incident's beginning, in words."""

    when: str


class LookRow(BaseModel):
    """One look of a probe: when it began, whether all was as expected, seconds it took, and what was wrong."""

    at: datetime
    good: bool
    took: float
    says: str


class ProbeRow(BaseModel):
    """How a probe is doing. ``off`` says why nobody looks; ``looks`` are the newest ones, oldest first.

    ``added_by`` is who added it by hand, at ``added_at``; null for what stands in `tocsin.toml`.
    """

    name: str
    service: str
    kind: str
    shown: str
    failing: bool
    since: datetime | None
    due_at: datetime
    off: str
    every_seconds: float
    severity: str
    added_by: str | None
    added_at: datetime | None
    last: LookRow | None
    last_trouble: LookRow | None
    looks: list[LookRow]


class ProbeOffer(BaseModel):
    """A probe that a line of a runbook asks for: what to paste into `tocsin.toml`, and whether it can be added."""

    service: str
    runbook: str
    line: int
    kind: str
    address: str
    note: str
    toml: str
    in_one_click: bool


class AddProbe(Sent):
    """A probe that a runbook offers, to be looked at from now on."""

    service: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="The service, by key.")
    address: Annotated[str, Field(min_length=1, max_length=2048)] = Field(description="As it was offered.")


class TellChange(Sent):
    """Something was changed."""

    what: Line = Field(description='A few words: "v41 deployed".')
    kind: Annotated[str, Field(min_length=1, max_length=40)] = "deploy"
    link: Annotated[str, Field(max_length=2048)] | None = None
    at: AwareDatetime | None = Field(None, description="When, with its offset; now if not given.")


def add_probes(router: APIRouter, application: Application) -> None:
    """The routes of the probes."""

    @router.get("/probes", openapi_extra=READ, tags=["alerts"])
    def probes(caller: Asking) -> list[ProbeRow]:
        """What Tocsin looks at with its own eyes, and what it saw."""
        added = application.added_probes.all(caller)
        return [_probe(one, added.get(one.probe.name)) for one in application.probes.all(caller)]

    @router.get("/probes/offer", openapi_extra=READ, tags=["alerts"])
    def probe_offers(caller: Asking) -> list[ProbeOffer]:
        """What the runbooks look at by hand and no probe looks at yet, as lines for `tocsin.toml`."""
        return [
            ProbeOffer(
                service=one.service,
                runbook=one.runbook,
                line=one.offer.line,
                kind=one.offer.kind,
                address=one.offer.address,
                note=one.offer.note,
                toml=one.toml,
                in_one_click=one.in_one_click,
            )
            for one in offered(application.team(), application.playbooks)
        ]

    @router.post("/probes", openapi_extra=MAINTAIN, tags=["alerts"], status_code=201)
    def add_probe(caller: Asking, body: AddProbe) -> ProbeRow:
        """Look from now on at what a runbook looks at by hand; it is added when a first look is good."""
        name = application.added_probes.add(caller, body.service, body.address).name
        added = application.added_probes.all(caller)
        return next(_probe(one, added.get(name)) for one in application.probes.all(caller) if one.probe.name == name)

    @router.post("/probes/{name}/remove", openapi_extra=MAINTAIN, tags=["alerts"], status_code=204)
    def remove_probe(caller: Asking, name: str) -> None:
        """Look no more at what was added by hand; an alert that it has told ends. What `tocsin.toml` has stays."""
        application.added_probes.remove(caller, name)


def add_changes(router: APIRouter, application: Application) -> None:
    """The routes of recent changes."""

    @router.get("/services/{service}/changes", openapi_extra=READ, tags=["services"])
    def changes(caller: Asking, service: str) -> list[ChangeRow]:
        """What was changed lately, newest first, as deploy scripts, GitHub, GitLab and people told."""
        return [_change(one) for one in application.changes.latest(caller, service)]

    @router.post("/services/{service}/changes", openapi_extra=SEND, tags=["services"], status_code=201)
    def tell_change(caller: Asking, service: str, body: TellChange) -> ChangeRow:
        """Tell of a change: it stands beside incidents, and is never an alert."""
        told = application.changes.record(caller, service, body.what, kind=body.kind, link=body.link or "", at=body.at)
        return _change(told)

    @router.get("/incidents/{incident_id}/changes", openapi_extra=READ, tags=["incidents"])
    def changes_beside(caller: Asking, incident_id: str) -> list[ChangeBeside]:
        """What was changed from a day before it on, newest first, with the commits of the runbook's repository."""
        found = application.changes.of_incident(caller, incident_id)
        return [ChangeBeside(**_change(one.change).model_dump(), when=one.when) for one in found]


def _change(one: Change) -> ChangeRow:
    """A change as the API gives it."""
    return ChangeRow(at=one.at, what=one.what, kind=one.kind, by=one.by, link=one.link, source=one.source)


def _probe(one: ProbeStanding, added: AddedProbe | None) -> ProbeRow:
    probe, course = one.probe, one.course
    looks = [_look(look) for look in course.looks]
    return ProbeRow(
        name=probe.name,
        service=probe.service,
        kind=probe.kind.value,
        shown=probe.shown,
        failing=course.failing,
        since=course.since,
        due_at=one.due_at,
        off=one.off,
        every_seconds=probe.every.total_seconds(),
        severity=probe.severity,
        added_by=added.by if added else None,
        added_at=added.at if added else None,
        last=looks[-1] if looks else None,
        last_trouble=next((look for look in reversed(looks) if not look.good), None),
        looks=looks,
    )


def _look(one: Look) -> LookRow:
    return LookRow(at=one.at, good=one.good, took=one.took, says=one.says)
