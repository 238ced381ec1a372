//! `keyword-overlap`: two keywords that the same words meet.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use foldhash::{HashMap, HashSet};

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::joined_roots;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::{Field, RawKeyword, RawPolarity, RawReply, RawText};

pub(super) const RULE: Rule = Rule {
    code: Code::KeywordOverlap,
    why: "A reply that says one thing is paid for two where a phrase meets two keywords; and where the two exclude each \
          other, no reply can say it at all.",
    mend: "Give each keyword phrases of its own, or make the two one. Two phrases are the same when their words are, \
           apart from regular endings; two `near` are when each group of one shares a phrase with a group of the other. \
           Keywords of opposite polarity do not overlap, and of two keywords both must be scored, unless they exclude \
           each other.",
    example: Example {
        bad: &[
            Edit::Replace(
                "mug.toml",
                "[oracle]",
                "[[reply.keywords]]\nid = \"sent\"\nany_of = [\"ship\", \"send\", \"replacements\"]\n\n[oracle]",
            ),
            Edit::Replace("mug.toml", "\"negated\" }", "\"negated\", sent = \"negated\" }"),
            Edit::Replace("mug.toml", "\"met\" }", "\"met\", sent = \"met\" }"),
        ],
        good: &[
            Edit::Replace(
                "mug.toml",
                "[oracle]",
                "[[reply.keywords]]\nid = \"sent\"\nany_of = [\"ship\", \"send\"]\n\n[oracle]",
            ),
            Edit::Replace("mug.toml", "\"negated\" }", "\"negated\", sent = \"negated\" }"),
            Edit::Replace("mug.toml", "\"met\" }", "\"met\", sent = \"met\" }"),
        ],
    },
    stages: &[Stage::Task(check)],
};

pub(super) fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(reply) = task.raw.reply.get() else { return };
    let keywords: Vec<&RawKeyword> = reply.keywords.items().iter().filter_map(Field::get).collect();
    let exclusive = exclusive_groups(reply);
    let meets = |one: usize, other: usize| {
        one != other
            && polarity_fits(keywords[one], keywords[other])
            && (is_scored(keywords[one]) && is_scored(keywords[other])
                || exclusive.iter().any(|group| {
                    [one, other].iter().all(|&at| keywords[at].id.get().is_some_and(|id| group.contains(id.as_str())))
                }))
    };
    let mut told: HashSet<(usize, usize)> = HashSet::default();
    let mut report = |first: (usize, Range<usize>), second: (usize, Range<usize>), what: Shared<'_>| {
        if !meets(first.0, second.0) || !told.insert((first.0, second.0)) {
            return;
        }
        let (Some(one), Some(other)) = (keywords[first.0].id.get(), keywords[second.0].id.get()) else { return };
        let message = format!("{what} meets the keyword `{}` and the keyword `{}`", other.as_str(), one.as_str());
        let diagnostic = Diagnostic::new(Code::KeywordOverlap, task.file.span(second.1), message)
            .with_label(task.file.span(first.1), format!("it meets `{}` here", one.as_str()))
            .with_help("take it out of one of the two, or make them one keyword".to_owned());
        sink.push(diagnostic);
    };
    // The first keyword with each phrase, value or group list; a later one is compared with it.
    let mut first: HashMap<Key<'_>, (usize, Range<usize>)> = HashMap::default();
    for (at, keyword) in keywords.iter().enumerate() {
        for (key, place, shared) in wordings(keyword, task.file.text) {
            let before = first.get(&key).cloned();
            if before.as_ref().is_none_or(|before| !is_scored(keywords[before.0]) && is_scored(keyword)) {
                first.insert(key, (at, place.clone()));
            }
            if let Some(before) = before {
                report(before, (at, place), shared);
            }
        }
    }
    let nears: Vec<(usize, Range<usize>, Vec<HashSet<String>>)> = keywords
        .iter()
        .enumerate()
        .filter_map(|(at, keyword)| near(keyword).map(|(place, groups)| (at, place, groups)))
        .collect();
    // Tasks have a handful of keywords; more than this are compared with none.
    if nears.len() <= 40 {
        for (number, other) in nears.iter().enumerate() {
            for one in &nears[..number] {
                let covers = |a: &[HashSet<String>], b: &[HashSet<String>]| {
                    a.iter().all(|group| b.iter().any(|other| !group.is_disjoint(other)))
                };
                if one.2.len() == other.2.len() && covers(&one.2, &other.2) && covers(&other.2, &one.2) {
                    report((one.0, one.1.clone()), (other.0, other.1.clone()), Shared::Wording);
                }
            }
        }
    }
}

