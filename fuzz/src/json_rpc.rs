//! Reading JSON-RPC calls from any bytes.

use support_ops_env::protocol::{Dialect, parse_rpc, render_rpc_error};

/// Reads a call.
///
/// # Panics
/// Where a refusal is no JSON-RPC reply, or is longer than a refusal has to be.
pub fn json_rpc(bytes: &[u8]) {
    let Err(error) = parse_rpc(bytes) else { return };
    let reply = render_rpc_error(Dialect::OpenEnv, &error);
    let json: serde_json::Value = serde_json::from_str(&reply).expect("a reply is JSON");
    assert_eq!(json["jsonrpc"], "2.0", "{reply}");
    assert!(json["error"]["code"].is_i64() && json["error"]["message"].is_string(), "{reply}");
    // The id comes back as it was sent, however long.
    assert!(reply.len() <= bytes.len() * 6 + 65_536, "{} bytes for {}", reply.len(), bytes.len());
}
