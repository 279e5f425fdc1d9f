"""Which steps may be run by the product, by whom, and why not."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from tests.app.shop import ANA, BO, EVA, PLAYBOOK, SECOND, SETTINGS, STEPS, Shop
from tocsin.app.access import Permission, link_holder
from tocsin.app.desk import Asked
from tocsin.app.execution.carrier import StepCarrier, job_of
from tocsin.app.execution.dispatching import QUEUED
from tocsin.app.execution.halting import KEPT, Halt
from tocsin.app.execution.starting import Given
from tocsin.app.execution.views import StepView, command_hash
from tocsin.app.playbooks import plan_for
from tocsin.app.ports import Execution, Hear, Job, Shell, Suggestion
from tocsin.errors import NotAllowed, NotFound, Refused
from tocsin.incident.commands import LoseStep, Resolve
from tocsin.incident.consent import Shown
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import TOCSIN
from tocsin.incident.step_facts import StepOutcome, StepOutcomeUnknown
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.target import Target, TargetKind
from tocsin.runbook.command.blanks import blanks
from tocsin.runbook.command.commands import shell_command
from tocsin.runbook.command.pinning import Pins
from tocsin.runbook.command.shell import Statement
from tocsin.runbook.command.shelled import SHELL

PSQL = 'psql -h <db-host> -c "SELECT 1"'
FLUSH = "redis-cli FLUSHALL"


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
        ("nano /etc/shop.conf", "it does not end by itself"),
        ("curl https://api.yourdomain.com/health", "api.yourdomain.com is an example in the runbook"),
        ("Call the payment provider", "this step is for a person"),
    ],
)
def test_what_never_may_run_can_not_even_be_enabled(title: str, why: str) -> None:
    """R18: terminals, examples, prose: refused with the reason, whoever asks."""
    shop = opened()
    with pytest.raises(Refused, match=why):
        shop.steps.enable(BO, "shop", STEPS[title])
    assert view(shop, title).why_not.startswith(why)


LOOP = "for i in 1 2; do uptime; done"


def test_a_shell_needs_a_word_of_its_own_from_a_maintainer() -> None:
    """Refused without, audited with it, and bound to these words: what is enabled for a shell is nothing else."""
    shop = opened()
    assert view(shop, LOOP).in_shell
    with pytest.raises(Refused, match="only a shell can run it") as refused:
        shop.steps.enable(BO, "shop", STEPS[LOOP])
    assert refused.value.reason == "needs_shell"
    assert "has not enabled it" in view(shop, LOOP).why_not
    allowed = shop.steps.enable(BO, "shop", STEPS[LOOP], shell=True)
    assert view(shop, LOOP).runnable
    with shop.store.read() as tx:
        entry = next(one for one in tx.audit.latest(3) if one.verb == "step.enable")
    assert entry.detail == f"in a shell: {LOOP}"
    step = view(shop, LOOP).step
    assert step.command is not None
    plain = replace(step, command=replace(step.command, needs_shell=False, pipeline=(("uptime",),)))
    assert allowed.command_hash != command_hash(plain)


def test_what_a_shell_runs_is_confirmed_even_when_it_seems_to_look_only() -> None:
    """Its run is started as it reads, with the shell and its bounds in the digest that consent is given to."""
    shop = opened()
    shop.steps.enable(BO, "shop", STEPS[LOOP], shell=True)
    shown = view(shop, LOOP)
    assert (shown.only_looks, shown.runs_at_once) == (False, False)
    with pytest.raises(Refused, match="confirm"):
        shop.steps.run(ANA, "INC-1", STEPS[LOOP])
    shop.runner.plan(Execution((0,), "up\n", False, False, 0.1))
    shop.steps.run(ANA, "INC-1", STEPS[LOOP], Given(confirmed=True))
    shop.pass_time(SECOND)
    ((_at, pipeline, _directory),) = shop.runner.runs
    assert pipeline == ((*SHELL, LOOP),)
    shown_first = shop.steps.preview(ANA, "INC-1", STEPS[LOOP], {})
    assert (shown_first.text, shown_first.shell, job_of("r", shown_first).shell) == (LOOP, Shell(), Shell())


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
    one, other = (replace(step, command=replace(step.command, host=host)) for host in ("staging-1", "production-1"))
    assert len({command_hash(step), command_hash(one), command_hash(other)}) == 3


def test_one_look_is_one_run() -> None:
    """A page that is sent twice runs nothing twice, also when the first run has ended meanwhile (R15, F41)."""
    shop = opened()
    step = shop.enable("systemctl restart checkout")
    shown = Shown(shop.steps.preview(ANA, "INC-1", step, {}).digest)
    shop.runner.plan(Execution((0,), "", False, False, 0.1))
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, shown=shown))
    shop.pass_time(SECOND)
    with pytest.raises(Refused, match="has been run since it was shown") as refused:
        shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, shown=shown))
    assert refused.value.reason == "run_since"
    assert len(shop.runner.runs) == 1
    again = replace(shown, last_run=shop.incident().steps[step].run or "")
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, shown=again))


def test_a_permission_that_is_taken_back_stops_what_waits_to_start() -> None:
    """F42: between the order and the start a maintainer thought better of it: nothing runs."""
    shop = opened()
    step = shop.enable("systemctl restart checkout")
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    shop.steps.disable(BO, "shop", step)
    shop.pass_time(SECOND)
    assert shop.runner.runs == []
    assert "took the permission for it back" in shop.incident().steps[step].output


def test_what_was_shown_is_what_runs() -> None:
    """The settings moved between the look and the press: nothing runs elsewhere than where it was read (R14)."""
    shop = opened()
    step = shop.enable("systemctl restart checkout")
    elsewhere = replace(shop.team.services["shop"], directory=Path("/srv/stage"))
    shown = Shown(shop.steps.preview(ANA, "INC-1", step, {}).digest)
    shop.change_team(services={"shop": elsewhere})
    with pytest.raises(Refused, match="has changed since it was shown") as refused:
        shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, shown=shown))
    assert refused.value.reason == "changed"
    assert shop.runner.runs == []


def test_the_kill_switch_stops_all_execution() -> None:
    """One setting, and nothing runs."""
    shop = opened()
    shop.enable("uptime")
    shop.change_team(commands_enabled=False)
    with pytest.raises(Refused, match="all execution is switched off"):
        shop.steps.run(ANA, "INC-1", STEPS["uptime"])


def test_what_was_ordered_before_all_execution_was_switched_off_does_not_run() -> None:
    """Nor is it approved."""
    shop = opened()
    run = ask_for_the_flush(shop)
    step = shop.enable("uptime")
    shop.steps.run(ANA, "INC-1", step)
    shop.change_team(commands_enabled=False)
    shop.work()
    assert shop.runner.runs == []
    assert shop.incident().steps[step].outcome is StepOutcome.CANCELLED
    with pytest.raises(Refused, match="all execution is switched off"):
        shop.steps.approve(BO, "INC-1", run, digest_of(shop))


@dataclass
class Lasting:
    """Runs until it is to be ended, for ten looks at most; something happens as soon as it runs."""

    happens: Callable[[], object]

    def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
        self.happens()
        return Execution((143,), "", False, False, 1.0, cancelled=any(cancelled() for _ in range(10)))


@pytest.mark.parametrize("switch", ["halt", "setting"])
def test_what_runs_is_ended_when_all_execution_is_stopped(switch: str) -> None:
    """By a person's word, and by the file once it is read again."""
    shop = opened()
    step = shop.enable("uptime")
    carrier = shop.courier.carriers[EffectKind.STEP]
    assert isinstance(carrier, StepCarrier)
    carrier.ticks = itertools.count().__next__
    happens = {
        "halt": lambda: shop.halting.halt(BO, "the wrong database"),
        "setting": lambda: shop.change_team(commands_enabled=False),
    }
    carrier.runners = {TargetKind.LOCAL: Lasting(happens[switch])}
    shop.steps.run(ANA, "INC-1", step)
    shop.work()
    state = shop.incident().steps[step]
    assert state.outcome is StepOutcome.CANCELLED
    assert {"halt": "the wrong database", "setting": "all execution is switched off"}[switch] in state.output


