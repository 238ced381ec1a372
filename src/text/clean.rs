//! First stage: the raw reply without what is not said in it.
//!
//! NFKC, invisible characters dropped, quotes and dashes unified, markdown and HTML marks removed, quoted mail
//! dropped. Every byte of the clean text remembers which bytes of the raw reply it came from.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::judgement::Span;

/// A reply after cleaning, with the way back to the raw bytes.
#[derive(Debug, Default)]
pub(super) struct Clean {
    /// The text; line starts that were list marks hold [`BULLET`].
    pub(super) text: String,
    /// For each byte of `text`, the raw range it came from.
    origin: Vec<(u32, u32)>,
    /// Whitespace-separated words of the raw lines that were kept.
    pub(super) words: usize,
}

/// Stands for a list mark at the start of a line.
pub(super) const BULLET: char = '\u{2022}';

/// Every dash that is not a hyphen, unified.
pub(super) const DASH: char = '\u{2013}';

/// Combining marks kept after one letter; more is decoration meant to break words ("zalgo").
const MAX_MARKS: usize = 4;

/// Combining marks that are read before those that stay are picked; it bounds the work per letter.
const MAX_READ_MARKS: usize = 32;

/// The most characters one compatibility character may become; a few ligatures spell whole phrases.
const MAX_EXPANSION: usize = 8;

/// The longest HTML tag that is taken for one.
const MAX_TAG: usize = 64;

impl Clean {
    /// Cleans a raw reply.
    pub(super) fn of(raw: &str) -> Clean {
        let mut clean =
            Clean { text: String::with_capacity(raw.len() + 8), origin: Vec::with_capacity(raw.len() + 8), words: 0 };
        let quoted = Quoted::lines(raw);
        let mut at = 0;
        for (line, text) in raw.split_inclusive('\n').enumerate() {
            if !quoted.contains(line) {
                clean.words += text.split_whitespace().count();
                clean.push_line(text, at);
            }
            at += text.len();
        }
        clean
    }

    /// The raw bytes behind a range of the clean text.
    pub(super) fn raw(&self, start: usize, end: usize) -> Span {
        let first = self.origin.get(start).map_or(0, |o| o.0 as usize);
        let last = end.checked_sub(1).and_then(|i| self.origin.get(i)).map_or(first, |o| o.1 as usize);
        Span { start: first, end: last.max(first) }
    }

    fn push(&mut self, c: char, from: usize, to: usize) {
        let before = self.text.len();
        self.text.push(c);
        let origin = (from as u32, to as u32);
        self.origin.extend(std::iter::repeat_n(origin, self.text.len() - before));
    }

    fn push_plain(&mut self, text: &str, from: usize) {
        self.text.push_str(text);
        self.origin.extend((from..from + text.len()).map(|at| (at as u32, at as u32 + 1)));
    }

    fn push_line(&mut self, line: &str, at: usize) {
        let (mark, rest) = line_marks(line);
        if mark.is_bullet {
            self.push(BULLET, at + mark.start, at + mark.end);
            self.push(' ', at + mark.start, at + mark.end);
        }
        let mut from = rest;
        for item in inline_marks(&line[rest..]) {
            let (start, end) = (rest + item, rest + item + INLINE_MARK);
            self.push_text(&line[from..start], at + from);
            self.push(BULLET, at + start, at + end);
            from = end;
        }
        self.push_text(&line[from..], at + from);
        if mark.is_heading {
            self.push('\n', at + line.len().saturating_sub(1), at + line.len());
        }
    }

