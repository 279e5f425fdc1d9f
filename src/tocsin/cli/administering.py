"""The verbs for sources of alerts, and for the steps that may be run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tocsin.cli.admitting import needed
from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.mattermost_setup import set_up as set_up_mattermost
from tocsin.cli.output import chat, dump, lined, local, plain, say, table
from tocsin.cli.slack_manifest import manifest, set_up
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput

SLACK, MATTERMOST = "slack", "mattermost"


def _integrations_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", nargs="?", default="list", choices=("list", "show", "test"))
    parser.add_argument("name", nargs="?", help="show, test: the integration; `show slack` prints the app of a chat")
    parser.add_argument("--sample", metavar="FILE", help="test: show what would become of this body (-: from stdin)")
    parser.add_argument("--send", action="store_true", help="test --sample: send it, which wakes whoever is on call")
    parser.add_argument("--http", metavar="URL", help="show slack, mattermost: hear it by HTTP at this address of ours")
    parser.add_argument("--private", action="store_true", help="show slack, mattermost: for private channels")


def _show_slack(arguments: argparse.Namespace) -> int:
    url = f"{arguments.http.rstrip('/')}/callback/slack" if arguments.http else ""
    if url and not url.startswith("https://"):
        raise BadInput(
            "Slack tells nothing to an address without https: tocsin integrations show slack --http https://…"
        )
    if arguments.json:
        dump(manifest(url, private=arguments.private))
    else:
        sys.stdout.write(set_up(url, private=arguments.private))
    return 0


def _integrations(arguments: argparse.Namespace) -> int:
    if (arguments.what, arguments.name) == ("show", SLACK):
        return _show_slack(arguments)  # nothing of it is known to the server only: it is there before the first start
    if (arguments.what, arguments.name) == ("show", MATTERMOST):
        sys.stdout.write(set_up_mattermost(arguments.http or "", private=arguments.private))
        return 0
    client = client_of(arguments)
    match arguments.what:
        case "show":
            name = needed(arguments.name, "which one? tocsin integrations show NAME")
            shown = client.get(f"/integrations/{name}")
            if arguments.json:
                dump(shown)
            else:
                say(shown["url"])
                say()
                sys.stdout.write(shown["example"])
                say()
                say(f"one alert:  {shown['joins']}")
                say(f"ends with:  {shown['ends']}")
                say(f"sent again: {shown['retries']}")
                say(f"its manual: {shown['documentation']}")
                if shown["last_at"]:
                    say(f"heard last: {local(shown['last_at'])} {lined(shown['last_alert'])}")
                if shown.get("beat_due_at"):
                    say(f"next beat:  by {local(shown['beat_due_at'])}, else it is an alert")
                if shown.get("answers"):
                    say(f"told last:  {local(shown['told_at'])}" if shown["told_at"] else "told last:  never yet")
                if shown["last_trouble"]:
                    say(f"trouble:    {local(shown['last_trouble_at'])} {lined(shown['last_trouble'])}")
                for held in shown["held_back"]:
                    often = f"{held['times']} of {held['needed']}, last {local(held['last_at'])}"
                    say(f"held back:  {plain(held['title'])} ({often})")
                chat("the address is a secret: whoever has it can send alerts")
        case "test":
            name = needed(arguments.name, "which one? tocsin integrations test NAME")
            body = _body(arguments.sample)
            if body and not arguments.send:
                return _show_sample(client.post(f"/integrations/{name}/sample", {"body": body}), as_json=arguments.json)
            done = client.post(f"/integrations/{name}/test", {"body": body or None})
            if arguments.json:
                dump(done)
            chat("sent: a real incident begins and pages whoever is on call; `tocsin incidents` lists it")
            if done.get("trouble"):
                chat(plain(done["trouble"]))
                return 1
        case _:
            listed = client.get("/integrations")
            if arguments.json:
                dump(listed)
            else:
                head = ("name", "source", "service", "proof", "heard last", "alert", "trouble")
                rows = [
                    (
                        *(i["name"], i["source"], i["service"], i["auth"]),
                        *(local(i["last_at"]), i["last_alert"], i["last_trouble"]),
                    )
                    for i in listed
                ]
                table(head, rows)
    return 0


def _body(name: str | None) -> str:
    """The text of a sample's file, empty for none. Raises BadInput."""
    if name is None:
        return ""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise BadInput(f"{name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name} is not UTF-8 text (byte {error.start})") from error
    if not text.strip():
        raise BadInput(f"{name} is empty: give it a body as the sender sends it")
    return text


