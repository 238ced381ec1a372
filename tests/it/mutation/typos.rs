//! Slips of the pen in every kind of name: the first suggestion is the name that was meant.

use std::collections::BTreeSet;

use serde_json::Value;
use support_ops_env::diag::nearest;
use support_ops_env::pack::FileKind;

use crate::generated::draw::Draw;

use super::case::Case;
use super::clean::packs;
use super::kinds::seed;
use super::score::Score;

/// How many slips are made in files.
const SLIPS: usize = 160;

/// Keys beside one another on a keyboard.
const KEYBOARD: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The two spellings of English.
const SPELLINGS: [(&str, &str); 8] = [
    ("ise", "ize"),
    ("our", "or"),
    ("ence", "ense"),
    ("elled", "eled"),
    ("ogue", "og"),
    ("tre", "ter"),
    ("isation", "ization"),
    ("cheque", "check"),
];

/// The slips of one name, each with its kind: one at a drawn place of each kind.
fn slips(name: &str, draw: &mut Draw) -> Vec<(&'static str, String)> {
    let chars: Vec<char> = name.chars().collect();
    let text = |chars: Vec<char>| chars.into_iter().collect::<String>();
    let mut found: Vec<(&'static str, String)> = Vec::new();
    if chars.len() < 2 {
        return found;
    }
    let at = draw.number(0, chars.len() as u64 - 2) as usize;
    let mut swapped = chars.clone();
    swapped.swap(at, at + 1);
    found.push(("swap", text(swapped)));
    let at = draw.number(0, chars.len() as u64 - 1) as usize;
    let mut doubled = chars.clone();
    doubled.insert(at, chars[at]);
    found.push(("double", text(doubled)));
    if chars.len() > 3 {
        let at = draw.number(0, chars.len() as u64 - 1) as usize;
        let mut dropped = chars.clone();
        dropped.remove(at);
        found.push(("drop", text(dropped)));
        let at = draw.number(0, chars.len() as u64 - 1) as usize;
        if let Some(row) = KEYBOARD.iter().find(|row| row.contains(chars[at])) {
            let keys: Vec<char> = row.chars().collect();
            let own = keys.iter().position(|key| *key == chars[at]).expect("the key is in its row");
            let mut missed = chars.clone();
            missed[at] = if own == 0 { keys[1] } else { keys[own - 1] };
            found.push(("neighbour key", text(missed)));
        }
    }
    let mut capital = chars.clone();
    capital[0] = capital[0].to_ascii_uppercase();
    found.push(("capital", text(capital)));
    found.push(("capitals", name.to_ascii_uppercase()));
    if name.contains('_') {
        found.push(("dash", name.replace('_', "-")));
        found.push(("together", name.replace('_', "")));
        let camel: String = name
            .split('_')
            .enumerate()
            .map(|(at, word)| if at == 0 { word.to_owned() } else { word[..1].to_uppercase() + &word[1..] })
            .collect();
        found.push(("camel case", camel));
    }
    if name.contains('-') {
        found.push(("underscore", name.replace('-', "_")));
    }
    match name.strip_suffix('s') {
        Some(one) if one.len() > 2 => found.push(("singular", one.to_owned())),
        _ => found.push(("plural", format!("{name}s"))),
    }
    for (british, american) in SPELLINGS {
        if name.contains(british) {
            found.push(("American spelling", name.replacen(british, american, 1)));
        } else if name.contains(american) && american.len() > 2 {
            found.push(("British spelling", name.replacen(american, british, 1)));
        }
    }
    found.retain(|(_, slip)| slip != name);
    found
}

/// Every list of names of a schema: the keys of each table, the values of each enum.
fn lists(schema: &Value, found: &mut BTreeSet<Vec<String>>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(keys)) = object.get("properties") {
                found.insert(keys.keys().cloned().collect());
            }
            if let Some(Value::Array(values)) = object.get("enum") {
                found.insert(values.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect());
            }
            object.values().for_each(|value| lists(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| lists(item, found)),
        _ => {}
    }
}