    /// Copies running text, dropping marks.
    fn push_text(&mut self, text: &str, at: usize) {
        let bytes = text.as_bytes();
        let mut i = 0;
        let mut struck_ends = None;
        let mut unsaid = Unsaid::default();
        while i < bytes.len() {
            let run = plain_run(&bytes[i..]);
            if run > 0 {
                self.push_plain(&text[i..i + run], at + i);
                i += run;
                continue;
            }
            let b = bytes[i];
            let next = bytes.get(i + 1).copied();
            match b {
                b'*' | b'`' => i += 1,
                b'_' if !between_words(text, i) => i += 1,
                b'~' if next == Some(b'~') => {
                    // Struck-out text is withdrawn text; a lone `~~` is only dropped.
                    let close = *struck_ends.get_or_insert_with(|| text.rfind("~~").unwrap_or(0));
                    let end = if close > i { text[i + 2..].find("~~") } else { None };
                    i = end.map_or(i + 2, |offset| i + 2 + offset + 2);
                }
                b'<' if let Some(len) = unsaid.len(text, i) => i += len,
                b'<' => match tag_len(&text[i..]) {
                    Some((len, breaks)) => {
                        self.push(if breaks { '\n' } else { ' ' }, at + i, at + i + len);
                        i += len;
                    }
                    None => {
                        self.push('<', at + i, at + i + 1);
                        i += 1;
                    }
                },
                b'&' => match entity(&text[i..]) {
                    Some((len, c)) => {
                        self.push(c, at + i, at + i + len);
                        i += len;
                    }
                    None => {
                        self.push('&', at + i, at + i + 1);
                        i += 1;
                    }
                },
                // An empty box of a list of tasks.
                b'[' if text[i..].starts_with("[ ]") => {
                    self.push('\u{2610}', at + i, at + i + 3);
                    i += 3;
                }
                b'[' => i += 1,
                // The address of a markdown link says nothing to the reader.
                b']' if next == Some(b'(') => i += link_target_len(&text[i..]),
                b']' => i += 1,
                b'\\' if next.is_some_and(|n| n.is_ascii_punctuation()) => i += 1,
                b'\t' | b'\r' | 0x0b | 0x0c => {
                    self.push(' ', at + i, at + i + 1);
                    i += 1;
                }
                0..=0x08 | 0x0e..=0x1f | 0x7f => i += 1,
                b'\'' | b'"' | 0x20..=0x7e | b'\n' if next.is_none_or(|n| n < 0x80) => {
                    self.push(char::from(b), at + i, at + i + 1);
                    i += 1;
                }
                _ => i += self.push_cluster(&text[i..], at + i),
            }
        }
    }

    /// Copies one character with its combining marks through NFKC and returns how many bytes it took.
    fn push_cluster(&mut self, text: &str, at: usize) -> usize {
        let mut chars = text.char_indices();
        let Some((_, first)) = chars.next() else { return text.len() };
        if is_phrase_ligature(first) {
            self.push(first, at, at + first.len_utf8());
            return first.len_utf8();
        }
        let mut len = text.len();
        let mut marks = 0;
        let mut kept = first.len_utf8();
        for (i, c) in chars {
            if !is_combining_mark(c) && !is_invisible(c) && !is_trailing_jamo(c) {
                len = i;
                break;
            }
            marks += 1;
            if marks <= MAX_READ_MARKS {
                kept = i + c.len_utf8();
            }
        }
        let visible = text[..kept].chars().filter(|c| !is_invisible(*c)).map(unify);
        let mut out = [' '; MAX_EXPANSION];
        let mut count = 0;
        for c in visible.nfkc().map(unify).filter(|c| !is_invisible(*c)).take(out.len()) {
            out[count] = c;
            count += 1;
        }
        let mut marks = 0;
        for &c in &out[..count] {
            // Counted on the normal form, of which every beginning is normal too.
            marks = if is_combining_mark(c) { marks + 1 } else { 0 };
            if marks > MAX_MARKS {
                continue;
            }
            // Marks that only NFKC brings to light are dropped like plain ones.
            if matches!(c, '*' | '`') {
                continue;
            }
            if !c.is_control() || c == '\n' {
                self.push(if c.is_whitespace() && c != '\n' { ' ' } else { c }, at, at + len);
            }
        }
        len
    }
}

/// How many bytes at the start are letters, digits, blanks and signs that stand for themselves. The last is left to a
/// closer look where a mark may follow it.
fn plain_run(bytes: &[u8]) -> usize {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b',' | b'.' | b'$' | b'-' | b'\n');
    let run = bytes.iter().take_while(|byte| is_plain(byte)).count();
    if bytes.get(run).is_none_or(u8::is_ascii) { run } else { run.saturating_sub(1) }
}

/// Which lines of a reply are quoted mail.
struct Quoted {
    lines: Vec<bool>,
}

