"""What is heard becomes the incidents it should, whatever the order, the copies and the clocks of the sources."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.app.shop import ANA, MINUTE, RUNBOOK, SECOND, SETTINGS, START, Said, Shop, notification, types
from tocsin.adapters.memory.store import MemoryStore
from tocsin.alerts.alert import Alert, AlertStatus
from tocsin.app.bell import Bell
from tocsin.app.intake import hearing
from tocsin.app.intake.alert_fold import masked
from tocsin.app.masking import Masker
from tocsin.app.playbooks import plan_for
from tocsin.app.rows.records import AlertState, DeliveryState, NewDelivery
from tocsin.incident.commands import Resolve
from tocsin.incident.facts import Acknowledged, AlertJoined, Declared
from tocsin.incident.planning import plan_bytes
from tocsin.incident.summary import IncidentState
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.json import playbook_json

FIRING = notification(Said())
OVER = notification(Said(until=START))


def test_the_same_notification_three_times_is_one_incident() -> None:
    """F1, R2: three copies, one incident, one page, three deliveries counted."""
    shop = Shop()
    shop.hear(FIRING, FIRING, FIRING)
    assert [row.title for row in shop.rows()] == ["CheckoutDown: Checkout returns 502 errors"]
    assert types(shop.facts()).count("Paged") == 1
    assert shop.delivery().copies == 3


def test_resolved_before_firing_wakes_nobody() -> None:
    """F2, R3: the end arrives first; the late beginning is known to be over."""
    shop = Shop()
    shop.hear(OVER, FIRING)
    assert shop.rows() == []


def test_a_flap_within_a_second_is_one_incident() -> None:
    """F3: firing, resolved, firing: one incident that is not said to be cleared, one page."""
    shop = Shop()
    again = notification(Said(since=START + SECOND))
    shop.hear(FIRING, OVER, again)
    (row,) = shop.rows()
    assert shop.incident(row.incident_id).cleared_at is None
    assert types(shop.facts()).count("Paged") == 1


def test_a_flap_in_one_batch_is_one_incident_too() -> None:
    """F3: read together, the three events end at the same alert."""
    shop = Shop()
    shop.hear(FIRING, OVER, notification(Said(since=START + SECOND)), at_once=True)
    assert len(shop.rows()) == 1
    assert types(shop.facts()).count("Paged") == 1


def test_of_large_deliveries_no_more_are_looked_for_than_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their bodies would be read from the disk for nothing, again and again; of small ones there are many again."""
    monkeypatch.setattr(hearing, "PIECE", 20)
    shop, many = Shop(), [notification(*(Said(instance=f"{n}-{k}") for k in range(10))) for n in range(30)]
    with shop.store.read() as tx:
        log = type(tx.deliveries)
    looked: list[int] = []
    undigested = log.undigested

    def counting(self: Any, limit: int) -> Any:
        found = undigested(self, limit)
        looked.append(len(found))
        return found

    monkeypatch.setattr(log, "undigested", counting)
    shop.hear(*many, at_once=True)
    assert looked[0] == 30
    assert 2 <= max(looked[1:]) <= 6
    looked.clear()
    shop.hear(*(notification(Said(instance=f"small {n}"), key="small") for n in range(100)), at_once=True)
    assert max(looked) >= 20
    with shop.store.read() as tx:
        assert len(tx.alerts.latest(999)) == 400


def test_a_late_firing_does_not_reopen() -> None:
    """F4: an event that began before the resolution it comes after changes nothing."""
    shop = Shop()
    shop.hear(FIRING, OVER)
    before = shop.facts()
    shop.hear(notification(Said(since=START - 2 * MINUTE)))
    assert shop.facts() == before
    assert len(shop.rows()) == 1


def test_the_twin_that_comes_later_pages_nobody_again() -> None:
    """F5: two Alertmanagers, one half a minute behind: the same alert, no second page."""
    shop = Shop()
    shop.hear(FIRING)
    shop.clock.move_by(timedelta(seconds=30))
    shop.hear(FIRING.replace(b"}:{", b"}:{ "))
    assert len(shop.rows()) == 1
    assert types(shop.facts()).count("Paged") == 1


def test_an_echo_after_the_resolution_opens_nothing() -> None:
    """F5: a person resolved the incident; "still firing" within a few minutes is an echo, later it is news."""
    shop = Shop()
    shop.hear(FIRING)
    shop.incidents.act(ANA, "INC-1", Resolve("fixed", override="seen"))
    shop.clock.move_by(2 * MINUTE)
    shop.hear(FIRING.replace(b"}:{", b"}:{ "))
    assert [row.state for row in shop.rows()] == [IncidentState.RESOLVED]
    shop.clock.move_by(4 * MINUTE)
    shop.hear(FIRING.replace(b"}:{", b"}:{  "))
    assert [row.state for row in shop.rows()] == [IncidentState.RESOLVED, IncidentState.TRIGGERED]


