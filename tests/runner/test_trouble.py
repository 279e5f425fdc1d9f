"""What a runner does when its host, its server or something between them fails: it says so, and nothing is lost."""

from __future__ import annotations

import json
import logging
import resource
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.stage.unanswered import unanswered
from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.execution.envelopes import PROTOCOL, Ended, Errand, new_key, opened, public_key, sealed
from tocsin.app.ports import Execution, Hear, Job, Limits, StepRunner
from tocsin.clock import SystemClock
from tocsin.errors import BadInput, NotEnrolled, NotFound, NotSignedIn, ServerUnreachable, TocsinError, UnknownAttempt
from tocsin.incident.streams import Piece
from tocsin.incident.target import Target, TargetKind
from tocsin.runner.answers import Begin, Heard, Noted, Work
from tocsin.runner.asking import Asking
from tocsin.runner.connection import Connection
from tocsin.runner.disk import append
from tocsin.runner.errands import BEGIN_WITHIN, Errands
from tocsin.runner.identity import Identity
from tocsin.runner.journal import Journal, Report
from tocsin.runner.permitting import Permits
from tocsin.running import masker_of

JOB = Job("INC-1/s/1", (("true",),), Target("coast", TargetKind.RUNNER, runner="web"))
ERRAND = Errand(PROTOCOL, "a1", "web-1", "once", "read_only", JOB)
IDENTITY = Identity("web-1", ("web",), new_key(), "", "https://tocsin.example.com")


@dataclass
class Said:
    """A server: what it raises or answers next for a path's last word, and else that all is well."""

    script: dict[str, list[Any]] = field(default_factory=dict)
    ends: list[Ended] = field(default_factory=list)

    def ask(self, path: str, body: dict[str, Any], kind: type, **_: Any) -> Any:
        word = path.rsplit("/", 1)[-1]
        waiting = self.script.get(word, [])
        answer = waiting.pop(0) if waiting else None
        if isinstance(answer, Exception):
            raise answer
        if "ended" in body:
            self.ends.append(Ended(**body["ended"]))
        return answer or {"start": Begin(True, ""), "output": Heard(0, "", False), "end": Noted(True)}[word]


@dataclass
class Steps:
    """Runs nothing: does what it is told."""

    does: Callable[[Hear, Callable[[], bool]], None] = lambda _hear, _cancelled: None
    runs: int = 0

    def run(self, job: Job, *, hear: Hear, cancelled: Callable[[], bool]) -> Execution:
        self.runs += 1
        self.does(hear, cancelled)
        return Execution((0,), "", False, False, 0.0, cancelled=cancelled())


class Impatient(threading.Event):
    """Told to stop, or not, and never waited for."""

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def errands(folder: Path, server: Said, steps: StepRunner, journal: Journal | None = None, **more: Any) -> Errands:
    """The machinery of a runner, with nobody to be told that it was turned away."""
    at: Any = server
    return Errands(at, journal or Journal(folder), steps, Permits(), more.pop("turned_away", lambda _: None), **more)


def refused(folder: Path) -> list[str]:
    """The reports that were moved out of the way."""
    return sorted(one.name for one in (folder / "reports" / "refused").glob("*"))


def reports(folder: Path) -> list[str]:
    """The reports that wait."""
    return sorted(one.name for one in (folder / "reports").glob("*.json"))


def test_a_run_that_the_host_could_not_carry_through_is_unknown_and_over(tmp_path: Path) -> None:
    """Its signs of life end with it, or the step would be running for ever; it may have begun."""

    def fails(_hear: Hear, _cancelled: Callable[[], bool]) -> None:
        raise OSError(28, "No space left on device")

    server = Said()
    errands(tmp_path, server, Steps(fails)).carry(ERRAND)  # waits for the end of its signs of life
    assert [(one.lost, one.begun) for one in server.ends] == [(True, True)]
    assert "No space left on device" in server.ends[0].trouble
    assert reports(tmp_path) == []


def test_a_run_that_comes_a_second_time_is_not_carried_out(tmp_path: Path) -> None:
    """R15: whatever a server sends, by whatever attempt; nor by the next life of the runner."""
    server, steps = Said(), Steps()
    for _ in range(2):
        again = errands(tmp_path, server, steps)
        again.carry(ERRAND)
        again.carry(replace(ERRAND, attempt="a2"))
    assert (steps.runs, len(server.ends)) == (1, 1)


