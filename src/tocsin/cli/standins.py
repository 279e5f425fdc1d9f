"""``tocsin fake``: a stand-in for a provider that wakes people, to drill with before the night.

It runs until it is interrupted, prints what to paste into ``tocsin.toml``, then what arrives, and takes lines from its
standard input: what the person with the phone does, and what goes wrong.
"""

from __future__ import annotations

import argparse

from tocsin.cli.verbs import Verb
from tocsin.fakes.standin import MENU

NAMES = ("mattermost", "ntfy", "pagerduty", "pushover", "slack", "twilio")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=NAMES, help="whose place it takes")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; a free one if not given")
    parser.add_argument("--fault", choices=sorted(MENU), default="works", help="how every request is met")
    parser.add_argument("--server", metavar="URL", default="http://127.0.0.1:8080", help="where your Tocsin listens")


def _fake(arguments: argparse.Namespace) -> int:
    from tocsin.cli.drilling import drill  # brings the stand-ins, and with Slack's a server of websockets

    return drill(arguments)


VERBS = {"fake": Verb(_arguments, _fake)}
