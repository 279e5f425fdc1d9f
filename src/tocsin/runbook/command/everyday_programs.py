"""Programs of every system whose flags decide: sort, tar, kill, wget, git, interpreters and their like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from tocsin.runbook.command.programs import Again, Argv, Judgement, by_name, by_script, tables
from tocsin.runbook.command.single_programs import acts_by_path
from tocsin.runbook.instructions import Effect, Termination

READ, CHANGE, DESTROY, UNKNOWN = Effect.READ_ONLY, Effect.MUTATING, Effect.DESTRUCTIVE, Effect.UNKNOWN
FOLLOWS, ASKS = Termination.FOLLOWS, Termination.INTERACTIVE

Special = Callable[[Argv, Again], Judgement]


def _has(argv: Argv, *flags: str) -> bool:
    """Whether one of the flags is given: ``-n`` also inside of ``-avzn``, ``--set`` as ``--set=x`` and ``--se``."""
    for word in argv[1:]:
        for flag in flags:
            if flag.startswith("--"):
                given = word.split("=", 1)[0]
                if given == flag or (len(given) > 3 and flag.startswith(given)):
                    return True
            elif re.match(rf"-(?!-)[A-Za-z0-9]*{flag[1]}", word):
                return True
    return False


def _words(argv: Argv) -> list[str]:
    return [word for word in argv[1:] if not word.startswith("-")]


def _by_flag(
    name: str, *, change: tuple[str, ...] = (), destroy: tuple[str, ...] = (), read: tuple[str, ...] = (), else_: Effect
) -> Special:
    """A program that does one thing, or another one with a flag."""

    def judged(argv: Argv, _again: Again) -> Judgement:
        for flags, effect in ((read, READ), (destroy, DESTROY), (change, CHANGE)):
            hit = next((flag for flag in flags if _has(argv, flag)), None)
            if hit is not None:
                return Judgement(effect, reason=f"{name} {hit} {_SAYS[effect]}")
        return Judgement(else_, reason=f"{name} {_SAYS[else_]}")

    return judged


_SAYS = {
    READ: "only reads",
    CHANGE: "changes something",
    DESTROY: "destroys or stops something",
    UNKNOWN: "is not known",
}


def _tee(argv: Argv, _again: Again) -> Judgement:
    files = [word for word in _words(argv) if word != "/dev/null"]
    return Judgement(CHANGE, reason="tee writes to a file") if files else Judgement(READ, reason="tee writes nowhere")


def _date(argv: Argv, _again: Again) -> Judgement:
    sets = _has(argv, "-s", "--set") or any(re.fullmatch(r"\d{8,12}(?:\.\d\d)?", word) for word in _words(argv))
    return Judgement(CHANGE, reason="date sets the clock") if sets else Judgement(READ, reason="date only reads")


def _mount(argv: Argv, _again: Again) -> Judgement:
    acts = bool(_words(argv)) or _has(argv, "-a", "-o", "--all", "--options", "--options-source")
    return Judgement(CHANGE, reason="mount mounts") if acts else Judgement(READ, reason="mount lists")


def _tar(argv: Argv, _again: Again) -> Judgement:
    first = argv[1] if len(argv) > 1 and not argv[1].startswith("-") else ""
    bundles = [first, *(re.split(r"[bCfgHIKLNTVX]", word[1:])[0] for word in argv[1:] if re.match(r"-[a-zA-Z]", word))]
    letters = "".join(bundles)
    if ("t" in letters or _has(argv, "--list")) and not set(letters) & set("AcdruxFI"):
        return Judgement(READ, reason="tar t only lists")
    return Judgement(CHANGE, reason="tar writes files")


def _sysctl(argv: Argv, _again: Again) -> Judgement:
    sets = _has(argv, "-w", "-p", "--write", "--load", "--system") or any("=" in word for word in _words(argv))
    return Judgement(CHANGE, reason="sysctl sets a value") if sets else Judgement(READ, reason="sysctl only reads")


_MILD = re.compile(r"^-(?:s\s*)?(?:SIG)?(?:HUP|USR1|USR2|WINCH|CONT|1|10|12)$", re.IGNORECASE)


def _kill(argv: Argv, _again: Again) -> Judgement:
    signals = [word for word in argv[1:] if word.startswith("-")]
    if signals[:1] in (["-l"], ["-0"]) and not (signals[0] == "-l" and argv[0].endswith("pkill")):
        return Judgement(READ, reason=f"{argv[0]} {signals[0]} only asks")
    named = argv[argv.index("-s") + 1] if "-s" in argv[:-1] else ""
    if any(_MILD.match(word) for word in signals) or (named and _MILD.match(f"-{named}")):
        return Judgement(CHANGE, reason=f"{argv[0]} tells a process to reload")
    return Judgement(DESTROY, reason=f"{argv[0]} ends processes")


def _sampling(argv: Argv, _again: Again) -> Judgement:
    """vmstat and iostat: an interval without a count goes on for ever."""
    numbers = [word for word in _words(argv) if word.isdigit()]
    endless = len(numbers) == 1
    return Judgement(READ, FOLLOWS if endless else Termination.BOUNDED, f"{argv[0]} only reads")


def _dmesg(argv: Argv, _again: Again) -> Judgement:
    if _has(argv, "-C", "--clear"):
        return Judgement(DESTROY, reason="dmesg -C empties the buffer")
    follows = _has(argv, "-w", "-W", "--follow")
    return Judgement(READ, FOLLOWS if follows else Termination.BOUNDED, "dmesg only reads")


def _openssl(argv: Argv, _again: Again) -> Judgement:
    if argv[1:2] == ("s_client",):
        return Judgement(READ, ASKS, "openssl s_client waits for input", ("stdin",))
    writes = _has(argv, "--out") or "-out" in argv
    return Judgement(CHANGE if writes else READ, reason=f"openssl {'writes a file' if writes else 'only reads'}")


def _wget(argv: Argv, _again: Again) -> Judgement:
    if any(word.startswith(("--post", "--method", "--body")) for word in argv):
        return Judgement(CHANGE, reason="wget sends data")
    if done := next(filter(None, map(acts_by_path, argv[1:])), ""):
        return Judgement(UNKNOWN, reason=f"an HTTP GET of …/{done} may do what it says")
    printed = any(re.fullmatch(r"-[A-Za-z]*O-", word) for word in argv) or re.search(
        r"-[A-Za-z]*O -(?: |$)", " ".join(argv)
    )
    if printed or "--spider" in argv or re.search(r"-[A-Za-z]*O /dev/null", " ".join(argv)):
        return Judgement(READ, reason="wget keeps nothing")
    return Judgement(CHANGE, reason="wget writes a file")


_GIT_ENDS = {"branch": ("-d", "-D", "--delete", "-M", "-m", "-f"), "tag": ("-d", "--delete", "-f"), "remote": ()}


def git_rewrites(argv: Argv) -> Judgement | None:
    """``git branch -D`` and its like, which rules for sub-commands take for reading."""
    words = _words(argv)
    verb = words[0] if words else ""
    if verb in _GIT_ENDS and any(word in _GIT_ENDS[verb] for word in argv):
        return Judgement(DESTROY, reason=f"git {verb} removes or moves a name")
    if verb in ("branch", "tag") and len(words) > 1 and not _has(argv, "--list", "-l", "--contains", "-r", "-a"):
        return Judgement(CHANGE, reason=f"git {verb} makes a name")
    if verb == "remote" and words[1:2] and words[1] in ("add", "remove", "rm", "set-url", "rename"):
        return Judgement(CHANGE, reason="git remote changes where this comes from")
    return None


_GIVEN_TO_RUN = re.compile(r"-[a-zA-Z]*[BceEFiImMnprRS]|--(?!version|help|trace|max|no-|enable-source)")
"""Options by which an interpreter runs what it is given, or loads more than the script."""


_SERVES = re.compile(
    r"\s-m\s(?:http\.server|SimpleHTTPServer|uvicorn|gunicorn|hypercorn|daphne|flask\s(?:\S+\s){0,4}?run)(?:\s|$)"
    r"|^php\s(?:-\S+\s){0,4}?-S\s"
)
"""What an interpreter is told to run that listens and does not end: `python3 -m http.server`, `php -S 0:8000`."""


_PRINTS = re.compile(r"-m json\.tool(?: --?[a-z-]+(?:=\w+)?)*(?: [^\s-]\S*)?")
"""Python's own layout of JSON, with no second file: that one would be written to."""


