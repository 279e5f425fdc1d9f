"""The look, before the incident, whether the enabled steps would find what they need."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.app.shop import ANA, BO, Shop
from tests.app.test_steps import KUBE
from tests.stage.child import eventually
from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.execution.preflight import CLAIMED, Preflights
from tocsin.app.ports import Execution, Hear, Job
from tocsin.errors import NotAllowed, Refused
from tocsin.incident.target import TargetKind
from tocsin.runbook.command.pinning import Pins


def preflights(shop: Shop) -> Preflights:
    """The use case over a real runner."""
    return Preflights(shop.store, shop.clock, lambda: shop.team, shop.playbooks, {TargetKind.LOCAL: LocalSteps()})


def enable(shop: Shop, *titles: str) -> None:
    """Let these steps be run."""
    for title in titles:
        shop.enable(title)


def test_what_is_there_is_no_finding_and_what_is_missing_says_so() -> None:
    """The program is looked for on the machine where the step would run."""
    shop = Shop()
    enable(shop, "uptime", "redis-cli FLUSHALL", "systemctl restart checkout")
    seen = preflights(shop).look()
    said = {one.title: one.says for one in seen.found}
    assert "uptime" not in said
    assert seen.steps == 3
    assert seen.probes >= 3
    assert any("checkout" in says or "systemctl" in says for says in said.values())
    assert all(one.line for one in seen.found)
    assert preflights(shop).last(ANA) == seen


def test_a_command_that_changed_since_it_was_enabled_is_told() -> None:
    """Rot of the permission: nobody has read what would run now, so nothing does."""
    shop = Shop()
    id = shop.enable("uptime")
    with shop.store.transact() as tx:
        allowed = tx.steps.enabled("shop")[id]
        tx.steps.enable(replace(allowed, command_hash="another"))
        tx.steps.enable(replace(allowed, step="gone-from-the-runbook"))
    says = sorted(one.says for one in preflights(shop).look().found)
    assert says[0].startswith("it is not in the runbook any more")
    assert says[1].startswith("its command has changed")


def test_a_host_that_is_not_reached_is_told_for_each_step_and_asked_once() -> None:
    """A dead host does not cost its time-out once for each step."""
    shop, asked = Shop(), []

    class Unreachable:
        """A host that is down."""

        def run(self, job: Job, *, hear: Hear, cancelled: object) -> Execution:
            asked.append(job)
            return Execution((), "", False, False, 10.0, "nothing was run: production was not reached")

    enable(shop, "uptime", "redis-cli FLUSHALL")
    target = replace(shop.team.targets["local"], kind=TargetKind.SSH)
    shop.change_team(targets={"local": target})
    look = Preflights(shop.store, shop.clock, lambda: shop.team, shop.playbooks, {TargetKind.SSH: Unreachable()})
    seen = look.look()
    assert len(asked) == 1
    assert [one.says for one in seen.found] == ["nothing was run: production was not reached"] * 2


def test_nothing_is_looked_at_while_execution_is_halted() -> None:
    """The switch stops all of it; whoever may only read may not look either."""
    shop = Shop()
    shop.halting.halt(BO, "the host is wrong")
    with pytest.raises(Refused, match="halted by"):
        preflights(shop).look()
    with pytest.raises(Refused):
        preflights(shop).begin(BO)
    with pytest.raises(NotAllowed):
        preflights(shop).begin(ANA)


def test_it_looks_once_a_day_whoever_comes_first() -> None:
    """Two nodes look once, and again when a day has gone by, also after a restart."""
    shop = Shop()
    first, second = preflights(shop), preflights(shop)
    assert [one._claimed() for one in (first, second, first)] == [True, False, False]
    shop.pass_time(timedelta(hours=24))
    assert [one._claimed() for one in (second, first)] == [True, False]
    with shop.store.read() as tx:
        assert tx.keep.get(CLAIMED) == shop.clock.now().isoformat()


def test_whoever_asks_has_it_done_soon() -> None:
    """A press on the page waits for no host: the loop looks, and says that it does until it has."""
    shop, stop = Shop(), threading.Event()
    shop.enable("uptime")
    look = preflights(shop)
    look.begin(BO)
    assert look.looking
    thread = threading.Thread(target=look.run, args=(stop,), daemon=True)
    thread.start()
    assert eventually(lambda: look.last(BO) is not None and not look.looking, 30)
    stop.set()
    look.bell.ring()
    thread.join(30)
    assert not thread.is_alive()
    with shop.store.read() as tx:
        assert "step.preflight" in [entry.verb for entry in tx.audit.latest(10)]


def test_the_look_goes_to_the_cluster_that_the_target_is_held_to() -> None:
    """P3: a deployment that is found elsewhere is no deployment that is there."""
    shop, asked = Shop(KUBE), []

    class Host:
        """Answers everything, and keeps what it was asked."""

        def run(self, job: Job, *, hear: Hear, cancelled: object) -> Execution:
            asked.append(job.pipeline[0])
            return Execution((0,), "deployment.apps/bookings\n", False, False, 0.1)

    shop.change_team(targets={"local": replace(shop.team.targets["local"], pins=Pins(kubectl_context="prod"))})
    steps = shop.playbooks.shelf["shop"].playbook.steps().values()
    shop.enable_step(next(step.id for step in steps if "scale" in step.title))
    look = Preflights(shop.store, shop.clock, lambda: shop.team, shop.playbooks, {TargetKind.LOCAL: Host()})
    look.look()
    assert [words[:2] for words in asked if words[0] == "kubectl"] == [("kubectl", "--context=prod")]
    assert [words[-1] for words in asked if words[0] == "sh"] == ["kubectl"]  # whether it is installed is asked too
