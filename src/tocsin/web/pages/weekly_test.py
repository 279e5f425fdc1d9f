"""The link in a test page: looking changes nothing, one tap says that it arrived."""

from __future__ import annotations

from starlette.responses import Response

from tocsin.web.asking import Ask


def show(ask: Ask) -> Response:
    """What this is, and the button."""
    test = ask.application.way_testing.of_link(ask.part("token"))
    person = ask.application.team().roster.person(test.person)
    name = person.name if person else test.person
    return ask.page("weekly_test.html", test=test, name=name, path=ask.request.url.path)


def confirm(ask: Ask) -> Response:
    """It arrived. The link itself shows who says so."""
    testing = ask.application.way_testing
    testing.confirm(testing.of_link(ask.part("token")).id)
    return ask.go(ask.request.url.path)
