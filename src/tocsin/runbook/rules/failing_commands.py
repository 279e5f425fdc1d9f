"""TOC2xx: commands that hang, fail or mislead, each by itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from tocsin.runbook.command.bash import parse
from tocsin.runbook.command.commands import stays_open
from tocsin.runbook.command.placeholders import LEFT_OUT, masked
from tocsin.runbook.command.sql import effect
from tocsin.runbook.findings import few, finding, short
from tocsin.runbook.instructions import Command, Effect, Phase, Procedure, Step, Termination
from tocsin.runbook.playbook import Finding, FindingSeverity, Playbook
from tocsin.runbook.rules.credentials import has_password, tokens_in
from tocsin.runbook.rules.file_formats import format_findings
from tocsin.runbook.rules.naming import Naming, naming_of
from tocsin.runbook.rules.sequences import over_there
from tocsin.runbook.rules.tools import Argv, bare, inside, missing_options, outdated, unknown_subcommand

_RELATIVE = re.compile(r"^pm2 scale \S+ [+-]\d|--replicas=[+-]|desired-capacity \$\(\(")
_CONFIG_OF_PM2 = re.compile(r"pm2 (?:start|reload|restart)\s+\S*config\S*\.c?js\b")
_RUNS_DOWNLOADED = re.compile(
    r"\b(?:curl|wget)\s.{0,1000}\|\s*(?:sudo\s+)?(?:(?:ba|z)?sh|python3?|perl|ruby|node)\b(?!\s+-[cm]\b|\s+\S*\.(?:py|js|rb|pl)\b)"
    r"|\b(?:ba|z)?sh\s+(?:-c\s+)?[\"']?[<$]\(\s*(?:curl|wget)\b|\b(?:iwr|irm|Invoke-WebRequest)\b.{0,1000}\|\s*(?:iex|Invoke-Expression)\b"
)
_FORGIVEN = re.compile(r"\|\|\s*(?:(?:/bin/|/usr/bin/)?true|:|exit 0)\s*$|;\s*(?:true|exit 0)\s*$")
_TOLD = re.compile(r"\|\|\s*echo\s[^|&;]{1,200}$")
_PROBES = ("curl", "wget", "nc", "ncat", "pg_isready", "mysqladmin", "grpc_health_probe", "pgrep", "pidof", "redis-cli")
"""Programs that are asked whether something answers; what is printed instead of a "no" leaves them a "yes"."""
_DEFERRED = re.compile(
    r"^aws (?:(?:rds|docdb|neptune) modify-db-(?:instance|cluster)"
    r"|elasticache modify-(?:cache-cluster|replication-group))\b"
)


_HERE = re.compile(r"^(?:https?://)?(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(?:[:/]|$)")
_LIMIT = re.compile(r"\blimit_req\s+[^;]*(?:\brate=|\bzone=\w+:\d+[kKmMgG])")


def failing_findings(playbook: Playbook, lines: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the commands, step by step, and with configuration that the ``lines`` want changed."""
    steps = sorted(playbook.steps().values(), key=lambda step: step.lines)
    yield from _here(steps)
    yield from _blanks(steps)
    yield from _unheard(steps)
    yield from _without_client(steps)
    yield from tokens_in(lines)
    yield from _examples(steps)
    yield from _outdated(steps)
    for number, line in enumerate(lines, 1):
        if "limit_req" in line and _LIMIT.search(line):
            yield finding("TOC224", number, "nginx refuses this: limit_req takes no size and no rate")
    foreign = _of_windows(lines)
    groups: list[Phase | Procedure] = [*playbook.phases, *playbook.procedures]
    for group in groups:
        for n, step in enumerate(group.steps):
            if step.command is not None:
                naming = naming_of(step.command.text, tuple(lines[step.lines.first - 1 : step.lines.last]))
                refused = "curl" in step.command.text and _is_refused(step, lines)
                yield from _one(step, step.command, naming, foreign=step.lines.first in foreign, refused=refused)
                yield from _ending(step.command, step.lines.first, group.steps[n + 1 :][:_NEAR])
                if "restart" in step.command.text and "compose" in step.command.text:
                    yield from _unread_settings(step, group.steps[n + 1 :][:_BEHIND], lines)


