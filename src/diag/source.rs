//! Files as they were read, and places in them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::{memchr, memchr_iter};
use serde::Serialize;

use super::redactor::Redactor;

/// Which file of [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes in one file, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl SourceId {
    /// Its number, from 0, in the order in which the files were added.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl Span {
    /// A range of bytes; files are far below 4 GiB.
    pub fn new(source: SourceId, range: Range<usize>) -> Span {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source, start: clamp(range.start), end: clamp(range.end) }
    }
}

/// A place as people count: line and column from 1, the column in characters; the offset in bytes from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// In bytes, from 0.
    pub offset: usize,
}

/// A range of a file, told without the file at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// As it was given, with `/`.
    pub file: Arc<str>,
    /// The first character.
    pub start: Position,
    /// One past the last.
    pub end: Position,
}

/// One file.
#[derive(Debug, Clone)]
pub struct Source {
    /// As it was given, with `/`.
    pub path: Arc<str>,
    /// Its text; what is not UTF-8 is replaced byte by byte, so that offsets hold.
    pub text: Arc<str>,
    /// Where lines begin, once a finding asks for it: most files have none.
    line_starts: OnceLock<Vec<u32>>,
    /// Ranges that no output may show, in their order; none touches another.
    hidden: Vec<Range<u32>>,
    /// Finds what stands in them.
    redactor: Redactor,
}

impl Source {
    /// A file of this name and text.
    pub fn new(path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Source {
        Source {
            path: path.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            hidden: Vec::new(),
            redactor: Redactor::default(),
        }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let ends = memchr_iter(b'\n', self.text.as_bytes());
            iter::once(0).chain(ends.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX))).collect()
        })
    }

    /// Line and column of a byte offset; one inside a character counts as its start, one past the end as the end.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let (line, start) = self.line_at(offset);
        // A byte-order mark is no column of the first line.
        let text = self.text[start..offset].trim_start_matches(if start == 0 { '\u{feff}' } else { '\u{0}' });
        Position { line, column: text.chars().count() + 1, offset }
    }

    /// The text of a line, counted from 1, without its end.
    pub fn line(&self, line: usize) -> &str {
        let (start, end) = if line == 1 {
            (0, memchr(b'\n', self.text.as_bytes()).unwrap_or(self.text.len()))
        } else {
            let at = |line: usize| self.line_starts().get(line).map_or(self.text.len(), |&at| at as usize);
            (at(line - 1), at(line))
        };
        self.text[start..end].trim_end_matches(['\n', '\r']).trim_start_matches('\u{feff}')
    }

    /// The text of a line as output may show it: each hidden character is a `*`.
    pub fn shown_line(&self, line: usize) -> Cow<'_, str> {
        let text = self.line(line);
        if self.hidden.is_empty() {
            return Cow::Borrowed(text);
        }
        let start = text.as_ptr() as usize - self.text.as_ptr() as usize;
        let mut hidden = &self.hidden[self.hidden.partition_point(|range| range.end as usize <= start)..];
        let mut shown = String::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            while hidden.first().is_some_and(|range| range.end as usize <= start + at) {
                hidden = &hidden[1..];
            }
            let is_hidden = hidden.first().is_some_and(|range| range.start as usize <= start + at);
            shown.push(if is_hidden { '*' } else { c });
        }
        Cow::Owned(shown)
    }

    /// Takes what is hidden of this file out of what is said of it.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Hides these ranges, and these alone.
    fn hide(&mut self, mut places: Vec<Range<u32>>) {
        places.sort_unstable_by_key(|range| (range.start, range.end));
        let text = |range: &Range<u32>| self.text.get(range.start as usize..range.end as usize);
        self.redactor = Redactor::new(places.iter().filter_map(text));
        places.dedup_by(|next, range| {
            let touches = next.start <= range.end;
            if touches {
                range.end = range.end.max(next.end);
            }
            touches
        });
        self.hidden = places;
    }

    /// The line of a byte offset, counted from 1.
    pub fn line_number(&self, offset: usize) -> usize {
        self.line_at(offset.min(self.text.len())).0
    }

    /// The byte at which the line of this offset begins.
    pub fn line_start(&self, offset: usize) -> usize {
        self.line_at(offset.min(self.text.len())).1
    }

    /// The line of a byte, counted from 1, and where it begins. The first one is told without looking at the others: what
    /// is said of a file as a whole stands there, and most files have no other finding.
    fn line_at(&self, offset: usize) -> (usize, usize) {
        if memchr(b'\n', &self.text.as_bytes()[..offset]).is_none() {
            return (1, 0);
        }
        let line = self.line_starts().partition_point(|&start| start as usize <= offset);
        (line, self.line_starts()[line - 1] as usize)
    }

    /// The range of the first line, its end left out.
    pub fn first_line(&self) -> Range<usize> {
        let mark = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let line = self.text.lines().next().unwrap_or_default();
        mark..line.trim_end_matches('\r').len().max(mark)
    }
}

/// All files of one run.
#[derive(Debug, Default, Clone)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.0.len()).expect("fewer than 2^32 files"));
        self.0.push(source);
        id
    }

    /// Hides places, and what stands there, from every output; of each file that has one, these places alone.
    pub fn hide(&mut self, places: impl IntoIterator<Item = Span>) {
        let mut of_source: BTreeMap<SourceId, Vec<Range<u32>>> = BTreeMap::new();
        for place in places {
            of_source.entry(place.source).or_default().push(place.start..place.end);
        }
        for (source, places) in of_source {
            self.0[source.index()].hide(places);
        }
    }

    /// The file of this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0 as usize]
    }

    /// A span as people count.
    pub fn place(&self, span: Span) -> Place {
        let source = self.get(span.source);
        let at = |offset: u32| source.position(offset as usize);
        Place { file: source.path.clone(), start: at(span.start), end: at(span.end) }
    }

    /// The ids of all files, in the order they were added.
    pub fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..u32::try_from(self.0.len()).expect("fewer than 2^32 files")).map(SourceId)
    }

    /// How many files were read.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no file was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, Sources, Span};

    fn check(text: &str, offset: usize, line: usize, column: usize) {
        let at = Source::new("x", text).position(offset);
        assert_eq!((at.line, at.column), (line, column), "{text:?} at {offset}");
    }

    #[test]
    fn positions_count_characters() {
        check("ab\ncd", 0, 1, 1);
        check("ab\ncd", 4, 2, 2);
        check("ab\r\ncd", 4, 2, 1);
        check("é\u{301}x", 4, 1, 3);
        check("\u{feff}ab", 3, 1, 1);
        check("\u{feff}ab", 4, 1, 2);
        check("日本\tx", 7, 1, 4);
        check("日本", 1, 1, 1);
        check("ab", 99, 1, 3);
        check("", 0, 1, 1);
        check("ab\n", 3, 2, 1);
    }

    #[test]
    fn hidden_places_show_as_stars() {
        let mut sources = Sources::default();
        let id = sources.add(Source::new("x", "\u{feff}é1\nkey = '4é4', 'é', 123456\n"));
        // In any order, apart, touching, one within another, over the end of a line.
        sources.hide([31..33, 22..24, 14..18, 24..29, 27..28, 3..8].map(|range| Span::new(id, range)));
        let source = sources.get(id);
        assert_eq!(source.shown_line(1), "**");
        assert_eq!(source.shown_line(2), "*ey = '***', '******34**");
        assert_eq!(source.redactor().redact("`4é4` is odd"), "`***` is odd");
    }
}
