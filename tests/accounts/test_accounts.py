"""Passwords, sessions, one-time links and tokens (reliability F62 to F66, F75, R22)."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters

from tocsin.adapters.memory.store import MemoryStore
from tocsin.app.access import Caller, Permission, Role, link_holder, person
from tocsin.app.accounts.accounts import IDLE, LONGEST_SESSION, ONE_TIME, Accounts
from tocsin.app.accounts.passwords import _DECOY, COMMON, SHORTEST, UNUSABLE, Passwords
from tocsin.app.accounts.tokens import hash_of, new_token, parse_token
from tocsin.clock import MovableClock
from tocsin.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn, TooManyTries, Unavailable
from tocsin.incident.facts import ActorKind, Via

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADMIN = person("root", Role.ADMIN, Via.WEB)
PASSWORD = "a horse that nobody rides"


@dataclass
class House:
    """An installation with an administrator and Ana, who may respond."""

    store: MemoryStore
    clock: MovableClock
    accounts: Accounts

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.move_by(timedelta(**span))


@pytest.fixture
def house() -> House:
    """Fast hashes: the cost is what one test of its own looks at."""
    store, clock = MemoryStore(), MovableClock(START)
    fast = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    accounts = Accounts(store, clock, fast)
    accounts.add_user(ADMIN, "root", "Root", Role.ADMIN, PASSWORD)
    accounts.add_user(ADMIN, "ana", "Ana", Role.RESPONDER, PASSWORD)
    return House(store, clock, accounts)


def sign_in(house: House, handle: str = "ana", password: str = PASSWORD, client: str = "10.0.0.1") -> str:
    """A session's token."""
    return house.accounts.sign_in(handle, password, client=client).token


# --- passwords ----------------------------------------------------------------------------------------------


def test_the_right_password_opens_a_session(house: House) -> None:
    """Who knows the password comes in, with their own role."""
    caller, session = house.accounts.caller_of_session(sign_in(house))
    assert (caller.actor.name, caller.actor.kind, caller.actor.via) == ("ana", ActorKind.PERSON, Via.WEB)
    assert caller.may(Permission.RESPOND)
    assert not caller.may(Permission.ADMINISTER)
    assert session.csrf


@pytest.mark.parametrize(
    ("handle", "password"),
    [
        ("ana", "wrong"),
        ("nobody", PASSWORD),
        ("ana", PASSWORD + "!"),
        ("ana", PASSWORD.upper()),
        ("ana", ""),
        ("", PASSWORD),
        ("ana\x00", PASSWORD),
        ("ana", "x" * 10_000),
    ],
)
def test_anything_else_is_refused_with_the_same_words(handle: str, password: str, house: House) -> None:
    """A wrong name and a wrong password cannot be told apart."""
    with pytest.raises(NotSignedIn, match="the name or the password is wrong"):
        sign_in(house, handle, password)


def test_a_disabled_account_is_refused_like_an_unknown_one(house: House) -> None:
    """Disabling ends all that the account could do, in the same words."""
    house.accounts.change_user(ADMIN, "ana", disabled=True)
    with pytest.raises(NotSignedIn, match="the name or the password is wrong"):
        sign_in(house)


def test_hashes_cost_what_the_guidance_asks_for() -> None:
    """Argon2id, 19 MiB, two passes, one lane; the decoy for unknown accounts costs the same."""
    passwords = Passwords()
    assert passwords.hash(PASSWORD, "ana").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.hasher.check_needs_rehash(_DECOY)