impl Quoted {
    fn lines(raw: &str) -> Quoted {
        let is_marked = |line: &str| {
            let line = line.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c));
            line.starts_with(['>', '\u{ff1e}', '\u{203a}']) || line.starts_with("&gt;")
        };
        // Most replies quote nothing.
        if !raw.lines().any(|line| is_marked(line) || may_attribute(line.trim()) || starts_forward(line)) {
            return Quoted { lines: Vec::new() };
        }
        let lines: Vec<&str> = raw.lines().collect();
        let mut quoted: Vec<bool> = lines.iter().map(|line| is_marked(line)).collect();
        for i in 0..lines.len() {
            if let Some(height) = attribution_height(&lines[i..]) {
                let marks_follow = quoted[(i + height).min(lines.len())..].iter().any(|q| *q);
                let end = if marks_follow { i + height } else { lines.len() };
                quoted[i..end.min(lines.len())].fill(true);
                if !marks_follow {
                    break;
                }
            } else if starts_forward(lines[i]) {
                quoted[i..].fill(true);
                break;
            }
        }
        Quoted { lines: quoted }
    }

    fn contains(&self, line: usize) -> bool {
        self.lines.get(line).copied().unwrap_or(false)
    }
}

/// The number of lines that an "On … wrote:" line takes (mail clients wrap it), if one starts here.
fn attribution_height(lines: &[&str]) -> Option<usize> {
    let first = lines.first()?.trim();
    if !may_attribute(first) {
        return None;
    }
    let ends = |line: &str| {
        let line = line.trim_end();
        line.ends_with("wrote:") || line.ends_with("writes:") || line.ends_with("said:")
    };
    (0..lines.len().min(3)).find(|&i| ends(lines[i])).map(|i| i + 1)
}

/// Whether a line without outer blanks may begin such a line.
fn may_attribute(line: &str) -> bool {
    line.starts_with("On ") || line.starts_with("on ") || line.starts_with("Am ")
}

/// Whether a line opens a forwarded or original message that runs to the end.
fn starts_forward(line: &str) -> bool {
    let line = line.trim();
    if line.starts_with('-') {
        let label = line.trim_matches(|c: char| c == '-' || c.is_whitespace());
        return label.eq_ignore_ascii_case("original message") || label.eq_ignore_ascii_case("forwarded message");
    }
    line.eq_ignore_ascii_case("begin forwarded message:")
}

/// What marks stand at the start of a line.
#[derive(Default)]
struct LineMark {
    is_bullet: bool,
    is_heading: bool,
    start: usize,
    end: usize,
}

/// Reads the list or heading mark of a line and says where its text begins.
fn line_marks(line: &str) -> (LineMark, usize) {
    let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
    let body = &line[indent..];
    let mut chars = body.chars();
    let first = chars.next().unwrap_or(' ');
    let mark = |len: usize| LineMark { is_bullet: true, start: indent, end: indent + len, ..LineMark::default() };
    let is_sign = matches!(
        first,
        '-' | '*'
            | '+'
            | '\u{2022}'
            | '\u{2023}'
            | '\u{25e6}'
            | '\u{2043}'
            | '\u{25aa}'
            | '\u{25cf}'
            | '\u{00b7}'
            | '\u{2013}'
            | '\u{2014}'
            | '\u{2713}'
            | '\u{2714}'
            | '\u{2705}'
    );
    if is_sign && chars.next().is_some_and(char::is_whitespace) {
        let len = first.len_utf8();
        return (mark(len), indent + len);
    }
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let after = body.as_bytes().get(digits).copied();
    let blank = body.as_bytes().get(digits + 1).is_some_and(u8::is_ascii_whitespace);
    if (1..=2).contains(&digits) && matches!(after, Some(b'.' | b')')) && blank {
        return (mark(digits + 1), indent + digits + 1);
    }
    // "(1) …", "(a) …"
    if let [b'(', b'0'..=b'9' | b'a'..=b'h', b')', blank, ..] = body.as_bytes()
        && blank.is_ascii_whitespace()
    {
        return (mark(INLINE_MARK), indent + INLINE_MARK);
    }
    let hashes = body.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&hashes) && body.as_bytes().get(hashes).is_some_and(u8::is_ascii_whitespace) {
        return (LineMark { is_heading: true, ..LineMark::default() }, indent + hashes);
    }
    (LineMark::default(), indent)
}

/// The length of "(1)".
const INLINE_MARK: usize = 3;

