"""Scheduled work is told to subscribers: of what is written, of its beginning and its end, each once and on wish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.app.test_subscribing import OPEN, arrived
from tests.app.test_subscribing_programs import FakeHooks
from tests.web.house import SETTINGS, START, House, house
from tests.web.test_maintenance import plan
from tocsin.adapters.fakes import FakeMailer
from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.access import Role
from tocsin.app.customers.hooks import HookCarrier
from tocsin.app.customers.mails import SubscriberMails
from tocsin.app.customers.maintenances import LATEST, Maintenances
from tocsin.app.rows.subscribers import Subscriber, SubscriberWay
from tocsin.errors import Unavailable
from tocsin.incident.effects import EffectKind

HOUR = timedelta(hours=1)
NAMED = '[people.zed]\nname = "Zed"\n'


@pytest.fixture
def at(tmp_path: Path) -> Iterator[House]:
    """An installation with one subscriber by each way who hears of checkout, and one who hears of the API."""
    text = SETTINGS.replace('components = ["api"', 'subscribers = ["named@example.org"]\ncomponents = ["api"') + OPEN
    with house(tmp_path, text) as opened:
        courier = opened.application.courier
        hooks, mails = courier.carriers[EffectKind.HOOK], courier.carriers[EffectKind.MAIL]
        assert isinstance(hooks, HookCarrier)
        hooks.hooks = FakeHooks(opened.clock)
        mails.subscribed = SubscriberMails(hooks.office, hooks.news, FakeMailer(opened.clock)).send  # type: ignore[attr-defined]
        with opened.application.store.transact() as tx:
            for id, way, keys in (
                ("mail", SubscriberWay.MAIL, ()),
                ("hook", SubscriberWay.WEBHOOK, ("checkout",)),
                ("slack", SubscriberWay.SLACK, ("checkout",)),
                ("api", SubscriberWay.MAIL, ("api",)),
            ):
                url = "" if way is SubscriberWay.MAIL else f"https://example.org/{id}"
                tx.subscribers.ask(Subscriber(id, f"{id}@example.org", "form", START, keys, way=way, url=url))
                tx.subscribers.confirm(id, START, START - HOUR)
        yield opened


def mailed(at: House) -> list[Any]:
    """The mails to subscribers by now."""
    work(at)
    mails = at.application.courier.carriers[EffectKind.MAIL]
    return arrived(mails.subscribed.__self__.mailer)  # type: ignore[attr-defined]


def posted(at: House) -> list[tuple[str, Any]]:
    """What programs were told by now: where, and the body."""
    work(at)
    hooks = at.application.courier.carriers[EffectKind.HOOK]
    return [(call.payload[0], call.payload[1]) for call in hooks.hooks.arrived]  # type: ignore[attr-defined]


def work(at: House) -> None:
    at.application.maintenances.announce()
    for _ in range(9):
        if not at.application.courier.carry():
            return


def subjects(at: House) -> list[str]:
    return [mail.subject for mail in mailed(at) if mail.to == "mail@example.org"]


def test_work_is_told_when_it_is_planned_begins_goes_on_and_ends(at: House) -> None:
    """Each once, to whoever hears of its components, however often the loop looks."""
    planned = plan(at, title="Larger database", subscribers=True)
    assert sorted(mail.to for mail in mailed(at)) == ["mail@example.org", "named@example.org"]
    (mail,) = [mail for mail in mailed(at) if mail.to == "mail@example.org"]
    assert mail.subject == "Sundial: Larger database (scheduled)"
    assert "Affected: Checkout" in mail.text
    assert "21 Nov 2026, 04:09" in mail.text
    assert mail.unsubscribe
    assert [url for url, _ in posted(at)] == ["https://example.org/hook", "https://example.org/slack"]
    body = posted(at)[0][1]["incident"]
    assert (body["status"], body["impact"], body["name"]) == ("scheduled", "maintenance", "Larger database")
    assert body["scheduled_for"] < body["scheduled_until"]
    at.clock.move_to(planned.work.starts_at)
    for _ in range(3):
        assert subjects(at)[1:] == ["Sundial: Larger database (in progress)"]
    told = posted(at)[2:]
    assert [body["incident"]["status"] for _, body in told if "incident" in body] == ["in_progress"]
    assert told[0][1]["incident"]["incident_updates"][0]["body"] == "The scheduled work has begun."
    assert told[0][1]["page"]["status_indicator"] == "maintenance"
    (change,) = [body["component_update"] for _, body in told if "component_update" in body]
    assert (change["old_status"], change["new_status"]) == ("operational", "under_maintenance")
    at.clock.move_by(HOUR)
    at.application.maintenances.tell(at.caller(), planned.work.id, "Half of it is done.")
    at.clock.move_to(planned.work.ends_at)
    assert [one.rpartition("(")[2] for one in subjects(at)] == [
        "scheduled)",
        "in progress)",
        "in progress)",
        "completed)",
    ]
    last = [body for url, body in posted(at) if url.endswith("hook")][-2:]
    assert [one["body"] for one in last[0]["incident"]["incident_updates"]][:2] == [
        "The scheduled work is done.",
        "Half of it is done.",
    ]
    assert last[1]["component_update"]["new_status"] == "operational"
    at.clock.move_by(HOUR)
    assert len(subjects(at)) == 4


def test_nobody_is_told_where_it_was_left_out(at: House) -> None:
    """Publishing fails closed: subscribers hear of it only by an explicit word, and what was said last holds."""
    planned = plan(at)
    assert mailed(at) == posted(at) == []
    at.application.maintenances.tell(at.caller(), planned.work.id, "Soon.", subscribers=True)
    assert len(subjects(at)) == 1
    at.application.maintenances.tell(at.caller(), planned.work.id, "Very soon.", subscribers=False)
    at.clock.move_to(planned.work.ends_at)
    assert len(subjects(at)) == 1


@pytest.mark.parametrize("how", ["end", "cancel"])
def test_what_a_person_ended_the_clock_does_not_end_again(at: House, how: str) -> None:
    """Ended or broken off: told with their words, once; the components are back."""
    planned = plan(at, subscribers=True)
    at.clock.move_to(planned.work.starts_at)
    assert len(subjects(at)) == 2
    at.clock.move_by(HOUR / 2)
    getattr(at.application.maintenances, how)(at.caller(), planned.work.id, "Over for today.")
    at.clock.move_to(planned.work.ends_at)
    assert len(subjects(at)) == 3
    assert "Over for today." in mailed(at)[-1].text
    bodies = [body for url, body in posted(at) if url.endswith("hook")]
    assert bodies[-2]["incident"]["status"] == "completed"
    assert bodies[-1]["component_update"]["new_status"] == "operational"


def test_what_was_taken_back_before_it_began_neither_begins_nor_ends(at: House) -> None:
    """Nothing of the components is told: nothing has changed."""
    planned = plan(at, subscribers=True)
    at.application.maintenances.cancel(at.caller(), planned.work.id, "Not today.")
    assert [one.rpartition("(")[2] for one in subjects(at)] == ["scheduled)", "cancelled)"]
    at.clock.move_to(planned.work.ends_at)
    assert len(subjects(at)) == 2
    assert not [body for _, body in posted(at) if "component_update" in body]


def test_after_a_long_stop_only_what_is_true_now_is_told(at: House) -> None:
    """Away over both its beginning and its end: its end alone; away for days: nothing."""
    plan(at, title="Short", subscribers=True)
    plan(at, title="Long ago", after=1, hours=3, subscribers=True)
    work(at)
    at.clock.move_by(HOUR * 3.5)
    assert [one for one in subjects(at) if "(c" in one] == ["Sundial: Short (completed)"]
    at.clock.move_by(LATEST + HOUR)
    assert len([one for one in subjects(at) if "(c" in one]) == 1


def test_its_beginning_is_told_once_when_the_commit_is_in_doubt(at: House) -> None:
    """The mark and what it queues are one commit: killed before it, the next look tells it; after it, none does."""
    store = MemoryStore()
    at_work = at.application.maintenances
    work_of = Maintenances(store, at.clock, at_work.team, at_work.silences)
    begins = at.clock.now() + HOUR
    work_of.plan(at.caller(), "Move", "Soon.", starts_at=begins, ends_at=begins + HOUR, subscribers=True)
    at.clock.move_to(begins)
    for after in (False, True):
        store.fail_next_commit(after=after)
        with pytest.raises(Unavailable):
            work_of.announce()
    work_of.announce()
    with store.transact() as tx:
        found = tx.outbox.claim([EffectKind.SUBSCRIBERS], at.clock.now(), HOUR, "one", 9)
    assert [one.effect.ref == "in_progress" for one in found] == [False, True]


def test_whoever_plans_it_sees_how_many_are_told(at: House) -> None:
    """By way; checked beforehand, and left out by taking the mark away."""
    form = at.visitor(Role.RESPONDER).get("/maintenance/new").text
    assert "3 by mail, 1 by webhook, 1 in Slack" in form
    assert 'name="subscribers" value="1" checked' in form
    fields = {"title": "Move", "text": "Soon.", "starts": "2026-11-22T03:00", "ends": "2026-11-22T04:00"}
    kept = at.visitor(Role.RESPONDER).post("/maintenance", {**fields, "component": "checkout"})
    shown = at.visitor(Role.RESPONDER).get(kept.location).text
    assert "2 by mail, 1 by webhook, 1 in Slack" in shown
    assert "not told" in shown
    assert mailed(at) == []
    at.visitor(Role.RESPONDER).post("/maintenance", {**fields, "title": "Other", "subscribers": "1"})
    assert len(subjects(at)) == 1
