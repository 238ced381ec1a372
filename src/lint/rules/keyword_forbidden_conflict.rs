//! `keyword-forbidden-conflict`: a phrase that must be said and must not be said.

use std::collections::HashMap;
use std::ops::Range;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::roots;
use crate::lint::vocabulary::is_stop_word;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::{DEFAULT_WINDOW, Field, Maybe, RawForbidden, RawKeyword, RawMatcher, RawPolarity, RawText};
use crate::text::Phrase;

pub(super) const RULE: Rule = Rule {
    code: Code::KeywordForbiddenConflict,
    why: "A phrase that meets a keyword and is forbidden, too, fails every reply that uses it; a forbidden phrase with a \
          keyword's phrase inside pays for what it forbids.",
    mend: "Take the phrase out of one of the two, or name the longer one in the other's `except`. Phrases are compared \
           word by word, apart from regular endings; a keyword's `near` meets a forbidden phrase that says one phrase of \
           each of its groups. A phrase that denies by itself (`no refund`) does not meet a keyword that affirms; entries \
           of opposite polarity do not conflict.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "[oracle]",
            "[[reply.forbidden]]\nid = \"promise\"\nany_of = [\"new mugs\"]\n\n[oracle]",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "[oracle]",
            "[[reply.forbidden]]\nid = \"promise\"\nany_of = [\"store credit\"]\n\n[oracle]",
        )],
    },
    stages: &[Stage::Task(check)],
};

/// The most words of a longer phrase that is looked for; nobody writes longer ones.
const MAX_PHRASE: usize = 12;

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    for conflict in conflicts(task) {
        let Conflict { keyword, entry, required, forbidden, .. } = &conflict;
        let message = match conflict.inside {
            Inside::Same => format!("`{}` is forbidden, and meets the keyword `{keyword}`", forbidden.0),
            Inside::Forbidden => {
                format!("the forbidden `{}` holds `{}`, which meets the keyword `{keyword}`", forbidden.0, required.0)
            }
            Inside::Near => format!("the forbidden `{}` says all that the keyword `{keyword}` asks for", forbidden.0),
            Inside::Required => {
                format!(
                    "the forbidden `{}` is part of `{}`, which meets the keyword `{keyword}`",
                    forbidden.0, required.0
                )
            }
        };
        let help = match conflict.inside {
            Inside::Same => "take it out of one of the two".to_owned(),
            Inside::Forbidden | Inside::Near => {
                format!("add `except = [\"{}\"]` to the keyword `{keyword}`", forbidden.0)
            }
            Inside::Required => format!("add `except = [\"{}\"]` to the forbidden `{entry}`", required.0),
        };
        let diagnostic = Diagnostic::new(Code::KeywordForbiddenConflict, task.file.span(forbidden.1.clone()), message)
            .with_label(task.file.span(required.1.clone()), "required here")
            .with_help(help);
        sink.push(diagnostic);
    }
}

/// A phrase that a keyword asks for and an entry forbids.
pub(super) struct Conflict<'a> {
    keyword: &'a str,
    entry: &'a str,
    inside: Inside,
    required: (&'a str, Range<usize>),
    forbidden: (&'a str, Range<usize>),
}

#[derive(Clone, Copy)]
enum Inside {
    Same,
    /// The keyword's phrase is part of the forbidden one.
    Forbidden,
    /// The forbidden phrase says one phrase of each group of the keyword's.
    Near,
    /// The forbidden phrase is part of the keyword's.
    Required,
}

struct Side<'a> {
    entry: usize,
    text: &'a str,
    place: Range<usize>,
    roots: Vec<String>,
}

