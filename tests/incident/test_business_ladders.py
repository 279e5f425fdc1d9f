"""Windows of an escalation and rhythms of updates in business hours, from the runbook to the rehearsal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.incident.world import MONITOR, ROSTER
from tocsin.app.rehearsal import rehearsal_text, rehearse
from tocsin.incident import facts as f
from tocsin.incident.commands import Declare, SeverityReading
from tocsin.incident.decide import declare
from tocsin.incident.facts import TargetClock
from tocsin.incident.incident import Incident
from tocsin.incident.pending import Coming, deadline_of, pending
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import every, target
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.stated import WorkingUnit

FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
HOURS = "Business hours are Monday to Friday, 8:00 to 16:00 UTC."


def _runbook(*levels: str, hours: str = HOURS, rhythm: str = "") -> Playbook:
    steps = "\n".join(f"{n}. {level}" for n, level in enumerate(("On-Call Engineer", *levels), 1))
    told = f"\n## Communication\n\n- SEV1: status update {rhythm}\n" if rhythm else ""
    scale = "## Severity\n\n| Severity | Definition |\n|---|---|\n| SEV1 | Kiln off |\n| SEV2 | Kiln slow |\n"
    return compile_runbook(f"# Pottery\n\n{hours}\n\n{scale}\n## Escalation\n\n{steps}\n{told}")


def _declared(plan: ResponsePlan) -> Incident:
    reading = SeverityReading("SEV1", "said so", suggested=False)
    command = Declare(title="cold", service="shop", source="alert", severity=reading)
    return declare("INC-1", plan, command, now=FRIDAY, by=MONITOR, roster=ROSTER).incident


def _next_level(playbook: Playbook) -> tuple[int | None, datetime]:
    coming = pending(_declared(plan_response(playbook, "shop")))
    level = next(one for one in coming if one.kind is Coming.LEVEL)
    return level.level, level.at


@pytest.mark.parametrize(
    ("window", "at"),
    [
        ("Team Lead (after 4 business hours)", MONDAY + timedelta(hours=11)),
        ("Team Lead (if unresolved after 2 hours in business hours)", MONDAY + timedelta(hours=9)),
        ("Team Lead (after 2 business days)", MONDAY + timedelta(days=1, hours=15)),
        ("Team Lead (next business day)", MONDAY + timedelta(hours=15)),
        ("Team Lead (after 4 hours)", FRIDAY + timedelta(hours=4)),
        ("Team Lead (after 4 hours outside of business hours)", FRIDAY + timedelta(hours=4)),
        ("Team Lead (after 1 hour in business hours, 3 hours at night)", FRIDAY + timedelta(hours=1)),
    ],
)
def test_a_window_in_business_hours_stands_still_outside_of_them(window: str, at: datetime) -> None:
    """Friday 15:00 to 16:00, then from Monday 8:00; a window for other hours, or with one, runs all day."""
    assert _next_level(_runbook(window)) == (2, at)


@pytest.mark.parametrize("window", ["after 4 business hours", "nach 4 Stunden in den Geschäftszeiten"])
def test_a_window_runs_day_and_night_while_the_hours_are_unknown(window: str) -> None:
    """Hours that were guessed would page somebody too late."""
    playbook = _runbook(f"Team Lead ({window})", hours="")
    assert _next_level(playbook) == (2, FRIDAY + timedelta(hours=4))
    asked = {one.key: one.question for one in plan_response(playbook, "shop").assumptions}
    assert "business_hours" in "".join(asked)
    assert "4" in asked["assume.business_hours"]


def test_no_level_is_passed_over_by_one_that_does_not_wait_for_business_hours() -> None:
    """Who is paged in 2 business hours comes no later than whoever follows after 4 hours of any kind."""
    playbook = _runbook("Team Lead (after 2 business hours)", "CTO (after 4 hours)")
    assert _next_level(playbook) == (2, FRIDAY + timedelta(hours=4))
    rehearsal = rehearse(playbook, plan_response(playbook, "shop"), ROSTER, severity="SEV1", at=FRIDAY)
    paged = [one.fact.level for one in rehearsal.facts if isinstance(one.fact, f.LevelPaged) and not one.fact.repeat]
    assert paged[:3] == [1, 2, 3]


@pytest.mark.parametrize(
    ("rhythm", "due"),
    [
        ("every 2 business hours", MONDAY + timedelta(hours=9)),
        ("every 2 hours during business hours", MONDAY + timedelta(hours=9)),
        ("every business day", MONDAY + timedelta(hours=15)),
        ("every 2 hours", FRIDAY + timedelta(hours=2)),
    ],
)
def test_an_update_is_due_in_business_hours_where_the_rhythm_says_so(rhythm: str, due: datetime) -> None:
    """Nobody is reminded of an update on Saturday where these are written in business hours."""
    assert deadline_of(_declared(plan_response(_runbook(rhythm=rhythm), "shop")), TargetClock.UPDATE) == due


def test_a_rehearsal_shows_when_a_window_in_business_hours_ends() -> None:
    """The lead is paged on Monday, and the rhythm says what it counts in."""
    playbook = _runbook("Team Lead (after 4 business hours)", rhythm="every 2 business hours")
    played = rehearse(
        playbook, plan_response(playbook, "shop"), ROSTER, severity="SEV1", at=FRIDAY, lasts=timedelta(days=4)
    )
    text = rehearsal_text(played)
    assert "+2 d 20 h" in text, text
    assert "every 2 h of business hours" in text


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("next business day", WorkingUnit.DAY),
        ("am nächsten Werktag", WorkingUnit.DAY),
        ("próximo dia útil", WorkingUnit.DAY),
        ("翌営業日", WorkingUnit.DAY),
        ("下一个工作日", WorkingUnit.DAY),
        ("same business day", None),
        ("next sprint", None),
        ("30 minutes (business hours)", WorkingUnit.HOUR),
        ("30 minutes outside business hours", None),
        ("30 minutes (outside of the business hours)", None),
        ("30 Minuten außerhalb der Geschäftszeiten", None),
        ("30 minutes hors des heures ouvrées", None),
        ("30 minutos fuera del horario laboral", None),
        ("30 minutes (business hours), 60 minutes (nights)", None),
    ],
)
def test_what_a_length_is_counted_in_is_what_its_words_say(text: str, unit: WorkingUnit | None) -> None:
    """ "Outside business hours" is not in them, and of two lengths side by side the first runs all day."""
    found = target(text)
    assert found is not None
    assert found.unit is unit


@pytest.mark.parametrize("text", ["every business day", "jeden Werktag", "毎営業日"])
def test_a_rhythm_of_one_unit_says_what_it_is_counted_in(text: str) -> None:
    """Days on which somebody works, in one word or two."""
    found = every(text)
    assert found is not None
    assert (found.seconds, found.unit) == (86_400, WorkingUnit.DAY)
