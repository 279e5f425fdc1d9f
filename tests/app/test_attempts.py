"""The story of a run that is handed to a runner: whoever dies, is late, lies, or changes their mind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.app.coast import ALL, CHANGE, LOOK, SERVER, Coast, Overtaken
from tests.app.shop import ANA, BO, SECOND, SECRET, STEPS, Said, notification
from tests.app.test_steps import view
from tocsin.app.execution.attempts import LEASE, OFFERED, SLACK, Attempts
from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.execution.envelopes import Ended, Errand
from tocsin.app.execution.preflight import Preflights
from tocsin.app.execution.runners import NEAR, Beat
from tocsin.app.execution.starting import Given
from tocsin.app.ports import Job
from tocsin.app.rows.runners import AttemptRow
from tocsin.app.store import Transaction
from tocsin.errors import Refused, Unavailable, UnknownAttempt
from tocsin.incident.effects import EffectKind
from tocsin.incident.step_facts import StepOutcome, StepStarted
from tocsin.incident.step_phase import StepPhase
from tocsin.incident.streams import Piece, Stream, joined, written
from tocsin.incident.target import TargetKind


def test_a_run_is_offered_taken_begun_heard_and_ended(coast: Coast) -> None:
    """The order is a fact before anybody may begin; the chunks are shown in turn; the end is a fact, masked."""
    far = coast.enrolled()
    step = coast.order()
    assert any(isinstance(fact, StepStarted) for fact in coast.facts())
    errand = far.begin()
    assert not coast.attempts.start(far.signed(), errand.attempt).go
    assert (errand.effect, errand.job.pipeline) == ("mutating", [["systemctl", "restart", "checkout"]])
    run = errand.job.run
    assert coast.attempts.hear(far.signed(), errand.attempt, 1, "one\n").heard == 1
    assert coast.attempts.hear(far.signed(), errand.attempt, 1, "one\n").heard == 1
    assert coast.attempts.hear(far.signed(), errand.attempt, 3, "three\n").heard == 1
    assert coast.attempts.hear(far.signed(), errand.attempt, 2, "two\n").heard == 2
    assert joined(coast.outputs.pieces(run)) == "one\ntwo\n"
    far.end(errand, "one\ntwo\nhunter2-of-the-shop\n", exit_codes=(0,), seconds=1.5)
    assert coast.state(step).outcome is StepOutcome.SUCCEEDED
    assert coast.state(step).output == "one\ntwo\n•••\n"
    assert joined(coast.outputs.pieces(run)) == ""
    assert far.take() is None


def test_a_run_is_dispatched_until_its_runner_begins(coast: Coast) -> None:
    """Nobody is told that a command runs which a runner has not begun: it is said what it waits for."""
    far = coast.enrolled()
    step = coast.order()

    def stands() -> tuple[StepPhase, str]:
        view = next(one for one in coast.steps.list(ANA, "INC-1").steps if one.step.id == step)
        assert coast.steps.ordered(ANA, "INC-1") == ({view.state.run: view.waits} if view.state and view.waits else {})
        return view.phase, view.waits

    assert stands() == (StepPhase.DISPATCHED, "no runner with the label web has taken it yet")
    news = coast.outputs.running("INC-1")
    errand = far.must_take()
    assert stands() == (StepPhase.DISPATCHED, "the runner web-1 has taken it and not begun yet")
    assert coast.attempts.start(far.signed(), errand.attempt).go
    assert stands() == (StepPhase.RUNNING, "")
    assert coast.outputs.running("INC-1")[errand.job.run] > news[errand.job.run]  # an open page looks again
    far.end(errand, exit_codes=(0,))
    assert stands() == (StepPhase.SUCCEEDED, "")


def test_one_run_goes_to_one_of_two_runners(coast: Coast) -> None:
    """R16: both have the label, both ask at once; the other one may neither begin nor end it."""
    first, second = coast.enrolled("web-1"), coast.enrolled("web-2")
    step = coast.order()
    errand = second.must_take()
    assert first.take() is None
    for act in (
        lambda: coast.attempts.start(first.signed(), errand.attempt),
        lambda: coast.attempts.hear(first.signed(), errand.attempt, 1, "x"),
        lambda: first.end(errand, exit_codes=(0,)),
    ):
        with pytest.raises(UnknownAttempt):
            act()
    assert coast.state(step).running


def test_a_runner_that_was_broken_into_reaches_only_its_own_runs(coast: Coast) -> None:
    """F50: a result for another's job is refused, and what comes for its own commands no terminal and hides nothing."""
    bad, good = coast.enrolled("web-1"), coast.enrolled("web-2")
    step = coast.order()
    errand = good.begin()
    with pytest.raises(UnknownAttempt):
        bad.end(errand, "all is well", exit_codes=(0,))
    with pytest.raises(UnknownAttempt):
        coast.attempts.hear(bad.signed(), errand.attempt, 1, "all is well")
    assert coast.state(step).running
    assert joined(coast.outputs.pieces(errand.job.run)) == ""
    hostile = "\x1b]0;title\x07\x1b[2Jdone\r\x9b31m\u202eevil <script>alert(1)</script>\n"
    coast.attempts.hear(good.signed(), errand.attempt, 1, hostile)
    shown = "done\n<U+202E>evil <script>alert(1)</script>\n"
    assert joined(coast.outputs.pieces(errand.job.run)) == shown
    good.end(errand, hostile, trouble=f"{hostile}!", exit_codes=(1,))
    kept = coast.state(step).output
    assert kept == f"{shown}!\n{shown}".strip()
    assert not [ch for ch in kept if ch < " " and ch != "\n"]


