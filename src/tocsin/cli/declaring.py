"""``tocsin declare`` and ``drill``: an incident begins because somebody says so.

Not with the other verbs of an incident: whoever acknowledges waits for no reading of times.
"""

from __future__ import annotations

import argparse

from tocsin.cli.client import client_of, idempotency_key, with_server
from tocsin.cli.responding import told
from tocsin.cli.times import past
from tocsin.cli.verbs import Verb


def _declare_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("title", nargs="+", help="a few words on what is wrong")
    parser.add_argument("--service", metavar="KEY", help="the service; not needed when there is only one")
    parser.add_argument("--severity", metavar="P0", help="any name that the runbook gives it")
    parser.add_argument("--summary", default="", help="more words")
    parser.add_argument("--procedure", metavar="KEY", help="the procedure of the runbook to open")
    parser.add_argument("--started", metavar="INSTANT", help="when it began: 02:40, Sat 03:00, 2026-03-01T09:00Z")


def _declare(arguments: argparse.Namespace, *, drill: bool = False) -> int:
    body = {
        "title": " ".join(arguments.title),
        "service": arguments.service,
        "severity": arguments.severity,
        "summary": arguments.summary,
        "procedure": arguments.procedure,
        "started_at": past(arguments.started),
        "drill": drill,
    }
    headers = {"idempotency-key": idempotency_key()}
    return told(arguments, client_of(arguments).post("/incidents", body, **headers))


def _drill(arguments: argparse.Namespace) -> int:
    return _declare(arguments, drill=True)


VERBS = {
    "declare": Verb(_declare_arguments, _declare),
    "drill": Verb(_declare_arguments, _drill),
}
