"""What a command does and whether it ends, judged by its argv. Advice only: credentials are what enforces it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from tocsin.runbook import sql
from tocsin.runbook.bash import Parsed, parse
from tocsin.runbook.playbook import Effect, Termination

Argv: TypeAlias = tuple[str, ...]

_RANK = {Effect.READ_ONLY: 0, Effect.MUTATING: 1, Effect.UNKNOWN: 2, Effect.DESTRUCTIVE: 3}
_WRAPPERS = frozenset(
    [
        "sudo",
        "doas",
        "time",
        "nohup",
        "command",
        "exec",
        "builtin",
        "stdbuf",
        "ionice",
        "nice",
        "setsid",
        "unbuffer",
        "env",
        "timeout",
    ]
)
_SQL_CLIENTS = frozenset(
    ["psql", "mysql", "mariadb", "sqlcmd", "cockroach", "clickhouse-client", "sqlplus", "pgcli", "mycli"]
)
_SHELLS = frozenset(["bash", "sh", "zsh", "dash", "ksh", "ash", "fish"])
_REPLS = frozenset(["python", "python3", "node", "irb", "ruby", "php", "mongo", "mongosh", "rails", "lua"])
_SHELL_ENDS = re.compile(r"^(?:/\S*/)?(?:bash|sh|zsh|ash)$")


@dataclass(frozen=True, slots=True)
class Judgement:
    """Effect and termination with the reason in a few words."""

    effect: Effect
    termination: Termination = Termination.BOUNDED
    reason: str = ""
    requires: tuple[str, ...] = ()


@dataclass(slots=True)
class _Program:
    rules: dict[str, Any]
    longest: int = field(init=False)

    def __post_init__(self) -> None:
        phrases = [
            p for name in ("read", "mutate", "destroy", "interactive", "follow") for p in self.rules.get(name, [])
        ]
        self.longest = max((p.count(" ") + 1 for p in phrases), default=1)


@cache
def _programs() -> tuple[dict[str, _Program], dict[str, dict[str, frozenset[str]]]]:
    data = tomllib.loads(files("tocsin.runbook").joinpath("programs.toml").read_text("utf-8"))
    tables = {name: {kind: frozenset(words) for kind, words in data.pop(name).items()} for name in ("simple", "verbs")}
    known = {}
    for name, rules in data.items():
        known[name] = _Program(rules)
        for other in rules.get("same_as", []):
            known[other] = known[name]
    return known, tables


@cache
def known_programs() -> frozenset[str]:
    """Every program that is known by name."""
    known, tables = _programs()
    simple = frozenset().union(*tables["simple"].values())
    return simple | frozenset(known) | _WRAPPERS | _SQL_CLIENTS | _SHELLS | _REPLS | _EXTRA


_EXTRA = frozenset(
    [
        "make",
        "journalctl",
        "curl",
        "ssh",
        "awk",
        "gawk",
        "find",
        "xargs",
        "watch",
        "kill",
        "npx",
        "gcloud",
        "az",
        "mongo",
        "mongosh",
        "http",
        "https",
        "eksctl",
        "kubectx",
        "kubens",
        "doctl",
        "ansible",
        "act",
        "flux",
        "istioctl",
        "cilium",
        "calicoctl",
        "velero",
        "packer",
        "bazel",
        "just",
        "task",
        "rake",
        "bundle",
        "rails",
        "php",
        "composer",
        "artisan",
        "dotnet",
        "java",
        "minikube",
        "kind",
        "skopeo",
        "trivy",
        "snyk",
        "linkerd",
        "spanner",
        "bq",
        "gsutil",
        "s3cmd",
        "mc",
        "rclone",
        "restic",
        "borg",
        "duplicity",
        "barman",
        "wal-g",
        "pgbackrest",
        "repmgr",
        "pt-kill",
        "gh-ost",
        "vtctl",
        "clickhouse",
        "curator",
        "esrally",
        "nats",
        "kn",
        "tkn",
        "pulumi",
        "cdk",
        "sam",
        "serverless",
        "sls",
        "railway",
        "render",
        "netlify",
        "firebase",
        "eb",
        "ecs-cli",
        "copilot",
        "chamber",
        "sops",
        "age",
        "gpg",
        "ssh-keygen",
        "keytool",
        "certbot",
        "acme.sh",
        "nmcli",
        "firewall-cmd",
        "semanage",
        "getenforce",
        "virsh",
        "qm",
        "pct",
        "zfs",
        "zpool",
        "btrfs",
        "mdadm",
        "lvs",
        "vgs",
        "pvs",
        "multipath",
        "iscsiadm",
        "ceph",
        "rados",
        "rbd",
        "gluster",
        "ovs-vsctl",
        "bird",
        "vtysh",
        "haproxy",
        "varnishadm",
        "squid",
        "apachectl",
        "httpd",
        "caddy",
        "traefik",
        "unicorn",
        "puma",
        "gunicorn",
        "uwsgi",
        "celery",
        "rq",
        "sidekiq",
        "flask",
        "django-admin",
        "manage.py",
        "prisma",
        "sequelize",
        "knex",
        "typeorm",
        "drizzle",
        "turso",
    ]
)


def judge(statement: str, parsed: Parsed | None = None, *, deep: int = 0) -> Judgement:
    """The worst of what the programs of a statement do; what cannot be read counts as unknown."""
    parsed = parsed or parse(statement)
    if not parsed.valid or not parsed.programs:
        if parsed.valid and re.match(r"^\s*\w+=", statement):
            return Judgement(Effect.READ_ONLY, reason="sets a variable")
        return Judgement(Effect.UNKNOWN, reason="the shell statement cannot be read")
    worst = Judgement(Effect.READ_ONLY)
    termination = Termination.BOUNDED
    requires: dict[str, None] = {}
    for n, argv in enumerate(parsed.programs):
        last = n == len(parsed.programs) - 1
        one = _one(argv, deep)
        requires |= dict.fromkeys(one.requires)
        if one.termination is Termination.INTERACTIVE or (
            one.termination is not Termination.BOUNDED and (last or not _ends(parsed, n))
        ):
            termination = one.termination if termination is not Termination.INTERACTIVE else termination
        if _RANK[one.effect] > _RANK[worst.effect] or not worst.reason:
            worst = one
    if parsed.writes and worst.effect is Effect.READ_ONLY:
        worst = Judgement(Effect.MUTATING, reason="writes to a file")
    if re.search(r"\|\s*(?:sudo\s+)?(?:ba|z)?sh\b", statement):
        worst = Judgement(Effect.UNKNOWN, reason="runs what it has downloaded or built")
    return Judgement(worst.effect, termination, worst.reason, tuple(requires))


def _ends(parsed: Parsed, n: int) -> bool:
    """Whether a later stage stops an endless one: ``tail -f x | head`` ends, ``tail -f x | grep y`` does not."""
    return any(argv and argv[0] == "head" for argv in parsed.programs[n + 1 :])


def _one(argv: Argv, deep: int) -> Judgement:
    requires: tuple[str, ...] = ()
    while argv and (argv[0] in _WRAPPERS or re.match(r"^\w+=", argv[0])):
        if argv[0] in ("sudo", "doas"):
            requires = ("sudo",)
        name = argv[0]
        argv = argv[1:]
        while argv and argv[0].startswith("-") and name in ("sudo", "timeout", "env", "nice", "stdbuf", "doas"):
            argv = (
                argv[2:]
                if argv[0] in ("-u", "-g", "-n", "-k", "-s") and name != "env" and argv[0] != "-n"
                else argv[1:]
            )
        if name == "timeout" and argv:
            argv = argv[1:]
    if not argv:
        return Judgement(Effect.READ_ONLY, reason="nothing is run", requires=requires)
    found = _program(argv, deep)
    return Judgement(found.effect, found.termination, found.reason, (*requires, *found.requires))


def _program(argv: Argv, deep: int) -> Judgement:
    name = argv[0].rsplit("/", 1)[-1] if argv[0].startswith(("/usr", "/bin", "/sbin")) else argv[0]
    known, _tables = _programs()
    if name in _SQL_CLIENTS:
        return _sql_client(name, argv)
    if name in _SPECIAL and deep < 4:
        return _SPECIAL[name](argv, deep)
    if name in ("docker", "podman") and len(argv) > 1 and argv[1] == "compose":
        return _by_rules("docker-compose", (argv[0], *argv[2:]), known["docker-compose"].rules, deep)
    if name in ("gcloud", "az", "doctl"):
        return _by_rules(name, argv, known[name].rules, deep)
    if name in known:
        return _by_rules(name, argv, known[name].rules, deep)
    return _simple(name, argv)


def _simple(name: str, argv: Argv) -> Judgement:
    _known, tables = _programs()
    simple = tables["simple"]
    effect, reason = Effect.UNKNOWN, f"{name} is not a program that is known"
    for kind, meaning in (("destroy", Effect.DESTRUCTIVE), ("mutate", Effect.MUTATING), ("read", Effect.READ_ONLY)):
        if name in simple[kind]:
            effect, reason = meaning, f"{name} {_SAYS[meaning]}"
            break
    if name in _REPLS and len(argv) == 1:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, f"{name} waits for input", ("tty",))
    if effect is Effect.UNKNOWN and ("/" in name or name.endswith((".sh", ".py", ".mjs", ".js", ".rb"))):
        return _by_name(name.rsplit("/", 1)[-1].rsplit(".", 1)[0], f"the script's name {name!r}")
    if name == "logger":
        return Judgement(Effect.READ_ONLY, reason=reason)
    if name in simple["interactive"]:
        return Judgement(effect, Termination.INTERACTIVE, reason, ("tty",))
    if name in simple["follow"] and not any(
        re.match(r"-[a-zA-Z]*(?:n\d|b)|-n$|--count|--no-follow|-c$", word) for word in argv[1:]
    ):
        return Judgement(
            effect, Termination.FOLLOWS, reason, ("tty",) if name in ("top", "htop", "atop", "glances") else ()
        )
    if name == "ping" and "-c" not in argv and not any(word.startswith("-c") for word in argv):
        return Judgement(effect, Termination.FOLLOWS, reason)
    return Judgement(effect, reason=reason)


_SAYS = {
    Effect.DESTRUCTIVE: "destroys or stops something",
    Effect.MUTATING: "changes something",
    Effect.READ_ONLY: "only reads",
    Effect.UNKNOWN: "is not known",
}


def _by_name(name: str, where: str) -> Judgement:
    """Guess from a verb in a name: make targets, scripts, cloud operations."""
    _known, tables = _programs()
    verbs = tables["verbs"]
    parts = [part for part in re.split(r"[^a-z]+", name.casefold()) if part]
    whole = name.casefold()
    for kind, meaning in (("destroy", Effect.DESTRUCTIVE), ("mutate", Effect.MUTATING), ("read", Effect.READ_ONLY)):
        if whole in verbs[kind]:
            return Judgement(meaning, reason=f"by {where}")
    first = parts[:1]
    for words in (first, parts):
        for kind, meaning in (("destroy", Effect.DESTRUCTIVE), ("mutate", Effect.MUTATING), ("read", Effect.READ_ONLY)):
            if any(word in verbs[kind] for word in words):
                return Judgement(meaning, reason=f"by {where}")
    return Judgement(Effect.UNKNOWN, reason=f"{where} does not say what it does")


def _by_rules(name: str, argv: Argv, rules: dict[str, Any], deep: int) -> Judgement:
    words, flags, inner = _split(argv, frozenset(rules.get("value_flags", [])))
    if "bare" in rules and not words:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, f"{name} waits for input", ("tty", "stdin"))
    said = " ".join(words).casefold()
    effect, phrase = _phrase(said, flags, rules)
    termination = Termination.BOUNDED
    requires: tuple[str, ...] = ()
    if effect is None:
        match rules.get("default", "unknown"):
            case "verb":
                return _cloud(name, words, flags, rules)
            case "read":
                effect = Effect.READ_ONLY
            case "mutate":
                effect = Effect.MUTATING
            case _:
                effect = _exec(name, words, inner, deep) or Effect.UNKNOWN
    if phrase in rules.get("interactive", []):
        termination, requires = Termination.INTERACTIVE, ("tty",)
    elif phrase in rules.get("follow", []) or any(flag in rules.get("follow_flags", []) for flag in flags):
        termination = Termination.FOLLOWS
    elif (name, words[:1]) in (("docker", ["stats"]), ("pm2", ["logs"])) and not {"--no-stream", "--nostream"} & set(
        flags
    ):
        termination = Termination.FOLLOWS  # these two stream unless told otherwise
    if words[:1] and words[0] in ("exec", "run", "debug", "rsh", "ssh"):
        termination, requires = _terminal(flags, words, inner, termination)
    reason = f"{name} {phrase or ' '.join(words[:2])} {_SAYS[effect]}".replace("  ", " ")
    return Judgement(effect, termination, reason, requires)


def _terminal(
    flags: list[str], words: list[str], inner: Argv, before: Termination
) -> tuple[Termination, tuple[str, ...]]:
    asks = any(re.fullmatch(r"-[a-zA-Z]*t[a-zA-Z]*|--tty|--interactive", flag) for flag in flags)
    shell = (bool(inner) and bool(_SHELL_ENDS.match(inner[-1]))) or (bool(words) and bool(_SHELL_ENDS.match(words[-1])))
    if words[0] in ("rsh", "ssh") or shell or (asks and words[0] in ("debug", "run") and not inner):
        return Termination.INTERACTIVE, ("tty",)
    return before, ()


def _exec(name: str, words: list[str], inner: Argv, deep: int) -> Effect | None:
    """What runs inside ``kubectl exec pod -- cmd`` or ``docker exec box cmd``."""
    if not words or words[0] not in ("exec", "debug", "rsh"):
        return None
    inside = inner or tuple(words[2:])
    if not inside or _SHELL_ENDS.match(inside[-1]):
        return Effect.UNKNOWN
    return _one(inside, deep + 1).effect


def _split(argv: Argv, value_flags: frozenset[str]) -> tuple[list[str], list[str], Argv]:
    words: list[str] = []
    flags: list[str] = []
    skip = False
    for n, word in enumerate(argv[1:], 1):
        if skip:
            skip = False
        elif word == "--":
            return words, flags, argv[n + 1 :]
        elif word.startswith("-") and len(word) > 1:
            flags.append(word)
            flags += [word.split("=", 1)[0]] if "=" in word else []
            # `-f` follows after `logs`, and names a file after `apply` or before a sub-command
            skip = word in value_flags and not (word == "-f" and words[:1] == ["logs"])
            if skip:
                flags.remove(word)
        else:
            words.append(word)
    return words, flags, ()


def _phrase(said: str, flags: list[str], rules: dict[str, Any]) -> tuple[Effect | None, str]:
    best: tuple[int, Effect | None, str] = (0, None, "")
    for kind, meaning in (
        ("destroy", Effect.DESTRUCTIVE),
        ("mutate", Effect.MUTATING),
        ("read", Effect.READ_ONLY),
        ("follow", Effect.READ_ONLY),
        ("interactive", Effect.UNKNOWN),
    ):
        for phrase in rules.get(kind, []):
            lowered = phrase.casefold()
            hit = (
                phrase in flags or (" " in phrase and phrase.split()[0] in flags)
                if phrase.startswith("-")
                else said == lowered or said.startswith(lowered + " ")
                if not phrase.startswith("*")
                else said.endswith(lowered[1:])
            )
            if hit and len(phrase) > best[0]:
                best = (len(phrase), Effect.MUTATING if phrase in ("edit", "-e") else meaning, phrase)
    return best[1], best[2]


def _cloud(name: str, words: list[str], flags: list[str], rules: dict[str, Any]) -> Judgement:
    """aws, gcloud and their like: the operation's verb is the first part of one of the words."""
    termination = (
        Termination.FOLLOWS if any(flag in rules.get("follow_flags", []) for flag in flags) else Termination.BOUNDED
    )
    service = words[0] if words else name
    for word in words[1:]:
        if word in ("modify-db-instance", "modify-db-cluster", "modify-instance-attribute"):
            return Judgement(Effect.DESTRUCTIVE, termination, f"{name} {word} can interrupt what runs")
        if word == "s3" or not re.fullmatch(r"[a-z][a-z0-9-]*", word):
            continue
        found = _by_name(word, f"the operation {service} {word}")
        if found.effect is not Effect.UNKNOWN:
            return Judgement(found.effect, termination, found.reason)
    return Judgement(Effect.UNKNOWN, termination, f"{name} {' '.join(words[:2])} is not known")


