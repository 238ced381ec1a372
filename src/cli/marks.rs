//! A text with its marks: rows that fit a terminal, each with the marked places underlined below it.

use unicode_segmentation::UnicodeSegmentation;

use crate::diag::visible;
use crate::text::Span;

/// Columns of a row of text.
const WIDTH: usize = 96;
/// Characters of a cluster that are shown: a letter under a tower of accents stays on its line.
const MAX_CLUSTER: usize = 4;

/// One line of underlining: what is found, what decided, and what to call it.
#[derive(Debug)]
pub(super) struct Mark<'a> {
    /// Underlined with `^`.
    pub(super) spans: &'a [Span],
    /// Underlined with `~`.
    pub(super) cue: Option<Span>,
    pub(super) label: String,
}

/// The text in rows, each followed by the marks that touch it. Nothing of the text can steer a terminal.
pub(super) fn render_marks(text: &str, marks: &[Mark<'_>]) -> String {
    let mut out = String::new();
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = (index + 1).to_string();
        let graphemes = graphemes(line, offset);
        let mut rest = &graphemes[..];
        let mut gutter = number;
        loop {
            let (row, tail) = rest.split_at(row_length(rest));
            let shown: String = row.iter().map(|grapheme| shown(grapheme.text)).collect();
            push_row(&mut out, &gutter, &shown);
            for mark in marks {
                if let Some(underline) = underline(row, mark) {
                    push_row(&mut out, "", &format!("{underline}  {}", mark.label));
                }
            }
            if tail.is_empty() {
                break;
            }
            rest = tail;
            gutter = String::new();
        }
        offset += line.len();
    }
    out
}

/// A cluster of characters that takes one place on the screen, with its bytes.
#[derive(Debug)]
struct Grapheme<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

fn graphemes(line: &str, offset: usize) -> Vec<Grapheme<'_>> {
    let content = line.trim_end_matches(['\n', '\r']);
    let place = |(at, text): (usize, &str)| (offset + at, offset + at + text.len());
    content
        .grapheme_indices(true)
        .map(|(at, text)| {
            let (start, end) = place((at, text));
            Grapheme { text: &content[at..at + text.len()], start, end }
        })
        .collect()
}

/// How much of the line fits a row, broken behind a blank where there is one.
fn row_length(rest: &[Grapheme<'_>]) -> usize {
    if rest.len() <= WIDTH {
        return rest.len();
    }
    rest[..WIDTH].iter().rposition(|grapheme| grapheme.text == " ").map_or(WIDTH, |at| at + 1)
}

fn push_row(out: &mut String, gutter: &str, text: &str) {
    out.push_str(format!("{gutter:>4} | {text}").trim_end());
    out.push('\n');
}

/// The cluster as it is printed: what nobody would see becomes a dot.
fn shown(cluster: &str) -> String {
    let show = |c: char| match c {
        '\t' => ' ',
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' => '·',
        c => visible(c),
    };
    cluster.chars().take(MAX_CLUSTER).map(show).collect()
}

/// The marks below one row; `None` where none of them touches it.
fn underline(row: &[Grapheme<'_>], mark: &Mark<'_>) -> Option<String> {
    let touches = |grapheme: &Grapheme<'_>, span: Span| span.start < grapheme.end && grapheme.start < span.end;
    let line: String = row
        .iter()
        .map(|grapheme| {
            if mark.cue.is_some_and(|cue| touches(grapheme, cue)) {
                '~'
            } else if mark.spans.iter().any(|span| touches(grapheme, *span)) {
                '^'
            } else {
                ' '
            }
        })
        .collect();
    let line = line.trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, spans: &[(usize, usize)], cue: Option<(usize, usize)>, expected: &str) {
        let spans: Vec<Span> = spans.iter().map(|&(start, end)| Span { start, end }).collect();
        let cue = cue.map(|(start, end)| Span { start, end });
        let mark = Mark { spans: &spans, cue, label: "x".to_owned() };
        assert_eq!(render_marks(text, &[mark]), expected);
    }

    #[test]
    fn marks_stand_below_their_words() {
        check("we cannot refund", &[(10, 16)], Some((3, 9)), "   1 | we cannot refund\n     |    ~~~~~~ ^^^^^^  x\n");
        check("a\r\nb c\n", &[(5, 6)], None, "   1 | a\n   2 | b c\n     |   ^  x\n");
        check("é\u{301}x y", &[(6, 7)], None, "   1 | é\u{301}x y\n     |    ^  x\n");
    }

    #[test]
    fn long_lines_are_broken_at_blanks() {
        let text = format!("{} refund", "word ".repeat(19).trim_end());
        check(&text, &[(95, 101)], None, &format!("   1 | {}\n     | refund\n     | ^^^^^^  x\n", &text[..94]));
        check(&"a".repeat(97), &[(96, 97)], None, &format!("   1 | {}\n     | a\n     | ^  x\n", "a".repeat(96)));
    }

    #[test]
    fn nothing_steers_a_terminal() {
        check("\u{1b}[31m\u{202e}a\u{9b}", &[], None, "   1 | \u{fffd}[31m\u{fffd}a\u{fffd}\n");
        check("re\u{ad}fund", &[(0, 8)], None, "   1 | re·fund\n     | ^^^^^^^  x\n");
        let tower = format!("e{}", "\u{301}".repeat(50));
        check(&tower, &[], None, &format!("   1 | e{}\n", "\u{301}".repeat(3)));
    }
}