#[test]
fn the_nearest_name_is_the_one_that_was_meant() {
    let mut names = BTreeSet::new();
    for kind in [FileKind::Pack, FileKind::Task] {
        lists(kind.schema(), &mut names);
    }
    for pack in packs() {
        for file in pack.tasks().into_iter().chain(["pack.toml"]) {
            let case = Case::new(&pack, file, Draw::new(0));
            let of =
                |pattern: &str| case.paths(pattern).iter().filter_map(|path| case.string(path)).collect::<Vec<_>>();
            names.insert(of("artifacts[*].id"));
            names.insert(of("policies[*].id"));
            names.insert(of("reply.keywords[*].id"));
            names.insert(of("policies[*].aliases[*]"));
            names.insert(
                case.paths("resolutions.*").iter().map(|path| path["resolutions.".len()..].to_owned()).collect(),
            );
        }
    }
    let mut draw = Draw::new(seed());
    let (mut asked, mut right) = (0, 0);
    let mut wrong = Vec::new();
    for list in &names {
        for name in list {
            for (kind, slip) in (0..4).flat_map(|_| slips(name, &mut draw)) {
                if list.contains(&slip) {
                    continue;
                }
                asked += 1;
                let found = nearest(&slip, list.iter().map(String::as_str));
                if found == Some(name.as_str()) {
                    right += 1;
                } else {
                    wrong.push(format!("{kind}: {slip} for {name}, found {found:?}"));
                }
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    let share = f64::from(right) / f64::from(asked);
    assert!(asked > 3000, "only {asked} slips");
    assert!(share >= 0.985, "{right} of {asked} slips\n{}", wrong.join("\n"));
}

/// A name in a file that a slip of the pen may hit: the code that must be reported, and how it is written and suggested.
struct Target {
    path: String,
    code: &'static str,
    name: String,
    is_key: bool,
    /// What stands before the name in its value: `artifact:`.
    head: String,
    /// What stands behind it.
    tail: String,
}

fn targets(case: &Case) -> Vec<Target> {
    let mut found = Vec::new();
    let keys = [
        "*",
        "ticket.*",
        "artifacts[*].*",
        "evidence.*",
        "resolution.*",
        "reply.*",
        "reply.keywords[*].*",
        "oracle.*",
        "reply.forbidden[*].*",
        "examples[*].*",
        "policies[*].*",
        "grading.*",
        "grading.weights.*",
        "rewards.*",
        "exposure.*",
    ];
    for path in keys.iter().flat_map(|pattern| case.paths(pattern)) {
        let name = path.rsplit('.').next().unwrap_or_default().to_owned();
        if !name.is_empty() && case.is_own_statement(&path) {
            found.push(Target {
                path,
                code: "unknown-key",
                name,
                is_key: true,
                head: String::new(),
                tail: String::new(),
            });
        }
    }
    let mut value = |pattern: &str, code: &'static str| {
        for path in case.paths(pattern) {
            let Some(name) = case.string(&path) else { continue };
            found.push(Target { path, code, name, is_key: false, head: String::new(), tail: String::new() });
        }
    };
    for pattern in [
        "difficulty",
        "split",
        "ticket.channel",
        "reply.keywords[*].mood",
        "reply.forbidden[*].effect",
        "reply.forbidden[*].by",
        "examples[*].expect.*",
    ] {
        value(pattern, "bad-enum");
    }
    for pattern in ["resolution.expected", "resolution.harmful[*]"] {
        value(pattern, "unknown-resolution");
    }
    value("reply.exclusive[*][*]", "dangling-reference");
    for path in case.paths("resolution.partial.*") {
        let name = path.rsplit('.').next().unwrap_or_default().to_owned();
        found.push(Target {
            path,
            code: "unknown-resolution",
            name,
            is_key: true,
            head: String::new(),
            tail: String::new(),
        });
    }
    for path in case.paths("examples[*].expect.*") {
        let name = path.rsplit('.').next().unwrap_or_default().to_owned();
        found.push(Target {
            path,
            code: "dangling-reference",
            name,
            is_key: true,
            head: String::new(),
            tail: String::new(),
        });
    }
    for path in case.paths("evidence.required[*]") {
        let Some((kind, id)) =
            case.string(&path).and_then(|key| key.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())))
        else {
            continue;
        };
        found.push(Target {
            path,
            code: "dangling-reference",
            name: id,
            is_key: false,
            head: format!("{kind}:"),
            tail: String::new(),
        });
    }
    found
}

#[test]
fn slips_in_files_are_told_with_the_name_that_was_meant() {
    let packs = packs();
    let mut draw = Draw::new(seed());
    let mut score = Score::default();
    let mut made = 0;
    while made < SLIPS {
        let pack = &packs[draw.number(0, packs.len() as u64 - 1) as usize];
        let file = draw.one_of(&pack.tasks()).to_owned();
        let mut case = Case::new(pack, &file, Draw::new(0));
        let targets = targets(&case);
        let target = &targets[draw.number(0, targets.len() as u64 - 1) as usize];
        let all = slips(&target.name, &mut draw);
        let Some((kind, slip)) = all.get(draw.number(0, all.len().max(1) as u64 - 1) as usize) else { continue };
        let siblings = targets.iter().filter(|other| other.code == target.code && other.is_key == target.is_key);
        if siblings.clone().any(|other| other.name == *slip)
            || case
                .paths("artifacts[*].id")
                .iter()
                .chain(&case.paths("reply.keywords[*].id"))
                .any(|path| case.string(path).as_deref() == Some(slip))
        {
            continue;
        }
        // A key that is no id at all is a fault of its form.
        let is_id = slip.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        let formless = target.is_key && target.code != "unknown-key" && !is_id;
        case.begin(if formless { "bad-pattern" } else { target.code });
        if !formless {
            case.suggests(&format!("{}{}", target.head, target.name));
        }
        let planted = if target.is_key {
            case.rekey(&target.path, &format!("⟦{slip}⟧"))
        } else {
            case.set(&target.path, &format!("⟦\"{}{slip}{}\"⟧", target.head, target.tail))
        };
        if planted.is_some() {
            made += 1;
            score.judge(
                &format!("{}: {kind}", target.code),
                &format!("{}/{file}: {} as {slip}", pack.name, target.path),
                case,
            );
        }
    }
    score.show("Slips of the pen");
    score.hold();
}
