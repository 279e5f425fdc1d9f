"""Accounts, sessions, tokens, the audit trail, permissions and the phone of a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.contracts.samples import MINUTE, NOW, SECOND
from tocsin.app.access import Role
from tocsin.app.rows.records import ApiToken, AuditEntry, EnabledStep, PhoneMessage, Session, User
from tocsin.app.store import Store

ANA = User("ana", "Ana Ó Briain", Role.RESPONDER, "$argon2id$x", created_at=NOW)
SESSION = Session("hash1", "ana", NOW, NOW + MINUTE, "csrf")
TOKEN = ApiToken("t1", "hash", "ci", "ana", ("read", "a b"), NOW, NOW + MINUTE)
STEP = EnabledStep("Shop", "s1", "sha256:1", "ana", NOW)
MESSAGE = PhoneMessage("m1", "ana", "i1", "Checkout is down", "https://x/p", NOW)


def test_users_are_kept_and_replaced_by_handle(store: Store) -> None:
    """Users come back equal, sorted by handle; saving again replaces."""
    with store.transact() as tx:
        for user in (replace(ANA, handle="zoë"), ANA, replace(ANA, handle="Bo", created_at=None)):
            tx.accounts.save_user(user)
    with store.transact() as tx:
        tx.accounts.save_user(replace(ANA, role=Role.ADMIN, disabled=True))
    with store.read() as tx:
        assert [user.handle for user in tx.accounts.users()] == ["Bo", "ana", "zoë"]
        assert tx.accounts.user("ana") == replace(ANA, role=Role.ADMIN, disabled=True)
        assert tx.accounts.user("ANA") is None


def test_sessions_end_one_by_one_or_all_of_a_user(store: Store) -> None:
    """A session is found by its token's hash until it is closed; closing says how many there were."""
    with store.transact() as tx:
        for n in range(4):
            tx.accounts.open_session(replace(SESSION, token_hash=f"hash{n}", handle="bo" if n == 3 else "ana"))
    with store.transact() as tx:
        assert tx.accounts.session("hash1") == SESSION
        assert tx.accounts.close_sessions(token_hash="hash1") == 1
        assert tx.accounts.session("hash1") is None
        assert tx.accounts.close_sessions(token_hash="hash1") == 0
        assert tx.accounts.close_sessions() == 0
        assert tx.accounts.close_sessions(handle="ana") == 2
        assert tx.accounts.session("hash3") is not None


def test_many_sessions_are_found_at_once_each_with_its_user(store: Store) -> None:
    """Those that were closed, or that were never there, are absent; so are those whose user is not there."""
    with store.transact() as tx:
        tx.accounts.save_user(ANA)
        for n in range(700):
            tx.accounts.open_session(replace(SESSION, token_hash=f"hash{n}"))
        tx.accounts.open_session(replace(SESSION, token_hash="gone", handle="nobody"))
        tx.accounts.close_sessions(token_hash="hash7")
    with store.read() as tx:
        asked = [*(f"hash{n}" for n in range(600)), "hash1", "gone", "never", "\ud800"]
        found = tx.accounts.sessions(asked)
        assert sorted(one.token_hash for one, _ in found) == sorted(f"hash{n}" for n in range(600) if n != 7)
        assert all(one == replace(SESSION, token_hash=one.token_hash) and user == ANA for one, user in found)
        assert tx.accounts.sessions([]) == []


def test_tokens_come_newest_first(store: Store) -> None:
    """Tokens come back equal, newest first; saving again replaces."""
    with store.transact() as tx:
        tx.accounts.save_token(TOKEN)
        tx.accounts.save_token(replace(TOKEN, id="t2", created_at=NOW + SECOND, scopes=(), expires_at=None))
    with store.transact() as tx:
        tx.accounts.save_token(replace(TOKEN, revoked=True, last_used_at=NOW + SECOND))
    with store.read() as tx:
        assert [token.id for token in tx.accounts.tokens()] == ["t2", "t1"]
        assert tx.accounts.token("t1") == replace(TOKEN, revoked=True, last_used_at=NOW + SECOND)
        assert tx.accounts.token("t3") is None


