"""Test pages, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session
from tocsin.app.rows.way_tests import WayTest, WayTestState

_TEST = (
    ("id", "text"),
    ("person", "text"),
    ("way", "text"),
    ("round_at", "bigint"),
    ("next_at", "bigint"),
    ("state", "text"),
    ("attempts", "bigint"),
    ("sent_at", "bigint"),
    ("received_at", "bigint"),
    ("confirmed_at", "bigint"),
    ("error", "text"),
    ("text", "text"),
)
ADD = Insertion("way_tests", _TEST, "ON CONFLICT (id) DO NOTHING")
_SELECT = f"SELECT {ADD.names} FROM way_tests"  # noqa: S608 - names of our own columns
_OLDEST = "SELECT id FROM way_tests WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT 1"
_DUE = f"id = ({_OLDEST}) AND state = 'waiting' AND next_at <= ?"
_CLAIM = f"UPDATE way_tests SET next_at = ?, attempts = attempts + 1 WHERE {_DUE} RETURNING {ADD.names}"  # noqa: S608


class SqlWayTests:
    """Test pages."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, tests: Sequence[WayTest]) -> int:
        """Keep those whose id is not there yet."""
        added = 0
        for one in tests:
            if self.get(one.id) is None:
                self._session.insert(ADD, [_row(one)])
                added += 1
        return added

    def claim(self, now: datetime, until: datetime) -> WayTest | None:
        """Take the one that has waited longest."""
        rows = self._session.returned(_CLAIM, micros(until), micros(now), micros(now))
        return next((_test(row) for row in rows), None)

    def settle(self, id: str, state: WayTestState, at: datetime, error: str = "") -> None:
        """How it went."""
        when = "next_at" if state is WayTestState.WAITING else "sent_at"
        sql = f"UPDATE way_tests SET state = ?, error = ?, {when} = ? WHERE id = ?"  # noqa: S608 - our own columns
        self._session.change(sql, state.value, error, micros(at), id)

    def received(self, id: str, at: datetime) -> bool:
        """It reached the device."""
        sql = "UPDATE way_tests SET received_at = ? WHERE id = ? AND received_at IS NULL"
        return self._session.change(sql, micros(at), id) == 1

    def confirm(self, id: str, at: datetime) -> bool:
        """The person has confirmed it."""
        sql = "UPDATE way_tests SET confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL"
        return self._session.change(sql, micros(at), id) == 1

    def get(self, id: str) -> WayTest | None:
        """One test page."""
        row = self._session.row(f"{_SELECT} WHERE id = ?", id)
        return None if row is None else _test(row)

    def since(self, at: datetime) -> Sequence[WayTest]:
        """Those of rounds at or after an instant."""
        rows = self._session.rows(f"{_SELECT} WHERE round_at >= ? ORDER BY round_at, id", micros(at))
        return [_test(row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Remove those of rounds before an instant."""
        return self._session.change("DELETE FROM way_tests WHERE round_at < ?", micros(before))


def _row(one: WayTest) -> Row:
    ends = (micros_or_none(at) for at in (one.sent_at, one.received_at, one.confirmed_at))
    begun = (one.id, one.person, one.way, micros(one.round_at), micros(one.next_at), one.state.value, one.attempts)
    return (*begun, *ends, one.error, one.text)


def _test(row: Row) -> WayTest:
    id, person, way, round_at, next_at, state, attempts, sent_at, received_at, confirmed_at, error, text = row
    return WayTest(
        id,
        person,
        way,
        instant(round_at),
        instant(next_at),
        WayTestState(state),
        attempts,
        instant_or_none(sent_at),
        instant_or_none(received_at),
        instant_or_none(confirmed_at),
        error,
        text,
    )
