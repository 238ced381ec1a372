//! Another id for what a task file gives and uses by itself: its records, its own policies, its keywords.

use std::ops::Range;

use crate::pack::FileKind;
use crate::pack::raw::Id;

use super::names::{Mention, NameKind};
use super::view::View;

/// What can be renamed at a place.
#[derive(Debug, PartialEq)]
pub(super) struct Renamable {
    kind: NameKind,
    pub(super) name: String,
    /// The place that was asked about.
    pub(super) range: Range<usize>,
}

/// The id at a byte of the file, if all of its uses stand in this file.
pub(super) fn renamable_at(view: &View, at: usize) -> Option<Renamable> {
    let mention = view.mention_at(at).filter(|mention| mention.span.start <= at)?;
    let (kind, name, range) = match mention.kind {
        NameKind::Field => {
            let record = mention.name.split('.').next().unwrap_or_default().to_owned();
            let range = mention.span.start..mention.span.start + record.len();
            if at > range.end {
                return None;
            }
            (NameKind::Artifact, record, range)
        }
        kind => (kind, mention.name, mention.span),
    };
    let own = matches!(kind, NameKind::Artifact | NameKind::Policy | NameKind::Keyword | NameKind::Forbidden);
    let given = view.file.mentions().iter().any(|one| one.gives && one.kind == kind && one.name == name);
    (view.file.kind == FileKind::Task && own && given && !name.is_empty()).then_some(Renamable { kind, name, range })
}

/// Where the new id is to be written.
///
/// # Errors
/// Why it cannot be.
pub(super) fn places_to_rename(view: &View, what: &Renamable, new: &str) -> Result<Vec<Range<usize>>, String> {
    if !Id::fits_key(new) {
        return Err(format!("an id is {}", Id::FORM));
    }
    let mentions = view.file.mentions();
    let is_taken = |one: &Mention| one.gives && one.kind == what.kind && one.name == new;
    if new != what.name && (mentions.iter().any(is_taken) || view.given(what.kind, new).is_some()) {
        return Err(format!("`{new}` is taken already"));
    }
    let mut places = Vec::new();
    for one in &mentions {
        let of_record = what.kind == NameKind::Artifact
            && one.kind == NameKind::Field
            && one.name.strip_prefix(what.name.as_str()).is_some_and(|rest| rest.starts_with('.'));
        if of_record || (one.kind == what.kind && one.name == what.name) {
            let place = one.span.start..one.span.start + what.name.len();
            if view.file.text.get(place.clone()) != Some(what.name.as_str()) {
                return Err(format!("`{}` is written with escapes in one place; write it plainly first", what.name));
            }
            places.push(place);
        }
    }
    places.sort_by_key(|place| place.start);
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::{places_to_rename, renamable_at};
    use crate::lsp::view::tests::view;
    use crate::pack::FileKind;

    const TASK: &str = "[[artifacts]]\nid = \"a\"\nrecord = { x = 1 }\n[[artifacts]]\nid = \"b\"\n[[policies]]\nid = \"own\"\n\
                        [[reply.keywords]]\nid = \"a\"\nnumber = { from = \"a.x\" }\n[[examples]]\nexpect = { a = \"met\" }\n";

    /// The lines that change when what is at `|` behind the task becomes `new`; the message of what is refused, and
    /// nothing of what cannot be renamed.
    fn check(rest: &str, new: &str, expect: Option<Result<&[&str], &str>>) {
        let (view, at) = view(FileKind::Task, &format!("{TASK}{rest}"));
        let found = renamable_at(&view, at).map(|what| {
            places_to_rename(&view, &what, new).map(|places| {
                let mut text = view.file.text.to_string();
                places.iter().rev().for_each(|place| text.replace_range(place.clone(), new));
                let pairs = text.lines().zip(view.file.text.lines());
                pairs.filter(|(new, old)| new != old).map(|(new, _)| new.to_owned()).collect::<Vec<_>>()
            })
        });
        let expect = expect.map(|expect| {
            expect.map(|lines| lines.iter().map(|line| (*line).to_owned()).collect()).map_err(str::to_owned)
        });
        assert_eq!(found, expect, "{rest}");
    }

    #[test]
    fn an_id_changes_wherever_its_file_uses_it() {
        let record = ["id = \"order\"", "number = { from = \"order.x\" }", "required = [\"artifact:order\"]"];
        check("[evidence]\nrequired = [\"artifact:|a\"]", "order", Some(Ok(&record)));
        let keyword = ["id = \"k\"", "expect = { k = \"met\" }", "exclusive = [[\"k\"]]"];
        check("[reply]\nexclusive = [[\"a|\"]]", "k", Some(Ok(&keyword)));
        let policy = ["id = \"new\"", "required = [\"policy:new\"]"];
        check("[evidence]\nrequired = [\"policy:ow|n\"]", "new", Some(Ok(&policy)));
        check("[evidence]\nrequired = [\"policy:broken|_pieces\"]", "x", None);
        check("[resolution]\nexpected = \"|escalate\"", "x", None);
        check("[evidence]\nrequired = [\"artifact:|a\"]", "b", Some(Err("`b` is taken already")));
        check(
            "[evidence]\nrequired = [\"policy:ow|n\"]",
            "gift_wrapping",
            Some(Err("`gift_wrapping` is taken already")),
        );
        let (view, at) = view(FileKind::Task, &TASK.replace("from = \"a.x", "from = \"|a.x"));
        assert_eq!(renamable_at(&view, at).map(|what| (what.name, what.range.len())), Some(("a".to_owned(), 1)));
        let what = renamable_at(&view, at).expect("it is a record");
        assert!(places_to_rename(&view, &what, "Not An Id").is_err());
    }
}
