"""Probes against the real things: nginx, PostgreSQL, Redis, a TCP port, a name server, a command."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dns.message
import dns.rdatatype
import dns.rrset
import pytest
from cryptography.x509 import load_pem_x509_certificate

from tests.stage.child import eventually, free_port
from tests.stage.living import living
from tests.stage.nginx import nginx
from tests.stage.postgresql import Database
from tests.stage.redis import Redis
from tests.stage.talker import talker
from tests.stage.webhook import Answer, Webhook
from tocsin.adapters.probing import names
from tocsin.adapters.probing.prober import NetworkProber
from tocsin.alerts.probe import Probe, ProbeKind
from tocsin.app.ports import Sight

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)
SHORT = timedelta(seconds=1)


@pytest.fixture
def prober() -> Iterator[NetworkProber]:
    """It may look at the loopback."""
    one = NetworkProber(["127.0.0.0/8", "::1/128"])
    yield one
    one.close()


def probe(kind: ProbeKind, address: str = "", **more: Any) -> Probe:
    """A probe with a time-out that a busy machine does not reach."""
    return Probe("p", "shop", kind, address, **({"timeout": timedelta(seconds=30)} | more))


def says_nothing(connection: socket.socket) -> None:
    """Takes the connection, and not a word comes."""
    with connection:
        time.sleep(20)


# --- HTTP ---------------------------------------------------------------------------------------------------------


def test_nginx_is_looked_at_and_its_end_and_its_return_are_seen(tmp_path: Path, prober: NetworkProber) -> None:
    """The status, words of the body, and that nobody listens any more."""
    (tmp_path / "health").write_text('{"status": "ok", "queue": 3}', "utf-8")
    with nginx(tmp_path, root=tmp_path, server="location /broken { return 503; }") as running:
        good = probe(ProbeKind.HTTP, f"{running.url}/health", body='"status": *"ok"')
        seen = prober.look(good, NOW)
        assert (seen.good, seen.says) == (True, "")
        assert 0 < seen.took < 30
        missing = prober.look(probe(ProbeKind.HTTP, f"{running.url}/nowhere"), NOW)
        assert missing.says == "answered 404 Not Found, not 2xx"
        broken = probe(ProbeKind.HTTP, f"{running.url}/broken")
        assert prober.look(broken, NOW).says == "answered 503 Service Unavailable, not 2xx"
        assert prober.look(probe(ProbeKind.HTTP, f"{running.url}/broken", status=("200", "503")), NOW).good
        other = prober.look(probe(ProbeKind.HTTP, f"{running.url}/health", body="degraded"), NOW)
        assert other.says == "answered 200 OK, but nothing in its body fits 'degraded'"
    gone = prober.look(good, NOW)
    assert not gone.good
    assert gone.says.startswith("127.0.0.1: ")


def test_each_look_opens_a_connection_of_its_own(prober: NetworkProber, webhook_sink: Webhook) -> None:
    """One that is kept open would hide that no new one is taken."""
    for _ in range(2):
        assert prober.look(probe(ProbeKind.HTTP, webhook_sink.url), NOW).good
    assert [one.headers["connection"] for one in webhook_sink.requests] == ["close", "close"]


def test_a_redirect_is_not_followed_and_says_what_to_do(prober: NetworkProber, webhook_sink: Webhook) -> None:
    """B8: where it leads was never checked."""
    webhook_sink.plan(Answer(302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}))
    seen = prober.look(probe(ProbeKind.HTTP, webhook_sink.url), NOW)
    assert seen.says == "answered 302 Found, not 2xx; redirects are not followed: name the address that it leads to"
    assert len(webhook_sink.requests) == 1


@pytest.mark.parametrize(
    ("hangs", "body", "says"),
    [
        pytest.param(True, "", "did not end within 2 s", id="hangs"),
        pytest.param(False, "", "broke off", id="breaks-off"),
        pytest.param(False, '"status": *"ok"', "broke off", id="breaks-off-after-what-was-looked-for"),
        pytest.param(False, '"queue"', "broke off", id="breaks-off-before-what-was-looked-for"),
    ],
)
def test_a_body_that_does_not_come_whole_is_trouble(hangs: bool, body: str, says: str, prober: NetworkProber) -> None:
    """The head came at once, and the rest never: whoever opens the shop waits, or sees half a page."""
    ended = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection:
            connection.recv(1000)
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"status": "ok"')
            if hangs:
                ended.wait(60)

    with talker(talk) as port:
        one = probe(ProbeKind.HTTP, f"http://127.0.0.1:{port}/", body=body)
        seen = prober.look(replace(one, timeout=2 * SHORT) if hangs else one, NOW)
        ended.set()
    assert not seen.good
    assert seen.says == f"answered 200 OK, but its body {says}"


def test_of_a_body_without_end_the_first_mebibyte_is_enough(prober: NetworkProber) -> None:
    """It is cut by us, not by the other end: an endless stream that flows is no trouble."""

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok")
            while True:
                connection.sendall(b"." * 65536)

    with talker(talk) as port:
        assert prober.look(probe(ProbeKind.HTTP, f"http://127.0.0.1:{port}/", body="^ok"), NOW) == Sight(
            True, pytest.approx(15, abs=15)
        )


CERTIFICATE = Path(__file__).with_name("localhost.pem")


def test_a_certificate_that_ends_soon_is_seen_before_it_ends() -> None:
    """To the minute, over a connection whose certificate is accepted still."""
    ends = load_pem_x509_certificate(CERTIFICATE.read_bytes()).not_valid_after_utc
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def talk(connection: socket.socket) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(1000)
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        except OSError:
            pass

    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    looks = NetworkProber(["127.0.0.0/8", "::1/128"], tls=trusting)
    with talker(talk) as port:
        one = probe(ProbeKind.HTTP, f"https://localhost:{port}/", certificate=timedelta(days=14))
        assert looks.look(one, ends - timedelta(days=15)).good
        late = looks.look(one, ends - timedelta(days=6, hours=3))
        looks.close()
    assert late.says == f"its certificate ends in 6 d 3 h, on {ends:%Y-%m-%d %H:%M} UTC: renew it"


def test_a_certificate_that_nobody_vouches_for_is_trouble(prober: NetworkProber) -> None:
    """Its users would see a warning instead of the shop."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def talk(connection: socket.socket) -> None:
        with suppress(OSError):
            context.wrap_socket(connection, server_side=True).close()

    with talker(talk) as port:
        seen = prober.look(probe(ProbeKind.HTTP, f"https://localhost:{port}/"), NOW)
        assert seen.says == "localhost: its certificate or TLS was not accepted"
        redis = prober.look(probe(ProbeKind.REDIS, f"rediss://localhost:{port}"), NOW)
        assert "certificate was not accepted" in redis.says


