//! `looks-like-secret`: keys that open something.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::locate::{begins_word, locate, overlaps};
use crate::lint::pattern::compile;
use crate::lint::sign::{Signs, opens_token};
use crate::lint::texts::{MAX_ESCAPED, each_escaped};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::LooksLikeSecret,
    why: "A task file is published and read by models. A key, token or password in it that was ever real is lost, and \
          one that was not sets off every scanner. Output never shows it.",
    mend: "Revoke it where it was real, and write something that no service would take, such as `tok_example`. The \
           forms are those that the services document for their own keys.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "{ subscribed = true }",
            "{ subscribed = true, api_key = \"q7Zt9LxW2vKc8RmB4nHs\" }",
        )],
        good: &[Edit::Replace("mug.toml", "{ subscribed = true }", "{ subscribed = true, api_key = \"tok_example\" }")],
    },
    stages: &[Stage::FileWith(SIGNS, check)],
};

/// What each group of [`SECRET`] is.
const KINDS: [&str; 7] = [
    "a private key",
    "an AWS access key",
    "a token of a known service",
    "a JSON web token",
    "a password in an address",
    "a bearer token",
    "a password or key",
];

static SECRET: LazyLock<Regex> = LazyLock::new(|| compile(SECRETS));

/// What any secret holds: for each part of [`SECRETS`], how it begins.
const SIGNS: &[Signs] = &[
    Signs::of(&[
        "private key",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "xox",
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "rk_test_",
        "ya29.",
        "api_org_",
        "hooks.slack.com/",
        "dop_v1_",
        "whsec_",
        "shpat_",
        "bearer ",
    ]),
    Signs::of(&["akia", "asia", "sg."]).which(opens_token::<16>),
    Signs::of(&["sk-"]).which(opens_token::<20>),
    Signs::of(&["aiza"]).which(opens_token::<35>),
    Signs::of(&["npm_"]).which(opens_token::<36>),
    Signs::of(&["pypi-"]).which(opens_token::<40>),
    Signs::of(&["hf_"]).which(opens_token::<30>),
    Signs::of(&["eyj"]).which(opens_token::<8>),
    Signs::of(&["://"]).which(opens_login),
    Signs::of(&["password", "passwd", "passphrase", "secret", "token", "key"]).which(is_assigned),
];

/// Whether a name and a colon stand behind.
fn opens_login(behind: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'-');
    behind.iter().find(|byte| !is_part(byte)) == Some(&b':')
}

/// Whether something of some length is said to be what is named before.
fn is_assigned(behind: &[u8]) -> bool {
    let unquoted = |text: &[u8]| usize::from(matches!(text.first(), Some(b'"' | b'\'')));
    let behind = behind[unquoted(behind)..].trim_ascii_start();
    let said = behind.strip_prefix(b":").or(behind.strip_prefix(b"=")).or(behind.strip_prefix(b"is"));
    said.map(<[u8]>::trim_ascii_start).is_some_and(|said| {
        let said = &said[unquoted(said)..];
        said.get(..8).is_some_and(|said| said.iter().all(u8::is_ascii_graphic))
    })
}

const SECRETS: &str = concat!(
    r"(?-u)(-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----)",
    r"|((?:AKIA|ASIA)[A-Z2-7][A-Z0-9]{15})",
    r"|(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"|(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|sk-(?:[a-z]{2,8}[0-9]{0,2}-)?[A-Za-z0-9_-]{20,}|AIza[A-Za-z0-9_-]{35}",
    r"|ya29\.[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{40,}|hf_[A-Za-z0-9]{30,}|api_org_[A-Za-z0-9]{30,}",
    r"|https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]{6,}/[A-Za-z0-9]{6,}/[A-Za-z0-9]{16,}",
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}|dop_v1_[a-f0-9]{64}|whsec_[A-Za-z0-9]{24,}|shpat_[a-fA-F0-9]{32})",
    r"|(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
    r"|(?:https?|ftp|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|rediss?|amqps?)://[A-Za-z0-9._%-]{1,64}:([A-Za-z0-9._%!$&*+=~-]{4,100})@[A-Za-z0-9]",
    r"|[Bb]earer +([A-Za-z0-9._~+/-]{20,})",
    r#"|(?i:pass(?:word|wd|phrase)|api[_-]?key|client[_-]?secret|secret(?:[_-](?:access[_-])?key)?|access[_-]?token|auth[_-]?token|private[_-]?key)["']?(?: *[:=] *| is )["']?([A-Za-z0-9._~+/!@#$%^&*=-]{8,})"#,
);

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    let mut report = |kind: &str, place: Range<usize>| {
        let message = format!("this looks like {kind}");
        let diagnostic = Diagnostic::new(Code::LooksLikeSecret, file.span(place), message)
            .with_redaction()
            .with_help("revoke it if it was ever real, and write something that no service would take".to_owned());
        sink.push(diagnostic);
    };
    let mut seen: Vec<Range<usize>> = Vec::new();
    for (kind, place) in secrets(file.text) {
        seen.push(place.clone());
        report(kind, place);
    }
    each_escaped(file, |text| {
        // With its key, which may say what the text is.
        let head = format!("{} = \"", text.path.last().copied().unwrap_or_default());
        let whole = format!("{head}{}\"", text.value);
        let own = secrets(&whole).filter(|(_, place)| place.start >= head.len() && place.end < whole.len());
        for (kind, place) in own.take(MAX_ESCAPED) {
            let place = locate(file, text, place.start - head.len()..place.end - head.len());
            let place = place.start as usize..place.end as usize;
            if !overlaps(&seen, &place) {
                report(kind, place);
            }
        }
    });
}