def test_of_two_runners_that_read_the_same_offer_one_gets_it(coast: Coast) -> None:
    """R16: on two nodes at the same instant; and whoever begins too late begins nothing."""
    first, second = coast.enrolled("web-1"), coast.enrolled("web-2")
    coast.order()
    won: list[Errand | None] = []
    slow = Attempts(
        Overtaken(coast.store, lambda: won.append(second.take())),  # type: ignore[arg-type]  # two of its methods
        coast.clock,
        coast.runners,
        coast.attempts.carrier,
        coast.outputs,
        SERVER,
    )
    assert slow.take(first.signed(), ALL) is None
    assert won[0] is not None
    late = Attempts(
        Overtaken(coast.store, lambda: coast.later(LEASE)),  # type: ignore[arg-type]  # as above
        coast.clock,
        coast.runners,
        coast.attempts.carrier,
        coast.outputs,
        SERVER,
    )
    assert not late.start(second.signed(), won[0].attempt).go


def test_a_runner_gets_what_its_labels_and_its_own_rules_allow(coast: Coast) -> None:
    """One with another label, or that allows only looks, is never shown the run."""
    other, careful, far = coast.enrolled("db-1", "db"), coast.enrolled("web-0"), coast.enrolled("web-1")
    coast.order()
    assert other.take() is None
    assert careful.take(Beat("1", ("read_only",))) is None
    assert far.take() is not None


def test_a_run_that_nobody_takes_has_not_happened(coast: Coast) -> None:
    """Consent does not lie around: after a minute it has failed, says what to look at, and is never offered again."""
    far = coast.enrolled()
    step = coast.order()
    coast.later(OFFERED - SECOND)
    assert coast.state(step).running
    coast.later(SECOND)
    assert coast.state(step).outcome is StepOutcome.FAILED
    assert "nothing was run: within 60 s no runner with the label web took it" in coast.state(step).output
    assert far.take() is None


def test_a_runner_that_allows_no_shell_is_offered_none(coast: Coast) -> None:
    """Another one with the label may take it: nobody fails a run that somebody could have done."""
    far = coast.enrolled()
    coast.declare()
    loop = STEPS["for i in 1 2; do uptime; done"]
    coast.steps.enable(BO, "shop", loop, shell=True)
    assert "allows shell steps: start it with `--allow shell`" in view(coast, "for i in 1 2; do uptime; done").why_not
    with_shell = replace(ALL, effects=(*ALL.effects, "shell"))
    other = coast.enrolled("web-2")
    assert other.take(with_shell) is None
    coast.steps.run(ANA, "INC-1", loop, Given(confirmed=True))
    coast.work()
    assert far.take() is None
    errand = other.take(with_shell)
    assert errand is not None
    assert errand.job.shell is not None


def test_a_run_that_was_taken_and_not_begun_has_not_happened(coast: Coast) -> None:
    """The runner died with the job in its hand: nobody else gets it, and its late wish to begin is refused."""
    far, other = coast.enrolled(), coast.enrolled("web-2")
    step = coast.order()
    errand = far.must_take()
    assert coast.attempts.hear(far.signed(), errand.attempt, 1, "nothing has begun\n").lost
    coast.later(LEASE)
    assert coast.state(step).outcome is StepOutcome.FAILED
    assert "took it and did not begin" in coast.state(step).output
    assert not coast.attempts.start(far.signed(), errand.attempt).go
    assert other.take() is None


