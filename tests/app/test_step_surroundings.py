"""What a step may see of the server's environment, and how its end is told."""

from __future__ import annotations

import pytest

from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.execution.carrier import outcome_of
from tocsin.app.execution.ordering import undeclared_variables
from tocsin.app.ports import Execution, Job
from tocsin.incident.step_facts import StepOutcome
from tocsin.runbook.command.runnable import RunForm, run_form
from tocsin.runbook.instructions import Command, Effect, Parameter, Step, StepKind, Termination
from tocsin.runbook.stated import Lines


def step(*stages: tuple[str, ...], variables: tuple[str, ...] = ()) -> Step:
    """A read-only step of these stages that speaks of these variables."""
    parameters = tuple(Parameter(name, "secret", "env", f"${name}") for name in variables)
    command = Command("as written", Effect.READ_ONLY, Termination.BOUNDED, pipeline=stages, parameters=parameters)
    return Step("s", "Look", StepKind.COMMAND, "investigation", Lines(1, 1), command)


def test_a_step_sees_only_the_variables_that_the_team_lent_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own secrets stay with the server."""
    monkeypatch.setenv("SHOP_DSN", "postgres://shop")
    monkeypatch.setenv("TOCSIN_OTHER", "not for steps")
    asked = (("sh", "-c", "echo $SHOP_DSN:$TOCSIN_OTHER:"),)
    lent = LocalSteps().run(Job("r", asked, variables=("SHOP_DSN",)))
    assert lent.output.strip() == "postgres://shop::"
    assert LocalSteps().run(Job("r", asked)).output.strip() == "::"


def test_a_step_that_needs_an_undeclared_variable_says_where_to_declare_it() -> None:
    """D20: nothing runs with a variable that is not there."""
    needs = step(("psql", "$DATABASE_URL", "-c", "SELECT 1"), variables=("DATABASE_URL",)).command
    assert needs is not None
    assert "DATABASE_URL" in undeclared_variables(needs, ())
    assert "tocsin.toml" in undeclared_variables(needs, ())
    assert undeclared_variables(needs, ("DATABASE_URL",)) == ""


def test_a_variable_inside_a_longer_word_is_left_to_a_shell() -> None:
    """Only `$NAME` alone and `${NAME}` are filled in; anything else would reach the program as it stands."""
    inside = step(("curl", "http://$HOST/health"), variables=("HOST",)).command
    alone = step(("redis-cli", "-h", "$HOST", "ping"), variables=("HOST",)).command
    braced = step(("curl", "http://${HOST}/health"), variables=("HOST",)).command
    forms = [run_form(command) for command in (inside, alone, braced) if command]
    assert [isinstance(form, RunForm) and form.shell is not None for form in forms] == [True, False, False]


@pytest.mark.parametrize(
    ("stages", "codes", "outcome"),
    [
        ((("yes",), ("head", "-1")), (141, 0), StepOutcome.SUCCEEDED),
        ((("cat", "log"), ("grep", "error")), (0, 1), StepOutcome.SUCCEEDED),
        ((("grep", "error", "missing"),), (2,), StepOutcome.FAILED),
        ((("curl", "-f", "x"), ("head", "-1")), (22, 0), StepOutcome.FAILED),
        ((("yes",),), (141,), StepOutcome.FAILED),
    ],
)
def test_a_pipeline_is_told_by_its_stages(
    stages: tuple[tuple[str, ...], ...], codes: tuple[int, ...], outcome: StepOutcome
) -> None:
    """A search that finds nothing and a stage that was cut off have not failed; any other non-zero exit has."""
    execution = Execution(codes, "", truncated=False, timed_out=False, seconds=0.1)
    assert outcome_of(step(*stages), execution) is outcome
