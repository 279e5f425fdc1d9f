"""The second process of the intake: deliveries are taken there, all else here, and either may die at any moment."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.acceptance.monitors import alertmanager_body
from tests.stage.child import eventually
from tests.stage.postgresql import PostgreSQL
from tests.stage.process import Tocsin, raw_connection, tocsin
from tocsin.adapters.database.opening import open_store

SECRET, OTHER = "a-secret-of-the-test-0123456789", "another-secret-of-it-0123456789"
PATH, SIGNED = "/in/key-of-bearer-0123456789abcdef/alertmanager", "/in/key-of-signed-0123456789abcdef/generic"
TOML = """
version = 1
catch_all = ["ana"]
[server]
second_process = "always"
{database}
[service.shop]
runbook = "runbook.md"
[people.ana]
ways = [{{ kind = "phone" }}]
[integration.monitor]
source = "alertmanager"
service = "shop"
key = {{ env = "KEY" }}
[integration.monitor.auth]
kind = "bearer"
secret = {{ env = "{secret}" }}
[integration.signed]
source = "generic"
service = "shop"
key = {{ env = "SIGNED" }}
[integration.signed.auth]
kind = "hmac"
secret = {{ env = "SECRET" }}
"""
RUNBOOK = """# Runbook

## Severity Levels
- **P1**: something is down

## Escalation
1. Ana
"""
ENVIRONMENT = {
    "KEY": PATH.split("/")[2],
    "SIGNED": SIGNED.split("/")[2],
    "SECRET": SECRET,
    "OTHER": OTHER,
}


@contextmanager
def house(folder: Path, database: str = "", *, start: bool = True) -> Iterator[Tocsin]:
    """An installation with a second process."""
    folder.mkdir(exist_ok=True)
    (folder / "runbook.md").write_text(RUNBOOK, encoding="utf-8")
    toml = TOML.format(database=f'database = "{database}"' if database else "", secret="SECRET")
    with tocsin(folder, toml, environment=ENVIRONMENT, start=False) as server:
        if start:
            begin(server)
        yield server


def begin(server: Tocsin) -> int:
    """Start it; the number of its second process, once that takes deliveries."""
    server.start()
    return second(server)


def second(server: Tocsin, within: float = 30) -> int:
    """The number of the second process, once it takes deliveries."""
    found: list[int] = []

    def there() -> bool:
        assert server.process is not None
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        found[:] = [int(one) for one in children if b"tocsin.second_process" in _command(int(one))]
        return b"\ntocsin_intake_processes 2" in server.get("/metrics").body and bool(found)

    assert eventually(there, within, every=0.1), server.output()[-3000:]
    return found[0]


def _command(number: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{number}/cmdline").read_bytes()
    return b""


def held_by(server: Tocsin, connection: socket.socket) -> set[str]:
    """Which of the processes have the other end of a connection: "first", "second"."""
    assert server.process is not None
    mine = f":{connection.getsockname()[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(mine) and row[1].endswith(f":{server.port:04X}")}
    found = set()
    for name, number in (("first", server.process.pid), ("second", second(server))):
        for one in Path(f"/proc/{number}/fd").iterdir():
            with suppress(OSError):
                found |= {name} if str(one.readlink()) in inodes else set()
    return found


def moved(server: Tocsin, connection: socket.socket, name: str) -> bool:
    """Whether a connection comes to be held by that process alone."""
    return eventually(lambda: held_by(server, connection) == {name}, 10, every=0.05)


def post(body: bytes, path: str = PATH, secret: str = SECRET, more: str = "") -> bytes:
    """The bytes of a delivery."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """One answer, read to its end and no further; status 0 when the connection has ended."""
    connection.settimeout(15)
    read = b""
    while b"\r\n\r\n" not in read:
        more = connection.recv(1)
        if not more:
            return 0, {}, b""
        read += more
    lines = read.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:-2])}
    body = b""
    while len(body) < int(headers["content-length"]):
        body += connection.recv(int(headers["content-length"]) - len(body))
    return int(lines[0].split()[1]), headers, body


def ask(connection: socket.socket, said: bytes) -> int:
    """The status of the answer to a request."""
    connection.sendall(said)
    return answer(connection)[0]


@contextmanager
def given(server: Tocsin) -> Iterator[socket.socket]:
    """A connection that the second process holds."""
    with raw_connection(server.port) as connection:
        assert ask(connection, post(alertmanager_body(f"first-{connection.getsockname()[1]}"))) == 202
        assert moved(server, connection, "second")
        yield connection


def stored(server: Tocsin, database: str = "") -> list[bytes]:
    """The bodies of all deliveries."""
    store = open_store(database or f"sqlite:///{server.database}", migrate=False)
    with closing(store), store.read() as tx:
        rows = [*tx.deliveries.latest("monitor", 1_000_000), *tx.deliveries.latest("signed", 1_000_000)]
    return [row.body for row in rows]


def gone(number: int) -> bool:
    """Whether a process has ended, whoever has yet to ask how."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_what_comes_on_a_given_connection_is_answered_by_whom_it_concerns(tmp_path: Path) -> None:
    """Deliveries there, everything else here, each with its own answer and none lost."""
    with house(tmp_path / "house") as server:
        with given(server) as connection:
            for number in range(20):
                assert ask(connection, post(alertmanager_body(f"kept-{number}"))) == 202
            assert held_by(server, connection) == {"second"}
            whole = post(alertmanager_body("in two pieces", summary="x" * 9000))
            connection.sendall(whole[:4000])
            assert not eventually(lambda: held_by(server, connection) != {"second"}, 0.3)
            assert ask(connection, whole[4000:]) == 202, "a body may take a moment"
            assert held_by(server, connection) == {"second"}
            counted = server.get("/metrics").body
            assert ask(connection, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200
            assert moved(server, connection, "first")
            assert ask(connection, post(alertmanager_body("afterwards"))) == 202
            assert not eventually(lambda: held_by(server, connection) != {"first"}, 0.5), "it goes to and fro"
        body = b'{"title": "signed"}'
        proof = f"x-grafana-alerting-signature: {hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}\r\n"
        for said, status in {
            b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n": 404,
            post(b"{}", secret=OTHER): 401,
            post(body, SIGNED, more=proof): 202,
            b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}": 422,
            post(b"x" * 400_000): 202,
            post(b"{}", "/in/nobody/alertmanager"): 401,
        }.items():
            with given(server) as connection:
                assert ask(connection, said) == status, said[:60]
                assert held_by(server, connection) == {"first"}
                assert ask(connection, post(alertmanager_body("and then"))) == 202
        with given(server) as connection:
            connection.sendall(post(alertmanager_body("slow"))[:-5])
            assert moved(server, connection, "first"), "nobody waits for the rest of a body for long"
            assert ask(connection, post(alertmanager_body("slow"))[-5:]) == 202
        bodies = stored(server)
        assert body in bodies
        assert sum(b"kept-" in one for one in bodies) == 20
        assert sum(b"in two pieces" in one for one in bodies) == 1
        # Those of the connection there, and what was counted there is shown here.
        assert b'tocsin_deliveries_total{outcome="stored",source="alertmanager"} 2' in counted


