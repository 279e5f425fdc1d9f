"""TOC2xx that only show with the steps around: an undo that cannot run, a commit of nothing, an unchecked change."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from tocsin.runbook.command.commands import is_context
from tocsin.runbook.findings import finding, short
from tocsin.runbook.grammar import small_words
from tocsin.runbook.instructions import (
    Command,
    Effect,
    Phase,
    Procedure,
    ProcedureKind,
    Step,
    StepKind,
    Termination,
    Tie,
)
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.procedure.pairs import NAME
from tocsin.runbook.procedure.procedures import begins_with_a_look
from tocsin.runbook.rules.genre import is_about_one
from tocsin.runbook.rules.undoing import undoing_findings
from tocsin.runbook.words import vocabulary, words_of

Commands = list[tuple[Step, Command]]

_ASYNC = re.compile(
    r"^(?:kubectl|oc) rollout (?:undo|restart)|^pm2 scale"
    r"|^aws (?:ecs update-service|rds (?:reboot|modify)-db-(?:instance|cluster)\b|autoscaling set-desired)"
)
_WAITS = re.compile(r"rollout status|\bwait\b|describe|get pods|--wait")
_CLIENTS = {
    "redis-cli": ("-h", "--host", "-u", "--uri", "-s"),
    "mysql": ("-h", "--host", "--socket", "-S"),
    "mongosh": ("-h", "--host"),
    "mongo": ("-h", "--host"),
    "psql": ("-h", "--host", "-d", "--dbname"),
}
"""Clients that fall back to this machine, and the options that say where else to go."""
_HERE = re.compile(r"[\s=](?:127\.0\.0\.1|localhost|::1)$")


def sequence_findings(playbook: Playbook) -> Iterator[Finding]:
    """What is wrong with commands one after the other, procedure by procedure, then over the whole document."""
    groups: list[Phase | Procedure] = [*playbook.phases, *playbook.procedures]
    for group in groups:
        commands = _commands(group.steps)
        for steps in _runs(group):
            together = _commands(steps)
            yield from undoing_findings(together)
            yield from _commits(together)
            yield from _pushes(together)
        asynchronous = list(_asynchronous(commands))
        yield from asynchronous
        yield from _enabled(commands)
        yield from _remote(commands)
        if isinstance(group, Procedure):
            yield from _unverified(group, {one.line for one in asynchronous}, whole=is_about_one(playbook))
    yield from _targets(playbook)


def _commands(steps: Iterable[Step]) -> Commands:
    return [(step, step.command) for step in steps if step.command is not None]


def _runs(group: Phase | Procedure) -> Iterator[Sequence[Step]]:
    """The steps done one after the other: of a library those of one chapter, of several ways one with the rest.

    Nobody goes through "Emergency stop" and then "Restart" because both stand below "Useful commands".
    """
    if isinstance(group, Procedure) and group.kind is ProcedureKind.LIBRARY:
        for _name, steps in itertools.groupby(group.steps, key=lambda step: step.group):
            yield list(steps)
        return
    ways = {step.alternative: None for step in group.steps if step.alternative and Tie.TERM not in (step.ties or ())}
    if not 2 <= len(ways) <= _MOST_WAYS:
        yield group.steps
        return
    for name in ways:
        yield [step for step in group.steps if step.alternative not in ways or step.alternative == name]


def _unverified(procedure: Procedure, awaited: set[int], *, whole: bool) -> Iterator[Finding]:
    """The last change of the last way at which nothing looks, unless a finding asks there for a step that waits.

    ``whole`` when the procedure is the whole document, with chapters of its own.
    """
    if procedure.kind not in (ProcedureKind.INCIDENT, ProcedureKind.ALERT, ProcedureKind.ROLLBACK):
        return
    for steps in reversed(list(_ways(procedure.steps))):
        changes = [n for n, step in enumerate(steps) if step.command and _may_change(step, step.command)]
        if not changes or any(_checks(step) for step in steps[changes[-1] + 1 :]):
            continue
        step = steps[changes[-1]]
        if step.lines.first in awaited or (whole and _is_verified_above(steps, changes)):
            continue
        said = short(step.command.text) if step.command is not None else step.title
        yield finding("TOC217", step.lines.first, f"{procedure.title}: nothing verifies {said}")
        return


_MOST_WAYS = 20
"""Ways of which each is gone through with what comes behind all of them."""


def _ways(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """The steps of each of several ways, "Option A" and "Option B", with what comes behind all of them; else all steps.

    What one way looks at says nothing of another one.
    """
    names = list(dict.fromkeys(step.alternative for step in steps if step.alternative))
    if not 2 <= len(names) <= _MOST_WAYS:
        yield steps
        return
    last = max(n for n, step in enumerate(steps) if step.alternative)
    if not any(step.command and _may_change(step, step.command) for step in steps[last + 1 :]):
        for name in names:
            yield [step for n, step in enumerate(steps) if step.alternative == name or n > last]
    else:
        yield steps


def _is_verified_above(steps: Sequence[Step], changes: Sequence[int]) -> bool:
    """Whether a chapter "Verification" looks at the changes, and what is changed after it is tuning and prevention."""
    parts = [n for n, step in enumerate(steps) if step.section == "verification"]
    return bool(parts) and changes[0] < parts[0]


def _may_change(step: Step, command: Command) -> bool:
    """Whether a step is to be verified: a program that is not known is taken at its word, "Check the queue"."""
    if command.effect is not Effect.UNKNOWN:
        return command.effect is not Effect.READ_ONLY
    if command.termination is Termination.INTERACTIVE:
        return False  # a way in: what is done there stands in other steps
    return not (_looks(step) or step.section == "verification" or _OF_A_TEST.search(command.text))


_OF_A_TEST = re.compile(
    r"(?<![a-z])(?:py)?(?:tests?|checks?|smoke|verif(?:y|ies)|validate|validator|health(?:check)?|status|stats|doctor"
    r"|diagnos(?:e|is|tics?)|probe|audit)(?![a-z])",
    re.IGNORECASE,
)
"""In the name of a program that is not known, or of what it is to do: "npm run test:mill", "./post-deploy-check"."""


def _looks(step: Step) -> bool:
    """Whether a step says that it looks, or stands below a title that says so: "Monitor the belt"."""
    above = (step.group or "").rsplit(": ", 1)[-1]
    return begins_with_a_look(step.title) or begins_with_a_look(above)


def _checks(step: Step) -> bool:
    if step.section == "verification" or step.kind == "verify":
        return True
    if step.command is None:  # somebody looks: "Monitor the belt", "keep an eye on the dashboard", "滞留の有無を確認"
        by_hand = step.kind in (StepKind.MANUAL, StepKind.WAIT) and step.section not in _APART
        looks = begins_with_a_look(step.title) or vocabulary().says("verify", step.title)
        told = step.kind is StepKind.REFERENCE and step.section not in _APART and _tells_to_look(step.title)
        return (by_hand and looks) or told
    return step.command.effect is Effect.READ_ONLY or not _may_change(step, step.command)


def _tells_to_look(text: str) -> bool:
    """Whether a sentence says to look, be it behind another word: "Then check that it turns", "After that, verify"."""
    if vocabulary().begins_with("verify", text, _BEFORE_THE_VERB):
        return True
    return not small_words("look").isdisjoint(words_of(text)[:_BEFORE_THE_VERB])


_BEFORE_THE_VERB = 4
"""Words of a sentence among which its verb stands."""

_APART = ("causes", "prevention", "escalation")
"""Sections whose items say why, or what is done at another time."""


def _commits(commands: Commands) -> Iterator[Finding]:
    staged = False
    for step, command in commands:
        if not command.text.startswith("git "):
            continue
        if re.match(r"git (?:add|rm|mv|merge|cherry-pick|revert)\b", command.text):
            staged = True
        if re.match(r"git commit\b", command.text):
            if not staged and not re.search(r"\s(?:-\w*a\w*|--all|--amend|--allow-empty)\b", command.text):
                yield finding("TOC210", step.lines.first, "nothing has been added: there is nothing to commit")
            staged = False


def _pushes(commands: Commands) -> Iterator[Finding]:
    """A branch that is pushed after something else was checked out: it is sent as it was."""
    left: tuple[int, str] | None = None
    for step, command in commands:
        if not command.text.startswith("git "):
            continue
        if match := _CHECKOUT.fullmatch(command.text):
            left = (step.lines.first, match[1])
        elif _MOVES.match(command.text):
            left = None
        elif left is not None and (push := _PUSH.match(command.text)) and push[1] not in (left[1], "HEAD"):
            line, gone = left
            said = f"sends {push[1]} as it was: line {line} has gone to {gone}, and left the branch alone"
            fix = f"use: git push origin HEAD:{push[1]}, or revert the commits on {push[1]}"
            yield finding("TOC210", step.lines.first, said, fix=fix, related=(line,))
            left = None


_CHECKOUT = re.compile(r"git checkout (?!\S*\.[a-z]{2,5}$)([^-.\s]\S*)")
"""Of a commit, a tag or a branch; "git checkout package.json" takes back a file."""

_MOVES = re.compile(r"git (?:switch|merge|reset|revert|cherry-pick|commit|rebase|branch|checkout|pull)\b")
_PUSH = re.compile(r"git push(?: --?[\w-]+)* [\w.-]+ ([\w./-]+)(?=\s|$)")


def _asynchronous(commands: Commands) -> Iterator[Finding]:
    started = [n for n, (_step, command) in enumerate(commands) if _ASYNC.match(command.text)]
    if not started:
        return
    waits = max((n for n, (_step, command) in enumerate(commands) if _WAITS.search(command.text)), default=-1)
    for n in started:
        step, command = commands[n]
        if n >= waits:
            said = f"returns before its effect, and no later step waits for it: {short(command.text)}"
            yield finding("TOC211", step.lines.first, said, fix=_to_wait_for(command.text))


def _to_wait_for(text: str) -> str:
    """The step that waits for such a change, with the names that the command has; empty where there is none."""
    if (match := _ROLLOUT.match(text)) is not None:
        where = _NAMESPACE.search(text)
        return f"add: {match[1]} rollout status {match[2]}{where[0] if where else ''}"
    if text.startswith("aws rds ") and (match := _INSTANCE.search(text)) is not None:
        return f"add: aws rds wait db-instance-available {match[0]}"
    if text.startswith("aws ecs ") and len(named := _SERVICE.findall(text)) == 2:
        return f"add: aws ecs wait services-stable {' '.join(named).replace('--service ', '--services ')}"
    if text.startswith("aws autoscaling ") and (match := _GROUP.search(text)) is not None:
        return f"add, and look until the instances are in service: {_DESCRIBES} {match[1]}"
    return "add a look until it is done: pm2 list" if text.startswith("pm2 ") else ""


_ROLLOUT = re.compile(r"(kubectl|oc) rollout (?:undo|restart) (?:-\S+ \S+ )*([a-z.]+(?:/| (?!-))\S+)")
_NAMESPACE = re.compile(r" (?:-n|--namespace)[ =]\S+")
_INSTANCE = re.compile(r"--db-instance-identifier[ =]\S+")
_GROUP = re.compile(r"--auto-scaling-group-name[ =](\S+)")
_DESCRIBES = "aws autoscaling describe-auto-scaling-groups --auto-scaling-group-names"
_SERVICE = re.compile(r"--(?:cluster|service) [^\s-]\S*")


def _enabled(commands: Commands) -> Iterator[Finding]:
    """`systemctl enable` without anything that starts the unit: it comes with the next boot."""
    started = {
        word.removesuffix(".service")
        for _step, command in commands
        if "systemctl" in command.text and re.search(r"systemctl (?:re)?start", command.text)
        for word in command.text.split()
    }
    for step, command in commands:
        enables = "systemctl enable" in command.text
        match = re.match(rf"(?:sudo )?systemctl enable {NAME}$", command.text.strip()) if enables else None
        if match and match["name"].removesuffix(".service") not in started:
            because = f"{match['name']} is started by the next boot, not now"
            yield finding("TOC208", step.lines.first, because, fix="add --now")


def _remote(commands: Commands) -> Iterator[Finding]:
    hosts: dict[str, list[Step]] = {}
    for step, command in commands:
        if command.host is not None:
            hosts.setdefault(command.host, []).append(step)
    for host, steps in hosts.items():
        counted = "1 command from here on is" if len(steps) == 1 else f"{len(steps)} commands from here on are"
        yield finding(
            "TOC214",
            steps[0].lines.first,
            f"{counted} meant for {short(host)}",
            fix=over_there(host, steps),
            related=tuple(step.lines.first for step in steps[1:]),
        )


def over_there(host: str, steps: Sequence[Step]) -> str:
    """How a command that ends is sent to a host; for a way in that is no ssh, the catalogue's words."""
    texts = (one.command.text for one in steps if one.command and one.command.termination is Termination.BOUNDED)
    text = next((text for text in texts if "'" not in text and "\n" not in text), None)
    if text is None:
        return ""
    if (inside := _INSIDE.fullmatch(host)) is not None:
        way = f"{inside['exec']} {inside['where']}"
        plain = "|" not in text and ">" not in text and "&&" not in text and "$" not in text
        behind = text if plain else f"sh -c '{text}'"
        return f"use: {way} {'-- ' if 'docker' not in way and 'podman' not in way else ''}{short(behind)}"
    return f"use: ssh {host} '{short(text)}'" if _HOST.fullmatch(host) else ""