def _sql_client(name: str, argv: Argv) -> Judgement:
    query = None
    script = False
    for n, word in enumerate(argv[1:], 1):
        if word in ("-c", "--command", "-e", "--execute", "-q", "--query", "-Q") and n + 1 < len(argv):
            query = argv[n + 1]
        elif word.startswith(("--command=", "--execute=", "--query=")):
            query = word.split("=", 1)[1]
        elif word in ("-f", "--file") or word.startswith("--file="):
            script = True
        elif word in ("-l", "--list", "--version", "-V"):
            return Judgement(Effect.READ_ONLY, reason=f"{name} {word} only reads")
    if query is not None:
        effect, reason = sql.effect(query)
        if re.match(r"^\s*\\(?:d|l|z|timing|x|conninfo|du|dt)", query):
            effect, reason = Effect.READ_ONLY, "a psql command that only reads"
        return Judgement(effect, reason=reason)
    if script:
        return Judgement(Effect.DESTRUCTIVE, reason="runs an SQL script that is not seen here")
    return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, f"{name} waits for SQL", ("tty", "stdin"))


def _curl(argv: Argv, _deep: int) -> Judgement:
    method = "GET"
    for n, word in enumerate(argv[1:], 1):
        if word in ("-X", "--request") and n + 1 < len(argv):
            method = argv[n + 1].upper()
        elif word.startswith("-X") and len(word) > 2:
            method = word[2:].upper()
        elif (
            word in ("-d", "--data", "--data-raw", "--data-binary", "-F", "--form", "--json", "-T", "--upload-file")
            and method == "GET"
        ):
            method = "POST"
    if method in ("GET", "HEAD", "OPTIONS"):
        stream = any(word in ("-N", "--no-buffer") for word in argv)
        return Judgement(
            Effect.READ_ONLY, Termination.FOLLOWS if stream else Termination.BOUNDED, f"an HTTP {method} only reads"
        )
    destroys = method == "DELETE"
    return Judgement(Effect.DESTRUCTIVE if destroys else Effect.MUTATING, reason=f"an HTTP {method} changes something")


