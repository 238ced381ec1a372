//! A small client of OpenEnv servers: HTTP requests and one kind of WebSocket, over plain TCP, with deadlines.
//!
//! Written here, because the checks look at the bytes that a server really sends: no client's defaults between.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use base64::Engine;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer, in bytes: that of OpenEnv's own probe for messages.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// The longest document, in bytes.
const MAX_DOCUMENT_BYTES: usize = 8 << 20;
/// The longest head of an answer, in bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// What RFC 6455 §1.3 adds to a key.
const WEBSOCKET_GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
    base: String,
}

/// Why a server could not be asked, or what it answered instead.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The connection.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The answer.
    #[error("{0}")]
    Answer(String),
}

impl Address {
    /// Reads a URL such as `http://127.0.0.1:8000`.
    ///
    /// # Errors
    /// What is no such URL. `https` is one that this client cannot speak.
    pub fn parse(url: &str) -> Result<Address, String> {
        if url.starts_with("https://") {
            return Err(format!("`{url}`: https is not spoken here; ask the server behind the proxy over http"));
        }
        let rest = url.strip_prefix("http://").ok_or_else(|| format!("`{url}` is no http URL"))?;
        let (authority, base) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => {
                (host, port.parse().map_err(|_| format!("`{url}` has no port"))?)
            }
            _ => (authority, 80),
        };
        if host.is_empty() || host.contains('@') || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(format!("`{url}` is no http URL"));
        }
        Ok(Address { host: host.to_owned(), port, base: base.trim_end_matches('/').to_owned() })
    }

    /// The URL.
    pub fn url(&self) -> String {
        format!("http://{}:{}{}", self.host, self.port, self.base)
    }

    fn connect(&self) -> Result<TcpStream, WireError> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let mut last = io::Error::new(io::ErrorKind::NotFound, format!("`{host}` names no address"));
        for address in (host, self.port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last.into())
    }
}

/// A server under test.
#[derive(Debug, Clone)]
pub struct Subject {
    address: Address,
}

