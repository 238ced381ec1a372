//! What judging one reply yields: a verdict per keyword and forbidden entry, with spans and a lazily made reason.

use std::sync::Arc;

use super::pattern::Pattern;

/// A range of UTF-8 byte offsets into the raw reply, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// The text this span covers, or nothing where it does not fit `reply`.
    pub fn of(self, reply: &str) -> &str {
        reply.get(self.start..self.end).unwrap_or("")
    }
}

/// How one keyword or forbidden entry stands to a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Stated as the matcher wants it.
    Met,
    /// Not in the reply.
    Absent,
    /// Stated, and denied.
    Negated,
    /// Asked, supposed, or merely possible.
    Hypothetical,
    /// The customer's own words, or an order to somebody else.
    Attributed,
    /// Only inside a phrase that `except` names.
    Excepted,
    /// In a list of words that does not read as prose.
    Stuffed,
    /// Both asserted and denied, or beside an outcome that excludes it.
    Conflict,
    /// A value of that kind is stated, and it is another one.
    WrongValue,
}

impl Verdict {
    /// Every verdict, in the order of the specification.
    pub const ALL: [Verdict; 9] = [
        Verdict::Met,
        Verdict::Absent,
        Verdict::Negated,
        Verdict::Hypothetical,
        Verdict::Attributed,
        Verdict::Excepted,
        Verdict::Stuffed,
        Verdict::Conflict,
        Verdict::WrongValue,
    ];

    /// The verdict as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Met => "met",
            Verdict::Absent => "absent",
            Verdict::Negated => "negated",
            Verdict::Hypothetical => "hypothetical",
            Verdict::Attributed => "attributed",
            Verdict::Excepted => "excepted",
            Verdict::Stuffed => "stuffed",
            Verdict::Conflict => "conflict",
            Verdict::WrongValue => "wrong_value",
        }
    }

    /// Reads the wire's spelling.
    pub fn parse(text: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == text)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one matcher found in one reply.
#[derive(Debug, Clone)]
pub struct Finding {
    pub verdict: Verdict,
    /// Where, in order; empty when absent, unless what must be denied is stated.
    pub spans: Vec<Span>,
    /// What decided the verdict, where something in the reply did ("cannot").
    pub cue: Option<Span>,
    pub(super) pattern: Arc<Pattern>,
}

impl Finding {
    /// Whether the matcher is met; for a forbidden entry, whether it is present.
    pub fn is_met(&self) -> bool {
        self.verdict == Verdict::Met
    }

    /// Why, in words an author can act on. `reply` is the text that was judged.
    pub fn reason(&self, reply: &str) -> String {
        let place = self.spans.first().map(|span| format!("`{}` at {}..{}", span.of(reply), span.start, span.end));
        let place = place.unwrap_or_else(|| self.pattern.describe());
        let cue = self.cue.map(|cue| format!("`{}` at {}..{}", cue.of(reply), cue.start, cue.end));
        let by = |what: &str| cue.as_ref().map_or(String::new(), |cue| format!(": {cue} {what}"));
        match self.verdict {
            Verdict::Met if cue.is_some() => format!("{place} is denied, as it must be{}", by("negates")),
            Verdict::Met => format!("{place} states it"),
            Verdict::Absent if !self.spans.is_empty() => format!("{place} is stated, and the reply must deny it"),
            Verdict::Absent => format!("nothing in the reply conveys {}", self.pattern.describe()),
            Verdict::Negated => format!("{place} is denied{}", by("negates")),
            Verdict::Hypothetical => {
                format!("{place} is asked, supposed or merely possible{}", by("makes it so"))
            }
            Verdict::Attributed => {
                format!("{place} is not a statement of ours{}", by("gives it to somebody else"))
            }
            Verdict::Excepted => {
                format!("{place} is part of an excepted phrase{}", by("is excepted"))
            }
            Verdict::Stuffed => format!("{place} stands in a list of words, not in prose"),
            Verdict::Conflict => format!(
                "{place} is contradicted, or stands beside an outcome that excludes it{}",
                by("speaks against it")
            ),
            Verdict::WrongValue => format!("{place} is not {}", self.pattern.describe()),
        }
    }
}

/// A judged reply: one finding per keyword and per forbidden entry, in the order of the spec.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// Whitespace-separated words after quoted text is dropped.
    pub words: usize,
    /// Whether `words` is within the spec's bounds.
    pub length_ok: bool,
    pub keywords: Vec<Finding>,
    pub forbidden: Vec<Finding>,
    pub(super) quality: f64,
    pub(super) gate: Option<usize>,
    pub(super) fail: Option<usize>,
    pub(super) passes: bool,
}

impl Judgement {
    /// The same without the places that no reason tells of: all but the first of each finding. There may be hundreds, and
    /// an episode keeps its judgement for as long as it is played.
    pub fn for_reasons(mut self) -> Judgement {
        for finding in self.keywords.iter_mut().chain(&mut self.forbidden) {
            finding.spans.truncate(1);
            finding.spans.shrink_to_fit();
        }
        self
    }

    /// How many bytes it holds.
    pub fn held_bytes(&self) -> usize {
        let findings = self.keywords.iter().chain(&self.forbidden);
        size_of::<Judgement>()
            + findings.map(|finding| size_of::<Finding>() + size_of_val(&*finding.spans)).sum::<usize>()
    }

    /// The weighted share of scored keywords met, in `[0, 1]`: 0 when a `fail` phrase is present or the length bounds
    /// are broken.
    pub fn quality(&self) -> f64 {
        self.quality
    }

    /// The index of the first `gate` entry present.
    pub fn gate(&self) -> Option<usize> {
        self.gate
    }

    /// The index of the first `fail` entry present.
    pub fn fail(&self) -> Option<usize> {
        self.fail
    }

    /// Every scored keyword met, nothing forbidden present, length within bounds.
    pub fn passes(&self) -> bool {
        self.passes
    }
}
