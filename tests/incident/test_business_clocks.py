"""Targets in business hours: due when somebody has worked so long, once the hours are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from tests.incident.world import MONITOR, P0, ROSTER, plan
from tocsin.incident import facts as f
from tocsin.incident.commands import Advance, Declare, Resolve, SeverityReading
from tocsin.incident.decide import decide, declare
from tocsin.incident.deliberation import Decided
from tocsin.incident.facts import TargetClock
from tocsin.incident.pending import deadline_of
from tocsin.incident.plan import PlannedTarget, ResponsePlan
from tocsin.oncall.calendar import WORKDAYS, Calendar, Restriction
from tocsin.runbook.stated import WorkingUnit

FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
OFFICE = Calendar("office", "UTC", (Restriction(WORKDAYS, time(8), time(16)),))
UPDATE = TargetClock.UPDATE
RESPONSE = PlannedTarget(timedelta(hours=4), unit=WorkingUnit.HOUR)
RESOLUTION = PlannedTarget(timedelta(days=2), unit=WorkingUnit.DAY)


def _declared(of: ResponsePlan) -> Decided:
    command = Declare(
        title="slow", service="shop", source="alert", severity=SeverityReading("P0", "said so", suggested=False)
    )
    return declare("INC-1", of, command, now=FRIDAY, by=MONITOR, roster=ROSTER)


def _plan(hours: Calendar | None) -> ResponsePlan:
    severity = replace(P0, response=RESPONSE, acknowledge=None, resolution=RESOLUTION)
    return plan(severities=(severity,), business_hours=hours, postmortem=RESOLUTION)


def test_four_business_hours_from_friday_afternoon_end_on_monday() -> None:
    """Fifteen to sixteen on Friday, eight to eleven on Monday; two days from Friday are over on Tuesday."""
    incident = _declared(_plan(OFFICE)).incident
    assert deadline_of(incident, TargetClock.RESPONSE) == datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
    assert deadline_of(incident, TargetClock.RESOLUTION) == datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def test_while_nobody_has_said_which_hours_these_are_the_clock_runs_day_and_night() -> None:
    """Too early beats too late."""
    incident = _declared(_plan(None)).incident
    assert deadline_of(incident, TargetClock.RESPONSE) == FRIDAY + timedelta(hours=4)
    assert deadline_of(incident, TargetClock.RESOLUTION) == FRIDAY + timedelta(days=2)


def test_a_target_is_missed_at_its_instant_in_business_hours() -> None:
    """Nothing is missed over the weekend, and on Monday at eleven it is."""
    declared = _declared(_plan(OFFICE))
    for now, missed in (
        (datetime(2026, 11, 30, 10, 59, tzinfo=UTC), []),
        (datetime(2026, 11, 30, 11, 0, tzinfo=UTC), [TargetClock.RESPONSE]),
    ):
        answer = decide(declared.incident, Advance(), now=now, by=MONITOR, roster=ROSTER)
        assert isinstance(answer, Decided)
        facts = [one.fact for one in answer.facts]
        assert [one.clock for one in facts if isinstance(one, f.TargetMissed) and one.clock is not UPDATE] == missed


def test_a_review_in_business_days_counts_from_the_end() -> None:
    """The review is due two working days after the incident was resolved."""
    declared = _declared(_plan(OFFICE))
    command, ended = Resolve("done", override="a test"), FRIDAY + timedelta(hours=1)
    resolved = decide(declared.incident, command, now=ended, by=MONITOR, roster=ROSTER)
    assert isinstance(resolved, Decided)
    assert deadline_of(resolved.incident, TargetClock.POSTMORTEM) == datetime(2026, 12, 2, 8, 0, tzinfo=UTC)
