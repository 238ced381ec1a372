//! Reply text: cleaning, words, typed values, matching and judgement (matcher `en-1`).
//!
//! Owns everything between a raw reply and its verdicts. It knows nothing of tasks, packs, TOML or HTTP: plain values
//! come in ([`Keyword`], [`Forbidden`], [`Pattern`]), verdicts and byte spans go out ([`Judgement`]).
//!
//! Read [`ReplySpec`] first: it is built once per task and judges any number of replies.

mod judge;
mod judgement;
mod key;
mod matcher;
mod pattern;
mod spec;
pub mod value;

pub use judgement::{Finding, Judgement, Span, Verdict};
pub use key::search_key;
pub use matcher::{By, Matcher, Mood, Polarity, Qualifiers};
pub use pattern::{Pattern, PatternError, Phrase, PhraseFault};
pub use spec::{Effect, Forbidden, Keyword, ReplySpec, SpecError, SpecParts};

/// The name of this matcher, as `reply.matcher` spells it.
pub const MATCHER: &str = "en-1";
