"""What is known of the channel that an incident has in a chat, and which incident a channel belongs to.

Kept beside the facts, in the store's small values: it says what was done outside, and can be found out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from tocsin.app.store import Transaction

MOST_THREADS = 100


@dataclass(slots=True)
class RoomState:
    """``told`` is the last fact that the channel has heard of, ``shown`` what its board showed last.

    ``doing`` is the message that was about to be posted: when it is found set, nobody knows whether it was.
    ``said`` are the messages of the fact that is being told that are posted already, by their keys.
    ``threads`` are the messages under which a run's output goes, ``invited`` the members who were asked in.
    ``trouble`` is why the channel takes nothing now.
    """

    channel: str = ""
    name: str = ""
    board: str = ""
    shown: str = ""
    told: int = 0
    doing: str = ""
    said: dict[str, str] = field(default_factory=dict)
    furnished: str = ""
    invited: list[str] = field(default_factory=list)
    threads: dict[str, str] = field(default_factory=dict)
    trouble: str = ""


def room_state(tx: Transaction, outlet: str, incident_id: str) -> RoomState:
    """What is known; a new state when nothing is."""
    kept = tx.keep.get(_key(outlet, incident_id))
    return msgspec.json.decode(kept, type=RoomState) if kept else RoomState()


def keep_room(tx: Transaction, outlet: str, incident_id: str, state: RoomState) -> None:
    """Write it down, and whose the channel is."""
    while len(state.threads) > MOST_THREADS:
        del state.threads[next(iter(state.threads))]
    tx.keep.put(_key(outlet, incident_id), msgspec.json.encode(state).decode())


def claim_channel(tx: Transaction, outlet: str, channel: str, incident_id: str) -> None:
    """A channel belongs to an incident from now on."""
    tx.keep.put(_channel(outlet, channel), incident_id)


def incident_of(tx: Transaction, outlets: tuple[str, ...], channel: str) -> str | None:
    """The incident that a channel belongs to."""
    return next((found for one in outlets if (found := tx.keep.get(_channel(one, channel)))), None)


def _key(outlet: str, incident_id: str) -> str:
    return f"room/{outlet}/{incident_id}"


def _channel(outlet: str, channel: str) -> str:
    return f"room-of/{outlet}/{channel}"
