"""Text from a terminal, disarmed."""

from __future__ import annotations

import time

import pytest

from tocsin.incident.terminal_text import CUT, LONGEST_LINE, plain, shortened


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain\ttext\nGrüße 🔥\n", "plain\ttext\nGrüße 🔥\n"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x9b31mC1\x9b0m", "C1"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;ZXZpbA==\x1b\\after", "after"),
        ("\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\after", "after"),
        ("\x1b]0;never ends\nnext line", "\nnext line"),
        ("\x1bcreset", "reset"),
        ("\x1b(Bcharset", "charset"),
        ("tail\x1b", "tail"),
        ("tail\x1b[", "tail"),
        ("a\rb", "a\nb"),
        ("a\r\nb", "a\nb"),
        ("bell\x07 back\x08space nul\x00 del\x7f", "bell backspace nul del"),
        ("\x85\x84c1", "c1"),
        ("rm \u202etxt.exe", "rm <U+202E>txt.exe"),
        ("zero\u200bwidth\u2066iso\ufeffbom", "zero<U+200B>width<U+2066>iso<U+FEFF>bom"),
        ("\x1b\x1b[31mnested", "nested"),
    ],
)
def test_nothing_is_left_that_commands_a_terminal(raw: str, expected: str) -> None:
    """Escape sequences, control characters and lone carriage returns go; what is invisible gets a name."""
    assert plain(raw) == expected


def test_what_is_left_can_be_cleaned_again_without_change() -> None:
    """Removing one sequence never makes another out of its surroundings."""
    for raw in ("\x1b[\x1b[31m31mx", "\x1b]0;\x1b[0m\x07y", "\x9b\x9b1m", "\x1b\x1b]x\x07[31m"):
        once = plain(raw)
        assert plain(once) == once
        assert "\x1b" not in once


def test_hostile_text_takes_no_time() -> None:
    """A megabyte of beginnings of sequences is read once, not again and again."""
    began = time.perf_counter()
    for piece in ("\x1b]", "\x1b[", "\x9b1;", "\x1bP", "\x1b[1;"):
        plain(piece * 200_000)
    assert time.perf_counter() - began < 5


def test_a_line_is_cut_at_its_bound() -> None:
    """A line of 8 KiB stays, one more character and it is cut and said to be."""
    fits = "x" * LONGEST_LINE
    assert shortened(f"{fits}\nshort") == (f"{fits}\nshort", False)
    assert shortened(f"{fits}x\nshort") == (f"{fits}{CUT}\nshort", True)
