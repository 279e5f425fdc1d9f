"""A table of severities with who is called at once in one column, and who is called when in another."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

HEADS = [
    ("Severity", "Notify immediately", "Escalate if unresolved after"),
    ("Severity", "Immediate notification", "Escalation"),
    ("Severity", "Page first", "If unresolved"),
    ("Severity", "Who is paged", "Then"),
    ("Level", "Notified at once", "Next"),
    ("Severity", "Initial responders", "Escalate to"),
]
LATER = [
    ("30 min -> head miller; 2h -> CEO", "1h -> head miller"),
    ("30 min: head miller, 2h: CEO", "1h: head miller"),
    ("after 30 min → head miller; after 2 hours → CEO", "after 1 hour → head miller"),
    ("head miller after 30 min, CEO after 2 hours", "head miller after 1h"),
    ("head miller (30 min), CEO (2h)", "head miller (1h)"),
    ("> 30 min: head miller; > 2 h: CEO", "> 1 h: head miller"),
]


def _table(heads: tuple[str, str, str], later: tuple[str, str], chapter: str = "Escalation matrix") -> str:
    rows = f"| P0 | duty miller, deputy miller | {later[0]} |\n| P1 | duty miller | {later[1]} |\n"
    head = f"| {' | '.join(heads)} |\n|---|---|---|\n"
    levels = "## Severity levels\n\n- P0: no flour\n- P1: little flour\n- P2: brown flour\n"
    return f"# Mill\n\n{levels}\n## {chapter}\n\n{head}{rows}| P2 | duty miller | n/a |\n"


@pytest.mark.parametrize("n", range(len(HEADS)))
def test_both_columns_are_levels_of_each_severity(n: int) -> None:
    """Each was the whole chain: those at once were never paged, or the first of two was at once."""
    for heads, later in ((HEADS[n], LATER[n]), (HEADS[n], LATER[(n + 1) % 6]), (HEADS[n], LATER[(n + 3) % 6])):
        playbook = compile_runbook(_table(heads, later).encode())
        chains = {"P0": playbook.escalation_levels, **playbook.escalation_by_severity}
        said = {name: [(one.targets, one.after and one.after.seconds) for one in chains[name]] for name in ("P0", "P1")}
        both = ("duty miller", "deputy miller")
        assert said == {
            "P0": [(both, None), (("head miller",), 1800), (("CEO",), 7200)],
            "P1": [(("duty miller",), None), (("head miller",), 3600)],
        }, (heads, later)
        assert [one.targets for one in chains.get("P2", ())] == [("duty miller",)]


@pytest.mark.parametrize(
    ("chapter", "heads", "later"),
    [
        (
            "Eskalation",
            ("Stufe", "Sofort informieren", "Eskalation"),
            ("30 Min → Leiter; 2 h → CTO", "1 h → Leiter"),
        ),
        ("Escalade", ("Sévérité", "Prévenir", "Ensuite"), ("30 min : directeur, 2 h : CTO", "1 h : directeur")),
        ("Escalamiento", ("Severidad", "Avisar", "Luego"), ("30 min → director; 2 h → CTO", "1 h → director")),
    ],
)
def test_in_other_languages(chapter: str, heads: tuple[str, str, str], later: tuple[str, str]) -> None:
    """The cells say it, whatever the columns are called."""
    levels = compile_runbook(_table(heads, later, chapter).encode()).escalation_levels
    assert [one.after.seconds for one in levels if one.after] == [1800, 7200]
    assert levels[0].targets == ("duty miller", "deputy miller")


def test_a_way_that_begins_with_a_time_waits_for_it() -> None:
    """ "15 min → lead": the lead was called at once."""
    text = "# Mill\n\n## Escalation\n\n| Severity | Escalation |\n|---|---|\n| P0 | 15 min → head miller → owner |\n"
    levels = compile_runbook(f"{text}| P1 | after 1 h → head miller |\n".encode()).escalation_by_severity
    assert [(one.targets, one.after and one.after.seconds) for one in levels["P1"]] == [(("head miller",), 3600)]


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (("Severity", "Owner", "Response time"), "15 min"),
        (("Severity", "Owner", "Updates"), "every 30 min: customers"),
        (("Severity", "Criteria", "What to do"), "after 10 min: restart the mill"),
    ],
)
def test_other_columns_with_times_call_nobody(heads: tuple[str, str, str], row: str) -> None:
    """How soon somebody answers, whom the news goes to, and what is done then."""
    levels = compile_runbook(_table(heads, (row, row)).encode()).escalation_levels
    assert [one.after.seconds for one in levels if one.after and one.after.seconds and one.after.text in row] == []


def test_levels_that_only_the_table_of_calls_names_are_levels() -> None:
    """A list of how often updates are due named two of four, and nobody was called for the others."""
    table = "| Severity | Notify | Escalate |\n|---|---|---|\n| P0 | duty miller | 30 min → head miller |\n"
    rows = "| P1 | duty miller | 1 h → head miller |\n| P2 | duty miller | n/a |\n| P3 | ticket only | n/a |\n"
    updates = "- **P0:** Update every 30 minutes.\n- **P1:** Update every hour.\n"
    text = f"# Mill\n\n## Escalation\n\n{table}{rows}\n## Communication\n\n### Update cadence\n\n{updates}"
    playbook = compile_runbook(text.encode())
    assert [one.name for one in playbook.severities] == ["P0", "P1", "P2", "P3"]
    assert [one.targets for one in playbook.escalation_by_severity["P2"]] == [("duty miller",)]
    assert not playbook.escalation_by_severity.get("P3")
    assert {(one.severities, one.every.seconds) for one in playbook.cadences} == {(("P0",), 1800), (("P1",), 3600)}
