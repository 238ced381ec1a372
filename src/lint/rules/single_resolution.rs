//! `single-resolution`: a choice that is none, or nearly none.

use crate::diag::{Code, Diagnostic, Severity, Sink};
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::AuthoredPack;

/// Below this many codes a blind guess is too often right.
const FEWEST: usize = 3;

pub(super) const RULE: Rule = Rule {
    code: Code::SingleResolution,
    why: "Who guesses among two codes is right half of the time, and with one there is nothing to choose: the score then \
          says little about the agent. Fewer than two codes are an error, fewer than three a warning.",
    mend: "Add the codes that a hasty colleague would choose; a good pack has five or more.",
    example: Example {
        bad: &[Edit::Replace("pack.toml", "escalate = \"Hand the case to a specialist.\"\n", "")],
        good: &[],
    },
    stages: &[Stage::Loading, Stage::Pack(check)],
};

fn check(pack: &AuthoredPack<'_>, _: &PackNotes, sink: &mut Sink) {
    let Some((codes, place)) = pack.raw.resolutions.spanned() else { return };
    // Fewer than two are the loader's to report.
    if codes.len() < 2 || codes.len() >= FEWEST || !pack.file.complete {
        return;
    }
    let message = format!("`resolutions` holds {} codes; a guess is right half of the time", codes.len());
    let diagnostic = Diagnostic::new(Code::SingleResolution, pack.file.span(place), message)
        .with_severity(Severity::Warning)
        .with_help(
            "add a code that is tempting and wrong, such as one that hands the case to somebody else".to_owned(),
        );
    sink.push(diagnostic);
}
