"""The built-in phone, for drills and the demo: it rings as the real one would, and its links are real."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from tocsin.app.access import Permission
from tocsin.errors import NotFound
from tocsin.web.asking import Ask

SHOWN = 12


def show(ask: Ask) -> Response:
    """My phone; an administrator may hold anybody's, because its links let their holder act as that person."""
    team = ask.application.team()
    anybodys = ask.may(Permission.ADMINISTER)
    heard = ask.application.phone.messages(ask.by, None if anybodys else ask.me, 100)
    ringing = dict.fromkeys(one.person for one in heard if _rings(one))
    chosen = ask.query("of") or ask.text("of")
    person = chosen or next(iter([ask.me] if ask.me in ringing else ringing), ask.me)
    people = {one.handle: one.name for one in team.roster.people if anybodys or one.handle == ask.me}
    if person != ask.me:
        ask.by.require(Permission.ADMINISTER)
        if person not in people:
            raise NotFound(f"there is nobody called {person} among the people of tocsin.toml")
    messages = ask.application.phone.messages(ask.by, person, SHOWN)
    return ask.page(
        "phone.html",
        person=person,
        person_name=people.get(person, person),
        people=people,
        messages=[(one, _rings(one), _path(one.link)) for one in messages],
        ringing=ringing,
    )


def see(ask: Ask) -> Response:
    """A message was opened: that is proof that the page has reached its person. Leads on to the page's own link."""
    person, message_id = ask.text("of", ask.me), ask.text("message")
    if person != ask.me:
        ask.by.require(Permission.ADMINISTER)
    messages = ask.application.phone.messages(ask.by, person, 100)
    message = next((one for one in messages if one.id == message_id), None)
    if message is None:
        raise NotFound("there is no such message on this phone (any more)")
    ask.application.phone.see(ask.by, message.id)
    return ask.go(_path(message.link))


def _rings(message: object) -> bool:
    return not getattr(message, "stopped", True) and getattr(message, "seen_at", None) is None


def _path(link: str) -> str:
    """The path of a signed link: the phone is on our own site, whatever address the link carries."""
    return urlsplit(link).path
