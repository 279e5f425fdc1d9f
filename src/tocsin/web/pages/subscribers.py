"""Who hears public updates: how many in which way, who they are, and out with somebody who asks for it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from tocsin.app.customers.subscribing import LONGEST_ADDRESS, Wish
from tocsin.app.rows.subscribers import SubscriberState, SubscriberWay
from tocsin.statuspage.language import language
from tocsin.web.asking import Ask
from tocsin.web.pages.maintenance import IN_WORDS

PIECE = 50


def listing(ask: Ask) -> Response:
    """Those in whose address the words stand, by address."""
    subscribing, text = ask.application.subscribing, ask.query("text").strip()[:LONGEST_ADDRESS]
    counts = subscribing.counts(ask.by)
    after = (ask.query("after"), ask.query("url"))
    found = subscribing.page(ask.by, text, after, PIECE + 1)
    shown = found[:PIECE]
    last = shown[-1] if len(found) > PIECE else None
    team = ask.application.team()
    return ask.page(
        "subscribers.html",
        found=shown,
        text=text,
        filtered=bool(text or ask.query("after")),
        more=urlencode({"text": text, "after": last.address, "url": last.url}) if last else "",
        counts={way: {state: counts.get((way, state), 0) for state in SubscriberState} for way in SubscriberWay},
        in_words=IN_WORDS,
        called={c.key: c.name for service in team.services.values() for c in service.components},
        ways=subscribing.ways,
        asked=ask.query("asked"),
        longest=LONGEST_ADDRESS,
        said={name: ask.text(name) for name in ("way", "address", "url", "language")},
        languages={code: language(code).name for code in team.status_page.languages},
    )


def invite(ask: Ask) -> Response:
    """Have an address asked whether it wants to hear: nobody is subscribed by anybody else."""
    wish = Wish(ask.text("address"), way=ask.text("way"), url=ask.text("url"), language=ask.text("language"))
    asked = ask.application.subscribing.invite(ask.by, wish)
    return ask.go(f"/subscribers?asked={'yes' if asked else 'before'}")


def end(ask: Ask) -> Response:
    """Forget one subscription."""
    ask.application.subscribing.forget(ask.by, ask.part("subscriber"))
    return ask.go("/subscribers")
