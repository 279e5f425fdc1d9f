"""The loops that keep an installation going, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tocsin.clock import monotonic
from tocsin.errors import Conflict, Unavailable

log = logging.getLogger(__name__)


def again_and_again(stop: threading.Event, look: Callable[[], object], rest: Callable[[], object], what: str) -> None:
    """Look and rest until told to stop. ``what`` names it in the log when it fails; then it is tried again."""
    while not stop.is_set():
        try:
            look()
        except (Conflict, Unavailable) as trouble:
            log.warning("%s has to wait: %s", what, trouble)
        except Exception:
            log.exception("%s failed", what)
        rest()


@dataclass(slots=True)
class Loops:
    """Starts and stops loops. ``nudges`` wake their sleepers, so that a stop takes no time."""

    runs: Sequence[tuple[str, Callable[[threading.Event], None]]]
    nudges: Sequence[Callable[[], None]] = ()
    stopping: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Start every loop."""
        for name, run in self.runs:
            thread = threading.Thread(target=run, args=(self.stopping,), name=f"tocsin-{name}", daemon=True)
            thread.start()
            self.threads.append(thread)

    def nudge(self) -> None:
        """Wake every loop: something may be due."""
        for nudge in self.nudges:
            nudge()

    def alive(self) -> bool:
        """Whether every loop still runs."""
        return all(thread.is_alive() for thread in self.threads)

    def stop(self, within: float = 3.0) -> bool:
        """Stop every loop; False when one did not end in so many seconds."""
        self.stopping.set()
        deadline = monotonic() + within
        for thread in self.threads:
            self.nudge()
            thread.join(max(0.0, deadline - monotonic()))
        late = [thread.name for thread in self.threads if thread.is_alive()]
        if late:
            log.warning("still busy at the stop: %s; what they carry is taken up again at the next start", late)
        return not late
