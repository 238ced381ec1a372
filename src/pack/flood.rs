//! Files with more syntax errors than anyone reads. The parser keeps each error with its words: a hundred times the
//! bytes of what is wrong. So a big file's errors are counted before it is parsed in earnest.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span};

/// Below this size the errors of a file take little memory, however many they are.
const BIG: usize = 64 * 1024;
/// The most syntax errors that a big file is parsed with.
const MAX_ERRORS: usize = 5000;
/// How deep the counting goes; as deep as the parser itself.
const MAX_DEPTH: u32 = 80;

/// Where a big file has had more syntax errors than are worth reading, the offset up to which it is read.
pub(super) fn flooded_at(text: &str) -> Option<usize> {
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
    let mut keys = Keys(text);
    let mut receiver = ValidateWhitespace::new(&mut keys, source);
    parse_document(&tokens, &mut RecursionGuard::new(&mut receiver, MAX_DEPTH), &mut count);
    let mut end = last?.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Some(end)
}

/// Reports the keys that only the parser's second pass would find to be none.
struct Keys<'a>(&'a str);

impl EventReceiver for Keys<'_> {
    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        let key = self.0.get(span.start()..span.end()).unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if encoding.is_none() && (key.is_empty() || !key.chars().all(plain)) {
            error.report_error(ParseError::new("no key").with_unexpected(span));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BIG, MAX_ERRORS, flooded_at};

    fn check(text: &str, flooded: bool) {
        let end = flooded_at(text);
        assert_eq!(end.is_some(), flooded, "{}", &text[..20]);
        assert!(end.is_none_or(|end| end > 0 && end < text.len()), "{end:?}");
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
}
