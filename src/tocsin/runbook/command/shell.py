"""The lines of a shell block: comments, output, and statements that may go over several lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from tocsin.runbook.command import sql
from tocsin.runbook.command.cmdlets import names_cmdlet, sets_and_calls
from tocsin.runbook.command.printed import is_printed, printed_extent
from tocsin.runbook.command.programs import known_programs, tables
from tocsin.runbook.command.queries import query_extent
from tocsin.runbook.command.sql_blocks import sql_extent
from tocsin.runbook.grammar import any_of, pattern

SHELL_INFO = frozenset(
    [
        "bash",
        "sh",
        "shell",
        "zsh",
        "console",
        "terminal",
        "shell-session",
        "shellsession",
        "ksh",
        "fish",
        "cmd",
        "command",
        "commands",
        "powershell",
        "pwsh",
        "ps1",
        "bat",
        "batch",
        "dos",
    ]
)
LONGEST = 200
"""Lines of one statement. More than this is a quote that somebody forgot to close."""

LONGEST_IN_VAIN = 5 * LONGEST
"""Lines of one block that are looked at for the end of statements that have none. Further ones are one line each."""

_QUOTING = re.compile(r"[\\'\"`#]")
_BRACE_OPENS = re.compile(r"\{\s*$")
_BRACE_CLOSES = re.compile(r"^\s*\}")

_BEHIND = 8
"""Columns before a comment that goes on with the one behind the command above it."""
_MARK = re.compile(r"(?:`{3,}|~{3,})[\w-]*")
_PROMPT = re.compile(r"^\s*(?:\[?[\w.-]+@[\w.-]+[^$#%]{0,40}[$#%]|\([\w.-]+\)\s*\$|\$|%)\s+(?=\S)")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_OPENERS = re.compile(r"(?:^|[;&|(]|\b(?:do|then|else)\b)\s*(for|while|until|select|if|case)\b")
_CLOSERS = re.compile(r"(?:^|[;&|\s])(done|fi|esac)(?=$|[;&|)\s])")
_INTERACTIVE_SQL = re.compile(
    r"^(?:sudo\s+(?:-u\s+\w+\s+)?)?"
    r"(?:(?:docker(?:[ -]compose)?|podman|kubectl|oc)\s[^|;&]{0,200}?\bexec\s[^|;&]{0,200}?\s)?"
    r"(?:psql|mysql|mariadb|sqlplus|cockroach sql|heroku pg:psql|python3? \S*manage\.py dbshell"
    r"|rails dbconsole)\b"
)
_OTHER_CLIENT = re.compile(
    r"^(?:sudo\s+)?(?:(?:docker(?:[ -]compose)?|podman|kubectl|oc)\s[^|;&]{0,200}?\bexec\s[^|;&]{0,200}?\s)?"
    r"(?:(?:redis|valkey)-cli(?:\s+(?:-[hpanu]|--user|--pass|-s)\s+\S+|\s+(?:--tls|-c|--no-auth-warning))*"
    r"|mongo(?:sh)?(?:\s+(?!--eval|--file|-f\b)(?!\S+\.js\b)\S+)*)\s*$"
)
_ONE_SHOT_SQL = re.compile(r"\s-(?:c|e|f|l)\b|--(?:command|execute|file|list|version)|<")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line without its mark."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty line."""

    line: int


@dataclass(frozen=True, slots=True)
class Output:
    """A line that is no command: what a command printed, or prose."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Told:
    """A numbered line for somebody to act on among the commands: "2. Open the console"."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A shell statement. ``stdin`` holds the SQL lines that the document types into it."""

    text: str
    first: int
    last: int
    comment: str | None = None
    stdin: str | None = None
    sql: bool = False  # without a client


Event: TypeAlias = Comment | Blank | Output | Told | Statement


def _prompt(line: str) -> re.Match[str] | None:
    """The prompt that a line begins with; few lines have a sign of one, and each is asked."""
    return _PROMPT.match(line) if "$" in line or "@" in line or "%" in line else None


def is_prompted(line: str) -> bool:
    """Whether a line is a prompt with a command behind it."""
    prompt = _prompt(line)
    return prompt is not None and is_command(line[prompt.end() :])


