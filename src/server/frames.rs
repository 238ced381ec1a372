//! WebSocket frames (RFC 6455) of the server's side: bytes in, messages out, and the other way round.
//!
//! Written here, not taken from a crate, for what an open but idle socket costs: it holds no buffer at all, and one that
//! once carried a long message gives its memory back. Pure: no socket, no clock.

/// The opcodes of RFC 6455 §11.8.
mod opcode {
    pub(super) const CONTINUATION: u8 = 0x0;
    pub(super) const TEXT: u8 = 0x1;
    pub(super) const BINARY: u8 = 0x2;
    pub(super) const CLOSE: u8 = 0x8;
    pub(super) const PING: u8 = 0x9;
    pub(super) const PONG: u8 = 0xA;
}

/// The longest payload of a control frame (RFC 6455 §5.5).
const MAX_CONTROL_BYTES: usize = 125;

/// What a client said, fragments put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A text message.
    Text(String),
    /// A binary message; nobody here reads its bytes.
    Binary,
    /// A ping, to be answered with the same bytes.
    Ping(Vec<u8>),
    /// A pong.
    Pong,
    /// The client closes; its code, if it sent one.
    Close(Option<u16>),
}

/// Why a connection cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    /// Against the framing rules.
    Protocol(&'static str),
    /// A text that is not UTF-8.
    NotUtf8,
    /// A message beyond the limit.
    TooLong,
}

impl Violation {
    /// The code and the reason to close with (RFC 6455 §7.4.1).
    pub(crate) fn close(self) -> (u16, &'static str) {
        match self {
            Violation::Protocol(what) => (1002, what),
            Violation::NotUtf8 => (1007, "a text message is not UTF-8"),
            Violation::TooLong => (1009, "a message is longer than 1 MiB"),
        }
    }
}

/// Puts messages together from bytes as they come in.
#[derive(Debug)]
pub(crate) struct FrameReader {
    /// Bytes that are no whole frame yet, from `start` on.
    pending: Vec<u8>,
    start: usize,
    /// The frame of a message whose payload is still coming.
    current: Option<Current>,
    /// A message so far whose end has not come.
    partial: Option<Partial>,
    max_message: usize,
}

#[derive(Debug)]
struct Partial {
    text: bool,
    bytes: Vec<u8>,
    /// How many of them are known to be whole characters.
    checked: usize,
}

#[derive(Debug)]
struct Current {
    fin: bool,
    mask: [u8; 4],
    taken: usize,
    left: usize,
}

struct Header {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    head_len: usize,
    payload_len: usize,
}

impl FrameReader {
    /// A reader that refuses messages above `max_message` bytes.
    pub(crate) fn new(max_message: usize) -> FrameReader {
        FrameReader { pending: Vec::new(), start: 0, current: None, partial: None, max_message }
    }

    /// Takes in what the socket yielded.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// The next whole message, or `None` until more bytes have come.
    ///
    /// # Errors
    /// A violation; the connection must then be closed and the reader not be asked again.
    pub(crate) fn next(&mut self) -> Result<Option<Incoming>, Violation> {
        loop {
            if self.current.is_some() {
                match self.take_payload()? {
                    Some(message) => return Ok(Some(message)),
                    None if self.current.is_some() => return Ok(None),
                    None => continue,
                }
            }
            let Some(header) = self.parse_header()? else {
                self.compact();
                return Ok(None);
            };
            let payload_at = self.start + header.head_len;
            if header.opcode & 0x8 == 0 {
                self.start = payload_at;
                self.begin(&header);
                continue;
            }
            let end = payload_at + header.payload_len;
            if self.pending.len() < end {
                self.compact();
                return Ok(None);
            }
            self.start = end;
            let payload = &mut self.pending[payload_at..end];
            unmask(payload, header.mask);
            let incoming = parse_control(header.opcode, payload);
            if self.start == self.pending.len() {
                self.compact();
            }
            return incoming.map(Some);
        }
    }

    /// How many bytes are held of a frame or a message that has begun and not ended; `None` where none has.
    pub(crate) fn under_way(&self) -> Option<usize> {
        let partial = self.partial.as_ref().map(|partial| partial.bytes.len());
        (partial.is_some() || !self.pending.is_empty()).then(|| self.pending.len() + partial.unwrap_or(0))
    }

