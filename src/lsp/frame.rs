//! Messages on a byte stream: a head with `Content-Length`, then JSON. Whatever comes in, memory stays bounded.

use std::io::{self, BufRead, Read, Write};

/// The longest message that is read, in bytes: many times the largest file that is checked.
const MAX_MESSAGE: u64 = 32 * 1024 * 1024;
/// The longest head, in bytes.
const MAX_HEAD: u64 = 16 * 1024;

/// What stands next on a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A message.
    Body(Vec<u8>),
    /// A message that is not looked at, and why.
    Refused(&'static str),
    /// The end, or what no one can find their way out of.
    End,
}

/// Reads the next message.
pub(super) fn read_frame(input: &mut impl BufRead) -> Frame {
    let Ok(Some(length)) = read_head(input) else { return Frame::End };
    let Some(length) = length else { return Frame::Refused("the message's head has no `Content-Length`") };
    if length > MAX_MESSAGE {
        // Passed over, so that the next message is found.
        let passed = io::copy(&mut input.take(length), &mut io::sink());
        return match passed {
            Ok(passed) if passed == length => Frame::Refused("the message is larger than 32 MiB"),
            _ => Frame::End,
        };
    }
    let mut body = Vec::new();
    match input.take(length).read_to_end(&mut body) {
        Ok(read) if read as u64 == length => Frame::Body(body),
        _ => Frame::End,
    }
}

/// The length that a head states, if it states one; `None` at the end of the stream.
fn read_head(input: &mut impl BufRead) -> io::Result<Option<Option<u64>>> {
    let mut head = input.take(MAX_HEAD);
    let mut length = None;
    let mut line = Vec::new();
    loop {
        line.clear();
        if head.read_until(b'\n', &mut line)? == 0 || !line.ends_with(b"\n") {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if text.is_empty() {
            return Ok(Some(length));
        }
        let Some((name, value)) = text.split_once(':') else { continue };
        if name.trim().eq_ignore_ascii_case("content-length") {
            match value.trim().parse() {
                Ok(number) => length = Some(number),
                Err(_) => return Ok(None),
            }
        }
    }
}

/// Writes a message.
pub(super) fn write_frame(output: &mut impl Write, message: &serde_json::Value) -> io::Result<()> {
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::{Frame, read_frame, write_frame};

    /// The frames of a stream, up to its end.
    fn check(stream: &[u8], expect: &[Frame]) {
        let mut input = stream;
        for frame in expect {
            assert_eq!(read_frame(&mut input), *frame, "{}", String::from_utf8_lossy(stream));
        }
        assert_eq!(read_frame(&mut input), Frame::End, "{}", String::from_utf8_lossy(stream));
    }

    fn body(text: &str) -> Frame {
        Frame::Body(text.as_bytes().to_vec())
    }

    #[test]
    fn frames_are_read() {
        check(b"Content-Length: 2\r\n\r\n{}content-length:3\nContent-Type: x\n\n[1]", &[body("{}"), body("[1]")]);
        let mut written = Vec::new();
        write_frame(&mut written, &serde_json::json!({ "a": "é" })).expect("it can be written");
        check(&written, &[body("{\"a\":\"é\"}")]);
    }

    #[test]
    fn broken_streams_end_or_go_on() {
        check(b"", &[]);
        check(b"Content-Length: 9\r\n\r\n{}", &[]);
        check(b"Content-Length: 99999999999999999999\r\n\r\n{}", &[]);
        check(b"Content-Length: 1000000000000\r\n\r\n{}", &[]);
        check(b"Content-Length: -1\r\n\r\n{}", &[]);
        check(&[b'x'; 100_000], &[]);
        check(
            b"X: 1\r\n\r\nContent-Length: 2\r\n\r\n{}",
            &[Frame::Refused("the message's head has no `Content-Length`"), body("{}")],
        );
        let mut large = b"Content-Length: 40000000\r\n\r\n".to_vec();
        large.resize(large.len() + 40_000_000, b' ');
        large.extend(b"Content-Length: 2\r\n\r\n{}");
        check(&large, &[Frame::Refused("the message is larger than 32 MiB"), body("{}")]);
    }
}
