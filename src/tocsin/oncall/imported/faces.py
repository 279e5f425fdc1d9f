"""Who the people of a source are among ours: by mail address, then by name or handle, never by a guess. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tocsin.oncall.people import Person, WayKind


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody of a source who is nobody of ours. ``handle`` is a free one that would fit; ``place`` where named."""

    name: str
    email: str
    handle: str
    place: str


@dataclass(slots=True)
class Faces:
    """Finds the handles of a source's people, and remembers whom it could not find.

    ``told`` are pairs that somebody gave: a name, mail address or id of the source, and the handle.
    """

    people: Sequence[Person]
    told: Mapping[str, str] = field(default_factory=dict)
    strangers: dict[str, Stranger] = field(default_factory=dict)

    def handle(self, place: str, name: str = "", email: str = "", id: str = "") -> str:
        """The handle of a person; a fitting free one if it is a stranger."""
        for said in filter(None, (email, name, id)):
            if (told := self._told(said)) is not None:
                return told
        person = self._by_email(email) or self._by_name(name) or self._by_name(email)
        if person is not None:
            return person.handle
        key = (email or name or id).casefold()
        if key not in self.strangers:
            self.strangers[key] = Stranger(name or email or id, email, self._free(name, email, id), place)
        return self.strangers[key].handle

    def known(self, text: str) -> str | None:
        """The handle of the one person who is named by a text, or whose whole name stands in it."""
        if (told := self._told(text)) is not None:
            return told
        exact = self._by_email(text) or self._by_name(text)
        if exact is not None:
            return exact.handle
        words = _spelled(text)
        inside = [one for one in self.people if one.name and f" {_spelled(one.name)} " in f" {words} "]
        return inside[0].handle if len(inside) == 1 else None

    def _told(self, said: str) -> str | None:
        return next((handle for text, handle in self.told.items() if text.casefold() == said.casefold()), None)

    def _by_email(self, email: str) -> Person | None:
        if "@" not in email:
            return None
        wanted = email.casefold()
        return next(
            (
                one
                for one in self.people
                if any(way.kind is WayKind.EMAIL and way.address.casefold() == wanted for way in one.ways)
            ),
            None,
        )

    def _by_name(self, name: str) -> Person | None:
        if not (wanted := _spelled(name)):
            return None
        found = [one for one in self.people if wanted in (_spelled(one.name), one.handle.casefold())]
        return found[0] if len(found) == 1 else None

    def _free(self, name: str, email: str, id: str) -> str:
        """A handle that nobody has: the part before the @, or the name in small letters."""
        said = email.partition("@")[0] or name or id
        plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().casefold()
        handle = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48] or "somebody"
        taken = {one.handle for one in self.people} | {one.handle for one in self.strangers.values()} | {"nobody"}
        number, free = 2, handle
        while free in taken:
            free, number = f"{handle}-{number}", number + 1
        return free


def _spelled(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name).casefold()))
