"""``tocsin lsp``: the findings in an editor, by the Language Server Protocol over standard input and output."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tocsin.cli.compiling import corrections_beside
from tocsin.cli.surroundings import surroundings
from tocsin.clock import SystemClock
from tocsin.errors import BadInput, TocsinError
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.fixes import Fix, safe_fixes
from tocsin.runbook.instructions import Phase, Procedure, Step, Termination
from tocsin.runbook.playbook import Finding, FindingSeverity, Playbook
from tocsin.runbook.report import DOCUMENTATION

try:
    from lsprotocol import types
    from pygls.lsp.server import LanguageServer
    from pygls.uris import to_fs_path
    from pygls.workspace import TextDocument
except ModuleNotFoundError:
    INSTALLED = False
else:
    INSTALLED = True

WHILE_TYPING = 256 * 1024
"""Characters. A longer document is read when it is opened and saved, not at every key."""

_NAMED = re.compile(r"(?i)run-?book|play-?book|incident|on-?call|escalation|post-?mortem")


@dataclass(frozen=True, slots=True)
class Reading:
    """An open document: its lines and what they were read as; ``trouble`` where it could not be read."""

    lines: tuple[str, ...]
    playbook: Playbook | None = None
    trouble: str = ""

    @property
    def is_runbook(self) -> bool:
        """Whether it speaks of incidents: other Markdown in the same editor is left alone."""
        book = self.playbook
        if book is None or _NAMED.search(Path(book.source.path).name):
            return True
        return bool(book.severities or book.escalation_levels or book.procedures)

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """What can be set right safely."""
        return safe_fixes(self.playbook, self.lines) if self.playbook and self.is_runbook else ()


def read(text: str, path: Path | None) -> Reading:
    """The reading of a document's text; ``path`` is where it lies, None for one that was never saved."""
    lines = tuple(re.split(r"\r\n|\r|\n", text))
    try:
        playbook = compile_runbook(
            text,
            path=str(path) if path else "RUNBOOK.md",
            today=SystemClock().now().date(),
            look=surroundings(path) if path else None,
            corrections=corrections_beside(path) if path else None,
        )
    except TocsinError as error:
        return Reading(lines, trouble=error.message)
    return Reading(lines, playbook)


def about(reading: Reading, line: int) -> str:
    """What became of a line, in words; "" when there is nothing to say. Lines count from 1."""
    book = reading.playbook
    if book is None or not reading.is_runbook:
        return ""
    said = [
        f"{block.fate.value}: {block.became} (lines {block.lines.first} to {block.lines.last})"
        for block in book.blocks
        if block.lines.first <= line <= block.lines.last
    ]
    groups: list[Phase | Procedure] = [*book.procedures, *book.phases]
    for group in groups:
        steps = [one for one in group.steps if one.lines.first <= line <= one.lines.last]
        said += [f"{group.title}: {_step(step)}" for step in steps]
    return "\n".join(said)


def _step(step: Step) -> str:
    words = [f"step “{step.title}” ({step.kind.value}, id {step.id})"]
    if step.command is not None:
        ends = {
            Termination.BOUNDED: "ends by itself",
            Termination.FOLLOWS: "never ends by itself",
            Termination.INTERACTIVE: "needs a terminal",
        }[step.command.termination]
        words.append(f"{step.command.effect.value.replace('_', '-')}, {ends}")
        words += [f"asks for {one.raw}" for one in step.command.parameters if one.origin != "env"]
    if step.corrected:
        words.append(f"corrected: {', '.join(step.corrected)}")
    return "; ".join(words)


# --- the protocol -------------------------------------------------------------------------------------------


