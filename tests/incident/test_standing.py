"""What is next in a procedure: ways, fallbacks, conditions, pairs, checks, waits. From a runbook, pure."""

from __future__ import annotations

import pytest

from tests.incident.world import ANA, START, Story, at, minutes
from tocsin.app.wording import next_lines
from tocsin.incident import commands as c
from tocsin.incident.facts import TOCSIN, AcknowledgementLapsed
from tocsin.incident.pending import Coming, pending
from tocsin.incident.standing import Place, Standing, standing
from tocsin.incident.step_facts import ConditionJudged, StepOutcome, Verdict, WaitEnded, WaitStarted
from tocsin.incident.step_phase import StepPhase
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect, Step

RUNBOOK = """# Ferry Booking Runbook

## Common Incidents

### Bookings fail

**Symptoms:** bookings fail

**Resolution:**
```bash
# Restart the booking service
pm2 restart bookings

# If that fails, start it anew
pm2 delete bookings
pm2 start bookings.config.js

# Watch the error rate for 1 hour
```

### Search is slow

**Symptoms:** search is slow

**Resolution:**
```bash
# Option A: Roll back
git checkout v1
npm run build

# Verify health
curl -f https://ferry.test/health

# Option B: Add machines
pm2 scale search +2

# Option C: Serve from the copy
make serve-copy
```

1. Tell the harbour

### Database is corrupt

**Symptoms:** rows are missing

**Resolution:**
```bash
# Freeze
make readonly enable

# Restore
make restore

# Thaw
make readonly disable
```

### Too many requests

**Symptoms:** many requests

**Resolution:**
```bash
# If the traffic is real:
# Raise the limit
make limit
sudo systemctl reload nginx

# If it is an attack:
# Block the addresses
make block

# Look at the counters
make counters-status
```
"""
PLAYBOOK = compile_runbook(RUNBOOK.encode(), path="RUNBOOK.md", today=START.date())


class Book(Story):
    """A story that goes through one procedure of the runbook."""

    def __init__(self, procedure: str) -> None:
        super().__init__()
        found = PLAYBOOK.procedure(procedure)
        assert found is not None, [one.key for one in PLAYBOOK.procedures]
        self.steps = found.steps
        self.minute = 0.0

    @property
    def now(self) -> Standing:
        """Where it stands."""
        return standing(self.incident, self.steps)

    @property
    def next(self) -> str:
        """What is next: the title with the command, or the ways to choose from."""
        now = self.now
        if now.fork is not None:
            return " | ".join(way.label for way in now.fork.ways if way.key not in now.tried)
        return _name(now.next) if now.next else ""

    def step(self, words: str) -> Step:
        """The step whose command or title holds these words."""
        return next(step for step in self.steps if words in _name(step))

    def tick(self, words: str, outcome: StepOutcome = StepOutcome.DONE) -> None:
        """Somebody ticks it off, a minute later."""
        self.minute += 1
        step = self.step(words)
        self.when(self.minute, c.TickStep(step.id, step.title, outcome))

    def run(self, words: str, outcome: StepOutcome = StepOutcome.SUCCEEDED) -> None:
        """It runs, and ends so."""
        self.minute += 1
        step = self.step(words)
        run = f"INC-1/{step.id}/{self.minute}"
        self.when(
            self.minute, c.StartStep(run, step.id, step.title, words, "n", confirmed=True, effect=Effect.MUTATING)
        )
        self.when(self.minute, c.FinishStep(run, outcome), TOCSIN)

    def place(self, words: str) -> Place:
        """Where a step has its place."""
        return self.now.places[self.step(words).id]


def _name(step: Step) -> str:
    return step.command.text if step.command else step.title


# --- if that fails -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [StepOutcome.SUCCEEDED, StepOutcome.DONE])
def test_a_fallback_is_passed_over_when_what_stands_before_it_helped(outcome: StepOutcome) -> None:
    """J2: "if that fails" is asked of the facts, not of the person at 3 a.m."""
    book = Book("bookings-fail")
    assert book.next == "pm2 restart bookings"
    book.tick("pm2 restart", outcome)
    assert book.place("pm2 delete") is Place.NOT_NEEDED
    assert book.next == "Watch the error rate for 1 hour"


def test_a_way_whose_check_found_nothing_was_in_vain() -> None:
    """F54: the command that looked ended well, what it looks for was not there: the other ways are offered."""
    book = Book("search-is-slow")
    way = book.now.fork
    assert way is not None
    first = book.step("npm run build")
    book.run("npm run build")
    check = book.step("curl -f")
    book.when(2, c.StartStep("r1", check.id, check.title, "curl -f", "n", verifies=first.id))
    book.when(3, c.FinishStep("r1", StepOutcome.SUCCEEDED, (0, 1), verdict=Verdict.NOT_VERIFIED), TOCSIN)
    assert book.now.fork is not None
    assert book.now.tried


