"""Probes added by hand: kept beyond a restart, known to every node, behind what the team's file says."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from tests.app.shop import ANA, Shop
from tests.stage.child import eventually
from tocsin.adapters.fakes import FakeProber
from tocsin.alerts.probe import Probe, ProbeKind
from tocsin.app.access import Role, person
from tocsin.app.intake.added_probes import KEPT, AddedProbe, AddedProbes, added_in, beside
from tocsin.app.reloading import InForce, Reloading
from tocsin.errors import NotAllowed, NotFound, Unavailable
from tocsin.incident.facts import Via

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADDRESS = "https://api.harbour-shop.net/health"
ONE = AddedProbe("shop-health", "shop", ADDRESS, 12, "ana", AT)


class Adding(Shop):
    """A shop with two nodes that both read what was added."""

    def __init__(self) -> None:
        super().__init__()
        self.prober = FakeProber()
        self.nodes = [self.node(), self.node()]

    def node(self) -> Reloading:
        """What a process has that begins now."""
        with self.store.read() as tx:
            in_force = InForce(self.team, added_in(tx))
        return Reloading(in_force, self.playbooks, self.clock, None, lambda: self.team, self.store)

    @property
    def adding(self) -> AddedProbes:
        """The use cases, at the first node."""
        first = self.nodes[0]
        return AddedProbes(self.store, self.clock, first.in_force, self.playbooks, self.prober, first.take_added)

    def keep(self, *added: AddedProbe) -> None:
        """So much was added."""
        with self.store.transact() as tx:
            tx.keep.put(KEPT, msgspec.json.encode(added).decode())


def test_what_one_node_adds_the_other_knows_at_its_next_look_and_a_restart_knows_at_once() -> None:
    """What a probe tells is read by any node: each has to know whose voice it is."""
    shop = Adding()
    first, second = shop.nodes
    shop.keep(ONE)
    assert first.in_force().voice(ONE.name) is None
    for node in shop.nodes:
        node.take_added()
    known = {ONE.name: Probe(ONE.name, "shop", ProbeKind.HTTP, ADDRESS)}
    assert first.in_force().probes == second.in_force().probes == known
    assert shop.node().in_force().voice(ONE.name) is not None
    shop.keep()
    second.take_added()
    assert second.in_force().probes == {}


def test_the_team_stays_the_same_object_until_something_changes() -> None:
    """The loops tell by it whether anything is new."""
    shop = Adding()
    node = shop.nodes[0]
    shop.keep(ONE)
    node.take_added()
    before = node.in_force()
    node.take_added()
    assert node.in_force() is before


def test_what_is_added_stays_when_the_file_is_read_anew() -> None:
    """A reload replaces what the file says, and nothing else."""
    shop = Adding()
    node = shop.nodes[0]
    shop.keep(ONE)
    node.take_added()
    node.reload()
    assert ONE.name in node.in_force().probes


def test_a_database_that_is_away_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was in force stays so."""
    shop = Adding()
    node = shop.nodes[0]
    shop.keep(ONE)
    node.take_added()

    def away() -> object:
        raise Unavailable

    monkeypatch.setattr(type(shop.store), "read", lambda self: away())
    node.take_added()
    assert ONE.name in node.in_force().probes


@pytest.mark.parametrize(
    "declared",
    [
        Probe("shop-health", "shop", ProbeKind.HTTP, "https://other.harbour-shop.net/"),
        Probe("health", "shop", ProbeKind.HTTP, ADDRESS, severity="P0"),
    ],
)
def test_what_the_file_says_goes_before_what_was_added(declared: Probe) -> None:
    """By its name and by its address: nothing is looked at twice, and the file's severity counts."""
    team = replace(Shop().team, probes={declared.name: declared})
    assert beside(team, (ONE,)).probes == {declared.name: declared}


def test_what_was_added_for_a_service_that_is_gone_is_not_looked_at() -> None:
    """No alert of it could become an incident."""
    assert beside(Shop().team, (msgspec.structs.replace(ONE, service="gone"),)).probes == {}


def test_only_who_may_maintain_adds_and_removes() -> None:
    """Whoever only responds sees them."""
    shop = Adding()
    shop.keep(ONE)
    shop.nodes[0].take_added()
    responder = ANA
    assert list(shop.adding.all(responder)) == [ONE.name]
    with pytest.raises(NotAllowed):
        shop.adding.add(responder, "shop", ADDRESS)
    with pytest.raises(NotAllowed):
        shop.adding.remove(responder, ONE.name)


def test_what_was_not_added_by_hand_cannot_be_removed_so() -> None:
    """The message says where it stands, or what there is."""
    shop = Adding()
    shop.keep(ONE)
    shop.change_team(probes={"web": Probe("web", "shop", ProbeKind.HTTP, "https://web.harbour-shop.net/")})
    for node in shop.nodes:
        node.reload()
    maintainer = person("max", Role.MAINTAINER, Via.WEB)
    with pytest.raises(NotFound, match=r"stands in tocsin\.toml"):
        shop.adding.remove(maintainer, "web")
    with pytest.raises(NotFound, match="there are: shop-health"):
        shop.adding.remove(maintainer, "none")


def test_what_cannot_be_read_does_not_end_the_looking_at_the_files(caplog: pytest.LogCaptureFixture) -> None:
    """A value that is no list of probes is logged, and what was in force stays so."""
    shop = Adding()
    node, stop = shop.nodes[0], threading.Event()
    with shop.store.transact() as tx:
        tx.keep.put(KEPT, "{")
    running = threading.Thread(target=node.run, args=(stop,))
    running.start()
    node.bell.ring()
    assert eventually(lambda: "it stays as it was" in caplog.text)
    assert running.is_alive()
    stop.set()
    node.bell.ring()
    running.join(10)
