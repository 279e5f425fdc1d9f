"""TOC2xx: commands that hang, fail, mislead or cannot be undone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.runbook.commands import is_context
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import (
    Command,
    Effect,
    Finding,
    Phase,
    Playbook,
    Procedure,
    ProcedureKind,
    Step,
    Termination,
)
from tocsin.runbook.rules.tools import missing_options, unknown_subcommand

_ASYNC = re.compile(
    r"^(?:kubectl|oc) rollout (?:undo|restart)|^pm2 scale"
    r"|^aws (?:ecs update-service|rds (?:reboot|modify)|autoscaling set-desired)"
)
_WAITS = re.compile(r"rollout status|\bwait\b|describe|get pods|--wait")
_RELATIVE = re.compile(r"^pm2 scale \S+ [+-]\d|--replicas=[+-]|desired-capacity \$\(\(")
_CREDENTIAL = re.compile(
    r"://[^\s:/@$<{\[]+:[^\s@/$<{\[]{3,}@"
    r"|(?:--?password|PGPASSWORD|MYSQL_PWD)[= ](?!['\"]?[$<{\[])['\"]?[^\s'\"$<{\[-]{6,}",
    re.IGNORECASE,
)


def command_findings(playbook: Playbook) -> Iterator[Finding]:
    """What is wrong with the commands, step by step and procedure by procedure."""
    groups: list[Phase | Procedure] = [*playbook.phases, *playbook.procedures]
    for group in groups:
        for step in group.steps:
            if step.command is not None:
                yield from _one(step, step.command)
        yield from _together(group)
    yield from _targets(playbook)


def _one(step: Step, command: Command) -> Iterator[Finding]:
    line, text = step.lines.first, command.text
    if command.language == "sql":
        yield finding("TOC223", line, "SQL without a client is shown and never run")
        return
    yield from _ending(command, line)
    if not command.pipeline and command.reason == "the shell statement cannot be read":
        yield finding("TOC216", line, f"a shell cannot read this: {_short(text)}")
    blanks = [p for p in command.parameters if p.origin in ("angle", "bracket", "brace", "date_pattern")]
    if blanks:
        yield finding("TOC204", line, "to be filled in before it can run: " + ", ".join(p.raw for p in blanks))
    for parameter in command.parameters:
        if parameter.origin == "example":
            yield finding("TOC212", line, f"{parameter.raw} is an example value")
    yield from _options(command, line)
    yield from _traps(command, line)


def _ending(command: Command, line: int) -> Iterator[Finding]:
    better = f"use: {command.suggestion}" if command.suggestion else ""
    if command.termination is Termination.FOLLOWS:
        yield finding("TOC201", line, f"never ends by itself: {_short(command.text)}", fix=better)
    elif command.termination is Termination.INTERACTIVE:
        yield finding("TOC202", line, f"needs a person at a terminal: {_short(command.text)}", fix=better)


def _options(command: Command, line: int) -> Iterator[Finding]:
    for argv in command.pipeline:
        missing = missing_options(argv)
        if missing:
            yield finding(
                "TOC203", line, f"{' '.join(argv[:3])} needs {', '.join(missing)}", fix=f"add {' '.join(missing)}"
            )
        gone = unknown_subcommand(argv)
        if gone is not None:
            yield finding("TOC215", line, gone[0], fix=gone[1])
        if argv[:3] == ("aws", "logs", "tail"):
            yield finding("TOC219", line, "aws logs tail exists in version 2 of the AWS CLI only")


def _traps(command: Command, line: int) -> Iterator[Finding]:
    text = command.text
    first = command.pipeline[0] if command.pipeline else tuple(text.split())
    name = first[0] if first else ""
    if (
        name == "curl"
        and command.effect is Effect.READ_ONLY
        and not _fails(first)
        and "health" in text + " ".join(first)
    ) or (name == "curl" and command.effect is Effect.READ_ONLY and not _fails(first) and len(command.pipeline) <= 1):
        yield finding(
            "TOC205",
            line,
            f"exits 0 even when the server answers 500: {_short(text)}",
            fix=f"use: {text.replace('curl', 'curl -f', 1)}",
        )
    if name == "pg_restore" and re.search(r"\.sql\b", text):
        yield finding(
            "TOC206",
            line,
            "pg_restore reads archives; a .sql file is for psql",
            fix="use: psql -v ON_ERROR_STOP=1 -f with this file",
        )
    if re.match(r"aws rds modify-db-(?:instance|cluster)\b", text) and "--apply-immediately" not in text:
        yield finding("TOC208", line, "the change waits for the maintenance window")
    if name == "psql" and re.search(r"\s(?:-f|--file)\b", text) and "ON_ERROR_STOP" not in text:
        yield finding("TOC209", line, "psql goes on after an error in the script and exits 0")
    if re.match(r"pm2 (?:start|reload|restart)\s+\S*config\S*\.c?js\b", text) and not re.search(
        r"\.config\.c?js\b", text
    ):
        yield finding("TOC218", line, f"pm2 takes this file for a program: {text.split()[2]}")
    if _RELATIVE.search(text):
        yield finding("TOC220", line, f"changes by an amount: {_short(text)}")
    if re.search(r"\b(?:curl|wget)\b.*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b", text):
        yield finding("TOC221", line, "runs what it downloads")
    if _CREDENTIAL.search(text):
        yield finding("TOC222", line, "a password stands in the command")


def _fails(argv: tuple[str, ...]) -> bool:
    return any(re.fullmatch(r"-[a-zA-Z]*f[a-zA-Z]*|--fail(?:-with-body)?", word) for word in argv[1:])


def _together(group: Phase | Procedure) -> Iterator[Finding]:
    """What only shows with the steps around it: an undo that cannot run, a commit of nothing, an unchecked change."""
    commands = [(step, step.command) for step in group.steps if step.command is not None]
    yield from _read_only(commands)
    yield from _commits(commands)
    yield from _asynchronous(commands)
    yield from _remote(commands)
    if isinstance(group, Procedure) and group.kind in (
        ProcedureKind.INCIDENT,
        ProcedureKind.ALERT,
        ProcedureKind.ROLLBACK,
    ):
        changes = [
            n for n, step in enumerate(group.steps) if step.command and step.command.effect is not Effect.READ_ONLY
        ]
        if changes and not any(_checks(step) for step in group.steps[changes[-1] + 1 :]):
            step = group.steps[changes[-1]]
            yield finding("TOC217", step.lines.first, f"{group.title}: nothing verifies what {step.title!r} has done")


def _checks(step: Step) -> bool:
    return (
        step.section == "verification"
        or step.kind == "verify"
        or (step.command is not None and step.command.effect is Effect.READ_ONLY)
    )


_READ_ONLY_ON = re.compile(r"default_transaction_read_only\s*(?:=|to)\s*'?(?:on|true)", re.IGNORECASE)


def _read_only(commands: list[tuple[Step, Command]]) -> Iterator[Finding]:
    on: Step | None = None
    for step, command in commands:
        if _READ_ONLY_ON.search(command.text):
            on = step
        elif on is not None and command.effect is not Effect.READ_ONLY and "PGOPTIONS" not in command.text:
            client = re.match(r"(?:psql|pg_restore|mysql)\b", command.text)
            if client:
                said = f"refused in a read-only transaction, which line {on.lines.first} has switched on"
                yield finding("TOC207", step.lines.first, said, related=(on.lines.first,))


def _commits(commands: list[tuple[Step, Command]]) -> Iterator[Finding]:
    staged = False
    for step, command in commands:
        if re.match(r"git (?:add|rm|mv|merge|cherry-pick|revert)\b", command.text):
            staged = True
        if re.match(r"git commit\b", command.text):
            if not staged and not re.search(r"\s(?:-\w*a\w*|--all|--amend|--allow-empty)\b", command.text):
                yield finding("TOC210", step.lines.first, "nothing has been added: there is nothing to commit")
            staged = False


def _asynchronous(commands: list[tuple[Step, Command]]) -> Iterator[Finding]:
    for n, (step, command) in enumerate(commands):
        if _ASYNC.match(command.text) and not any(_WAITS.search(after.text) for _step, after in commands[n + 1 :]):
            yield finding(
                "TOC211",
                step.lines.first,
                f"returns before its effect, and no later step waits for it: {_short(command.text)}",
            )


def _remote(commands: list[tuple[Step, Command]]) -> Iterator[Finding]:
    hosts: dict[str, list[Step]] = {}
    for step, command in commands:
        if command.host is not None:
            hosts.setdefault(command.host, []).append(step)
    for host, steps in hosts.items():
        yield finding(
            "TOC214",
            steps[0].lines.first,
            f"{len(steps)} commands from here on are meant for {_short(host)}",
            related=tuple(step.lines.first for step in steps[1:]),
        )


def _targets(playbook: Playbook) -> Iterator[Finding]:
    """The same client with and without a host."""
    seen: dict[str, tuple[int, str]] = {}
    bare: dict[str, list[tuple[int, str]]] = {}
    for step in _in_order(playbook.steps().values()):
        for argv in step.command.pipeline if step.command else ():
            if argv[0] not in ("redis-cli", "mysql", "mongosh", "mongo") or is_context(step.command):  # type: ignore[arg-type]
                continue
            flag = next((n for n, word in enumerate(argv) if word in ("-h", "--host", "-u", "--uri")), None)
            if flag is not None and flag + 1 < len(argv):
                seen.setdefault(argv[0], (step.lines.first, argv[flag + 1]))
            else:
                bare.setdefault(argv[0], []).append((step.lines.first, " ".join(argv)))
    for program, (line, host) in seen.items():
        for at, text in bare.get(program, []):
            yield finding(
                "TOC213", at, f"{text} names no host; line {line} uses {host}", fix=f"add -h {host}", related=(line,)
            )


def _in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: step.lines)


def _short(text: str) -> str:
    one_line = " ".join(text.replace("\\\n", " ").split())
    return one_line if len(one_line) <= 90 else one_line[:87] + "…"
