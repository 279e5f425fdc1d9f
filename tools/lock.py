"""Writes the lock files from pyproject.toml: for every platform, with hashes, without a registry's address.

    python -m tools.lock [--upgrade]

uv does the resolving. It is a tool of maintainers only: nobody who installs or tests needs it, so it is put into
``.venv`` when it is absent, and is not itself in the lock. Why no address is written: docs/adr/0001.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

RUNTIME, DEVELOPMENT = Path("requirements.lock"), Path("requirements-dev.lock")
COMPILE = (
    *("pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-emit-index-url", "--no-emit-find-links"),
)
ADDRESS = re.compile(r"^(?!\s*#).*(://|--index|--find-links|--extra-index)", re.MULTILINE)


def main(arguments: Sequence[str]) -> int:
    """Write both files; 1 when one of them names where a package comes from."""
    program = shutil.which("uv")
    if program is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
        program = str(Path(sys.executable).with_name("uv"))
    runtime = ("--all-extras", "--group", "build", "-o", str(RUNTIME))
    development = ("--all-extras", "--group", "dev", "-c", str(RUNTIME), "-o", str(DEVELOPMENT))
    for target in (runtime, development):
        subprocess.run([program, *COMPILE, *arguments, *target], check=True)
    named = [path for path in (RUNTIME, DEVELOPMENT) if ADDRESS.search(path.read_text(encoding="utf-8"))]
    for path in named:
        print(f"{path} names where packages come from; see docs/adr/0001", file=sys.stderr)
    return 1 if named else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
