"""The runbook as it is written beside what was understood of it: steps, ladder, duties, questions, findings."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from tocsin.app.access import Permission
from tocsin.app.execution.ordering import never
from tocsin.errors import NotFound
from tocsin.incident.choices import words
from tocsin.review.duties import Due
from tocsin.runbook.playbook import BlockFate, Playbook
from tocsin.runbook.procedure.course import course_of
from tocsin.web.asking import Ask
from tocsin.web.margin import passages
from tocsin.web.pages.oncall import typed
from tocsin.web.pages.respond import incident_of
from tocsin.web.pages.situation import names

MOST_SHOWN = 40
"""Of what changed: more than anybody reads on a page."""


def listing(ask: Ask) -> Response:
    """All runbooks, with what stands in the way of each."""
    books = ask.application.playbooks
    return ask.page(
        "runbooks.html",
        shelves=[books.shelf[key] for key in sorted(books.shelf)],
        troubles=books.troubles,
        halt=ask.application.halting.standing(ask.by),
        preflight=ask.application.preflights.last(ask.by),
        looking=ask.application.preflights.looking,
        can_maintain=ask.may(Permission.MAINTAIN),
    )


def show(ask: Ask) -> Response:
    """A runbook in force."""
    service = ask.part("service")
    books = ask.application.playbooks
    shelved = books.of(service)
    with ask.application.store.read() as tx:
        changed = books.changed(tx, service)
    return ask.page(
        "runbook.html",
        title=shelved.service.name,
        service=service,
        playbook=shelved.playbook,
        plan=shelved.plan,
        passages=passages(shelved.text, shelved.playbook, shelved.corrections),
        corrections=shelved.corrections,
        dropped=ask.application.steps.dropped(ask.by, service),
        enabled=ask.application.steps.enabled(ask.by, service),
        changed=changed,
        MOST_SHOWN=MOST_SHOWN,
        duties=ask.application.duties.listed(ask.by, service),
        tried=(ask.text("duty"), ask.text("note"), ask.text("at")),
        zone=ask.application.team().zone,
        midday_of=midday_of,
        name=names(ask.application.team()),
        can_respond=ask.may(Permission.RESPOND),
        can_maintain=ask.may(Permission.MAINTAIN),
        trouble_of_file=ask.application.playbooks.troubles.get(service, ""),
        fates=fates(shelved.playbook),
        ways_back=ways_back(shelved.playbook),
        words=words,
        never=never,
        pinned="",
    )


def pinned(ask: Ask) -> Response:
    """The runbook as it stood when an incident was declared."""
    application, incident_id = ask.application, incident_of(ask)
    view = application.incidents.view(ask.by, incident_id)
    with application.store.read() as tx:
        text = tx.library.get("runbook", view.incident.playbook)
        changed = application.playbooks.changed_from(tx, view.incident.service, view.incident.playbook)
    if text is None:
        raise NotFound(f"the runbook of {incident_id} was not kept")
    return ask.page(
        "runbook.html",
        title=view.playbook.title,
        service=view.incident.service,
        playbook=view.playbook,
        plan=view.incident.plan,
        passages=passages(text.decode(errors="replace"), view.playbook, {}),
        corrections={},
        dropped=(),
        enabled={},
        changed=changed,
        MOST_SHOWN=MOST_SHOWN,
        duties=(),
        can_maintain=False,
        trouble_of_file="",
        fates=fates(view.playbook),
        ways_back=ways_back(view.playbook),
        words=words,
        never=never,
        pinned=incident_id,
    )


def ways_back(playbook: Playbook) -> frozenset[str]:
    """The ids of the steps that are done only to take another one back."""
    held = (*(one.steps for one in playbook.procedures), *(one.steps for one in playbook.phases))
    return frozenset(step for steps in held for step in course_of(steps).apart)


def fates(playbook: Playbook) -> dict[str, int]:
    """How many blocks of the document came to what."""
    return {fate.value: sum(block.fate is fate for block in playbook.blocks) for fate in BlockFate}


def enable(ask: Ask) -> Response:
    """Allow exactly this command to be run."""
    ask.application.steps.enable(ask.by, ask.part("service"), ask.part("step"), shell=ask.text("shell") == "1")
    return ask.go(f"/r/{ask.part('service')}#step-{ask.part('step')}")


def disable(ask: Ask) -> Response:
    """Take the permission back."""
    ask.application.steps.disable(ask.by, ask.part("service"), ask.part("step"))
    return ask.go(f"/r/{ask.part('service')}#step-{ask.part('step')}")


def midday_of(due: Due) -> datetime:
    """An instant that lies on the day on which a duty is due for nearly every reader, wherever they are."""
    return due.over_at - timedelta(hours=12)


def do_duty(ask: Ask) -> Response:
    """Say that a recurring duty has been done, now or at a time in the past."""
    service, duty = ask.part("service"), ask.text("duty")
    at = typed(ask.text("at"), ZoneInfo(ask.application.team().zone))
    ask.application.duties.record(ask.by, service, duty, note=ask.text("note"), at=at)
    return ask.go(f"/r/{service}?duties=1#duty-{duty}")
