"""Queries of logs and metrics that stand in a block of the shell: they are pasted into a console, and no shell reads
them.

No line of a shell begins with a pipe, unless the line above leaves its statement open. Other such languages are told by
what stands first in them: CloudWatch Logs Insights, Kusto (KQL), Splunk (SPL), Lucene and Datadog.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_STAGE = re.compile(
    r"\|\s*(?:where|summarize|project(?:-away|-rename)?|extend|make-series|render|mv-expand|take|stats|eventstats"
    r"|timechart|chart|eval|rex|dedup|fields|filter|parse|json|logfmt|line_format|label_format|unwrap)\b(?!\.)"
)
"""What a pipe leads to in such a query, and in no shell: none of these is a program that is usually there."""

_OPENS = re.compile(
    r"(?:fields|filter|parse|sort|display|stats|dedup)\s+@\w"  # CloudWatch Logs Insights
    r"|(?:search\s+)?(?:index|sourcetype)=\S+\s+\S"  # SPL
)
_TERM = re.compile(r"[-(]*@?[A-Za-z_][\w.]*:(?:\"[^\"]*\"|[^\s:/\\][^\s:]*)\)*|AND|OR|NOT")
_TERMS = 2
"""Terms from which a line of "service:oven status:error" is a query; one may be anything."""

_LONGEST = 400
"""Characters of a line that are looked at for terms."""


def query_extent(body: tuple[str, ...], at: int, is_command: Callable[[str], bool]) -> int:
    """How many lines a query takes that begins at ``at``; 0 where a statement of the shell may stand there.

    >>> query_extent(("OvenRequests", "| where success == false", "df -h"), 0, lambda line: line.startswith("df"))
    2
    """
    line = body[at].strip()
    piped = at + 1 < len(body) and body[at + 1].lstrip()[:1] == "|" and not line.endswith(("\\", "|", "&&", "`"))
    if line[:1] == "|" or not (piped or "|" in line or "@" in line or "=" in line or ":" in line):
        return 0  # a pipe below a whole command is a mistake of the writer, which is reported
    if not (piped or _OPENS.match(line) or _STAGE.search(line) or _is_of_terms(line)):
        return 0
    if is_command(line):
        return 0
    n = 1
    while at + n < len(body) and body[at + n].lstrip()[:1] == "|":
        n += 1
    return n


def _is_of_terms(line: str) -> bool:
    words = line.split() if ":" in line and len(line) <= _LONGEST else []
    return len(words) >= _TERMS and all(map(_TERM.fullmatch, words)) and ":" in words[0]
