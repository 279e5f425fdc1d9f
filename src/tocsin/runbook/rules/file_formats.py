"""TOC206: a file given to a program that reads another format, as the endings of both tell."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from tocsin.runbook.findings import finding
from tocsin.runbook.instructions import Command
from tocsin.runbook.playbook import Finding
from tocsin.runbook.rules.tools import Argv, bare, inside

_PACKED = re.compile(r"\.(?:gz|tgz|bz2|xz|zst|tar|zip|7z)['\"]?$")
_FORMATS = re.compile(r"\.(?:gz|tgz|bz2|tbz2?|xz|txz|zst|zip|7z|json|bson|csv|sql|rdb|tar)['\"]?$")

_UNPACKED_BY = {
    "gz": "gunzip -c",
    "tgz": "gunzip -c",
    "bz2": "bunzip2 -c",
    "xz": "xz -dc",
    "zst": "zstd -dc",
    "zip": "unzip -p",
}
"""How a packed file is written to the standard output, by its ending."""

_OF_PACKERS = {
    **dict.fromkeys(("gunzip", "zcat", "gzip"), ("gz", "tgz", "z")),
    **dict.fromkeys(("bunzip2", "bzcat"), ("bz2", "tbz", "tbz2")),
    **dict.fromkeys(("unxz", "xzcat"), ("xz", "txz")),
    **dict.fromkeys(("unzstd", "zstdcat"), ("zst",)),
    "unzip": ("zip", "jar", "war"),
}
"""The endings that a program unpacks; what has another one of these it refuses."""

_OF_TAR = {"z": ("gz", "tgz"), "j": ("bz2", "tbz", "tbz2"), "J": ("xz", "txz")}
"""The endings that go with the letter of tar's that names the way of packing."""

_CLIENTS = {"psql": "psql -v ON_ERROR_STOP=1", "mysql": "mysql", "mariadb": "mariadb", "sqlite3": "sqlite3"}
"""Clients that read plain SQL, and how they are called behind a pipe."""


def format_findings(command: Command, programs: Sequence[Argv], line: int) -> Iterator[Finding]:
    """What is wrong with the files of one statement, whose programs these are; each sort said once."""
    if _FORMATS.search(command.text) is None and not any(_FORMATS.search(word) for argv in programs for word in argv):
        return
    argvs = [argv for argv in (inside(bare(one)) for one in programs) if argv]
    names = [argv[0] for argv in argvs]
    for n, argv in enumerate(argvs):
        said = _of_a_client(argv, command.text, argvs[n - 1] if n else ()) or _of_a_program(argv)
        if said is not None:
            yield finding("TOC206", line, said[0], fix=said[1])
            return
    if "pg_restore" in names and re.search(r"\.sql(?:\.\w+)?(?=['\"\s]|$)", command.text):
        better = "use: psql -v ON_ERROR_STOP=1 -f with this file"
        yield finding("TOC206", line, "pg_restore reads archives; a .sql file is for psql", fix=better)


def _of_a_client(argv: Argv, text: str, before: Argv) -> tuple[str, str] | None:
    """A packed file that a client of a database is fed: by an option, a redirection, or `cat`."""
    name = argv[0]
    if name not in _CLIENTS:
        return None
    read = None
    if name == "psql":
        read = next((one for word, one in itertools.pairwise(argv) if word in ("-f", "--file")), None)
        read = read or next((word.partition("=")[2] for word in argv if word.startswith("--file=")), None)
    redirected = _REDIRECTED.search(text)
    read = read or (redirected[1] if redirected is not None else None)
    if read is None and before[:1] == ("cat",):
        read = next((word for word in before[1:] if _PACKED.search(word)), None)
    if read is None or (packed := _PACKED.search(read)) is None:
        return None
    ending = packed[0].strip(".'\"")
    way = _UNPACKED_BY.get(ending)
    better = f"unpack it first: {way} FILE | {_CLIENTS[name]}" if way else "Unpack it first."
    return f"{name} reads plain SQL, nothing that is packed", better


_REDIRECTED = re.compile(r"(?<![<\d])<\s*([^\s<>(&][^\s<>]*)")


def _of_a_program(argv: Argv) -> tuple[str, str] | None:
    """A file whose ending a program does not read, and the program that does."""
    name, files = argv[0], [word.strip("'\"") for word in argv[1:] if not word.startswith("-")]
    endings = [one for one in files if _FORMATS.search(one)]
    if not endings:
        return None
    last = endings[0].rsplit(".", 1)[-1]
    if name == "tar":
        return _of_tar(argv, endings[0])
    if name in _OF_PACKERS and not (name == "gzip" and "-d" not in argv) and last not in _OF_PACKERS[name]:
        if name == "unzip" or last in ("gz", "tgz", "bz2", "xz", "zst", "zip", "7z"):
            return f"{name} does not read .{last} files", _unpacking(endings[0])
    elif name == "mongorestore" and last in ("json", "csv"):
        return "mongorestore reads the BSON of mongodump", "use: mongoimport with this file"
    elif name == "mongoimport" and last == "bson":
        return "mongoimport reads JSON, CSV and TSV", "use: mongorestore with this file"
    elif name == "mysqlimport" and last == "sql":
        return "mysqlimport reads rows of text; a .sql file is for mysql", "use: mysql DATABASE < FILE"
    return None


def _unpacking(file: str) -> str:
    if re.search(r"\.(?:tar\.\w+|tgz|tbz2?|txz|tar)$", file):
        return "use: tar -xf with this file"
    way = _UNPACKED_BY.get(file.rsplit(".", 1)[-1])
    return f"use: {way} with this file" if way else ""


def _of_tar(argv: Argv, file: str) -> tuple[str, str] | None:
    flags = next((word for word in argv[1:] if re.fullmatch(r"-?[A-Za-z]*[xt][A-Za-z]*", word)), "")
    last = file.rsplit(".", 1)[-1]
    if not flags:
        return None
    if last in ("zip", "7z"):
        return f"tar does not read .{last} files", "use: unzip with this file" if last == "zip" else "use: 7z x with it"
    letter = next((one for one in _OF_TAR if one in flags), None)
    known = [ending for endings in _OF_TAR.values() for ending in endings]
    if letter is not None and last in known and last not in _OF_TAR[letter]:
        return f"-{letter} is not how a .{last} file is packed", "use: tar -xf, which finds out by itself"
    return None
