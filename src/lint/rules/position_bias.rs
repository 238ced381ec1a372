//! `position-bias`: an answer that stands always in the same place.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::{Edit, Example, PackNotes, Rule, Stage};
use crate::pack::AuthoredPack;

/// In fewer tasks the same place is chance.
const FEWEST: usize = 5;

const BOWL: Edit = Edit::Write("bowl.toml", include_str!("../example/more/bowl.toml"));
const JUG: Edit = Edit::Write("jug.toml", include_str!("../example/more/jug.toml"));
const LAMP: Edit = Edit::Write("lamp.toml", include_str!("../example/more/lamp.toml"));
const VASE: Edit = Edit::Write("vase.toml", include_str!("../example/more/vase.toml"));

pub(super) const RULE: Rule = Rule {
    code: Code::PositionBias,
    why: "The codes are shown in the order of `[resolutions]`. Where the first or the last of them is right in every \
          task, an agent learns the place instead of the case.",
    mend: "Write tasks with other answers, or put other codes before and after the one that is always right. A pack of \
           fewer than five tasks is not judged.",
    example: Example {
        bad: &[BOWL, JUG, LAMP, VASE],
        good: &[
            BOWL,
            JUG,
            LAMP,
            VASE,
            Edit::Replace("pack.toml", "[resolutions]\n", "[resolutions]\nrefund_price = \"Pay the price back.\"\n"),
        ],
    },
    stages: &[Stage::Pack(check)],
};

fn check(pack: &AuthoredPack<'_>, notes: &PackNotes, sink: &mut Sink) {
    let Some(codes) = pack.raw.resolutions.get() else { return };
    if !pack.whole || !pack.file.complete || notes.tasks.len() < FEWEST || codes.entries().count() != codes.len() {
        return;
    }
    let always =
        |code: &str| notes.tasks.iter().all(|note| note.expected.as_ref().is_some_and(|(right, _)| right == code));
    // With one code there is no other place to stand in.
    let ends = [("first", codes.entries().next()), ("last", codes.entries().last())];
    let found = ends.into_iter().filter(|_| codes.len() > 1).find_map(|(end, entry)| {
        let (code, place, ..) = entry?;
        always(code).then_some((end, code, place))
    });
    if let Some((end, code, place)) = found {
        let message = format!("`{code}` is the {end} code, and all {} tasks expect it", notes.tasks.len());
        let diagnostic = Diagnostic::new(Code::PositionBias, pack.file.span(place), message)
            .with_help("write tasks with other answers, or move the code to the middle".to_owned());
        sink.push(diagnostic);
    }
}
