//! Where the parts of tasks and packs stand in their files, for whoever has only the task.

use std::collections::HashMap;
use std::sync::Arc;

use crate::diag::{Place, SourceId, Sources, Span};

use super::discover::MANIFEST;
use super::load::Loaded;
use super::parse::read_tree;
use super::tree::{Node, Value};

/// A part of a task that something can be said about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The id, which stands for the whole.
    Id,
    /// How hard it is said to be.
    Difficulty,
    /// The limit of steps.
    MaxSteps,
    /// What the agent is asked to achieve.
    Objective,
    /// What is required, all of it.
    Required,
    /// One required item, by its key.
    Evidence(String),
    /// The right code.
    Expected,
    /// A code that is worth a part of the credit.
    Partial(String),
    /// The keywords, all of them.
    Keywords,
    /// One keyword, by its id.
    Keyword(String),
    /// The reference reply.
    OracleReply,
    /// The examples, all of them.
    Examples,
    /// The shares of the criteria; the pack's, where the task has none.
    Weights,
    /// What single steps pay; the pack's, where the task says nothing of it.
    Rewards,
    /// A policy, by its id: the task's own, or the handbook's.
    Policy(String),
    /// A code, in the pack's list.
    Code(String),
}

/// Where the parts of what was loaded stand.
#[derive(Debug)]
pub struct Whereabouts {
    sources: Sources,
    by_path: HashMap<Arc<str>, SourceId>,
    task_files: HashMap<Arc<str>, Arc<str>>,
}

impl Whereabouts {
    /// Those of these packs.
    pub fn of(loaded: &Loaded) -> Whereabouts {
        let sources = loaded.sources.clone();
        let by_path = sources.ids().map(|id| (sources.get(id).path.clone(), id)).collect();
        Whereabouts { sources, by_path, task_files: loaded.task_files.clone() }
    }

    /// Where this part of a task stands: in its file, else in its pack's. A part that is written nowhere, since it has its
    /// default, is where the task's id stands.
    pub fn of_task(&self, task: &str, part: &Part) -> Option<Place> {
        let file = self.task_files.get(task)?;
        let own = self.find(*self.by_path.get(file)?, part);
        let found = own.or_else(|| self.find(self.manifest_of(file)?, part));
        let found = found.or_else(|| self.find(*self.by_path.get(file)?, &Part::Id))?;
        Some(self.sources.place(found))
    }

    /// Where this part of the pack stands that the task belongs to; its first line where it is not written.
    pub fn of_pack(&self, task: &str, part: &Part) -> Option<Place> {
        let manifest = self.manifest_of(self.task_files.get(task)?)?;
        let first_line = || Span::new(manifest, self.sources.get(manifest).first_line());
        Some(self.sources.place(self.find(manifest, part).unwrap_or_else(first_line)))
    }

    /// The manifest in the file's folder, or in the nearest above.
    fn manifest_of(&self, file: &str) -> Option<SourceId> {
        let mut folder = file;
        while let Some((above, _)) = folder.rsplit_once('/') {
            folder = above;
            if let Some(id) = self.by_path.get(format!("{folder}/{MANIFEST}").as_str()) {
                return Some(*id);
            }
        }
        self.by_path.get(MANIFEST).copied()
    }

    fn find(&self, source: SourceId, part: &Part) -> Option<Span> {
        let tree = read_tree(&self.sources.get(source).text);
        place_in(&tree, part).map(|range| Span::new(source, range))
    }
}

/// Where a part stands in a file.
fn place_in(root: &Node<'_>, part: &Part) -> Option<std::ops::Range<usize>> {
    let at = |keys: &[&str]| keys.iter().try_fold(root, |node, key| node.entry(key).map(|entry| &entry.node));
    let span = |keys: &[&str]| at(keys).map(|node| node.span.clone());
    let key = |table: &[&str], key: &str| at(table)?.entry(key).map(|entry| entry.key_span.clone());
    let with_id = |list: &[&str], id: &str| {
        let ids = items(at(list)?).iter().filter_map(|item| item.entry("id"));
        ids.map(|entry| &entry.node).find(|node| is_text(node, id)).map(|node| node.span.clone())
    };
    match part {
        Part::Id => span(&["id"]),
        Part::Difficulty => span(&["difficulty"]),
        Part::MaxSteps => span(&["max_steps"]),
        Part::Objective => span(&["objective"]),
        Part::Required => span(&["evidence", "required"]),
        Part::Evidence(key) => {
            items(at(&["evidence", "required"])?).iter().find(|item| is_text(item, key)).map(|item| item.span.clone())
        }
        Part::Expected => span(&["resolution", "expected"]),
        Part::Partial(code) => key(&["resolution", "partial"], code),
        Part::Keywords => {
            let first = items(at(&["reply", "keywords"])?).first()?;
            Some(first.entry("id").map_or(first.span.clone(), |entry| entry.node.span.clone()))
        }
        Part::Keyword(id) => with_id(&["reply", "keywords"], id),
        Part::OracleReply => span(&["oracle", "reply"]),
        Part::Examples => {
            let first = items(at(&["examples"])?).first()?;
            Some(first.entry("reply").map_or(first.span.clone(), |entry| entry.node.span.clone()))
        }
        Part::Weights => span(&["grading", "weights"]),
        Part::Rewards => span(&["rewards"]),
        Part::Policy(id) => with_id(&["policies"], id),
        Part::Code(code) => key(&["resolutions"], code),
    }
}

fn items<'n, 't>(node: &'n Node<'t>) -> &'n [Node<'t>] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

fn is_text(node: &Node<'_>, text: &str) -> bool {
    matches!(&node.value, Value::Text(own) if own == text)
}

#[cfg(test)]
mod tests {
    use super::{Part, place_in};
    use crate::pack::parse::read_tree;

    const TASK: &str = "id = \"a\"\nmax_steps = 9\n[evidence]\nrequired = [\"ticket\", 'artifact:order']\n\
        [resolution]\nexpected = \"yes\"\n[resolution.partial]\nno = 0.2\n\
        [[reply.keywords]]\nid = \"one\"\nany_of = [\"one\"]\n[[reply.keywords]]\nid = \"two\"\nany_of = [\"two\"]\n\
        [oracle]\nreply = \"\"\"\nOne two.\"\"\"\n[grading.weights]\nreply = 0.2\n";

    /// The part begins so in the file; an empty text for one that is not there.
    fn check(part: Part, expect: &str) {
        let found = place_in(&read_tree(TASK), &part).map_or("", |range| &TASK[range]);
        assert_eq!(found, expect, "{part:?}");
    }

    #[test]
    fn parts_are_found_by_name() {
        check(Part::Id, "\"a\"");
        check(Part::MaxSteps, "9");
        check(Part::Evidence("artifact:order".to_owned()), "'artifact:order'");
        check(Part::Required, "[\"ticket\", 'artifact:order']");
        check(Part::Partial("no".to_owned()), "no");
        check(Part::Keywords, "\"one\"");
        check(Part::Keyword("two".to_owned()), "\"two\"");
        check(Part::OracleReply, "\"\"\"\nOne two.\"\"\"");
        check(Part::Weights, "[grading.weights]");
        check(Part::Keyword("three".to_owned()), "");
        check(Part::Rewards, "");
        check(Part::Code("yes".to_owned()), "");
    }
}
