"""Where each alert stands, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

import msgspec

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session, Update, Value, replacing
from tocsin.app.rows.records import AlertCount, AlertState
from tocsin.errors import BadInput

_COLUMNS = (
    ("service", "text"),
    ("fingerprint", "text"),
    ("incident_id", "text"),
    ("firing", "boolean"),
    ("title", "text"),
    ("starts_at", "bigint"),
    ("ends_at", "bigint"),
    ("last_delivery", "bigint"),
    ("first_at", "bigint"),
    ("last_at", "bigint"),
    ("events", "bigint"),
    ("integration", "text"),
    ("labels", "text"),
    ("link", "text"),
)
SAVE = Insertion("alerts", _COLUMNS, replacing("service, fingerprint", _COLUMNS))
TOUCH = Update(
    "alerts",
    (("service", "text"), ("fingerprint", "text")),
    (("last_delivery", "bigint"), ("last_at", "bigint"), ("events", "bigint")),
)
_SELECT = f"SELECT {SAVE.names} FROM alerts"  # noqa: S608 - names of our own columns
_NEWEST = "last_at DESC, service, fingerprint"
_SERVICE, _FINGERPRINT = itemgetter(0), itemgetter(1)
_LAST_AT = [name for name, _ in _COLUMNS].index("last_at")
_LABELS = msgspec.json.Decoder(dict[str, str])


class SqlAlertBook:
    """Where each alert stands."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def states(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], AlertState]:
        """The states of alerts by (service, fingerprint)."""
        by_service: dict[str, list[str]] = {}
        for service, fingerprint in keys:
            by_service.setdefault(service, []).append(fingerprint)
        sql = f"{_SELECT} WHERE service = ? AND fingerprint = ANY (?)"
        return {
            (row[0], row[1]): _state(row)
            for service, fingerprints in by_service.items()
            for row in self._session.rows(sql, service, fingerprints)
        }

    def save(self, states: Sequence[AlertState]) -> None:
        """Insert or replace states."""
        last = {(one.service, one.fingerprint): one for one in states}
        # In order of the key, so that two nodes never wait for each other.
        self._session.insert(SAVE, [self._row(last[key]) for key in sorted(last)])

    def touch(self, states: Sequence[AlertState]) -> int:
        """Write when rows that exist were heard last; how many did."""
        times = {at: micros(at) for at in {one.last_at for one in states}}  # one for all alerts of a delivery
        rows = [(one.service, one.fingerprint, one.last_delivery, times[one.last_at], one.events) for one in states]
        rows.sort(key=_FINGERPRINT)
        rows.sort(key=_SERVICE)  # one after the other: to compare pairs takes several times longer
        return self._session.update(TOUCH, rows)

    def counts(self, incident_ids: Sequence[str]) -> Mapping[str, AlertCount]:
        """The alert counts of incidents."""
        rows = self._session.rows(
            "SELECT incident_id, count(*), sum(CASE WHEN firing THEN 1 ELSE 0 END) FROM alerts "
            "WHERE incident_id = ANY (?) GROUP BY incident_id",
            list(incident_ids),
        )
        return {id: AlertCount(int(distinct), int(firing)) for id, distinct, firing in rows}

    def of_incident(self, incident_id: str, limit: int) -> Sequence[AlertState]:
        """The alerts of an incident, firing first, newest first."""
        sql = f"{_SELECT} WHERE incident_id = ? ORDER BY firing DESC, {_NEWEST} LIMIT ?"
        return [_state(row) for row in self._session.rows(sql, incident_id, limit)]

    def latest(self, limit: int) -> Sequence[AlertState]:
        """The alerts that were heard last."""
        rows = [
            row
            for which in ("firing", "NOT firing")  # each has an index of its own (schema.py)
            for row in self._session.rows(f"{_SELECT} WHERE {which} ORDER BY {_NEWEST} LIMIT ?", limit)
        ]
        rows.sort(key=lambda row: (-row[_LAST_AT], row[0], row[1]))
        return [_state(row) for row in rows[:limit]]

    def of_integration(
        self, integration: str, limit: int, offset: int = 0, firing: bool | None = None
    ) -> Sequence[AlertState]:
        """The alerts of an integration, heard last first; all of them, or those that fire, or those that are over."""
        wanted: tuple[Value, ...] = (integration,) if firing is None else (integration, firing)
        which = "integration = ?" if firing is None else "integration = ? AND firing = ?"
        sql = f"{_SELECT} WHERE {which} ORDER BY {_NEWEST} LIMIT ? OFFSET ?"
        return [_state(row) for row in self._session.rows(sql, *wanted, limit, offset)]

    def _row(self, one: AlertState) -> Row:
        try:
            labels = msgspec.json.encode(one.labels).decode()
        except UnicodeEncodeError as error:
            message = f"a label of alert {one.fingerprint} cannot be stored: {error.reason}"
            raise self._session.doom(BadInput(message)) from error
        return (
            one.service,
            one.fingerprint,
            one.incident_id,
            one.firing,
            one.title,
            micros_or_none(one.starts_at),
            micros_or_none(one.ends_at),
            one.last_delivery,
            micros(one.first_at),
            micros(one.last_at),
            one.events,
            one.integration,
            labels,
            one.link,
        )


def _state(row: Row) -> AlertState:
    return AlertState(
        service=row[0],
        fingerprint=row[1],
        incident_id=row[2],
        firing=bool(row[3]),
        title=row[4],
        starts_at=instant_or_none(row[5]),
        ends_at=instant_or_none(row[6]),
        last_delivery=row[7],
        first_at=instant(row[8]),
        last_at=instant(row[9]),
        events=row[10],
        integration=row[11],
        labels=_LABELS.decode(row[12]),
        link=row[13],
    )