def test_an_empty_group_is_taken_and_means_nothing() -> None:
    """F13: no alerts, no incident, no trouble."""
    shop = Shop()
    shop.hear(notification())
    assert shop.rows() == []
    assert shop.delivery().state is DeliveryState.DIGESTED


def test_a_source_whose_clock_is_ahead_starts_no_clock_in_the_future() -> None:
    """F17: an hour ahead: the trouble began when we heard of it at the latest."""
    shop = Shop()
    shop.hear(notification(Said(since=START + timedelta(hours=1))))
    declared = shop.facts()[0]
    assert isinstance(declared, Declared)
    assert declared.started_at == START


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00Z", "-0044-03-15T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_an_instant_that_is_none_keeps_no_alert_from_being_heard(since: str) -> None:
    """F18: the beginning of time, its end, and what no calendar has are taken for "not said"."""
    shop = Shop()
    began = (START - MINUTE).isoformat().encode()
    shop.hear(FIRING.replace(began, since.encode()))
    (row,) = shop.rows()
    assert row.state is IncidentState.TRIGGERED


def test_what_cannot_be_read_is_kept_and_somebody_is_woken() -> None:
    """F12: the bytes are quarantined with the reason, and become an incident of their own, once."""
    shop = Shop()
    shop.hear(b'{"version": "99", "alerts": []}', b"no JSON at all")
    assert [shop.delivery(n).state for n in (1, 2)] == [DeliveryState.QUARANTINED] * 2
    assert "99" in shop.delivery(1).trouble
    (row,) = shop.rows()
    assert row.title == "An alert from prometheus could not be read"
    assert "Paged" in types(shop.facts())


def test_alerts_of_one_procedure_are_one_incident() -> None:
    """Two alerts that call for the same procedure join, whatever the source groups."""
    shop = Shop()
    shop.hear(FIRING, notification(Said("Errors502", instance="b"), key="another group"))
    (row,) = shop.rows()
    assert row.procedure == "checkout-down"
    assert types(shop.facts()).count("AlertJoined") == 2


def test_the_last_alert_that_ends_clears_the_incident_and_does_not_resolve_it() -> None:
    """ADR 10: a person decides; the timeline says that the monitors are content."""
    shop = Shop()
    shop.hear(notification(Said(), Said(instance="b")), OVER)
    assert shop.incident().cleared_at is None
    shop.hear(notification(Said(instance="b", until=START)))
    assert shop.incident().cleared_at == shop.clock.now()
    assert shop.incident().is_open


def test_a_storm_is_one_decision_and_a_few_facts() -> None:
    """ADR 7: two hundred alerts in one notification are ten facts and a count."""
    shop = Shop()
    shop.hear(notification(*(Said(instance=str(n)) for n in range(200))))
    assert types(shop.facts()).count("AlertJoined") == 10
    assert types(shop.facts()).count("AlertsTallied") == 1
    with shop.store.read() as tx:
        assert tx.alerts.counts(["INC-1"])["INC-1"].distinct == 200


def test_acknowledged_at_the_source_holds_here() -> None:
    """PagerDuty's "acknowledge" event acknowledges the incident of its alert."""
    shop = Shop()
    event = b'{"routing_key": "k", "event_action": "%s", "dedup_key": "d", "payload": {"summary": "Checkout returns 502 errors", "source": "s", "severity": "critical"}}'  # noqa: E501
    integration = shop.team.integrations["script"]
    shop.change_team(integrations={"script": type(integration)("script", "pagerduty", "shop", "k", integration.auth)})
    shop.hear(event % b"trigger", event % b"acknowledge", integration="script")
    assert [x.person for x in shop.facts() if isinstance(x, Acknowledged)] == ["script"]


# --- in any order, any number of times -----------------------------------------------------------------------


def history(rng: random.Random) -> list[bytes]:
    """What an Alertmanager sends while a few alerts come and go."""
    alerts: dict[str, Said] = {}
    bodies, at = [], START - timedelta(hours=2)
    for _ in range(rng.randint(3, 10)):
        at += timedelta(seconds=rng.choice((1, 30, 400)))
        instance = rng.choice("abc")
        held = alerts.get(instance)
        if held is None or held.until is not None:
            alerts[instance] = Said(since=at, instance=instance)
        else:
            alerts[instance] = Said(since=held.since, until=at, instance=instance)
        bodies.append(notification(*alerts.values()))
    return bodies


