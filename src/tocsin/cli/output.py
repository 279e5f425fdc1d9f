"""What the command line prints: data on stdout, everything else on stderr; colour only on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

RED, GREEN, YELLOW, BOLD, DIM = "31", "32", "33", "1", "2"
STEERING = (*range(127, 160), 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""What makes a terminal act, or a line read otherwise than it is written."""
CONTROLS: dict[int, None] = {code: None for code in (*range(32), *STEERING) if code not in (9, 10)}
ESCAPED = {code: f"\\u{code:04x}" for code in STEERING}


def say(text: str = "") -> None:
    """A line of data."""
    sys.stdout.write(f"{text}\n")


def chat(text: str) -> None:
    """A line for people that is no data."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def dump(value: Any) -> None:
    """Data for programs, with nothing in it that would steer a terminal."""
    sys.stdout.write(line_of(value, indent=2) + "\n")


def line_of(value: Any, indent: int | None = None) -> str:
    """A value as JSON, in one line without ``indent``; what would steer a terminal is escaped in it."""
    import json

    return json.dumps(value, indent=indent, ensure_ascii=False).translate(ESCAPED)


def plain(text: object) -> str:
    """A text that came from outside, without what would steer the terminal or turn its letters about."""
    return str(text).translate(CONTROLS)


def lined(text: object, indent: int | None = None) -> str:
    """The same in one line; with ``indent`` its further lines are set in by that much, so that none looks like one of
    ours.
    """
    return plain(text).replace("\n", " " if indent is None else f"\n{' ' * indent}")


def coloured(text: str, colour: str, stream: TextIO | None = None) -> str:
    """The text in a colour, where colours are wanted (https://no-color.org)."""
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    if not (stream.isatty() or os.environ.get("FORCE_COLOR")):
        return text
    return f"\x1b[{colour}m{text}\x1b[0m"


def many(count: int, what: str) -> str:
    """A number with its noun.

    >>> many(1, "step"), many(0, "finding")
    ('1 step', '0 findings')
    """
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def fields(pairs: Sequence[tuple[str, object]]) -> None:
    """Write what is known of one thing: a line for each name that has a value, the values below each other."""
    width = max(len(name) for name, _value in pairs) + 1
    for name, value in pairs:
        if value:
            say(f"  {name:<{width}}{lined(value, width + 2)}")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows in columns; the last one may be as long as it likes. Nothing but the head without rows."""
    cells = [[_cell(one) for one in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    say(coloured(_aligned([word.upper() for word in head], widths), DIM))
    for row in cells:
        say(_aligned(row, widths))


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case _:
            return lined(value) or "-"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells[:-1], widths, strict=False)]
    return "  ".join([*padded, cells[-1]]).rstrip()


def local(at: str | None, *, seconds: bool = False) -> str:
    """An instant of the server's JSON in the time of this machine; "-" for none."""
    if not at:
        return "-"
    from datetime import datetime

    moment = datetime.fromisoformat(at).astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S}" if seconds else f"{moment:%Y-%m-%d %H:%M}"


def span(seconds: float | None) -> str:
    """Seconds in short words; "-" for none."""
    if seconds is None:
        return "-"
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {left} s" if minutes else f"{left} s"
