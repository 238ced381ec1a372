//! The characters of a sound TOML file: blanks, comments, keys and single values. Whatever is wrong or merely unusual is
//! not read.

use std::borrow::Cow;

use memchr::{memchr, memchr2};
use toml_datetime::Datetime;
use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::{ParseError, Raw, Span};

use super::limits::MAX_STRING_BYTES;
use super::tree::Value;

/// The most digits of a number that is read without further ado.
const MOST_DIGITS: usize = 18;

/// For each byte, whether it may stand in a key without quotes.
static BARE: [bool; 256] = {
    let mut bare = [false; 256];
    let mut byte = 0;
    while byte < 0x80 {
        bare[byte] = (byte as u8).is_ascii_alphanumeric() || byte == b'_' as usize || byte == b'-' as usize;
        byte += 1;
    }
    bare
};

/// A place in a text without control characters, and what can be read from there on. `None` always means: not the
/// short way.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    /// How much has been read.
    pub(super) at: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Option<Scanner<'t>> {
        // All bytes are looked at, which compilers turn into a look at many at once.
        let is_control = |byte: u8| (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) || byte == 0x7f;
        if text.bytes().fold(false, |any, byte| any | is_control(byte)) {
            return None;
        }
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Some(Scanner { text, at: mark })
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// Goes past this byte, if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    pub(super) fn skip_blanks(&mut self) {
        self.skip_while(|byte| matches!(byte, b' ' | b'\t'));
    }

    /// Goes past blanks, comments and ends of lines.
    pub(super) fn skip_lines(&mut self) -> Option<()> {
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b'#' | b'\n' | b'\r') => self.end_line()?,
                _ => return Some(()),
            }
        }
    }

    /// Goes past the end of a line that holds nothing more, or only a comment.
    pub(super) fn end_line(&mut self) -> Option<()> {
        self.skip_blanks();
        if self.eat(b'#') {
            self.at += memchr2(b'\n', b'\r', self.rest()).unwrap_or(self.rest().len());
        }
        let ends = self.peek().is_none() || self.eat(b'\n') || (self.eat(b'\r') && self.eat(b'\n'));
        ends.then_some(())
    }

    /// A key without dots.
    pub(super) fn key(&mut self) -> Option<Cow<'t, str>> {
        if let Some(b'"' | b'\'') = self.peek() {
            let is_long = self.rest().starts_with(b"\"\"\"") || self.rest().starts_with(b"'''");
            return if is_long { None } else { self.string() };
        }
        let start = self.at;
        self.skip_while(|byte| BARE[usize::from(byte)]);
        Some(Cow::Borrowed(&self.text[start..self.at])).filter(|name| !name.is_empty())
    }

    /// A value that is no list and no table.
    pub(super) fn scalar(&mut self) -> Option<Value<'t>> {
        if let Some(b'"' | b'\'') = self.peek() {
            let text = self.string()?;
            return (text.len() <= MAX_STRING_BYTES).then_some(Value::Text(text));
        }
        let start = self.at;
        self.skip_bare();
        let is_date = self.text.as_bytes()[start..self.at].get(4) == Some(&b'-');
        if is_date && self.rest().first() == Some(&b' ') && self.rest().get(1).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
            self.skip_bare();
        }
        let written = &self.text[start..self.at];
        match written {
            "true" => Some(Value::Boolean(true)),
            "false" => Some(Value::Boolean(false)),
            _ if is_plain_date(written.as_bytes()) => Some(Value::Date(Cow::Borrowed(written))),
            _ => plain_number(written).or_else(|| self.unusual(start)),
        }
    }

    /// A number or date as the parser reads it.
    fn unusual(&self, start: usize) -> Option<Value<'t>> {
        let (kind, text) = self.decode(start, None)?;
        Some(match kind {
            ScalarKind::String => return None,
            ScalarKind::Boolean(value) => Value::Boolean(value),
            ScalarKind::DateTime => {
                text.parse::<Datetime>().ok()?;
                Value::Date(Cow::Borrowed(&self.text[start..self.at]))
            }
            ScalarKind::Float => Value::Float(text.parse().ok().filter(|number: &f64| number.is_finite())?),
            ScalarKind::Integer(radix) => Value::Integer(i64::from_str_radix(&text, radix.value()).ok()?),
        })
    }

    /// A string of any kind, whose first quote is next.
    fn string(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at;
        let quote = self.peek()?;
        let is_long = self.rest().starts_with(&[quote; 3]);
        let delimiter = if is_long { 3 } else { 1 };
        self.at += delimiter;
        // Whether it says what stands there.
        let mut is_literal = true;
        loop {
            self.at += if quote == b'"' { memchr2(quote, b'\\', self.rest()) } else { memchr(quote, self.rest()) }?;
            if self.eat(b'\\') {
                is_literal = false;
                self.at += 1;
                continue;
            }
            let quotes = self.rest().iter().take_while(|next| **next == quote).count();
            if quotes < delimiter {
                self.at += quotes;
                continue;
            }
            // Two more quotes may end a long text.
            self.at += if is_long { quotes } else { 1 };
            if is_long && quotes > delimiter + 2 {
                return None;
            }
            break;
        }
        let inside = &self.text.as_bytes()[start..self.at];
        if is_long {
            is_literal &= memchr(b'\r', inside).is_none();
        } else if memchr2(b'\n', b'\r', inside).is_some() {
            return None;
        }
        if is_literal {
            let written = &self.text[start + delimiter..self.at - delimiter];
            return Some(Cow::Borrowed(if is_long { written.strip_prefix('\n').unwrap_or(written) } else { written }));
        }
        let encoding = match (quote, is_long) {
            (b'"', false) => Encoding::BasicString,
            (b'"', true) => Encoding::MlBasicString,
            (_, false) => Encoding::LiteralString,
            (_, true) => Encoding::MlLiteralString,
        };
        self.decode(start, Some(encoding)).map(|(_, text)| text)
    }

    /// What the parser makes of a single value between `start` and here.
    fn decode(&self, start: usize, encoding: Option<Encoding>) -> Option<(ScalarKind, Cow<'t, str>)> {
        let raw = Raw::new_unchecked(&self.text[start..self.at], encoding, Span::new_unchecked(start, self.at));
        let mut is_faulty = false;
        let mut text = Cow::Borrowed("");
        let kind = raw.decode_scalar(&mut text, &mut |_: ParseError| is_faulty = true);
        (!is_faulty).then_some((kind, text))
    }

    fn skip_bare(&mut self) {
        self.skip_while(|byte| BARE[usize::from(byte)] || matches!(byte, b'+' | b'.' | b':'));
    }

    fn skip_while(&mut self, goes_on: impl Fn(u8) -> bool) {
        self.at += self.rest().iter().take_while(|byte| goes_on(**byte)).count();
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// A number of digits alone, with a sign and a point at most.
fn plain_number(text: &str) -> Option<Value<'static>> {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unsigned = text.as_bytes();
    let unsigned = unsigned.strip_prefix(b"-").unwrap_or(unsigned);
    let whole = digits(unsigned);
    if !(1..=MOST_DIGITS).contains(&whole) || (whole > 1 && unsigned[0] == b'0') {
        return None;
    }
    match &unsigned[whole..] {
        [] => text.parse().ok().map(Value::Integer),
        [b'.', fraction @ ..] if (1..=MOST_DIGITS).contains(&fraction.len()) && digits(fraction) == fraction.len() => {
            text.parse().ok().map(Value::Float)
        }
        _ => None,
    }
}

/// Whether this is a day that every month has, alone or with a second of the day in UTC.
fn is_plain_date(text: &[u8]) -> bool {
    const DATE: &[u8] = b"0000-00-00T00:00:00Z";
    let number = |at: usize| (text[at] - b'0') * 10 + text[at + 1] - b'0';
    let alike = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    matches!(text.len(), 10 | 20)
        && text.iter().zip(DATE).all(alike)
        && (1..=12).contains(&number(5))
        && (1..=28).contains(&number(8))
        && (text.len() == 10 || (number(11) < 24 && number(14) < 60 && number(17) < 60))
}