def _before_the_script(argv: Argv) -> Argv:
    at = next((place for place, word in enumerate(argv) if place and not word.startswith("-")), len(argv))
    return argv[1:at]


_TASKS = frozenset(["manage.py", "artisan", "bin/console", "bin/rails", "bin/rake"])


def _interpreter(argv: Argv, again: Again) -> Judgement:
    """python, ruby, node, php: a script by its name; without one they wait for input."""
    if len(argv) == 2 and argv[1] in ("--version", "-V", "-v"):
        return Judgement(READ, reason=f"{argv[0]} tells its version")
    if _SERVES.search(" ".join(argv)):
        return Judgement(CHANGE, FOLLOWS, f"{argv[0]} serves until it is stopped")
    if _PRINTS.fullmatch(" ".join(argv[1:])):
        return Judgement(READ, reason=f"{argv[0]} only lays out what it is fed")
    if any(_GIVEN_TO_RUN.match(word) for word in _before_the_script(argv)):
        return Judgement(UNKNOWN, reason=f"what {argv[0]} is given to run is not known")
    words = _words(argv)
    if not words:
        return Judgement(UNKNOWN, ASKS, f"{argv[0]} waits for input", ("tty",))
    script, *rest = words
    if script.rsplit("/", 1)[-1] in _TASKS or script in _TASKS:
        return task(argv[0], rest, [word for word in argv[1:] if word.startswith("-")])
    name = script.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    verb = next((word for word in rest if re.fullmatch(r"[a-z][a-z-]*", word)), "")
    return by_script(f"{name} {verb}", argv, f"the script's name {script!r}")


