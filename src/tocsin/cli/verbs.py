"""The verbs of the command line: where each is written, and the one line that `tocsin --help` prints for it.

A table of words only, so that help, and the one module that a verb needs, are all that is ever loaded: somebody
who acknowledges a page at night does not wait for a compiler, a database or a web framework.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse

GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "In an incident": {
        "declare": ("declaring", "begin an incident"),
        "ack": ("responding", "take an incident; without a name the only open one"),
        "next": ("stepping", "the next step of the runbook"),
        "run": ("stepping", "run the next step, or one by its number, and wait for its end"),
        "approve": ("stepping", "approve a step that somebody else asks for: it runs at once"),
        "decline": ("stepping", "say no to a request, or take your own back"),
        "cancel": ("stepping", "end a running step"),
        "tick": ("stepping", "tick a step off: done, skipped, or done in vain"),
        "open": ("steering", "open another procedure of the runbook, or a phase of its response"),
        "choose": ("steering", "take one of the ways that the runbook offers"),
        "inapplicable": ("steering", "say that the condition of a step does not hold"),
        "wait": ("steering", "begin to wait, or to watch, as long as a step says"),
        "answer": ("steering", "what the runbook asks about the incident; answer one of it"),
        "note": ("responding", "write something down"),
        "say": ("responding", "tell the team where things stand, --to a group of the company, or --customers"),
        "escalate": ("responding", "page the next level now"),
        "page": ("responding", "page a person, a role or a schedule"),
        "severity": ("responding", "set the severity"),
        "role": ("responding", "take a role of the response, or give it to somebody"),
        "mitigate": ("responding", "say that the impact is over"),
        "resolve": ("responding", "end the incident"),
        "reopen": ("responding", "it was not over"),
    },
    "Looking": {
        "incidents": ("looking", "list incidents; `incidents show INC-1`, `incidents timeline INC-1`"),
        "alerts": ("looking", "the alerts that were heard last"),
        "silence": ("silencing", "what is kept quiet; keep alerts quiet, prolong or end it"),
        "maintenance": ("maintaining", "work that customers are told of beforehand: plan, tell, move, end it"),
        "oncall": ("oncall", "who is on call, gaps, overrides and swaps"),
        "output": ("looking", "the whole output of a run"),
        "phone": ("looking", "one's pages on the built-in phone"),
        "export": ("looking", "everything about one incident as JSON"),
    },
    "Runbooks": {
        "check": ("reading", "what is wrong with a runbook, line by line (works offline)"),
        "show": ("reading", "a runbook as Tocsin understands it"),
        "diff": ("reading", "how a new version of a runbook would respond differently"),
        "lsp": ("reading", "show findings in an editor while you write (a language server)"),
        "rehearse": ("reading", "what would happen, minute by minute, if nobody answered"),
        "init": ("reading", "write tocsin.toml for a runbook, asking what it leaves open"),
    },
    "Learning": {
        "postmortem": ("learning", "show, save or publish a post-mortem"),
        "actions": ("learning", "open action items"),
        "duties": (
            "learning",
            "what the runbooks ask for regularly: done when, due when; say that it is done",
        ),
        "drill": ("declaring", "declare a drill: it pages people and never reaches customers"),
        "report": ("learning", "mean times and targets kept"),
    },
    "Running Tocsin": {
        "demo": ("running", "a shop that breaks, a runbook and a fake phone, in one minute"),
        "fake": ("standins", "a stand-in for Twilio, ntfy or Pushover, with faults, to drill with"),
        "serve": ("running", "run the server"),
        "doctor": ("doctor", "check the configuration, the database and the server"),
        "config": ("running", "check the configuration, or show it with its origins"),
        "db": ("database", "upgrade, back up, restore, release or check the database"),
        "status": (
            "running",
            "render or serve the public status page, or publish on it by hand while the server is gone",
        ),
        "subscribers": ("subscribers", "who hears public updates by mail: list, export, or remove somebody"),
        "integrations": ("administering", "list sources of alerts, how to set one up, send a test alert"),
        "change": ("watching", "tell of a deploy or another change: it stands beside incidents"),
        "probes": ("watching", "what Tocsin looks at with its own eyes, and what the runbooks offer for it"),
        "steps": ("administering", "which steps may be run, and allow or forbid one"),
        "runners": ("fielding", "list, invite or remove the runners near your systems"),
        "runner": ("fielding", "run approved steps on this host for a server elsewhere"),
        "login": ("admitting", "sign in to a server from this terminal"),
        "token": ("admitting", "list, create or revoke tokens"),
        "user": ("admitting", "list, add or change accounts"),
        "audit": ("admitting", "who did what"),
        "healthcheck": ("running", "exit 0 when the server here is ready (for containers)"),
    },
}

MODULES: dict[str, str] = {verb: module for group in GROUPS.values() for verb, (module, _) in group.items()}
SUMMARIES: dict[str, str] = {verb: says for group in GROUPS.values() for verb, (_, says) in group.items()}


class Verb(NamedTuple):
    """A verb: declares its arguments, and acts on them; gives the exit status.

    ``mixed``: options may stand between its words, and before them.
    """

    declare: Callable[[argparse.ArgumentParser], None]
    act: Callable[[argparse.Namespace], int]
    epilog: str = ""
    mixed: bool = False


def acting(module: str, name: str) -> Callable[[argparse.Namespace], int]:
    """The function of a module of the command line that acts, loaded when it does: help waits for no compiler."""

    def act(arguments: argparse.Namespace) -> int:
        acts: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(f"tocsin.cli.{module}"), name)
        return acts(arguments)

    return act


def usage() -> str:
    """What `tocsin --help` prints."""
    width = max(map(len, MODULES)) + 2
    lines = ["usage: tocsin VERB [options]", ""]
    for group, verbs in GROUPS.items():
        lines.append(f"{group}:")
        lines += [f"  {verb:<{width}}{says}" for verb, (_, says) in verbs.items()]
        lines.append("")
    lines += [
        "`tocsin VERB --help` says more. --json prints data for programs; --version the version.",
        "Exit status: 0 ok, 1 failure, 2 usage, 3 not found, 4 not allowed, 5 conflict, 8 step failed, 9 no server.",
    ]
    return "\n".join(lines) + "\n"
