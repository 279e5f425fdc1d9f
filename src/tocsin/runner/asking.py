"""Asks for work as long as there is room for it, until it is told to stop or turned away."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tocsin import __version__
from tocsin.app.execution.envelopes import Errand, opened
from tocsin.errors import NotEnrolled, NotSignedIn, ServerUnreachable, TocsinError
from tocsin.runner.answers import Work
from tocsin.runner.connection import PATIENCE, new_word
from tocsin.runner.errands import REFUSED, Errands
from tocsin.runner.identity import Identity

log = logging.getLogger(__name__)

WAIT = 20
"""Seconds that one request waits for work."""
MOST_PATIENCE = 10.0
"""Seconds between two tries to reach the server, at most."""


@dataclass(slots=True)
class Asking:
    """The loop of a runner. ``room`` is how many runs it carries at a time."""

    errands: Errands
    identity: Identity
    room: int
    stop: threading.Event
    refused: str = ""
    """Why the server does not know this runner any more."""
    _free: threading.Semaphore = field(init=False)
    _carriers: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._free = threading.Semaphore(self.room)

    def turn_away(self, why: str) -> None:
        """The server does not know this runner any more: what it carries is ended."""
        self.refused = self.refused or why
        self.errands.stopping.set()
        self.stop.set()

    def run(self) -> None:
        """Ask until told to stop, or turned away; whatever else goes wrong, it says so and asks again."""
        tries, connected = 0, False
        while not self.stop.is_set():
            if not self._free.acquire(timeout=0.5):
                continue
            errand = None
            try:
                errand = self._ask(WAIT if connected else 0)  # at first it wants to know whether it is known
                if not connected:
                    log.info("connected to %s as %s", urlsplit(self.identity.server).netloc, self.identity.name)
                tries, connected = 0, True
            except NotEnrolled as trouble:
                self.turn_away(trouble.message)
            except NotSignedIn as trouble:
                log.error(REFUSED, trouble.message)
                tries, connected = tries + 1, False
                self.stop.wait(_patience(tries))
            except ServerUnreachable as trouble:
                log.log(logging.WARNING if connected or not tries else logging.DEBUG, "%s; trying again", trouble)
                tries, connected = tries + 1, False
                self.stop.wait(_patience(tries))
            except TocsinError as trouble:
                log.error("a job was not taken: %s", trouble.message)
                self.stop.wait(MOST_PATIENCE)
            except Exception:
                log.exception("asking for work failed; trying again")
                self.stop.wait(MOST_PATIENCE)
            if errand is None or self.stop.is_set() or not self._begin(errand):
                self._free.release()  # what was taken and not begun says so by itself
            if connected and not self.stop.is_set():
                self._tell()

    def finish(self) -> None:
        """End the runs that are under way, and tell their ends if the server answers."""
        self.errands.stopping.set()
        for carrier in self._carriers:
            carrier.join()

    def _ask(self, wait: int) -> Errand | None:
        once, permits = new_word(), self.errands.permits
        body = {"version": __version__, "effects": permits.effects, "programs": permits.programs, "wait": wait}
        said = self.errands.at.ask("/runner/work", body, Work, once=once, patience=wait + PATIENCE)
        if said.job is None:
            return None
        return opened(said.job, self.identity.server_key, self.identity.name, once)

    def _begin(self, errand: Errand) -> bool:
        """Carry it on a thread of its own; False when there can be none."""
        carrier = threading.Thread(target=self._carry, args=(errand,), name=f"run-{errand.job.run}", daemon=True)
        try:
            carrier.start()
        except RuntimeError:
            log.exception("the run %s is not begun: no thread can be started here", errand.job.run)
            return False
        self._carriers = [one for one in self._carriers if one.is_alive()] + [carrier]
        return True

    def _tell(self) -> None:
        try:
            self.errands.tell()
        except Exception:
            log.exception("the ends of runs could not be told; trying again")
            self.stop.wait(MOST_PATIENCE)

    def _carry(self, errand: Errand) -> None:
        try:
            self.errands.carry(errand)
        except Exception:
            log.exception("carrying out a run failed; its end is told after a restart of this runner")
        finally:
            self._free.release()


def _patience(tries: int) -> float:
    """Seconds to wait after so many tries."""
    return min(MOST_PATIENCE, 0.25 * 2.0 ** min(tries, 6))
