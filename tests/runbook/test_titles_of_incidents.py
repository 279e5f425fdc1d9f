"""Which titles, conditions and items name an incident, and which a habit, a drill, a collection or any incident."""

from __future__ import annotations

import pytest

from tests.runbook.asked import only
from tocsin.runbook.compile import compile_runbook


def test_the_review_of_an_alert_is_no_review_of_an_incident() -> None:
    """What is to be done about an alert within some hours sets no deadline for a report."""
    table = (
        "| Alert | Condition | Action |\n|---|---|---|\n| `DoughLate` | 5 minutes | Review the dough within 4 hours |\n"
    )
    assert compile_runbook(f"# Bakery\n\n## Thresholds\n\n{table}").postmortem is None


FIX = "```bash\nsystemctl restart oven\n```"


@pytest.mark.parametrize("title", ["Oven fails to heat", "Mixer does not turn", "Silo is empty", "Ofen heizt nicht"])
def test_a_document_called_by_what_is_wrong_is_that_incident(title: str) -> None:
    """A document about one failure is one, whatever its chapters are called."""
    assert only(f"# {title}\n\nIt is the fuse.\n\n## `blown fuse`\n\n{FIX}\n").title == title


@pytest.mark.parametrize("title", ["High availability of ovens", "Slow baking guide", "Oven drill: mixer is broken"])
def test_a_document_called_otherwise_is_none(title: str) -> None:
    """A title that only begins like a failure, or that of a drill, is no incident."""
    assert not [one for one in compile_runbook(f"# {title}\n\n## Nightly\n\n{FIX}\n").procedures if one.kind == "alert"]


def test_chapters_that_each_trouble_shoot_something_are_incidents() -> None:
    """ "Troubleshooting the oven" beside "Troubleshooting the mixer": each is one where it has commands or steps."""
    text = f"# Bakery\n\n## Troubleshooting the oven\n\n{FIX}\n\n## Troubleshooting the mixer\n\n1. Pull the plug\n"
    found = compile_runbook(text).procedures
    assert [(one.title, one.kind) for one in found] == [
        ("Troubleshooting the oven", "incident"),
        ("Troubleshooting the mixer", "incident"),
    ]


def test_the_word_by_which_a_chapter_counts_is_no_part_of_a_title() -> None:
    """ "Pattern 1: Late dough" below "Failure patterns" is about the dough."""
    text = "# Bakery\n\n## Common failure patterns\n\n### Pattern 1: Late dough\n\n**Symptoms**\n\n- Flat bread\n"
    assert only(text).title == "Late dough"


def test_a_chapter_that_says_when_its_steps_are_needed_is_an_incident() -> None:
    """ "If the mill stands still:" above numbered steps: they are for that case, and are lost in none."""
    text = "# Bakery\n\n## Power cut response\n\nThe mill has no battery. {0}\n\n1. Open the flue\n2. Call the mill\n"
    case = text.format("\n\nIf the mill stands still:")
    assert [(one.title, len(one.steps)) for one in compile_runbook(case).procedures if one.kind == "incident"] == [
        ("Power cut response", 3)
    ]
    assert not compile_runbook(text.format("\n\nOn Mondays:")).procedures


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Cross-team escalation", "When two mills are involved:"),
        ("Alertas automáticas", "Se disparan en dos canales:"),
        ("First response", "If somebody calls:"),
    ],
)
def test_a_chapter_on_any_incident_is_none(title: str, case: str) -> None:
    """Whom to call, or what is done first, is the same in each; a Spanish sentence is no Italian condition."""
    text = f"# Bakery\n\n## {title}\n\n{case}\n\n1. Call the mill\n2. Open the flue\n"
    assert not [one for one in compile_runbook(text).procedures if one.kind == "incident"]


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Reviewing this page", "When you change it:"),
        ("Coffee machine", "When you are the first in the morning:"),
        ("New millers", "When onboarding somebody:"),
        ("Neue Müller", "Wenn jemand neu anfängt:"),
        ("Máquina de café", "Si llegas el primero:"),
        ("Machine à café", "Si vous arrivez en premier:"),
        ("Kaffeemaschine", "Wenn du sie nicht brauchst:"),
        ("Error budget", "When you change it:"),
        ("新人", "如果有人入职："),
    ],
)
def test_a_habit_with_its_occasion_is_no_incident(title: str, case: str) -> None:
    """Steps for an occasion on which nothing is wrong are no procedure, unless there are commands to run."""
    text = f"# Bakery\n\n## {title}\n\n{case}\n\n1. Fill in the sheet\n2. Tell the baker\n"
    assert not [one for one in compile_runbook(text).procedures if one.kind == "incident"]
    run = text + "\n   ```bash\n   systemctl restart mill\n   ```\n"
    assert [one.title for one in compile_runbook(run).procedures if one.kind == "incident"] == [title]


