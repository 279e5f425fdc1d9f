"""The TCP connections of the processes of a step: whom one of them asks for one and gets no answer from.

Sent to other hosts by ``steps_ssh.py``: standard library only, in the Python of 3.8. Told by /proc: Linux only, and
only of processes of this account that are in this network.

A host that drops what knocks leaves a socket in SYN_SENT, a host that refuses leaves none. So a process waits in vain
when it asks the same peer at look after look, be it by new sockets. One that pauses between its tries, or that a loop
starts anew for each, has a patience of its own. Nobody waits in vain while the step is connected to anybody, or works.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # `typing` takes longer to load than all the rest, and each run is a process of its own
if TYPE_CHECKING:
    from collections.abc import Iterable

LOOKS = 20  # within the time that a peer has
SPARING = 100  # times as long as a look took, none is taken: /proc/net is slow where the kernel has room for millions
ESTABLISHED, SYN_SENT = b"01", b"02"
PROCESSOR = 0.1  # of one, all the time
PRINTING = 256  # bytes per second: more than `curl` writes of its progress


class Connections:
    """Those of one step. A peer has so many ``seconds`` to answer; 0 is no bound."""

    def __init__(self, seconds: float, now: float) -> None:
        self._seconds = seconds
        self._look_at = now + seconds / LOOKS
        self._asking: dict[tuple[int, str], tuple[float, float]] = {}

    def unanswered(self, pids: list[int], now: float) -> str:
        """The address and port that one of these processes has asked in vain for too long; empty for none."""
        if not self._seconds or now < self._look_at:
            return ""
        began = time.monotonic()
        asked, connected = _peers(pids)
        worked = sum(map(_worked, pids)) if asked else 0.0
        before = {} if connected else self._asking
        self._asking = {one: before.get(one, (now, worked)) for one in asked}
        self._look_at = now + max(self._seconds / LOOKS, SPARING * (time.monotonic() - began))
        for (_, peer), (since, had_worked) in self._asking.items():
            if now - since >= self._seconds and worked - had_worked < now - since:
                return peer
        return ""


def _peers(pids: Iterable[int]) -> tuple[set[tuple[int, str]], bool]:
    """Which process asks whom for a connection, and whether any of them has one."""
    owners: dict[bytes, int] = {}
    for pid in pids:
        for socket in _sockets(pid):
            owners.setdefault(socket, pid)  # a child that inherited it asks nobody
    asked: set[tuple[int, str]] = set()
    connected = False
    for line in (*_lines("/proc/self/net/tcp"), *_lines("/proc/self/net/tcp6")) if owners else ():
        peer, state, inode = line[2], line[3], line[9]
        if inode in owners and state == SYN_SENT:
            asked.add((owners[inode], _address(peer.decode())))
        connected = connected or (inode in owners and state == ESTABLISHED)
    return asked, connected


def _sockets(pid: int) -> list[bytes]:
    """The numbers of the sockets that a process holds, as the tables of the network have them."""
    found: list[bytes] = []
    folder = f"/proc/{pid}/fd"
    try:
        for name in os.listdir(folder):
            try:
                link = os.readlink(f"{folder}/{name}")
            except OSError:
                continue  # closed meanwhile
            if link.startswith("socket:["):
                found.append(link[8:-1].encode())
    except OSError:
        return []  # it is gone, or another account's
    return found


def _lines(path: str) -> list[list[bytes]]:
    try:
        with open(path, "rb") as file:
            return [line.split() for line in file.read().splitlines()[1:]]
    except OSError:
        return []


def _address(written: str) -> str:
    """A host and port for people, of what /proc has: words of 32 bits in the order of the machine.

    >>> _address(f"{int.from_bytes(bytes([10, 0, 0, 5]), sys.byteorder):08X}:18EB")
    '10.0.0.5:6379'
    """
    words, _, port = written.partition(":")
    host = b"".join(int(words[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(words), 8))
    if host.startswith(bytes(10) + b"\xff\xff"):
        host = host[12:]  # asked for by a socket that speaks both
    if len(host) == 4:
        return f"{'.'.join(map(str, host))}:{int(port, 16)}"
    groups = ":".join(f"{host[at] << 8 | host[at + 1]:x}" for at in range(0, 16, 2))
    return f"[{groups}]:{int(port, 16)}"


def _worked(pid: int) -> float:
    """For how many seconds a process and its dead children were busy, by the least that counts as work."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            ticks = file.read().rpartition(b")")[2].split()[11:15]
        busy = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") / PROCESSOR
        with open(f"/proc/{pid}/io", "rb") as file:
            wrote = next((int(line.split()[1]) for line in file if line.startswith(b"wchar:")), 0)
    except (OSError, ValueError):
        return 0.0
    return busy + wrote / PRINTING
