"""Which steps may be run by the product, by whom, and why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.app.shop import ANA, BO, EVA, PLAYBOOK, SECOND, SETTINGS, STEPS, Shop
from tocsin.app.desk import Asked
from tocsin.app.playbooks import plan_for
from tocsin.app.steps import StepView, command_hash
from tocsin.errors import NotAllowed, NotFound, Refused
from tocsin.incident.commands import LoseStep, Resolve
from tocsin.incident.facts import TOCSIN, StepOutcome


def opened() -> Shop:
    """A shop with an incident whose procedure is open."""
    shop = Shop()
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    return shop


def view(shop: Shop, title: str) -> StepView:
    """One step as a screen shows it."""
    return next(v for v in shop.steps.list(ANA, "INC-1").steps if v.step.title == title)


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("tail -f /var/log/shop.log", "it does not end by itself"),
        ('psql -h <db-host> -c "SELECT 1"', "it has blanks to fill in first: <db-host>"),
        ("systemctl restart checkout", "it is mutating: run it yourself"),
        ("Call the payment provider", "this step is for a person"),
    ],
)
def test_what_never_may_run_can_not_even_be_enabled(title: str, why: str) -> None:
    """R18: follows, blanks, changes, prose: refused with the reason, whoever asks."""
    shop = opened()
    with pytest.raises(Refused, match=why):
        shop.steps.enable(BO, "shop", STEPS[title])
    assert view(shop, title).why_not.startswith(why)


def test_a_step_runs_only_when_a_maintainer_enabled_it() -> None:
    """Everything begins as a checklist; a responder cannot enable, a viewer cannot run."""
    shop = opened()
    with pytest.raises(Refused, match="a maintainer has not enabled it"):
        shop.steps.run(ANA, "INC-1", STEPS["uptime"])
    with pytest.raises(NotAllowed):
        shop.steps.enable(ANA, "shop", STEPS["uptime"])
    shop.enable("uptime")
    with pytest.raises(NotAllowed):
        shop.steps.run(EVA, "INC-1", STEPS["uptime"])
    assert view(shop, "uptime").runnable


def test_enabling_is_audited_with_the_command() -> None:
    """R22: who allowed exactly what stands in the audit trail, from the same commit."""
    shop = opened()
    shop.enable("uptime")
    shop.steps.disable(BO, "shop", STEPS["uptime"])
    with shop.store.read() as tx:
        entries = [(e.who, e.verb, e.detail) for e in tx.audit.latest(2)]
    assert entries == [("bo", "step.disable", ""), ("bo", "step.enable", "uptime")]
    assert not view(shop, "uptime").runnable


def test_a_permission_holds_for_the_command_as_it_was_enabled() -> None:
    """F42: the runbook's command changed: the permission is void until somebody looks again."""
    shop = opened()
    step = shop.enable("uptime")
    with shop.store.transact() as tx:
        held = tx.steps.enabled("shop")[step]
        tx.steps.enable(replace(held, command_hash="of another command"))
    with pytest.raises(Refused, match="has changed since"):
        shop.steps.run(ANA, "INC-1", step)
    assert shop.steps.enabled(EVA, "shop") == {step: False}


def test_the_hash_covers_how_the_command_is_started() -> None:
    """The same words in another directory are another command."""
    step = PLAYBOOK.steps()[STEPS["uptime"]]
    assert step.command is not None
    elsewhere = replace(step, command=replace(step.command, directory="/srv"))
    assert command_hash(step) != command_hash(elsewhere)


def test_the_kill_switch_stops_all_execution() -> None:
    """One setting, and nothing runs."""
    shop = opened()
    shop.enable("uptime")
    shop.change_team(commands_enabled=False)
    with pytest.raises(Refused, match="all execution is switched off"):
        shop.steps.run(ANA, "INC-1", STEPS["uptime"])


def test_two_clicks_are_one_run() -> None:
    """F41: the second click while it runs is refused, and one command is started."""
    shop = opened()
    step = shop.enable("uptime")
    shop.steps.run(ANA, "INC-1", step)
    with pytest.raises(Refused, match="it is running"):
        shop.steps.run(ANA, "INC-1", step)
    shop.pass_time(SECOND)
    assert len(shop.runner.runs) == 1


def test_a_step_whose_outcome_is_unknown_waits_for_a_person() -> None:
    """R15: look whether it happened, tick it off, then it may run again."""
    shop = opened()
    step = shop.enable("uptime")
    acted = shop.steps.run(ANA, "INC-1", step)
    run = acted.incident.steps[step].run
    assert run is not None
    _lose(shop, run)
    with pytest.raises(Refused, match="its last run was lost half-way"):
        shop.steps.run(ANA, "INC-1", step)
    shop.steps.tick(ANA, "INC-1", step, StepOutcome.DONE, "it had happened")
    assert view(shop, "uptime").runnable


def _lose(shop: Shop, run: str) -> None:
    with shop.store.transact() as tx:
        shop.desk.decide_all(tx, [Asked("INC-1", LoseStep(run, "gone"), TOCSIN)], shop.clock.now())


def test_nothing_runs_for_a_resolved_incident() -> None:
    """It is over; reopen it to run anything."""
    shop = opened()
    shop.enable("uptime")
    shop.incidents.act(ANA, "INC-1", Resolve("fixed", override="seen"))
    with pytest.raises(Refused, match="INC-1 is resolved"):
        shop.steps.run(ANA, "INC-1", STEPS["uptime"])


def test_the_list_shows_the_next_step_to_do() -> None:
    """Ticked steps are behind; the next one that nobody did is marked."""
    shop = opened()
    assert shop.steps.list(EVA, "INC-1").next == view(shop, "uptime")
    shop.steps.tick(ANA, "INC-1", STEPS["uptime"], StepOutcome.SKIPPED)
    following = shop.steps.list(EVA, "INC-1").next
    assert following is not None
    assert following.step.title == "tail -f /var/log/shop.log"


def test_an_incident_keeps_the_steps_it_was_declared_with() -> None:
    """The runbook changes; the open incident still shows the one that it pinned."""
    shop = opened()
    other = replace(PLAYBOOK, id="sha256:other", procedures=())
    shop.playbooks.shelf["shop"] = plan_for(SETTINGS, other, "")
    assert shop.steps.list(ANA, "INC-1").procedure is not None
    with pytest.raises(NotFound):
        shop.steps.enable(BO, "shop", STEPS["uptime"])
