"""The verbs for whoever responds: declare, acknowledge, talk, escalate, end."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tocsin.cli.client import INCIDENT, Client, client_of, with_server
from tocsin.cli.output import BOLD, YELLOW, chat, coloured, dump, lined, local, plain, say
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput


def told(arguments: argparse.Namespace, answer: Any) -> int:
    """Print what a command did, and what happens next if nobody acts."""
    if arguments.json:
        dump(answer)
        return 0
    incident = answer["incident"]
    head = f"{incident['id']} {incident['severity'] or 'no severity yet'} {incident['state']}"
    say(f"{coloured(head, BOLD)}  {lined(incident['title'])}")
    for fact in answer["facts"]:
        line = f"  (runbook line {fact['line']})" if fact["line"] else ""
        say(f"  {lined(fact['text'], 2)}{line}")
    if not answer["facts"]:
        say("  it was so already; nothing changed")
    if incident["next_due_at"]:
        chat(f"  next, {local(incident['next_due_at'])}: {plain(incident['next_due'])}")
    return 0


def one_incident(parser: argparse.ArgumentParser) -> None:
    """The incident as the only positional argument, or with -i as for the other verbs."""
    with_server(parser)
    parser.set_defaults(incident=None)
    # What is left out puts no default over what the other has said.
    says, none = "the incident; the only open one if left out", argparse.SUPPRESS
    parser.add_argument("incident", nargs="?", metavar="INC", default=none, help=says)
    parser.add_argument("-i", "--incident", metavar="INC", default=none, help="the same, as other verbs have it")


def words_for(parser: argparse.ArgumentParser, name: str, says: str, *, optional: bool = False) -> None:
    """Words to say, perhaps after the incident that they are about."""
    with_server(parser)
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")
    parser.add_argument("words", nargs="*" if optional else "+", metavar=name, help=f"{says} (INC-1 may stand first)")


def about(client: Client, arguments: argparse.Namespace) -> tuple[str, str]:
    """The incident that the words are about, and the words."""
    words = list(arguments.words)
    named = arguments.incident
    if named is None and words and words[0].upper().startswith("INC-") and INCIDENT.fullmatch(words[0]):
        named = words.pop(0)
    return client.incident(named), " ".join(words)


def _ack_arguments(parser: argparse.ArgumentParser) -> None:
    one_incident(parser)
    parser.add_argument("--take-over", action="store_true", help="take it although somebody else has it")


def _ack(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident = client.incident(arguments.incident)
    answer = client.act(incident, "acknowledge", {"take_over": arguments.take_over})
    told(arguments, answer)
    holder = answer["incident"].get("acknowledged_by")
    took = any(fact["type"] == "Acknowledged" for fact in answer["facts"])
    if arguments.json or took or not holder:  # who has just taken it need not ask who they are
        return 0
    if holder != client.get("/me")["handle"]:
        chat(f"  {plain(holder)} has it: take it over (--take-over), join (`tocsin note joins`), or go back to sleep")
    return 0


def _note_arguments(parser: argparse.ArgumentParser) -> None:
    words_for(parser, "TEXT", "what to write down", optional=True)
    parser.add_argument("--vendor", metavar="NAME", default="", help="who outside was asked for help")
    parser.add_argument("--case", metavar="NUMBER", default="", help="the number that the vendor gave the case")


def _note(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident, text = about(client, arguments)
    return told(
        arguments, client.act(incident, "note", {"text": text, "vendor": arguments.vendor, "case": arguments.case})
    )


def _say_arguments(parser: argparse.ArgumentParser) -> None:
    words_for(parser, "TEXT", "what to say", optional=True)
    parser.add_argument("--status", default="", help="where things stand, in a word")
    parser.add_argument(
        "--customers",
        metavar="STATUS",
        choices=("investigating", "identified", "monitoring", "resolved"),
        help="tell customers instead of the team: investigating, identified, monitoring or resolved",
    )
    parser.add_argument(
        "--to",
        action="append",
        default=[],
        choices=("team", "stakeholders", "executives", "support"),
        help="tell these instead, or with --customers as well: the team, a group inside the company; may be repeated",
    )
    parser.add_argument("--subject", default="", help="--to: the subject of the mails")
    parser.add_argument("--component", action="append", default=[], metavar="KEY", help="what is affected, by key")
    parser.add_argument(
        "--decided-by", metavar="WHO", help="who decided it (needed where a runbook leaves it to a level)"
    )
    parser.add_argument("--prepare", action="store_true", help="print the runbook's words for them, send nothing")


def _say(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident, text = about(client, arguments)
    if arguments.to:
        return _tell(arguments, client, incident, text)
    if arguments.prepare:
        status = arguments.customers or "investigating"
        prepared = client.get(f"/incidents/{incident}/customers", status=status)
        if arguments.json:
            dump(prepared)
        else:
            say(plain(prepared["text"]) or "The runbook has no words for this moment.")
            if prepared["unfilled"]:
                chat(f"still to be filled in: {', '.join(map(plain, prepared['unfilled']))}")
            if prepared["decides"]:
                chat(f"{', '.join(map(plain, prepared['decides']))} decides it: --decided-by WHO")
            for title in ("post", "reply"):
                if prepared[title]:
                    say(f"\n--- {title}, to copy ---\n{plain(prepared[title])}")
        return 0
    if not text:
        raise BadInput("say what? Give the text, or --prepare to see the runbook's own words")
    if arguments.customers:
        body = {"status": arguments.customers, "text": text, "components": arguments.component}
        if arguments.decided_by:
            body["decided_by"] = arguments.decided_by
        return told(arguments, client.act(incident, "customers", body))
    return told(arguments, client.act(incident, "update", {"text": text, "status": arguments.status}))


def _tell(arguments: argparse.Namespace, client: Client, incident: str, text: str) -> int:
    to = ["internal" if one == "team" else one for one in dict.fromkeys(arguments.to)]
    if arguments.customers or len(to) > 1:
        return _approve(arguments, client, incident, to, text)
    path = f"audiences/{to[0]}"
    if not arguments.prepare:
        if not text:
            raise BadInput("say what? Give the text, or --prepare to see the runbook's own words")
        return told(arguments, client.act(incident, path, {"text": text, "subject": arguments.subject}))
    status = {"status": arguments.status} if arguments.status else {}
    prepared = client.get(f"/incidents/{incident}/{path}", **status)
    if arguments.json:
        dump(prepared)
        return 0
    if prepared["subject"]:
        say(f"Subject: {plain(prepared['subject'])}\n")
    say(plain(prepared["text"]) or "The runbook has no words for them at this moment.")
    if prepared["unfilled"]:
        chat(f"still to be filled in: {', '.join(map(plain, prepared['unfilled']))}")
    chat(f"goes to: {', '.join(map(plain, prepared['outlets'])) or 'nobody; name them in tocsin.toml'}")
    return 0


def _approve(arguments: argparse.Namespace, client: Client, incident: str, to: list[str], text: str) -> int:
    """One approval for all of them."""
    if arguments.prepare:
        raise BadInput("--prepare shows the words for one audience: give one --to, or --customers alone")
    if not text:
        raise BadInput("say what? Give the text; `--to WHO --prepare` shows the runbook's own words")
    body: dict[str, Any] = {"to": to, "text": text, "subject": arguments.subject}
    if arguments.customers:
        body |= {"to": ["customers", *to], "status": arguments.customers, "components": arguments.component}
        body |= {"decided_by": arguments.decided_by} if arguments.decided_by else {}
    return told(arguments, client.act(incident, "tell", body))


def _escalate_arguments(parser: argparse.ArgumentParser) -> None:
    words_for(parser, "REASON", "why")
    parser.add_argument("--level", type=int, metavar="N", help="this level instead of the next one")
    parser.add_argument("--trigger", default="", metavar="KEY", help="the runbook's line that asks for it: line-237")


def _escalate(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident, reason = about(client, arguments)
    body = {"reason": reason, "level": arguments.level, "trigger": arguments.trigger}
    return told(arguments, client.act(incident, "escalate", body))


def _page_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("target", help='a handle, a word of the runbook ("CTO"), or a schedule')
    parser.add_argument("reason", nargs="+", help="why")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _page(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    body = {"target": arguments.target, "reason": " ".join(arguments.reason)}
    return told(arguments, client.act(client.incident(arguments.incident), "page", body))


def _severity_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("severity", help="any name that the runbook gives it")
    parser.add_argument("reason", nargs="*", help="why")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _severity(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    body = {"severity": arguments.severity, "reason": " ".join(arguments.reason)}
    return told(arguments, client.act(client.incident(arguments.incident), "severity", body))


def _role_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("role", help='the role, like "Incident Commander"')
    parser.add_argument("person", nargs="?", help="a handle; oneself if left out")
    parser.add_argument("-i", "--incident", metavar="INC", help="the incident; the only open one if left out")


def _role(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    body = {"role": arguments.role, "person": arguments.person}
    return told(arguments, client.act(client.incident(arguments.incident), "role", body))


def _mitigate_arguments(parser: argparse.ArgumentParser) -> None:
    words_for(parser, "TEXT", "how", optional=True)


def _mitigate(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident, text = about(client, arguments)
    return told(arguments, client.act(incident, "mitigate", {"text": text}))


def _resolve_arguments(parser: argparse.ArgumentParser) -> None:
    words_for(parser, "SUMMARY", "how it ended", optional=True)
    parser.add_argument("--confirm-all", action="store_true", help="confirm every check of the runbook: you looked")
    parser.add_argument(
        "--override",
        default="",
        metavar="REASON",
        help="why checks that are open, or things not put back, do not matter",
    )


def _resolve(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    incident, summary = about(client, arguments)
    whole = client.get(f"/incidents/{incident}")
    for one in whole.get("owed", ()):  # an older server does not say
        chat(f"{coloured('warning:', YELLOW, sys.stderr)} {plain(one['says'])}")
    confirmed: list[str] = []
    if arguments.confirm_all:
        confirmed = [check["id"] for check in whole["checks"] if not check["confirmed"]]
    body = {"summary": summary, "confirmed": confirmed, "override": arguments.override}
    return told(arguments, client.act(incident, "resolve", body))


def _reopen_arguments(parser: argparse.ArgumentParser) -> None:
    with_server(parser)
    parser.add_argument("incident", metavar="INC")
    parser.add_argument("reason", nargs="+", help="why")


def _reopen(arguments: argparse.Namespace) -> int:
    client = client_of(arguments)
    body = {"reason": " ".join(arguments.reason)}
    return told(arguments, client.act(client.incident(arguments.incident), "reopen", body))


VERBS = {
    "ack": Verb(_ack_arguments, _ack),
    "note": Verb(_note_arguments, _note),
    "say": Verb(_say_arguments, _say),
    "escalate": Verb(_escalate_arguments, _escalate),
    "page": Verb(_page_arguments, _page),
    "severity": Verb(_severity_arguments, _severity),
    "role": Verb(_role_arguments, _role),
    "mitigate": Verb(_mitigate_arguments, _mitigate),
    "resolve": Verb(_resolve_arguments, _resolve),
    "reopen": Verb(_reopen_arguments, _reopen),
}
