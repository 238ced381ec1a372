//! A reply specification, compiled once per task: keywords, forbidden entries, exclusive groups and bounds.

use std::sync::OnceLock;

use super::clean::Clean;
use super::judge::{self, Compiled};
use super::judgement::Judgement;
use super::matcher::Matcher;
use super::token::Words;
use super::value::Currency;

/// Something a reply must convey.
#[derive(Debug, Clone)]
pub struct Keyword {
    pub id: String,
    /// Share among the scored keywords; finite and above 0.
    pub weight: f64,
    /// Reported, not scored.
    pub optional: bool,
    pub matcher: Matcher,
}

/// Something a reply must not convey.
#[derive(Debug, Clone)]
pub struct Forbidden {
    pub id: String,
    pub effect: Effect,
    pub matcher: Matcher,
}

/// What the presence of a forbidden entry costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The episode scores 0.
    Gate,
    /// The reply criterion scores 0.
    Fail,
}

/// The parts of a [`ReplySpec`], as they are put together.
#[derive(Debug, Clone)]
pub struct SpecParts {
    pub keywords: Vec<Keyword>,
    pub forbidden: Vec<Forbidden>,
    /// Groups of keyword ids whose assertion excludes one another.
    pub exclusive: Vec<Vec<String>>,
    /// Inclusive bounds on the number of words.
    pub min_words: Option<usize>,
    pub max_words: Option<usize>,
    /// What a bare "$" means.
    pub currency: Currency,
}

/// Why parts do not make a spec.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error("exclusive group {group} names `{id}`, which is no keyword")]
    UnknownExclusive { group: usize, id: String },
}

/// A compiled reply specification; immutable, shared between threads.
#[derive(Debug, Clone)]
pub struct ReplySpec {
    pub(super) keywords: Vec<Keyword>,
    pub(super) forbidden: Vec<Forbidden>,
    pub(super) exclusive: Vec<Vec<usize>>,
    pub(super) min_words: Option<usize>,
    pub(super) max_words: Option<usize>,
    pub(super) currency: Currency,
    /// Made at the first judgement: most specs of a pack are loaded and never judge a reply.
    compiled: OnceLock<Compiled>,
}

/// A text divided into words.
#[derive(Debug)]
pub struct TextWords(Words);

impl TextWords {
    /// Divides a text.
    pub fn of(text: &str) -> TextWords {
        TextWords(Words::of(&Clean::of(text)))
    }
}

impl ReplySpec {
    /// Checks the parts. All that can fail fails here; compiling the words waits for the first reply.
    ///
    /// # Errors
    /// When an exclusive group names no keyword.
    pub fn new(parts: SpecParts) -> Result<ReplySpec, SpecError> {
        let index_of = |id: &String| parts.keywords.iter().position(|keyword| &keyword.id == id);
        let mut exclusive = Vec::with_capacity(parts.exclusive.len());
        for (group, ids) in parts.exclusive.iter().enumerate() {
            let lookup =
                |id: &String| index_of(id).ok_or_else(|| SpecError::UnknownExclusive { group, id: id.clone() });
            exclusive.push(ids.iter().map(lookup).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(ReplySpec {
            compiled: OnceLock::new(),
            keywords: parts.keywords,
            forbidden: parts.forbidden,
            exclusive,
            min_words: parts.min_words,
            max_words: parts.max_words,
            currency: parts.currency,
        })
    }

    /// The keywords, in authored order.
    pub fn keywords(&self) -> &[Keyword] {
        &self.keywords
    }

    /// The forbidden entries, in authored order.
    pub fn forbidden(&self) -> &[Forbidden] {
        &self.forbidden
    }

    /// Inclusive word bounds, lowest and highest.
    pub fn word_bounds(&self) -> (Option<usize>, Option<usize>) {
        (self.min_words, self.max_words)
    }

    /// Judges one reply. Pure: the same reply always gets the same judgement.
    pub fn judge(&self, reply: &str) -> Judgement {
        judge::judge(self, reply)
    }

    /// How many of the scored keywords a text meets at most: those of which the words, or a value, stand in it at all.
    /// This costs a fraction of a judgement.
    pub fn may_meet(&self, text: &str) -> usize {
        self.may_meet_words(&TextWords::of(text))
    }

    /// Whether a text meets more than `count` of the scored keywords at most: cheaper than counting them.
    pub fn may_meet_more(&self, text: &str, count: usize) -> bool {
        judge::may_meet_more(self, text, count)
    }

    /// As [`ReplySpec::may_meet`], of a text that many specs are asked about.
    pub fn may_meet_words(&self, words: &TextWords) -> usize {
        judge::may_meet(self, &words.0)
    }

    pub(super) fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| Compiled::of(&self.keywords, &self.forbidden))
    }
}
