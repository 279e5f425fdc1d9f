"""How a long body is kept in a SQLite file: deflated, where that makes it much shorter.

A monitor that tells of sixty alerts at once says nearly the same of each, and 30 KB become 1 KB: that much less goes
through the log, through the checkpoint and into every backup. PostgreSQL packs long values by itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from msgspec import structs

from tocsin.app.rows.records import NewDelivery

LONG = 8192
"""Bytes from which a body is tried: below it, packing costs as much as it saves."""
DAMAGED = "the bytes of this delivery are damaged in the database: look at the source, and check the disk"


def pack(deliveries: Sequence[NewDelivery]) -> Sequence[NewDelivery]:
    """The deliveries, with the long bodies that become less than half as long by it packed beside."""
    return [_packed(one) if len(one.body) >= LONG else one for one in deliveries]


def unpack(kept: bytes) -> tuple[bytes, str]:
    """A body out of what is kept, and the trouble with it or nothing; damaged bytes are given as they are."""
    try:
        return zlib.decompress(kept), ""
    except zlib.error:
        return kept, DAMAGED


def _packed(delivery: NewDelivery) -> NewDelivery:
    shorter = zlib.compress(delivery.body, 1)  # of higher levels each costs more than the disk that it spares
    return structs.replace(delivery, packed=shorter) if 2 * len(shorter) < len(delivery.body) else delivery
