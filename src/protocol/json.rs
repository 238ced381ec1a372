//! A bounded JSON reader that fails where and as Python's `json` module does.
//!
//! OpenEnv servers read with Python, and their clients show its messages and positions; a general parser gives others,
//! and cannot say where a key was repeated. Three things are stricter than Python: `NaN` and the infinities, numbers
//! that no double holds, and lone surrogates are errors, and nesting is limited.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;

/// The most containers inside one another. An action needs three; clients send metadata of their own.
const MAX_DEPTH: usize = 128;

/// A value as it was sent. Texts without escapes are borrowed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    /// An integer's digits as written: of any length.
    Int(Cow<'a, str>),
    /// Finite.
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// Members in the order they were sent, repetitions included; of a repeated key the last value counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Object<'a> {
    /// The last value of this key.
    pub(super) fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.members.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// All members in the order they were sent, repetitions included.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.members.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Every key once, in the order of first mention, with its last value: what Python makes of the object.
    pub(super) fn settled(&self) -> IndexMap<&str, &Json<'a>> {
        self.members().collect()
    }

    /// The same as a map of `serde_json`.
    pub(super) fn to_map(&self) -> serde_json::Map<String, serde_json::Value> {
        self.members.iter().map(|(name, value)| (name.clone().into_owned(), value.to_value())).collect()
    }
}

impl<'a> Json<'a> {
    /// The value of `serde_json` as one of ours, to be checked by the same code.
    pub(super) fn from_value(value: &'a serde_json::Value) -> Json<'a> {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(value) => Json::Bool(*value),
            serde_json::Value::Number(number) => match number.as_f64() {
                Some(float) if number.is_f64() => Json::Float(float),
                _ => Json::Int(Cow::Owned(number.to_string())),
            },
            serde_json::Value::String(text) => Json::Text(Cow::Borrowed(text)),
            serde_json::Value::Array(items) => Json::List(items.iter().map(Json::from_value).collect()),
            serde_json::Value::Object(map) => Json::from_map(map),
        }
    }

    /// The map of `serde_json` as an object of ours.
    pub(super) fn from_map(map: &'a serde_json::Map<String, serde_json::Value>) -> Json<'a> {
        let members = map.iter().map(|(key, value)| (Cow::Borrowed(key.as_str()), Json::from_value(value))).collect();
        Json::Object(Object { members })
    }

    /// The same as a value of `serde_json`; integers beyond 64 bits become floats.
    pub(super) fn to_value(&self) -> serde_json::Value {
        match self {
            Json::Null => serde_json::Value::Null,
            Json::Bool(value) => (*value).into(),
            Json::Int(digits) => {
                let whole = digits.parse::<i64>().map(Into::into).or_else(|_| digits.parse::<u64>().map(Into::into));
                whole.unwrap_or_else(|_| digits.parse::<f64>().map_or(serde_json::Value::Null, Into::into))
            }
            Json::Float(value) => (*value).into(),
            Json::Text(text) => text.as_ref().into(),
            Json::List(items) => items.iter().map(Json::to_value).collect(),
            Json::Object(object) => serde_json::Value::Object(object.to_map()),
        }
    }
}

/// Why a text is no JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonError {
    /// Python's words, without the place.
    pub(super) message: &'static str,
    /// The place, in characters from 0.
    pub(super) position: usize,
    line: usize,
    column: usize,
}

