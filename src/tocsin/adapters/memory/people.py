"""Accounts, the audit trail, permissions for steps, and the built-in phone, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime

from tocsin.adapters.memory.tables import Tables
from tocsin.app.rows.records import ApiToken, AuditEntry, EnabledStep, PhoneMessage, Session, User


class MemoryAccounts:
    """People who sign in, their sessions, and tokens for programs."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def users(self) -> Sequence[User]:
        """All users by handle."""
        return [user for _, user in sorted(self._tables.users.rows.items())]

    def disabled(self) -> Set[str]:
        """The handles of disabled users."""
        return {handle for handle, user in self._tables.users.rows.items() if user.disabled}

    def user(self, handle: str) -> User | None:
        """One user."""
        return self._tables.users.rows.get(handle)

    def save_user(self, user: User) -> None:
        """Insert or replace a user."""
        self._tables.require_storable(user.handle, user.name, user.password_hash)
        self._tables.users.change()[user.handle] = user

    def session(self, token_hash: str) -> Session | None:
        """The session of that token."""
        return self._tables.sessions.rows.get(token_hash)

    def sessions(self, token_hashes: Sequence[str]) -> Sequence[tuple[Session, User]]:
        """The sessions of these tokens, each with its user."""
        sessions, users = self._tables.sessions.rows, self._tables.users.rows
        found = [sessions[one] for one in dict.fromkeys(token_hashes) if one in sessions]
        return [(one, users[one.handle]) for one in found if one.handle in users]

    def open_session(self, session: Session) -> None:
        """Keep a session."""
        self._tables.require_storable(session.token_hash, session.handle, session.csrf)
        self._tables.sessions.change()[session.token_hash] = session

    def close_sessions(self, *, token_hash: str | None = None, handle: str | None = None) -> int:
        """End one session, or all of a user."""
        sessions = self._tables.sessions.change()
        ended = [
            one.token_hash
            for one in sessions.values()
            if (token_hash is not None and one.token_hash == token_hash)
            or (handle is not None and one.handle == handle)
        ]
        for one in ended:
            del sessions[one]
        return len(ended)

    def tokens(self) -> Sequence[ApiToken]:
        """All API tokens, newest first."""
        by_id = sorted(self._tables.tokens.rows.values(), key=lambda token: token.id)
        return sorted(by_id, key=lambda token: token.created_at, reverse=True)

    def token(self, id: str) -> ApiToken | None:
        """One API token."""
        return self._tables.tokens.rows.get(id)

    def save_token(self, token: ApiToken) -> None:
        """Insert or replace a token."""
        self._tables.require_storable(token.id, token.secret_hash, token.name, token.owner, *token.scopes)
        self._tables.tokens.change()[token.id] = token


class MemoryAuditTrail:
    """Privileged acts, append-only."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def record(self, entry: AuditEntry) -> None:
        """Append an entry."""
        self._tables.require_storable(entry.who, entry.via, entry.verb, entry.object, entry.detail)
        seq = self._tables.take_number("audit")
        self._tables.audit.change()[seq] = replace(entry, seq=seq)

    def latest(self, limit: int, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest entries, newest first."""
        rows = self._tables.audit.rows
        return [rows[seq] for seq in sorted(rows, reverse=True) if before is None or seq < before][:limit]


class MemoryStepPermissions:
    """Which steps a maintainer has enabled, by content."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def enable(self, step: EnabledStep) -> None:
        """Insert or replace the permission of (service, step)."""
        self._tables.require_storable(step.service, step.step, step.command_hash, step.enabled_by)
        self._tables.permissions.change()[step.service, step.step] = step

    def disable(self, service: str, step: str) -> bool:
        """Take it back."""
        return self._tables.permissions.change().pop((service, step), None) is not None

    def enabled(self, service: str) -> Mapping[str, EnabledStep]:
        """The permissions of a service by step id."""
        return {one.step: one for one in self._tables.permissions.rows.values() if one.service == service}


class MemoryPhoneInbox:
    """The built-in phone's messages."""

    __slots__ = ("_tables",)

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def ring(self, message: PhoneMessage) -> None:
        """Keep a message; the same id again changes nothing."""
        self._tables.require_storable(message.id, message.person, message.incident_id, message.text, message.link)
        self._tables.phone.change().setdefault(message.id, message)

    def messages(self, person: str | None, limit: int) -> Sequence[PhoneMessage]:
        """Messages of one person or of all, newest first."""
        found = [one for one in self._tables.phone.rows.values() if person is None or one.person == person]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)[:limit]

    def see(self, id: str, at: datetime) -> PhoneMessage | None:
        """Mark a message as seen; gives it back the first time."""
        rows = self._tables.phone.change()
        message = rows.get(id)
        if message is None or message.seen_at is not None:
            return None
        rows[id] = replace(message, seen_at=at)
        return rows[id]

    def forget(self, person: str) -> int:
        """Remove all messages of a person."""
        phone = self._tables.phone.change()
        gone = [id for id, message in phone.items() if message.person == person]
        for id in gone:
            del phone[id]
        return len(gone)

    def stop(self, incident_id: str) -> int:
        """Stop all ringing for an incident."""
        rows = self._tables.phone.change()
        ringing = [one for one in rows.values() if one.incident_id == incident_id and not one.stopped]
        for one in ringing:
            rows[one.id] = replace(one, stopped=True)
        return len(ringing)
