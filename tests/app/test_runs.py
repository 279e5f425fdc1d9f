"""A run after its end: what ran, how it went, and all that was kept of its output, in numbered chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.shop import ANA, EVA, SECOND, SECRET, Shop
from tocsin.app.access import link_holder
from tocsin.app.execution.runs import CHUNK, Run, chunks
from tocsin.app.ports import Execution
from tocsin.errors import NotAllowed, NotFound
from tocsin.incident.step_facts import StepOutcome


def ran(output: str) -> tuple[Shop, Run]:
    """A shop in which `uptime` has printed that."""
    shop = Shop()
    shop.declare()
    step = shop.enable("uptime")
    shop.runner.plan(Execution((3,), output, False, False, 0.25))
    run = shop.steps.run(ANA, "INC-1", step).incident.steps[step].run
    assert run is not None
    shop.pass_time(3 * SECOND)
    return shop, shop.runs.one(EVA, "INC-1", run.rpartition("/")[2])


def test_the_whole_of_a_long_output_can_be_read_after_the_run() -> None:
    """R19: the fact keeps its beginning and end; the rest is not lost, and a secret stays masked in it as well."""
    lines = "".join(f"line {n}\n" for n in range(20_000))
    shop, run = ran(f"{lines}password={SECRET}\n{lines}")
    assert SECRET not in run.text
    assert run.text.count("line 10000\n") == 2
    assert "line 10000\n" not in shop.incident().steps[run.step].output
    assert "".join(run.chunks) == run.text
    assert len(run.chunks) > 5


def test_a_run_says_what_ran_and_how_it_went() -> None:
    """Who asked, the command, where, the exit codes and how long."""
    shop, run = ran("load average: 97\n")
    assert (run.by, run.command, run.target, run.exit_codes) == ("ana", "uptime", "local", (3,))
    assert (run.outcome, run.seconds, run.chunks) == (StepOutcome.FAILED, 0.25, ("load average: 97\n",))
    assert run.started_at < (run.ended_at or run.started_at) <= shop.clock.now()


def test_a_run_is_found_in_its_own_incident_only() -> None:
    """The number of a run is no key to another incident, and whoever may not read one reads no output of it."""
    shop, run = ran("up\n")
    shop.declare()
    with pytest.raises(NotFound):
        shop.runs.one(ANA, "INC-2", run.name)
    with pytest.raises(NotAllowed):
        shop.runs.one(link_holder("ana", "INC-2"), "INC-1", run.name)


@given(st.text(alphabet="ab\n", max_size=200), st.integers(2, 20))
def test_chunks_lose_nothing_and_are_bounded(text: str, size: int) -> None:
    """Joined they are the text; none is longer than asked; none but the only one is empty where text is left."""
    pieces = chunks(text, size)
    assert "".join(pieces) == text
    assert all(len(one) <= size for one in pieces)
    assert all(pieces[:-1])


def test_a_chunk_ends_with_a_line() -> None:
    """A line is not torn where it need not be."""
    assert all(one.endswith("\n") for one in chunks("a line of some length\n" * 10_000, CHUNK))
