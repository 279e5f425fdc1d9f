"""Outbound HTTP: where it may go, what it says of every way in which an exchange can end."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.stage.child import free_port
from tests.stage.talker import talker
from tests.stage.webhook import Answer, Webhook
from tocsin.adapters.egress.addresses import networks, why_forbidden
from tocsin.adapters.egress.client import MAX_BODY
from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Forbidden, Response, Unanswered, Unsent
from tocsin.errors import BadSettings

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def egress() -> Iterator[Egress]:
    """A client that may reach the loopback network, with spans that a busy machine does not fill."""
    client = Egress(LOOPBACK, connect=10.0, total=30.0)
    yield client
    client.close()


@pytest.fixture
def hasty() -> Iterator[Egress]:
    """The same with short spans, for what must end at them."""
    client = Egress(LOOPBACK, connect=0.5, total=1.0)
    yield client
    client.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        "ff02::1",
        "2130706433",
        "0x7f.1",
        "",
    ],
)
def test_an_address_that_is_not_public_is_forbidden_in_every_disguise(address: str) -> None:
    """Loopback, private, shared, metadata, multicast and reserved addresses are denied, also inside others."""
    assert why_forbidden(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_allowed(address: str) -> None:
    """What anybody can reach may be posted to, also through an IPv6-only network's NAT64."""
    assert why_forbidden(address) == ""


def test_an_allowed_network_is_allowed_also_inside_a_mapped_address() -> None:
    """An allow-list opens exactly its networks, in whatever form their addresses are written."""
    allowed = networks(["10.1.0.0/16"])
    assert why_forbidden("10.1.2.3", allowed) == ""
    assert why_forbidden("::ffff:10.1.2.3", allowed) == ""
    assert why_forbidden("10.2.0.1", allowed)


def test_an_allow_list_takes_networks_only() -> None:
    """A name or a network with host bits in an allow-list is a wrong setting, not a silent nothing."""
    with pytest.raises(BadSettings, match="not a network"):
        Egress(["localhost"])
    with pytest.raises(BadSettings, match="not a network"):
        Egress(["10.1.2.3/16"])


def test_a_post_arrives_with_its_body_and_headers(egress: Egress, webhook_sink: Webhook) -> None:
    """What is posted is what arrives, under our own name."""
    answer = egress.post(f"{webhook_sink.url}/x?y=1", b"body", {"X-Test": "1"})
    assert isinstance(answer, Response)
    assert answer.status == 200
    (request,) = webhook_sink.requests
    assert (request.method, request.path, request.body) == ("POST", "/x?y=1", b"body")
    assert request.headers["x-test"] == "1"
    assert request.headers["user-agent"].startswith("tocsin/")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "127.1", "0x7f.1", "[::ffff:7f00:1]"]
)
def test_the_own_machine_is_refused_without_an_allow_list(host: str, webhook_sink: Webhook) -> None:
    """Nothing reaches a loopback listener by any spelling of its address unless the settings allow it."""
    client = Egress(connect=10.0, total=30.0)
    try:
        answer = client.post(f"http://{host}:{webhook_sink.port}/", b"", {})
    finally:
        client.close()
    assert isinstance(answer, Forbidden | Unsent), answer
    assert webhook_sink.requests == []
    if host in {"127.0.0.1", "localhost", "[::1]"}:
        assert isinstance(answer, Forbidden)
        assert "allow its network" in answer.reason


def test_one_forbidden_address_of_a_name_forbids_the_name(webhook_sink: Webhook) -> None:
    """Every address of a name is checked, so that the client cannot be walked from a good one to a bad one."""
    client = Egress(LOOPBACK, connect=10.0, total=30.0, resolve=lambda _: ["127.0.0.1", "10.0.0.1"])
    answer = client.post(f"http://both.example:{webhook_sink.port}/", b"", {})
    client.close()
    assert isinstance(answer, Forbidden)
    assert "10.0.0.1" in answer.reason
    assert webhook_sink.requests == []