def server() -> LanguageServer:
    """The server, ready to be started."""
    made = LanguageServer("tocsin", "1", text_document_sync_kind=types.TextDocumentSyncKind.Full)
    readings: dict[str, Reading] = {}

    def look_at(uri: str) -> None:
        document = made.workspace.get_text_document(uri)
        name = to_fs_path(uri) if uri.startswith("file:") else None
        reading = readings[uri] = read(document.source, Path(name) if name else None)
        made.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, list(_diagnostics(reading, document)), document.version)
        )

    @made.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        look_at(params.text_document.uri)

    @made.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        if len(made.workspace.get_text_document(uri).source) <= WHILE_TYPING:
            look_at(uri)

    @made.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        look_at(params.text_document.uri)

    @made.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        readings.pop(params.text_document.uri, None)
        made.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))

    @made.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions([types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]),
    )
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        reading = readings.get(uri)
        document = made.workspace.get_text_document(uri)
        return list(_actions(reading, document, params)) if reading else []

    @made.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        reading = readings.get(params.text_document.uri)
        said = about(reading, params.position.line + 1) if reading else ""
        # Plain text: the words are the document's, and Markdown of theirs would be rendered.
        return types.Hover(types.MarkupContent(types.MarkupKind.PlainText, said)) if said else None

    return made


def _diagnostics(reading: Reading, document: TextDocument) -> Iterator[types.Diagnostic]:
    if reading.trouble:
        yield types.Diagnostic(
            _range(reading, document, 1, 1), reading.trouble, types.DiagnosticSeverity.Error, source="tocsin"
        )
    levels = {
        FindingSeverity.ERROR: types.DiagnosticSeverity.Error,
        FindingSeverity.WARNING: types.DiagnosticSeverity.Warning,
        FindingSeverity.INFO: types.DiagnosticSeverity.Information,
    }
    for one in reading.playbook.findings if reading.playbook and reading.is_runbook else ():
        yield types.Diagnostic(
            _range(reading, document, one.line, one.column),
            f"{one.message}\n{one.fix}" if one.fix else one.message,
            levels[one.severity],
            code=one.code,
            code_description=types.CodeDescription(DOCUMENTATION.format(code=one.code)),
            source="tocsin",
            related_information=_related(reading, document, one) or None,
        )


def _related(reading: Reading, document: TextDocument, one: Finding) -> list[types.DiagnosticRelatedInformation]:
    quoted = dict(quote.split(": ", 1) for quote in one.quotes)
    return [
        types.DiagnosticRelatedInformation(
            types.Location(document.uri, _range(reading, document, line, 1)), quoted.get(str(line), f"line {line}")
        )
        for line in one.related
    ]


def _range(reading: Reading, document: TextDocument, line: int, column: int) -> types.Range:
    """From a column (1-based, in characters) to the end of its line, in the units that the editor counts in."""
    line = min(max(line, 1), len(reading.lines))
    text = reading.lines[line - 1]
    units = document.position_codec.client_num_units
    start = types.Position(line - 1, units(text[: column - 1]))
    return types.Range(start, types.Position(line - 1, units(text.rstrip())))


def _actions(reading: Reading, document: TextDocument, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    fixes = reading.fixes
    wanted = range(params.range.start.line + 1, params.range.end.line + 2)
    for one in fixes:
        if one.line in wanted:
            settled = [found for found in params.context.diagnostics if found.code in one.codes]
            yield types.CodeAction(
                f"{', '.join(one.codes)}: {one.after.strip()[:80]}",
                types.CodeActionKind.QuickFix,
                diagnostics=settled or None,
                is_preferred=True,
                edit=_edit(reading, document, (one,)),
            )
    if fixes:
        yield types.CodeAction(
            f"Fix {len(fixes)} {'line' if len(fixes) == 1 else 'lines'} that can be fixed safely",
            types.CodeActionKind.SourceFixAll,
            edit=_edit(reading, document, fixes),
        )


def _edit(reading: Reading, document: TextDocument, fixes: tuple[Fix, ...]) -> types.WorkspaceEdit:
    units = document.position_codec.client_num_units
    edits = [
        types.TextEdit(
            types.Range(types.Position(one.line - 1, 0), types.Position(one.line - 1, units(one.before))), one.after
        )
        for one in fixes
    ]
    return types.WorkspaceEdit(changes={document.uri: edits})


# --- the verb -----------------------------------------------------------------------------------------------


def lsp(arguments: argparse.Namespace) -> int:
    """Serve an editor until it hangs up. Raises BadInput without the package that it needs."""
    if not INSTALLED:
        raise BadInput("the language server needs a package more: pip install 'tocsin[lsp]'")
    server().start_io()
    return 0