def test_a_runner_that_begins_too_late_is_told_no_before_anybody_has_swept(coast: Coast) -> None:
    """R16: its lease counts, not when somebody looks after it."""
    far = coast.enrolled()
    coast.order()
    errand = far.must_take()
    coast.clock.move_by(LEASE)
    assert not coast.attempts.start(far.signed(), errand.attempt).go


def test_a_runner_that_falls_silent_leaves_an_unknown_run(coast: Coast) -> None:
    """R16: it was begun, so it may have happened; nobody runs it again, and its late output is shown to nobody."""
    far, other = coast.enrolled(), coast.enrolled("web-2")
    step = coast.order()
    errand = far.begin()
    coast.attempts.hear(far.signed(), errand.attempt, 1, "half\n")
    coast.later(LEASE)
    assert coast.state(step).phase is StepPhase.UNKNOWN
    assert other.take() is None
    assert coast.attempts.hear(far.signed(), errand.attempt, 2, "late\n").lost
    assert joined(coast.outputs.pieces(errand.job.run)) == ""
    with pytest.raises(Refused, match="lost half-way"):
        coast.steps.run(ANA, "INC-1", step, Given(confirmed=True))


def test_a_late_result_is_recorded_as_late(coast: Coast) -> None:
    """R16: what the runner saw is not lost, and comes after the fact that nobody knew."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    coast.later(LEASE)
    far.end(errand, "done after all\n", exit_codes=(0,))
    far.end(errand, "done after all\n", exit_codes=(0,))
    assert coast.ends() == ["StepOutcomeUnknown", "StepFinished"]
    assert coast.state(step).outcome is StepOutcome.SUCCEEDED
    assert coast.state(step).output == "done after all\n"


def test_what_was_heard_of_a_lost_run_is_kept_until_its_end_is_known(coast: Coast) -> None:
    """Whoever has to judge sees how far it got; the late end takes its place, however long it is."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    coast.attempts.hear(far.signed(), errand.attempt, 1, "half of it\n")
    coast.later(LEASE)
    name = errand.job.run.rpartition("/")[2]
    assert coast.runs.one(ANA, "INC-1", name).text == "half of it\n"
    whole = "half of it\n" + "line\n" * 20_000
    far.end(errand, whole, exit_codes=(0,))
    assert coast.runs.one(ANA, "INC-1", name).text == whole
    assert coast.state(step).outcome is StepOutcome.SUCCEEDED


def test_a_late_result_changes_nothing_that_a_person_has_said(coast: Coast) -> None:
    """Somebody looked and ticked it off; the timeline does not take it back."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    coast.later(LEASE)
    coast.steps.tick(ANA, "INC-1", step, StepOutcome.DONE, "it was there")
    far.end(errand, exit_codes=(1,))
    assert coast.state(step).outcome is StepOutcome.DONE


def test_a_look_that_was_lost_has_failed(coast: Coast) -> None:
    """It changed nothing, so it is no question for anybody."""
    far = coast.enrolled()
    step = coast.order(LOOK)
    far.begin()
    coast.later(LEASE)
    assert coast.state(step).outcome is StepOutcome.FAILED


def test_signs_of_life_keep_a_run_alive(coast: Coast) -> None:
    """It may take as long as its bounds allow; the claim of the outbox is held with it."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    for _ in range(10):
        coast.later(LEASE - SECOND)
        assert not coast.attempts.hear(far.signed(), errand.attempt, 0, "").lost
    far.end(errand, exit_codes=(0,))
    assert coast.ends() == ["StepFinished"]
    assert coast.state(step).outcome is StepOutcome.SUCCEEDED


