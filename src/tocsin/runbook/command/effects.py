"""What a command does and whether it ends, judged by its argv. Advice only: credentials are what enforces it."""

from __future__ import annotations

import re
from dataclasses import replace

from tocsin.runbook.command import sql
from tocsin.runbook.command.acting import loads_more, with_its_options, with_its_surroundings
from tocsin.runbook.command.bash import Parsed, parse
from tocsin.runbook.command.cmdlets import cmdlet, is_cmdlet, reads_only
from tocsin.runbook.command.everyday_programs import EVERYDAY, asks_first, git_rewrites, of_package, package_script
from tocsin.runbook.command.given import with_what_it_is_given
from tocsin.runbook.command.programs import (
    SAYS,
    Again,
    Argv,
    Judgement,
    by_name,
    by_script,
    known_programs,
    rules_of,
    tables,
)
from tocsin.runbook.command.secrets import prints_a_secret
from tocsin.runbook.command.single_programs import SPECIAL
from tocsin.runbook.command.staying import asks_who, goes_on
from tocsin.runbook.command.subcommands import by_rules
from tocsin.runbook.command.wrappers import unwrapped
from tocsin.runbook.instructions import Effect, Termination

_RANK = {Effect.READ_ONLY: 0, Effect.MUTATING: 1, Effect.UNKNOWN: 2, Effect.DESTRUCTIVE: 3}
_DEEPEST = 4
_EMPTIES = re.compile(
    r"^\s*(?:sudo\s+)?(?::|true|cat\s+/dev/null|echo\s+-n(?:\s+(?:\"\"|''))?)?\s*>(?![>&(])\s*(?!/dev/null)\S"
)
_FOR_EVER = re.compile(r"^\s*while\s+(?:true|:|sleep\b|\[\s*1\s*\])")


def judge(statement: str, parsed: Parsed | None = None, *, deep: int = 0) -> Judgement:
    """The worst of what the programs of a statement do; what cannot be read counts as unknown."""
    parsed = parsed or parse(statement)
    if _EMPTIES.match(statement):
        return Judgement(Effect.DESTRUCTIVE, reason="empties a file")
    if not parsed.valid or not parsed.programs:
        if parsed.valid and not parsed.writes and _SETS.match(statement):
            if name := loads_more(statement):
                return Judgement(Effect.UNKNOWN, reason=f"{name} may make what follows run or load something else")
            return Judgement(Effect.READ_ONLY, reason="sets a variable")
        if reads_only(statement):
            return Judgement(Effect.READ_ONLY, reason="PowerShell that only reads")
        return Judgement(Effect.UNKNOWN, reason="the shell statement cannot be read")
    worst = Judgement(Effect.READ_ONLY)
    termination = Termination.BOUNDED
    requires: dict[str, None] = {}
    for n, argv in enumerate(parsed.programs):
        last = n == len(parsed.programs) - 1
        one = _one(argv, deep)
        fed = _fed(one, argv, statement, parsed)
        if fed is not one and asks_who(argv[0], argv):  # at the terminal, whatever it is fed
            fed = replace(fed, termination=Termination.INTERACTIVE, requires=one.requires)
        one = fed
        if n and parsed.piped and one.termination is Termination.INTERACTIVE and _takes_sql(argv):
            one = _piped_sql(parsed.programs[n - 1])
        elif one.termination is Termination.INTERACTIVE and n and parsed.piped:
            one = Judgement(one.effect, reason=one.reason)  # it reads from the pipe, not from a person
        if n and parsed.piped and one.effect is Effect.READ_ONLY and _sends_what_it_is_fed(argv):
            one = Judgement(Effect.UNKNOWN, reason=f"what {argv[0]} is given to send is not seen here")
        requires |= dict.fromkeys(one.requires)
        if one.termination is Termination.INTERACTIVE or (
            one.termination is not Termination.BOUNDED and (last or not _ends(parsed, n))
        ):
            termination = one.termination if termination is not Termination.INTERACTIVE else termination
        if _RANK[one.effect] > _RANK[worst.effect] or not worst.reason:
            worst = one
    if parsed.writes and worst.effect is Effect.READ_ONLY:
        worst = Judgement(Effect.MUTATING, reason="writes to a file")
    if worst.effect is Effect.READ_ONLY and (name := loads_more(statement)):
        worst = Judgement(Effect.UNKNOWN, reason=f"{name} may make it run or load something else")
    if "|" in statement and re.search(r"\|\s*(?:sudo\s+)?(?:ba|z)?sh\b", statement):
        worst = Judgement(Effect.UNKNOWN, reason="runs what it has downloaded or built")
    if termination is Termination.FOLLOWS and _LEFT_BEHIND.search(statement):
        termination = Termination.BOUNDED
    if _FOR_EVER.match(statement) and "break" not in statement and termination is Termination.BOUNDED:
        termination = Termination.FOLLOWS
    return Judgement(worst.effect, termination, worst.reason, tuple(requires))


