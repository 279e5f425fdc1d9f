"""Steps that ask a host in vain for a connection: real programs and sockets, and a port that drops calls."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.stage.child import free_port
from tests.stage.unanswered import unanswered
from tocsin.adapters.execution.connections import Connections
from tocsin.adapters.execution.local import LocalSteps
from tocsin.app.ports import Execution, Job, Limits
from tocsin.runbook.command.shelled import SHELL

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="told by /proc")

PATIENCE = 4000.0  # seconds that a peer has in virtual time, in which a slow look is no matter
CALLER = """
import os, socket, sys
held = []
def ask(port):
    made = socket.socket(socket.AF_INET6 if "mapped" in sys.argv else socket.AF_INET)
    made.setblocking(False)
    made.connect_ex(("::ffff:127.0.0.1" if "mapped" in sys.argv else "127.0.0.1", int(port)))
    held.append(made)
def close():
    held.pop(0).close()
def write(count):
    with open("/dev/null", "wb", buffering=0) as file:
        file.write(bytes(int(count)))
def work(seconds):
    begun = os.times().user
    while os.times().user - begun < float(seconds):
        pass
for line in sys.stdin:
    name, *words = line.split()
    globals()[name](*words)
    print("done", flush=True)
"""


class Caller:
    """A process that does what it is told."""

    def __init__(self, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", CALLER, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid

    def does(self, *words: object) -> None:
        """Have it do that, and wait until it has."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(*words, file=self._process.stdin, flush=True)
        assert self._process.stdout.readline() == "done\n"

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def calling(*words: str) -> Iterator[Caller]:
    """A process that does what it is told, until the end of the block."""
    caller = Caller(*words)
    try:
        yield caller
    finally:
        caller.end()


@pytest.fixture(scope="module")
def silent() -> Iterator[int]:
    """A port that does not answer."""
    with unanswered() as port:
        yield port


@pytest.fixture
def caller() -> Iterator[Caller]:
    """A process that does what it is told."""
    with calling() as process:
        yield process


def looks(connections: Connections, *callers: Caller, start: int, end: int) -> list[str]:
    """What is seen each thousand seconds of virtual time, from the one to before the other."""
    return [connections.unanswered([one.pid for one in callers], 1000.0 * at) for at in range(start, end)]


def test_who_does_not_answer_in_time_is_named(caller: Caller, silent: int) -> None:
    """Counted from the first look that saw it asked; by the address that was asked."""
    caller.does("ask", silent)
    assert looks(Connections(PATIENCE, 0.0), caller, start=1, end=6) == ["", "", "", "", f"127.0.0.1:{silent}"]
    with calling("mapped") as other:
        other.does("ask", silent)
        assert looks(Connections(PATIENCE, 0.0), other, start=1, end=6)[-1] == f"127.0.0.1:{silent}"


def test_without_a_bound_nobody_looks(caller: Caller, silent: int) -> None:
    """The time of the whole step is what ends it."""
    caller.does("ask", silent)
    assert not any(looks(Connections(0.0, 0.0), caller, start=1, end=20))


def test_one_that_tries_again_at_once_goes_on_waiting(caller: Caller, silent: int) -> None:
    """Programs that make a new socket for each try have one peer all the same."""
    connections = Connections(PATIENCE, 0.0)
    caller.does("ask", silent)
    assert not any(looks(connections, caller, start=1, end=4))
    caller.does("ask", silent)
    caller.does("close")
    caller.does("ask", silent)
    assert looks(connections, caller, start=4, end=6)[-1] == f"127.0.0.1:{silent}"


def test_another_address_has_a_time_of_its_own(caller: Caller, silent: int) -> None:
    """The second address of a name may answer."""
    connections = Connections(PATIENCE, 0.0)
    with unanswered() as second:
        caller.does("ask", silent)
        assert not any(looks(connections, caller, start=1, end=4))
        caller.does("close")
        caller.does("ask", second)
        assert not any(looks(connections, caller, start=4, end=8))
        assert looks(connections, caller, start=8, end=9) == [f"127.0.0.1:{second}"]


def test_one_that_pauses_between_its_tries_is_left_to_wait(caller: Caller, silent: int) -> None:
    """It has a patience of its own."""
    connections = Connections(PATIENCE, 0.0)
    for at in range(1, 13, 2):
        caller.does("ask", silent)
        assert not any(looks(connections, caller, start=at, end=at + 1))
        caller.does("close")
        assert not any(looks(connections, caller, start=at + 1, end=at + 2))


def test_a_loop_that_starts_its_program_anew_is_left_to_wait(caller: Caller, silent: int) -> None:
    """`until curl --max-time 2 …; do :; done` has no pause that could be seen."""
    connections = Connections(PATIENCE, 0.0)
    caller.does("ask", silent)
    assert not any(looks(connections, caller, start=1, end=4))
    with calling() as next_one:
        next_one.does("ask", silent)
        assert not any(looks(connections, next_one, start=4, end=7))


