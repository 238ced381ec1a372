//! RFC 6455 on the real `/ws`, by bare bytes: cases after those of the Autobahn test suite, whose numbers they begin with.

use std::time::Duration;

use serde_json::{Value, json};
use support_ops_env::server::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::ws::{Port, serve};

/// Far beyond what any answer takes.
const PATIENCE: Duration = Duration::from_secs(30);
const MIB: usize = 1 << 20;

/// What has to come back, in this order.
#[derive(Debug, Clone)]
enum Expect {
    /// The answer to a ping.
    Pong(Vec<u8>),
    /// The error frame for a text that is no JSON, or for a binary message.
    InvalidJson,
    /// The answer to [`reset`], which repeats the episode's id.
    Episode(String),
    /// A close frame with this code, and nothing after it.
    Close(u16),
}

use Expect::{Close, Episode, InvalidJson, Pong};

struct Case {
    name: String,
    bytes: Vec<u8>,
    /// How many bytes go out at a time.
    chop: usize,
    expect: Vec<Expect>,
}

fn case(name: impl Into<String>, frames: &[Vec<u8>], expect: &[Expect]) -> Case {
    Case { name: name.into(), bytes: frames.concat(), chop: usize::MAX, expect: expect.to_vec() }
}

fn chopped(name: impl Into<String>, chop: usize, frames: &[Vec<u8>], expect: &[Expect]) -> Case {
    Case { chop, ..case(name, frames, expect) }
}

/// A client's frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    masked_frame(first, payload, [0x37, 0xFA, 0x21, 0x3D])
}

