"""The verbs for what comes after: post-mortems, action items, duties, figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tocsin.cli.client import client_of, with_server
from tocsin.cli.output import chat, dump, local, plain, say, span, table
from tocsin.cli.responding import told
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput


def _postmortem_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", choices=("show", "save", "publish"))
    parser.add_argument("incident", metavar="INC")
    parser.add_argument("file", nargs="?", help="save: the text; - is standard input")
    parser.add_argument(
        "--version", type=int, metavar="N", help="save: the version you began from; the newest if left out"
    )


def _postmortem(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    path = f"/incidents/{incident}/postmortem"
    match arguments.what:
        case "publish":
            return told(arguments, client.post(f"{path}/publish"))
        case "save":
            version = client.get(path)["version"] if arguments.version is None else arguments.version
            saved = client.ask("PUT", path, {"text": _text(arguments.file), "version": version})
            return _shown(arguments, saved, text=False)
        case _:
            return _shown(arguments, client.get(path), text=True)


def _text(file: str | None) -> str:
    if file is None:
        raise BadInput("which text? Name a file, or - for standard input")
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}") from error


def _shown(arguments: argparse.Namespace, view: Any, *, text: bool) -> int:
    if arguments.json:
        dump(view)
        return 0
    if text:
        say(plain(view["text"].rstrip("\n")))
    version = f"version {view['version']}" if view["version"] else "a draft from the record, nobody has saved it yet"
    chat(f"{view['incident']}: {version}, due {local(view['due_at'])}")
    if view["blanks"]:
        chat(f"still to be filled in: {', '.join(map(plain, view['blanks']))}")
    return 0


def _actions_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("--all", action="store_true", help="done ones too")


def _actions(arguments: argparse.Namespace) -> int:
    actions = client_of(arguments).get("/actions", all="true" if arguments.all else None)
    if arguments.json:
        dump(actions)
        return 0
    head = ("incident", "owner", "due", "done", "what")
    table(head, [(one["incident"], one["owner"], one["due"], one["done"], one["title"]) for one in actions])
    return 0


def _duties(arguments: argparse.Namespace) -> int:
    services = client_of(arguments).get("/services")
    duties = [{"service": one["key"], **duty} for one in services for duty in one["duties"]]
    if arguments.json:
        dump(duties)
        return 0
    head = ("service", "how often", "line", "what")
    table(head, [(one["service"], one["every"], one["line"], one["title"]) for one in duties])
    return 0


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("--days", type=int, default=30, help="the incidents of so many days; 30")
    parser.add_argument("--drills", action="store_true", help="drills instead of real incidents")


def _report(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    rows = client.get("/report", days=arguments.days, drills="true" if arguments.drills else None)
    if arguments.json:
        dump(rows)
        return 0
    say(f"The last {arguments.days} days")
    table(
        ("severity", "incidents", "acknowledged", "to acknowledge", "resolved", "to resolve", "targets met", "missed"),
        [
            (
                "all" if number == 0 else one["severity"] or "none",
                one["incidents"],
                one["acknowledged"],
                span(one["mean_seconds_to_acknowledge"]),
                one["resolved"],
                span(one["mean_seconds_to_resolve"]),
                sum(one["targets_met"].values()),
                sum(one["targets_missed"].values()),
            )
            for number, one in enumerate(rows)
        ],
    )
    return 0


VERBS = {
    "postmortem": Verb(_postmortem_arguments, _postmortem),
    "actions": Verb(_actions_arguments, _actions),
    "duties": Verb(with_server, _duties),
    "report": Verb(_report_arguments, _report),
}
