"""Passwords: which are taken, how they are kept, and how long checking one takes (always the same).

Argon2id with 19 MiB, two passes, one lane (OWASP's password storage cheat sheet). As many checks at once as there
are processors: a flood of sign-ins must not take the memory that paging needs.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tocsin.errors import BadInput, Unavailable

SHORTEST, LONGEST = 8, 128
PATIENCE_SECONDS = 5.0
UNUSABLE = "!"
"""The hash of an account that has no password yet: no password fits it."""

# The hash of random bytes that nobody has: checking against it takes as long as checking a real one.
_DECOY = "$argon2id$v=19$m=19456,t=2,p=1$PRvpdwVtJoeCZvWyQGx3tQ$9+yYvLQ2dO5lcEDWbKJbvTnLqFCY59q7TiF0vYDpLH8"

# What everybody tries first. Shorter ones are refused by their length, so that only longer ones need to be here.
COMMON = frozenset(
    """
    password password1 password12 password123 passw0rd p@ssword p@ssw0rd pa$$word 12345678 123456789 1234567890
    0123456789 987654321 87654321 11111111 00000000 88888888 12341234 11223344 12344321 1q2w3e4r 1q2w3e4r5t
    1qaz2wsx zaq12wsx qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 asdfghjk asdfghjkl asdf1234 zxcvbnm1 abcd1234
    abc12345 abcdefgh iloveyou iloveyou1 sunshine princess football baseball superman batman123 starwars trustno1
    whatever letmein1 letmein123 welcome1 welcome123 welcome01 changeme changeme1 changeme123 changeit default1
    administrator admin123 admin1234 adminadmin root1234 rootroot toor1234 user1234 testtest test1234 testing123
    guest123 guestguest demo1234 demodemo secret12 secret123 supersecret mypassword dragon12 monkey12 shadow12
    master12 master123 michael1 jennifer computer internet samsung1 google12 facebook incident pagerduty oncall123
    tocsin12 tocsin123 tocsintocsin kubernetes production staging1 letmeinnow correcthorse hunter22 access14 maverick
    mustang1 corvette midnight bigdaddy cowboys1 steelers lakers24 charlie1 freedom1 summer2024 summer2025 summer2026
    winter2024 winter2025 winter2026 spring2025 spring2026 autumn2025 company1 company123 qazwsxedc 1qazxsw2 aaaaaaaa
    """.split()  # noqa: SIM905 -- a list of words reads better as words
)


@dataclass(slots=True)
class Passwords:
    """Makes and checks hashes, a bounded number at once."""

    hasher: PasswordHasher = field(
        default_factory=lambda: PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    )
    turns: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(max(1, os.cpu_count() or 1))
    )
    patience: float = PATIENCE_SECONDS

    def hash(self, password: str, handle: str) -> str:
        """The hash to keep. Raises BadInput for a password that is too short, too long or known to everybody."""
        password = _plain(password)
        refuse_weak(password, handle)
        with _Turn(self):
            return self.hasher.hash(password)

    def fits(self, password: str, kept: str | None) -> bool:
        """Whether this is the password; an unknown account (None) takes as long as a known one."""
        usable = kept is not None and kept != UNUSABLE and len(password) <= LONGEST
        with _Turn(self):
            try:
                self.hasher.verify(kept if usable and kept else _DECOY, _plain(password)[:LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return usable


@dataclass(slots=True)
class _Turn:
    passwords: Passwords

    def __enter__(self) -> None:
        if not self.passwords.turns.acquire(timeout=self.passwords.patience):
            raise Unavailable("too many people are signing in at once; try again in a moment")

    def __exit__(self, *_: object) -> None:
        self.passwords.turns.release()


def refuse_weak(password: str, handle: str) -> None:
    """Raise BadInput for a password that somebody would guess; there are no rules of composition."""
    if len(password) < SHORTEST:
        raise BadInput(f"the password is too short: take at least {SHORTEST} characters, better 15")
    if len(password) > LONGEST:
        raise BadInput(f"the password is too long: take at most {LONGEST} characters")
    folded = password.casefold()
    if folded in COMMON or folded.strip("0123456789!?.") in {handle.casefold(), "tocsin"} or len(set(folded)) < 3:
        raise BadInput("this password is one that everybody tries first; take a few words that belong to nobody")


def _plain(password: str) -> str:
    """The same characters whatever keyboard typed them (NFKC)."""
    return unicodedata.normalize("NFKC", password)