fn masked_frame(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..=125 => frame.push(0x80 | len as u8),
        len @ 126..=0xFFFF => {
            frame.push(0xFE);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(0xFF);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}

/// A frame as only servers may send it.
fn bare(first: u8, payload: &[u8]) -> Vec<u8> {
    [&[first, payload.len() as u8], payload].concat()
}

fn text(text: &str) -> Vec<u8> {
    frame(0x81, text.as_bytes())
}

/// A message whose answer repeats the id.
fn reset(id: &str) -> String {
    json!({ "type": "reset", "data": { "episode_id": id } }).to_string()
}

/// A message split into fragments of these sizes; the rest is the last one.
fn fragments(first: u8, message: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
    let (mut frames, mut rest) = (Vec::new(), message);
    for (at, &size) in sizes.iter().enumerate() {
        let (head, tail) = rest.split_at(size);
        frames.push(frame(if at == 0 { first } else { 0x00 }, head));
        rest = tail;
    }
    frames.push(frame(if sizes.is_empty() { 0x80 | first } else { 0x80 }, rest));
    frames
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(0x88, &[&code.to_be_bytes(), reason].concat())
}

fn framing() -> Vec<Case> {
    let mut cases = Vec::new();
    for len in [0, 125, 126, 127, 128, 65_535, 65_536, MIB] {
        cases.push(case(format!("1.1 text of {len}"), &[frame(0x81, &vec![b' '; len])], &[InvalidJson]));
        cases.push(case(format!("1.2 binary of {len}"), &[frame(0x82, &vec![0xFE; len])], &[InvalidJson]));
    }
    let padded = format!("{}{}", " ".repeat(65_000), reset("chops"));
    cases.push(chopped("1.1.8 text in chops of 997", 997, &[text(&padded)], &[Episode("chops".into())]));
    cases.push(chopped("1.2.8 binary in chops of 997", 997, &[frame(0x82, &[7; 65_536])], &[InvalidJson]));
    cases.push(case("9.1 text beyond the limit", &[frame(0x81, &vec![b' '; MIB + 1])], &[Close(1009)]));
    let announced = [&[0x81, 0xFF][..], &(1_u64 << 40).to_be_bytes(), &[0; 4]].concat();
    cases.push(case("9.1 a tebibyte announced", &[announced], &[Close(1009)]));
    let halves = [frame(0x01, &vec![b' '; MIB]), frame(0x80, b" ")];
    cases.push(case("9.3 fragments beyond the limit", &halves, &[Close(1009)]));
    let long_form = |len: u8| [&[0x81, 0xFE, 0, len, 0, 0, 0, 0][..], &vec![b' '; usize::from(len)]].concat();
    cases.push(case("5.2 a short length in 16 bits", &[long_form(125)], &[Close(1002)]));
    let longer = [&[0x81, 0xFF][..], &0xFFFF_u64.to_be_bytes(), &[0; 4]].concat();
    cases.push(case("5.2 a 16-bit length in 64", &[longer], &[Close(1002)]));
    cases.push(case("5.1 a text without a mask", &[bare(0x81, b"x")], &[Close(1002)]));
    cases.push(case("5.1 a ping without a mask", &[bare(0x89, b"x")], &[Close(1002)]));
    cases.push(case("5.1 a close without a mask", &[bare(0x88, &[3, 232])], &[Close(1002)]));
    for mask in [[0; 4], [0xFF; 4], [1, 2, 3, 4]] {
        let frame = masked_frame(0x81, reset("mask").as_bytes(), mask);
        cases.push(case(format!("5.3 mask {mask:?}"), &[frame], &[Episode("mask".into())]));
    }
    cases
}

fn control() -> Vec<Case> {
    let ping = |payload: &[u8]| frame(0x89, payload);
    let pong = |payload: &[u8]| Pong(payload.to_vec());
    let odd = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];
    let ten: Vec<Vec<u8>> = (0..10).map(|n| ping(&[b'a' + n])).collect();
    let ten_back: Vec<Expect> = (0..10).map(|n| pong(&[b'a' + n])).collect();
    let mut cases = vec![
        case("2.1 an empty ping", &[ping(b"")], &[pong(b"")]),
        case("2.2 a ping with text", &[ping(b"Hello, world!")], &[pong(b"Hello, world!")]),
        case("2.3 a ping with bytes", &[ping(&odd)], &[pong(&odd)]),
        case("2.4 a ping of 125", &[ping(&[0xFE; 125])], &[pong(&[0xFE; 125])]),
        case("2.5 a ping of 126", &[ping(&[0xFE; 126])], &[Close(1002)]),
        chopped("2.6 a ping by the octet", 1, &[ping(&[0xFE; 125])], &[pong(&[0xFE; 125])]),
        case("2.7 an unasked pong", &[frame(0x8A, b"")], &[]),
        case("2.8 an unasked pong with text", &[frame(0x8A, b"unasked")], &[]),
        case("2.9 a pong, then a ping", &[frame(0x8A, b"unasked"), ping(b"asked")], &[pong(b"asked")]),
        case("2.10 ten pings", &ten, &ten_back),
        chopped("2.11 ten pings by the octet", 1, &ten, &ten_back),
        case("2.5 a pong of 126", &[frame(0x8A, &[0; 126])], &[Close(1002)]),
        case("5.1 a fragmented ping", &[frame(0x09, b"x"), frame(0x80, b"y")], &[Close(1002)]),
        case("5.2 a fragmented pong", &[frame(0x0A, b"x"), frame(0x80, b"y")], &[Close(1002)]),
        case("7.3 a fragmented close", &[frame(0x08, &[3, 232])], &[Close(1002)]),
    ];
    for (bits, name) in [(0x40, "1"), (0x20, "2"), (0x10, "3"), (0x60, "1, 2"), (0x50, "1, 3"), (0x70, "1, 2, 3")] {
        cases.push(case(format!("3.1 text with reserved bits {name}"), &[frame(0x81 | bits, b"x")], &[Close(1002)]));
    }
    cases.push(case("3.4 reserved after a text", &[text("x"), frame(0xA1, b"x")], &[InvalidJson, Close(1002)]));
    cases.push(chopped("3.4 the same by the octet", 1, &[text("x"), frame(0xA1, b"x")], &[InvalidJson, Close(1002)]));
    cases.push(case("3.5 binary with a reserved bit", &[frame(0xD2, b"x")], &[Close(1002)]));
    cases.push(case("3.6 a ping with a reserved bit", &[frame(0xE9, b"x")], &[Close(1002)]));
    cases.push(case("3.7 a close with a reserved bit", &[frame(0xF8, &[3, 232])], &[Close(1002)]));
    for opcode in (0x3..=0x7).chain(0xB..=0xF) {
        cases.push(case(format!("4 opcode {opcode:#x}"), &[frame(0x80 | opcode, b"")], &[Close(1002)]));
        let after = [text("x"), frame(0x80 | opcode, b"payload"), ping(b"")];
        cases.push(case(format!("4 opcode {opcode:#x} after a text"), &after, &[InvalidJson, Close(1002)]));
    }
    cases
}