class Counted(PasswordHasher):
    """Argon2 as it is, which keeps what it was asked to verify: the hash and the length of the password."""

    def __init__(self) -> None:
        super().__init__(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self.verified: list[tuple[str, int]] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        """Verify it, and remember that."""
        self.verified.append((str(hash), len(password)))
        return super().verify(hash, password)


def test_an_unknown_account_is_checked_like_a_known_one(house: House) -> None:
    """Time does not tell which accounts exist (F65): whoever signs in has one hash of the same cost verified."""
    counted = Counted()
    kept = counted.hash(PASSWORD)
    assert extract_parameters(kept) == extract_parameters(_DECOY)
    passwords = Passwords(counted)
    for account, verified in ((kept, kept), (None, _DECOY), (UNUSABLE, _DECOY), ("", _DECOY)):
        counted.verified.clear()
        assert not passwords.fits("wrong password", account)
        assert counted.verified == [(verified, len("wrong password"))]
    house.accounts.passwords = passwords
    house.accounts.add_user(ADMIN, "bo", "Bo", Role.RESPONDER)  # has no password yet
    for handle in ("ana", "bo", "nobody"):
        counted.verified.clear()
        with pytest.raises(NotSignedIn):
            sign_in(house, handle, "wrong password")
        assert len(counted.verified) == 1, handle


@pytest.mark.parametrize("length", [SHORTEST, 128])
def test_lengths_at_the_limits_are_taken(length: int, house: House) -> None:
    """Eight to 128 characters, none of them cut off."""
    password = ("ab3 dé" * 30)[:length]
    house.accounts.change_user(ADMIN, "ana", password=password)
    assert sign_in(house, password=password)
    with pytest.raises(NotSignedIn):
        sign_in(house, password=password[:-1])


@pytest.mark.parametrize(
    "weak", ["short12", "x" * 129, "password123", "PASSWORD123", "ana12345", "tocsin2026", "aaaaaaaaaaaa", "abababab"]
)
def test_weak_passwords_are_refused(weak: str, house: House) -> None:
    """Too short, too long, on everybody's list, or one's own handle with digits."""
    with pytest.raises(BadInput):
        house.accounts.change_user(ADMIN, "ana", password=weak)


def test_the_list_of_common_passwords_holds_only_what_the_length_lets_through() -> None:
    """Shorter ones would never be looked up."""
    assert len(COMMON) > 100
    assert all(len(one) >= SHORTEST and one == one.casefold() for one in COMMON)


def test_guessing_is_slowed_down_and_the_owner_still_gets_in(house: House) -> None:
    """Six tries a minute from one place are too many; from elsewhere, and a minute later, nobody is kept out (F65)."""
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(house, password="wrong")
    with pytest.raises(TooManyTries) as slowed:
        sign_in(house)
    assert 0 < slowed.value.retry_after <= 60
    assert sign_in(house, client="10.0.0.2")
    assert house.accounts.sign_in_once(house.accounts.one_time_token("ana")).user.handle == "ana"
    house.later(seconds=61)
    assert sign_in(house)


def test_one_client_cannot_try_all_accounts(house: House) -> None:
    """Fifty failures a minute from one place are the end of it, whatever the names."""
    for number in range(50):
        with pytest.raises(NotSignedIn):
            sign_in(house, handle=f"user{number}")
    with pytest.raises(TooManyTries):
        sign_in(house, handle="root")
    assert len(house.accounts.throttle.failures) == 51


def test_a_flood_of_sign_ins_is_turned_away_instead_of_taking_the_memory() -> None:
    """While all turns are taken, a sign-in waits for a moment and is then told to come again."""
    passwords = Passwords(turns=threading.BoundedSemaphore(1), patience=0.01)
    with passwords.turns, pytest.raises(Unavailable):
        passwords.fits("any password", None)


# --- sessions -----------------------------------------------------------------------------------------------


def test_a_session_ends_when_nobody_uses_it(house: House) -> None:
    """Twelve hours without a sign of life are the end; each use begins them anew."""
    token = sign_in(house)
    house.later(hours=11)
    house.accounts.caller_of_session(token)
    house.later(hours=11)
    house.accounts.caller_of_session(token)
    house.later(seconds=IDLE.total_seconds())
    with pytest.raises(NotSignedIn):
        house.accounts.caller_of_session(token)


def test_a_session_ends_after_seven_days_in_any_case(house: House) -> None:
    """However busy, somebody signs in anew each week."""
    token = sign_in(house)
    for _ in range(int(LONGEST_SESSION / timedelta(hours=8)) - 1):
        house.later(hours=8)
        house.accounts.caller_of_session(token)
    house.later(hours=8)
    with pytest.raises(NotSignedIn):
        house.accounts.caller_of_session(token)


def test_a_page_that_stays_open_keeps_no_session_longer_than_seven_days(house: House) -> None:
    """What its stream is asked with ends with the week too, however often it looks."""
    proof = hash_of(sign_in(house))
    for _ in range(int(LONGEST_SESSION / timedelta(hours=8)) - 1):
        house.later(hours=8)
        assert house.accounts.callers_of_sessions([proof])
    house.later(hours=8)
    assert not house.accounts.callers_of_sessions([proof])


@pytest.mark.parametrize(
    "change", [{"password": "another horse entirely"}, {"disabled": True}, {"role": Role.VIEWER}], ids=lambda c: str(*c)
)
def test_a_change_of_trust_ends_every_session(change: dict[str, object], house: House) -> None:
    """A new password, a disabled account and another role end what was open, and unused one-time links (F64)."""
    tokens = [sign_in(house), sign_in(house, client="10.0.0.2")]
    once = house.accounts.one_time_token("ana")
    house.accounts.change_user(ADMIN, "ana", **change)  # type: ignore[arg-type]
    for token in tokens:
        with pytest.raises(NotSignedIn):
            house.accounts.caller_of_session(token)
    with pytest.raises(NotSignedIn):
        house.accounts.sign_in_once(once)


def test_signing_out_ends_this_session_only(house: House) -> None:
    """The phone stays signed in when the laptop signs out."""
    laptop, phone = sign_in(house), sign_in(house)
    house.accounts.sign_out(laptop)
    assert house.accounts.caller_of_session(phone)
    with pytest.raises(NotSignedIn):
        house.accounts.caller_of_session(laptop)


def test_no_token_can_be_read_from_the_store(house: House) -> None:
    """Of sessions, links and tokens only hashes are kept."""
    session, once = sign_in(house), house.accounts.one_time_token("ana")
    _, plain = house.accounts.create_token(person("ana", Role.RESPONDER, Via.WEB), "laptop", ["read"])
    with house.store.read() as tx:
        kept = repr([tx.accounts.users(), tx.accounts.tokens(), tx.audit.latest(100)])
        kept += repr(house.store._committed.sessions.rows)
    parsed = parse_token(plain)
    assert parsed is not None
    for secret in (session, once, parsed.secret, PASSWORD):
        assert secret not in kept


def test_a_one_time_link_works_once_and_for_a_quarter_of_an_hour(house: House) -> None:
    """Used up by the first, ended by time, and no session by itself."""
    first, second = house.accounts.one_time_token("ana"), house.accounts.one_time_token("ana")
    with pytest.raises(NotSignedIn):
        house.accounts.caller_of_session(first)
    assert house.accounts.sign_in_once(first).user.handle == "ana"
    with pytest.raises(NotSignedIn, match="used already"):
        house.accounts.sign_in_once(first)
    house.later(seconds=ONE_TIME.total_seconds())
    with pytest.raises(NotSignedIn, match="ended"):
        house.accounts.sign_in_once(second)
    with pytest.raises(NotFound):
        house.accounts.one_time_token("nobody")


def test_a_session_is_no_one_time_link(house: House) -> None:
    """A cookie's token cannot be turned into a fresh session."""
    with pytest.raises(NotSignedIn):
        house.accounts.sign_in_once(sign_in(house))


def test_the_first_administrator_comes_in_by_a_link_and_only_once() -> None:
    """An empty installation has no default password; one with accounts makes no further administrator."""
    accounts = Accounts(MemoryStore(), MovableClock(START))
    token = accounts.first_admin("ana", "Ana Ruiz")
    assert token is not None
    come = accounts.sign_in_once(token).user
    assert (come.role, come.name) == (Role.ADMIN, "Ana Ruiz")
    assert accounts.first_admin("bo") is None
    with pytest.raises(NotSignedIn):
        accounts.sign_in("ana", UNUSABLE, client="10.0.0.1")


# --- tokens -------------------------------------------------------------------------------------------------


def test_a_token_does_what_its_scopes_and_the_owners_role_both_allow(house: House) -> None:
    """A token is never more than its owner, now or later (F64, F75)."""
    ana = person("ana", Role.RESPONDER, Via.WEB)
    token, plain = house.accounts.create_token(ana, "laptop", ["read", "respond"])
    caller = house.accounts.caller_of_token(plain)
    assert caller.permissions == {Permission.READ, Permission.RESPOND}
    assert (caller.actor.kind, caller.actor.name) == (ActorKind.TOKEN, "ana")
    assert house.accounts.caller_of_token(plain, Via.CLI).actor.kind is ActorKind.TOKEN  # whatever the client says
    house.accounts.change_user(ADMIN, "ana", role=Role.VIEWER)
    assert house.accounts.caller_of_token(plain).permissions == {Permission.READ}
    assert token.secret_hash == ""


def test_a_token_does_not_outlive_the_token_that_made_it(house: House) -> None:
    """A stolen token is over when it ends: what it mints ends with it, and a longer life is refused (B5)."""
    ana = person("ana", Role.RESPONDER, Via.WEB)
    in_a_week = house.accounts.clock.now() + timedelta(days=7)
    _, plain = house.accounts.create_token(ana, "week", ["read"], expires_at=in_a_week)
    week = house.accounts.caller_of_token(plain)
    child, _ = house.accounts.create_token(week, "child", ["read"])
    assert child.expires_at == in_a_week
    with pytest.raises(BadInput, match="may not outlive the one that makes it"):
        house.accounts.create_token(week, "child", ["read"], expires_at=in_a_week + timedelta(seconds=1))


def test_a_token_may_not_do_more_than_its_maker(house: House) -> None:
    """Neither a responder nor a narrow token mints a broader one; unknown scopes are refused."""
    ana = person("ana", Role.RESPONDER, Via.WEB)
    with pytest.raises(NotAllowed, match="you do not have admin"):
        house.accounts.create_token(ana, "x", ["read", "admin"])
    _, plain = house.accounts.create_token(ana, "narrow", ["read"])
    with pytest.raises(NotAllowed, match="you do not have respond"):
        house.accounts.create_token(house.accounts.caller_of_token(plain), "x", ["respond"])
    for scopes in ([], ["everything"]):
        with pytest.raises(BadInput):
            house.accounts.create_token(ana, "x", scopes)


def test_an_alert_token_can_do_nothing_else(house: House) -> None:
    """A monitor's token sends alerts, and cannot even read."""
    _, plain = house.accounts.create_token(ADMIN, "monitor", ["alert:write"])
    caller = house.accounts.caller_of_token(plain)
    caller.require(Permission.SEND_ALERTS)
    for permission in set(Permission) - {Permission.SEND_ALERTS}:
        with pytest.raises(NotAllowed):
            caller.require(permission)
    with pytest.raises(NotAllowed):
        house.accounts.create_token(caller, "x", ["alert:write"])


def test_a_token_ends_by_time_by_hand_and_with_its_owner(house: House) -> None:
    """Expired, revoked, or owned by a disabled account: it is nobody's."""
    ana = person("ana", Role.RESPONDER, Via.WEB)
    _, short = house.accounts.create_token(ana, "a", ["read"], START + timedelta(hours=1))
    revoked, by_hand = house.accounts.create_token(ana, "b", ["read"])
    _, with_owner = house.accounts.create_token(ana, "c", ["read"])
    house.accounts.revoke_token(ana, revoked.id)
    house.later(hours=1)
    for plain in (short, by_hand):
        with pytest.raises(NotSignedIn):
            house.accounts.caller_of_token(plain)
    house.accounts.caller_of_token(with_owner)
    house.accounts.change_user(ADMIN, "ana", disabled=True)
    with pytest.raises(NotSignedIn):
        house.accounts.caller_of_token(with_owner)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_token_without_an_end_within_a_year_is_refused(days: int, house: House) -> None:
    """No token lives for ever."""
    with pytest.raises(BadInput):
        house.accounts.create_token(ADMIN, "x", ["read"], START + timedelta(days=days))


def test_the_last_use_of_a_token_is_known_to_the_minute(house: House) -> None:
    """Whoever cleans up sees which tokens are used, at the price of one write a minute."""
    token, plain = house.accounts.create_token(ADMIN, "laptop", ["read"])
    house.accounts.caller_of_token(plain)
    house.later(seconds=30)
    house.accounts.caller_of_token(plain)
    assert [t.last_used_at for t in house.accounts.tokens(ADMIN) if t.id == token.id] == [START]
    house.later(seconds=30)
    house.accounts.caller_of_token(plain)
    assert [t.last_used_at for t in house.accounts.tokens(ADMIN)] == [START + timedelta(minutes=1)]


def test_a_token_works_while_the_store_cannot_be_written(house: House) -> None:
    """Noting the last use is no reason to turn a reader away."""
    _, plain = house.accounts.create_token(ADMIN, "laptop", ["read"])
    house.store.fail_next_commit(after=False)
    assert house.accounts.caller_of_token(plain)


@pytest.mark.parametrize(
    "broken", ["", "toc_", "Bearer x", "\x00", "\ud800", "toc_" + "a" * 10 + "_" + "a" * 52 + "_0"]
)
def test_what_is_no_token_is_refused(broken: str, house: House) -> None:
    """Another form is not looked up at all."""
    with pytest.raises(NotSignedIn):
        house.accounts.caller_of_token(broken)


def test_a_token_of_the_right_id_and_another_secret_is_refused(house: House) -> None:
    """Knowing an id from a list helps nobody."""
    token, plain = house.accounts.create_token(ADMIN, "laptop", ["read"])
    other = new_token()
    forged = type(other)(token.id, other.secret).plain
    assert parse_token(forged) is not None
    with pytest.raises(NotSignedIn):
        house.accounts.caller_of_token(forged)
    assert parse_token(plain[:-1] + ("0" if plain[-1] != "0" else "1")) is None


def test_others_tokens_are_neither_seen_nor_ended(house: House) -> None:
    """Only an administrator sees and ends the tokens of others; for the rest they do not exist (F62)."""
    root, _ = house.accounts.create_token(ADMIN, "roots", ["read"])
    ana = person("ana", Role.RESPONDER, Via.WEB)
    mine, _ = house.accounts.create_token(ana, "anas", ["read"])
    assert [t.name for t in house.accounts.tokens(ana)] == ["anas"]
    assert {t.name for t in house.accounts.tokens(ADMIN)} == {"anas", "roots"}
    for id in (root.id, "none"):
        with pytest.raises(NotFound):
            house.accounts.revoke_token(ana, id)
    assert house.accounts.revoke_token(ADMIN, mine.id).revoked


def test_signing_in_from_a_terminal_gives_a_token_of_ones_own_role(house: House) -> None:
    """`tocsin login` by password or by one-time link."""
    for _, plain in (
        house.accounts.token_for_password("ana", PASSWORD, "laptop", client="10.0.0.1"),
        house.accounts.token_once(house.accounts.one_time_token("ana"), "laptop"),
    ):
        caller = house.accounts.caller_of_token(plain, Via.CLI)
        assert (caller.actor.kind, caller.actor.name) == (ActorKind.PERSON, "ana")
        assert caller.may(Permission.RESPOND)
        _, made = house.accounts.create_token(caller, "cron", ["respond"])
        assert house.accounts.caller_of_token(made, Via.CLI).actor.kind is ActorKind.TOKEN
    assert {one.name: one.personal for one in house.accounts.tokens(ADMIN)} == {"laptop": True, "cron": False}


# --- people and the audit trail -----------------------------------------------------------------------------


def acts(caller: Caller, accounts: Accounts) -> list[object]:
    """Everything that only an administrator may do, as things to try."""
    return [
        lambda: accounts.users(caller),
        lambda: accounts.add_user(caller, "eve", "Eve", Role.ADMIN, PASSWORD),
        lambda: accounts.change_user(caller, "root", password="another horse entirely"),
        lambda: accounts.change_user(caller, caller.actor.name, role=Role.ADMIN),
        lambda: accounts.change_user(caller, caller.actor.name, disabled=False),
        lambda: accounts.audit(caller),
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.RESPONDER, Role.MAINTAINER])
def test_only_an_administrator_changes_accounts(role: Role, house: House) -> None:
    """Nobody gives themselves a role, reads the audit trail or takes somebody else's password (F63)."""
    for act in acts(person("ana", role, Via.WEB), house.accounts):
        with pytest.raises(NotAllowed):
            act()  # type: ignore[operator]


