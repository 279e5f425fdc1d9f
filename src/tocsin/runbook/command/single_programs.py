"""Programs that need a look of their own: SQL clients, curl, ssh, find, watch and some more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tocsin.runbook.command import sql
from tocsin.runbook.command.programs import Again, Argv, Judgement, brings_about, by_name, by_script
from tocsin.runbook.command.scripted import awk, sed
from tocsin.runbook.command.wrappers import of_xargs
from tocsin.runbook.instructions import Effect, Termination

_TAKES_SQL = re.compile(r"-[a-zA-Z]*[ceqQ]|--(?:com\w*|exe\w*|que\w*)")
_READS_META = re.compile(r"\s*\\(?:d[A-Za-z+]*|l\+?|z|x|timing|conninfo)(?:\s[^\\|`]*)?")
_SCRIPT = (Effect.DESTRUCTIVE, "runs an SQL script that is not seen here")
_SQL_VALUES = "dhpUvPFRTugDSw"


def _sql_client(argv: Argv, _again: Again) -> Judgement:
    """A client of a database: the worst of all that it is given to run, and of where it writes."""
    name = argv[0]
    found = [one for word, following in _options(argv) if (one := _of_sql_option(name, word, following)) is not None]
    if not found and any(word in ("-l", "--list", "--version", "-V") for word in argv[1:]):
        return Judgement(Effect.READ_ONLY, reason=f"{name} only reads")
    if not any(given for _effect, _reason, given in found):
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, f"{name} waits for SQL", ("tty", "stdin"))
    worst = next(one for effect in _WORST for one in found if one[0] is effect)
    return Judgement(worst[0], reason=worst[1])


def _options(argv: Argv) -> Iterator[tuple[str, str]]:
    """The options with their values: `-Atc TEXT`, `-cTEXT`, `--command=TEXT`."""
    for word, following in zip(argv[1:], (*argv[2:], ""), strict=False):
        if word.startswith("--"):
            option, given, value = word.partition("=")
            yield option, value if given else following
        elif word.startswith("-"):
            for place, letter in enumerate(word[1:], 2):
                yield f"-{letter}", word[place:] or following
                if letter in _SQL_VALUES + "ceqQfoL":
                    break


def _of_sql_option(name: str, option: str, value: str) -> tuple[Effect, str, bool] | None:
    """What one option adds, and whether it gives something to run."""
    of_postgres = name in ("psql", "pgcli")
    if option == "-q" and name in ("psql", "mysql", "mariadb"):
        return None
    if _TAKES_SQL.fullmatch(option):
        if _READS_META.fullmatch(value):
            return Effect.READ_ONLY, "a psql command that only reads", True
        return (*sql.effect(value), True)
    if (option == "-f" and name != "mysql" and name != "mariadb") or (len(option) > 3 and "--file".startswith(option)):
        return (*_SCRIPT, True)
    if of_postgres and (option in ("-o", "-L") or option.startswith(("--out", "--log"))):
        if value.lstrip().startswith("|"):
            return Effect.UNKNOWN, f"{name} {option} runs what is named", False
        return Effect.MUTATING, f"{name} {option} writes a file", False
    return None


_SQLITE_TELLS = re.compile(r"\s*\.(?:tables|schema|indexes|indices|databases|dbinfo|version|show)(?:\s[\w.%]+)*\s*")
_SQLITE_MODES = frozenset(
    [
        "readonly",
        "header",
        "noheader",
        "csv",
        "json",
        "line",
        "list",
        "column",
        "table",
        "box",
        "markdown",
        "bail",
        "batch",
    ]
)


def _sqlite(argv: Argv, _again: Again) -> Judgement:
    """sqlite3 with a database: what stands behind that is SQL or a command of the client, "sqlite3 mill.db .tables"."""
    rest = argv[1:]
    while rest and rest[0].startswith("-"):
        if rest[0].lstrip("-") not in _SQLITE_MODES:
            return Judgement(Effect.UNKNOWN, reason=f"what sqlite3 {rest[0]} does is not known")
        rest = rest[1:]
    if len(rest) < _WITH_SQL:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "sqlite3 waits for SQL", ("tty", "stdin"))
    found = [
        (Effect.READ_ONLY, "a command of sqlite3 that only tells") if _SQLITE_TELLS.fullmatch(one) else sql.effect(one)
        for one in rest[1:]
    ]
    worst = next(one for effect in _WORST for one in found if one[0] is effect)
    return Judgement(worst[0], reason=worst[1])


_WITH_SQL = 2
"""Words of a call of sqlite3 with SQL: its database, and that."""


_CURL_DATA = ("-d", "--data", "-F", "--form", "--json", "-T", "--upload-file")
_CURL_VALUES = "AbcCdDeEFHKmoPQrtTuUwxXyYz"
_CURL_ELSEWHERE = re.compile(
    r"(?!(?:https?|ftps?|file|telnet)://)[a-z][a-z0-9+.-]*://|(?:dict|imap|ldap|pop3|smtp)s?\.", re.IGNORECASE
)
"""Services that are none of the web; curl guesses them from the name of a host as well."""


def _curl(argv: Argv, _again: Again) -> Judgement:
    method = "GET"
    given = list(_curl_options(argv))
    asks = any(option in ("-G", "--get", "-I", "--head") for option, _ in given)
    for option, value in given:
        if option == "-X" or (len(option) > 4 and "--request".startswith(option)):
            method = value.upper()
        elif (option in _CURL_DATA or option.startswith(("--da", "--form", "--js", "--up"))) and method == "GET":
            method = method if asks else "POST"
    if any(_CURL_ELSEWHERE.match(word) for word in argv[1:]):
        return Judgement(Effect.UNKNOWN, reason="curl speaks to a service that is none of the web")
    if method in ("GET", "HEAD", "OPTIONS"):
        if any(_kept(option, value) for option, value in given):
            return Judgement(Effect.MUTATING, reason="curl writes a file")
        if (done := next(filter(None, map(acts_by_path, argv[1:])), "")) and method == "GET":
            return Judgement(Effect.UNKNOWN, reason=f"an HTTP GET of …/{done} may do what it says")
        stream = any(option in ("-N", "--no-buffer") for option, _ in given)
        return Judgement(
            Effect.READ_ONLY, Termination.FOLLOWS if stream else Termination.BOUNDED, f"an HTTP {method} only reads"
        )
    destroys = method == "DELETE"
    return Judgement(Effect.DESTRUCTIVE if destroys else Effect.MUTATING, reason=f"an HTTP {method} changes something")


def acts_by_path(word: str) -> str:
    """The end of an address that says what is done, "shutdown" of http://mill/admin/shutdown; else empty."""
    path = _PATH_OF.fullmatch(word)
    last = path["last"].casefold() if path is not None else ""
    first = re.split(r"[-_]", last, maxsplit=1)[0]
    return last if first in _DONE_BY_GET and last.count("-") + last.count("_") < _LONGEST_ACT else ""


