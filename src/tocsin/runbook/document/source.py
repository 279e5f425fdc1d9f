"""From the bytes of a file to lines of text, keeping what had to be repaired as findings."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass

from tocsin.errors import BadDocument
from tocsin.runbook.findings import finding
from tocsin.runbook.playbook import Finding

LARGEST = 2 * 1024 * 1024
"""Bytes. Runbooks are a few kilobytes; a dump that was named .md by mistake is refused before it is read."""

_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_ENTITY_OF_MOJIBAKE = re.compile(r"(?:[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]{1,3})+")
_BINARY = (b"\x89PNG", b"\x7fELF", b"PK\x03\x04", b"%PDF", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Document:
    """A text document: its lines without their ends, and the hash of the text."""

    path: str
    lines: tuple[str, ...]
    sha256: str
    findings: tuple[Finding, ...]

    @property
    def text(self) -> str:
        """The whole document, every line ended by a newline."""
        return "\n".join(self.lines) + "\n"


def read_document(data: bytes | str, path: str) -> Document:
    """The document in ``data``, normalised; raises BadDocument for what is no text or is too large."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > LARGEST:
        raise BadDocument(
            f"{path} has {len(raw):,} bytes; a runbook may have {LARGEST:,}."
            " Split it, or check that it is the right file."
        )
    text, findings = _decode(raw, path)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", " ").replace("\f", " ")
    if text.count("\x00") + len(_CONTROL.findall(text)) > max(8, len(text) // 20):
        raise BadDocument(f"{path} is not a text document; compile the Markdown file that it was made from.")
    lines = tuple(text.removesuffix("\n").split("\n")) if text.strip() else ()
    if not lines:
        findings.append(finding("TOC101", 1, "the document is empty"))
    if "\x00" in text:
        lines = tuple(_without_nul(lines, findings))
    findings += _mojibake(lines)
    digest = hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
    return Document(path, lines, digest, tuple(findings))


def repaired(text: str) -> str:
    """``text`` with doubly encoded characters restored, where that makes it shorter and valid.

    >>> repaired("Ã©tat")
    'état'
    """
    return _ENTITY_OF_MOJIBAKE.sub(lambda found: _undo(found.group()), text)


def _undo(run: str) -> str:
    """The characters whose UTF-8 bytes were read as Windows-1252; ``run`` itself when they are not."""
    try:
        raw = b"".join(_byte(ch) for ch in run)
        better = raw.decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return run
    return better if len(better) < len(run) else run


def _byte(ch: str) -> bytes:
    # Windows-1252 leaves five bytes undefined; editors pass them through as C1 controls.
    return bytes([ord(ch)]) if 0x80 <= ord(ch) <= 0x9F else ch.encode("cp1252")


def _decode(raw: bytes, path: str) -> tuple[str, list[Finding]]:
    if raw.startswith(_BINARY):
        raise BadDocument(f"{path} is not a text document; compile the Markdown file that it was made from.")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace"), []
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        said = f"byte {raw[wrong.start]:#04x} is no UTF-8; the document was read as Windows-1252"
        text = raw.decode("cp1252", "replace")
        return text, [finding("TOC102", line, said)]


def _without_nul(lines: tuple[str, ...], findings: list[Finding]) -> list[str]:
    clean = []
    for number, line in enumerate(lines, 1):
        if "\x00" in line:
            findings.append(finding("TOC104", number, "the line holds a NUL character", column=line.index("\x00") + 1))
        clean.append(line.replace("\x00", "\ufffd"))
    return clean


def _mojibake(lines: tuple[str, ...]) -> list[Finding]:
    found = []
    for number, line in enumerate(lines, 1):
        if line.isascii():
            continue
        match = _ENTITY_OF_MOJIBAKE.search(line)
        if match and (better := _undo(match.group())) != match.group():
            said = f"{match.group()!r} was encoded twice; it was {better!r}"
            found.append(finding("TOC103", number, said, fix=f"replace it by {better}", column=match.start() + 1))
    return found
