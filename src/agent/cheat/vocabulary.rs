//! The words that a task's reply is judged by, as a cheat could learn them.

use crate::task::Task;
use crate::text::{Pattern, Phrase};

/// What meets each keyword, one way of saying it after another.
#[derive(Debug)]
pub struct Vocabulary {
    /// Per keyword, in the task's order.
    pub keywords: Vec<Wording>,
}

/// How one keyword can be said.
#[derive(Debug)]
pub struct Wording {
    /// The keyword's id.
    pub id: String,
    /// Whether it is scored.
    pub scored: bool,
    /// Texts that hold it; the reference reply's own words come first.
    pub texts: Vec<String>,
}

/// Combinations of a `near` that are spelled out.
const MAX_COMBINATIONS: usize = 16;

impl Vocabulary {
    /// The words of this task's keywords: what its patterns ask for, and what its reference reply says.
    pub fn of(task: &Task) -> Vocabulary {
        let Some(spec) = &task.reply else { return Vocabulary { keywords: Vec::new() } };
        let oracle = task.oracle_reply.as_deref().unwrap_or_default();
        let judged = spec.judge(oracle);
        let wording = |(keyword, finding): (&crate::text::Keyword, &crate::text::Finding)| {
            let mut texts: Vec<String> = finding.spans.iter().map(|span| span.of(oracle).to_owned()).collect();
            texts.extend(spelled_out(keyword.matcher.pattern()));
            let mut seen = std::collections::BTreeSet::new();
            texts.retain(|text| !text.trim().is_empty() && seen.insert(text.to_lowercase()));
            Wording { id: keyword.id.clone(), scored: !keyword.optional, texts }
        };
        Vocabulary { keywords: spec.keywords().iter().zip(&judged.keywords).map(wording).collect() }
    }

    /// Every text of every keyword.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.keywords.iter().flat_map(|keyword| keyword.texts.iter().map(String::as_str))
    }
}

/// A pattern's phrases as one would write them; a value and a regex are known from the reference reply only.
fn spelled_out(pattern: &Pattern) -> Vec<String> {
    match pattern {
        Pattern::AnyOf(phrases) => phrases.iter().map(plain).collect(),
        Pattern::Near { groups, .. } => {
            let mut texts = vec![String::new()];
            for group in groups {
                let longer = |text: &String| {
                    let text = text.clone();
                    group.iter().map(move |phrase| format!("{text} {}", plain(phrase)).trim().to_owned())
                };
                texts = texts.iter().flat_map(longer).take(MAX_COMBINATIONS).collect();
            }
            texts
        }
        _ => Vec::new(),
    }
}

fn plain(phrase: &Phrase) -> String {
    phrase.as_str().trim().trim_start_matches('=').to_owned()
}