def test_no_sign_of_life_keeps_a_run_longer_than_it_may_take(coast: Coast) -> None:
    """A runner that beats on although its time is long over: a person is told, and not never."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    began, most = coast.clock.now(), errand.job.limits.total + OFFERED + LEASE + SLACK
    while coast.state(step).running and coast.clock.now() - began < 2 * most:
        coast.later(LEASE - SECOND)
        coast.attempts.hear(far.signed(), errand.attempt, 0, "")
    assert coast.state(step).phase is StepPhase.UNKNOWN
    assert errand.job.limits.total < coast.clock.now() - began <= most + LEASE
    assert coast.attempts.hear(far.signed(), errand.attempt, 0, "").lost


class Away:
    """A store that cannot be reached."""

    def read(self) -> AbstractContextManager[Transaction]:
        """Never."""
        raise Unavailable

    transact = read


class Turns(threading.Event):
    """As many turns of a loop as there are acts, each after its act; no time passes by itself."""

    def __init__(self, *acts: Callable[[], object]) -> None:
        super().__init__()
        self._acts = iter(acts)

    def wait(self, timeout: float | None = None) -> bool:
        """Whether it is over."""
        act = next(self._acts, None)
        if act is not None:
            act()
        return act is None


def test_a_server_that_was_away_listens_before_it_gives_up(coast: Coast) -> None:
    """R16: nobody could be heard meanwhile; after one lease the silence is the runner's own."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    coast.clock.move_by(3 * LEASE)
    coast.attempts.loop(Turns(lambda: None, lambda: coast.clock.move_by(LEASE - SECOND)))
    assert coast.state(step).running
    assert not coast.attempts.hear(far.signed(), errand.attempt, 0, "").lost
    away: Any = Away()

    def goes() -> None:
        coast.attempts.store = away
        coast.clock.move_by(3 * LEASE)

    def comes() -> None:
        coast.attempts.store = coast.store
        coast.clock.move_by(LEASE - SECOND)

    coast.attempts.loop(Turns(lambda: None, goes, comes))
    assert coast.state(step).running
    coast.attempts.loop(Turns(lambda: coast.clock.move_by(LEASE)))
    assert coast.state(step).phase is StepPhase.UNKNOWN


def test_a_lost_run_that_goes_on_can_be_ended(coast: Coast) -> None:
    """It goes on within its own bounds, unless all execution is halted or somebody had cancelled it."""
    far = coast.enrolled()
    coast.order()
    errand = far.begin()
    coast.later(LEASE)
    heard = coast.attempts.hear(far.signed(), errand.attempt, 0, "")
    assert (heard.lost, heard.end) == (True, "")
    coast.halting.halt(BO, "the wrong database")
    heard = coast.attempts.hear(far.signed(), errand.attempt, 0, "")
    assert heard.lost
    assert "the wrong database" in heard.end
    other = Coast()
    far = other.enrolled()
    other.order()
    errand = far.begin()
    other.steps.cancel(BO, "INC-1", errand.job.run)
    other.later(LEASE)
    heard = other.attempts.hear(far.signed(), errand.attempt, 0, "")
    assert (heard.lost, heard.end) == (True, "ended by bo")


def test_the_output_of_a_run_that_ended_on_another_node_is_dropped(coast: Coast) -> None:
    """The node that heard it does not show it for ever; what runs here by itself is none of it."""
    far = coast.enrolled()
    coast.order()
    errand = far.begin()
    coast.attempts.hear(far.signed(), errand.attempt, 1, "one\n")
    coast.outputs.begin("INC-1/local/1")
    coast.attempts.sweep()
    assert set(coast.outputs.running("INC-1")) == {errand.job.run, "INC-1/local/1"}
    outputs, carrier = type(coast.outputs)(), coast.attempts.carrier
    far.attempts = Attempts(coast.store, coast.clock, coast.runners, carrier, outputs, SERVER)
    far.end(errand, "one\n", exit_codes=(0,))
    coast.attempts.sweep()
    assert set(coast.outputs.running("INC-1")) == {"INC-1/local/1"}


def test_what_a_runner_says_of_the_end_is_masked_before_it_is_kept(coast: Coast) -> None:
    """F74: its output, its trouble, and in a look that belongs to no incident a secret across two parts."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    coast.attempts.end(far.signed(), errand.attempt, 1, f"{SECRET}\n", None)
    with coast.store.read() as tx:
        kept = tx.runners.attempt(errand.attempt)
    assert kept is not None
    assert kept.output == "•••\n"
    coast.attempts.end(far.signed(), errand.attempt, 2, "", Ended(trouble=f"no such word: {SECRET}"))
    assert coast.state(step).output == "no such word: •••\n•••"
    now, job = coast.clock.now(), msgspec.json.encode(Job("look/1", [["uptime"]])).decode()
    look = AttemptRow("a-look", "look/1", "web", job, "read_only", now, now + LEASE)
    with coast.store.transact() as tx:
        tx.runners.offer(look)
    errand = far.begin()
    coast.attempts.end(far.signed(), errand.attempt, 1, SECRET[:9], None)
    coast.attempts.end(far.signed(), errand.attempt, 2, SECRET[9:], Ended(trouble=SECRET))
    with coast.store.read() as tx:
        seen = tx.runners.attempt("a-look")
    assert seen is not None
    assert (seen.output, SECRET in seen.result) == ("•••", False)


def test_a_restarted_server_goes_on_with_the_run(coast: Coast) -> None:
    """The claim is not its node's: what the first life handed over is not given up by the second."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    coast.courier = coast.courier_of("one")
    for carrier in coast.courier.carriers.values():
        carrier.sweep()
    again = coast.courier.carriers[EffectKind.STEP]
    assert isinstance(again, StepCarrier)
    outputs = type(coast.outputs)()
    coast.attempts = far.attempts = Attempts(coast.store, coast.clock, coast.runners, again, outputs, SERVER)
    assert coast.state(step).running
    assert coast.attempts.hear(far.signed(), errand.attempt, 1, "still here\n").heard == 1
    assert joined(outputs.pieces(errand.job.run)) == "still here\n"
    far.end(errand, exit_codes=(0,))
    assert coast.state(step).outcome is StepOutcome.SUCCEEDED