def test_a_host_that_does_not_answer_a_runner_is_told(tmp_path: Path) -> None:
    """The seconds that it has stand in the signed order, and its silence in the end that is told."""
    private, server = new_key(), Said()
    with unanswered() as port:
        limits = Limits(total=timedelta(seconds=30), connect=timedelta(seconds=2))
        looks = replace(JOB, pipeline=(("curl", "-s", f"http://127.0.0.1:{port}/"),), limits=limits)
        signed = sealed(replace(ERRAND, job=looks), private)
        errand = opened(signed, public_key(private), ERRAND.runner, ERRAND.once)
        errands(tmp_path, server, LocalSteps()).carry(errand)
    (end,) = server.ends
    assert (end.timed_out, end.trouble) == (True, f"could not connect to 127.0.0.1:{port} within 2 s")


def test_a_host_without_room_for_the_folder_of_a_step_says_that_nothing_was_started(tmp_path: Path) -> None:
    """A full /tmp is no end that nobody knows."""
    execution = LocalSteps(scratch=tmp_path / "full").run(JOB)
    assert execution.trouble.startswith("no process can be started here: ")
    assert not execution.lost


def test_a_run_that_cannot_be_written_down_is_not_begun(tmp_path: Path) -> None:
    """A line that is not on the disk protects nobody from a second run; the end is told though it cannot be kept."""

    class Full(Journal):
        def start(self, attempt: str, run: str) -> None:
            raise OSError(28, "No space left on device")

        def end(self, run: str, report: Report) -> None:
            raise OSError(28, "No space left on device")

    server, steps = Said(), Steps()
    errands(tmp_path, server, steps, Full(tmp_path)).carry(ERRAND)
    assert steps.runs == 0
    assert [one.begun for one in server.ends] == [False]


def test_nothing_begins_after_its_time_when_the_disk_was_slow_or_the_host_slept(tmp_path: Path) -> None:
    """The server has given it up by then: the time is looked at again once the line is on the disk."""
    now = [0.0]

    class Slow(Journal):
        def start(self, attempt: str, run: str) -> None:
            super().start(attempt, run)
            now[0] += BEGIN_WITHIN

    server, steps = Said(), Steps()
    errands(tmp_path, server, steps, Slow(tmp_path), seconds=lambda: now[0]).carry(ERRAND)
    assert steps.runs == 0
    assert [(one.begun, "too late" in one.trouble) for one in server.ends] == [(False, True)]


def test_signs_of_life_go_on_after_a_refusal_so_that_a_run_can_still_be_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A clock that is wrong, a node of another version, a defect of ours: none of them ends a command, or hides it."""
    troubles = [
        NotSignedIn("the clocks are 400 s apart"),
        BadInput("what?"),
        KeyError("end"),
        Heard(1, "by ana", False),
    ]

    def waits(hear: Hear, cancelled: Callable[[], bool]) -> None:
        hear(Piece("begun\n"))
        deadline = time.monotonic() + 30
        while not cancelled() and time.monotonic() < deadline:
            time.sleep(0.01)

    server, away = Said({"output": list(troubles)}), list[str]()
    errands(tmp_path, server, Steps(waits), turned_away=away.append).carry(ERRAND)
    assert [(one.cancelled, one.trouble) for one in server.ends] == [(True, "by ana")]
    assert away == []
    assert "compare the clocks" in caplog.text


def test_only_a_server_that_does_not_know_the_runner_turns_it_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever else comes in answer is said aloud and asked again; the process never only looks alive."""
    troubles = [NotSignedIn("the clocks are 400 s apart"), KeyError("job"), OSError(24, "EMFILE"), BadInput("no")]
    server = Said({"work": [*troubles, Work(None), NotEnrolled("invite it again")]})
    asking = Asking(errands(tmp_path, server, Steps()), IDENTITY, 1, Impatient())
    asking.run()
    assert server.script["work"] == []
    assert asking.refused == "invite it again"
    assert "compare the clocks" in caplog.text
    assert caplog.text.count("asking for work failed") == 2