/// The conflicts of a task, at most one for each forbidden phrase.
pub(super) fn conflicts<'a>(task: &AuthoredTask<'a>) -> Vec<Conflict<'a>> {
    let Some(reply) = task.raw.reply.get().filter(|reply| !reply.forbidden.items().is_empty()) else {
        return Vec::new();
    };
    let keywords: Vec<&RawKeyword> = reply.keywords.items().iter().filter_map(Field::get).filter(is_scored).collect();
    let forbidden: Vec<&RawForbidden> = reply.forbidden.items().iter().filter_map(Field::get).collect();
    let ours: Vec<Side<'_>> = keywords.iter().enumerate().flat_map(|(at, entry)| sides(at, entry.matcher())).collect();
    let theirs: Vec<Side<'_>> =
        forbidden.iter().enumerate().flat_map(|(at, entry)| sides(at, entry.matcher())).collect();
    let by_roots = |sides: &[Side<'_>]| -> HashMap<Vec<String>, Vec<usize>> {
        let mut map: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (at, side) in sides.iter().enumerate() {
            map.entry(side.roots.clone()).or_default().push(at);
        }
        map
    };
    let (our_roots, their_roots) = (by_roots(&ours), by_roots(&theirs));
    let mut found: Vec<Option<Conflict<'a>>> = theirs.iter().map(|_| None).collect();
    let mut note = |mine: &Side<'a>, at: usize, other: &Side<'a>, inside: Inside| {
        let (keyword, entry) = (keywords[mine.entry], forbidden[other.entry]);
        let (Some(keyword_id), Some(entry_id)) = (keyword.id.get(), entry.id.get()) else { return };
        let excepted = match inside {
            Inside::Forbidden | Inside::Near => excepts(&keyword.except, &other.roots),
            _ => excepts(&entry.except, &mine.roots),
        };
        // What a phrase denies by itself is said of the keyword, too.
        let denied = matches!(inside, Inside::Forbidden | Inside::Near) && denies(other.text) && !denies(mine.text);
        let fits = if denied {
            !matches!(keyword.polarity.get(), None | Some(RawPolarity::Assert))
        } else {
            polarity_fits(&keyword.polarity, &entry.polarity)
        };
        if found[at].is_none() && !excepted && fits {
            found[at] = Some(Conflict {
                keyword: keyword_id.as_str(),
                entry: entry_id.as_str(),
                inside,
                required: (mine.text, mine.place.clone()),
                forbidden: (other.text, other.place.clone()),
            });
        }
    };
    for (at, other) in theirs.iter().enumerate() {
        for part in parts(&other.roots) {
            for &mine in our_roots.get(part).into_iter().flatten().take(4) {
                let same = part.len() == other.roots.len();
                note(&ours[mine], at, other, if same { Inside::Same } else { Inside::Forbidden });
            }
        }
    }
    for mine in &ours {
        for part in parts(&mine.roots).filter(|part| part.len() < mine.roots.len()) {
            for &at in their_roots.get(part).into_iter().flatten().take(4) {
                note(mine, at, &theirs[at], Inside::Required);
            }
        }
    }
    for (at, keyword) in keywords.iter().enumerate() {
        let Some(near) = Near::of(&keyword.matcher()) else { continue };
        for (position, other) in theirs.iter().enumerate() {
            if let Some((text, place)) = near.within(other) {
                let mine = Side { entry: at, text, place, roots: Vec::new() };
                note(&mine, position, other, Inside::Near);
            }
        }
    }
    found.into_iter().flatten().collect()
}

/// A phrase with its roots and its place.
type Alternative<'a> = (&'a str, Vec<String>, Range<usize>);

/// The groups of a `near`, of each of which one phrase is to be said.
struct Near<'a> {
    groups: Vec<Vec<Alternative<'a>>>,
    window: usize,
}

