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


_DECLARED = [
    "Escalate to SEV-1 when all shops are shut.\n\nEscalate to SEV-2 when one shop is shut.",
    "- Treat it as SEV-1 if all shops are shut.\n- Treat it as SEV-2 if one shop is shut.",
    "Declare a SEV-1 when all shops are shut. Declare a SEV-2 if one shop is shut.",
    "Als SEV-1 einstufen, wenn all shops are shut.\n\nAls SEV-2 einstufen, wenn one shop is shut.",
]


@pytest.mark.parametrize("text", _DECLARED)
def test_sentences_that_say_when_a_level_is_declared_make_a_scale(text: str) -> None:
    """The case is the criterion, in whatever chapter the sentences stand."""
    book = compile_runbook(f"# Bakery\n\n## Triage\n\n{text}\n")
    said = [(one.name, [case.rstrip(".") for case in one.criteria]) for one in book.severities]
    assert said == [("SEV-1", ["all shops are shut"]), ("SEV-2", ["one shop is shut"])]


@pytest.mark.parametrize(
    "text",
    [
        "Downgrade to SEV2 when one shop sells. Downgrade to SEV3 when all do.",
        "Page the lead for SEV1 if all shops are shut. Page the owner for SEV2 if one is.",
        "Consider P1 done when the tests pass. Consider P2 done when the notes are written.",
        "Do not treat it as SEV1 if it rains. Do not treat it as SEV2 if it snows.",
    ],
)
def test_other_sentences_about_levels_and_cases_make_none(text: str) -> None:
    """Who is paged, what is lowered or done, and what is denied declare no level."""
    assert compile_runbook(f"# Bakery\n\n## Triage\n\n{text}\n").severities == ()


def test_ways_of_sending_an_alert_are_no_criteria() -> None:
    """A column of channels says nothing of its levels; one in which a channel is broken does."""
    rows = "| SEV1 | SMS + push | call |\n| SEV2 | Email + Slack | mail |\n"
    routing = compile_runbook(
        f"# Bakery\n\n## Alert routing\n\n| Severity | First alert | Then |\n|---|---|---|\n{rows}"
    )
    assert [one.criteria for one in routing.severities] == [(), ()]
    broken = "| Severity | What |\n|---|---|\n| SEV1 | Email is dead |\n| SEV2 | Slack is slow |\n"
    scale = compile_runbook(f"# Bakery\n\n## Severity\n\n{broken}").severities
    assert [one.criteria for one in scale] == [("Email is dead",), ("Slack is slow",)]