def test_ones_own_password_needs_no_administrator(house: House) -> None:
    """Everybody changes their own; the holder of a page's link and a program do not."""
    house.accounts.change_user(person("ana", Role.VIEWER, Via.WEB), "ana", password="another horse entirely")
    assert sign_in(house, password="another horse entirely")
    _, plain = house.accounts.create_token(ADMIN, "x", ["read"])
    for caller in (link_holder("ana", "INC-1"), house.accounts.caller_of_token(plain)):
        with pytest.raises(NotAllowed):
            house.accounts.change_user(caller, caller.actor.name, password="a third horse, far away")


def test_the_last_administrator_stays(house: House) -> None:
    """Nobody locks everybody out."""
    for change in ({"role": Role.VIEWER}, {"disabled": True}):
        with pytest.raises(Conflict, match="only administrator"):
            house.accounts.change_user(ADMIN, "root", **change)  # type: ignore[arg-type]
    house.accounts.change_user(ADMIN, "ana", role=Role.ADMIN)
    assert house.accounts.change_user(ADMIN, "root", role=Role.VIEWER).role is Role.VIEWER


def test_a_handle_is_given_once_and_is_a_plain_word(house: House) -> None:
    """Two accounts never share a handle, and none looks like markup."""
    with pytest.raises(Conflict):
        house.accounts.add_user(ADMIN, "ana", "Other Ana", Role.VIEWER)
    for handle in ("", "a b", "<b>", "a" * 65, "a\n"):
        with pytest.raises(BadInput):
            house.accounts.add_user(ADMIN, handle, "", Role.VIEWER)


