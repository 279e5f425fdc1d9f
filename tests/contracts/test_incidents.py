"""The incident log of a store: facts for ever, index rows that follow, races that are lost in the open."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contracts.conftest import Node
from tests.contracts.samples import MINUTE, NOW, SECOND, appending, effect, recorded, summary
from tocsin.app.rows.records import Appending, IncidentQuery, PhoneMessage
from tocsin.app.store import Store
from tocsin.errors import BadInput, Conflict
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import (
    Acknowledged,
    Actor,
    ActorKind,
    Citation,
    Declared,
    NoteAdded,
    Recorded,
    Unreadable,
    Via,
)
from tocsin.incident.step_facts import StepFinished, StepOutcome
from tocsin.incident.summary import IncidentState

ANA = Actor(ActorKind.PERSON, "ana", Via.LINK)


def put(store: Store, *batch: Appending) -> None:
    """Append in one transaction."""
    with store.transact() as tx:
        tx.incidents.append(batch)


def test_numbers_are_taken_for_good(store: Store) -> None:
    """A number is never given twice, even if its incident was never appended."""
    with store.transact() as tx:
        first, second = tx.incidents.next_number(), tx.incidents.next_number()
    with store.transact() as tx:
        third = tx.incidents.next_number()
    assert first == 1
    assert first < second < third


def test_facts_come_back_as_they_were(store: Store) -> None:
    """Facts come back equal and in order of seq: every field, the actor, the citation, unknown types."""
    facts = (
        Recorded(
            "a",
            1,
            NOW,
            ANA,
            Declared(
                title="Checkout ☎ down\n\0",
                service="Shop",
                plan="p",
                playbook="b",
                source="person",
                started_at=NOW - MINUTE,
                cite=Citation(3, 4, "“immediately”"),
            ),
        ),
        Recorded("a", 2, NOW + SECOND, ANA, Acknowledged(person="ana", took_over_from="bo")),
        Recorded(
            "a",
            3,
            NOW + SECOND,
            ANA,
            StepFinished(run="r", step="s", title="t", outcome=StepOutcome.FAILED, exit_codes=(0, 2), seconds=0.25),
        ),
        Recorded("a", 4, NOW, ANA, Unreadable(type="FromTheFuture", body='{"x":[1,"é"]}')),
    )
    put(store, Appending(facts, summary("a", last_seq=4)))
    with store.read() as tx:
        assert tuple(tx.incidents.facts(["a"])["a"]) == facts
        assert tuple(tx.incidents.facts_after("a", 2)) == facts[2:]
        assert list(tx.incidents.facts_after("a", 4)) == []
        assert list(tx.incidents.facts_after("unknown", 0)) == []


def test_incidents_without_facts_are_absent(store: Store) -> None:
    """Unknown ids are absent from facts and summaries; no ids give nothing."""
    put(store, appending("a", 1), appending("b", 2))
    with store.read() as tx:
        assert set(tx.incidents.facts(["a", "nobody"])) == {"a"}
        assert set(tx.incidents.summaries(["b", "nobody"])) == {"b"}
        assert tx.incidents.facts([]) == {}
        assert tx.incidents.summaries([]) == {}


def test_later_facts_follow_earlier_ones(store: Store) -> None:
    """Appending again adds facts and replaces the index row."""
    put(store, appending("a", 1))
    put(store, appending("a", 1, seqs=(2, 3), title="Checkout is slow", state=IncidentState.ACKNOWLEDGED))
    with store.read() as tx:
        assert [one.seq for one in tx.incidents.facts(["a"])["a"]] == [1, 2, 3]
        assert tx.incidents.summaries(["a"])["a"].title == "Checkout is slow"


def test_an_incident_may_come_twice_in_a_batch(store: Store) -> None:
    """Two appendings of one incident in one batch are kept in order; the last index row holds."""
    put(store, appending("a", 1, effect("x")), appending("a", 1, effect("x"), effect("y"), seqs=(2,), title="later"))
    with store.read() as tx:
        assert [one.seq for one in tx.incidents.facts(["a"])["a"]] == [1, 2]
        assert tx.incidents.summaries(["a"])["a"].title == "later"
        assert [one.effect.key for one in tx.outbox.entries("a")] == ["x", "y"]


def test_the_index_row_comes_back_as_it_was(store: Store) -> None:
    """Every field of an index row comes back equal."""
    full = summary(
        "a",
        7,
        severity=None,
        group_key="alertname=Slow",
        acknowledged_by="ana",
        commander="bo",
        next_due_at=NOW + MINUTE,
        next_due="page level 2",
        procedure="API not responding",
        drill=True,
        paging=False,
        resolved_at=NOW,
        state=IncidentState.RESOLVED,
    )
    put(store, Appending((recorded("a", 1),), full))
    with store.read() as tx:
        assert tx.incidents.summaries(["a"]) == {"a": full}


def test_a_lost_race_is_a_conflict_and_nothing_is_written(store: Store) -> None:
    """When any (incident, seq) exists already, append raises Conflict and the whole transaction leaves nothing."""
    put(store, appending("a", 1, seqs=(1, 2)))
    with pytest.raises(Conflict):
        put(store, appending("b", 2, effect("e", incident_id="b")), appending("a", 1, effect("late"), seqs=(2, 3)))
    with store.read() as tx:
        assert [one.seq for one in tx.incidents.facts(["a"])["a"]] == [1, 2]
        assert tx.incidents.facts(["b"]) == {}
        assert tx.incidents.summaries(["b"]) == {}
        assert tx.outbox.entries("a") == []
        assert tx.outbox.entries("b") == []


def test_of_two_nodes_that_decide_at_once_one_loses(node: Node) -> None:
    """Two nodes that append the same seq at the same time: exactly one commits, the other gets Conflict."""
    stores = [node.open(), node.open()]
    put(stores[0], appending("a", 1))
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def decide(store: Store, name: str) -> None:
        with store.read() as tx:
            seq = tx.incidents.facts(["a"])["a"][-1].seq
        start.wait()
        try:
            put(store, appending("a", 1, effect(f"page/{name}"), seqs=(seq + 1,), title=name))
        except Conflict:
            outcomes.append("conflict")
        else:
            outcomes.append(name)

    threads = [threading.Thread(target=decide, args=(store, f"n{n}")) for n, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[0] == "conflict"
    winner = max(outcomes)
    with stores[0].read() as tx:
        assert len(tx.incidents.facts(["a"])["a"]) == 2
        assert tx.incidents.summaries(["a"])["a"].title == winner
        assert [one.effect.key for one in tx.outbox.entries("a")] == [f"page/{winner}"]


def test_an_index_row_never_goes_back(store: Store) -> None:
    """An index row of an older seq is a Conflict: it was decided before somebody else's facts."""
    put(store, appending("a", 1, seqs=(1, 2, 3)))
    with pytest.raises(Conflict):
        put(store, Appending((), summary("a", last_seq=2, next_due_at=NOW)))
    put(store, Appending((), summary("a", last_seq=3, next_due_at=NOW + MINUTE)))
    with store.read() as tx:
        assert tx.incidents.summaries(["a"])["a"].next_due_at == NOW + MINUTE


