"""The verbs for the way through a procedure: choose a way, say that a condition does not hold, begin to wait."""

from __future__ import annotations

import argparse
from typing import Any

from tocsin.cli.client import client_of, with_server
from tocsin.cli.output import dump, plain, say
from tocsin.cli.responding import told
from tocsin.cli.stepping import found, listed_steps
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput, NotFound


def _step(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("step", nargs="?", help="a step by its number in `tocsin next --all`, or its id; the next one")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _open_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("procedure", nargs="*", help="its number, its key or its title; without it they are listed")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _open(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    service = client.get(f"/incidents/{incident}")["service"]
    known = next(one["procedures"] for one in client.get("/services") if one["key"] == service)
    named = " ".join(arguments.procedure)
    if not named and arguments.json:
        dump(known)
    elif not named:
        for number, title in enumerate(known.values(), start=1):
            say(f"  {number}  {plain(title)}")
    if not named:
        return 0
    if named.isdecimal() and 1 <= int(named) <= len(known):
        key = list(known)[int(named) - 1]
    else:
        key = next((one for one, title in known.items() if title.casefold() == named.casefold()), named)
    return told(arguments, client.act(incident, "procedure", {"procedure": key}))


def _choose_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("way", nargs="?", help="a way by its number, its label, or one of its steps")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _choose(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    listed = listed_steps(client, incident)
    key = _key(listed, arguments.way)
    return told(arguments, client.act(incident, f"steps/{key}/choose", {}))


def _key(listed: Any, named: str | None) -> str:
    """The way that is meant. Without a name, or with one that fits none or several, the ways are listed."""
    ways = listed["ways"]
    if not ways:
        if named is not None and not named.isdecimal():
            return str(found(listed, named)["id"])  # another way than the one that is being gone
        raise NotFound("there is no choice between ways now; `tocsin next` shows what is next")
    if named is not None and named.isdecimal() and 1 <= int(named) <= len(ways):
        return str(ways[int(named) - 1]["key"])
    wanted = (named or "").casefold()
    fitting = [one for one in ways if wanted and (wanted in one["label"].casefold() or named in one["steps"])]
    if len(fitting) == 1:
        return str(fitting[0]["key"])
    raise BadInput("which way?" + "".join(f"\n  {n}  {plain(one['label'])}" for n, one in enumerate(ways, start=1)))


def _judge_arguments(parser: argparse.ArgumentParser) -> None:
    _step(parser)
    parser.add_argument("--yes", action="store_true", help="it holds after all")


def _judge(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    step = found(listed_steps(client, incident), arguments.step)
    return told(arguments, client.act(incident, f"steps/{step['id']}/judge", {"holds": arguments.yes}))


def _wait(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    step = found(listed_steps(client, incident), arguments.step)
    return told(arguments, client.act(incident, f"steps/{step['id']}/wait", {}))


def _answer_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("question", nargs="?", help="a question by its number; without one they are listed")
    parser.add_argument("answer", nargs="*", help="what is known; `unknown` if nobody knows yet")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _answer(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    listed = client.get(f"/incidents/{incident}/questions")
    asked = listed["questions"]
    if arguments.question is None:
        if arguments.json:
            dump(listed)
            return 0
        for number, one in enumerate(asked, start=1):
            say(f"{number:3}  {plain(one['question'])}  (line {one['line']})")
            if one["answer"]:
                say(f"       {plain(one['answer'])}")
        if not asked:
            say("the runbook asks no questions about an incident")
        return 0
    if not (arguments.question.isdecimal() and 1 <= int(arguments.question) <= len(asked)):
        raise BadInput(f"there are {len(asked)} questions; `tocsin answer` numbers them")
    text = " ".join(arguments.answer).strip()
    question = asked[int(arguments.question) - 1]
    if not text:
        raise BadInput(f'{plain(question["question"])} Say it: tocsin answer {arguments.question} "what is known"')
    return told(arguments, client.act(incident, f"questions/{question['step']}/answer", {"answer": text}))


VERBS = {
    "answer": Verb(_answer_arguments, _answer),
    "open": Verb(_open_arguments, _open),
    "choose": Verb(_choose_arguments, _choose),
    "inapplicable": Verb(_judge_arguments, _judge),
    "wait": Verb(_step, _wait),
}
