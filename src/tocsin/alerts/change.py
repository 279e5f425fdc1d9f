"""A recent change: a deploy, a push, a setting that was turned. It is never an alert; it stands beside incidents.

"What changed?" is the first question of every runbook, and whoever is woken should not have to ask it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from tocsin.alerts.cleaning import MAX_TITLE_BYTES, Notes, clean, clean_fingerprint, web_link

KEPT = 200
"""Changes of one service that are kept."""
KEPT_FOR = timedelta(days=90)
BESIDE = timedelta(hours=24)
"""How long before the first alert a change stands beside an incident."""


class Change(msgspec.Struct, frozen=True):
    """One change of a service. ``at`` is when it happened (aware UTC), never later than it was heard of.

    ``key`` tells changes of one sender apart: the same one, said again, replaces what was said before. ``kind`` is a
    word for people (deploy, push, tag, change, commit), ``by`` who made it, ``source`` who said so.
    """

    at: datetime
    what: str
    kind: str = "change"
    by: str = ""
    link: str | None = None
    source: str = ""
    key: str = ""


def made(
    at: datetime | None,
    heard_at: datetime,
    what: str,
    notes: Notes,
    *,
    kind: str = "change",
    by: str = "",
    link: str = "",
    source: str = "",
    key: str = "",
) -> Change:
    """A change from what a sender wrote: bounded, storable, not in the future."""
    return Change(
        min(at or heard_at, heard_at),
        clean(" ".join(what.split()), MAX_TITLE_BYTES, notes, "title"),
        kind,
        clean(" ".join(by.split()), 200, notes, "author"),
        web_link(link, notes),
        source,
        clean_fingerprint(key) if key else "",
    )


def joined(known: Sequence[Change], fresh: Iterable[Change], now: datetime) -> tuple[Change, ...]:
    """All of them, newest first: each once, only so many, and none that is too old."""
    said = list(fresh)
    replaced = {(one.source, one.key) for one in said if one.key}
    kept = [one for one in known if not one.key or (one.source, one.key) not in replaced]
    last = {(one.source, one.key) if one.key else (index,): one for index, one in enumerate(said)}
    found = sorted((*last.values(), *kept), key=lambda one: one.at, reverse=True)
    return tuple(one for one in found if now - one.at <= KEPT_FOR)[:KEPT]


def beside(known: Iterable[Change], began_at: datetime, ended_at: datetime | None) -> tuple[Change, ...]:
    """Those that may have to do with an incident: from a day before it on, to its end."""
    return tuple(one for one in known if began_at - BESIDE <= one.at and (ended_at is None or one.at <= ended_at))
