//! Episodes that can be looked at: which, what was done in them, and what came back.

use std::collections::BTreeMap;

use crate::diag::visible;
use crate::episode::Episode;
use crate::eval::{RunFolder, TrialResult};
use crate::protocol::StepResult;
use crate::prove::Explanation;
use crate::record::{AnswerDigest, Episodes, RecordedEpisode, Step};
use crate::task::{Catalog, Task};

use super::contents::{Case, Contents, EpisodeContents, StepContents, take};
use super::gather::shown;
use super::pool::Pool;

/// The most episodes of a page.
const MAX_EPISODES: usize = 4_000;
/// The most bytes of what is shown of them, before they are packed.
const MAX_BYTES: usize = 48 << 20;
/// Characters of an error that a note shows.
const MAX_ERROR: usize = 300;

/// Which trials' episodes are shown: of each run the places of its trials.
pub(super) struct Chosen(Vec<Vec<usize>>);

impl Chosen {
    /// Of every task and run the most telling ones: those that did not pass first, the lowest score first. Where they are
    /// too many, each task of each run loses its least telling ones.
    pub(super) fn of(contents: &Contents, most: usize) -> Chosen {
        let mut ranked: Vec<(usize, usize, usize)> = Vec::new();
        for (run, columns) in contents.runs.iter().map(|run| &run.trials).enumerate() {
            let mut order: Vec<usize> = (0..columns.task.len()).collect();
            order.sort_by(|&a, &b| {
                let key = |at: usize| (columns.passed[at], columns.score[at]);
                key(a).0.cmp(&key(b).0).then(key(a).1.total_cmp(&key(b).1))
            });
            let mut seen = vec![0; contents.tasks.len()];
            for trial in order {
                let rank = &mut seen[columns.task[trial]];
                if *rank < most {
                    ranked.push((*rank, run, trial));
                }
                *rank += 1;
            }
        }
        ranked.sort_unstable();
        ranked.truncate(MAX_EPISODES);
        let mut chosen = vec![Vec::new(); contents.runs.len()];
        for (_, run, trial) in ranked {
            chosen[run].push(trial);
        }
        Chosen(chosen)
    }
}

/// Reads the chosen episodes from the logs and plays them again, so that they can be looked at.
pub(super) fn gather_episodes(
    runs: &[RunFolder],
    results: &[Vec<TrialResult>],
    chosen: Chosen,
    catalog: &Catalog,
    contents: &mut Contents,
) {
    let wanted: usize = chosen.0.iter().map(Vec::len).sum();
    for (at, trials) in chosen.0.into_iter().enumerate() {
        let recorded = match read_log(&runs[at], &results[at], &trials) {
            Ok(recorded) => recorded,
            Err(error) => {
                let label = &contents.runs[at].label;
                contents.notes.push(format!("{label}: no steps can be shown: {}", shown(&error, MAX_ERROR)));
                continue;
            }
        };
        for (trial, recorded) in recorded {
            if contents.pool.bytes() > MAX_BYTES {
                break;
            }
            let task = contents.runs[at].trials.task[trial];
            let episode = view(&recorded, catalog, task, contents);
            contents.runs[at].trials.episode[trial] = Some(contents.episodes.len());
            contents.episodes.push(episode);
        }
    }
    let played: usize = results.iter().map(Vec::len).sum();
    let here = contents.episodes.len();
    if here < played && wanted > 0 {
        contents.left_out = Some(format!(
            "Steps are here of {here} of {played} trials, of each task and run the first of this order; --episodes asks \
             for more."
        ));
    }
}