def test_one_that_is_refused_waits_for_nobody(caller: Caller) -> None:
    """A port that is closed says so at once."""
    caller.does("ask", free_port())
    assert not any(looks(Connections(PATIENCE, 0.0), caller, start=1, end=8))


def test_who_is_connected_is_not_cut_for_another_connection(caller: Caller, silent: int) -> None:
    """Also where another process of the step is; the time begins with the last look that saw it connected."""
    connections = Connections(PATIENCE, 0.0)
    caller.does("ask", silent)
    with calling() as other, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        other.does("ask", listening.getsockname()[1])
        assert not any(looks(connections, caller, other, start=1, end=8))
        other.does("close")
        assert looks(connections, caller, other, start=8, end=12) == ["", "", "", f"127.0.0.1:{silent}"]


@pytest.mark.parametrize("doing", [("write", 2000), ("work", 0.6)])
def test_who_works_meanwhile_is_not_cut(caller: Caller, silent: int, doing: tuple[str, float]) -> None:
    """A report of its own use that reaches nobody is no reason to end a program that prints or reckons."""
    connections = Connections(5.0, 0.0)
    with calling() as other:
        both = [caller.pid, other.pid]
        caller.does("ask", silent)
        assert not connections.unanswered(both, 1.0)
        other.does(*doing)
        assert not connections.unanswered(both, 6.5)
        assert connections.unanswered(both, 60.0) == f"127.0.0.1:{silent}"  # it fell silent


def run(*words: str, connect: float, total: float = 30.0, **variables: str) -> Execution:
    """Run a command here with seconds for a host to answer."""
    limits = Limits(total=timedelta(seconds=total), connect=timedelta(seconds=connect))
    return LocalSteps(variables).run(Job("r", [words], limits=limits))


def test_real_programs_end_at_a_host_that_does_not_answer(silent: int) -> None:
    """Those that would wait for minutes, and all that a shell runs; each as timed out, and why."""
    address, url = f"127.0.0.1:{silent}", f"http://127.0.0.1:{silent}"
    asked = [
        ("redis-cli", "-h", "127.0.0.1", "-p", str(silent), "FLUSHALL"),
        ("kubectl", "--server", url, "get", "pods"),
        ("docker", "-H", f"tcp://{address}", "ps"),
        ("mysql", "--protocol=tcp", "-h127.0.0.1", f"-P{silent}", "-e", "SELECT 1"),
        ("psql", f"postgres://shop@{address}/shop", "-c", "SELECT 1"),
        ("wget", "-qO-", url),
        ("curl", "--next", url),
        (*SHELL, f"echo begun; for i in 1 2; do curl {url}/health | head -1; done"),  # with its progress
        (sys.executable, "-c", f"import socket; socket.create_connection(('127.0.0.1', {silent}))"),
    ]
    here = [words for words in asked if shutil.which(words[0])]
    with ThreadPoolExecutor(len(here)) as pool:
        ends = list(pool.map(lambda words: run(*words, connect=2, PGCONNECT_TIMEOUT="0"), here))
    why = f"could not connect to {address} within 2 s"
    assert [(words[0], done.timed_out, done.trouble) for words, done in zip(here, ends, strict=True)] == [
        (words[0], True, why) for words in here
    ]
    assert all(done.seconds < 12 and done.exit_codes == (143,) for done in ends)
    assert "begun\n" in ends[-2].output


def test_real_programs_that_wait_for_another_reason_are_not_cut(silent: int) -> None:
    """One that a slow server holds, one that is refused until it gives up, loops that start anew, one that prints."""
    url = f"http://127.0.0.1:{silent}"
    slow = "import socket, time; s = socket.create_server(('127.0.0.1', 0)); c = socket.create_connection"
    knock = f"curl -s -m 3 {url} & "
    asked = [
        (sys.executable, "-c", f"{slow}(s.getsockname()); time.sleep(3); print('over')"),
        (*SHELL, f"for i in $(seq 15); do curl -sf http://127.0.0.1:{free_port()} || sleep 0.2; done; echo over"),
        (*SHELL, f"for i in $(seq 5); do curl -sf -m 0.6 {url} || :; done; echo over"),
        (*SHELL, f"{knock} for i in $(seq 30); do printf '%0100d\\n' 7; sleep 0.1; done; wait || :; echo over"),
    ]
    with ThreadPoolExecutor(len(asked)) as pool:
        ends = list(pool.map(lambda words: run(*words, connect=1), asked))
    assert [(done.timed_out, done.trouble, done.output.split()[-1:]) for done in ends] == [(False, "", ["over"])] * 4
    assert all(done.seconds > 2.5 for done in ends)
