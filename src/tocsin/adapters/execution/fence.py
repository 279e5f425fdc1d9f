"""A control group (version 2) around one run: ``cgroup.kill`` ends all in it at once, however fast it forks.

Sent to other hosts by ``steps_ssh.py``: standard library only, in the Python of 3.8. Where none may be made (no right
to, an older kernel, another system) the fence is none, and ``kin.py`` goes after each process instead.
"""

from __future__ import annotations

import os


class Fence:
    """The control group of this name below our own; with an empty name, none. It bounds nothing: it only gathers."""

    def __init__(self, name: str) -> None:
        self._ours = own_group() if name else ""
        self._place = os.path.join(self._ours, name) if self._ours else ""

    def __bool__(self) -> bool:
        """Whether there is one."""
        return bool(self._place)

    def make(self) -> None:
        """Make it, if that may be."""
        if not self._place:
            return
        try:
            os.mkdir(self._place)
        except OSError:
            self._place = ""
            return
        if not os.path.exists(os.path.join(self._place, "cgroup.kill")):
            self.remove()
            self._place = ""

    def enter(self) -> None:
        """Have this process, and all that it will start, in it."""
        if self._place and not _move(self._place):
            self._place = ""

    def leave(self) -> None:
        """Step out of it alone; who cannot does not kill it either."""
        if self._place and not _move(self._ours):
            self._place = ""

    def kill(self) -> None:
        """End all that is in it; for whoever is not."""
        if self._place:
            _write(os.path.join(self._place, "cgroup.kill"), b"1")

    def remove(self) -> None:
        """Take it away; it stays where something in it could not be ended."""
        if self._place:
            try:
                os.rmdir(self._place)
            except OSError:
                return


def own_group() -> str:
    """The folder of the control group that this process is in; empty where there is none of version 2.

    Raises nothing: what cannot be read is not there.
    """
    try:
        with open("/proc/self/cgroup", encoding="utf-8") as file:
            path = next(line[3:].rstrip("\n") for line in file if line.startswith("0::/"))
        with open("/proc/self/mountinfo", encoding="utf-8") as file:
            mount = next(line.split() for line in file if " - cgroup2 " in line)
    except (OSError, ValueError, StopIteration):
        return ""
    root, point = mount[3].rstrip("/"), mount[4]
    if ".." in path or "\\" in point or not path.startswith(root):
        return ""
    return os.path.join(point, path[len(root) :].strip("/")).rstrip("/")


def _move(place: str) -> bool:
    return _write(os.path.join(place, "cgroup.procs"), b"0")  # 0 is whoever writes it


def _write(place: str, what: bytes) -> bool:
    try:
        descriptor = os.open(place, os.O_WRONLY)
    except OSError:
        return False
    try:
        os.write(descriptor, what)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
