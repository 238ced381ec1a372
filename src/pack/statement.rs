//! Where a statement of a broken file begins and ends: brackets and quotes are counted, nothing is understood.

use std::ops::Range;

use memchr::memchr3;

/// A header, or a key with its value, as far as its brackets and quotes reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    /// The beginning of its first line.
    pub(crate) start: usize,
    /// The end of its last line, or of the file where a bracket or text stays open.
    pub(crate) end: usize,
    pub(crate) is_header: bool,
    /// The outermost bracket that stays open.
    pub(super) open_bracket: Option<usize>,
    /// The first text that is not closed, up to where it breaks off.
    pub(super) open_string: Option<Range<usize>>,
    /// The first text of several lines, its quotes included.
    pub(super) long_string: Option<Range<usize>>,
}

impl Statement {
    /// The statement that holds the byte `at`, or one above it whose text runs into the next: what is read behind that one
    /// is out of step. `from` is the beginning of one that stands above.
    pub(super) fn around(text: &str, from: usize, at: usize) -> Statement {
        let mut statement = Statement::read(text, from);
        while statement.end < at && statement.end < text.len() {
            if statement.swallowed_statement(text).is_some() || statement.unopened_text(text).is_some() {
                break;
            }
            let next = Statement::read(text, statement.end + 1);
            if next.start > at {
                break;
            }
            statement = next;
        }
        statement
    }

    /// The statement that begins with the line at `start`.
    fn read(text: &str, start: usize) -> Statement {
        let bytes = text.as_bytes();
        let first = bytes[start.min(bytes.len())..].iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        let is_header = first == Some(&b'[');
        let mut statement =
            Statement { start, end: bytes.len(), is_header, open_bracket: None, open_string: None, long_string: None };
        let mut open: Vec<usize> = Vec::new();
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\n' if open.is_empty() || is_header => {
                    statement.end = at;
                    break;
                }
                b'#' => at = line_end(bytes, at) - 1,
                b'"' | b'\'' => {
                    let string = read_string(bytes, at);
                    if string.long {
                        statement.long_string.get_or_insert(at..string.end);
                    }
                    if !string.closed {
                        statement.open_string.get_or_insert(at..string.end);
                    }
                    at = string.end - 1;
                }
                b'[' | b'{' => open.push(at),
                b']' | b'}' => {
                    let opening = if byte == b']' { b'[' } else { b'{' };
                    if open.last().is_some_and(|&last| bytes[last] == opening) {
                        open.pop();
                    }
                }
                _ => {}
            }
            at += 1;
        }
        statement.open_bracket = open.first().copied();
        statement
    }

    /// Where its first line's text begins.
    pub(super) fn start_of_text(&self, text: &str) -> usize {
        let line = &text[self.start..self.end];
        self.start + line.len() - line.trim_start().len()
    }

    /// Where its `=` stands, outside of quoted keys and on its first line.
    pub(super) fn equals(&self, text: &str) -> Option<usize> {
        let bytes = text.as_bytes();
        let mut at = self.start;
        while at < self.end {
            match bytes[at] {
                b'=' => return Some(at),
                b'\n' | b'#' => return None,
                b'"' | b'\'' => at = read_string(bytes, at).end - 1,
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// Where its value begins, if there is any on the line of the `=`.
    pub(super) fn value_after(&self, text: &str, equals: usize) -> Option<usize> {
        let rest = &text[equals + 1..self.end];
        let value = rest.trim_start_matches([' ', '\t', '\r']);
        let found = !value.is_empty() && !value.starts_with(['\n', '#']);
        found.then(|| equals + 1 + rest.len() - value.len())
    }

    /// Whether lines below its first one, up to `end`, look like statements of their own.
    pub(super) fn swallows(&self, text: &str, end: usize) -> bool {
        let first_line = line_end(text.as_bytes(), self.start);
        text.get(first_line..end).is_some_and(|rest| rest.lines().skip(1).any(is_statement_line))
    }

    /// Where its long text runs into a key that opens a text of its own, the end of the line before the first
    /// statement inside it: the text was never closed.
    pub(super) fn swallowed_statement(&self, text: &str) -> Option<usize> {
        let string = self.long_string.clone()?;
        let content = text.get(string.start + 3..string.end.saturating_sub(3))?;
        let last = content.rsplit('\n').next().filter(|_| content.contains('\n'))?;
        if !(is_key_line(last) && last.trim_end().ends_with('=')) {
            return None;
        }
        let mut at = string.start + 3;
        for line in content.split_inclusive('\n') {
            if at > string.start + 3 && is_plain_statement(line) {
                return Some(at - 1);
            }
            at += line.len();
        }
        // Then its last line is the first statement.
        Some(string.start + 3 + content.len() - last.len() - 1)
    }

    /// Where its value is no text, or an empty one, and lines of prose with closing quotes follow, the end of those quotes:
    /// the text was never opened.
    pub(super) fn unopened_text(&self, text: &str) -> Option<usize> {
        if self.is_header || self.long_string.is_some() {
            return None;
        }
        let first_line = &text[self.start..line_end(text.as_bytes(), self.start)];
        let written = first_line.split_once(" #").map_or(first_line, |(written, _)| written).trim_end();
        let key = written.strip_suffix("\"\"").or_else(|| written.strip_suffix("''")).unwrap_or(written);
        if !is_key_line(first_line) || !key.trim_end().ends_with('=') {
            return None;
        }
        let mut at = self.start + first_line.len() + 1;
        let mut is_first = true;
        for line in text.get(at..)?.split_inclusive('\n') {
            let plain = line.trim_end();
            let is_prose = !is_statement_line(line) && !matches!(plain, "\"\"\"" | "'''");
            if is_plain_statement(line) || (is_first && !is_prose) {
                return None;
            }
            if plain.ends_with("\"\"\"") || plain.ends_with("'''") {
                return Some(at + plain.len());
            }
            is_first = false;
            at += line.len();
        }
        None
    }
}

/// The most bytes that are looked at to tell a file's statements apart: each one that stays open is read to the end.
const MAX_READ: usize = 32 * 1024 * 1024;

/// The statements of a file, blank lines and comments among them. One that stays open ends before the next line that
/// looks like a statement of its own.
pub(crate) fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut read = 0;
    while start < text.len() && read < MAX_READ {
        let mut statement = Statement::read(text, start);
        read += statement.end - start;
        if let Some(end) = statement.swallowed_statement(text) {
            statement.end = end;
        } else if !statement.is_header && (statement.open_bracket.is_some() || statement.open_string.is_some()) {
            statement.end = next_statement(text, &statement, start);
        }
        start = statement.end + 1;
        found.push(statement);
    }
    found
}

/// Where the text that begins with the quote at `start` ends, behind its closing quotes, and whether it has any.
pub(crate) fn string_end(text: &str, start: usize) -> (usize, bool) {
    let string = read_string(text.as_bytes(), start);
    (string.end.min(text.len()), string.closed)
}

/// Where the comments of a file stand, broken or not.
pub(crate) fn comments(text: &str) -> impl Iterator<Item = Range<usize>> {
    comments_and_texts(text).filter(|place| text.as_bytes()[place.start] == b'#')
}

/// Where the comments of a file and its texts stand, broken or not, in their order.
pub(crate) fn comments_and_texts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr3(b'"', b'\'', b'#', &bytes[at..])?;
        at = if bytes[start] == b'#' { line_end(bytes, start) } else { read_string(bytes, start).end };
        Some(start..at)
    })
}

