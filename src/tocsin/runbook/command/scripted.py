"""What a sed or awk script does: whether it only prints, or also writes files and runs programs. Pure.

A script is taken for harmless only where every part of it is known to be; nothing here runs or expands anything.
"""

from __future__ import annotations

import re

from tocsin.runbook.command.programs import Again, Argv, Judgement
from tocsin.runbook.instructions import Effect

_ADDRESS = r"(?:\d+|\$|/(?:\\.|[^/\\\n])*/[IM]*)"
_ADDRESSES = re.compile(rf"(?:{_ADDRESS}|\d+~\d+|0)?(?:\s*,\s*(?:{_ADDRESS}|[+~]\d+))?\s*!?\s*")
_PLAIN = re.compile(r"[pPdDnNgGhHxz=}]|[lqQ]\s*\d*")
_SUBSTITUTES = re.compile(
    r"s(?P<d>[^\w\s\\;{}])(?:\\.|(?!(?P=d))[^\\\n])*(?P=d)(?:\\.|(?!(?P=d))[^\\])*(?P=d)[gpiIM0-9]*"
)
_TRANSLATES = re.compile(r"y(?P<d>[^\w\s\\;{}])(?:\\.|(?!(?P=d))[^\\])*(?P=d)(?:\\.|(?!(?P=d))[^\\])*(?P=d)")
_BETWEEN = re.compile(r"[\s;]*")
_ENDED = re.compile(r"\s*(?:[;}\n]|$)")
_SED_OPTIONS = re.compile(
    r"-[nErsuz]+|--(?:quiet|silent|regexp-extended|null-data|unbuffered|separate|posix|sandbox|debug)"
)
_AWK_RUNS = re.compile(
    r"\bsystem\b|\bgetline\b|>\s*\"|\|\s*\"|\|&|@|\b(?:extension|close|fflush)\s*\("
    r"|\bprintf?\b.*(?:>(?!=)|(?<!\|)\|(?!\|))",
    re.DOTALL,
)


def only_prints(script: str) -> bool:
    """Whether every command of a sed script only prints, deletes from what is printed, or substitutes in it.

    >>> only_prints("1,5p"), only_prints("s/a/b/g;d"), only_prints("w out"), only_prints("s/a/reboot/e")
    (True, True, False, False)
    """
    at = _after(_BETWEEN, script, 0)
    while at < len(script):
        at = _after(_ADDRESSES, script, at)
        if script[at : at + 1] == "{":
            at = _after(_BETWEEN, script, at + 1)
            continue
        found = _SUBSTITUTES.match(script, at) or _TRANSLATES.match(script, at) or _PLAIN.match(script, at)
        if found is None or not (_ENDED.match(script, found.end()) or found[0] == "}"):
            return False
        at = _after(_BETWEEN, script, found.end())
    return True


def _after(pattern: re.Pattern[str], script: str, at: int) -> int:
    found = pattern.match(script, at)
    return found.end() if found else at


def sed(argv: Argv, _again: Again) -> Judgement:
    """sed reads with scripts that only print; `-i` rewrites files, `e` runs programs, `w` writes."""
    scripts: list[str] = []
    operands: list[str] = []
    words = iter(argv[1:])
    for word in words:
        name, given, value = word.partition("=")
        if re.match(r"-[a-zA-Z]*i|--i", word):
            return Judgement(Effect.MUTATING, reason="sed -i rewrites files")
        if given and len(name) > 3 and "--expression".startswith(name):
            scripts.append(value)
        elif word == "--expression" or re.fullmatch(r"-[nErsuz]*e", word):
            scripts.append(next(words, ""))
        elif found := re.match(r"-[nErsuz]*e(.+)", word, re.DOTALL):
            scripts.append(found[1])
        elif word.startswith("-") and word not in ("-", "--"):
            if not _SED_OPTIONS.fullmatch(word):
                return Judgement(Effect.UNKNOWN, reason=f"what sed does with {word} is not seen here")
        else:
            operands.append(word)
    if not scripts:
        scripts = operands[:1]
    if not all(only_prints(script) for script in scripts):
        return Judgement(Effect.UNKNOWN, reason="the sed script may run or write something")
    return Judgement(Effect.READ_ONLY, reason="sed only reads")


def awk(argv: Argv, _again: Again) -> Judgement:
    """awk reads with a program that stands on the line and neither runs nor writes anything."""
    words = iter(argv[1:])
    program = ""
    for word in words:
        if word in ("-F", "-v", "--field-separator", "--assign"):
            next(words, None)
        elif re.match(r"-[Fv].|--(?:field-separator|assign)=|--(?:posix|csv|re-interval|characters-as-bytes)?$", word):
            continue
        elif word.startswith("-") and word != "-":
            return Judgement(Effect.UNKNOWN, reason=f"what awk does with {word} is not seen here")
        else:
            program = word
            break
    if _AWK_RUNS.search(program):
        return Judgement(Effect.UNKNOWN, reason="the awk program runs or writes something")
    return Judgement(Effect.READ_ONLY, reason="awk only reads")
