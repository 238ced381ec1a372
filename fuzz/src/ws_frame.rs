//! Reading WebSocket frames from any bytes.

#[expect(dead_code, reason = "the server's own module, of which only the reader is fuzzed")]
#[path = "../../src/server/frames.rs"]
mod frames;

use frames::{FrameReader, Incoming, Violation};

/// The longest message, so short that seeds reach it.
const MAX_MESSAGE_BYTES: usize = 4096;

/// Reads frames twice: all bytes at once, and in parts as long as the first byte says.
///
/// # Panics
/// Where the two differ, or a message is longer than it may be.
pub fn ws_frame(bytes: &[u8]) {
    let Some((&step, bytes)) = bytes.split_first() else { return };
    let whole = read(bytes, bytes.len().max(1));
    assert_eq!(whole, read(bytes, usize::from(step).max(1)));
    for incoming in whole.0 {
        match incoming {
            Incoming::Text(text) => assert!(text.len() <= MAX_MESSAGE_BYTES),
            Incoming::Ping(payload) => assert!(payload.len() <= 125),
            Incoming::Close(code) => assert!(code.is_none_or(|code| code >= 1000)),
            Incoming::Binary | Incoming::Pong => {}
        }
    }
}

fn read(bytes: &[u8], step: usize) -> (Vec<Incoming>, Option<Violation>) {
    let mut reader = FrameReader::new(MAX_MESSAGE_BYTES);
    let mut read = Vec::new();
    for part in bytes.chunks(step) {
        reader.feed(part);
        loop {
            match reader.next() {
                Ok(Some(incoming)) => read.push(incoming),
                Ok(None) => break,
                Err(violation) => return (read, Some(violation)),
            }
        }
    }
    (read, None)
}
