"""TOC230: what a document switches off for the time of the work, and nowhere on again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.findings import finding, short
from tocsin.runbook.playbook import Finding, Playbook

_PAIRS = (
    (
        re.compile(r"(?:kubectl|oc) (?:\S+ )*?(?:cordon|drain)\b"),
        re.compile(r"\b(?:uncordon|delete nodes?|terminate-instances|delete-instance|delete-instances)\b"),
        "no new pod is placed on the node any more",
        "add: kubectl uncordon NODE",
    ),
    (
        re.compile(r"(?:kubectl|oc) (?:\S+ )*?scale\b.*--replicas[= ]0\b"),
        re.compile(
            r"\bscale\b.*--replicas[= ](?!0\b)|rollout undo|\bapply\b|argocd app sync|helm (?:upgrade|rollback)"
        ),
        "it stays at no replicas",
        "add: kubectl scale with the number of before",
    ),
    (
        re.compile(r"ALTER TABLE\s+\S+\s+DISABLE TRIGGER\b", re.IGNORECASE),
        re.compile(r"ENABLE TRIGGER\b", re.IGNORECASE),
        "the trigger stays off",
        "add: ALTER TABLE … ENABLE TRIGGER …",
    ),
    (
        re.compile(r"default_transaction_read_only\s*(?:=|to)\s*'?(?:on|true)", re.IGNORECASE),
        re.compile(
            r"default_transaction_read_only\s*(?:=|to)\s*'?(?:off|false)|RESET default_transaction_read_only", re.I
        ),
        "the database stays read-only",
        "add the command that sets it off again",
    ),
)
"""What switches off, what switches on again anywhere in the document, what stays without it, and what to write."""


def leftover_findings(playbook: Playbook) -> Iterator[Finding]:
    """The first command of each sort whose counterpart is in no command and in no step of the document."""
    steps = sorted(playbook.steps().values(), key=lambda step: step.lines)
    said = [
        (step, f"{step.command.text}\n{step.command.stdin or ''}" if step.command is not None else step.title)
        for step in steps
    ]
    for off, on, stays, fix in _PAIRS:
        first = next(((step, text) for step, text in said if step.command is not None and off.search(text)), None)
        if first is not None and not any(on.search(text) for _step, text in said):
            step, text = first
            message = f"nothing in the document undoes {short(text.strip())}: {stays}"
            yield finding("TOC230", step.lines.first, message, fix=fix)
