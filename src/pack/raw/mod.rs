//! The authored form: types that mirror the TOML, key by key. The JSON Schemas are generated from them.
//!
//! They accept a value exactly when its schema does; what a schema cannot say (references, sums, one matcher per
//! keyword) is checked when they are lowered.

mod field;
mod pack;
mod reply;
mod scalar;
mod table;
mod task;
mod text;
mod value;

pub(in crate::pack) use field::FIELD;
pub use field::{Field, Maybe};
pub use pack::{
    RawCode, RawExposure, RawGrading, RawLint, RawLintLevel, RawPack, RawPolicy, RawRewards, RawScoreExposure,
    RawSeverities, RawStateExposure, RawWeights,
};
pub use reply::{
    RawBy, RawEffect, RawExample, RawExpect, RawForbidden, RawKeyword, RawMatcher, RawMatcherName, RawMood,
    RawPolarity, RawReply,
};
pub use scalar::{
    CurrencyCode, Id, KeywordWeight, MaxSteps, PackName, Portion, SchemaVersion, SemVer, Share, StepCount, Timestamp,
    Window, WordCount, form_of,
};
pub use table::{NonEmpty, Table};
pub use task::{
    RawArtifact, RawChannel, RawDifficulty, RawEvidence, RawOracle, RawResolution, RawSplit, RawTask, RawTicket,
    Record, RecordValue,
};
pub use text::RawText;
pub use value::{RawDate, RawDuration, RawNumber, RawValueText};

/// Words between the first and the last of a `near` where the entry does not say.
pub(crate) const DEFAULT_WINDOW: usize = 8;
/// The currency of a pack that names none.
pub(in crate::pack) const DEFAULT_CURRENCY: &str = "USD";
