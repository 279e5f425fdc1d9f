"""The state of the page and of each component as badges, to stand in a README or on another site.

A badge is one SVG that needs no font and no other file, or JSON for shields.io (https://shields.io/badges/endpoint-badge).
Nothing in it is of the moment: it has the same bytes until the state or a name changes.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass

from tocsin.statuspage.api_v2 import component_id
from tocsin.statuspage.incidents import clean
from tocsin.statuspage.page import ComponentStatus

LONGEST = 40
"""How many characters of a name or a state are drawn; the whole stands in the badge's title."""

SIZE = 11
"""The size of the letters, in pixels."""

COLOURS: dict[ComponentStatus, str] = {
    ComponentStatus.OPERATIONAL: "#17764a",
    ComponentStatus.UNDER_MAINTENANCE: "#2458c5",
    ComponentStatus.DEGRADED_PERFORMANCE: "#855700",
    ComponentStatus.PARTIAL_OUTAGE: "#ad430b",
    ComponentStatus.MAJOR_OUTAGE: "#b3261e",
}
"""Those of the page in daylight: white letters on each have a contrast of 4.5:1 or more."""

_PLAIN = 600  # a letter of a script that the table does not know
_WIDE = 1000  # Chinese, Japanese, Korean, emoji
_CAPITAL = 720
_BY_WIDTH = {
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    355: "\"{}*'",
    500: "Jckszvxy",
    556: "#$?0123456789L_abdeghnopqu",
    584: "+<=>~^",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    944: "W%",
    1015: "@",
}
_WIDTHS = {sign: width for width, signs in _BY_WIDTH.items() for sign in signs}
"""How wide a letter of a plain sans-serif is, in thousandths of its size."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says: whose state, the state in words, and the look of it."""

    name: str
    label: str
    message: str
    status: ComponentStatus

    @property
    def json(self) -> bytes:
        """The badge for shields.io, which draws it in its own ways."""
        said = {
            "schemaVersion": 1,
            "label": clean(self.label, one_line=True),
            "message": clean(self.message, one_line=True),
            "color": COLOURS[self.status],
        }
        return json.dumps(said, indent=1).encode() + b"\n"

    @property
    def drawing(self) -> dict[str, object]:
        """What its picture is drawn from; lengths in pixels."""
        label, message = short(self.label), short(self.message)
        left, right = width(label), width(message)
        return {
            "whole": clean(f"{self.label}: {self.message}", one_line=True),
            "label": label,
            "message": message,
            "left": left,
            "right": right,
            "look": self.status.value,
            "colour": COLOURS[self.status],
        }


def component_name(key: str) -> str:
    """The path of a component's badge, without its ending."""
    return f"badges/{component_id(key)}"


def short(text: str) -> str:
    """The text on one line, cut where it is too long to be drawn.

    >>> short("A name that goes on and on and on until nobody reads it")
    'A name that goes on and on and on until…'
    """
    line = clean(text, one_line=True)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"


def width(text: str) -> int:
    """How many pixels the text takes, without asking a font; the picture stretches it to just that.

    >>> width("Operational"), width("運用中")
    (57, 33)
    """
    return -(-SIZE * sum(map(_width, unicodedata.normalize("NFC", text))) // 1000)


def _width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    if unicodedata.east_asian_width(sign) in "WF":
        return _WIDE
    sign = unicodedata.normalize("NFD", sign)[0]  # a letter is as wide without its accents
    return _WIDTHS.get(sign, _CAPITAL if sign.isupper() else _PLAIN)
