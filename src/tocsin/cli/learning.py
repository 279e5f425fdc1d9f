"""The verbs for what comes after: post-mortems, action items, duties, figures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.output import chat, dump, fields, lined, local, plain, say, span, table
from tocsin.cli.responding import told
from tocsin.cli.times import past, whole_day
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput, NotFound


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


def _duties_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="list", choices=("list", "show", "done"))
    parser.add_argument("duty", nargs="*", metavar="DUTY", help="show, done: words of its title, or its line")
    parser.add_argument("--service", metavar="KEY", default="", help="of this service")
    parser.add_argument("--overdue", action="store_true", help="list: only what is overdue; exit 1 when something is")
    parser.add_argument("--note", default="", help="done: what came of it")
    parser.add_argument("--at", metavar="WHEN", help="done: when, or on which day of the team's; now if left out")


_DUTIES = """\
examples:
  tocsin duties                                  what the runbooks ask for, when it was done, when it is due
  tocsin duties --overdue                        exits 1 when something is: for cron
  tocsin duties done rollback                    the one whose title has this word
  tocsin duties done 131 --service shop --note "12 min, of which 9 for DNS" --at "Tue 14:00"
  tocsin duties show 131                         each time that it was done

A duty that nobody has recorded yet is neither due nor overdue. A record is never removed. Times are those of this
machine unless they have an offset; days on which something is due are the team's."""


def _duties(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    match arguments.what:
        case "list":
            return _duties_listed(arguments, client)
        case "show":
            return _duty_shown(arguments, client.get(_duty_address(arguments, client)))
        case _:
            body = {"note": arguments.note, "at": whole_day(arguments.at) or past(arguments.at)}
            return _duty_recorded(arguments, client.post(_duty_address(arguments, client), body))


def _duties_listed(arguments: argparse.Namespace, client: Client) -> int:
    if arguments.duty:
        raise BadInput("write: tocsin duties show DUTY, or tocsin duties done DUTY")
    duties = client.get("/duties", service=arguments.service, overdue="true" if arguments.overdue else None)
    if arguments.json:
        dump(duties)
    else:
        head = ("service", "how often", "last done", "next due", "line", "what")
        table(head, [(one["service"], one["every"], *_times(one), one["line"], one["title"]) for one in duties])
    return 1 if arguments.overdue and duties else 0


def _times(duty: Mapping[str, Any]) -> tuple[str, str]:
    """When it was done and by whom, and when it is due."""
    last, due = duty["last"], duty["due_on"] or "-"
    done = f"{local(last['done_at'])}, {last['by']}" if last else "not recorded yet"
    return done, f"{due}, overdue" if duty["overdue"] else due


def _duty_address(arguments: argparse.Namespace, client: Client) -> str:
    """Where the duty is that was named by its line, its key, its title, or words of the title that no other has."""
    said = " ".join(arguments.duty).strip()
    if not said:
        raise BadInput(f"write: tocsin duties {arguments.what} DUTY, with words of its title or its line")
    duties = client.get("/duties", service=arguments.service)
    ways: list[Callable[[Mapping[str, Any]], bool]] = [
        lambda one: said == str(one["line"]),
        lambda one: said.casefold() in (one["duty"], one["title"].casefold()),
        lambda one: all(word in one["title"].casefold() for word in said.casefold().split()),
    ]
    fitting = next((found for way in ways if (found := [one for one in duties if way(one)])), [])
    match fitting:
        case [only]:
            return f"/services/{quote(only['service'], safe='')}/duties/{quote(only['duty'], safe='')}"
        case []:
            raise NotFound(f"no runbook has a duty {said!r}; `tocsin duties` lists those there are")
        case _:
            named = "".join(f"\n  {one['service']}  line {one['line']}  {lined(one['title'])}" for one in fitting)
            raise BadInput(f"{said!r} is said of several; write the line, or --service:{named}")


def _duty_shown(arguments: argparse.Namespace, whole: Mapping[str, Any]) -> int:
    if arguments.json:
        dump(whole)
        return 0
    done, due = _times(whole)
    pairs = (("service", whole["service"]), ("line", whole["line"]), ("how often", whole["every"]))
    say(plain(whole["title"]))
    fields((*pairs, ("last done", done), ("next due", due)))
    if whole["records"]:
        say()
        table(("done", "by", "note"), [(local(one["done_at"]), one["by"], one["note"]) for one in whole["records"]])
    return 0


def _duty_recorded(arguments: argparse.Namespace, answer: Mapping[str, Any]) -> int:
    if arguments.json:
        dump(answer)
        return 0
    record = answer["recorded"]
    so = "it was recorded already" if answer["again"] else f"done {local(record['done_at'])} by {record['by']}"
    due = f"; next due {_times(answer)[1]}" if answer["due_on"] else ""
    say(plain(f"{answer['title']}: {so}{due}"))
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
    "duties": Verb(_duties_arguments, _duties, _DUTIES, mixed=True),
    "report": Verb(_report_arguments, _report),
}
