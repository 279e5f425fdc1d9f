"""The team's files in force: read anew when one of them changes and on each new day; kept when that fails (R23)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tocsin.app.bell import Bell
from tocsin.app.intake.added_probes import AddedProbe, added_in, beside
from tocsin.app.playbooks import Playbooks
from tocsin.app.store import Store
from tocsin.app.team import Team
from tocsin.clock import Clock
from tocsin.errors import BadSettings, TocsinError, Unavailable
from tocsin.runbook.answers.corrections import side_file

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
FILE = "tocsin.toml"


class InForce:
    """The team in force, ``team`` as its file has it, and why a newer file is not (``trouble``).

    Called, it gives the team with the probes that were ``added`` by hand: the same object until something changes.
    """

    def __init__(self, team: Team, added: Sequence[AddedProbe] = ()) -> None:
        self.trouble = ""
        self._team, self._added = team, tuple(added)
        self._whole = beside(team, added)

    def __call__(self) -> Team:
        """The team as it is now."""
        return self._whole

    @property
    def team(self) -> Team:
        """The team as its file has it."""
        return self._team

    @team.setter
    def team(self, team: Team) -> None:
        self._team = team
        self._whole = beside(team, self._added)

    @property
    def added(self) -> tuple[AddedProbe, ...]:
        """What was added by hand."""
        return self._added

    @added.setter
    def added(self, added: tuple[AddedProbe, ...]) -> None:
        if added != self._added:
            self._added = added
            self._whole = beside(self._team, added)


@dataclass(slots=True)
class Reloading:
    """Looks at the files, and at what was added by hand, every two seconds, and at once when told to.

    On a new day (UTC) all is read although nothing has changed: a review may be overdue by now, and what was compiled
    for the day lies ready for a restart in the middle of the night.

    ``read`` reads ``file`` anew and takes it over, or raises BadSettings and changes nothing.
    """

    in_force: InForce
    playbooks: Playbooks
    clock: Clock
    file: Path | None
    read: Callable[[], Team]
    store: Store
    _seen: dict[Path, tuple[int, int] | None] = field(default_factory=dict)
    bell: Bell = field(default_factory=Bell)
    _asked: bool = False
    _day: date | None = None

    def reload(self) -> dict[str, str]:
        """Read everything anew; the troubles by file or service. What is in trouble stays as it was."""
        try:
            self.in_force.team = self.read()
            self.in_force.trouble = ""
        except BadSettings as wrong:
            self.in_force.trouble = wrong.message
        troubles = dict(self.playbooks.reload(self.clock.now()))
        if self.in_force.trouble:
            troubles[FILE] = self.playbooks.troubles[FILE] = self.in_force.trouble
        for place, trouble in troubles.items():
            log.error("%s stays as it was: %s", place, trouble)
        return troubles

    def take_added(self) -> None:
        """Bring into force what is added by hand by now, on whichever node; what cannot be read stays as it is."""
        try:
            with self.store.read() as tx:
                self.in_force.added = added_in(tx)
        except Unavailable as trouble:
            log.debug("which probes were added cannot be read now: %s", trouble)

    def ask(self) -> None:
        """Read anew soon (for signal handlers: they may not block)."""
        self._asked = True
        self.bell.ring()

    def changed(self) -> bool:
        """Whether a file, or the day, has changed since this was asked last."""
        runbooks = [service.runbook for service in self.in_force.team.services.values()]
        paths = [*runbooks, *(one.with_name(side_file(one.name)) for one in runbooks)]
        if self.file is not None:
            paths.append(self.file)
        now = {path: _stamp(path) for path in paths}
        seen, self._seen = self._seen, now
        day, self._day = self._day, self.clock.now().date()
        return bool(seen) and (seen != now or day != self._day)

    def run(self, stop: threading.Event) -> None:
        """Look until told to stop."""
        self.changed()
        while not stop.is_set():
            self.bell.wait(LOOK_EVERY)
            if stop.is_set():
                return
            asked, self._asked = self._asked, False
            try:
                self.take_added()
                if self.changed() or asked:
                    troubles = self.reload()
                    log.info("read the configuration and the runbooks anew, %d troubles", len(troubles))
            except TocsinError as trouble:
                log.error("reading the configuration anew has to wait: %s", trouble)
                self._asked = True
            except Exception:
                log.exception("reading the configuration anew failed; it stays as it was")


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