_LEFT_BEHIND = re.compile(r"(?<![&>])&\s*$")
"""A statement that goes on behind the shell's back: `nohup npm start &`."""
_SETS = re.compile(r"\s*(?:(?:export|unset|readonly|declare|typeset|local)\s+\S|\w+=)")
"""Statements of the shell itself that name variables and run no program."""


def _fed(one: Judgement, argv: Argv, statement: str, parsed: Parsed) -> Judgement:
    """What a client does with SQL that is fed to it from a file or from the lines below."""
    if one.requires == ("stdin",) and parsed.reads:
        return Judgement(one.effect, reason=one.reason)  # openssl s_client … < /dev/null
    if one.termination is not Termination.INTERACTIVE or not tables("sets")["sql_clients"] & set(argv):
        return one
    if match := re.search(r"<<-?\s*(['\"]?)(\w+)\1[^\n]*\n(.*?)\n\s*\2\s*$", statement, re.DOTALL):
        effect, reason = sql.effect(match[3])
        return Judgement(effect, reason=reason, requires=("stdin",))
    if parsed.reads:
        return Judgement(Effect.DESTRUCTIVE, reason="runs an SQL script that is not seen here")
    return one


def _takes_sql(argv: Argv) -> bool:
    return "sqlite3" in argv or not tables("sets")["sql_clients"].isdisjoint(argv)


def _piped_sql(before: Argv) -> Judgement:
    """What a client does with the SQL that the program before it prints: `gunzip -c mill.sql.gz | psql mill`."""
    if before[:1] in (("echo",), ("printf",)) and sql.is_sql(said := " ".join(before[1:]).removeprefix("-e ")):
        effect, reason = sql.effect(said)
        return Judgement(effect if effect is Effect.DESTRUCTIVE else Effect.UNKNOWN, reason=reason)
    return Judgement(Effect.DESTRUCTIVE, reason="runs SQL that is not seen here")


def _sends_what_it_is_fed(argv: Argv) -> bool:
    """`echo flush_all | nc cache 11211`: what such a program sends is what stands before it."""
    inner = unwrapped(argv)[1]
    return inner[:1] in (("nc",), ("ncat",), ("netcat",), ("telnet",)) and not any(
        word.startswith("-") and "z" in word for word in inner[1:]
    )


def _ends(parsed: Parsed, n: int) -> bool:
    """Whether a later stage stops an endless one: ``tail -f x | head`` ends, ``tail -f x | grep y`` does not."""
    return any(argv and argv[0] == "head" for argv in parsed.programs[n + 1 :])


