//! Findings for people: a message, the place underlined, what to do.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Diagnostic, Severity, Sources, Span};

/// Characters of a line shown around a place.
const MAX_LINE: usize = 120;

/// One finding as a few lines of text. `colour` writes ANSI colours; text from files never does.
pub fn render_human(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let (paint, bold, reset) = match (colour, diagnostic.severity) {
        (false, _) => ("", "", ""),
        (true, Severity::Error) => ("\u{1b}[1;31m", "\u{1b}[1m", "\u{1b}[0m"),
        (true, Severity::Warning) => ("\u{1b}[1;33m", "\u{1b}[1m", "\u{1b}[0m"),
        (true, Severity::Info) => ("\u{1b}[1;36m", "\u{1b}[1m", "\u{1b}[0m"),
    };
    let mut out = String::new();
    let message = printable(&diagnostic.message);
    let _ =
        writeln!(out, "{paint}{}[{}]{reset}{bold}: {message}{reset}", diagnostic.severity.as_str(), diagnostic.code);
    let redacted = diagnostic.redacted;
    render_place(&mut out, sources, diagnostic.span, "-->", None, (paint, reset), redacted);
    for label in &diagnostic.labels {
        render_place(&mut out, sources, label.span, "...", Some(&label.message), ("", ""), redacted);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  = help: {}", printable(help));
    }
    // Build logs take these for commands, wherever in a line they stand.
    if out.contains("##") { out.replace("##[", "#\u{fffd}[").replace("##vso[", "#\u{fffd}vso[") } else { out }
}

fn render_place(
    out: &mut String,
    sources: &Sources,
    span: Span,
    arrow: &str,
    note: Option<&str>,
    paint: (&str, &str),
    redacted: bool,
) {
    let source = sources.get(span.source);
    if source.text.is_empty() {
        // A folder, or a file of which nothing could be read: there is no line to show.
        let _ = writeln!(out, "  {arrow} {}", printable(&source.path));
        return;
    }
    let start = source.position(span.start as usize);
    let end = source.position(span.end as usize);
    let _ = writeln!(out, "  {arrow} {}:{}:{}", printable(&source.path), start.line, start.column);
    if redacted {
        return;
    }
    let line = source.shown_line(start.line);
    let length = line.chars().count();
    let from = (start.column - 1).min(length);
    let to = if end.line == start.line { (end.column - 1).clamp(from, length) } else { length };
    // A window around the place, so that one endless line cannot flood a terminal.
    let first = from.saturating_sub(MAX_LINE / 2).min(length.saturating_sub(MAX_LINE));
    let last = length.min(first + MAX_LINE);
    let shown = if is_plain(&line) {
        // A byte is a character.
        Cow::Borrowed(&line[first..last])
    } else {
        let window = line.chars().skip(first).take(last - first);
        window.map(|c| if c == '\t' { ' ' } else { visible(c) }).collect()
    };
    let number = start.line.to_string();
    let gutter = " ".repeat(number.len());
    let width = to.min(last).saturating_sub(from).max(1);
    let marks = "^".repeat(width);
    let note = note.map(|note| format!(" {}", printable(note))).unwrap_or_default();
    let _ = writeln!(out, "{gutter} |\n{number} | {shown}");
    let _ = writeln!(out, "{gutter} | {}{}{marks}{}{note}", " ".repeat(from - first), paint.0, paint.1);
}

/// Text from a file without what could steer a terminal or reorder a line.
pub(crate) fn printable(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { text.chars().map(visible).collect() }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A character as it may be printed: what could steer a terminal, reorder a line or stand in it unseen becomes U+FFFD.
/// Joiners and variation selectors stay, without which words of some languages and emoji fall apart.
pub(crate) fn visible(c: char) -> char {
    let unseen = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}');
    let bidi = matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line = matches!(c, '\u{2028}' | '\u{2029}');
    if c.is_control() || bidi || line || unseen { '\u{fffd}' } else { c }
}
