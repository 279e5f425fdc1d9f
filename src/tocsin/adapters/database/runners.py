"""Runners and their attempts, in SQL."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, Session, replacing
from tocsin.app.rows.runners import AttemptRow, AttemptState, RunnerRow
from tocsin.errors import Conflict

_COLUMNS = (
    ("name", "text"),
    ("labels", "text"),
    ("invitation", "text"),
    ("invited_until", "bigint"),
    ("made_at", "bigint"),
    ("made_by", "text"),
    ("key", "text"),
    ("enrolled_at", "bigint"),
    ("seen_at", "bigint"),
    ("version", "text"),
    ("effects", "text"),
    ("programs", "text"),
    ("removed_at", "bigint"),
)
SAVE = Insertion("runners", _COLUMNS, replacing("name", _COLUMNS))
OFFER = Insertion(
    "attempts",
    (
        ("id", "text"),
        ("run", "text"),
        ("label", "text"),
        ("job", "text"),
        ("effect", "text"),
        ("offered_at", "bigint"),
        ("until", "bigint"),
        ("incident_id", "text"),
        ("effect_key", "text"),
        ("effect_token", "bigint"),
        ("state", "text"),
        ("runner", "text"),
        ("heard", "bigint"),
        ("parts", "bigint"),
        ("output", "text"),
        ("result", "text"),
        ("change", "bigint"),
    ),
    "ON CONFLICT (id) DO NOTHING",
)
_RUNNER = f"SELECT {SAVE.names} FROM runners"  # noqa: S608 - names of our own columns
_ATTEMPT = f"SELECT {OFFER.names} FROM attempts"  # noqa: S608 - names of our own columns


class SqlRunners:
    """Runners, and the runs that are handed to them."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, row: RunnerRow) -> None:
        """Keep a runner."""
        stored = (
            row.name,
            json.dumps(row.labels),
            row.invitation,
            micros(row.invited_until),
            micros(row.made_at),
            row.made_by,
            row.key,
            micros_or_none(row.enrolled_at),
            micros_or_none(row.seen_at),
            row.version,
            json.dumps(row.effects),
            json.dumps(row.programs),
            micros_or_none(row.removed_at),
        )
        self._session.insert(SAVE, [stored])

    def get(self, name: str) -> RunnerRow | None:
        """One runner."""
        row = self._session.row(f"{_RUNNER} WHERE name = ?", name)
        return None if row is None else _runner(row)

    def all(self) -> Sequence[RunnerRow]:
        """All of them."""
        return [_runner(row) for row in self._session.rows(f"{_RUNNER} ORDER BY name")]

    def enrol(self, name: str, invitation: str, key: str, at: datetime) -> bool:
        """Use an invitation up."""
        sql = (
            "UPDATE runners SET invitation = '', key = ?, enrolled_at = ?, removed_at = NULL "
            "WHERE name = ? AND invitation = ? AND invitation <> ''"
        )
        return self._session.change(sql, key, micros(at), name, invitation) == 1

    def note(self, row: RunnerRow) -> bool:
        """Write down what a runner says of itself."""
        sql = (
            "UPDATE runners SET seen_at = ?, version = ?, effects = ?, programs = ? "
            "WHERE name = ? AND key = ? AND removed_at IS NULL"
        )
        said = (micros_or_none(row.seen_at), row.version, json.dumps(row.effects), json.dumps(row.programs))
        return self._session.change(sql, *said, row.name, row.key) == 1

    def use(self, runner: str, word: str, until: datetime) -> bool:
        """Use a word up."""
        sql = "INSERT INTO runner_words (runner, word, until) VALUES (?, ?, ?) ON CONFLICT (runner, word) DO NOTHING"
        return self._session.change(sql, runner, word, micros(until)) == 1

    def offer(self, row: AttemptRow) -> None:
        """Offer a run."""
        stored = (
            row.id,
            row.run,
            row.label,
            row.job,
            row.effect,
            micros(row.offered_at),
            micros(row.until),
            row.incident_id,
            row.effect_key,
            row.effect_token,
            row.state.value,
            row.runner,
            row.heard,
            row.parts,
            row.output,
            row.result,
            row.change,
        )
        if not self._session.insert(OFFER, [stored]):
            raise self._session.doom(Conflict("there is an attempt of that id already"))

    def attempt(self, id: str) -> AttemptRow | None:
        """One attempt."""
        row = self._session.row(f"{_ATTEMPT} WHERE id = ?", id)
        return None if row is None else _attempt(row)

    def open_attempts(self) -> Sequence[AttemptRow]:
        """Those that have not ended, oldest first."""
        # As the partial index has it.
        sql = f"{_ATTEMPT} WHERE state IN ('offered', 'taken', 'started') ORDER BY place"
        return [_attempt(row) for row in self._session.rows(sql)]

    def swap(self, row: AttemptRow) -> bool:
        """Change an attempt."""
        sql = (
            "UPDATE attempts SET state = ?, runner = ?, until = ?, heard = ?, parts = ?, output = ?, result = ?, "
            "change = change + 1 WHERE id = ? AND change = ?"
        )
        values = (row.state.value, row.runner, micros(row.until), row.heard, row.parts, row.output, row.result)
        return self._session.change(sql, *values, row.id, row.change) == 1

    def forget(self, before: datetime) -> int:
        """Remove what ended long ago."""
        sql = "DELETE FROM attempts WHERE state IN ('lost', 'ended') AND until < ?"
        return self._session.change(sql, micros(before))

    def forget_words(self, before: datetime) -> int:
        """Remove the words that are too old to be said again."""
        return self._session.change("DELETE FROM runner_words WHERE until < ?", micros(before))


def _runner(row: Row) -> RunnerRow:
    name, labels, invitation, until, made_at, made_by, key, enrolled, seen, version, effects, programs, removed = row
    return RunnerRow(
        name,
        tuple(json.loads(labels)),
        invitation,
        instant(until),
        instant(made_at),
        made_by,
        key,
        instant_or_none(enrolled),
        instant_or_none(seen),
        version,
        tuple(json.loads(effects)),
        tuple(json.loads(programs)),
        instant_or_none(removed),
    )


def _attempt(row: Row) -> AttemptRow:
    id, run, label, job, effect, offered_at, until, incident, key, token, state, *rest = row
    runner, heard, parts, output, result, change = rest
    return AttemptRow(
        id,
        run,
        label,
        job,
        effect,
        instant(offered_at),
        instant(until),
        incident,
        key,
        token,
        AttemptState(state),
        runner,
        heard,
        parts,
        output,
        result,
        change,
    )
