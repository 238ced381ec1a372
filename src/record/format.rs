//! The bytes of a log: a header, then frames, each with its length, its checksum and its sequence number.
//!
//! All numbers are little-endian. `docs/recording.md` draws the same byte by byte.

use crc32fast::Hasher;

/// What every log begins with; the line feed shows where a transfer has changed line ends.
pub const MAGIC: [u8; 8] = *b"SUPOPLG\n";
/// The version of the format. Another one is not read.
pub const VERSION: u32 = 1;
/// Magic, version, the first record's sequence number, and a checksum of these.
pub const HEADER_BYTES: usize = 24;
/// Length, checksum and sequence number of a frame.
pub const FRAME_BYTES: usize = 16;
/// The longest payload: far above what an action at its limit takes, with every character escaped.
pub const MAX_PAYLOAD_BYTES: usize = 2 << 20;

/// A file's header, for records from this sequence number on.
pub fn render_header(first: u64) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[12..20].copy_from_slice(&first.to_le_bytes());
    let sum = crc32fast::hash(&header[..20]);
    header[20..].copy_from_slice(&sum.to_le_bytes());
    header
}

/// The first sequence number that a header names.
///
/// # Errors
/// What is wrong with it.
pub fn parse_header(bytes: &[u8]) -> Result<u64, Flaw> {
    let Some(header) = bytes.first_chunk::<HEADER_BYTES>() else { return Err(Flaw::Short) };
    if header[..8] != MAGIC {
        return Err(Flaw::Magic);
    }
    let version = u32::from_le_bytes(part(header, 8));
    if crc32fast::hash(&header[..20]) != u32::from_le_bytes(part(header, 20)) {
        return Err(Flaw::Checksum);
    }
    if version != VERSION {
        return Err(Flaw::Version(version));
    }
    Ok(u64::from_le_bytes(part(header, 12)))
}

/// Appends a record.
pub fn push_frame(to: &mut Vec<u8>, sequence: u64, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("a payload is far below 4 GiB");
    to.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(&checksum(sequence, payload).to_le_bytes());
    to.extend_from_slice(&sequence.to_le_bytes());
    to.extend_from_slice(payload);
}

/// What a frame's head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHead {
    /// Bytes of the payload.
    pub length: usize,
    /// The checksum of sequence number and payload.
    pub checksum: u32,
    /// The record's place among all records of a folder, from 1.
    pub sequence: u64,
}

/// The head that these bytes begin with.
///
/// # Errors
/// Too few bytes, or a length that no payload has, or a number that no record has.
pub fn parse_frame_head(bytes: &[u8]) -> Result<FrameHead, Flaw> {
    let Some(head) = bytes.first_chunk::<FRAME_BYTES>() else { return Err(Flaw::Short) };
    let length = u32::from_le_bytes(part(head, 0));
    let fits = usize::try_from(length).ok().filter(|length| (1..=MAX_PAYLOAD_BYTES).contains(length));
    let length = fits.ok_or(Flaw::Length(length))?;
    let (checksum, sequence) = (u32::from_le_bytes(part(head, 4)), u64::from_le_bytes(part(head, 8)));
    if sequence == u64::MAX {
        return Err(Flaw::Number);
    }
    Ok(FrameHead { length, checksum, sequence })
}

/// CRC-32 (IEEE 802.3) of a sequence number and a payload.
pub fn checksum(sequence: u64, payload: &[u8]) -> u32 {
    let mut sum = Hasher::new();
    sum.update(&sequence.to_le_bytes());
    sum.update(payload);
    sum.finalize()
}

/// What is wrong with bytes of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The file ends within a header or a record.
    #[error("the file ends in the middle of a record")]
    Short,
    /// The file is no log.
    #[error("the file does not begin as a log does")]
    Magic,
    /// A log of another version.
    #[error("the log has version {0}; this program reads version {VERSION}")]
    Version(u32),
    /// No record is that long.
    #[error("a record cannot have {0} bytes")]
    Length(u32),
    /// No record has the last number there is: none could follow it.
    #[error("a record cannot have the number {}", u64::MAX)]
    Number,
    /// The bytes are not those that were written.
    #[error("the checksum does not match")]
    Checksum,
    /// A record is missing, or one of another place stands here.
    #[error("record {expected} was expected and record {found} found")]
    Sequence {
        /// The number that comes next.
        expected: u64,
        /// The number that stands there.
        found: u64,
    },
    /// A sound record that says nothing known.
    #[error("record {0} holds no event that is known")]
    Event(u64),
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    *bytes[at..].first_chunk().expect("callers stay within a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_frames_are_read_as_written() {
        assert_eq!(parse_header(&render_header(7)), Ok(7));
        let mut bytes = Vec::new();
        push_frame(&mut bytes, 9, b"{}");
        let head = parse_frame_head(&bytes).expect("a head");
        assert_eq!(head, FrameHead { length: 2, checksum: checksum(9, b"{}"), sequence: 9 });
        assert_eq!(&bytes[FRAME_BYTES..], b"{}");
    }

    #[test]
    fn the_checksum_is_the_usual_one() {
        // The check value of CRC-32/ISO-HDLC is that of "123456789".
        assert_eq!(checksum(u64::from_le_bytes(*b"12345678"), b"9"), 0xcbf4_3926);
    }

    #[test]
    fn flaws_of_a_head_are_told_apart() {
        let check = |change: &dyn Fn(&mut Vec<u8>), expect: Flaw| {
            let mut header = render_header(1).to_vec();
            change(&mut header);
            assert_eq!(parse_header(&header), Err(expect));
        };
        check(&|header| header.truncate(23), Flaw::Short);
        check(&|header| header[0] = b'x', Flaw::Magic);
        check(&|header| header[13] ^= 1, Flaw::Checksum);
        check(
            &|header| {
                header[8] = 2;
                let sum = crc32fast::hash(&header[..20]);
                header[20..].copy_from_slice(&sum.to_le_bytes());
            },
            Flaw::Version(2),
        );
        let mut last = Vec::new();
        push_frame(&mut last, u64::MAX, b"{}");
        assert_eq!(parse_frame_head(&last), Err(Flaw::Number));
        assert_eq!(parse_frame_head(&[0; FRAME_BYTES]), Err(Flaw::Length(0)));
        assert_eq!(parse_frame_head(&[255; FRAME_BYTES]), Err(Flaw::Length(u32::MAX)));
        assert_eq!(parse_frame_head(&[0; FRAME_BYTES - 1]), Err(Flaw::Short));
    }
}
