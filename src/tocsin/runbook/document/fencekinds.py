"""What a code block holds, by its tag or, without one, by its lines."""

from __future__ import annotations

import re

from tocsin.runbook.command.rootprompts import with_user_prompts
from tocsin.runbook.command.shell import SHELL_INFO, Blank, Event, Output, is_prompted, looks_like_shell, read_shell
from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.document.checklist import is_diagram, is_told_in
from tocsin.runbook.document.remembered import remembered_with

SQL_INFO = frozenset(["sql", "postgresql", "postgres", "psql", "pgsql", "mysql", "plsql", "tsql", "sqlite"])
_BOXED = re.compile(r"\s*\[[ xX]\]\s+\S")
"""A box to tick, "[ ] Printer key"; a test of the shell has words in its brackets."""

_TEXT_INFO = frozenset(["markdown", "md", "text", "txt", "email", "html", "plaintext", "plain", "mermaid", "plantuml"])
_PLAIN_INFO = frozenset(["text", "txt", "plaintext", "plain"])
_DATA_INFO = frozenset(
    {
        "json",
        "yaml",
        "yml",
        "toml",
        "ini",
        "xml",
        "promql",
        "logql",
        "kusto",
        "kql",
        "nginx",
        "conf",
        "hcl",
        "csv",
        "properties",
        "diff",
        "dockerfile",
        "http",
    }
)


def is_text(fence: Fence) -> bool:
    """Whether a code block may hold words for people: no shell, no SQL, no data."""
    return fence.info not in SHELL_INFO | SQL_INFO | _DATA_INFO and not is_diagram(fence)


@remembered_with
def is_shell(fence: Fence) -> bool:
    """Whether a code block holds shell: by its tag, or because every line of it is a command."""
    if fence.info in SHELL_INFO:
        return not is_told_in(fence) and not _is_settings(fence) and not _is_foreign(fence)
    if fence.info in _DATA_INFO or fence.info in SQL_INFO or (fence.info in _TEXT_INFO and not _is_a_session(fence)):
        return False
    if is_diagram(fence) or any(_BOXED.match(line) for line in fence.body):
        return False
    return looks_like_shell(with_user_prompts(fence.body, fence.info), lambda: shell_events(fence))


def _is_a_session(fence: Fence) -> bool:
    """Whether a block of plain text begins with a prompt: what was typed, and what came back."""
    first = next((line for line in fence.body if line.strip()), "")
    return fence.info in _PLAIN_INFO and is_prompted(first)


def _is_foreign(fence: Fence) -> bool:
    """Whether a block marked as shell holds nothing but what a command has printed, or another language."""
    events = shell_events(fence)
    return any(isinstance(event, Output) for event in events) and all(
        isinstance(event, Output | Blank) for event in events
    )


def _is_settings(fence: Fence) -> bool:
    """Whether a block only gives settings, "SMTP_HOST=mail.example.org", as a file of variables holds them."""
    lines = [line.strip() for line in fence.body if line.strip() and not line.lstrip().startswith("#")]
    return len(lines) > 1 and all(map(_SETTING.fullmatch, lines))


_SETTING = re.compile(r"[A-Z][A-Z0-9_]*=(?:[^\s$`'\"]*|'[^'$`]*'|\"[^\"$`]*\"|\[[^\[\]$`]*\])(?:\s+#.*)?")


@remembered_with
def shell_events(fence: Fence) -> tuple[Event, ...]:
    """What a block of shell consists of, statement by statement."""
    return read_shell(with_user_prompts(fence.body, fence.info), fence.first)