_PATH_OF = re.compile(r"['\"]?(?:https?://)?[^/?#\s]+/(?:[^?#\s]*/)?(?P<last>[A-Za-z][\w-]*)/?(?:\?[^#\s]*)?['\"]?")
_LONGEST_ACT = 2
_DONE_BY_GET = frozenset(
    {"shutdown", "restart", "reload", "reboot", "flush", "purge", "reset", "drain", "stop", "kill", "clear", "delete"}
    | {"trigger", "run", "start", "disable", "enable", "rollback", "failover", "promote", "redrive", "resume", "pause"}
)
"""What no address of a page or of a thing ends in."""


def _curl_options(argv: Argv) -> Iterator[tuple[str, str]]:
    """The options of curl with what stands behind each: bundles are taken apart, `-sXPOST` as `-s` and `-X POST`."""
    for word, following in zip(argv[1:], (*argv[2:], ""), strict=False):
        if word.startswith("--"):
            name, given, value = word.partition("=")
            yield name, value if given else following
            continue
        for place, letter in enumerate(word[1:] if word.startswith("-") else "", 2):
            yield f"-{letter}", word[place:] or following
            if letter in _CURL_VALUES:
                break


def _kept(option: str, value: str) -> bool:
    """Whether curl keeps what it gets: ``-o file``, ``-O``; nothing is kept in /dev/null."""
    if option in ("-O", "-J") or option.startswith("--remote-"):
        return True
    return (option == "-o" or (len(option) > 4 and "--output".startswith(option))) and value not in _NOWHERE


_NOWHERE = ("/dev/null", "-", "NUL")


