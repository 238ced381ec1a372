//! What is missing between the entries of a list or an inline table: a comma, or the bracket that closes it.

use std::ops::Range;

use super::statement::{Statement, begins_value, is_statement_line, string_end};

/// The first place in a value where something is missing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// What follows where it should not yet.
    pub(super) token: Range<usize>,
    /// The bracket that should have been closed before; without one a comma is missing.
    pub(super) unclosed: Option<usize>,
}

impl Gap {
    /// Where to look: at the bracket that is open, or at what the comma is missing before.
    pub(super) fn span(&self) -> Range<usize> {
        self.unclosed.map_or(self.token.clone(), |opening| opening..opening + 1)
    }
}

/// What has been read of a list or an inline table.
struct Open {
    at: usize,
    is_table: bool,
    /// Whether its last entry is whole.
    is_whole: bool,
    /// Whether the `=` of its last entry has been read.
    has_equals: bool,
}

/// The gap in a statement's value, which begins behind `from`, if the error that the parser tells at `error` is one.
/// Where anything else is unusual on the way, nothing is said.
pub(super) fn gap_at(text: &str, statement: &Statement, from: usize, error: usize) -> Option<Gap> {
    let bytes = text.as_bytes();
    let indent = statement.start_of_text(text) - statement.start;
    let mut open: Vec<Open> = Vec::new();
    // Where the last whole value begins, or its bracket closes it: an error before it is another one.
    let mut last = from;
    let mut at = from;
    let found = |token: Range<usize>, unclosed: Option<usize>, last: usize| {
        (error >= last || unclosed.is_some_and(|opening| error >= opening)).then_some(Gap { token, unclosed })
    };
    while let Some(&byte) = bytes.get(at).filter(|_| at < statement.end) {
        match byte {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\n' => {
                at += 1;
                let line = text[at..].split('\n').next().unwrap_or_default();
                if is_statement_line(line) && line.len() - line.trim_start().len() <= indent {
                    return None;
                }
            }
            b'#' => at += text[at..].find('\n')?,
            b']' | b'}' => {
                let inner = open.last()?;
                if inner.is_table != (byte == b'}') {
                    let closes_outer = open.iter().any(|outer| outer.is_table != inner.is_table);
                    return if closes_outer { found(at..at + 1, Some(inner.at), last) } else { None };
                }
                open.pop();
                open.last_mut()?.is_whole = true;
                last = at;
                at += 1;
            }
            b',' => {
                let inner = open.last_mut().filter(|inner| inner.is_whole)?;
                (inner.is_whole, inner.has_equals) = (false, false);
                at += 1;
            }
            b'=' => {
                let inner = open.last_mut().filter(|inner| inner.is_table && !inner.is_whole && !inner.has_equals)?;
                inner.has_equals = true;
                at += 1;
            }
            _ => {
                let token = at..token_end(text, at)?;
                let is_bracket = matches!(byte, b'[' | b'{');
                if let Some(inner) = open.last() {
                    let wants_key = inner.is_table && !inner.is_whole && !inner.has_equals;
                    if inner.is_table && byte == b'{' && (inner.is_whole || wants_key) {
                        return found(token, Some(inner.at), last);
                    }
                    let follows_blank = matches!(bytes[at - 1], b' ' | b'\t' | b'\n') || is_bracket;
                    if inner.is_whole {
                        let is_plain = begins_value(&text[last..]) || text[last..].starts_with([']', '}']);
                        return if follows_blank && is_plain { found(token, None, last) } else { None };
                    }
                    if wants_key {
                        at = token.end;
                        continue;
                    }
                } else if !is_bracket {
                    return None;
                }
                if is_bracket {
                    open.push(Open { at, is_table: byte == b'{', is_whole: false, has_equals: false });
                    at += 1;
                } else {
                    last = at;
                    at = token.end;
                    open.last_mut()?.is_whole = true;
                }
            }
        }
    }
    None
}

/// Where a text, a bracket or a word ends; none for a text that stays open.
fn token_end(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes()[at] {
        b'"' | b'\'' => Some(string_end(text, at)).filter(|(_, closed)| *closed).map(|(end, _)| end),
        b'[' | b'{' => Some(at + 1),
        _ => {
            let word = |from: usize| {
                let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '=' | '[' | ']' | '{' | '}' | '#' | '"');
                text[from..].find(ends).map_or(text.len(), |length| from + length)
            };
            let end = word(at);
            if end == at {
                return None; // A blank that TOML does not know.
            }
            let is_day = end - at == 10 && text.as_bytes()[at + 4] == b'-';
            let time = text[end..].strip_prefix(' ').and_then(|time| time.as_bytes().get(..3));
            let is_time = time.is_some_and(|time| time[0].is_ascii_digit() && time[2] == b':');
            Some(if is_day && is_time { word(end + 1) } else { end })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::gap_at;
    use crate::pack::statement::Statement;

    /// The bracket or token that is told, and whether a comma is missing; an empty text for nothing.
    fn check(value: &str, error: usize, expect: &str, comma: bool) {
        let text = format!("a = {value}\n");
        let statement = Statement::around(&text, 0, 0);
        let gap = gap_at(&text, &statement, 3, 4 + error);
        let told = gap.as_ref().map_or("", |gap| &text[gap.span().start..gap.token.end]);
        assert_eq!(told, expect, "{value}");
        assert_eq!(gap.is_some_and(|gap| gap.unclosed.is_none()), comma, "{value}");
    }

    #[test]
    fn a_comma_or_bracket_is_missing() {
        check("{ a = 2 b = 3 }", 6, "b", true);
        check("[{ a = \"x\" b = 3 }]", 10, "b", true);
        check("[2026-01-30 10:00:00Z x, 2]", 1, "x", true);
        check("[\n  { a = 1 }\n  # more\n  { a = 2 },\n]", 14, "{", true);
        check("[\"a\" \"b\"]", 5, "\"b\"", true);
        check("[[\"a\"] [\"b\"]]", 5, "[", true);
        check("[\n  { a = 1\n  { a = 2 },\n]", 14, "{ a = 1\n  {", false);
        check("[\n  { a = 1,\n  { a = 2 },\n]", 14, "{ a = 1,\n  {", false);
        check("[\n  { a = 1\n]", 8, "{ a = 1\n]", false);
        check("{ b = [1 }", 8, "[1 }", false);
    }

    #[test]
    fn other_faults_are_left_alone() {
        check("[1, 2\nb = 3", 0, "", false);
        check("[sorry no, 1]", 1, "", false);
        check("[1 2, nope]", 1, "2", true);
        check("[nope, 1 2]", 1, "", false);
        check("[\"a \"b\" c\"]", 5, "", false);
        check("[1, 2]", 1, "", false);
        check("{ a 1 }", 4, "", false);
        check("{ a: 1 }", 3, "", false);
        check("[1]]", 3, "", false);
        check("{\u{a0}a = 1 }", 1, "", false);
        check("{ a = 1\u{b}, b = 2 }", 7, "", false);
    }
}
