//! What a session is called by.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The longest id that a client may choose, in bytes. Table and answers hold ids, so they stay short.
const MAX_CHOSEN_BYTES: usize = 128;

/// A session's id: a random UUID, hard to guess, one with a number and a seal behind it, or one that its client has chosen,
/// which is as hard to guess as the client made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(Arc<str>);

impl SessionId {
    /// An id of the client's own choice: 1 to 128 letters, digits and `-_.:~`, all of which may stand in a header, a
    /// cookie and a query.
    pub fn choose(text: &str) -> Option<SessionId> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:~".contains(&byte);
        let is_id = (1..=MAX_CHOSEN_BYTES).contains(&text.len()) && text.bytes().all(fits);
        is_id.then(|| SessionId(text.into()))
    }

    /// An id that nobody has, and nobody guesses.
    pub fn hand_out() -> SessionId {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        SessionId(Arc::from(&*uuid::Uuid::new_v4().hyphenated().encode_lower(&mut text)))
    }

    /// The id as it is written on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id's shared text.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl From<String> for SessionId {
    fn from(text: String) -> SessionId {
        SessionId(text.into())
    }
}

/// So that a table of sessions is searched by the text a client sent, without a copy of it.
impl Borrow<str> for SessionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn chosen_ids_fit_headers_and_cookies() {
        for (text, expect) in
            [("a", true), ("A-z_0.9:~", true), ("", false), ("a b", false), ("a;b", false), ("é", false)]
        {
            assert_eq!(SessionId::choose(text).is_some(), expect, "{text}");
        }
        assert!(SessionId::choose(&"a".repeat(128)).is_some() && SessionId::choose(&"a".repeat(129)).is_none());
    }

    /// What is made of fewer random bits, or counts, or looks at a clock, repeats itself or keeps some digit still.
    #[test]
    fn ids_are_random_and_visible() {
        const MANY: usize = 10_000;
        let ids: BTreeSet<String> = (0..MANY).map(|_| SessionId::hand_out().to_string()).collect();
        assert_eq!(ids.len(), MANY, "one was handed out twice");
        let mut seen = vec![[0_usize; 16]; 36];
        for id in &ids {
            assert_eq!(id.len(), 36, "{id}");
            for (at, character) in id.chars().enumerate() {
                let fits = match at {
                    8 | 13 | 18 | 23 => character == '-',
                    14 => character == '4',
                    19 => "89ab".contains(character),
                    _ => "0123456789abcdef".contains(character),
                };
                assert!(fits, "{character} at {at} of {id}");
                if let Some(digit) = character.to_digit(16) {
                    seen[at][digit as usize] += 1;
                }
            }
        }
        for (at, counts) in seen.iter().enumerate().filter(|(at, _)| ![8, 13, 14, 18, 23].contains(at)) {
            let values = if at == 19 { 8..12 } else { 0..16 };
            // Ten standard deviations around an even share: chance does not get there.
            let share = MANY / values.len();
            let margin = 10 * share.isqrt();
            for value in values {
                assert!(counts[value].abs_diff(share) < margin, "{value:x} at {at}: {} times", counts[value]);
            }
        }
    }
}