def test_a_report_that_cannot_be_read_does_not_keep_the_others_from_being_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is set aside, and the log says where it lies."""
    server = Said()
    carrying = errands(tmp_path, server, Steps())
    (tmp_path / "reports" / "a0.json").write_bytes(b"\xff{")
    (tmp_path / "reports" / "a1.json").mkdir()
    carrying.journal.end("r2", Report("a2", "", Ended(exit_codes=(0,))))
    carrying.tell()
    assert [one.exit_codes for one in server.ends] == [(0,)]
    assert (reports(tmp_path), refused(tmp_path)) == ([], ["a0.json", "a1.json"])
    assert "refused/a0.json" in caplog.text


@pytest.mark.parametrize("trouble", [NotFound("there is nothing here"), BadInput("part: unknown")])
def test_an_end_that_a_node_of_another_version_does_not_take_is_kept(tmp_path: Path, trouble: TocsinError) -> None:
    """Moved back, it is told; it is dropped only when the server says that it knows no such run."""
    server = Said({"end": [trouble, UnknownAttempt()]})
    carrying = errands(tmp_path, server, Steps())
    carrying.journal.end("r1", Report("a1", "", Ended()))
    carrying.tell()
    assert (reports(tmp_path), refused(tmp_path)) == ([], ["a1.json"])
    (tmp_path / "reports" / "refused" / "a1.json").rename(tmp_path / "reports" / "a1.json")
    carrying.tell()
    assert (reports(tmp_path), refused(tmp_path)) == ([], [])


def test_an_end_waits_while_the_servers_answer_is_that_of_a_wrong_clock(tmp_path: Path) -> None:
    """It is told once the clock is right; the runner is not turned away for it."""
    away = list[str]()
    server = Said({"end": [NotSignedIn("the clocks are 400 s apart")]})
    carrying = errands(tmp_path, server, Steps(), turned_away=away.append)
    carrying.journal.end("r1", Report("a1", "", Ended()))
    carrying.tell()
    assert (reports(tmp_path), away) == (["a1.json"], [])
    carrying.tell()
    assert (reports(tmp_path), len(server.ends)) == ([], 1)


def test_a_line_that_the_disk_took_in_half_is_taken_back(tmp_path: Path) -> None:
    """The next one would be glued to it, and the journal could not be read any more."""
    place = tmp_path / "journal"
    append(place, b"first\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            append(place, b"second\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    append(place, b"third\n")
    assert place.read_bytes() == b"first\nthird\n"


def test_the_runners_own_key_is_masked_like_what_it_lends() -> None:
    """A step that prints the files of its host shows it to nobody."""
    masker = masker_of(IDENTITY, Permits(variables=("SHOP_DSN",)), {"SHOP_DSN": "postgres-word", "OTHER": "other-word"})
    assert masker.text(f"{IDENTITY.key} postgres-word other-word") == "••• ••• other-word"


@contextmanager
def answering(status: int, body: bytes) -> Iterator[Connection]:
    """A connection to something that answers every request so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield Connection(f"http://127.0.0.1:{server.server_port}", SystemClock())
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("body", [b"{}", b"null", b"[]", b"<html>", b'{"go": "yes", "why": ""}', b"\xff"])
def test_what_a_gateway_answers_is_no_answer_of_the_server(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said what came, and the request is made again like any that was not answered."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with answering(200, body) as at, pytest.raises(ServerUnreachable, match="stands between"):
        at.ask("/runner/attempts/a1/start", {}, Begin)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "not_enrolled", NotEnrolled),
        (401, "not_signed_in", NotSignedIn),
        (403, "not_enrolled", NotSignedIn),
        (404, "unknown_attempt", UnknownAttempt),
        (404, "not_found", NotFound),
        (422, "bad_input", BadInput),
        (404, "", ServerUnreachable),
        (500, "error", ServerUnreachable),
    ],
)
def test_the_code_of_a_problem_decides_what_it_means(
    status: int, code: str, kind: type[TocsinError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A status alone may come from anything between the runner and its server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    body = json.dumps({"detail": "what happened", "code": code} if code else {}).encode()
    with answering(status, body) as at, pytest.raises(TocsinError) as raised:
        at.ask("/runner/work", {}, Work)
    assert type(raised.value) is kind


@pytest.fixture(autouse=True)
def _all_that_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
