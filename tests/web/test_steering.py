"""The way through a procedure on the Respond page: one of several ways, a condition, a wait, what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.house import ADMIN, House, Visitor
from tests.web.house import house as open_house
from tests.web.test_respond import plain
from tocsin.incident.commands import Acknowledge
from tocsin.incident.step_facts import StepOutcome

RUNBOOK = """\
# Bus Depot Runbook

## Severity Levels

### P0 - Critical
- Complete service outage
- **Response Time**: 15 minutes

### P2 - Medium
- Minor trouble

## Common Incidents

### API Not Responding

**Symptoms:**
- API not responding

**Resolution:**
```bash
# Option A: Restart
sudo systemctl restart depot

# Option B: Freeze and restore
make readonly enable
make restore
make readonly disable

# If drivers are waiting, tell the dispatcher
make tell

# Monitor for 1 hour to ensure stability
```
"""


@pytest.fixture
def depot(tmp_path: Path) -> Iterator[House]:
    """An installation with that runbook, and an incident whose procedure is open."""
    with open_house(tmp_path, runbook=RUNBOOK) as opened:
        opened.declare()
        yield opened


def step(house: House, words: str) -> str:
    """The id of a step."""
    steps = house.application.steps.list(ADMIN, "INC-1").steps
    return next(v.step.id for v in steps if words in (v.step.command.text if v.step.command else v.step.title))


def tick(house: House, words: str, outcome: StepOutcome = StepOutcome.DONE) -> None:
    """Somebody does it."""
    house.application.steps.tick(ADMIN, "INC-1", step(house, words), outcome)


def text(visitor: Visitor) -> str:
    """The page's words."""
    return plain(visitor.get("/i/INC-1").text)


def test_a_way_is_chosen_by_one_tap_and_offered_again_when_it_was_in_vain(depot: House) -> None:
    """J20: no step of any way is pushed on whoever has not chosen; the one that failed says so."""
    visitor = depot.visitor()
    page = text(visitor)
    assert "Next: one of 2 ways" in page
    assert "Take this way : Option A" in page
    assert "Look and run it" not in page
    answer = visitor.post(f"/i/INC-1/step/{step(depot, 'systemctl')}/choose")
    assert answer.location == "/i/INC-1#next"
    assert "Next: one of" not in text(visitor)
    tick(depot, "systemctl", StepOutcome.DID_NOT_HELP)
    page = text(visitor)
    assert "Which way now?" in page
    assert "Option A did not help" in page
    assert "Ana Ruiz chose: Option A line" in page


def test_what_was_switched_stays_on_the_page_until_it_is_back(depot: House) -> None:
    """J7: whatever is next, nobody forgets the read-only mode; what ran last offers the runbook's way back."""
    visitor = depot.visitor()
    tick(depot, "readonly enable")
    page = text(visitor)
    assert "Still to be put back" in page
    assert f'href="#step-{step(depot, "readonly disable")}"' in visitor.get("/i/INC-1").text
    tick(depot, "readonly disable")
    assert "Still to be put back" not in text(visitor)


def test_a_condition_is_denied_by_one_tap(depot: House) -> None:
    """J21: the runbook's "if" is a question with a button; the answer can be taken back."""
    visitor = depot.visitor()
    tick(depot, "systemctl")
    assert "Does not apply: If drivers are waiting" in text(visitor)
    visitor.post(f"/i/INC-1/step/{step(depot, 'make tell')}/judge", {"holds": "0"})
    page = text(visitor)
    assert "this does not hold: If drivers are waiting" in page
    assert "Monitor for 1 hour" in page
    visitor.post(f"/i/INC-1/step/{step(depot, 'make tell')}/judge", {"holds": "1"})
    assert "Does not apply: If drivers are waiting" in text(visitor)
    assert visitor.post(f"/i/INC-1/step/{step(depot, 'make tell')}/judge", {"holds": "perhaps"}).status == 422


def test_a_wait_is_a_countdown_and_its_end_asks_how_it_looks(depot: House) -> None:
    """B8: one tap starts it; the page counts; time ends it, whoever looks."""
    visitor = depot.visitor()
    tick(depot, "systemctl")
    tick(depot, "make tell")
    assert "Start the clock: 1 hour" in text(visitor)
    visitor.post(f"/i/INC-1/step/{step(depot, 'Monitor')}/wait")
    page = visitor.get("/i/INC-1").text
    assert 'role="timer"' in page
    assert "Time is over: Monitor for 1 hour" in plain(page)
    assert "Start the clock" not in page
    depot.clock.move_by(timedelta(hours=1))
    depot.application.timekeeper.wake()
    assert "The time is over: say how it looks" in text(visitor)


def test_a_change_that_nothing_verifies_is_said_before_it_is_made(depot: House) -> None:
    """L5: the runbook names no check: look yourself."""
    depot.application.courses.choose(ADMIN, "INC-1", step(depot, "systemctl"))
    assert "The runbook names nothing that verifies it" in text(depot.visitor())


def test_what_cannot_be_run_is_handed_off_with_its_place_and_a_field_for_what_was_seen(depot: House) -> None:
    """F47: the command to copy, where to run it, and "done by hand" with what came out, as text and never as markup."""
    visitor = depot.visitor()
    visitor.post(f"/i/INC-1/step/{step(depot, 'systemctl')}/choose")
    page = visitor.get("/i/INC-1").text
    assert 'data-copy="next-command" hidden' in page
    assert "Where: local" in plain(page)
    form = {"outcome": "done", "saw": "<b>active (running)</b>\r\nsince 03:12"}
    assert visitor.post(f"/i/INC-1/step/{step(depot, 'systemctl')}", form).status == 303
    page = visitor.get("/i/INC-1").text
    assert "pasted 2 lines of what they saw" in plain(page)
    assert "&lt;b&gt;active (running)&lt;/b&gt;" in page
    assert "<b>active" not in page
    assert "/i/INC-1/run/" in page


def test_a_status_update_that_is_due_is_counted_down_and_so_is_its_reminder(tmp_path: Path) -> None:
    """B6: both clocks show the line that asks for it; once somebody was reminded, the timeline says whom."""
    cadence = "\n## Communication\n\n- Post a status update every 30 minutes\n"
    with open_house(tmp_path, runbook=RUNBOOK + cadence) as opened:
        opened.declare()
        opened.application.incidents.act(ADMIN, "INC-1", Acknowledge("ana"))
        line = len((RUNBOOK + cadence).splitlines())
        page = text(opened.visitor())
        for words in ("Next update", "Reminds of the update"):
            assert f"{words} line {line}" in " ".join(page.split()), page[:1500]
        opened.clock.move_by(timedelta(minutes=26))
        opened.application.timekeeper.wake()
        page = text(opened.visitor())
        assert "is to give it" in page
        assert "Reminds of the update" not in page


def test_a_command_that_may_be_more_than_a_look_says_why(tmp_path: Path) -> None:
    """What prints a secret is no plain check, and whoever is to run it reads what it is taken for."""
    with open_house(tmp_path, runbook=RUNBOOK.replace("make tell", "cat /srv/depot/.env")) as opened:
        opened.declare("API not responding")
        page = plain(opened.visitor().get("/i/INC-1").text)
    assert "May change something, or shows what is secret: cat shows a secret here." in page
