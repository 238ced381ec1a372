//! The rules: one file each, and one line here.

use super::Rule;

macro_rules! registry {
    ($($file:ident)*) => {
        $(mod $file;)*

        /// Every rule, in the order of their names.
        pub const RULES: &[Rule] = &[$($file::RULE),*];
    };
}

registry! {
    not_nfc
    unused_artifact
    unused_policy
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

    #[test]
    fn the_example_pack_is_clean() {
        let (codes, shown) = codes(&[]);
        assert!(codes.is_empty(), "{shown}");
    }

    #[test]
    fn bad_examples_fire_their_rule_alone_and_good_ones_none() {
        for rule in RULES {
            let (bad, shown) = codes(rule.example.bad);
            assert!(!bad.is_empty() && bad.iter().all(|code| *code == rule.code), "{}, bad:\n{shown}", rule.code);
            let (good, shown) = codes(rule.example.good);
            assert!(good.is_empty(), "{}, good:\n{shown}", rule.code);
        }
    }

    #[test]
    fn each_code_has_one_rule_in_the_order_of_names() {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.code.as_str()).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
    }
}