def _make(argv: Argv, _deep: int) -> Judgement:
    targets = [word for word in argv[1:] if not word.startswith("-") and "=" not in word]
    if not targets:
        return Judgement(Effect.MUTATING, reason="make builds its default target")
    return _by_name(targets[0], f"the target's name {targets[0]!r}")


def _ssh(argv: Argv, deep: int) -> Judgement:
    rest = list(argv[1:])
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in ("-i", "-p", "-l", "-o", "-F", "-J", "-L", "-R") else rest[1:]
    inner = " ".join(rest[1:])
    if not inner:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell on another host", ("tty",))
    return judge(inner, deep=deep + 1)


def _watch(argv: Argv, deep: int) -> Judgement:
    rest = list(argv[1:])
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in ("-n", "--interval") else rest[1:]
    inner = judge(" ".join(rest), deep=deep + 1) if rest else Judgement(Effect.UNKNOWN)
    return Judgement(inner.effect, Termination.FOLLOWS, "repeats for ever: " + inner.reason, ("tty", *inner.requires))


def _xargs(argv: Argv, deep: int) -> Judgement:
    rest = list(argv[1:])
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in ("-n", "-I", "-P", "-L", "-d") else rest[1:]
    return _one(tuple(rest), deep + 1) if rest else Judgement(Effect.READ_ONLY, reason="xargs echoes")