impl JsonError {
    fn new(text: &str, message: &'static str, at: usize) -> JsonError {
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        JsonError {
            message,
            position: before.chars().count(),
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: line {} column {} (char {})", self.message, self.line, self.column, self.position)
    }
}

/// Reads one value that fills the text.
pub(super) fn parse_json(text: &str) -> Result<Json<'_>, JsonError> {
    let mut reader = Reader { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    if text.starts_with('\u{feff}') {
        return Err(reader.error("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
    }
    reader.skip_blanks();
    let value = reader.parse_value()?;
    reader.skip_blanks();
    if reader.at == text.len() { Ok(value) } else { Err(reader.error("Extra data", reader.at)) }
}

/// Reads one value that fills the bytes; a byte order mark before it is skipped.
pub(super) fn parse_json_bytes(bytes: &[u8]) -> Result<Json<'_>, JsonError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => parse_json(text),
        Err(error) => {
            let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("this many bytes are valid");
            Err(JsonError::new(valid, "Invalid UTF-8", valid.len()))
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, message: &'static str, at: usize) -> JsonError {
        JsonError::new(self.text, message, at)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn parse_value(&mut self) -> Result<Json<'a>, JsonError> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => Ok(Json::Text(self.parse_text()?)),
            Some(b'{') => self.nested(Self::parse_object),
            Some(b'[') => self.nested(Self::parse_list),
            Some(b'-' | b'0'..=b'9') => self.parse_number(),
            _ => {
                for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))] {
                    if self.bytes[start..].starts_with(word.as_bytes()) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                if ["NaN", "Infinity"].iter().any(|word| self.bytes[start..].starts_with(word.as_bytes())) {
                    return Err(self.error(NOT_FINITE, start));
                }
                Err(self.error("Expecting value", start))
            }
        }
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Result<Json<'a>, JsonError>) -> Result<Json<'a>, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(TOO_DEEP, self.at));
        }
        self.depth += 1;
        let value = parse(self);
        self.depth -= 1;
        value
    }

    fn parse_object(&mut self) -> Result<Json<'a>, JsonError> {
        let mut members = Vec::new();
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(Object { members }));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("Expecting property name enclosed in double quotes", self.at));
            }
            let key = self.parse_text()?;
            self.skip_blanks();
            if self.peek() != Some(b':') {
                return Err(self.error("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.skip_blanks();
            members.push((key, self.parse_value()?));
            if self.ends_with(b'}')? {
                return Ok(Json::Object(Object { members }));
            }
        }
    }

    fn parse_list(&mut self) -> Result<Json<'a>, JsonError> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.parse_value()?);
            if self.ends_with(b']')? {
                return Ok(Json::List(items));
            }
        }
    }

    /// Whether the container closes here; else steps over the comma.
    fn ends_with(&mut self, close: u8) -> Result<bool, JsonError> {
        self.skip_blanks();
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(true)
            }
            Some(b',') => {
                self.at += 1;
                self.skip_blanks();
                Ok(false)
            }
            _ => Err(self.error("Expecting ',' delimiter", self.at)),
        }
    }

    fn parse_number(&mut self) -> Result<Json<'a>, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
            if self.bytes[self.at..].starts_with(b"Infinity") {
                return Err(self.error(NOT_FINITE, start));
            }
        }
        match self.peek() {
            // A digit after a leading zero is left for the caller, who misses a delimiter there.
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.skip_digits(),
            _ => return Err(self.error("Expecting value", start)),
        }
        let whole_end = self.at;
        if self.peek() == Some(b'.') && self.bytes.get(self.at + 1).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
            self.skip_digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(self.at + 1), Some(b'+' | b'-')));
            if self.bytes.get(self.at + 1 + sign).is_some_and(u8::is_ascii_digit) {
                self.at += 1 + sign;
                self.skip_digits();
            }
        }
        let written = &self.text[start..self.at];
        if self.at == whole_end {
            return Ok(Json::Int(Cow::Borrowed(written)));
        }
        match written.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Json::Float(value)),
            _ => Err(self.error("Number out of range", start)),
        }
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn parse_text(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let quote = self.at;
        self.at += 1;
        let mut plain_start = self.at;
        let mut unescaped: Option<String> = None;
        loop {
            match self.peek() {
                None => return Err(self.error("Unterminated string starting at", quote)),
                Some(b'"') => {
                    let plain = &self.text[plain_start..self.at];
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(plain),
                        Some(mut text) => {
                            text.push_str(plain);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(&self.text[plain_start..self.at]);
                    let escaped = self.parse_escape(quote)?;
                    unescaped.get_or_insert_default().push(escaped);
                    plain_start = self.at;
                }
                Some(0..=0x1f) => return Err(self.error("Invalid control character at", self.at)),
                Some(_) => self.at += 1,
            }
        }
    }

    /// Reads the escape whose backslash is next.
    fn parse_escape(&mut self, quote: usize) -> Result<char, JsonError> {
        let backslash = self.at;
        self.at += 1;
        let escaped = match self.peek() {
            None => return Err(self.error("Unterminated string starting at", quote)),
            Some(b'u') => return self.parse_code_unit_escape(backslash),
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(_) => return Err(self.error("Invalid \\escape", backslash)),
        };
        self.at += 1;
        Ok(escaped)
    }

    fn parse_code_unit_escape(&mut self, backslash: usize) -> Result<char, JsonError> {
        let first = self.parse_code_unit()?;
        let second = match first {
            0xd800..=0xdbff if self.bytes[self.at..].starts_with(b"\\u") => {
                self.at += 1;
                Some(self.parse_code_unit()?)
            }
            _ => None,
        };
        let units = [Some(first), second];
        let mut decoded = char::decode_utf16(units.into_iter().flatten());
        match (decoded.next(), decoded.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(self.error("Lone surrogate in a string", backslash)),
        }
    }

    /// Reads `uXXXX`.
    fn parse_code_unit(&mut self) -> Result<u16, JsonError> {
        let letter = self.at;
        let digits = self.bytes.get(letter + 1..letter + 5).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        // Python wants one more character, the closing quote at the least.
        let (Some(digits), true) = (digits, self.bytes.len() > letter + 5) else {
            return Err(self.error("Invalid \\uXXXX escape", letter));
        };
        self.at += 5;
        Ok(digits.iter().fold(0, |unit, digit| {
            unit * 16 + char::from(*digit).to_digit(16).map_or(0, |value| u16::try_from(value).unwrap_or(0))
        }))
    }
}