fn fragmentation() -> Vec<Case> {
    let message = reset("fragments");
    let whole = [Episode("fragments".into())];
    let two = fragments(0x01, message.as_bytes(), &[9]);
    let each = vec![1; message.len() - 1];
    let pinged = [two[0].clone(), frame(0x89, b"between"), two[1].clone()];
    let pinged_back = [Pong(b"between".to_vec()), whole[0].clone()];
    let empties = [frame(0x01, b""), frame(0x00, b""), frame(0x80, message.as_bytes())];
    let mut twice = two.clone();
    twice.extend(two.clone());
    vec![
        case("5.3 two fragments", &two, &whole),
        chopped("5.5 two fragments by the octet", 1, &two, &whole),
        case("5.6 a ping in between", &pinged, &pinged_back),
        chopped("5.8 the same by the octet", 1, &pinged, &pinged_back),
        case("5.9 a continuation of nothing", &[frame(0x80, b"x"), text("x")], &[Close(1002)]),
        case("5.12 one that goes on", &[frame(0x00, b"x"), text("x")], &[Close(1002)]),
        case("5.14 a continuation after a message", &[text("x"), frame(0x80, b"x")], &[InvalidJson, Close(1002)]),
        case("5.18 a text in a fragmented text", &[frame(0x01, b"x"), frame(0x81, b"y")], &[Close(1002)]),
        case("5.18 a binary in a fragmented text", &[frame(0x01, b"x"), frame(0x82, b"y")], &[Close(1002)]),
        case("5.19 a fragment in each", &fragments(0x01, message.as_bytes(), &each), &whole),
        case("5.19 two messages of fragments", &twice, &[whole[0].clone(), whole[0].clone()]),
        case("6.1 all empty", &[frame(0x01, b""), frame(0x00, b""), frame(0x80, b"")], &[InvalidJson]),
        case("6.1 some empty", &empties, &whole),
        case("5 a fragmented binary", &fragments(0x02, &[0xFF; 9], &[4]), &[InvalidJson]),
        case("5 a close in a fragmented text", &[two[0].clone(), close(1000, b"")], &[Close(1000)]),
    ]
}