def _is_refused(step: Step, lines: Sequence[str]) -> bool:
    """Whether a "no" of the server is the right answer to a command, as what stands around it says."""
    behind = " ".join(lines[step.lines.last : step.lines.last + _BEHIND])
    return _REFUSAL.search(f"{step.title} {' '.join(step.details)} {behind}") is not None


_BEHIND = 2
"""Lines behind a command that may say what it answers."""

_REFUSAL = re.compile(
    r"\bexpect\w*[^.;]{0,24}?(?<!\d)[45]\d\d(?!\d)|(?<![\d.])[45]\d\d`?\s?(?::|：|→|->|=>)", re.IGNORECASE
)
"""An answer that says no and is the right one, "Expected: 405", or one that says what to do: "If 503: look there"."""

UNREADABLE = "the shell statement cannot be read"
"""Why nothing is known of a command that bash refuses."""


def _of_windows(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines in blocks of PowerShell or of a batch file, which bash cannot judge."""
    found: list[int] = []
    tag: str | None = None  # of the block that is open
    for number, line in enumerate(lines, 1):
        if ("```" in line or "~~~" in line) and _FENCE.match(line):
            tag = line.rsplit("`", 1)[-1].rsplit("~", 1)[-1].strip().casefold() if tag is None else None
        elif tag in _WINDOWS:
            found.append(number)
    return frozenset(found)


_WINDOWS = ("powershell", "pwsh", "ps1", "bat", "batch", "cmd", "dos")
_FENCE = re.compile(r"\s*(?:[-*]\s+|\d+\.\s+|>\s*)*(?:```|~~~)")


def _one(step: Step, command: Command, naming: Naming, *, foreign: bool, refused: bool) -> Iterator[Finding]:
    line, text = step.lines.first, command.text
    if command.language == "sql":
        return
    if not command.pipeline and command.reason == UNREADABLE and not foreign and not _IN_POWERSHELL.match(text):
        said = _CLOSED_QUOTES.sub("", text[:_LOOKED_AT])
        fix = "" if _OPEN_QUOTE.search(said) or "(" not in said else _QUOTE_IT
        yield finding("TOC216", line, f"a shell cannot read this: {short(text)}", fix=fix)
    programs = command.pipeline or parse(text).programs
    for argv in programs:
        yield from _arguments(argv, line, naming if _is_name(argv) else Naming.NONE)
    if not refused:
        yield from _checks(command, line)
    yield from _databases(command, programs, line)
    yield from format_findings(command, programs, line)
    yield from _traps(command, programs, line)


_IN_POWERSHELL = re.compile(r"\$\w{1,40}\s?=|\$env:|[A-Z][a-z]{2,12}-[A-Z][a-z]+\b")
"""How a line of PowerShell begins, wherever it stands: "$zip = …", "Remove-Item …"."""
_CLOSED_QUOTES = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"")
_OPEN_QUOTE = re.compile(r"['\"]")
_LOOKED_AT = 1000
"""Characters of a command that nothing can read, in which an open quote is looked for."""
_QUOTE_IT = "Put quotes around the argument with the bracket, as in '--format=table(name)', or close the bracket."


def _here(steps: Sequence[Step]) -> Iterator[Finding]:
    """Checks of this very machine, said once: at the first of them, with the lines of the others."""
    commands = [(step.lines.first, one) for step in steps if (one := step.command) is not None and one.host is None]
    if any("port-forward" in one.text for _line, one in commands):
        return
    found = [line for line, one in commands if any(_asks_here(bare(argv)) for argv in one.pipeline)]
    if found:
        others = tuple(dict.fromkeys(line for line in found[1:] if line != found[0]))
        yield finding("TOC225", found[0], "localhost is the machine that runs this", related=others)


def _blanks(steps: Sequence[Step]) -> Iterator[Finding]:
    """Blanks of commands, all in one finding at the first of them: nothing is wrong where a value differs each time."""
    places = _places(steps, _BLANK)
    if places:
        first = min(lines[0] for lines in places.values())
        yield finding("TOC204", first, f"to be filled in before a command can run: {few(list(places), 6)}")


def _outdated(steps: Sequence[Step]) -> Iterator[Finding]:
    """What only old versions of a program know, each said once."""
    places: dict[tuple[str, str], list[int]] = {}
    for step in steps:
        for argv in step.command.pipeline if step.command is not None else ():
            if (old := outdated(argv)) is not None:
                places.setdefault(old, []).append(step.lines.first)
    for (said, use), lines in places.items():
        others = tuple(dict.fromkeys(line for line in lines if line != lines[0]))
        yield finding("TOC219", lines[0], f"{said} (also {_at(others)})" if others else said, fix=use)


def _unheard(steps: Sequence[Step]) -> Iterator[Finding]:
    """Changes by curl that go on as if they were done when the server says no: at the first, with the lines of all."""
    found = [(step.lines.first, step.command.text) for step in steps if step.command and _sends_unasked(step.command)]
    if found:
        line, text = found[0]
        others = tuple(dict.fromkeys(at for at, _text in found if at != line))
        said = f"exits 0 even when the server refuses it: {short(text)}{f' (also {_at(others)})' if others else ''}"
        yield finding("TOC205", line, said, fix=f"use: {short(that_fails(text))}")


def _examples(steps: Sequence[Step]) -> Iterator[Finding]:
    """Values of a tutorial, each said once."""
    for raw, lines in _places(steps, ("example",)).items():
        others = tuple(dict.fromkeys(line for line in lines if line != lines[0]))
        also = f" (also {_at(others)})" if others else ""
        if raw in LEFT_OUT:
            said = f"a part of the command is left out: {raw}{also}"
            yield finding("TOC212", lines[0], said, fix="Write the whole command.")
        else:
            yield finding("TOC212", lines[0], f"{raw} is an example value{also}")


def _places(steps: Sequence[Step], origins: tuple[str, ...]) -> dict[str, list[int]]:
    """The lines of the parameters of these origins, in the order of the document."""
    places: dict[str, list[int]] = {}
    for step in steps:
        if step.command is None or step.command.language == "sql":
            continue
        for parameter in step.command.parameters:
            if parameter.origin in origins:
                places.setdefault(parameter.raw, []).append(step.lines.first)
    return places


def _at(lines: Sequence[int]) -> str:
    """Where something stands: "line 3", "lines 3, 5, 7, 9, …"."""
    distinct = list(dict.fromkeys(lines))
    named = ", ".join(map(str, distinct[:4])) + (", …" if len(distinct) > 4 else "")
    return f"{'lines' if len(distinct) > 1 else 'line'} {named}"


def _without_client(steps: Sequence[Step]) -> Iterator[Finding]:
    """SQL that nobody can run as it stands, said once with the lines of all of it."""
    found = [(one.lines.first, one.command.text) for one in steps if one.command and one.command.language == "sql"]
    if found:
        lines = [line for line, _text in found]
        also = f" ({_at(lines)})" if len(set(lines)) > 1 else ""
        client = next((client for sign, client in _DIALECTS if any(sign.search(text) for _line, text in found)), "")
        fix = f"Give the client: {client}." if client else ""
        yield finding("TOC223", lines[0], f"SQL without a client is shown and never run{also}", fix=fix)


_DIALECTS = (
    (re.compile(r"\bsys\.dm_|\bDBCC\b|\bSELECT TOP\b"), 'sqlcmd -b -Q "…"'),
    (re.compile(r"INFORMATION_SCHEMA\.JOBS|`[\w-]+\.[\w-]+\.[\w.-]+`"), "bq query --use_legacy_sql=false '…'"),
    (re.compile(r"\bSHOW (?:FULL )?PROCESSLIST\b|\bmysql\.\w|\bINTERVAL \d+ [A-Z]+\b"), "mysql -e '…'"),
)
"""Words of one database only, and the client that it has."""


_BLANK = ("angle", "bracket", "brace", "date_pattern", "word")


def _asks_here(argv: tuple[str, ...]) -> bool:
    return argv[:1] in (("curl",), ("wget",)) and any(_HERE.match(word) for word in argv[1:])


def _unread_settings(step: Step, behind: Sequence[Step], lines: Sequence[str]) -> Iterator[Finding]:
    """A restart of containers after their .env was changed: they keep the environment that they were made with."""
    assert step.command is not None
    if _RESTARTS.search(step.command.text) is None:
        return
    above = (*lines[max(0, step.lines.first - 1 - _ABOVE) : step.lines.first - 1], step.title, *step.details)
    made_anew = any(one.command is not None and " up" in one.command.text for one in behind)
    if not made_anew and any(_ENV_FILE.search(one) for one in above):
        better = re.sub(r"\brestart\b", "up -d", step.command.text, count=1)
        said = "a restart keeps the environment that the container was made with: the changed .env is not read"
        yield finding("TOC208", step.lines.first, said, fix=f"use: {short(better)}")


_RESTARTS = re.compile(r"\bdocker[ -]compose\b(?:\s+-\S+(?:\s+[^-\s]\S*)?){0,6}\s+restart\b")
_ENV_FILE = re.compile(r"(?<![\w/])(?:[\w/.-]{0,60}/)?\.env(?:\.\w{1,20})?\b(?!\w)")
_ABOVE = 4
"""Lines above a command that may say that the .env was changed."""
_NEAR = 20
"""Steps behind a way to another host that are looked at for what is done there."""


def _ending(command: Command, line: int, behind: Sequence[Step]) -> Iterator[Finding]:
    if command.language == "sql":
        return
    better = f"use: {command.suggestion}" if command.suggestion else _sent_there(command, behind)
    if command.termination is Termination.FOLLOWS and stays_open(command.text):
        yield finding("TOC201", line, f"stays open until it is stopped: {short(command.text)}", fix=_BESIDE)
    elif command.termination is Termination.FOLLOWS:
        serves = command.effect is not Effect.READ_ONLY and not better
        yield finding(
            "TOC201", line, f"never ends by itself: {short(command.text)}", fix=_BEHIND_IT if serves else better
        )
    elif command.termination is Termination.INTERACTIVE:
        better = better or _answered(command.text)
        yield finding("TOC202", line, f"needs a person at a terminal: {short(command.text)}", fix=better)


def _answered(text: str) -> str:
    """How a program that asks is told the answer beforehand; empty where the catalogue's words do."""
    return next((fix for asks, fix in _ASKS if asks.match(text[:_LONGEST_PROGRAM])), "")


_LONGEST_PROGRAM = 300
"""Characters of a command in which the program that asks is named."""


_ASKS = (
    (re.compile(r"(?:sudo )?(?:terraform|tofu)\b"), "add -auto-approve, or apply a plan that somebody has read"),
    (re.compile(r"(?:sudo )?(?:apt|apt-get|yum|dnf)\b"), "add -y"),
    (re.compile(r"git (?:-C \S+ )?revert\b"), "add --no-edit"),
    (
        re.compile(r"(?:.* )?(?:mysql|mariadb)\S*\s(?:.*\s)?(?:-p|--password)(?:\s|$)"),
        "put the password into ~/.my.cnf, and leave -p out",
    ),
    (re.compile(r"(?:.* )?(?:psql|pg_\w+)\s(?:.*\s)?-W(?:\s|$)"), "put the password into ~/.pgpass, and leave -W out"),
    (re.compile(r"(?:\S+ ){1,3}login\b|aws configure\b"), "log in before the shift, or give the token by a variable"),
    (re.compile(r"git (?:-C \S+ )?commit\b"), "add -m with the message"),
    (
        re.compile(r"aws ssm start-session\b"),
        "send one command: aws ssm send-command --document-name AWS-RunShellScript",
    ),
    (re.compile(r"(?:fly|flyctl) ssh console\b"), "give it the command: add -C '…'"),
    (re.compile(r"(?:.*\s)?psql\b"), "give it the question: add -c '…'"),
    (re.compile(r"(?:.*\s)?(?:mysql|mariadb)\b"), "give it the question: add -e '…'"),
    (re.compile(r"(?:.*\s)?mongo(?:sh)?\b"), "give it the question: add --eval '…'"),
    (re.compile(r"(?:.*\s)?redis-cli\b"), "give it what to ask, as in redis-cli INFO"),
    (re.compile(r"(?:.*\s)?telnet\b"), "use nc -zv with the host and the port"),
    (re.compile(r"(?:.*\s)?artisan tinker\b"), "give it the question: add --execute='…'"),
    (
        re.compile(r"(?:sudo )?(?:kubectl|oc|docker|podman)\b.*\s(?:exec|debug)\s"),
        "name the command in the place of the shell, and leave -it out",
    ),
    (
        re.compile(r"(?:sudo )?(?:vim?|nano|emacs)\b"),
        "write the change as a command (sed, tee), or keep it as a step by hand",
    ),
)
"""Programs that ask, and with what they do not."""


def _sent_there(command: Command, behind: Sequence[Step]) -> str:
    """What to write for a bare ssh, as TOC214 says it too: the first command behind it that ends, sent to its host."""
    host = behind[0].command.host if behind and behind[0].command is not None else None
    if host is None or host == command.host or host not in command.text.split():
        return ""
    there = itertools.takewhile(lambda one: one.command is not None and one.command.host == host, behind)
    return over_there(host, tuple(there))


_BEHIND_IT = "Start it as a service (systemctl, pm2, docker compose up -d), or keep it open in a second terminal."
_BESIDE = "Keep it open in a second terminal, and stop it after the last step that needs it."


def _is_name(argv: tuple[str, ...]) -> bool:
    """Whether an argv is a program with sub-commands and nothing else: "kubectl rollout undo"."""
    return len(argv) <= 3 and all(map(_SUB_COMMAND.fullmatch, argv))


_SUB_COMMAND = re.compile(r"[a-z][a-z-]*")


def _arguments(argv: tuple[str, ...], line: int, naming: Naming) -> Iterator[Finding]:
    if naming is not Naming.MENTIONED and (missing := missing_options(argv)):
        named = " ".join(word for word in bare(argv)[:3] if not word.startswith("-"))
        noted = FindingSeverity.INFO if naming is Naming.SENTENCE else None
        yield finding("TOC203", line, f"{named} needs {missing}", fix=f"add {missing}", severity=noted)
    if gone := unknown_subcommand(argv):
        yield finding("TOC215", line, gone[0], fix=gone[1])
    if argv[:3] == ("aws", "logs", "tail"):
        yield finding("TOC219", line, "aws logs tail exists in version 2 of the AWS CLI only")


def cannot_fail(command: Command) -> bool:
    """Whether a check with curl says that all is well when the server answers with an error."""
    first = _asker(command.pipeline[0] if command.pipeline else tuple(command.text.split()))
    if first[:1] != ("curl",) or command.effect is not Effect.READ_ONLY or _fails(first) or not _asks_a_server(first):
        return False
    if "http_code" in command.text:
        return False  # it asks for the code itself
    if "health" in command.text:
        return True
    if any(map(_UNKNOWN_ADDRESS.fullmatch, first[1:])):
        return False  # "curl $S3_ENDPOINT": that it says no to strangers may be the right answer
    return len(command.pipeline) <= 1 and not any("?" in word for word in first[1:])  # a question wants its answer


def _sends_unasked(command: Command) -> bool:
    """Whether a change by curl ends well when the server says no: what comes next goes on as if it were done."""
    argv = command.pipeline[0] if len(command.pipeline) == 1 else ()
    if argv[:1] != ("curl",) or command.effect is Effect.READ_ONLY or _fails(argv) or not _asks_a_server(argv):
        return False
    return _ASKS_THE_CODE.search(command.text) is None and not any(map(_UNKNOWN_ADDRESS.fullmatch, argv[1:]))


_ASKS_THE_CODE = re.compile(r"http_code|response_code|\s-\w*i\w*\s|--include\b|\s-w\b")
_UNKNOWN_ADDRESS = re.compile(r"['\"]?\$\{?(?!\w*(?:ready|live|ping|status))\w+(?:\}?/?['\"]?|:[-=?].*)", re.IGNORECASE)


def _asker(argv: Argv) -> Argv:
    """The curl of a command that is sent to another host or into a container: `ssh oven-1 curl …`."""
    argv = inside(bare(argv))
    return argv[argv.index("curl") :] if argv[:1] == ("ssh",) and "curl" in argv else argv


def that_fails(text: str) -> str:
    """A check with curl as it fails with the server; jq behind it has to be told that nothing to read is a failure.

    >>> that_fails("curl -s https://mill.test/health | jq .")
    'curl -f -s https://mill.test/health | jq -e .'
    """
    return _LAST_JQ.sub(r"\1 -e", text.replace("curl", "curl -f", 1))


_LAST_JQ = re.compile(r"(\|\s*jq)(?!\s+(?:-\w*e|--exit-status))(?=\s[^|]*$|$)")


def _asks_a_server(argv: tuple[str, ...]) -> bool:
    """Whether -f has a meaning for what curl is to open: HTTP, which an address without a scheme is as well."""
    return not any("://" in word and not _HTTP.match(word) for word in argv[1:])


_HTTP = re.compile(r"['\"]?(?:https?|\$\{?\w+\}?|<[^<>]*>)://|.*[=&?]", re.IGNORECASE)


def _checks(command: Command, line: int) -> Iterator[Finding]:
    text = command.text
    if cannot_fail(command):
        yield finding(
            "TOC205",
            line,
            f"exits 0 even when the server answers 500: {short(text)}",
            fix=f"use: {that_fails(text)}",
        )
    elif command.effect is Effect.READ_ONLY and (forgiven := _FORGIVEN.search(text)):
        better = f"leave out {forgiven[0].strip()!r}"
        yield finding("TOC205", line, f"exits 0 whatever it finds: {short(text)}", fix=better)
    elif command.effect is Effect.READ_ONLY and text.split(maxsplit=1)[0] in _PROBES and (told := _TOLD.search(text)):
        better = f"use: {short(text[: told.start()].rstrip())} || {{ {short(told[0][2:].strip())}; false; }}"
        yield finding("TOC205", line, f"says so and exits 0 when it fails: {short(text)}", fix=better)


def _fails(argv: tuple[str, ...]) -> bool:
    return any(re.fullmatch(r"-[a-zA-Z]*f[a-zA-Z]*|--fail(?:-with-body)?", word) for word in argv[1:])


def _databases(command: Command, programs: tuple[tuple[str, ...], ...], line: int) -> Iterator[Finding]:
    text = command.text
    argvs = [inside(bare(argv)) for argv in programs]
    names = [argv[0] for argv in argvs if argv]
    if "psql" not in names:
        return
    here = _HERE_DOCUMENT.match(text, text.index("<<")) if "<<" in text else None
    called = text if here is None else text[: here.start()]
    bare_text = masked(re.sub(r"'[^']*'|\"[^\"]*\"", "''", called))  # an SQL < is no redirection, nor is <pod>
    script = re.search(r"\s(?:-f|--file)[ =]?\s*(\S+)|(?<!<)<\s*([^\s<>]\S*)", bare_text)
    asked = text.rpartition("psql")[2]
    piped = len(names) > 1 and names[0] != "psql" and not re.search(r"\s-\w*c\b|--command", asked)
    asks = here is not None and not script and effect(here[2])[0] is Effect.READ_ONLY
    if (script or piped or here is not None or "<<" in bare_text) and "ON_ERROR_STOP" not in text and not asks:
        yield finding("TOC209", line, "psql goes on after an error in the script and exits 0")


_HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?(\w{1,40})['\"]?[^\n]*\n(.{0,20000}?)\n[ \t]*\1\s*$", re.DOTALL)
"""The words of a here-document: where they only ask, an error changes nothing and is seen in the answer."""


def _traps(command: Command, programs: Sequence[Argv], line: int) -> Iterator[Finding]:
    text = command.text
    if _DEFERRED.match(text) and "--apply-immediately" not in text:
        yield finding("TOC208", line, "the change waits for the maintenance window")
    if text.startswith("pm2 ") and _CONFIG_OF_PM2.match(text) and not re.search(r"\.config\.c?js\b", text):
        yield finding("TOC218", line, f"pm2 takes this file for a program: {text.split()[2]}")
    if _RELATIVE.search(text):
        yield finding("TOC220", line, f"changes by an amount: {short(text)}")
    if ("|" in text or "(" in text) and _RUNS_DOWNLOADED.search(text):
        yield finding("TOC221", line, "runs what it downloads")
    if has_password(text, programs):
        yield finding("TOC222", line, "a password stands in the command")
