//! MCP over lines, as hosts on a desktop speak it to a process of their own.

use std::io::{self, BufRead, Read as _, Write};
use std::sync::Arc;

use crate::protocol::{Dialect, McpPost, RpcError, RpcErrorCode, RpcMethod, RpcRequest, negotiate, parse_mcp_line};
use crate::server::app::App;
use crate::server::seat::Seat;

use super::call::{Place, reply};

/// The longest line, in bytes; as long as a body over HTTP may be.
const MAX_LINE_BYTES: u64 = 1 << 20;

/// Answers one message a line until the input ends. There is one session for everything after `initialize`; requests of
/// the stateless version name theirs.
///
/// Reads and writes block: nothing else waits in this process.
///
/// # Errors
/// An input or an output that fails. A host that goes away is none.
pub async fn converse_over_stdio(app: Arc<App>, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let Ok(mut seat) = Seat::take(&app, None) else { return Err(io::Error::other("there is no room for a session")) };
    let mut version = None;
    while let Some(line) = read_line(&mut input)? {
        let post = match &line {
            Line::Whole(line) if line.trim_ascii().is_empty() => continue,
            Line::Whole(line) => parse_mcp_line(version, line),
            Line::TooLong => {
                let what = format!("Parse error: a line is longer than {MAX_LINE_BYTES} bytes");
                McpPost::One(Dialect::Streamable, Err(RpcError::new(None, RpcErrorCode::Parse, what)))
            }
        };
        let said = match post {
            McpPost::One(dialect, call) => {
                if let Ok(RpcRequest { method: RpcMethod::Initialize { protocol_version }, .. }) = &call {
                    version = Some(negotiate(protocol_version));
                }
                answer(&app, &mut seat, dialect, call).await
            }
            McpPost::Batch(calls) => {
                let mut replies = Vec::new();
                for call in calls {
                    replies.extend(answer(&app, &mut seat, Dialect::Streamable, call).await);
                }
                (!replies.is_empty()).then(|| format!("[{}]", replies.join(",")))
            }
        };
        let Some(said) = said else { continue };
        let written = writeln!(output, "{said}").and_then(|()| output.flush());
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}

async fn answer(
    app: &Arc<App>,
    seat: &mut Seat,
    dialect: Dialect,
    call: Result<RpcRequest, RpcError>,
) -> Option<String> {
    if matches!(call, Ok(RpcRequest { method: RpcMethod::Unanswered, .. })) {
        return None;
    }
    let place = if dialect == Dialect::Stateless { Place::Argument } else { Place::Seat(seat) };
    let (text, _) = reply(app, dialect, place, call).await;
    Some(text.release().await)
}

enum Line {
    Whole(Vec<u8>),
    /// It has been skipped.
    TooLong,
}

/// The next line, of which no more is held than it may have.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    if input.take(MAX_LINE_BYTES + 1).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') || line.len() as u64 <= MAX_LINE_BYTES {
        return Ok(Some(Line::Whole(line)));
    }
    loop {
        let part = input.fill_buf()?;
        if part.is_empty() {
            return Ok(Some(Line::TooLong));
        }
        let end = part.iter().position(|&byte| byte == b'\n');
        let skipped = end.map_or(part.len(), |end| end + 1);
        input.consume(skipped);
        if end.is_some() {
            return Ok(Some(Line::TooLong));
        }
    }
}
