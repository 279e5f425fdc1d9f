"""Who asks for work: runners that were invited, by requests that count once, and everybody else."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.coast import ALL, ROOT, SERVER, Coast, Far, Overtaken
from tests.app.shop import ANA, SECOND
from tests.stage import migrated
from tests.stage.child import eventually
from tocsin.adapters.database.opening import open_store
from tocsin.app.accounts.tokens import new_token
from tocsin.app.execution.attempts import LEASE, Attempts
from tocsin.app.execution.envelopes import Ended, Envelope, new_key, opened, public_key, sign
from tocsin.app.execution.outputs import Outputs
from tocsin.app.execution.runners import REMEMBERED, SKEW, Beat, Runners
from tocsin.errors import BadInput, NotEnrolled, NotSignedIn, TooManyTries
from tocsin.incident.step_facts import StepOutcome
from tocsin.incident.step_phase import StepPhase


def test_an_invitation_enrols_one_key_once_and_in_time(coast: Coast) -> None:
    """The token is used up; a stranger's, an old and a foreign one say so."""
    _, token = coast.runners.invite(ROOT, "web-1", ["web"])
    for wrong in ("", "toc_x", new_token().plain):
        with pytest.raises(NotSignedIn, match="runners invite"):
            coast.runners.enrol(wrong, public_key(new_key()), client="10.0.0.9")
    coast.runners.enrol(token, public_key(new_key()), client="10.0.0.9")
    with pytest.raises(NotSignedIn):
        coast.runners.enrol(token, public_key(new_key()), client="10.0.0.9")
    _, late = coast.runners.invite(ROOT, "web-2", ["web"])
    coast.clock.move_by(timedelta(minutes=31))
    with pytest.raises(NotSignedIn):
        coast.runners.enrol(late, public_key(new_key()), client="10.0.0.9")


def test_whoever_guesses_invitations_is_slowed_down_and_nobody_else_is(coast: Coast) -> None:
    """As at the sign-in: five wrong tokens a minute from one client; from elsewhere the right one counts at once."""
    _, token = coast.runners.invite(ROOT, "web-1", ["web"])
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            coast.runners.enrol(new_token().plain, public_key(new_key()), client="10.0.0.9")
    for guess in (new_token().plain, token):
        with pytest.raises(TooManyTries, match="wait a minute") as slowed:
            coast.runners.enrol(guess, public_key(new_key()), client="10.0.0.9")
        assert 0 < slowed.value.retry_after <= 60
    coast.clock.move_by(timedelta(seconds=61))
    assert coast.runners.enrol(token, public_key(new_key()), client="10.0.0.9").name == "web-1"
    _, other = coast.runners.invite(ROOT, "web-2", ["web"])
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            coast.runners.enrol("toc_x", public_key(new_key()), client="10.0.0.9")
    assert coast.runners.enrol(other, public_key(new_key()), client="10.0.0.8").name == "web-2"


def test_whoever_has_no_invitation_locks_nothing(coast: Coast) -> None:
    """Anybody may ask to be enrolled: a guess is refused before the store is written to."""

    def locked() -> None:
        raise AssertionError("it was locked")

    guarded = Runners(Overtaken(coast.store, locked), coast.clock, "")  # type: ignore[arg-type]  # two of its methods
    coast.runners.invite(ROOT, "web-1", ["web"])
    for wrong in ("", "toc_x", new_token().plain):
        with pytest.raises(NotSignedIn, match="runners invite"):
            guarded.enrol(wrong, public_key(new_key()), client="10.0.0.9")


def test_a_runner_that_was_removed_while_it_waited_gets_nothing(coast: Coast) -> None:
    """R16: it was admitted at the beginning of a long poll; the offer stays for the others."""
    far, other = coast.enrolled(), coast.enrolled("web-2")
    signed = far.signed()
    row = coast.runners.admit(signed)
    coast.order()
    slow = Attempts(
        Overtaken(coast.store, lambda: coast.runners.remove(ROOT, "web-1")),  # type: ignore[arg-type]  # as above
        coast.clock,
        coast.runners,
        coast.attempts.carrier,
        coast.outputs,
        SERVER,
    )
    assert slow.take(signed, ALL, row) is None
    with pytest.raises(NotEnrolled):
        coast.attempts.take(signed, ALL, row)
    coast.runners.noted(row, Beat("2"))
    with coast.store.read() as tx:
        removed = tx.runners.get("web-1")
    assert removed is not None
    assert (removed.stands, removed.version) == (False, "1")
    coast.enrolled("web-1", "db")
    with pytest.raises(NotEnrolled):
        coast.attempts.take(signed, ALL, row)
    assert other.take() is not None