def test_a_name_that_changes_its_mind_gains_nothing(webhook_sink: Webhook) -> None:
    """A name is resolved once per connection, and the connection goes to what was checked (DNS rebinding)."""
    asked: list[str] = []

    def rebinding(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    webhook_sink.plan(Answer(headers={"Connection": "close"}))  # so that the second one needs a connection of its own
    client = Egress(LOOPBACK, connect=10.0, total=30.0, resolve=rebinding)
    first = client.post(f"http://rebinding.example:{webhook_sink.port}/", b"", {})
    assert isinstance(first, Response)
    assert asked == ["rebinding.example"]
    second = client.post(f"http://rebinding.example:{webhook_sink.port}/", b"", {})
    client.close()
    assert isinstance(second, Forbidden)
    assert len(webhook_sink.requests) == 1


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "file:///etc/passwd", "gopher://x/", "http:///x", "", "http://[", "//x"]
)
def test_only_http_addresses_are_posted_to(egress: Egress, url: str) -> None:
    """An address of another kind, or none at all, is refused without a connection."""
    assert isinstance(egress.post(url, b"", {}), Forbidden)


@pytest.mark.parametrize("header", ["a\r\nX-Injected: 1", "a\nb", "a\0b"])
def test_a_header_with_a_line_break_is_refused(egress: Egress, webhook_sink: Webhook, header: str) -> None:
    """Text from outside cannot add a header."""
    assert isinstance(egress.post(webhook_sink.url, b"", {"X-Test": header}), Forbidden)
    assert webhook_sink.requests == []


def test_a_redirect_is_not_followed(egress: Egress, webhook_sink: Webhook) -> None:
    """A redirect is an answer like any other: nobody is sent where the address was never checked."""
    webhook_sink.plan(Answer(307, headers={"Location": f"{webhook_sink.url}/elsewhere"}))
    answer = egress.post(f"{webhook_sink.url}/here", b"", {})
    assert isinstance(answer, Response)
    assert answer.status == 307
    assert [request.path for request in webhook_sink.requests] == ["/here"]


