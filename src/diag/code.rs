//! The names of findings. A name is forever: other people's configuration holds it.

use std::fmt;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably a mistake.
    Warning,
    /// A mistake.
    Error,
}

impl Severity {
    /// The name in output and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $meaning:literal,)*) => {
        /// What kind of finding this is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The name in output and configuration.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The severity where nothing changes it.
            pub const fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// What it says, in one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    InternalError "internal-error" Error "A rule or the parser failed on this file; please report it.",
    TooLarge "too-large" Error "A file, string, list, depth or count is beyond the limits.",
    BadEncoding "bad-encoding" Error "The file is not plain UTF-8 text with ordinary line ends.",
    Syntax "syntax" Error "The file is not TOML here.",
    DuplicateKey "duplicate-key" Error "The same key or table is written twice.",
    UnportableToml "unportable-toml" Warning "Only some TOML parsers accept this.",
    WrongType "wrong-type" Error "The value is of another type than this key holds.",
    MissingKey "missing-key" Error "A required key is not there.",
    UnknownKey "unknown-key" Error "No such key exists here.",
    BadEnum "bad-enum" Error "The value is not one of those that this key takes.",
    OutOfRange "out-of-range" Error "A number or a count is outside of what this key takes.",
    BadPattern "bad-pattern" Error "The text is not of the form that this key takes.",
    NonFiniteNumber "non-finite-number" Error "A number is infinite or not a number.",
    FutureSchemaVersion "future-schema-version" Error "The file is written for a newer version of this program.",
    MissingSchemaDirective "missing-schema-directive" Info "The file does not name its schema for editors.",
    DuplicateTaskId "duplicate-task-id" Error "Two tasks of the loaded set share an id.",
    ConfusableId "confusable-id" Error "Two ids differ only in case, look-alike letters or `-` and `_`.",
    DuplicateLocalId "duplicate-local-id" Error "An artifact, policy or keyword id is used twice.",
    AliasCollision "alias-collision" Error "A policy's alias finds another policy, too.",
    DanglingReference "dangling-reference" Error "A reference names something that does not exist.",
    ReservedId "reserved-id" Error "An id is a word that the protocol uses itself.",
    UnknownResolution "unknown-resolution" Error "A resolution code is not in the pack's catalogue.",
    ResolutionConflict "resolution-conflict" Error "The expected code is also harmful or partial.",
    BadMatcher "bad-matcher" Error "A keyword has no matcher, two matchers, or one that cannot work.",
    NestedPack "nested-pack" Error "A `pack.toml` lies inside another pack.",
    SingleResolution "single-resolution" Error "There are too few resolutions to choose from.",
    UnreachablePolicy "unreachable-policy" Error "No query returns this policy.",
    UnusedPolicy "unused-policy" Warning "No task requires this policy, and it is not marked as a distractor.",
    UnusedArtifact "unused-artifact" Warning "The task does not require this artifact, and it is not marked as a distractor.",
    RequiredDistractor "required-distractor" Warning "What is required is marked as a distractor.",
    NoDistractor "no-distractor" Warning "Everything that can be looked at is required.",
    BudgetBelowOracle "budget-below-oracle" Error "The step limit is below the shortest winning path.",
    BudgetTooGenerous "budget-too-generous" Warning "The step limit leaves room to look at everything.",
    OracleNotOne "oracle-not-one" Error "The reference solution does not score 1.",
    DuplicateEvidence "duplicate-evidence" Warning "A piece of required evidence is listed twice.",
    WeightsNotOne "weights-not-one" Error "The weights do not sum to 1, are negative, or one takes all.",
    DeadCriterion "dead-criterion" Error "A criterion that weighs something has the same value in every episode.",
    IdleAgentScores "idle-agent-scores" Error "Doing nothing, or submitting at once, scores.",
    WrongResolutionScores "wrong-resolution-scores" Error "A wrong resolution scores too much.",
    SprayScores "spray-scores" Error "A dump of keywords, or the ticket echoed, passes as a reply.",
    KeywordForbiddenConflict "keyword-forbidden-conflict" Error "A required keyword is a forbidden phrase.",
    KeywordUnderivable "keyword-underivable" Warning "A keyword appears nowhere that the agent can look.",
    KeywordTooCommon "keyword-too-common" Warning "A keyword is met by nearly any reply.",
    KeywordOverlap "keyword-overlap" Warning "One word satisfies two keywords.",
    LiteralValue "literal-value" Warning "A value is typed again that a record holds.",
    ReplyLengthImpossible "reply-length-impossible" Error "The reply's length bounds cannot be met.",
    RegexUnsafe "regex-unsafe" Error "A pattern is not linear-time or too big.",
    RegexVacuous "regex-vacuous" Error "A pattern matches nothing or everything.",
    MissingExamples "missing-examples" Warning "A scored keyword lacks an example that meets it or one that does not.",
    ExampleFails "example-fails" Error "An example's verdict is not the expected one.",
    AnswerLeaked "answer-leaked" Error "What the agent is told at the start holds the answer.",
    AnswerInArtifact "answer-in-artifact" Warning "A record states the resolution code literally.",
    KeywordsLeaked "keywords-leaked" Warning "The objective or the ticket, sent back, meets most keywords.",
    IdHintsRelevance "id-hints-relevance" Error "An id tells the agent what matters.",
    PositionBias "position-bias" Warning "The expected code always stands first or last.",
    TrainTestOverlap "train-test-overlap" Error "Two tasks of different splits are near-duplicates.",
    NearDuplicateTask "near-duplicate-task" Warning "Two tasks are nearly the same.",
    DifficultyMislabelled "difficulty-mislabelled" Warning "The difficulty label disagrees with what is measured.",
    InconsistentDates "inconsistent-dates" Warning "Dates of a record contradict one another.",
    InconsistentAmounts "inconsistent-amounts" Warning "Amounts of a record contradict one another.",
    InconsistentEntities "inconsistent-entities" Warning "The ticket names something that no record knows.",
    LooksLikePii "looks-like-pii" Error "A text looks like real personal data.",
    LooksLikeSecret "looks-like-secret" Error "A text looks like a real key, token or password.",
    PlaceholderText "placeholder-text" Error "A text is a placeholder.",
    EmptyText "empty-text" Warning "A text says nothing.",
    NotNfc "not-nfc" Warning "A text is not in Unicode normal form C.",
    MixedScript "mixed-script" Warning "A word mixes scripts, or digits are full-width.",
    InvisibleCharacter "invisible-character" Error "A text holds characters that nobody sees.",
    StrayWhitespace "stray-whitespace" Warning "Blanks around or doubled inside an id or a keyword.",
    InjectionLooking "injection-looking" Warning "A text reads as an attempt to steer the agent.",
    UnsafeMarkup "unsafe-markup" Error "A text holds markup that a web page could run.",
    RelativeTime "relative-time" Warning "A text speaks of today where the ticket has no date.",
    EmptyPack "empty-pack" Error "The pack holds no task.",
    MissingManifest "missing-manifest" Error "There is no `pack.toml`.",
    UnusedSuppression "unused-suppression" Warning "A suppression suppresses nothing.",
    UnknownRule "unknown-rule" Error "A setting or suppression names no rule.",
    MissingReason "missing-reason" Error "A suppression gives no reason.",
}

impl Code {
    /// Whether no setting and no comment takes a finding of this code away: the file could not be read whole.
    pub fn is_always_told(self) -> bool {
        matches!(self, Code::Syntax | Code::BadEncoding | Code::InternalError)
    }

    /// The code of this name.
    pub fn parse(name: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
