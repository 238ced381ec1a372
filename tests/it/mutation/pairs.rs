//! Several faults in one file, each of another stage: each is told, and nothing else.

use crate::generated::draw::Draw;

use super::Kind;
use super::case::Case;
use super::clean::packs;
use super::kinds::{all, seed};
use super::score::Score;

/// How many files are made faulty.
const ROUNDS: usize = 60;

/// Kinds by stage, as `code: name`. Those whose places may be broken by another one are left out.
const STAGES: [&[&str]; 4] = [
    &[
        "syntax: text not closed",
        "syntax: no quotes at all",
        "syntax: comma missing in a list",
        "syntax: capital boolean",
        "syntax: bad escape",
        "syntax: curly quotes",
        "syntax: leading zero",
        "syntax: unescaped line break",
        "syntax: two statements on a line",
        "duplicate-key: key twice in an inline table",
        "too-large: deep lists",
        "non-finite-number: nan in a record",
    ],
    &[
        "unknown-key: strange key of the ticket",
        "unknown-key: strange key of an example",
        "unknown-key: strange key of a keyword",
        "bad-enum: difficulty",
        "bad-enum: verdict",
        "wrong-type: boolean as text",
        "wrong-type: reply as number in an example",
        "out-of-range: full credit for a partial code",
        "missing-key: artifact title",
        "bad-enum: channel",
    ],
    &[
        "dangling-reference: slip in an artifact's key",
        "dangling-reference: slip in a policy's key",
        "dangling-reference: artifact that is not there",
        "dangling-reference: from without a field",
        "dangling-reference: exclusive with no keyword",
        "unknown-resolution: slip in the expected code",
        "unknown-resolution: harmful code",
        "unknown-resolution: partial code",
        "duplicate-local-id: artifact twice",
        "resolution-conflict: expected and harmful",
        "bad-matcher: two matchers",
        "regex-unsafe: unclosed group",
    ],
    &[
        "looks-like-pii: card",
        "looks-like-secret: token",
        "placeholder-text: fix me in a record",
        "placeholder-text: lorem ipsum",
        "invisible-character: zero-width space",
        "mixed-script: Cyrillic in a word",
        "not-nfc: in a record",
        "unsafe-markup: script",
        "injection-looking: ignore previous",
        "inconsistent-dates: delivery before shipping",
        "inconsistent-amounts: line total",
        "inconsistent-amounts: refund above charge",
        "unportable-toml: local time",
        "stray-whitespace: blank before the ticket's id",
        "duplicate-evidence: twice",
        "unused-suppression: of nothing",
        "id-hints-relevance: decoy",
    ],
];

#[test]
fn faults_of_every_stage_are_told_together() {
    let packs = packs();
    let kinds: Vec<(String, &Kind)> = all().map(|kind| (format!("{}: {}", kind.code, kind.name), kind)).collect();
    let stages = STAGES.map(|names| {
        let find =
            |name: &&str| kinds.iter().find(|(full, _)| full == name).unwrap_or_else(|| panic!("no kind {name}"));
        names.iter().map(find).collect::<Vec<_>>()
    });
    let mut score = Score::default();
    let mut draw = Draw::new(seed());
    for round in 0..ROUNDS {
        let pack = &packs[draw.number(0, packs.len() as u64 - 1) as usize];
        let file = draw.one_of(&pack.tasks()).to_owned();
        let mut case = Case::new(pack, &file, Draw::new(draw.number(0, u64::MAX - 1)));
        let mut names: Vec<&str> = Vec::new();
        for stage in &stages {
            for _ in 0..6 {
                let (name, kind) = stage[draw.number(0, stage.len() as u64 - 1) as usize];
                let before = case.edits();
                case.begin(kind.code);
                if (kind.plant)(&mut case).is_some() && !case.collides(before) {
                    names.push(name);
                    break;
                }
                case.undo(before);
            }
        }
        let row = format!("{} faults together", names.len());
        score.judge(&row, &format!("round {round}, {}/{file}: {names:#?}", pack.name), case);
    }
    score.show("Planted together");
    score.hold();
}
