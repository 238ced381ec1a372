//! Where a model is asked, and the key that opens it.

use crate::eval::client::is_near;
use crate::eval::secret::{MIN_SECRET, Secret};
use crate::protocol::ToolUseAction;

/// The host that is asked where no other is named.
pub const DEFAULT_API_BASE_URL: &str = "https://router.huggingface.co/v1";
/// The model that is asked where no other is named.
pub const DEFAULT_MODEL_NAME: &str = "Qwen/Qwen2.5-72B-Instruct";

/// What stands before each key's variable: the host it is for, or none where it is for any.
const KEYS: [(&str, Option<&str>); 3] =
    [("API_KEY", None), ("OPENAI_API_KEY", Some("openai.com")), ("HF_TOKEN", Some("huggingface.co"))];

/// A host of models: its address, and the key that it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    base_url: String,
    /// The host's name, in lower case and without brackets.
    host: String,
    /// The variables that may hold its key, in the order in which they are looked at.
    variables: Vec<&'static str>,
    /// The key, and the variable that held it.
    key: Option<(&'static str, Secret)>,
}

/// An address or a key that cannot be used. Shows neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EndpointError(String);

impl Endpoint {
    /// A host by its address and the variables of the environment.
    ///
    /// `HF_TOKEN` is for hosts of huggingface.co and goes before the others there, `OPENAI_API_KEY` likewise for
    /// openai.com; neither is sent to the other's. On any other host `API_KEY` goes before `OPENAI_API_KEY`, that before
    /// `HF_TOKEN`. Without a key none is sent.
    ///
    /// # Errors
    /// An address that is none, or that carries a secret itself; a key that no header can hold, or that is too short for
    /// one. On this machine hosts take any word for a key, and short ones pass.
    pub fn new(base_url: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Endpoint, EndpointError> {
        let base_url = base_url.trim().trim_end_matches('/');
        let host = parse_host(base_url)?;
        let owner = |of: &str| host == of || host.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
        let own = KEYS.iter().filter(|(_, of)| of.is_some_and(owner));
        let any = KEYS.iter().filter(|(_, of)| of.is_none());
        let foreign = KEYS.iter().filter(|(_, of)| of.is_some_and(|of| !owner(of)));
        // A host that one of the keys is meant for is shown no other company's.
        let is_known = KEYS.iter().any(|(_, of)| of.is_some_and(owner));
        let foreign = foreign.take(if is_known { 0 } else { KEYS.len() });
        let variables: Vec<&'static str> = own.chain(any).chain(foreign).map(|(name, _)| *name).collect();
        let is_near = is_near(&host);
        let mut key = None;
        for &name in &variables {
            let Some(value) = variable(name) else { continue };
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let wrong = |what: &str| Err(EndpointError(format!("{name} {what}")));
            if !value.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
                return wrong(
                    "holds a character that no key can have (a line break, or one beyond ASCII); set it again",
                );
            }
            if value.len() < MIN_SECRET && !is_near {
                let what = format!("holds fewer than {MIN_SECRET} characters, which is no host's key");
                let how = "set it again, or unset it; for a host that wants none any longer word will do";
                return wrong(&format!("{what}; {how}"));
            }
            key = Some((name, Secret::new(value)));
            break;
        }
        Ok(Endpoint { base_url: base_url.to_owned(), host, variables, key })
    }

    /// The address, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whether there is a key to show.
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// The host's name, in lower case and without brackets.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Which key is shown, or why there is none, for people.
    pub fn describe_key(&self) -> String {
        match &self.key {
            Some((name, _)) => format!("the key is that of {name}"),
            None => format!("there is no key in {}", self.variables.join(" or ")),
        }
    }

    /// What the host is shown.
    pub(super) fn authorization(&self) -> Option<String> {
        self.key.as_ref().map(|(_, key)| format!("Bearer {}", key.reveal()))
    }

    /// The same bytes without the key, should the host have said it back: before anything of them is cut or decoded.
    pub(super) fn redact_bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        match &self.key {
            Some((_, key)) => key.hide_bytes(bytes),
            None => bytes,
        }
    }

    /// The same action without the key.
    pub(super) fn redact_action(&self, action: ToolUseAction) -> ToolUseAction {
        match action.argument() {
            Some(argument) => {
                let argument = self.redact(argument.to_owned());
                ToolUseAction::new(action.action_type, Some(argument))
            }
            None => action,
        }
    }

    /// The same text without the key, should the host have said it back.
    pub(super) fn redact(&self, text: String) -> String {
        match &self.key {
            Some((_, key)) => key.hide(text),
            None => text,
        }
    }
}

