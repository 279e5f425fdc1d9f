"""One HTTP/1.1 exchange over a bare socket: a third of what `tocsin ack` took was loading `http.client`.

That one brings the reading of mail along, and TLS where none is spoken. Here a request and its answer have a
connection of their own, which RFC 9112 lets a client ask for (``Connection: close``).
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import IO, Any

LONGEST_LINE = 65_536
MOST_HEADERS = 100


class BadAnswer(Exception):
    """What came back is no answer of HTTP/1.1, or only a part of one."""


def exchange(
    address: tuple[str, int],
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    tls: bool = False,
    timeout: float = 15.0,
) -> tuple[int, bytes]:
    """Status and body of the answer, whatever they are. ``timeout`` is in seconds, for each wait of its own.

    Raises OSError when nobody answers, BadAnswer for an answer that cannot be read, ValueError for a request
    that would be another one than it seems (a line break in a header or in the target).
    """
    sent = {"host": authority(*address, tls=tls), "accept-encoding": "identity", "connection": "close", **headers}
    if body is not None or method not in ("GET", "HEAD"):
        sent["content-length"] = str(len(body or b""))
    head = "".join(f"{line}\r\n" for line in _lines(method, target, sent))
    with _connected(address, tls, timeout) as connection:
        connection.sendall(head.encode("latin-1") + b"\r\n" + (body or b""))
        with connection.makefile("rb") as answer:
            return _read(answer, method)


def authority(host: str, port: int, *, tls: bool) -> str:
    """The server as the header Host names it (RFC 9110, 7.2): without the port where it is the usual one."""
    named = f"[{host}]" if ":" in host else _ascii(host).decode()
    return named if port == (443 if tls else 80) else f"{named}:{port}"


def _ascii(host: str) -> bytes:
    return host.encode("ascii" if host.isascii() else "idna")


def _lines(method: str, target: str, headers: Mapping[str, str]) -> list[str]:
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if " " in target or not target.isascii() or any(ord(letter) < 32 for line in lines for letter in line):
        raise ValueError("no name, id or token may hold a space, a line break or what is not ASCII here")
    return lines


def _connected(address: tuple[str, int], tls: bool, timeout: float) -> socket.socket:
    # As bytes, because a text is taken through the tables of international names, however plain it is.
    host: Any = _ascii(address[0])
    connection = socket.create_connection((host, address[1]), timeout)
    if not tls:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
    import ssl

    try:
        return ssl.create_default_context().wrap_socket(connection, server_hostname=address[0])
    except BaseException:
        connection.close()
        raise


def _read(answer: IO[bytes], method: str) -> tuple[int, bytes]:
    status, headers = _head(answer)
    while 100 <= status < 200:  # not the answer yet (RFC 9110, 15.2)
        status, headers = _head(answer)
    if method == "HEAD" or status in (204, 304):
        return status, b""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return status, b"".join(_chunks(answer))
    if (length := headers.get("content-length")) is not None:
        if not length.isdecimal():
            raise BadAnswer(f"an answer of {length!r} bytes")
        return status, _exactly(answer, int(length))
    return status, answer.read()


def _head(answer: IO[bytes]) -> tuple[int, dict[str, str]]:
    words = _line(answer).split(None, 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not (len(words[1]) == 3 and words[1].isdecimal()):
        raise BadAnswer("no answer of HTTP/1.1")
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        if not (line := _line(answer)):
            return int(words[1]), headers
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    raise BadAnswer(f"more than {MOST_HEADERS} headers")


def _line(answer: IO[bytes]) -> str:
    line = answer.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise BadAnswer("the answer broke off" if len(line) < LONGEST_LINE else "a line without an end")
    return line.decode("latin-1").rstrip("\r\n")


def _chunks(answer: IO[bytes]) -> list[bytes]:
    """The pieces of a body that tells their lengths as it goes (RFC 9112, 7.1); trailers are left unread."""
    pieces: list[bytes] = []
    while True:
        size = _line(answer).partition(";")[0].strip()
        try:
            length = int(size, 16)
        except ValueError:
            raise BadAnswer(f"a piece of {size!r} bytes") from None
        if length <= 0:
            return pieces
        pieces.append(_exactly(answer, length))
        _line(answer)


def _exactly(answer: IO[bytes], length: int) -> bytes:
    found = answer.read(length)
    if len(found) < length:
        raise BadAnswer("the answer broke off")
    return found
