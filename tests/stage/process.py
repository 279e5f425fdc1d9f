"""The real `tocsin serve`, as a process of its own: configured by a file, acted on over HTTP, killed and started."""

from __future__ import annotations

import http.client
import json
import re
import socket
import sys
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.stage import migrated
from tests.stage.child import READY_SECONDS, Child, await_ready, child, eventually, free_port

CLOCK = "/-/test/clock"
ONCE = re.compile(r"/login/once[^\s]*?([A-Za-z0-9_-]{40,})")
LEFT_TO_DO = (b"tocsin_deliveries_unread", b"tocsin_timer_lag_seconds")
PASSWORD = "a bell in the long night"
PROGRAM = str(Path(sys.executable).with_name("tocsin"))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the server."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    def ok(self) -> Any:
        """The body of a 2xx answer; AssertionError for any other."""
        assert 200 <= self.status < 300, f"{self.status}: {self.body[:1000].decode(errors='replace')}"
        return self.json() if self.body[:1] in (b"{", b"[") else self.body


@dataclass(slots=True)
class Tocsin:
    """A Tocsin installation in a folder: `tocsin.toml`, its data, and the process while it runs."""

    folder: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    wrapper: tuple[str | Path, ...] = ()
    """Words put before the command, like `prlimit`."""
    ready_within: float = READY_SECONDS
    starts: list[float] = field(default_factory=list)
    """Seconds from each start to the first answer of `/healthz`."""
    process: Child | None = None
    admin: str = ""
    """A token of the first administrator, got by the one-time link that the first start prints."""
    _running: Any = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        """Its configuration file."""
        return self.folder / "tocsin.toml"

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.data / "tocsin.db"

    @property
    def log(self) -> Path:
        """What it and its earlier starts have written."""
        return self.folder / "tocsin.log"

    def start(self) -> None:
        """Start it and wait until it answers; sign the first administrator in the first time."""
        assert self._running is None, "it runs already"
        began = time.monotonic()
        self._running = child(self._command(), log=self.log, environment=self.environment, directory=self.folder)
        self.process = self._running.__enter__()
        try:
            await_ready(self.process, self.listens, self.ready_within)
        except BaseException:
            self.stop()
            raise
        self.starts.append(time.monotonic() - began)
        if not self.admin:
            once = ONCE.search(self.process.output())
            assert once, self.process.output()
            self.admin = self.call("POST", "/api/v1/login", {"once": once[1]}).ok()["token"]

    def stumble(self, after: float) -> None:
        """Start it, and end it so many seconds later as a power cut would, ready or not."""
        assert self._running is None, "it runs already"
        self._running = child(self._command(), log=self.log, environment=self.environment, directory=self.folder)
        self.process = self._running.__enter__()
        time.sleep(after)
        self.kill()

    def _command(self) -> list[str | Path]:
        return [*self.wrapper, PROGRAM, "serve", "--config", self.config]

    def listens(self) -> bool:
        """Whether it answers on its port."""
        try:
            return self.get("/healthz", timeout=2).status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.stop()

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        if self._running is None or self.process is None:
            return 0
        status = self.process.stop()
        self._running.__exit__(None, None, None)
        self._running = None
        return status

    # --- HTTP -------------------------------------------------------------------------------------------------

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 15,
    ) -> Reply:
        """One HTTP request on a connection of its own. Raises OSError when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        except http.client.HTTPException as broken:
            raise ConnectionError(str(broken)) from broken
        finally:
            connection.close()

    def get(self, path: str, headers: Mapping[str, str] | None = None, timeout: float = 15) -> Reply:
        """A GET."""
        return self.request("GET", path, headers=headers, timeout=timeout)

    def form(self, path: str, timeout: float = 15, **fields: str) -> Reply:
        """A form of a page, sent as a browser would from the same origin."""
        headers = {"content-type": "application/x-www-form-urlencoded", "origin": self.url}
        return self.request("POST", path, urllib.parse.urlencode(fields).encode(), headers, timeout)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        token: str | None = None,
        timeout: float = 15,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """A request of the API, with a JSON body and a token; one that comes too soon is repeated when it may be."""
        said = dict(headers or {})
        if token:
            said["authorization"] = f"Bearer {token}"
        raw = None
        if body is not None:
            said["content-type"] = "application/json"
            raw = json.dumps(body).encode()
        for _ in range(20):
            answer = self.request(method, path, raw, said, timeout)
            if answer.status != 429:
                break
            time.sleep(0.3)
        return answer

    def api(self, path: str, body: object = None, *, token: str | None = None, method: str | None = None) -> Any:
        """What the API answers with 2xx: a GET without a body, else a POST; as the administrator without a token."""
        method = method or ("GET" if body is None else "POST")
        return self.call(method, f"/api/v1{path}", body, token or self.admin).ok()

    def token_of(self, handle: str, role: str = "responder") -> str:
        """A token of a person, whose account is made when there is none."""
        if handle not in {one["handle"] for one in self.api("/users")}:
            self.api("/users", {"handle": handle, "role": role, "password": PASSWORD})
        answer = self.call("POST", "/api/v1/login", {"handle": handle, "password": PASSWORD})
        return str(answer.ok()["token"])

    def deliver(self, path: str, body: bytes | object, timeout: float = 15, **headers: str) -> Reply:
        """POST an alert to an intake path; a body that is not bytes is sent as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.request("POST", path, raw, {"content-type": "application/json", **named}, timeout)

    # --- time -------------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> str:
        """Move the clock of the process; the instant that it shows then. Needs `TOCSIN_TEST_CLOCK`."""
        return str(self.call("POST", CLOCK, {"advance_seconds": seconds}).ok()["now"])

    def set_wall(self, seconds: float) -> None:
        """Set the wall clock of the process by so much, as a person sets one: no time passes."""
        self.call("POST", CLOCK, {"set_seconds": seconds}).ok()

    def now(self) -> str:
        """The instant on the wall clock of the process."""
        return str(self.get(CLOCK).ok()["now"])

    def settled(self) -> bool:
        """Whether every delivery is read, no incident's time has come, and nothing waits to be carried out."""
        # Asked first: what follows from a delivery is written with its being read, what is due with the next deadline.
        told = self.get("/metrics").body
        if not all(re.search(rb"^%s 0\.0$" % gauge, told, re.MULTILINE) for gauge in LEFT_TO_DO):
            return False
        backlog = self.call("GET", "/api/v1/health", token=self.admin).json()["backlog"]
        return not any(backlog.values())

    def settle(self, within: float = 10) -> None:
        """Wait until nothing is left to do at this instant."""
        assert eventually(self.settled, within, every=0.05), self.api("/health")

    def rss(self) -> int:
        """Its resident memory in bytes."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def peak(self, *, anew: bool = False) -> int:
        """The most resident memory that it ever had, in bytes; ``anew``: it is counted from now on."""
        assert self.process is not None
        of = Path(f"/proc/{self.process.pid}")
        if anew:
            (of / "clear_refs").write_text("5")  # man proc_pid_clear_refs: the peak becomes what it has now
        return int((of / "status").read_text().split("VmHWM:")[1].split()[0]) * 1024

    def output(self) -> str:
        """What it and its earlier starts have written."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