def test_a_proxy_in_the_environment_is_ignored(
    egress: Egress, webhook_sink: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An inherited proxy variable cannot lead requests past the check of addresses."""
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert isinstance(egress.post(webhook_sink.url, b"", {}), Response)


def test_a_refused_connection_is_certainly_unsent(egress: Egress) -> None:
    """Nobody listens: nothing arrived, and that is known."""
    answer = egress.post(f"http://127.0.0.1:{free_port()}/", b"", {})
    assert isinstance(answer, Unsent)
    assert "127.0.0.1" in answer.reason


def test_a_name_that_does_not_resolve_is_unsent(egress: Egress) -> None:
    """A name without an address: nothing arrived."""
    answer = egress.post("http://no-such-name.invalid/", b"", {})
    assert isinstance(answer, Unsent)


def test_accept_then_drop_is_unanswered(egress: Egress, webhook_sink: Webhook) -> None:
    """When the connection ends after the request was written, nobody knows whether it arrived."""
    webhook_sink.plan(Answer(drop=True))
    answer = egress.post(webhook_sink.url, b"x", {})
    assert isinstance(answer, Unanswered)
    assert len(webhook_sink.requests) == 1


def test_a_server_that_hangs_is_given_up_at_the_bound(hasty: Egress, webhook_sink: Webhook) -> None:
    """The call returns at its total bound, as unanswered."""
    webhook_sink.plan(Answer(delay=60))
    began = time.monotonic()
    answer = hasty.post(webhook_sink.url, b"x", {})
    assert isinstance(answer, Unanswered)
    assert 0.9 < time.monotonic() - began < 15


def test_a_server_that_drips_headers_is_given_up_at_the_bound(hasty: Egress) -> None:
    """One byte now and then does not keep a call alive beyond its total bound."""

    def drip(connection: socket.socket) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\n" * 100:
                connection.send(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            return

    with talker(drip) as port:
        began = time.monotonic()
        answer = hasty.post(f"http://127.0.0.1:{port}/", b"x", {})
        assert isinstance(answer, Unanswered)
        assert time.monotonic() - began < 15


def test_a_body_that_never_ends_is_cut(egress: Egress) -> None:
    """An answer may be as long as it likes: one MiB of it is kept."""

    def flood(connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            return

    with talker(flood) as port:
        answer = egress.post(f"http://127.0.0.1:{port}/", b"x", {})
    assert isinstance(answer, Response)
    assert len(answer.body) == MAX_BODY
    assert answer.cut == ""


def test_a_status_counts_though_its_body_never_comes(hasty: Egress) -> None:
    """The status says what became of the message; a body that hangs does not make it doubtful."""

    def stall(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\nab")
        time.sleep(5)

    with talker(stall) as port:
        answer = hasty.post(f"http://127.0.0.1:{port}/", b"x", {})
    assert isinstance(answer, Response)
    assert answer.status == 201
    assert answer.cut == "did not end within 1 s"


def test_an_answer_that_is_no_http_is_unanswered(egress: Egress) -> None:
    """Nonsense after the request was written leaves the question open."""

    def nonsense(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"\xff\xfe not http at all\r\n\r\n")
        connection.close()

    with talker(nonsense) as port:
        assert isinstance(egress.post(f"http://127.0.0.1:{port}/", b"x", {}), Unanswered)


def test_a_certificate_nobody_vouches_for_is_unsent(egress: Egress, webhook_sink: Webhook) -> None:
    """TLS is verified: a listener without it, or with a foreign certificate, gets nothing."""
    answer = egress.post(f"https://127.0.0.1:{webhook_sink.port}/", b"secret", {})
    assert isinstance(answer, Unsent)
    assert webhook_sink.requests == []


def test_reasons_do_not_repeat_the_address(egress: Egress, webhook_sink: Webhook) -> None:
    """A path or query may be a secret: the reason of a failure names the host only."""
    webhook_sink.plan(Answer(drop=True))
    dropped = egress.post(f"{webhook_sink.url}/services/T0P5ECRET?key=hush", b"", {})
    refused = egress.post(f"http://127.0.0.1:{free_port()}/services/T0P5ECRET?key=hush", b"", {})
    for answer in (dropped, refused):
        assert isinstance(answer, Unanswered | Unsent)
        assert "T0P5ECRET" not in answer.reason
        assert "hush" not in answer.reason


def test_connections_are_kept(egress: Egress) -> None:
    """Requests one after the other to one host use one connection."""
    connections: list[socket.socket] = []

    def keep(connection: socket.socket) -> None:
        connections.append(connection)
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with talker(keep) as port:
        for _ in range(3):
            assert isinstance(egress.post(f"http://127.0.0.1:{port}/", b"x", {}), Response)
    assert len(connections) == 1


def test_a_hanging_host_does_not_hold_up_another(webhook_sink: Webhook) -> None:
    """Many calls to a host that hangs leave calls to other hosts as fast as ever (F24)."""
    client = Egress(LOOPBACK, connect=10.0, total=6.0)
    with talker(lambda connection: time.sleep(20)) as port:
        waiting = [
            threading.Thread(target=client.post, args=(f"http://127.0.0.1:{port}/", b"x", {}), daemon=True)
            for _ in range(50)
        ]
        for thread in waiting:
            thread.start()
        time.sleep(0.3)
        began = time.monotonic()
        assert isinstance(client.post(webhook_sink.url, b"x", {}), Response)
        assert time.monotonic() - began < 4.0
        for thread in waiting:
            thread.join(30)
        assert not any(thread.is_alive() for thread in waiting)
    client.close()


def test_a_closed_client_starts_anew(egress: Egress, webhook_sink: Webhook) -> None:
    """Closing gives back the thread; a later post works all the same."""
    assert isinstance(egress.post(webhook_sink.url, b"1", {}), Response)
    egress.close()
    assert not any(thread.name == "tocsin-egress" for thread in threading.enumerate())
    assert isinstance(egress.post(webhook_sink.url, b"2", {}), Response)