def test_every_change_has_its_audit_entry_without_secrets(house: House) -> None:
    """What was done, by whom, to what; never a password or token (R22)."""
    house.accounts.change_user(ADMIN, "ana", role=Role.MAINTAINER, password="another horse entirely")
    token, plain = house.accounts.create_token(ADMIN, "laptop", ["read"])
    house.accounts.revoke_token(ADMIN, token.id)
    with suppress(NotSignedIn):
        sign_in(house, handle="my secret password typed into the wrong field", password="x")
    house.accounts.refused(ADMIN, "POST /api/v1/users", "users")
    entries = house.accounts.audit(ADMIN)
    assert [(e.verb, e.object, e.allowed) for e in entries] == [
        ("POST /api/v1/users", "users", False),
        ("sign-in", "(unknown)", False),
        ("revoke token", token.id, True),
        ("create token", token.id, True),
        ("change user", "ana", True),
        ("add user", "ana", True),
        ("add user", "root", True),
    ]
    assert entries[4].detail == "role responder to maintainer, password"
    assert not any(secret in repr(entries) for secret in (plain, "another horse", "wrong field"))


def test_a_change_that_cannot_be_recorded_does_not_happen(house: House) -> None:
    """Effect and audit entry commit together or not at all (R22)."""
    before = house.accounts.users(ADMIN)
    house.store.fail_next_commit(after=False)
    with pytest.raises(Unavailable):
        house.accounts.change_user(ADMIN, "ana", role=Role.ADMIN)
    assert house.accounts.users(ADMIN) == before
    assert len(house.accounts.audit(ADMIN)) == 2


def test_lists_of_accounts_hold_no_hashes(house: House) -> None:
    """Nobody needs them, so nobody gets them."""
    assert {user.password_hash for user in house.accounts.users(ADMIN)} == {""}
