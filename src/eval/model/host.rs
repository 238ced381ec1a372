//! Asking a host over HTTP: one request, one answer, within a deadline and a size.

use std::io::{self, Read};
use std::time::Duration;

use ureq::http::HeaderMap;
use ureq::tls::TlsConfig;
use ureq::{Agent, Timeout};

use crate::eval::ErrorKind;
use crate::eval::client::client_of;

use super::options::ModelOptions;
use super::stream::is_whole;

/// The largest answer, in bytes: four times the longest text of the most tokens that models write. As JSON it may take
/// dozens of times its length in memory, for each call that is under way.
const MAX_ANSWER: usize = 2 << 20;
/// The largest stream, whose pieces are read one by one: each token comes in a frame of hundreds of bytes.
const MAX_STREAM: usize = 8 << 20;
/// How long a host may take to let us in.
const CONNECT: Duration = Duration::from_secs(15);
/// Connections that are kept for later calls.
const MAX_IDLE: usize = 64;

/// Somebody who answers requests.
pub(super) trait Host: Send + Sync {
    fn post(&self, body: &str) -> Result<Reply, Broken>;
}

/// What came back, of whatever status.
#[derive(Debug, Clone, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) is_stream: bool,
    /// How long to wait, as the host writes it: in seconds or as a date, and in milliseconds.
    pub(super) retry_after: Option<String>,
    pub(super) retry_after_ms: Option<String>,
    pub(super) body: Vec<u8>,
}

/// No answer, or not all of it.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    pub(super) kind: ErrorKind,
    pub(super) message: String,
    /// Whether the host may have read the request: then it may have to be paid.
    pub(super) was_sent: bool,
    /// Whether asking again is of no use.
    pub(super) is_lasting: bool,
}

/// A host on the network.
pub(super) struct HttpHost {
    agent: Agent,
    url: String,
    /// Where it is, as people are told.
    place: String,
    authorization: Option<String>,
}

impl HttpHost {
    pub(super) fn new(options: &ModelOptions) -> HttpHost {
        let ModelOptions { endpoint, timeout, .. } = options;
        let mut config = client_of(endpoint.host());
        if let Some(roots) = &options.roots {
            config = config.tls_config(TlsConfig::builder().root_certs(roots.certificates()).build());
        }
        let config = config
            .timeout_global(Some(*timeout))
            .timeout_connect(Some(CONNECT.min(*timeout)))
            .max_idle_connections(MAX_IDLE)
            .max_idle_connections_per_host(MAX_IDLE)
            .build();
        HttpHost {
            agent: config.new_agent(),
            url: format!("{}/chat/completions", endpoint.base_url()),
            place: place_of(endpoint.base_url()).to_owned(),
            authorization: endpoint.authorization(),
        }
    }
}

impl Host for HttpHost {
    fn post(&self, body: &str) -> Result<Reply, Broken> {
        let mut request = self.agent.post(&self.url).header("Content-Type", "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        let mut response = request.send(body).map_err(|error| Broken::of(error, &self.place))?;
        let headers = response.headers();
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut reply = Reply {
            status: response.status().as_u16(),
            is_stream: is_stream(headers),
            retry_after: text("retry-after"),
            retry_after_ms: text("retry-after-ms"),
            body: Vec::new(),
        };
        let mut reader = response.body_mut().as_reader();
        let mut piece = [0; 16 * 1024];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return Ok(reply),
                Ok(length) => reply.body.extend_from_slice(&piece[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The status says enough.
                Err(_) if !(200..300).contains(&reply.status) => return Ok(reply),
                Err(error) => return Err(Broken::of(error.into(), &self.place)),
            }
            if reply.is_stream && is_whole(&reply.body) {
                return Ok(reply);
            }
            let most = if reply.is_stream { MAX_STREAM } else { MAX_ANSWER };
            if reply.body.len() > most {
                let message = format!("the answer is longer than {} MiB", most >> 20);
                return Err(Broken { kind: ErrorKind::Nonsense, message, was_sent: true, is_lasting: false });
            }
        }
    }
}

impl Broken {
    fn of(error: ureq::Error, place: &str) -> Broken {
        use io::ErrorKind as Io;
        use ureq::Error;
        let told = error.to_string();
        // Nothing was sent, and nothing will be.
        let is_untrusted = told.contains("invalid peer certificate");
        // The standard library has no kind for it.
        let is_unknown = matches!(error, Error::HostNotFound) || told.contains("failed to lookup address");
        // Nobody has the name. A resolver that cannot be asked at the moment says that otherwise, glibc's and musl's.
        let is_nobody = is_unknown && !["Temporary failure", "Try again"].iter().any(|later| told.contains(later));
        let (kind, was_sent) = match &error {
            _ if is_untrusted || is_unknown => (ErrorKind::Connection, false),
            Error::Timeout(Timeout::Resolve | Timeout::Connect) => (ErrorKind::Timeout, false),
            Error::Timeout(_) => (ErrorKind::Timeout, true),
            Error::Protocol(_) | Error::LargeResponseHeader(..) | Error::Http(_) => (ErrorKind::Nonsense, true),
            Error::Io(error) => {
                let is_outside =
                    [Io::ConnectionRefused, Io::HostUnreachable, Io::NetworkUnreachable, Io::AddrNotAvailable];
                (ErrorKind::Connection, !is_outside.contains(&error.kind()))
            }
            _ => (ErrorKind::Connection, false),
        };
        let message = match &error {
            Error::Timeout(_) => "no whole answer came within the time allowed (--timeout)".to_owned(),
            _ if is_unknown => format!("there is no host {place}, or no network; is API_BASE_URL right?"),
            Error::Io(error) if error.kind() == Io::ConnectionRefused => {
                format!("nobody listens at {place}; is API_BASE_URL right, and the server up?")
            }
            error if is_untrusted => {
                format!("{error}; SSL_CERT_FILE names a file of the authorities that are to be trusted")
            }
            Error::Io(error) => format!("the connection to {place} broke: {error}"),
            error => format!("the host {place} cannot be asked: {error}"),
        };
        Broken { kind, message, was_sent, is_lasting: is_untrusted || is_nobody }
    }
}

/// The host and port of an address.
fn place_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split_once('/').map_or(rest, |(place, _)| place)
}

fn is_stream(headers: &HeaderMap) -> bool {
    let value = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.trim_start().get(..17).is_some_and(|kind| kind.eq_ignore_ascii_case("text/event-stream"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_not_there_is_named() {
        let check = |error: io::Error, says: &str, was_sent: bool, is_lasting: bool| {
            let broken = Broken::of(error.into(), place_of("https://models.example:8000/v1"));
            assert!(broken.message.contains(says) && broken.message.contains("models.example:8000"), "{broken:?}");
            assert_eq!((broken.was_sent, broken.is_lasting), (was_sent, is_lasting), "{broken:?}");
        };
        let lookup = |why: &str| io::Error::other(format!("failed to lookup address information: {why}"));
        check(lookup("Name or service not known"), "API_BASE_URL", false, true);
        check(lookup("Temporary failure in name resolution"), "API_BASE_URL", false, false);
        check(io::ErrorKind::ConnectionRefused.into(), "API_BASE_URL", false, false);
        check(io::ErrorKind::ConnectionReset.into(), "broke", true, false);
    }
}