def _one(argv: Argv, deep: int) -> Judgement:
    around, argv = unwrapped(argv)
    names = [wrapper[0] for wrapper in around]
    requires = ("sudo",) if "sudo" in names or "doas" in names else ()
    limited = "timeout" in names
    if not argv:
        if any(wrapper[0] == "sudo" and wrapper[1:2] in (("-i",), ("-s",)) for wrapper in around):
            return Judgement(
                Effect.UNKNOWN, Termination.INTERACTIVE, "opens a shell of another user", ("tty", *requires)
            )
        return Judgement(Effect.READ_ONLY, reason="nothing is run", requires=requires)
    if names[-1:] == ["command"] and argv[0] in ("-v", "-V"):
        return Judgement(Effect.READ_ONLY, reason="command -v says where a program lies", requires=requires)
    found = with_its_surroundings(around, _program(argv, deep))
    if found.effect is Effect.READ_ONLY and prints_a_secret(argv):
        found = replace(found, effect=Effect.UNKNOWN, reason=f"{argv[0]} shows a secret here")
    ends = Termination.BOUNDED if limited and found.termination is Termination.FOLLOWS else found.termination
    return Judgement(found.effect, ends, found.reason, (*requires, *found.requires))


def _program(argv: Argv, deep: int) -> Judgement:
    name = argv[0].rsplit("/", 1)[-1] if argv[0].startswith(("/usr", "/bin", "/sbin")) else argv[0]
    if name.endswith(".exe") and (bare := name.removesuffix(".exe")) in known_programs():
        name, argv = bare, (bare, *argv[1:])  # "curl.exe" of PowerShell, where "curl" is another command

    def again(inner: Argv | str) -> Judgement:
        if deep >= _DEEPEST:
            return Judgement(Effect.UNKNOWN, reason="too many commands inside of each other")
        return judge(inner, deep=deep + 1) if isinstance(inner, str) else _one(inner, deep + 1)

    found = with_what_it_is_given(name, argv, _told(name, argv, again), again)
    if found.termination is Termination.BOUNDED and goes_on(name, argv):
        found = Judgement(Effect.MUTATING, Termination.FOLLOWS, f"{name} goes on until it is stopped")
    elif found.termination is Termination.BOUNDED and asks_who(name, argv):
        requires = ("tty", *found.requires)
        found = Judgement(found.effect, Termination.INTERACTIVE, f"{name} asks for a password or a login", requires)
    composed = name in ("docker", "podman") and _behind_its_options(argv)[:1] == ("compose",)
    return with_its_options("docker-compose" if composed else name, argv, found)


_TELLS_ITS_VERSION = frozenset({"--version", "-version"})
_OF_JAVA = frozenset({"java", "javac", "scala", "kotlinc"})
"""Programs of the Java world say it behind one dash."""


def _told(name: str, argv: Argv, again: Again) -> Judgement:
    """What a program does by its sub-command, or by the look of its own."""
    if len(argv) == 2 and argv[1] in _TELLS_ITS_VERSION and (name in known_programs() or name in _OF_JAVA):
        return Judgement(Effect.READ_ONLY, reason=f"{name} tells its version")
    if name in _OF_A_PACKAGE and argv[1:2] in (("exec",), ("dlx",), ("x",)):
        return of_package(argv[1:], again)
    special = SPECIAL.get(name) or EVERYDAY.get(name)
    if special is not None:
        return special(argv, again)
    if name == "git" and (found := git_rewrites(argv)) is not None:
        return found
    if is_cmdlet(name):
        return cmdlet((name, *argv[1:]))
    if name == "tailscale" and argv[1:2] == ("ssh",):
        return SPECIAL["ssh"](argv[1:], again)
    if name in ("docker", "podman") and (behind := _behind_its_options(argv))[:1] == ("compose",):
        return by_rules("docker-compose", (argv[0], *behind[1:]), rules_of("docker-compose") or {}, again)
    if name in ("terraform", "tofu") and "apply" in argv and any(re.fullmatch(r"--?destroy", word) for word in argv):
        return Judgement(Effect.DESTRUCTIVE, Termination.BOUNDED, f"{name} apply -destroy destroys everything")
    rules = rules_of(name)
    found = by_rules(name, argv, rules, again) if rules is not None else _simple(name, argv)
    if found.effect is Effect.UNKNOWN and name in _OF_A_PACKAGE and argv[1:2] in (("run",), ("run-script",)):
        return package_script(name, list(argv[2:]))
    if asks_first(name, argv):
        return Judgement(found.effect, Termination.INTERACTIVE, found.reason, ("tty", *found.requires))
    return found


