//! The marks that an unfinished merge leaves in a file.

use std::ops::Range;

/// A file with one side of each merge, and where the marks begin. Offsets are those of the file.
pub(super) struct OneSide {
    pub(super) text: String,
    /// The first mark of each merge.
    pub(super) marks: Vec<Range<usize>>,
}

/// The text without what the other side wrote; `None` where no merge was left unfinished.
pub(super) fn one_side(text: &str) -> Option<OneSide> {
    if !text.contains("<<<<<<<") && !text.contains(">>>>>>>") {
        return None;
    }
    let mut marks = Vec::new();
    // Whether a merge is open, and where its other side begins.
    let mut opened = false;
    let mut other = None;
    let mut cut = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        match mark(line) {
            Some('<') => {
                marks.push(start..start + line.trim_end().len());
                cut.push(start..end);
                (opened, other) = (true, None);
            }
            Some('>') => {
                if !opened {
                    marks.push(start..start + line.trim_end().len());
                }
                cut.push(other.unwrap_or(start)..end);
                (opened, other) = (false, None);
            }
            Some(_) if opened => {
                cut.push(start..end);
                other = other.or(Some(start));
            }
            _ => {}
        }
        start = end;
    }
    if marks.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in cut.into_iter().flatten() {
        if !matches!(bytes[byte], b'\n' | b'\r') {
            bytes[byte] = b' ';
        }
    }
    let text = String::from_utf8(bytes).expect("whole lines were replaced by ASCII");
    Some(OneSide { text, marks })
}

/// The character of the mark that this line is.
fn mark(line: &str) -> Option<char> {
    let line = line.trim_end();
    let mark = line.chars().next().filter(|mark| matches!(mark, '<' | '|' | '=' | '>'))?;
    let rest = line.trim_start_matches(mark);
    let is_mark = line.len() - rest.len() == 7 && (rest.is_empty() || (mark != '=' && rest.starts_with(' ')));
    is_mark.then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::one_side;

    fn check(text: &str, marks: usize, left: &[&str]) {
        let found = one_side(text);
        assert_eq!(found.as_ref().map_or(0, |side| side.marks.len()), marks, "{text}");
        let side = found.map_or(text.to_owned(), |side| side.text);
        assert_eq!(side.len(), text.len(), "{text}");
        let lines = side.lines().map(str::trim).filter(|line| !line.is_empty());
        assert_eq!(lines.collect::<Vec<_>>(), left, "{text}");
    }

    #[test]
    fn one_side_is_kept() {
        check("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\nd\n", 1, &["a", "b", "d"]);
        check("<<<<<<< HEAD\r\nb\r\n||||||| base\r\nü\r\n=======\r\nc\r\n>>>>>>> other\r\n", 1, &["b"]);
        check("<<<<<<< x\na\n=======\nb\n>>>>>>> y\n<<<<<<< x\nc\n=======\nd\n>>>>>>> y", 2, &["a", "c"]);
        check("a\n<<<<<<< HEAD\nb\n=======\nc\n", 1, &["a", "b", "c"]);
        check("a\n>>>>>>> other\nb\n", 1, &["a", "b"]);
        check("a\n=======\nb\n", 0, &["a", "=======", "b"]);
        check("a <<<<<<< b\n<<<<<<<<<<\n", 0, &["a <<<<<<< b", "<<<<<<<<<<"]);
    }
}
