"""Blanks that a person has to fill: in commands, where they become parameters, and in values, where they are gaps."""

from __future__ import annotations

import re

from tocsin.runbook.grammar import any_of, pattern
from tocsin.runbook.instructions import Parameter

_ANGLE = re.compile(r"(?<!<)<(?P<name>(?:\d+[-_ ])?[^\W\d_](?:[\w .|/:'-]{0,60}?[\w.|/:'-])?)>")
_BRACE = re.compile(r"(?<!\$)\{\{?\s*(?P<name>[A-Za-z][\w .-]{0,40}?)\s*\}?\}(?!\w*['\"]?\s*[:,]\s*[{\"])")
_BRACKET = re.compile(
    r"(?<![\w\]$\"'])\[(?P<name>[A-Z][A-Z0-9 _/-]{1,40}|[A-Z]\+\d|[a-z]+(?:[-_ ][a-z]+)+"
    r"|(?<=[\s/=:@]\[)[a-z]{3,20}(?=\](?:[\s/:,]|$)))\](?!\()"  # one word: a whole argument, or no blank at all
)
_DATE = re.compile(r"YYYY[-_/]?MM[-_/]?DD(?:[-_T ]?HH[-:_]?[mM]{2}(?:[-:_]?[sS]{2})?)?")
_ENV = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*)\}|(?P<bare>[A-Za-z_]\w*))")
_EXAMPLE = re.compile(
    r"(?:[\w-]+\.)*(?:your-?(?:domain|company|org|server|site)|yourapp|my-?(?:domain|company)|example)\.(?:com|org|net|io)"
    r"|/path/to(?:/[\w.-]+)*|\b(?:i|vol|sg|subnet|vpc|ami)-x{3,}\b|\bbackup_file\.\w+|\b[xX]{4,}\b"
    r"|(?<![\w./…])(?:\.{3}|…)(?![\w./…])"  # left out: "kubectl ... get pods"; "./..." and "a...b" leave out nothing
)
_MAY_BE_EXAMPLE = re.compile(r"your|my-?domain|my-?company|example\.|/path/to|-xxx|backup_file|[xX]{4}|\.{3}|…")
"""One of these is in every example; the pattern for all of them is tried at each word."""

LEFT_OUT = ("...", "…")
"""What stands for a part of a command that was left out."""
_PRINTS = ("echo ", "printf ", "Write-Host ", "Write-Output ")

_YOURS = re.compile(r"(?<![\w${.-])(?:YOUR|your)[_-]\w[\w-]*(?![\w.=])")
"""A word that stands for what only the team knows: "YOUR_PROJECT_ID", "your-bucket"."""

_OF_CMDLETS = re.compile(r"[A-Z][A-Za-z]+-[A-Z]\w+")
_OF_POWERSHELL = re.compile(r"_|PSItem|(?i:true|false|null)")
_EARLIER = re.compile(
    r"(?<![\w${.-])(?:PREVIOUS|PREV|LAST_GOOD|LAST_KNOWN_GOOD|OLD|STABLE|TARGET)_"
    r"(?:REVISION|VERSION|TAG|SHA|COMMIT|IMAGE|RELEASE|BUILD|DEPLOYMENT|TASK_DEFINITION)(?:_(?:ID|NAME|NUMBER))?(?![\w.])"
)
"""What a roll-back goes back to, where it is not a variable: "--to=PREVIOUS_REVISION"."""

_CAPITALS = re.compile(
    r"(?<=[\s=@])(?:POD|NODE|POD_NAME|NODE_NAME|NAMESPACE|HOST|HOSTNAME|USER|USERNAME|PID|CONTAINER|CONTAINER_ID|CONTAINER_NAME"
    r"|SERVICE_NAME|DB_NAME|DBNAME|BACKUP_FILE|FILENAME|COMMIT|COMMIT_SHA|COMMIT_HASH|SHA|REVISION|VERSION|VERSION_CODE|TAG"
    r"|INSTANCE_ID|CLUSTER_NAME|PROJECT_ID|IP|IP_ADDRESS|OWNER|URL|(?<==)[XN](?:\+1)?)(?=[\s@]|$)"
)
"""A word in capitals that stands for a name: "kubectl logs POD -n NAMESPACE", "--to-revision=X"."""
_OF_NAMES = re.compile(
    r"(?:sudo )?(?:e?grep|printenv|echo|printf|export|unset|env|set|rg|awk|redis-cli|dig)\b|.*<<|[A-Z_]+="
)
"""Commands in which such a word is meant as it is written."""

