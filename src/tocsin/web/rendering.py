"""From values to HTML: the templates' environment, times, and the pages that say what went wrong.

Everything is escaped unless it was made safe here. Times are shown in the team's zone, which they name, and turned into
the reader's own time by a script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from tocsin import __version__
from tocsin.app.access import Permission
from tocsin.errors import TocsinError, TooManyTries
from tocsin.incident.choices import words
from tocsin.runbook.command.runnable import run_effect, runs_in_shell
from tocsin.web.asking import Ask
from tocsin.web.assets import Assets

FOLDER = Path(__file__).parent / "templates"

LONG_WORD = 18
"""Characters of a word that may not fit a line of a heading on a phone."""

HEADINGS = {
    401: "Sign in first",
    403: "You may not do this",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "That did not happen",
    422: "That cannot be understood",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "Not right now",
}
NEXT = {
    401: "Sign in, then do it again.",
    403: "Ask somebody who may, or sign out and let them sign in here.",
    404: "Check the address, or start from the list of incidents.",
    405: "Go back and use the button of the page.",
    409: "Read the page again and decide again.",
    422: "Go back, correct it, and send it again.",
    429: "Wait a minute, then try again. The links in pages work all the while.",
    500: (
        "Paging goes on without this page. Try again; if it stays, the server's log says why. "
        "The command line and the links in pages work as well."
    ),
    503: "Paging goes on. Try again in a moment; `tocsin doctor` says what is wrong.",
}

HEADINGS_OF = {"link_ended": "This link has ended", "forged": "That was not done"}
NEXT_OF = {"link_ended": "Nothing was done. The incident goes on at its own page.", "forged": ""}
"""Those of single codes of errors, before those of their status."""


class Renderer:
    """Makes pages and pieces of pages."""

    def __init__(self, assets: Assets, zone: Callable[[], tzinfo] = lambda: UTC) -> None:
        """``zone`` is asked for each page: it is the team's in force, whose file may change."""
        self.environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals.update(asset=assets.address, left=left, Permission=Permission)
        self.environment.globals["when"] = lambda at, style="clock": when(at, style, zone=zone())
        self.environment.globals["any_exit"] = any
        self.environment.globals["run_effect"] = run_effect
        self.environment.globals["in_shell"] = runs_in_shell
        self.environment.filters.update(words=words, iso=iso, name_of=lambda handle, name: name(handle))
        self.environment.filters["breakable"] = breakable
        self.environment.globals["version"] = __version__

    def page(self, ask: Ask, template: str, status: int, values: Mapping[str, Any]) -> Response:
        """A whole page."""
        return HTMLResponse(self.fragment(ask, template, values), status)

    def fragment(self, ask: Ask, template: str, values: Mapping[str, Any]) -> str:
        """A piece of a page."""
        return self.environment.get_template(template).render(
            {"ask": ask, "now": ask.now, "me": ask.me, "csrf": ask.csrf, "trouble": ask.trouble, **values}
        )

    def error(self, ask: Ask, trouble: TocsinError, elsewhere: str = "", door: str = "Sign in") -> Response:
        """The page that says what went wrong and what to do next; ``door`` names the button that leads elsewhere."""
        response = self.failure(ask, trouble.http_status, trouble.message, elsewhere, door, trouble.code)
        if isinstance(trouble, TooManyTries):
            response.headers["retry-after"] = str(trouble.retry_after)
        return response

    def failure(
        self, ask: Ask, status: int, message: str, elsewhere: str = "", door: str = "Sign in", error: str = ""
    ) -> Response:
        """The same for what is no error of ours."""
        heading = HEADINGS.get(status, HEADINGS[500] if status >= 500 else HEADINGS[422])
        values = {
            "heading": HEADINGS_OF.get(error, heading),
            "message": message,
            "next": NEXT_OF.get(error, NEXT.get(status, NEXT[500] if status >= 500 else NEXT[422])),
            "elsewhere": elsewhere,
            "door": door,
            "code": status,
        }
        response = self.page(ask, "error.html", status, values)
        if status == 503:
            response.headers["retry-after"] = "5"
        return response


def iso(at: datetime) -> str:
    """An instant for machines."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def when(at: datetime | None, style: str = "clock", *, zone: tzinfo = UTC) -> Markup:
    """An instant for people: `clock` (time of day), `minute`, `day` (with the date), `date`. Empty for None."""
    if at is None:
        return Markup()
    form = {"clock": "%H:%M:%S", "minute": "%H:%M", "day": "%Y-%m-%d %H:%M", "date": "%Y-%m-%d"}[style]
    text = f"{at.astimezone(zone):{form if style == 'date' else f'{form} %Z'}}"
    return Markup('<time datetime="{}" data-as="{}">{}</time>').format(iso(at), style, text)


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def breakable(text: str) -> Markup:
    """A text in whose long names of alerts a line may break, where a word of theirs begins.

    >>> breakable("TillDown: DatabaseConnectionsExhausted <b>")
    Markup('TillDown: Database<wbr>Connections<wbr>Exhausted &lt;b&gt;')
    """
    words_of = text.split(" ")
    return Markup(" ").join(
        Markup("<wbr>").join(_HUMP.split(one)) if len(one) > LONG_WORD else Markup.escape(one) for one in words_of
    )


def left(at: datetime, now: datetime) -> Markup:
    """How long until an instant, counted on by the page; `over` once it has passed."""
    span = at - now
    text = words(abs(_whole(span)))
    over = span < timedelta(0)
    shown = f"{text} over" if over else text
    return Markup('<span class="left{}" data-until="{}">{}</span>').format(" over" if over else "", iso(at), shown)


def _whole(span: timedelta) -> timedelta:
    """Whole seconds below an hour, whole minutes above."""
    seconds = int(span.total_seconds())
    return timedelta(seconds=seconds if abs(seconds) < 3600 else seconds // 60 * 60)
