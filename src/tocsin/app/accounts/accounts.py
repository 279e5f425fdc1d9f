"""Who may come in: people with passwords or one-time links, browsers with sessions, programs with tokens.

Nothing secret is kept: of sessions and tokens only SHA-256 hashes, of passwords argon2id. A session ends after
twelve hours without use and after seven days in any case; all of a person's end when the password or the role
changes and when the account is disabled. Each change commits together with its audit entry (R22).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from tocsin.app.access import ALLOWED, LINKED, Caller, Permission, Role, person
from tocsin.app.accounts.passwords import UNUSABLE, Passwords
from tocsin.app.accounts.throttle import Throttle
from tocsin.app.accounts.tokens import hash_of, new_token, parse_token
from tocsin.app.aside import Note, at_once
from tocsin.app.rows.records import ApiToken, AuditEntry, Session, User
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn, Unavailable
from tocsin.incident.facts import Actor, ActorKind, Via

IDLE = timedelta(hours=12)
LONGEST_SESSION = timedelta(days=7)
NOTED_EVERY = timedelta(minutes=1)
WATCHED_EVERY = timedelta(minutes=10)
"""How often it is noted that a session is used by a page that stays open and is shown to nobody perhaps."""
ONE_TIME = timedelta(minutes=15)
ONE_TIME_PATH = "/login/once?token="
"""Where a one-time token is shown; signing in is a POST, because mail scanners and chat previews follow links."""
LONGEST_TOKEN = timedelta(days=366)
TERMINAL = timedelta(days=30)
"""How long whoever signs in at a terminal stays signed in there."""
_ONCE = "once:"  # one-time tokens lie beside the sessions, under names that no session's hash can have
_HANDLE = re.compile(r"[\w.@-]{1,64}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. ``token`` goes into the cookie and is kept nowhere."""

    token: str
    session: Session
    user: User