def read_shell(body: tuple[str, ...], first: int) -> tuple[Event, ...]:
    """The events of a shell block whose first line is number ``first`` of the document."""
    prompted = any(map(_prompt, body))
    events: list[Event] = []
    at = in_vain = 0
    in_client = False
    while at < len(body):
        line = body[at]
        stripped = line.strip()
        number = first + at
        if not stripped or not stripped.strip(".…") or _MARK.fullmatch(stripped):
            events.append(Blank(number))  # "..." stands for what the writer left out, and "```" is a mark of Markdown
            at += 1
        elif stripped.startswith("#") and not stripped.startswith("#!"):
            said, last = stripped.lstrip("#").strip(), events[-1] if events else None
            if isinstance(last, Statement) and last.comment and len(line) - len(line.lstrip()) >= _BEHIND:
                events[-1] = replace(last, comment=f"{last.comment} {said}")  # it goes on with the one behind
            else:
                events.append(Comment(said, number))
            at += 1
        elif _REQUEST.fullmatch(stripped):
            after_words = bool(events) and isinstance(events[-1], Comment)
            events.append(Comment(stripped, number) if after_words else Told(stripped, number))  # sent by hand
            at += 1
            while at < len(body) and body[at].strip() and not body[at].lstrip().startswith("#"):
                events.append(Output(body[at].strip(), first + at))
                at += 1
        elif not prompted and (settings := _settings_extent(body, at)):
            events += [Comment(line.rstrip(), first + n) for n, line in enumerate(body[at : at + settings], at)]
            events.append(Blank(first + at + settings - 1))  # the command that may follow is not what they tell of
            at += settings
        elif not prompted and (taken := printed_extent(body, at)) > 0:
            events += (Output(line.strip(), first + at + n) for n, line in enumerate(body[at : at + taken]))
            at += taken
        elif not prompted and (taken := query_extent(body, at, is_command)) > 0:
            kind = (
                Comment if events and isinstance(events[-1], Comment) else Output
            )  # "# In Loki:", and what to look for
            events += (kind(line.strip(), first + at + n) for n, line in enumerate(body[at : at + taken]))
            events.append(Blank(first + at + taken - 1))
            at += taken
        elif stripped.startswith("#!") or (prompted and not _prompt(line)) or _is_told(stripped):
            told = not prompted and (is_told(stripped) or _is_typed(stripped))
            events.append(Told(stripped, number) if told else Output(stripped, number))
            at += 1
        elif in_client and _is_input(stripped):
            events.append(Told(stripped, number))
            at += 1
        elif (taken := sql_extent(body, at)) > 0:
            text = "\n".join(line.strip() for line in body[at : at + taken])
            events.append(Statement(text, number, number + taken - 1, sql=True))
            at += taken
        else:
            taken, looked_at = _extent(body, at) if in_vain < LONGEST_IN_VAIN else (1, 1)
            in_vain += looked_at - taken
            statement = _statement(body, at, taken, first)
            at += taken
            sql_client = _INTERACTIVE_SQL.match(statement.text) and not _ONE_SHOT_SQL.search(statement.text)
            in_client = _OTHER_CLIENT.match(statement.text) is not None
            if sql_client or in_client:
                statement, at = _with_stdin(statement, body, at, first)
            events.append(statement)
    return tuple(events)


