//! Which `Host` and `Origin` a request may carry: a web page elsewhere must not play on somebody's local server.

use axum::http::{HeaderMap, Uri, header};

/// Which `Host` and `Origin` a request may carry.
#[derive(Debug, Clone, Default)]
pub struct OriginRules {
    /// Bound to loopback: strangers can reach the server only through a browser that was tricked into it.
    pub loopback_only: bool,
    /// Origins that pass besides the server's own: `https://app.example.com` or `app.example.com:8443`.
    pub allow_origins: Vec<String>,
    /// Hosts that pass on a loopback bind, for a proxy in front: `env.example.com`, with a port to allow only that one.
    pub allow_hosts: Vec<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its `Host` is not one of ours.
    Host,
    /// Its `Origin` is not one of ours.
    Origin,
    /// It would edit the packs by a name that anybody could give to this server.
    EditHost,
    /// It would edit the packs from another page than the server's own.
    EditOrigin,
}

impl Refusal {
    /// What the client is told.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Refusal::Host => {
                "This Host is not allowed: the server is bound to loopback. Start it with --allow-host to name it."
            }
            Refusal::Origin => "This Origin is not allowed. Start the server with --allow-origin to name it.",
            Refusal::EditHost => {
                "Packs are edited only at a loopback name, at an address, or at a host that --allow-host names."
            }
            Refusal::EditOrigin => "Packs are edited only from the server's own page.",
        }
    }
}

/// Whose page a request that passes comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// No page, or one of the server's own.
    Own,
    /// A page on this machine, by another port or name: its calls pass, and its browser shows it no answers. Of a socket
    /// it would, so that it gets none.
    Neighbour,
    /// A page on another origin, which the operator has named: its browser may show it the answers.
    Named,
}

/// A host as headers write it, lower case, with its port where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Authority {
    host: String,
    port: Option<u16>,
}

impl OriginRules {
    /// The first entry that can be read as no origin or host, and so would never let anyone pass.
    pub fn first_unreadable(&self) -> Option<&str> {
        let origins = self.allow_origins.iter().filter(|each| parse_origin(each).is_none());
        let mut names = origins.chain(&self.allow_hosts).filter(|each| parse_authority(each).is_none());
        names.next().map(String::as_str)
    }

    /// Whether the request passes, and whose page it comes from.
    pub(crate) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<Caller, Refusal> {
        match self.find_caller(uri, headers)? {
            // No browser asks before it opens a socket, or keeps what comes on it from the page.
            Caller::Neighbour if headers.contains_key(header::UPGRADE) => Err(Refusal::Origin),
            caller => Ok(caller),
        }
    }

    fn find_caller(&self, uri: &Uri, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let host = self.check_host(uri, headers)?;
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else { return Ok(Caller::Own) };
        if origins.next().is_some() {
            return Err(Refusal::Origin);
        }
        let origin = origin.to_str().map_err(|_| Refusal::Origin)?;
        let (scheme, asked) = parse_origin(origin).ok_or(Refusal::Origin)?;
        // TLS ends at the proxy, so the default port of both is that of the page's scheme.
        let default_port = if scheme == "https" { 443 } else { 80 };
        let same = |other: &Authority| {
            other.host == asked.host && other.port.unwrap_or(default_port) == asked.port.unwrap_or(default_port)
        };
        if host.as_ref().is_some_and(same) {
            return Ok(Caller::Own);
        }
        let named = self.allow_origins.iter().any(|allowed| match parse_origin(allowed) {
            Some((allowed_scheme, allowed)) => allowed_scheme == scheme && same(&allowed),
            None => parse_authority(allowed).is_some_and(|allowed| same(&allowed)),
        });
        match named {
            true => Ok(Caller::Named),
            false if self.loopback_only && is_loopback(&asked.host) => Ok(Caller::Neighbour),
            false => Err(Refusal::Origin),
        }
    }

    /// Whether the request may read and write the packs. Whoever owns a domain may lead it to this machine, and a browser
    /// then takes their page for one of this server's (DNS rebinding), wherever the server is bound.
    pub(crate) fn check_edit(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        if self.check(uri, headers)? != Caller::Own {
            return Err(Refusal::EditOrigin);
        }
        let is_address = |host: &Authority| host.host.parse::<std::net::IpAddr>().is_ok();
        match self.check_host(uri, headers)? {
            Some(host) if !is_address(&host) && !self.is_own_host(&host) => Err(Refusal::EditHost),
            _ => Ok(()),
        }
    }

