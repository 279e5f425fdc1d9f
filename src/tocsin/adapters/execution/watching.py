"""Reads what a warden reports and what its command prints, side by side, until both end; the near end of every run."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.adapters.execution.output import Printed
from tocsin.adapters.execution.warden import END, GRACE, KILLING
from tocsin.app.ports import Execution, Limits
from tocsin.clock import monotonic
from tocsin.incident.streams import Piece, Stream, joined, marks
from tocsin.incident.terminal_text import plain

LOOK_EVERY = 0.2  # seconds between two looks whether the run is to be ended
SLACK = 3.0  # seconds beyond the warden's own bounds in which its report must come
LONGEST_REPORT = 1024 * 1024
"""Bytes that are kept of what is no report: a login that greets, a host that means ill."""

UNWATCHED = "the process that watched this command ended before it could say how it went; look whether it happened"

Said = Mapping[str, Any]


@dataclass(slots=True)
class Watching:
    """One run. ``warden`` reads ``order`` on its standard input, which stays open: it is the life line.

    ``outputs`` are the file descriptors of what the command prints. ``arrival`` is within how many seconds the warden
    has to say that it is there; None when it needs not say so, and the order is sent at once. ``slack`` are the seconds
    beyond its bounds in which its report must come. With a ``token`` the command's standard output comes by the
    warden's own, between the word that it has started and the token, behind which the report stands.
    """

    warden: subprocess.Popen[bytes]
    order: bytes
    outputs: Mapping[int, Stream]
    printed: Printed
    limits: Limits
    cancelled: Callable[[], bool]
    arrival: float | None = None
    slack: float = SLACK
    token: bytes = b""
    sent: bool = False
    started: bool = False
    private: str = ""  # the folder of the run on its host, by which what it left is found
    ended: bool = False  # the caller wanted so
    idle: bool = False  # nothing was heard for too long
    why: str = ""
    report: Said | None = None
    refused: Said | None = None
    outlived: Sequence[str] = ()  # what could not be ended, where the report came too late
    _said: bytearray = field(default_factory=bytearray)
    _reporting: bool = False
    _heard: list[tuple[bytes, Stream]] = field(default_factory=list)
    _deadline: float = 0.0
    _heard_at: float = 0.0
    _looked_at: float = 0.0

    def watch(self) -> None:
        """Until the report and all output have come, or the time for them is over."""
        now = self._heard_at = monotonic()
        if self.arrival is None:
            self._send()
        else:
            self._deadline = now + self.arrival
        assert self.warden.stdout is not None
        with selectors.DefaultSelector() as selector:
            for output in self.outputs:
                selector.register(output, selectors.EVENT_READ)
            selector.register(self.warden.stdout, selectors.EVENT_READ)
            while selector.get_map() and monotonic() < self._deadline:
                self._look()
                for key, _ in selector.select(min(LOOK_EVERY, max(0.0, self._deadline - monotonic()))):
                    piece = os.read(key.fd, 65536)
                    if not piece:
                        selector.unregister(key.fileobj)
                        if key.fd not in self.outputs and self.report is None and self.arrival is None:
                            self._tell_heard()
                            return
                    elif key.fd in self.outputs:
                        self._hear(piece, self.outputs[key.fd])
                    else:
                        self._take(piece)
                self._tell_heard()
        if self._printing and self._said:
            self._hear(bytes(self._said), Stream.STDOUT)  # it was cut off, so no token has come
        self._tell_heard()
        if self.warden.poll() is None and self.report is None and self.refused is None:
            self._give_up()

    @property
    def _printing(self) -> bool:
        """Whether what comes by the warden's output is the command's."""
        return bool(self.token) and self.started and not self._reporting

    def _hear(self, piece: bytes, stream: Stream) -> None:
        self._heard.append((piece, stream))
        self._heard_at = monotonic()

    def _tell_heard(self) -> None:
        """All that came at once, together."""
        heard, self._heard = self._heard, []
        if heard:
            self.printed.add_all(heard)

    def _give_up(self) -> None:
        """Cut the life line. A warden of this machine gets the time to end what it watches; its word comes too late."""
        if self.arrival is None:
            try:
                late, _ = self.warden.communicate(timeout=3 * KILLING + self.slack)
                self.outlived = [str(one) for one in json.loads(late or b"{}").get("survivors", ())]
            except (subprocess.TimeoutExpired, ValueError, AttributeError):
                pass
        self.warden.kill()

    def _send(self) -> None:
        self._heard_at = monotonic()
        self._deadline = self._heard_at + self.limits.total.total_seconds() + GRACE + KILLING + self.slack
        self.sent = self._tell(self.order)  # without its last byte it is no order
        if not self.sent:
            self._deadline = self._heard_at

    def _take(self, piece: bytes) -> None:
        self._said += piece
        while not self._printing:
            line, newline, rest = bytes(self._said).partition(b"\n")
            self._said = bytearray(rest if newline else line[-LONGEST_REPORT:])
            if not newline:
                return
            self._read(line)
        self._take_printed()

    def _take_printed(self) -> None:
        """What the command has printed, up to the token; what may be the beginning of one waits."""
        said = bytes(self._said)
        before, token, behind = said.partition(self.token)
        if not token:
            held = next(n for n in range(len(self.token) - 1, -1, -1) if said.endswith(self.token[:n]))
            before, behind = said[: len(said) - held], said[len(said) - held :]
        if before:
            self._hear(before, Stream.STDOUT)
        self._said, self._reporting = bytearray(behind if not token else b""), bool(token)
        if token:
            self._take(behind)

    def _read(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            return
        if isinstance(said, dict) and self.report is None:
            self._understand(said)

    def _understand(self, said: Said) -> None:
        if "ready" in said and self.arrival is not None and not self.sent:
            if not self.ended:
                self._send()
        elif "lent" in said:
            if self.printed.awaits:  # once only: what comes later is no word about the surroundings
                self.printed.learn(_texts(said["lent"]))
        elif "started" in said:
            self.started, self.private = True, str(said.get("private", ""))
        elif "refused" in said:
            self.refused = said
        elif "survivors" in said:
            self.report = said
        if self.report is not None or self.refused is not None:
            # All are dead that could be killed; a survivor that holds the output may not hold us.
            self._deadline = min(self._deadline, monotonic() + 1.0)

    def _look(self) -> None:
        """Whether the run is to be ended before its time."""
        now = monotonic()
        if self.ended or self.idle or self.report is not None or now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        idle = self.limits.idle
        if self.cancelled():
            self.ended = True
        elif idle is not None and self.sent and now - self._heard_at >= idle.total_seconds():
            self.idle, self.why = True, f"nothing was heard of it for {idle.total_seconds():.0f} s"
        if self.ended or self.idle:
            self._deadline = min(self._deadline, now + GRACE + KILLING + self.slack) if self.sent else now
            if self.sent:
                self._tell(END)

    def _tell(self, line: bytes) -> bool:
        assert self.warden.stdin is not None
        try:
            self.warden.stdin.write(line)
            self.warden.stdin.flush()
        except BrokenPipeError:
            return False
        return True

    def execution(self) -> Execution | None:
        """How it ended, by the warden's report; None without one. The output is closed by now."""
        report = self.report
        if report is None:
            return None
        said, truncated = self.printed.kept.pieces()
        if report["stragglers"]:
            left = f"\n[ended what the command had left running: {_names(report['stragglers'])}]\n"
            said = (*said, Piece(left))
        lost = bool(report["lost"])
        trouble = plain(str(report["trouble"])) or (UNWATCHED if lost else self.why)
        if report["survivors"]:
            trouble = and_left(trouble, report["survivors"])
        # A stage without a code was killed and could not be waited for, or was never reached.
        codes = tuple(137 if code is None else int(code) for code in report["exit_codes"])
        timed_out = bool(report["timed_out"]) or self.idle
        text, streams = joined(said), marks(said)
        return Execution(
            codes, text, truncated, timed_out, 0.0, trouble, cancelled=self.ended, lost=lost, streams=streams
        )


def _texts(values: object) -> list[str]:
    """The texts among what a host sent."""
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def and_left(trouble: str, survivors: Sequence[object]) -> str:
    """A trouble, and what could not be ended."""
    named = f"could not be ended: {_names(survivors)}" if survivors else ""
    return "; ".join(part for part in (trouble, named) if part)


def _names(described: Sequence[object]) -> str:
    return ", ".join(plain(str(one)) for one in described[:20])
