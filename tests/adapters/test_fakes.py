"""The stand-ins: every fault of the menu, told and kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.adapters.fakes import (
    Down,
    Drops,
    Fails,
    FakeChat,
    FakeMailer,
    FakePager,
    FakeStepRunner,
    FakeWebhookSender,
    Fault,
    Hangs,
    Lies,
    Rejects,
    Throttles,
    Works,
)
from tocsin.app.ports import (
    Chat,
    Delivered,
    Execution,
    GiveUp,
    Job,
    Limits,
    Mail,
    Mailer,
    Outcome,
    PageMessage,
    Pager,
    StepRunner,
    TryAgain,
    WebhookSender,
)
from tocsin.clock import MovableClock

NOW = datetime(2026, 3, 7, 3, 0, tzinfo=UTC)
PAGE = PageMessage("p", "INC-1", "ana", "x", "h", "t", "l", NOW)


@pytest.mark.parametrize(
    ("fault", "outcome", "arrives"),
    [
        (Works(), Delivered("fake"), True),
        (Works(proof=True), Delivered("fake", proof=True), True),
        (Fails(503), TryAgain("the other end answered 503", ambiguous=True), False),
        (Throttles(timedelta(hours=1)), TryAgain("the other end answered 429", after=timedelta(hours=1)), False),
        (Down(), TryAgain("connection refused", away=True), False),
        (Hangs(10), TryAgain("no answer within 10 s", ambiguous=True), False),
        (Lies(), Delivered("fake"), False),
        (Drops(), TryAgain("closed the connection without an answer", ambiguous=True), True),
        (Rejects("gone"), GiveUp("gone"), False),
    ],
)
def test_a_fault_says_one_thing_and_does_another(fault: Fault, outcome: Outcome, arrives: bool) -> None:
    """What the caller hears and what arrived are kept apart: a lie is a yes without a message."""
    pager = FakePager(MovableClock(NOW), standing=fault)
    assert pager.page(PAGE) == outcome
    (call,) = pager.calls
    assert (call.key, call.at, call.payload, call.outcome, call.arrived) == ("p", NOW, PAGE, outcome, arrives)
    assert pager.arrived == ([call] if arrives else [])


def test_planned_faults_come_first_and_once() -> None:
    """Fail n times, then recover."""
    pager = FakePager(MovableClock(NOW))
    pager.plan(Fails(), Fails())
    assert [type(pager.page(PAGE)) for _ in range(3)] == [TryAgain, TryAgain, Delivered]
    pager.always(Rejects())
    assert isinstance(pager.page(PAGE), GiveUp)


def test_a_hanging_call_takes_time() -> None:
    """The simulation's clock moves on while a provider hangs; the call is kept with its beginning."""
    clock = MovableClock(NOW)
    pager = FakePager(clock, standing=Hangs(10), pass_time=clock.move_by)
    pager.page(PAGE)
    assert clock.now() == NOW + timedelta(seconds=10)
    assert pager.calls[0].at == NOW


def test_every_outward_port_has_its_stand_in() -> None:
    """Each keeps what it was given under its key."""
    clock = MovableClock(NOW)
    pager: Pager = FakePager(clock)
    mailer: Mailer = FakeMailer(clock)
    chat: Chat = FakeChat(clock)
    webhook: WebhookSender = FakeWebhookSender(clock)
    runner: StepRunner = FakeStepRunner(clock)
    mail = Mail("m", "a@b.c", "s", "t")
    for outcome in (pager.page(PAGE), mailer.send(mail), chat.say("c", "t", "x"), webhook.send("w", b"{}", NOW)):
        assert isinstance(outcome, Delivered)
    assert runner.run(Job("r", [["true"]]), hear=print, cancelled=lambda: False).exit_codes == (0,)
    assert isinstance(mailer, FakeMailer)
    assert mailer.calls[0].payload == mail
    assert isinstance(chat, FakeChat)
    assert chat.calls[0].payload == ("t", "x")
    assert isinstance(webhook, FakeWebhookSender)
    assert webhook.calls[0].payload == b"{}"


def test_the_step_runner_answers_as_planned() -> None:
    """A planned end, a run beyond its time-out, and a death in the middle."""
    runner = FakeStepRunner(MovableClock(NOW))
    failed = Execution((1,), "no", False, False, 0.5)
    runner.plan(failed, Execution((0,), "long", False, False, 99.0), RuntimeError("power cut"))
    limits = Limits(total=timedelta(seconds=10))

    def run(*words: str, directory: str | None = None) -> Execution:
        job = Job("r", [words], directory=directory, limits=limits)
        return runner.run(job, hear=lambda _: None, cancelled=lambda: False)

    assert run("a", "b", directory="/srv") == failed
    late = run("a")
    assert (late.timed_out, late.seconds) == (True, 10.0)
    with pytest.raises(RuntimeError, match="power cut"):
        run("a")
    assert runner.runs[0] == (NOW, (("a", "b"),), "/srv")
