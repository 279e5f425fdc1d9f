"""The verbs for runners: the process itself, and who may be one."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from urllib.parse import quote

from tocsin.cli.admitting import needed
from tocsin.cli.client import client_of, with_server
from tocsin.cli.output import chat, dump, local, say, table
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput, BadSettings

EFFECTS = ("read_only", "mutating", "destructive", "shell")


def _runner_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", required=True, metavar="URL", help="the server, like https://tocsin.example.com")
    parser.add_argument("--token-file", metavar="FILE", help="the one-time token; - reads standard input")
    parser.add_argument("--state", metavar="DIR", help="for its key and its journal; ~/.local/state/tocsin-runner")
    parser.add_argument(
        "--allow", action="append", choices=EFFECTS, help="what steps may do here, again for more; only read_only"
    )
    parser.add_argument("--program", action="append", default=[], metavar="NAME", help="only these programs; any")
    parser.add_argument(
        "--variable", action="append", default=[], metavar="NAME", help="lend this variable of the environment to steps"
    )
    parser.add_argument("--at-once", type=int, default=4, metavar="N", help="how many runs at a time; 4")
    parser.add_argument("--zone", default="UTC", help="the time zone that steps see; UTC")
    parser.add_argument("--plain-http", action="store_true", help="talk to a server elsewhere without encryption")


def _runner(arguments: argparse.Namespace) -> int:
    # A runner is no verb of a person who waits: it loads what runs steps.
    from tocsin.running import RunnerOptions, run

    if not 1 <= arguments.at_once <= 64:
        raise BadInput("--at-once is 1 to 64")
    options = RunnerOptions(
        server=arguments.server,
        state=_state(arguments.state),
        token=_token(arguments.token_file),
        allowed=tuple(arguments.allow or EFFECTS[:1]),
        programs=tuple(arguments.program),
        variables=tuple(arguments.variable),
        room=arguments.at_once,
        zone=arguments.zone,
        plain_http=arguments.plain_http,
    )
    return run(options)


def _state(given: str | None) -> Path:
    if given:
        return Path(given).absolute()
    if own := os.environ.get("STATE_DIRECTORY"):  # systemd's, for this unit alone
        return Path(own.partition(":")[0])
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base).absolute() / "tocsin-runner"


def _token(place: str | None) -> str | None:
    """The one-time token; one that is gone is none, for a host that was enrolled before."""
    if place is None:
        return None
    try:
        return (sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8")).strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{place} cannot be read: {error}") from error


def _runners_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="list", choices=("list", "invite", "remove"))
    parser.add_argument("name", nargs="?", help="invite, remove: the runner")
    parser.add_argument("--label", action="append", default=[], help="invite: what targets call it, again for more")


def _runners(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    match arguments.what:
        case "invite":
            name = needed(arguments.name, "which one? tocsin runners invite NAME --label LABEL")
            made = client.post("/runners", {"name": name, "labels": arguments.label or [name]})
            if arguments.json:
                dump(made)
            else:
                say(made["token"])
            chat("on its host, within half an hour: put this into a file that only its account reads, then")
            chat(f"  tocsin runner --server {client.context.url} --token-file FILE")
        case "remove":
            name = needed(arguments.name, "which one? tocsin runners remove NAME")
            gone = client.ask("DELETE", f"/runners/{quote(name)}")
            if arguments.json:
                dump(gone)
            chat(f"{name} is refused from now on; what it runs becomes unknown within half a minute")
        case _:
            listed = client.get("/runners")
            if arguments.json:
                dump(listed)
                return 0
            rows = [
                (
                    *(one["name"], ", ".join(one["labels"]), _standing(one), local(one["seen_at"])),
                    *(", ".join(e for e in one["effects"] if e != "unknown"), ", ".join(one["programs"]) or "any"),
                    one["version"],
                )
                for one in listed
            ]
            table(("name", "labels", "standing", "last seen", "allows", "programs", "version"), rows)
    return 0


def _standing(one: dict[str, object]) -> str:
    if one["enrolled_at"] is None:
        return "invited"
    return "connected" if one["connected"] else "away"


VERBS = {
    "runner": Verb(_runner_arguments, _runner),
    "runners": Verb(_runners_arguments, _runners),
}
