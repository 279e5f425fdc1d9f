"""What the parser of Markdown says, and the runs of a text: what stands in it as code, in bold, as a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from pyromark import Markdown, Options

from tocsin.runbook.document.inline import Run

_PARSER = Markdown(options=Options.ENABLE_TABLES)
_END: Any = ({"End": "Document"}, {"start": 0, "end": 0})


class Events:
    """What the parser says of a text, one after the other; after the last one it says that something ends.

    ``event`` is what it says now, {"Start": "Strong"}, {"Text": "a"} or "SoftBreak", and ``place`` from which byte to
    which that stands.
    """

    def __init__(self, text: str) -> None:
        self.rest: Iterator[Any] = _PARSER.events_with_range(text)
        self.take()

    def take(self) -> None:
        """Go on to the next one."""
        self.event, self.place = next(self.rest, _END)


MARKS = frozenset(["a", "b", "del", "em", "i", "img", "ins", "mark", "s", "small", "span", "strong", "sub", "sup", "u"])
"""HTML inside of a line that says how something looks and nothing else."""

_TAG = re.compile(r"</?([A-Za-z]\w*)")
_BREAKS = ("SoftBreak", "HardBreak")
_OF_WORDS = ("Strong", "Emphasis", "Link", "Image")

_UNSAFE = re.compile(r"\s*(?:javascript|vbscript|file|data):", re.IGNORECASE)
"""A link that does or holds something leads nowhere."""

_KEPT_IN_LINKS = "%;/?:@&=+$,!*'()#"


def take_runs(events: Events, line: int) -> tuple[tuple[Run, ...], int]:
    """The runs of the text that begins here, on this line, and the byte where it ends; the events go on behind it."""
    runs: list[Run] = []
    text = ""
    strong = code = end = 0
    href: str | None = None
    event, place = events.event, events.place
    while True:
        if type(event) is dict and (said := event.get("Text")) is not None:
            text += said
            end = place["end"]
            event, place = next(events.rest, _END)
            continue
        if text:
            runs.append(Run(text, line, code > 0, strong > 0, href))
            text = ""
        if type(event) is str:
            if event not in _BREAKS:
                break
            runs.append(Run(" ", line))
            line += 1
        elif "Start" in event:
            kind, data = named(event["Start"])
            if kind not in _OF_WORDS:
                break
            strong += kind == "Strong"
            if kind == "Link":
                href = _address(data["dest_url"])
        elif "End" in event:
            kind = event["End"]
            if type(kind) is not str or kind not in _OF_WORDS:
                break
            strong -= kind == "Strong"
            if kind == "Link":
                href = None
        elif "Code" in event:
            runs.append(Run(event["Code"], line, True, strong > 0, href))
        elif not (tag := event["InlineHtml"]).startswith("<!--"):
            found = _TAG.match(tag)
            name = found[1].lower() if found else ""
            step = -1 if tag.startswith("</") else 1
            if name in ("b", "strong"):
                strong = max(0, strong + step)
            elif name in ("code", "kbd", "tt"):
                code = max(0, code + step)
            elif name == "br":
                runs.append(Run("; ", line, strong=strong > 0))
            elif name not in MARKS:
                runs.append(Run(tag, line, strong=strong > 0))  # a blank such as <host>
        end = place["end"]
        event, place = next(events.rest, _END)
    events.event, events.place = event, place
    return tuple(runs), end


def named(kind: Any) -> tuple[str, Any]:
    """The name of what opens, and what else is said of it."""
    if type(kind) is str:
        return kind, None
    ((name, data),) = kind.items()
    return name, data


def _address(url: str) -> str | None:
    return None if _UNSAFE.match(url) else quote(url, safe=_KEPT_IN_LINKS)
