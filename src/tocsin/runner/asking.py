"""Asks for work as long as there is room for it, until it is told to stop or turned away."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tocsin import __version__
from tocsin.app.envelopes import Envelope, Errand, opened
from tocsin.errors import BadInput, NotSignedIn, ServerUnreachable, TocsinError
from tocsin.runner.connection import PATIENCE, new_word
from tocsin.runner.errands import Errands
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
        """Ask until told to stop."""
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
                self.errands.tell()
            except NotSignedIn as trouble:
                self.turn_away(trouble.message)
            except ServerUnreachable as trouble:
                log.log(logging.WARNING if connected or not tries else logging.DEBUG, "%s; trying again", trouble)
                tries, connected = tries + 1, False
                self.stop.wait(min(MOST_PATIENCE, 0.25 * 2 ** min(tries, 6)))
            except (BadInput, TocsinError) as trouble:
                log.error("a job was not taken: %s", trouble.message)
                self.stop.wait(MOST_PATIENCE)
            if errand is None or self.stop.is_set():  # what was taken and not begun says so by itself
                self._free.release()
                continue
            carrier = threading.Thread(target=self._carry, args=(errand,), name=f"run-{errand.job.run}", daemon=True)
            self._carriers = [one for one in self._carriers if one.is_alive()] + [carrier]
            carrier.start()

    def finish(self) -> None:
        """End the runs that are under way, and tell their ends if the server answers."""
        self.errands.stopping.set()
        for carrier in self._carriers:
            carrier.join()

    def _ask(self, wait: int) -> Errand | None:
        once, permits = new_word(), self.errands.permits
        body = {"version": __version__, "effects": permits.effects, "programs": permits.programs, "wait": wait}
        said = self.errands.at.ask("/runner/work", body, once=once, patience=wait + PATIENCE)
        if said["job"] is None:
            return None
        envelope = Envelope(str(said["job"]["text"]), str(said["job"]["signature"]))
        return opened(envelope, self.identity.server_key, self.identity.name, once)

    def _carry(self, errand: Errand) -> None:
        try:
            self.errands.carry(errand)
        except Exception:
            log.exception("carrying out a run failed; its end is told after a restart of this runner")
        finally:
            self._free.release()
