"""One request of a person, as a page's handler sees it: who asks, what they sent, and how to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tocsin.app.access import Caller, Permission
from tocsin.errors import NotSignedIn, TocsinError

if TYPE_CHECKING:
    from tocsin.app.application import Application
    from tocsin.app.rows.records import Session
    from tocsin.web.live import Live

Form = Mapping[str, Sequence[str]]


class Renders(Protocol):
    """Makes pages of values (`rendering.py` does)."""

    def page(self, ask: Ask, template: str, status: int, values: Mapping[str, Any]) -> Response:
        """A whole page."""
        ...

    def fragment(self, ask: Ask, template: str, values: Mapping[str, Any]) -> str:
        """A piece of a page."""
        ...

    def error(self, ask: Ask, trouble: TocsinError, elsewhere: str = "", door: str = "Sign in") -> Response:
        """The page that says what went wrong and what to do next; ``door`` names the button that leads elsewhere."""
        ...

    def failure(self, ask: Ask, status: int, message: str, elsewhere: str = "") -> Response:
        """The same for what is no error of ours."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What every handler needs from the site."""

    application: Application
    renderer: Renders
    live: Live
    secure_cookies: bool

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; the prefix binds it to this host and to https."""
        return "__Host-tocsin" if self.secure_cookies else "tocsin"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``trouble`` is what kept the last act from happening, shown on the page that follows."""

    request: Request
    desk: Desk
    now: datetime
    caller: Caller | None = None
    session: Session | None = None
    csrf: str = ""
    form: Form = field(default_factory=dict)
    trouble: str = ""
    status: int = 200

    @property
    def application(self) -> Application:
        """The use cases."""
        return self.desk.application

    @property
    def by(self) -> Caller:
        """Whoever asks. Raises NotSignedIn when nobody has signed in."""
        if self.caller is None:
            raise NotSignedIn
        return self.caller

    @property
    def me(self) -> str:
        """The handle of whoever asks; empty for nobody."""
        return self.caller.actor.name if self.caller else ""

    def may(self, permission: Permission) -> bool:
        """Whether whoever asks has the permission (to show or hide a button)."""
        return self.caller is not None and self.caller.may(permission)

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params[name])

    def text(self, name: str, default: str = "") -> str:
        """One field of the form, without spaces around it."""
        values = self.form.get(name)
        return values[0].strip() if values else default

    def number(self, name: str) -> int | None:
        """A whole number of the form; None for what is none, or is longer than any of ours."""
        said = self.text(name)
        return int(said) if said.isdecimal() and len(said) < 12 else None

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a field of the form."""
        return tuple(self.form.get(name, ()))

    def query(self, name: str, default: str = "") -> str:
        """One field of the query."""
        return self.request.query_params.get(name, default)

    def page(self, template: str, **values: Any) -> Response:
        """A whole page."""
        return self.desk.renderer.page(self, template, self.status, values)

    def go(self, address: str) -> Response:
        """Show another page of ours after an act. An address of another site leads home."""
        return RedirectResponse(ours(address), 303)

    def back(self, default: str = "/") -> Response:
        """Show the page from which the act was sent."""
        return self.go(self.text("back") or default)

    def with_trouble(self, trouble: str, status: int) -> Ask:
        """The same request, to show its page again with what went wrong."""
        return replace(self, trouble=trouble, status=status)


def ours(address: str) -> str:
    """The address if it is a path of this site, else the way home.

    >>> ours("/i/INC-1"), ours("//evil.example/"), ours("https://evil.example/"), ours("/\\\\evil.example")
    ('/i/INC-1', '/', '/', '/')
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # "//[" begins an address of a host that has no end
        return "/"
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside and not parts.netloc and not parts.scheme and address.isprintable() else "/"