_TELLS_ALONE = frozenset(["routes", "about", "stats", "middleware", "initializers"])
"""Tasks of Rails and Laravel that only tell, by names that say no verb."""
_TELLING = frozenset(["status", "list", "failed", "version"])
"""The last word of a task that only tells: "migrate:status", "queue:failed"."""


_PROMPTS = frozenset(["console", "c", "dbconsole", "shell", "shell_plus", "dbshell", "tinker", "sandbox"])
_GIVEN = re.compile(r"--?(?:execute|command|c|e)(?:=|$)")
"""With these a prompt runs what it is given, and ends: `tinker --execute="…"`, `manage.py shell -c "…"`."""


def task(program: str, words: list[str], options: Sequence[str] = ()) -> Judgement:
    """A task of a framework, by its name: ``db:migrate``, ``cache:clear``, ``shell``; ``options`` are what it has."""
    name = words[0] if words else ""
    if name in _PROMPTS and any(map(_GIVEN.match, options)):
        return Judgement(UNKNOWN, reason=f"what {program} {name} is given to run is not known")
    if name in _PROMPTS:
        return Judgement(UNKNOWN, ASKS, f"{program} {name} waits for input", ("tty",))
    if name in ("runner", "r", ""):
        return Judgement(UNKNOWN, reason=f"what {program} is given to run is not known")
    plain = re.sub(r"^show(\w)", r"show \1", name.replace("_", " "))
    last = plain.rsplit(":", 1)[-1]
    if last == "fresh":
        return Judgement(DESTROY, reason=f"{program} {name} drops what is there first")
    if (last in _TELLING and ":" in name) or name in _TELLS_ALONE:
        return Judgement(READ, reason=f"{program} {name} tells how things stand")
    done = by_name(last, f"the task's name {name!r}")  # "queue:flush": what is done to a queue
    return done if done.effect is DESTROY else by_name(plain.replace(":", " "), f"the task's name {name!r}")