/// The host's name in an address, in lower case.
fn parse_host(url: &str) -> Result<String, EndpointError> {
    let wrong = |what: &str| {
        let hint = format!("an address of models looks like {DEFAULT_API_BASE_URL} or http://127.0.0.1:8000/v1");
        Err(EndpointError(format!("API_BASE_URL {what}; {hint}")))
    };
    if url.bytes().any(|byte| !byte.is_ascii_graphic()) {
        return wrong("holds a blank or a character beyond ASCII");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return wrong("does not begin with https:// or http://");
    };
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return wrong("does not begin with https:// or http://");
    }
    if rest.contains(['?', '#']) {
        return wrong("holds a `?` or `#`: only the part before it names the host");
    }
    let authority = rest.split('/').next().unwrap_or_default();
    if authority.contains('@') {
        return wrong("holds a user's name or password: put the key into API_KEY");
    }
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() { wrong("names no host") } else { Ok(host.to_ascii_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, variables: &[(&str, &str)], expect: Result<Option<&str>, &str>) {
        let variable =
            |name: &str| variables.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        match (Endpoint::new(url, variable), expect) {
            (Ok(endpoint), Ok(key)) => {
                assert_eq!(endpoint.authorization(), key.map(|key| format!("Bearer {key}")), "{url}");
                assert!(!format!("{endpoint:?}").contains("secret"), "{endpoint:?}");
            }
            (Err(EndpointError(message)), Err(part)) => {
                assert!(message.contains(part) && !message.contains("secret"), "{message}");
            }
            (found, _) => panic!("{url}: {found:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn a_key_goes_to_its_own_host() {
        let all = [("HF_TOKEN", "hf-secret"), ("OPENAI_API_KEY", "oa-secret"), ("API_KEY", "a-secret")];
        check("https://router.huggingface.co/v1", &all, Ok(Some("hf-secret")));
        check("https://API.OpenAI.com/v1/", &all, Ok(Some("oa-secret")));
        check("https://example.com/v1", &all, Ok(Some("a-secret")));
        check("http://127.0.0.1:8000/v1", &all[..2], Ok(Some("oa-secret")));
        check("http://[::1]:8000/v1", &all[..1], Ok(Some("hf-secret")));
        check("https://api.openai.com/v1", &all[..1], Ok(None));
        check("https://router.huggingface.co/v1", &all[1..], Ok(Some("a-secret")));
        check("https://nothuggingface.co/v1", &all[1..2], Ok(Some("oa-secret")));
        check("http://localhost/v1", &[("API_KEY", "  "), ("HF_TOKEN", " hf-secret\n")], Ok(Some("hf-secret")));
        check("http://localhost/v1", &[], Ok(None));
    }

    #[test]
    fn refuses_what_no_header_or_address_holds() {
        check("http://localhost/v1", &[("API_KEY", "secret\r\nHost: evil")], Err("API_KEY holds a character"));
        check("http://localhost/v1", &[("API_KEY", "secreté")], Err("API_KEY holds a character"));
        check("https://me:secret@localhost/v1", &[], Err("password"));
        check("localhost:8000/v1", &[], Err("https://"));
        check("file:///etc/passwd", &[], Err("https://"));
        check("http://localhost/v1?key=secret", &[], Err("`?`"));
        check("http://localhost/v 1", &[], Err("a blank"));
        check("http:///v1", &[], Err("no host"));
    }

    #[test]
    fn a_word_for_a_key_is_for_hosts_on_this_machine() {
        let word = [("API_KEY", "EMPTY")];
        for near in ["http://localhost:8000/v1", "http://127.8.0.1/v1", "http://[::1]:8000/v1", "http://a.localhost"] {
            check(near, &word, Ok(Some("EMPTY")));
        }
        for far in ["http://10.0.0.1:8000/v1", "https://localhost.example.com/v1", "http://127.0.0.1.example.com"] {
            check(far, &word, Err("API_KEY holds fewer than 8"));
        }
    }

    #[test]
    fn people_are_told_which_key_is_shown() {
        let check = |url: &str, set: &str, expect: &str| {
            let variable = |name: &str| (name == set).then(|| "a-secret".to_owned());
            assert_eq!(Endpoint::new(url, variable).expect("it is well formed").describe_key(), expect, "{url}");
        };
        check("http://localhost", "HF_TOKEN", "the key is that of HF_TOKEN");
        check("https://api.openai.com/v1", "HF_TOKEN", "there is no key in OPENAI_API_KEY or API_KEY");
        check("http://localhost", "", "there is no key in API_KEY or OPENAI_API_KEY or HF_TOKEN");
    }
}
