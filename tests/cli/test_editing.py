"""``tocsin lsp`` with a real client: what an editor shows while somebody writes a runbook."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tocsin.cli.editing import about, read

RUNBOOK = """# Shop runbook 🚨

## Common incidents

### Down

- 🚨🚨 Look: `curl https://shop.test/health`
- Restart: `kubectl scale deployment/web`
"""
START = "import sys; from tocsin.cli.main import main; sys.exit(main(['lsp']))"


class Editor:
    """An editor with one document open."""

    def __init__(self, client: LanguageClient, uri: str) -> None:
        self.client, self.uri = client, uri
        self.shown: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    async def opens(self, text: str) -> list[types.Diagnostic]:
        """Open the document; the findings that come."""
        item = types.TextDocumentItem(self.uri, "markdown", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.findings()

    async def findings(self) -> list[types.Diagnostic]:
        """The next findings that the server sends."""
        return list((await asyncio.wait_for(self.shown.get(), 60)).diagnostics)

    async def actions(self, line: int, *found: types.Diagnostic) -> list[types.CodeAction]:
        """What the editor offers at a line (0-based)."""
        where = types.Range(types.Position(line, 0), types.Position(line, 1))
        params = types.CodeActionParams(
            types.TextDocumentIdentifier(self.uri), where, types.CodeActionContext(list(found))
        )
        answer = await self.client.text_document_code_action_async(params)
        return [one for one in answer or () if isinstance(one, types.CodeAction)]


def edited(path: Path, story: Callable[[Editor], Awaitable[Any]]) -> None:
    """Start the server as an editor does, and play the story."""

    async def play() -> None:
        client = LanguageClient("test", "1")
        editor = Editor(client, path.as_uri())

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def shown(params: types.PublishDiagnosticsParams) -> None:
            editor.shown.put_nowait(params)

        await client.start_io(sys.executable, "-c", START)
        await client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
        client.initialized(types.InitializedParams())
        try:
            await story(editor)
        finally:
            await asyncio.wait_for(client.shutdown_async(None), 60)
            client.exit(None)
            await client.stop()

    asyncio.run(play())


def test_findings_come_when_a_runbook_is_opened_and_go_when_it_is_mended(tmp_path: Path) -> None:
    """Diagnostics on open and on change, with the code's page; columns in the units that the editor counts in."""

    async def story(editor: Editor) -> None:
        found = {one.code: one for one in await editor.opens(RUNBOOK)}
        missing = found["TOC203"]
        assert (missing.range.start.line, missing.severity) == (7, types.DiagnosticSeverity.Error)
        assert missing.code_description is not None
        assert missing.code_description.href.endswith("TOC203.md")
        assert found["TOC205"].range.start == types.Position(6, len("- 🚨🚨 Look: `".encode("utf-16-le")) // 2)
        whole = types.TextDocumentContentChangeWholeDocument(RUNBOOK.replace("scale", "scale --replicas=2"))
        version = types.VersionedTextDocumentIdentifier(2, editor.uri)
        editor.client.text_document_did_change(types.DidChangeTextDocumentParams(version, [whole]))
        assert "TOC203" not in {one.code for one in await editor.findings()}

    edited(tmp_path / "RUNBOOK.md", story)


def test_a_fix_is_offered_at_its_line_and_for_the_whole_document(tmp_path: Path) -> None:
    """The edit replaces the line; hovering tells what became of it."""

    async def story(editor: Editor) -> None:
        found = await editor.opens(RUNBOOK)
        quick, everything = await editor.actions(6, *found)
        assert (quick.kind, everything.kind) == (types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll)
        assert quick.edit is not None
        assert quick.edit.changes is not None
        (edit,) = quick.edit.changes[editor.uri]
        assert edit.new_text == "- 🚨🚨 Look: `curl -f https://shop.test/health`"
        assert edit.range.end.character == len(RUNBOOK.splitlines()[6].encode("utf-16-le")) // 2
        assert [one.kind for one in await editor.actions(0)] == [types.CodeActionKind.SourceFixAll]
        asked = types.HoverParams(types.TextDocumentIdentifier(editor.uri), types.Position(6, 3))
        hover = await editor.client.text_document_hover_async(asked)
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert "understood: procedure" in hover.contents.value
        assert "read-only, ends by itself" in hover.contents.value

    edited(tmp_path / "RUNBOOK.md", story)


def test_other_markdown_is_left_alone() -> None:
    """A README in the same editor is no runbook with everything missing."""
    assert not read("# My library\n\nInstall it.\n", Path("README.md")).is_runbook
    assert read("# My library\n", Path("docs/on-call.md")).is_runbook
    assert about(read("# My library\n\nInstall it.\n", Path("README.md")), 3) == ""


def test_what_is_no_text_is_told_and_nothing_breaks() -> None:
    """A document that cannot be read has one finding."""
    reading = read("\x01\x02\x03" * 200, None)
    assert "not a text document" in reading.trouble
    assert about(reading, 1) == ""


def test_without_its_package_the_verb_says_what_to_install() -> None:
    """The package is an extra, since most people check in CI."""
    code = "import sys; sys.modules['pygls'] = sys.modules['lsprotocol'] = None; " + START
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "tocsin[lsp]" in done.stderr
