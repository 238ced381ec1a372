//! Findings as workflow commands, which GitHub shows beside the lines of a change.

use std::fmt::Write;

use super::{Diagnostic, Severity, Sources, printable};

/// All findings, one workflow command a line.
pub fn render_github(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let source = sources.get(diagnostic.span.source);
        let start = source.position(diagnostic.span.start as usize);
        let end = source.position(diagnostic.span.end as usize);
        let level = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let _ = write!(out, "::{level} title={},file={}", diagnostic.code, property(&source.path));
        let _ = write!(out, ",line={},endLine={}", start.line, end.line);
        if start.line == end.line {
            // Columns of an annotation over several lines are refused.
            let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
        }
        let mut text = printable(&diagnostic.message);
        for label in &diagnostic.labels {
            let other = sources.get(label.span.source);
            let line = other.position(label.span.start as usize).line;
            let _ = write!(text, "\n{}:{line}: {}", printable(&other.path), printable(&label.message));
        }
        if let Some(help) = &diagnostic.help {
            let _ = write!(text, "\nhelp: {}", printable(help));
        }
        let _ = writeln!(out, "::{}", data(&text));
    }
    out
}

/// The text of a command: what would end its line is escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace("##", "#\u{fffd}")
}

/// The value of a property: what would end it is escaped, too. A path is given as it is, so that it is found, but for
/// what would colour a terminal.
fn property(text: &str) -> String {
    printable(&data(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::render_github;
    use crate::diag::{Code, Diagnostic, Source, Sources, Span};

    fn check(path: &str, message: &str, expect: &str) {
        let mut sources = Sources::default();
        let id = sources.add(Source::new(path, "abc\ndef"));
        let found = [Diagnostic::new(Code::UnknownKey, Span::new(id, 1..3), message)];
        assert_eq!(render_github(&found, &sources), format!("{expect}\n"));
    }

    #[test]
    fn nothing_leaves_its_command() {
        let head = "::error title=unknown-key,file=a.toml,line=1,endLine=1,col=2,endColumn=4::";
        check("a.toml", "plain", &format!("{head}plain"));
        check("a.toml", "50 %, a: b", &format!("{head}50 %25, a: b"));
        check("a.toml", "x\r\n::error::y", &format!("{head}x\u{fffd}\u{fffd}::error::y"));
        check("a.toml", "##[error]y", &format!("{head}#\u{fffd}[error]y"));
        let coloured = "::error title=unknown-key,file=\u{fffd}[31m.toml,line=1,endLine=1,col=2,endColumn=4::x";
        check("\u{1b}[31m.toml", "x", coloured);
        let unseen =
            "::error title=unknown-key,file=a\u{fffd}.toml,line=1,endLine=1,col=2,endColumn=4::\u{fffd}x\u{fffd}";
        check("a\u{200b}.toml", "\u{e0041}x\u{feff}", unseen);
        let path = "a,b:c%\n::error::.toml";
        let head = "::error title=unknown-key,file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3A.toml,line=1";
        check(path, "x", &format!("{head},endLine=1,col=2,endColumn=4::x"));
    }
}
