"""Notes, anchors and tags as generators of sites mark them: their words count, their marks do not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_KINDS = (
    "note|tip|hint|important|warning|caution|danger|attention|error|info|seealso|admonition|dropdown|details"
    "|success|question|callout|abstract|example|failure|bug|quote"
)
_FENCED = re.compile(
    rf"(?P<in>[ \t]*)(?P<mark>`{{3,}}|~{{3,}})[ ]*\{{(?:{_KINDS})\}}[ ]*(?P<title>[^`]*)", re.IGNORECASE
)
_CODE = re.compile(
    r"(?P<head>[ \t]*(?:`{3,}|~{3,}))[ ]*\{(?:code-block|code|sourcecode|parsed-literal)\}[ ]*(?P<info>[\w-]*)"
)
_PLAIN = re.compile(r"[ \t]*(?P<mark>`{3,}(?![^`]*`)|~{3,})")
"""No fence is opened by "```df -h``` shows it", which is code in a line of text."""
_COLONS = re.compile(r"[ \t]*:{3,}[ ]*(?:\{?[A-Za-z][\w-]*\}?)?(?:\[(?P<name>[^\]]*)\]|[ ]+(?P<title>\S.*))?[ ]*")
_MARKED = re.compile(
    rf"(?P<in>[ ]*)(?:!!!|\?\?\?\+?)[ ]+(?:{_KINDS})\b[^\"]*(?:\"(?P<title>[^\"]*)\"[ ]*)?", re.IGNORECASE
)
_TAB = re.compile(r"(?P<in>[ ]*)===[!+]?[ ]+\"(?P<title>[^\"]+)\"[ ]*")
"""One of several tabs of a page, whose words are moved in as those of a note are."""
_QUOTED = re.compile(rf"\A(?P<in>(?:[ ]*>)+[ ]*)\[!(?:{_KINDS})\][+-]?[ ]*", re.IGNORECASE)
_ANCHOR = re.compile(r"\([^()\s]+\)=[ ]*")
_TAG = re.compile(r"[ \t]*(?:\{\{[<%][^{}]*[>%]\}\}|\{%-?[^{}]*%\}|<%[^%]*%>)[ ]*")
_HTML = re.compile(r"</?[A-Za-z][\w-]*[\s>/]|</?[A-Za-z][\w-]*$")
_NOTE = re.compile(
    r"\s*(?:notes?|tips?|hint|important|warnings?|caution|danger|attention|info)\s*[:：!]?\s*", re.IGNORECASE
)
_FIRST = frozenset("`~:(!?{<>=")
"""What a line that any of them marks begins with."""
_DEEPER = 4
"""Columns by which the words of a note that is marked as `!!! note` are moved in."""


def with_notes(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines without the marks around a note, a tip or a warning, without anchors and tags; as many as before.

    >>> with_notes(("(doors)=", "# Doors", ":::{note}", "Ring twice.", ":::"))
    ('', '# Doors', '', 'Ring twice.', '')
    >>> with_notes(('!!! warning "At night"', "    Ring twice.", "> [!TIP]", "> Knock."))
    ('At night', 'Ring twice.', '> ', '> Knock.')
    >>> with_notes(('=== "Front door"', "    Ring twice."))
    ('**Front door**', 'Ring twice.')
    """
    reader = _Reader()
    return tuple(map(reader.read, lines))


def is_note(text: str) -> bool:
    """Whether a line is the word for a note and nothing else: "Important", "Warning:"."""
    return _NOTE.fullmatch(text) is not None


@dataclass(slots=True)
class _Fence:
    mark: str
    note: bool


@dataclass(slots=True)
class _Reader:
    fences: list[_Fence] = field(default_factory=list)
    moved_in: int = -1  # the columns before the last `!!! note`, -1 where its words have ended
    in_html: bool = False  # between a line that begins with a tag of HTML and an empty one

    def read(self, line: str) -> str:
        bare = line.lstrip()
        if not bare:
            self.in_html = False
            return line
        if bare[0] == "<" and _HTML.match(bare):
            self.in_html = True
        if self.moved_in >= 0:
            if len(line) - len(bare) < self.moved_in + _DEEPER:
                self.moved_in = -1
            else:
                line = line[: self.moved_in] + line[self.moved_in + _DEEPER :]
        return self._marked(line) if bare[0] in _FIRST else line

    def _marked(self, line: str) -> str:
        top = self.fences[-1] if self.fences else None
        fence = _PLAIN.match(line)
        if fence is not None and top is not None and _closes(line, top.mark):
            self.fences.pop()
            return "" if top.note else line
        if top is not None and not top.note:
            return line
        if fence is None:
            return self._outside(line)
        note = _FENCED.fullmatch(line)
        self.fences.append(_Fence(fence["mark"], note is not None))
        if note is not None:
            return note["in"] + note["title"].strip()
        code = _CODE.match(line)  # not searched for: a line of nothing but marks would be gone through from each
        return line if code is None else code["head"] + code["info"] + line[code.end() :]

    def _outside(self, line: str) -> str:
        if _ANCHOR.fullmatch(line) or _TAG.fullmatch(line):
            return line if self.in_html and "{%" in line else ""  # an empty line would end the table that it stands in
        if colons := _COLONS.fullmatch(line):
            return (colons["name"] or colons["title"] or "").strip()
        if marked := _MARKED.fullmatch(line):
            self.moved_in = len(marked["in"])
            return marked["in"] + (marked["title"] or "")
        if tab := _TAB.fullmatch(line):
            self.moved_in = len(tab["in"])
            return f"{tab['in']}**{tab['title'].strip()}**"
        return _QUOTED.sub(r"\g<in>", line)


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(mark) and set(bare) == {mark[0]}
