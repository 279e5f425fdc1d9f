"""Levels whose code stands behind their label, whose heading says what they are, and points that end no sentence."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

_CODED = ["**{}** ({}): {}", "**{}** [{}] – {}", "**{}** / {}: {}", "**{}** — {} — {}", "**{}** {}: {}"]


@pytest.mark.parametrize("form", _CODED)
def test_a_code_behind_a_label_in_bold_names_the_level(form: str) -> None:
    """The code is the name by which the rest of a document speaks of a level, wherever its mark stands."""
    said = [("Critical", "SEV1", "no shop sells, data lost"), ("Minor", "SEV2", "one shop is slow")]
    items = "\n".join(f"- {form.format(*one)}" for one in said)
    book = compile_runbook(f"# Bakery\n\n## Severity\n\n{items}\n\n## Escalation\n\nFor SEV1 page the head baker.\n")
    assert [(one.name, one.label) for one in book.severities] == [("SEV1", "Critical"), ("SEV2", "Minor")]
    assert [one.criteria for one in book.severities] == [("no shop sells", "data lost"), ("one shop is slow",)]
    assert book.escalation_levels[0].severities == ("SEV1",)


_TITLES = [
    "### P1 (Critical) — all shops shut\n\n{}\n\n### P2 (Warning) — one shop shut\n\n{}",
    "### P1: all shops shut\n\n- {}\n\n### P2: one shop shut\n\n- {}",
    "### P1 – Critical – all shops shut\n\n{}\n\n### P2 – High – one shop shut\n\n{}",
]


@pytest.mark.parametrize("titles", _TITLES)
def test_what_a_heading_says_of_a_level_is_its_criterion_where_nothing_below_does(titles: str) -> None:
    """Below it stand duties, which are none."""
    text = titles.format("Page the head baker.", "Open a ticket for the baker.")
    book = compile_runbook(f"# Bakery\n\n## Severity\n\n{text}\n")
    assert [one.criteria for one in book.severities] == [("all shops shut",), ("one shop shut",)]
    assert book.severities[1].actions == ("Open a ticket for the baker.",)


def test_criteria_below_a_heading_go_before_its_title() -> None:
    """What a list says in full is not counted twice."""
    text = "### P1: all shops shut\n\n- Tills dead\n- Ovens cold\n\n### P2: one shop shut\n\n- One till dead\n"
    book = compile_runbook(f"# Bakery\n\n## Severity\n\n{text}\n")
    assert [one.criteria for one in book.severities] == [("Tills dead", "Ovens cold"), ("One till dead",)]


def test_a_long_definition_behind_a_dash_names_a_level_all_the_same() -> None:
    """In a chapter on severities a heading may say more than six words of a level."""
    text = "### P1 — no shop can sell bread, or orders are lost\nPage the lead.\n\n### P2 — one shop is slow\nWait.\n"
    assert [one.name for one in compile_runbook(f"# Bakery\n\n## Severity\n\n{text}").severities] == ["P1", "P2"]


def test_open_things_are_no_orders() -> None:
    """What begins like an order without an article tells of things."""
    text = "### P1\n\n- Open orders cannot be paid\n- Update queue stands still\n\n### P2\n\n- Log is slow\n"
    first, second = compile_runbook(f"# Bakery\n\n## Severity\n\n{text}").severities
    assert first.criteria == ("Open orders cannot be paid", "Update queue stands still")
    assert second.criteria == ("Log is slow",)


def test_the_point_of_a_word_cut_short_ends_no_sentence() -> None:
    """ "e.g." inside of a definition or a case leaves it whole."""
    scale = "- SEV1: all ovens cold (e.g. gas off). Respond within 15 minutes.\n- SEV2: one is cold, i.e. a burner.\n"
    chain = "Page the duty baker. If nobody answers (e.g. At night) within 20 minutes, page the owner.\n"
    book = compile_runbook(f"# Bakery\n\n## Severity\n\n{scale}\n## Escalation\n\n{chain}")
    assert book.severities[0].criteria == ("all ovens cold (e.g. gas off)",)
    level = book.escalation_levels[1]
    assert (level.after.seconds if level.after else None, level.trigger.value) == (1200, "unacknowledged")
