//! Messages on a byte stream: a head with `Content-Length`, then JSON. Whatever comes in, memory stays bounded.

use std::io::{self, BufRead, Read, Write};

use super::glimpse::Glimpse;

/// The longest message that is read, in bytes: many times the largest file that is checked.
const MAX_MESSAGE: u64 = 32 * 1024 * 1024;
/// The longest head, in bytes.
const MAX_HEAD: u64 = 16 * 1024;
/// How much of a message that is too long is looked at, in bytes: more than editors write before a text.
const MAX_GLIMPSE: u64 = 16 * 1024;

/// What stands next on a stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A message.
    Body(Vec<u8>),
    /// A message that is not looked at, and why.
    Refused(&'static str),
    /// One that is too long, of so many bytes: [`pass_over`] finds the next.
    TooLong(u64),
    /// The end, or what no one can find their way out of.
    End,
}

/// Reads the next message.
pub(super) fn read_frame(input: &mut impl BufRead) -> Frame {
    let Ok(Some(length)) = read_head(input) else { return Frame::End };
    let Some(length) = length else { return Frame::Refused("the message's head has no `Content-Length`") };
    if length > MAX_MESSAGE {
        return Frame::TooLong(length);
    }
    let mut body = Vec::new();
    match input.take(length).read_to_end(&mut body) {
        Ok(read) if read as u64 == length => Frame::Body(body),
        _ => Frame::End,
    }
}

/// Goes past a message of so many bytes, however long they take to come: what could be told of it. `None` where the
/// stream ends before.
pub(super) fn pass_over(input: &mut impl BufRead, length: u64) -> Option<Option<Glimpse>> {
    let mut head = Vec::new();
    input.take(length.min(MAX_GLIMPSE)).read_to_end(&mut head).ok()?;
    let rest = length - head.len() as u64;
    let passed = io::copy(&mut input.take(rest), &mut io::sink()).ok()?;
    (passed == rest).then(|| Glimpse::of(&head))
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
    use super::{Frame, pass_over, read_frame, write_frame};

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
        check(b"Content-Length: -1\r\n\r\n{}", &[]);
        check(&[b'x'; 100_000], &[]);
        check(
            b"X: 1\r\n\r\nContent-Length: 2\r\n\r\n{}",
            &[Frame::Refused("the message's head has no `Content-Length`"), body("{}")],
        );
        let mut large = b"Content-Length: 40000000\r\n\r\n{\"method\":\"m\",\"uri\":\"u\"".to_vec();
        let head = b"Content-Length: 40000000\r\n\r\n".len();
        large.resize(head + 40_000_000, b' ');
        large.extend(b"Content-Length: 2\r\n\r\n{}");
        let mut input = large.as_slice();
        assert_eq!(read_frame(&mut input), Frame::TooLong(40_000_000));
        let seen = pass_over(&mut input, 40_000_000).flatten().expect("it has a beginning");
        assert_eq!((seen.method.as_str(), seen.uri.as_str()), ("m", "u"));
        assert_eq!(read_frame(&mut input), body("{}"));
        assert_eq!(pass_over(&mut &large[head..head + 100], 40_000_000), None);
    }
}
