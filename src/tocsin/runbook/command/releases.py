"""Commands that bring out a new version of something, and those that go back to the one before."""

from __future__ import annotations

_BY_PROGRAM = {
    "kubectl": frozenset({"apply", "create", "replace", "patch", "set"}),
    "git": frozenset({"pull", "merge", "push", "cherry-pick"}),
}
_BRINGS_OUT = frozenset(
    {"apply", "upgrade", "deploy", "promote", "release", "publish", "push", "pull", "migrate", "install", "build", "up"}
)
_GOES_BACK = frozenset({"undo", "rollback", "revert", "reset"})


def brings_out(command: str) -> bool:
    """Whether a command brings out a version: by a sub-command, be it part of the name of a target.

    >>> brings_out("helm upgrade oven ./oven"), brings_out("kubectl rollout restart deploy/oven")
    (True, False)
    >>> brings_out("npm run deploy:prod"), brings_out("systemctl restart oven")
    (True, False)
    """
    program, words = _parts(command)
    return not words.isdisjoint(_BY_PROGRAM.get(program, _BRINGS_OUT))


def goes_back(command: str) -> bool:
    """Whether a command goes back to the version before.

    >>> goes_back("kubectl rollout undo deploy/oven"), goes_back("kubectl scale deploy/oven --replicas=1")
    (True, False)
    """
    return not _parts(command)[1].isdisjoint(_GOES_BACK)


def _parts(command: str) -> tuple[str, frozenset[str]]:
    """The program, and its words that are no options, those of "deploy:prod" apart."""
    program, *rest = command.removeprefix("sudo ").split() or [""]
    return program, frozenset(part for word in rest if not word.startswith("-") for part in word.split(":"))