def test_the_audit_trail_is_numbered_and_read_backwards(store: Store) -> None:
    """Entries get growing numbers and come newest first, in pages."""
    entry = AuditEntry(NOW, "ana", "web", "user.disable", "bo", "left the team", allowed=False)
    with store.transact() as tx:
        for n in range(5):
            tx.audit.record(replace(entry, object=f"u{n}"))
    with store.read() as tx:
        newest = tx.audit.latest(2)
        older = tx.audit.latest(9, before=newest[-1].seq)
    assert [one.object for one in newest] == ["u4", "u3"]
    assert [one.object for one in older] == ["u2", "u1", "u0"]
    assert newest[0] == replace(entry, object="u4", seq=newest[0].seq)
    assert newest[0].seq > newest[1].seq > 0


def test_an_audit_entry_commits_with_what_it_tells_about(store: Store) -> None:
    """An audit entry is part of the transaction of the act."""
    with store.transact() as tx:
        tx.accounts.save_user(ANA)
        tx.audit.record(AuditEntry(NOW, "root", "cli", "user.create", "ana"))
    with store.read() as tx:
        assert len(tx.audit.latest(9)) == len(tx.accounts.users()) == 1


def test_steps_are_enabled_by_service_and_taken_back(store: Store) -> None:
    """A permission is by (service, step), replaced when given again, gone when taken back."""
    with store.transact() as tx:
        tx.steps.enable(STEP)
        tx.steps.enable(replace(STEP, step="s2"))
        tx.steps.enable(replace(STEP, service="Maps"))
        tx.steps.enable(replace(STEP, command_hash="sha256:2"))
    with store.transact() as tx:
        assert tx.steps.enabled("Shop") == {
            "s1": replace(STEP, command_hash="sha256:2"),
            "s2": replace(STEP, step="s2"),
        }
        assert tx.steps.disable("Shop", "s1") is True
        assert tx.steps.disable("Shop", "s1") is False
        assert set(tx.steps.enabled("Shop")) == {"s2"}
        assert set(tx.steps.enabled("Maps")) == {"s1"}
        assert tx.steps.enabled("None") == {}


def test_the_phone_keeps_each_message_once(store: Store) -> None:
    """The same id again changes nothing; messages of one person or of all come newest first."""
    with store.transact() as tx:
        tx.phone.ring(MESSAGE)
        tx.phone.ring(replace(MESSAGE, text="again"))
        tx.phone.ring(replace(MESSAGE, id="m2", at=NOW + SECOND))
        tx.phone.ring(replace(MESSAGE, id="m3", person="bo", at=NOW + timedelta(microseconds=1)))
    with store.read() as tx:
        assert [one.id for one in tx.phone.messages(None, 9)] == ["m2", "m3", "m1"]
        assert [one.id for one in tx.phone.messages("ana", 1)] == ["m2"]
        assert tx.phone.messages("ana", 9)[-1] == MESSAGE


def test_a_message_is_seen_once(store: Store) -> None:
    """The first look gives the message back with its instant; later looks and unknown ids give nothing."""
    with store.transact() as tx:
        tx.phone.ring(MESSAGE)
        assert tx.phone.see("m1", NOW + SECOND) == replace(MESSAGE, seen_at=NOW + SECOND)
        assert tx.phone.see("m1", NOW + MINUTE) is None
        assert tx.phone.see("m9", NOW) is None
    with store.read() as tx:
        assert tx.phone.messages("ana", 1)[0].seen_at == NOW + SECOND


def test_ringing_stops_for_an_incident(store: Store) -> None:
    """Stopping ends all ringing of one incident, once."""
    with store.transact() as tx:
        tx.phone.ring(MESSAGE)
        tx.phone.ring(replace(MESSAGE, id="m2", person="bo"))
        tx.phone.ring(replace(MESSAGE, id="m3", incident_id="i2"))
        assert tx.phone.stop("i1") == 2
        assert tx.phone.stop("i1") == 0
    with store.read() as tx:
        assert {one.id: one.stopped for one in tx.phone.messages(None, 9)} == {"m1": True, "m2": True, "m3": False}
