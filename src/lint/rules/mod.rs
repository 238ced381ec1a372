//! The rules: one file each, and one line here.

use super::Rule;
use crate::pack::AuthoredTask;

pub(crate) use wrong_resolution_scores::weights_place;

macro_rules! registry {
    ($($file:ident)*) => {
        $(mod $file;)*

        /// Every rule, in the order of their names.
        pub const RULES: &[Rule] = &[$($file::RULE),*];
    };
}

registry! {
    alias_collision
    answer_in_artifact
    answer_leaked
    bad_encoding
    bad_enum
    bad_matcher
    bad_pattern
    budget_below_oracle
    budget_too_generous
    confusable_id
    dangling_reference
    dead_criterion
    difficulty_mislabelled
    duplicate_evidence
    duplicate_key
    duplicate_local_id
    duplicate_task_id
    empty_pack
    empty_text
    example_fails
    future_schema_version
    id_hints_relevance
    idle_agent_scores
    inconsistent_amounts
    inconsistent_dates
    inconsistent_entities
    injection_looking
    internal_error
    invisible_character
    keyword_forbidden_conflict
    keyword_overlap
    keyword_too_common
    keyword_underivable
    keywords_leaked
    literal_value
    looks_like_pii
    looks_like_secret
    missing_examples
    missing_key
    missing_manifest
    missing_reason
    missing_schema_directive
    mixed_script
    near_duplicate_task
    nested_pack
    no_distractor
    non_finite_number
    not_nfc
    oracle_not_one
    out_of_range
    placeholder_text
    position_bias
    regex_unsafe
    regex_vacuous
    relative_time
    reply_length_impossible
    required_distractor
    reserved_id
    resolution_conflict
    single_resolution
    spray_scores
    stray_whitespace
    syntax
    too_large
    train_test_overlap
    unknown_key
    unknown_resolution
    unknown_rule
    unportable_toml
    unsafe_markup
    unused_artifact
    unused_policy
    unused_suppression
    weights_not_one
    wrong_resolution_scores
    wrong_type
}

/// Whether the reply weighs anything in a task's score, by the task's own word or else its pack's.
fn reply_weighs(task: &AuthoredTask<'_>) -> bool {
    let own = task.raw.grading.get();
    let packs = task.pack.and_then(|pack| pack.raw.grading.get());
    let mut settings = own.into_iter().chain(packs).filter_map(|grading| grading.weights.get());
    settings.find_map(|weights| weights.reply.get()).is_none_or(|share| share.value() > 0.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::RULES;
    use crate::diag::{Code, render_human};
    use crate::lint::{Edit, Selection, lint};

    /// The example pack with these edits, and the codes of its findings.
    fn codes(edits: &[Edit]) -> (Vec<Code>, String) {
        let mut files = BTreeMap::from([
            ("pack.toml", include_str!("../example/pack.toml").to_owned()),
            ("mug.toml", include_str!("../example/mug.toml").to_owned()),
        ]);
        for edit in edits {
            match edit {
                Edit::Write(file, text) => drop(files.insert(file, (*text).to_owned())),
                Edit::Remove(file) => assert!(files.remove(file).is_some(), "there is no {file}"),
                Edit::Replace(file, from, to) => {
                    let text = files.get_mut(file).expect("the file exists");
                    assert_eq!(text.matches(from).count(), 1, "`{from}` stands once in {file}");
                    *text = text.replace(from, to);
                }
            }
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (name, text) in &files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        let loaded = lint(&[folder.path()], &Selection::default()).expect("the folder can be read");
        let shown = loaded.diagnostics.iter().map(|found| render_human(found, &loaded.sources, false)).collect();
        (loaded.diagnostics.iter().map(|found| found.code).collect(), shown)
    }

    /// The findings of this code in the example task with these lines before its oracle: what each begins with, quotes
    /// left out.
    pub(super) fn check(code: &str, lines: &str, expect: &[&str]) {
        check_task(
            code,
            &include_str!("../example/mug.toml").replace("[oracle]", &format!("{lines}\n\n[oracle]")),
            expect,
        );
    }

    /// The findings of this code in the example task with one text, which stands there once, replaced by another.
    pub(super) fn check_edited(code: &str, from: &str, to: &str, expect: &[&str]) {
        let task = include_str!("../example/mug.toml");
        assert_eq!(task.matches(from).count(), 1, "`{from}` stands once");
        check_task(code, &task.replace(from, to), expect);
    }

    /// The findings of this code in the example pack with this task.
    pub(super) fn check_task(code: &str, task: &str, expect: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::write(folder.path().join("pack.toml"), include_str!("../example/pack.toml"))
            .expect("a file can be written");
        fs::write(folder.path().join("task.toml"), task).expect("a file can be written");
        let loaded = lint(&[folder.path()], &Selection::default()).expect("the folder can be read");
        let found: Vec<&str> = loaded
            .diagnostics
            .iter()
            .filter(|found| found.code.as_str() == code)
            .map(|found| {
                loaded.sources.get(found.span.source).text[found.span.start as usize..].trim_start_matches(['"', '\''])
            })
            .collect();
        let shown: String =
            loaded.diagnostics.iter().map(|found| render_human(found, &loaded.sources, false)).collect();
        let fits =
            found.len() == expect.len() && found.iter().zip(expect).all(|(found, start)| found.starts_with(start));
        assert!(fits, "{code} at {expect:?} in\n{task}\n{shown}");
    }

    #[test]
    fn the_example_pack_is_clean() {
        let (codes, shown) = codes(&[]);
        assert!(codes.is_empty(), "{shown}");
    }

    #[test]
    fn bad_examples_fire_their_rule_alone_and_good_ones_none() {
        let mut wrong = String::new();
        for rule in RULES {
            let (bad, shown) = codes(rule.example.bad);
            if bad.is_empty() != rule.example.bad.is_empty() || bad.iter().any(|code| *code != rule.code) {
                wrong.push_str(&format!("== {}, bad:\n{shown}\n", rule.code));
            }
            let (good, shown) = codes(rule.example.good);
            if !good.is_empty() {
                wrong.push_str(&format!("== {}, good:\n{shown}\n", rule.code));
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn each_code_has_one_rule_in_the_order_of_names() {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.code.as_str()).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }
}
