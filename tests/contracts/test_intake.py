"""Deliveries and alerts of a store: accepted once however often they come, read in order, counted."""

from __future__ import annotations

import random
import zlib
from datetime import timedelta

import msgspec

from tests.contracts.conftest import Node
from tests.contracts.samples import MINUTE, NOW, SECOND, alert, delivery, summary
from tocsin.app.rows.records import AlertCount, Delivery, DeliveryState, SilencedAlert, Swept
from tocsin.app.store import Store
from tocsin.incident.summary import IncidentState


def test_a_delivery_comes_back_as_it_was_sent(store: Store) -> None:
    """R1: body, type and trouble come back byte for byte."""
    with store.transact() as tx:
        [id] = tx.deliveries.accept([delivery("k", trouble="cut at 1 MiB", content_type="text/plain; x=☎")])
    with store.read() as tx:
        assert tx.deliveries.get(id) == Delivery(
            id,
            "prometheus",
            "k",
            NOW,
            "text/plain; x=☎",
            b'{"x": "\x00\xff"}',
            DeliveryState.NEW,
            "cut at 1 MiB",
            copies=1,
        )
        assert tx.deliveries.get(id + 1) is None


def test_ids_grow_in_the_order_of_arrival(store: Store) -> None:
    """Ids grow in the order of the batch, whatever the keys, and from batch to batch."""
    with store.transact() as tx:
        first = tx.deliveries.accept([delivery(key) for key in ("m", "z", "a")])
    with store.transact() as tx:
        second = tx.deliveries.accept([delivery("b")])
    ids = [*first, *second]
    assert ids == sorted(set(ids))


def test_a_long_body_is_given_back_as_it_came(store: Store) -> None:
    """R1: whatever the store makes of it, one that repeats itself, one that does not, and what only looks packed."""
    told = b'{"labels":{"alertname":"Slow"}}' * 1000
    noise = random.Random(7).randbytes(20_000)
    bodies = {"told": told, "noise": noise, "packed": zlib.compress(noise), "short": b"x\x01", "none": b""}
    batch = store.pack([delivery(key, body=body) for key, body in bodies.items()])
    with store.transact() as tx:
        ids = tx.deliveries.accept(batch)
        tx.deliveries.accept(store.pack([delivery("told", body=told), delivery("late", body=told)]))
    with store.read() as tx:
        assert [one.body for id in ids if (one := tx.deliveries.get(id))] == [*bodies.values()]
        read = tx.deliveries.undigested(9)
    assert [one.body for one in read] == [*bodies.values(), told]
    assert not any(one.trouble for one in read)


def test_the_same_delivery_is_one_row_however_often_it_comes(store: Store) -> None:
    """R2: a known (integration, key) gives its old id and is counted, within a batch and across batches."""
    with store.transact() as tx:
        a, again, b = tx.deliveries.accept([delivery("a"), delivery("a", body=b"other"), delivery("b")])
    with store.transact() as tx:
        later = delivery("a", received_at=NOW + MINUTE)
        once, elsewhere, twice = tx.deliveries.accept([later, delivery("a", "sentry"), later])
    assert a == again == once == twice
    assert len({a, b, elsewhere}) == 3
    with store.read() as tx:
        stored = tx.deliveries.get(a)
        assert stored is not None
        assert stored.copies == 4
        assert stored.received_at == NOW
        assert stored.body == delivery("a").body
        assert tx.deliveries.waiting() == 3


def test_accepting_nothing_gives_nothing(store: Store) -> None:
    """An empty batch is no error."""
    with store.transact() as tx:
        assert list(tx.deliveries.accept([])) == []


