"""Who is told and paged by nobody, and tables of what is wrong with who is called first and second."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.escalation.people.ours import is_outside


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("On-call → ISO → Managing director → Regulator (72 h)", ["On-call", "ISO", "Managing director"]),
        ("1. On-call engineer\n2. Head of mills (after 30 minutes)\n3. Data protection authority (within 72 hours)", 2),
        ("1. Bereitschaft\n2. IT-Leitung (nach 30 Minuten)\n3. BSI-Meldung (innerhalb von 24 Stunden)", 2),
        ("1. Astreinte\n2. Responsable technique (après 30 minutes)\n3. CNIL (sous 72 heures)", 2),
        ("1. Дежурный инженер\n2. Руководитель отдела (через 30 минут)\n3. Роскомнадзор (в течение 24 часов)", 2),
        (
            (
                "| Level | Who | When |\n|---|---|---|\n| 1 | On-call | at once |\n| 2 | CTO | 30 min |\n"
                "| 3 | Regulator (ICO) | within 72 hours |\n| 4 | Press | 4 hours |"
            ),
            ["On-call", "CTO"],
        ),
        (
            (
                "| Time | Action |\n|---|---|\n| 0 min | Page on-call |\n| 15 min | Page CTO |\n"
                "| 60 min | Tell customers |\n| 2 h | Inform the press |"
            ),
            ["on-call", "CTO"],
        ),
        ("- DPO → Data protection authority\n", []),
    ],
)
def test_authorities_and_the_public_are_nobodys_pager(text: str, who: list[str] | int) -> None:
    """A deadline to report is no window of an escalation, and a way of reporting no ladder."""
    levels = compile_runbook(f"# Escalation\n\n{text}\n").escalation_levels
    assert (len(levels) if isinstance(who, int) else ["+".join(one.targets) for one in levels]) == who
    assert all(one.after is None or (one.after.seconds or 0) <= 3600 for one in levels)


@pytest.mark.parametrize("reports", ["DPO → Data protection authority", "CISO → owner → press"])
def test_a_way_of_reporting_takes_no_step_of_the_escalation_beside_it(reports: str) -> None:
    """The numbered steps before it are the ladder."""
    text = f"# Escalation\n\n1. On-call engineer\n2. Head of mills (after 30 minutes)\n3. {reports}\n"
    levels = compile_runbook(text).escalation_levels
    assert [one.targets for one in levels][:2] == [("On-call engineer",), ("Head of mills",)]
    assert levels[1].after is not None


@pytest.mark.parametrize(
    ("who", "outside"),
    [
        ("the press", True),
        ("Press officer", False),
        ("Customers", True),
        ("Customer support lead", False),
        ("Autoridade de controlo", True),
        ("Aufsichtsbehörde (72 h)", True),
        ("Behördenbeauftragter der Leitung", False),
        ("監督官庁", True),
        ("Platform team", False),
    ],
)
def test_who_works_with_them_is_one_of_ours(who: str, outside: bool) -> None:
    """ "Press officer" is a person of ours, "the press" is not."""
    assert is_outside(who) is outside


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("| Situation | Page primary | Page backup |", "Kiln offline", "Shop down"),
        ("| Incident type | Primary | Secondary | ", "Kiln offline", "Shop down"),
        ("| Störung | Primär | Vertretung |", "Ofen kalt", "Kasse aus"),
        ("| Tipo de incidente | Primário | Secundário |", "Forno frio", "Loja fora"),
    ],
)
def test_who_answers_for_one_thing_is_no_level_for_another(head: str, first: str, second: str) -> None:
    """Each row is a reason to call its own people, in the order of the columns."""
    table = f"{head.strip()}\n|---|---|---|\n| {first} | Ana | Bo |\n| {second} | Cy | Ana |\n"
    playbook = compile_runbook(f"# Escalation\n\n{table}")
    assert playbook.escalation_levels == ()
    assert [rule.text for rule in playbook.escalation_rules] == [f"{first}: Ana → Bo", f"{second}: Cy → Ana"]


@pytest.mark.parametrize("head", ["Primary | Backup", "Primär | Vertretung", "Primário | Secundário"])
def test_columns_of_ranks_beside_severities_are_their_chains(head: str) -> None:
    """ "SEV1 | Lead | CTO" below "Primary | Backup" is a chain of two."""
    table = f"| Severity | {head} |\n|---|---|---|\n| SEV1 | Lead | CTO |\n| SEV2 | Engineer | Lead |\n"
    playbook = compile_runbook(f"# Escalation\n\n{table}")
    assert [one.targets for one in playbook.escalation_levels] == [("Lead",), ("CTO",)]
    assert [one.targets for one in playbook.escalation_by_severity["SEV2"]] == [("Engineer",), ("Lead",)]


@pytest.mark.parametrize(
    "table",
    [
        "| Role | Primary | Backup |\n|---|---|---|\n| Incident commander | Ana | Bo |\n| Scribe | Cy | Dee |\n",
        "| Week | Primary | Secondary |\n|---|---|---|\n| Odd | Ana | Bo |\n| Even | Bo | Ana |\n",
        (
            "| Severity | Primary | Secondary |\n|---|---|---|\n| SEV1 | Responds | Available |\n"
            "| SEV2 | Responds | If needed |\n"
        ),
    ],
)
def test_who_stands_in_for_whom_is_no_reason_to_escalate(table: str) -> None:
    """A table of roles, of weeks or of marks says nothing of what is wrong."""
    playbook = compile_runbook(f"# Escalation\n\n{table}")
    assert playbook.escalation_rules == ()
    assert not any("respond" in who.casefold() for one in playbook.escalation_levels for who in one.targets)