/// What a comment tells the linter: `lint:`, in letters of any case, and what stands behind it.
pub(crate) fn lint_remark(comment: &str) -> Option<(&str, &str)> {
    let said = comment.trim_start_matches('#').trim_start();
    let (mark, remark) = said.split_at_checked("lint:".len())?;
    mark.eq_ignore_ascii_case("lint:").then(|| (mark, remark.trim_start()))
}

/// A text and its end.
struct ReadString {
    end: usize,
    closed: bool,
    long: bool,
}

/// Reads the text that begins with the quote at `start`; a short one ends with its line at the latest.
fn read_string(bytes: &[u8], start: usize) -> ReadString {
    let quote = bytes[start];
    let long = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if long { 3 } else { 1 };
    while let Some(&byte) = bytes.get(at) {
        if byte == b'\\' && quote == b'"' && bytes.get(at + 1).is_some_and(|&next| long || next != b'\n') {
            at += 2;
            continue;
        }
        if byte == b'\n' && !long {
            return ReadString { end: at, closed: false, long };
        }
        if byte == quote && !long {
            return ReadString { end: at + 1, closed: true, long };
        }
        if byte == quote && bytes[at..].starts_with(&[quote; 3]) {
            // Up to two quotes may stand right before the closing ones.
            let more = bytes[at + 3..].iter().take(2).take_while(|&&byte| byte == quote).count();
            return ReadString { end: at + 3 + more, closed: true, long };
        }
        at += 1;
    }
    ReadString { end: bytes.len(), closed: false, long }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| at + end)
}

/// The end of the line before the next header below `from`.
pub(super) fn next_section(text: &str, from: usize) -> usize {
    line_before(text, from, is_header_line)
}

/// The end of the line before the next statement below the line of `from`, for one that stays open there. What is
/// indented deeper belongs to it.
pub(super) fn next_statement(text: &str, statement: &Statement, from: usize) -> usize {
    let indent = statement.start_of_text(text) - statement.start;
    line_before(text, from, |line| is_statement_line(line) && line.len() - line.trim_start().len() <= indent)
}

fn line_before(text: &str, from: usize, wanted: impl Fn(&str) -> bool) -> usize {
    let mut at = line_end(text.as_bytes(), from) + 1;
    for line in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        if wanted(line) {
            return at - 1;
        }
        at += line.len();
    }
    text.len()
}

pub(super) fn is_statement_line(line: &str) -> bool {
    is_header_line(line) || is_key_line(line)
}

/// Whether a line is a header from one bracket to the other, or a bare key with what begins like a value.
fn is_plain_statement(line: &str) -> bool {
    if is_header_line(line) {
        return line.split(" #").next().is_some_and(|header| header.trim_end().ends_with(']'));
    }
    let Some((key, value)) = line.split_once('=') else { return false };
    let value = value.trim();
    is_key_line(line)
        && !key.trim().contains([' ', '\t'])
        && (value.starts_with(['"', '\'', '[', '{', '-', '+'])
            || value.starts_with(|c: char| c.is_ascii_digit())
            || matches!(value, "true" | "false"))
}

/// Whether what begins so is a value, and no word of prose.
pub(super) fn begins_value(written: &str) -> bool {
    written.starts_with(['"', '\'', '[', '{', '+', '-'])
        || written.starts_with(|c: char| c.is_ascii_digit())
        || ["true", "false"].iter().any(|word| written.starts_with(word))
}

fn is_header_line(line: &str) -> bool {
    let line = line.trim_start();
    let name = line.strip_prefix("[[").or_else(|| line.strip_prefix('['));
    name.is_some_and(|name| name.trim_start().starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// Whether what stands before the first `=` could be a key, blanks included.
fn is_key_line(line: &str) -> bool {
    let Some((key, _)) = line.split_once('=') else { return false };
    let key = key.trim();
    key.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '"' | '\''))
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'' | ' ' | '\t'))
}