_SET = re.compile(r"\s*=(?!=)")
_SCOPED = re.compile(r":[A-Za-z_]")
_SCOPES = frozenset({"env", "global", "script", "local", "using"})
"""Before a colon, of which variables the one behind it is: "$env:USERNAME"."""

_SECRET = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|_KEY$|DSN|DATABASE_URL|CONNECTION_STRING|CREDENTIAL", re.IGNORECASE
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_BLANK = r"(?:\[[^\]]*\](?!\()|<[^<>]+>|\{\{[^{}]+\}\}|\{[^{}]+\})"
_MASKED_NUMBER = re.compile(r"(?:(?=\+.{0,32}x{2})|(?=\d.{0,32}x{3}))\+?[\dx][\dx .-]{2,32}", re.IGNORECASE)
"""A telephone number of which some digits were left out, "+33 6 XX XX XX XX"; "5xx" is what a server answers."""

_NUMBER_TO_FILL = re.compile(r"(?:\+\d{0,3}[ .-]?)?\(?[xX0]{2,4}\)?[ .-]?[xX]{2,4}[ .-]?[xX]{2,6}")

_IN_BRACKETS = re.compile(r"\([^()]*\)")


@pattern
def _gap() -> str:
    blank = rf"{_BLANK}(?:[\s,/|–-]*{_BLANK})*|_{{2,}}|\?{{2,}}|\.{{3}}|…"
    said = rf"(?:TODO|TBD|TBA|FIXME|XXX+)\b.*|_?{any_of('gap')}(?:_|\b.*)?"
    return rf"^(?:[\s*_`\"']*)(?:{blank}|{said})(?:[\s*_`\"'.]*)$"


def is_gap(value: str) -> bool:
    """Whether a value is only a placeholder: "[Phone]", "______", "TODO: fill in", nothing at all.

    >>> is_gap("[Phone]"), is_gap("+1-555-0123"), is_gap("+33 6 XX XX XX XX")
    (True, False, True)
    """
    bare = (_IN_BRACKETS.sub("", value) if "(" in value else value).strip(" :–—-")
    return not bare or bool(_gap().match(bare)) or _MASKED_NUMBER.fullmatch(bare) is not None


def is_number_to_fill(value: str) -> bool:
    """Whether a value is a telephone number that nobody filled in yet: "+1-XXX-XXX-XXXX", "(xxx) xxx-xxxx".

    >>> is_number_to_fill("+1-XXX-XXX-XXXX"), is_number_to_fill("+33 6 XX XX XX XX"), is_number_to_fill("TBD")
    (True, True, False)
    """
    bare = value.strip()
    return _MASKED_NUMBER.fullmatch(bare) is not None or _NUMBER_TO_FILL.fullmatch(bare) is not None


