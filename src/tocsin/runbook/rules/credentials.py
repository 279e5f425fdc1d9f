"""TOC222: secrets that stand in the document: by the form that a service gives them, or behind an option for them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from tocsin.runbook.command.bash import parse
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import Finding
from tocsin.runbook.rules.tools import Argv, bare, inside

_SIGN = re.compile(r"AKIA|ASIA|ghp_|gho_|ghs_|github_pat_|xox|_live_|hooks\.slack\.com/s|PRIVATE KEY|AIza|glpat-|eyJ")
"""One of these is in every token that is known by its form."""
_NAMED = re.compile(
    r"(?:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|aws[_-]?secret(?:[_-]?access)?(?:[_-]?key)?|secret[_-]?key)"
    r"['\"]?\s{0,2}[=:]\s{0,2}['\"]?(?P<value>[A-Za-z0-9+/_-]{20,200})(?![\w.(<{$])",
    re.IGNORECASE,
)
"""A value behind the name of a key: "api_key=9f8a…", "X-Api-Key: 9f8a…", "AWS_SECRET_ACCESS_KEY=wJal…"."""
_NAMES = re.compile(r"api[_-]?key|token|secret", re.IGNORECASE)
_FEWEST_DIGITS = 2
"""Of what was drawn at random; a name or a path has fewer."""
_TOKENS = (
    (re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)(?![A-Z0-9]{0,16}EXAMPLE)[A-Z0-9]{16}(?![A-Z0-9])"), "a key of AWS"),
    (re.compile(r"\b(?:gh[opsru]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,90})"), "a token of GitHub"),
    (re.compile(r"\bglpat-[\w-]{20}"), "a token of GitLab"),
    (re.compile(r"\bxox[abprs]-\d{5,}[\w-]{10,80}"), "a token of Slack"),
    (
        re.compile(r"hooks\.slack\.com/services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/(?!X{4})[A-Za-z0-9]{20,30}"),
        "a Slack hook",
    ),
    (re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,100}"), "a live key of Stripe"),
    (re.compile(r"\bAIza[\w-]{35}"), "a key of Google"),
    (re.compile(r"\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}"), "a signed token (JWT)"),
    (re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?!(?:\s|\\n)*(?:\.{3}|…|X{4}|<|\[|\*))"), "a private key"),
)
"""Tokens by the forms that their services document, and what they are."""

_URL = re.compile(r"://[^\s:/@$<{\[]{1,80}:([^\s@/$<{\[]{3,80})@")
_ASSIGNED = re.compile(
    r"(?:--?password|PGPASSWORD|MYSQL_PWD)[= ](?!['\"]?[$<{\[])['\"]?[^\s'\"$<{\[-]{6,}"
    r"|\b[A-Z][A-Z0-9_]{1,40}_(?:PASSWORD|PASSWD|PASS)=['\"]?(?P<value>[^\s'\"$<{\[%-][^\s'\"$<{\[]{5,})",
    re.IGNORECASE,
)
_OPTIONS: dict[str, tuple[str, ...]] = {
    "redis-cli": ("-a", "--pass"),
    "sshpass": ("-p",),
    "docker": ("-p",),
    "podman": ("-p",),
    "az": ("-p",),
    "ldapsearch": ("-w",),
    "ldapmodify": ("-w",),
    "curl": ("-u", "--user"),
    "http": ("-a", "--auth"),
    "mongosh": ("-p",),
    "mongo": ("-p",),
    "mongodump": ("-p",),
    "mongorestore": ("-p",),
}
"""Of each program the options whose value is a password, or a name and a password with a colon between."""
_LOGINS = ("docker", "podman", "az")
"""Programs with which `-p` is a password only behind the word "login"."""
_ATTACHED = ("mysql", "mariadb", "mysqldump", "mysqladmin", "mysqlcheck", "mariadb-dump")
"""Programs that take the password in one word with its option: `-pSecret`."""
_PLACEHOLDER = re.compile(
    r"[$<{\[%]|^['\"]?(?:\*+|x{3,}|\.{3}|…|-)|pass(?:word|wd|phrase)?['\"]?$|secret['\"]?$|token['\"]?$|your|change_?me|example|"
    r"^['\"]?(?:pw|pwd|foo|bar|test|admin|root|guest|user)['\"]?$",
    re.IGNORECASE,
)
"""What stands where a password is to be written, or is known to everybody."""


def tokens_in(lines: Sequence[str]) -> Iterator[Finding]:
    """Tokens in any line of the document, each line said once."""
    for number, line in enumerate(lines, 1):
        if _SIGN.search(line) is not None:
            said = next((what for token, what in _TOKENS if token.search(line)), None)
            if said is not None:
                yield finding("TOC222", number, f"{said} stands in the document")
                continue
        if (
            ("=" in line or ":" in line)
            and _NAMES.search(line)
            and (named := _NAMED.search(line))
            and _is_drawn(named["value"])
        ):
            yield finding("TOC222", number, "a key stands in the document")


def _is_drawn(value: str) -> bool:
    """Whether a value was drawn at random, and is no name, path or placeholder, "xxxxxxxx", "1234567890"."""
    digits = sum(map(str.isdigit, value))
    mixed = any(map(str.islower, value)) and any(map(str.isupper, value)) and digits > 0
    if not (digits >= _FEWEST_DIGITS or (mixed and len(value) >= _LONG)) or not any(map(str.isalpha, value)):
        return False
    if len(set(value.casefold())) < _FEWEST_SIGNS:
        return False
    return _PLACEHOLDER.search(value) is None and "1234567" not in value and "abcdef" not in value.casefold()


_LONG = 32
_FEWEST_SIGNS = 8
"""Different letters and digits of a value that was drawn at random."""


def has_password(text: str, programs: Sequence[Argv]) -> bool:
    """Whether a password stands in a command: in an address, a variable or behind an option.

    >>> has_password("", (("curl", "-u", "bo:Flour-9922", "https://mill.test"),))
    True
    >>> has_password("", (("mysql", "-p$PW"),))
    False
    """
    folded = text.casefold()
    if ("@" in text and any(not _PLACEHOLDER.search(one[1]) for one in _URL.finditer(text))) or (
        ("pass" in folded or "mysql_pwd" in folded)
        and (found := _ASSIGNED.search(text)) is not None
        and not (found["value"] and _PLACEHOLDER.search(found["value"]))
    ):
        return True
    return any(_behind_an_option(one) for argv in programs for one in _run(inside(bare(argv))))


def _run(argv: Argv) -> tuple[Argv, ...]:
    """What a shell is given to run, `bash -c "mysql -p…"`; any other program itself."""
    if argv[:1] and argv[0].rsplit("/", 1)[-1] in _SHELLS and "-c" in argv[:-1]:
        return tuple(map(bare, parse(argv[argv.index("-c") + 1].strip("'\"")).programs))
    return (argv,)


_SHELLS = ("bash", "sh", "zsh", "ash", "dash")


def _behind_an_option(argv: Argv) -> bool:
    name = argv[0] if argv else ""
    if name in _ATTACHED:
        return any(re.match(r"-p[^\s=]{4,}", word) and not _PLACEHOLDER.search(word[2:]) for word in argv[1:])
    options = _OPTIONS.get(name, ())
    if not options or (name in _LOGINS and "login" not in argv[1:3]):
        return False
    for word, value in itertools.pairwise(argv):
        if word in options:
            secret = value.strip("'\"")
            if name in ("curl", "http"):
                _user, colon, secret = secret.partition(":")
                if not colon:
                    continue
            if len(secret) >= 4 and not _PLACEHOLDER.search(secret):
                return True
    return False
