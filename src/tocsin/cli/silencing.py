"""`tocsin silence`: what is kept quiet, and keeping alerts quiet for a while."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.output import BOLD, coloured, dump, fields, local, plain, say, table
from tocsin.cli.times import instant, seconds_of, span_of
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput

WHAT = ("list", "show", "add", "prolong", "end")
EPILOG = """\
examples:
  tocsin silence                                                what is kept quiet, and what it holds
  tocsin silence add 'alertname="TillDown"' --for 2h --reason "new till"
  tocsin silence add 'alertname=~"Till.*"' 'shop!="north"' --source prometheus --until "Sat 06:00" --reason move
  tocsin silence add --service shop --from "Sat 22:00" --for 4h --reason "database upgrade"
  tocsin silence add --incident INC-7 --ack --for 1h --reason "known, fix is on its way"
  tocsin silence show 1f2e                                      with every alert that it kept quiet
  tocsin silence prolong 1f2e --for 1h                          an hour longer
  tocsin silence end 1f2e                                       now: what still fires is heard

An id may be shortened as long as only one silence begins so. A silence never stops the paging of an incident that is
open: --ack takes the incident as well. Times are those of this machine unless they have an offset."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="list", choices=WHAT)
    parser.add_argument("words", nargs="*", metavar="WORD", help="add: conditions; show, prolong, end: an id")
    parser.add_argument("--service", metavar="KEY", default="", help="add: of this service")
    parser.add_argument("--source", metavar="NAME", default="", help="add: from this integration")
    parser.add_argument("--incident", metavar="INC", default="", help="add: what the alerts of this incident share")
    parser.add_argument("--ack", action="store_true", help="add --incident: take the incident, so that it stops paging")
    parser.add_argument("--from", dest="since", metavar="WHEN", help="add: from then; now")
    parser.add_argument("--until", metavar="WHEN", help="add, prolong: until then")
    parser.add_argument("--for", dest="lasts", metavar="SPAN", help='add: for so long; prolong: longer by "1 h"')
    parser.add_argument("--reason", default="", help="add: why")
    parser.add_argument("--ended", action="store_true", help="list: those of the last five days too")


def _silence(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    match arguments.what:
        case "add":
            return _told(arguments, client.post("/silences", _new(arguments)), "is kept quiet")
        case "list":
            return _list(client, arguments)
    found = _one(client, arguments)
    address = f"/silences/{quote(found['id'])}"
    match arguments.what:
        case "show":
            return _show(arguments, client.get(address))
        case "prolong":
            return _told(arguments, client.post(f"{address}/prolong", {"until": _longer(arguments, found)}), "goes on")
        case _:
            return _told(arguments, client.post(f"{address}/end"), "has ended; what still fires is heard now")


def _new(arguments: argparse.Namespace) -> dict[str, Any]:
    if not arguments.lasts and not arguments.until:
        raise BadInput('say how long: --for "2 h" or --until "Sat 06:00"; a silence ends by itself')
    if arguments.lasts and arguments.until:
        raise BadInput("--for and --until say the same: give one of them")
    if not arguments.reason.strip():
        raise BadInput("say why: --reason; whoever wonders at night why it is quiet reads it")
    if arguments.ack and not arguments.incident:
        raise BadInput("--ack takes the incident of --incident: say which")
    return {
        "reason": arguments.reason,
        "since": instant(arguments.since),
        "until": instant(arguments.until),
        "lasts_seconds": seconds_of(arguments.lasts),
        "matchers": arguments.words,
        "service": arguments.service,
        "source": arguments.source,
        "incident": arguments.incident,
        "acknowledge": [arguments.incident] if arguments.ack else [],
    }


def _longer(arguments: argparse.Namespace, found: Mapping[str, Any]) -> str:
    if bool(arguments.lasts) == bool(arguments.until):
        raise BadInput('say how much longer (--for "1 h") or until when (--until "Sat 06:00")')
    if arguments.until:
        until = instant(arguments.until)
        assert until is not None  # it is no empty text
        return until
    return (datetime.fromisoformat(found["ends_at"]) + span_of(arguments.lasts)).isoformat()


def _one(client: Client, arguments: argparse.Namespace) -> Mapping[str, Any]:
    """The silence of the id, or of its beginning when there is one such only."""
    if len(arguments.words) != 1:
        raise BadInput(f"write: tocsin silence {arguments.what} ID")
    (id,) = arguments.words
    fitting = [one for one in client.get("/silences", ended="true") if one["id"].startswith(id)]
    if len(fitting) > 1:
        raise BadInput(f"{len(fitting)} silences begin with {id}: write more of the id")
    found: Mapping[str, Any] = fitting[0] if fitting else client.get(f"/silences/{quote(id)}")
    return found


def _list(client: Client, arguments: argparse.Namespace) -> int:
    rows = client.get("/silences", ended="true" if arguments.ended else None)
    if arguments.json:
        dump(rows)
        return 0
    if not rows:
        say("nothing is kept quiet")
        return 0
    table(
        ("id", "state", "from", "until", "made by", "held", "about", "why"),
        [
            (
                one["id"][:8],
                one["state"],
                local(one["starts_at"]),
                local(one["ends_at"]),
                one["made_by"],
                f"{one['held']} of {one['alerts']}",
                _about(one),
                one["reason"],
            )
            for one in rows
        ],
    )
    return 0


def _show(arguments: argparse.Namespace, whole: Mapping[str, Any]) -> int:
    if arguments.json:
        dump(whole)
        return 0
    say(coloured(f"{whole['state']}: {plain(whole['reason'])}", BOLD))
    fields(
        (
            ("id", whole["id"]),
            ("about", _about(whole)),
            ("made by", whole["made_by"]),
            ("from", local(whole["starts_at"])),
            ("until", local(whole["ends_at"])),
            ("kept quiet", f"{whole['alerts']} alerts, {whole['held']} of them fire still"),
        )
    )
    if whole["quiet"]:
        say()
        table(
            ("alert", "source", "held", "times", "first", "last"),
            [
                (
                    one["title"],
                    one["source"],
                    "held" if one["held"] else "",
                    one["times"],
                    local(one["first_at"]),
                    local(one["last_at"]),
                )
                for one in whole["quiet"]
            ],
        )
    return 0


def _about(one: Mapping[str, Any]) -> str:
    of = [f"{word} {one[word]}" for word in ("service", "source") if one[word]]
    return " ".join([*of, *(m["text"] for m in one["matchers"])])


def _told(arguments: argparse.Namespace, answer: Mapping[str, Any], text: str) -> int:
    if arguments.json:
        dump(answer)
    else:
        until = f" until {local(answer['ends_at'])}" if answer["state"] != "expired" else ""
        say(plain(f"{_about(answer)}: {text}{until} ({answer['id'][:8]})"))
    return 0


VERBS = {"silence": Verb(_arguments, _silence, EPILOG)}
