"""Who is paged at which minute by the five real runbooks, at every severity, when nobody answers and nothing ends.

The minutes are read off the documents; where one gives an order and no time, the team of this test says 20 minutes, and
5 for "immediate". The stories play single nights of the same documents through the whole process.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.conftest import shared
from tests.incident.world import START, Story, minutes, person
from tocsin.incident.choices import Choices
from tocsin.incident.facts import LevelPaged
from tocsin.incident.planning import plan_response
from tocsin.oncall.roster import Binding, Roster
from tocsin.runbook.compile import compile_runbook

ROLES = {
    "primary": ("On-Call Engineer", "Primary On-Call Engineer", "On-call", "On-Call"),
    "secondary": ("Secondary On-Call Engineer",),
    "senior": ("Senior Engineer",),
    "lead": ("Team Lead",),
    "manager": ("Engineering Manager",),
    "cto": ("CTO",),
    "vp": ("VP of Engineering",),
    "ceo": ("CEO",),
    "management": ("Management",),
}
ROSTER = Roster(
    people=tuple(person(handle) for handle in ROLES),
    bindings=tuple(Binding(word, people=(handle,)) for handle, words in ROLES.items() for word in words),
    catch_all=("primary",),
)
FIRST = "0 primary"
LADDERS = {
    # Level 1 "escalate if not resolved in 30 minutes (P0/P1)"; level 3 is for P0 and has no time of its own
    ("cookcam", "P0"): (FIRST, "30 senior", "50 cto+manager"),
    ("cookcam", "P1"): (FIRST, "30 senior"),
    ("cookcam", "P2"): (FIRST,),
    ("cookcam", "P3"): (FIRST,),
    # a primary and a secondary, no times
    ("cuisine-code", "SEV1"): (FIRST, "20 secondary"),
    ("cuisine-code", "SEV4"): (FIRST, "20 secondary"),
    # "if unresolved in 1 hour", "in 2 hours", "for P0 incidents"
    ("dashboarduz", "P0"): (FIRST, "60 lead", "120 manager", "140 cto"),
    ("dashboarduz", "P1"): (FIRST, "60 lead", "120 manager"),
    ("dashboarduz", "P3"): (FIRST, "60 lead", "120 manager"),
    # "not acknowledged within response time": immediate, 30 minutes, 1 hour, 4 hours, and so on upwards
    ("mgmt-vibe", "SEV-0"): (FIRST, "5 manager", "10 vp", "15 ceo"),
    ("mgmt-vibe", "SEV-1"): (FIRST, "30 manager", "60 vp", "90 ceo"),
    ("mgmt-vibe", "SEV-2"): (FIRST, "60 manager", "120 vp", "180 ceo"),
    ("mgmt-vibe", "SEV-3"): (FIRST, "240 manager", "480 vp", "720 ceo"),
    # a chain with arrows for each severity, no times
    ("whats-for-dinner", "P0"): (FIRST, "20 lead", "40 management"),
    ("whats-for-dinner", "P1"): (FIRST, "20 lead"),
    ("whats-for-dinner", "P2"): (FIRST,),
    ("whats-for-dinner", "P3"): (FIRST,),
}


def paged(runbook: str, severity: str, strictest: bool | None = None) -> tuple[str, ...]:
    """Each level's first page: the minute and the people."""
    place = shared()
    if place is None:
        pytest.skip("the shared documents are not beside this checkout (set TOCSIN_SHARED)")
    document = (place / "runbooks" / f"{runbook}.md").read_bytes()
    # No page is repeated within the day, so that only the ladder is seen.
    choices = Choices(minutes(20), minutes(5), repeats_every=timedelta(days=2), strictest=strictest)
    plan = plan_response(compile_runbook(document, path=f"{runbook}.md"), "shop", choices)
    story = Story(severity, of=plan, roster=ROSTER)
    story.wait(24 * 60)
    levels = [(one.at, one.fact) for one in story.facts if isinstance(one.fact, LevelPaged)]
    assert all(fact.repeat == 0 for _, fact in levels)
    return tuple(f"{(at - START) // minutes(1)} {'+'.join(sorted(fact.people))}" for at, fact in levels)


@pytest.mark.parametrize(("runbook", "severity"), LADDERS, ids=lambda one: str(one))
def test_the_right_people_at_the_right_minute(runbook: str, severity: str) -> None:
    """Level by level, as the document says it."""
    assert paged(runbook, severity) == LADDERS[runbook, severity]


def test_of_two_windows_that_contradict_each_other_the_strictest_holds_when_the_team_says_so() -> None:
    """ "P0 incidents not resolved in 30 minutes" beside "Team Lead (if unresolved in 1 hour)"."""
    assert paged("dashboarduz", "P0", strictest=True)[:2] == (FIRST, "30 lead")
    assert paged("dashboarduz", "P1", strictest=True)[:2] == (FIRST, "60 lead")
