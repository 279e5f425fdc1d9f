"""The way through a procedure as people take it: chosen, judged, waited for; one answer for every face."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.app.shop import ANA, EVA, MINUTE, SECOND, Shop
from tocsin.app.access import link_holder
from tocsin.app.execution.courses import Courses
from tocsin.app.execution.starting import Given
from tocsin.app.execution.views import StepList, StepView
from tocsin.errors import NotAllowed, NotFound, Refused
from tocsin.incident.commands import Resolve
from tocsin.incident.standing import Place
from tocsin.incident.step_facts import StepOutcome, WaitEnded

RUNBOOK = b"""# Harbour Shop Incident Runbook

## Severity Levels

### P0 - Critical
- Complete service outage
- **Response Time**: 15 minutes

### P2 - Medium
- Minor feature issues
- **Response Time**: 4 hours

## Escalation Matrix

| Level | Role | Time |
|-------|------|------|
| 1 | On-Call Engineer | Immediate |

## Common Incidents

### Checkout Down

**Symptoms:**
- Checkout returns 502 errors

**Resolution:**
```bash
# Option A: Restart
systemctl restart checkout

# Option B: Roll back
make rollback

# Monitor for 1 hour
```

1. Tell the bank if cards were charged twice
"""


def opened() -> tuple[Shop, Courses]:
    """A shop of that runbook with an incident whose procedure is open."""
    shop = Shop(RUNBOOK)
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    return shop, Courses(shop.steps, shop.incidents)


def listed(shop: Shop) -> StepList:
    """What a screen shows."""
    return shop.steps.list(EVA, "INC-1")


def view(shop: Shop, words: str) -> StepView:
    """One step of it."""
    return next(v for v in listed(shop).steps if words in (v.step.command.text if v.step.command else v.step.title))


def test_a_way_is_chosen_and_shown_to_everybody() -> None:
    """Any step of the way names it; the timeline cites the runbook's line."""
    shop, courses = opened()
    assert [one.way.label for one in listed(shop).ways] == ["Option A", "Option B"]
    acted = courses.choose(ANA, "INC-1", view(shop, "make rollback").step.id)
    assert acted.facts[-1].fact.cite is not None
    assert acted.facts[-1].fact.cite.first == view(shop, "make rollback").step.lines.first
    assert listed(shop).ways == ()
    assert listed(shop).next == view(shop, "make rollback")
    assert view(shop, "systemctl").place is Place.OTHER_WAY


def test_what_the_runbook_does_not_offer_cannot_be_said() -> None:
    """No way, no condition, no time: refused, with what the step is; a step of elsewhere is not found."""
    shop, courses = opened()
    bank, restart = view(shop, "Tell the bank").step.id, view(shop, "systemctl").step.id
    with pytest.raises(Refused, match="on no way of several"):
        courses.choose(ANA, "INC-1", bank)
    with pytest.raises(Refused, match="no condition"):
        courses.judge(ANA, "INC-1", restart, holds=False)
    with pytest.raises(Refused, match="no time to wait"):
        courses.wait(ANA, "INC-1", restart)
    with pytest.raises(NotFound):
        courses.choose(ANA, "INC-1", "nothing")


def test_only_who_responds_steers() -> None:
    """A viewer looks; the link of another incident does nothing."""
    shop, courses = opened()
    step = view(shop, "make rollback").step.id
    for caller in (EVA, link_holder("ana", "INC-2")):
        with pytest.raises(NotAllowed):
            courses.choose(caller, "INC-1", step)


def test_a_wait_survives_a_restart_and_is_told_in_the_channel() -> None:
    """B8: the timer is a fact and a due row, not a thread: another process wakes it, once."""
    shop, courses = opened()
    courses.choose(ANA, "INC-1", view(shop, "systemctl").step.id)
    shop.steps.tick(ANA, "INC-1", view(shop, "systemctl").step.id, StepOutcome.DONE)
    assert listed(shop).next == view(shop, "Monitor for 1 hour")
    courses.wait(ANA, "INC-1", view(shop, "Monitor for 1 hour").step.id)
    (due,) = (one.at for one in shop.incidents.view(EVA, "INC-1").coming if one.step)
    assert due == shop.clock.now() + timedelta(hours=1)
    shop.pass_time(59 * MINUTE)
    assert not [fact for fact in shop.facts() if isinstance(fact, WaitEnded)]
    again = shop.courier_of("two")
    shop.clock.move_by(3 * MINUTE)
    shop.timekeeper.wake()
    while again.carry():
        pass
    shop.pass_time(5 * SECOND)
    assert len([fact for fact in shop.facts() if isinstance(fact, WaitEnded)]) == 1
    said = [text for call in shop.chat.calls for text in call.payload if "The time is over" in text]  # type: ignore[attr-defined]
    assert len(said) == 1


def test_a_condition_that_does_not_hold_leaves_nothing_to_do() -> None:
    """The step is passed over, not done, and can be brought back."""
    shop, courses = opened()
    bank = view(shop, "Tell the bank").step.id
    courses.judge(ANA, "INC-1", bank, holds=False)
    assert view(shop, "Tell the bank").place is Place.DOES_NOT_APPLY
    courses.judge(ANA, "INC-1", bank, holds=True)
    assert view(shop, "Tell the bank").place is Place.OPEN


def test_a_step_on_another_way_can_still_be_run() -> None:
    """Passing over is advice: whoever knows better runs it from the list."""
    shop, courses = opened()
    shop.enable_step(view(shop, "systemctl").step.id)
    courses.choose(ANA, "INC-1", view(shop, "make rollback").step.id)
    shop.steps.run(ANA, "INC-1", view(shop, "systemctl").step.id, Given(confirmed=True))
    shop.pass_time(3 * SECOND)
    assert view(shop, "systemctl").place is Place.ENDED


def test_a_change_without_a_check_is_said() -> None:
    """L5: where the runbook verifies nothing, the screen says so."""
    shop, _ = opened()
    assert view(shop, "make rollback").unchecked
    assert view(shop, "make rollback").check is None


PAIRED = RUNBOOK.replace(b"# Monitor for 1 hour", b"# Freeze\nmake readonly enable\n\n# Thaw\nmake readonly disable")


def test_every_face_hears_of_what_is_owed_before_the_end() -> None:
    """J9: one place decides: the end is refused with the command to run, and goes through with a reason."""
    shop = Shop(PAIRED)
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    shop.steps.tick(ANA, "INC-1", view(shop, "make readonly enable").step.id, StepOutcome.DONE)
    (one,) = shop.incidents.view(EVA, "INC-1").owed
    assert one.step == view(shop, "make readonly disable").step
    with pytest.raises(Refused, match="still to be put back: `make readonly disable`"):
        shop.incidents.act(ANA, "INC-1", Resolve())
    assert shop.incidents.act(ANA, "INC-1", Resolve(override="the replica stays so")).incident.resolved_at
