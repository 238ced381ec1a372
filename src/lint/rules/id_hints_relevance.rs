//! `id-hints-relevance`: an id that says whether what it names matters.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink, Span};
use crate::lint::phrases::word_places;
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::{AuthoredPack, AuthoredTask};

pub(super) const RULE: Rule = Rule {
    code: Code::IdHintsRelevance,
    why: "The agent sees the ids of tasks, artifacts, policies and resolutions. One that says `distractor` or `primary` \
          tells it what to look at, so it need not judge.",
    mend: "Name a thing after what it is: `newsletter`, not `decoy_newsletter`. Set terms such as `real_estate` and \
           `primary_care` are no hints.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "id = \"newsletter\"", "id = \"decoy_newsletter\"")],
        good: &[],
    },
    stages: &[Stage::Task(check_task), Stage::Pack(check_pack)],
};

/// Words that hint by themselves.
const HINTS: &[&str] = &["primary", "distractor", "distractors", "decoy", "decoys", "real"];

/// Words that hint wherever they stand, even in one word with others.
const HINTS_INSIDE: &[&str] = &["distractor", "decoy"];

/// Names of things in which a hint's word is none: it and the word after it.
const TERMS: &[(&str, &str)] = &[
    ("real", "estate"),
    ("real", "time"),
    ("real", "madrid"),
    ("primary", "care"),
    ("primary", "school"),
    ("primary", "physician"),
    ("primary", "doctor"),
    ("primary", "key"),
];

fn check_task(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let raw = task.raw;
    let span = |range: Range<usize>| task.file.span(range);
    let mut look = |what: &str, id: &str, place: Range<usize>| report(what, id, place, span, sink);
    if let Some((id, place)) = raw.id.spanned() {
        look("task", id.as_str(), place);
    }
    let artifacts = raw.artifacts.get().into_iter().flat_map(|list| list.iter());
    for (id, place) in artifacts.filter_map(|field| field.get()?.id.spanned()) {
        look("artifact", id.as_str(), place);
    }
    for (id, place) in raw.policies.items().iter().filter_map(|field| field.get()?.id.spanned()) {
        look("policy", id.as_str(), place);
    }
}

fn check_pack(pack: &AuthoredPack<'_>, _: &PackNotes, sink: &mut Sink) {
    let span = |range: Range<usize>| pack.file.span(range);
    for (id, place) in pack.raw.policies.items().iter().filter_map(|field| field.get()?.id.spanned()) {
        report("policy", id.as_str(), place, span, sink);
    }
    for (code, place, _, _) in pack.raw.resolutions.get().into_iter().flat_map(|table| table.entries()) {
        report("resolution", code, place, span, sink);
    }
}

fn report(what: &str, id: &str, place: Range<usize>, span: impl Fn(Range<usize>) -> Span, sink: &mut Sink) {
    if let Some(hint) = hint(id) {
        let message = format!("the {what}'s id `{id}` tells the agent what matters by `{hint}`");
        let help = "name it after what it is; the agent sees it".to_owned();
        sink.push(Diagnostic::new(Code::IdHintsRelevance, span(place), message).with_help(help));
    }
}

/// The part of an id that hints.
fn hint(id: &str) -> Option<&str> {
    let mut words = word_places(id).map(|(word, _)| word.trim_end_matches(|c: char| c.is_ascii_digit())).peekable();
    while let Some(word) = words.next() {
        let is_term = words.peek().is_some_and(|next| TERMS.contains(&(word, next)));
        if HINTS.contains(&word) && !is_term {
            return Some(word);
        }
        if let Some(inside) = HINTS_INSIDE.iter().find(|hint| word.contains(**hint)) {
            return Some(inside);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::hint;

    #[test]
    fn hints_are_words_of_an_id() {
        let check = |id: &str, expect: Option<&str>| assert_eq!(hint(id), expect, "{id}");
        check("order", None);
        check("primary-order", Some("primary"));
        check("order_real", Some("real"));
        check("decoy2", Some("decoy"));
        check("orderdistractor", Some("distractor"));
        check("real_estate_listing", None);
        check("realtor", None);
        check("primary_care_visit", None);
        check("unrealised_gains", None);
    }
}
