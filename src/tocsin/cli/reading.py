"""What the verbs for runbooks may be told.

Each acts in a module of its own that brings the compiler along, half a second of loading: it is loaded when it acts.
"""

from __future__ import annotations

import argparse

from tocsin.cli.verbs import Verb, acting

FORMATS = ("text", "json", "sarif", "github")
SETTINGS, MARKDOWN = "settings", "markdown"


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "runbooks", nargs="*", metavar="RUNBOOK.md", help="files, or folders for every .md below; else tocsin.toml's"
    )
    parser.add_argument("--format", default="text", choices=FORMATS, help="text if not said otherwise")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--config", metavar="FILE", help="the tocsin.toml that names the runbooks")
    parser.add_argument("--strict", action="store_true", help="exit 1 for warnings too")
    parser.add_argument("--fix", action="store_true", help="show the safe fixes as a diff, ask, and write them")
    parser.add_argument("--diff", action="store_true", help="show the safe fixes and write nothing; exit 1 with any")
    parser.add_argument("--yes", action="store_true", help="with --fix: do not ask")


def _add_runbook(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runbook", nargs="?", metavar="RUNBOOK.md", help="the one of tocsin.toml if left out")


def _show_arguments(parser: argparse.ArgumentParser) -> None:
    _add_runbook(parser)
    parser.add_argument("--json", action="store_true", help="the whole playbook for programs")
    parser.add_argument("--steps", action="store_true", help="every step with its id, and what its command does")
    parser.add_argument("--config", metavar="FILE", help="the tocsin.toml with the team's answers")


def _diff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD.md", help="or main:docs/RUNBOOK.md, or what `tocsin show --json` wrote")
    parser.add_argument("new", metavar="NEW.md", nargs="?", help="left out: how OLD.md differs from what was committed")
    parser.add_argument("--json", action="store_true", help="print data for programs")
    parser.add_argument("--exit-code", action="store_true", help="exit 1 when they respond differently")


def _rehearse_arguments(parser: argparse.ArgumentParser) -> None:
    _add_runbook(parser)
    parser.add_argument("--severity", metavar="P0", help="any name that the runbook gives it; none yet if left out")
    parser.add_argument("--procedure", metavar="KEY", help="the procedure that is open, by key or title")
    parser.add_argument("--at", metavar="WHEN", help='"Sat 03:00" or "2026-01-10 03:00", in the time of the team; now')
    parser.add_argument("--config", metavar="FILE", help="the tocsin.toml with the people and the answers")
    parser.add_argument("--hours", type=int, help="how long nobody answers; 24, or as it was in the file of --check")
    golden = parser.add_mutually_exclusive_group()
    golden.add_argument("--golden", metavar="FILE", help="keep the rehearsal in a file, to be committed")
    golden.add_argument(
        "--check", metavar="FILE", help="exit 1 when the rehearsal is another than in this file, at its instant"
    )
    parser.add_argument("--json", action="store_true", help="print data for programs")


def _init_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runbook", metavar="RUNBOOK.md")
    parser.add_argument(
        "--into",
        choices=(SETTINGS, MARKDOWN),
        help="where the answers go: tocsin.toml, or the runbook's own section "
        '"Answers for Tocsin"; asked if not given',
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="the file to write; tocsin.toml in this folder")
    parser.add_argument("--service", metavar="KEY", help="the key of the service; made from the runbook's title")
    parser.add_argument("--no-input", action="store_true", help="ask nothing: open questions are listed")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--json", action="store_true", help="print what was written for programs")


def _lsp_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="what it does anyway; many editors pass it")


VERBS = {
    "check": Verb(
        _check_arguments,
        acting("checking", "check"),
        "Exit status: 0 clean or warnings only, 1 errors (with --strict warnings too, with --diff fixes), 2 usage.",
    ),
    "show": Verb(_show_arguments, acting("documents", "show")),
    "diff": Verb(_diff_arguments, acting("comparing", "diff")),
    "rehearse": Verb(_rehearse_arguments, acting("rehearsing", "rehearse_runbook")),
    "init": Verb(_init_arguments, acting("beginning", "init")),
    "lsp": Verb(
        _lsp_arguments,
        acting("editing", "lsp"),
        "Started by an editor; it speaks the Language Server Protocol (docs/checking.md).",
    ),
}
