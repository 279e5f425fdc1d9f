"""Fixes that are safe to write into the team's document, as edits of single lines. Pure: the caller reads and writes.

Safe means: the meaning for a reader stays, nothing that was right becomes wrong, and the same fix is not found again
in the result. Everything else stays a finding with advice.
"""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tocsin.errors import BadDocument
from tocsin.runbook.document.source import repaired
from tocsin.runbook.instructions import Command, Step, Termination
from tocsin.runbook.playbook import Playbook
from tocsin.runbook.rules.failing_commands import cannot_fail, that_fails

_BOUNDED = re.compile(r"^(?:sudo )?(?:kubectl|oc|docker(?:[ -]compose)?|tail|journalctl|pm2|aws)\b")
"""Programs whose own option ends them. Wrapping in `timeout` or dropping `watch` would change what is seen."""

_WATCHES = re.compile(r"\sget\b.*\s(?:-w|--watch)\b")
"""Looking once is not what somebody who waits for a change asked for."""

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Fix:
    """One changed line: the codes that it settles, the line's number, and its text before and after."""

    codes: tuple[str, ...]
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Written:
    """A file's text with what is needed to write it back byte for byte: its mark, its encoding, its line ends."""

    lines: tuple[str, ...]
    ends: tuple[str, ...]
    mark: bytes
    encoding: str

    def data(self) -> bytes:
        """The bytes of the file."""
        text = "".join(line + end for line, end in zip(self.lines, self.ends, strict=True))
        return self.mark + text.encode(self.encoding)


def written(data: bytes, path: str) -> Written:
    """The lines of a file as they are. Raises BadDocument when they could not be written back unchanged."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as wrong:
        raise BadDocument(f"{path} is not {encoding.upper()}; save it as UTF-8, then fix it.") from wrong
    pairs = [(match[1], match[2]) for match in _LINE.finditer(text) if match[0]]
    found = Written(tuple(line for line, _ in pairs), tuple(end for _, end in pairs), mark, encoding)
    if found.data() != data:
        raise BadDocument(f"{path} cannot be written back as it is; save it as UTF-8, then fix it.")
    return found


def safe_fixes(playbook: Playbook, lines: tuple[str, ...]) -> tuple[Fix, ...]:
    """The fixes for a compiled document, one for each changed line, in order."""
    edited: dict[int, tuple[str, list[str]]] = {}
    commands: set[int] = set()
    told = {(one.code, one.line) for one in playbook.findings}
    for step in playbook.steps().values():
        if step.command is None:
            continue
        commands |= set(range(step.lines.first, step.lines.last + 1))
        for code, old, new in _of_command(step.command):
            number = _line_of(step, old, lines, edited)
            if number is not None and (code, step.lines.first) in told:
                text, codes = edited.get(number, (lines[number - 1], []))
                edited[number] = _put(text, old, new), [*codes, code]
    for number in {one.line for one in playbook.findings if one.code == "TOC103"} - commands:
        text, codes = edited.get(number, (lines[number - 1], []))
        edited[number] = repaired(text), [*codes, "TOC103"]
    return tuple(
        Fix(tuple(dict.fromkeys(codes)), number, lines[number - 1], text)
        for number, (text, codes) in sorted(edited.items())
        if text != lines[number - 1]
    )


def fixed(file: Written, fixes: tuple[Fix, ...]) -> Written:
    """The file with the fixes in it."""
    lines = list(file.lines)
    for one in fixes:
        lines[one.line - 1] = one.after
    return Written(tuple(lines), file.ends, file.mark, file.encoding)


def difference(path: str, before: Written, after: Written) -> str:
    """The unified diff between two states of a file, as `patch` reads it."""
    old, new = ([f"{line}\n" for line in one.lines] for one in (before, after))
    return "".join(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"))


def _of_command(command: Command) -> Iterator[tuple[str, str, str]]:
    """(code, a line of the command as written, what it becomes): its first line, and one with jq behind curl."""
    first = command.text.split("\n", 1)[0]
    if cannot_fail(command) and first.startswith("curl "):
        for old, new in zip(command.text.split("\n"), that_fails(command.text).split("\n"), strict=True):
            if old != new:
                yield "TOC205", old.strip(), new.strip()
    elif (
        command.termination is Termination.FOLLOWS
        and command.suggestion is not None
        and "\n" not in command.text
        and _BOUNDED.match(first)
        and not _WATCHES.search(first)
        and not command.suggestion.startswith("timeout ")
    ):
        yield "TOC201", first, command.suggestion


def _line_of(step: Step, old: str, lines: tuple[str, ...], edited: dict[int, tuple[str, list[str]]]) -> int | None:
    """Where the command stands in the document and has not been changed yet."""
    for number in range(step.lines.first, min(step.lines.last, len(lines)) + 1):
        text = edited[number][0] if number in edited else lines[number - 1]
        if _whole(old).search(text):
            return number
    return None


def _put(text: str, old: str, new: str) -> str:
    match = _whole(old).search(text)
    return text if match is None else text[: match.start()] + new + text[match.end() :]


def _whole(command: str) -> re.Pattern[str]:
    """The command where it is not the beginning or the end of a longer one."""
    return re.compile(rf"(?<![\w./-]){re.escape(command)}(?=\s*$|\s+#|`|<)")