/// What equal wordings share: their kind, and their words or the value as it is written.
type Key<'a> = (&'static str, Cow<'a, str>);

/// What two keywords have in common, in words for the message.
enum Shared<'a> {
    Phrase(&'a str),
    Value,
    Wording,
}

impl fmt::Display for Shared<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shared::Phrase(phrase) => write!(f, "`{phrase}`"),
            Shared::Value => f.write_str("the same value"),
            Shared::Wording => f.write_str("one wording"),
        }
    }
}

/// What alone meets a keyword: a key that equal wordings share, and the place.
fn wordings<'a>(keyword: &'a RawKeyword, text: &'a str) -> Vec<(Key<'a>, Range<usize>, Shared<'a>)> {
    let mut found = Vec::new();
    let phrases = keyword.any_of.get().into_iter().flat_map(|list| list.iter());
    for (phrase, place) in phrases.filter_map(Field::spanned) {
        let roots = joined_roots(phrase);
        if !roots.is_empty() {
            found.push((("", roots.into()), place, Shared::Phrase(phrase)));
        }
    }
    let mut value = |kind: &'static str, place: Option<Range<usize>>| {
        let Some(place) = place else { return };
        let written = text.get(place.clone()).unwrap_or_default();
        found.push(((kind, written.into()), place, Shared::Value));
    };
    value("money", keyword.money.spanned().map(|(_, place)| place));
    value("date", keyword.date.spanned().map(|(_, place)| place));
    value("duration", keyword.duration.spanned().map(|(_, place)| place));
    value("percent", keyword.percent.spanned().map(|(_, place)| place));
    value("number", keyword.number.spanned().map(|(_, place)| place));
    value("ref", keyword.r#ref.spanned().map(|(_, place)| place));
    value("regex", keyword.regex.spanned().map(|(_, place)| place));
    found
}

fn near(keyword: &RawKeyword) -> Option<(Range<usize>, Vec<HashSet<String>>)> {
    let (groups, place) = keyword.near.spanned()?;
    let groups = groups.iter().map(|group| {
        let phrases = group.get()?.iter().filter_map(Field::get);
        Some(phrases.map(|phrase| joined_roots(phrase)).filter(|key| !key.is_empty()).collect())
    });
    Some((place, groups.collect::<Option<_>>()?))
}

fn is_scored(keyword: &RawKeyword) -> bool {
    !keyword.optional.is_hole() && keyword.optional.get() != Some(&true)
}

/// Whether one mention can count for both.
fn polarity_fits(one: &RawKeyword, other: &RawKeyword) -> bool {
    let negates = |keyword: &RawKeyword| matches!(keyword.polarity.get(), Some(RawPolarity::Negate));
    let any =
        |keyword: &RawKeyword| keyword.polarity.is_hole() || matches!(keyword.polarity.get(), Some(RawPolarity::Any));
    any(one) || any(other) || negates(one) == negates(other)
}

fn exclusive_groups<'a>(reply: &'a RawReply<'_>) -> Vec<HashSet<&'a str>> {
    let groups = reply.exclusive.items().iter().filter_map(Field::get);
    groups.map(|group| group.iter().filter_map(Field::get).map(RawText::as_str).collect()).collect()
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check;

    #[test]
    fn only_what_one_mention_meets_overlaps() {
        const CODE: &str = "keyword-overlap";
        check(CODE, "[[reply.keywords]]\nid = \"x\"\nany_of = [\"=replacements\"]", &["=replacements"]);
        check(CODE, "[[reply.keywords]]\nid = \"x\"\nany_of = [\"free replacement\", \"mug\"]", &[]);
        check(CODE, "[[reply.keywords]]\nid = \"x\"\nany_of = [\"replacement\"]\noptional = true", &[]);
        check(CODE, "[[reply.keywords]]\nid = \"x\"\nany_of = [\"replacement\"]\npolarity = \"negate\"", &[]);
        check(CODE, "[[reply.keywords]]\nid = \"x\"\nnear = [[\"new mug\"], [\"replacement\"]]", &[]);
        check(
            CODE,
            "[[reply.keywords]]\nid = \"x\"\nnear = [[\"send\"], [\"mug\", \"cup\"]]\n\n\
             [[reply.keywords]]\nid = \"y\"\nnear = [[\"cups\"], [\"sent\", \"sends\"]]",
            &["[[\"cups"],
        );
    }
}
