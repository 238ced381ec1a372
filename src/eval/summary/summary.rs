//! A run in figures: as a whole, and by difficulty, split and task.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::folder::{Holdings, RunConfig, TaskConfig};
use super::super::trial::TrialResult;
use super::figures::{Figures, TaskTrials, round_to};
use super::note::Note;

/// The version of `summary.json`.
pub const SUMMARY_VERSION: u32 = 1;

/// What a run says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// [`SUMMARY_VERSION`].
    pub version: u32,
    /// The version of the software that the run was made with.
    pub support_ops: String,
    /// Who played, as it was named.
    pub agent: String,
    /// What reports call the run.
    pub label: String,
    /// How many seeds each task was played with; 0 where none was given.
    pub seeds: usize,
    /// How often each task was played with each seed.
    pub repeats: u32,
    /// All trials.
    pub overall: Figures,
    /// By difficulty, from easy to hard.
    pub by_difficulty: Vec<GroupFigures>,
    /// By split: train, validation, test.
    pub by_split: Vec<GroupFigures>,
    /// By task, in the fixed order.
    pub by_task: Vec<TaskFigures>,
    /// What a reader of the figures must know.
    pub notes: Vec<Note>,
}

/// The trials of several tasks in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupFigures {
    /// What the tasks have in common: `easy`, `test`.
    pub name: String,
    /// Their figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The trials of one task in figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskFigures {
    /// The task.
    pub task_id: String,
    /// Its title.
    pub title: String,
    /// The author's label.
    pub difficulty: String,
    /// Which part of a data set it belongs to.
    pub split: String,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

impl Summary {
    /// What these results of the run say. `results` are in the order of [`RunConfig::trials`], as
    /// [`super::super::folder::RunFolder::contents`] has them.
    pub fn of(config: &RunConfig, results: &[TrialResult]) -> Summary {
        let tasks = trials_by_task(config, results);
        let overall = Figures::of(&tasks);
        Summary {
            version: SUMMARY_VERSION,
            support_ops: config.support_ops.clone(),
            agent: config.agent.clone(),
            label: config.label.clone(),
            seeds: config.seeds.len(),
            repeats: config.repeats,
            by_difficulty: groups(config, &tasks, &["easy", "medium", "hard"], |task| &task.difficulty),
            by_split: groups(config, &tasks, &["train", "validation", "test"], |task| &task.split),
            by_task: config.tasks.iter().zip(&tasks).map(|(task, trials)| TaskFigures::of(task, trials)).collect(),
            notes: Note::all(config, results, &overall),
            overall,
        }
    }

    /// What a run's folder says: the figures of its results, what all calls of a model came to, and what is doubtful.
    pub fn of_run(config: &RunConfig, holdings: &Holdings) -> Summary {
        let mut summary = Summary::of(config, &holdings.results);
        let cost = &mut summary.overall.cost;
        let told = cost.total.unwrap_or(0.0);
        if let Some(spent) = holdings.spent.map(|spent| round_to(spent, 6)).filter(|spent| *spent > told) {
            (cost.total, cost.lost) = (Some(spent), spent - told);
        }
        summary.notes.extend(holdings.doubts.notes());
        summary
    }

    /// Whether the folder holds what does not fit together.
    pub fn is_doubtful(&self) -> bool {
        self.notes.iter().any(|note| note.code.is_doubt())
    }

    /// The content of `summary.json`.
    pub fn render(&self) -> String {
        // Numbers and texts alone, and no map whose keys are none: this cannot fail.
        serde_json::to_string_pretty(self).expect("a summary is JSON") + "\n"
    }
}

impl TaskFigures {
    fn of(task: &TaskConfig, trials: &TaskTrials<'_>) -> TaskFigures {
        TaskFigures {
            task_id: task.id.clone(),
            title: task.title.clone(),
            difficulty: task.difficulty.clone(),
            split: task.split.clone(),
            figures: Figures::of_task(trials),
        }
    }
}

/// The trials of each task, in the order of the tasks.
fn trials_by_task<'a>(config: &RunConfig, results: &'a [TrialResult]) -> Vec<TaskTrials<'a>> {
    let places: BTreeMap<&str, usize> = config.tasks.iter().enumerate().map(|(at, task)| (&*task.id, at)).collect();
    let mut tasks: Vec<TaskTrials<'_>> = config.tasks.iter().map(|_| TaskTrials::default()).collect();
    for trial in config.trials() {
        if let Some(&at) = places.get(&*trial.task_id) {
            tasks[at].expected += 1;
        }
    }
    for result in results {
        if let Some(&at) = places.get(&*result.trial.task_id) {
            tasks[at].done.push(result);
        }
    }
    tasks
}

