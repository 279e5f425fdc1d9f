"""A change is looked at by itself, right after it, and what is found is said with what to do about it."""

from __future__ import annotations

from tests.app.shop import ANA, BO, SECOND, Shop
from tests.app.test_courses import view
from tocsin.app.execution.starting import Given
from tocsin.app.ports import Execution
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import TOCSIN
from tocsin.incident.step_facts import ChangeVerified, StepOutcome, StepStarted, Verdict
from tocsin.incident.timeline import sentence

RUNBOOK = b"""# Ferry Booking Runbook

## Severity Levels

### P0 - Critical
- Complete outage
- **Response Time**: 15 minutes

### P2 - Minor
- One feature is broken
- **Response Time**: 4 hours

## Escalation Matrix

| Level | Role | Time |
|-------|------|------|
| 1 | On-Call Engineer | Immediate |

## Common Incidents

### Bookings Fail

**Symptoms:**
- Bookings fail

**Resolution:**
```bash
# Option A: Restart
systemctl restart bookings

# Verify
curl -f https://ferry.test/health

# Option B: Roll back
make rollback

# Option C: Add machines
pm2 scale bookings +2

# Look at the processes
pm2 status
```
"""
RESTART, CHECK, SCALE, STATUS = "systemctl restart", "curl -f", "pm2 scale", "pm2 status"
WELL = Execution((0,), "ok\n", False, False, 0.1)
NOTHING = Execution((0, 1), "", False, False, 0.1)
SEARCHING = RUNBOOK.replace(b"curl -f https://ferry.test/health", b"curl -sf https://ferry.test/health | grep -q ok")
BADLY = Execution((22,), "502\n", False, False, 0.1)


def opened(*enabled: str, runbook: bytes = RUNBOOK) -> Shop:
    """A ferry with an open incident and these steps enabled."""
    shop = Shop(runbook)
    shop.incidents.declare(ANA, "Bookings fail", "shop", severity="P0", procedure="bookings-fail")
    for words in enabled:
        shop.enable_step(view(shop, words).step.id)
    shop.work()
    return shop


def change(shop: Shop, words: str = RESTART) -> None:
    """Somebody runs the change, and everything that follows from it happens."""
    shop.steps.run(ANA, "INC-1", view(shop, words).step.id, Given(confirmed=True))
    shop.pass_time(3 * SECOND)


def verdicts(shop: Shop) -> list[ChangeVerified]:
    """What was found out of changes."""
    return [fact for fact in shop.facts() if isinstance(fact, ChangeVerified)]


def test_a_change_is_verified_by_itself_and_the_timeline_says_so() -> None:
    """J33: restart, health check, verified; started by Tocsin, told in the channel."""
    shop = opened(RESTART, CHECK)
    shop.runner.plan(WELL)
    shop.runner.plan(WELL)
    change(shop)
    (fact,) = verdicts(shop)
    assert (fact.step, fact.verdict, fact.advice) == (view(shop, RESTART).step.id, Verdict.VERIFIED, "")
    with shop.store.read() as tx:
        (start,) = (
            one
            for one in tx.incidents.facts(["INC-1"])["INC-1"]
            if isinstance(one.fact, StepStarted) and one.fact.verifies
        )
    assert start.by == TOCSIN
    assert sentence(start).startswith("Looked by itself, to verify: ")
    assert [text for call in shop.chat.calls for text in call.payload if "Verified: " in text]  # type: ignore[attr-defined]
    assert shop.incidents.view(ANA, "INC-1").owed == ()


def test_a_check_that_looks_bad_says_what_the_runbook_offers_next() -> None:
    """J33: not verified, with the other way by its name; the page offers it too."""
    shop = opened(RESTART, CHECK)
    shop.runner.plan(WELL)
    shop.runner.plan(BADLY)
    change(shop)
    (fact,) = verdicts(shop)
    assert fact.verdict is Verdict.NOT_VERIFIED
    assert fact.advice == "Look again in a minute: it may have needed longer; the other ways: Option B, Option C"
    ways = shop.steps.list(ANA, "INC-1").ways
    assert [one.way.label for one in ways if not one.tried] == ["Option B", "Option C"]


def test_what_was_changed_by_hand_is_verified_as_well() -> None:
    """Whoever restarts it in their own terminal ticks it off, and reads whether it helped."""
    shop = opened(CHECK)
    shop.runner.plan(WELL)
    shop.steps.tick(ANA, "INC-1", view(shop, RESTART).step.id, StepOutcome.DONE)
    shop.pass_time(2 * SECOND)
    assert [one.verdict for one in verdicts(shop)] == [Verdict.VERIFIED]


