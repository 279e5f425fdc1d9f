"""What somebody pastes after doing a step by hand: kept like the output of a run, and as harmless."""

from __future__ import annotations

import pytest

from tests.app.shop import ANA, EVA, SECRET, STEPS, Shop
from tocsin.app.access import link_holder
from tocsin.app.execution.steps import MOST_PASTED
from tocsin.errors import NotAllowed
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.step_phase import StepPhase

NANO = "nano /etc/shop.conf"


def pasted(text: str, caller: object = ANA) -> Shop:
    """A shop in which the editor step was done by hand, with that pasted."""
    shop = Shop()
    shop.incidents.declare(ANA, "Checkout is down", "shop", severity="P0", procedure="checkout-down")
    shop.steps.tick(caller, "INC-1", STEPS[NANO], StepOutcome.DONE, saw=text)  # type: ignore[arg-type]
    return shop


def test_what_was_pasted_is_the_output_of_the_step() -> None:
    """F47: what cannot be run is handed off, and what came of it is evidence like any other: a run with a number."""
    shop = pasted("worker_processes 8;\n")
    state = shop.incident().steps[STEPS[NANO]]
    assert (state.output, state.phase) == ("worker_processes 8;", StepPhase.DONE)
    assert state.run is not None
    run = shop.runs.one(EVA, "INC-1", state.run.rpartition("/")[2])
    assert (run.text, run.by, run.command) == ("worker_processes 8;", "ana", "")


def test_what_was_pasted_commands_no_terminal_and_shows_no_secret() -> None:
    """R19, F50: escape sequences, invisible characters and known secrets do not get in."""
    shop = pasted(f"\x1b]0;owned\x07\x1b[31mred\x1b[0m\r\n\u202egpj.exe password={SECRET}\x00")
    output = shop.incident().steps[STEPS[NANO]].output
    assert output.startswith("red\n<U+202E>gpj.exe password=")
    assert SECRET not in output
    assert not [ch for ch in output if ord(ch) < 32 and ch != "\n"]


def test_what_was_pasted_is_bounded_and_whole_on_its_page() -> None:
    """R19: the fact stays small, the page has all up to the bound, and what is cut is said."""
    shop = pasted("a line\n" * 40_000)
    state = shop.incident().steps[STEPS[NANO]]
    assert len(state.output) <= 64 * 1024
    assert state.run is not None
    text = shop.runs.one(EVA, "INC-1", state.run.rpartition("/")[2]).text
    assert MOST_PASTED < len(text) < MOST_PASTED + 100
    assert text.endswith("cut here: more was pasted]")


def test_nothing_pasted_is_no_run() -> None:
    """White space and escape sequences alone are nothing; the same tick again is no fact."""
    shop = pasted("\x1b[0m\n\n")
    before = len(shop.facts())
    assert shop.incident().steps[STEPS[NANO]].run is None
    shop.steps.tick(ANA, "INC-1", STEPS[NANO], StepOutcome.DONE, saw="")
    assert len(shop.facts()) == before


def test_only_who_responds_pastes() -> None:
    """A viewer and the link of another incident add nothing."""
    for caller in (EVA, link_holder("ana", "INC-2")):
        with pytest.raises(NotAllowed):
            pasted("x", caller)
