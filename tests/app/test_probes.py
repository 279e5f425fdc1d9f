"""Probes: their failure becomes an incident like any alert, once, after a restart and on two nodes too."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import msgspec
import psycopg
import pytest

from tests.app.shop import ANA, BO, MINUTE, SECOND, Shop, types
from tests.stage.child import eventually
from tests.stage.postgresql import Database
from tocsin.adapters.database.opening import open_store
from tocsin.adapters.fakes import FakeProber
from tocsin.alerts.probe import Probe, ProbeKind
from tocsin.app.intake.probes import LEASE, RENEW, TOLD_AGAIN, WATCH, Probes, ProbeStanding, Watch
from tocsin.app.store import Store
from tocsin.clock import MovableClock
from tocsin.errors import Unavailable
from tocsin.incident.commands import Resolve

EVERY = 10 * SECOND


def http(name: str, host: str = "", **more: Any) -> Probe:
    """A probe that looks each ten seconds: three bad looks in a minute, two good ones."""
    values: dict[str, Any] = {"every": EVERY, "timeout": 5 * SECOND, "within": MINUTE, "severity": "P0"} | more
    return Probe(name, "shop", ProbeKind.HTTP, f"https://{host or name}.example.com/health", **values)


class Watched(Shop):
    """A shop with probes, and a node that looks."""

    def __init__(self, *probes: Probe, store: Store | None = None) -> None:
        super().__init__(store=store)
        self.prober = FakeProber()
        self.declare_probes(*(probes or (http("web"),)))
        self.probes = self.node()

    def declare_probes(self, *probes: Probe) -> None:
        """`tocsin.toml` is reloaded with these."""
        self.change_team(probes={one.name: one for one in probes})

    def node(self, name: str = "one", store: Store | None = None) -> Probes:
        """Somebody who looks, as a process has it that has just begun."""
        return Probes(store or self.store, self.clock, lambda: self.team, self.prober, name, lambda: None)

    def settle(self, probes: Probes | None = None) -> int:
        """Look at all that is due now, take in what was seen, read what was told; how many were told."""
        node, told = probes or self.probes, 0
        for _ in range(4):
            told += node.turn()
            assert eventually(lambda: all(one.hangs for one in list(node._flights.values())))
        while self.hearing.digest():
            pass
        return told

    def look(self, times: int = 1, *, after: timedelta = EVERY) -> int:
        """So many rounds of looking, with so much time before each."""
        told = 0
        for _ in range(times):
            self.clock.move_by(after)
            told += self.settle()
        return told

    def titles(self) -> list[str]:
        """The incidents there are."""
        return [row.title for row in self.rows()]

    def standing(self, name: str = "web") -> ProbeStanding:
        """How a probe is doing, as people see it."""
        return next(one for one in self.probes.all(ANA) if one.probe.name == name)


@pytest.fixture
def shop() -> Watched:
    return Watched()


def test_three_bad_looks_are_one_incident_and_two_good_ones_end_its_alert(shop: Watched) -> None:
    """With the severity of the team, the procedure whose symptom the words are, and one page."""
    assert shop.settle() == 0
    shop.prober.trouble["web"] = "answered 502 Bad Gateway, not 2xx"
    assert shop.look(2) == 0
    assert shop.look() == 1
    assert shop.titles() == ["Probe web fails: answered 502 Bad Gateway, not 2xx"]
    assert shop.incident().severity == "P0"
    assert types(shop.facts()).count("Paged") == 1
    assert shop.look(5) == 0
    shop.prober.trouble.clear()
    assert shop.look() == 0
    assert shop.incident().cleared_at is None
    assert shop.look() == 1
    assert shop.incident().cleared_at == shop.clock.now()
    assert shop.look(5) == 0


def test_a_probe_that_is_never_looked_at_before_its_time_keeps_its_rhythm(shop: Watched) -> None:
    """Once each ten seconds, also after a restart: what was seen is not seen anew."""
    shop.settle()
    for _ in range(3):
        shop.clock.move_by(3 * SECOND)
        shop.probes = shop.node()
        shop.settle()
    assert len(shop.prober.looked) == 1
    shop.clock.move_by(SECOND)
    shop.settle()
    assert len(shop.prober.looked) == 2


def test_a_restart_in_the_middle_counts_what_was_seen_before_it(shop: Watched) -> None:
    """Two bad looks before it and one after it are three; what was told is not told again."""
    shop.prober.trouble["web"] = "502"
    shop.settle()
    shop.look()
    shop.probes = shop.node()
    assert shop.look() == 1
    shop.probes = shop.node()
    assert shop.look(3) == 0
    shop.prober.trouble.clear()
    shop.probes = shop.node()
    assert shop.look(2) == 1
    assert shop.incident().cleared_at == shop.clock.now()


def test_two_nodes_do_not_look_twice_and_one_takes_over_when_the_other_is_gone(shop: Watched) -> None:
    """The lease of a dead node runs out; one that stops gives it back at once."""
    other = shop.node("two")
    shop.settle()
    assert shop.settle(other) == 0
    assert len(shop.prober.looked) == 1
    shop.clock.move_by(LEASE - SECOND)
    shop.settle(other)
    assert len(shop.prober.looked) == 1
    shop.clock.move_by(SECOND)
    shop.settle(other)
    shop.settle()
    assert len(shop.prober.looked) == 2
    stop = threading.Event()
    stop.set()
    other.run(stop)
    shop.clock.move_by(EVERY)
    shop.settle()
    assert len(shop.prober.looked) == 3


@pytest.mark.component("postgresql")
def test_of_two_nodes_that_ask_at_the_same_moment_one_looks(migrated_postgresql: Database) -> None:
    """Whoever asks while another takes the lease waits, and then sees that it is taken."""
    with closing(open_store(migrated_postgresql.dsn)) as one, closing(open_store(migrated_postgresql.dsn)) as two:
        shop = Watched(store=two)
        late = Thread(target=shop.probes.turn)
        with one.transact() as tx:
            tx.keep.take_turn(WATCH)
            late.start()
            assert eventually(lambda: _waits_for_a_lock(migrated_postgresql) or not late.is_alive())
            lease = Watch("the other", shop.clock.now() + LEASE)
            tx.keep.put(WATCH, msgspec.json.encode(lease).decode())
        late.join(20)
        assert not late.is_alive()
        assert eventually(lambda: not shop.probes._flights)
        assert shop.prober.looked == []


def _waits_for_a_lock(database: Database) -> bool:
    with psycopg.connect(database.dsn) as connection:
        found = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return found is not None and found[0] > 0


def test_a_node_that_lost_its_lease_says_nothing_of_what_it_saw(shop: Watched) -> None:
    """It was stopped for a minute in the middle of a look: another one has looked since, and its word holds."""
    shop.prober.trouble["web"] = "502"
    shop.settle()
    shop.look()
    held = shop.prober.hang["web"] = threading.Event()
    shop.clock.move_by(EVERY)
    shop.probes.turn()
    assert eventually(lambda: len(shop.prober.looked) == 3)
    shop.clock.move_by(LEASE)
    other = shop.node("two")
    shop.prober.hang.clear()
    shop.prober.trouble.clear()
    shop.settle(other)
    shop.prober.trouble["web"] = "502"
    held.set()
    assert eventually(lambda: not shop.probes._flights)
    assert shop.settle() == 0
    assert shop.titles() == []
    assert [look.good for look in shop.standing().course.looks] == [False, False, True]


def test_of_two_nodes_whose_clocks_differ_one_holds(shop: Watched) -> None:
    """Another one took over, because by its clock the lease had run out: what is seen here meanwhile is not kept."""
    shop.settle()
    other = shop.node("two")
    other.clock = MovableClock(shop.clock.now() + LEASE)
    other.turn()
    assert eventually(lambda: not other._flights)
    other.turn()
    shop.prober.trouble["web"] = "502"
    shop.clock.move_by(RENEW - SECOND)
    shop.probes._begin(shop.team.probes["web"], shop.clock.now())
    assert eventually(lambda: not shop.probes._flights)
    assert shop.probes.turn() == 0
    assert [look.good for look in shop.standing().course.looks] == [True, True]


def test_a_look_that_hangs_is_a_bad_one_and_holds_up_no_other() -> None:
    """Its thread is left alone, the others go on, and it is not begun a second time beside itself."""
    shop = Watched(http("stuck", timeout=timedelta(0), every=timedelta(0)), http("fine"))
    held = shop.prober.hang["stuck"] = threading.Event()
    shop.probes.turn()
    try:
        assert eventually(lambda: shop.probes.turn() or len(shop.standing("stuck").course.looks) >= 1, within=30)
        shop.clock.move_by(EVERY)
        assert eventually(lambda: shop.probes.turn() or len(shop.standing("fine").course.looks) == 2)
        assert "hangs" in shop.standing("stuck").course.looks[-1].says
        assert [name for name, _ in shop.prober.looked].count("stuck") == 1
        assert eventually(lambda: shop.probes.turn() or shop.standing("stuck").course.failing)
    finally:
        held.set()


def test_when_all_fail_at_once_it_may_be_our_own_network_and_one_page_says_so() -> None:
    """Of three hosts none answers: one incident, that names them; no page for each."""
    shop = Watched(http("web"), http("api", every=2 * EVERY), http("mail", every=2 * EVERY))
    shop.settle()
    shop.prober.trouble = dict.fromkeys(("web", "api", "mail"), "its name cannot be resolved")
    assert shop.look(3) == 1
    assert shop.titles() == ["All probes fail at once: it may be our own network"]
    assert shop.look(30) == 0
    assert types(shop.facts()).count("Paged") == 1
    shop.prober.trouble.clear()
    assert shop.look(3) == 1
    assert shop.incident().cleared_at is not None
    assert shop.look(30) == 0
    assert shop.titles() == ["All probes fail at once: it may be our own network"]


def test_that_all_fail_is_told_again_when_it_goes_on_after_a_person_resolved_it() -> None:
    """An hour later at the earliest, as for a single probe: somebody must know that nothing answers yet."""
    shop = Watched(http("web"), http("api"))
    shop.settle()
    shop.prober.trouble = dict.fromkeys(("web", "api"), "no answer")
    shop.look(3)
    shop.incidents.act(ANA, "INC-1", Resolve(override="it is our own network"))
    assert shop.look(5) == 0
    assert shop.look(after=TOLD_AGAIN) == 1
    assert shop.titles() == ["All probes fail at once: it may be our own network"] * 2


def test_that_all_fail_is_told_also_when_no_new_look_brought_it_out() -> None:
    """The word on all waited for a probe that hangs, and a reload took it out: nothing new is seen, yet it is told."""
    shop = Watched(http("web"), http("api"), http("mail", every=timedelta(hours=1), timeout=MINUTE))
    shop.settle()
    shop.prober.trouble = dict.fromkeys(("web", "api"), "no answer")
    held = shop.prober.hang["mail"] = threading.Event()
    try:
        shop.look(2)
        shop.clock.move_by(EVERY)
        shop.probes.turn()
        assert eventually(lambda: set(shop.probes._flights) <= {"mail"})
        assert shop.probes.turn() == 0
        assert eventually(lambda: [name for name, _ in shop.prober.looked].count("mail") == 2)
        shop.declare_probes(http("web"), http("api"))
        assert shop.probes.turn() == 1
    finally:
        held.set()
    shop.settle()
    assert shop.titles() == ["All probes fail at once: it may be our own network"]
    shop.probes = shop.node()
    assert shop.look(3) == 0


def test_what_still_fails_when_the_network_is_back_is_told_by_itself() -> None:
    """The outage hid it; it is looked at once more before anybody is woken for it."""
    shop = Watched(http("web"), http("api"), http("mail"))
    shop.settle()
    shop.prober.trouble = dict.fromkeys(("web", "api", "mail"), "no answer")
    shop.look(5)
    del shop.prober.trouble["web"], shop.prober.trouble["mail"]
    shop.look(4)
    assert shop.titles()[1:] == ["Probe api fails: no answer"]
    assert shop.incident("INC-1").cleared_at is not None


def test_before_one_is_told_by_itself_the_others_are_looked_at_at_once() -> None:
    """Their own time would come in an hour; the page waits for a look, not for that."""
    shop = Watched(http("web"), http("slow", every=timedelta(hours=1)))
    shop.settle()
    shop.prober.trouble["web"] = "502"
    assert shop.look(3) == 1
    assert shop.titles() == ["Probe web fails: 502"]
    assert [name for name, _ in shop.prober.looked].count("slow") == 2


def test_trouble_that_goes_on_after_a_person_resolved_it_is_told_again(shop: Watched) -> None:
    """An hour later at the earliest: it still fails, and somebody must know."""
    shop.prober.trouble["web"] = "502"
    shop.look(3)
    shop.incidents.act(ANA, "INC-1", Resolve(override="looks fine to me"))
    assert shop.look(5) == 0
    assert shop.look(after=TOLD_AGAIN) == 1
    assert shop.titles() == ["Probe web fails: 502"] * 2


@pytest.mark.parametrize("away", [False, True], ids=["reloaded", "restarted"])
def test_a_probe_that_is_taken_out_of_the_settings_ends_with_its_alert(shop: Watched, *, away: bool) -> None:
    """Nothing else could end it; put back, it begins anew."""
    shop.prober.trouble["web"] = "502"
    shop.look(3)
    shop.declare_probes()
    if away:
        shop.probes = shop.node()
    shop.settle()
    assert shop.incident().cleared_at == shop.clock.now()
    shop.declare_probes(http("web"))
    assert shop.look(2) == 0
    assert shop.look() == 1


def test_a_probe_of_another_service_ends_there_and_begins_anew(shop: Watched) -> None:
    """The alert is that service's; left firing there, nothing could end it any more."""
    shop.prober.trouble["web"] = "502"
    shop.look(3)
    shop.declare_probes(replace(http("web"), service="elsewhere"))
    shop.settle()
    assert shop.incident().cleared_at == shop.clock.now()


