"""Whom the runbook's words mean."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from tocsin.errors import BadSettings
from tocsin.oncall.people import Person, Way, WayKind
from tocsin.oncall.roster import Binding, Roster
from tocsin.oncall.rotation import Rotation
from tocsin.oncall.schedule import Schedule

NOW = datetime(2026, 6, 6, 1, 30, tzinfo=UTC)


def person(handle: str, *, reachable: bool = True) -> Person:
    ways = (Way(WayKind.PHONE, handle),) if reachable else ()
    return Person(handle, handle.title(), ways)


ADA, BEN, CEM, DEE = (person(handle) for handle in ("ada", "ben", "cem", "dee"))
MUTE = person("mute", reachable=False)
PRIMARY = Schedule("first-line", "Europe/Berlin", (Rotation(("ada", "ben"), date(2026, 1, 5), handoff=time(9)),))


def roster(*bindings: Binding, catch_all: tuple[str, ...] = ("dee",)) -> Roster:
    return Roster((ADA, BEN, CEM, DEE, MUTE), (PRIMARY,), bindings, catch_all)


def reached(target: str, *bindings: Binding) -> list[str]:
    return [one.handle for one in roster(*bindings).who(target, NOW).people]


ON_CALL = Binding("On-Call Engineer", schedules=("first-line",))


@pytest.mark.parametrize(
    "target",
    ["On-Call Engineer", "on-call engineer", "On-call", "Oncall", "ON CALL", "Primary On-Call", "Primary",
     "Primary On-Call Engineer", "the on-call person", "On-Call Engineer (First responder)"],
)  # fmt: skip
def test_the_ways_of_writing_on_call_mean_the_same(target: str) -> None:
    """Case, hyphens and the usual words do not matter when one binding fits."""
    assert reached(target, ON_CALL) == ["ben"]


def test_a_schedule_says_until_when() -> None:
    """The answer holds until the next hand-over."""
    answer = roster(ON_CALL).who("On-call", NOW)
    assert answer.until == datetime(2026, 6, 8, 7, tzinfo=UTC)
    assert "'On-call' is taken for 'On-Call Engineer'" in answer.why
    assert "rotation of first-line" in answer.why


@pytest.mark.parametrize("target", ["Secondary On-Call Engineer", "Secondary", "Backup on-call"])
def test_the_secondary_is_never_the_primary(target: str) -> None:
    """Whoever is asked for as the second is not taken for the first, who was already called."""
    assert reached(target, ON_CALL) == []
    assert reached("Backup Lead", Binding("Lead", people=("ada",))) == []


def test_the_secondary_is_found_by_its_short_name() -> None:
    """With both bound, each word means its own."""
    second = Binding("Secondary On-Call Engineer", people=("cem",))
    assert reached("Secondary", ON_CALL, second) == ["cem"]
    assert reached("On-call", ON_CALL, second) == ["ben"]


def test_two_bindings_that_fit_reach_nobody() -> None:
    """A word that could be either is not guessed; the reason names both (R11)."""
    answer = roster(Binding("Platform Lead", people=("ada",)), Binding("Web Lead", people=("ben",))).who("Lead", NOW)
    assert answer.people == ()
    assert "'Platform Lead', 'Web Lead'" in answer.why


@pytest.mark.parametrize("target", ["", "   ", "Management", "[Team lead name and contact]", "!!!", "Engineering"])
def test_an_unknown_word_reaches_nobody_and_says_why(target: str) -> None:
    """An empty or unknown target has no people and a reason (R11)."""
    answer = roster(
        ON_CALL, Binding("Engineering Manager", people=("ada",)), Binding("VP of Engineering", people=("ben",))
    )
    found = answer.who(target, NOW)
    assert found.people == ()
    assert found.why


def test_a_team_is_not_its_manager() -> None:
    """Words are compared by the head of the role: "Engineering" is neither the manager nor anybody's lead."""
    assert reached("Engineering", Binding("Engineering Manager", people=("ada",))) == []
    assert reached("Manager", Binding("Engineering Manager", people=("ada",))) == ["ada"]
    assert reached("Team Lead", Binding("Lead", people=("ada",))) == ["ada"]
    assert reached("Head of Operations", Binding("Operations", people=("ada",))) == []