    /// Begins a frame of a message.
    fn begin(&mut self, header: &Header) {
        let new = || Partial { text: header.opcode == opcode::TEXT, bytes: Vec::new(), checked: 0 };
        let partial = self.partial.get_or_insert_with(new);
        // Set aside once, so that a long message is not copied again and again as it grows.
        partial.bytes.reserve(header.payload_len.min(RESERVE_AHEAD));
        self.current = Some(Current { fin: header.fin, mask: header.mask, taken: 0, left: header.payload_len });
    }

    /// Takes in what has come of the current frame; the message, if that was its end.
    fn take_payload(&mut self) -> Result<Option<Incoming>, Violation> {
        let (Some(current), Some(partial)) = (&mut self.current, &mut self.partial) else { return Ok(None) };
        let count = current.left.min(self.pending.len() - self.start);
        let at = partial.bytes.len();
        partial.bytes.extend_from_slice(&self.pending[self.start..self.start + count]);
        let mut mask = current.mask;
        mask.rotate_left(current.taken % 4);
        unmask(&mut partial.bytes[at..], mask);
        self.start += count;
        (current.taken, current.left) = (current.taken + count, current.left - count);
        let (is_whole, is_last) = (current.left == 0, current.left == 0 && current.fin);
        if !is_last {
            // A text that cannot become valid any more is refused now, and not at its end, which may never come.
            partial.check()?;
        }
        if is_whole {
            self.current = None;
        }
        if self.start == self.pending.len() {
            self.compact();
        }
        if is_last {
            let Some(Partial { text, bytes, .. }) = self.partial.take() else { return Ok(None) };
            return message(text, bytes).map(Some);
        }
        Ok(None)
    }

    fn parse_header(&self) -> Result<Option<Header>, Violation> {
        let bytes = &self.pending[self.start..];
        let &[first, second, ref rest @ ..] = bytes else { return Ok(None) };
        if first & 0x70 != 0 {
            return Err(Violation::Protocol("a reserved bit is set"));
        }
        let (fin, opcode) = (first & 0x80 != 0, first & 0x0F);
        let is_control = opcode & 0x8 != 0;
        if !matches!(opcode, opcode::CONTINUATION..=opcode::BINARY | opcode::CLOSE..=opcode::PONG) {
            return Err(Violation::Protocol("an unknown opcode"));
        }
        if second & 0x80 == 0 {
            return Err(Violation::Protocol("a frame is not masked"));
        }
        let (len, len_bytes) = match second & 0x7F {
            126 => match rest.first_chunk::<2>() {
                Some(&len) => (u64::from(u16::from_be_bytes(len)), 2),
                None => return Ok(None),
            },
            127 => match rest.first_chunk::<8>() {
                Some(&len) => (u64::from_be_bytes(len), 8),
                None => return Ok(None),
            },
            short => (u64::from(short), 0),
        };
        if (len_bytes == 2 && len < 126) || (len_bytes == 8 && len <= 0xFFFF) {
            return Err(Violation::Protocol("a length is not in its shortest form"));
        }
        if is_control && (!fin || len > MAX_CONTROL_BYTES as u64) {
            return Err(Violation::Protocol("a control frame is fragmented or too long"));
        }
        match (opcode, &self.partial) {
            (opcode::CONTINUATION, None) => return Err(Violation::Protocol("a continuation of nothing")),
            (opcode::TEXT | opcode::BINARY, Some(_)) => {
                return Err(Violation::Protocol("a message inside a fragmented one"));
            }
            _ => {}
        }
        // Checked before a byte of the payload is taken in: nothing above the limit is ever held.
        let held = if is_control { 0 } else { self.partial.as_ref().map_or(0, |partial| partial.bytes.len()) };
        let payload_len = usize::try_from(len).ok().filter(|&len| len <= self.max_message - held);
        let Some(payload_len) = payload_len else { return Err(Violation::TooLong) };
        let Some(&mask) = rest.get(len_bytes..).and_then(|rest| rest.first_chunk::<4>()) else { return Ok(None) };
        Ok(Some(Header { fin, opcode, mask, head_len: 2 + len_bytes + 4, payload_len }))
    }

    /// Drops what has been read; an empty buffer gives its memory back.
    fn compact(&mut self) {
        if self.start == self.pending.len() {
            self.pending = Vec::new();
        } else {
            self.pending.drain(..self.start);
        }
        self.start = 0;
    }
}

/// The most that is set aside for a payload that was announced but has not come: an announcement alone costs a client
/// nothing and must not cost the server a mebibyte.
const RESERVE_AHEAD: usize = 64 * 1024;