# --- where it may look (B8, F59) -----------------------------------------------------------------------------------

SPELLINGS = ("127.0.0.1", "localhost", "[::1]", "2130706433", "127.1", "0x7f.1", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]")


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("kind", [ProbeKind.HTTP, ProbeKind.TCP, ProbeKind.REDIS, ProbeKind.POSTGRES, ProbeKind.DNS])
def test_the_own_machine_is_looked_at_only_where_the_settings_name_it(
    host: str, kind: ProbeKind, webhook_sink: Webhook
) -> None:
    """By any spelling and by whatever protocol; the message says which setting, and nothing arrives."""
    where = f"{host}:{webhook_sink.port}"
    address = {
        ProbeKind.HTTP: f"http://{where}/",
        ProbeKind.TCP: where,
        ProbeKind.REDIS: f"redis://{where}",
        ProbeKind.POSTGRES: f"postgresql://{where}/x",
        ProbeKind.DNS: "shop.example.com",
    }[kind]
    looks = NetworkProber()
    seen = looks.look(probe(kind, address, server=where if kind is ProbeKind.DNS else ""), NOW)
    looks.close()
    assert not seen.good
    assert webhook_sink.requests == []
    if host in ("127.0.0.1", "localhost"):
        assert "server.probed must name its network if this is meant" in seen.says


def test_a_name_with_one_address_that_is_forbidden_is_forbidden() -> None:
    """DNS rebinding: every address counts, and the connection goes to one that was checked."""
    with talker(says_nothing) as port:
        looks = NetworkProber(["127.0.0.1/32"], resolve=lambda _: ["127.0.0.1", "10.0.0.1"])
        for kind, address in (
            (ProbeKind.TCP, f"x.example.com:{port}"),
            (ProbeKind.HTTP, f"http://x.example.com:{port}"),
        ):
            seen = looks.look(probe(kind, address), NOW)
            assert "10.0.0.1" in seen.says
        looks.close()


# --- the others ----------------------------------------------------------------------------------------------------


def test_a_port_that_takes_connections_is_good(prober: NetworkProber) -> None:
    """A closed one is not, and says so with its number."""
    with talker(says_nothing) as port:
        assert prober.look(probe(ProbeKind.TCP, f"localhost:{port}"), NOW).good
    closed = free_port()
    assert (
        prober.look(probe(ProbeKind.TCP, f"127.0.0.1:{closed}"), NOW).says == f"127.0.0.1:{closed}: Connection refused"
    )


