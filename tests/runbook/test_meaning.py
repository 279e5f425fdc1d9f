"""What the compiler keeps of the meaning of words, so that whoever plans and runs a response asks no words again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tocsin.incident.planning import plan_bytes, plan_response
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Tie
from tocsin.runbook.json import playbook_from_json, playbook_json
from tocsin.runbook.meaning import is_public_decision, public_decision
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.procedure.course import course_of

KEPT = {"comes_first", "public_decision", "ours", "business_time", "ties"}

MILL = """# Mill Runbook

## Escalation

### Level 1: Head miller

- External communication decisions

### Level 2: Mill owner (after 10 minutes)

- Frees the stones

## Contacts

| Name | Role | Phone | Hours |
|---|---|---|---|
| Ada | Head miller | 555 0101 | business hours |
| Fire authority | Authority | 555 0102 | 24/7 |

## Common Incidents

### Stones stand still

**Resolution:**

```bash
# Option A: Free the stones
make free

# If that does not help
make drain

# Or grind by hand
make crank
```
"""


def unsettled(playbook: Playbook) -> Playbook:
    """The same as an earlier compiler has stored it, without what is kept now."""

    def older(data: object) -> object:
        if isinstance(data, dict):
            return {name: older(value) for name, value in data.items() if name not in KEPT}
        return [older(one) for one in data] if isinstance(data, list | tuple) else data

    before = older(playbook_json(playbook))
    assert isinstance(before, dict)
    return playbook_from_json(before)


def test_what_words_mean_is_decided_by_the_compiler() -> None:
    """Of every level, contact and step; an open one is found in a playbook of an earlier compiler only."""
    mill = compile_runbook(MILL)
    assert [(one.comes_first, one.public_decision) for one in mill.escalation_levels] == [
        (True, "External communication decisions"),
        (False, ""),
    ]
    assert {one.name: (one.ours, one.business_time) for one in mill.contacts} == {
        "Ada": (True, True),
        "Fire authority": (False, False),
    }
    ties = {step.title: step.ties for step in mill.steps().values()}
    assert None not in ties.values()
    assert [one for one in ties.values() if one] == [(Tie.FALLBACK,), (Tie.OTHER_WAY,)]


def test_a_playbook_of_an_earlier_compiler_means_the_same(seeds: list[Playbook]) -> None:
    """It is planned, and its steps hang together, as when it was stored: its words are read."""
    for playbook in (*seeds, compile_runbook(MILL)):
        before = unsettled(playbook)
        assert before != playbook
        assert plan_bytes(plan_response(before, "shop")) == plan_bytes(plan_response(playbook, "shop"))
        assert [course_of(steps) for steps in before.courses()] == [course_of(steps) for steps in playbook.courses()]
        levels = zip(before.escalation_levels, playbook.escalation_levels, strict=True)
        assert all(public_decision(old) == new.public_decision for old, new in levels)


def test_what_was_decided_holds_and_the_words_are_not_read_again() -> None:
    """A newer vocabulary changes nothing of an incident that has pinned an older reading."""
    mill = compile_runbook(MILL)
    later = tuple(replace(one, comes_first=False) for one in mill.escalation_levels)
    ladders = [
        plan_response(replace(mill, escalation_levels=chain), "mill").unassessed.levels
        for chain in (mill.escalation_levels, later)
    ]
    assert [ladder[0].targets for ladder in ladders] == [("Head miller",), ("On-Call",)]
    [procedure] = mill.procedures
    assert not course_of(tuple(replace(step, ties=()) for step in procedure.steps)).fallbacks


@pytest.mark.parametrize(
    "duty",
    [
        *("Decides on external communication", "Customer-facing messages", "Communication decisions"),
        *("Externe Kommunikation", "Kommunikation mit Kunden", "Kundenkommunikation freigeben"),
        *("Decisiones sobre la comunicación externa", "Communication avec les clients", "Comunicazioni ai clienti"),
        *("Comunicação com clientes", "Решения о внешней коммуникации", "対外発表の判断", "对外沟通决策"),
    ],
)
def test_a_decision_right_is_read_in_every_language(duty: str) -> None:
    """Wherever the line stands, its level decides; what it does inside is none of it."""
    assert is_public_decision(duty)


@pytest.mark.parametrize("duty", ["Internal communication", "Datenbankbetrieb", "Call external vendors", "内部沟通"])
def test_what_is_told_inside_is_no_decision_for_the_public(duty: str) -> None:
    """Else a level would be asked for what it never was given."""
    assert not is_public_decision(duty)