_MAKES_OWN = re.compile(r"\.?(?:SHELL|SHELLFLAGS|MAKE\w*|GNUMAKEFLAGS|VPATH|LOADLIBES|MFLAGS)")
_MAKE_OPTIONS = re.compile(
    r"-[bBdeiknqsStw]+|-j\d*|-O\w*|--(?:silent|quiet|dry-run|no-print-directory|keep-going|always-make)"
)


def _make(argv: Argv, _again: Again) -> Judgement:
    targets = [word for word in argv[1:] if not word.startswith("-") and "=" not in word]
    if not targets:
        return Judgement(Effect.MUTATING, reason="make builds its default target")
    first, *others = (by_name(target, f"the target's name {target!r}") for target in targets)
    worst = first
    if first.effect is Effect.READ_ONLY:
        worst = next((one for effect in _WORST for one in (*others, first) if one.effect is effect), first)
    if worst.effect is not Effect.READ_ONLY:
        return worst
    if any(map(brings_about, targets)):
        return Judgement(Effect.UNKNOWN, reason=f"what {' '.join(targets)!r} brings about is not known")
    for word in argv[1:]:
        name, given, value = word.partition("=")
        if word.startswith("-") and not _MAKE_OPTIONS.fullmatch(word):
            return Judgement(Effect.UNKNOWN, reason=f"what is made with {word} is not seen here")
        if given and (_MAKES_OWN.match(name) or not re.fullmatch(r"(?:[\w.:/@%+,{}-]|<[^<>]*>)*|\$\{?\w+\}?", value)):
            return Judgement(Effect.UNKNOWN, reason=f"{name} becomes a part of what make runs")
    return worst


_WORST = (Effect.DESTRUCTIVE, Effect.UNKNOWN, Effect.MUTATING, Effect.READ_ONLY)


_SSH_HARMLESS = re.compile(
    r"(?:AddressFamily|BatchMode|CheckHostIP|Compression|ConnectTimeout|ConnectionAttempts|ControlMaster|ControlPersist"
    r"|HostKeyAlgorithms|HostName|IdentitiesOnly|IdentityFile|LogLevel|NumberOfPasswordPrompts|PasswordAuthentication"
    r"|Port|PreferredAuthentications|ProxyJump|RequestTTY|ServerAlive\w+|StrictHostKeyChecking|TCPKeepAlive|User"
    r"|UserKnownHostsFile)\s*[= ].*",
    re.IGNORECASE,
)
_SSH_TAKE = "bBcDEeFiIJlLmoOpPQRSwW"


def _ssh(argv: Argv, again: Again) -> Judgement:
    rest = list(argv[1:])
    doubtful = ""
    while rest and rest[0].startswith("-"):
        letters = rest[0][1:]
        at = next((place for place, letter in enumerate(letters) if letter in _SSH_TAKE), len(letters))
        value = letters[at + 1 :] or (rest[1] if len(rest) > 1 else "")
        if letters[at : at + 1] in tuple("DEFILORSwW") or (
            letters[at : at + 1] == "o" and not _SSH_HARMLESS.fullmatch(value)
        ):
            doubtful = doubtful or f"-{letters[at]} {value}"
        rest = rest[2:] if at == len(letters) - 1 else rest[1:]
    inner = " ".join(rest[1:])
    if not inner:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell on another host", ("tty",))
    found = again(inner)
    if doubtful and found.effect is Effect.READ_ONLY:
        return Judgement(Effect.UNKNOWN, found.termination, f"ssh {doubtful} may run or open more", found.requires)
    return found


def _watch(argv: Argv, again: Again) -> Judgement:
    rest = list(argv[1:])
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in ("-n", "--interval") else rest[1:]
    inner = again(" ".join(rest)) if rest else Judgement(Effect.UNKNOWN)
    return Judgement(inner.effect, Termination.FOLLOWS, "repeats for ever: " + inner.reason, ("tty", *inner.requires))


def _xargs(argv: Argv, again: Again) -> Judgement:
    rest = of_xargs(argv)
    return again(rest) if rest else Judgement(Effect.READ_ONLY, reason="xargs echoes")


def _find(argv: Argv, again: Again) -> Judgement:
    if "-delete" in argv:
        return Judgement(Effect.DESTRUCTIVE, reason="find -delete removes files")
    places = [place for place, word in enumerate(argv) if word in ("-exec", "-execdir", "-ok", "-okdir")]
    found = [again(argv[at + 1 : end]) for at, end in zip(places, (*places[1:], len(argv)), strict=False)]
    worst = next((one for effect in _WORST for one in found if one.effect is effect), None)
    return worst or Judgement(Effect.READ_ONLY, reason="find only reads")