def package_script(program: str, words: list[str]) -> Judgement:
    """A script of a package.json by its name: ``db:status``, ``cache:clear``. The worst of its words counts."""
    script = next((word for word in words if not word.startswith("-")), "")
    found = [by_name(word, f"the script's name {script!r}") for word in re.split(r"[^a-zA-Z]+", script) if word]
    for effect in (DESTROY, CHANGE):
        if acts := next((one for one in found if one.effect is effect), None):
            return acts
    if re.match(r"(?:load|stress|chaos|soak)\b", script):
        return Judgement(CHANGE, reason=f"the script {script!r} puts a load on what it tests")
    if found and all(one.effect is READ for one in found[-1:]):
        return by_script(script, (program, *words), f"the script's name {script!r}")
    return Judgement(UNKNOWN, reason=f"what the script {script!r} runs is not known")


def of_package(argv: Argv, again: Again) -> Judgement:
    """A program that comes with a package, `npx prisma migrate status`: by its own rules; any other is not seen."""
    rest = argv[1:]
    while rest and rest[0] in ("-y", "--yes", "-q", "--quiet", "--no-install", "--no", "--"):
        rest = rest[1:]
    name = re.sub(r"(?<=.)@[\w.^~-]+$", "", rest[0]) if rest else ""
    if name in tables("sets")["of_npm"]:
        return again((name, *rest[1:]))
    if name.startswith("-") or not name:
        return Judgement(UNKNOWN, reason=f"what {argv[0]} is given to run is not known")
    words = [word for word in rest[:3] if re.fullmatch(r"[a-z][a-z:-]*", word)]
    found = by_name(" ".join(words), f"the words {' '.join(words)!r}")
    return Judgement(UNKNOWN, reason=f"{argv[0]} fetches and runs {name}") if found.effect is READ else found


def _framework(argv: Argv, again: Again) -> Judgement:
    words = _words(argv)
    if argv[0] == "bundle":
        return again(argv[2:]) if words[:1] == ["exec"] else by_name(" ".join(words[:1]), f"the words {words[:1]}")
    return task(argv[0], words, [word for word in argv[1:] if word.startswith("-")])


_MONGO_READS = re.compile(
    r"^(?:print\w*\()?(?:db|rs|sh|JSON)\.(?:\w+\.)*?(?:stats|status|hello|isMaster|currentOp|serverStatus|printReplicationInfo"
    r"|printSecondaryReplicationInfo|printSlaveReplicationInfo|conf|config|getReplicationInfo|find|findOne|count"
    r"|countDocuments|estimatedDocumentCount|getCollectionNames|getIndexes|explain|aggregate|distinct|version"
    r"|getProfilingStatus|getMongo|stringify|getLogComponents|getUsers|dataSize|totalSize|watch)\b"
    r"|^(?:show\s|printjson\(|db$|db\.runCommand\(\s*[\"'{]*\s*[\"']?(?:ping|serverStatus|buildInfo|hello|isMaster|collStats"
    r"|dbStats|replSetGetStatus|connectionStatus|currentOp)|db\.adminCommand\(\s*[\"'{]*\s*[\"']?(?:ping|serverStatus"
    r"|listDatabases|replSetGetStatus|currentOp|getParameter|connPoolStats|getLog))"
)
_MONGO_ENDS = re.compile(
    r"drop\w*\(|\.remove\(|delete(?:One|Many)\(|killOp|stepDown|shutdown|fsync|rs\.(?:reconfig|remove|freeze)|compact|replSetStepDown"
)


def _mongo(argv: Argv, _again: Again) -> Judgement:
    script = next((argv[n + 1] for n, word in enumerate(argv[:-1]) if word == "--eval"), None)
    script = script or next((word[7:] for word in argv if word.startswith("--eval=")), None)
    if script is None:
        if any(word.endswith(".js") for word in argv[1:]):
            return Judgement(UNKNOWN, reason=f"{argv[0]} runs a script that is not seen here")
        return Judgement(UNKNOWN, ASKS, f"{argv[0]} waits for input", ("tty", "stdin"))
    if _MONGO_ENDS.search(script):
        return Judgement(DESTROY, reason="JavaScript that removes or stops something")
    if _MONGO_READS.match(script.strip()) and not re.search(r"\$(?:out|merge)\b", script):
        return Judgement(READ, reason="JavaScript that only reads")
    changes = re.search(r"(?:insert|update|replace|create|set)\w*\(|rs\.(?:initiate|add)", script)
    return Judgement(
        CHANGE if changes else UNKNOWN, reason="JavaScript that changes something" if changes else "not known"
    )