def test_a_run_is_dispatched_while_all_places_are_taken() -> None:
    """What is ordered and still queued is not running; it can be ended before it begins."""
    shop = opened()
    step = shop.enable("uptime")
    shop.steps.run(ANA, "INC-1", step)
    waiting = view(shop, "uptime")
    assert (waiting.phase, waiting.waits, waiting.runnable) == (StepPhase.DISPATCHED, QUEUED, False)
    shop.work()
    assert view(shop, "uptime").waits == ""
    assert view(shop, "uptime").phase is StepPhase.SUCCEEDED


def test_a_host_is_asked_for_commits_only_for_a_step_that_could_be_run_there_now() -> None:
    """Whoever only looks at a page, or may run nothing at the moment, makes nobody connect to production."""
    asked: list[str] = []

    class Asking:
        def commits(self, target: Target, directory: str | None) -> tuple[Suggestion, ...]:
            asked.append(target.name)
            return (Suggestion("a" * 40, "Keel"),)

    shop = opened()
    shop.enable("uptime")
    shop.steps.suggestions = Asking()
    wanted = blanks(shell_command(Statement("git checkout <previous-stable-commit>", 1, 1)))
    there = Target("production", TargetKind.SSH)
    ready = replace(view(shop, "uptime"), blanks=wanted, target=there, runnable=True)
    reader = replace(ANA, permissions=frozenset({Permission.READ}))
    assert shop.steps.choices(ANA, "INC-1", replace(ready, runnable=False)) == {}
    assert shop.steps.choices(reader, "INC-1", ready) == {}
    assert asked == []
    (found,) = shop.steps.choices(ANA, "INC-1", ready).values()
    assert [one.says for one in found] == ["Keel"]
    assert asked == ["production"]


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
    step = shop.enable("systemctl restart checkout")
    acted = shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    run = acted.incident.steps[step].run
    assert run is not None
    _lose(shop, run)
    with pytest.raises(Refused, match="its last run was lost half-way"):
        shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    shop.steps.tick(ANA, "INC-1", step, StepOutcome.DONE, "it had happened")
    assert view(shop, "systemctl restart checkout").runnable