/// Where "(1) …; (2) …" number the items of a list in running text: from 1 on, each once, at least two.
fn inline_marks(text: &str) -> Vec<usize> {
    let mut marks = Vec::new();
    let mut from = 0;
    for digit in b'1'..=b'9' {
        let mark = [b'(', digit, b')', b' '];
        let Some(at) = text.as_bytes()[from..].windows(mark.len()).position(|window| window == mark) else { break };
        marks.push(from + at);
        from += at + mark.len();
    }
    if marks.len() < 2 { Vec::new() } else { marks }
}

/// Whether the byte at `i` joins two words (`ORD_1001`) rather than marking emphasis.
fn between_words(text: &str, i: usize) -> bool {
    let before = text[..i].chars().next_back().is_some_and(char::is_alphanumeric);
    let after = text[i + 1..].chars().next().is_some_and(char::is_alphanumeric);
    before && after
}

/// HTML elements whose content is not said: struck out, quoted or never shown.
const UNSAID: &[(&str, &str)] = &[
    ("<s", "</s>"),
    ("<del", "</del>"),
    ("<strike", "</strike>"),
    ("<blockquote", "</blockquote>"),
    ("<style", "</style>"),
    ("<script", "</script>"),
    ("<!--", "-->"),
];

/// Finds such elements in one text, in letters of either case. Where each closes last is looked up once, so that openings
/// without an end cost nothing.
#[derive(Default)]
struct Unsaid {
    lower: Option<String>,
    last: [Option<usize>; UNSAID.len()],
}

impl Unsaid {
    /// The bytes of the element that opens at `i`, its tags included.
    fn len(&mut self, text: &str, i: usize) -> Option<usize> {
        let lower = self.lower.get_or_insert_with(|| text.to_ascii_lowercase());
        let opens = |open: &str| {
            let behind = lower.as_bytes().get(i + open.len());
            lower[i..].starts_with(open) && (open == "<!--" || matches!(behind, Some(b'>' | b' ' | b'\t')))
        };
        let (index, (open, close)) = UNSAID.iter().enumerate().find(|(_, (open, _))| opens(open))?;
        let last = *self.last[index].get_or_insert_with(|| lower.rfind(close).unwrap_or(0));
        let from = i + open.len();
        let end = if last >= from { lower[from..].find(close) } else { None }?;
        Some(open.len() + end + close.len())
    }
}

/// The length of an HTML tag that opens here, and whether it ends a line.
fn tag_len(text: &str) -> Option<(usize, bool)> {
    let head = &text.as_bytes()[..text.len().min(MAX_TAG)];
    let name = head.get(1..)?;
    if !matches!(name.first(), Some(b'/' | b'a'..=b'z' | b'A'..=b'Z')) {
        return None;
    }
    let end = head.iter().position(|b| *b == b'>')?;
    let name: String = name
        .iter()
        .map(u8::to_ascii_lowercase)
        .filter(|b| *b != b'/')
        .take_while(u8::is_ascii_alphanumeric)
        .map(char::from)
        .collect();
    let breaks = matches!(name.as_str(), "br" | "p" | "div" | "li" | "ul" | "ol" | "tr" | "h1" | "h2" | "h3");
    Some((end + 1, breaks))
}

/// The character that an HTML entity names: the few that mail bodies hold.
fn entity(text: &str) -> Option<(usize, char)> {
    const NAMED: &[(&str, char)] = &[
        ("&nbsp;", ' '),
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&apos;", '\''),
        ("&rsquo;", '\''),
        ("&ndash;", DASH),
        ("&mdash;", DASH),
        ("&euro;", '\u{20ac}'),
        ("&pound;", '\u{a3}'),
    ];
    NAMED.iter().find(|(name, _)| text.starts_with(name)).map(|(name, c)| (name.len(), *c))
}

/// The length of `](address)`, or of the bracket alone when it is not closed soon.
fn link_target_len(text: &str) -> usize {
    const MAX_ADDRESS: usize = 512;
    let head = &text.as_bytes()[..text.len().min(MAX_ADDRESS)];
    head.iter().take_while(|b| **b != b'\n').position(|b| *b == b')').map_or(1, |end| end + 1)
}

