//! Looking at everything, then guessing.

use crate::agent::{Agent, IDLE_REPLY, Script};

use super::{Bound, Case, Cheat, draft, looks, submit, wrong_codes};

pub(super) const CHEAT: Cheat = Cheat {
    name: "open-everything-then-guess",
    about: "looks at everything, then submits a wrong code, each in turn",
    bound: Bound::Guess,
    most: usize::MAX,
    players,
};

fn players(case: &Case<'_>) -> Vec<Box<dyn Agent>> {
    let guess = |code: &std::sync::Arc<str>| {
        let mut actions = looks(case.task, 2);
        actions.push(draft(IDLE_REPLY.to_owned()));
        actions.push(submit(code));
        Box::new(Script::new(actions)) as Box<dyn Agent>
    };
    wrong_codes(case.task).map(guess).collect()
}
