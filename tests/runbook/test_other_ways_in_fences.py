"""Commands of one block of which one is run: a comment that is nothing but "or" stands between them."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.procedure.course import course_of


def _ways(*lines: str) -> list[list[str]]:
    head = ("# Runbook: Mill stuck", "## Symptoms", "- stuck", "## Fix", "```bash")
    (one,) = compile_runbook("\n".join((*head, *lines, "```"))).procedures
    steps = {step.id: step.command.text for step in one.steps if step.command is not None}
    return [["; ".join(steps[id] for id in way.steps) for way in fork.ways] for fork in course_of(one.steps).forks]


@pytest.mark.parametrize("word", ["or", "OR", "or:", "-- or --", "Alternatively", "oder", "o", "ou", "или", "或者"])
def test_a_bare_or_parts_two_ways(word: str) -> None:
    """The command above it and the one below are two ways to do the same."""
    assert _ways("mill restart", f"# {word}", "systemctl restart mill") == [["mill restart", "systemctl restart mill"]]


def test_each_bare_or_begins_a_way_of_its_own() -> None:
    """Three commands with "or" twice are three ways, and what is above the first one's neighbour is none of them."""
    lines = ("mill stop", "mill start", "# or", "systemctl restart mill", "# or", "reboot")
    assert _ways(*lines) == [["mill start", "systemctl restart mill", "reboot"]]


def test_what_is_done_otherwise_is_no_other_way() -> None:
    """A bare "otherwise" is a condition as before, and a comment that has more than "or" names its way."""
    assert _ways("mill restart", "# Otherwise", "reboot") == []
    assert _ways("mill restart", "# or, on old mills:", "reboot") == [["mill restart", "reboot"]]
