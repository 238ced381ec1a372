//! `support-ops health`: asks a running server whether it is well, for images that hold nothing but this binary.

use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::output::{FINDINGS, say};
use super::serve::{DEFAULT_HOST, DEFAULT_PORT};
use super::settings::{choose, parse_port, parse_text, process_environment};

/// How long the server may take over each part of its answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Ask a running server on this machine whether it is well: exit 0 if it is, 1 if not.
///
/// Host and port are found as `serve` finds them, so that in a container no option is needed.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Example:
  support-ops health --port 9000")]
pub(super) struct HealthArgs {
    /// The host the server listens on.
    #[arg(long)]
    pub(super) host: Option<String>,
    /// The port the server listens on [default: 8000].
    #[arg(long, value_parser = parse_port)]
    pub(super) port: Option<u16>,
}

/// Asks, and says why where the answer is no.
pub(super) fn run(args: &HealthArgs) -> ExitCode {
    match probe(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(format_args!("unhealthy: {message}"));
            FINDINGS
        }
    }
}

fn probe(args: &HealthArgs) -> Result<(), String> {
    let environment = &process_environment;
    let host = choose(args.host.clone(), &["SUPPORT_OPS_HOST", "HOST"], environment, parse_text)?;
    let port = choose(args.port, &["SUPPORT_OPS_PORT", "PORT"], environment, parse_port)?.unwrap_or(DEFAULT_PORT);
    let host = reachable(&host.unwrap_or_else(|| DEFAULT_HOST.to_owned()));
    ask(&host, port).map_err(|error| format!("{host}:{port}: {error}"))
}

/// The host to call for a server that listens on this one: all interfaces include loopback.
fn reachable(host: &str) -> String {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) if ip.is_unspecified() => "127.0.0.1".to_owned(),
        Ok(IpAddr::V6(ip)) if ip.is_unspecified() => "::1".to_owned(),
        _ => host.to_owned(),
    }
}

fn ask(host: &str, port: u16) -> io::Result<()> {
    let address = (host, port).to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    if answer.starts_with(b"HTTP/1.1 200 ") {
        return Ok(());
    }
    let line = answer.split(|&byte| byte == b'\r').next().unwrap_or_default();
    Err(io::Error::other(format!("answered `{}`", String::from_utf8_lossy(line).escape_debug())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_interfaces_are_reached_over_loopback() {
        for (host, expect) in
            [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.0.0.1", "10.0.0.1"), ("localhost", "localhost")]
        {
            assert_eq!(reachable(host), expect);
        }
    }
}