def test_undigested_deliveries_come_oldest_first(store: Store) -> None:
    """Deliveries nobody has read yet come in order of arrival, up to the limit; settled ones do not."""
    with store.transact() as tx:
        ids = tx.deliveries.accept([delivery(f"k{9 - n}") for n in range(5)])
    with store.transact() as tx:
        assert [one.id for one in tx.deliveries.undigested(3)] == list(ids[:3])
        assert list(tx.deliveries.unread(3)) == list(ids[:3])
        tx.deliveries.settle(
            {
                ids[0]: (DeliveryState.DIGESTED, ""),
                ids[1]: (DeliveryState.QUARANTINED, "not JSON"),
                ids[3]: (DeliveryState.DIGESTED, ""),
                10**9: (DeliveryState.DIGESTED, ""),
            }
        )
        assert [one.id for one in tx.deliveries.undigested(9)] == [ids[2], ids[4]]
        assert list(tx.deliveries.unread(9)) == [ids[2], ids[4]]
        assert tx.deliveries.waiting() == 2
        quarantined = tx.deliveries.get(ids[1])
        assert quarantined is not None
        assert (quarantined.state, quarantined.trouble) == (DeliveryState.QUARANTINED, "not JSON")


def test_a_quarantined_delivery_can_be_read_anew(store: Store) -> None:
    """A delivery that is settled as new waits again."""
    with store.transact() as tx:
        [id] = tx.deliveries.accept([delivery("k")])
        tx.deliveries.settle({id: (DeliveryState.QUARANTINED, "unknown format")})
    with store.transact() as tx:
        assert tx.deliveries.waiting() == 0
        tx.deliveries.settle({id: (DeliveryState.NEW, "")})
        assert [one.id for one in tx.deliveries.undigested(9)] == [id]


def test_a_copy_of_a_digested_delivery_is_not_read_again(store: Store) -> None:
    """R2: a repeated delivery is counted even after it was digested, and stays digested."""
    with store.transact() as tx:
        [id] = tx.deliveries.accept([delivery("k")])
        tx.deliveries.settle({id: (DeliveryState.DIGESTED, "")})
    with store.transact() as tx:
        assert tx.deliveries.accept([delivery("k")]) == [id]
        assert tx.deliveries.waiting() == 0
        assert tx.deliveries.undigested(9) == []


def test_the_latest_deliveries_of_an_integration(store: Store) -> None:
    """The newest deliveries of one integration, newest first, up to the limit."""
    with store.transact() as tx:
        ids = tx.deliveries.accept([delivery("a"), delivery("b", "sentry"), delivery("c"), delivery("d")])
    with store.read() as tx:
        assert [one.id for one in tx.deliveries.latest("prometheus", 2)] == [ids[3], ids[2]]
        assert tx.deliveries.latest("nobody", 2) == []


def test_an_acknowledged_delivery_survives_reopening(node: Node) -> None:
    """R1: what was accepted is there for a store that is opened later."""
    store = node.open()
    with store.transact() as tx:
        [id] = tx.deliveries.accept([delivery("k")])
    with node.open().read() as tx:
        assert tx.deliveries.get(id) is not None


def test_alert_states_come_back_by_service_and_fingerprint(store: Store) -> None:
    """Alert states come back equal, labels included; unknown ones are absent."""
    one = alert("f", ends_at=NOW + MINUTE, link="https://x/☎", events=7, integration="am", starts_at=None)
    two = alert("f", service="Maps", firing=False, labels={})
    with store.transact() as tx:
        tx.alerts.save([one, two])
    with store.read() as tx:
        assert tx.alerts.states([("Shop", "f"), ("Maps", "f"), ("Shop", "g")]) == {
            ("Shop", "f"): one,
            ("Maps", "f"): two,
        }
        assert tx.alerts.states([]) == {}


def test_saving_an_alert_again_replaces_it(store: Store) -> None:
    """The last state of an alert holds, within a batch and across batches."""
    with store.transact() as tx:
        tx.alerts.save([alert("f"), alert("f", events=2)])
    with store.transact() as tx:
        tx.alerts.save([alert("f", "b", events=3, firing=False)])
    with store.read() as tx:
        assert tx.alerts.states([("Shop", "f")])["Shop", "f"] == alert("f", "b", events=3, firing=False)
        assert tx.alerts.counts(["a", "b"]) == {"b": AlertCount(1, 0)}


