//! What an editor can do, as it says at the start.

use serde_json::{Value, json};

use super::findings::Taste;
use super::position::Encoding;

/// What an editor can do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    pub(super) taste: Taste,
    /// Whether texts to complete may have places to fill in.
    pub(super) snippets: bool,
    /// Whether edits may name the version of the text that they are made for.
    pub(super) versioned_edits: bool,
    /// Whether it can be asked to tell of files that change.
    pub(super) watches: bool,
    /// Whether an outline may have more than names.
    pub(super) markdown: bool,
}

impl Client {
    /// Reads the parameters of `initialize`; what is missing or odd is not supported.
    pub(super) fn read(params: &Value) -> Client {
        let at = |path: &str| params["capabilities"].pointer(path);
        let is = |path: &str| at(path).and_then(Value::as_bool).unwrap_or(false);
        let names = |path: &str| -> Vec<&str> {
            at(path).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
        };
        Client {
            encoding: Encoding::choose(names("/general/positionEncodings")),
            taste: Taste {
                related: is("/textDocument/publishDiagnostics/relatedInformation"),
                tags: at("/textDocument/publishDiagnostics/tagSupport").is_some_and(|support| !support.is_null()),
            },
            snippets: is("/textDocument/completion/completionItem/snippetSupport"),
            versioned_edits: is("/workspace/workspaceEdit/documentChanges"),
            watches: is("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            markdown: names("/textDocument/hover/contentFormat").contains(&"markdown"),
        }
    }

    /// What is offered to it.
    pub(super) fn offer(&self) -> Value {
        json!({
            "capabilities": {
                "positionEncoding": self.encoding.as_str(),
                "textDocumentSync": { "openClose": true, "change": 2, "save": true },
                "hoverProvider": true,
                "completionProvider": { "triggerCharacters": ["\"", "'", ":", ".", "[", "("] },
                "definitionProvider": true,
                "referencesProvider": true,
                "renameProvider": { "prepareProvider": true },
                "documentSymbolProvider": true,
                "documentFormattingProvider": true,
                "codeActionProvider": { "codeActionKinds": ["quickfix", "source.fixAll"] },
            },
            "serverInfo": { "name": "support-ops", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    /// A text in Markdown as it is sent.
    pub(super) fn markup(&self, text: &str) -> Value {
        json!({ "kind": if self.markdown { "markdown" } else { "plaintext" }, "value": text })
    }
}
