"""A state that no list of words holds, beside a known one of the same thing: both are cases, and neither a step."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

FORMS = ("**{}**\n\n```bash\n{}\n```\n\n", "#### {}\n\n```bash\n{}\n```\n\n", "**{}:**\n\n1. Turn the wheel: `{}`\n\n")


def _conditions(form: str, first: str, second: str) -> dict[str, str | None]:
    text = "# Bakery\n\n## Common incidents\n\n### Bread bad\n\n**Symptoms**: a queue\n\n"
    procedures = compile_runbook(text + form.format(first, "make hot") + form.format(second, "make cold")).procedures
    return {step.command.text: step.condition for one in procedures for step in one.steps if step.command}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("known", "other"),
    [
        ("Dough burnt", "Dough raw"),
        ("Queue full", "Queue brimming"),
        ("Mill stopped", "Mill wobbling"),
        ("Tank empty", "Tank murky"),
        ("Horno apagado", "Horno frío"),
        ("Forno desligado", "Forno morno"),
        ("Four éteint", "Four tiède"),
        ("烤箱已满", "烤箱过热"),
    ],
)
def test_the_other_state_of_a_thing_is_a_case_as_well(known: str, other: str, form: str) -> None:
    """What is done to raw dough was done to burnt dough next, and the other way round."""
    assert _conditions(form, known, other) == {"make hot": known, "make cold": other}
    assert _conditions(form, other, known) == {"make hot": other, "make cold": known}


@pytest.mark.parametrize("form", FORMS[:2])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Oven down", "Oven restart"),
        ("Queue full", "Queue drain"),
        ("Check logs", "Check pods"),
        ("Fix", "Verification"),
    ],
)
def test_a_deed_beside_a_state_is_none(first: str, second: str, form: str) -> None:
    """What is done to the same thing is no state of it."""
    assert _conditions(form, first, second)["make cold"] is None
