"""The sources of alerts: how each is connected, what was heard from it last, and what went wrong."""

from __future__ import annotations

from starlette.responses import Response

from tocsin.alerts.sources.registry import SOURCES
from tocsin.app.access import Permission
from tocsin.app.intake.integrations import Sampled
from tocsin.web.asking import Ask


def listing(ask: Ask) -> Response:
    """All integrations, and what else could be one."""
    return ask.page(
        "sources.html",
        standings=ask.application.integrations.all(ask.by),
        sources=tuple(SOURCES.values()),
        can_maintain=ask.may(Permission.MAINTAIN),
    )


def show(ask: Ask, sampled: Sampled | None = None) -> Response:
    """One integration with what to paste. The page holds the secret key of its address."""
    shown = ask.application.integrations.show(ask.by, ask.part("name"))
    silences = [one for one in ask.application.silences.all(ask.part("name")) if one.state(ask.now) != "expired"]
    return ask.page(
        "source.html",
        shown=shown,
        one=shown.standing,
        sent=ask.query("sent") in ("1", "untold"),
        untold=ask.query("sent") == "untold",
        silences=silences,
        sampled=sampled,
        body=ask.text("body"),
    )


def sample(ask: Ask) -> Response:
    """What would become of a body: nothing is kept, and nobody is woken."""
    found = ask.application.integrations.sample(ask.by, ask.part("name"), ask.text("body").encode(errors="replace"))
    return show(ask, found)


def send_test(ask: Ask) -> Response:
    """Send a test alert: a real incident begins."""
    name = ask.part("name")
    trouble = ask.application.integrations.test(ask.by, name)
    return ask.go(f"/sources/{name}?sent={'untold' if trouble else '1'}")
