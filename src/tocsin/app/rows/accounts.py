"""What is kept of those who may come in, and of what they did that is no fact of an incident."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Protocol

from tocsin.app.rows.records import ApiToken, AuditEntry, Session, User


class Accounts(Protocol):
    """People who sign in, their sessions, and tokens for programs."""

    def users(self) -> Sequence[User]:
        """All users by handle."""
        ...

    def disabled(self) -> Set[str]:
        """The handles of users who may not sign in and are not called."""
        ...

    def user(self, handle: str) -> User | None:
        """One user."""
        ...

    def save_user(self, user: User) -> None:
        """Insert or replace a user."""
        ...

    def session(self, token_hash: str) -> Session | None:
        """The session of that token."""
        ...

    def sessions(self, token_hashes: Sequence[str]) -> Sequence[tuple[Session, User]]:
        """The sessions of these tokens, each with its user, in any order; those that have ended are absent."""
        ...

    def open_session(self, session: Session) -> None:
        """Keep a session."""
        ...

    def close_sessions(self, *, token_hash: str | None = None, handle: str | None = None) -> int:
        """End one session, or all of a user; how many there were."""
        ...

    def tokens(self) -> Sequence[ApiToken]:
        """All API tokens, newest first."""
        ...

    def token(self, id: str) -> ApiToken | None:
        """One API token."""
        ...

    def save_token(self, token: ApiToken) -> None:
        """Insert or replace a token."""
        ...


class AuditTrail(Protocol):
    """Privileged acts, append-only."""

    def record(self, entry: AuditEntry) -> None:
        """Append an entry (its ``seq`` is given by the store)."""
        ...

    def latest(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest entries, newest first; ``before`` is a seq."""
        ...
