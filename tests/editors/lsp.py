"""Drives `support-ops lsp` with pygls' client through a whole session, as an editor would, and then with Neovim.

    lsp.py SUPPORT-OPS [NVIM]

Everything that is sent and received goes through lsprotocol's types: an answer of the wrong shape is a failure. Neovim
runs with the very lines of docs/editors.md.
"""

import asyncio
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "src/lint/example"
# Until then an answer must have come; no step waits for longer, and none for a fixed time.
PATIENCE = 60


class Editor:
    """A client that keeps what it is told, and the text that it holds open."""

    def __init__(self):
        self.client = LanguageClient("test-editor", "1")
        self.told = {}
        self.news = asyncio.Event()
        self.watching = []
        self.complaints = []

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams):
            self.told[params.uri] = params
            self.news.set()

        @self.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
        def registered(params: lsp.RegistrationParams):
            self.watching += [one.method for one in params.registrations]

        self.client.report_server_error = lambda error, source: self.complaints.append(error)

    async def start(self, binary, encodings):
        await self.client.start_io(str(binary), "lsp")
        capabilities = lsp.ClientCapabilities(
            general=lsp.GeneralClientCapabilities(position_encodings=encodings),
            workspace=lsp.WorkspaceClientCapabilities(
                workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True),
                did_change_watched_files=lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            ),
            text_document=lsp.TextDocumentClientCapabilities(
                hover=lsp.HoverClientCapabilities(content_format=[lsp.MarkupKind.Markdown]),
                completion=lsp.CompletionClientCapabilities(
                    completion_item=lsp.ClientCompletionItemOptions(snippet_support=False)
                ),
                publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(
                    related_information=True, tag_support=lsp.ClientDiagnosticsTagOptions(
                        value_set=[lsp.DiagnosticTag.Unnecessary]
                    )
                ),
            ),
        )
        answer = await self.client.initialize_async(
            lsp.InitializeParams(process_id=None, root_uri=None, capabilities=capabilities)
        )
        self.client.initialized(lsp.InitializedParams())
        return answer

    async def until(self, what, holds):
        """Waits until `holds` is true of what has been told."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            self.news.clear()
            left = deadline - time.monotonic()
            if left <= 0:
                shown = {uri: [(d.code, d.message) for d in told.diagnostics] for uri, told in self.told.items()}
                raise AssertionError(f"in vain: {what}; told: {shown}")
            try:
                await asyncio.wait_for(self.news.wait(), left)
            except asyncio.TimeoutError:
                pass

    def codes(self, file, version=None):
        """The codes that the file has now; `None` where this version has not been told of yet."""
        told = self.told.get(file.as_uri())
        if told is None or (version is not None and told.version != version):
            return None
        return [diagnostic.code for diagnostic in told.diagnostics]


class Text:
    """A text that an editor holds open, in UTF-16 positions."""

    def __init__(self, editor, path):
        self.editor, self.path, self.version = editor, path, 1
        self.text = path.read_text()
        self.about = lsp.TextDocumentIdentifier(path.as_uri())
        item = lsp.TextDocumentItem(path.as_uri(), "toml", self.version, self.text)
        editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def position(self, offset):
        before = self.text[:offset]
        line = before.rpartition("\n")[2]
        return lsp.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)

    def offset(self, position):
        start = 0
        for _ in range(position.line):
            start = self.text.index("\n", start) + 1
        end = (self.text + "\n").index("\n", start)
        units = 0
        for at in range(start, end):
            if units >= position.character:
                return at
            units += len(self.text[at].encode("utf-16-le")) // 2
        return end

    def at(self, words, behind=True):
        """The place behind, or before, these words, which stand in the text once."""
        assert self.text.count(words) == 1, (words, self.text)
        return self.position(self.text.index(words) + (len(words) if behind else 0))

    def edit(self, start, end, new):
        """Replaces a range, as one incremental change."""
        change = lsp.TextDocumentContentChangePartial(
            range=lsp.Range(self.position(start), self.position(end)), text=new
        )
        self.text = self.text[:start] + new + self.text[end:]
        self.version += 1
        about = lsp.VersionedTextDocumentIdentifier(self.version, self.path.as_uri())
        self.editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(about, [change]))

    def replace(self, old, new):
        assert self.text.count(old) == 1, (old, self.text)
        start = self.text.index(old)
        self.edit(start, start + len(old), new)

    def type(self, words):
        """Types at the end, key by key."""
        for key in words:
            self.edit(len(self.text), len(self.text), key)

    def take(self, edits):
        """Applies edits of the server."""
        for edit in sorted(edits, key=lambda edit: self.offset(edit.range.start), reverse=True):
            self.edit(self.offset(edit.range.start), self.offset(edit.range.end), edit.new_text)

    async def complete(self, place):
        params = lsp.CompletionParams(self.about, place)
        return (await self.editor.client.text_document_completion_async(params)).items

    async def hover(self, place):
        params = lsp.HoverParams(self.about, place)
        return await self.editor.client.text_document_hover_async(params)

    async def actions(self, start, end, only=None):
        context = lsp.CodeActionContext(diagnostics=[], only=only)
        params = lsp.CodeActionParams(self.about, lsp.Range(start, end), context)
        return await self.editor.client.text_document_code_action_async(params)

    async def settled(self, what, codes):
        """Waits until this very version has just these findings."""
        await self.editor.until(what, lambda: self.editor.codes(self.path, self.version) == codes)

    def close(self):
        self.editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(self.about))


async def session(binary, folder):
    """One editor from start to end."""
    editor = Editor()
    client = editor.client
    answer = await editor.start(binary, ["utf-16"])
    assert answer.capabilities.position_encoding == "utf-16", answer
    pack, mug = folder / "pack.toml", folder / "mug é 日.toml"

    text = Text(editor, mug)
    await text.settled("a clean file has no findings", [])
    assert editor.watching == ["workspace/didChangeWatchedFiles"], editor.watching

    # Findings come and go while one types, and each has its place, its help and its fix.
    text.replace("max_steps", "max_step")
    await editor.until("a slip is found", lambda: "unknown-key" in (editor.codes(mug, text.version) or []))
    found = editor.told[mug.as_uri()].diagnostics
    slip = next(one for one in found if one.code == "unknown-key")
    assert slip.severity == lsp.DiagnosticSeverity.Error and "max_steps" in slip.message, slip
    assert slip.range == lsp.Range(lsp.Position(6, 0), lsp.Position(6, 8)), slip
    actions = await text.actions(slip.range.start, slip.range.end)
    assert actions[0].title == "write `max_steps`" and actions[0].is_preferred, actions
    assert [action.kind for action in actions[-1:]] == ["source.fixAll"], actions
    assert any("allow `unknown-key`" in action.title for action in actions), actions
    change = actions[0].edit.document_changes[0]
    assert change.text_document.version == text.version
    text.take(change.edits)
    assert "\nmax_steps = 5" in text.text
    await text.settled("the fix mends it", [])

    # A finding with a label; characters outside of the basic plane; CRLF further down.
    text.replace('title = "Newsletter settings"', 'title = "😀 Newsletter" # 😀\r\ntitle = "again"\r')
    await editor.until("a key is written twice", lambda: editor.codes(mug, text.version) == ["duplicate-key"])
    twice = editor.told[mug.as_uri()].diagnostics[0]
    assert text.text[text.offset(twice.range.start) : text.offset(twice.range.end)] == "title", twice
    assert twice.related_information[0].location.uri == mug.as_uri(), twice
    text.replace(' # 😀\r\ntitle = "again"\r', "")
    await text.settled("it is gone", [])

    # Half-written lines are completed.
    whole = text.text
    text.type("\n[[reply.forbidden]]\nid = \"x\"\neff")
    items = await text.complete(text.position(len(text.text)))
    item = next(item for item in items if item.label == "effect")
    assert "gate" in item.documentation.value, item
    text.take([item.text_edit])
    text.type('"')
    items = await text.complete(text.position(len(text.text)))
    assert [item.label for item in items] == ["gate", "fail"], items
    text.take([items[0].text_edit])
    assert text.text.endswith('\neffect = "gate"'), text.text
    text.edit(0, len(text.text), whole)
    await text.settled("as it was", [])
    text.replace('"artifact:order", ', '"artifact:order", "')
    items = await text.complete(text.at('"artifact:order", "'))
    labels = [item.label for item in items]
    assert "artifact:newsletter" in labels and "policy:gift_wrapping" in labels, labels
    text.replace('"artifact:order", "', '"artifact:order", ')

    # What stands behind a key and behind an id.
    hover = await text.hover(text.at("max_st"))
    assert "1 to 1000" in hover.contents.value and hover.contents.kind == "markdown", hover
    hover = await text.hover(text.at("policy:broken_"))
    assert "shipped again at no cost" in hover.contents.value, hover
    hover = await text.hover(text.at('expected = "send_'))
    assert "Ship the same piece again" in hover.contents.value, hover
    assert await text.hover(lsp.Position(9999, 9999)) is None

    # Across files of the pack.
    params = lsp.DefinitionParams(text.about, text.at("policy:broken_"))
    place = await client.text_document_definition_async(params)
    assert place.uri == pack.as_uri(), place
    line = pack.read_text().splitlines()[place.range.start.line]
    assert line[place.range.start.character : place.range.end.character] == "broken_pieces", place
    handbook = Text(editor, pack)
    await handbook.settled("the manifest is clean", [])
    context = lsp.ReferenceContext(include_declaration=False)
    params = lsp.ReferenceParams(context, handbook.about, handbook.at('id = "broken_'))
    places = await client.text_document_references_async(params)
    assert [place.uri for place in places] == [mug.as_uri()], places
    symbols = await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(text.about))
    assert [symbol.name for symbol in symbols] == ["cracked-mug", "order", "newsletter", "new_piece"], symbols

    # An unsaved change of one file changes the findings of another, and closing takes it back.
    handbook.replace('send_replacement = "Ship', 'send_a_replacement = "Ship')
    await editor.until("the other file has it", lambda: editor.codes(mug) == ["unknown-resolution"])
    handbook.close()
    await editor.until("what is on disk counts again", lambda: editor.codes(mug) == [])

    # A file that is not open, changed by others.
    stray = folder / "stray.toml"
    stray.write_text("schema_version = 1\nfuture = 1\n")
    event = lsp.FileEvent(stray.as_uri(), lsp.FileChangeType.Created)
    client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))
    await editor.until("a new file is looked at", lambda: "unknown-key" in (editor.codes(stray) or []))
    stray.unlink()
    event = lsp.FileEvent(stray.as_uri(), lsp.FileChangeType.Deleted)
    client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))
    await editor.until("and forgotten", lambda: editor.codes(stray) == [])

    # A suppression as the second action.
    text.replace("distractor = true\n", "")
    await text.settled("an unused record", ["unused-artifact"])
    unused = editor.told[mug.as_uri()].diagnostics[0]
    assert list(unused.tags) == [lsp.DiagnosticTag.Unnecessary], unused
    actions = await text.actions(unused.range.start, unused.range.end, [lsp.CodeActionKind.QuickFix])
    assert len(actions) == 1, actions
    text.take(actions[0].edit.document_changes[0].edits)
    await text.settled("a reason is still to be written", ["missing-reason", "unused-artifact"])
    text.replace("<reason>", "read for its tone")
    await text.settled("it is allowed", [])

    # All fixes at once.
    text.replace("max_steps", "max_step")
    text.replace("difficulty", "dificulty")
    await editor.until("two slips", lambda: (editor.codes(mug, text.version) or []).count("unknown-key") == 2)
    actions = await text.actions(lsp.Position(0, 0), lsp.Position(0, 0), [lsp.CodeActionKind.SourceFixAll])
    assert [action.kind for action in actions] == ["source.fixAll"], actions
    text.take(actions[0].edit.document_changes[0].edits)
    await text.settled("both are mended", [])

    if answer.capabilities.document_formatting_provider:
        tidy = text.text
        text.replace("max_steps = 5", "max_steps    =   5")
        options = lsp.FormattingOptions(tab_size=2, insert_spaces=True)
        params = lsp.DocumentFormattingParams(text.about, options)
        text.take(await client.text_document_formatting_async(params) or [])
        assert "\nmax_steps = 5" in text.text and len(text.text) <= len(tidy) + 2, text.text
        await text.settled("it is formatted", [])

    text.close()
    await editor.until("nothing is left", lambda: all(not told.diagnostics for told in editor.told.values()))
    assert await client.shutdown_async(None) is None
    client.exit(None)
    code = await asyncio.wait_for(client._server.wait(), PATIENCE)
    assert code == 0, code
    assert not editor.complaints, editor.complaints
    errors = await client._server.stderr.read()
    assert errors == b"", errors


async def other_encodings(binary, folder):
    """Positions in bytes and in characters."""
    for encoding, character in [("utf-8", 8 + 4), ("utf-32", 8 + 1)]:
        editor = Editor()
        answer = await editor.start(binary, [encoding])
        assert answer.capabilities.position_encoding == encoding
        path = folder / "mug é 日.toml"
        item = lsp.TextDocumentItem(path.as_uri(), "toml", 1, "x = { \"😀\" = 1, y = 2 }\n")
        editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await editor.until("something is found", lambda: editor.codes(path, 1))
        item = lsp.TextDocumentItem(path.as_uri(), "toml", 2, "a = '😀' b\n")
        editor.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await editor.until("the syntax is broken", lambda: "syntax" in (editor.codes(path, 2) or []))
        place = next(d for d in editor.told[path.as_uri()].diagnostics if d.code == "syntax").range.start
        assert place == lsp.Position(0, character - 1), (encoding, place)
        # An editor that leaves without a word ends the server, too.
        editor.client.exit(None)
        assert await asyncio.wait_for(editor.client._server.wait(), PATIENCE) == 1
    editor = Editor()
    await editor.start(binary, ["utf-16"])
    editor.client._server.stdin.close()
    assert await asyncio.wait_for(editor.client._server.wait(), PATIENCE) == 1


def with_neovim(nvim, binary, folder):
    """The session of neovim.lua, configured as the documentation says."""
    page = (ROOT / "docs/editors.md").read_text()
    (lines,) = re.findall(r"```lua\n(.*?)```", page, re.DOTALL)
    init = folder / "init.lua"
    init.write_text(lines)
    task = folder / "mug.toml"
    (folder / "mug é 日.toml").rename(task)
    environment = {
        "PATH": f"{binary.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "TASK": str(task),
        "LANG": "C.UTF-8",
    }
    script = ROOT / "tests/editors/neovim.lua"
    command = [nvim, "--clean", "--headless", "-u", str(init), "-c", f"luafile {script}"]
    done = subprocess.run(command, env=environment, timeout=5 * PATIENCE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


async def main(binary, nvim):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve() / "a pack"
        folder.mkdir()
        shutil.copy(EXAMPLE / "pack.toml", folder / "pack.toml")
        shutil.copy(EXAMPLE / "mug.toml", folder / "mug é 日.toml")
        await session(binary, folder)
        await other_encodings(binary, folder)
        print("the language server holds a whole session with pygls' client")
        if nvim:
            with_neovim(nvim, binary, folder)
            print("and with Neovim, configured as docs/editors.md says")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    asyncio.run(main(pathlib.Path(sys.argv[1]).resolve(), *(sys.argv[2:] or [None])))