def test_touching_alerts_writes_when_they_were_heard_and_nothing_else(store: Store) -> None:
    """What is touched keeps all its other columns; what is not there stays away, and is not counted."""
    later = NOW + MINUTE
    with store.transact() as tx:
        tx.alerts.save([alert("f"), alert("g"), alert("f", service="Maps")])
    heard = alert("f", "b", title="else", labels={}, firing=False, last_delivery=9, last_at=later, events=5)
    with store.transact() as tx:
        assert tx.alerts.touch([heard, alert("nobody")]) == 1
        assert tx.alerts.touch([]) == 0
    with store.read() as tx:
        touched = alert("f", last_delivery=9, last_at=later, events=5)
        assert list(tx.alerts.latest(9)) == [touched, alert("f", service="Maps"), alert("g")]


def test_many_rows_are_written_as_few_are(store: Store) -> None:
    """More rows than one statement takes, some of them there before: each counts once and keeps its own values."""
    names = [f"{number:03}" for number in range(203)]
    with store.transact() as tx:
        before = tx.deliveries.accept([delivery(name) for name in names[::7]])
        ids = tx.deliveries.accept([delivery(name, body=name.encode()) for name in names])
        assert list(ids[::7]) == list(before)
        assert len(set(ids)) == 203
        tx.alerts.save([alert(name, title=name) for name in names[1:]])
        heard = [alert(name, last_delivery=id, events=7) for name, id in zip(names, ids, strict=True)]
        assert tx.alerts.touch(heard) == 202
    with store.read() as tx:
        bodies = {one.key: one.body for one in tx.deliveries.latest("prometheus", 300)}
        assert bodies == {
            name: delivery("").body if number % 7 == 0 else name.encode() for number, name in enumerate(names)
        }
        rows = {one.fingerprint: (one.title, one.last_delivery, one.events) for one in tx.alerts.latest(300)}
        assert rows == {name: (name, id, 7) for name, id in zip(names[1:], ids[1:], strict=True)}


def test_alerts_are_counted_by_incident(store: Store) -> None:
    """Counts are distinct alerts and firing ones; incidents without alerts are absent."""
    with store.transact() as tx:
        tx.alerts.save([alert("f1"), alert("f2", firing=False), alert("f3"), alert("f4", "b", firing=False)])
    with store.read() as tx:
        assert tx.alerts.counts(["a", "b", "c"]) == {"a": AlertCount(3, 2), "b": AlertCount(1, 0)}


def test_alerts_of_an_incident_come_firing_first_and_newest_first(store: Store) -> None:
    """Firing alerts come before resolved ones, newer before older."""
    with store.transact() as tx:
        tx.alerts.save(
            [
                alert("old", last_at=NOW - MINUTE),
                alert("over", firing=False, last_at=NOW + MINUTE),
                alert("new", last_at=NOW + SECOND),
                alert("else", "b"),
            ]
        )
    with store.read() as tx:
        assert [one.fingerprint for one in tx.alerts.of_incident("a", 9)] == ["new", "old", "over"]
        assert [one.fingerprint for one in tx.alerts.of_incident("a", 1)] == ["new"]


def test_the_alerts_that_were_heard_last(store: Store) -> None:
    """The latest alerts of all services, newest first; of one instant by service and fingerprint."""
    with store.transact() as tx:
        tx.alerts.save([alert("b"), alert("a"), alert("c", last_at=NOW + timedelta(microseconds=1)), alert("é")])
    with store.read() as tx:
        assert [one.fingerprint for one in tx.alerts.latest(9)] == ["c", "a", "b", "é"]
        assert [one.fingerprint for one in tx.alerts.latest(2)] == ["c", "a"]
    with store.transact() as tx:
        tx.alerts.save(
            [alert("b", firing=False), alert("c", firing=False), alert("d", firing=False, last_at=NOW + MINUTE)]
        )
    with store.read() as tx:
        assert [one.fingerprint for one in tx.alerts.latest(9)] == ["d", "a", "b", "c", "é"]
        assert [one.fingerprint for one in tx.alerts.latest(3)] == ["d", "a", "b"]


