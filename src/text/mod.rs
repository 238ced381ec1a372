//! Reply text: cleaning, words, typed values, matching and judgement (matcher `en-1`).
//!
//! Owns everything between a raw reply and its verdicts. It knows nothing of tasks, packs, TOML or HTTP: plain values
//! come in ([`Keyword`], [`Forbidden`], [`Pattern`]), verdicts and byte spans go out ([`Judgement`]).
//!
//! Read [`ReplySpec`] first: it is built once per task and judges any number of replies.

// First, for its macro.
#[macro_use]
mod one_of;

mod advice;
mod aim;
mod ambiguous;
mod apposition;
mod attribution;
mod clean;
mod condition;
mod context;
mod denial;
mod elsewhere;
mod excuse;
mod filled;
mod find;
mod forbidden;
mod forms;
mod generic;
mod gerund;
mod glimpse;
mod heap;
mod inflect;
mod judge;
mod judgement;
mod key;
#[cfg(test)]
mod labelled;
mod lexicon;
mod lookalike;
mod matcher;
mod modal;
mod mood;
mod nil;
mod opening;
mod order;
mod outcome;
mod outsider;
mod party;
mod pattern;
mod pending;
mod people;
mod polarity;
mod pronoun;
mod prose;
mod pseudo;
mod read;
mod refusal;
mod reversal;
mod segment;
mod sentences;
mod spec;
mod stop;
mod thing;
mod token;
mod topic;
mod typed;
mod undoing;
mod usual;
pub mod value;

pub use judgement::{Finding, Judgement, Span, Verdict};
pub use key::search_key;
pub use lookalike::{is_mixed_script, skeleton};
pub use matcher::{By, Matcher, Mood, Polarity, Qualifiers};
pub use pattern::{Pattern, PatternError, Phrase, PhraseFault};
pub use read::number_in_words;
pub use sentences::sentences;
pub use spec::{Effect, Forbidden, Keyword, ReplySpec, SpecError, SpecParts, TextWords};

/// The name of this matcher, as `reply.matcher` spells it.
pub const MATCHER: &str = "en-1";