_OF_A_PACKAGE = frozenset({"npm", "pnpm", "yarn", "bun"})
"""Programs that run the scripts of a package.json, which say by their names what they do: `npm run db:status`."""


def _behind_its_options(argv: Argv) -> Argv:
    """What stands behind the options of `docker` itself: `docker --context=prod compose ps`."""
    rest = argv[1:]
    while rest and rest[0].startswith("-"):
        alone = "=" in rest[0] or rest[0] in ("-D", "--debug", "--tls", "--tlsverify")
        rest = rest[1:] if alone else rest[2:]
    return rest


def _simple(name: str, argv: Argv) -> Judgement:
    simple = tables("simple")
    effect, reason = Effect.UNKNOWN, f"{name} is not a program that is known"
    for kind, meaning in (("destroy", Effect.DESTRUCTIVE), ("mutate", Effect.MUTATING), ("read", Effect.READ_ONLY)):
        if name in simple[kind]:
            effect, reason = meaning, f"{name} {SAYS[meaning]}"
            break
    if re.search(r"\s", name):
        return Judgement(effect, reason="the name of the program holds a space")
    if name in tables("sets")["repls"] and len(argv) == 1:
        return Judgement(Effect.UNKNOWN, Termination.INTERACTIVE, f"{name} waits for input", ("tty",))
    if effect is Effect.UNKNOWN and ("/" in name or name.endswith((".sh", ".py", ".mjs", ".js", ".rb"))):
        for value in (word.partition("=")[2] for word in argv[1:] if word.startswith("--")):
            if value and by_name(value, "").effect is Effect.DESTRUCTIVE:  # "--command=purge-queue"
                return Judgement(Effect.DESTRUCTIVE, reason=f"by the option {value!r}")
        first = next((word for word in argv[1:] if re.fullmatch(r"[a-z][a-z-]*", word)), "")
        said = f"{name.rsplit('/', 1)[-1].rsplit('.', 1)[0]} {first}"
        return by_script(said, argv, f"the script's name {' '.join(argv[:2])!r}")
    if effect is Effect.UNKNOWN and name in tables("sets")["known"] and len(argv) > 1:
        words = [word for word in argv[1:4] if re.fullmatch(r"[a-z][a-z:-]*", word)]
        where = f"the words {' '.join(words)!r}" if words else f"{name} with these options"
        return by_name(" ".join(words), where)
    if name in simple["interactive"]:
        return Judgement(effect, Termination.INTERACTIVE, reason, ("tty",))
    if name in simple["follow"] and not any(_once(name).match(word) for word in argv[1:]):
        return Judgement(effect, Termination.FOLLOWS, reason, ("tty",) if name in _DRAWS else ())
    if name == "ping" and "-c" not in argv and not any(word.startswith("-c") for word in argv):
        return Judgement(effect, Termination.FOLLOWS, reason)
    return Judgement(effect, reason=reason)


_DRAWS = ("top", "htop", "slabtop", "atop", "glances")
"""Programs that repaint a whole terminal."""


def _once(name: str) -> re.Pattern[str]:
    """The options with which a program that repeats ends by itself."""
    return _ONCE if name == "slabtop" else _COUNTED


_ONCE = re.compile(r"-[a-zA-Z]*o$|--once$")
_COUNTED = re.compile(r"-[a-zA-Z]*(?:n\d|b)|-n$|--count|--no-follow|-c$")