def test_a_look_whose_outcome_is_unknown_may_be_taken_again() -> None:
    """Nothing has happened by it: whoever wants to know looks once more, with nothing to tick off before."""
    shop = opened()
    step = shop.enable("uptime")
    run = shop.steps.run(ANA, "INC-1", step).incident.steps[step].run
    assert run is not None
    _lose(shop, run)
    shop.steps.run(ANA, "INC-1", step)
    shop.pass_time(SECOND)
    assert shop.incident().steps[step].outcome is StepOutcome.SUCCEEDED


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


def test_a_link_runs_what_only_looks_and_changes_nothing() -> None:
    """Whoever holds a page's link has not signed in: a look is fine, a change asks for a session."""
    shop = opened()
    shop.enable("uptime")
    restart = shop.enable("systemctl restart checkout")
    holder = link_holder("ana", "INC-1")
    shop.steps.run(holder, "INC-1", STEPS["uptime"])
    with pytest.raises(NotAllowed, match="step:change"):
        shop.steps.run(holder, "INC-1", restart, Given(confirmed=True))


def test_a_change_is_confirmed_and_then_runs_as_it_was_shown() -> None:
    """The digest of the preview is the digest of the run."""
    shop = opened()
    step = shop.enable("systemctl restart checkout")
    shown = shop.steps.preview(ANA, "INC-1", step, {})
    with pytest.raises(Refused, match="confirm it"):
        shop.steps.run(ANA, "INC-1", step)
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    shop.work()
    assert shop.runner.runs[0][1] == (("systemctl", "restart", "checkout"),)
    assert shop.incident().steps[step].digest == shown.digest


