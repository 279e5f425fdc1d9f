"""People who sign in, their sessions, and tokens for programs, in SQL."""

from __future__ import annotations

from collections.abc import Sequence, Set

import msgspec

from tocsin.adapters.database.instants import instant, instant_or_none, micros, micros_or_none
from tocsin.adapters.database.session import Insertion, Row, replacing
from tocsin.adapters.database.session import Session as SqlSession
from tocsin.app.access import Role
from tocsin.app.rows.records import ApiToken, Session, User

_USER = (
    ("handle", "text"),
    ("name", "text"),
    ("role", "text"),
    ("password_hash", "text"),
    ("disabled", "boolean"),
    ("created_at", "bigint"),
)
_SESSION = (
    ("token_hash", "text"),
    ("handle", "text"),
    ("created_at", "bigint"),
    ("expires_at", "bigint"),
    ("csrf", "text"),
)
_TOKEN = (
    ("id", "text"),
    ("secret_hash", "text"),
    ("name", "text"),
    ("owner", "text"),
    ("scopes", "text"),
    ("created_at", "bigint"),
    ("expires_at", "bigint"),
    ("last_used_at", "bigint"),
    ("revoked", "boolean"),
    ("personal", "boolean"),
)
SAVE_USER = Insertion("users", _USER, replacing("handle", _USER))
OPEN_SESSION = Insertion("sessions", _SESSION, replacing("token_hash", _SESSION))
SAVE_TOKEN = Insertion("tokens", _TOKEN, replacing("id", _TOKEN))
_SCOPES = msgspec.json.Decoder(tuple[str, ...])
# Names of our own columns, here and below.
_SELECT_USER = f"SELECT {SAVE_USER.names} FROM users"  # noqa: S608
_SELECT_SESSION = f"SELECT {OPEN_SESSION.names} FROM sessions"  # noqa: S608
_SELECT_TOKEN = f"SELECT {SAVE_TOKEN.names} FROM tokens"  # noqa: S608


class SqlAccounts:
    """People who sign in, their sessions, and tokens for programs."""

    __slots__ = ("_session",)

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    def users(self) -> Sequence[User]:
        """All users by handle."""
        return [_user(row) for row in self._session.rows(f"{_SELECT_USER} ORDER BY handle")]

    def disabled(self) -> Set[str]:
        """The handles of disabled users."""
        return {handle for (handle,) in self._session.rows("SELECT handle FROM users WHERE disabled")}

    def user(self, handle: str) -> User | None:
        """One user."""
        row = self._session.row(f"{_SELECT_USER} WHERE handle = ?", handle)
        return None if row is None else _user(row)

    def save_user(self, user: User) -> None:
        """Insert or replace a user."""
        created_at = micros_or_none(user.created_at)
        row = (user.handle, user.name, user.role.value, user.password_hash, user.disabled, created_at)
        self._session.insert(SAVE_USER, [row])

    def session(self, token_hash: str) -> Session | None:
        """The session of that token."""
        row = self._session.row(f"{_SELECT_SESSION} WHERE token_hash = ?", token_hash)
        return None if row is None else _opened(row)

    def sessions(self, token_hashes: Sequence[str]) -> Sequence[tuple[Session, User]]:
        """The sessions of these tokens, each with its user."""
        found = self._session.rows(f"{_SELECT_SESSION} WHERE token_hash = ANY (?)", list(token_hashes))
        handles = list({row[1] for row in found})
        known = {row[0]: _user(row) for row in self._session.rows(f"{_SELECT_USER} WHERE handle = ANY (?)", handles)}
        return [(_opened(row), known[row[1]]) for row in found if row[1] in known]

    def open_session(self, session: Session) -> None:
        """Keep a session."""
        span = (micros(session.created_at), micros(session.expires_at))
        self._session.insert(OPEN_SESSION, [(session.token_hash, session.handle, *span, session.csrf)])

    def close_sessions(self, *, token_hash: str | None = None, handle: str | None = None) -> int:
        """End one session, or all of a user."""
        return self._session.change("DELETE FROM sessions WHERE token_hash = ? OR handle = ?", token_hash, handle)

    def tokens(self) -> Sequence[ApiToken]:
        """All API tokens, newest first."""
        return [_token(row) for row in self._session.rows(f"{_SELECT_TOKEN} ORDER BY created_at DESC, id")]

    def token(self, id: str) -> ApiToken | None:
        """One API token."""
        row = self._session.row(f"{_SELECT_TOKEN} WHERE id = ?", id)
        return None if row is None else _token(row)

    def save_token(self, token: ApiToken) -> None:
        """Insert or replace a token."""
        row = (
            token.id,
            token.secret_hash,
            token.name,
            token.owner,
            msgspec.json.encode(token.scopes).decode(),
            micros(token.created_at),
            micros_or_none(token.expires_at),
            micros_or_none(token.last_used_at),
            token.revoked,
            token.personal,
        )
        self._session.insert(SAVE_TOKEN, [row])


def _user(row: Row) -> User:
    handle, name, role, password_hash, disabled, created_at = row
    return User(handle, name, Role(role), password_hash, bool(disabled), instant_or_none(created_at))


def _opened(row: Row) -> Session:
    return Session(row[0], row[1], instant(row[2]), instant(row[3]), row[4])


def _token(row: Row) -> ApiToken:
    id, secret_hash, name, owner, scopes, created_at, expires_at, last_used_at, revoked, personal = row
    return ApiToken(
        id,
        secret_hash,
        name,
        owner,
        _SCOPES.decode(scopes),
        instant(created_at),
        instant_or_none(expires_at),
        instant_or_none(last_used_at),
        bool(revoked),
        bool(personal),
    )
