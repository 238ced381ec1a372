//! Reads the members of one object, noting every mistake on the way as pydantic would.

use std::borrow::Cow;

use super::error::ErrorItem;
use super::json::{Json, Object};

/// Fields are read in declared order, which is the order of the errors.
pub(super) struct Fields<'j, 'a> {
    whole: &'j Json<'a>,
    object: &'j Object<'a>,
    errors: Vec<ErrorItem>,
}

impl<'j, 'a> Fields<'j, 'a> {
    /// A reader of `whole`, which is this object.
    pub(super) fn of(whole: &'j Json<'a>) -> Option<Fields<'j, 'a>> {
        match whole {
            Json::Object(object) => Some(Fields { whole, object, errors: Vec::new() }),
            _ => None,
        }
    }

    /// The mistakes so far, in the order they were met.
    pub(super) fn into_errors(self) -> Vec<ErrorItem> {
        self.errors
    }

    /// The value as it was sent, null included.
    pub(super) fn get(&self, key: &str) -> Option<&'j Json<'a>> {
        self.object.get(key)
    }

    /// Whether there were any so far.
    pub(super) fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    pub(super) fn push(&mut self, error: ErrorItem) {
        self.errors.push(error);
    }

    /// Notes the key as missing.
    pub(super) fn miss(&mut self, key: &str) {
        self.errors.push(ErrorItem::missing(key, self.whole));
    }

    /// The value where it is sent and not null.
    fn present(&self, key: &str) -> Option<&'j Json<'a>> {
        self.get(key).filter(|value| **value != Json::Null)
    }

    /// An optional text of at most so many characters.
    pub(super) fn text(&mut self, key: &'static str, max_chars: usize) -> Option<String> {
        match self.present(key)? {
            Json::Text(text) if text.len() > max_chars && text.chars().count() > max_chars => {
                let input = Json::Text(text.as_ref().into());
                let msg = format!("String should have at most {max_chars} characters");
                self.errors
                    .push(ErrorItem::new("string_too_long", msg, &input).at(key).with_ctx("max_length", max_chars));
                None
            }
            Json::Text(text) => Some(text.clone().into_owned()),
            other => {
                self.errors.push(ErrorItem::new("string_type", "Input should be a valid string", other).at(key));
                None
            }
        }
    }

    /// A text that has to be there; null is a mistake.
    pub(super) fn required_text(&mut self, key: &'static str) -> Option<String> {
        match self.get(key) {
            None => {
                self.miss(key);
                None
            }
            Some(Json::Null) => {
                self.errors.push(ErrorItem::new("string_type", "Input should be a valid string", &Json::Null).at(key));
                None
            }
            Some(_) => self.text(key, usize::MAX),
        }
    }

    /// An integer that has to be there; null is a mistake.
    pub(super) fn required_int(&mut self, key: &'static str) -> Option<i64> {
        match self.get(key) {
            None => {
                self.miss(key);
                None
            }
            Some(Json::Null) => {
                self.errors.push(not_an_int(&Json::Null).at(key));
                None
            }
            Some(_) => self.int(key, i64::MIN),
        }
    }

    /// An optional integer of at least `min`. Only integers will do: no numbers in quotes, no `7.0`.
    pub(super) fn int(&mut self, key: &'static str, min: i64) -> Option<i64> {
        let value = self.present(key)?;
        let error = match value {
            Json::Int(digits) => match digits.parse::<i64>() {
                Ok(value) if value >= min => return Some(value),
                Ok(_) => at_least(min, value),
                Err(_) if digits.starts_with('-') => at_least(min, value),
                Err(_) => ErrorItem::new(
                    "less_than_equal",
                    format!("Input should be less than or equal to {}", i64::MAX),
                    value,
                )
                .with_ctx("le", i64::MAX),
            },
            Json::Float(number) if number.fract() != 0.0 => ErrorItem::new(
                "int_from_float",
                "Input should be a valid integer, got a number with a fractional part",
                value,
            ),
            // Upstream would take it, so it is no parsing that fails here but the type.
            Json::Text(text) if is_int_text(text) => not_an_int(value),
            Json::Text(_) => ErrorItem::new(
                "int_parsing",
                "Input should be a valid integer, unable to parse string as an integer",
                value,
            ),
            _ => not_an_int(value),
        };
        self.errors.push(error.at(key));
        None
    }

    /// An optional number above 0. As upstream, a number in quotes and a truth value will do.
    pub(super) fn positive(&mut self, key: &'static str) -> Option<f64> {
        let value = self.present(key)?;
        let number = match value {
            Json::Int(digits) => digits.parse().ok(),
            Json::Float(number) => Some(*number),
            Json::Bool(value) => Some(f64::from(u8::from(*value))),
            Json::Text(text) => match drop_separators(text.trim()).parse() {
                Ok(number) => Some(number),
                Err(_) => {
                    let msg = "Input should be a valid number, unable to parse string as a number";
                    self.errors.push(ErrorItem::new("float_parsing", msg, value).at(key));
                    return None;
                }
            },
            _ => None,
        };
        match number {
            Some(number) if number > 0.0 => Some(number),
            Some(_) => {
                let error = ErrorItem::new("greater_than", "Input should be greater than 0", value);
                self.errors.push(error.at(key).with_ctx("gt", 0.0));
                None
            }
            None => {
                self.errors.push(ErrorItem::new("float_type", "Input should be a valid number", value).at(key));
                None
            }
        }
    }