def where_alerts_stand(shop: Shop) -> dict[str, tuple[object, ...]]:
    """What the alerts say, and whether an open incident says the same."""
    with shop.store.read() as tx:
        held: list[AlertState] = list(tx.alerts.latest(100))
    stand: dict[str, tuple[object, ...]] = {}
    for one in held:
        incident = shop.incident(one.incident_id) if one.incident_id else None
        told = incident is not None and incident.is_open and incident.cleared_at is None
        stand[one.fingerprint] = (one.firing, one.starts_at, one.ends_at, told if one.firing else None)
    return stand


@pytest.mark.parametrize("seed", range(60))
def test_any_order_and_any_number_of_copies_end_at_the_same_state(seed: int) -> None:
    """R2, R3: shuffled, repeated, in batches or alone: every alert ends where its newest event says."""
    rng = random.Random(seed)
    bodies = history(rng)
    plain = Shop()
    plain.hear(*bodies)
    mixed = bodies + rng.choices(bodies, k=rng.randint(0, 6))
    rng.shuffle(mixed)
    shuffled = Shop()
    while mixed:
        size = rng.randint(1, 4)
        shuffled.hear(*mixed[:size], at_once=rng.random() < 0.5)
        mixed = mixed[size:]
    assert where_alerts_stand(shuffled) == where_alerts_stand(plain)


@pytest.mark.parametrize("seed", range(20))
def test_copies_alone_change_no_fact(seed: int) -> None:
    """R2: the same stream with every delivery twice tells the same story, fact for fact."""
    bodies = history(random.Random(seed))
    plain, doubled = Shop(), Shop()
    plain.hear(*bodies)
    doubled.hear(*(body for body in bodies for _ in range(2)))
    assert [plain.facts(row.incident_id) for row in plain.rows()] == [
        doubled.facts(row.incident_id) for row in doubled.rows()
    ]


def test_a_storm_is_read_in_pieces_of_a_bounded_number_of_alerts() -> None:
    """The intake and the pages wait for one piece at most, however many alerts each delivery holds."""
    shop, full = Shop(), hearing.PIECE // 200
    bodies = [notification(*(Said(instance=f"{n}/{k}") for k in range(200))) for n in range(full + 1)]
    with shop.store.transact() as tx:
        tx.deliveries.accept([NewDelivery("prometheus", str(n), START, "", one) for n, one in enumerate(bodies)])
    assert [shop.hearing.digest(), shop.hearing.digest(), shop.hearing.digest()] == [full, 1, 0]


def test_the_store_is_tidied_in_a_calm_and_not_while_somebody_rings() -> None:
    """What the next commits would have to do is done when nothing has come for a while: no alert meets it."""
    told: list[str] = []
    stop = threading.Event()

    class Tidied(MemoryStore):
        def tidy(self) -> None:
            told.append("tidied")
            stop.set()

    class Scripted(Bell):
        def wait(self, seconds: float, gather: float = 0.0) -> bool:
            told.append("rung" if len(told) < 3 else "calm")
            return told[-1] == "rung"

    shop = Shop(store=Tidied())
    shop.hearing.bell = Scripted()
    shop.hearing.run(stop)
    assert told == ["rung", "rung", "rung", "calm", "tidied"]


def test_firing_alerts_beyond_the_limit_wake_somebody() -> None:
    """F6: what is not read of a delivery is told once, as an incident of its own; nothing is dropped in silence."""
    shop = Shop()
    shop.hear(notification(*[Said(instance=str(n)) for n in range(200)]))
    assert len(shop.rows()) == 1
    shop.hear(notification(*[Said(instance=str(n)) for n in range(201)]))
    assert sorted(row.title.split(" from ")[0] for row in shop.rows())[-1] == "More alerts came"


def test_secrets_in_an_alert_are_masked_wherever_it_is_kept() -> None:
    """R19: title, labels and link of the alert's row, not only the incident's words."""
    masker = Masker(["hunter2-hunter2"])
    one = Alert(
        "f",
        AlertStatus.FIRING,
        "login with hunter2-hunter2 failed",
        "generic",
        START,
        labels={"password": "correct-horse", "job": "api", "note": "hunter2-hunter2"},
        link="https://bob:hunter2-hunter2@x.example/",
    )
    kept = masked(one, masker)
    assert "hunter2" not in repr(kept)
    assert "correct-horse" not in repr(kept)
    assert kept.labels["job"] == "api"
    assert masked(Alert("f", AlertStatus.FIRING, "clean", "generic", START), masker).title == "clean"