def test_requests_that_do_not_wait_for_answers(tmp_path: Path) -> None:
    """Where two come at once the first is answered and the connection closed: the second one is asked again."""
    with house(tmp_path / "house") as server:
        for between in (0.0, 0.001, 0.02):
            with given(server) as connection:
                one, two = post(alertmanager_body(f"one {between}")), post(alertmanager_body(f"two {between}"))
                connection.sendall(one if between else one + two)
                if between:
                    time.sleep(between)
                    connection.sendall(two)
                status, headers, _ = answer(connection)
                assert status == 202
                with suppress(ConnectionError):  # what was sent behind the end is answered by a reset
                    again = answer(connection)[0]
                    assert again == (202 if headers.get("connection") != "close" else 0)
        with given(server) as connection:
            connection.sendall(post(alertmanager_body("last")) + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            status, headers, _ = answer(connection)
            assert (status, headers["connection"]) == (202, "close")
        assert sum(b"last" in one for one in stored(server)) == 1


def test_the_team_is_read_anew_there_too(tmp_path: Path) -> None:
    """A secret that was changed is no longer believed, and the new one is."""
    with house(tmp_path / "house") as server, given(server) as connection, given(server) as other:
        text = server.config.read_text().replace('secret = { env = "SECRET" }', 'secret = { env = "OTHER" }', 1)
        server.config.write_text(text)
        assert eventually(
            lambda: server.request("POST", PATH, b"{}", {"authorization": f"Bearer {OTHER}"}).status == 202
        )
        time.sleep(1.1)  # what the second process is told once a second
        assert ask(connection, post(alertmanager_body("new"), secret=OTHER)) == 202
        assert held_by(server, connection) == {"second"}
        assert ask(other, post(alertmanager_body("old"))) == 401


def test_its_death_costs_nobody_an_alert(tmp_path: Path) -> None:
    """Its connections are reset, the first process takes everything, and another is started after a while."""
    with house(tmp_path / "house") as server, given(server) as connection:
        number = second(server)
        os.kill(number, signal.SIGKILL)
        with suppress(ConnectionError):
            assert ask(connection, post(alertmanager_body("into the dark"))) == 0
        assert eventually(lambda: b"\ntocsin_intake_processes 1" in server.get("/metrics").body)
        with raw_connection(server.port) as another:
            for _ in range(3):
                assert ask(another, post(alertmanager_body("into the dark"))) == 202
        assert server.get("/readyz").status == 200
        assert second(server) != number
        assert eventually(lambda: gone(number))
        with given(server) as another:
            assert ask(another, post(alertmanager_body("and on"))) == 202
        assert sum(b"into the dark" in one for one in stored(server)) == 1
        assert "has died" in server.output()


def test_it_never_outlives_the_first_process(tmp_path: Path) -> None:
    """Killed or stopped: it ends too, at once, and a new first process begins as ever."""
    with house(tmp_path / "house") as server:
        number = second(server)
        server.kill()
        assert eventually(lambda: gone(number), 3)
        number = begin(server)
        with given(server) as connection:
            began = time.monotonic()
            assert server.stop() == 0
            assert gone(number)
            assert time.monotonic() - began < 6
            assert answer(connection)[0] == 0
        assert "Traceback" not in server.output()


@dataclass(slots=True)
class Sender:
    """Sends alerts on a kept connection, each until it is answered 2xx."""

    server: Tocsin
    name: str
    stopping: threading.Event
    promised: list[str] = field(default_factory=list)
    tried: int = 0

    def run(self) -> None:
        """Send until told to stop."""
        connection = self._new()
        while not self.stopping.is_set():
            self.tried += 1
            alert = f"{self.name}-{self.tried}-of-it"
            while True:
                try:
                    connection.request("POST", PATH, alertmanager_body(alert), {"authorization": f"Bearer {SECRET}"})
                    response = connection.getresponse()
                    response.read()
                    if response.status == 202:
                        self.promised.append(alert)
                        break
                except (OSError, http.client.HTTPException):
                    connection.close()
                    connection = self._new()
                    time.sleep(0.02)
        connection.close()

    def _new(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_kill_either_or_both_while_alerts_come(tmp_path: Path, where: str, postgresql_server: PostgreSQL) -> None:
    """R1, R2: whatever was answered with 2xx is stored, and stored once, whichever process was killed when."""
    rounds = int(os.environ.get("TOCSIN_TEST_KILLS", "4"))
    seed = time.time_ns() // 1000
    chance = random.Random(seed)
    with postgresql_server.database(migrated=True) as made, house(tmp_path / "house", _dsn(where, made.dsn)) as server:
        stopping = threading.Event()
        senders = [Sender(server, f"s{number}", stopping) for number in range(6)]
        threads = [threading.Thread(target=one.run, daemon=True) for one in senders]
        for thread in threads:
            thread.start()
        for number in range(rounds):
            time.sleep(chance.random())
            victim, other = second(server), ("first", "both", "second")[number % 3]
            if other != "second":
                assert server.process is not None
                if other == "both":
                    os.kill(victim, signal.SIGKILL)
                server.kill()
                assert eventually(lambda victim=victim: gone(victim), 3)  # type: ignore[misc]
                server.start()
            else:
                os.kill(victim, signal.SIGKILL)
        time.sleep(0.5)
        stopping.set()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        assert server.stop() == 0
        bodies = stored(server, _dsn(where, made.dsn))
        promised = [alert for one in senders for alert in one.promised]
        assert len(promised) > 20 * rounds, f"seed {seed}"
        text = b"\n".join(bodies).decode()
        missing = [alert for alert in promised if f'"alertname": "{alert}"' not in text]
        assert not missing, f"seed {seed}: answered 2xx and lost: {missing[:5]}"
        assert len(set(bodies)) == len(bodies), f"seed {seed}: stored twice"
        assert "Traceback" not in server.output(), server.output()[-4000:]


def _dsn(where: str, made: str) -> str:
    return made if where == "postgresql" else ""
