//! One finding.

use super::{Code, Severity, Span};

/// One mistake of an author: what is wrong, where, and what to write instead.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostic {
    /// What kind of finding.
    pub code: Code,
    /// How much it matters; the code's own severity unless configuration changed it.
    pub severity: Severity,
    /// Lower case, no full stop, the offender in backticks.
    pub message: String,
    /// The place itself.
    pub span: Span,
    /// Other places that matter, and why.
    pub labels: Vec<Label>,
    /// The nearest known name, or the exact edit.
    pub help: Option<String>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
    /// Whether the text at its places is a secret that no output may repeat.
    pub redacted: bool,
}

/// Why another place matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Why it matters.
    pub message: String,
}

/// Edits that mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether they keep the file's meaning.
    pub safe: bool,
    /// In the order of the file; they do not overlap.
    pub edits: Vec<Edit>,
}

/// One replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Diagnostic {
    /// A finding of the code's own severity.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            span,
            labels: Vec::new(),
            help: None,
            fix: None,
            redacted: false,
        }
    }

    /// With another severity.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Diagnostic {
        self.severity = severity;
        self
    }

    /// With what to do about it, where there is something to say.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<Option<String>>) -> Diagnostic {
        self.help = help.into();
        self
    }

    /// With another place that matters.
    #[must_use]
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// With a text that no output may repeat.
    #[must_use]
    pub fn with_redaction(mut self) -> Diagnostic {
        self.redacted = true;
        self
    }

    /// With a replacement of the place itself that keeps the file's meaning.
    #[must_use]
    pub fn with_fix(mut self, text: Option<String>) -> Diagnostic {
        self.fix = text.map(|text| Fix { safe: true, edits: vec![Edit { span: self.span, text }] });
        self
    }
}
