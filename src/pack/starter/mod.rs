//! A pack and a task to start from: they lint clean and can be played.

mod story;

use crate::protocol::Difficulty;
use crate::task::TaskPack;

use story::{Story, next_story};

/// The codes of the pack to start from, in its order.
pub const STARTER_CODES: [&str; 3] = ["send_spare_part", "refund_order", "ask_for_details"];
/// The policy of that pack which its tasks need.
pub const STARTER_POLICY: &str = "faulty_goods";
/// The records of a task that names none.
const ARTIFACTS: [&str; 2] = ["order", "newsletter"];
/// Those of a hard one: there is more to see before the case is clear.
const HARD_ARTIFACTS: [&str; 4] = ["order", "delivery", "phone_notes", "newsletter"];
/// The part of full credit that a code next to the right one earns in a hard task.
const PARTIAL_CREDIT: &str = "0.3";

/// The ids of the records of a task that names none.
pub fn starter_artifacts(difficulty: Difficulty) -> &'static [&'static str] {
    if difficulty == Difficulty::Hard { &HARD_ARTIFACTS } else { &ARTIFACTS }
}

/// A task to start from.
#[derive(Debug, Clone)]
pub struct StarterTask<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its label.
    pub difficulty: Difficulty,
    /// The right code, out of its pack's.
    pub resolution: &'a str,
    /// The pack's other codes.
    pub others: Vec<&'a str>,
    /// The ids of its records, of which there is at least one. All but the last are required, that one misleads.
    pub artifacts: &'a [String],
    /// The policy that it needs, if any.
    pub policy: Option<&'a str>,
    /// Where the schema lies, from its file.
    pub schema: &'a str,
    /// Its file, for the commands in its comment.
    pub file: &'a str,
}

impl StarterTask<'_> {
    /// The text of its file, with another story than those of `pack`, which it is going to belong to.
    pub fn render(&self, pack: Option<&TaskPack>) -> String {
        let story = next_story(pack);
        let needed = &self.artifacts[..(self.artifacts.len() - 1).max(1)];
        let mut records = String::new();
        for (at, id) in self.artifacts.iter().enumerate() {
            let record = match at {
                0 => {
                    let Story { order, delivered, item, .. } = story;
                    format!("{{ order_id = \"{order}\", delivered_on = {delivered}, item = \"{item}\" }}")
                }
                _ if at < needed.len() => format!("{{ entry = \"Note {at}\", kept_since = {} }}", story.delivered),
                _ => "{ subscribed = true }".to_owned(),
            };
            let title = title_of(id);
            let misleads = if at < needed.len() { "" } else { "distractor = true\n" };
            records.push_str(&format!(
                "[[artifacts]]\nid = \"{id}\"\ntitle = \"{title}\"\n{misleads}record = {record}\n\n"
            ));
        }
        let keys = std::iter::once("ticket".to_owned())
            .chain(needed.iter().map(|id| format!("artifact:{id}")))
            .chain(self.policy.map(|id| format!("policy:{id}")));
        let required: Vec<String> = keys.map(|key| format!("\"{key}\"")).collect();
        // Each piece of evidence, the draft and the submission.
        let shortest = required.len() + 2;
        // Room to look at what misleads, where there is such a thing: all of it would be too much.
        let spare = usize::from(self.artifacts.len() > needed.len());
        fill(
            include_str!("task.toml"),
            &[
                ("schema", self.schema),
                ("file", self.file),
                ("id", self.id),
                ("difficulty", self.difficulty.as_str()),
                ("max_steps", &(shortest + spare).to_string()),
                ("shortest", &shortest.to_string()),
                ("artifacts", records.trim_end()),
                ("required", &required.join(", ")),
                ("resolution", self.resolution),
                ("others", &self.render_others()),
                ("first", &self.artifacts[0]),
                ("title", story.title),
                ("objective", story.objective),
                ("ticket", story.ticket),
                ("opened", story.opened),
                ("subject", story.subject),
                ("message", story.message),
                ("keyword", story.keyword),
                ("oracle", story.oracle),
                ("met", story.met),
                ("unmet", story.unmet),
            ],
        )
    }

    /// What the other codes are worth: where a case is not easy, some are nearly right, or do harm.
    fn render_others(&self) -> String {
        let harmful = |code: &str| format!("\nharmful = [\"{code}\"] # zeroes the score");
        match (self.difficulty, self.others.as_slice()) {
            (Difficulty::Easy, _) | (_, []) => String::new(),
            (Difficulty::Hard, [near, bad, ..]) => {
                format!("{}\n[resolution.partial]\n{near} = {PARTIAL_CREDIT} # a part of the credit", harmful(bad))
            }
            (_, [.., bad]) => harmful(bad),
        }
    }
}

/// The text of a manifest to start from, with this public name; `schema` leads from it to its schema.
pub fn render_starter_pack(name: &str, schema: &str) -> String {
    fill(include_str!("pack.toml"), &[("schema", schema), ("name", name)])
}

/// The template with every `{name}` replaced.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A title for people made of an id.
fn title_of(id: &str) -> String {
    let words = id.replace(['_', '-'], " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