_REQUEST = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE|HEAD)\s+(?:/|https?://)\S*(?:\s+HTTP/[\d.]+|\s+[{\[].*)?")
"""A request as a page of an API writes it, "PUT /api/users/7": no program. Its body is below it."""

_SETTING = re.compile(r"\s*(?:-\s+)?[A-Za-z_][\w.-]*:(?:\s|$)|\s*-\s")
"""A line of YAML: no program has a name that ends in a colon."""


def _settings_extent(body: tuple[str, ...], at: int) -> int:
    """How many lines of settings begin here, "logging:" and what is set in below it, or "[Service]" and its values; 0
    where none do."""
    if "[" in body[at] and _SECTION_OF_VALUES.fullmatch(body[at]):
        n = next((n for n, line in enumerate(body[at + 1 :], 1) if not _VALUE.match(line)), len(body) - at)
        return n if n > 1 else 0
    if not _SECTION_OF_SETTINGS.fullmatch(body[at]):
        return 0
    indent = len(body[at]) - len(body[at].lstrip())
    n = 1
    while at + n < len(body) and _SETTING.match(body[at + n]) and body[at + n][: indent + 1].isspace():
        n += 1
    return n if n > 1 else 0


_SECTION_OF_SETTINGS = re.compile(r"\s*[A-Za-z_][\w.-]*:\s*")

_SECTION_OF_VALUES = re.compile(r"\s*\[[A-Za-z][\w.:-]*(?:\s[\w.:-]+)*\]\s*")
"""The title of a section of a file such as those of systemd; the program "[" has a blank behind its name."""
_VALUE = re.compile(r"\s*[A-Za-z][\w.-]*\s*=")

_OTHER_SCRIPT = re.compile(r"[\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


_COUNTED = re.compile(r"^\s*\d{1,2}[.)]\s+(?=\S)")


def is_told(line: str) -> bool:
    """Whether a line among commands is a numbered step for somebody to take: "2. Open the console"."""
    return bool(_COUNTED.match(line)) and not is_command(_COUNTED.sub("", line))


_SAID = re.compile(r"[-*→]\s+\S|[A-Z][\w-]*(?:\s[\w-]+)?:\s+\S")
"""An item, or a line of words after a name: "- Scribe: [name]", "Slack: #incident". No program is called so."""


def _is_typed(line: str) -> bool:
    return ">" in line[:40] and _TYPED.match(line) is not None


_TYPED = re.compile(
    r"(?:>>>|irb\([\w: ]{1,20}\)[\d:]*>|iex\(\d+\)>|(?:\d{1,3}(?:\.\d{1,3}){3}|localhost):\d+>"
    r"|(?:mysql|MariaDB \[[^\]]{0,20}\]|sqlite|cqlsh(?::\w+)?|redis|hive|mongosh?|SQL|scala|rs\d:\w+)>)\s\S"
)
"""What is typed at the prompt of another program, which no shell reads: ">>> queue.size()", "redis> GET belt"."""
_SENTENCE = re.compile(r"[A-Z][a-z]+,?(?:\s[\w'’,;()/%-]+){3,}[.!]$")
"""A sentence of a few words, without a sign of the shell: "Wait until the oven is hot."."""


def _is_told(line: str) -> bool:
    """Whether a line among commands tells what to do, with its number or in another script: "Docker Desktop を起動"."""
    if is_told(line) or _SAID.match(line) or is_printed(line) or _is_typed(line):
        return True
    if line[-1:] in (".", "!") and _SENTENCE.match(line) and line.split(" ", 1)[0] not in known_programs():
        return True
    if line.split(" ", 1)[0] in known_programs() or not _OTHER_SCRIPT.search(line):
        return False
    return bool(_OTHER_SCRIPT.search(re.sub(r"'[^']*'|\"[^\"]*\"|<[^<>]*>|\s#.*$", "", line))) and "=" not in line


def _statement(body: tuple[str, ...], at: int, taken: int, first: int) -> Statement:
    lines = [
        _COUNTED.sub("", _PROMPT.sub("", body[at], count=1), count=1).strip(),
        *(line for line in body[at + 1 : at + taken]),
    ]
    text = "\n".join(lines).rstrip()
    bare, comment = _trailing_comment(text) if taken == 1 else (text, None)
    return Statement(bare, first + at, first + at + taken - 1, comment)


def _trailing_comment(text: str) -> tuple[str, str | None]:
    if "#" not in text:
        return text, None
    quote = ""
    for at, ch in enumerate(text):
        if quote:
            quote = "" if ch == quote else quote
        elif ch in "'\"`":
            quote = ch
        elif ch == "#" and at > 0 and text[at - 1].isspace():
            return text[:at].rstrip(), text[at + 1 :].strip()
    return text, None


_LEAVES = ("\\q", "exit", "quit")
"""What ends the session of a client."""


def _with_stdin(statement: Statement, body: tuple[str, ...], at: int, first: int) -> tuple[Statement, int]:
    """The lines typed into an SQL client: up to a blank line, a comment, or the next known program."""
    typed: list[str] = []
    while at < len(body):
        line = body[at].strip()
        word = line.split(" ", 1)[0]
        if not line or line.startswith("#") or (word in known_programs() and not sql.is_sql(line)):
            break
        at += 1
        if line.rstrip(";").lower() in _LEAVES:
            break
        typed.append(line)
    if not typed:
        return statement, at
    return Statement(statement.text, statement.first, first + at - 1, statement.comment, "\n".join(typed)), at


def _is_input(line: str) -> bool:
    """Whether a line is for the client of a store that was opened above it, "INFO memory", "db.sacks.find()"."""
    word = line.split(maxsplit=1)[0]
    return (word.isalpha() and word.isupper() and word not in known_programs()) or _OF_MONGO.match(line) is not None


_OF_MONGO = re.compile(r"(?:db|rs|sh)\.[A-Za-z]|(?:show|use)\s+\w+;?$")


def _extent(body: tuple[str, ...], at: int) -> tuple[int, int]:
    """How many lines the statement at ``at`` takes, 1 when it never closes; and how many had to be looked at."""
    if not _MAY_STAY_OPEN.search(body[at]):
        return 1, 1
    state = _Open()
    n = 0
    for n, line in enumerate(body[at : at + LONGEST]):
        text = _PROMPT.sub("", line, count=1) if n == 0 else line
        if state.takes(text):
            return n + 1, n + 1
        following = at + n + 1
        if state.dangling and (following >= len(body) or not body[following].strip()):
            return n + 1, n + 1
    return 1, n + 1


_MAY_STAY_OPEN = re.compile(r"[\\'\"`#(){}<|&]|\b(?:for|while|until|select|if|case)\b")
"""Without one of these, a line is a statement of its own."""


@dataclass(slots=True)
class _Open:
    """What is still open after some lines of a statement."""

    quote: str = ""
    parens: int = 0
    blocks: int = 0
    heredoc: str = ""
    dangling: bool = False

    def takes(self, line: str) -> bool:
        """Add one line; whether the statement is complete with it."""
        if self.heredoc:
            if line.strip() == self.heredoc:
                self.heredoc = ""
            return not self.heredoc and not self.quote and not self.parens and not self.blocks
        bare = self._unquoted(line)
        if not self.quote:
            if match := _HEREDOC.search(line):
                self.heredoc = match[2]
            self.parens = max(0, self.parens + bare.count("(") - bare.count(")"))
            self.blocks = max(0, self.blocks + len(_OPENERS.findall(bare)) - len(_CLOSERS.findall(bare)))
            self.blocks = max(0, self.blocks + len(_BRACE_OPENS.findall(bare)) - len(_BRACE_CLOSES.findall(bare)))
        code = bare.split(" #", 1)[0].rstrip()
        self.dangling = not self.quote and (line.rstrip().endswith("\\") or code.endswith(("|", "&&", "||")))
        open_still = self.quote or self.parens or self.blocks or self.heredoc
        return not open_still and not self.dangling

    def _unquoted(self, line: str) -> str:
        if not self.quote and not _QUOTING.search(line):
            return line
        out: list[str] = []
        escaped = False
        for at, ch in enumerate(line):
            if escaped:
                escaped = False
            elif ch == "\\" and self.quote != "'":
                escaped = True
            elif self.quote:
                self.quote = "" if ch == self.quote else self.quote
            elif ch in "'\"`":
                self.quote = ch
            elif ch == "#" and (at == 0 or line[at - 1].isspace()):
                break
            else:
                out.append(ch)
        return "".join(out)


def looks_like_shell(body: tuple[str, ...], events: Callable[[], Iterable[Event]]) -> bool:
    """Whether an untagged block is shell: every line that is no comment begins with a known program or goes on.

    ``events`` reads the block, where its lines alone do not decide.
    """
    lines = [line for line in body if line.strip() and not line.strip().startswith("#")]
    if not lines or len(lines) > 400:
        return False
    if any(map(_prompt, lines)):
        said = [(line.lstrip()[0], _PROMPT.sub("", line)) for line in lines if _prompt(line)]
        return all(is_command(rest) or (sign == "$" and _PROGRAM.match(rest)) for sign, rest in said)
    if any(map(_OPENS_SETTINGS.match, lines)):
        return False
    statements = [event for event in events() if isinstance(event, Statement)]
    return bool(statements) and all(
        is_command(event.text, strict=len(statements) == 1 and event.text.split()[0] in tables("sets")["everyday"])
        for event in statements
    )


_OPENS_SETTINGS = re.compile(r"[a-z][\w-]*(?:\s+[\w.*/\"-]+)?\s*\{\s*$")
"""A line such as "ruby {" or "location / {" of a file of settings; a function of the shell has its "()" there."""

_PROGRAM = re.compile(r"[a-z][\w.-]*(?:\s|$)")
"""What stands behind "$ " when it is a prompt: a name, known or not, and no amount of money."""


@pattern
def _prose() -> str:
    return rf"[.!?:]\s*$|\s(?:{any_of('article', 'if')}|is|are|this|that|from the)\s"


_SHELLISH = re.compile(r"(?:^|\s)--?[A-Za-z]|[<>|=$]|(?:^|\s)\.{0,2}/\w|&&|\S\.(?:sh|py|js|ya?ml|sql|conf|log)\b|\S:\S")


_OWN_SCRIPT = re.compile(
    r"~?/?[\w.-]+(?:/[\w.-]+)*/[\w.-]+\.(?:sh|bash|py|rb|pl|js|mjs|bat|cmd|ps1)|(?:\.\\|[A-Za-z]:\\)?[\w.-]+(?:\\[\w.-]+)*\\[\w.-]+\.(?:bat|cmd|ps1)"
)
"""A script by its path from the root of the repository: "scripts/restore.sh"."""


_NAMED_SCRIPT = re.compile(r"\w[\w.-]*\.(?:sh|bash|ps1|bat|cmd)")
"""A script without its path, before an option: "restore.sh --check"."""

_TESTS = re.compile(r"\s-\w|\s[!=<>]|\s-(?:eq|ne|lt|le|gt|ge)\s|\$")
"""What a call of the program "test" has: an option, a sign that compares, a variable."""

_OWN_PROGRAM = re.compile(r"(?:[\w.-]{1,40}/){0,4}s?bin/[a-z][\w-]*")
"""A program of the team by its path from the root of the repository, "bin/mill", before its arguments."""

_ASSIGNMENT = re.compile(r"^\w+=\S*$")
_PATH = re.compile(r"^\.{0,2}/[\w./-]+$")
_CONTROL = re.compile(r"[a-z][a-z0-9_-]+(?:ctl|-cli)")
"""A control program or a command line client, a team's own among them: nothing else ends so."""


def is_command(text: str, *, strict: bool = False) -> bool:
    """Whether text is a command line: a known program or a script, then what looks like arguments.

    ``strict`` is for prose surroundings, where "make sure that" and "open an incident" must not count.
    """
    first_line = text.strip().split("\n", 1)[0]
    words = first_line.split()
    if words and words[0][0] == "$" and sets_and_calls(first_line):
        return True
    if not words or sql.is_sql(first_line) or (len(words) > 1 and words[1] in _COMPARES):
        return False
    word = words[0]
    if len(words) > 1 and not strict and f"{word} {words[1]}" in tables("sets")["router"]:
        return True
    while _ASSIGNMENT.match(word) and len(words) > 1:
        words = words[1:]  # "A=1 B=2 npx mill"
        word = words[0]
    script = bool(_PATH.match(word)) and (word.startswith("./") or "." in word.rsplit("/", 1)[-1])
    script = script or bool(not strict and _OWN_SCRIPT.fullmatch(word))
    script = script or bool(len(words) > 1 and words[1][0] == "-" and _NAMED_SCRIPT.fullmatch(word))
    if word == "test" and not _TESTS.search(first_line):
        return False  # "test frontend" is the name of a job
    known = word in known_programs() or script or names_cmdlet(word)
    if not known and not (len(words) > 1 and (_CONTROL.fullmatch(word) or _OWN_PROGRAM.fullmatch(word))):
        return False
    if not strict:
        return True
    if " " not in first_line.strip():
        return False
    return bool(_SHELLISH.search(first_line)) and not _prose().search(" " + first_line)


def is_script(code: str) -> bool:
    """Whether a code span is a script by its path and nothing else, which may be run or only be spoken of.

    >>> is_script("scripts/restore.sh"), is_script("./mend.py"), is_script("logs/app.log"), is_script("restore.sh")
    (True, True, False, False)
    """
    return bool(_OWN_SCRIPT.fullmatch(code))


def is_bare_program(code: str) -> bool:
    """Whether a code span is a program that is run without any argument, which may be run or only be spoken of.

    >>> is_bare_program("uptime"), is_bare_program("kubectl"), is_bare_program("date")
    (True, False, False)
    """
    return code in _BARE


_BARE = frozenset(
    (
        *("uptime", "dmesg", "df", "free", "top", "htop", "atop", "btop", "glances", "ps"),
        *("lsblk", "iostat", "vmstat", "iotop", "iftop", "nethogs", "lsof", "netstat", "ss", "lscpu"),
        *("nvidia-smi", "pstree", "mpstat", "nproc", "mailq", "squeue", "sinfo", "k9s", "ctop", "jps"),
        *("tasklist", "ipconfig", "ifconfig", "systeminfo", "reboot", "uname", "whoami", "slabtop"),
    )
)
"""Programs that say or do enough without an argument, and whose names are no words for anything else."""

_COMPARES = frozenset(["=", "==", "!=", "=~", "!~", ">=", "<="])
"""Behind a name that is looked for in logs or metrics: `service = "ovens"`."""


def inline_command(code: str) -> bool:
    """Whether a code span in prose is a command to run: more than one word, the first a known program.

    >>> inline_command("kubectl get pods"), inline_command("kubectl"), inline_command("psql schema error")
    (True, False, True)
    >>> inline_command("exit 3")
    False
    """
    words = code.split()
    if words[:1] == ["exit"]:
        return False  # the status that a program ends with
    return len(words) > 1 and is_command(code) and not code.rstrip().endswith(":")