SILENT = (
    (ProbeKind.HTTP, "http://127.0.0.1:{}/"),
    (ProbeKind.HTTP, "https://127.0.0.1:{}/"),
    (ProbeKind.REDIS, "redis://127.0.0.1:{}"),
    (ProbeKind.REDIS, "rediss://127.0.0.1:{}"),
    (ProbeKind.POSTGRES, "postgresql://127.0.0.1:{}/x"),
)


def test_what_takes_the_connection_and_says_nothing_is_given_up_in_time(prober: NetworkProber) -> None:
    """A look ends with its time-out, whatever the other end does; all look at once, as a node does."""
    with talker(says_nothing) as port, ThreadPoolExecutor(len(SILENT)) as pool:
        looks = [probe(kind, address.format(port), timeout=SHORT) for kind, address in SILENT]
        began = time.monotonic()
        seen = dict(zip(SILENT, pool.map(lambda one: prober.look(one, NOW), looks), strict=True))
        took = time.monotonic() - began
    assert [what for what, sight in seen.items() if sight.good] == []
    assert took < 15, f"the other end would have held it for 20 s: {seen}"


def test_redis_is_asked_for_a_pong(redis_server: Redis, prober: NetworkProber) -> None:
    """With the password where there is one; what Redis says against it is what people read."""
    plain = probe(ProbeKind.REDIS, f"redis://127.0.0.1:{redis_server.port}")
    assert prober.look(plain, NOW) == Sight(True, pytest.approx(15, abs=15))
    redis_server.ask("CONFIG SET requirepass a-pass-word")
    assert prober.look(plain, NOW).says == "answers to PING: NOAUTH Authentication required."
    assert prober.look(probe(ProbeKind.REDIS, f"redis://:a-pass-word@127.0.0.1:{redis_server.port}"), NOW).good
    wrong = prober.look(probe(ProbeKind.REDIS, f"redis://:wrong@127.0.0.1:{redis_server.port}"), NOW)
    assert wrong.says.startswith("answers to the password: WRONGPASS")
    os.kill(redis_server.process.process.pid, signal.SIGSTOP)
    try:
        frozen = prober.look(probe(ProbeKind.REDIS, f"redis://127.0.0.1:{redis_server.port}", timeout=SHORT), NOW)
    finally:
        os.kill(redis_server.process.process.pid, signal.SIGCONT)
    assert "no answer within 1 s" in frozen.says


def test_postgresql_is_asked_for_1(postgresql_database: Database, prober: NetworkProber) -> None:
    """By its socket on this machine; a database that is not there is said in PostgreSQL's own words."""
    assert prober.look(probe(ProbeKind.POSTGRES, postgresql_database.dsn), NOW).good
    missing = prober.look(probe(ProbeKind.POSTGRES, postgresql_database.server.dsn("nowhere")), NOW)
    assert missing.says.endswith('FATAL:  database "nowhere" does not exist')
    refused = prober.look(probe(ProbeKind.POSTGRES, f"postgresql://u:hunter2@127.0.0.1:{free_port()}/x"), NOW)
    assert not refused.good
    assert "hunter2" not in refused.says


def test_postgresql_is_asked_at_each_address_of_its_name() -> None:
    """The first one refuses, the second one takes the connection: a name may have more than one."""
    reached = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection:
            connection.recv(1000)
            reached.set()

    with talker(talk) as port:
        looks = NetworkProber(["127.0.0.0/8"], resolve=lambda _: ["127.0.0.2", "127.0.0.1"])
        seen = looks.look(probe(ProbeKind.POSTGRES, f"postgresql://db.example.com:{port}/x"), NOW)
    assert reached.is_set()
    assert not seen.good


@pytest.mark.parametrize("kind", [ProbeKind.TCP, ProbeKind.REDIS, ProbeKind.POSTGRES, ProbeKind.DNS])
def test_a_name_without_an_address_is_not_left_to_another_resolver(kind: ProbeKind) -> None:
    """B8: a driver that is given no address would look the name up by itself, unchecked."""
    address = {
        ProbeKind.TCP: "localhost:1",
        ProbeKind.REDIS: "redis://localhost:1",
        ProbeKind.POSTGRES: "postgresql://localhost:1/x",
        ProbeKind.DNS: "shop.example.com",
    }[kind]
    looks = NetworkProber(["127.0.0.0/8", "::1/128"], resolve=lambda _: [])
    assert looks.look(probe(kind, address, server="localhost:1"), NOW).says == "localhost: it has no address"