def test_a_run_that_was_cancelled_before_anybody_had_it_is_offered_to_nobody(coast: Coast) -> None:
    """It was not begun, and says who wanted so."""
    far = coast.enrolled()
    step = coast.order()
    coast.steps.cancel(BO, "INC-1", coast.state(step).run or "")
    assert far.take() is None
    coast.later(SECOND)
    assert coast.state(step).outcome is StepOutcome.CANCELLED
    assert "ended by bo" in coast.state(step).output


def test_a_cancel_between_taking_and_beginning_stops_the_runner(coast: Coast) -> None:
    """The last word before the start is the server's."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.must_take()
    coast.steps.cancel(BO, "INC-1", errand.job.run)
    told = coast.attempts.start(far.signed(), errand.attempt)
    assert (told.go, told.why) == (False, "ended by bo")
    assert coast.state(step).outcome is StepOutcome.CANCELLED


def test_a_cancel_and_the_kill_switch_reach_a_running_command(coast: Coast) -> None:
    """They come back with the next sign of life; nothing new is handed out while execution is halted."""
    far = coast.enrolled()
    coast.order()
    errand = far.begin()
    assert coast.attempts.hear(far.signed(), errand.attempt, 0, "").end == ""
    coast.steps.cancel(BO, "INC-1", errand.job.run)
    assert coast.attempts.hear(far.signed(), errand.attempt, 0, "").end == "ended by bo"
    far.end(errand, cancelled=True, trouble="ended by bo")
    step = coast.order(LOOK)
    coast.halting.halt(BO, "the wrong database")
    assert far.take() is None
    coast.later(SECOND)
    assert coast.state(step).outcome is StepOutcome.CANCELLED
    assert "the wrong database" in coast.state(step).output


def test_a_setting_that_switches_all_execution_off_reaches_runners(coast: Coast) -> None:
    """What runs is to be ended, what is offered is given to nobody, what was taken does not begin."""
    far = coast.enrolled()
    coast.order()
    running = far.begin()
    step = coast.order(LOOK)
    taken = far.take()
    assert taken is not None
    coast.change_team(commands_enabled=False)
    assert coast.attempts.hear(far.signed(), running.attempt, 0, "").end == "all execution is switched off"
    assert not coast.attempts.start(far.signed(), taken.attempt).go
    assert coast.state(step).outcome is StepOutcome.CANCELLED


def test_a_long_output_comes_in_parts_and_may_be_sent_again(coast: Coast) -> None:
    """A cut in the middle of the end loses nothing and doubles nothing; a part out of turn is refused."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    parts = ["a" * 100_000, "b" * 100_000, "c" * 100_000]

    def send(number: int, *, last: bool = False) -> None:
        ended = Ended(exit_codes=(0,)) if last else None
        coast.attempts.end(far.signed(), errand.attempt, number, parts[number - 1], ended)

    send(1)
    with pytest.raises(Exception, match="part 2"):
        send(3, last=True)
    for number in (1, 2, 1, 2):
        send(number)
    send(3, last=True)
    send(3, last=True)
    run = coast.state(step).run or ""
    assert coast.runs.one(ANA, "INC-1", run.rpartition("/")[2]).text == "".join(parts)
    assert coast.ends() == ["StepFinished"]