def test_all_probes_that_fail_end_with_the_probe_in_whose_name_it_was_told() -> None:
    """Whatever the settings are afterwards, no alert is left that nothing can end."""
    shop = Watched(http("web"), http("api"))
    shop.prober.trouble = dict.fromkeys(("web", "api"), "no answer")
    shop.look(3)
    shop.declare_probes(http("api"))
    shop.settle()
    assert shop.incident().cleared_at == shop.clock.now()


def test_no_command_is_run_while_execution_is_stopped() -> None:
    """By the settings or by a person: the page says why nobody looks, and the others go on."""
    shop = Watched(Probe("queue", "shop", ProbeKind.COMMAND, command=("true",), every=EVERY), http("web"))
    shop.change_team(commands_enabled=False)
    shop.look(2)
    assert "server.commands" in shop.standing("queue").off
    shop.change_team(commands_enabled=True)
    shop.halting.halt(BO, "somebody is in the system")
    shop.look(2)
    assert "somebody is in the system" in shop.standing("queue").off
    assert {name for name, _ in shop.prober.looked} == {"web"}
    shop.halting.resume(BO)
    shop.look()
    assert {name for name, _ in shop.prober.looked} == {"web", "queue"}


class Full:
    """A store that cannot be written for a while."""

    def __init__(self, store: Store) -> None:
        self.store, self.full = store, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def transact(self) -> Any:
        """A transaction, unless the disk is full."""
        if self.full:
            raise Unavailable("the disk is full")
        return self.store.transact()


def test_what_was_seen_while_nothing_could_be_stored_is_told_later() -> None:
    """The third bad look came while the disk was full: it counts once it is not."""
    store: Any = Full(Shop().store)
    shop = Watched(store=store)
    shop.prober.trouble["web"] = "502"
    shop.look(2)
    shop.clock.move_by(EVERY)
    shop.probes.turn()
    assert eventually(lambda: not shop.probes._flights)
    store.full = True
    with pytest.raises(Unavailable):
        shop.probes.turn()
    store.full = False
    shop.prober.trouble.clear()
    assert shop.settle() == 1
    assert shop.titles() == ["Probe web fails: 502"]


def test_without_probes_nothing_is_read_or_written() -> None:
    """An installation that has none pays nothing for them."""
    shop = Watched()
    shop.declare_probes()
    shop.probes.turn()
    shop.probes.store = None  # type: ignore[assignment]  # whatever is asked of it would fail
    assert shop.probes.turn() == 0
