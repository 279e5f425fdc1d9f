"""TOC207: an undo that cannot run, since an earlier step has taken away what it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tocsin.runbook.findings import finding
from tocsin.runbook.instructions import Command, Effect, Step
from tocsin.runbook.playbook import Finding
from tocsin.runbook.procedure.pairs import NAME, REMOVED

Commands = Sequence[tuple[Step, Command]]

_READ_ONLY_ON = re.compile(r"default_transaction_read_only\s*(?:=|to)\s*'?(?:on|true)", re.IGNORECASE)
_DATABASE = re.compile(r"(?:sudo\s+(?:-u\s+\S+\s+)?)?(?:psql|pg_restore|mysql)\b")
_BY_NAME = re.compile(r"\b(?:pm2|docker|systemctl|kubectl|helm|git|dropdb|psql|pg_restore|rm|aws rds)\b")
"""The programs of ``REMOVED`` and ``_GONE``."""
_KIND = (
    r"(?:configmap|cm|secret|pvc|persistentvolumeclaim|hpa|horizontalpodautoscaler|service|svc|ingress|ing|cronjob|cj)"
)
_DATA = r"(?P<name>[\w./~-]+\.(?:sql|dump|tar|tgz|gz|bak|backup|ya?ml|json|rdb|archive))"
_GONE = (
    (
        rf"^kubectl delete {_KIND}[ /]{NAME}",
        rf"^kubectl (?:edit|patch|scale|annotate|label|set \w+) {_KIND}[ /]{NAME}(?!\S)",
        "^kubectl (?:apply|create|replace)",
    ),
    (
        rf"^kubectl scale (?=.*--replicas[= ]0\b)(?:--?\S+ )*(?:deploy(?:ment)?|sts|statefulset)[ /]{NAME}",
        rf"^kubectl exec (?:-\S+ )*(?:deploy(?:ment)?|sts|statefulset)/{NAME}(?!\S)",
        r"^kubectl (?:scale .*--replicas[= ][1-9<$]|apply|rollout undo)",
    ),
    (
        rf"^helm (?:uninstall|delete|un) (?!.*--keep-history){NAME}",
        rf"^helm (?:rollback|history|upgrade(?!.*--install)(?!.* -i )) {NAME}(?!\S)",
        "^helm (?:install|upgrade .*(?:--install| -i ))",
    ),
    (rf"^docker stop {NAME}", rf"^docker exec (?:-\w+ )*{NAME}(?!\S)", "^docker (?:start|restart|run)"),
    (
        r"^docker[- ]compose (?:--?\S+ )*(?P<name>down)\b",
        r"^docker[- ](?:compose) (?:--?\S+ )*(?:exec|restart|start)\b(?P<name>)",
        r"^docker[- ]compose .*\b(?:up|create|run)\b",
    ),
    (
        rf"^git branch (?:-D|-d|--delete) {NAME}",
        rf"^git (?:checkout|switch|merge|rebase) {NAME}(?!\S)",
        r"^git (?:checkout -[bB]|switch -[cC]|branch [^-]|fetch)",
    ),
    (
        rf"^(?:sudo (?:-u \w+ )?)?dropdb (?:--?\S+ )*{NAME}",
        (
            r"^(?:sudo (?:-u \w+ )?)?(?:psql|pg_restore)(?!.* (?:-C|--create)\b) (?:(?:-U|-h|-p|-v) \S+ )*"
            rf"(?:-d )?{NAME}(?!\S)"
        ),
        r"createdb|create database|pg_restore .*(?:-C|--create)\b",
    ),
    (
        rf"^rm (?:-\w+ ){{0,9}}{_DATA}",
        (
            r"(?:^psql\b.* -f |^(?:psql|mysql|mariadb|redis-cli)\b.* < |^pg_restore\b.* "
            rf"|^kubectl (?:apply|create|replace) -f ){_DATA}"
        ),
        r"> ?\S| -o |\b(?:cp|mv|ln|tee|scp|rsync|wget|curl|pg_dump|mysqldump|aws s3|git|make|tar|gsutil|rclone)\b",
    ),
    (
        r"^aws rds delete-db-instance (?:.* )?--db-instance-identifier[= ](?P<name>\S+)",
        r"^aws rds (?:reboot|modify|start|stop)-db-instance (?:.* )?--db-instance-identifier[= ](?P<name>\S+)",
        "^aws rds (?:restore|create)-db-instance",
    ),
)
"""(what takes something away, what needs it by its name, what brings it back), beside those that are run in pairs."""


_THEN = re.compile(r"\s*(?:&&|;)\s*")
"""Between two commands of one line."""


def undoing_findings(commands: Commands) -> Iterator[Finding]:
    """Of one procedure: what is refused since a database only reads, and what is gone by its name."""
    yield from _read_only(commands)
    yield from _removed(commands)


def _read_only(commands: Commands) -> Iterator[Finding]:
    on: Step | None = None
    for step, command in commands:
        said = f"{command.text}\n{command.stdin or ''}"
        if _READ_ONLY_ON.search(said):
            on = step
        elif on is not None and _writes(command):
            because = f"refused in a read-only transaction, which line {on.lines.first} has switched on"
            yield finding("TOC207", step.lines.first, because, related=(on.lines.first,))


def _writes(command: Command) -> bool:
    return (
        command.effect is not Effect.READ_ONLY
        and "PGOPTIONS" not in command.text
        and bool(_DATABASE.match(command.text))
    )


def _removed(commands: Commands) -> Iterator[Finding]:
    """What is started again by a name that an earlier step has taken away."""
    said = [(step, " ".join(command.text.split())) for step, command in commands]
    if sum(_BY_NAME.search(text) is not None for _step, text in said) < 2:
        return
    for removes, needs, restores in (*REMOVED, *_GONE):
        taken = [re.search(removes, text) for _step, text in said]
        if not any(taken):
            continue
        gone: dict[str, Step] = {}
        for match, (step, text) in zip(taken, said, strict=True):
            if match and any(re.search(restores, one) for one in _THEN.split(text[match.end() :])[1:]):
                gone.clear()  # "down && up -d": it is back at the end of the same line
            elif match:
                gone[match["name"]] = step
            elif re.search(restores, text):
                gone.clear()
            needed = re.search(needs, text) if gone else None
            name = (needed["name"] or next(iter(gone))) if needed else ""
            by = gone.get(name)
            if needed and by is not None and by is not step:
                what = "nothing is running any more" if name == "down" else f"{name} is no longer there"
                because = f"{what}: line {by.lines.first} has removed it"
                fix = "bring it back first, or leave it in place"
                yield finding("TOC207", step.lines.first, because, fix=fix, related=(by.lines.first,))
