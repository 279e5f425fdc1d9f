"""When many troubles of a service begin at once: after the first few they share one incident. Pure.

A storm of alerts is one trouble, or many of which nobody can tell yet. Who is paged for each of them reads none. So the
first few troubles are incidents of their own, and what begins beyond them, until it has been calm for a while, joins
one incident of the storm. Paging fails open: the top severity has room of its own, a storm that lasts is declared anew
after half an hour, and one that a person has resolved begins again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

AT_ONCE = 5
"""So many troubles of a service may begin within WINDOW as incidents of their own, unless the team says otherwise."""
WINDOW = timedelta(minutes=1)
TOP = 2
"""So many times that number of the top severity, or of none that is known yet, may begin within CALM in any storm."""
CALM = timedelta(minutes=5)
"""A storm is over when nothing new has joined it for so long."""
LONGEST = timedelta(minutes=30)
"""After that what begins is told anew, as a new storm if it must be: somebody may have the old one and be asleep."""


class Begun(NamedTuple):
    """An incident that alerts began: when, and whether it was of the top severity."""

    at: datetime
    top: bool


class Raging(NamedTuple):
    """A storm whose incident is open: since when, and when something new joined it last."""

    since: datetime
    last: datetime


@dataclass(slots=True)
class Storm:
    """What may begin for one service in one batch at ``now``: each new trouble asks in turn, the severest first."""

    room: int
    top_room: int
    raging: bool

    @classmethod
    def at(cls, now: datetime, begun: Iterable[Begun], before: Raging | None, at_once: int = AT_ONCE) -> Storm:
        """What the incidents that began lately, and a storm before this batch, leave room for."""
        lately = [one for one in begun if now - one.at < CALM]
        raging = before is not None and now - before.last < CALM and now - before.since < LONGEST
        return cls(
            at_once - sum(now - one.at < WINDOW for one in lately),
            TOP * at_once - sum(one.top for one in lately),
            raging,
        )

    def takes(self, *, top: bool) -> bool:
        """Whether the next new trouble joins the storm instead of being an incident of its own."""
        if top and self.top_room > 0:
            self.top_room -= 1
            self.room -= 1
            return False
        if not top and not self.raging and self.room > 0:
            self.room -= 1
            return False
        self.raging = True
        return True