fn utf8() -> Vec<Case> {
    let id = "κόσμε \u{1F4A9} \u{FFFF} \u{10FFFF} \u{7FF}\u{800}";
    let message = reset(id);
    let valid = [Episode(id.into())];
    let splits = |size: usize| vec![size; (message.len() - 1) / size];
    let mut cases = vec![
        case("6.2.1 valid", &[text(&message)], &valid),
        case("6.2.2 valid, in two fragments", &fragments(0x01, message.as_bytes(), &[41]), &valid),
        case("6.2.3 valid, a fragment an octet", &fragments(0x01, message.as_bytes(), &splits(1)), &valid),
        case("6.2.4 valid, three octets each", &fragments(0x01, message.as_bytes(), &splits(3)), &valid),
        chopped("6.2.4 valid, sent by the octet", 1, &[text(&message)], &valid),
        case("6.4.1 no end to come", &[frame(0x01, b"x"), frame(0x00, &[0xF4, 0x90])], &[Close(1007)]),
        case("6.4.2 the first fragment", &[frame(0x01, &[0xCE, 0xBA, 0xF4, 0x90, 0x80])], &[Close(1007)]),
        // The header announces a hundred octets; the fourth is the last that comes.
        case("6.4.3 within a frame", &[vec![0x81, 0x80 | 100, 0, 0, 0, 0, b'o', b'k', 0xFF, b'!']], &[Close(1007)]),
        chopped("6.4.4 by the octet", 1, &[vec![0x81, 0x80 | 100, 0, 0, 0, 0, b'o', 0xED, 0xA0]], &[Close(1007)]),
        case("6.4 half a character is none yet", &[frame(0x01, &[0xF0, 0x9F]), frame(0x00, &[0x92])], &[]),
    ];
    for (name, octets) in [
        ("6.3 a surrogate in between", &[0xCE, 0xBA, 0xED, 0xA0, 0x80, 0x65][..]),
        ("6.6 cut in a character", &[0xCE, 0xBA, 0xE1, 0xBD]),
        ("6.8 five octets", &[0xF8, 0x88, 0x80, 0x80, 0x80]),
        ("6.8 six octets", &[0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]),
        ("6.10 above U+10FFFF", &[0xF4, 0x90, 0x80, 0x80]),
        ("6.12 a continuation first", &[0x80]),
        ("6.12 many of them", &[0xBF, 0x80, 0xBF]),
        ("6.14 a start alone", &[0xC0, 0x20]),
        ("6.14 a start of four alone", &[0xF0, 0x20]),
        ("6.18 octets that never occur", &[0xFE, 0xFE, 0xFF, 0xFF]),
        ("6.19 an overlong slash", &[0xC0, 0xAF]),
        ("6.19 an overlong slash in three", &[0xE0, 0x80, 0xAF]),
        ("6.20 an overlong maximum", &[0xF0, 0x8F, 0xBF, 0xBF]),
        ("6.21 an overlong NUL", &[0xC0, 0x80]),
        ("6.21 low and high surrogate", &[0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80]),
    ] {
        cases.push(case(name, &[frame(0x81, octets)], &[Close(1007)]));
        cases.push(chopped(format!("{name}, by the octet"), 1, &[frame(0x81, octets)], &[Close(1007)]));
    }
    cases
}

fn closing() -> Vec<Case> {
    let message = text(&reset("last"));
    let last = Episode("last".into());
    let mut cases = vec![
        case("7.1.1 a message, then a close", &[message.clone(), close(1000, b"")], &[last, Close(1000)]),
        case("7.1.2 two closes", &[close(1000, b""), close(1000, b"")], &[Close(1000)]),
        case("7.1.3 a ping after a close", &[close(1000, b""), frame(0x89, b"x")], &[Close(1000)]),
        case("7.1.4 a message after a close", &[close(1000, b""), message], &[Close(1000)]),
        case("7.3.1 no code", &[frame(0x88, b"")], &[Close(1000)]),
        case("7.3.2 one octet", &[frame(0x88, b"a")], &[Close(1002)]),
        case("7.3.3 a code", &[close(1000, b"")], &[Close(1000)]),
        case("7.3.4 a code and a reason", &[close(1000, b"Hello World!")], &[Close(1000)]),
        case("7.3.5 a reason of 123", &[close(1000, &[b'*'; 123])], &[Close(1000)]),
        case("7.3.6 a reason of 124", &[close(1000, &[b'*'; 124])], &[Close(1002)]),
        case("7.5.1 a reason that is no text", &[close(1000, &[0xCE, 0xBA, 0xED, 0xA0])], &[Close(1007)]),
        chopped("7.3.4 by the octet", 1, &[close(1000, b"Hello World!")], &[Close(1000)]),
    ];
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] {
        cases.push(case(format!("7.7 code {code}"), &[close(code, b"")], &[Close(code)]));
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        cases.push(case(format!("7.9 code {code}"), &[close(code, b"")], &[Close(1002)]));
    }
    cases
}

/// A connection that has become a WebSocket.
async fn open(port: &Port) -> TcpStream {
    let mut stream = TcpStream::connect(port.address).await.expect("the port is open");
    let request = "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("an answer"));
    }
    let head = String::from_utf8(head).expect("a text").to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 101") && head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{head}");
    assert!(!head.contains("sec-websocket-extensions"), "no extension is taken, so no reserved bit is one");
    stream
}

