"""A shell or SQL statement of the document as a Command."""

from __future__ import annotations

import re

from tocsin.runbook.command import sql
from tocsin.runbook.command.bash import parse
from tocsin.runbook.command.effects import judge
from tocsin.runbook.command.placeholders import parameters
from tocsin.runbook.command.programs import Judgement
from tocsin.runbook.command.shell import Statement
from tocsin.runbook.instructions import Command, Effect, Termination

_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def shell_command(statement: Statement, *, host: str | None = None, directory: str | None = None) -> Command:
    """The command of one statement; where it runs is what an earlier ``ssh`` or ``cd`` of the block said."""
    text = statement.text
    parsed = parse(text)
    found = judge(text, parsed)
    effect, reason = found.effect, found.reason
    requires = dict.fromkeys(found.requires)
    if statement.stdin is not None:
        if effect is Effect.UNKNOWN and found.termination is Termination.INTERACTIVE:  # it waits for these lines
            effect, reason = sql.effect(statement.stdin)
        requires |= {"stdin": None}
    return Command(
        text=text,
        effect=effect,
        termination=found.termination,
        pipeline=parsed.pipeline,
        needs_shell=parsed.needs_shell,
        reason=reason,
        requires=tuple(requires),
        parameters=parameters(text),
        suggestion=_suggestion(text, found, statement.stdin),
        stdin=statement.stdin,
        directory=directory,
        host=host,
    )


def sql_command(text: str) -> Command:
    """An SQL statement that the document gives without a client: shown, never run."""
    effect, reason = sql.effect(text)
    return Command(text, effect, Termination.BOUNDED, language="sql", reason=reason, parameters=parameters(text))


def has_hidden_characters(text: str) -> bool:
    """Whether a text holds characters that cannot be seen or that reorder what is seen."""
    return bool(_HIDDEN.search(text))


def misprinted(text: str) -> str:
    """The first sign of a command that a word processor has put in place of what was typed; empty for none.

    >>> misprinted("kubectl get pods –n mill"), misprinted("git commit -m 'it’s warm – at last'")
    ('–', '')
    """
    if text.isascii():
        return ""
    match = _MISPRINTED.search(_QUOTED.sub("''", text[:_LOOKED_AT]))
    return match[0].strip()[:1] or "\u00a0" if match is not None else ""


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_MISPRINTED = re.compile(
    r"(?<=\s)[\u2013\u2014\u2212]{1,2}(?=[A-Za-z])|[\u201c\u201d\u2018\u2019](?=[\w./:<$-])|\u00a0"
)
"""A dash for the hyphen of an option, quotes of print, a space that does not break."""
_LOOKED_AT = 2000
"""Characters of a command."""


def has_lookalikes(text: str) -> bool:
    """Whether one word mixes Latin letters with Cyrillic or Greek ones that look the same."""
    if text.isascii():
        return False
    words = re.findall(r"\w+", text)
    return any(re.search(r"[A-Za-z]", word) and re.search(r"[\u0370-\u03ff\u0400-\u04ff]", word) for word in words)