@dataclass(slots=True)
class Accounts:
    """The use cases around accounts. ``client`` is the address that a sign-in comes from.

    ``aside`` does what nobody waits for: noting that a session or token was used. ``ended`` is told, after the commit,
    whose sessions have ended, and by what hash if only one has.
    """

    store: Store
    clock: Clock
    passwords: Passwords = field(default_factory=Passwords)
    throttle: Throttle = field(default_factory=Throttle)
    aside: Callable[[Note], None] = at_once
    ended: list[Callable[[str, str], None]] = field(default_factory=list)

    # --- signing in -----------------------------------------------------------------------------------------

    def check_password(self, handle: str, password: str, *, client: str) -> User:
        """The user, if this is the password. Raises NotSignedIn (always after the same time), TooManyTries."""
        now = self.clock.now()
        self.throttle.check(handle, client, now)
        with self.store.read() as tx:
            user = tx.accounts.user(handle) if _HANDLE.fullmatch(handle) else None
        fits = self.passwords.fits(password, user.password_hash if user else None)
        if user is None or not fits or user.disabled:
            self.throttle.failed(handle, client, now)
            named = user.handle if user else "(unknown)"  # a password typed into the wrong field stays out of the log
            self._record(AuditEntry(now, named, Via.WEB.value, "sign-in", named, f"from {client}", allowed=False))
            raise NotSignedIn("the name or the password is wrong; ask an administrator for a one-time link if you must")
        return user

    def sign_in(self, handle: str, password: str, *, client: str) -> SignedIn:
        """A session for whoever knows the password. Raises NotSignedIn, TooManyTries, Unavailable."""
        user = self.check_password(handle, password, client=client)
        with self.store.transact() as tx:
            return self._open(tx, user.handle, f"from {client}")

    def one_time_token(self, handle: str, by: str = "tocsin") -> str:
        """A token that signs this user in once, within fifteen minutes. Raises NotFound."""
        token, now = secrets.token_urlsafe(32), self.clock.now()
        with self.store.transact() as tx:
            user = _user(tx, handle)
            tx.accounts.open_session(Session(_ONCE + hash_of(token), user.handle, now, now + ONE_TIME, ""))
            tx.audit.record(AuditEntry(now, by, Via.CLI.value, "one-time link", user.handle))
        return token

    def sign_in_once(self, token: str) -> SignedIn:
        """A session for the one-time token, which is used up. Raises NotSignedIn."""
        with self.store.transact() as tx:
            return self._open(tx, self._use_up(tx, token), "by a one-time link")

    def token_once(self, token: str, name: str) -> tuple[ApiToken, str]:
        """The token of one's own terminal for a one-time token, which is used up. Raises NotSignedIn."""
        with self.store.transact() as tx:
            user = _active(tx.accounts.user(self._use_up(tx, token)))
            return self._signed_in(tx, user, name)

    def token_for_password(self, handle: str, password: str, name: str, *, client: str) -> tuple[ApiToken, str]:
        """The token of one's own terminal (`tocsin login`). Raises as sign_in."""
        user = self.check_password(handle, password, client=client)
        with self.store.transact() as tx:
            user = _active(tx.accounts.user(user.handle))
            return self._signed_in(tx, user, name)

    def caller_of_session(self, token: str, via: Via = Via.WEB) -> tuple[Caller, Session]:
        """Whose browser this is, with the role they have now. Raises NotSignedIn."""
        now, hashed = self.clock.now(), hash_of(token)
        with self.store.read() as tx:
            session = tx.accounts.session(hashed)
            user = tx.accounts.user(session.handle) if session else None
        if session is None or user is None or user.disabled or session.expires_at <= now:
            raise NotSignedIn
        ends = min(session.created_at + LONGEST_SESSION, now + IDLE)
        if ends - session.expires_at >= NOTED_EVERY:
            session = replace(session, expires_at=ends)
            self.aside(partial(self._extend, session))
        return person(user.handle, user.role, via), session

    def callers_of_sessions(self, token_hashes: Sequence[str], via: Via = Via.WEB) -> Mapping[str, Caller]:
        """Whose browsers these are, by the hashes of their tokens; whoever is not signed in any more is absent.

        The same as ``caller_of_session`` for each, with one look at the store for all (of pages that stay open).
        """
        now = self.clock.now()
        with self.store.read() as tx:
            found = tx.accounts.sessions(token_hashes)
        users = {user.handle: user for _, user in found if not user.disabled}
        callers = {handle: person(handle, user.role, via) for handle, user in users.items()}
        present = [one for one, _ in found if one.handle in callers and one.expires_at > now]
        old = now + IDLE - WATCHED_EVERY
        used = [(one, min(one.created_at + LONGEST_SESSION, now + IDLE)) for one in present if one.expires_at <= old]
        longer = [replace(one, expires_at=ends) for one, ends in used if ends - one.expires_at >= WATCHED_EVERY]
        if longer:
            self.aside(partial(self._extend, *longer))
        return {one.token_hash: callers[one.handle] for one in present}

    def sign_out(self, token: str) -> None:
        """End the session of this token."""
        hashed = hash_of(token)
        with self.store.transact() as tx:
            session = tx.accounts.session(hashed)
            tx.accounts.close_sessions(token_hash=hashed)
        if session is not None:
            self._ended(session.handle, hashed)

    def caller_of_token(self, plain: str, via: Via = Via.API) -> Caller:
        """Whose token this is, with what it and its owner's present role both allow. Raises NotSignedIn.

        A person only if it was made by signing in, whatever the client says of itself: programs consent to nothing.
        """
        parsed = parse_token(plain)
        now = self.clock.now()
        if parsed is None:
            raise NotSignedIn("this is no token of Tocsin; make one with `tocsin token create` or `tocsin login`")
        with self.store.read() as tx:
            token = tx.accounts.token(parsed.id)
            owner = tx.accounts.user(token.owner) if token else None
        right = hmac.compare_digest(token.secret_hash if token else hash_of(""), hash_of(parsed.secret))
        if token is None or owner is None or not right or token.revoked or owner.disabled:
            raise NotSignedIn("this token is not valid (any more); make another one")
        if token.expires_at is not None and token.expires_at <= now:
            raise NotSignedIn("this token has expired; make another one")
        if token.last_used_at is None or now - token.last_used_at >= NOTED_EVERY:
            self.aside(partial(self._note_use, token.id, now))
        scopes = frozenset(Permission(scope) for scope in token.scopes) & ALLOWED[owner.role]
        kind = ActorKind.PERSON if token.personal else ActorKind.TOKEN
        return Caller(Actor(kind, owner.handle, via), scopes, ends_at=token.expires_at)

    def require_welcome(self, handle: str, *, on_roster: bool) -> None:
        """Raise NotAllowed when the holder of a page's link has been disabled, or is nobody of the team any more.

        Whoever is on the roster is paged without having an account; their link is all that they need.
        """
        if not self.welcome([handle], {handle} if on_roster else ()):
            raise NotAllowed(f"this link is not valid any more: {handle} may not sign in here")

    def welcome(self, handles: Iterable[str], roster: Container[str]) -> Set[str]:
        """Those of these holders of links who may still use them."""
        with self.store.read() as tx:
            users = {handle: tx.accounts.user(handle) for handle in set(handles)}
        return {one for one, user in users.items() if (one in roster if user is None else not user.disabled)}

    def caller_of_member(self, handle: str, via: Via) -> Caller:
        """Somebody of the roster whom a chat vouches for, with the role that they have now (B2).

        Without an account they may do what a page's link allows. Raises NotAllowed when the account is disabled.
        """
        with self.store.read() as tx:
            user = tx.accounts.user(handle)
        if user is None:
            return Caller(Actor(ActorKind.PERSON, handle, via), LINKED)
        if user.disabled:
            raise NotAllowed(f"the account of {handle} is disabled; an administrator of Tocsin can enable it")
        return person(handle, user.role, via)

    # --- people ---------------------------------------------------------------------------------------------

    def users(self, caller: Caller) -> Sequence[User]:
        """All accounts by handle, with their hashes blanked."""
        caller.require(Permission.ADMINISTER)
        with self.store.read() as tx:
            return [replace(user, password_hash="") for user in tx.accounts.users()]

    def add_user(self, caller: Caller, handle: str, name: str, role: Role, password: str | None = None) -> User:
        """A new account; without a password it is entered by a one-time link. Raises BadInput, Conflict."""
        caller.require(Permission.ADMINISTER)
        if not _HANDLE.fullmatch(handle):
            raise BadInput("a handle has letters, digits, dots and dashes only, at most 64")
        hashed = UNUSABLE if password is None else self.passwords.hash(password, handle)
        user = User(handle, name or handle, role, hashed, created_at=self.clock.now())
        with self.store.transact() as tx:
            if tx.accounts.user(handle) is not None:
                raise Conflict(f"there is a user {handle} already; change them with `tocsin user set {handle}`")
            tx.accounts.save_user(user)
            tx.audit.record(self._entry(caller, "add user", handle, f"role {role.value}"))
        return user

    def change_user(
        self,
        caller: Caller,
        handle: str,
        role: Role | None = None,
        disabled: bool | None = None,
        password: str | None = None,
        name: str | None = None,
    ) -> User:
        """Change an account; one's own password needs no permission. Sessions end unless only the name changed."""
        own = caller.actor.name == handle and caller.actor.kind is ActorKind.PERSON and caller.only_incident is None
        if not (own and role is None and disabled is None):
            caller.require(Permission.ADMINISTER)
        hashed = None if password is None else self.passwords.hash(password, handle)
        with self.store.transact() as tx:
            before = _user(tx, handle)
            after = replace(
                before,
                role=before.role if role is None else role,
                disabled=before.disabled if disabled is None else disabled,
                password_hash=before.password_hash if hashed is None else hashed,
                name=before.name if name is None else name,
            )
            if before.role is Role.ADMIN and not before.disabled and (after.role is not Role.ADMIN or after.disabled):
                _keep_an_administrator(tx, handle)
            tx.accounts.save_user(after)
            if replace(after, name=before.name) != before:
                tx.accounts.close_sessions(handle=handle)
            tx.audit.record(self._entry(caller, "change user", handle, _changes(before, after)))
        if replace(after, name=before.name) != before:
            self._ended(handle, "")
        return replace(after, password_hash="")

    def first_admin(self, handle: str, name: str = "") -> str | None:
        """A one-time token for the first administrator; None when there are accounts already."""
        with self.store.transact() as tx:
            if tx.accounts.users():
                return None
            tx.accounts.save_user(User(handle, name or handle, Role.ADMIN, UNUSABLE, created_at=self.clock.now()))
            tx.audit.record(AuditEntry(self.clock.now(), "tocsin", Via.CLI.value, "add user", handle, "role admin"))
        return self.one_time_token(handle)

    # --- tokens ---------------------------------------------------------------------------------------------

    def tokens(self, caller: Caller) -> Sequence[ApiToken]:
        """One's own tokens, newest first; all of them for an administrator. Hashes are blanked."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            found = tx.accounts.tokens()
        mine = [t for t in found if caller.may(Permission.ADMINISTER) or t.owner == caller.actor.name]
        return [replace(token, secret_hash="") for token in mine]

    def create_token(
        self, caller: Caller, name: str, scopes: Iterable[str], expires_at: datetime | None = None
    ) -> tuple[ApiToken, str]:
        """A token of one's own and its plain text, shown this once. It may not do more than its maker, nor outlive it.

        Without ``expires_at`` it ends after a year, or with the token that makes it; a longer life is BadInput.
        """
        caller.require(Permission.READ)
        wanted = _scopes(scopes)
        if beyond := wanted - caller.permissions:
            names = ", ".join(sorted(one.value for one in beyond))
            raise NotAllowed(f"a token may not do more than its maker: you do not have {names}")
        with self.store.transact() as tx:
            user = _active(tx.accounts.user(caller.actor.name))
            longest = self.clock.now() + LONGEST_TOKEN
            ends = expires_at or min(longest, caller.ends_at or longest)
            if (last := caller.ends_at) is not None and ends > last:
                raise BadInput(
                    f"a token may not outlive the one that makes it, which ends at {last:%F %R} UTC; "
                    "make one that lives longer in the browser, where you are signed in"
                )
            return self._issue(tx, user, name, wanted, ends, caller.actor.via)

    def revoke_token(self, caller: Caller, id: str) -> ApiToken:
        """End a token, one's own or as an administrator anybody's. Raises NotFound."""
        caller.require(Permission.READ)
        with self.store.transact() as tx:
            token = tx.accounts.token(id)
            mine = token is not None and token.owner == caller.actor.name
            if token is None or not (mine or caller.may(Permission.ADMINISTER)):
                raise NotFound(f"there is no token {id} of yours; `tocsin token list` lists them")
            tx.accounts.save_token(replace(token, revoked=True))
            tx.audit.record(self._entry(caller, "revoke token", id, token.name))
        return replace(token, revoked=True, secret_hash="")

    # --- the audit trail ------------------------------------------------------------------------------------

    def audit(self, caller: Caller, limit: int = 100, before: int | None = None) -> Sequence[AuditEntry]:
        """The newest entries, newest first; ``before`` is a seq."""
        caller.require(Permission.ADMINISTER)
        with self.store.read() as tx:
            return tx.audit.latest(max(1, min(limit, 200)), before)

    def refused(self, caller: Caller, verb: str, object: str) -> None:
        """Record that somebody known tried what they may not do."""
        self._record(replace(self._entry(caller, verb, object, ""), allowed=False))

    def _record(self, entry: AuditEntry) -> None:
        with self.store.transact() as tx:
            tx.audit.record(entry)

    def _entry(self, caller: Caller, verb: str, object: str, detail: str) -> AuditEntry:
        return AuditEntry(self.clock.now(), caller.actor.name, caller.actor.via.value, verb, object, detail)

    def _open(self, tx: Transaction, handle: str, detail: str) -> SignedIn:
        user = _active(tx.accounts.user(handle))
        token, now = secrets.token_urlsafe(32), self.clock.now()
        session = Session(hash_of(token), handle, now, now + IDLE, secrets.token_urlsafe(24))
        tx.accounts.open_session(session)
        tx.audit.record(AuditEntry(now, handle, Via.WEB.value, "sign-in", handle, detail))
        return SignedIn(token, session, replace(user, password_hash=""))

    def _use_up(self, tx: Transaction, token: str) -> str:
        """The handle of a one-time token that is used up by asking."""
        kept = tx.accounts.session(_ONCE + hash_of(token))
        if kept is None or not tx.accounts.close_sessions(token_hash=kept.token_hash):
            raise NotSignedIn("this link was used already, or is not one of ours; ask for another one")
        if kept.expires_at <= self.clock.now():
            raise NotSignedIn("this link has ended; ask for another one")
        return kept.handle

    def _signed_in(self, tx: Transaction, user: User, name: str) -> tuple[ApiToken, str]:
        """A token that stands for the person at a terminal."""
        ends = self.clock.now() + TERMINAL
        return self._issue(tx, user, name, ALLOWED[user.role], ends, Via.CLI, personal=True)

    def _issue(
        self,
        tx: Transaction,
        user: User,
        name: str,
        scopes: frozenset[Permission],
        ends: datetime,
        via: Via,
        *,
        personal: bool = False,
    ) -> tuple[ApiToken, str]:
        now = self.clock.now()
        if not name.strip() or len(name) > 100:
            raise BadInput("a token needs a name of at most 100 characters, so that you know it when you revoke it")
        if not now < ends <= now + LONGEST_TOKEN:
            raise BadInput("a token ends in the future, within a year")
        fresh = new_token()
        token = ApiToken(
            fresh.id,
            hash_of(fresh.secret),
            name.strip(),
            user.handle,
            tuple(sorted(scopes)),
            now,
            expires_at=ends,
            personal=personal,
        )
        tx.accounts.save_token(token)
        allowed = ", ".join(token.scopes)
        tx.audit.record(AuditEntry(now, user.handle, via.value, "create token", token.id, f"{token.name}: {allowed}"))
        return replace(token, secret_hash=""), fresh.plain

    def _extend(self, *sessions: Session) -> None:
        with suppress(Unavailable, Conflict), self.store.transact() as tx:
            for session in sessions:
                if tx.accounts.close_sessions(token_hash=session.token_hash):  # not when somebody ended it meanwhile
                    tx.accounts.open_session(session)

    def _ended(self, handle: str, token_hash: str) -> None:
        for listener in self.ended:
            listener(handle, token_hash)

    def _note_use(self, id: str, now: datetime) -> None:
        with suppress(Unavailable, Conflict), self.store.transact() as tx:  # who only reads needs no writable store
            token = tx.accounts.token(id)
            if token is not None:
                tx.accounts.save_token(replace(token, last_used_at=now))


def _user(tx: Transaction, handle: str) -> User:
    user = tx.accounts.user(handle)
    if user is None:
        raise NotFound(f"there is no user {handle}; `tocsin user list` lists them")
    return user


def _active(user: User | None) -> User:
    if user is None or user.disabled:
        raise NotSignedIn
    return user


def _keep_an_administrator(tx: Transaction, handle: str) -> None:
    others = [u for u in tx.accounts.users() if u.role is Role.ADMIN and not u.disabled and u.handle != handle]
    if not others:
        raise Conflict(f"{handle} is the only administrator; make somebody else one first")


def _changes(before: User, after: User) -> str:
    """What changed, without any secret."""
    words = []
    if before.role is not after.role:
        words.append(f"role {before.role.value} to {after.role.value}")
    if before.disabled != after.disabled:
        words.append("disabled" if after.disabled else "enabled")
    if before.password_hash != after.password_hash:
        words.append("password")
    if before.name != after.name:
        words.append("name")
    return ", ".join(words) or "nothing"


def _scopes(scopes: Iterable[str]) -> frozenset[Permission]:
    known = {permission.value for permission in Permission}
    wanted = frozenset(scopes)
    if not wanted or not wanted <= known:
        raise BadInput(f"scopes are some of {', '.join(sorted(known))}")
    return frozenset(Permission(one) for one in wanted)
