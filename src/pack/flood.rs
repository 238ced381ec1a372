//! Files with more syntax errors than anyone reads, or more lists than any task needs. The parser keeps each error with
//! its words, and for each list room for several values: a hundred times the bytes of what is written. So both are counted
//! in a big file before it is parsed in earnest.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span};

use super::limits::MAX_LISTS;

/// Below this size a file takes little memory, whatever it is made of.
const BIG: usize = 64 * 1024;
/// The most syntax errors that a big file is parsed with.
const MAX_ERRORS: usize = 5000;
/// How deep the counting goes; as deep as the parser itself.
const MAX_DEPTH: u32 = 80;

/// What a big file has too much of.
#[derive(Debug, PartialEq)]
pub(super) enum Flood {
    /// Syntax errors: the offset up to which the file is worth reading.
    Errors(usize),
    /// Lists: the offset of the first one beyond their limit.
    Lists(usize),
}

/// What a big file has too much of, if anything.
pub(super) fn flood_of(text: &str) -> Option<Flood> {
    if text.len() < BIG {
        return None;
    }
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut seen = 0;
    let mut last = None;
    let mut count = |error: ParseError| {
        seen += 1;
        if seen == MAX_ERRORS {
            last = Some(error.unexpected().or(error.context()).map_or(0, |span| span.start()));
        }
    };
    let mut counter = Counter { text, lists: 0, beyond: None };
    let mut receiver = ValidateWhitespace::new(&mut counter, source);
    parse_document(&tokens, &mut RecursionGuard::new(&mut receiver, MAX_DEPTH), &mut count);
    let errors = last.map(|last| Flood::Errors(text.floor_char_boundary(last)));
    // What stands above the errors is parsed, and may hold too many lists.
    counter.beyond.map(Flood::Lists).or(errors)
}

/// Counts lists, and reports the keys that only the parser's second pass would find to be none.
struct Counter<'a> {
    text: &'a str,
    lists: usize,
    /// Where the first list beyond the limit begins.
    beyond: Option<usize>,
}

impl EventReceiver for Counter<'_> {
    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.lists += 1;
        if self.lists > MAX_LISTS {
            self.beyond.get_or_insert(span.start());
        }
        true
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let key = self.text.get(span.start()..span.end()).unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if encoding.is_none() && (key.is_empty() || !key.chars().all(plain)) {
            error.report_error(ParseError::new("no key").with_unexpected(span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BIG, Flood, MAX_ERRORS, MAX_LISTS, flood_of};

    fn check(text: &str, flooded: bool) {
        let flood = flood_of(text);
        assert_eq!(flood.is_some(), flooded, "{}", &text[..20]);
        assert!(flood.is_none_or(|flood| matches!(flood, Flood::Errors(end) if end > 0 && end < text.len())));
    }

    #[test]
    fn only_floods_of_errors_are_cut() {
        check(&"=".repeat(BIG), true);
        check(&"ü\n".repeat(BIG), true);
        check(&".".repeat(BIG), true);
        check(&"=\n".repeat(BIG), true);
        check(&format!("{}{}", "key = 1\n".repeat(BIG), ".\n".repeat(2 * MAX_ERRORS)), true);
        check(&"key = 1\n".repeat(BIG), false);
        check(&format!("text = \"\"\"\n{}\"\"\"\n", "=\n".repeat(BIG)), false);
        check(&format!("{}=\n", "# ==\n".repeat(BIG)), false);
    }
    #[test]
    fn lists_are_counted_wherever_they_stand() {
        let lists = |count: usize| format!("x = [{}]\n", "[1],".repeat(count - 1));
        assert_eq!(flood_of(&lists(MAX_LISTS)), None);
        assert_eq!(flood_of(&lists(MAX_LISTS + 1)), Some(Flood::Lists(5 + 4 * (MAX_LISTS - 1))));
        let deep = format!("x = {}{}\n", "[".repeat(60), "]".repeat(60)).replace('x', "xxxxxxxx");
        assert!(matches!(flood_of(&deep.repeat(MAX_LISTS / 60 + 1)), Some(Flood::Lists(_))));
        let broken = format!("{}{}", lists(MAX_LISTS + 1), ".\n".repeat(2 * MAX_ERRORS));
        assert!(matches!(flood_of(&broken), Some(Flood::Lists(_))));
        assert_eq!(flood_of(&format!("x = \"\"\"\n{}\"\"\"\n", lists(2 * MAX_LISTS))), None);
    }
}
