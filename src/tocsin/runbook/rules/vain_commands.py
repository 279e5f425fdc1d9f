"""TOC2xx: commands that succeed, and do not see, write or reach what whoever wrote them meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin.runbook.command.bash import parse
from tocsin.runbook.findings import finding, short
from tocsin.runbook.instructions import Command, Step
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.rules.tools import Argv, bare

_CLUSTER = ("kubectl", "oc")
_CONTAINERS = ("docker", "podman")


def vain_findings(playbook: Playbook) -> Iterator[Finding]:
    """Searches of a part of a log, dumps through a terminal, pods of one day, the wrong namespace, SQL that fails."""
    steps = sorted(playbook.steps().values(), key=lambda step: step.lines)
    commands = [(step, step.command) for step in steps if step.command is not None]
    for step, command in commands:
        yield from _sql(command, step.lines.first)
        if command.language != "sql":
            yield from _terminal(command, step.lines.first)
            yield from _unit(command, step.lines.first)
    yield from _logs([(step, command) for step, command in commands if command.language != "sql"])
    yield from _pods(commands)
    yield from _namespaces(commands)


def _logs(commands: list[tuple[Step, Command]]) -> Iterator[Finding]:
    """Searches in less of a log than it seems, each of the two sorts said once."""
    sorts: dict[str, list[tuple[int, str, str]]] = {}
    for step, command in commands:
        if (found := _log(command)) is not None:
            sorts.setdefault(found[0], []).append((step.lines.first, command.text, found[1]))
    for said, places in sorts.items():
        line, text, better = places[0]
        others = ", ".join(str(at) for at, _text, _better in places[1:5]) + (", …" if len(places) > 5 else "")
        also = f" (also in line{'s' if len(places) > 2 else ''} {others})" if others else ""
        yield finding("TOC226", line, f"{said}: {short(text)}{also}", fix=f"use: {short(better)}")


def _log(command: Command) -> tuple[str, str] | None:
    """What a search does not see, and what would see it."""
    stages = [bare(argv) for argv in (command.pipeline or parse(command.text).programs)]
    if not stages or len(stages[0]) < 2:
        return None
    first = stages[0]
    piped = len(stages) > 1 and "|" in command.text
    if first[0] in _CLUSTER and "logs" in first[1:4] and _has(first, "-l", "--selector"):
        if (piped or _has(first, "--since", "--since-time")) and not _has(first, "--tail", "-f", "--follow"):
            better = re.sub(r"\blogs\b", "logs --tail=-1", command.text, count=1)
            return "looks at the last 10 lines of each pod only", better
    elif first[0] in _CONTAINERS and first[1] == "logs" and piped and not _MERGED.search(command.text):
        better = command.text.replace(" |", " 2>&1 |", 1)
        return "what the container wrote to its standard error goes past the pipe", better
    return None


_MERGED = re.compile(r"2>&1|\|&|&>")


def _has(argv: Argv, *options: str) -> bool:
    """Whether an option is there, with its value or as one letter among others."""
    return any(
        word == one or word.startswith(f"{one}=") or (len(one) == 2 and re.match(rf"-\w*{one[1]}\w*$", word))
        for word in argv
        for one in options
        if word.startswith("-")
    )


def _terminal(command: Command, line: int) -> Iterator[Finding]:
    """The output of a program in a container, written to a file through a terminal."""
    if ">" not in command.text or "exec" not in command.text:
        return
    parsed = parse(command.text)
    for argv in map(bare, parsed.programs[:1]):
        inside = argv.index("--") if "--" in argv else len(argv)
        words = argv[1:inside]
        if parsed.writes and argv[:1] and argv[0] in (*_CLUSTER, *_CONTAINERS) and "exec" in words and _asks(words):
            better = _TERMINAL.sub(" ", command.text, count=1)
            said = f"-t puts carriage returns and errors into the file: {short(command.text)}"
            yield finding("TOC227", line, said, fix=f"use: {short(better)}")


_TERMINAL = re.compile(r"\s(?:-it|-ti|-t|--tty(?:=true)?)\s")


def _asks(words: Argv) -> bool:
    """Whether a terminal is asked for before the program's own words begin."""
    return any(word in ("-it", "-ti", "-t", "--tty", "--tty=true") for word in words[:4])


def _unit(command: Command, line: int) -> Iterator[Finding]:
    """A time in seconds for a program that counts in milliseconds: it is one of January 1970."""
    if command.text.startswith("aws logs ") and _READS_EVENTS.match(command.text):
        for match in _SINCE.finditer(command.text):
            if "%s" in match[2] and not _IN_MILLISECONDS.search(match[2]):
                better = f'Multiply by 1000, as in {match[1]} "$(( ($(date +%s) - 600) * 1000 ))".'
                said = f"{match[1]} is in milliseconds, and these are seconds: {short(match[2])}"
                yield finding("TOC229", line, said, fix=better)
                return


_READS_EVENTS = re.compile(r"aws logs (?:filter-log-events|get-log-events)\b")
_SINCE = re.compile(r"(--start-time|--end-time)[ =](\S(?:(?!\s--)[^|])*)")
_IN_MILLISECONDS = re.compile(r"\*\s*1000|%s000|%s%\d?N|\)\"?000\b")


