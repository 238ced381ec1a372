//! What can be told of a message by its beginning: which text it is about, where the rest is too long to be read.

/// What a message that is too long for anybody is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glimpse {
    pub(super) method: String,
    pub(super) uri: String,
}

impl Glimpse {
    /// Reads the first bytes of a message. Editors name the method and the text before they write it out.
    pub(super) fn of(head: &[u8]) -> Option<Glimpse> {
        let (mut method, mut uri) = (None, None);
        let mut at = 0;
        let mut key: Option<String> = None;
        while let Some(start) = head[at..].iter().position(|byte| *byte == b'"').map(|found| at + found) {
            let end = string_end(head, start)?;
            let text: String = serde_json::from_slice(&head[start..end]).ok()?;
            at = end;
            let is_key = head[at..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
            // What stands between a key and a text that is its value.
            let is_value = head[..start].iter().rfind(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
            match key.take().as_deref().filter(|_| is_value && !is_key) {
                Some("method") => method = method.or(Some(text)),
                Some("uri") => uri = uri.or(Some(text)),
                _ if is_key => key = Some(text),
                _ => {}
            }
            if method.is_some() && uri.is_some() {
                break;
            }
        }
        Some(Glimpse { method: method?, uri: uri? })
    }
}

/// Where the JSON text that begins with the quote at `start` ends, behind its closing quote.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The message with U+FFFD for every half of a pair of UTF-16 that stands alone. Editors written in JavaScript send such
/// halves; in every count of characters that they may have in mind, U+FFFD is as long.
pub(super) fn mend_surrogates(body: &[u8]) -> Vec<u8> {
    let mut mended = body.to_vec();
    let unit = |at: usize| -> Option<u16> {
        let digits = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let mut at = 0;
    while let Some(found) = body.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += found;
        at += match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(0xd800..=0xdfff), _) => {
                mended[at + 2..at + 6].copy_from_slice(b"fffd");
                6
            }
            (Some(_), _) => 6,
            (None, _) => 2,
        };
    }
    mended
}

#[cfg(test)]
mod tests {
    use super::{Glimpse, mend_surrogates};

    #[test]
    fn a_message_is_known_by_its_beginning() {
        let check = |head: &str, expect: Option<(&str, &str)>| {
            let expect = expect.map(|(method, uri)| Glimpse { method: method.to_owned(), uri: uri.to_owned() });
            assert_eq!(Glimpse::of(head.as_bytes()), expect, "{head}");
        };
        check(
            r#"{"jsonrpc":"2.0","method":"m","params":{"textDocument":{"uri":"file:///a\"\u00e9","text":"aaa"#,
            Some(("m", "file:///a\"é")),
        );
        check(
            r#"{ "params" : { "textDocument" : { "version" : 3, "uri" : "u", "languageId": "uri" } }, "method" : "m" }"#,
            Some(("m", "u")),
        );
        check(r#"{"method":"m","params":{"text":"\"uri\":\"x\"","#, None);
        check(r#"{"method":"m","params":{"text":"aaa"#, None);
        check(r#"{"a":["method","m"],"uri":7,"b":"u"}"#, None);
        check("", None);
        check("\"\\", None);
    }

    #[test]
    fn halves_of_pairs_are_replaced() {
        let check = |body: &str, expect: &str| {
            assert_eq!(String::from_utf8_lossy(&mend_surrogates(body.as_bytes())), expect, "{body}");
        };
        check(r#""\ud83d""#, r#""\ufffd""#);
        check(r#""\uDE00\ud83d\uDE00\ud83d""#, r#""\ufffd\ud83d\uDE00\ufffd""#);
        check(r#""\\ud83d \u00e9é\n""#, r#""\\ud83d \u00e9é\n""#);
        check(r#""\ud83d\u0041\ud83""#, r#""\ufffd\u0041\ud83""#);
        check("\\", "\\");
    }
}
