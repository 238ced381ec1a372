//! A rule's examples as an author would see them: whole lines of the files that differ, under their tables' headers.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{Edit, Example};

/// The most lines that are shown of one file.
const MOST_LINES: usize = 30;

/// The files of a variant of the example pack, by name.
type Files = BTreeMap<&'static str, String>;

/// Adds the bad and the good example; nothing where there is none.
pub(super) fn render_examples(out: &mut String, example: &Example) {
    if example.bad.is_empty() {
        return;
    }
    let (plain, bad, good) = (apply(&[]), apply(example.bad), apply(example.good));
    let start = out.len();
    out.push_str("\nBad:\n");
    render_side(out, &bad, &good, &plain);
    out.push_str("\nGood:\n");
    render_side(out, &good, &bad, &plain);
    let same: Vec<String> = bad
        .iter()
        .filter(|(name, text)| good.get(*name) == Some(text) && !plain.contains_key(*name))
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    if let [first @ .., last] = same.as_slice() {
        let names = if first.is_empty() { last.clone() } else { format!("{} and {last}", first.join(", ")) };
        let _ = write!(out, "\nIn both there {} {names}, too.\n", if first.is_empty() { "is" } else { "are" });
    }
    if out[start..].contains("\\u{") {
        out.push_str(
            "\n`\\u{…}` stands for a character itself, by its number: it is not seen, or looks like another.\n",
        );
    }
}

fn apply(edits: &[Edit]) -> Files {
    let mut files = Files::from([
        ("pack.toml", include_str!("example/pack.toml").to_owned()),
        ("mug.toml", include_str!("example/mug.toml").to_owned()),
    ]);
    for edit in edits {
        match *edit {
            Edit::Replace(file, from, to) => {
                let text = files.get_mut(file).expect("an example edits a file that is there");
                *text = text.replacen(from, to, 1);
            }
            Edit::Write(file, text) => {
                files.insert(file, text.to_owned());
            }
            Edit::Remove(file) => {
                files.remove(file);
            }
        }
    }
    files
}

/// One of the two variants: of each file that is not the same in both, the lines that matter.
fn render_side(out: &mut String, own: &Files, other: &Files, plain: &Files) {
    let names: BTreeSet<&str> = own.keys().chain(other.keys()).copied().collect();
    for name in names {
        match (own.get(name), other.get(name)) {
            (Some(text), Some(other)) if text == other => {}
            (Some(text), Some(other)) => {
                let (text, other): (Vec<&str>, Vec<&str>) = (split(text), split(other));
                let plain = plain.get(name).map(|plain| split(plain));
                block(out, name, &text, &that_matter(&text, &other, plain.as_deref()));
            }
            (Some(_), None) if plain.contains_key(name) => {
                let _ = write!(out, "\nwith `{name}`\n");
            }
            (Some(text), None) => {
                let text = split(text);
                block(out, name, &text, &(0..text.len()).collect());
            }
            (None, _) => {
                let _ = write!(out, "\nwithout `{name}`\n");
            }
        }
    }
}

fn split(text: &str) -> Vec<&str> {
    text.trim_end_matches('\n').split('\n').collect()
}

/// The lines that the other variant or the example pack does not have, those around what this one lacks, and the
/// headers of the tables in which all of them stand.
fn that_matter(text: &[&str], other: &[&str], plain: Option<&[&str]>) -> BTreeSet<usize> {
    let mut shown = BTreeSet::new();
    for against in [Some(other), plain].into_iter().flatten() {
        let mut last: Option<(usize, usize)> = None;
        let ends = [(text.len(), against.len())];
        for (own, their) in common(text, against).into_iter().chain(ends) {
            let (from, their_from) = last.map_or((0, 0), |(own, their)| (own + 1, their + 1));
            shown.extend(from..own);
            // Where one of the two has nothing, the lines around tell the place in both.
            if (from == own) != (their_from == their) {
                let filled = |at: &usize| !text[*at].trim().is_empty();
                let (before, after) = ((0..from).rev().find(filled), (own..text.len()).find(filled));
                let begins_table = (from..own).find(filled).is_some_and(|at| text[at].starts_with('['));
                shown.extend(before.filter(|_| !begins_table));
                // Behind a header only what follows shows the place.
                let alone = before.is_none_or(|at| text[at].starts_with('['));
                shown.extend(after.filter(|at| alone && !begins_table && !text[*at].starts_with('[')));
            }
            last = Some((own, their));
        }
    }
    shown.retain(|at| !text[*at].trim().is_empty());
    let is_header = |at: &usize| text[*at].starts_with('[');
    let headers: Vec<usize> = shown.iter().filter_map(|at| (0..=*at).rev().find(is_header)).collect();
    for at in headers {
        shown.insert(at);
        // Which one of a list it is.
        if text[at].starts_with("[[") && text.get(at + 1).is_some_and(|line| line.starts_with("id = ")) {
            shown.insert(at + 1);
        }
    }
    shown
}

