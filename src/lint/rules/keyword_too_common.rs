//! `keyword-too-common`: a keyword that nearly any reply meets.

use std::sync::LazyLock;

use foldhash::HashMap;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::word_places;
use crate::lint::vocabulary::{NEUTRAL_REPLIES, is_stop_word};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredTask;
use crate::pack::raw::{Field, RawKeyword};
use crate::text::value::Currency;
use crate::text::{Keyword, Pattern, Phrase, ReplySpec, SpecParts, Verdict};

pub(super) const RULE: Rule = Rule {
    code: Code::KeywordTooCommon,
    why: "A keyword that a polite reply without any content meets is points for nothing.",
    mend: "Name what the reply has to convey. The rule fires at a phrase that is a single stop word, and at a keyword \
           that more than half of a built-in sample of fifteen neutral replies mention.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "[\"new mug\", \"replacement\"]", "[\"new mug\", \"replacement\", \"your\"]")],
        good: &[Edit::Replace(
            "mug.toml",
            "[\"new mug\", \"replacement\"]",
            "[\"new mug\", \"replacement\", \"your new one\"]",
        )],
    },
    stages: &[Stage::Task(check)],
};

/// Keywords of one task that are judged against the sample; a task that anybody wrote has fewer.
const MAX_JUDGED: usize = 50;

pub(super) fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    let Some(reply) = task.raw.reply.get() else { return };
    let mut judged = 0;
    for (at, raw) in reply.keywords.items().iter().enumerate() {
        let Some(raw) = raw.get() else { continue };
        if raw.optional.is_hole() || raw.optional.get() == Some(&true) {
            continue;
        }
        let Some((id, place)) = raw.id.spanned() else { continue };
        let phrases = raw.any_of.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::spanned);
        let mut told = false;
        for (phrase, place) in phrases {
            let bare = phrase.trim().trim_start_matches('=');
            let is_small = bare.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
            if is_stop_word(bare) || !is_small && is_stop_word(&bare.to_lowercase()) {
                told = true;
                let message = format!("`{bare}` stands in nearly any reply: it meets the keyword `{}`", id.as_str());
                let help = "take it out, or write the phrase that it belongs to".to_owned();
                sink.push(Diagnostic::new(Code::KeywordTooCommon, task.file.span(place), message).with_help(help));
            }
        }
        if told {
            continue;
        }
        let spec = task.task.and_then(|task| task.reply.as_ref());
        let keyword = spec.and_then(|spec| spec.keywords().get(at)).filter(|keyword| keyword.id == id.as_str());
        let Some(keyword) = keyword.filter(|keyword| judged < MAX_JUDGED && may_be_common(keyword)) else { continue };
        judged += 1;
        let met = neutral_replies_with(keyword);
        if met * 2 > NEUTRAL_REPLIES.len() {
            let message = format!(
                "{met} of {} replies that say nothing mention the keyword `{}`",
                NEUTRAL_REPLIES.len(),
                id.as_str()
            );
            let help = "name what a reply to this case has to convey".to_owned();
            let place = phrases_place(raw).unwrap_or(place);
            sink.push(Diagnostic::new(Code::KeywordTooCommon, task.file.span(place), message).with_help(help));
        }
    }
}

fn phrases_place(raw: &RawKeyword) -> Option<std::ops::Range<usize>> {
    let any_of = raw.any_of.spanned().map(|(_, place)| place);
    let near = || raw.near.spanned().map(|(_, place)| place);
    any_of.or_else(near).or_else(|| raw.regex.spanned().map(|(_, place)| place))
}

/// Whether the words of a keyword stand in enough neutral replies that these are worth judging.
fn may_be_common(keyword: &Keyword) -> bool {
    let most = match keyword.matcher.pattern() {
        Pattern::AnyOf(phrases) => replies_with(phrases),
        Pattern::Near { groups, .. } => {
            groups.iter().map(|group| replies_with(group)).fold(u32::MAX, |all, one| all & one)
        }
        Pattern::Regex(regex) => (0..NEUTRAL_REPLIES.len())
            .filter(|&at| regex.is_match(NEUTRAL_REPLIES[at]))
            .fold(0, |found, at| found | 1 << at),
        _ => 0,
    };
    most.count_ones() as usize * 2 > NEUTRAL_REPLIES.len()
}

/// How many neutral replies mention what a keyword asks for, whatever the verdict: a little more wording would meet it.
fn neutral_replies_with(keyword: &Keyword) -> usize {
    let parts = SpecParts {
        keywords: vec![keyword.clone()],
        forbidden: Vec::new(),
        exclusive: Vec::new(),
        min_words: None,
        max_words: None,
        currency: Currency::USD,
    };
    let Ok(spec) = ReplySpec::new(parts) else { return 0 };
    NEUTRAL_REPLIES.iter().filter(|reply| spec.judge(reply).keywords[0].verdict != Verdict::Absent).count()
}

/// The neutral replies, one bit each, that may hold one of the phrases: each of its words begins like one of theirs.
fn replies_with(phrases: &[Phrase]) -> u32 {
    static BEGINNINGS: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
        let mut found: HashMap<String, u32> = HashMap::default();
        for (at, reply) in NEUTRAL_REPLIES.iter().enumerate() {
            for (word, _) in word_places(reply) {
                *found.entry(beginning(&word.to_lowercase()).to_owned()).or_default() |= 1 << at;
            }
        }
        found
    });
    let of = |word: &String| BEGINNINGS.get(beginning(word)).copied().unwrap_or(0);
    let whole = |phrase: &Phrase| phrase.words().iter().map(of).fold(u32::MAX, |all, one| all & one);
    phrases.iter().map(whole).fold(0, |any, one| any | one)
}

/// The letters that the forms of a word share: irregular ones are rare enough to be missed.
fn beginning(word: &str) -> &str {
    word.char_indices().nth(3).map_or(word, |(end, _)| &word[..end])
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check;

    #[test]
    fn courtesy_is_too_common_and_outcomes_are_not() {
        let any_of = |phrases: &str, expect: &[&str]| {
            check("keyword-too-common", &format!("[[reply.keywords]]\nid = \"x\"\nany_of = {phrases}"), expect);
        };
        any_of("[\"you\"]", &["you"]);
        any_of("[\"refund\", \"The\"]", &["The"]);
        any_of("[\"thank\", \"thanks\"]", &["[\"thank"]);
        any_of("[\"sorry\", \"apologise\"]", &[]);
        any_of("[\"refund\", \"reimburse\", \"money back\"]", &[]);
        any_of("[\"contact\", \"team\"]", &[]);
        any_of("[\"escalated to our fraud team\"]", &[]);
    }
}
