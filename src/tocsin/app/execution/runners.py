"""Runners: who invited them, which may ask for work, and whether one is there.

An administrator invites a runner by name and gives it labels; the one-time token enrols it with a key of its own that
never leaves its host. From then on each of its requests is signed. A runner that was removed is refused at once.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tocsin.app.access import Caller, Permission
from tocsin.app.accounts.throttle import Throttle
from tocsin.app.accounts.tokens import hash_of, new_token, parse_token
from tocsin.app.execution.envelopes import Signed, is_signed
from tocsin.app.rows.records import AuditEntry
from tocsin.app.rows.runners import RunnerRow
from tocsin.app.store import Store, Transaction
from tocsin.clock import Clock
from tocsin.errors import BadInput, NotEnrolled, NotFound, NotSignedIn

log = logging.getLogger(__name__)

INVITED = timedelta(minutes=30)
SKEW = timedelta(minutes=5)
"""How far the clocks of a runner and its server may be apart."""
REMEMBERED = 3 * SKEW
"""How long the word of a request is known: a runner's clock may be ahead by a SKEW and a node's behind by as much, and
for a third one its signature is new enough."""
NEAR = timedelta(seconds=60)
"""Within what time a runner has to have asked for work to be there."""
NOTED_EVERY = timedelta(seconds=5)
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")
_WORD = re.compile(r"[A-Za-z0-9_-]{16,64}")
_UNKNOWN = "the server does not know this runner (any more): invite it again with `tocsin runners invite`"
_NO_INVITATION = (
    "this invitation was used already, has ended, or is not one of ours; make another one with `tocsin runners invite`"
)
_ENROLLING = "(enrolling)"
_TOO_MANY = "too many one-time tokens from here invite no runner; wait a minute, and show the one that was printed last"


SHELL = "shell"
"""What a runner says beside the effects that it allows when it runs steps that only a shell can run."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What a runner says of itself with each request for work."""

    version: str = ""
    effects: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether anybody with a label is there: ``says`` in words, ``why_not`` what stands in the way of every run,
    ``effects`` what those that are there allow."""

    says: str
    why_not: str = ""
    effects: tuple[str, ...] = ()

    def bars(self, label: str, effect: str) -> str:
        """What stands in the way of a step with this effect."""
        if self.why_not or effect in self.effects:
            return self.why_not
        word = "mutating" if effect == "unknown" else effect
        return f"no runner with the label {label} that is connected allows {word} steps: start it with `--allow {word}`"


@dataclass(slots=True)
class Runners:
    """The use cases around runners. ``server_key`` is the public key by which they know their jobs."""

    store: Store
    clock: Clock
    server_key: str
    tries: Throttle = field(default_factory=Throttle)

    # --- by people ------------------------------------------------------------------------------------------

    def all(self, caller: Caller) -> Sequence[RunnerRow]:
        """All runners that were not removed, by name, without what their invitations are known by."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return [replace(row, invitation="") for row in tx.runners.all() if row.removed_at is None]

    def invite(self, caller: Caller, name: str, labels: Sequence[str]) -> tuple[RunnerRow, str]:
        """A runner and the one-time token that enrols it within half an hour. A known one gets a new key by it.

        Raises BadInput.
        """
        caller.require(Permission.ADMINISTER)
        labels = tuple(dict.fromkeys(labels))
        if not _NAME.fullmatch(name):
            raise BadInput("the name of a runner has small letters, digits, dots and dashes only, at most 63")
        if not labels or not all(_NAME.fullmatch(one) for one in labels):
            raise BadInput("give it labels of small letters, digits, dots and dashes; targets of tocsin.toml name one")
        token, now = new_token(), self.clock.now()
        with self.store.transact() as tx:
            known = tx.runners.get(name)
            fresh = RunnerRow(name, labels, "", now, now, caller.actor.name)
            # One that was removed is as good as none: it stays out until it has shown the new token.
            base = known if known is not None and known.stands else fresh
            row = replace(base, labels=labels, invitation=hash_of(token.secret), invited_until=now + INVITED)
            tx.runners.save(row)
            tx.audit.record(self._entry(caller.actor.name, caller.actor.via.value, "runner.invite", name, labels))
        return replace(row, invitation=""), token.plain

    def remove(self, caller: Caller, name: str) -> RunnerRow:
        """Refuse a runner from now on; what it runs becomes unknown when its lease ends. Raises NotFound."""
        caller.require(Permission.ADMINISTER)
        now = self.clock.now()
        with self.store.transact() as tx:
            row = tx.runners.get(name)
            if row is None or row.removed_at is not None:
                raise NotFound(f"there is no runner {name}; `tocsin runners` lists them")
            row = replace(row, removed_at=now, invitation="", key="")
            tx.runners.save(row)
            tx.audit.record(self._entry(caller.actor.name, caller.actor.via.value, "runner.remove", name, row.labels))
        return row

    # --- by runners -----------------------------------------------------------------------------------------

    def enrol(self, token: str, key: str, *, client: str) -> RunnerRow:
        """Give the runner of a one-time token its key. Raises NotSignedIn, BadInput, TooManyTries.

        Tokens that are none are counted for each client: whoever guesses is slowed down as at the sign-in.
        """
        now = self.clock.now()
        self.tries.check(_ENROLLING, client, now, _TOO_MANY)
        try:
            return self._enrol(token, key)
        except NotSignedIn:
            self.tries.failed(_ENROLLING, client, now)
            log.warning("a one-time token that invites no runner was shown from %s", client)
            raise

    def _enrol(self, token: str, key: str) -> RunnerRow:
        parsed, now = parse_token(token.strip()), self.clock.now()
        if len(key) != 44:
            raise BadInput("the key of a runner is an Ed25519 public key, base64")
        if parsed is None:
            raise NotSignedIn(_NO_INVITATION)
        hashed = hash_of(parsed.secret)
        # Anybody may ask: who has no invitation is told so before anything is locked for writing.
        with self.store.read() as tx:
            row = next((one for one in tx.runners.all() if one.invitation == hashed), None)
        if row is None or row.invited_until <= now:
            raise NotSignedIn(_NO_INVITATION)
        with self.store.transact() as tx:
            if not tx.runners.enrol(row.name, hashed, key, now):
                raise NotSignedIn(_NO_INVITATION)
            tx.audit.record(self._entry(row.name, "api", "runner.enrol", row.name, row.labels))
        return row

    def admit(self, signed: Signed) -> RunnerRow:
        """The runner whose request this is; the request is used up, on all nodes and beyond a restart.

        Raises NotEnrolled when it was removed, was never there, or has another key; NotSignedIn when this request
        alone does not count: its instant is too far off, it came twice, it is not signed at all.
        """
        row = self.known(signed)
        with self.store.transact() as tx:
            self.use(tx, signed)
        return row

    def use(self, tx: Transaction, signed: Signed) -> None:
        """Use a known request up, in the transaction of what it asks for. Raises NotSignedIn when it came twice."""
        if not tx.runners.use(signed.runner, signed.once, self.clock.wall() + REMEMBERED):
            raise NotSignedIn("this request of a runner came twice")

    def known(self, signed: Signed) -> RunnerRow:
        """The runner whose request this is; whether it came before, ``use`` tells. Else raises as ``admit``."""
        with self.store.read() as tx:
            row = tx.runners.get(signed.runner)
        if row is None or not row.stands:
            raise NotEnrolled(_UNKNOWN)
        if not signed.at.isdecimal() or not _WORD.fullmatch(signed.once):
            raise NotSignedIn("this request of a runner is not signed")
        if not is_signed(row.key, signed.text, signed.signature):
            raise NotEnrolled("this request is not signed with the key of the runner; invite it again")
        apart = int(signed.at[:12]) - self.clock.wall().timestamp()
        if abs(apart) > SKEW.total_seconds():
            raise NotSignedIn(f"the clocks of runner and server are {abs(apart):.0f} s apart; set them")
        return row

    def again(self, row: RunnerRow) -> RunnerRow:
        """A runner that was admitted a while ago, as it is now. Raises NotEnrolled when it was removed meanwhile."""
        with self.store.read() as tx:
            present = tx.runners.get(row.name)
        if present is None or not same(present, row):
            raise NotEnrolled(_UNKNOWN)
        return present

    def noted(self, row: RunnerRow, said: Beat | None = None) -> None:
        """The runner was heard; written down every few seconds only."""
        now = self.clock.now()
        told = row if said is None else _telling(row, said)
        if told == row and row.seen_at is not None and now - row.seen_at < NOTED_EVERY:
            return
        with self.store.transact() as tx:
            tx.runners.note(replace(told, seen_at=now))

    def _entry(self, who: str, via: str, verb: str, name: str, labels: Sequence[str]) -> AuditEntry:
        return AuditEntry(self.clock.now(), who, via, verb, name, f"labels {', '.join(labels)}")


