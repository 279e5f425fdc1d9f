"""A sentence beside a scale that gives something a severity is one of its criteria."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

_SCALE = "| Level | Meaning |\n|---|---|\n| SEV1 | mill stands |\n| SEV2 | mill is slow |\n\n"


@pytest.mark.parametrize(
    ("title", "sentence", "what"),
    [
        ("Severity", "Treat data loss as SEV1.", "Data loss"),
        ("Severity", "Always treat a break-in as SEV1.", "Break-in"),
        ("Severity", "> Lost orders count as SEV1.", "Lost orders"),
        ("Severity", "- A fire is always SEV1.", "Fire"),
        ("Schweregrade", "Datenverlust gilt immer als SEV1.", "Datenverlust"),
        ("Severidades", "La pérdida de datos siempre es SEV1.", "Pérdida de datos"),
        ("Sévérités", "La perte de données est toujours SEV1.", "Perte de données"),
        ("重大度", "データ消失は常にSEV1。", "データ消失"),
    ],
)
def test_what_always_has_a_severity_is_a_criterion_of_it(title: str, sentence: str, what: str) -> None:
    """In a sentence, a quote or an item, in every language; the others keep theirs."""
    first, second = compile_runbook(f"# Mill\n\n## {title}\n\n{_SCALE}{sentence}\n").severities
    assert first.criteria == ("mill stands", what)
    assert second.criteria == ("mill is slow",)


@pytest.mark.parametrize(
    "sentence",
    [
        "Treat the patient as a guest.",
        "Handle SEV1 as a team.",
        "The owner is always told of a SEV1 and a SEV2.",
        "An answer within 5 minutes is always SEV1.",
    ],
)
def test_other_sentences_give_no_severity(sentence: str) -> None:
    """Without one severity at the end, or with a time that is promised."""
    first, second = compile_runbook(f"# Mill\n\n## Severity\n\n{_SCALE}{sentence}\n").severities
    assert (first.criteria, second.criteria) == (("mill stands",), ("mill is slow",))