def _kafka(argv: Argv, _again: Again) -> Judgement:
    name = argv[0].rsplit("/", 1)[-1]
    if _has(argv, "--delete", "--delete-offsets") or (_has(argv, "--reset-offsets") and _has(argv, "--execute")):
        return Judgement(DESTROY, reason=f"{name} removes or skips data")
    changes = _has(argv, "--alter", "--create", "--execute", "--cancel")
    if changes or "producer" in name or "leader-election" in name:
        return Judgement(CHANGE, reason=f"{name} changes something")
    if "console-consumer" in name:
        if _has(argv, "--group", "--consumer-property", "--formatter"):
            return Judgement(CHANGE, reason=f"{name} moves the offsets of a group")
        ends = "--max-messages" in argv or "--timeout-ms" in argv
        return Judgement(READ, Termination.BOUNDED if ends else FOLLOWS, f"{name} reads a topic")
    return Judgement(READ, reason=f"{name} only reads")


def _chroot(argv: Argv, again: Again) -> Judgement:
    rest = [word for n, word in enumerate(argv[1:], 1) if n > 1 or not word.startswith("-")]
    inner = tuple(rest[1:])
    return again(inner) if inner else Judgement(UNKNOWN, ASKS, "opens a shell in another root", ("tty",))


def _su(argv: Argv, again: Again) -> Judgement:
    for flag in ("-c", "--command"):
        if flag in argv[:-1]:
            return again(argv[argv.index(flag) + 1])
    return Judgement(UNKNOWN, ASKS, "opens a shell of another user", ("tty",))


_TOLD = frozenset({"ping", "setup", "gather_facts", "debug", "win_ping", "service_facts"})
_RUN = frozenset({"command", "shell", "raw", "script"})


def _ansible(argv: Argv, again: Again) -> Judgement:
    """One module on many hosts; without one it is a command that is run there."""
    given = dict(_given(argv, {"-m": "module", "--module-name": "module", "-a": "args", "--args": "args"}))
    module = given.get("module", "command").rsplit(".", 1)[-1]
    words = given.get("args", "")
    if "--list-hosts" in argv or module in _TOLD:
        return Judgement(READ, reason=f"ansible {module} only reads")
    if module in _RUN - {"script"} and words:
        return again(words)
    if module in ("reboot", "win_reboot") or "state=absent" in words or "state=stopped" in words:
        return Judgement(DESTROY, reason=f"ansible {module} removes or stops something")
    if module in _RUN or module.startswith("win_") or not words:
        return Judgement(UNKNOWN, reason=f"what ansible {module} is given to run is not known")
    return Judgement(CHANGE, reason=f"ansible {module} changes something")