@pytest.mark.parametrize(
    ("title", "case"),
    [
        ("Mill", "If the stone is stuck:"),
        ("Mill", "When the wheel does not start in the morning:"),
        ("Mill failure", "When you are alone:"),
        ("Mühle", "Wenn die Mühle stillsteht:"),
        ("Molino", "Si el molino no responde:"),
        ("Moulin", "Si le moulin est en panne:"),
        ("Mulino", "Quando il mulino si ferma:"),
        ("Мельница", "Если мельница остановилась:"),
        ("水车", "如果水车停止工作："),
    ],
)
def test_a_chapter_for_when_something_is_wrong_is_an_incident(title: str, case: str) -> None:
    """The condition says it, or the title above it, in any language."""
    text = f"# Bakery\n\n## {title}\n\n{case}\n\n1. Open the flue\n2. Call the smith\n"
    assert [one.title for one in compile_runbook(text).procedures if one.kind == "incident"] == [title]


def test_a_rollback_in_case_of_something_is_no_incident() -> None:
    """What is undone in some case stands in the chapter on undoing."""
    text = "# Bakery\n\n## Rollback\n\n### Bad dough\n\nIf the dough is bad:\n\n1. Stop the mixer\n2. Start anew\n"
    assert [one.kind for one in compile_runbook(text).procedures] == ["rollback"]


def test_items_that_name_what_is_wrong_above_commands_are_incidents() -> None:
    """A list below "Troubleshooting" of short names with a colon, each above what to do."""
    text = "# Bakery\n\n## Troubleshooting\n\n- {0}:\n  - `kubectl get pods`\n- Dough flat:\n  - `kubectl get nodes`\n"
    named = [one.title for one in compile_runbook(text.format("Port taken")).procedures if one.kind == "incident"]
    assert named == ["Port taken", "Dough flat"]
    asked = [one.title for one in compile_runbook(text.format("Check the port")).procedures if one.kind == "incident"]
    assert not asked


def test_a_chapter_of_commands_among_problems_is_no_problem() -> None:
    """ "More mill commands" below "Troubleshooting" is a collection."""
    text = f"# Troubleshooting the bakery\n\n## Flat dough\n\n{FIX}\n\n## More mill commands\n\n{FIX}\n"
    assert [(one.title, one.kind) for one in compile_runbook(text).procedures] == [
        ("Flat dough", "incident"),
        ("More mill commands", "library"),
    ]


def test_an_alert_as_it_is_sent_is_one_symptom() -> None:
    """Its first line says what is wrong; its labels are the sender's."""
    sent = "[FIRING:1] OvenDown (critical)\nLabels:\n - alertname = OvenDown\n - instance = oven-1"
    text = f"# Bakery\n\n## Alert: OvenDown\n\n**Symptoms**\n\n```\n{sent}\n```\n\n**Fix**\n\n{FIX}\n"
    assert [one.text for one in only(text).symptoms] == ["[FIRING:1] OvenDown (critical)"]


def test_notes_among_alerts_are_no_alert() -> None:
    """A chapter of remarks stands beside a few alerts and is none."""
    text = f"# Bakery\n\n## Alerts\n\n### Alert: OvenDown\n\n{FIX}\n\n### Notes\n\n- It is old.\n"
    assert [one.title for one in compile_runbook(text).procedures if one.kind != "library"] == ["OvenDown"]
