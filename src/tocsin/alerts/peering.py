"""An incident of ours as PagerDuty or Opsgenie know it: the key of its alert there, and news of it from there.

What comes back under such a key is no new trouble. An alert of it would be told to the peer again, and so on for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_KEY = re.compile(r"tocsin-(?P<service>.+)-(?P<incident>INC-[0-9]{1,15})")


@dataclass(frozen=True, slots=True)
class PeerNews:
    """Somebody acted at a peer on an incident that we opened there; ``over`` when it was resolved, else acknowledged.

    ``who`` names them for people to read, with the peer. ``mark`` is the same for the same event sent again.
    Whether there is such an incident of such a service here, only the store knows.
    """

    service: str
    incident_id: str
    who: str
    over: bool
    mark: str


def peer_key(service: str, incident_id: str) -> str:
    """The key of an incident's alert at a peer."""
    return f"tocsin-{service}-{incident_id}"


def of_peer_key(key: str) -> tuple[str, str] | None:
    """The service and the id of the incident whose key this is; None for the key of anything else."""
    found = _KEY.fullmatch(key)
    return (found["service"], found["incident"]) if found else None