@pytest.mark.parametrize("outcome", [StepOutcome.FAILED, StepOutcome.TIMED_OUT, StepOutcome.DID_NOT_HELP])
def test_a_fallback_is_next_when_what_stands_before_it_was_in_vain(outcome: StepOutcome) -> None:
    """J2: failed, timed out, or did not help: the runbook's next try is offered at once."""
    book = Book("bookings-fail")
    book.run("pm2 restart", outcome)
    assert book.next == "pm2 delete bookings"


def test_what_takes_something_away_is_followed_at_once_by_what_brings_it_back() -> None:
    """`pm2 delete` without `pm2 start` is an outage: nothing comes between them, and it is owed until it is done."""
    book = Book("bookings-fail")
    book.run("pm2 restart", StepOutcome.FAILED)
    book.run("pm2 delete")
    book.tick("pm2 restart")  # helped after all, so that the fallback would be passed over
    assert book.next == "pm2 start bookings.config.js"
    assert "has taken something away" in book.now.why
    book.run("pm2 start")
    assert book.now.owed == ()
    assert book.next == "Watch the error rate for 1 hour"


# --- one of several ways ---------------------------------------------------------------------------------------


def test_of_several_ways_one_is_chosen_and_the_others_are_left() -> None:
    """J20: options are a choice, not a list to be worked off; after the way comes what is common to all."""
    book = Book("search-is-slow")
    assert book.next == "Option A | Option B | Option C"
    assert next_lines(book.incident, book.steps) == ["Next, choose: Option A; Option B; Option C"]
    _choose(book, 1)
    assert book.next == "pm2 scale search +2"
    assert book.place("git checkout") is Place.OTHER_WAY
    book.run("pm2 scale")
    assert book.next == "Tell the harbour"


def test_whoever_begins_a_way_has_chosen_it() -> None:
    """Nobody has to press twice."""
    book = Book("search-is-slow")
    book.run("git checkout")
    assert book.next == "npm run build"
    assert book.place("pm2 scale") is Place.OTHER_WAY


@pytest.mark.parametrize("words", ["npm run build", "curl -f"])
def test_a_way_that_fails_or_whose_check_fails_offers_the_others(words: str) -> None:
    """J20: a failed step on the way, or the verification at its end: the rest of the ways is offered."""
    book = Book("search-is-slow")
    for one in ("git checkout", "npm run build", "curl -f"):
        book.run(one, StepOutcome.FAILED if one == words else StepOutcome.SUCCEEDED)
        if one == words:
            break
    assert book.next == "Option B | Option C"
    _choose(book, 2)
    assert book.next == "make serve-copy"


def test_a_way_that_was_left_can_be_taken_again() -> None:
    """The newest choice counts: what failed before it does not."""
    book = Book("search-is-slow")
    book.run("pm2 scale", StepOutcome.FAILED)
    book.minute += 1
    _choose(book, 0)
    book.tick("git checkout", StepOutcome.DID_NOT_HELP)
    assert book.next == "Option C"
    book.minute += 1
    _choose(book, 0)
    assert book.next == "npm run build"


def test_after_all_ways_were_in_vain_the_procedure_goes_on() -> None:
    """No dead end."""
    book = Book("search-is-slow")
    for words in ("git checkout", "pm2 scale", "make serve-copy"):
        book.run(words, StepOutcome.FAILED)
    assert book.next == "Tell the harbour"


def test_a_way_that_is_skipped_is_no_way_that_was_taken() -> None:
    """Skipping all of an option leaves the choice among the others."""
    book = Book("search-is-slow")
    book.tick("pm2 scale", StepOutcome.SKIPPED)
    assert book.next == "Option A | Option C"


def _choose(book: Book, number: int) -> None:
    fork = book.now.course.forks[0]
    way = fork.ways[number]
    book.when(book.minute, c.ChooseWay(fork.key, way.key, way.label))


# --- conditions --------------------------------------------------------------------------------------------------


def test_a_condition_that_does_not_hold_passes_over_all_that_stands_under_it() -> None:
    """J21: one word for the whole branch; the next branch is asked for itself."""
    book = Book("too-many-requests")
    assert book.next == "make limit"
    branch = book.now.course.branches[0]
    assert branch.condition == "If the traffic is real"
    book.when(1, c.JudgeCondition(branch.key, branch.condition, holds=False))
    assert book.place("systemctl reload") is Place.DOES_NOT_APPLY
    assert book.next == "make block"
    book.when(2, c.JudgeCondition(branch.key, branch.condition, holds=True))
    assert book.next == "make limit"


