"""Commands that a writer did not mark as code: alone in an item, or behind its colon, "State: docker compose ps"."""

from __future__ import annotations

import re

from tocsin.runbook.command.effects import judge
from tocsin.runbook.command.programs import known_programs, rules_of, tables
from tocsin.runbook.command.shell import is_command
from tocsin.runbook.command.wrappers import unwrapped
from tocsin.runbook.grammar import any_of, ending, pattern, small_words
from tocsin.runbook.instructions import Effect
from tocsin.runbook.words import words_of

_WORD = re.compile(r"[a-z0-9<{$./-][\w./:@=<>{}$,-]*")
_MOST_WORDS = 6
_HOST = re.compile(r"[\w.-]+@[\w.-]+|[\w-]+(?:\.[\w-]+)+")
PROMPT = "$ "
"""What stands before a command that was copied with it, also outside of code."""
_TAKES = re.compile(r"[A-Za-z_]\w*=\$\(.+\)")
"""A variable that gets what a command prints."""


def unmarked_command(text: str) -> bool:
    """Whether a text of its own is a command: it looks like one, or its program has that sub-command.

    >>> unmarked_command("docker compose ps"), unmarked_command("docker compose must be installed")
    (True, False)
    >>> unmarked_command("TAG=$(git describe)"), unmarked_command("Look at the queue first")
    (True, False)
    """
    text = text.removeprefix(PROMPT)
    if _begins_a_sentence(text):
        return False
    if is_command(text, strict=True) or _TAKES.fullmatch(text):
        return True
    around, words = unwrapped(tuple(text.split()))
    if around and len(words) == 1 and words[0] in known_programs():
        return True  # "sudo reboot"
    if len(words) == 2 and words[0] == "ssh":
        return _HOST.fullmatch(words[1]) is not None
    if not 1 < len(words) <= _MOST_WORDS or words[0] in tables("sets")["everyday"] or rules_of(words[0]) is None:
        return False
    return all(map(_WORD.fullmatch, words)) and judge(text).effect is not Effect.UNKNOWN


def _begins_a_sentence(text: str) -> bool:
    """Whether no command begins so: with a capital, and no program, path or variable. Most lines are told by that."""
    word = text.split(maxsplit=1)[0] if text.strip() else ""
    return word[:1].isupper() and "=" not in word and "/" not in word and word not in known_programs()


def on_its_own_line(text: str) -> bool:
    """Whether a line among others of a paragraph is a command, and no piece of a sentence.

    >>> on_its_own_line("systemctl restart mill"), on_its_own_line("git push and then wait")
    (True, False)
    """
    text = text.removeprefix(PROMPT)
    joining = small_words("and", "or", "then", "first", "if", "filler")
    return unmarked_command(text) and (is_command(text, strict=True) or joining.isdisjoint(words_of(text)))


def without_sentence(text: str) -> str:
    """The command that a line begins with, where a sentence goes on behind it: it is no argument.

    >>> without_sentence("curl -sI https://mill.example で応答を確認"), without_sentence("df -h /srv")
    ('curl -sI https://mill.example', 'df -h /srv')
    """
    text = text.removeprefix(PROMPT)
    if text.isascii():
        return text
    goes_on = _goes_on().search(text)
    if goes_on is None or any(text.count(quote, 0, goes_on.start()) % 2 for quote in "\"'"):
        return text
    return text[: goes_on.start()]


@pattern
def _goes_on() -> str:
    """Behind a command, in a script that puts no blanks between words: " で確認", " 를 확인", " 查看磁盘"."""
    behind = rf"{ending('particle', 'about_behind')}|{any_of('look')}|{ending('runs_behind')}"
    return rf"\s+(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?={behind})"


def behind_its_colon(text: str) -> tuple[str, str] | None:
    """(what a line says first, the command behind a colon of it); None where none stands there.

    >>> behind_its_colon("Only by night: empty it: rm -rf /srv/flour")
    ('Only by night: empty it', 'rm -rf /srv/flour')
    """
    said, sign, rest = text.partition(": ")
    for _colon in range(_MOST_COLONS):
        if not sign:
            break
        if unmarked_command(rest.strip()):
            return said, without_sentence(rest.strip())
        more, sign, rest = rest.partition(": ")
        said = f"{said}: {more}"
    return None


_MOST_COLONS = 8
"""Of a line, behind each of which a command is looked for."""
