"""Silences, what they keep quiet, and what senders say is there, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from tocsin.adapters.database.instants import instant, micros
from tocsin.adapters.database.session import Insertion, Row, Session, replacing
from tocsin.alerts.silence import Matcher, Silence
from tocsin.app.rows.records import PresentAlert, QuietCount, QuietedAlert, SilencedAlert

_SILENCE = (
    ("id", "text"),
    ("integration", "text"),
    ("matchers", "text"),
    ("starts_at", "bigint"),
    ("ends_at", "bigint"),
    ("created_by", "text"),
    ("comment", "text"),
    ("updated_at", "bigint"),
    ("service", "text"),
)
SAVE = Insertion("silences", _SILENCE, replacing("id", _SILENCE))
_HELD = (("integration", "text"), ("fingerprint", "text"), ("delivery_id", "bigint"), ("silence", "text"))
_NEWEST = f"{replacing('integration, fingerprint', _HELD)} WHERE excluded.delivery_id >= silenced_alerts.delivery_id"
HOLD = Insertion("silenced_alerts", _HELD, _NEWEST)
_QUIETED = (
    ("silence", "text"),
    ("integration", "text"),
    ("fingerprint", "text"),
    ("service", "text"),
    ("title", "text"),
    ("first_at", "bigint"),
    ("last_at", "bigint"),
    ("times", "bigint"),
)
TALLY = Insertion(
    "quieted_alerts",
    _QUIETED,
    "ON CONFLICT (silence, integration, fingerprint) DO UPDATE SET service = excluded.service, "
    "title = excluded.title, last_at = excluded.last_at, times = quieted_alerts.times + excluded.times",
)
_PRESENT = (("integration", "text"), ("fingerprint", "text"), ("believed_until", "bigint"), ("body", "bytea"))
SAY = Insertion("present_alerts", _PRESENT, replacing("integration, fingerprint", _PRESENT))
_HELD_FLAG = "(CASE WHEN s.silence IS NULL THEN 0 ELSE 1 END)"
_WITH_HELD = (
    "FROM quieted_alerts q LEFT JOIN silenced_alerts s "
    "ON s.silence = q.silence AND s.integration = q.integration AND s.fingerprint = q.fingerprint"
)
_MATCHERS = msgspec.json.Decoder(list[tuple[str, str, bool, bool]])


class SqlSilences:
    """Who keeps which alerts quiet."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, silence: Silence) -> None:
        """Insert or replace a silence."""
        matchers = msgspec.json.encode([(m.name, m.value, m.is_regex, m.is_equal) for m in silence.matchers]).decode()
        row: Row = (
            *(silence.id, silence.integration, matchers, micros(silence.starts_at), micros(silence.ends_at)),
            *(silence.created_by, silence.comment, micros(silence.updated_at), silence.service),
        )
        self._session.insert(SAVE, [row])

    def get(self, id: str) -> Silence | None:
        """One silence."""
        row = self._session.row(f"SELECT {SAVE.names} FROM silences WHERE id = ?", id)  # noqa: S608 - our columns
        return None if row is None else _silence(row)

    def ending_after(self, at: datetime) -> Sequence[Silence]:
        """The silences that end after an instant, soonest end first."""
        sql = f"SELECT {SAVE.names} FROM silences WHERE ends_at > ? ORDER BY ends_at, id"  # noqa: S608 - our columns
        return [_silence(row) for row in self._session.rows(sql, micros(at))]

    def hold(self, alerts: Sequence[SilencedAlert]) -> None:
        """Remember what was kept quiet."""
        last: dict[tuple[str, str], SilencedAlert] = {}
        for one in sorted(alerts, key=lambda one: one.delivery_id):
            last[one.integration, one.fingerprint] = one
        rows: list[Row] = [(*key, last[key].delivery_id, last[key].silence) for key in sorted(last)]
        self._session.insert(HOLD, rows)

    def held(self, limit: int, besides: Sequence[str] = ()) -> Sequence[SilencedAlert]:
        """What is kept quiet."""
        where = "WHERE NOT (silence = ANY (?)) " if besides else ""
        sql = f"SELECT {HOLD.names} FROM silenced_alerts {where}ORDER BY integration, fingerprint LIMIT ?"  # noqa: S608
        return [SilencedAlert(*row) for row in self._session.rows(sql, *([list(besides)] if besides else []), limit)]

    def of_alert(self, integration: str, fingerprint: str) -> SilencedAlert | None:
        """What is kept quiet of one alert."""
        sql = f"SELECT {HOLD.names} FROM silenced_alerts WHERE integration = ? AND fingerprint = ?"  # noqa: S608
        row = self._session.row(sql, integration, fingerprint)
        return None if row is None else SilencedAlert(*row)

    def let_go(self, keys: Sequence[tuple[str, str, int]]) -> None:
        """Forget what was kept quiet."""
        for integration, fingerprint, delivery_id in keys:
            sql = "DELETE FROM silenced_alerts WHERE integration = ? AND fingerprint = ? AND delivery_id <= ?"
            self._session.change(sql, integration, fingerprint, delivery_id)

    def tally(self, alerts: Sequence[QuietedAlert]) -> None:
        """Count what was kept quiet."""
        rows: list[Row] = [
            (
                *(one.silence, one.integration, one.fingerprint, one.service, one.title),
                *(micros(one.first_at), micros(one.last_at), one.times),
            )
            for one in sorted(alerts, key=lambda one: (one.silence, one.integration, one.fingerprint))
        ]
        self._session.insert(TALLY, rows)

    def tallied(self, silence: str, limit: int) -> Sequence[QuietedAlert]:
        """What a silence has kept quiet: what it holds first, then what was said last."""
        sql = (
            f"SELECT {', '.join(f'q.{name}' for name, _ in _QUIETED)}, {_HELD_FLAG} AS held {_WITH_HELD} "
            "WHERE q.silence = ? ORDER BY held DESC, q.last_at DESC, q.integration, q.fingerprint LIMIT ?"
        )
        return [_quieted(row) for row in self._session.rows(sql, silence, limit)]

    def counts(self, silences: Sequence[str]) -> Mapping[str, QuietCount]:
        """The counts of silences by their ids."""
        sql = (
            f"SELECT q.silence, count(*), sum({_HELD_FLAG}), sum(q.times) {_WITH_HELD} "
            "WHERE q.silence = ANY (?) GROUP BY q.silence"
        )
        rows = self._session.rows(sql, list(silences)) if silences else []
        return {id: QuietCount(int(distinct), int(held), int(times)) for id, distinct, held, times in rows}


