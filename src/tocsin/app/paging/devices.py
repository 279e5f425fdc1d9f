"""The browsers that wake a person: saying "Wake me here", leaving it again, and what a browser reports of a page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from tocsin.app.access import Caller, Permission
from tocsin.app.paging.answering import Answering
from tocsin.app.rows.handsets import PushDevice
from tocsin.app.rows.records import AuditEntry
from tocsin.app.store import Store
from tocsin.app.team import TeamInForce
from tocsin.clock import Clock
from tocsin.errors import BadInput, NotFound
from tocsin.incident.facts import Via
from tocsin.oncall.people import Person, WayKind
from tocsin.oncall.roster import Roster

MOST = 10
"""Devices of one person."""
LONGEST_NAME = 60
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(slots=True)
class Devices:
    """What a person may do with their own browsers. ``key`` is what a browser is told when it subscribes."""

    store: Store
    clock: Clock
    team: TeamInForce
    answering: Answering
    key: str

    def of(self, caller: Caller) -> Sequence[PushDevice]:
        """The caller's own devices, oldest first."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            return tx.devices.of(caller.actor.name)

    def wakes(self, caller: Caller) -> bool:
        """Whether pages go to the caller's browsers at all: one of their ways is of the kind push."""
        person = self.team().roster.person(caller.actor.name)
        return person is not None and _has_push(person)

    def deaf(self) -> Sequence[Person]:
        """The people whose way is push and whom no browser wakes."""
        return deaf(self.store, self.team().roster)

    def add(self, caller: Caller, endpoint: str, key: str, auth: str, name: str) -> PushDevice:
        """Wake the caller in this browser from now on; the same browser again changes its name and keys.

        Raises BadInput for what no browser's subscription is.
        """
        caller.require(Permission.READ)
        _check(endpoint, key, auth)
        name = " ".join(name.split())[:LONGEST_NAME] or "Browser"
        now, me = self.clock.now(), caller.actor.name
        device = PushDevice(_id(endpoint), me, name, endpoint, key, auth, now)
        with self.store.transact() as tx:
            mine = tx.devices.of(me)
            known = next((one for one in mine if one.id == device.id), None)
            if known is None and len(mine) >= MOST:
                raise BadInput(f"{MOST} browsers wake you already; remove one that you do not use any more")
            if known is not None:
                device = replace(known, name=name, key=key, auth=auth, failed_at=None, error="")
            tx.devices.save(device)
            tx.audit.record(AuditEntry(now, me, caller.actor.via.value, "add device", device.id, name))
        return device

    def renew(self, old: str, secret: str, endpoint: str, key: str, auth: str) -> PushDevice:
        """A browser was given another subscription in the place of its ``old`` one: the same device goes on by it.

        Only that browser knows the old one's address with its ``secret``, so nobody has to be signed in. Again, it
        changes nothing. Raises NotFound when the old one wakes nobody (any more), BadInput for what is none.
        """
        _check(endpoint, key, auth)
        now = self.clock.now()
        with self.store.transact() as tx:
            known = {one.id: one for one in tx.devices.all()}
            device = known.get(_id(endpoint))
            if device is not None and hmac.compare_digest(device.auth.encode(), auth.encode()):
                return device
            device = known.get(_id(old))
            if device is None or not hmac.compare_digest(device.auth.encode(), secret.encode()):
                raise NotFound('this browser wakes nobody any more; open the account page and tap "Wake me here"')
            renewed = replace(device, id=_id(endpoint), endpoint=endpoint, key=key, auth=auth, failed_at=None, error="")
            tx.devices.remove(device.id)
            tx.devices.save(renewed)
            tx.audit.record(AuditEntry(now, device.person, Via.PUSH.value, "renew device", renewed.id, device.name))
        return renewed

    def remove(self, caller: Caller, id: str) -> None:
        """Wake the caller there no more. Raises NotFound for what is no device of theirs."""
        caller.require(Permission.READ)
        now, me = self.clock.now(), caller.actor.name
        with self.store.transact() as tx:
            device = next((one for one in tx.devices.of(me) if one.id == id), None)
            if device is None:
                raise NotFound("this browser does not wake you (any more)")
            tx.devices.remove(id)
            tx.audit.record(AuditEntry(now, me, caller.actor.via.value, "remove device", id, device.name))

    def shown(self, person: str, page: str, id: str) -> None:
        """A browser says that it shows this page of this person's: proof that it arrived (R8). Raises NotFound."""
        name = "a browser"
        with self.store.transact() as tx:
            for one in tx.devices.of(person):
                if one.id == id:
                    tx.devices.shown(id, self.clock.now())
                    name = one.name
        self.answering.receipt(page, "delivered", f"shown on {name}")


def deaf(store: Store, roster: Roster) -> Sequence[Person]:
    """The people of a roster who have push as a way and no browser that takes it: that way reaches nobody."""
    with store.read() as tx:
        there = {one.person for one in tx.devices.all()}
    return [one for one in roster.people if _has_push(one) and one.handle not in there]


def _id(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _check(endpoint: str, key: str, auth: str) -> None:
    """Raises BadInput for what no browser's subscription is."""
    try:
        where = urlsplit(endpoint)
    except ValueError:
        where = urlsplit("")
    secure = where.scheme == "https" or (where.scheme == "http" and where.hostname in _LOOPBACK)
    if not secure or not where.hostname or len(endpoint) > 2000 or not endpoint.isprintable():
        raise BadInput("a browser's push service has an https address; this is none")
    if len(_octets(key)) != 65 or len(_octets(auth)) != 16:
        raise BadInput("these are no keys of a browser's subscription; reload the page and try again")


def _has_push(person: Person) -> bool:
    return any(way.kind is WayKind.PUSH for way in person.ways)


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