def test_a_step_is_refused_while_no_runner_could_carry_it(coast: Coast) -> None:
    """Nobody is asked for consent to what cannot run; the page says who was there and when."""
    coast.declare()
    step = coast.enable(CHANGE)
    view = next(one for one in coast.steps.list(ANA, "INC-1").steps if one.step.id == step)
    assert "no runner has the label web" in view.why_not
    far = coast.enrolled()
    coast.clock.move_by(NEAR + SECOND)
    with pytest.raises(Refused, match="no runner with the label web is connected: runner web-1, last seen 61 s ago"):
        coast.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    far.take(Beat("1", ("read_only",)))
    with pytest.raises(Refused, match="allows mutating steps: start it with `--allow mutating`"):
        coast.steps.run(ANA, "INC-1", step, Given(confirmed=True))
    far.take()
    coast.clock.move_by(3 * SECOND)
    view = next(one for one in coast.steps.list(ANA, "INC-1").steps if one.step.id == step)
    assert (view.why_not, view.reach) == ("", "runs on runner web-1, last seen 3 s ago")


def test_a_changed_target_voids_the_consent(coast: Coast) -> None:
    """R14: the label is part of what was consented to."""
    coast.enrolled()
    step = coast.enable(CHANGE)
    coast.declare()
    before = coast.steps.preview(ANA, "INC-1", step, {}).digest
    coast.change_team(targets={"coast": replace(coast.team.targets["coast"], runner="db")})
    assert coast.steps.preview(ANA, "INC-1", step, {}).digest != before


def test_the_look_before_the_incident_goes_through_the_runner(coast: Coast) -> None:
    """What an enabled step needs is looked for where it would run; a runner that is away is told once."""
    far = coast.enrolled()
    coast.enable(LOOK)
    preflights = Preflights(
        coast.store, coast.clock, lambda: coast.team, coast.playbooks, {TargetKind.RUNNER: coast.attempts}
    )
    over = threading.Event()

    def answer() -> None:
        while not over.is_set():
            if (errand := far.take(Beat("1", ("read_only",)))) is not None:
                assert coast.attempts.start(far.signed(), errand.attempt).go
                far.end(errand, exit_codes=(1,))
            over.wait(0.02)

    there = threading.Thread(target=answer)
    there.start()
    try:
        (found,) = preflights.look().found
    finally:
        over.set()
        there.join()
    assert (found.target, found.says) == ("coast", "uptime is not installed there")
    coast.clock.move_by(NEAR + SECOND)
    (found,) = preflights.look().found
    assert "no runner with the label web is connected" in found.says


def test_evidence_waits_for_nobody_who_is_not_there(coast: Coast) -> None:
    """A look that nobody could carry out would be a failure that says nothing of the incident."""
    coast.enable(LOOK)
    coast.hear(notification(Said()))
    coast.work()
    assert not any(isinstance(fact, StepStarted) for fact in coast.facts())
    other = Coast()
    other.enable(LOOK)
    far = other.enrolled()
    other.hear(notification(Said()))
    other.work()
    assert far.must_take().effect == "read_only"


def test_what_a_runner_tells_apart_stays_apart(coast: Coast) -> None:
    """Chunks and the end carry their streams; no part of a secret hides between the two, nor a control character."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    run = errand.job.run
    sent = written((Piece("four\n", Stream.STDOUT), Piece("\x1b[31mbad hunter2-of-the-shop\n", Stream.STDERR)))
    coast.attempts.hear(far.signed(), errand.attempt, 1, sent)
    told = (Piece("four\n", Stream.STDOUT), Piece("bad •••\n", Stream.STDERR))
    assert coast.outputs.pieces(run) == told
    far.end(errand, sent, exit_codes=(0,))
    state = coast.state(step)
    assert (state.output, state.printed) == ("four\nbad •••\n", told)
    assert coast.runs.one(ANA, "INC-1", run.rpartition("/")[2]).chunk(1) == told


def test_a_secret_across_both_streams_is_masked_and_they_are_joined(coast: Coast) -> None:
    """R19: what stands in one line on the page is one text to the masks."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    sent = written((Piece("hunter2-of-", Stream.STDOUT), Piece("the-shop\n", Stream.STDERR)))
    coast.attempts.hear(far.signed(), errand.attempt, 1, sent)
    assert coast.outputs.pieces(errand.job.run) == (Piece("•••\n"),)
    halves = (Piece("a\nhunter2-of-\n", Stream.STDOUT), Piece("the-shop\n", Stream.STDERR))
    far.end(errand, written(halves), exit_codes=(0,))
    assert (coast.state(step).output, coast.state(step).streams) == ("a\n•••\n", ())