@contextmanager
def name_server(answers: dict[str, tuple[str, ...]]) -> Iterator[int]:
    """A name server on the loopback that knows these names; gives its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                try:
                    asked, sender = listener.recvfrom(4096)
                except OSError:
                    return
                query = dns.message.from_wire(asked)
                reply = dns.message.make_response(query)
                name, kind = query.question[0].name.to_text(), dns.rdatatype.to_text(query.question[0].rdtype)
                if found := answers.get(f"{name} {kind}"):
                    reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
                else:
                    reply.set_rcode(dns.rcode.NXDOMAIN)
                listener.sendto(reply.to_wire(), sender)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def test_a_name_server_is_asked_for_its_answer(prober: NetworkProber) -> None:
    """Any answer is good unless the settings say which; a name that is not there, and silence, are not."""
    known = {"shop.example.com. A": ("192.0.2.7", "192.0.2.8"), "shop.example.com. MX": ("10 mail.example.com.",)}
    with name_server(known) as port:

        def ask(name: str = "shop.example.com", **more: Any) -> Sight:
            return prober.look(probe(ProbeKind.DNS, name, server=f"127.0.0.1:{port}", **more), NOW)

        assert ask().good
        assert ask(expects=("192.0.2.8",)).good
        assert ask(record="MX", expects=("10 mail.example.com",)).good
        assert ask(expects=("192.0.2.9",)).says == "the answer holds 192.0.2.7, 192.0.2.8, not 192.0.2.9"
        assert ask("elsewhere.example.com").says == f"127.0.0.1:{port} answers NXDOMAIN"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{mute.getsockname()[1]}"
        silent = prober.look(probe(ProbeKind.DNS, "shop.example.com", server=where, timeout=SHORT), NOW)
    assert silent.says == "no answer within 1 s"


def test_a_name_server_whose_first_address_is_dead_is_asked_at_the_next() -> None:
    """As with a connection: each of its addresses has its share of the time."""
    with name_server({"shop.example.com. A": ("192.0.2.7",)}) as port:
        looks = NetworkProber(["127.0.0.0/8"], resolve=lambda _: ["127.0.0.2", "127.0.0.1"])
        where = f"ns.example.com:{port}"
        seen = looks.look(probe(ProbeKind.DNS, "shop.example.com", server=where, timeout=3 * SHORT), NOW)
    assert (seen.good, seen.says) == (True, "")


def test_the_machines_resolver_is_read_at_each_look(
    tmp_path: Path, prober: NetworkProber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever mends /etc/resolv.conf at night does not have to restart the server before its probes are good."""
    machine = tmp_path / "resolv.conf"
    monkeypatch.setattr(names, "MACHINE", str(machine))
    machine.write_text("nameserver 127.0.0.1\n", "utf-8")
    one = probe(ProbeKind.DNS, "shop.example.com", timeout=SHORT)
    assert "/resolv.conf" not in prober.look(one, NOW).says
    machine.write_text("", "utf-8")
    assert prober.look(one, NOW).says == f"this server has no name server: look at {machine}"


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("true",), ""),
        (("sh", "-c", "echo first; echo the queue is full >&2; exit 3"), "it ended with 3: the queue is full"),
        (("no-such-program-anywhere",), "it cannot be started: No such file or directory"),
        (("sh", "-c", 'test -z "$TOCSIN_SECRET_OF_TESTS"'), ""),
        (("echo", "$(touch nothing)"), ""),
    ],
)
def test_a_command_is_good_when_it_ends_with_0(
    command: tuple[str, ...], says: str, prober: NetworkProber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last line says what is wrong; it sees none of the server's secrets, and no shell reads its words."""
    monkeypatch.setenv("TOCSIN_SECRET_OF_TESTS", "hunter2")
    assert prober.look(probe(ProbeKind.COMMAND, command=command), NOW).says == says


def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(prober: NetworkProber) -> None:
    """No probe leaves a process behind, each minute one more."""
    mark = f"probe-{os.getpid()}-{time.monotonic_ns()}"
    command = ("sh", "-c", "sleep 300 & sleep 300", mark)
    seen = prober.look(probe(ProbeKind.COMMAND, command=command, timeout=SHORT), NOW)
    assert seen.says == "it did not end within 1 s"
    assert eventually(lambda: not living(mark))


def test_a_client_is_loaded_when_a_probe_needs_it() -> None:
    """A server without such probes starts as fast as before: neither driver nor name client is in its memory."""
    code = (
        "import sys; from tocsin.adapters.probing.prober import NetworkProber; NetworkProber(); "
        "sys.exit(bool({'psycopg', 'dns'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