def test_reindexing_replaces_whatever_the_row_says(store: Store) -> None:
    """Rebuilding from facts replaces index rows, even ones that claim a later seq."""
    put(store, appending("a", 1, seqs=(1, 2), next_due_at=NOW), appending("b", 2))
    with store.transact() as tx:
        tx.incidents.reindex([summary("a", last_seq=1, title="rebuilt")])
    with store.read() as tx:
        assert tx.incidents.summaries(["a"])["a"] == summary("a", last_seq=1, title="rebuilt")
        assert tx.incidents.due(NOW, 9) == []


def test_a_number_belongs_to_one_incident(store: Store) -> None:
    """Two incidents with one number are a Conflict."""
    put(store, appending("a", 1))
    with pytest.raises(Conflict):
        put(store, appending("b", 1))


def test_a_fact_with_text_that_is_no_unicode_is_refused(store: Store) -> None:
    """A lone surrogate within a fact is BadInput, not a lost batch."""
    bad = Recorded("b", 1, NOW, ANA, NoteAdded(text="\ud800"))
    with pytest.raises(BadInput), store.transact() as tx:
        tx.incidents.append([appending("a", 1), Appending((bad,), summary("b", 2))])
    with store.read() as tx:
        assert list(tx.incidents.all_ids()) == []


