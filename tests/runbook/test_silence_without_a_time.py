"""A sentence that says whose turn it is when nobody answers names the next one, whether or not it says how long."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tocsin.incident.choices import Choices
from tocsin.incident.planning import plan_response
from tocsin.runbook.compile import compile_runbook


def chain(said: str) -> list[tuple[str, ...]]:
    """Who is called one after the other, by the sentences of an escalation chapter."""
    return [level.targets for level in compile_runbook(f"# Mill\n\n## Escalation\n\n{said}\n").escalation_levels]


@pytest.mark.parametrize(
    "said",
    [
        "The miller is paged. If nobody answers, page the owner.",
        "The miller is paged. If the miller doesn't ack within the SLA, the owner is paged.",
        "Page the miller. If the miller has not acknowledged within the response time, page the owner.",
    ],
)
def test_the_next_one_is_known_without_a_time(said: str) -> None:
    """Without a number the whole chain was lost, and nobody came after the first."""
    assert chain(said) == [("miller",), ("owner",)]


def test_its_time_is_asked_for() -> None:
    """The window is an assumption until the team says it, and shorter than the response target."""
    text = dedent(
        """\
        # Mill

        ## Severities

        - **P0**: the mill stands. Response: 20 minutes
        - **P1**: one line stands. Response: 1 hour

        ## Escalation

        The miller is paged. If nobody answers, page the owner.
        """
    )
    plan = plan_response(compile_runbook(text), "mill", Choices())
    first, second = plan.severity("P0").levels[-2:]
    assert (first.targets, second.targets, second.assumed) == (("miller",), ("owner",), True)
    assert first.after < second.after < plan.severity("P0").response.within  # type: ignore[union-attr]
    assert "assume.escalate_after.P0" in {one.key for one in plan.assumptions}


@pytest.mark.parametrize(
    "said",
    [
        "The on-call miller is paged. Wait 10 minutes between attempts. Call the owner when grain is lost.",
        "The on-call miller is paged. After 15 minutes alerts repeat.",
    ],
)
def test_a_rhythm_of_pages_is_nobodys_wait(said: str) -> None:
    """How often the same one is called again says nothing of when the next one is."""
    levels = compile_runbook(f"# Mill\n\n## Escalation\n\n{said}\n").escalation_levels
    assert [one.targets for one in levels if one.after] == []


def test_sentences_without_a_wait_are_no_chain() -> None:
    """Who is merely named is called by nobody's silence."""
    assert chain("Page the miller. Tell the owner about the grain.") == []
