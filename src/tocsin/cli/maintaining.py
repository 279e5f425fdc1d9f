"""`tocsin maintenance`: work that customers are told of beforehand."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tocsin.cli.client import client_of, with_server
from tocsin.cli.output import BOLD, coloured, dump, fields, local, plain, say, table
from tocsin.cli.times import instant, seconds_of, span_of
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput

WHAT = ("list", "show", "plan", "tell", "move", "end", "cancel")
EPILOG = """\
examples:
  tocsin maintenance                                            what is planned, under way, and was done lately
  tocsin maintenance plan "Move to a larger database" --from "Sat 22:00" --for 2h --component checkout \\
      --text "The shop can be read, but takes no orders." --quiet --subscribers
  tocsin maintenance show 3kq2                                  with all that customers were told
  tocsin maintenance tell 3kq2 "Half of it is done."
  tocsin maintenance move 3kq2 --until "Sun 01:00" "It takes an hour longer."
  tocsin maintenance end 3kq2 "Done; orders are taken again."
  tocsin maintenance cancel 3kq2 "It will not take place today."

The status page shows it at once, begins and ends it by the clock, and its components as under maintenance meanwhile.
--quiet silences the alerts of their services for as long. --subscribers tells those who subscribed on the page, now and
when it begins and ends; what you said last holds until you say otherwise. An id may be shortened as long as only one
begins so. Times are those of this machine unless they have an offset."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="list", choices=WHAT)
    parser.add_argument("words", nargs="*", metavar="WORD", help="plan: a title; else an id, and a text for customers")
    parser.add_argument("--from", dest="since", metavar="WHEN", help="plan, move: from then; now")
    parser.add_argument("--until", metavar="WHEN", help="plan, move: until then")
    parser.add_argument("--for", dest="lasts", metavar="SPAN", help="plan, move: for so long")
    parser.add_argument("--component", action="append", default=[], metavar="KEY", help="plan: what is worked on")
    parser.add_argument("--text", default="", help="plan: what customers should know")
    parser.add_argument("--quiet", action="store_true", help="plan: keep the alerts of their services quiet meanwhile")
    tells = argparse.BooleanOptionalAction
    parser.add_argument("--subscribers", action=tells, help="plan, tell, move, end, cancel: tell subscribers too")


def _maintenance(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    match arguments.what:
        case "list":
            return _list(arguments, client.get("/maintenances"))
        case "plan":
            return _told(arguments, client.post("/maintenances", _new(arguments)))
    id, text = _words(arguments)
    fitting = [one for one in client.get("/maintenances") if one["id"].startswith(id)]
    if len(fitting) > 1:
        raise BadInput(f"{len(fitting)} begin with {id}: write more of the id")
    found: Mapping[str, Any] = fitting[0] if fitting else client.get(f"/maintenances/{quote(id)}")
    if arguments.what == "show":
        return _show(arguments, found)
    body: dict[str, Any] = {"text": text, "subscribers": arguments.subscribers}
    if arguments.what == "move":
        since = instant(arguments.since)
        body |= {"starts_at": since, "ends_at": _until(arguments, since or found["starts_at"])}
    return _told(arguments, client.post(f"/maintenances/{quote(found['id'])}/{arguments.what}", body))


def _words(arguments: argparse.Namespace) -> tuple[str, str]:
    """The id, and the text for customers, which all but showing need."""
    id, *said = arguments.words or [""]
    text = " ".join([*said, arguments.text]).strip()
    if not id or (arguments.what != "show" and not text):
        wanted = "" if arguments.what == "show" else ' "what customers should know"'
        raise BadInput(f"write: tocsin maintenance {arguments.what} ID{wanted}")
    return id, text


def _new(arguments: argparse.Namespace) -> dict[str, Any]:
    title = " ".join(arguments.words).strip()
    if not title or not arguments.text.strip():
        raise BadInput('say what is done and what customers should know: tocsin maintenance plan "TITLE" --text "…"')
    _require_end(arguments)
    return {
        "title": title,
        "text": arguments.text,
        "starts_at": instant(arguments.since),
        "ends_at": instant(arguments.until),
        "lasts_seconds": seconds_of(arguments.lasts),
        "components": arguments.component,
        "quiet": arguments.quiet,
        "subscribers": bool(arguments.subscribers),
    }


def _require_end(arguments: argparse.Namespace) -> None:
    if bool(arguments.lasts) == bool(arguments.until):
        raise BadInput('say how long it takes (--for "2 h") or until when (--until "Sun 01:00")')


def _until(arguments: argparse.Namespace, since: str) -> str:
    _require_end(arguments)
    if arguments.until:
        until = instant(arguments.until)
        assert until is not None  # it is no empty text
        return until
    return (datetime.fromisoformat(since) + span_of(arguments.lasts)).isoformat()


def _list(arguments: argparse.Namespace, rows: list[Mapping[str, Any]]) -> int:
    if arguments.json:
        dump(rows)
        return 0
    if not rows:
        say("no work is planned")
        return 0
    table(
        ("id", "status", "from", "until", "components", "planned by", "what"),
        [
            (
                one["id"][:6],
                one["status"].replace("_", " "),
                local(one["starts_at"]),
                local(one["ended_at"] or one["ends_at"]),
                ", ".join(one["components"]),
                one["planned_by"],
                one["title"],
            )
            for one in rows
        ],
    )
    return 0


def _show(arguments: argparse.Namespace, one: Mapping[str, Any]) -> int:
    if arguments.json:
        dump(one)
        return 0
    say(coloured(f"{one['status'].replace('_', ' ')}: {plain(one['title'])}", BOLD))
    fields(
        (
            ("id", one["id"]),
            ("components", ", ".join(one["components"]) or "none named"),
            ("planned by", one["planned_by"]),
            ("from", local(one["starts_at"])),
            ("until", local(one["ended_at"] or one["ends_at"])),
            ("alerts", "kept quiet" if one["silences"] else "heard as ever"),
            ("subscribers", "told" if one["subscribers"] else "not told"),
        )
    )
    for update in one["updates"]:
        say(f"\n{local(update['at'])}  {update['status'].replace('_', ' ')}\n  {plain(update['text'])}")
    return 0


def _told(arguments: argparse.Namespace, one: Mapping[str, Any]) -> int:
    if arguments.json:
        dump(one)
    else:
        span = f"{local(one['starts_at'])} to {local(one['ended_at'] or one['ends_at'])}"
        say(plain(f"{one['title']}: {one['status'].replace('_', ' ')}, {span} ({one['id'][:6]})"))
        if reach := one["reach"]:
            many = f"{reach:,} subscriber{'' if reach == 1 else 's'}"
            told = "is told" if reach == 1 else "are told"
            say(f"{many} {told}" if one["subscribers"] else f"subscribers are not told; --subscribers tells {many}")
    return 0


VERBS = {"maintenance": Verb(_arguments, _maintenance, EPILOG)}