_REWRITES = (
    (re.compile(r"^((?=.*\s--tail\b).*\blogs\b.*?)\s(?:-f|--follow(?:=true)?)(?!\S)(.*)$"), r"\1\2"),
    (re.compile(r"^((?:kubectl|oc)\b.*\blogs\b.*?)\s(?:-f|--follow)\b(.*)$"), r"\1 --tail=200\2"),
    (re.compile(r"^((?:kubectl|oc)\b.*\bget\b.*?)\s(?:-w|--watch(?:=true)?)(?!\S)(.*)$"), r"\1\2"),
    (
        re.compile(r"^((?:docker|docker-compose|docker compose)\b.*\blogs\b.*?)\s(?:-f|--follow)\b(.*)$"),
        r"\1 --tail 200\2",
    ),
    (re.compile(r"^((?:sudo )?tail\b.*?)\s(?:-f|-F|--follow)\b(.*)$"), r"\1 -n 200\2"),
    (re.compile(r"^((?:sudo )?tail\b.*?\s-\d+)[fF](?!\S)(.*)$"), r"\1\2"),
    (re.compile(r"^((?:sudo )?tail\b.*?\s-)[fF](n\b.*)$"), r"\1\2"),
    (re.compile(r"^((?:sudo )?journalctl\b.*?)\s(?:-f|--follow)\b(.*)$"), r"\1 -n 200 --no-pager\2"),
    (re.compile(r"^((?:sudo )?journalctl\b.*?)\s-f([a-z]+)\b(.*)$"), r"\1 -n 200 --no-pager -\2\3"),
    (re.compile(r"^((?:sudo )?journalctl\b.*?)\s-([a-z]+)f(?!\S)(.*)$"), r"\1 -n 200 --no-pager -\2\3"),
    (re.compile(r"^(pm2 logs\b.*)$"), r"\1 --nostream"),
    (re.compile(r"^(docker stats\b.*)$"), r"\1 --no-stream"),
    (re.compile(r"^(aws logs tail\b.*?)\s--follow\b(.*)$"), r"\1 --since 10m\2"),
    (re.compile(r"^(?:sudo )?(?:h|a)?top\s*$"), r"top -b -n1"),
    (re.compile(r"^((?:sudo )?top)\b((?:\s[^|]*)?)$"), r"\1 -b -n1\2"),
    (re.compile(r"^((?:sudo )?slabtop)\b((?:\s[^|]*)?)$"), r"\1 -o\2"),
    (re.compile(r"^watch\s+(?:-\S+\s+(?:\d\S*\s+)?+)*+'([^']*)'$"), r"\1"),
    (re.compile(r'^watch\s+(?:-\S+\s+(?:\d\S*\s+)?+)*+"([^"\\]*)"$'), r"\1"),
    (re.compile(r"^watch\s+(?:-\S+\s+(?:\d\S*\s+)?+)*+([^-'\"].*)$"), r"\1"),
    (re.compile(r"^(vercel logs\b.*?)\s--follow\b(.*)$"), r"\1\2"),
    (re.compile(r"^(ping\b)(.*)$"), r"\1 -c 4\2"),
    (re.compile(r"^((?:docker-compose|docker compose)\b(?:\s(?!up\b)\S+)*\sup)\b(.*)$"), r"\1 -d\2"),
)


def _suggestion(text: str, found: Judgement, stdin: str | None) -> str | None:
    if stdin is not None and text.split(" ", 1)[0] == "psql":
        wanted = " ".join(stdin.split()).replace('"', '\\"')
        return f'{text} -X -v ON_ERROR_STOP=1 -c "{wanted}"'
    if found.termination is not Termination.FOLLOWS:
        return None
    for pattern, better in _REWRITES:
        if pattern.match(text):
            return pattern.sub(better, text)
    if found.effect in (Effect.MUTATING, Effect.DESTRUCTIVE):
        return None  # a server that is stopped after a minute is worse than none
    return f"timeout 60 {text}" if "|" not in text and not stays_open(text) else None


def stays_open(text: str) -> bool:
    """Whether a command is a way that the next steps go through, such as a forwarded port.

    >>> stays_open("ssh -fN -L 5432:db:5432 desk"), stays_open("ssh mill-N1 tail -f /var/log/mill.log")
    (True, False)
    """
    return bool(_STAYS_OPEN.match(text))


_STAYS_OPEN = re.compile(r"(?:kubectl|oc)\s(?:\S+\s)*?(?:port-forward|proxy)\b|ssh\s(?:.*\s)?-\w*N")
"""Ended after a minute, it would end the steps as well that need it."""


def is_context(command: Command) -> bool:
    """Whether the statement only moves the ones after it: ``cd``, ``ssh host``, ``export``."""
    return _CONTEXT.match(command.text) is not None and command.effect is Effect.READ_ONLY


_CONTEXT = re.compile(r"(?:cd|pushd|export|source|set)\b")
