"""The reference of all verbs as Markdown, generated from their declarations.

``python -m tocsin.cli.reference > docs/command-line.md`` writes it anew; a test holds the two together.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator

from tocsin.cli.verbs import GROUPS, MODULES, Verb

_HEAD = """\
# The command line

Verbs that act on incidents talk to a server: `tocsin login URL` once, or `TOCSIN_URL` and `TOCSIN_TOKEN` (or
`TOCSIN_TOKEN_FILE`). `check`, `show`, `diff`, `rehearse`, `init`, `config` and `db` need none.

Data goes to stdout, everything else to stderr. `--json` prints data for programs, with instants in RFC 3339; text shows
the time of your machine. `NO_COLOR` switches colours off. Where an incident is left out, the only open one is meant.

| exit status | meaning |
|---|---|
| 0 | ok; acknowledging twice is ok |
| 1 | failure; findings of `check`, something wrong for `doctor` |
| 2 | usage: the words or what was sent cannot be understood |
| 3 | there is no such incident, step, user … |
| 4 | not signed in, or not allowed |
| 5 | the incident does not allow it now, or somebody else was faster |
| 8 | the step that was run failed |
| 9 | no server answers |
| 130 | interrupted |
"""


def verb(name: str) -> Verb:
    """The verb of a name, with its module loaded."""
    found: Verb = importlib.import_module(f"tocsin.cli.{MODULES[name]}").VERBS[name]
    return found


def reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for group, verbs in GROUPS.items():
        yield f"## {group}\n"
        for name, (_, says) in verbs.items():
            parser = argparse.ArgumentParser(prog=f"tocsin {name}", add_help=False)
            verb(name).declare(parser)
            yield f"### `{_synopsis(name, parser)}`\n"
            yield f"{says[0].upper()}{says[1:]}.\n"
            lines = [_line(action) for action in parser._actions if action.help or action.option_strings]
            if lines:
                yield "\n".join(lines) + "\n"


def _synopsis(name: str, parser: argparse.ArgumentParser) -> str:
    positional = [_named(action) for action in parser._actions if not action.option_strings]
    return " ".join(
        ["tocsin", name, *positional, "[options]" if len(positional) < len(parser._actions) else ""]
    ).strip()


def _named(action: argparse.Action) -> str:
    name = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    match action.nargs:
        case "?" | argparse.REMAINDER:
            return f"[{name}]"
        case "*":
            return f"[{name} …]"
        case "+":
            return f"{name} …"
        case _:
            return str(name)


def _line(action: argparse.Action) -> str:
    takes = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    value = "" if action.nargs == 0 else f" {takes}"
    shown = ", ".join(f"`{word}{value}`" for word in action.option_strings) or f"`{_named(action)}`"
    return f"- {shown}{': ' + action.help if action.help else ''}"


if __name__ == "__main__":
    sys.stdout.write(reference())
