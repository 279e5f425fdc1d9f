"""All that lives below a process: found, named, and ended for good.

Sent to other hosts by ``steps_ssh.py``: standard library only, in the Python of 3.8.

A process that makes its next and dies is never where one looks for it. So whether anything is left is asked of
wait(2), which knows: orphans come to a subreaper (PR_SET_CHILD_SUBREAPER), and who has no child has nobody below. And
it is ended by what it cannot leave in that moment: its control group where there is one, its process group, for no
fork slips past a signal to a whole group, and what is still there one by one, as fast as it comes. Where there is no
/proc (not Linux) it is the group of the stages only.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from tocsin.adapters.execution.fence import Fence

TYPE_CHECKING = False  # `typing` takes longer to load than all the rest, and each run is a process of its own
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LINUX: bool = sys.platform == "linux"
CHASE = 0.02  # seconds between two looks at all of /proc
STARES = 20  # looks for the name of what moves
FLEEING = "a process that forks again and again"


class Relative:
    """A process as /proc has it; one that is dead and not yet waited for is not ``alive``."""

    __slots__ = ("alive", "group", "parent", "pid")

    def __init__(self, pid: int, parent: int, group: int, alive: bool) -> None:
        self.pid, self.parent, self.group, self.alive = pid, parent, group, alive


class Kin:
    """What this process, a subreaper, has below it. ``stages`` are the children whose exit codes are kept."""

    def __init__(self, fence: Fence, stages: list[int]) -> None:
        self._fence, self._stages = fence, stages
        self.codes: dict[int, int] = {}
        """As a shell gives them."""

    def reap(self) -> bool:
        """Wait for all that has died; whether anybody is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid in self._stages:
                self.codes[pid] = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def living(self) -> list[int]:
        """Everything below that is alive and stands still long enough to be seen."""
        if LINUX:
            return [one.pid for one in below(os.getpid()) if one.alive] if _has_children() else []
        return [pid for pid in self._stages if pid not in self.codes]

    def named(self) -> list[str]:
        """What is below, by name and number; what could not be seen is named as well."""
        for _ in range(STARES):
            if not self.reap():
                return []
            if found := described(self.living()):
                return found
        return [FLEEING]

    def ask(self) -> None:
        """The polite word to each of them, once."""
        _send(os.kill, self.living(), signal.SIGTERM)
        self._to_the_stages(signal.SIGTERM)

    def end(self, seconds: float) -> list[str]:
        """Kill all of it until nobody is left, for so many seconds at most; the names of what could not be."""
        if not self.reap():
            return []
        deadline = time.monotonic() + seconds
        self._fence.leave()
        while self.reap():
            if time.monotonic() >= deadline:
                return self.named()
            self._fence.kill()
            self._to_the_stages(signal.SIGKILL)
            found = below(os.getpid()) if LINUX else []
            _send(os.killpg, groups(found), signal.SIGKILL)
            _send(os.kill, [one.pid for one in found if one.alive], signal.SIGKILL)
            self._chase()
        return []

    def _chase(self) -> None:
        """Kill what has come to us, again and again: its own child is the next to come."""
        until = time.monotonic() + CHASE
        before: list[bytes] = []
        while self.reap() and time.monotonic() < until:
            try:
                with open(f"/proc/self/task/{os.getpid()}/children", "rb") as file:
                    children = file.read().split()
            except OSError:
                children = before
            if children == before:
                time.sleep(CHASE / 10)
            before = children
            _send(os.kill, map(int, children), signal.SIGKILL)
            _send(os.killpg, map(int, children), signal.SIGKILL)  # who has just made a group of its own

    def _to_the_stages(self, number: int) -> None:
        if not LINUX and self._stages:
            _send(os.killpg, self._stages[:1], number)


def below(root: int) -> list[Relative]:
    """All descendants of a process, also those that are dead and not waited for; what moves may be missing."""
    children: dict[int, list[Relative]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (one := relative(int(name))):
            children.setdefault(one.parent, []).append(one)
    found: list[Relative] = []
    open_ones = [root]
    while open_ones:
        next_ones = children.get(open_ones.pop(), [])
        found += next_ones
        open_ones += [one.pid for one in next_ones]
    return found


def groups(found: list[Relative]) -> set[int]:
    """The process groups of these, but for our own."""
    return {one.group for one in found if one.group > 1} - {os.getpgrp()}


def relative(pid: int) -> Relative | None:
    """A process by its number; None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name, in brackets, may hold anything; state, parent and group follow it.
            state, parent, group = file.read().rpartition(b")")[2].split()[:3]
        return Relative(pid, int(parent), int(group), state not in (b"Z", b"X"))
    except (OSError, ValueError):
        return None


def carrying(mark: bytes) -> list[Relative]:
    """The living processes whose environment holds this variable, for whoever lost their warden; Linux only."""
    found: list[Relative] = []
    # The youngest first: what makes its next and dies is gone when all the others have been looked at.
    for pid in sorted((int(name) for name in os.listdir("/proc") if name.isdigit()), reverse=True) if LINUX else ():
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                variables = file.read().split(b"\0")
        except OSError:
            continue
        if mark in variables and (one := relative(pid)) and one.alive:
            found.append(one)
    return found


def end_carrying(mark: bytes, fence: Fence, seconds: float, spared: float) -> list[str]:
    """See to it that nothing carries this mark any more, within so many seconds; the names of what still does.

    Those who end it themselves, for their life line is cut, get the ``spared`` seconds for it.
    """
    began, missed = time.monotonic(), 0
    found: list[Relative] = []
    while missed < STARES and time.monotonic() - began < seconds:
        found = carrying(mark)
        missed = 0 if found else missed + 1
        if time.monotonic() - began >= spared:
            fence.kill()
            _send(os.killpg, groups(found), signal.SIGKILL)
            _send(os.kill, [one.pid for one in found], signal.SIGKILL)
        time.sleep(CHASE / 4)
    fence.remove()
    return described(one.pid for one in found)


def memory(pid: int) -> int:
    """Bytes of memory that a process holds; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def described(pids: Iterable[int]) -> list[str]:
    """Processes by name and number, as many as a person reads."""
    return [f"{_name(pid)} ({pid})" for pid in list(pids)[:20]]


def _name(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return "?"


def _has_children() -> bool:
    """Whether this process has any child, living or not."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _send(by: Callable[[int, int], None], whom: Iterable[int], number: int) -> None:
    for one in whom:
        try:
            by(one, number)
        except (ProcessLookupError, PermissionError):
            continue
