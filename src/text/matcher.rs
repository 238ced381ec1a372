//! A matcher: a pattern with the qualifiers that say which mentions of it count.

use std::sync::Arc;

use super::pattern::{Pattern, Phrase};

/// Whether a mention must be asserted, denied, or either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    Assert,
    Negate,
    Any,
}

/// Whether a mention must state an outcome, or may also ask or suppose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Statement,
    Any,
}

/// Whose word a mention must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Us,
    Any,
}

/// What an author may say about a matcher; what is left out takes the default of its kind of pattern.
#[derive(Debug, Clone, Default)]
pub struct Qualifiers {
    pub except: Vec<Phrase>,
    pub polarity: Option<Polarity>,
    pub mood: Option<Mood>,
    pub by: Option<By>,
}

/// A pattern and which mentions of it count.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub(super) pattern: Arc<Pattern>,
    pub(super) except: Vec<Phrase>,
    /// `None` is the phrases' default: assert, and any for a phrase that holds its own negator.
    pub(super) polarity: Option<Polarity>,
    pub(super) mood: Mood,
    pub(super) by: By,
}

impl Matcher {
    /// Applies the defaults: phrases must be asserted, stated and ours; typed values are facts, whoever states them.
    pub fn new(pattern: Pattern, qualifiers: Qualifiers) -> Matcher {
        let typed = pattern.is_typed();
        Matcher {
            polarity: qualifiers.polarity.or(typed.then_some(Polarity::Any)),
            mood: qualifiers.mood.unwrap_or(if typed { Mood::Any } else { Mood::Statement }),
            by: qualifiers.by.unwrap_or(if typed { By::Any } else { By::Us }),
            except: qualifiers.except,
            pattern: Arc::new(pattern),
        }
    }

    /// The pattern this matcher looks for.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// Whether a mention counts only where it asserts, states and is ours: what phrases ask for by default.
    pub fn wants_assertion(&self) -> bool {
        let asserts = matches!(self.polarity, None | Some(Polarity::Assert));
        asserts && self.mood == Mood::Statement && self.by == By::Us
    }

    /// Whether any mention counts, denied, supposed or somebody else's: what values do by default.
    pub fn takes_any_mention(&self) -> bool {
        self.polarity == Some(Polarity::Any) && self.mood == Mood::Any && self.by == By::Any
    }

    /// Whether a mention counts only where it is denied, by the author's word.
    pub fn wants_denial(&self) -> bool {
        self.polarity == Some(Polarity::Negate)
    }

    /// The phrases that do not count as mentions.
    pub fn except(&self) -> &[Phrase] {
        &self.except
    }
}
