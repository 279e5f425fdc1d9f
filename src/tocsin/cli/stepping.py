"""The verbs for the steps of a runbook: the next one, run it, tick it off."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from typing import Any

from tocsin.cli.admitting import asked
from tocsin.cli.client import Client, client_of, with_server
from tocsin.cli.output import BOLD, YELLOW, chat, coloured, dump, local, plain, say
from tocsin.cli.responding import one_incident, told
from tocsin.cli.verbs import Verb
from tocsin.clock import monotonic
from tocsin.errors import BadInput, NotFound

STEP_FAILED = 8
MOST_SEEN = 262_144
"""Bytes of what was seen by hand that are sent."""
WAIT_SECONDS = 120.0
LOOK_EVERY = 0.3


def _incident(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _step(parser: argparse.ArgumentParser) -> None:
    _incident(parser)
    parser.add_argument("step", nargs="?", help="a step by its number in `tocsin next --all`, or its id; the next one")


def _next_arguments(parser: argparse.ArgumentParser) -> None:
    one_incident(parser)
    parser.add_argument("--all", action="store_true", help="all steps, numbered")


def _next(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    listed = listed_steps(client, client.incident(arguments.incident))
    if listed["ways"] and not arguments.all and not arguments.json:
        say(coloured(plain(listed["title"]), BOLD))
        return _show_ways(listed["ways"])
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


def _show_ways(ways: Any) -> int:
    for number, one in enumerate(ways, start=1):
        tried = "  [did not help]" if one["tried"] else ""
        condition = f": {plain(one['condition'])}" if one["condition"] else ""
        say(f"{number:3}  {plain(one['label'])}{condition}{tried}")
        say(f"       tocsin choose {number}")
    return 0


_PLACES = {"not_needed": "not needed", "other_way": "another way was taken", "does_not_apply": "does not apply"}


def _show(number: int, step: Any) -> None:
    state = step.get("phase_says") or step["phase"].replace("_", " ")  # a server before this version says no words
    if step["phase"] == "pending":
        state = "next" if step["next"] else _PLACES.get(step["place"], state)
    if _not_verified(step):
        state = "not verified"
    if step["condition"]:
        say(f"     {plain(step['condition'])}" + (f" (if not: tocsin inapplicable {number})" if step["next"] else ""))
    say(f"{number:3}  {plain(step['title'])}  (line {step['line']}){f'  [{state}]' if state else ''}")
    if step.get("waits_for"):  # a server before this version does not say it
        say(f"       not begun: {plain(step['waits_for'])}")
    if step["waits_until"]:
        say(f"       until {local(step['waits_until'])}")
    elif step["wait_seconds"] and step["next"]:
        say(f"       tocsin wait {number}")
    if step["unchecked"] and step["next"]:
        say("       nothing in the runbook verifies it: look yourself whether it helped")
    if step["command"]:
        for line in plain(step["command"]).splitlines():
            say(f"       $ {line}")
        blanks = "".join(f" {b['key']}={'|'.join(b['allowed']) or b['wants'].upper()}" for b in step["blanks"])
        say(f"       {f'tocsin run {number}{blanks}' if step['runnable'] else plain(step['why_not'])}")
        if not step["runnable"] and step["next"]:
            place = ":".join(plain(part) for part in (step["host"], step["directory"]) if part)
            say(f"       where: {place or 'here'}; then: tocsin tick {number} --saw FILE")
        if step["request"]:
            by, run = plain(step["request"]["by"]), step["request"]["run"]
            say(f"       {by} asks for a second person: tocsin approve {run}")


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    _step(parser)
    parser.add_argument(
        "answers", nargs="*", metavar="BLANK=VALUE", help="what the blanks of the command are filled with"
    )
    parser.add_argument("--yes", action="store_true", help="run what changes something without being asked")
    parser.add_argument("--target", default="", metavar="NAME", help="the target's name: asked for what is destructive")
    parser.add_argument(
        "--break-glass", default="", metavar="WHY", help="run without a second person, and say why; announced at once"
    )
    parser.add_argument("--dry-run", action="store_true", help="only show what would run, where, and what it needs")
    parser.add_argument("--no-wait", action="store_true", help="do not wait for its end")


def _run(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    step, answers = _meant(listed_steps(client, incident), arguments)
    shown = client.act(incident, f"steps/{step['id']}/preview", {"answers": answers})
    if arguments.dry_run:
        return _dry(arguments, step, shown)
    consent = _consented(arguments, step, shown)
    started = client.act(incident, f"steps/{step['id']}/run", {"answers": answers, **consent})
    request = found(listed_steps(client, incident), step["id"])["request"]
    if request is not None:
        until = local(request["expires_at"])
        chat(f"somebody else has to approve it until {until}: tocsin approve {request['run']}")
    if arguments.no_wait or request is not None:
        return told(arguments, started)
    chat(f"running {plain(step['title'])} …")
    ended = _awaited(client, incident, step["id"])
    if ended is None:
        chat(f"it still runs; look again with `tocsin next {incident} --all`")
        return 0
    if arguments.json:
        dump(ended)
    else:
        _print(ended)
        bad = ", but not verified: it did not find what it looks for" if _not_verified(ended) else ""
        chat(f"{plain(ended['title'])}: {ended['outcome']}{bad}")
    return 0 if ended["outcome"] == "succeeded" and not _not_verified(ended) else STEP_FAILED


def _print(ended: Any) -> None:
    """What the command printed, by the streams that it printed it to; all as data where nobody told them apart."""
    at, left = 0, plain(ended["output"]).rstrip("\n")
    for mark in ended.get("streams", ()):  # a server before this version does not tell
        text, at = left[at : at + mark["characters"]], at + mark["characters"]
        sys.stdout.flush()  # in their order, where both are one terminal
        if mark["stream"] == "stderr":
            sys.stderr.write(coloured(text, YELLOW, sys.stderr))
            sys.stderr.flush()
        else:
            sys.stdout.write(text)
    sys.stdout.write(left[at:])
    (sys.stderr if _ends_on_stderr(ended) else sys.stdout).write("\n")


def _ends_on_stderr(ended: Any) -> bool:
    told = ended.get("streams", ())
    return bool(told) and told[-1]["stream"] == "stderr" and sum(m["characters"] for m in told) >= len(ended["output"])


def _not_verified(step: Any) -> bool:
    """Whether a check ended well as a command and found that the change is not well; an older server does not say."""
    return (step["outcome"], step.get("verdict")) == ("succeeded", "not_verified")


def _meant(listed: Any, arguments: argparse.Namespace) -> tuple[Any, dict[str, str]]:
    """The step, and the answers. Where the step is left out, the first word may be an answer already."""
    words = list(arguments.answers)
    named = arguments.step
    if named is not None and "=" in named:
        words, named = [named, *words], None
    answers = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise BadInput(f"write {word!r} as BLANK=VALUE; `tocsin run --dry-run` names the blanks")
        answers[key] = value
    return found(listed, named), answers


def _dry(arguments: argparse.Namespace, step: Any, shown: Any) -> int:
    if arguments.json:
        dump(shown)
        return 0
    say(f"$ {plain(shown['command'])}")
    where = f", in {plain(shown['directory'])}" if shown["directory"] else ""
    by = ", by a shell (bash)" if shown.get("in_shell") else ""
    say(f"on {plain(shown['target'])} ({shown['environment']}){where}{by}")
    say(plain(step["needs"]))
    return 0


def _consented(arguments: argparse.Namespace, step: Any, shown: Any) -> dict[str, Any]:
    """What was given in consent, asked for at the terminal where it was not given before."""
    if step["effect"] == "read_only":
        return {}
    confirmed, typed = arguments.yes or bool(arguments.break_glass), arguments.target
    if not (confirmed and (typed or not step["typed_target"])):
        chat(f"$ {plain(shown['command'])}")
        chat(f"on {plain(shown['target'])} ({shown['environment']}): {plain(step['needs'])}")
        if step["typed_target"]:
            typed = typed or asked("the target's name: ")
        else:
            confirmed = confirmed or asked("run it? yes or no: ") == "yes"
            if not confirmed:
                raise BadInput("nothing was run")
    seen = {"digest": shown["digest"], "last_run": step["run"]}
    return {"confirmed": confirmed or bool(typed), "typed": typed, "break_glass": arguments.break_glass, **seen}


def _about_run(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("run", help="the run, as `tocsin next --all` shows it; the only one if left out", nargs="?")
    parser.add_argument("--reason", default="", help="why")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _approve_arguments(parser: argparse.ArgumentParser) -> None:
    _about_run(parser)
    parser.add_argument("--yes", action="store_true", help="approve without being asked")


def _approve(arguments: argparse.Namespace) -> int:
    client, incident, step = _of_run(arguments, "request")
    request = step["request"]
    if not arguments.yes:
        chat(f"{request['by']} asks for: {plain(step['title'])}")
        chat(f"$ {plain(request['command'])}")
        chat(f"on {plain(request['target'])}")
        if asked("approve it, so that it runs at once? yes or no: ") != "yes":
            raise BadInput("nothing was approved")
    body = {"run": request["run"], "digest": request["digest"]}
    return told(arguments, client.act(incident, "runs/approve", body))


def _decline(arguments: argparse.Namespace) -> int:
    client, incident, step = _of_run(arguments, "request")
    return told(
        arguments, client.act(incident, "runs/decline", {"run": step["request"]["run"], "reason": arguments.reason})
    )


def _cancel(arguments: argparse.Namespace) -> int:
    client, incident, step = _of_run(arguments, "running")
    return told(arguments, client.act(incident, "runs/cancel", {"run": step["run"], "reason": arguments.reason}))


def _of_run(arguments: argparse.Namespace, what: str) -> tuple[Client, str, Any]:
    """The step of the run that is meant: of those that wait for approval, or of those that run."""
    client = client_of(arguments)
    named = arguments.run
    incident = client.incident(arguments.incident or (named.partition("/")[0] if named and "/" in named else None))
    steps = [one for one in listed_steps(client, incident)["steps"] if one[what]]
    if named is not None:
        steps = [s for s in steps if named in (s["id"], (s["request"] or {}).get("run"), s["run"])]
    if len(steps) == 1:
        return client, incident, steps[0]
    kind = "waits for approval" if what == "request" else "runs"
    if not steps:
        raise NotFound(f"nothing of {incident} {kind}; `tocsin next {incident} --all` shows all steps")
    names = "".join(f"\n  {(s['request'] or {}).get('run') or s['run']}  {plain(s['title'])}" for s in steps)
    raise BadInput(f"more than one {kind}; say which:{names}")


def _awaited(client: Client, incident: str, step_id: str) -> Any:
    """The step once it has ended; None when it takes longer than we wait."""
    deadline = monotonic() + WAIT_SECONDS
    while monotonic() < deadline:
        step = found(listed_steps(client, incident), step_id)
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
    parser.add_argument("--saw", metavar="FILE", help="what you saw when you did it by hand; - reads it from a pipe")


def _tick(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    step = found(listed_steps(client, incident), arguments.step)
    body = {"outcome": arguments.outcome, "note": arguments.note, "saw": _saw(arguments.saw)}
    return told(arguments, client.act(incident, f"steps/{step['id']}/tick", body))


def _saw(named: str | None) -> str | None:
    """What was seen, from a file or from what is piped in; at most what the server keeps."""
    if named is None:
        return None
    try:
        with open(named, "rb") if named != "-" else contextlib.nullcontext(sys.stdin.buffer) as source:
            return source.read(MOST_SEEN).decode(errors="replace")[:MOST_SEEN]
    except OSError as error:
        raise BadInput(f"{named} cannot be read: {error.strerror}") from error


def listed_steps(client: Client, incident: str) -> Any:
    """What the server says of the steps."""
    return client.get(f"/incidents/{incident}/steps")


def found(listed: Any, named: str | None) -> Any:
    """The step that is meant: by number or id; the next one when none is named. Raises NotFound."""
    steps = listed["steps"]
    if named is None:
        step = next((one for one in steps if one["next"]), None)
        if step is None and listed["ways"]:
            ways = "".join(f"\n  tocsin choose {n}  {plain(w['label'])}" for n, w in enumerate(listed["ways"], start=1))
            raise BadInput(f"the runbook offers several ways; choose one first:{ways}")
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
    "approve": Verb(_approve_arguments, _approve),
    "decline": Verb(_about_run, _decline),
    "cancel": Verb(_about_run, _cancel),
    "tick": Verb(_tick_arguments, _tick),
}