def parameters(command: str) -> tuple[Parameter, ...]:
    """The blanks of a command in the order of their first appearance, each one once."""
    found: dict[str, tuple[int, Parameter]] = {}

    def add(at: int, one: Parameter) -> None:
        found.setdefault(one.raw, (at, one))

    for match in _ANGLE.finditer(command) if "<" in command else ():
        if f"</{match['name']}>" in command:
            continue  # a tag of HTML, "<h1>Closed</h1>"
        key = re.search(r"([A-Za-z][\w-]*)=[\"']?$", command[max(0, match.start() - _LONGEST_KEY) : match.start()])
        add(match.start(), _named(match["name"], match[0], "angle", key[1] if key else "choice"))
    for match in _bracketed(command):
        add(match.start(), _named(match["name"], match[0], "bracket"))
    for match in _braced(command):
        add(match.start(), _named(match["name"], match[0], "brace"))
    for match in _DATE.finditer(command) if "YYYY" in command else ():
        add(match.start(), Parameter("date", "date", "date_pattern", match[0]))
    for match in _ENV.finditer(_without_single_quotes(command)) if "$" in command else ():
        name = match["braced"] or match["bare"]
        if match.start() == 0 and _SET.match(command, match.end()):
            continue  # "$old = Get-Item mill"
        if _OF_POWERSHELL.fullmatch(name) or (name in _SCOPES and _SCOPED.match(command, match.end())):
            continue
        kind = "secret" if _SECRET.search(name) else "string"
        add(match.start(), Parameter(name, kind, "env", match[0]))
    for match in _EXAMPLE.finditer(command) if _MAY_BE_EXAMPLE.search(command) else ():
        if match[0] in LEFT_OUT and command.startswith(_PRINTS):
            continue  # echo "Starting ..."
        add(match.start(), Parameter(_slug(match[0]), _type(match[0]), "example", match[0]))
    for match in _YOURS.finditer(command) if "YOUR" in command or "your" in command else ():
        if not any(one.raw in command and match[0] in one.raw for _at, one in found.values()):
            add(match.start(), _named(match[0], match[0], "word"))
    for match in _EARLIER.finditer(command) if "_" in command and command != command.lower() else ():
        around = f" {command} "[match.start() : match.end() + 2]
        if around[-1] in "]}>" or (around[-1] == "=" and around[0] == " "):
            continue  # a blank in brackets, which is known, or a variable that is set
        add(match.start(), _named(match[0], match[0], "word"))
    if command != command.lower() and not _OF_NAMES.match(command):
        for match in _CAPITALS.finditer(_QUOTED.sub(lambda match: " " * len(match[0]), command)):
            add(match.start(), _named(match[0], match[0], "word"))
    return tuple(one for _at, one in sorted(found.values(), key=lambda pair: pair[0]))


_LONGEST_KEY = 80
"""Characters of a name before a blank, "--region=<a|b>"."""


def masked(command: str) -> str:
    """The command with every blank replaced by a word of the same length, so that a shell parser can read it."""
    for form in (_ANGLE, _DATE):
        command = form.sub(lambda match: "P" * len(match[0]), command)
    for match in [*_braced(command), *_bracketed(command)]:
        command = command[: match.start()] + "P" * len(match[0]) + command[match.end() :]
    return command


def _braced(command: str) -> list[re.Match[str]]:
    """Braces that are blanks: not the ones of JSON, awk, brace expansion or a Go template in quotes."""
    if "{" not in command:
        return []
    quoted = [m.span() for m in re.finditer(r"'[^']*'", command)]
    return [
        match
        for match in _BRACE.finditer(command)
        if not _OF_CMDLETS.match(match["name"])
        and not any(a < match.start() < b for a, b in quoted)
        and not command[: match.start()].endswith(("$", "%"))
    ]


def _bracketed(command: str) -> list[re.Match[str]]:
    if "[" not in command:
        return []
    quoted = [m.span() for m in re.finditer(r"'[^']*'|\"[^\"]*\"", command)]
    return [match for match in _BRACKET.finditer(command) if not any(a < match.start() < b for a, b in quoted)]


def _without_single_quotes(command: str) -> str:
    return re.sub(r"'[^']*'", lambda match: " " * len(match[0]), command)


def _named(name: str, raw: str, origin: str, key: str = "choice") -> Parameter:
    if "|" in name:
        choices = tuple(choice.strip() for choice in name.split("|"))
        return Parameter(_slug(key), "enum", origin, raw, choices)
    return Parameter(_slug(name), _type(name), origin, raw)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or "value"


def _type(name: str) -> str:
    lowered = name.casefold()
    for kind, signs in {
        "secret": ("password", "token", "secret", "api key", "api_key", "apikey"),
        "integer": ("number", "count", "replicas", "pid", "port", "size", "seconds", "minutes"),
        "commit": ("commit", "sha", "revision"),
        "version": ("version", "tag", "release"),
        "date": ("date", "timestamp", "time"),
        "path": ("path", "file", "directory", "folder", "_dir", "mountpoint", "/"),
        "hostname": ("host", "domain", "server", ".com", ".org", ".net", ".io"),
    }.items():
        if any(sign in lowered for sign in signs):
            return kind
    return "string"
