//! A server's address, and how it is spoken to.

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// OpenEnv's frames on `/ws`.
    Ws,
    /// `/reset` and `/step` with a session's id.
    Http,
    /// The tools on `/mcp`.
    Mcp,
}

impl Transport {
    /// All of them.
    pub const ALL: [Transport; 3] = [Transport::Ws, Transport::Http, Transport::Mcp];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Transport::Ws => "ws",
            Transport::Http => "http",
            Transport::Mcp => "mcp",
        }
    }
}

/// A server's address: its scheme, host, port and base path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl {
    pub(super) is_secure: bool,
    /// As written, an IPv6 address in brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// The base path without a slash at its end, usually empty.
    base: String,
}

impl ServerUrl {
    /// Reads `http://…`, `https://…`, `ws://…` or `wss://…`. A path at the end that belongs to one transport (`/ws`) is
    /// dropped: what is wanted is where the server is.
    ///
    /// # Errors
    /// What is no such URL, and one with a name or a password in it: these would stand in the run's files.
    pub fn parse(text: &str) -> Result<ServerUrl, String> {
        let wrong = |what: &str| format!("`{text}` {what}; give a server's address, such as http://127.0.0.1:8000");
        let (scheme, rest) = text.split_once("://").ok_or_else(|| wrong("is no URL"))?;
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "http" | "ws" => false,
            "https" | "wss" => true,
            _ => return Err(wrong("has a scheme that is not spoken")),
        };
        if rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(wrong("holds a blank"));
        }
        if rest.contains('@') {
            return Err(
                "an address with a name or a password in it would stand in the run's files: leave it out".to_owned()
            );
        }
        if rest.contains(['?', '#']) {
            return Err(wrong("holds a query"));
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let usual = if is_secure { 443 } else { 80 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| wrong("has no such port"))?),
            _ => (authority, usual),
        };
        if host.is_empty() || port == 0 {
            return Err(wrong("names no host"));
        }
        let path = path.trim_end_matches('/');
        let base = path.strip_suffix("/ws").unwrap_or(path).trim_end_matches('/').to_owned();
        Ok(ServerUrl { is_secure, host: host.to_ascii_lowercase(), port, base })
    }

    /// The host's name without the brackets of an IPv6 address.
    pub(super) fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The address of a route over HTTP.
    pub(super) fn http(&self, route: &str) -> String {
        format!("{}{route}", self.render(if self.is_secure { "https" } else { "http" }))
    }

    /// The address of the socket.
    pub(super) fn ws(&self) -> String {
        format!("{}/ws", self.render(if self.is_secure { "wss" } else { "ws" }))
    }

    fn render(&self, scheme: &str) -> String {
        format!("{scheme}://{}:{}{}", self.host, self.port, self.base)
    }
}

impl std::fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.http(""))
    }
}

#[cfg(test)]
mod tests {
    use super::ServerUrl;

    #[test]
    fn addresses_are_read() {
        let check = |text: &str, expect: Option<(&str, &str)>| {
            let found = ServerUrl::parse(text).ok().map(|url| (url.to_string(), url.ws()));
            assert_eq!(found, expect.map(|(http, ws)| (http.to_owned(), ws.to_owned())), "{text}");
        };
        check("http://127.0.0.1:8000", Some(("http://127.0.0.1:8000", "ws://127.0.0.1:8000/ws")));
        check("ws://localhost:8000/ws", Some(("http://localhost:8000", "ws://localhost:8000/ws")));
        check("wss://Env.Example/base/", Some(("https://env.example:443/base", "wss://env.example:443/base/ws")));
        check("http://[::1]/", Some(("http://[::1]:80", "ws://[::1]:80/ws")));
        for bad in [
            "localhost:8000",
            "ftp://x",
            "http://",
            "http://:1",
            "http://a b",
            "http://u:p@x",
            "http://x:0",
            "http://x:99999",
            "http://x/?q",
        ] {
            check(bad, None);
        }
    }
}