@contextmanager
def tocsin(
    folder: Path,
    toml: str,
    *,
    environment: Mapping[str, str] | None = None,
    movable_clock: bool = False,
    wrapper: tuple[str | Path, ...] = (),
    start: bool = True,
    empty: bool = False,
) -> Iterator[Tocsin]:
    """Run `tocsin serve` in a folder until the block ends.

    ``toml`` is what stands below `[server]` (a table of the server's own is merged in as `[server]` lines before it
    with the marker ``#server``); host, port, url and data are given. ``movable_clock`` allows ``advance``.
    An ``empty`` installation has no database yet and makes one at its first start, which takes a second longer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    head = f'url = "http://127.0.0.1:{port}"\nport = {port}\ndata = "data"\ninternal = ["127.0.0.0/8"]\n'
    assert "[server]\n" in toml, "the configuration needs its [server] table"
    (folder / "tocsin.toml").write_text(toml.replace("[server]\n", f"[server]\n{head}", 1), encoding="utf-8")
    given = {"TOCSIN_LOG_LEVEL": "INFO", "TZ": "UTC", **(environment or {})}
    if movable_clock:
        given["TOCSIN_TEST_CLOCK"] = "1"
    running = Tocsin(folder, port, given, wrapper)
    if not empty and not running.data.exists():
        migrated.furnish(running.data, database="\ndatabase = " not in toml)
    try:
        if start:
            running.start()
        yield running
    finally:
        running.stop()
        for ballast in running.data.glob("*.ballast"):  # folders of tests are kept a while, and this is large
            ballast.unlink()


@contextmanager
def raw_connection(port: int, timeout: float = 10) -> Iterator[socket.socket]:
    """A bare connection to a port of this machine, for requests that no HTTP library would send."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        yield connection