def test_a_blank_is_filled_by_its_answer() -> None:
    """P1: the answer reaches the program as part of its word."""
    shop = opened()
    step = shop.enable(PSQL)
    assert view(shop, PSQL).phase is StepPhase.AWAITING_PARAMETERS
    with pytest.raises(Refused, match="db host is not filled in"):
        shop.steps.run(ANA, "INC-1", step)
    shop.steps.run(ANA, "INC-1", step, Given({"db_host": "db-1.example.org"}))
    shop.work()
    assert shop.runner.runs[0][1] == (("psql", "-h", "db-1.example.org", "-c", "SELECT 1"),)


def test_what_never_ends_runs_in_its_bounded_form() -> None:
    """F47: `tail -f` shows its last lines and ends."""
    shop = opened()
    step = shop.enable("tail -f /var/log/shop.log")
    shop.steps.run(ANA, "INC-1", step)
    shop.work()
    assert shop.runner.runs[0][1] == (("tail", "-n", "200", "/var/log/shop.log"),)


def ask_for_the_flush(shop: Shop) -> str:
    """Ana asks for what is destructive; the run."""
    step = shop.enable(FLUSH)
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True, typed="local"))
    request = shop.incident().steps[step].request
    assert request is not None
    return request.run


def test_a_second_person_approves_what_was_shown_to_them() -> None:
    """R14: nothing runs before; the approval is audited and starts it."""
    shop = opened()
    run = ask_for_the_flush(shop)
    shop.work()
    assert shop.runner.runs == []
    shop.steps.approve(BO, "INC-1", run, digest_of(shop))
    shop.work()
    assert [words for _, words, _ in shop.runner.runs] == [(("redis-cli", "FLUSHALL"),)]
    with shop.store.read() as tx:
        (entry,) = tx.audit.latest(1)
    assert (entry.who, entry.verb, entry.object, entry.allowed) == ("bo", "step.approve", run, True)


def digest_of(shop: Shop) -> str:
    """The digest that the request shows."""
    request = shop.incident().steps[STEPS[FLUSH]].request
    assert request is not None
    return request.digest


@pytest.mark.parametrize("change", ["the variables", "the directory", "the target"])
def test_a_change_of_the_settings_voids_a_request(change: str) -> None:
    """F42: what would run is not what was asked for; the refused approval is audited."""
    shop = opened()
    run = ask_for_the_flush(shop)
    service = shop.team.services["shop"]
    digest = digest_of(shop)
    changed = {
        "the variables": replace(service, variables=("REDIS_HOST",)),
        "the directory": replace(service, directory=Path("/srv/elsewhere")),
        "the target": replace(service, target="other"),
    }[change]
    shop.change_team(services={"shop": changed}, targets={**shop.team.targets, "other": Target("other")})
    with pytest.raises(Refused, match="has changed since"):
        shop.steps.approve(BO, "INC-1", run, digest)
    with shop.store.read() as tx:
        (entry,) = tx.audit.latest(1)
    assert (entry.verb, entry.allowed, entry.detail) == ("step.approve", False, "changed")


def test_a_request_is_void_when_the_permission_was_taken_back() -> None:
    """F42: a maintainer's no counts until the last moment."""
    shop = opened()
    run = ask_for_the_flush(shop)
    shop.steps.disable(BO, "shop", STEPS[FLUSH])
    with pytest.raises(Refused, match="not enabled"):
        shop.steps.approve(BO, "INC-1", run, digest_of(shop))


def test_settings_that_change_between_start_and_run_stop_the_run() -> None:
    """R14: the carrier compares once more; nothing is started, and the timeline says why."""
    shop = opened()
    step = shop.enable("systemctl restart checkout")
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    shop.change_team(services={"shop": replace(shop.team.services["shop"], directory=Path("/srv/elsewhere"))})
    shop.work()
    assert shop.runner.runs == []
    state = shop.incident().steps[step]
    assert state.outcome is StepOutcome.FAILED
    assert "not what was consented to" in state.output


