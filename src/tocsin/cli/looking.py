"""The verbs that only look: incidents, alerts, who is on call."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tocsin.cli.client import OPEN, Client, client_of, with_server
from tocsin.cli.output import BOLD, chat, coloured, dump, fields, line_of, lined, local, plain, say, span, table
from tocsin.cli.verbs import Verb
from tocsin.errors import NotFound

FOLLOW_SECONDS = 2.0


def _incidents_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="list", choices=("list", "show", "timeline"))
    parser.add_argument("incident", nargs="?", metavar="INC", help="for show and timeline; the only open one")
    parser.add_argument("--all", action="store_true", help="resolved ones too")
    parser.add_argument("--service", metavar="KEY")
    parser.add_argument("--severity", metavar="P0")
    parser.add_argument("-q", "--search", metavar="WORDS", default="")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("-f", "--follow", action="store_true", help="timeline: go on as it grows")


def _incidents(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    match arguments.what:
        case "show":
            return _show(client, arguments)
        case "timeline":
            return _timeline(client, arguments)
        case _:
            return _list(client, arguments)


def _list(client: Client, arguments: argparse.Namespace) -> int:
    states = [] if arguments.all else [pair.partition("=")[2] for pair in OPEN.split("&")]
    listed = client.get(
        "/incidents",
        state=states or None,
        service=arguments.service,
        severity=arguments.severity,
        q=arguments.search,
        limit=arguments.limit,
    )
    if arguments.json:
        dump(listed)
        return 0
    table(
        ("id", "severity", "state", "has it", "since", "next", "title"),
        [
            (
                one["id"] + (" drill" if one["drill"] else ""),
                one["severity"],
                one["state"],
                one["acknowledged_by"],
                local(one["declared_at"]),
                f"{local(one['next_due_at'])[-5:]} {one['next_due']}" if one["next_due_at"] else None,
                one["title"],
            )
            for one in listed
        ],
    )
    return 0


def _show(client: Client, arguments: argparse.Namespace) -> int:
    whole = client.get(f"/incidents/{client.incident(arguments.incident)}")
    if arguments.json:
        dump(whole)
        return 0
    say(coloured(plain(f"{whole['id']} {whole['severity'] or 'no severity yet'} {whole['state']}"), BOLD))
    say(lined(whole["title"]))
    fields(
        (
            ("service", whole["service"]),
            ("why", whole["severity_reason"]),
            ("has it", whole["acknowledged_by"] or "nobody"),
            ("roles", ", ".join(f"{role}: {person}" for role, person in whole["roles"].items())),
            ("customers", whole["public_status"] or "not told"),
            ("alerts", f"{whole['firing_alerts']} of {whole['distinct_alerts']} firing" if whole["alerts"] else ""),
            ("page", whole["url"]),
        )
    )
    for one in whole["coming"][:5]:
        line = f"  (runbook line {one['line']})" if one["line"] else ""
        say(f"  {local(one['at'])}  {lined(one['what'])}{line}")
    for check in whole["checks"]:
        say(f"  [{'x' if check['confirmed'] else ' '}] {plain(check['text'])}")
    for one in whole["contacts"]:
        case = "" if one["case"] is None else f"  asked, case {one['case']}" if one["case"] else "  asked"
        ways = ", ".join(one["ways"]) or "(left blank)"
        line = f"  (runbook line {one['line']})" if one["line"] else ""
        say(plain(f"  {one['name']}: {ways} {one['availability']}".rstrip() + f"{case}{line}"))
    for event in whole["timeline"][-10:]:
        _event(event)
    return 0


def _event(event: Any) -> None:
    line = f"  (runbook line {event['line']})" if event["line"] else ""
    say(f"  {local(event['at'], seconds=True)[11:]}  {lined(event['text'], 12)}{line}")


def _timeline(client: Client, arguments: argparse.Namespace) -> int:
    incident = client.incident(arguments.incident)
    seen = 0
    while True:
        events = client.get(f"/incidents/{incident}/timeline", after=seen or None)
        if arguments.json and not arguments.follow:
            dump(events)
        for event in events:
            seen = event["seq"]
            if not arguments.json:
                _event(event)
            elif arguments.follow:
                say(line_of(event))
        if not arguments.follow:
            return 0
        sys.stdout.flush()
        time.sleep(FOLLOW_SECONDS)


def _alerts_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--held", action="store_true", help="what thresholds keep from beginning an incident")


def _alerts(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    if arguments.held:
        return _held_back(client.get("/alerts/held"), as_json=arguments.json)
    alerts = client.get("/alerts", limit=arguments.limit)
    if arguments.json:
        dump(alerts)
        return 0
    head = ("heard", "state", "incident", "from", "events", "title")
    rows = [
        (
            local(one["last_at"]),
            "firing" if one["firing"] else "over",
            one["incident"],
            one["integration"],
            one["events"],
            one["title"],
        )
        for one in alerts
    ]
    table(head, rows)
    if held := client.get("/alerts/held"):
        chat(f"{len(held)} more held back by thresholds: tocsin alerts --held")
    return 0


def _held_back(held: Sequence[dict[str, Any]], *, as_json: bool) -> int:
    if as_json:
        dump(held)
        return 0
    head = ("heard", "said", "within", "service", "from", "title")
    rows = [
        (
            local(one["last_at"]),
            f"{one['times']} of {one['needed']}",
            span(one["within_seconds"]),
            one["service"],
            one["integration"],
            one["title"],
        )
        for one in held
    ]
    table(head, rows)
    return 0


def _phone(arguments: argparse.Namespace) -> int:
    messages = client_of(arguments).get("/phone")
    if arguments.json:
        dump(messages)
        return 0
    for one in messages:
        state = "no longer wanted" if one["stopped"] else "seen" if one["seen_at"] else "RINGING"
        say(f"{local(one['at'])}  {one['incident']}  {state}")
        say(f"  {lined(one['text'], 2)}")
        say(f"  {one['link']}")
    if not messages:
        say("nobody has paged you here")
    return 0


def _export_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("incident", nargs="?", metavar="INC", help="the incident; the only open one if left out")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to a file")


def _export(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    whole = {
        "schema": "tocsin.incident/1",
        "incident": client.get(f"/incidents/{incident}"),
        "postmortem": client.get(f"/incidents/{incident}/postmortem"),
    }
    if arguments.output:
        Path(arguments.output).write_text(line_of(whole, indent=2) + "\n", encoding="utf-8")
    else:
        dump(whole)
    return 0


# --- output --------------------------------------------------------------------------------------------------


def _output_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("run", nargs="?", help="a run by its id, as `tocsin next --all --json` gives it; the last one")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _output(arguments: argparse.Namespace) -> int:
    """Chunk by chunk, so that a long output begins to show at once; the last run where none is named."""
    client = client_of(arguments)
    named = arguments.run or ""
    prefix = named.partition("/")[0] if "/" in named else None
    incident = client.incident(arguments.incident or prefix)
    run = named.rpartition("/")[2] or _last_run(client, incident)
    chunk = chunks = 1
    while chunk <= chunks:
        found = client.get(f"/incidents/{incident}/runs/{run}/output", chunk=chunk)
        chunks = found["chunks"]
        if arguments.json:
            dump(found)
        else:
            sys.stdout.write(plain(found["text"]))
            if chunk == chunks and not found["text"].endswith("\n"):
                say("")
        chunk += 1
    return 0


def _last_run(client: Client, incident: str) -> str:
    ended = [one for one in client.get(f"/incidents/{incident}/steps")["steps"] if one["run"] and not one["running"]]
    if not ended:
        raise NotFound(f"nothing of {incident} has been run; `tocsin next {incident} --all` shows its steps")
    return str(ended[-1]["run"]).rpartition("/")[2]


VERBS = {
    "output": Verb(_output_arguments, _output),
    "incidents": Verb(_incidents_arguments, _incidents),
    "alerts": Verb(_alerts_arguments, _alerts),
    "phone": Verb(with_server, _phone),
    "export": Verb(_export_arguments, _export),
}