def _sql(command: Command, line: int) -> Iterator[Finding]:
    """Statements about PostgreSQL's sessions that it refuses."""
    said = command.text if command.stdin is None else f"{command.text}\n{command.stdin}"
    if "pg_" not in said:
        return
    for statement in said.split(";"):
        if _OF_NOBODY.search(statement) and not re.search(r"\bfrom\b", statement, re.IGNORECASE):
            yield finding("TOC204", line, "to be filled in before it can run: pid, which nothing here gives a value")
        elif _filters_by_duration(statement):
            better = "use: now() - query_start > interval '5 minutes'"
            yield finding("TOC228", line, "pg_stat_activity has no column duration to filter by", fix=better)


_OF_NOBODY = re.compile(r"\bpg_(?:cancel|terminate)_backend\(\s*pid\s*\)", re.IGNORECASE)
_SESSIONS = re.compile(r"\bfrom\s+pg_stat_activity\s+where\s", re.IGNORECASE)
_DURATION = re.compile(r"(?<![\w.])duration\s*[<>=]", re.IGNORECASE)


def _filters_by_duration(statement: str) -> bool:
    """Whether a column of that name is asked for, outside of brackets."""
    pieces = re.split(r"[()]", statement)
    return any((found := _SESSIONS.search(one)) and _DURATION.search(one, found.end()) for one in pieces)


def _pods(commands: list[tuple[Step, Command]]) -> Iterator[Finding]:
    """Pods by the names that they had on the day of writing, each said once."""
    said: set[str] = set()
    for step, command in commands:
        for argv in command.pipeline:
            for word in bare(argv)[1:] if bare(argv)[:1] and bare(argv)[0] in _CLUSTER else ():
                match = _POD.search(word)
                if match and match[0] not in said and re.search(r"\d", match[0].removeprefix(match[1])):
                    said.add(match[0])
                    better = f"Write deployment/{match[1]}, or a blank such as <pod>."
                    gone = f"{match[0]} is the name of one pod: the next deployment has other ones"
                    yield finding("TOC212", step.lines.first, gone, fix=better)


_POD = re.compile(r"(?<![\w-])([a-z][a-z0-9-]*?)-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$")
"""The name that a ReplicaSet gives: Kubernetes writes its random parts without vowels and without 0, 1 and 3."""


def _namespaces(commands: list[tuple[Step, Command]]) -> Iterator[Finding]:
    """Commands without a namespace in a document that names the same one nearly everywhere else."""
    named: dict[str, list[int]] = {}
    without: list[tuple[int, str]] = []
    for step, command in commands:
        if _moves(command.text):
            return
        for argv in map(bare, command.pipeline):
            if argv[:1] and argv[0] in _CLUSTER and _is_in_a_namespace(argv):
                if (where := _NAMESPACE.search(f" {' '.join(argv)} ")) is not None:
                    named.setdefault(where[1], []).append(step.lines.first)
                elif not _has(argv, "-A", "--all-namespaces"):
                    without.append((step.lines.first, short(" ".join(argv))))
    name, lines = max(named.items(), key=lambda one: len(one[1]), default=("", []))
    if len(lines) >= _USUAL * (len(without) + sum(map(len, named.values())) - len(lines)) and len(lines) >= _USUAL:
        for line, text in without:
            said = f"{text} names no namespace; line {lines[0]} uses -n {name}"
            yield finding("TOC213", line, said, fix=f"add -n {name}", related=(lines[0],))


_USUAL = 4
"""Commands with a namespace to each one with another or without, before the latter counts as forgotten."""

_MOVES = re.compile(r"set-context|\bkubens\b|^oc project\b")
"""What gives the following commands a namespace."""


def _moves(text: str) -> bool:
    names = "set-context" in text or "kubens" in text or "oc project" in text
    return names and _MOVES.search(text) is not None


_NAMESPACE = re.compile(r"\s(?:-n|--namespace)[ =]?(\S+)\s")


def _is_in_a_namespace(argv: Argv) -> bool:
    """Whether kubectl asks for, or changes, what lies in a namespace."""
    words = [word for word in argv[1:] if not word.startswith("-")]
    if not words or words[0] not in _VERBS:
        return False
    return not any(_ELSEWHERE.match(word) for word in words[1:3]) and not _has(argv, "-f", "--filename", "-k")


_VERBS = (
    *("get", "describe", "logs", "exec", "delete", "edit", "patch", "scale", "rollout", "set", "top"),
    *("annotate", "label", "autoscale", "expose", "port-forward", "cp", "run", "attach"),
)
_ELSEWHERE = re.compile(
    r"(?:nodes?|no|namespaces?|ns|pv|persistentvolumes?|sc|storageclass(?:es)?|crds?|customresourcedefinitions?"
    r"|clusterrole\w*|componentstatus\w*|cs|apiservices?|csidrivers?|volumeattachments?|csr|clusterversion|co"
    r"|clusteroperators?|mcp?|machineconfigpools?|cluster\w*|priorityclass\w*|ingressclass\w*|\w*webhookconfigurations?)"
    r"(?:/|$)",
    re.IGNORECASE,
)
