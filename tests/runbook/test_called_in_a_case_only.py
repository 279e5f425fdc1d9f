"""Whom a text calls in some case only is called in no other, and at no severity that the case leaves out."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Trigger

SCALE = "# Mill\n## Severity\n### SEV1 - Critical\n- all stones stand\n### SEV2 - Minor\n- one stone stands\n\n"


@pytest.mark.parametrize(
    ("step", "timed"),
    [
        ("If the gate is stuck (river side), escalate to the gate keeper.", "After 20 minutes escalate to the owner."),
        ("Si la compuerta está cerrada, avisar a los operadores.", "A los 20 minutos avisar al responsable."),
    ],
)
def test_a_step_below_a_severity_calls_in_its_case_only(step: str, timed: str) -> None:
    """A condition that no clock tells begins no chain: whoever has a time is called then."""
    text = f"{SCALE}## Responses\n### SEV1\n1. {step}\n2. {timed}\n### SEV2\n1. Look at the belt.\n"
    playbook = compile_runbook(text.encode(), path="mill.md")
    assert [one.after.seconds if one.after else None for one in playbook.escalation_levels] == [1200]


@pytest.mark.parametrize("case", ["if flour is lost", "if the river floods"])
def test_a_bracket_in_a_way_of_arrows_may_state_a_case(case: str) -> None:
    """Somebody else decides whether it holds; a wait, a severity and "if needed" are no such case."""
    said = f"# Mill\n## Escalation\nOn-call miller → shift lead ({case}) → owner (30 min)\n"
    levels = compile_runbook(said.encode(), path="mill.md").escalation_levels
    assert [one.targets for one in levels if one.trigger is not Trigger.CONDITION] == [("On-call miller",), ("owner",)]
    for other in ("if needed", "if nobody answers", "no ack"):
        levels = compile_runbook(said.replace(case, other).encode(), path="mill.md").escalation_levels
        assert [one.trigger for one in levels if one.trigger is Trigger.CONDITION] == [], other


def test_a_case_may_be_a_severity_by_its_word() -> None:
    """ "If critical" calls at the level of that name and at no other."""
    path = "## Escalation path\n1. **On-call miller** → looks\n2. **Shift lead** → if no response in 15 minutes\n"
    text = f"{SCALE}{path}3. **Owner** → if critical, at any hour\n"
    playbook = compile_runbook(text.encode(), path="mill.md")
    owner = playbook.escalation_levels[-1]
    assert (owner.targets, owner.severities) == (("Owner",), ("SEV1",))
    assert "Owner" not in [who for one in playbook.escalation_by_severity.get("SEV2", ()) for who in one.targets]


@pytest.mark.parametrize(
    ("title", "way", "first"),
    [
        ("Escalade", "Supervision → astreinte → directeur (30 min)", "astreinte"),
        ("Escalation", "Sorveglianza → reperibile → direttore (30 min)", "reperibile"),
        ("Eskalation", "Überwachung → Bereitschaft → Leitung (30 min)", "Bereitschaft"),
    ],
)
def test_what_watches_the_service_is_nobody(title: str, way: str, first: str) -> None:
    """Monitoring begins the way, and whoever comes behind it is paged first."""
    levels = compile_runbook(f"# Mill\n## {title}\n{way}\n".encode(), path="mill.md").escalation_levels
    assert levels[0].targets == (first,)


def test_whom_to_page_at_once_is_no_promise_to_answer() -> None:
    """ "Page the lead and the owner immediately" behind what is the matter calls them, and is no response target."""
    said = "all stand. Page the team lead and the owner immediately."
    text = f"# Mill\n## Severity\n- **P1**: {said}\n- **P2**: one stands.\n"
    severity = compile_runbook(text.encode(), path="mill.md").severities[0]
    assert severity.response_target is None
    assert severity.actions == ("Page the team lead and the owner immediately.",)
