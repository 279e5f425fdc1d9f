"""A file as it was in a revision of its repository, named as git names it: "main:docs/RUNBOOK.md", "HEAD~3:./a.md"."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tocsin.errors import BadInput

_PATIENCE = 20.0
"""Seconds that git may take for one file."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A path in a revision. A path from the root of the repository, or with "./" from ``folder``, as git reads it."""

    name: str
    path: str
    folder: Path = Path()

    def __str__(self) -> str:
        return f"{self.name}:{self.path}"

    def beside(self, name: str) -> Revision:
        """The file of that name in the same folder of the same revision."""
        near = PurePosixPath(self.path).with_name(name)
        return Revision(self.name, f"./{near}" if self.path.startswith("./") else str(near), self.folder)

    def data(self) -> bytes | None:
        """What the file held; None when the revision has no such file. Raises BadInput when git cannot be asked."""
        known = self._asked("cat-file", "-e", f"{self.name}^{{commit}}")
        if known.returncode:
            said = known.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
            raise BadInput(f"{self}: git knows no revision {self.name!r} here: {said}")
        found = self._asked("cat-file", "blob", str(self))
        return None if found.returncode else found.stdout

    def _asked(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """Plumbing only: it starts no pager and no filter of the repository's configuration."""
        command = ["git", "--no-optional-locks", *words]
        try:
            return subprocess.run(command, cwd=self.folder, capture_output=True, timeout=_PATIENCE, check=False)
        except FileNotFoundError as error:
            raise BadInput(f"{self} is of another revision, and git, which knows it, is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise BadInput(f"{self}: git gave no answer in {_PATIENCE:.0f} s") from error


def revision_of(word: str) -> Revision | None:
    """The revision that a word names; None for a file that is there, and for what cannot be one."""
    name, colon, path = word.partition(":")
    if not colon or not name or not path or name.startswith("-") or Path(word).exists():
        return None
    return Revision(name, path)


def committed(path: Path) -> Revision:
    """A file of the working tree as it was committed last."""
    return Revision("HEAD", f"./{path.name}", path.absolute().parent)
