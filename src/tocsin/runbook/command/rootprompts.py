"""Root's prompt, "# systemctl restart nginx", told from a comment by what follows it and by the lines around."""

from __future__ import annotations

import re

from tocsin.runbook.command.programs import known_programs, tables
from tocsin.runbook.command.shell import is_command
from tocsin.runbook.command.unmarked import unmarked_command

_SESSION = frozenset(["", "console", "terminal", "shell-session", "shellsession"])
"""Tags of blocks that show a session with what was printed; elsewhere a line of an unknown program is a command too."""

_NO_OUTPUT = re.compile(
    r"\[[^\]]*\]$|.*[{};]$|[\w.-]+\s*=|[\w.-]+:$|-\s|(?:FROM|RUN|COPY|ADD|ENV|CMD|ENTRYPOINT|WORKDIR|USER|EXPOSE|ARG)\s"
    r"|(?:import|from|def|class|const|let|var|function|export|return|if|for|while)\s"
)
"""A line of settings or of a program: a comment above it may name a command."""

_PRINTED = re.compile(r"[^a-z]|[a-z]+$|.*(?:\s{2,}|\t|\s[-–—]\s|:\s|[.!]$)")
"""A line that a program has printed; a command that nobody knows is small letters with a space between."""

_KEY = re.compile(r"([a-z][\w.-]*):\s")


def with_user_prompts(body: tuple[str, ...], info: str = "") -> tuple[str, ...]:
    """The lines with "$ " for each "# " that is root's prompt; as they are where one of the "#" is a comment.

    It is the prompt where every line with it is a command, the first line has it, and the others are what was printed.

    >>> with_user_prompts(("# df -h /srv", "Filesystem  Size  Used", "# journalctl --vacuum-size=200M"))
    ('$ df -h /srv', 'Filesystem  Size  Used', '$ journalctl --vacuum-size=200M')
    >>> with_user_prompts(("# docker build -t mill .", "FROM debian"))
    ('# docker build -t mill .', 'FROM debian')
    """
    first = next((line for line in body if line.strip()), "")
    if not first.startswith("# "):
        return body
    marked = [line for line in body if line.lstrip().startswith("#")]
    if not all(line.startswith("# ") and _is_run(line[2:].strip()) for line in marked):
        return body
    words = {word for line in marked for word in line.split()}
    others = [line.rstrip() for line in body if line.strip() and not line.lstrip().startswith("#")]
    if others and (info not in _SESSION or not all(_is_printed(line, words) for line in others)):
        return body
    return tuple(f"${line[1:]}" if line.startswith("# ") else line for line in body)


def _is_run(text: str) -> bool:
    """Whether the words behind a "# " are a command: "systemctl restart nginx", "reboot", and no title."""
    if unmarked_command(text) or (text in known_programs() and text not in tables("sets")["everyday"]):
        return True
    return _OWN_PROGRAM.fullmatch(text) is not None


_OWN_PROGRAM = re.compile(r"[a-z][a-z0-9_-]+(?:ctl|-cli|adm)(?:\s[\w./:@=<>{}$,-]+){1,6}")
"""A control program of the team's own with its arguments: "millctl drain mill-3"."""


def _is_printed(line: str, words: set[str]) -> bool:
    """Whether a line may be output of the commands with these words; "nginx: …" is, by nginx."""
    if line[:1].isspace():
        return True
    key = _KEY.match(line)
    if is_command(line) or _NO_OUTPUT.match(line) or (key and key[1] not in words):
        return False
    return _PRINTED.match(line) is not None