_IP_SHOWS = re.compile(r"|sh?|sho|show|li?|lis|list|ls|lst|ge?|get|save|dev|help|stats")


def _ip(argv: Argv, _again: Again) -> Judgement:
    """ip shows an object unless the word behind it says else; every word of it may be abbreviated."""
    words = iter(argv[1:])
    said = []
    for word in words:
        if re.fullmatch(r"-b(?:a|at|atc|atch)?", word):
            return Judgement(Effect.UNKNOWN, reason="ip -batch runs a list that is not seen here")
        if word in ("-f", "-family", "-n", "-netns", "-l", "-loops", "-rc", "-rcvbuf"):
            next(words, None)
        elif not word.startswith("-"):
            said.append(word)
    thing, verb = (*said, "", "")[:2]
    if not said or (_IP_SHOWS.fullmatch(verb) and thing != "netns"):
        return Judgement(Effect.READ_ONLY, reason="ip only shows")
    if "down" in said or re.match(r"d|f|cha|rep", verb):
        return Judgement(Effect.DESTRUCTIVE, reason=f"ip {thing} {verb} removes or replaces something")
    return Judgement(Effect.MUTATING, reason=f"ip {thing} {verb} changes something")


def _strace(argv: Argv, _again: Again) -> Judgement:
    attached = any(re.match(r"-[a-zA-Z]*p|--att", word) for word in argv[1:])
    if not attached:
        return Judgement(Effect.UNKNOWN, reason="strace runs a program")
    return Judgement(Effect.READ_ONLY, Termination.FOLLOWS, "strace looks at a process until it is stopped")


def _connects(argv: Argv, _again: Again) -> Judgement:
    """nc and telnet send what they are fed; `nc -z` only looks whether somebody listens."""
    if argv[0].rsplit("/", 1)[-1] == "telnet":
        return Judgement(Effect.READ_ONLY, Termination.INTERACTIVE, "telnet waits for input", ("tty",))
    return Judgement(Effect.READ_ONLY, reason=f"{argv[0]} only looks")


def _journal(argv: Argv, _again: Again) -> Judgement:
    if any(word.startswith(("--vacuum", "--rotate", "--flush")) for word in argv):
        return Judgement(Effect.DESTRUCTIVE, reason="journalctl removes old entries")
    follows = any(re.fullmatch(r"-[a-zA-Z]*f[a-zA-Z]*|--follow", word) for word in argv[1:])
    return Judgement(Effect.READ_ONLY, Termination.FOLLOWS if follows else Termination.BOUNDED, "journalctl only reads")


def _shell(argv: Argv, again: Again) -> Judgement:
    for place, word in enumerate(argv[1:], 1):
        if re.fullmatch(r"-[a-zA-Z]*c[a-zA-Z]*", word):
            return again(next((text for text in argv[place + 1 :] if not text.startswith(("-", "+"))), ""))
        if word.startswith(("--rc", "--init", "+O", "-O", "-o")) or not word.startswith(("-", "+")):
            break
    if any(word.startswith(("--rc", "--init")) for word in argv[1:]):
        return Judgement(Effect.UNKNOWN, reason="a shell that reads a file first")
    script = next((word for word in argv[1:] if not word.startswith("-")), None)
    if script is None:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell", ("tty",))
    return by_script(script.rsplit("/", 1)[-1].rsplit(".", 1)[0], argv, f"the script's name {script!r}")


SPECIAL: dict[str, Callable[[Argv, Again], Judgement]] = {
    "curl": _curl,
    "make": _make,
    "just": _make,
    "ssh": _ssh,
    "watch": _watch,
    "xargs": _xargs,
    "find": _find,
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk"), awk),
    "sed": sed,
    "ip": _ip,
    "sqlite3": _sqlite,
    "strace": _strace,
    **dict.fromkeys(("nc", "ncat", "netcat", "telnet"), _connects),
    "journalctl": _journal,
    **dict.fromkeys(("bash", "sh", "zsh", "dash", "ksh", "ash", "fish"), _shell),
    **dict.fromkeys(
        ("psql", "mysql", "mariadb", "sqlcmd", "cockroach", "clickhouse-client", "sqlplus", "pgcli", "mycli"),
        _sql_client,
    ),
}
