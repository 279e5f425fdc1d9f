"""The team's own way to wake people: any HTTP service, or any command, described in `tocsin.toml`.

Texts come from monitors: in JSON, forms, XML and HTML they are escaped, in plain text they are the text; a command
gets them by its environment, in no argument and through no shell.
"""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

from tocsin.adapters.egress.egress import Egress
from tocsin.adapters.egress.exchange import Response
from tocsin.adapters.webhooks import outcome_of
from tocsin.app.ports import Delivered, GiveUp, Outcome, PageMessage, TryAgain

SECONDS = 10.0
TRY_AGAIN = 75
"""The exit status by which a program says "later" (EX_TEMPFAIL of sysexits.h)."""
NAMES = ("address", "person", "incident", "severity", "title", "headline", "text", "link", "code", "answer", "key")
"""What a template may name and, in capitals behind ``TOCSIN_``, what a command finds in its environment."""
PLACEHOLDER = re.compile(r"\{\{\s*([a-z]+)\s*\}\}")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, escaped or not."""
_PASSED_ON = ("PATH", "HOME", "LANG", "TZ")


def values(message: PageMessage) -> dict[str, str]:
    """What a gateway may say of a page, by name."""
    return {
        "address": message.address,
        "person": message.person,
        "incident": message.incident_id,
        "severity": message.lead.removesuffix(message.incident_id).strip(),
        "title": message.title,
        "headline": message.headline,
        "text": message.text,
        "link": message.link,
        "code": message.code,
        "answer": message.answer,
        "key": message.key,
    }


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """POSTs a body that the team wrote. ``expects``: words without which an answer of 2xx is no yes."""

    egress: Egress
    url: str = field(repr=False)
    body: str
    content_type: str = "application/json"
    authorization: str = field(default="", repr=False)
    expects: str = ""

    def page(self, message: PageMessage) -> Outcome:
        """Fill in and send."""
        known = values(message)
        escape = next((made for kind, made in _ESCAPES if kind in self.content_type.lower()), str)
        body = _filled(self.body, known, escape)
        headers = {"Content-Type": self.content_type, "Idempotency-Key": quote(message.key, safe="/")}
        if self.authorization:
            headers["Authorization"] = self.authorization
        exchange = self.egress.post(_filled(self.url, known, _form), body.encode(), headers)
        outcome = outcome_of(exchange)
        if (
            isinstance(outcome, Delivered)
            and isinstance(exchange, Response)
            and self.expects.encode() not in exchange.body
        ):
            return TryAgain(f"the gateway's answer does not hold {self.expects!r}", ambiguous=True)
        return outcome


@dataclass(frozen=True, slots=True)
class CommandGateway:
    """Runs a command. It ends with 0 when it has sent the page, with 75 to be run again, else it is given up."""

    argv: Sequence[str]
    seconds: float = SECONDS

    def page(self, message: PageMessage) -> Outcome:
        """Run it, with the page in its environment; after ``seconds`` it is killed with all it started."""
        told = {f"TOCSIN_{name.upper()}": value.replace("\0", " ") for name, value in values(message).items()}
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | told
        try:
            child = subprocess.Popen(
                list(self.argv),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            return GiveUp(f"the gateway's command cannot be started: {error.strerror or type(error).__name__}")
        try:
            status = child.wait(self.seconds)
        except subprocess.TimeoutExpired:
            return TryAgain(f"the gateway's command did not end within {self.seconds:g} s", ambiguous=True)
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if status == 0:
            return Delivered(receipt="the command ended with 0")
        reason = f"the gateway's command ended with {status}"
        return TryAgain(reason) if status == TRY_AGAIN else GiveUp(reason)


def _filled(template: str, known: Mapping[str, str], escape: Callable[[str], str]) -> str:
    return PLACEHOLDER.sub(lambda found: escape(known.get(found[1], "")), template)


def _json_text(text: str) -> str:
    return json.dumps(text)[1:-1]


def _form(text: str) -> str:
    return quote(text, safe="")


def _markup(text: str) -> str:
    return html.escape(_NO_XML.sub("\ufffd", text))


_ESCAPES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("json", _json_text),
    ("form", _form),
    ("xml", _markup),
    ("html", _markup),
)
"""By a word of the content type, the first that is in it."""
