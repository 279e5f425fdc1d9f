"""The verb for the subscribers of the status page: on the machine of the server, beside it or without it."""

from __future__ import annotations

import argparse
import csv
import getpass
import sys
from typing import Any

from tocsin.cli.output import chat, dump, local, plain, table
from tocsin.cli.running import settings_of, with_config
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput

COLUMNS = (
    *("address", "way", "url", "state", "asked_at", "confirmed_at", "components", "origin"),
    *("missed", "ended_at", "ended_why", "language"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _arguments(parser: argparse.ArgumentParser) -> None:
    with_config(parser)
    parser.add_argument("what", nargs="?", default="list", choices=("list", "remove", "export"))
    parser.add_argument("address", nargs="?", help="remove: whose; it is forgotten")
    parser.add_argument("--json", action="store_true", help="print data for programs")


def _subscribers(arguments: argparse.Namespace) -> int:
    """For the machine of the server: whoever can read the database may do this."""
    from tocsin.app.access import Role, person
    from tocsin.incident.facts import Via
    from tocsin.upkeep import subscribers_of

    caller = person(f"{getpass.getuser()} (on this machine)", Role.ADMIN, Via.CLI)
    with subscribers_of(settings_of(arguments)) as subscribing:
        if arguments.what == "remove":
            if not arguments.address:
                raise BadInput("whom? tocsin subscribers remove ADDRESS")
            count = subscribing.remove(caller, arguments.address)
            more = f", with {count} subscriptions" if count > 1 else ""
            chat(f"{plain(arguments.address)} is forgotten, and hears nothing more{more}")
            return 0
        rows = [
            {
                "address": one.address,
                "way": one.way.value,
                "url": one.url,
                "state": one.state.value,
                "asked_at": one.asked_at.isoformat(),
                "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else "",
                "components": " ".join(one.components if one.confirmed_at else one.wanted),
                "origin": one.origin,
                "missed": one.missed,
                "ended_at": one.ended_at.isoformat() if one.ended_at else "",
                "ended_why": one.ended_why,
                "language": one.language if one.confirmed_at else one.wanted_language,
            }
            for one in subscribing.listed(caller)
        ]
    if arguments.json:
        dump(rows)
    elif arguments.what == "export":
        written = csv.DictWriter(sys.stdout, COLUMNS)
        written.writeheader()
        written.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    elif rows:
        head = ("address", "way", "state", "since", "components")
        table(head, [(r["address"], _way(r), _state(r), _since(r), r["components"] or "all") for r in rows])
    else:
        chat("nobody has subscribed; the status page has a form where status_page.subscribe is on")
    return 0


def _cell(value: object) -> object:
    """A cell that no spreadsheet computes (OWASP, CSV injection): an address may begin with a sign like "="."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _way(row: dict[str, Any]) -> str:
    host = str(row["url"]).partition("://")[2].partition("/")[0]  # the rest of it is a secret of theirs
    return f"{row['way']} {host}".strip()


def _state(row: dict[str, Any]) -> str:
    if row["ended_why"]:
        return f"ended: {plain(row['ended_why'])}"
    return f"{row['state']}, missed {row['missed']}" if row["missed"] else str(row["state"])


def _since(row: dict[str, Any]) -> str:
    return local(row["ended_at"] or row["confirmed_at"] or row["asked_at"])


VERBS = {"subscribers": Verb(_arguments, _subscribers)}