class SqlPresentAlerts:
    """What senders say is there now."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def say(self, alerts: Mapping[tuple[str, str], PresentAlert | None]) -> None:
        """Replace or remove what is there."""
        rows: list[Row] = []
        for key in sorted(alerts):
            one = alerts[key]
            if one is None:
                sql = "DELETE FROM present_alerts WHERE integration = ? AND fingerprint = ?"
                self._session.change(sql, *key)
            else:
                rows.append((*key, micros(one.believed_until), one.body))
        self._session.insert(SAY, rows)

    def of(self, integration: str, limit: int) -> Sequence[PresentAlert]:
        """What is there by an integration, by fingerprint."""
        sql = f"SELECT {SAY.names} FROM present_alerts WHERE integration = ? ORDER BY fingerprint LIMIT ?"  # noqa: S608
        return [_present(row) for row in self._session.rows(sql, integration, limit)]

    def over(self, now: datetime, limit: int) -> Sequence[PresentAlert]:
        """What is not believed any more."""
        sql = f"SELECT {SAY.names} FROM present_alerts WHERE believed_until <= ? "  # noqa: S608 - our columns
        rows = self._session.rows(f"{sql}ORDER BY believed_until, integration, fingerprint LIMIT ?", micros(now), limit)
        return [_present(row) for row in rows]


def _silence(row: Row) -> Silence:
    id, integration, matchers, starts_at, ends_at, created_by, comment, updated_at, service = row
    return Silence(
        id,
        integration,
        tuple(Matcher(*one) for one in _MATCHERS.decode(matchers)),
        instant(starts_at),
        instant(ends_at),
        created_by,
        comment,
        instant(updated_at),
        service,
    )


def _quieted(row: Row) -> QuietedAlert:
    silence, integration, fingerprint, service, title, first_at, last_at, times, held = row
    first, last = instant(first_at), instant(last_at)
    return QuietedAlert(silence, integration, fingerprint, service, title, first, last, int(times), held=bool(held))


def _present(row: Row) -> PresentAlert:
    integration, fingerprint, believed_until, body = row
    return PresentAlert(integration, fingerprint, instant(believed_until), bytes(body))