def test_a_look_that_only_prints_verifies_nothing() -> None:
    """F54: an exit code of 0 is no verdict where the program knows no other one: a person reads it."""
    shop = opened(SCALE, STATUS)
    shop.runner.plan(WELL)
    shop.runner.plan(Execution((0,), "bookings | errored", False, False, 0.1))
    change(shop, SCALE)
    (fact,) = verdicts(shop)
    assert fact.verdict is Verdict.LOOKED


def test_nothing_is_verified_that_did_not_happen_or_that_nobody_allowed() -> None:
    """A failed change, a check that is not enabled, one under a condition, a skipped step: no run by itself."""
    shop = opened(RESTART, CHECK)
    shop.runner.plan(BADLY)
    change(shop)
    shop.steps.tick(ANA, "INC-1", view(shop, RESTART).step.id, StepOutcome.SKIPPED)
    shop.work()
    assert len(shop.runner.runs) == 1
    without = opened(RESTART)
    without.runner.plan(WELL)
    change(without)
    assert len(without.runner.runs) == 1
    assert [one.debt.value for one in without.incidents.view(ANA, "INC-1").owed] == ["not_verified"]
    limited = opened(RESTART, CHECK, runbook=RUNBOOK.replace(b"# Verify\n", b"# Verify, but never by night\n"))
    limited.runner.plan(WELL)
    change(limited)
    assert len(limited.runner.runs) == 1


def test_a_check_waits_for_the_last_of_the_changes_that_it_verifies() -> None:
    """J33: between two changes it would judge half of what the runbook does; it is started behind the second one."""
    steps = b"systemctl restart bookings\npm2 scale bookings +2\n\n# Verify\ncurl -f https://ferry.test/health\n```\n"
    shop = opened(RESTART, SCALE, CHECK, runbook=RUNBOOK[: RUNBOOK.index(b"# Option A")] + steps)
    for _ in range(3):
        shop.runner.plan(WELL)
    change(shop, RESTART)
    assert [stages[0][0] for _, stages, _ in shop.runner.runs] == ["systemctl"]
    change(shop, SCALE)
    assert [stages[0][0] for _, stages, _ in shop.runner.runs] == ["systemctl", "pm2", "curl"]
    assert [one.step for one in verdicts(shop)] == [view(shop, SCALE).step.id]


def test_no_check_is_started_while_execution_is_halted() -> None:
    """The change stays unverified; a run that is called off before it began would tell nothing."""
    shop = opened(RESTART, CHECK)
    shop.runner.plan(WELL)
    shop.halting.halt(BO, "maintenance")
    shop.steps.tick(ANA, "INC-1", view(shop, RESTART).step.id, StepOutcome.DONE)
    shop.work()
    assert view(shop, CHECK).state is None
    assert [one.debt.value for one in shop.incidents.view(ANA, "INC-1").owed] == ["not_verified"]


def test_the_check_starts_in_the_commit_of_the_change_and_once() -> None:
    """R15: another process takes it over; two never start it."""
    shop = opened(RESTART, CHECK)
    shop.runner.plan(WELL)
    shop.runner.plan(WELL)
    change(shop)
    shop.courier_of("two").carry()
    shop.pass_time(2 * SECOND)
    assert len(shop.entries(EffectKind.STEP)) == 2
    assert len(shop.runner.runs) == 2
    assert len(verdicts(shop)) == 1


def test_a_search_that_found_nothing_leaves_the_change_named_as_unverified() -> None:
    """F54: grep ends a look well without a match; the change is still owed its check, until one finds it."""
    shop = opened(RESTART, "grep", runbook=SEARCHING)
    for execution in (WELL, NOTHING, Execution((0, 0), "ok", False, False, 0.1)):
        shop.runner.plan(execution)
    change(shop)
    state = view(shop, "grep").state
    assert state is not None
    assert (state.outcome, state.verdict) == (StepOutcome.SUCCEEDED, Verdict.NOT_VERIFIED)
    assert ["did not look well" in one.says for one in shop.incidents.view(ANA, "INC-1").owed] == [True]
    assert [one.way.label for one in shop.steps.list(ANA, "INC-1").ways if not one.tried] == ["Option B", "Option C"]
    shop.steps.run(ANA, "INC-1", view(shop, "grep").step.id)
    shop.pass_time(2 * SECOND)
    assert shop.incidents.view(ANA, "INC-1").owed == ()


def test_looking_again_judges_the_change_anew() -> None:
    """It needed longer: the person presses the check once more, and it is verified."""
    shop = opened(RESTART, CHECK)
    for execution in (WELL, BADLY, WELL):
        shop.runner.plan(execution)
    change(shop)
    shop.steps.run(ANA, "INC-1", view(shop, CHECK).step.id)
    shop.pass_time(2 * SECOND)
    assert [one.verdict for one in verdicts(shop)] == [Verdict.NOT_VERIFIED, Verdict.VERIFIED]
