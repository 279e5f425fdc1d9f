"""One severity called apart in few words, ranks that "ring", either of two people, and troubles with names."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Trigger

_MILL = """# Mill
## Severities
- P1: all stones stand
- P2: one stone stands
## Escalation
1. On-call miller
2. Team lead after 20 minutes

"""


def _path(text: str, severity: str = "P1") -> list[tuple[tuple[str, ...], float | None]]:
    book = compile_runbook(text)
    chain = book.escalation_by_severity.get(severity, book.escalation_levels)
    return [(one.targets, one.after.seconds if one.after is not None else None) for one in chain]


@pytest.mark.parametrize("said", ["- P1 → CTO immediately", "P1 -> CTO at once", "* P1 → CTO (immediately)"])
def test_an_arrow_behind_a_severity_calls_at_that_severity(said: str) -> None:
    """Whom it leads to is called beside the path, where it says when; the path of the others stays."""
    assert _path(_MILL + said) == [(("On-call miller",), None), (("CTO",), 0), (("Team lead",), 1200)]
    assert _path(_MILL + said, "P2") == [(("On-call miller",), None), (("Team lead",), 1200)]


def test_an_arrow_that_says_no_time_hurries_nobody() -> None:
    """ "P1 → CTO" is who it ends with, and nobody is woken earlier for it."""
    assert (("CTO",), 0) not in _path(_MILL + "- P1 → CTO\n- P2 → Team lead\n")


@pytest.mark.parametrize(
    "said",
    ["Unacknowledged P1 alerts are escalated to the CTO.", "If nobody acknowledges a P1, page the CTO."],
)
def test_the_silence_at_one_severity_has_somebody_of_its_own(said: str) -> None:
    """Who comes when nobody answers an alert of a severity comes last on its path, and on no other."""
    assert _path(_MILL + said)[-1] == (("CTO",), None)
    last = _levels(_MILL + said)[-1]
    assert last.trigger is Trigger.UNACKNOWLEDGED
    assert _path(_MILL + said, "P2")[-1] == (("Team lead",), 1200)


def _levels(text: str) -> tuple[EscalationLevel, ...]:
    return compile_runbook(text).escalation_levels


@pytest.mark.parametrize(
    "said",
    [
        "Bei P1 direkt zum CTO eskalieren.",
        "Bel bij een P1 direct de CTO.",
        "Los P1 se escalan directamente al CTO.",
        "Les P1 sont escaladés directement au CTO.",
        "Przy P1 natychmiast dzwonić do CTO.",
        "P1 olaylarda CTO hemen aranır.",
    ],
)
def test_a_severity_calls_somebody_at_once_in_other_languages(said: str) -> None:
    """The words for the severity and for the haste, wherever a language puts them, are no part of the name."""
    assert (("CTO",), 0) in _path(_MILL + said)


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Bij een P2 wordt de teamleider na 30 minuten gebeld.", "teamleider"),
        ("P2 olaylarda takım lideri 30 dakika içinde bilgilendirilir.", "takım lideri"),
    ],
)
def test_a_time_before_the_verb_is_no_part_of_the_name(said: str, who: str) -> None:
    """A verb that comes last leaves the time behind the name, and the name ends before it."""
    text = f"# Mill\n## Severities\n- P1: all\n- P2: one\n## Escalation\nP1: call the CTO at once.\n\n{said}\n"
    book = compile_runbook(text)
    targets = [one.targets for chain in book.escalation_by_severity.values() for one in chain]
    assert (who,) in [*targets, *(one.targets for one in book.escalation_levels)]


_RANKS = [
    ("- Primary: carries the pager", "- Secondary: rings after 10 minutes", "- Director: rings after 20 minutes"),
    ("- Primary: gets paged", "- Secondary: gets paged after 10 minutes", "- Director: is called after 20 minutes"),
]


@pytest.mark.parametrize(("first", "second", "third"), _RANKS)
def test_a_rank_that_rings_is_called_and_so_is_who_gets_the_page_behind_it(first: str, second: str, third: str) -> None:
    """What is done to a rank is no name, and a role behind the ranks that is called is the next level."""
    text = f"# Mill\n## On-call\n{first}\n{second}\n{third}\n"
    assert _path(text) == [(("Primary",), None), (("Secondary",), 600), (("Director",), 1200)]


def test_a_name_in_small_letters_is_a_name_behind_a_rank() -> None:
    """ "bob after 10 minutes" names him, though "rings after 10 minutes" names nobody."""
    assert _path("# Mill\n## On-call\n- Primary: alice\n- Secondary: bob after 10 minutes\n") == [
        (("alice",), None),
        (("bob",), 600),
    ]


@pytest.mark.parametrize(
    ("said", "both"),
    [
        ("Team lead or mill owner", ("Team lead", "mill owner")),
        ("Teamleiter oder Projektleiter", ("Teamleiter", "Projektleiter")),
        ("班長または部長", ("班長", "部長")),
    ],
)
def test_either_of_two_people_are_both_called(said: str, both: tuple[str, ...]) -> None:
    """Nobody knows at night which of the two is meant, and one page too many beats none."""
    assert _path(f"# Mill\n## Escalation\n1. On-call\n2. {said} (15 min)\n")[1] == (both, 900)


def test_an_or_within_a_name_parts_nobody() -> None:
    """ "Database or network team" is no two teams by its words."""
    text = "# Mill\n## Escalation\n1. On-call engineer\n2. Database or network team after 20 minutes\n"
    assert _path(text)[1] == (("Database or network team",), 1200)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Who to call", "- Website down: Ada Stone (555-0100)\n- Flour stock: Bo\n"),
        ("A quién llamar", "- Web caída: Ada Stone (555-0100)\n- Fallos del horno: Bo\n"),
    ],
)
def test_troubles_before_names_are_reasons_to_call_them(title: str, lines: str) -> None:
    """Who is called for a trouble is listed by the name, and the trouble is the reason to call."""
    book = compile_runbook(f"# Mill\n## {title}\n{lines}")
    assert [rule.targets for rule in book.escalation_rules] == [("Ada Stone",), ("Bo",)]
    assert [one.name for one in book.contacts] == ["Ada Stone", "Bo"]
    assert [one.type for one in book.contacts[0].channels] == ["phone"]


def test_systems_and_roles_before_names_are_no_reasons() -> None:
    """ "Database: Ada" says who knows it, "Team lead: Ada" who that is."""
    book = compile_runbook("# Mill\n## Who to call\n- Database: Ada\n- Team lead: Bo\n- CTO: Cyn\n")
    assert not book.escalation_rules
    assert [one.name for one in book.contacts] == ["Database", "Team lead", "CTO"]


def test_a_severity_with_several_rows_has_a_step_in_each() -> None:
    """A table that repeats the severity for each step lost all but the first of them."""
    table = "| Severity | Escalate to | After |\n|---|---|---|\n"
    rows = "| P1 | Team lead | 10 min |\n| P1 | CTO | 30 min |\n| P2 | Team lead | 1 hour |\n"
    text = f"# Mill\n## Severities\n- P1: all stones stand\n- P2: one\n## Escalation\n{table}{rows}"
    assert _path(text) == [(("Team lead",), 600), (("CTO",), 1800)]
    assert _path(text, "P2") == [(("Team lead",), 3600)]


def test_a_second_row_without_a_time_is_no_step() -> None:
    """Rows that say of two faults whom each calls are no ladder: the second is not woken for the first."""
    table = "| Severity | Fault | Escalate to |\n|---|---|---|\n"
    rows = "| P1 | Stones stand | Team lead |\n| P1 | Flour lost | CTO |\n| P2 | Dust | Team lead |\n"
    text = f"# Mill\n## Severities\n- P1: all stones stand\n- P2: one\n## Escalation\n{table}{rows}"
    assert all("CTO" not in targets for targets, _after in _path(text))