def _find(argv: Argv, deep: int) -> Judgement:
    if "-delete" in argv:
        return Judgement(Effect.DESTRUCTIVE, reason="find -delete removes files")
    for flag in ("-exec", "-execdir", "-ok"):
        if flag in argv:
            return _one(argv[argv.index(flag) + 1 :], deep + 1)
    return Judgement(Effect.READ_ONLY, reason="find only reads")


def _journal(argv: Argv, _deep: int) -> Judgement:
    if any(word.startswith(("--vacuum", "--rotate", "--flush")) for word in argv):
        return Judgement(Effect.DESTRUCTIVE, reason="journalctl removes old entries")
    follows = any(re.fullmatch(r"-[a-zA-Z]*f[a-zA-Z]*|--follow", word) for word in argv[1:])
    return Judgement(Effect.READ_ONLY, Termination.FOLLOWS if follows else Termination.BOUNDED, "journalctl only reads")


def _shell(argv: Argv, deep: int) -> Judgement:
    if "-c" in argv[:-1]:
        return judge(argv[argv.index("-c") + 1], deep=deep + 1)
    script = next((word for word in argv[1:] if not word.startswith("-")), None)
    if script is None:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell", ("tty",))
    return _by_name(script.rsplit("/", 1)[-1].rsplit(".", 1)[0], f"the script's name {script!r}")


def _awk(argv: Argv, _deep: int) -> Judgement:
    program = next((word for word in argv[1:] if not word.startswith("-")), "")
    if re.search(r"\bsystem\s*\(|>\s*\"|\|\s*\"|\bgetline\b", program):
        return Judgement(Effect.UNKNOWN, reason="the awk program runs or writes something")
    return Judgement(Effect.READ_ONLY, reason="awk only reads")


def _sed(argv: Argv, _deep: int) -> Judgement:
    if any(re.match(r"-[a-zA-Z]*i|--in-place", word) for word in argv[1:]):
        return Judgement(Effect.MUTATING, reason="sed -i rewrites files")
    return Judgement(Effect.READ_ONLY, reason="sed only reads")


_SPECIAL = {
    "curl": _curl,
    "make": _make,
    "just": _make,
    "ssh": _ssh,
    "watch": _watch,
    "xargs": _xargs,
    "find": _find,
    "awk": _awk,
    "gawk": _awk,
    "sed": _sed,
    "journalctl": _journal,
    **dict.fromkeys(_SHELLS, _shell),
}