def test_all_ids_are_listed_once_and_in_order(store: Store) -> None:
    """``all_ids`` gives every incident that has facts, each once."""
    ids = [f"i{n:04}" for n in range(1203)]
    put(store, *(appending(id, n + 1, seqs=(1, 2)) for n, id in enumerate(ids)))
    with store.read() as tx:
        assert list(tx.incidents.all_ids()) == ids


def test_facts_of_a_type_since_an_instant(store: Store) -> None:
    """Facts of one type at or after an instant, oldest first, over all incidents."""
    facts = [
        recorded("a", 1, at=NOW),
        recorded("a", 2, Acknowledged(person="x"), NOW),
        recorded("a", 3, at=NOW + MINUTE),
    ]
    put(store, Appending(tuple(facts), summary("a", last_seq=3)))
    put(store, Appending((recorded("b", 1, at=NOW + SECOND),), summary("b", 2)))
    with store.read() as tx:
        found = tx.incidents.facts_of_type("NoteAdded", NOW)
        later = tx.incidents.facts_of_type("NoteAdded", NOW + timedelta(microseconds=1))
    assert [(one.incident_id, one.seq) for one in found] == [("a", 1), ("b", 1), ("a", 3)]
    assert [(one.incident_id, one.seq) for one in later] == [("b", 1), ("a", 3)]


def test_search_filters_and_pages(store: Store) -> None:
    """Search gives rows that fit every filter, newest number first, in pages."""
    put(
        store,
        appending("a", 1, title="Checkout 100% down", service="Shop", severity="P0"),
        appending("b", 2, title="Straße_gesperrt", service="Maps", procedure="Detour"),
        appending("c", 3, state=IncidentState.RESOLVED, severity=None),
        appending("d", 12, title="CHECKOUT slow"),
    )

    def search(**filters: object) -> list[int]:
        with store.read() as tx:
            return [one.number for one in tx.incidents.search(IncidentQuery(**filters))]  # type: ignore[arg-type]

    assert search() == [12, 3, 2, 1]
    assert search(limit=2) == [12, 3]
    assert search(before=3) == [2, 1]
    assert search(states=(IncidentState.RESOLVED,)) == [3]
    assert search(services=("Maps", "None")) == [2]
    assert search(severities=("P0", "P1")) == [12, 2, 1]
    assert search(text="checkout") == [12, 3, 1]
    assert search(text="down  CHECKOUT", states=(IncidentState.TRIGGERED,)) == [1]
    assert search(text="100%") == [1]
    assert search(text="_") == [2]
    assert search(text="STRASSE") == [2]
    assert search(text="detour maps") == [2]
    assert search(text="INC-12") == [12]
    assert search(text="!") == []


def test_the_newest_open_incident_of_each_group(store: Store) -> None:
    """For each group key its newest incident that is not resolved; the empty key has none."""
    put(
        store,
        appending("a", 1, group_key="g"),
        appending("b", 2, group_key="g", state=IncidentState.MITIGATED),
        appending("c", 3, group_key="g", state=IncidentState.RESOLVED),
        appending("d", 4, group_key="h", state=IncidentState.RESOLVED),
        appending("e", 5),
    )
    with store.read() as tx:
        found = tx.incidents.open_in_groups(["g", "h", "i", ""])
        assert tx.incidents.open_in_groups([]) == {}
    assert {key: one.incident_id for key, one in found.items()} == {"g": "b"}