impl Subject {
    /// The server at this address.
    pub fn at(address: Address) -> Subject {
        Subject { address }
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// A document, as JSON.
    ///
    /// # Errors
    /// No answer, another status than 200, or no JSON.
    pub(super) fn get(&self, path: &str) -> Result<Value, WireError> {
        self.json("GET", path, None)
    }

    /// The answer to a JSON body, as JSON.
    ///
    /// # Errors
    /// As [`Subject::get`].
    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, WireError> {
        self.json("POST", path, Some(body.to_string()))
    }

    /// A socket of its own, and so a session of its own.
    pub(super) fn socket(&self, path: &str) -> Result<Socket, WireError> {
        Socket::open(&self.address, path)
    }

    fn json(&self, method: &str, path: &str, body: Option<String>) -> Result<Value, WireError> {
        match self.exchange(method, path, None, body)? {
            (200, value) => Ok(value),
            (status, _) => Err(wrong(format!("{method} {path} answered {status}"))),
        }
    }

    /// The status and the JSON of the answer to a request without a body, with a token if there is one.
    ///
    /// # Errors
    /// No answer, or one that is no JSON.
    pub fn call(&self, method: &str, path: &str, token: Option<&str>) -> Result<(u16, Value), WireError> {
        self.exchange(method, path, token, None)
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<String>,
    ) -> Result<(u16, Value), WireError> {
        let mut line = Line::over(self.address.connect()?);
        let Address { host, port, base } = &self.address;
        let body = body.unwrap_or_default();
        let access = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {base}{path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: identity\r\nConnection: close\r\n\
             {access}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        line.send(request.as_bytes())?;
        let (status, head) = line.head()?;
        let header =
            |name: &str| head.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let bytes = if header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            line.chunks()?
        } else if let Some(length) = header("content-length") {
            let length = length.parse().map_err(|_| wrong(format!("{path}: a broken length")))?;
            line.exactly(length, MAX_DOCUMENT_BYTES)?
        } else {
            line.rest()?
        };
        if header("content-encoding").is_some_and(|value| !value.eq_ignore_ascii_case("identity")) {
            return Err(wrong(format!("{path} came compressed, although identity was asked for")));
        }
        match serde_json::from_slice(&bytes) {
            Ok(value) => Ok((status, value)),
            // Pages of errors are often no JSON; their status says enough.
            Err(_) if status != 200 => Ok((status, Value::Null)),
            Err(error) => Err(wrong(format!("{path} answered no JSON: {error}"))),
        }
    }
}

/// A WebSocket whose messages are JSON texts, one answer to each.
#[derive(Debug)]
pub(super) struct Socket {
    line: Line,
    sent: u32,
}

impl Socket {
    fn open(address: &Address, path: &str) -> Result<Socket, WireError> {
        let mut line = Line::over(address.connect()?);
        let key = base64::engine::general_purpose::STANDARD.encode(uuid::Uuid::new_v4().as_bytes());
        let Address { host, port, base } = address;
        line.send(
            format!(
                "GET {base}{path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            )
            .as_bytes(),
        )?;
        let (status, head) = line.head()?;
        let digest = Sha1::digest(format!("{key}{WEBSOCKET_GUID}"));
        let expect = base64::engine::general_purpose::STANDARD.encode(digest);
        let accepted =
            head.iter().any(|(name, value)| name.eq_ignore_ascii_case("sec-websocket-accept") && *value == expect);
        if status != 101 || !accepted {
            return Err(wrong(format!("{path} did not become a WebSocket: status {status}")));
        }
        Ok(Socket { line, sent: 0 })
    }

    /// Sends a message and returns the answer's text.
    pub(super) fn ask(&mut self, message: &str) -> Result<String, WireError> {
        self.line.renew();
        self.write(0x1, message.as_bytes())?;
        let mut whole = Vec::new();
        loop {
            let [first, second] = self.line.array()?;
            if second & 0x80 != 0 || first & 0x70 != 0 {
                return Err(wrong("a broken frame".to_owned()));
            }
            let length = match second {
                126 => u64::from(u16::from_be_bytes(self.line.array()?)),
                127 => u64::from_be_bytes(self.line.array()?),
                short => u64::from(short),
            };
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let payload = self.line.exactly(length, MAX_MESSAGE_BYTES - whole.len().min(MAX_MESSAGE_BYTES))?;
            match first & 0x0f {
                0x0 | 0x1 => {
                    whole.extend_from_slice(&payload);
                    if first & 0x80 != 0 {
                        return String::from_utf8(whole).map_err(|_| wrong("an answer that is not UTF-8".to_owned()));
                    }
                }
                0x8 => return Err(wrong("the server closed the socket".to_owned())),
                0x9 => self.write(0xA, &payload)?,
                0xA => {}
                _ => return Err(wrong("an answer that is no text".to_owned())),
            }
        }
    }

    /// Says goodbye; whether anybody hears it does not matter.
    pub(super) fn close(mut self) {
        let _ = self.write(0x1, json!({ "type": "close" }).to_string().as_bytes());
    }

    fn write(&mut self, opcode: u8, payload: &[u8]) -> Result<(), WireError> {
        // A mask keeps proxies from reading payloads as requests of their own; it has to change, not to be secret here.
        self.sent = self.sent.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let mask = self.sent.to_be_bytes();
        let mut frame = vec![0x80 | opcode];
        match payload.len() {
            short @ 0..126 => frame.push(0x80 | short as u8),
            medium @ 126..65_536 => {
                frame.push(0x80 | 126);
                frame.extend_from_slice(&(medium as u16).to_be_bytes());
            }
            long => {
                frame.push(0x80 | 127);
                frame.extend_from_slice(&(long as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(&mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.line.send(&frame)
    }
}

/// A connection that is read against a deadline.
#[derive(Debug)]
struct Line {
    stream: TcpStream,
    pending: Vec<u8>,
    until: Instant,
}

impl Line {
    fn over(stream: TcpStream) -> Line {
        Line { stream, pending: Vec::new(), until: Instant::now() + PATIENCE }
    }

    /// The time for the next answer begins now.
    fn renew(&mut self) {
        self.until = Instant::now() + PATIENCE;
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        self.stream.set_write_timeout(Some(PATIENCE))?;
        Ok(self.stream.write_all(bytes)?)
    }

    /// Takes in more; `false` at the end.
    fn more(&mut self) -> Result<bool, WireError> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the server took too long").into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut buffer = [0; 16 << 10];
        let read = self.stream.read(&mut buffer).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::Error::new(io::ErrorKind::TimedOut, "the server took too long"),
            _ => error,
        })?;
        self.pending.extend_from_slice(&buffer[..read]);
        Ok(read > 0)
    }

    fn exactly(&mut self, length: usize, most: usize) -> Result<Vec<u8>, WireError> {
        if length > most {
            return Err(wrong(format!("an answer of {length} bytes")));
        }
        while self.pending.len() < length {
            if !self.more()? {
                return Err(wrong("the answer broke off".to_owned()));
            }
        }
        Ok(self.pending.drain(..length).collect())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let bytes = self.exactly(N, N)?;
        bytes.try_into().map_err(|_| wrong("the answer broke off".to_owned()))
    }

    fn text_line(&mut self) -> Result<String, WireError> {
        loop {
            if let Some(at) = self.pending.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=at).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            if self.pending.len() > MAX_HEAD_BYTES {
                return Err(wrong("a head that is too long".to_owned()));
            }
            if !self.more()? {
                return Err(wrong("the answer broke off".to_owned()));
            }
        }
    }

    fn head(&mut self) -> Result<(u16, Vec<(String, String)>), WireError> {
        let first = self.text_line()?;
        let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or_else(|| wrong("no HTTP answer".to_owned()))?;
        let mut head = Vec::new();
        loop {
            let line = self.text_line()?;
            if line.is_empty() {
                return Ok((status, head));
            }
            if head.len() > 100 {
                return Err(wrong("a head that is too long".to_owned()));
            }
            if let Some((name, value)) = line.split_once(':') {
                head.push((name.to_owned(), value.trim().to_owned()));
            }
        }
    }

    fn chunks(&mut self) -> Result<Vec<u8>, WireError> {
        let mut whole = Vec::new();
        loop {
            let line = self.text_line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| wrong("a broken chunk".to_owned()))?;
            if size == 0 {
                return Ok(whole);
            }
            whole.extend(self.exactly(size, MAX_DOCUMENT_BYTES - whole.len())?);
            self.text_line()?;
        }
    }

    fn rest(&mut self) -> Result<Vec<u8>, WireError> {
        while self.more()? {
            if self.pending.len() > MAX_DOCUMENT_BYTES {
                return Err(wrong("an answer that is too long".to_owned()));
            }
        }
        Ok(std::mem::take(&mut self.pending))
    }
}

fn wrong(what: String) -> WireError {
    WireError::Answer(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let check = |url: &str, expect: Option<(&str, u16, &str)>| {
            let found = Address::parse(url).ok();
            let found = found.as_ref().map(|it| (it.host.as_str(), it.port, it.base.as_str()));
            assert_eq!(found, expect, "{url}");
        };
        check("http://127.0.0.1:8000", Some(("127.0.0.1", 8000, "")));
        check("http://[::1]:9/base/", Some(("[::1]", 9, "/base")));
        check("http://env.example", Some(("env.example", 80, "")));
        check("https://env.example", None);
        check("env.example", None);
        check("http://env.example:x", None);
        check("http://a b", None);
        check("http://", None);
    }
}
