"""Faults of intake on the real process over HTTP: a clear answer, nothing lost, and nobody woken for nothing."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.acceptance.monitors import KEY, PATH, alertmanager_body
from tests.stage.alertmanager import alertmanager
from tests.stage.child import eventually
from tests.stage.process import Reply, Tocsin, raw_connection, tocsin
from tests.stage.webhook import Webhook, webhook
from tocsin.adapters.database.packing import unpack

SIGNED_KEY, SECRET, OTHER_KEY = "s" * 24, "a secret of the tests 0123456789", "o" * 24
SIGNED = f"/in/{SIGNED_KEY}/alertmanager"
OTHER = f"/in/{OTHER_KEY}/generic"
MIB = 1 << 20
FIVE_MEGABYTES = 5_000_000

RUNBOOK = """# Runbook

## Severity Levels
- **P0**: complete outage, data loss
- **P1**: something is slow

## Escalation
1. **On-Call Engineer**
2. **Senior Engineer** (If unresolved in 30 minutes)
"""

TOML = """
version = 1
catch_all = ["ben"]
[server]
[service.shop]
runbook = "runbook.md"
[service.shop.assume]
page_again_after = "30 min"
[people.ana]
ways = [{ kind = "webhook", address = { env = "ANA" } }]
[people.ben]
ways = [{ kind = "webhook", address = { env = "BEN" } }]
[roles]
"On-Call Engineer" = ["ana"]
"Senior Engineer" = ["ben"]
[integration.monitor]
source = "alertmanager"
service = "shop"
key = { env = "KEY" }
[integration.signed]
source = "alertmanager"
service = "shop"
key = { env = "SIGNED_KEY" }
auth = { kind = "hmac", secret = { env = "SECRET" }, signature_header = "x-signature" }
[integration.other]
source = "generic"
service = "shop"
key = { env = "OTHER_KEY" }
"""


@contextlib.contextmanager
def house(folder: Path, phones: Webhook, **options: Any) -> Iterator[Tocsin]:
    """A running server with three integrations, and two people with phones."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "runbook.md").write_text(RUNBOOK)
    environment = {
        "ANA": f"{phones.url}/ana",
        "BEN": f"{phones.url}/ben",
        "KEY": KEY,
        "SIGNED_KEY": SIGNED_KEY,
        "SECRET": SECRET,
        "OTHER_KEY": OTHER_KEY,
    }
    with tocsin(folder, TOML, environment=environment, **options) as server:
        yield server


@pytest.fixture(scope="module")
def phones() -> Iterator[Webhook]:
    """The phones of the server that the tests of this module share."""
    with webhook() as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, phones: Webhook) -> Iterator[Tocsin]:
    """A server that the tests share, each with alerts of its own name."""
    with house(tmp_path_factory.mktemp("faults"), phones) as running:
        yield running


def signature(body: bytes) -> str:
    """What the signed integration's source puts beside a body."""
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def rows(server: Tocsin, sql: str, *values: object) -> list[Any]:
    """What stands in the database of a running server, read beside it."""
    with contextlib.closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True, timeout=5)) as connection:
        connection.create_function("came", 2, lambda body, packed: unpack(body)[0] if packed else body)
        return connection.execute(sql, values).fetchall()


def stored(server: Tocsin, body: bytes) -> list[Any]:
    """The deliveries with these bytes: state, trouble and how many copies came."""
    sql = "SELECT state, trouble, copies FROM deliveries JOIN delivery_bodies USING (id) WHERE came(body, packed) = ?"
    return rows(server, sql, body)


def incidents_of(server: Tocsin, name: str) -> list[Any]:
    """The incidents whose title begins with this alert's name."""
    return [one for one in server.api(f"/incidents?limit=200&q={quote(name)}") if one["title"].startswith(name)]


def pages_about(phones: Webhook, incident: str) -> list[Any]:
    """The pages that were sent about an incident."""
    return [one.json() for one in list(phones.requests) if one.json()["incident"] == incident]