def test_a_runner_whose_label_was_taken_away_does_not_begin(coast: Coast) -> None:
    """It had the run in its hand when an administrator gave it other labels: nothing was run."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.must_take()
    coast.runners.invite(ROOT, "web-1", ["db"])
    told = coast.attempts.start(far.signed(), errand.attempt)
    assert not told.go
    assert coast.state(step).outcome is StepOutcome.FAILED
    assert "the runner web-1 has no label web any more" in coast.state(step).output


def test_only_a_runner_that_is_not_known_is_turned_away(coast: Coast) -> None:
    """A clock that is off or a request that came twice passes; another key or a removal does not."""
    far, stranger = coast.enrolled(), Far(coast, coast.attempts, "web-9")
    good = far.signed()
    coast.runners.admit(good)
    forged = replace(far, key=new_key()).signed()
    for passing in (good, replace(good, at="")):
        with pytest.raises(NotSignedIn) as raised:
            coast.runners.admit(passing)
        assert raised.value.code == "not_signed_in"
    late = far.signed()
    coast.clock.move_by(SKEW + 2 * SECOND)
    with pytest.raises(NotSignedIn) as raised:
        coast.runners.admit(late)
    assert raised.value.code == "not_signed_in"
    for unknown in (stranger.signed(), forged):
        with pytest.raises(NotEnrolled) as told:
            coast.runners.admit(unknown)
        assert (told.value.code, told.value.http_status) == ("not_enrolled", 401)


def test_a_request_counts_once_unchanged_and_in_time(coast: Coast) -> None:
    """R16: neither another body, nor another path, nor an old or a repeated request is the runner's."""
    far = coast.enrolled()
    good = far.signed()
    coast.runners.admit(good)
    with pytest.raises(NotSignedIn, match="twice"):
        coast.runners.admit(good)
    fresh = far.signed()
    for changed in (
        replace(fresh, body=b'{"wait": 1}'),
        replace(fresh, path="/api/v1/runner/attempts/x/end"),
        replace(fresh, once="another-word-of-this-length"),
        replace(fresh, runner="web-2"),
        replace(fresh, signature=""),
        replace(fresh, signature="é"),
    ):
        with pytest.raises(NotSignedIn):
            coast.runners.admit(changed)
    coast.clock.move_by(SKEW + 2 * SECOND)
    with pytest.raises(NotSignedIn, match="clocks of runner and server are 302 s apart"):
        coast.runners.admit(fresh)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.component("postgresql"))])