def test_several_roles_in_one_word_are_all_called() -> None:
    """ "CTO/Engineering Manager" is both, unless it is bound as it stands."""
    cto, manager = Binding("CTO", people=("cem",)), Binding("Engineering Manager", people=("dee",))
    assert reached("CTO/Engineering Manager", cto, manager) == ["cem", "dee"]
    assert reached("CTO/Engineering Manager", cto, manager, Binding("cto / engineering manager", people=("ada",))) == [
        "ada"
    ]
    partly = roster(cto).who("CTO and Engineering Manager", NOW)
    assert partly.people == (CEM,)
    assert "nobody is bound to 'Engineering Manager'" in partly.why


def test_people_and_schedules_need_no_binding() -> None:
    """A handle, a person's name or a schedule's name is enough."""
    assert reached("ada") == ["ada"]
    assert reached("Ben") == ["ben"]
    assert reached("First Line") == ["ben"]


def test_people_without_a_way_are_not_reached() -> None:
    """Somebody who cannot be called is nobody, and the reason says so (R11)."""
    answer = roster(Binding("CTO", people=("mute", "ghost"))).who("CTO", NOW)
    assert answer.people == ()
    assert "mute has no way to be reached" in answer.why
    assert "'ghost' is not among the people" in answer.why


def test_the_last_resort_is_the_catch_all() -> None:
    """When nobody answers, the catch-all is called."""
    answer = roster().last_resort(NOW)
    assert answer.people == (DEE,)


def test_a_catch_all_that_reaches_nobody_calls_everybody() -> None:
    """Somebody must be woken: paging fails open."""
    assert roster(catch_all=()).last_resort(NOW).people == (ADA, BEN, CEM, DEE)
    assert roster(catch_all=("mute",)).last_resort(NOW).people == (ADA, BEN, CEM, DEE)
    assert Roster().last_resort(NOW).people == ()


def test_problems_are_named_before_the_night() -> None:
    """What would keep a page from reaching anybody is found when the roster is read."""
    broken = Roster(
        (ADA, MUTE),
        (Schedule("empty", "UTC"), Schedule("odd", "UTC", (Rotation(("ghost",), date(2026, 1, 1)),))),
        (Binding("CTO", people=("nobody",)), Binding("Team Lead"), Binding("VP", schedules=("none",))),
    )
    assert broken.problems(["On-call", "CTO", "Team Lead", ""]) == [
        "nobody is bound to 'On-call'",
        "'CTO' is bound to 'nobody', who is not among the people",
        "'Team Lead' is bound to nobody",
        "the runbook names nobody here",
        "'VP' is bound to the schedule 'none', which does not exist",
        "mute has no way to be reached",
        "the schedule 'empty' has no rotation with members",
        "the schedule 'odd' names 'ghost', who is not among the people",
        "there is no catch-all: name the people who are called when nobody answers",
    ]


def test_a_sound_roster_has_no_problems() -> None:
    """Nothing is found where every word reaches somebody."""
    sound = Roster((ADA, BEN, DEE), (PRIMARY,), (ON_CALL, Binding("CTO", people=("dee",))), ("dee",))
    assert sound.problems(["On-call", "CTO/On-call"]) == []


def test_two_ways_of_one_name_are_refused() -> None:
    """The timeline tells ways apart by their names."""
    with pytest.raises(BadSettings, match="label"):
        Person("ada", "Ada", (Way(WayKind.EMAIL, "a@example.org"), Way(WayKind.EMAIL, "b@example.org")))
    two = Person("ada", "Ada", (Way(WayKind.EMAIL, "a@example.org"), Way(WayKind.EMAIL, "b@example.org", "home")))
    assert two.way("home") == two.ways[1]
