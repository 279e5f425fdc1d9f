"""Makes ``.venv`` and installs a lock file and this checkout into it, with nothing but Python's own library.

    python3 -m tools.environment requirements.lock

Runs before anything is installed, also under a Python that is too old, to say so: no syntax newer than 3.7 here.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"


class Impossible(Exception):
    """The environment cannot be made here; the message says what to do about it."""


def main() -> int:
    """Make the environment; 0 when it is ready, 1 with a message when it cannot be made."""
    lock = sys.argv[1]
    try:
        if sys.version_info[:2] < OLDEST:
            return under_newer_python(lock)
        make_venv()
        install(lock)
        compile_source()
    except Impossible as reason:
        print(f"tocsin: {reason}", file=sys.stderr)
        return 1
    return 0


def under_newer_python(lock: str) -> int:
    """Do the same under a Python that is new enough, where there is one."""
    for name in NEWER:
        program = shutil.which(name)
        if program and runs(program, "--version"):
            return subprocess.call([program, "-m", "tools.environment", lock])
    found = ".".join(map(str, sys.version_info[:2]))
    raise Impossible(
        f"Python 3.11 or newer is needed; this is {found}. Name another one: make PYTHON=/path/to/python3 …"
    )


def make_venv() -> None:
    """Make ``.venv`` unless one is there that works."""
    if runs(str(PYTHON), "-c", "import sys; raise SystemExit(sys.version_info < (3, 11))"):
        return
    if VENV.exists():
        print("tocsin: .venv does not work any more; making it anew", file=sys.stderr)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if importlib.util.find_spec("ensurepip") is None:
        if uv() is None and importlib.util.find_spec("pip") is None:
            raise Impossible(
                "this Python cannot make an environment with pip in it (ensurepip is missing). "
                "On Debian or Ubuntu: apt install python3-venv"
            )
        command.append("--without-pip")
    if subprocess.call(command) != 0:
        raise Impossible("python -m venv failed, see above")


def install(lock: str) -> None:
    """Install exactly what the lock names, then this checkout beside it; pip when uv is absent or fails."""
    steps = (["--require-hashes", "-r", lock], ["--no-deps", "--no-build-isolation", "-e", "."])
    print(f"tocsin: installing {lock}", file=sys.stderr)
    for step in steps:
        for tool in installers():
            if subprocess.call([*tool, *step]) == 0:
                break
            print(f"tocsin: {tool[0]} could not do it", file=sys.stderr)
        else:
            raise Impossible(f"could not install {step[-1]}: see above (is the package index reachable?)")


def compile_source() -> None:
    """Write the bytecode of this checkout, as installing a package does for it.

    Where the environment forbids Python to write it (PYTHONDONTWRITEBYTECODE, as in many containers), every start
    of every process would compile all there is, a second and more.
    """
    subprocess.call([str(PYTHON), "-m", "compileall", "-q", "src/tocsin"])


def installers() -> list[list[str]]:
    """The commands that can install into ``.venv``, the fastest first."""
    found = []
    fast = uv()
    if fast is not None:
        # A copy costs little, and hard links across file systems only make uv complain.
        found.append(
            [fast, "pip", "install", "--quiet", "--link-mode", "copy", "--compile-bytecode", "--python", str(PYTHON)]
        )
    if runs(str(PYTHON), "-m", "pip", "--version") or runs(str(PYTHON), "-m", "ensurepip"):
        found.append([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
    elif importlib.util.find_spec("pip") is not None:
        found.append([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet"])
    return found


def uv() -> str | None:
    """Where uv is, when it is on the PATH and runs (a shim may be there without what it stands for)."""
    program = shutil.which("uv")
    return program if program and runs(program, "--version") else None


def runs(*command: str) -> bool:
    """Whether a command can be run and ends well."""
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    os.environ.pop("PYTHONHOME", None)  # it would make the new environment look in the wrong library
    raise SystemExit(main())