def _given(argv: Argv, options: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The values of these options under the names they have here."""
    for word, following in zip(argv[1:], (*argv[2:], ""), strict=False):
        name, sign, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if name in options:
            yield options[name], value if sign else following


def _vtysh(argv: Argv, _again: Again) -> Judgement:
    """The shell of a router: each `-c` is one line of it."""
    said = [following for word, following in zip(argv[1:], (*argv[2:], ""), strict=False) if word == "-c"]
    if not said:
        return Judgement(UNKNOWN, ASKS, "vtysh waits for input", ("tty",))
    if all(re.match(r"(?:do\s+)?sh(?:o|ow)?\s", line) for line in said):
        return Judgement(READ, reason="vtysh show only reads")
    ends = any(re.match(r"\s*(?:clear|no|shut\w*|reload|write\s+erase)\b", line) for line in said)
    return Judgement(DESTROY if ends else UNKNOWN, reason="vtysh drops something" if ends else "not known")


def _terraform_asks(argv: Argv) -> bool:
    return bool({"apply", "destroy"} & set(argv)) and not any(
        word.lstrip("-").startswith("auto-approve") for word in argv
    )


_INSTALLS = frozenset(
    ["install", "upgrade", "dist-upgrade", "full-upgrade", "remove", "purge", "autoremove", "reinstall"]
)
_AGREES = re.compile(
    r"-[a-z]*[ysd][a-z]*|-q{2,}|-q=2|--(?:assume-)?yes|--assumeyes|--assumeno|--simulate|--dry-run|--download-only"
)
"""With these a package manager asks nobody: it is told yes, or only says what it would do."""


def _git_asks(argv: Argv) -> bool:
    """Whether git opens an editor or asks about each piece: without a terminal it stops half-way."""
    words = _words(argv)
    verb = words[0] if words else ""
    if verb == "commit":
        return not any(
            re.match(r"-[a-zA-Z]*[mFCt]|--(?:message|file|no-edit|reuse-message|fixup|dry-run)", word) for word in argv
        )
    if verb == "revert":
        return len(words) > 1 and not any(
            word in ("--no-edit", "-n", "--no-commit", "--abort", "--skip", "--quit") for word in argv
        )
    letters = {"rebase": r"-i|--interactive", "add": r"-[pi]|--patch|--interactive|-e"}.get(verb)
    return letters is not None and any(re.fullmatch(letters, word) for word in argv)


def asks_first(name: str, argv: Argv) -> bool:
    """Whether a program asks a person before it does what it is told."""
    match name:
        case "terraform" | "tofu":
            planned = any(word.endswith((".tfplan", ".plan")) or word == "tfplan" for word in argv)
            return _terraform_asks(argv) and not planned
        case "systemctl":
            return "edit" in argv
        case "git":
            return _git_asks(argv)
        case "apt" | "apt-get" | "yum" | "dnf":
            installs = not _INSTALLS.isdisjoint(argv) or (name in ("yum", "dnf") and "update" in argv)
            return installs and not any(map(_AGREES.fullmatch, argv))
        case _:
            return False


_KAFKA_TOOLS = (
    "kafka-consumer-groups",
    "kafka-topics",
    "kafka-configs",
    "kafka-reassign-partitions",
    "kafka-console-consumer",
    "kafka-console-producer",
    "kafka-leader-election",
)

EVERYDAY: dict[str, Special] = {
    "tee": _tee,
    "date": _date,
    "mount": _mount,
    "tar": _tar,
    **{
        name: _by_flag(name, read=("-t", "--test", "-l", "--list", "-c", "--stdout", "-dc", "-cd"), else_=CHANGE)
        for name in ("gzip", "gunzip")
    },
    "unzip": _by_flag("unzip", read=("-l", "-t", "-Z"), else_=CHANGE),
    "sysctl": _sysctl,
    "kill": _kill,
    "pkill": _kill,
    "killall": _kill,
    "dmesg": _dmesg,
    "openssl": _openssl,
    "wget": _wget,
    "rsync": _by_flag("rsync", read=("-n", "--dry-run"), destroy=("--delete", "--remove-source-files"), else_=CHANGE),
    "logrotate": _by_flag("logrotate", read=("-d", "--debug"), else_=CHANGE),
    "ansible-playbook": _by_flag("ansible-playbook", read=("--check", "--syntax-check", "--list-hosts"), else_=CHANGE),
    "ansible": _ansible,
    **dict.fromkeys(("npx", "pnpx", "bunx"), of_package),
    "vtysh": _vtysh,
    "chroot": _chroot,
    "su": _su,
    "runuser": _su,
    **dict.fromkeys(("vmstat", "iostat", "mpstat", "pidstat", "sar"), _sampling),
    **dict.fromkeys(("python", "python3", "node", "ruby", "php", "perl"), _interpreter),
    **dict.fromkeys(("rails", "rake", "bundle", "artisan", "manage.py", "django-admin"), _framework),
    **dict.fromkeys(("mongo", "mongosh"), _mongo),
    **dict.fromkeys((f"{tool}{end}" for tool in _KAFKA_TOOLS for end in ("", ".sh")), _kafka),
}