def read_out(server: Tocsin) -> None:
    """Wait until every delivery is read and every effect carried out."""
    assert eventually(lambda: rows(server, "SELECT COUNT(*) FROM deliveries WHERE state = 'new'") == [(0,)], 20)
    server.settle(20)


def malformed(server: Tocsin, integration: str) -> list[Any]:
    """The incidents about deliveries of an integration that could not be read."""
    return [one for one in server.api("/incidents?limit=200") if f"An alert from {integration}" in one["title"]]


# --- ordering and copies --------------------------------------------------------------------------------------


def test_the_same_group_three_times_at_once_is_one_incident(server: Tocsin, phones: Webhook) -> None:
    """F1: three copies at the same moment are all answered 2xx, kept once and counted, and wake one person once."""
    body = alertmanager_body("Thrice")
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: server.deliver(PATH, body).status, range(3)))
    read_out(server)
    assert answers == [202, 202, 202]
    assert [copies for _, _, copies in stored(server, body)] == [3]
    (incident,) = incidents_of(server, "Thrice")
    assert len(pages_about(phones, incident["id"])) == 1


@pytest.mark.component("alertmanager")
def test_two_alertmanagers_of_which_one_is_late_wake_one_person_once(
    server: Tocsin, phones: Webhook, tmp_path: Path
) -> None:
    """F5: a pair that does not see each other tells everything twice; what the late one tells changes nothing."""
    told = [{"labels": {"alertname": "Twins", "severity": "critical"}, "annotations": {"summary": "It is down"}}]
    sql = "SELECT COUNT(*) FROM deliveries JOIN delivery_bodies USING (id) WHERE CAST(body AS TEXT) LIKE '%Twins%'"
    with contextlib.ExitStack() as pair:
        for wait in ("0s", "3s"):
            (tmp_path / wait).mkdir()
            there = pair.enter_context(alertmanager(tmp_path / wait, f"{server.url}{PATH}", group_wait=wait))
            there.post(told)
        assert eventually(lambda: rows(server, sql) == [(2,)], 30)
        read_out(server)
    (incident,) = incidents_of(server, "Twins")
    assert len(pages_about(phones, incident["id"])) == 1
    assert [one["type"] for one in server.api(f"/incidents/{incident['id']}/timeline")].count("AlertJoined") == 1


def test_a_resolution_that_comes_before_its_firing_wakes_nobody(server: Tocsin) -> None:
    """F2: what is over already when its beginning arrives makes no incident."""
    for status in ("resolved", "firing"):
        assert server.deliver(PATH, alertmanager_body("Overtaken", status=status)).status == 202
        read_out(server)
    assert incidents_of(server, "Overtaken") == []
    (alert,) = [one for one in server.api("/alerts?limit=200") if one["fingerprint"].endswith("Overtaken")]
    assert not alert["firing"]


def test_firing_resolved_and_firing_within_a_second_is_one_incident(server: Tocsin, phones: Webhook) -> None:
    """F3: an alert that flaps within a second stays one open incident and pages once."""
    for number, (status, start, end) in enumerate((("firing", 0, 0), ("resolved", 0, 4), ("firing", 5, 0))):
        alert = json.loads(alertmanager_body("Flapping", status=status))
        alert["alerts"][0]["startsAt"] = f"2026-01-01T00:00:00.{start}00Z"
        alert["alerts"][0]["endsAt"] = f"2026-01-01T00:00:00.{end}00Z" if end else "0001-01-01T00:00:00Z"
        assert server.deliver(PATH, alert).status == 202, number
    read_out(server)
    (incident,) = incidents_of(server, "Flapping")
    assert incident["state"] == "triggered"
    assert len(pages_about(phones, incident["id"])) == 1
    assert server.api(f"/incidents/{incident['id']}")["firing_alerts"] == 1