/// The recorded episodes of these trials. Of a trial that was begun more than once the one counts that its result is of.
fn read_log(
    run: &RunFolder,
    results: &[TrialResult],
    trials: &[usize],
) -> Result<BTreeMap<usize, RecordedEpisode>, String> {
    let mut found = BTreeMap::new();
    if trials.is_empty() {
        return Ok(found);
    }
    let by_id: BTreeMap<&str, usize> = trials.iter().map(|&at| (&*results[at].episode_id, at)).collect();
    let log = run.path().join(RunFolder::LOG);
    for recorded in Episodes::open(&log).map_err(|error| error.to_string())? {
        let recorded = recorded.map_err(|error| error.to_string())?;
        let Some(&at) = by_id.get(&*recorded.begin.episode_id) else { continue };
        let fits = |recorded: &RecordedEpisode| {
            let rewards = recorded.steps.iter().map(|step| step.reward);
            rewards.eq(results[at].rewards.iter().copied())
        };
        if recorded.begin.task_id == results[at].trial.task_id && (fits(&recorded) || !found.get(&at).is_some_and(fits))
        {
            found.insert(at, recorded);
        }
    }
    Ok(found)
}

/// The episode, played again as far as the pack is there and answers as it did.
fn view(recorded: &RecordedEpisode, catalog: &Catalog, place: usize, contents: &mut Contents) -> EpisodeContents {
    let score = recorded.score().map(|score| contents.pool.intern(score));
    let mut view = EpisodeContents { steps: Vec::new(), note: None, score, explanation: None };
    let task = catalog.get(&recorded.begin.task_id);
    let Some(task) = task.filter(|task| *task.pack_digest == *recorded.begin.pack_digest) else {
        let note = match task {
            None => "What came back is not shown: the packs at hand hold no such task; --tasks names others.",
            Some(_) => {
                "What came back is not shown: the pack at hand is in another state than the one that was played."
            }
        };
        view.note = Some(contents.pool.intern(&note));
        view.steps = recorded.steps.iter().map(|step| show_step(step, None, &mut contents.pool)).collect();
        return view;
    };
    let mut episode = Episode::start(task.clone(), recorded.begin.episode_id.as_str().into(), recorded.begin.seed);
    let mut same = AnswerDigest::of(&episode.observe()) == recorded.begin.digest;
    for step in &recorded.steps {
        let result = same.then(|| episode.step(&step.action));
        same = result.as_ref().is_some_and(|result| AnswerDigest::of(result) == step.digest);
        view.steps.push(show_step(step, result.filter(|_| same).as_ref(), &mut contents.pool));
    }
    if !same {
        let note = "What came back is shown as far as the pack at hand answers what was recorded.";
        view.note = Some(contents.pool.intern(&note));
    } else if let Some(explanation) = Explanation::of(&episode) {
        let mut document = serde_json::to_value(explanation).expect("explanations are plain JSON");
        // The score stands with the episode, the reference solution with its task.
        take(&mut document, "score");
        if let Some(path) = take(&mut document, "path") {
            contents.tasks[place].path = Some(contents.pool.intern(&path));
        }
        view.explanation = Some(contents.pool.intern(&document));
    }
    contents.tasks[place].case = Some(intern_case(task, &mut contents.pool));
    view
}

fn intern_case(task: &Task, pool: &mut Pool) -> usize {
    pool.intern(&Case {
        objective: &readable(&task.objective),
        message: &readable(&task.ticket.message),
        workspace: &readable(&task.workspace_summary),
    })
}

fn show_step(step: &Step, result: Option<&StepResult>, pool: &mut Pool) -> StepContents {
    let seen = result.map(|result| &result.observation);
    let mut text = |text: &str| pool.intern(&readable(text));
    StepContents {
        kind: text(step.action.action_type.as_str()),
        argument: step.action.argument().map(&mut text),
        reward: step.reward,
        shown: seen.and_then(|seen| seen.last_tool_result.as_deref()).map(&mut text),
        error: seen.and_then(|seen| seen.last_action_error.as_deref()).map(&mut text),
        score: seen.and_then(|seen| seen.current_score),
    }
}

