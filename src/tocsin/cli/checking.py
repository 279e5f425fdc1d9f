"""``tocsin check``: what is wrong with runbooks, line by line, and with ``--fix`` the safe part of it set right."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from tocsin.cli.compiling import compiled
from tocsin.cli.output import ESCAPED, chat, coloured, plain
from tocsin.cli.rewriting import is_agreed, replace, show
from tocsin.errors import BadDocument, BadInput, TocsinError
from tocsin.runbook.findings import exit_status
from tocsin.runbook.fixes import fixed, safe_fixes, written
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.report import EXPLAINED, render_github, render_json, render_sarif, render_text

RENDERED: dict[str, Callable[[Sequence[Playbook]], str]] = {
    "text": render_text,
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
}
_SKIPPED = frozenset(["node_modules", "vendor", "venv", "site-packages"])


def check(arguments: argparse.Namespace) -> int:
    """Print what is wrong, or the safe fixes; the exit status."""
    paths = _paths(arguments)
    if arguments.fix or arguments.diff:
        if arguments.format != "text":
            raise BadInput("--fix and --diff print a diff; leave out --format")
        return max([_fix(path, arguments) for path in paths], default=0)
    playbooks, status = _compiled(paths)
    sys.stdout.write(_shown(RENDERED[arguments.format](playbooks), arguments.format))
    if arguments.format == "text":
        sys.stdout.flush()
        _say_what_next(playbooks)
    status = max([status, *(exit_status(one.findings) for one in playbooks)])
    if arguments.strict and any(one.severity.value != "info" for book in playbooks for one in book.findings):
        status = max(status, 1)
    return status


def _say_what_next(playbooks: Sequence[Playbook]) -> None:
    """What `--fix` can do about the findings, and where their codes are explained."""
    mended = [(book.source.path, count) for book in playbooks if (count := _safe(book))]
    for path, count in mended[:_SHOWN]:
        said = f"`tocsin check --fix {path}` sets {count} {'line' if count == 1 else 'lines'} right, after showing them"
        chat(plain(said))
    if any(book.findings for book in playbooks):
        chat(f"what a code means, and why it matters: {EXPLAINED}")


_SHOWN = 3
"""Documents that are named with what can be set right in them; who checks a whole folder knows the option by then."""


def _safe(playbook: Playbook) -> int:
    """How many lines of a document can be set right safely; 0 for a file that cannot be written back."""
    path = playbook.source.path
    try:
        return len(safe_fixes(playbook, written(Path(path).read_bytes(), path).lines))
    except (OSError, BadDocument):
        return 0


def _compiled(paths: Iterable[Path]) -> tuple[list[Playbook], int]:
    """The playbooks that can be read, and the exit status of those that cannot: one bad file hides no other."""
    found, status = [], 0
    for path in paths:
        try:
            found.append(compiled(path))
        except TocsinError as error:
            chat(f"tocsin check: {plain(error.message)}")
            status = max(status, error.exit_status)
    return found, status


def _paths(arguments: argparse.Namespace) -> list[Path]:
    if arguments.runbooks:
        found = [path for one in arguments.runbooks for path in _files(Path(one))]
        if not found:
            raise BadInput(f"there is no .md file below {', '.join(arguments.runbooks)}")
        return list(dict.fromkeys(found))
    from tocsin.cli.documents import runbooks_of, settings_beside

    return runbooks_of(settings_beside(arguments.config))


def _files(named: Path) -> Iterator[Path]:
    """A file as it was named; the Markdown below a folder, without hidden folders and other people's."""
    if not named.is_dir():
        yield named
        return
    for folder, folders, names in os.walk(named):
        folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in _SKIPPED)
        for name in sorted(names):
            path = Path(folder) / name
            if name.lower().endswith((".md", ".markdown")) and path.is_file() and not path.is_symlink():
                yield path


def _shown(text: str, form: str) -> str:
    """The report without what would steer a terminal.

    Lines end where the report says so: a form feed or U+2028 of a document begins none, in which GitHub would read a
    workflow command and a reader of JSON no text.
    """
    if form == "text":
        return "\n".join(map(_marked, text.split("\n")))
    return plain(text) if form == "github" else text.translate(ESCAPED)


def _marked(line: str) -> str:
    colours = {" error ": "31", " warning ": "33"}
    found = next((colour for word, colour in colours.items() if re.search(rf":\d+:\d+: TOC\d+{word}", line)), None)
    return coloured(plain(line), found) if found else plain(line)


# --- fixing -------------------------------------------------------------------------------------------------


def _fix(path: Path, arguments: argparse.Namespace) -> int:
    """Shows the safe fixes of one file; writes them when somebody said so. 1 when they are shown and not written."""
    playbook = compiled(path)
    data = path.read_bytes()
    file = written(data, str(path))
    fixes = safe_fixes(playbook, file.lines)
    if not fixes:
        chat(f"{path}: nothing that can be fixed safely")
        return 0
    after = fixed(file, fixes)
    show(path, file, after)
    said = f"{path}: {len(fixes)} {'line' if len(fixes) == 1 else 'lines'}"
    if arguments.diff:
        return 1
    if not arguments.yes and not is_agreed(said):
        chat("nothing was written")
        return 1
    replace(path, data, after.data())
    chat(f"{said} fixed: {', '.join(sorted({code for one in fixes for code in one.codes}))}")
    return 0
