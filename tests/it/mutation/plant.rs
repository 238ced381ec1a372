//! What plants of several subjects begin with.

use super::Scope::{Pack, Task};
use super::{Case, Kind, Scope};

pub(super) const fn task(code: &'static str, name: &'static str, plant: fn(&mut Case) -> Option<()>) -> Kind {
    Kind { name, code, scope: Task, plant }
}

pub(super) const fn pack(code: &'static str, name: &'static str, plant: fn(&mut Case) -> Option<()>) -> Kind {
    Kind { name, code, scope: Pack, plant }
}

pub(super) const fn of(
    scope: Scope,
    code: &'static str,
    name: &'static str,
    plant: fn(&mut Case) -> Option<()>,
) -> Kind {
    Kind { name, code, scope, plant }
}

/// An artifact's path that the task does not require.
pub(super) fn distractor(c: &mut Case) -> Option<String> {
    let path = c.pick("artifacts[*].distractor")?;
    path.strip_suffix(".distractor").map(str::to_owned)
}

/// A value of a record that nothing is computed from.
pub(super) fn record_text(c: &mut Case) -> Option<String> {
    let names =
        ["status", "carrier", "state", "clinic", "band", "station", "data_opened_by", "answer", "kind", "method"];
    let found: Vec<String> = names
        .iter()
        .flat_map(|name| {
            c.paths(&format!("artifacts[*].record.{name}"))
                .into_iter()
                .chain(c.paths(&format!("artifacts[*].record.shipment.{name}")))
                .chain(c.paths(&format!("artifacts[*].record.deposit.{name}")))
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    Some(found[c.draw.number(0, found.len() as u64 - 1) as usize].clone())
}

/// Whether tables in double brackets may be added to this list.
pub(super) fn is_open(c: &Case, list: &str) -> Option<()> {
    (!c.has(list) || c.text().contains(&format!("[[{list}]]"))).then_some(())
}

/// Adds a keyword that is only reported.
pub(super) fn keyword(c: &mut Case, body: &str) -> Option<()> {
    is_open(c, "reply.keywords")?;
    c.append(&format!("[[reply.keywords]]\nid = \"planted\"\noptional = true\n{body}"));
    Some(())
}

/// Adds a keyword that is scored, and examples for it; the oracle must meet it.
pub(super) fn scored(c: &mut Case, body: &str, met: &str, unmet: &str) -> Option<()> {
    is_open(c, "reply.keywords")?;
    is_open(c, "examples")?;
    // Examples that pass in all would pass no longer.
    for path in c.paths("examples[*].passes") {
        let base = path.strip_suffix(".passes")?.to_owned();
        c.set(&path, "false").filter(|()| c.has(&format!("{base}.expect")))?;
    }
    c.say("oracle.reply", met)?;
    c.append(&format!(
        "[[reply.keywords]]\nid = \"planted\"\n{body}\n[[examples]]\nreply = \"{met}\"\nexpect = {{ planted = \"met\" }}\n[[examples]]\nreply = \"{unmet}\"\nexpect = {{ planted = \"unmet\" }}"
    ));
    Some(())
}

pub(super) fn forbid(c: &mut Case, body: &str) -> Option<()> {
    is_open(c, "reply.forbidden")?;
    c.append(&format!("[[reply.forbidden]]\nid = \"planted\"\n{body}"));
    Some(())
}

/// A slip of the pen in a name.
pub(super) fn slip(c: &mut Case, name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let at = c.draw.number(1, chars.len() as u64 - 2) as usize;
    let mut out = chars.clone();
    if c.draw.chance(50) && chars[at] != chars[at + 1] {
        out.swap(at, at + 1)
    } else {
        out.insert(at, chars[at])
    }
    out.into_iter().collect()
}

/// A part of the task's required keys of this kind, with its path.
pub(super) fn required(c: &mut Case, kind: &str) -> Option<(String, String)> {
    let found: Vec<(String, String)> = c
        .paths("evidence.required[*]")
        .into_iter()
        .filter_map(|path| Some((path.clone(), c.string(&path)?.strip_prefix(kind)?.strip_prefix(':')?.to_owned())))
        .collect();
    (!found.is_empty()).then(|| found[c.draw.number(0, found.len() as u64 - 1) as usize].clone())
}
