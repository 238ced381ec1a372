//! Sections of a list's entry that has no head: `[artifacts.record]` below a misspelt `[[artifact]]`, or below none.

use crate::diag::nearest;

use super::check::LISTS_OF_TABLES;
use super::parse::header_name;
use super::statement::statements;

/// The text with blanks for every section that belongs to an entry of a list whose head is misspelt or missing, so that
/// it does not pass for a part of the entry above; offsets stay. `missing` are the lists with the places where an entry
/// of theirs has no head. `None` where there is no such section.
pub(super) fn without_orphans(text: &str, missing: &[(usize, String)]) -> Option<String> {
    let heads: Vec<usize> =
        statements(text).iter().filter(|statement| statement.is_header).map(|statement| statement.start).collect();
    let mut rest: Option<String> = None;
    // The list that the last head in double brackets was meant for, where that is misspelt.
    let mut meant: Option<&str> = None;
    for (at, &head) in heads.iter().enumerate() {
        let Some(name) = header_name(&text[head..]) else { continue };
        let end = heads.get(at + 1).copied().unwrap_or(text.len());
        let above = at.checked_sub(1).map_or(0, |above| heads[above]);
        if let Some((_, list)) = missing.iter().find(|(place, _)| (above..head).contains(place)) {
            meant = Some(list);
        }
        if let Some(list) = LISTS_OF_TABLES.into_iter().find(|list| *list == name && is_half_open(&text[head..])) {
            meant = Some(list);
        } else if text[head..].trim_start().starts_with("[[")
            && meant.is_none_or(|list| !name.starts_with(&format!("{list}.")))
        {
            meant = nearest(name, LISTS_OF_TABLES).filter(|list| *list != name);
        } else if let Some(list) = meant
            && name.strip_prefix(list).is_some_and(|below| below.starts_with('.'))
        {
            let blank: String = text[head..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
            rest.get_or_insert_with(|| text.to_owned()).replace_range(head..end, &blank);
        }
    }
    rest
}

/// Whether a header has two brackets on one side of its name and one on the other: what stands below it is left out.
fn is_half_open(header: &str) -> bool {
    let line = header.lines().next().unwrap_or_default();
    let line = line.split_once('#').map_or(line, |(line, _)| line).trim();
    line.starts_with("[[") != line.ends_with("]]")
}

#[cfg(test)]
mod tests {
    use super::without_orphans;

    fn check(text: &str, expect: Option<&str>) {
        let rest = without_orphans(text, &[]);
        assert_eq!(rest.as_ref().map(String::len), expect.map(|_| text.len()), "offsets stay");
        let rest = rest.map(|rest| rest.split_whitespace().collect::<Vec<_>>().join(" "));
        assert_eq!(rest.as_deref(), expect, "{text}");
    }

    #[test]
    fn what_belongs_to_a_misspelt_entry_is_left_out() {
        check("[[artifacts]]\nid = 1\n[artifacts.record]\na = 1\n", None);
        check("[[artefacts]]\nid = 1\n[artifacts.record]\na = 1\n[x]\n", Some("[[artefacts]] id = 1 [x]"));
        check(
            "[[artifact]]\n[artifacts.record]\na = \"é\"\n[artifacts.record.b]\nc = 1\n[[artifacts]]\n[artifacts.record]\n",
            Some("[[artifact]] [[artifacts]] [artifacts.record]"),
        );
        check("[[artefacts]]\n[artefacts.record]\n", None);
        check("[[artifacts]\nid = 1\n[artifacts.record]\na = 1\n[x]\n", Some("[[artifacts] id = 1 [x]"));
        check("[artifacts]]\nid = 1\n[artifacts.record]\na = 1\n[x]\n", Some("[artifacts]] id = 1 [x]"));
        check("a = \"\"\"\n[[artefacts]]\n\"\"\"\n[[artifacts]]\n[artifacts.record]\n", None);
    }
}
