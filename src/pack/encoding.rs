//! Bytes to text: what is not plain UTF-8 is reported and replaced byte by byte, so that offsets hold.

use std::ops::Range;

use memchr::memchr2;

use crate::diag::{Code, Diagnostic, Severity, Sink, Source, SourceId, Sources, Span};

/// The most faults of encoding reported in one file; a binary file has thousands.
const MAX_FAULTS: usize = 20;

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
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
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
    for (range, message) in faults.iter().take(MAX_FAULTS) {
        sink.push(Diagnostic::new(Code::BadEncoding, Span::new(source, range.clone()), *message));
    }
    Decoded { source, mended: faults.into_iter().map(|(range, _)| range).collect(), readable: true }
}

/// The text with a `?` for every byte that is no UTF-8 and a blank for what no line of text holds.
fn mend(bytes: &[u8]) -> (String, Vec<(Range<usize>, &'static str)>) {
    let mut faults: Vec<(Range<usize>, &'static str)> = Vec::new();
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let broken = chunk.invalid().len();
        if broken > 0 {
            let start = text.len();
            text.extend(std::iter::repeat_n('?', broken));
            match faults.last_mut() {
                Some((last, _)) if last.end == start => last.end = text.len(),
                _ => faults.push((start..text.len(), "these bytes are not UTF-8")),
            }
        }
    }
    if !text.bytes().any(|byte| byte == 0 || byte == b'\r') {
        return (text, faults);
    }
    let raw = text.as_bytes();
    let bad: Vec<(usize, &'static str)> = raw
        .iter()
        .enumerate()
        .filter_map(|(at, byte)| match byte {
            0 => Some((at, "the file holds a NUL byte")),
            b'\r' if raw.get(at + 1) != Some(&b'\n') => Some((at, "a carriage return without a line feed")),
            _ => None,
        })
        .collect();
    let mut mended: Vec<char> = Vec::with_capacity(text.len());
    let mut next = bad.iter().peekable();
    for (at, c) in text.char_indices() {
        let replace = next.next_if(|(bad, _)| *bad == at).is_some();
        mended.push(if replace { ' ' } else { c });
    }
    faults.extend(bad.into_iter().map(|(at, message)| (at..at + 1, message)));
    faults.sort_by_key(|(range, _)| range.start);
    (mended.into_iter().collect(), faults)
}

#[cfg(test)]
mod tests {
    use super::mend;

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
    fn mended_text_keeps_its_offsets() {
        check(b"a = 1\r\n", "a = 1\r\n", &[]);
        check(b"a\rb", "a b", &[(1, 2)]);
        check(b"a\0b", "a b", &[(1, 2)]);
        check(b"\xc3\xa9\xff\xfe!\xe6", "é??!?", &[(2, 4), (5, 6)]);
        check(b"\xf0\x9f\x98", "???", &[(0, 3)]);
    }
}
