"""The pages of people outside who subscribe to public updates. Looking changes nothing: scanners follow links."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from starlette.responses import Response

from tocsin.app.customers.hook_addresses import LONGEST_URL
from tocsin.app.customers.subscribing import LONGEST_ADDRESS, Wish
from tocsin.app.customers.words import page_language
from tocsin.app.rows.subscribers import SubscriberWay
from tocsin.errors import Conflict, NotAllowed
from tocsin.web.asking import Ask


def by_link(handler: Callable[[Ask], Response]) -> Callable[[Ask], Response]:
    """A page behind a link of a mail. One that has ended says so to customers, who have no role to ask for."""

    @wraps(handler)
    def answer(ask: Ask) -> Response:
        try:
            return handler(ask)
        except (NotAllowed, Conflict) as trouble:
            return _page(ask.with_trouble(trouble.message, trouble.http_status), "ended")

    return answer


def show(ask: Ask) -> Response:
    """The form, or the answer to a wish: the same whether the address is known or not."""
    subscribing = ask.application.subscribing
    subscribing.require_open()
    ways = [way.value for way in subscribing.ways]
    said = ask.text("way") or ask.query("way")
    return _page(
        ask,
        "form" if ask.trouble or ask.query("asked") != "1" else "asked",
        ways=ways,
        way=said if said in ways else ways[0],
        components=subscribing.components,
        chosen=ask.texts("component"),
        address=ask.text("address"),
        url=ask.text("url"),
        longest=LONGEST_ADDRESS,
        longest_url=LONGEST_URL,
    )


def ask(ask: Ask) -> Response:
    """Take a wish, from the status page's form or from ours."""
    client = ask.request.client.host if ask.request.client else "unknown"
    way = ask.text("way") or SubscriberWay.MAIL.value
    wish = Wish(ask.text("address"), ask.texts("component"), ask.text("website"), way, ask.text("url"))
    ask.application.subscribing.ask(wish, client)
    return ask.go("/subscribe?asked=1")


@by_link
def show_wish(ask: Ask) -> Response:
    """What is to be confirmed, and the button."""
    subscribing = ask.application.subscribing
    wish = subscribing.wish(ask.part("token"))
    names = [one.name for one in subscribing.components if one.key in wish.wanted]
    confirmed = wish.confirmed_at is not None and wish.components == wish.wanted
    secret = subscribing.secret(wish) if confirmed else ""
    return _page(ask, "confirmed" if confirmed else "confirm", wish=wish, names=names, secret=secret)


@by_link
def confirm(ask: Ask) -> Response:
    """The address says that the wish is its own."""
    ask.application.subscribing.confirm(ask.part("token"))
    return ask.go(ask.request.url.path)


@by_link
def show_leaving(ask: Ask) -> Response:
    """Whose mails end, and the button; or that they have ended."""
    found = ask.application.subscribing.leaving(ask.part("token"))
    return _page(ask, "leave" if found else "left", subscriber=found)


@by_link
def leave(ask: Ask) -> Response:
    """End it: from the button, or by the mail program's own (RFC 8058)."""
    ask.application.subscribing.leave(ask.part("token"))
    return _page(ask, "left")


def _page(ask: Ask, part: str, **values: object) -> Response:
    team = ask.application.team()
    return ask.page(
        "subscribe.html",
        t=page_language(team),
        part=part,
        title=team.status_page.title,
        status_page=team.status_page_url,
        path=ask.request.url.path,
        **values,
    )