def test_one_change_at_a_time_on_a_target() -> None:
    """A second incident's change waits, and is told who holds the target; a look does not wait."""
    shop = opened()
    shop.incidents.declare(ANA, "Checkout is slow", "shop", severity="P0", procedure="checkout-down")
    step = shop.enable("systemctl restart checkout")
    shop.enable("uptime")
    shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    with pytest.raises(Refused, match=r"ana runs .* of INC-1 on this target") as refusal:
        shop.steps.run(BO, "INC-2", step, Given(confirmed=True))
    assert refusal.value.reason == "target_busy"
    shop.steps.run(BO, "INC-2", STEPS["uptime"])
    assert next(v for v in shop.steps.list(EVA, "INC-2").steps if v.step.id == step).holder is not None
    shop.work()
    shop.steps.run(BO, "INC-2", step, Given(confirmed=True))


def test_of_two_who_take_a_free_target_at_one_instant_one_gets_it() -> None:
    """R14: on two nodes both saw it free; the second one's transaction finds the turn taken."""
    shop = opened()
    step = shop.enable("systemctl restart checkout")
    with shop.store.transact() as tx:
        tx.keep.put_if_absent("step-turn/local/1", "INC-9/other/run")
    with pytest.raises(Refused, match="somebody else has just begun") as refusal:
        shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    assert refusal.value.reason == "target_busy"
    shop.work()
    assert shop.runner.runs == []


def test_a_halt_between_the_look_and_the_start_stops_the_start() -> None:
    """Whoever halts while somebody's wish is on its way has halted it."""
    shop = opened()
    step = shop.enable("uptime")
    new_run = shop.steps.new_run

    def halts() -> str:
        with shop.store.transact() as tx:
            tx.keep.put(KEPT, msgspec.json.encode(Halt(shop.clock.now(), "eva", "stop it")).decode())
        return new_run()

    shop.steps.new_run = halts
    with pytest.raises(Refused, match="stop it") as refusal:
        shop.steps.run(ANA, "INC-1", step)
    assert refusal.value.reason == "halted"
    shop.work()
    assert shop.runner.runs == []


def test_a_target_whose_change_was_lost_waits_for_a_person() -> None:
    """R15: nobody knows what state it is in; whoever ticks the step off has looked."""
    shop = opened()
    shop.incidents.declare(ANA, "Checkout is slow", "shop", severity="P0", procedure="checkout-down")
    step = shop.enable("systemctl restart checkout")
    acted = shop.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    run = acted.incident.steps[step].run
    assert run is not None
    _lose(shop, run)
    with pytest.raises(Refused, match="was lost half-way on this target"):
        shop.steps.run(BO, "INC-2", step, Given(confirmed=True))
    shop.steps.tick(ANA, "INC-1", step, StepOutcome.DONE, "it was restarted")
    shop.steps.run(BO, "INC-2", step, Given(confirmed=True))


def test_a_connection_lost_in_the_middle_of_a_change_is_a_question_and_of_a_look_a_failure() -> None:
    """R15: nobody can say how a change ended; a look changed nothing, and can be had again."""
    shop = opened()
    lost = Execution((), "restarting", False, False, 2.0, "the connection was lost", lost=True)
    step = shop.enable("systemctl restart checkout")
    run = shop.steps.run(ANA, "INC-1", step, Given(confirmed=True)).incident.steps[step].run
    shop.runner.plan(lost)
    shop.work()
    (unknown,) = [fact for fact in shop.facts() if isinstance(fact, StepOutcomeUnknown)]
    assert (unknown.run, unknown.reason) == (run, "the connection was lost")
    shop.work()
    assert len(shop.runner.runs) == 1
    look = shop.enable("uptime")
    shop.steps.run(ANA, "INC-1", look)
    shop.runner.plan(lost)
    shop.work()
    state = shop.incident().steps[look]
    assert state.outcome is StepOutcome.FAILED


