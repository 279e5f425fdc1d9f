"""Redis: PING, with the password and over TLS where the address says so.

Two lines of its protocol are all that is spoken, so there is no client to load.
"""

from __future__ import annotations

import socket
from urllib.parse import unquote, urlsplit

from tocsin.adapters.probing.reaching import Bad, Deadline, Reach, in_words
from tocsin.alerts.probe import Probe

PORT = 6379
LONGEST = 512
"""Bytes of an answer that are read."""


def look(probe: Probe, reach: Reach, deadline: Deadline) -> None:
    """Ask for a PONG. Raises Bad."""
    parts = urlsplit(probe.address)
    host, port = parts.hostname or "", parts.port or PORT
    connect = reach.secured if parts.scheme == "rediss" else reach.connected
    with connect(host, port, deadline) as connection:
        if parts.password:
            user = (unquote(parts.username),) if parts.username else ()
            _expect(_asked(connection, deadline, "AUTH", *user, unquote(parts.password)), "+OK", "the password")
        _expect(_asked(connection, deadline, "PING"), "+PONG", "PING")


def _asked(connection: socket.socket, deadline: Deadline, *command: str) -> str:
    parts = [word.encode() for word in command]
    said = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
    answer = b""
    try:
        connection.settimeout(deadline.left())
        connection.sendall(said)
        while b"\r\n" not in answer and len(answer) < LONGEST:
            connection.settimeout(deadline.left())
            piece = connection.recv(LONGEST)
            if not piece:
                raise Bad("it closed the connection without an answer")
            answer += piece
    except TimeoutError:
        raise Bad(f"takes the connection, but gives no answer within {deadline.seconds:g} s") from None
    except OSError as error:
        raise Bad(in_words(error)) from None
    return answer.partition(b"\r\n")[0].decode("utf-8", "replace")


def _expect(answer: str, wanted: str, to: str) -> None:
    if answer != wanted:
        raise Bad(f"answers to {to}: {answer.lstrip('-+')[:200]}")
