"""What a program wrote for a terminal, as plain text that commands no terminal and hides nothing.

Whoever controls a log line controls what a command prints; escape sequences have been used to rewrite the screen
of whoever looked (CVE-2021-25743), and bidirectional overrides to make text read otherwise than it runs.
"""

from __future__ import annotations

import re

LONGEST_LINE = 8 * 1024
CUT = " […]"

_HARMLESS = bytes([9, 10, *range(32, 127)])
_ESCAPES = re.compile(
    # Strings for the terminal (title, clipboard, device control) end with BEL or ST; one that never ends
    # takes no more than its own line.
    r"(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_HIDDEN = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def plain(text: str) -> str:
    r"""The text without escape sequences and control characters; invisible characters are named.

    >>> plain("\x1b[31mred\x1b[0m and \u202eback")
    'red and <U+202E>back'
    >>> plain("10 %\r20 %\r\n")
    '10 %\n20 %\n'
    """
    if text.isascii() and not text.encode().translate(None, _HARMLESS):
        return text  # nearly always: three searches less
    text = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return _HIDDEN.sub(_named, _CONTROLS.sub("", text))


def shortened(text: str) -> tuple[str, bool]:
    """The text with every line cut at 8 KiB, and whether any was."""
    lines = text.split("\n")
    if all(len(line) <= LONGEST_LINE for line in lines):
        return text, False
    return "\n".join(line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + CUT for line in lines), True


def _named(found: re.Match[str]) -> str:
    return f"<U+{ord(found[0]):04X}>"