    /// The request's host; `None` where it names none.
    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<Option<Authority>, Refusal> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = match hosts.next() {
            Some(host) => Some(
                host.to_str().ok().and_then(parse_authority).filter(|_| hosts.next().is_none()).ok_or(Refusal::Host)?,
            ),
            None => None,
        };
        // The absolute form of a request's target overrides its Host (RFC 9112 §3.2.2); both must pass.
        let target = match uri.authority() {
            Some(authority) => Some(parse_authority(authority.as_str()).ok_or(Refusal::Host)?),
            None => None,
        };
        if self.loopback_only && ![&host, &target].into_iter().flatten().all(|host| self.is_own_host(host)) {
            return Err(Refusal::Host);
        }
        Ok(target.or(host))
    }

    fn is_own_host(&self, host: &Authority) -> bool {
        is_loopback(&host.host)
            || self
                .allow_hosts
                .iter()
                .filter_map(|allowed| parse_authority(allowed))
                .any(|allowed| allowed.host == host.host && (allowed.port.is_none() || allowed.port == host.port))
    }
}

fn parse_origin(text: &str) -> Option<(String, Authority)> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    matches!(&*scheme, "http" | "https" | "ws" | "wss").then_some(())?;
    Some((scheme, parse_authority(rest.strip_suffix('/').unwrap_or(rest))?))
}

fn parse_authority(text: &str) -> Option<Authority> {
    let text = text.trim();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            let address: std::net::Ipv6Addr = host.parse().ok()?;
            (address.to_string(), after.strip_prefix(':').or((after.is_empty()).then_some(""))?)
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host.to_ascii_lowercase(), port),
            None => (text.to_ascii_lowercase(), ""),
        },
    };
    let port = match port {
        "" => None,
        port if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(port.parse().ok()?),
        _ => return None,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':');
    (!host.is_empty() && host.bytes().all(plain)).then_some(Authority { host, port })
}

