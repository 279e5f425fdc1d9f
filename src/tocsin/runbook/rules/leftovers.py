"""TOC230: what a document switches off for the time of the work, and nowhere on again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.runbook.findings import finding, short
from tocsin.runbook.playbook import Finding, Playbook


@dataclass(frozen=True, slots=True)
class _Switch:
    """What switches off, with a word that is in each such command if there is one, and what switches on again anywhere.

    ``stays`` is what remains without it, and ``fix`` what to write.
    """

    sign: str
    off: re.Pattern[str]
    on: re.Pattern[str]
    stays: str
    fix: str


def _switch(sign: str, off: str, on: str, stays: str, fix: str) -> _Switch:
    return _Switch(sign, re.compile(off, re.IGNORECASE), re.compile(on, re.IGNORECASE), stays, fix)


_CLUSTER = r"(?:kubectl|oc) (?:\S+ )*?"
_SWITCHES = (
    _switch(
        "",
        rf"{_CLUSTER}(?:cordon|drain)\b",
        r"\b(?:uncordon|delete nodes?|terminate-instances|delete-instance|delete-instances)\b",
        "no new pod is placed on the node any more",
        "add: kubectl uncordon NODE",
    ),
    _switch(
        "--replicas",
        rf"{_CLUSTER}scale\b.*--replicas[= ]0\b",
        r"\bscale\b.*--replicas[= ](?!0\b)|rollout undo|\bapply\b|argocd app sync|helm (?:upgrade|rollback)",
        "it stays at no replicas",
        "add: kubectl scale with the number of before",
    ),
    _switch(
        "rollout pause",
        rf"{_CLUSTER}rollout pause\b",
        r"rollout resume\b",
        "no change is rolled out any more",
        "add: kubectl rollout resume",
    ),
    _switch(
        '"suspend"',
        r'"suspend"\s*:\s*true',
        r'"suspend"\s*:\s*false',
        "it never runs again",
        'add the same with "suspend": false',
    ),
    _switch("flux suspend", r"\bflux suspend\b", r"\bflux resume\b", "nothing is reconciled", "add: flux resume"),
    _switch(
        "--sync-policy none",
        r"argocd app set\b.*--sync-policy none\b",
        r"--sync-policy auto",
        "nothing is synchronised any more",
        "add: argocd app set … --sync-policy automated",
    ),
    _switch(
        "DISABLE TRIGGER",
        r"ALTER TABLE\s+\S+\s+DISABLE TRIGGER\b",
        r"ENABLE TRIGGER\b",
        "the trigger stays off",
        "add: ALTER TABLE … ENABLE TRIGGER …",
    ),
    _switch(
        "default_transaction_read_only",
        r"default_transaction_read_only\s*(?:=|to)\s*'?(?:on|true)",
        r"default_transaction_read_only\s*(?:=|to)\s*'?(?:off|false)|RESET default_transaction_read_only",
        "the database stays read-only",
        "add the command that sets it off again",
    ),
    _switch(
        "read_only",
        r"set\s+(?:global|persist)\s+(?:super_)?read_only\s*=\s*(?:1|on)\b",
        r"set\s+(?:global|persist)\s+(?:super_)?read_only\s*=\s*(?:0|off)\b",
        "the database stays read-only",
        "add the command that sets it off again",
    ),
    _switch("artisan down", r"\bartisan down\b", r"\bartisan up\b", "the application stays down", "add: artisan up"),
    _switch(
        "maintenance:on",
        r"\bmaintenance:on\b",
        r"\bmaintenance:off\b",
        "it stays in maintenance",
        "add: maintenance:off",
    ),
    _switch(
        "disable-rule",
        r"aws events disable-rule\b",
        r"aws events enable-rule\b",
        "the rule stays off",
        "add: aws events enable-rule",
    ),
    _switch(
        "suspend-processes",
        r"aws autoscaling suspend-processes\b",
        r"aws autoscaling resume-processes\b",
        "the group does not scale any more",
        "add: aws autoscaling resume-processes",
    ),
    _switch(
        "--reserved-concurrent-executions",
        r"put-function-concurrency\b.*--reserved-concurrent-executions[= ]0\b",
        r"delete-function-concurrency|--reserved-concurrent-executions[= ][1-9]",
        "the function stays switched off",
        "add: aws lambda delete-function-concurrency",
    ),
    _switch(
        "scheduler jobs pause",
        r"gcloud scheduler jobs pause\b",
        r"gcloud scheduler jobs resume\b",
        "the job never runs again",
        "add: gcloud scheduler jobs resume",
    ),
    _switch(
        "ceph osd set",
        r"ceph osd set no(?:out|rebalance|recover|backfill|scrub|deep-scrub)\b",
        r"ceph osd unset\b",
        "the cluster does not mend itself any more",
        "add: ceph osd unset with the same flag",
    ),
    _switch(
        "setenforce",
        r"\bsetenforce (?:0|permissive)\b",
        r"\bsetenforce (?:1|enforcing)\b|\breboot\b",
        "SELinux stays permissive",
        "add: setenforce 1",
    ),
    _switch(
        "ufw disable", r"\bufw disable\b", r"\bufw (?:--force )?enable\b", "the firewall stays off", "add: ufw enable"
    ),
    _switch("swapoff", r"\bswapoff\b", r"\bswapon\b|\breboot\b", "there is no swap any more", "add: swapon -a"),
    _switch(
        "stop_app",
        r"rabbitmqctl (?:-n \S+ )?stop_app\b",
        r"rabbitmqctl (?:-n \S+ )?start_app\b",
        "the node stays out of the cluster",
        "add: rabbitmqctl start_app",
    ),
    _switch(
        "consul maint",
        r"consul maint\b.*-enable\b",
        r"consul maint\b.*-disable\b",
        "the node stays in maintenance",
        "add: consul maint -disable",
    ),
)


def leftover_findings(playbook: Playbook) -> Iterator[Finding]:
    """The first command of each sort whose counterpart is in no command and in no step of the document."""
    steps = sorted(playbook.steps().values(), key=lambda step: step.lines)
    said = [
        (step, f"{step.command.text}\n{step.command.stdin or ''}" if step.command is not None else step.title)
        for step in steps
    ]
    together = "\n".join(text for _step, text in said).casefold()
    for one in _SWITCHES:
        if one.sign.casefold() not in together:
            continue
        first = next(((step, text) for step, text in said if step.command is not None and one.off.search(text)), None)
        if first is not None and not any(one.on.search(text) for _step, text in said):
            step, text = first
            message = f"nothing in the document undoes {short(text.strip())}: {one.stays}"
            yield finding("TOC230", step.lines.first, message, fix=one.fix)