/// The longest sequence of lines that both have, as pairs of their places.
fn common(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] =
                if a[i] == b[j] { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// These lines of a file; what is left out between them is an ellipsis, or an empty line before a table.
fn block(out: &mut String, file: &str, text: &[&str], shown: &BTreeSet<usize>) {
    let _ = write!(out, "\n```toml\n# {file}\n");
    let mut last = None;
    for (number, &at) in shown.iter().enumerate() {
        if number == MOST_LINES {
            out.push_str("# …\n");
            break;
        }
        match last {
            Some(last) if last + 1 == at => {}
            Some(_) if text[at].starts_with('[') => out.push('\n'),
            None => {}
            _ => out.push_str("# …\n"),
        }
        last = Some(at);
        render_line(out, text[at].trim_end_matches([' ', '\t']));
        out.push('\n');
    }
    out.push_str("```\n");
}

/// A line; what nobody would see, or would take for another letter, is shown by its number.
fn render_line(out: &mut String, line: &str) {
    let mut latin = false;
    for c in line.chars() {
        let posing = latin && is_alike(c);
        latin = c.is_ascii_alphabetic() || posing;
        if posing || (c.is_control() && c != '\t') || is_unseen(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
}

fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether within a Latin word a letter looks like one of it: Greek and Cyrillic.
fn is_alike(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}')
}

#[cfg(test)]
mod tests {
    use super::render_examples;
    use crate::lint::{Edit, Example, RULES};

    #[track_caller]
    fn check(bad: &'static [Edit], good: &'static [Edit], expect: &str) {
        let mut out = String::new();
        render_examples(&mut out, &Example { bad, good });
        assert_eq!(out.trim(), expect.trim());
    }

    #[test]
    fn whole_lines_are_shown_under_their_headers() {
        check(
            &[Edit::Replace("mug.toml", "send_replacement", "send_replacment")],
            &[],
            "Bad:\n\n```toml\n# mug.toml\n[resolution]\nexpected = \"send_replacment\"\n```\n\nGood:\n\n```toml\n# mug.toml\n\
             [resolution]\nexpected = \"send_replacement\"\n```",
        );
        check(
            &[Edit::Replace("mug.toml", "distractor = true\n", "")],
            &[],
            "Bad:\n\n```toml\n# mug.toml\n[[artifacts]]\nid = \"newsletter\"\n# …\nrecord = { subscribed = true }\n```\n\nGood:\n\n```toml\n# mug.toml\n[[artifacts]]\nid = \"newsletter\"\n# …\nrecord = { subscribed = true }\ndistractor = true\n```",
        );
        check(
            &[Edit::Replace("pack.toml", "escalate", "esc\u{430}late\u{feff}"), Edit::Write("a.toml", "x = 1\n")],
            &[Edit::Write("a.toml", "x = 1\n")],
            "Bad:\n\n```toml\n# pack.toml\n[resolutions]\n# …\nesc\\u{430}late\\u{feff} = \"Hand the case to a specialist.\"\n```\n\n\
             Good:\n\n```toml\n# pack.toml\n[resolutions]\n# …\nescalate = \"Hand the case to a specialist.\"\n```\n\n\
             In both there is `a.toml`, too.\n\n\
             `\\u{…}` stands for a character itself, by its number: it is not seen, or looks like another.",
        );
        check(
            &[Edit::Write("a.toml", "x = 1\n")],
            &[],
            "Bad:\n\n```toml\n# a.toml\nx = 1\n```\n\nGood:\n\nwithout `a.toml`",
        );
    }

    #[test]
    fn what_is_shown_differs() {
        for rule in RULES.iter().filter(|rule| !rule.example.bad.is_empty()) {
            let mut out = String::new();
            render_examples(&mut out, &rule.example);
            let (bad, good) = out.split_once("\nGood:\n").expect("there is a good one");
            assert_ne!(bad.trim_start_matches("\nBad:\n"), good, "{}", rule.code);
        }
    }
}