def test_the_alerts_of_an_integration_are_found_among_those_of_all(store: Store) -> None:
    """Newest first, a page of them, and only those that fire or are over; other integrations never fill the page."""
    mine = [
        msgspec.structs.replace(alert(name, firing=name != "b", last_at=NOW + n * SECOND), integration="mine")
        for n, name in enumerate("abcd")
    ]
    with store.transact() as tx:
        tx.alerts.save([*mine, *(alert(f"else{n}", last_at=NOW + MINUTE) for n in range(5))])
    with store.read() as tx:
        found = [
            [one.fingerprint for one in tx.alerts.of_integration("mine", limit, offset, firing)]
            for limit, offset, firing in ((9, 0, None), (2, 1, None), (9, 0, True), (9, 0, False), (9, 9, None))
        ]
    assert found == [["d", "c", "b", "a"], ["c", "b"], ["d", "c", "a"], ["b"], []]


def swept(store: Store, *, after: int = 0, limit: int = 99, keep: int = 1) -> tuple[Swept, list[str]]:
    """What a look removes of what is older than an hour, and the keys that are left."""
    with store.transact() as tx:
        answer = tx.deliveries.sweep(NOW + 60 * MINUTE, after, limit, keep)
    with store.read() as tx:
        return answer, sorted(one.key for name in ("prometheus", "sentry") for one in tx.deliveries.latest(name, 99))


def accepted(store: Store, *keys: str, state: DeliveryState = DeliveryState.DIGESTED, minute: int = 0) -> list[int]:
    """Deliveries that have come and were read."""
    with store.transact() as tx:
        ids = tx.deliveries.accept([delivery(key, received_at=NOW + minute * MINUTE) for key in keys])
        if state is not DeliveryState.NEW:
            tx.deliveries.settle(dict.fromkeys(ids, (state, "")))
    return list(ids)


def test_old_deliveries_that_were_read_are_removed_and_the_newest_stay(store: Store) -> None:
    """With their bodies; the key is free again; younger ones and the newest of each integration stay, however old."""
    accepted(store, "a", "b")
    (young,) = accepted(store, "c", minute=60)
    with store.transact() as tx:
        (alone,) = tx.deliveries.accept([delivery("only", "sentry")])
        tx.deliveries.settle({alone: (DeliveryState.DIGESTED, "")})
    assert swept(store) == (Swept(2, alone), ["c", "only"])
    assert swept(store) == (Swept(0, alone), ["c", "only"])
    assert swept(store, after=alone) == (Swept(0, None), ["c", "only"])
    (again,) = accepted(store, "a")
    assert again > young
    with store.read() as tx:
        assert [one.body for one in tx.deliveries.latest("prometheus", 1)] == [delivery("a").body]


def test_what_is_unread_or_could_not_be_read_is_never_removed(store: Store) -> None:
    """However old it is."""
    accepted(store, "new", state=DeliveryState.NEW)
    accepted(store, "odd", state=DeliveryState.QUARANTINED)
    (last,) = accepted(store, "young", minute=90)
    assert swept(store) == (Swept(0, last), ["new", "odd", "young"])


def test_what_a_silence_holds_and_what_an_open_incident_stands_on_stays(store: Store) -> None:
    """Until the silence has ended and the incident is resolved."""
    held, evidence, _ = accepted(store, "held", "evidence", "free")
    accepted(store, "young", minute=90)
    with store.transact() as tx:
        tx.incidents.reindex([summary("a", state=IncidentState.TRIGGERED)])
        tx.alerts.save([alert("f", "a", last_delivery=evidence)])
        tx.silences.hold([SilencedAlert("prometheus", "g", held, "s")])
    assert swept(store)[1] == ["evidence", "held", "young"]
    with store.transact() as tx:
        tx.incidents.reindex([summary("a", state=IncidentState.RESOLVED)])
        tx.silences.let_go([("prometheus", "g", 99)])
    assert swept(store)[1] == ["young"]


def test_a_look_at_old_deliveries_is_as_small_as_it_is_told(store: Store) -> None:
    """It says up to where it looked, and the next one goes on from there."""
    ids = accepted(store, "a", "b", "c")
    accepted(store, "young", minute=90)
    assert swept(store, limit=2) == (Swept(2, ids[1]), ["c", "young"])
    assert swept(store, limit=2, after=ids[1])[1] == ["young"]
    assert swept(store, after=10**9)[0] == Swept(0, None)
