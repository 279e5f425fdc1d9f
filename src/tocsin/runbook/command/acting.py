"""Options with which a program that only reads does more: `sort -o`, `ss -K`, `rg --pre`, `LD_PRELOAD=x df`. Pure.

The options are data, in the table ``acting`` of programs.toml, which says how a line is written. Looked for on the safe
side: what only might be such an option counts as one, and a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from tocsin.runbook.command.programs import SAYS, Argv, Judgement, acting_of
from tocsin.runbook.command.wrappers import loads_an_environment
from tocsin.runbook.instructions import Effect

_KINDS = (("destroy", Effect.DESTRUCTIVE), ("unknown", Effect.UNKNOWN), ("mutate", Effect.MUTATING))
_LOADS = re.compile(
    r"(?:LD_|DYLD_|GIT_|PYTHON|PERL5|RUBY|NODE_|JAVA_|_JAVA|JDK_|BASH_|LESS|MAKE|TAR_|RSYNC_|KUBECTL_|MAN|GREP_|GLIBC_|GCONV_"
    r"|npm_|NPM_CONFIG_|RIPGREP_|PSQL|HELM_|PROMPT_|SSH_|TF_CLI_|TERMINFO|GIO_|XDG_)\w*"
    r"|(?:\w*_)?(?:PAGER|EDITOR|VISUAL|BROWSER|SHELL|HOME|PATH|ASKPASS|OPTS|OPTIONS|PRELOAD)|ENV|IFS|SHELLOPTS|PS4|CDPATH"
)
"""Variables by which a program is told to load or to run something, or to read its settings elsewhere."""


def with_its_options(name: str, argv: Argv, found: Judgement) -> Judgement:
    """The judgement of a program that was thought to read, its options looked at; any other stays as it is.

    >>> with_its_options("ss", ("ss", "-tK"), Judgement(Effect.READ_ONLY)).reason
    'ss -K destroys or stops something'
    """
    rules = acting_of(name)
    if found.effect is not Effect.READ_ONLY or rules is None:
        return found
    values = rules.get("values", "")
    given = [word for word in argv[1:] if word.startswith("-")]
    for kind, effect in _KINDS:
        for option in rules.get(kind, ()):
            if any(_is(option, word, values) for word in (given if option.startswith("-") else argv[1:])):
                return replace(found, effect=effect, reason=f"{name} {option} {_SAYS[effect]}")
    if "operands" in rules and len(list(_operands(argv, values))) > rules["operands"]:
        return replace(found, effect=Effect.MUTATING, reason=f"{name} changes what its last word names")
    return found


def with_its_surroundings(around: tuple[Argv, ...], found: Judgement) -> Judgement:
    """The judgement of a program that was thought to read, given the words before it: NAME=value, `env -S text`."""
    if found.effect is not Effect.READ_ONLY:
        return found
    if loads_an_environment(around):
        return replace(found, effect=Effect.UNKNOWN, reason="its environment is fetched by another program")
    for word in (word for wrapper in around for word in wrapper):
        name, given, _ = word.partition("=")
        if given and _LOADS.fullmatch(name):
            return replace(found, effect=Effect.UNKNOWN, reason=f"{name} may make it run or load something else")
        if any(wrapper[0] == "env" and re.match(r"-[a-zA-Z]*S|--s", word) for wrapper in around):
            return replace(found, effect=Effect.UNKNOWN, reason="env makes words of a text")
    return found


def loads_more(statement: str) -> str:
    """A variable that a statement sets and by which a program loads or runs something else; empty for none."""
    assigned = _ASSIGNED.findall(statement) if "=" in statement else ()
    return next((name for name in assigned if _LOADS.fullmatch(name)), "")


_ASSIGNED = re.compile(r"(?:^|[\s;&|({])(\w+)=")


_SAYS = {**SAYS, Effect.UNKNOWN: "may run something else"}


def _is(option: str, word: str, values: str) -> bool:
    """Whether a word is this option, abbreviated, bundled or with its value; a plain word must be the same."""
    if option.startswith("--"):
        name = word.split("=", 1)[0]
        if option.endswith("*"):
            return name.startswith(option[:-1])
        return (len(name) > 3 and option.startswith(name)) or name == option
    if option.startswith("-") and len(option) == 2:
        return word.startswith("-") and not word.startswith("--") and option[1] in _letters(word, values)
    if option.startswith("-"):
        return word == option or word.startswith(option + "=")
    return bool(_plain(option).fullmatch(word))


@cache
def _plain(option: str) -> re.Pattern[str]:
    return re.compile(re.escape(option).replace(r"\*", ".*"), re.IGNORECASE)


def _letters(word: str, values: str) -> Iterator[str]:
    """The options that are bundled in a word, up to the first that takes the rest for its value."""
    for letter in word[1:]:
        yield letter
        if letter in values:
            return


def _operands(argv: Argv, values: str) -> Iterator[str]:
    words = iter(argv[1:])
    for word in words:
        if not word.startswith("-") or word == "-":
            yield word
        elif len(word) == 2 and word[1] in values:
            next(words, None)