/// What the text holds of secrets, comments included.
fn secrets(text: &str) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    SECRET.captures_iter(text).filter_map(move |found| {
        let (at, group) = (1..=KINDS.len()).find_map(|at| Some((at, found.get(at)?)))?;
        let kind = KINDS[at - 1];
        let real = match at {
            // Named for what it is, it must look like no word and no mask.
            7 => is_random(group.as_str(), if group.len() >= 16 { 3.0 } else { 2.5 }),
            6 => is_random(group.as_str(), 3.0),
            5 => is_random(group.as_str(), 0.0),
            3 => begins_word(text, group.start()) && is_token(group.as_str()),
            2 | 4 => begins_word(text, group.start()),
            _ => true,
        };
        real.then(|| (kind, group.range()))
    })
}

/// Whether a service's token is no mask. An address that takes messages sets off every scanner, masked or not; Hugging
/// Face's tokens hold letters alone.
fn is_token(token: &str) -> bool {
    let letters = token.strip_prefix("hf_").filter(|rest| !is_mask(rest));
    let mixed = |rest: &str| {
        let has = |kind: fn(&u8) -> bool| rest.bytes().any(|byte| kind(&byte));
        has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && entropy(rest) >= 3.5
    };
    token.starts_with("https://") || letters.is_some_and(mixed) || is_random(token, 3.0)
}

/// Whether letters and digits mix, with at least so many bits in each character (Shannon 1948), and nothing says that
/// it is an example.
fn is_random(secret: &str, bits: f64) -> bool {
    let has = |kind: fn(&u8) -> bool| secret.bytes().any(|byte| kind(&byte));
    !is_mask(secret) && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && entropy(secret) >= bits
}

/// Whether something says that it is an example.
fn is_mask(secret: &str) -> bool {
    let lower = secret.to_ascii_lowercase();
    ["example", "redacted", "xxxx", "****", "....", "placeholder", "your"].iter().any(|word| lower.contains(word))
}

/// The bits in each character.
fn entropy(secret: &str) -> f64 {
    let mut counts = [0_u32; 128];
    secret.bytes().for_each(|byte| counts[usize::from(byte & 127)] += 1);
    let length = secret.len() as f64;
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / length);
    shares.map(|share| -share * share.log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::secrets;

    fn check(text: &str, expect: &[&str]) {
        let found: Vec<&str> = secrets(text).map(|(_, place)| &text[place]).collect();
        assert_eq!(found, expect, "{text}");
    }

    /// Two halves, so that no scanner takes this file for a leak.
    fn check_joined(head: &str, tail: &str) {
        let secret = format!("{head}{tail}");
        check(&format!("note = \"it is {secret}\""), &[&secret]);
        check(&format!("note = \"it is:\\n{secret} there\""), &[&secret]);
    }

    #[test]
    fn secrets_of_known_forms() {
        check_joined("AKIA", "QZ7RMB4NHS2VKC8R");
        check_joined("ghp", "_q7Zt9LxW2vKc8RmB4nHsQ7zT9lXw2VkC8rMb");
        check_joined("sk_live", "_q7Zt9LxW2vKc8RmB4nHs");
        check_joined("hf", "_QwErTyUiOpAsDfGhJkLzXcVbNmQwErTyUi");
        check_joined("https://hooks.slack", ".com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX");
        check_joined("sk-", "proj-q7Zt9LxW2vKc8RmB4nHs");
        check_joined("eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N");
        check_joined("-----BEGIN RSA ", "PRIVATE KEY-----");
        check("see https://ops:hunter22@db.example.com/x", &["hunter22"]);
        check("password = \"hunter2xyz\"", &["hunter2xyz"]);
        check("My password is Tr0ub4dor&3", &["Tr0ub4dor&3"]);
        check("Authorization: Bearer q7Zt9LxW2vKc8RmB4nHs", &["q7Zt9LxW2vKc8RmB4nHs"]);
    }

    #[test]
    fn what_opens_nothing() {
        check("password_changed_at = 2026-03-02T02:11:05Z", &[]);
        check("We never ask for a password: please ignore such mails", &[]);
        check("my password is broken; any_of = [\"password\", \"card number\"]", &[]);
        check("password = \"********\"", &[]);
        check("api_key = \"tok_example\"", &[]);
        check("a risk-free sk-etching of desk-1234567890-abcdefghijk", &[]);
        check("tracking = \"PPG-20931\", fingerprint = \"dev-7c1f\"", &[]);
        check("https://example.com:8080/a@b", &[]);
        check("hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx and hf_yourtokenyourTokenyourtokenyour", &[]);
        check("https://hooks.slack.com/services and https://slack.com/help", &[]);
        check("XAKIAQZ7RMB4NHS2VKC8R", &[]);
    }
}