/// Whether the name can only mean this machine. Names below `localhost` count: RFC 6761 §6.3 keeps them off the network.
fn is_loopback(host: &str) -> bool {
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    host.parse::<std::net::IpAddr>().is_ok_and(|address| match address {
        std::net::IpAddr::V4(address) => address.is_loopback(),
        std::net::IpAddr::V6(address) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(loopback_only: bool) -> OriginRules {
        OriginRules {
            loopback_only,
            allow_origins: vec!["https://app.example.com".into(), "tool.example.com:8443".into()],
            allow_hosts: vec!["env.example.com".into(), "only.example.com:8000".into()],
        }
    }

    fn check(loopback_only: bool, host: &str, origin: Option<&str>, expect: Result<Caller, Refusal>) {
        let mut headers = HeaderMap::new();
        if !host.is_empty() {
            headers.insert(header::HOST, host.parse().expect("a header value"));
        }
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a header value"));
        }
        let found = rules(loopback_only).check(&Uri::from_static("/reset"), &headers);
        assert_eq!(found, expect, "host {host}, origin {origin:?}");
    }

    #[test]
    fn on_loopback_only_loopback_passes() {
        for host in [
            "localhost",
            "LOCALHOST:8000",
            "127.0.0.1:8000",
            "127.8.9.1",
            "[::1]:8000",
            "[::ffff:127.0.0.1]",
            "a.localhost",
            "",
        ] {
            check(true, host, None, Ok(Caller::Own));
        }
        for host in [
            "evil.example",
            "10.0.0.1:8000",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "[::2]",
            "0.0.0.0:8000",
            "a@localhost",
            "localhost:x",
        ] {
            check(true, host, None, Err(Refusal::Host));
        }
        check(true, "localhost:8000", Some("http://localhost:8000"), Ok(Caller::Own));
        check(true, "localhost:8000", Some("http://127.0.0.1:3000"), Ok(Caller::Neighbour));
        for origin in [
            "http://evil.example",
            "null",
            "http://localhost.evil.example",
            "file://",
            "",
            "http://localhost@evil.example",
        ] {
            check(true, "localhost:8000", Some(origin), Err(Refusal::Origin));
        }
    }

    #[test]
    fn a_page_of_another_port_gets_no_socket_unless_it_is_named() {
        let opens = |loopback_only: bool, host: &str, origin: &str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [(header::HOST, host), (header::UPGRADE, "websocket"), (header::ORIGIN, origin)] {
                headers.insert(name, value.parse().expect("a header value"));
            }
            let mut rules = rules(loopback_only);
            rules.allow_origins.push("http://localhost:5173".into());
            rules.check(&Uri::from_static("/ws"), &headers)
        };
        for origin in ["http://localhost:3000", "http://evil.localhost", "https://localhost", "http://[::1]:9"] {
            assert_eq!(opens(true, "localhost:8000", origin), Err(Refusal::Origin), "{origin}");
        }
        for (loopback_only, host, origin, caller) in [
            (true, "localhost:8000", "http://localhost:8000", Caller::Own),
            (true, "127.0.0.1:8000", "http://127.0.0.1:8000", Caller::Own),
            (true, "localhost:8000", "http://localhost:5173", Caller::Named),
            (true, "env.example.com", "https://env.example.com", Caller::Own),
            (false, "x.hf.space", "https://x.hf.space", Caller::Own),
        ] {
            assert_eq!(opens(loopback_only, host, origin), Ok(caller), "{origin}");
        }
    }

    #[test]
    fn a_proxy_in_front_of_loopback_is_named() {
        check(true, "env.example.com", None, Ok(Caller::Own));
        check(true, "env.example.com:444", None, Ok(Caller::Own));
        check(true, "only.example.com:8000", None, Ok(Caller::Own));
        check(true, "only.example.com", None, Err(Refusal::Host));
        check(true, "env.example.com", Some("https://env.example.com"), Ok(Caller::Own));
        check(true, "env.example.com", Some("https://evil.example"), Err(Refusal::Origin));
        check(true, "localhost:8000", Some("https://app.example.com"), Ok(Caller::Named));
    }

    #[test]
    fn elsewhere_the_origin_is_the_host_or_is_named() {
        check(false, "x.hf.space", None, Ok(Caller::Own));
        check(false, "x.hf.space", Some("https://x.hf.space"), Ok(Caller::Own));
        check(false, "x.hf.space", Some("https://X.hf.space:443"), Ok(Caller::Own));
        check(false, "10.0.0.1:8000", Some("http://10.0.0.1:8000"), Ok(Caller::Own));
        check(false, "10.0.0.1:8000", Some("http://10.0.0.1:9000"), Err(Refusal::Origin));
        check(false, "10.0.0.1:8000", Some("http://10.0.0.1"), Err(Refusal::Origin));
        check(false, "x.hf.space", Some("http://localhost"), Err(Refusal::Origin));
        check(false, "x.hf.space", Some("https://app.example.com"), Ok(Caller::Named));
        check(false, "x.hf.space", Some("http://app.example.com"), Err(Refusal::Origin));
        check(false, "x.hf.space", Some("http://tool.example.com:8443"), Ok(Caller::Named));
        check(false, "", Some("https://x.hf.space"), Err(Refusal::Origin));
    }

    #[test]
    fn the_targets_own_host_counts_too() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "localhost".parse().expect("a header value"));
        let found = rules(true).check(&Uri::from_static("http://evil.example/reset"), &headers);
        assert_eq!(found, Err(Refusal::Host));
    }

    #[test]
    fn entries_that_would_match_nothing_are_found() {
        let check = |origin: &str, host: &str, expect: Option<&str>| {
            let rules = OriginRules {
                loopback_only: true,
                allow_origins: vec!["https://app.example.com/".to_owned(), origin.to_owned()],
                allow_hosts: vec!["[::1]:80".to_owned(), host.to_owned()],
            };
            assert_eq!(rules.first_unreadable(), expect, "{origin}, {host}");
        };
        check("app.example.com:8443", "env.example.com", None);
        for bad in ["*", "", "https://app.example.com/path", "ftp://app.example.com", "https://a:x"] {
            check(bad, "env.example.com", Some(bad));
        }
        for bad in ["*", "https://env.example.com", "a/b"] {
            check("http://localhost:3000", bad, Some(bad));
        }
    }

    #[test]
    fn packs_are_edited_at_no_borrowed_name() {
        let edits = |loopback_only: bool, host: &str, origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().expect("a header value"));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().expect("a header value"));
            }
            rules(loopback_only).check_edit(&Uri::from_static("/web/author/file"), &headers)
        };
        for host in ["localhost:8000", "192.0.2.7:8000", "[2001:db8::1]", "env.example.com"] {
            assert_eq!(edits(false, host, None), Ok(()), "{host}");
        }
        assert_eq!(edits(false, "evil.example:8000", Some("http://evil.example:8000")), Err(Refusal::EditHost));
        assert_eq!(edits(true, "127.0.0.1:8000", Some("http://localhost:3000")), Err(Refusal::EditOrigin));
        assert_eq!(edits(false, "env.example.com", Some("https://app.example.com")), Err(Refusal::EditOrigin));
        assert_eq!(edits(true, "127.0.0.1:8000", Some("http://127.0.0.1:8000")), Ok(()));
    }

    #[test]
    fn doubled_headers_are_refused() {
        for (name, refusal) in [(header::HOST, Refusal::Host), (header::ORIGIN, Refusal::Origin)] {
            let mut headers = HeaderMap::new();
            let value = if name == header::HOST { "localhost" } else { "http://localhost" };
            headers.append(&name, value.parse().expect("a header value"));
            headers.append(&name, value.parse().expect("a header value"));
            assert_eq!(rules(true).check(&Uri::from_static("/"), &headers), Err(refusal));
        }
    }
}