def _show_sample(found: Any, *, as_json: bool) -> int:
    """What would become of a body; 1 when it, or a part of it, cannot be read."""
    if as_json:
        dump(found)
    for one in () if as_json else found["alerts"]:
        say(f"{'fires' if one['firing'] else 'is over'}: {plain(one['title'])}")
        rows = [
            ("key", one["key"]),
            ("service", one["service"]),
            ("severity", one["severity"]),
            *((name, local(one[name])) for name in ("starts_at", "ends_at") if one[name]),
            *((name, one[name]) for name in ("description", "link", "group") if one[name]),
            *((f"label {name}", text) for name, text in one["labels"].items()),
        ]
        for name, text in rows:
            say(f"    {plain(name)}: {plain(text) or '-'}")
    for what in ("acknowledged", "changes") if not as_json else ():
        for text in found[what]:
            say(f"{what}: {plain(text)}")
    if not as_json and not any(found[what] for what in ("alerts", "acknowledged", "changes", "trouble")):
        say("nothing: such a body is passed over")
    for note in found["notes"]:
        chat(f"note: {plain(note)}")
    if found["trouble"]:
        chat(f"cannot be read: {plain(found['trouble'])}")
    chat("nothing was sent and nobody is woken; --send sends it")
    return 1 if found["trouble"] else 0


def _steps_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("what", choices=("list", "enable", "disable", "halt", "resume"))
    parser.add_argument("service", nargs="?", help="the service's key; not needed when there is only one")
    parser.add_argument("step", nargs="?", help="the step's id, as `tocsin steps list` shows it")
    parser.add_argument("--shell", action="store_true", help="enable: allow a shell too, where it needs one")
    parser.add_argument("--reason", default="", help="halt: why nothing may run; everybody reads it")


def _steps(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    if arguments.what in ("halt", "resume"):
        return _switch(client, arguments)
    services = client.get("/services")
    words = [one for one in (arguments.service, arguments.step) if one]
    if arguments.what != "list":
        if len(words) == 1 and len(services) == 1:
            words = [services[0]["key"], *words]
        if len(words) != 2:
            raise BadInput(f"which one? tocsin steps {arguments.what} SERVICE STEP")
        body = {"shell": True} if arguments.shell and arguments.what == "enable" else None
        done = client.post(f"/services/{words[0]}/steps/{words[1]}/{arguments.what}", body)
        if arguments.json:
            dump(done)
        chat(f"{words[1]} {'may' if arguments.what == 'enable' else 'may not'} be run for {words[0]}")
        return 0
    rows = []
    for one in services:
        if not words or one["key"] == words[0]:
            rows += _commands(client, one)
    if arguments.json:
        dump(rows)
        return 0
    head = ("service", "step", "line", "effect", "may be run", "command")
    table(head, [(r["service"], r["id"], r["line"], r["effect"], r["state"], r["command"]) for r in rows])
    return 0


def _switch(client: Client, arguments: argparse.Namespace) -> int:
    """Halt all execution everywhere, or let it go on."""
    if arguments.what == "halt":
        done = client.post("/execution/halt", {"reason": arguments.reason or "no reason was given"})
    else:
        done = client.post("/execution/resume")
    if arguments.json:
        dump(done)
    chat("nothing runs until `tocsin steps resume`" if arguments.what == "halt" else "steps may run again")
    return 0


def _commands(client: Client, service: Any) -> list[dict[str, Any]]:
    playbook = client.get(f"/services/{service['key']}/playbook")
    rows = []
    for group in (*playbook["phases"], *playbook["procedures"]):
        for step in group["steps"]:
            if not step.get("command"):
                continue
            enabled = service["enabled_steps"].get(step["id"])
            state = {True: "yes", False: "changed since", None: "no"}[enabled]
            state += ", in a shell" if step["id"] in service.get("shell_steps", ()) else ""
            row = {"service": service["key"], "id": step["id"], "line": step["lines"][0], "state": state}
            rows.append({**row, "effect": step.get("effect"), "command": step["command"]})
    return rows


VERBS = {
    "integrations": Verb(_integrations_arguments, _integrations),
    "steps": Verb(_steps_arguments, _steps),
}