const NOT_FINITE: &str = "NaN and Infinity are not JSON";
const TOO_DEEP: &str = "Nested more than 128 levels deep";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: Result<serde_json::Value, (&str, usize)>) {
        let found = parse_json(text);
        match (&found, &expect) {
            (Ok(value), Ok(expect)) => assert_eq!(value.to_value(), *expect, "{text}"),
            (Err(error), Err((message, position))) => {
                assert_eq!((error.message, error.position), (*message, *position), "{text}");
            }
            _ => panic!("{text}: {found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn fails_where_python_does() {
        for (text, message, position) in [
            ("", "Expecting value", 0),
            ("  ", "Expecting value", 2),
            ("tru", "Expecting value", 0),
            ("{bad", "Expecting property name enclosed in double quotes", 1),
            ("{", "Expecting property name enclosed in double quotes", 1),
            (r#"{"a":1"#, "Expecting ',' delimiter", 6),
            (r#"{"a":1,}"#, "Expecting property name enclosed in double quotes", 7),
            (r#"{"a" 1}"#, "Expecting ':' delimiter", 5),
            (r#"{"a":1}x"#, "Extra data", 7),
            (r#"{"a":,}"#, "Expecting value", 5),
            ("[1 2]", "Expecting ',' delimiter", 3),
            ("[1,]", "Expecting value", 3),
            ("{\"a\":\"\u{1}\"}", "Invalid control character at", 6),
            (r#"{"a":"\x"}"#, "Invalid \\escape", 6),
            (r#"{"a":"\u12"}"#, "Invalid \\uXXXX escape", 7),
            (r#"{"a":"abc"#, "Unterminated string starting at", 5),
            (r#"{"a":"abc\"#, "Unterminated string starting at", 5),
            (r#"{"seed":01}"#, "Expecting ',' delimiter", 9),
            (r#"{"seed":-}"#, "Expecting value", 8),
            ("1.", "Extra data", 1),
            ("{\n \"a\": 1,\n b}", "Expecting property name enclosed in double quotes", 12),
            ("{\"é\": x}", "Expecting value", 6),
        ] {
            check(text, Err((message, position)));
        }
    }

    #[test]
    fn is_stricter_than_python_on_purpose() {
        for (text, message, position) in [
            ("[NaN]", NOT_FINITE, 1),
            ("[-Infinity]", NOT_FINITE, 1),
            ("[1e400]", "Number out of range", 1),
            (r#"["\ud800"]"#, "Lone surrogate in a string", 2),
            (r#"["\udc00\ud800"]"#, "Lone surrogate in a string", 2),
            (r#"["\ud800\u0041"]"#, "Lone surrogate in a string", 2),
        ] {
            check(text, Err((message, position)));
        }
        assert!(parse_json(&format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH))).is_ok());
        check(&"[".repeat(100_000), Err((TOO_DEEP, MAX_DEPTH)));
        assert_eq!(parse_json_bytes(b"[\"a\xff\"]").map_err(|error| error.position), Err(3));
    }

    #[test]
    fn reads_what_is_valid() {
        for text in [
            r#"{"a":[1,-2.5,1e3,true,null,"x\n\u00e9\ud83d\ude00"],"b":{}}"#,
            "0",
            " [ ] ",
            "\"\"",
            "18446744073709551615",
        ] {
            check(text, Ok(serde_json::from_str(text).expect("a valid text")));
        }
        check(r#"{"a":1,"b":2,"a":3}"#, Ok(serde_json::json!({"a": 3, "b": 2})));
        assert!(parse_json_bytes(b"\xef\xbb\xbf{}").is_ok());
        assert!(parse_json("\u{feff}{}").is_err());
    }

    #[test]
    fn says_the_line_and_the_column() {
        let error = parse_json("{\n \"a\": 1,\n b}").expect_err("no key");
        assert_eq!(error.to_string(), "Expecting property name enclosed in double quotes: line 3 column 2 (char 12)");
    }

    proptest! {
        #[test]
        fn accepts_what_serde_json_accepts(text in r#"[\[\]{}:,"\\ntrue0-9.eE+\-uaé ]{0,24}"#) {
            let ours = parse_json(&text);
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", text);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse_json_bytes(&bytes);
        }
    }
}