    /// One of these texts; `required` says whether null or nothing is a mistake.
    pub(super) fn literal(&mut self, key: &'static str, names: &[&str], required: bool) -> Option<usize> {
        let value = match self.get(key) {
            None if required => {
                self.miss(key);
                return None;
            }
            None => return None,
            Some(Json::Null) if !required => return None,
            Some(value) => value,
        };
        let found = match value {
            Json::Text(text) => names.iter().position(|name| name == text),
            _ => None,
        };
        if found.is_none() {
            let expected = list_quoted(names);
            let mut error = ErrorItem::new("literal_error", format!("Input should be {expected}"), value).at(key);
            if let Json::Text(text) = value {
                error = match nearest(text, names.iter().copied()) {
                    Some(name) => error.with_hint(format!("did you mean '{name}'?")),
                    None => error,
                };
            }
            self.errors.push(error.with_ctx("expected", expected));
        }
        found
    }

    /// An object, where the key is there at all; null is a mistake.
    pub(super) fn object(&mut self, key: &'static str) -> Option<&'j Json<'a>> {
        match self.get(key)? {
            object @ Json::Object(_) => Some(object),
            other => {
                self.errors.push(not_an_object(other).at(key));
                None
            }
        }
    }

    /// An object that has to be there.
    pub(super) fn required_object(&mut self, key: &'static str) -> Option<&'j Json<'a>> {
        if self.get(key).is_none() {
            self.miss(key);
        }
        self.object(key)
    }

    /// Notes every key that is not one of these, in the order they were sent.
    pub(super) fn forbid_others(&mut self, known: &[&str]) {
        // Most objects have none, and then nothing is allocated.
        if self.object.members().all(|(key, _)| known.contains(&key)) {
            return;
        }
        let others = self.object.settled().into_iter().filter(|(key, _)| !known.contains(key));
        // More would be cut from the answer anyhow.
        for (key, value) in others.take(64) {
            let mut hint = match nearest(key, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`? "),
                None => String::new(),
            };
            match known {
                [] => hint.push_str("there are none"),
                _ => hint.push_str(&format!("known: {}", known.join(", "))),
            }
            self.errors.push(
                ErrorItem::new("extra_forbidden", "Extra inputs are not permitted", value).at(key).with_hint(hint),
            );
        }
    }
}

/// The error of a value that should have been an object.
pub(super) fn not_an_object(value: &Json<'_>) -> ErrorItem {
    ErrorItem::new("dict_type", "Input should be a valid dictionary", value)
}

/// Whether pydantic would read this text as an integer: `7`, ` +7 `, `1_000`, `7.0`.
fn is_int_text(text: &str) -> bool {
    let text = drop_separators(text.trim());
    let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str, allowed: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(allowed);
    all(whole, u8::is_ascii_digit) && all(fraction, |byte| *byte == b'0')
}

/// The number without the `_` between its digits. A `_` elsewhere stays, and makes it none.
fn drop_separators(number: &str) -> Cow<'_, str> {
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let bytes = number.as_bytes();
    let between = |at: usize| at > 0 && digit(bytes.get(at - 1)) && digit(bytes.get(at + 1));
    match number.match_indices('_').all(|(at, _)| between(at)) {
        true if number.contains('_') => Cow::Owned(number.replace('_', "")),
        _ => Cow::Borrowed(number),
    }
}

fn not_an_int(value: &Json<'_>) -> ErrorItem {
    ErrorItem::new("int_type", "Input should be a valid integer", value)
}

fn at_least(min: i64, value: &Json<'_>) -> ErrorItem {
    ErrorItem::new("greater_than_equal", format!("Input should be greater than or equal to {min}"), value)
        .with_ctx("ge", min)
}

/// The known name that was probably meant.
pub(super) fn nearest<'n>(written: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // Nothing of this length is a slip of the pen, and comparing costs the product of the lengths.
    const MAX_CHARS: usize = 64;
    const NEAR: f64 = 0.8;
    if written.len() > MAX_CHARS * 4 || written.chars().count() > MAX_CHARS {
        return None;
    }
    let ranked = names.map(|name| (strsim::jaro_winkler(&written.to_lowercase(), name), name));
    ranked.filter(|(near, _)| *near >= NEAR).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// `'a', 'b' or 'c'`.
fn list_quoted(names: &[&str]) -> String {
    let mut quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    match quoted.pop() {
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} or {last}", quoted.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_integers_that_pydantic_reads_from_text() {
        for text in ["7", " 7 ", "+7", "-0", "007", "1_000", "7.0", "99999999999999999999"] {
            assert!(is_int_text(text), "{text}");
        }
        for text in ["", "-", "7.", ".0", "1.50", "1e3", "_1", "1__0", "0x10", "inf", "nan", "٣"] {
            assert!(!is_int_text(text), "{text}");
        }
    }

    #[test]
    fn lists_as_pydantic_does() {
        for (names, expect) in [(&["a"][..], "'a'"), (&["a", "b"], "'a' or 'b'"), (&["a", "b", "c"], "'a', 'b' or 'c'")]
        {
            assert_eq!(list_quoted(names), expect);
        }
    }
}
