"""What a step is called, and what is said behind its command."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Step


def steps(block: str) -> list[Step]:
    """The steps of an incident whose fix is this block."""
    text = f"# Bakery\n\n## Incident: Mill stuck\n\n### Fix\n\n{block}\n"
    return [step for one in compile_runbook(text).procedures for step in one.steps]


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("Run `pm2 restart mill`", "pm2 restart mill"),
        ("Then run `pm2 restart mill`", "pm2 restart mill"),
        ("and then `pm2 restart mill`", "pm2 restart mill"),
        ("Dann `pm2 restart mill`", "pm2 restart mill"),
        ("Ejecutar `pm2 restart mill`", "pm2 restart mill"),
        ("执行 `pm2 restart mill`", "pm2 restart mill"),
        ("Run the grinder: `pm2 restart mill`", "Run the grinder"),
        ("Restart with `pm2 restart mill`", "Restart with"),
        ("Wait for green, then `pm2 restart mill`", "Wait for green, then"),
    ],
)
def test_a_word_that_only_leads_to_a_command_is_no_title(sentence: str, title: str) -> None:
    """ "Run" says nothing of what is run: the command itself does; whatever else is said is the title."""
    (step,) = steps(f"1. {sentence}")
    assert (step.title, step.command and step.command.text) == (title, "pm2 restart mill")


@pytest.mark.parametrize(
    ("sentence", "details"),
    [
        ("Run `pm2 restart mill`. Wait for green.", [("Wait for green.",)]),
        ("Starte neu: `pm2 restart mill`; warte auf Grün", [("warte auf Grün",)]),
        ("执行 `pm2 restart mill`。等待变绿。", [("等待变绿。",)]),
        ("`pm2 restart mill`, `pm2 show mill`. Wait for green", [(), ("Wait for green",)]),
        ("Run `pm2 restart mill`.", [()]),
        ("Run `pm2 restart mill` once", [()]),
        ("Run `pm2 restart mill`. Wait for `pm2 show mill`", [(), ()]),
    ],
)
def test_a_sentence_behind_a_command_stays_with_it(sentence: str, details: list[tuple[str, ...]]) -> None:
    """Whoever runs the step reads it there; it was nowhere among the steps."""
    assert [step.details for step in steps(f"1. {sentence}")] == details


def test_what_is_listed_below_an_item_is_told_behind_its_sentence() -> None:
    """The remark comes first, as it does in the document."""
    (step,) = steps("1. Run `pm2 restart mill`. Wait for green.\n   - It takes a minute")
    assert step.details == ("Wait for green.", "It takes a minute")


def test_a_comment_of_signs_is_no_title() -> None:
    """A line drawn between commands is called nothing."""
    assert [one.title for one in steps("```bash\n# Stop it\npm2 stop mill\n# -----\npm2 start mill\n```")] == [
        "Stop it",
        "pm2 start mill",
    ]
