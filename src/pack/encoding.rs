//! Bytes to text: what is not plain UTF-8 is reported and replaced byte by byte, so that offsets hold. A file is saved in
//! a wrong way once, however often that shows.

use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::diag::{Code, Diagnostic, Severity, Sink, Source, SourceId, Sources, Span};

/// A file's text and where it had to be mended.
pub(super) struct Decoded {
    pub(super) source: SourceId,
    /// Ranges whose fault has been reported; syntax errors on their lines are its debris.
    pub(super) mended: Vec<Range<usize>>,
    /// Whether the text is worth parsing.
    pub(super) readable: bool,
}

/// Adds a file to the sources, reporting what is wrong with its bytes.
pub(super) fn decode(path: &str, bytes: &[u8], sources: &mut Sources, sink: &mut Sink) -> Decoded {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || is_wide(bytes) {
        let source = sources.add(Source::new(path, ""));
        let message = "the file is UTF-16; save it as UTF-8";
        sink.push(Diagnostic::new(Code::BadEncoding, Span::new(source, 0..0), message));
        return Decoded { source, mended: Vec::new(), readable: false };
    }
    let (source, faults) = match std::str::from_utf8(bytes) {
        Ok(text) if memchr2(0, b'\r', bytes).is_none() => (Source::new(path, text), Vec::new()),
        _ => {
            let (text, faults) = mend(bytes);
            (Source::new(path, text), faults)
        }
    };
    let has_mark = source.text.starts_with('\u{feff}');
    let source = sources.add(source);
    if has_mark {
        let place = Span::new(source, 0..'\u{feff}'.len_utf8());
        let diagnostic = Diagnostic::new(Code::BadEncoding, place, "the file begins with a byte-order mark")
            .with_severity(Severity::Warning)
            .with_help(Some("remove it: TOML is always UTF-8".to_owned()))
            .with_fix(Some(String::new()));
        sink.push(diagnostic);
    }
    for kind in [Kind::NotUtf8, Kind::Nul, Kind::BareReturn] {
        let mut places = faults.iter().filter(|(_, found)| *found == kind).map(|(range, _)| range.clone());
        let Some(first) = places.next() else { continue };
        let (what, help) = kind.words();
        let message = match places.count() {
            0 => what.to_owned(),
            1 => format!("{what}, here and in one more place"),
            more => format!("{what}, here and in {more} more places"),
        };
        let place = Span::new(source, first);
        sink.push(Diagnostic::new(Code::BadEncoding, place, message).with_help(Some(help.to_owned())));
    }
    Decoded { source, mended: faults.into_iter().map(|(range, _)| range).collect(), readable: true }
}

/// What a byte or a few may be that no text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    NotUtf8,
    Nul,
    BareReturn,
}

impl Kind {
    /// What is wrong, and what to do.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Kind::NotUtf8 => ("these bytes are not UTF-8", "save the file as UTF-8"),
            Kind::Nul => ("the file holds a NUL byte", "remove it, and save the file as UTF-8"),
            Kind::BareReturn => {
                ("a carriage return without a line feed", "save the file with line ends of Unix (LF) or Windows (CRLF)")
            }
        }
    }
}

/// Whether this is text of two bytes a character without a mark that says so: of those of ASCII, one is NUL.
fn is_wide(bytes: &[u8]) -> bool {
    const LOOKED_AT: usize = 1024;
    let Some(first) = memchr(0, &bytes[..bytes.len().min(2)]) else {
        return false;
    };
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let count = |parity: usize| start.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    count(first) * 4 >= start.len() && count(1 - first) * 8 <= start.len()
}

/// The text with a `?` for every byte that is no UTF-8 and a blank for what no line of text holds.
fn mend(bytes: &[u8]) -> (String, Vec<(Range<usize>, Kind)>) {
    let mut faults: Vec<(Range<usize>, Kind)> = Vec::new();
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let broken = chunk.invalid().len();
        if broken > 0 {
            let start = text.len();
            text.extend(std::iter::repeat_n('?', broken));
            match faults.last_mut() {
                Some((last, _)) if last.end == start => last.end = text.len(),
                _ => faults.push((start..text.len(), Kind::NotUtf8)),
            }
        }
    }
    if !text.bytes().any(|byte| byte == 0 || byte == b'\r') {
        return (text, faults);
    }
    let raw = text.as_bytes();
    // Without a single line feed, a carriage return ends a line.
    let returns = if raw.contains(&b'\n') { ' ' } else { '\n' };
    let bad: Vec<(usize, Kind)> = raw
        .iter()
        .enumerate()
        .filter_map(|(at, byte)| match byte {
            0 => Some((at, Kind::Nul)),
            b'\r' if raw.get(at + 1) != Some(&b'\n') => Some((at, Kind::BareReturn)),
            _ => None,
        })
        .collect();
    let mut mended: Vec<char> = Vec::with_capacity(text.len());
    let mut next = bad.iter().peekable();
    for (at, c) in text.char_indices() {
        mended.push(match next.next_if(|(bad, _)| *bad == at) {
            Some((_, Kind::BareReturn)) => returns,
            Some(_) => ' ',
            None => c,
        });
    }
    faults.extend(bad.into_iter().map(|(at, kind)| (at..at + 1, kind)));
    faults.sort_by_key(|(range, _)| range.start);
    (mended.into_iter().collect(), faults)
}

#[cfg(test)]
mod tests {
    use super::{is_wide, mend};

    fn check(bytes: &[u8], text: &str, faults: &[(usize, usize)]) {
        let (mended, found) = mend(bytes);
        assert_eq!(mended, text, "{bytes:?}");
        assert_eq!(
            found.into_iter().map(|(range, _)| (range.start, range.end)).collect::<Vec<_>>(),
            faults,
            "{bytes:?}"
        );
    }

    #[test]
    fn wide_characters_are_known_without_a_mark() {
        let wide = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let text = "# Größe\nid = \"a\"\n";
        assert!(is_wide(&wide(text, u16::to_le_bytes)));
        assert!(is_wide(&wide(text, u16::to_be_bytes)));
        assert!(!is_wide(text.as_bytes()));
        assert!(!is_wide(b"a\0b = 1\nccc = 2"));
        assert!(!is_wide(&[0; 64]));
        assert!(!is_wide(b""));
    }

    #[test]
    fn mended_text_keeps_its_offsets() {
        check(b"a = 1\r\n", "a = 1\r\n", &[]);
        check(b"a\rb", "a\nb", &[(1, 2)]);
        check(b"a\rb\n", "a b\n", &[(1, 2)]);
        check(b"a\0b", "a b", &[(1, 2)]);
        check(b"\xc3\xa9\xff\xfe!\xe6", "é??!?", &[(2, 4), (5, 6)]);
        check(b"\xf0\x9f\x98", "???", &[(0, 3)]);
    }
}
