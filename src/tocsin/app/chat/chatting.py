"""What people say and press in a chat, as the same commands that the page and the command line give.

The chat says who it was by their id there. Whoever is bound to it in ``tocsin.toml`` acts with the role that they have
now; nobody else does anything, whatever channel they sit in. What may be done is decided where it always is: with the
incident.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tocsin.app.access import Caller
from tocsin.app.accounts.accounts import Accounts
from tocsin.app.chat.commands import ChatCommands, Said
from tocsin.app.chat.ports import Asker, Button, Card, ChatReplies, Form
from tocsin.app.chat.room_state import incident_of
from tocsin.app.chat.room_words import ASKS
from tocsin.app.incidents import Incidents
from tocsin.app.paging.answering import Answering
from tocsin.app.store import Store
from tocsin.app.team import TeamInForce
from tocsin.errors import NotAllowed, NotFound, Refused, TocsinError, Unavailable
from tocsin.incident.commands import AddNote
from tocsin.incident.facts import Via
from tocsin.oncall.people import Person

log = logging.getLogger(__name__)

_MEMBER = re.compile(r"<@([A-Za-z0-9]+)>")
LONGEST_NOTE = 4000
PAGE = "page-"
"""How the buttons of a page begin; the digit follows."""


@dataclass(slots=True)
class Chatting:
    """The use cases of one chat. ``kind`` is its word in the settings, ``outlets`` are the names that it has there,
    ``keeps_all`` says whether all talk is noted.
    """

    kind: str
    store: Store
    team: TeamInForce
    accounts: Accounts
    incidents: Incidents
    commands: ChatCommands
    answering: Answering
    replies: ChatReplies
    outlets: Callable[[], tuple[str, ...]]
    keeps_all: Callable[[], bool] = field(default=lambda: True)

    def typed(self, asker: Asker, text: str) -> None:
        """A slash command: the answer goes to whoever typed it."""
        self._answered(asker, lambda caller, incident: self.commands.obey(caller, incident, self._named(text)))

    def pressed(self, asker: Asker, action: str, value: str = "", label: str = "") -> None:
        """A button; one that asks something opens its form, and ``written`` follows."""
        if asks := ASKS.get(action, ""):
            if self._answered(asker, lambda _caller, _incident: None):
                self.replies.ask(asker, Button(action, label or action, value, asks=asks))
            return None
        if action.startswith(PAGE):
            return self._page(asker, value, action.removeprefix(PAGE))
        self._answered(asker, lambda caller, incident: self.commands.press(caller, incident, action, value))
        return None

    def written(self, asker: Asker, action: str, value: str, text: str) -> None:
        """The form of a button was filled in. When nothing comes of it, they get their words back."""
        self._answered(
            asker, lambda caller, incident: self.commands.press(caller, incident, action, value, text), wrote=text
        )

    def heard(self, member: str, channel: str, message: str, text: str) -> None:
        """Somebody wrote something in a channel: a note, once, when the channel is an incident's and they are known.

        Raises Unavailable when it cannot be kept now.
        """
        incident_id, person = self._incident(channel), self._person(member)
        if incident_id is None or person is None or not text.strip() or not self.keeps_all():
            return
        self._note(person, incident_id, text, f"{channel}/{message}")

    def marked(self, member: str, channel: str, message: str) -> None:
        """Somebody put a pushpin to a message: a note, once, with who wrote it. Raises Unavailable."""
        incident_id, person = self._incident(channel), self._person(member)
        if incident_id is None or person is None:
            return
        found = self.replies.read(channel, message)
        if found is None or not found[1].strip():
            return
        author, text = found
        writer = self._person(author)
        whose = (
            "" if writer is not None and writer.handle == person.handle else f"{writer.name if writer else author}: "
        )
        self._note(person, incident_id, whose + text, f"{channel}/{message}")

    def _page(self, asker: Asker, page: str, digit: str) -> None:
        """A button of a page: a digit, as on every other way, of the person whose page it is."""

        def press(caller: Caller, _incident: str | None) -> Card:
            whose = self.answering.whose(page)
            if whose != caller.actor.name:
                person = self.team().roster.person(whose)
                raise NotAllowed(f"this page is {person.name if person else whose}'s; open the incident to act on it")
            return Card(self.answering.press(page, digit, Via.CHAT, asker.trigger).words)

        self._answered(asker, press)

    def _note(self, person: Person, incident_id: str, text: str, mark: str) -> None:
        try:
            caller = self.accounts.caller_of_member(person.handle, Via.CHAT)
            self.incidents.act(caller, incident_id, AddNote(self._named(text)[:LONGEST_NOTE], mark))
        except (NotAllowed, NotFound, Refused) as refused:
            log.info("a message of the channel of %s is no note: %s", incident_id, refused.message)

    def _answered(self, asker: Asker, act: Callable[[Caller, str | None], Said | None], wrote: str = "") -> bool:
        """Do it and say what came of it; whether nothing stood in the way. Never raises for what is refused."""
        person = self._person(asker.member)
        if person is None:
            self._whisper(asker, _stranger(self.kind, asker.member))
            return False
        try:
            said = act(self.accounts.caller_of_member(person.handle, Via.CHAT), self._incident(asker.channel))
        except Unavailable as trouble:
            self._whisper(asker, _not_done(f"{_sentence(trouble.message)} Nothing was done; try again.", wrote))
            return False
        except TocsinError as trouble:
            self._whisper(asker, _not_done(_sentence(trouble.message), wrote))
            return False
        if isinstance(said, Form):
            self._ask(asker, said)
        elif said is not None:
            self._whisper(asker, said)
        return True

    def _ask(self, asker: Asker, form: Form) -> None:
        if asker.trigger:
            self.replies.ask(asker, form.button, self._shown(form.otherwise))
        else:
            self._whisper(asker, form.otherwise)

    def _whisper(self, asker: Asker, card: Card) -> None:
        self.replies.whisper(asker, self._shown(card))

    def _shown(self, card: Card) -> Card:
        """An answer without the secrets that the installation knows. What buttons give back stays."""
        shown: Card = self.incidents.desk.masker.value(replace(card, buttons=()))
        return replace(shown, buttons=card.buttons)

    def _person(self, member: str) -> Person | None:
        """Whose member ID it is: said of the person, or the address of a way of theirs."""
        people, kind = self.team().roster.people if member else (), self.kind
        named = (one for one in people if one.member_of(kind) == member)
        by_way = (one for one in people if any(w.kind.value == kind and w.address == member for w in one.ways))
        return next(named, None) or next(by_way, None)

    def _incident(self, channel: str) -> str | None:
        with self.store.read() as tx:
            return incident_of(tx, self.outlets(), channel) if channel else None

    def _named(self, text: str) -> str:
        """The text with people's handles where the chat has ids: ``<@U012AB3CD>`` is ``@ana``."""

        def name(found: re.Match[str]) -> str:
            person = self._person(found[1])
            return f"@{person.handle}" if person else f"@{found[1]}"

        return _MEMBER.sub(name, text)


def _stranger(kind: str, member: str) -> Card:
    return Card(
        "Tocsin does not know who you are, so nothing was done. Somebody who may change tocsin.toml puts this line "
        "under your [people.…] there, and you can act from here at once:",
        literal=f'{kind} = "{member}"',
    )


def _not_done(why: str, wrote: str) -> Card:
    return Card(f"{why} You wrote:", literal=wrote) if wrote.strip() else Card(why)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
