"""What a check says of the change that it verifies, by its words and its exit codes."""

from __future__ import annotations

import pytest

from tocsin.incident.step_facts import StepOutcome, Verdict
from tocsin.incident.verifying import verdict_of
from tocsin.runbook.command.bash import parse
from tocsin.runbook.instructions import Command, Effect, Termination

WELL = StepOutcome.SUCCEEDED


def check(text: str) -> Command:
    """A command that only looks."""
    return Command(text, Effect.READ_ONLY, Termination.BOUNDED, pipeline=parse(text).pipeline)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("curl -f https://ferry.test/health", Verdict.VERIFIED),
        ("curl -sSfo /dev/null https://ferry.test/health", Verdict.VERIFIED),
        ("curl --fail-with-body https://ferry.test/health | head -1", Verdict.VERIFIED),
        ("sudo -n systemctl is-active ferry", Verdict.VERIFIED),
        ("test -e /run/ferry.pid", Verdict.VERIFIED),
        ("kubectl rollout status deployment/ferry", Verdict.VERIFIED),
        ("make -C ferry smoke", Verdict.VERIFIED),
        ("curl -s https://ferry.test/health | cut -f1", Verdict.LOOKED),
        ("curl -s https://ferry.test/health | sort -rf", Verdict.LOOKED),
        ("curl -ufred:pw https://ferry.test/health", Verdict.LOOKED),
        ("curl -sufred:pw https://ferry.test/health", Verdict.LOOKED),
        ("kubectl rollout status deployment/ferry --watch=false", Verdict.LOOKED),
        ("make -n smoke", Verdict.LOOKED),
        ("make -kn smoke", Verdict.LOOKED),
        ("make --dry-run smoke", Verdict.LOOKED),
        ("pm2 status", Verdict.LOOKED),
    ],
)
def test_only_a_program_that_fails_when_it_is_not_well_verifies_by_ending_well(text: str, verdict: Verdict) -> None:
    """F54: the first program of the pipeline looks; an option of a later one, or in a value, says nothing of it."""
    assert verdict_of(check(text), WELL, (0,)) is verdict


@pytest.mark.parametrize(
    ("text", "codes", "verdict"),
    [
        ("curl -sf https://ferry.test/health | grep -q ok", (0, 0), Verdict.VERIFIED),
        ("curl -sf https://ferry.test/health | grep -q ok", (0, 1), Verdict.NOT_VERIFIED),
        ("grep -q ok /run/ferry.state", (1,), Verdict.NOT_VERIFIED),
        ("curl -sf https://ferry.test/health | grep up | head -1", (0, 141, 0), Verdict.VERIFIED),
        ("curl -sf https://ferry.test/health | grep up | cat", (0, 1, 0), Verdict.NOT_VERIFIED),
        ("systemctl status ferry | head -1", (141, 0), Verdict.LOOKED),
        ("systemctl status ferry | cat", (0, 141), Verdict.NOT_VERIFIED),
    ],
)
def test_a_search_that_found_nothing_verifies_nothing(text: str, codes: tuple[int, ...], verdict: Verdict) -> None:
    """F54: as a look it is forgiven its exit code 1, as a check it is not; who was cut off has told nothing."""
    assert verdict_of(check(text), WELL, codes) is verdict
