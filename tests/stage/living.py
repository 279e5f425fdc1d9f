"""Finds the processes of a test, whoever their parent is by now."""

from __future__ import annotations

from pathlib import Path

MARK = "TOCSIN_TEST_MARK"


def living(mark: str) -> list[str]:
    """The processes that carry a mark in their environment or as a word, whoever their parent is."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            variables = (entry / "environ").read_bytes().split(b"\0")
            words = (entry / "cmdline").read_bytes().split(b"\0")
            marked = f"{MARK}={mark}".encode() in variables or mark.encode() in words
            name = (entry / "comm").read_text().strip()
            zombie = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if marked and not zombie:
            found.append(f"{entry.name} {name}")
    return found