def test_due_incidents_come_soonest_first(store: Store) -> None:
    """Incidents due at or before now, soonest first, up to the limit; later ones and ones without wait."""
    put(
        store,
        appending("late", 1, next_due_at=NOW + timedelta(microseconds=1)),
        appending("now", 2, next_due_at=NOW),
        appending("past", 3, next_due_at=NOW - MINUTE),
        appending("never", 4),
    )
    with store.transact() as tx:
        assert tx.incidents.due(NOW, 10) == ["past", "now"]
        assert tx.incidents.due(NOW, 1) == ["past"]
    with store.read() as tx:
        assert tx.incidents.next_due_at() == NOW - MINUTE
        assert tx.incidents.due(NOW - MINUTE - SECOND, 10) == []


def test_nothing_is_due_in_an_empty_store(store: Store) -> None:
    """Without a deadline there is no next one."""
    put(store, appending("a", 1))
    with store.read() as tx:
        assert tx.incidents.next_due_at() is None
        assert tx.incidents.due(NOW, 10) == []


def test_unattended_incidents_are_found(store: Store) -> None:
    """R4: an open, unacknowledged, paging incident without a deadline at hand and without a page on its way."""
    slack = timedelta(seconds=30)
    put(
        store,
        appending("nothing", 1),
        appending("overdue", 2, next_due_at=NOW - slack - timedelta(microseconds=1)),
        appending("just due", 3, next_due_at=NOW - slack),
        appending("ahead", 4, next_due_at=NOW + MINUTE),
        appending("acknowledged", 5, state=IncidentState.ACKNOWLEDGED, acknowledged_by="ana"),
        appending("resolved", 6, state=IncidentState.RESOLVED),
        appending("silent", 7, paging=False),
        appending("paged", 8, effect("p1", incident_id="paged")),
        appending("told", 9, effect("c1", EffectKind.CHAT, "told")),
    )
    with store.read() as tx:
        assert tx.incidents.unattended(NOW, slack) == ["nothing", "overdue", "told"]
    with store.transact() as tx:
        [claimed] = tx.outbox.claim([EffectKind.PAGE], NOW, MINUTE, "n", 9)
        assert tx.incidents.unattended(NOW, slack) == ["nothing", "overdue", "told"]
        tx.outbox.finish(claimed.effect.key, claimed.token, NOW)
        assert tx.incidents.unattended(NOW, slack) == ["nothing", "overdue", "paged", "told"]


def test_a_mitigated_incident_that_nobody_has_is_still_attended_to(store: Store) -> None:
    """R4 holds for every state but resolved, as long as somebody has to be woken."""
    put(store, appending("a", 1, state=IncidentState.MITIGATED))
    with store.read() as tx:
        assert tx.incidents.unattended(NOW, MINUTE) == ["a"]
    put(store, Appending((), replace(summary("a"), state=IncidentState.MITIGATED, paging=False)))
    with store.read() as tx:
        assert tx.incidents.unattended(NOW, MINUTE) == []


def test_r13_canaries_alone_can_be_forgotten(store: Store) -> None:
    """R13: an alert of our own leaves no trace, in no list; what is an incident of somebody's stays, whoever asks."""
    page = effect("page/CANARY-1", incident_id="CANARY-1")
    with store.transact() as tx:
        tx.incidents.append([appending("CANARY-1", -1, page), appending("INC-1", 1, seqs=(1, 2))])
        tx.phone.ring(PhoneMessage("p", "tocsin-canary", "CANARY-1", "text", "link", NOW))
        tx.phone.ring(PhoneMessage("q", "ana", "INC-1", "text", "link", NOW))
    with store.read() as tx:
        assert [row.incident_id for row in tx.incidents.search(IncidentQuery())] == ["INC-1"]
        assert [row.incident_id for row in tx.incidents.search(IncidentQuery(canaries=True))] == ["CANARY-1"]
    with store.transact() as tx:
        assert tx.incidents.forget(["CANARY-1", "INC-1"]) == 1
        assert tx.phone.forget("tocsin-canary") == 1
    with store.read() as tx:
        assert list(tx.incidents.all_ids()) == ["INC-1"]
        assert len(tx.incidents.facts(["INC-1"])["INC-1"]) == 2
        assert tx.incidents.search(IncidentQuery(canaries=True)) == []
        assert tx.outbox.backlog() == {}
        assert [message.id for message in tx.phone.messages(None, 10)] == ["q"]