def test_a_request_counts_once_on_all_nodes_and_after_a_restart(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """R16: whoever recorded a request says it to another node, or once more after a restart: it is refused there, and
    what it asked for is not done. Its words are forgotten no sooner than it is too old."""
    if kind == "sqlite":
        address = f"sqlite:///{migrated.place(tmp_path / 'tocsin.db')}"
    else:
        address = request.getfixturevalue("migrated_postgresql").dsn
    with closing(open_store(address)) as first, closing(open_store(address)) as second:
        coast = Coast(first)
        far = coast.enrolled()
        coast.order()
        there = Runners(second, coast.clock, public_key(SERVER))
        node = Attempts(second, coast.clock, there, coast.attempts.carrier, Outputs(), SERVER)
        asked = far.signed()
        errand = coast.attempts.take(asked, ALL)
        assert errand is not None
        id, began = coast.begun(far, errand, asked)
        lives, late = far.signed(), far.signed()
        coast.attempts.hear(lives, id, 1, "one\n")
        before = coast.attempts._again(id)
        for replayed in (
            lambda: node.take(asked, ALL),
            lambda: node.start(began, id),
            lambda: node.hear(lives, id, 2, "two\n"),
            lambda: node.end(began, id, 1, "", Ended()),
        ):
            with pytest.raises(NotSignedIn, match="twice"):
                replayed()
        assert coast.attempts._again(id) == before
        coast.clock.move_by(LEASE)
        coast.attempts.sweep()
        assert coast.attempts.hear(late, id, 2, "").lost
        with pytest.raises(NotSignedIn, match="twice"):
            node.hear(late, id, 2, "")
    coast.clock.move_by(SKEW - LEASE)
    with closing(open_store(address)) as third:
        with third.transact() as tx:
            assert tx.runners.forget_words(coast.clock.now()) == 0
        again = Runners(third, coast.clock, public_key(SERVER))
        for recorded in (asked, began, lives, late):
            with pytest.raises(NotSignedIn, match="twice"):
                again.admit(recorded)
        coast.clock.move_by(REMEMBERED)
        with third.transact() as tx:
            assert tx.runners.forget_words(coast.clock.now()) >= 2
        with pytest.raises(NotSignedIn, match="apart"):
            again.admit(asked)


def test_the_words_of_requests_are_forgotten_by_the_loop(coast: Coast) -> None:
    """Else the table would grow for ever."""
    far = coast.enrolled()
    asked = far.signed()
    coast.runners.admit(asked)
    coast.clock.move_by(REMEMBERED + SECOND)
    stop = threading.Event()
    looking = threading.Thread(target=coast.attempts.loop, args=(stop,))
    looking.start()

    def forgotten() -> bool:
        with coast.store.transact() as tx:
            return tx.runners.use(asked.runner, asked.once, coast.clock.now())

    try:
        assert eventually(forgotten)
    finally:
        stop.set()
        looking.join()


def test_a_removed_runner_is_refused_at_once_and_its_run_is_unknown(coast: Coast) -> None:
    """Whoever removes it may not have its host any more; a new invitation lets it in again, by a new key."""
    far = coast.enrolled()
    step = coast.order()
    errand = far.begin()
    coast.runners.remove(ROOT, "web-1")
    with pytest.raises(NotSignedIn, match="does not know this runner"):
        coast.attempts.hear(far.signed(), errand.attempt, 0, "")
    with pytest.raises(NotSignedIn):
        far.take()
    coast.later(LEASE)
    assert coast.state(step).phase is StepPhase.UNKNOWN
    again = coast.enrolled("web-1")
    assert again.key != far.key
    with pytest.raises(NotSignedIn):
        far.take()


def test_a_runner_believes_no_job_but_its_servers_answer(coast: Coast) -> None:
    """A changed job, another server's, an old answer, another runner's, and a field that it does not know."""
    far = coast.enrolled()
    coast.order()
    signed, envelope = far.envelope()
    assert envelope is not None
    key = public_key(SERVER)
    changed = envelope.text.replace("checkout", "checkedin")
    told = json.loads(envelope.text)
    told["job"]["through_a_shell"] = True
    newer = json.dumps(told)
    for wrong, server, name, once in (
        (replace(envelope, text=changed), key, "web-1", signed.once),
        (envelope, public_key(new_key()), "web-1", signed.once),
        (envelope, key, "web-1", "another"),
        (envelope, key, "web-2", signed.once),
        (Envelope(newer, sign(SERVER, newer.encode())), key, "web-1", signed.once),
    ):
        with pytest.raises(BadInput):
            opened(wrong, server, name, once)
    assert opened(envelope, key, "web-1", signed.once).job.target.name == "coast"


def test_every_act_around_runners_is_audited(coast: Coast) -> None:
    """R22: who invited and removed it, and that it was enrolled."""
    coast.enrolled()
    coast.runners.remove(ROOT, "web-1")
    with coast.store.read() as tx:
        verbs = [entry.verb for entry in tx.audit.latest(10)]
    assert verbs[:3] == ["runner.remove", "runner.enrol", "runner.invite"]
    with pytest.raises(Exception, match="permission 'admin'"):
        coast.runners.invite(ANA, "web-2", ["web"])
