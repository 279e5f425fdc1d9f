"""TOC116 and TOC117: what is wrong with the team's answers in the document."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin.runbook.answers.forms import FORMS, nearest
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import Finding, Playbook


def answer_findings(playbook: Playbook) -> Iterator[Finding]:
    """The answers that count for nothing, each with what to write instead."""
    for one in playbook.answers:
        if one.key not in FORMS:
            near = nearest(one.key)
            fix = f"Write `{near}`." if near else f"Write one of: {', '.join(FORMS)}."
            yield finding("TOC117", one.lines.first, f"Tocsin asks for no `{one.key}`; the answer is not used", fix=fix)
        elif one.problem:
            fix = f"Write it like this: `{one.key}`: {FORMS[one.key].example}"
            message = f"the answer to `{one.key}` is not used: {one.problem}"
            yield finding("TOC116", one.lines.first, message, fix=fix)