impl<'a> Near<'a> {
    /// `None` where the entry has no `near`, or one that is broken.
    fn of(matcher: &RawMatcher<'a>) -> Option<Near<'a>> {
        let alternative = |phrase: &'a Field<RawText<'a>>| {
            let (text, place) = phrase.spanned()?;
            Some((text.as_str(), roots(text), place))
        };
        let groups = matcher.near.get()?.iter().map(|group| group.get()?.iter().map(alternative).collect());
        let groups: Vec<Vec<Alternative<'a>>> = groups.collect::<Option<_>>()?;
        let window = matcher.window.get().map_or(DEFAULT_WINDOW, |window| window.value() as usize);
        (groups.len() > 1 && !matcher.window.is_hole()).then_some(Near { groups, window })
    }

    /// Whether this phrase says one of each group, words apart: the first of those that it says.
    fn within(&self, phrase: &Side<'_>) -> Option<(&'a str, Range<usize>)> {
        let words = &phrase.roots;
        if words.len() > MAX_PHRASE {
            return None;
        }
        let mut said: Vec<Range<usize>> = Vec::with_capacity(self.groups.len());
        let mut first = None;
        for group in &self.groups {
            let found = group.iter().find_map(|(text, own, place)| {
                let at = words.windows(own.len().max(1)).position(|part| part == own.as_slice())?;
                let stands = at..at + own.len();
                let apart = said.iter().all(|other| other.end <= stands.start || stands.end <= other.start);
                apart.then_some((*text, place, stands))
            });
            let (text, place, stands) = found?;
            first.get_or_insert_with(|| (text, place.clone()));
            said.push(stands);
        }
        let start = said.iter().map(|place| place.start).min()?;
        let end = said.iter().map(|place| place.end).max()?;
        first.filter(|_| end - start <= self.window)
    }
}

/// Whether a phrase holds a word that denies.
fn denies(phrase: &str) -> bool {
    Phrase::parse(phrase).is_ok_and(|phrase| phrase.has_negator())
}

fn is_scored(keyword: &&RawKeyword) -> bool {
    !keyword.optional.is_hole() && keyword.optional.get() != Some(&true)
}

/// The phrases of an `any_of`.
fn sides<'a>(entry: usize, matcher: RawMatcher<'a>) -> impl Iterator<Item = Side<'a>> {
    let phrases = matcher.any_of.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::spanned);
    phrases
        .map(move |(text, place)| Side { entry, text: text.as_str(), place, roots: roots(text) })
        // A phrase of stop words is too common to conflict with anything.
        .filter(|side| side.roots.iter().any(|root| !is_stop_word(root)))
}

/// Every run of words of a phrase, the whole of it first.
fn parts(roots: &[String]) -> impl Iterator<Item = &[String]> {
    (1..=roots.len().min(MAX_PHRASE)).rev().flat_map(move |length| roots.windows(length))
}

fn excepts(except: &Maybe<Vec<Field<RawText<'_>>>>, longer: &[String]) -> bool {
    except.is_hole()
        || except.items().iter().filter_map(Field::get).any(|phrase| {
            let own = roots(phrase);
            !own.is_empty() && own.len() <= longer.len() && longer.windows(own.len()).any(|part| part == own)
        })
}

/// Whether one mention can count for both.
fn polarity_fits(one: &Maybe<RawPolarity>, other: &Maybe<RawPolarity>) -> bool {
    let any = |polarity: &Maybe<RawPolarity>| polarity.is_hole() || matches!(polarity.get(), Some(RawPolarity::Any));
    let negates = |polarity: &Maybe<RawPolarity>| matches!(polarity.get(), Some(RawPolarity::Negate));
    any(one) || any(other) || negates(one) == negates(other)
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check;

    #[test]
    fn phrases_conflict_where_one_holds_the_other() {
        const CODE: &str = "keyword-forbidden-conflict";
        let forbid = |rest: &str, expect: &[&str]| {
            check(CODE, &format!("[[reply.forbidden]]\nid = \"x\"\n{rest}"), expect);
        };
        forbid("any_of = [\"voucher\", \"replacements\"]", &["replacements"]);
        forbid("any_of = [\"replacement at your cost\"]", &["replacement at"]);
        forbid("any_of = [\"mug\"]", &["mug"]);
        forbid("any_of = [\"mug\"]\nexcept = [\"new mug\"]", &[]);
        forbid("any_of = [\"replacement\"]\npolarity = \"negate\"", &[]);
        forbid("any_of = [\"place\", \"mugs new\"]", &[]);
        forbid("near = [[\"replacement\"], [\"bill\"]]", &[]);
        forbid("any_of = [\"no replacement\"]", &[]);
        let near = |phrase: &str, rest: &str, expect: &[&str]| {
            let keyword = "[[reply.keywords]]\nid = \"deposit\"\nnear = [[\"release\", \"give back\"], [\"deposit\"]]";
            check(
                CODE,
                &format!("{keyword}\n{rest}\n[[reply.forbidden]]\nid = \"x\"\nany_of = [\"{phrase}\"]"),
                expect,
            );
        };
        near("release your deposit", "", &["release your"]);
        near("the deposit is given away, released", "", &["the deposit"]);
        near("release your deposit", "except = [\"release your deposit\"]", &[]);
        near("release your deposit", "window = 2", &[]);
        near("release your deposit", "polarity = \"negate\"", &[]);
        near("cannot release your deposit", "", &[]);
        near("release the bike", "", &[]);
    }
}
