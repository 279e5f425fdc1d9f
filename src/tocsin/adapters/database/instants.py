"""Instants as the database keeps them: whole microseconds since 1970 in UTC, exact and comparable everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """An aware instant as stored; a naive one is refused with ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"an instant needs its time zone: {at.isoformat()}")
    span = at - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def instant(stored: int) -> datetime:
    """The stored instant, in UTC."""
    return _EPOCH + timedelta(microseconds=stored)


def micros_or_none(at: datetime | None) -> int | None:
    """As ``micros``; None stays None."""
    return None if at is None else micros(at)


def instant_or_none(stored: int | None) -> datetime | None:
    """As ``instant``; None stays None."""
    return None if stored is None else instant(stored)
