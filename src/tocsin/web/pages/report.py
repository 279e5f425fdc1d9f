"""The public form on which people report that something is wrong. It shows nothing of any incident."""

from __future__ import annotations

from uuid import uuid4

from starlette.responses import Response

from tocsin.app.intake.reports import LONGEST_LINE, LONGEST_WHAT, Report
from tocsin.web.asking import Ask


def show(ask: Ask) -> Response:
    """The form, or the thanks for a report."""
    reports = ask.application.integrations.reports
    return ask.page(
        "report.html",
        report=reports.form(ask.part("place")),
        path=ask.request.url.path,
        thanks=ask.query("thanks") == "1" and not ask.trouble,
        nonce=ask.text("nonce") or uuid4().hex,
        said={name: ask.text(name) for name in ("what", "since", "contact")},
        longest_what=LONGEST_WHAT,
        longest_line=LONGEST_LINE,
    )


def send(ask: Ask) -> Response:
    """Take a report."""
    client = ask.request.client.host if ask.request.client else "unknown"
    report = Report(*(ask.text(name) for name in ("what", "since", "contact", "nonce", "website")))
    ask.application.integrations.reports.take(ask.part("place"), report, client)
    return ask.go(f"{ask.request.url.path}?thanks=1")
