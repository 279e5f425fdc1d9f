"""Work that customers are told of beforehand: it begins and ends by the clock, moves, and what may never be told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.web.house import House
from tests.web.test_silences import hear, lapse, open_incidents
from tocsin.app.access import Permission, Role
from tocsin.app.customers.maintenances import SHOWN_AFTER, Planned
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound, Refused, Unavailable

HOUR = timedelta(hours=1)
TEXT = "The shop can be read, but takes no orders."


def plan(at: House, *, after: float = 1, hours: float = 2, **more: Any) -> Planned:
    starts_at = at.clock.now() + after * HOUR
    given = {"components": ("checkout",), "starts_at": starts_at, "ends_at": starts_at + hours * HOUR, **more}
    return at.application.maintenances.plan(at.caller(), given.pop("title", "Move"), given.pop("text", TEXT), **given)


def files(at: House) -> dict[str, bytes]:
    return at.application.publishing.render(at.clock.now())


def said(at: House, name: str) -> Any:
    return json.loads(files(at)[f"api/v2/{name}.json"])


def test_work_begins_and_ends_on_the_page_by_the_clock(house: House) -> None:
    """Announced at once; its component is under maintenance from its beginning until its end, which is not included."""
    work = plan(house).work
    page = files(house)["index.html"].decode()
    assert "Scheduled maintenance" in page
    assert TEXT in page
    assert "All systems operational" in page
    assert [one["id"] for one in said(house, "scheduled-maintenances/upcoming")["scheduled_maintenances"]] == [work.id]
    for at, status, component, indicator in (
        (work.starts_at - timedelta(seconds=1), "scheduled", "operational", "none"),
        (work.starts_at, "in_progress", "under_maintenance", "maintenance"),
        (work.ends_at - timedelta(seconds=1), "in_progress", "under_maintenance", "maintenance"),
        (work.ends_at, "completed", "operational", "none"),
    ):
        house.clock.move_to(at)
        (told,) = said(house, "scheduled-maintenances")["scheduled_maintenances"]
        found = said(house, "summary")
        assert (told["status"], found["components"][1]["status"]) == (status, component)
        assert found["status"]["indicator"] == indicator
    assert said(house, "summary")["scheduled_maintenances"] == []
    assert "Completed" in files(house)["index.html"].decode()


def test_work_that_names_no_component_is_told_all_the_same(house: House) -> None:
    """The page never says that all is well while somebody works on it."""
    plan(house, after=0, components=())
    assert said(house, "status")["status"]["indicator"] == "maintenance"
    assert "Maintenance under way" in files(house)["index.html"].decode()


def test_the_alerts_of_its_services_are_quiet_meanwhile_and_what_still_fires_is_heard_afterwards(house: House) -> None:
    """One act for both: the silence begins and ends with the work."""
    planned = plan(house, quiet=True)
    hear(house, "Before")
    assert len(open_incidents(house)) == 1
    house.clock.move_to(planned.work.starts_at)
    hear(house, "Meanwhile")
    assert len(open_incidents(house)) == 1
    house.clock.move_to(planned.work.ends_at)
    lapse(house)
    assert len(open_incidents(house)) == 2


def test_the_silence_follows_when_the_work_is_moved_and_ends_when_it_is_done(house: House) -> None:
    """Otherwise the alerts would be quiet at the wrong hours, or on after the work."""
    planned, maintenances = plan(house, quiet=True), house.application.maintenances
    later = planned.work.starts_at + 5 * HOUR
    moved = maintenances.move(
        house.caller(), planned.work.id, "Five hours later.", starts_at=later, ends_at=later + 2 * HOUR
    )
    (anew,) = (house.application.silences.show(house.caller(), id).silence for id in moved.silences)
    assert (anew.starts_at, anew.ends_at) == (later, later + 2 * HOUR)
    assert maintenances.show(house.caller(), planned.work.id) == moved
    house.clock.move_to(planned.work.starts_at)
    hear(house, "AtTheOldTime")
    assert len(open_incidents(house)) == 1
    house.clock.move_to(later)
    hear(house, "Meanwhile")
    assert len(open_incidents(house)) == 1
    maintenances.end(house.caller(), planned.work.id, "Done.")
    lapse(house)
    assert len(open_incidents(house)) == 2
    assert said(house, "scheduled-maintenances")["scheduled_maintenances"][0]["status"] == "completed"


def test_work_that_is_taken_back_never_begins(house: House) -> None:
    """The page says so; programs that read Statuspage hear that it is completed, for they know no other word."""
    planned = plan(house, quiet=True)
    house.application.maintenances.cancel(house.caller(), planned.work.id, "Not today.")
    house.clock.move_to(planned.work.starts_at)
    assert "Cancelled" in files(house)["index.html"].decode()
    found = said(house, "summary")
    assert (found["scheduled_maintenances"], found["status"]["indicator"]) == ([], "none")
    hear(house)
    assert len(open_incidents(house)) == 1


def test_signs_of_a_terminal_are_no_part_of_what_is_told(house: House) -> None:
    """Colours, a bell, text that turns other text around: as in the words of an incident."""
    planned = plan(house, title="Mo\x1b[0mve\u202e\nit", text="\x07We move.\r\nSoon.")
    assert (planned.work.title, planned.work.updates[0].text) == ("Mo[0mve it", "We move.\nSoon.")


def test_nothing_is_told_that_should_not_be(house: House) -> None:
    """A blank, an unknown component, a span in the past, the same once more, by nobody who may: nothing is kept."""
    maintenances = house.application.maintenances
    now = house.clock.now()
    with pytest.raises(Refused, match="fill in"):
        plan(house, text="We move at [time].")
    with pytest.raises(Refused, match="no component 'tills'"):
        plan(house, components=("tills",))
    with pytest.raises(BadInput, match="in the future"):
        plan(house, starts_at=now - 2 * HOUR, ends_at=now - HOUR)
    with pytest.raises(BadInput, match="at most 31 days"):
        plan(house, hours=24 * 40)
    with pytest.raises(BadInput, match="components"):
        plan(house, components=(), quiet=True)
    with pytest.raises(NotAllowed):
        maintenances.plan(house.caller(Role.VIEWER), "x", "y", starts_at=now, ends_at=now + HOUR)
    assert maintenances.listed(house.caller()) == ()
    first = plan(house, quiet=True)
    with pytest.raises(Conflict, match="planned already"):
        plan(house, quiet=True)
    assert len(house.application.silences.listed(house.caller(), ended=False)) == len(first.silences)
    with pytest.raises(Conflict, match="not begun"):
        maintenances.end(house.caller(), first.work.id, "Done.")
    with pytest.raises(NotFound):
        maintenances.tell(house.caller(), "nothing", "x")


def test_what_breaks_while_it_is_planned_leaves_the_alerts_heard(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full in the middle: alerts are never quiet for work that nobody knows of."""
    maintenances = house.application.maintenances

    def full(*_: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(type(maintenances), "_audit", full)
    with pytest.raises(Unavailable):
        plan(house, after=0, quiet=True)
    hear(house)
    assert len(open_incidents(house)) == 1


def test_who_may_publish_and_not_respond_keeps_nothing_quiet(house: House) -> None:
    """A token for the status page alone: refused before anything is told, and silences of others are left alone."""
    maintenances = house.application.maintenances
    only = replace(house.caller(), permissions=frozenset({Permission.READ, Permission.PUBLISH}))
    with pytest.raises(NotAllowed):
        maintenances.plan(
            only,
            "x",
            "y",
            starts_at=house.clock.now(),
            ends_at=house.clock.now() + HOUR,
            components=("checkout",),
            quiet=True,
        )
    assert maintenances.listed(only) == ()
    planned = plan(house, quiet=True)
    with pytest.raises(NotAllowed):
        maintenances.cancel(only, planned.work.id, "Not today.")
    assert maintenances.show(only, planned.work.id) == planned
    assert maintenances.tell(only, planned.work.id, "Soon.").work.updates[0].text == "Soon."


def test_of_work_under_way_only_the_end_moves(house: House) -> None:
    """When it began is what happened."""
    planned, maintenances = plan(house), house.application.maintenances
    house.clock.move_to(planned.work.starts_at + HOUR)
    with pytest.raises(Conflict, match="has begun"):
        maintenances.move(
            house.caller(),
            planned.work.id,
            "x",
            starts_at=house.clock.now() + HOUR,
            ends_at=house.clock.now() + 2 * HOUR,
        )
    later = planned.work.ends_at + HOUR
    moved = maintenances.move(house.caller(), planned.work.id, "An hour longer.", starts_at=None, ends_at=later)
    assert (moved.work.starts_at, moved.work.ends_at) == (planned.work.starts_at, later)
    house.clock.move_to(planned.work.ends_at)
    assert said(house, "status")["status"]["indicator"] == "maintenance"


def test_what_is_long_over_is_forgotten(house: House) -> None:
    """As incidents are on the page; what is to come stays."""
    old = plan(house, title="Old")
    house.clock.move_to(old.work.ends_at + SHOWN_AFTER + HOUR)
    plan(house, title="New")
    assert [one.work.title for one in house.application.maintenances.listed(house.caller())] == ["New"]


def test_it_is_planned_told_of_and_ended_on_the_web(house: House) -> None:
    """With the times of the team's zone; a refused text comes back with what was written."""
    ana = house.visitor()
    assert "No work is planned" in ana.get("/maintenance").text
    assert "Checkout" in ana.get("/maintenance/new").text
    starts = house.clock.now() + HOUR
    form = {
        "title": "Move",
        "starts": stamp(starts),
        "ends": stamp(starts + HOUR),
        "component": "checkout",
        "quiet": "1",
    }
    refused = ana.post("/maintenance", {**form, "text": "At [time]."})
    assert refused.status == 409
    assert "At [time]." in refused.text
    made = ana.post("/maintenance", {**form, "text": TEXT})
    assert made.status == 303
    assert "does not take place" in ana.get(made.location).text
    house.clock.move_to(starts)
    shown = ana.get(made.location).text
    assert "under way" in shown
    assert "kept quiet" in shown
    assert ana.post(f"{made.location}/tell", {"text": "Half is done."}).status == 303
    assert ana.post(f"{made.location}/end", {"text": "All is done."}).status == 303
    shown = ana.get(made.location).text
    assert shown.index("All is done.") < shown.index("Half is done.") < shown.index(TEXT)
    assert 'name="text"' not in shown
    assert "Over" in ana.get("/maintenance").text
    viewer = house.visitor(Role.VIEWER)
    assert viewer.get("/maintenance/new").status == 403
    assert "Plan work" not in viewer.get("/maintenance").text


def stamp(at: datetime) -> str:
    """As a browser's field sends it; the house's zone is UTC."""
    return at.strftime("%Y-%m-%dT%H:%M")