impl Partial {
    /// Whether what has come may be the beginning of valid text.
    fn check(&mut self) -> Result<(), Violation> {
        if !self.text {
            return Ok(());
        }
        match std::str::from_utf8(&self.bytes[self.checked..]) {
            Ok(_) => self.checked = self.bytes.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(Violation::NotUtf8),
        }
        Ok(())
    }
}

/// What a control frame says.
fn parse_control(opcode: u8, payload: &[u8]) -> Result<Incoming, Violation> {
    match opcode {
        opcode::PING => Ok(Incoming::Ping(payload.to_vec())),
        opcode::PONG => Ok(Incoming::Pong),
        _ => parse_close(payload).map(Incoming::Close),
    }
}

fn message(text: bool, bytes: Vec<u8>) -> Result<Incoming, Violation> {
    if !text {
        return Ok(Incoming::Binary);
    }
    String::from_utf8(bytes).map(Incoming::Text).map_err(|_| Violation::NotUtf8)
}

fn parse_close(payload: &[u8]) -> Result<Option<u16>, Violation> {
    let (code, reason) = match *payload {
        [] => return Ok(None),
        [_] => return Err(Violation::Protocol("a close frame of one byte")),
        [high, low, ref reason @ ..] => (u16::from_be_bytes([high, low]), reason),
    };
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(Violation::Protocol("an invalid close code"));
    }
    std::str::from_utf8(reason).map_err(|_| Violation::NotUtf8)?;
    Ok(Some(code))
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let wide = u64::from_ne_bytes([mask[0], mask[1], mask[2], mask[3], mask[0], mask[1], mask[2], mask[3]]);
    let (chunks, rest) = payload.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = (u64::from_ne_bytes(*chunk) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask.into_iter().cycle()) {
        *byte ^= key;
    }
}

/// A text message as it goes over the wire.
pub(crate) fn render_text(text: &str) -> Vec<u8> {
    render(opcode::TEXT, text.as_bytes())
}

/// A ping without payload.
pub(crate) fn render_ping() -> Vec<u8> {
    render(opcode::PING, &[])
}

/// The answer to a ping.
pub(crate) fn render_pong(payload: &[u8]) -> Vec<u8> {
    render(opcode::PONG, payload)
}

