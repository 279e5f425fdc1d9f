"""The questions that a runbook asks at the beginning of an incident: asked, answered, kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.shop import ANA, EVA, RUNBOOK, Shop, types
from tocsin.errors import BadInput, NotAllowed, NotFound
from tocsin.incident.assessment import questions
from tocsin.incident.incident import Incident
from tocsin.incident.timeline import sentence
from tocsin.review.filling import fill
from tocsin.review.values import steps_done, values_of
from tocsin.review.vocabulary import Known
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Template
from tocsin.runbook.stated import Lines

ASKING = RUNBOOK.replace(
    b"## Common Incidents",
    b"""## Initial Assessment (first 15 minutes)
Find out:
- What do customers see?
- Since when?
- Write the answers down

## Common Incidents""",
).replace(b"## Post-Mortem", b"## Post-Incident Activities\n\n- Was the alert early enough?\n\n## Post-Mortem", 1)


def asking() -> Shop:
    """An incident of a runbook that asks two questions."""
    shop = Shop(ASKING)
    shop.declare()
    return shop


def test_the_questions_of_the_runbook_are_asked_whatever_procedure_is_open() -> None:
    """D9: in its words and order, with their lines; what is no question, or is asked afterwards, is not among them."""
    shop = asking()
    asked = shop.assessment.list(EVA, "INC-1")
    assert [(one.text, one.answer) for one in asked] == [("What do customers see?", ""), ("Since when?", "")]
    lines = ASKING.decode().splitlines()
    assert [lines[one.cite.first - 1] for one in asked if one.cite] == ["- What do customers see?", "- Since when?"]


def test_an_answer_stands_on_the_timeline_with_its_line_and_in_the_post_mortem() -> None:
    """D9: who said what when is a fact; the answer is told in the draft, and is no action that was taken."""
    shop = asking()
    first = shop.assessment.list(ANA, "INC-1")[0]
    shop.assessment.answer(ANA, "INC-1", first.step, "  Nobody can pay by card ")
    (answered, other) = shop.assessment.list(ANA, "INC-1")
    assert (answered.answer, answered.by, answered.at) == ("Nobody can pay by card", "ana", shop.clock.now())
    assert other.answer == ""
    told = shop.incidents.view(ANA, "INC-1").timeline[-1]
    assert told.fact.cite == first.cite
    draft = shop.postmortems.open(ANA, "INC-1").text
    assert "Ana answered: What do customers see? Nobody can pay by card" in draft


def test_an_answer_that_changes_is_a_fact_of_its_own_and_the_same_once_more_is_none() -> None:
    """The newest answer holds; the older one stays on the timeline."""
    shop = asking()
    first = shop.assessment.list(ANA, "INC-1")[0]
    for text in ("Some errors", "Nobody can pay", "Nobody can pay"):
        shop.clock.move_by(timedelta(minutes=1))
        shop.assessment.answer(ANA, "INC-1", first.step, text)
    assert shop.assessment.list(ANA, "INC-1")[0].answer == "Nobody can pay"
    assert types(shop.facts()).count("StepTicked") == 2


def test_what_is_no_answer_or_no_question_is_refused_with_what_to_do() -> None:
    """No words, a step that asks nothing, and somebody who may only read."""
    shop = asking()
    first = shop.assessment.list(ANA, "INC-1")[0]
    with pytest.raises(BadInput, match="write `unknown` if nobody knows yet"):
        shop.assessment.answer(ANA, "INC-1", first.step, " \n")
    with pytest.raises(NotFound, match="asks no question"):
        shop.assessment.answer(ANA, "INC-1", "nothing", "Yes")
    with pytest.raises(NotAllowed):
        shop.assessment.answer(EVA, "INC-1", first.step, "Yes")


def test_the_questions_of_a_real_runbook_are_found(runbooks_dir: Path) -> None:
    """D5 to D9: mgmt-vibe.md asks five, two want facts written down; the other two ask none, and none is invented."""
    incident = Shop().declare().incident
    assert isinstance(incident, Incident)
    found = {}
    for path in sorted(runbooks_dir.glob("*.md")):
        playbook = compile_runbook(path.read_bytes(), path=path.name)
        found[path.name] = [(one.text, one.cite.first if one.cite else 0) for one in questions(incident, playbook)]
    assert found.pop("mgmt-vibe.md") == [
        ("What is the symptom?", 39),
        ("When did it start?", 40),
        ("How widespread is the impact?", 41),
        ("Which components are affected?", 42),
        ("Recent deployments or changes?", 43),
    ]
    assert found.pop("dashboarduz.md") == [
        ("Incident start time", 73),
        ("Affected services", 74),
        ("Error messages", 75),
        ("User impact", 76),
    ]
    impact = "Determine affected services; Estimate number of affected users; Identify business impact"
    assert found.pop("whats-for-dinner.md") == [(f"Assess impact: {impact}", 45)]
    assert not any(found.values())


def test_what_is_known_of_the_impact_is_said_in_reports() -> None:
    """D6: "User impact" is answered once; a report says it where it asks for the impact, customers hear none of it."""
    shop = Shop(ASKING.replace(b"- Since when?", b"- User impact"))
    shop.declare()
    (_, impact) = shop.assessment.list(ANA, "INC-1")
    shop.assessment.answer(ANA, "INC-1", impact.step, "Half of the carts are empty")
    told = shop.incidents.view(ANA, "INC-1").timeline
    assert sentence(told[-1], str) == "ana answered: User impact: Half of the carts are empty"
    values = values_of(told, reference="INC-1", now=shop.clock.now())
    assert values[Known.IMPACT] == "Half of the carts are empty"
    assert "User impact" not in steps_done(told)
    said = {
        audience: fill(Template("T", "k", audience, "Impact: [describe impact]", Lines(1, 1)), values).body
        for audience in ("internal", "customers")
    }
    assert said == {"internal": "Impact: Half of the carts are empty", "customers": "Impact: [describe impact]"}