def test_the_same_judgement_again_is_no_fact() -> None:
    """A double click does not fill the timeline."""
    book = Book("too-many-requests")
    branch = book.now.course.branches[0]
    first = book.when(1, c.JudgeCondition(branch.key, branch.condition, holds=False))
    assert len([fact for fact in first if isinstance(fact, ConditionJudged)]) == 1
    assert book.when(2, c.JudgeCondition(branch.key, branch.condition, holds=False)) == []


# --- pairs, undos, checks ------------------------------------------------------------------------------------------


def test_what_was_switched_is_owed_until_it_is_switched_back() -> None:
    """J7: read-only on, and nobody may forget to switch it off, whatever else fails in between."""
    book = Book("database-is-corrupt")
    book.run("make readonly enable")
    (owed,) = book.now.owed
    assert (owed.first, owed.second) == (book.step("enable").id, book.step("disable").id)
    assert book.now.course.undos[book.step("enable").id] == book.step("disable").id
    assert book.next == "make restore"
    book.run("make restore", StepOutcome.FAILED)
    assert book.next == "make readonly disable"
    book.run("make readonly disable")
    assert book.now.owed == ()


def test_a_switch_whose_outcome_nobody_knows_is_owed_too() -> None:
    """It may have happened; one that failed has not."""
    book = Book("database-is-corrupt")
    step = book.step("enable")
    run = f"INC-1/{step.id}/1"
    book.when(1, c.StartStep(run, step.id, step.title, "x", "n", confirmed=True, effect=Effect.MUTATING))
    book.when(1, c.LoseStep(run, "the process ended"), TOCSIN)
    assert len(book.now.owed) == 1
    book.run("enable", StepOutcome.FAILED)
    assert book.now.owed == ()


def test_a_change_that_nothing_verifies_is_known() -> None:
    """L5: the check of a way is its own; a restart that no later step looks at is said."""
    search, book = Book("search-is-slow"), Book("bookings-fail")
    course = search.now.course
    assert course.checks[search.step("git checkout").id] == search.step("curl -f").id
    assert search.step("pm2 scale").id in course.unchecked
    assert book.now.course.unchecked >= {book.step("pm2 restart").id}


# --- waits ---------------------------------------------------------------------------------------------------------


def _watching() -> tuple[Book, Step]:
    book = Book("bookings-fail")
    book.when(0, c.Acknowledge("ana"))
    book.run("pm2 restart")
    step = book.step("Watch")
    assert step.wait is not None
    book.when(2, c.StartWait(step.id, step.title, minutes(60)))
    return book, step


def test_a_wait_is_a_real_timer_that_time_ends() -> None:
    """B8: the countdown is the first of what is pending for it, and its end is a fact, once."""
    book, step = _watching()
    (coming,) = [one for one in pending(book.incident) if one.kind is Coming.WAIT]
    assert (coming.at, coming.step) == (at(62), step.id)
    assert book.incident.steps[step.id].phase is StepPhase.WAITING
    brought = book.wait(90)
    assert [type(fact) for fact in brought if isinstance(fact, WaitEnded | WaitStarted)] == [WaitEnded]
    assert book.incident.steps[step.id].phase is StepPhase.PENDING
    assert book.next == "Watch the error rate for 1 hour"
    book.tick("Watch")
    assert book.next == ""


def test_whoever_watches_as_the_runbook_asks_does_not_lose_the_incident() -> None:
    """The acknowledgement does not lapse while the wait runs, and has its full time after it."""
    book, _ = _watching()
    assert not [fact for fact in book.wait(91) if isinstance(fact, AcknowledgementLapsed)]
    assert [fact for fact in book.wait(92) if isinstance(fact, AcknowledgementLapsed)]


def test_a_wait_that_is_begun_again_keeps_its_end() -> None:
    """A double click does not move the end."""
    book, step = _watching()
    assert book.when(10, c.StartWait(step.id, step.title, minutes(60))) == []
    assert [one.at for one in pending(book.incident) if one.kind is Coming.WAIT] == [at(62)]


def test_ticking_and_resolving_end_a_wait() -> None:
    """Nobody is told of the end of something that nobody waits for."""
    book, _ = _watching()
    book.minute = 10
    book.tick("Watch")
    assert not [one for one in pending(book.incident) if one.kind is Coming.WAIT]
    book, _ = _watching()
    book.when(10, c.Resolve("stable", override="seen"))
    assert not [one for one in pending(book.incident) if one.kind is Coming.WAIT]


def test_nothing_is_steered_in_a_resolved_incident() -> None:
    """It is over; the refusal says what to do."""
    book, step = _watching()
    book.when(10, c.Resolve("stable", override="seen"))
    for command in (
        c.ChooseWay("f", "w", "Option A"),
        c.JudgeCondition("s", "If so", holds=True),
        c.StartWait(step.id, step.title, minutes(60)),
    ):
        answer = book.ask(11, command, ANA)
        assert isinstance(answer, c.Refusal)
        assert "reopen it" in answer.message