/// A close frame; a reason beyond what fits is cut.
pub(crate) fn render_close(code: u16, reason: &str) -> Vec<u8> {
    let mut end = reason.len().min(MAX_CONTROL_BYTES - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    render(opcode::CLOSE, &payload)
}

fn render(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(payload.len() + 10);
    frame.push(0x80 | opcode);
    match payload.len() {
        len @ 0..=125 => frame.push(len as u8),
        len @ 126..=0xFFFF => {
            frame.push(126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX: usize = 1000;

    /// A frame as a client sends it.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [0x11, 0x22, 0x33, 0x44];
        let mut frame = render(first & 0x0F, payload);
        frame[0] = first;
        frame[1] |= 0x80;
        let at = frame.len() - payload.len();
        for (i, byte) in frame[at..].iter_mut().enumerate() {
            *byte ^= mask[i % 4];
        }
        frame.splice(at..at, mask);
        frame
    }

    /// Everything that comes out when the bytes come in `step` at a time.
    fn read(bytes: &[u8], step: usize) -> Result<Vec<Incoming>, Violation> {
        let mut reader = FrameReader::new(MAX);
        let mut out = Vec::new();
        for part in bytes.chunks(step) {
            reader.feed(part);
            while let Some(incoming) = reader.next()? {
                out.push(incoming);
            }
        }
        Ok(out)
    }

    fn check(frames: &[Vec<u8>], expect: Result<Vec<Incoming>, Violation>) {
        let bytes = frames.concat();
        for step in [1, 3, 7, bytes.len().max(1)] {
            assert_eq!(read(&bytes, step), expect, "{step} bytes at a time");
        }
    }

    fn text(text: &str) -> Incoming {
        Incoming::Text(text.to_owned())
    }

    #[test]
    fn messages_of_every_length() {
        for len in [0, 1, 4, 5, 7, 8, 9, 125, 126, 127, 128, MAX] {
            let payload = "a".repeat(len);
            check(&[frame(0x81, payload.as_bytes()), frame(0x81, b"{}")], Ok(vec![text(&payload), text("{}")]));
        }
        check(&[frame(0x82, &[0, 255])], Ok(vec![Incoming::Binary]));
    }

    #[test]
    fn fragments_are_joined_and_control_frames_may_come_between() {
        check(
            &[frame(0x01, b"he"), frame(0x89, b"x"), frame(0x00, b"ll"), frame(0x8A, b""), frame(0x80, b"o")],
            Ok(vec![Incoming::Ping(b"x".to_vec()), Incoming::Pong, text("hello")]),
        );
        // A character may be torn between two fragments.
        check(&[frame(0x01, &[0xC3]), frame(0x80, &[0xA9])], Ok(vec![text("é")]));
    }

    #[test]
    fn closing() {
        check(&[frame(0x88, b"")], Ok(vec![Incoming::Close(None)]));
        check(&[frame(0x88, &[0x03, 0xE8, b'b', b'y', b'e'])], Ok(vec![Incoming::Close(Some(1000))]));
        check(&[frame(0x88, &[1])], Err(Violation::Protocol("a close frame of one byte")));
        check(&[frame(0x88, &[0x03, 0xED])], Err(Violation::Protocol("an invalid close code")));
        check(&[frame(0x88, &[0x03, 0xE8, 0xFF])], Err(Violation::NotUtf8));
    }

    #[test]
    fn violations() {
        let unmasked = render_text("x");
        for (frames, what) in [
            (vec![frame(0xC1, b"x")], "a reserved bit is set"),
            (vec![frame(0x83, b"x")], "an unknown opcode"),
            (vec![unmasked], "a frame is not masked"),
            (vec![frame(0x09, b"x")], "a control frame is fragmented or too long"),
            (vec![frame(0x89, &[0; 126])], "a control frame is fragmented or too long"),
            (vec![vec![0x81, 0xFE, 0, 1, 0, 0, 0, 0, b'x']], "a length is not in its shortest form"),
            (vec![frame(0x80, b"x")], "a continuation of nothing"),
            (vec![frame(0x01, b"x"), frame(0x81, b"y")], "a message inside a fragmented one"),
        ] {
            check(&frames, Err(Violation::Protocol(what)));
        }
        check(&[frame(0x81, &[0xFF])], Err(Violation::NotUtf8));
    }

    #[test]
    fn messages_beyond_the_limit_are_refused_by_their_header() {
        check(&[frame(0x81, &[b'a'; MAX + 1])], Err(Violation::TooLong));
        check(&[frame(0x01, &[b'a'; MAX]), frame(0x00, b"a")], Err(Violation::TooLong));
        let mut endless = vec![0x81, 0xFF];
        endless.extend_from_slice(&u64::MAX.to_be_bytes());
        check(&[endless], Err(Violation::TooLong));
    }

    #[test]
    fn a_text_that_cannot_become_valid_is_refused_before_its_end() {
        let mut reader = FrameReader::new(MAX);
        let mut begun = frame(0x81, "é".repeat(100).as_bytes());
        begun.truncate(9);
        reader.feed(&begun);
        assert_eq!(reader.next(), Ok(None), "half a character may still become one");
        assert!(reader.under_way().is_some());
        check(&[frame(0x01, &[0xC3]), frame(0x00, &[0x28])], Err(Violation::NotUtf8));
        check(&[frame(0x01, &[0xF4, 0x90])], Err(Violation::NotUtf8));
        check(&[frame(0x81, &[b'x', 0xFF, 0, 0, 0, 0])[..10].to_vec()], Err(Violation::NotUtf8));
        check(&[frame(0x02, &[0xFF])], Ok(vec![]));
    }

    #[test]
    fn an_idle_reader_holds_no_memory() {
        let mut reader = FrameReader::new(1 << 20);
        reader.feed(&frame(0x81, &vec![b'a'; 1 << 20]));
        assert!(matches!(reader.next(), Ok(Some(Incoming::Text(_)))));
        assert_eq!(reader.pending.capacity(), 0);
    }

    #[test]
    fn long_reasons_are_cut_between_characters() {
        let close = render_close(1001, &"é".repeat(100));
        assert_eq!(usize::from(close[1]), close.len() - 2);
        assert!(close.len() <= 2 + MAX_CONTROL_BYTES);
        std::str::from_utf8(&close[4..]).expect("no character is torn");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_alike_however_they_come(bytes in prop::collection::vec(any::<u8>(), 0..400), step in 1..40_usize) {
            // A violation ends the reading in both cases, though not after the same number of messages seen.
            prop_assert_eq!(read(&bytes, step), read(&bytes, 400));
        }
    }
}
