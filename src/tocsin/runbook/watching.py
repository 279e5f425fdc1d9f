"""What a runbook looks at by hand, as probes that could look by themselves: health URLs, the database, the cache."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tocsin.runbook.instructions import Command, Effect
from tocsin.runbook.playbook import Playbook

_PSQL = re.compile(r"\bpsql\s+(?:-d\s+)?[\"']?\$\{?(\w+)\}?")
_REDIS = re.compile(r"\bredis-cli\b[^|;&\n]*?(?:-h\s+|-u\s+)[\"']?\$\{?(\w+)\}?[^|;&\n]*?\bping\b", re.IGNORECASE)
_EXAMPLE = re.compile(r"your-?(?:domain|app|company|site)|(?:^|\.)example\.(?:com|org|net)$|<|\[", re.IGNORECASE)
_NEAR = re.compile(r"localhost|127\.[\d.]+|\[::1\]")
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """A probe that a line of the runbook asks for. ``name`` is without the service, ``note`` what is to be done first.

    ``address`` is the name of an environment variable when ``by_reference``; an ``example`` is nobody's real one.
    """

    name: str
    kind: str
    address: str
    line: int
    said: str
    note: str = ""
    by_reference: bool = False
    example: bool = False


def offers(playbook: Playbook) -> tuple[Offer, ...]:
    """What it looks at, each once, in the order of its lines."""
    found: dict[tuple[str, str], Offer] = {}
    for step in playbook.steps().values():
        if step.command is None or step.command.effect is not Effect.READ_ONLY:
            continue
        for one in _of(step.command, step.lines.first):
            found.setdefault((one.kind, one.address), one)
    return tuple(sorted(found.values(), key=lambda one: one.line))


def _of(command: Command, line: int) -> Iterator[Offer]:
    text = command.text
    for stage in command.pipeline:
        if stage[:1] == ("curl",):
            yield from (_of_url(word, line, text) for word in stage[1:] if re.match(r"https?://[^\s$]+$", word))
    if by_psql := _PSQL.search(text):
        yield Offer("database", "postgres", by_psql[1], line, text, by_reference=True)
    if by_redis := _REDIS.search(text):
        note = f"redis://… of ${by_redis[1]}" if by_redis[1].endswith("HOST") else ""
        variable = re.sub(r"HOST$", "URL", by_redis[1])
        yield Offer("cache", "redis", variable, line, text, note, by_reference=True)


def _of_url(url: str, line: int, text: str) -> Offer:
    parts = urlsplit(url)
    host = parts.hostname or ""
    name = "-".join(re.findall(r"[A-Za-z0-9]+", parts.path)) or "web"
    note = ""
    if _EXAMPLE.search(host):
        note = f"{host} is the runbook's example: put your own"
    elif _NEAR.fullmatch(host):
        note = 'this is the server itself: server.probed = ["127.0.0.1"], or name the host where it runs'
    return Offer(name[:LONGEST_NAME], "http", url, line, text, note, example=bool(_EXAMPLE.search(host)))