/// The next frame of the server; none where it has closed the connection.
async fn read_frame(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let first = stream.read_u8().await.ok()?;
    let second = stream.read_u8().await.expect("a whole frame");
    assert_eq!(second & 0x80, 0, "servers never mask");
    let len = match second {
        126 => u64::from(stream.read_u16().await.expect("a whole frame")),
        127 => stream.read_u64().await.expect("a whole frame"),
        short => u64::from(short),
    };
    let mut payload = vec![0; usize::try_from(len).expect("a length")];
    stream.read_exact(&mut payload).await.expect("a whole frame");
    Some((first, payload))
}

async fn run(port: &Port, case: &Case) -> Result<(), String> {
    let mut stream = open(port).await;
    stream.set_nodelay(true).expect("it is open");
    let (mut reading, mut writing) = stream.split();
    let write = async {
        for part in case.bytes.chunks(case.chop.min(case.bytes.len().max(1))) {
            // A server that has seen enough may close before all is written.
            if writing.write_all(part).await.is_err() {
                return;
            }
        }
        if !matches!(case.expect.last(), Some(Close(_))) {
            let _ = writing.write_all(&frame(0x89, b"still there?")).await;
        }
    };
    let mut expect = case.expect.clone();
    if !matches!(expect.last(), Some(Close(_))) {
        expect.push(Pong(b"still there?".to_vec()));
    }
    // Read while it is written, so that neither side waits for the other's buffers.
    let read = async {
        let mut frames = Vec::new();
        for _ in 0..expect.len() {
            let mut head = [0; 2];
            if reading.read_exact(&mut head).await.is_err() {
                break;
            }
            let mut length = [0; 8];
            let len = match head[1] {
                126 => {
                    reading.read_exact(&mut length[6..]).await.map_err(|error| error.to_string())?;
                    u64::from_be_bytes(length)
                }
                127 => {
                    reading.read_exact(&mut length).await.map_err(|error| error.to_string())?;
                    u64::from_be_bytes(length)
                }
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(len).expect("a length")];
            reading.read_exact(&mut payload).await.map_err(|error| error.to_string())?;
            frames.push((head[0], payload));
        }
        Ok::<_, String>(frames)
    };
    let ((), frames) = tokio::join!(write, read);
    let frames = frames?;
    for (at, expect) in expect.iter().enumerate() {
        let Some((first, payload)) = frames.get(at) else { return Err(format!("nothing came instead of {expect:?}")) };
        let json = || serde_json::from_slice::<Value>(payload).unwrap_or_default();
        let holds = match expect {
            Pong(bytes) => *first == 0x8A && payload == bytes,
            InvalidJson => *first == 0x81 && json()["data"]["code"] == "INVALID_JSON",
            Episode(id) => *first == 0x81 && json()["data"]["metadata"]["episode_id"] == **id,
            Close(code) => *first == 0x88 && payload.starts_with(&code.to_be_bytes()),
        };
        if !holds {
            let shown: String = String::from_utf8_lossy(payload).chars().take(120).collect();
            return Err(format!("{first:#x} {shown:?} instead of {expect:?}"));
        }
    }
    if matches!(expect.last(), Some(Close(_))) {
        // It may have been closed from the other side by now.
        let _ = stream.shutdown().await;
        if let Some(more) = read_frame(&mut stream).await {
            return Err(format!("{more:?} after the close"));
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_case_holds() {
    let port = serve(Settings::default()).await;
    let cases = [framing(), control(), fragmentation(), utf8(), closing()];
    let cases: Vec<Case> = cases.into_iter().flatten().collect();
    assert!(cases.len() > 140, "only {} cases", cases.len());
    let mut failed = Vec::new();
    for case in &cases {
        match timeout(PATIENCE, run(&port, case)).await {
            Ok(Ok(())) => {}
            Ok(Err(what)) => failed.push(format!("{}: {what}", case.name)),
            Err(_) => failed.push(format!("{}: it takes too long", case.name)),
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
}