/// One spelling for quotes, dashes and hyphens.
fn unify(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{02bc}' | '\u{02b9}' | '\u{2032}' | '\u{00b4}'
        | '\u{ff07}' | '\u{02bb}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{00ab}' | '\u{00bb}' | '\u{2033}' | '\u{ff02}' => '"',
        '\u{2010}' | '\u{2011}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' | '\u{2043}' => '-',
        '\u{2012}' | '\u{2013}' | '\u{2014}' | '\u{2015}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' | '\u{301c}' => DASH,
        '\u{2028}' | '\u{2029}' | '\u{0085}' => '\n',
        _ => c,
    }
}

/// Characters that show nothing: joiners, direction marks, tags, fillers, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Single characters that NFKC spells out as whole Arabic phrases; they stay as they are, so that work stays linear.
fn is_phrase_ligature(c: char) -> bool {
    matches!(c, '\u{fdfa}' | '\u{fdfb}')
}

/// Hangul vowels and finals, which compose with the letter before them.
fn is_trailing_jamo(c: char) -> bool {
    matches!(c, '\u{1161}'..='\u{11ff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(raw: &str, expect: &str) {
        assert_eq!(Clean::of(raw).text.trim(), expect, "{raw:?}");
    }

    #[test]
    fn characters() {
        check("re\u{ad}fun\u{200b}ded", "refunded");
        check("\u{ff52}efund \u{2460}", "refund 1");
        check("don\u{2019}t \u{201c}go\u{201d}", "don't \"go\"");
        check("3\u{2013}5 \u{2014} 7\u{2011}8", "3\u{2013}5 \u{2013} 7-8");
        check("a\u{a0}b\tc\u{0}d", "a b cd");
        check("cafe\u{301}", "caf\u{e9}");
        check("(a) one", "\u{2022}  one");
        check("Done: (1) one; (2) two", "Done: \u{2022} one; \u{2022} two");
        check("As told (1) before", "As told (1) before");
    }

    #[test]
    fn marks() {
        check("**Refund** of `$48` and _now_", "Refund of $48 and now");
        check("ORD_1001", "ORD_1001");
        check("## Title\nText", "Title\n\nText");
        check("- one\n2) two", "\u{2022}  one\n\u{2022}  two");
        check("see [your order](https://x.example/refund) now", "see your order now");
        check("we ~~refunded~~ replied", "we  replied");
        check("<b>Hi</b><br>you &amp; me", "Hi \nyou & me");
        check("a < b ~~", "a < b");
        check("we <DEL datetime=\"x\">refunded</Del> replied", "we  replied");
        check("we <strong>refunded</strong> it", "we  refunded  it");
        check("we <s>refunded it", "we  refunded it");
    }

    #[test]
    fn quoted_text_is_dropped() {
        check("> refund me\nHello", "Hello");
        check("Hello\n\nOn Mon, 2 Mar 2026 Dana wrote:\nrefund me\nplease", "Hello");
        check("On Mon, Dana <d@x.example>\nwrote:\n> refund me\n\nWe did.", "We did.");
        check("Done.\n-----Original Message-----\nrefund me", "Done.");
        assert_eq!(Clean::of("> one two\nthree four").words, 2);
    }

    #[test]
    fn spans_point_into_the_raw_reply() {
        let raw = "> x\nWe re\u{ad}fund it";
        let clean = Clean::of(raw);
        let at = clean.text.find("refund").unwrap();
        assert_eq!(clean.raw(at, at + 6).of(raw), "re\u{ad}fund");
    }

    proptest! {
        #[test]
        fn never_panics_and_stays_on_boundaries(raw in "(\\PC|[*_~<>\\[\\]()&;\n\u{300}\u{ad}]){0,60}") {
            let clean = Clean::of(&raw);
            for (i, c) in clean.text.char_indices() {
                let span = clean.raw(i, i + c.len_utf8());
                prop_assert!(raw.is_char_boundary(span.start) && raw.is_char_boundary(span.end));
            }
        }

        #[test]
        fn twice_is_once(raw in "(\\PC|[a-z \u{300}\u{ad}]){0,40}") {
            // Characters that spell a mark in some form are a matter of layout, read once.
            let is_mark = |c: char| c.nfkc().map(unify).any(|c| c.is_ascii_punctuation() || c == DASH || c == '\n');
            let plain: String = raw.chars().filter(|c| !is_mark(*c)).collect();
            let once = Clean::of(&format!("x {plain}")).text;
            prop_assert_eq!(&Clean::of(&once).text, &once);
        }
    }
}
