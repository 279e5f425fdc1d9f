"""What is owed before an incident is over: from a runbook and the facts, pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.incident.test_standing import PLAYBOOK, Book
from tocsin.incident import commands as c
from tocsin.incident.commands import Refusal
from tocsin.incident.facts import TOCSIN, Resolved
from tocsin.incident.owing import Debt, Owed, owing
from tocsin.incident.step_facts import StepOutcome, Verdict
from tocsin.incident.timeline import sentence


def owed(book: Book) -> list[tuple[Debt, str]]:
    """What is owed: why, and the command that it takes."""
    return [(one.debt, one.step.command.text if one.step.command else "") for one in _of(book)]


def _of(book: Book) -> tuple[Owed, ...]:
    return owing(book.incident, PLAYBOOK)


@pytest.mark.parametrize("outcome", [StepOutcome.SUCCEEDED, StepOutcome.DONE])
def test_what_is_switched_on_is_owed_until_it_is_switched_off(outcome: StepOutcome) -> None:
    """J9: the read-only mode that a restore began with; the sentence names both commands and their lines."""
    book = Book("database-is-corrupt")
    assert owed(book) == []
    book.tick("make readonly enable", outcome)
    ((debt, command),) = owed(book)
    assert (debt, command) == (Debt.PUT_BACK, "make readonly disable")
    (one,) = _of(book)
    assert one.says.startswith("still to be put back: `make readonly disable` (line ")
    assert "after `make readonly enable`" in one.says
    book.tick("make readonly disable", outcome)
    assert owed(book) == []


def test_what_may_have_been_switched_is_owed_too() -> None:
    """R15: a run that was lost half-way: look whether it happened, and put it back all the same."""
    book = Book("database-is-corrupt")
    step = book.step("make readonly enable")
    book.when(1, c.StartStep("r1", step.id, step.title, "make", "n", confirmed=True))
    book.when(2, c.LoseStep("r1", "the node died"), TOCSIN)
    assert [one.debt for one in _of(book)] == [Debt.PUT_BACK, Debt.NOT_KNOWN]
    assert all(one.holds_up for one in _of(book))


def test_a_person_who_skips_the_way_back_owes_nothing() -> None:
    """They have decided, and it stands on the timeline."""
    book = Book("database-is-corrupt")
    book.tick("make readonly enable")
    book.tick("make readonly disable", StepOutcome.SKIPPED)
    assert owed(book) == []


def test_a_change_is_owed_its_check_until_somebody_looked_after_it() -> None:
    """J33: a look from before the change says nothing of it; one that looked bad is said as that."""
    book = Book("search-is-slow")
    book.run("curl -f")  # before anything was changed
    book.run("npm run build")
    assert [one.debt for one in _of(book)] == [Debt.NOT_VERIFIED]
    assert _of(book)[0].says.startswith("not verified yet: `curl -f https://ferry.test/health`")
    assert not _of(book)[0].holds_up
    book.run("curl -f", StepOutcome.FAILED)
    assert "did not look well" in _of(book)[0].says
    book.run("curl -f")
    assert owed(book) == []


@pytest.mark.parametrize(
    ("verdict", "still_owed"), [(Verdict.NOT_VERIFIED, True), (Verdict.VERIFIED, False), (Verdict.LOOKED, False)]
)
def test_a_check_that_ended_well_and_found_nothing_leaves_the_change_unverified(
    verdict: Verdict, still_owed: bool
) -> None:
    """F54: what counts is what was found, not the exit code; a person who looks and ticks the check off settles it."""
    book = Book("search-is-slow")
    book.run("npm run build")
    changed, check = book.step("npm run build"), book.step("curl -f")
    book.when(2, c.StartStep("r1", check.id, check.title, "curl -f", "n", verifies=changed.id))
    book.when(3, c.FinishStep("r1", StepOutcome.SUCCEEDED, (0, 1), verdict=verdict), TOCSIN)
    assert ["did not look well after" in one.says for one in _of(book)] == [True] * still_owed
    assert book.incident.steps[check.id].looked_bad is still_owed
    book.minute = 4
    book.tick("curl -f")
    assert owed(book) == []


def test_a_check_whose_end_nobody_saw_has_verified_nothing() -> None:
    """R15: the server was killed while it looked: the change is still owed its check."""
    book = Book("search-is-slow")
    book.run("npm run build")
    check = book.step("curl -f")
    book.minute += 1
    book.when(book.minute, c.StartStep("r1", check.id, check.title, "curl -f", "n"))
    book.when(book.minute, c.LoseStep("r1", "the node died"), TOCSIN)
    (one,) = _of(book)
    assert one.debt is Debt.NOT_VERIFIED
    assert one.says.startswith("not verified yet: `curl -f https://ferry.test/health`")


def test_what_failed_or_has_no_check_in_the_runbook_owes_none() -> None:
    """Nothing is asked for that the document does not have."""
    book = Book("search-is-slow")
    book.run("npm run build", StepOutcome.FAILED)
    book.run("pm2 scale")
    assert owed(book) == []


def test_what_another_procedure_has_switched_is_owed_all_the_same() -> None:
    """Whichever procedure is open in the end: the system does not forget."""
    book = Book("database-is-corrupt")
    book.tick("make readonly enable")
    procedure = c.ProcedureReading("search-is-slow", "Search is slow", "by hand")
    book.when(5, c.MatchProcedure(procedure))
    assert [debt for debt, _ in owed(book)] == [Debt.PUT_BACK]


def test_what_is_not_put_back_holds_up_the_end_and_what_is_not_verified_does_not() -> None:
    """Refused with what to do, unless a person says why not; what was left is told with the end."""
    book = Book("database-is-corrupt")
    command = c.Resolve(confirmed=("check-1", "check-2"), owed=("the read-only mode is on",), unverified=("no look",))
    refused = book.ask(3, command)
    assert isinstance(refused, Refusal)
    assert refused.reason == "owed"
    assert "the read-only mode is on. Do it or skip it first, or say why not" in refused.message
    facts = book.when(4, replace(command, override="replica is promoted"))
    (end,) = (fact for fact in facts if isinstance(fact, Resolved))
    assert end.owed == ("the read-only mode is on", "no look")
    said = sentence(book.facts[-1])
    assert said.endswith("left: the read-only mode is on; no look because replica is promoted")
    assert Book("search-is-slow").when(4, replace(command, owed=()))