def same(present: RunnerRow, admitted: RunnerRow) -> bool:
    """Whether a runner is still the one that was admitted: neither removed nor enrolled anew."""
    return present.stands and present.key == admitted.key


def reaches(tx: Transaction, now: datetime, labels: Sequence[str]) -> Mapping[str, Reach]:
    """Whether a runner is there for each of these labels."""
    if not labels:
        return {}
    rows = [row for row in tx.runners.all() if row.stands]
    return {label: _reach(label, [row for row in rows if label in row.labels], now) for label in labels}


def _reach(label: str, rows: Sequence[RunnerRow], now: datetime) -> Reach:
    if not rows:
        why = f"no runner has the label {label}: `tocsin runners invite NAME --label {label}` says how to start one"
        return Reach(why, why)
    near = [row for row in rows if row.seen_at is not None and now - row.seen_at <= NEAR]
    if near:
        effects = tuple(sorted({effect for row in near for effect in row.effects}))
        return Reach(f"runs on {' or '.join(_seen(row, now) for row in near)}", effects=effects)
    why = f"no runner with the label {label} is connected: {', '.join(_seen(row, now) for row in rows)}"
    return Reach(why, f"{why}; look at `tocsin runner` there")


def _seen(row: RunnerRow, now: datetime) -> str:
    if row.seen_at is None:
        return f"runner {row.name}, never seen"
    ago = max(0, int((now - row.seen_at).total_seconds()))
    if ago < 120:
        return f"runner {row.name}, last seen {ago} s ago"
    return f"runner {row.name}, last seen {row.seen_at:%Y-%m-%d %H:%M} UTC"


def _telling(row: RunnerRow, said: Beat) -> RunnerRow:
    programs = tuple(one[:200] for one in said.programs[:200])
    return replace(row, version=said.version[:40], effects=tuple(said.effects[:8]), programs=programs)