# --- content that nobody can read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "kind"),
    [("utf-16", "application/json; charset=utf-16"), ("latin-1", "text/plain; charset=latin-1")],
)
def test_a_body_in_another_encoding_is_kept_and_told(server: Tocsin, encoding: str, kind: str) -> None:
    """F11: a known sender's body that is no UTF-8 is answered 202, its bytes are kept, and somebody is told."""
    body = json.dumps(json.loads(alertmanager_body("Überlauf", summary="Größe")), ensure_ascii=False).encode(encoding)
    answer = server.deliver(SIGNED, body, x_signature=signature(body), content_type=kind)
    assert answer.status == 202
    read_out(server)
    ((state, trouble, _),) = stored(server, body)
    incidents = malformed(server, "signed") + incidents_of(server, "Überlauf")
    assert (state == "quarantined" and trouble) or state == "digested"
    assert incidents, "nobody was told"


def test_an_unknown_version_with_a_valid_signature_becomes_an_incident(server: Tocsin) -> None:
    """F12: a schema that we do not know is kept as it came, and an incident says that alerts cannot be read."""
    body = json.dumps({"version": "99", "notices": [{"what": "something new"}]}).encode()
    assert server.deliver(SIGNED, body, x_signature=signature(body)).status == 202
    assert server.deliver(SIGNED, body, x_signature=signature(b"other")).status == 401
    read_out(server)
    ((state, trouble, _),) = stored(server, body)
    assert state == "quarantined"
    assert trouble
    assert len(malformed(server, "signed")) == 1


def test_an_empty_group_is_no_incident(server: Tocsin) -> None:
    """F13: a delivery without alerts is answered 202, kept, and wakes nobody."""
    before = len(server.api("/incidents?limit=200"))
    body = json.dumps({"version": "4", "status": "firing", "groupKey": "none", "alerts": []}).encode()
    assert server.deliver(PATH, body).status == 202
    read_out(server)
    assert [state for state, _, _ in stored(server, body)] == ["digested"]
    assert len(server.api("/incidents?limit=200")) == before


