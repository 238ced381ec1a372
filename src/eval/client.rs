//! How hosts and servers are asked over HTTP, whichever they are.

use std::net::IpAddr;

use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// A client of one host, by its name without brackets, with what holds for all: what was asked for goes to nobody else,
/// and every answer is read, whatever its status.
pub(super) fn client_of(host: &str) -> ConfigBuilder<AgentScope> {
    let mut config = Agent::config_builder();
    if is_near(host) {
        // What is on this machine no proxy can reach, and no proxy needs to know.
        config = config.proxy(None);
    }
    config
        // A redirect would carry the key, or the question, to somebody else.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("support-ops/", env!("CARGO_PKG_VERSION")))
}

/// Whether a host's name, in lower case and without brackets, can only mean this machine.
pub(super) fn is_near(host: &str) -> bool {
    let is_loopback = host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    is_loopback || host == "localhost" || host.ends_with(".localhost")
}