/// A text of several lines without what would reorder them.
fn readable(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { visible(c) }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use tempfile::tempdir;

    use super::super::sample;
    use super::super::{Report, ReportLimits};
    use super::*;
    use crate::agent::{Oracle, Script};
    use crate::protocol::{ActionType, ToolUseAction};

    /// The first episode's document with what its places hold put in, and its task's.
    fn view(
        change: impl Fn(&mut crate::eval::RunConfig, &mut Vec<TrialResult>),
        catalog: &Catalog,
        lose_log: bool,
    ) -> Value {
        let root = tempdir().expect("a folder");
        let run = sample::write_run(root.path(), "run", (&[], 1), &|_, _| Box::new(Oracle::default()), change);
        if lose_log {
            std::fs::remove_dir_all(root.path().join(RunFolder::LOG)).expect("it is there");
        }
        let report = Report::gather(&[run], catalog, ReportLimits { episodes: 1 }).expect("the run can be read");
        serde_json::to_value(report.contents()).expect("plain JSON")
    }

    fn held<'a>(page: &'a Value, place: &Value) -> &'a Value {
        &page["pool"][usize::try_from(place.as_u64().expect("a place")).expect("it is small")]
    }

    #[test]
    fn what_came_back_is_played_again() {
        let page = view(|_, _| {}, &sample::catalog(), false);
        let episode = &page["episodes"][0];
        assert_eq!(episode["note"], Value::Null);
        assert_eq!(held(&page, &episode["score"])["score"], 1.0);
        let first = &episode["steps"][0];
        assert_eq!(held(&page, &first["kind"]), "review_ticket");
        assert!(held(&page, &first["shown"]).as_str().is_some_and(|text| text.len() > 20));
        let explained = held(&page, &episode["explanation"]);
        assert_eq!(explained["reply"]["explanation"]["passes"], true);
        assert!(explained.get("score").is_none() && explained.get("path").is_none());
        assert!(held(&page, &page["tasks"][0]["path"]).is_array());
        assert!(held(&page, &page["tasks"][0]["case"])["message"].is_string());
    }

    #[test]
    fn without_its_pack_an_episode_is_actions_and_rewards() {
        let page = view(|_, _| {}, &Catalog::new(Vec::new()), false);
        let episode = &page["episodes"][0];
        assert!(held(&page, &episode["note"]).as_str().is_some_and(|note| note.contains("--tasks")));
        assert_eq!(episode["steps"][0]["shown"], Value::Null);
        // The log holds the score with its reasons.
        assert_eq!(held(&page, &episode["score"])["passed"], true);
        assert_eq!(episode["explanation"], Value::Null);
    }

    #[test]
    fn a_lost_log_is_told_and_is_no_error() {
        let page = view(|_, _| {}, &sample::catalog(), true);
        assert!(page["notes"].to_string().contains("no steps can be shown"), "{}", page["notes"]);
        assert_eq!(page["episodes"], Value::Array(Vec::new()));
    }

    #[test]
    fn what_failed_is_chosen_first() {
        let root = tempdir().expect("a folder");
        let submit =
            |task: &Task| ToolUseAction::new(ActionType::SubmitResolution, Some(task.resolution_codes[0].clone()));
        let play: sample::Play<'_> = &|task, trial| match trial.repeat {
            1 => Box::new(Script::new(vec![submit(task)])),
            _ => Box::new(Oracle::default()),
        };
        let run = sample::write_run(root.path(), "run", (&[], 3), play, |_, _| {});
        let report = Report::gather(&[run], &sample::catalog(), ReportLimits { episodes: 1 }).expect("a run");
        let columns = &report.contents().runs[0].trials;
        let chosen: Vec<u32> = columns
            .episode
            .iter()
            .zip(&columns.repeat)
            .filter(|(episode, _)| episode.is_some())
            .map(|(_, repeat)| *repeat)
            .collect();
        assert_eq!(chosen, [1, 1, 1]);
    }

    #[test]
    fn texts_keep_their_lines_and_lose_what_reorders_them() {
        assert_eq!(readable("a\n\tb\u{202e}c\u{1b}"), "a\n\tb\u{fffd}c\u{fffd}");
    }
}