class AtOnce(Executor):
    """Threads that do their work where it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it."""
        fn(*args, **kwargs)
        return Future()


class NoThreads(Executor):
    """A machine on which no thread can be started any more."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As the library does it."""
        raise RuntimeError("can't start new thread")


def test_what_cannot_be_handed_over_is_no_reason_to_set_an_alert_aside() -> None:
    """Trouble after the commit is not trouble of reading: the alert is read, and its page goes out a second later."""
    shop = Shop()
    shop.hearing.courier = shop.courier_of("one")
    shop.hearing.courier.pools = lambda _kind: NoThreads()
    shop.hear(FIRING)
    assert shop.delivery().state is DeliveryState.DIGESTED
    assert shop.webhook.arrived == []
    shop.pass_time(2 * SECOND)
    assert len(shop.webhook.arrived) == 1


def test_a_page_is_claimed_where_it_is_ordered_and_sent_once() -> None:
    """R7: it is on its way when its batch is committed, and whoever looks for pages finds it claimed."""
    shop = Shop()
    shop.hearing.courier = shop.courier_of("one")
    shop.hearing.courier.pools = lambda _kind: AtOnce()
    shop.hear(FIRING)
    assert len(shop.webhook.arrived) == 1
    shop.pass_time(2 * SECOND)
    assert types(shop.facts()).count("PageSent") == 1
    assert len(shop.webhook.arrived) == 1


def _two_services(word: str = "app") -> Shop:
    """One Prometheus that watches the shop and its till, which have runbooks of their own."""
    till = RUNBOOK.replace(b"Checkout Down", b"Till Frozen").replace(
        b"Checkout returns 502 errors", b"Card reader is frozen"
    )
    shop = Shop()
    settings = replace(SETTINGS, key="till", name="Card Till")
    playbook = compile_runbook(till, path="TILL.md", today=START.date())
    shelved = plan_for(settings, playbook, till.decode())
    shop.playbooks.shelf["till"] = shelved
    with shop.store.transact() as tx:
        tx.library.put("playbook", playbook.id, msgspec.json.encode(playbook_json(playbook)))
        tx.library.put("plan", shelved.plan.id, plan_bytes(shelved.plan))
    sources = {name: replace(one, service_label=word) for name, one in shop.team.integrations.items()}
    shop.change_team(services={"shop": SETTINGS, "till": settings}, integrations=sources)
    return shop


def _generic(title: str, status: str = "firing", **labels: str) -> bytes:
    return json.dumps({"title": title, "dedup_key": title, "status": status, "labels": labels}).encode()


def test_a_label_says_which_service_and_so_which_runbook() -> None:
    """One sender, two services: each alert is matched by its own runbook, and says by which label."""
    shop = _two_services()
    shop.hear(
        _generic("Card reader is frozen", app="till"),
        _generic("Checkout returns 502 errors", app="shop"),
        integration="script",
    )
    till, other = (shop.incident(id) for id in ("INC-1", "INC-2"))
    assert [(one.service, one.procedure) for one in (till, other)] == [
        ("till", "till-frozen"),
        ("shop", "checkout-down"),
    ]
    (joined,) = [one for one in shop.facts("INC-1") if isinstance(one, AlertJoined)]
    assert joined.reason.endswith("; its label app names the service")


def test_a_service_is_known_by_its_name_too_and_an_unknown_word_wakes_those_of_the_integration() -> None:
    """Nobody sleeps through a misspelt label: the alert is heard for the integration's service, and that is noted."""
    shop = _two_services()
    shop.hear(_generic("One", app="card till"), _generic("Two", app="tlil"), _generic("Three"), integration="script")
    assert [shop.incident(f"INC-{n}").service for n in (1, 2, 3)] == ["till", "shop", "shop"]
    assert [shop.delivery(n).trouble for n in (1, 3)] == ["", ""]
    assert shop.delivery(2).trouble == (
        "the label app of 1 of its alerts names no service of tocsin.toml, 'tlil': heard for shop"
    )


def test_what_ends_or_is_acknowledged_without_the_label_is_found_where_it_fires() -> None:
    """Senders like PagerDuty's clients say no labels when they resolve and acknowledge (R3)."""
    shop = _two_services()
    shop.hear(_generic("Reader", app="till"), integration="script")
    shop.hear(_generic("Reader", "acknowledged"), integration="script")
    shop.hear(_generic("Reader", "resolved"), integration="script")
    assert len(shop.rows()) == 1
    incident = shop.incident()
    assert incident.acknowledged_by == "script"
    assert incident.cleared_at is not None
