"""The pages of people outside who subscribe to public updates. Looking changes nothing: scanners follow links."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from starlette.responses import Response

from tocsin.app.customers.hook_addresses import LONGEST_URL
from tocsin.app.customers.subscribing import LONGEST_ADDRESS, Wish
from tocsin.app.customers.words import in_link, page_address, page_language
from tocsin.app.rows.subscribers import SubscriberWay
from tocsin.errors import Conflict, NotAllowed, NotFound, Unavailable
from tocsin.web.asking import Ask


def for_customers(handler: Callable[[Ask], Response]) -> Callable[[Ask], Response]:
    """Customers are told in their language what did not work; they have no role to ask for, and no administrator."""

    @wraps(handler)
    def answer(ask: Ask) -> Response:
        try:
            return handler(ask)
        except NotAllowed as trouble:
            return _page(ask.with_trouble(trouble.message, trouble.http_status), "ended")
        except Conflict as trouble:
            return _page(ask.with_trouble(trouble.message, trouble.http_status), "taken")
        except Unavailable as trouble:
            return _page(ask.with_trouble(trouble.message, trouble.http_status), "not_now")

    return answer


def show(ask: Ask) -> Response:
    """The form, or the answer to a wish: the same whether the address is known or not."""
    subscribing = ask.application.subscribing
    if not subscribing.ways:
        return _page(ask.with_trouble("closed", NotFound.http_status), "closed")
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


@for_customers
def ask(ask: Ask) -> Response:
    """Take a wish, from the status page's form or from ours."""
    client = ask.request.client.host if ask.request.client else "unknown"
    way = ask.text("way") or SubscriberWay.MAIL.value
    spoken = in_link(ask.application.team(), ask.text("language"))
    wish = Wish(ask.text("address"), ask.texts("component"), ask.text("website"), way, ask.text("url"), spoken)
    ask.application.subscribing.ask(wish, client)
    return ask.go(f"/subscribe?{urlencode({'asked': '1', **({'language': spoken} if spoken else {})})}")


@for_customers
def show_wish(ask: Ask) -> Response:
    """What is to be confirmed, and the button."""
    subscribing = ask.application.subscribing
    wish = subscribing.wish(ask.part("token"))
    names = [one.name for one in subscribing.components if one.key in wish.wanted]
    confirmed = wish.confirmed_at is not None and wish.components == wish.wanted
    secret = subscribing.secret(wish) if confirmed else ""
    part = "confirmed" if confirmed else "confirm"
    return _page(ask, part, wish.wanted_language, wish=wish, names=names, secret=secret)


@for_customers
def confirm(ask: Ask) -> Response:
    """The address says that the wish is its own."""
    ask.application.subscribing.confirm(ask.part("token"))
    return ask.go(_here(ask))


@for_customers
def show_leaving(ask: Ask) -> Response:
    """Whose mails end, and the button; or that they have ended."""
    found = ask.application.subscribing.leaving(ask.part("token"))
    return _page(ask, "leave" if found else "left", found.language if found else "", subscriber=found)


@for_customers
def leave(ask: Ask) -> Response:
    """End it: from the button, or by the mail program's own (RFC 8058)."""
    subscribing, token = ask.application.subscribing, ask.part("token")
    found = subscribing.leaving(token)
    subscribing.leave(token)
    return _page(ask, "left", found.language if found else "")


def _page(ask: Ask, part: str, spoken: str = "", **values: object) -> Response:
    """One of them, in the language of whom it is about, else in the one that the address or the form names."""
    team = ask.application.team()
    t = page_language(team, spoken or ask.text("language") or ask.query("language"))
    return ask.page(
        "subscribe.html",
        t=t,
        part=part,
        title=team.status_page.title,
        status_page=f"{page_address(team, t)}/index.html",
        path=_here(ask),
        **values,
    )


def _here(ask: Ask) -> str:
    """This page's own address, with its language."""
    return ask.request.url.path + (f"?{query}" if (query := ask.request.url.query) else "")
