"""The exchange of HTTP/1.1 that the command line speaks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tocsin.cli.exchange import BadAnswer, authority, exchange


@contextmanager
def answering(*pieces: bytes) -> Iterator[tuple[tuple[str, int], list[bytes]]]:
    """A server that reads one request, sends these pieces one by one and hangs up; its address, what it heard."""
    heard: list[bytes] = []

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            while b"\r\n\r\n" not in b"".join(heard):
                heard.append(connection.recv(65_536))
            for piece in pieces:
                connection.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[:2], heard
        thread.join(10)


def test_a_body_is_read_by_its_length_whatever_stands_behind_it() -> None:
    """Content-Length ends the body (RFC 9112, 6.3), and the request asks to close the connection."""
    with answering(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhel", b"lo and more") as (address, heard):
        assert exchange(address, "POST", "/x?a=1", {"accept": "*/*"}, b"{}") == (201, b"hello")
    request = b"".join(heard)
    assert request.startswith(f"POST /x?a=1 HTTP/1.1\r\nhost: 127.0.0.1:{address[1]}\r\n".encode())
    assert b"connection: close\r\n" in request
    assert b"content-length: 2\r\n" in request
    assert request.endswith(b"\r\n\r\n{}")


def test_a_body_in_pieces_is_put_together() -> None:
    """A proxy may send an answer chunked, with extensions and trailers (RFC 9112, 7.1)."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    with answering(head + b"5;x=y\r\nhel", b"lo\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n") as (address, _):
        assert exchange(address, "GET", "/", {}) == (200, b"hello!")


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    """As HTTP/1.0 does it."""
    with answering(b"HTTP/1.0 200 OK\n\nto the ", b"end") as (address, _):
        assert exchange(address, "GET", "/", {}) == (200, b"to the end")


def test_an_interim_answer_is_not_the_answer() -> None:
    """100 Continue and 103 Early Hints come first (RFC 9110, 15.2); 204 has no body."""
    with answering(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n") as (
        address,
        _,
    ):
        assert exchange(address, "POST", "/", {}) == (204, b"")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhe",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
    ],
    ids=lambda answer: repr(answer[:60]),
)
def test_half_an_answer_is_none(answer: bytes) -> None:
    """What broke off or is no HTTP is said so; half a body is never taken for a whole one."""
    with answering(answer) as (address, _), pytest.raises((BadAnswer, ConnectionError)):
        exchange(address, "GET", "/", {})


@pytest.mark.parametrize(
    ("target", "value"), [("/a b", "x"), ("/é", "x"), ("/", "x\r\ny: z"), ("/", "x\ny"), ("/a\r\nb", "x")]
)
def test_nothing_that_would_be_another_request_is_sent(target: str, value: str) -> None:
    """A line break in a token, or a space in an id, is refused before anything is connected."""
    with pytest.raises(ValueError, match="no name, id or token"):
        exchange(("127.0.0.1", 1), "GET", target, {"authorization": value})


def test_an_address_of_version_six_is_named_in_brackets() -> None:
    """RFC 9110, 7.2: Host is written as in the address; the port is left out where it is the usual one."""
    assert authority("::1", 8080, tls=False) == "[::1]:8080"
    assert authority("tocsin.example", 443, tls=True) == "tocsin.example"
    assert authority("bücher.example", 80, tls=False) == "xn--bcher-kva.example"
