"""Who a runner is: a name and a key of its own, got once by a one-time token, and the key of its server."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from tocsin.app.execution.envelopes import new_key, public_key
from tocsin.errors import BadSettings, NotSignedIn
from tocsin.runner.answers import Enrolled
from tocsin.runner.connection import Connection
from tocsin.runner.disk import put

FILE = "identity.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """A runner as its server knows it. ``key`` is private and never leaves this host."""

    name: str
    labels: tuple[str, ...]
    key: str = field(repr=False)
    server_key: str
    server: str


def identity_in(folder: Path, at: Connection, token: str | None) -> Identity:
    """The identity that is kept in the folder, or a new one for a one-time token.

    A token that was used already changes nothing for a runner that has an identity. Raises BadSettings when there is
    neither, NotSignedIn when the server does not take the token.
    """
    place = folder / FILE
    known = _kept(place)
    if known is not None and known.server != at.url:
        # The same server under another name: its key decides, and it signs every job.
        known = replace(known, server=at.url)
        put(place, msgspec.json.encode(known))
    if not token or (known is not None and _is_used(folder, token)):
        if known is None:
            raise BadSettings(
                "this runner is not enrolled: `tocsin runners invite NAME --label LABEL` prints a one-time token; "
                "put it into a file and give --token-file"
            )
        return known
    key = new_key()
    try:
        said = at.ask("/runner/enrol", {"token": token, "key": public_key(key)}, Enrolled)
    except NotSignedIn:
        if known is None:
            raise
        _use(folder, token)
        return known
    fresh = Identity(said.name, said.labels, key, said.server_key, at.url)
    put(place, msgspec.json.encode(fresh))
    _use(folder, token)
    return fresh


def _kept(place: Path) -> Identity | None:
    try:
        return msgspec.json.decode(place.read_bytes(), type=Identity)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, OSError) as error:
        raise BadSettings(f"{place} cannot be read ({error}); remove it and enrol this runner again") from error


def _use(folder: Path, token: str) -> None:
    put(folder / "token", token[:14].encode())  # its public part: enough to know it again


def _is_used(folder: Path, token: str) -> bool:
    place = folder / "token"
    return place.exists() and place.read_bytes() == token[:14].encode()