@pytest.mark.parametrize(
    ("name", "starts_at", "ends_at"),
    [
        ("HourAhead", "2099-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("YearOne", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("YearNine", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("BeforeChrist", "-0044-03-15T12:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_impossible_times_still_page_at_once(
    server: Tocsin, phones: Webhook, name: str, starts_at: str, ends_at: str
) -> None:
    """F17, F18: whatever the source's clock says, the incident begins when we heard of it, and its page goes out."""
    alert = json.loads(alertmanager_body(name))
    alert["alerts"][0] |= {"startsAt": starts_at, "endsAt": ends_at}
    assert server.deliver(PATH, alert).status == 202
    read_out(server)
    found = incidents_of(server, name) or malformed(server, "monitor")
    assert len(found) == 1
    assert len(pages_about(phones, found[0]["id"])) == 1
    assert abs(time.time() - _seconds(found[0]["declared_at"])) < 30


def _seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


# --- too much -------------------------------------------------------------------------------------------------


def chunked(server: Tocsin, path: str, size: int) -> Reply:
    """Send a body in chunks, as far as the server takes it, without saying how long it is."""
    piece = b"x" * 65536
    with raw_connection(server.port, timeout=20) as connection:
        head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n"
        with contextlib.suppress(OSError):
            connection.sendall(head.encode())
            for _ in range(size // len(piece)):
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            connection.sendall(b"0\r\n\r\n")
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(OSError):
            while b"\r\n" not in answer and (more := connection.recv(4096)):
                answer += more
    return Reply(int(answer.split(b" ", 2)[1]) if answer else 0, {}, answer)


@pytest.mark.serial
def test_fifty_megabytes_of_a_stranger_are_cut_off(server: Tocsin) -> None:
    """F14: an unsigned body of 50 MB is not read on beyond the limit: 413 or 401, and never 5 MB of memory more."""
    server.deliver(PATH, alertmanager_body("Warm"))
    server.get("/sign-in")  # the pages are made after the start: whoever asks for one waits until they are
    before = server.peak(anew=True)
    announced = server.request("POST", SIGNED, None, {"content-length": str(50 * MIB), "expect": "100-continue"})
    assert announced.status == 413
    assert announced.headers["connection"] == "close"
    assert chunked(server, SIGNED, 50 * MIB).status in (0, 413)
    assert chunked(server, f"/in/{'x' * 24}/alertmanager", 50 * MIB).status in (0, 401)
    assert server.peak() - before < FIVE_MEGABYTES
    assert server.get("/healthz").status == 200


@pytest.mark.serial
@pytest.mark.parametrize(("path", "size"), [(PATH, 50 * MIB), (SIGNED, 3 * MIB)])
def test_a_known_senders_huge_body_is_stored_cut(server: Tocsin, path: str, size: int) -> None:
    """F14: who is known is never refused: 202, the first megabyte is kept, and an incident says that it was cut."""
    body = b"{" + bytes(path, "ascii") + b" " * size
    headers = {"x_signature": signature(body)} if path == SIGNED else {}
    assert server.deliver(path, body, timeout=30, **headers).status == 202
    read_out(server)
    ((state, trouble, _),) = stored(server, body[:MIB])
    assert state == "quarantined"
    assert "cut" in trouble
    assert malformed(server, "monitor" if path == PATH else "signed")


def cpu_seconds(server: Tocsin) -> float:
    """The processor time that the server has used."""
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.serial
def test_a_gzip_bomb_is_left_packed(server: Tocsin) -> None:
    """F15: what would unpack to 1 GB is kept packed: 202, less than 100 ms of the processor, next to no memory."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    sixty_four = packer.compress(bytes(64 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    bomb = sixty_four * 15
    assert len(bomb) < MIB
    memory, used = server.peak(anew=True), cpu_seconds(server)
    assert server.deliver(PATH, bomb, content_encoding="gzip").status == 202
    assert cpu_seconds(server) - used < 0.1
    assert server.peak() - memory < 12 * MIB
    read_out(server)
    ((state, trouble, _),) = stored(server, bomb)
    assert state == "quarantined"
    assert "10:1" in trouble


@pytest.mark.serial
def test_five_hundred_slow_senders_keep_nobody_waiting(server: Tocsin) -> None:
    """F16: while 500 connections send a byte now and then, other senders are answered within a second."""
    with contextlib.ExitStack() as open_connections:
        slow = []
        for number in range(500):
            connection = open_connections.enter_context(raw_connection(server.port))
            begun = b"POST " + PATH.encode() + b" HTTP/1.1\r\nhost: x\r\n"
            if number % 2:
                begun += b"content-length: 1000\r\n\r\n{"
            connection.sendall(begun)
            slow.append(connection)
        took = []
        for number in range(60):
            if number % 20 == 0:
                for connection in slow:
                    with contextlib.suppress(OSError):
                        connection.sendall(b"x")
            began = time.monotonic()
            answer = server.deliver(OTHER, {"title": f"Unhurried {number}", "status": "firing", "id": f"u{number}"})
            took.append(time.monotonic() - began)
            assert answer.status == 202
        assert statistics.quantiles(took, n=100)[98] < 1, took
    assert server.get("/healthz").status == 200


@pytest.mark.serial
@pytest.mark.slow
def test_ten_thousand_alerts_in_a_minute_lose_nothing_and_wake_few(tmp_path: Path, webhook_sink: Webhook) -> None:
    """F6: a storm of 10,000 distinct alerts is stored whole, is a handful of pages, and the worst is paged first."""
    names = [f"Storm{n}" for n in range(8)]
    with house(tmp_path / "house", webhook_sink) as server:

        def send(number: int) -> int:
            """Ten alerts of one group; sent again until it is stored."""
            name = names[number % len(names)]
            group: dict[str, Any] = {"version": "4", "status": "firing", "groupKey": name, "alerts": []}
            for one in range(10):
                alert = json.loads(alertmanager_body(f"{name}-{number}-{one}"))["alerts"][0]
                group["alerts"].append(alert | {"labels": {"alertname": name, "instance": f"{number}-{one}"}})
            body = json.dumps(group).encode()
            for tries in range(1, 200):
                with contextlib.suppress(OSError):
                    if server.deliver(PATH, body).status == 202:
                        return tries
                time.sleep(0.2)
            return 0

        began = time.monotonic()
        with ThreadPoolExecutor(16) as pool:
            sent = [pool.submit(send, number) for number in range(1000)]
            assert eventually(lambda: sum(one.done() for one in sent) > 300, 30)
            paged_at = time.monotonic()
            worst = alertmanager_body("EverythingIsDown", summary="complete outage, data loss", severity="critical")
            while server.deliver(PATH, worst).status != 202:
                time.sleep(0.05)
            assert eventually(lambda: _paged(webhook_sink, "EverythingIsDown"), 15), "the worst alert waited too long"
            waited = time.monotonic() - paged_at
            assert all(one.result() for one in sent)
        assert time.monotonic() - began < 60
        assert eventually(lambda: rows(server, "SELECT COUNT(*) FROM deliveries WHERE state = 'new'") == [(0,)], 30)
        server.settle(30)
        ((alerts,),) = rows(server, "SELECT COUNT(*) FROM alerts WHERE fingerprint LIKE '%Storm%'")
        assert alerts == 10_000
        assert len(server.api("/incidents?limit=200")) == len(names) + 1
        pages = [one.json() for one in webhook_sink.requests]
        assert len(pages) == len(names) + 1, [page["key"] for page in pages]
        assert waited < 15
        assert server.get("/readyz").status == 200


def _paged(phones: Webhook, words: str) -> bool:
    return any(words in one.json()["headline"] for one in list(phones.requests))


# --- the ground gives way -------------------------------------------------------------------------------------


def test_a_kill_between_commit_and_answer_is_mended_by_sending_again(tmp_path: Path, webhook_sink: Webhook) -> None:
    """F7: stored but never answered: the same delivery, sent again after the restart, is the same one."""
    with house(tmp_path / "house", webhook_sink) as server:
        body = alertmanager_body("Unanswered")
        head = (
            f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        with raw_connection(server.port) as connection:
            connection.sendall(head.encode() + body)
            assert eventually(lambda: stored(server, body), 10, every=0.001)
            server.kill()
        server.start()
        assert server.deliver(PATH, body).status == 202
        read_out(server)
        assert [copies for _, _, copies in stored(server, body)] == [2]
        (incident,) = incidents_of(server, "Unanswered")
        assert 1 <= len(pages_about(webhook_sink, incident["id"])) <= 2


@contextlib.contextmanager
def locked(server: Tocsin) -> Iterator[None]:
    """Another program holds the database's write lock."""
    with contextlib.closing(sqlite3.connect(server.database, isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def test_a_kill_before_the_commit_was_never_answered(tmp_path: Path, webhook_sink: Webhook) -> None:
    """F8: what could not be committed was not answered 2xx; sent again after the restart it is stored and paged."""
    with house(tmp_path / "house", webhook_sink) as server:
        body = alertmanager_body("Uncommitted")
        answers: list[int] = []

        def send() -> None:
            with contextlib.suppress(OSError):
                answers.append(server.deliver(PATH, body).status)

        with locked(server):
            sending = threading.Thread(target=send)
            sending.start()
            time.sleep(0.3)
            server.kill()
            sending.join(10)
        assert answers == []
        server.start()
        assert stored(server, body) == []
        assert server.deliver(PATH, body).status == 202
        read_out(server)
        (incident,) = incidents_of(server, "Uncommitted")
        assert len(pages_about(webhook_sink, incident["id"])) == 1


@pytest.mark.serial
def test_a_locked_database_is_503_and_then_recovers(tmp_path: Path, webhook_sink: Webhook) -> None:
    """F10: while the database is locked senders get 503 with a time to come back, and nothing answered is lost."""
    with house(tmp_path / "house", webhook_sink) as server:
        with locked(server), ThreadPoolExecutor(2) as pool:
            began = time.monotonic()
            sending = pool.submit(server.deliver, PATH, alertmanager_body("Locked"), 20)
            asking = pool.submit(server.get, "/readyz")
            assert server.get("/healthz").status == 200
            assert server.api("/incidents") == []
            assert time.monotonic() - began < 2, "reading waits for the lock"
            refused = sending.result()
            assert refused.status == 503
            assert refused.headers["retry-after"]
            assert asking.result().status == 503
            assert time.monotonic() - began < 8
        assert server.deliver(PATH, alertmanager_body("Locked")).status == 202
        read_out(server)
        (incident,) = incidents_of(server, "Locked")
        assert len(pages_about(webhook_sink, incident["id"])) == 1
        assert eventually(lambda: server.get("/readyz").status == 200, 10, every=0.2)


SMALL_DISK = 'mount -t tmpfs -o size=320m tmpfs "$0" || exit 77; exec "$@"'


@pytest.mark.serial
def test_a_full_disk_is_503_and_then_recovers_alone(tmp_path: Path, webhook_sink: Webhook) -> None:
    """F9: a full disk gives back the ballast, then refuses with 503 while reads go on; with room it recovers alone."""
    folder = tmp_path / "house"
    (folder / "data").mkdir(parents=True)
    wrapper: tuple[str | Path, ...] = ("unshare", "--mount", "--map-root-user", "sh", "-c", SMALL_DISK, folder / "data")
    possible = subprocess.run([*wrapper, "true"], capture_output=True, check=False, timeout=20)
    if possible.returncode != 0:
        pytest.skip(f"a small file system cannot be made here: {possible.stderr.decode().strip()}")
    with house(folder, webhook_sink, wrapper=wrapper) as server:
        assert server.process is not None
        disk = Path(f"/proc/{server.process.pid}/root{server.data}")
        assert (disk / "tocsin.db.ballast").stat().st_size == 64 * MIB
        promised = [send_filled(server, n) for n in range(5)]
        assert promised == [202] * 5
        fill(disk / "filler")
        answers = []
        while not answers or answers[-1] != 503:
            answers.append(send_filled(server, 5 + len(answers)))
            assert len(answers) < 200
        assert eventually(lambda: not (disk / "tocsin.db.ballast").exists(), 5), "the ballast is still there"
        assert eventually(lambda: send_filled(server, 1000) == 202, 10), "the ballast made no room"
        fill(disk / "filler2")
        refused = None
        for number in range(400):
            refused = server.deliver(PATH, alertmanager_body(f"More{number}", summary="x" * 30_000))
            if refused.status == 503:
                break
        assert refused is not None
        assert refused.status == 503
        assert refused.headers["retry-after"]
        assert server.get("/healthz").status == 200
        assert len(server.api("/incidents?limit=5")) == 5
        assert eventually(lambda: server.get("/readyz").status == 503, 10, every=0.3)
        for name in ("filler", "filler2"):
            (disk / name).unlink()
        assert eventually(lambda: send_filled(server, 2000) == 202, 15, every=0.2)
        assert eventually(lambda: server.get("/readyz").status == 200, 15, every=0.3), server.get("/readyz")
        for number in (*range(5), 1000, 2000):
            assert eventually(lambda n=number: incidents_of(server, f"Filled{n}"), 10), number


def send_filled(server: Tocsin, number: int) -> int:
    """The status of an alert of 30 kB."""
    return server.deliver(PATH, alertmanager_body(f"Filled{number}", summary="x" * 30_000)).status


def fill(path: Path) -> None:
    """Write until the disk is full, to the last byte."""
    with path.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        for size in (MIB, 4096, 1):
            with contextlib.suppress(OSError):
                while filler.write(bytes(size)):
                    pass
