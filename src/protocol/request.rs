//! What a client asks of a session besides actions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How hard a task is, as its author labels it. The order is the order in which tasks are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Difficulty {
    /// One thing to find, one thing to do.
    Easy,
    /// Records have to be compared.
    Medium,
    /// The ticket misleads; the records decide.
    Hard,
}

impl Difficulty {
    /// All of them, easiest first.
    pub const ALL: [Difficulty; 3] = [Difficulty::Easy, Difficulty::Medium, Difficulty::Hard];

    /// The name on the wire and in task files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Difficulty::Easy => "easy",
            Difficulty::Medium => "medium",
            Difficulty::Hard => "hard",
        }
    }
}

/// How to choose and begin an episode; every field is optional. `split` and `difficulty` narrow the tasks, then
/// `task_id`, else `index`, else `seed`, else the session's own cursor picks one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
pub struct ResetRequest {
    /// The task to play.
    #[schemars(example = &"damaged-parcel")]
    pub task_id: Option<String>,
    /// Picks task number `seed mod n`, and is echoed; 0 to 2^63 - 1.
    #[schemars(range(max = i64::MAX), example = 7)]
    pub seed: Option<u64>,
    /// The episode's id; a random one is made where it is absent. At most 255 characters.
    #[schemars(length(max = 255), example = &"episode-1")]
    pub episode_id: Option<String>,
    /// Only tasks of this split: `train`, `validation` or `test`.
    #[schemars(extend("enum" = ["train", "validation", "test", null]), example = &"test")]
    pub split: Option<String>,
    /// The position in the narrowed list, from 0; a negative one counts from the end.
    #[schemars(range(min = i64::MIN, max = i64::MAX), example = 0)]
    pub index: Option<i64>,
    /// Only tasks of this difficulty: `easy`, `medium` or `hard`.
    #[schemars(extend("enum" = ["easy", "medium", "hard", null]), example = &"easy")]
    pub difficulty: Option<String>,
}