def test_a_halt_stops_what_waits_and_what_is_asked_for() -> None:
    """Nothing starts: not by hand, not by approval, not what was ordered a moment ago, until it is lifted."""
    shop = opened()
    run = ask_for_the_flush(shop)
    step = shop.enable("uptime")
    shop.steps.run(ANA, "INC-1", step)
    with pytest.raises(NotAllowed):
        shop.halting.halt(ANA, "the host is wrong")
    shop.halting.halt(BO, "the host is wrong")
    shop.work()
    assert shop.runner.runs == []
    assert shop.incident().steps[step].outcome is StepOutcome.CANCELLED
    for refused in (
        lambda: shop.steps.run(ANA, "INC-1", step),
        lambda: shop.steps.approve(BO, "INC-1", run, digest_of(shop)),
    ):
        with pytest.raises(Refused, match=r"all execution was halted by bo .* the host is wrong"):
            refused()
    assert shop.halting.resume(BO)
    shop.steps.run(ANA, "INC-1", step)


def test_a_host_of_the_runbook_chooses_the_target() -> None:
    """`ssh production-server`: what follows belongs there; without such a target it stays with people."""
    shop = opened()
    step = shop.enable("df -h")
    assert "no target of tocsin.toml has that host" in view(shop, "df -h").why_not
    shop.change_team(targets={**shop.team.targets, "prod": Target("prod", hosts=("shop-server",))})
    assert view(shop, "df -h").target == Target("prod", hosts=("shop-server",))
    shop.steps.run(ANA, "INC-1", step)


KUBE = b"""# Ferry Runbook

## Common Incidents

### Bookings Fail

**Symptoms:**
- Bookings fail

**Resolution:**
```bash
kubectl scale deployment bookings --replicas=5
kubectl --context staging get pods
```
"""


def test_what_a_target_is_held_to_is_read_before_the_run_and_bound_to_the_consent() -> None:
    """P3: the context stands in the command; another one in `tocsin.toml` makes it another run (F42)."""
    shop = Shop(KUBE)
    prod = Target("local", pins=Pins(kubectl_context="prod"))
    shop.change_team(targets={"local": prod})
    shop.incidents.declare(ANA, "Bookings fail", "shop", procedure="bookings-fail")
    scale = next(v for v in shop.steps.list(ANA, "INC-1").steps if "scale" in v.step.title).step.id
    shop.enable_step(scale)
    shown = shop.steps.preview(ANA, "INC-1", scale, {})
    assert shown.text == "kubectl --context=prod scale deployment bookings --replicas=5"
    shop.steps.run(ANA, "INC-1", scale, Given(confirmed=True))
    shop.change_team(targets={"local": replace(prod, pins=Pins(kubectl_context="other"))})
    assert shop.steps.preview(ANA, "INC-1", scale, {}).digest != shown.digest
    shop.pass_time(SECOND)
    state = shop.incident().steps[scale]
    assert (state.outcome, shop.runner.runs) == (StepOutcome.FAILED, [])
    assert "not what was consented to" in state.output


def test_a_command_for_another_cluster_is_refused_on_the_page() -> None:
    """P3: nothing is corrected in silence: it says which one it names and which one is held to."""
    shop = Shop(KUBE)
    shop.change_team(targets={"local": Target("local", pins=Pins(kubectl_context="prod"))})
    shop.incidents.declare(ANA, "Bookings fail", "shop", procedure="bookings-fail")
    other = next(v for v in shop.steps.list(ANA, "INC-1").steps if "--context" in v.step.title).step.id
    shop.enable_step(other)
    with pytest.raises(Refused, match="it names the context 'staging', and kubectl is held to 'prod' on its target"):
        shop.steps.run(ANA, "INC-1", other)
