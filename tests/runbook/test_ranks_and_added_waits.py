"""Who is called by a rank alone, waits that add up, several people in a row, and cases of one level."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook

_SCALE = "## Severity\n\n- P1: no flour\n- P2: little flour\n\n"


def _chapter(said: str, title: str = "Escalation", scale: str = "") -> Playbook:
    return compile_runbook(f"# Mill\n\n{scale}## {title}\n\n{said}\n")


def _chain(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, int | None]]:
    return [(" + ".join(one.targets), one.after.seconds if one.after else None) for one in levels]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("- **Primary**: Sieve team (sieve@example.com)\n- **Secondary**: Stone team", ["Sieve team", "Stone team"]),
        ("- **Primär**: Sieb-Team (s@example.com)\n- **Sekundär**: Stein-Team", ["Sieb-Team", "Stein-Team"]),
        (
            "- **Principal** : Équipe meule (m@example.com)\n- **Secondaire** : Équipe tamis",
            ["Équipe meule", "Équipe tamis"],
        ),
        ("- **Principal**: Equipo molino\n- **Respaldo**: Equipo horno", ["Equipo molino", "Equipo horno"]),
    ],
)
def test_a_rank_is_nobody_and_who_stands_behind_it_is_called(said: str, who: list[str]) -> None:
    """F1: "Secondary: Stone team" in the contacts of an escalation calls the team, in whatever language."""
    playbook = _chapter(said, "Escalation contacts")
    assert [name for name, _after in _chain(playbook.escalation_levels)] == who


def test_whoever_stands_behind_the_ranks_is_called_after_them() -> None:
    """F1: "Primary, Secondary, Mill manager" in one list of an escalation are three."""
    said = "### Technical escalation\n\n- **Primary On-call**: +1-555-0100\n- **Secondary On-call**: +1-555-0101\n"
    playbook = _chapter(f"{said}- **Mill manager**: +1-555-0102", "Escalation contacts")
    assert [name for name, _after in _chain(playbook.escalation_levels)] == [
        "Primary On-call",
        "Secondary On-call",
        "Mill manager",
    ]


def test_the_place_for_an_address_is_no_part_of_a_name() -> None:
    """F1: of "Technical Lead - [Contact]" the lead is called."""
    said = "- **Primary on-call:** [Name]\n- **Secondary on-call:** [Name]\n- **Escalation:** Mill Lead - [Phone]"
    assert _chain(_chapter(said, "On-call").escalation_levels)[-1] == ("Mill Lead", None)


@pytest.mark.parametrize(
    "head",
    ["Wait before next", "Time until next level", "Zeit bis zur nächsten Stufe", "Délai avant niveau suivant"],
)
def test_times_until_the_next_level_add_up(head: str) -> None:
    """F2: 10 and 20 minutes "until next level" call the second after 10 and the third after 30."""
    rows = "| 1 | Duty miller | 10 min |\n| 2 | Team lead | 20 min |\n| 3 | Owner | - |\n"
    playbook = _chapter(f"| Level | Who | {head} |\n|---|---|---|\n{rows}")
    assert _chain(playbook.escalation_levels) == [("Duty miller", None), ("Team lead", 600), ("Owner", 1800)]


def test_a_mark_of_hours_with_a_multiple_of_five_is_of_minutes() -> None:
    """H1: "H+15" is a quarter of an hour after the alarm, "H+4" four hours."""
    chain = _chapter("- H+0 : astreinte\n- H+15 : chef d'équipe\n- H+4 : directeur", "Escalade").escalation_levels
    assert [after for _who, after in _chain(chain)] == [None, 900, 14400]


@pytest.mark.parametrize("said", ["Jan en Piet", "Jan i Piet", "Jan та Piet", "Jan and Piet"])
def test_two_names_beside_the_and_of_a_language_are_two_people(said: str) -> None:
    """F1: the Dutch "en", the Polish "i" and the Ukrainian "та" join people as "and" does."""
    (first, _second) = _chapter(f"1. {said}\n2. CTO").escalation_levels
    assert first.targets == ("Jan", "Piet")


def test_teams_in_a_row_behind_a_verb_are_all_called() -> None:
    """F1: "Page Platform, Data and Security" calls three teams; "Page the CTO, Investigate" calls one person."""
    rows = "| P1 | shut | Page Stones, Sieves and Sales |\n| P2 | slow | Page CTO, Investigate |\n"
    playbook = compile_runbook(f"# Mill\n\n## Severity\n\n| Level | What | Response |\n|---|---|---|\n{rows}")
    assert _chain(playbook.escalation_levels) == [("Stones + Sieves + Sales", None)]
    assert _chain(playbook.escalation_by_severity["P2"]) == [("CTO", None)]


@pytest.mark.parametrize(
    "policy",
    [
        "escalation:\n  P1: [on-call, lead @15m, owner @1h]\n  P2: [on-call]",
        "P1:\n  - on-call\n  - lead (15m)\n  - owner +1h\nP2:\n  - on-call",
    ],
)
def test_lists_of_people_below_severities_in_yaml_are_their_chains(policy: str) -> None:
    """F1: a list of names, each with its time, below the key of a severity."""
    playbook = _chapter(f"```yaml\n{policy}\n```", scale=_SCALE)
    assert _chain(playbook.escalation_levels) == [("on-call", None), ("lead", 900), ("owner", 3600)]
    assert _chain(playbook.escalation_by_severity["P2"]) == [("on-call", None)]


def test_addresses_below_severities_in_yaml_are_nobody() -> None:
    """F1: "P1: [slack, email]" says where, and calls nobody."""
    policy = "routes:\n  P1: [slack, email]\n  P2: [email]"
    assert not _chapter(f"```yaml\n{policy}\n```", scale=_SCALE).escalation_levels


def test_a_case_in_a_drawing_stays_with_whom_it_calls() -> None:
    """F3: "(if the mill is shut, 1 hour)" is the condition of whoever stands there, and no wait for an answer is."""
    drawing = "On-call (5 min)\n  ↓ (if no answer)\nLead\n  ↓\nCEO (if the mill is shut, 1 hour no progress)\n"
    conditions = [one.condition for one in _chapter(f"```\n{drawing}```").escalation_levels]
    assert conditions == [None, None, "if the mill is shut, 1 hour no progress"]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("**WhatsApp Ana:** +591-123\n**Email:** a@example.com", ["Ana"]),
        ("- Phone Ana Lind: +49 30 1234\n- Phone the owner: +49 30 2345", ["Ana Lind", "owner"]),
        ("- **Telefon Leitung:** +49 170 2345", ["Leitung"]),
        ("**Slack:** #mill\n**Phone:** +1 555 1234", []),
    ],
)
def test_a_way_to_reach_somebody_names_whom_it_reaches(said: str, who: list[str]) -> None:
    """F1: "WhatsApp Ana: number" in an escalation that names nobody else calls Ana."""
    assert [name for name, _after in _chain(_chapter(said).escalation_levels)] == who


def test_what_to_take_along_is_no_reason_to_escalate() -> None:
    """F5: of "Not solved in 30 minutes. Collect:" the first sentence is the reason, and none of the list below."""
    playbook = _chapter(
        "Not resolved in 30 minutes. Collect:\n\n- logs of the last hour\n- two traces", "When to escalate"
    )
    assert [(one.text, one.after and one.after.seconds) for one in playbook.escalation_rules] == [
        ("Not resolved in 30 minutes.", 1800)
    ]