/// The figures of the tasks with the same value of something, in the order of `names`, others behind.
fn groups(
    config: &RunConfig,
    tasks: &[TaskTrials<'_>],
    names: &[&str],
    value: impl Fn(&TaskConfig) -> &String,
) -> Vec<GroupFigures> {
    let mut members: BTreeMap<(usize, &str), Vec<TaskTrials<'_>>> = BTreeMap::new();
    for (task, trials) in config.tasks.iter().zip(tasks) {
        let name = value(task).as_str();
        let place = names.iter().position(|known| *known == name).unwrap_or(names.len());
        members.entry((place, name)).or_default().push(trials.clone());
    }
    let figures = |((_, name), trials): ((usize, &str), Vec<TaskTrials<'_>>)| GroupFigures {
        name: name.to_owned(),
        figures: Figures::of(&trials),
    };
    members.into_iter().map(figures).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::super::note::NoteCode;
    use super::*;

    #[test]
    fn tasks_are_grouped_in_a_fixed_order() {
        let config = sample::config(&["a", "b", "c"], &[3, 4], 2);
        let summary = Summary::of(&config, &sample::results(&config, &[1.0, 0.5, 0.0]));
        let means = |groups: &[GroupFigures]| -> Vec<(String, Option<f64>)> {
            groups.iter().map(|group| (group.name.clone(), group.figures.score.mean)).collect()
        };
        let named = |name: &str, mean| (name.to_owned(), Some(mean));
        assert_eq!(means(&summary.by_difficulty), [named("easy", 0.5), named("hard", 0.5)]);
        assert_eq!(means(&summary.by_split), [named("train", 0.0), named("test", 0.75)]);
        let tasks: Vec<_> = summary.by_task.iter().map(|task| (&*task.task_id, task.figures.trials.done)).collect();
        assert_eq!(tasks, [("a", 4), ("b", 4), ("c", 4)]);
        assert_eq!(summary.notes.iter().map(|note| note.code).collect::<Vec<_>>(), [NoteCode::FewTasks]);
    }

    #[test]
    fn few_tasks_are_noted_by_what_can_be_said_of_them() {
        let check = |scores: &[f64], expect: &str| {
            let config = sample::config(&["a", "b", "c"], &[], 1);
            let Summary { notes, overall, .. } = Summary::of(&config, &sample::results(&config, scores));
            assert_eq!(overall.score.careful_interval.is_some(), expect.contains("Student"));
            assert!(notes.len() == 1 && notes[0].message.contains(expect), "{notes:?}");
        };
        check(&[1.0, 0.5, 0.0], "by Student's t");
        check(&[0.5, 0.5, 0.5], "all equal");
    }

    #[test]
    fn what_is_missing_is_noted() {
        let mut config = sample::config(&["a", "b"], &[], 2);
        config.shard = Some((0, 2));
        let mut results = sample::results(&config, &[0.0]);
        results.truncate(1);
        results[0].ended = super::super::super::trial::Ended::Failed;
        let summary = Summary::of(&config, &results);
        let codes: Vec<NoteCode> = summary.notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, [NoteCode::Incomplete, NoteCode::FailedTrials, NoteCode::Shard, NoteCode::OneTask]);
        assert_eq!((summary.overall.trials.expected, summary.by_task[1].figures.trials.expected), (2, 0));
        assert_eq!(summary.overall.score.mean, Some(0.0));
    }

    #[test]
    fn the_same_results_have_the_same_bytes() {
        let config = sample::config(&["a", "b", "c", "d"], &[], 5);
        let results = sample::results(&config, &[1.0, 0.3, 0.75]);
        let text = Summary::of(&config, &results).render();
        assert_eq!(text, Summary::of(&config, &results).render());
        assert!(text.starts_with("{\n  \"version\": 1,") && text.ends_with("}\n"), "{text}");
        let interval = &serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON")["overall"]["score"];
        assert_eq!(interval["observations"], 4, "{interval}");
    }
}
