"""The verbs for the steps of a runbook: the next one, run it, tick it off."""

from __future__ import annotations

import argparse
import time
from typing import Any

from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.output import BOLD, chat, coloured, dump, plain, say
from tocsin.cli.responding import told
from tocsin.cli.verbs import Verb
from tocsin.clock import monotonic
from tocsin.errors import BadInput, NotFound

STEP_FAILED = 8
WAIT_SECONDS = 120.0
LOOK_EVERY = 0.3


def _incident(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _step(parser: argparse.ArgumentParser) -> None:
    _incident(parser)
    parser.add_argument("step", nargs="?", help="a step by its number in `tocsin next --all`, or its id; the next one")


def _next_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("incident", nargs="?", metavar="INC", help="the incident; the only open one if left out")
    parser.add_argument("--all", action="store_true", help="all steps, numbered")


def _next(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    listed = _listed(client, client.incident(arguments.incident))
    steps = listed["steps"] if arguments.all else [one for one in listed["steps"] if one["next"]]
    if arguments.json:
        dump({**listed, "steps": steps})
        return 0
    if not steps:
        say("nothing is left to do" if listed["steps"] else "no procedure of the runbook is open for this incident")
        return 0
    say(coloured(plain(listed["title"]), BOLD))
    for number, one in enumerate(listed["steps"], start=1):
        if one in steps:
            _show(number, one)
    return 0


def _show(number: int, step: Any) -> None:
    state = "running" if step["running"] else step["outcome"] or ("next" if step["next"] else "")
    say(f"{number:3}  {plain(step['title'])}  (line {step['line']}){f'  [{state}]' if state else ''}")
    if step["command"]:
        for line in plain(step["command"]).splitlines():
            say(f"       $ {line}")
        say(f"       {'tocsin run runs it' if step['runnable'] else plain(step['why_not'])}")


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    _step(parser)
    parser.add_argument("--no-wait", action="store_true", help="do not wait for its end")


def _run(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    step = _found(_listed(client, incident), arguments.step)
    started = client.act(incident, f"steps/{step['id']}/run")
    if arguments.no_wait:
        return told(arguments, started)
    chat(f"running {plain(step['title'])} …")
    ended = _awaited(client, incident, step["id"])
    if ended is None:
        chat(f"it still runs; look again with `tocsin next {incident} --all`")
        return 0
    if arguments.json:
        dump(ended)
    else:
        say(plain(ended["output"]).rstrip("\n"))
        chat(f"{plain(ended['title'])}: {ended['outcome']}")
    return 0 if ended["outcome"] == "succeeded" else STEP_FAILED


def _awaited(client: Client, incident: str, step_id: str) -> Any:
    """The step once it has ended; None when it takes longer than we wait."""
    deadline = monotonic() + WAIT_SECONDS
    while monotonic() < deadline:
        step = _found(_listed(client, incident), step_id)
        if not step["running"]:
            return step
        time.sleep(LOOK_EVERY)
    return None


def _tick_arguments(parser: argparse.ArgumentParser) -> None:
    _step(parser)
    parser.add_argument(
        "--outcome", default="done", choices=("done", "skipped", "did_not_help"), help="done if not said otherwise"
    )
    parser.add_argument("--note", default="", help="what came out of it")


def _tick(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    step = _found(_listed(client, incident), arguments.step)
    body = {"outcome": arguments.outcome, "note": arguments.note}
    return told(arguments, client.act(incident, f"steps/{step['id']}/tick", body))


def _listed(client: Client, incident: str) -> Any:
    return client.get(f"/incidents/{incident}/steps")


def _found(listed: Any, named: str | None) -> Any:
    steps = listed["steps"]
    if named is None:
        step = next((one for one in steps if one["next"]), None)
        if step is None:
            raise NotFound("no step is left to do; `tocsin next --all` lists them")
        return step
    if named.isdecimal():
        if not 1 <= int(named) <= len(steps):
            raise BadInput(f"there are {len(steps)} steps; `tocsin next --all` numbers them")
        return steps[int(named) - 1]
    step = next((one for one in steps if one["id"] == named), None)
    if step is None:
        raise NotFound(f"there is no step {named!r}; `tocsin next --all` lists them")
    return step


VERBS = {
    "next": Verb(_next_arguments, _next),
    "run": Verb(_run_arguments, _run),
    "tick": Verb(_tick_arguments, _tick),
}