_HOST = re.compile(r"[\w.@<>\[\]-]+")
_INSIDE = re.compile(
    r"(?P<exec>(?:sudo )?(?:docker|podman|docker[ -]compose|kubectl|oc)(?: -\S+ [^-\s]\S*)* exec) "
    r"(?:(?:-it|-ti|-i|-t|--tty|--stdin) )*"
    r"(?P<where>(?:--?\S+ )*?[^-\s]\S*(?: (?:-n|-c|--namespace|--container)[ =]\S+)*)"
    r"(?: --)? (?:/(?:usr/)?bin/)?(?:ba|z|a)?sh(?: -l)?"
)
"""A shell in a container: the way in without its terminal, and where it leads."""


def _targets(playbook: Playbook) -> Iterator[Finding]:
    """The same client with and without a host."""
    seen: dict[str, tuple[int, str]] = {}
    local: dict[str, list[tuple[int, str]]] = {}
    for step in _in_order(playbook.steps().values()):
        command = step.command
        if command is None or command.host is not None or is_context(command):
            continue
        for argv in command.pipeline:
            name = argv[0]
            if name not in _CLIENTS:
                continue
            where = _where(argv)
            if where is not None and _HERE.search(where):
                continue  # said where it goes without saying
            if where is not None:
                seen.setdefault(name, (step.lines.first, where))
            else:
                written = command.text if len(command.pipeline) == 1 else shlex.join(argv)
                local.setdefault(name, []).append((step.lines.first, short(written)))
    for program, (line, host) in seen.items():
        for at, text in local.get(program, []):
            fix = f"add {host}" if host.startswith("-") else f"add {host} as its database"
            yield finding("TOC213", at, f"{text} names no host; line {line} uses {host}", fix=fix, related=(line,))


def _where(argv: tuple[str, ...]) -> str | None:
    """Where a client is sent by its arguments; None for the one on this machine."""
    flags = _CLIENTS[argv[0]]
    for n, word in enumerate(argv):
        if word in flags and n + 1 < len(argv):
            return f"{word} {argv[n + 1]}"
        if word.startswith("--") and word.split("=", 1)[0] in flags and "=" in word:
            return word
    return next((word for word in argv[1:] if re.match(r"\w+://|\$\{?\w*(?:URL|DSN|URI)\b", word)), None)


def _in_order(steps: Iterable[Step]) -> list[Step]:
    return sorted(steps, key=lambda step: step.lines)
