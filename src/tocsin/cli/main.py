"""The command line's entry: finds the verb, loads the one module that it needs, and turns errors into exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tocsin import __version__
from tocsin.cli.output import chat, plain
from tocsin.cli.verbs import MODULES, SUMMARIES, Verb, usage
from tocsin.errors import TocsinError

if TYPE_CHECKING:
    import argparse

FAILURE, USAGE, INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        if len(words) > 1 and words[1] in MODULES:
            return main([words[1], "--help"])
        sys.stdout.write(usage())
        return 0 if words else USAGE
    if words[0] in ("-V", "--version", "version"):
        sys.stdout.write(f"tocsin {__version__}\n")
        return 0
    if words[0] not in MODULES:
        import difflib

        near = difflib.get_close_matches(words[0], MODULES, n=1)
        meant = f"did you mean {near[0]}?" if near else "`tocsin --help` lists them"
        chat(f"tocsin: there is no verb {words[0]!r}; {meant}")
        return USAGE
    return _carried_out(words[0], words[1:])


def _carried_out(name: str, words: Sequence[str]) -> int:
    # Loaded by name, here and nowhere else: a verb pays for what it uses (start-up time, see verbs.py).
    verbs: Mapping[str, Verb] = importlib.import_module(f"tocsin.cli.{MODULES[name]}").VERBS
    verb = verbs[name]
    parser = _parser(name, verb.epilog)
    verb.declare(parser)
    try:
        arguments = parser.parse_intermixed_args(words) if verb.mixed else parser.parse_args(words)
        return verb.act(arguments)
    except SystemExit as end:  # argparse has said why
        return end.code if isinstance(end.code, int) else USAGE
    except TocsinError as error:
        chat(f"tocsin {name}: {plain(error.message)}")
        return error.exit_status
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a file or folder of the user's that cannot be made, read or written
        if error.filename is None:
            raise
        chat(f"tocsin {name}: {plain(error.filename)}: {error.strerror}")
        return FAILURE
    except KeyboardInterrupt:
        chat("")
        return INTERRUPTED


def _parser(name: str, epilog: str) -> argparse.ArgumentParser:
    import argparse

    class Formatter(argparse.RawDescriptionHelpFormatter):
        """Knows how wide the terminal is. Its parent asks `shutil`, with four libraries that compress."""

        def __init__(self, prog: str) -> None:
            super().__init__(prog, width=_columns() - 2)

    return argparse.ArgumentParser(
        prog=f"tocsin {name}",
        description=SUMMARIES[name][0].upper() + SUMMARIES[name][1:] + ".",
        epilog=epilog or None,
        formatter_class=Formatter,
    )


def _columns() -> int:
    """What COLUMNS says, else the width of the terminal, else 80."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said) > 0:
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
