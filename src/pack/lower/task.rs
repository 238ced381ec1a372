//! A task file, lowered.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use crate::diag::{Code, Diagnostic, Edit, Fix, Span, nearest};
use crate::pack::raw::{Field, RawTask, RawText, RawTicket};
use crate::task::{
    ARTIFACT_LIST, Artifact, ArtifactTable, Evidence, EvidenceKind, Outcomes, PolicyIndex, Split, Task, Ticket,
};
use crate::text::value::Date;

use super::grading::merge_settings;
use super::ids::IdSet;
use super::manifest::Manifest;
use super::matcher::Records;
use super::policy::{PolicySet, lower_policies};
use super::record::render_record;
use super::reply::{check_oracle, lower_examples, lower_reply};
use super::{File, MAX_KNOWN};

/// What a task file holds.
#[derive(Debug, Clone)]
pub(in crate::pack) struct LoweredTask {
    /// The id with its place, to be compared with those of other tasks.
    pub(in crate::pack) id: Option<(String, Span)>,
    /// The task, where nothing in the file is an error.
    pub(in crate::pack) task: Option<Arc<Task>>,
}

/// Lowers a task. `manifest` is its pack's.
pub(in crate::pack) fn lower_task(
    raw: &RawTask,
    manifest: &Manifest,
    digest: &Arc<str>,
    file: &mut File<'_>,
) -> LoweredTask {
    let id = raw.id.spanned().map(|(id, range)| (id.as_str().to_owned(), file.span(range)));
    let task = lower(raw, manifest, digest, file).filter(|_| !file.sink.has_errors()).map(Arc::new);
    LoweredTask { id, task }
}

/// `None` where a required part is a hole; every check runs all the same.
fn lower(raw: &RawTask, manifest: &Manifest, digest: &Arc<str>, file: &mut File<'_>) -> Option<Task> {
    let settings = merge_settings(&manifest.settings, raw.grading.get(), raw.rewards.get(), raw.exposure.get(), file);
    let weighs = settings.reply_known && settings.grading.weights.reply > 0.0;
    let artifacts = lower_artifacts(raw, file);
    let policies = lower_policies(raw.policies.items(), Some(&manifest.handbook), file);
    let records = records(raw, manifest, file);
    let required = lower_evidence(raw, &records, &policies, manifest, file);
    let outcomes = lower_outcomes(raw, manifest, file);
    let reply = lower_reply(raw, weighs, &records, file);
    let examples = lower_examples(raw, file);
    check_oracle(raw, weighs, file);
    check_opened_at(raw, file);

    Some(Task {
        id: raw.id.get()?.as_str().into(),
        title: raw.title.get()?.as_str().into(),
        difficulty: (*raw.difficulty.get()?).into(),
        split: raw.split.get().map_or(Split::Test, |&split| split.into()),
        objective: raw.objective.get()?.as_str().into(),
        workspace_summary: summary(raw.workspace_summary.get().map_or("", RawText::as_str), artifacts.ids()).into(),
        max_steps: raw.max_steps.get()?.value(),
        tags: raw.tags.items().iter().filter_map(|tag| tag.get().map(RawText::to_string)).collect(),
        adversarial: raw.adversarial.get().copied().unwrap_or(false),
        ticket: lower_ticket(raw.ticket.get()?)?,
        artifacts,
        policies: PolicyIndex::new(policies.policies).behind(manifest.handbook_index.clone()),
        required_evidence: required?,
        resolutions: manifest.resolutions.clone(),
        resolution_codes: manifest.resolution_codes.clone(),
        outcomes: outcomes?,
        reply,
        grading: settings.grading,
        rewards: settings.rewards,
        exposure: settings.exposure,
        oracle_reply: raw.oracle.get().and_then(|oracle| oracle.reply.get()).map(|reply| reply.as_str().into()),
        examples,
        pack_digest: digest.clone(),
    })
}

/// The author's sentence, and always the list of artifact ids at its end.
fn summary<'a>(text: &str, ids: impl Iterator<Item = &'a str>) -> String {
    let text = text.trim();
    let mut summary = String::with_capacity(text.len() + USUAL_LIST);
    summary.extend([text, if text.is_empty() { "" } else { " " }, ARTIFACT_LIST]);
    for (at, id) in ids.enumerate() {
        summary.extend([if at == 0 { "" } else { ", " }, id]);
    }
    summary
}

/// Room for the list of artifacts in a summary.
const USUAL_LIST: usize = 64;

/// A text has the form of a date also where no calendar has the day.
fn check_opened_at(raw: &RawTask<'_>, file: &mut File<'_>) {
    let Some((opened, place)) = raw.ticket.get().and_then(|ticket| ticket.opened_at.spanned()) else { return };
    let Some(day) = opened.as_str().get(..10) else { return };
    let mut parts = day.split('-').map(|part| part.parse::<u16>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(number))) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    if Date::new(year.into(), month as u8, number as u8).is_none() {
        let message = format!("no calendar has the day `{day}`");
        let help = "write the date and time when the ticket was opened, such as 2026-03-03T08:15:00Z";
        let diagnostic = Diagnostic::new(Code::BadPattern, file.span(place), message).with_help(help.to_owned());
        file.sink.push(diagnostic);
    }
}

fn lower_ticket(raw: &RawTicket) -> Option<Ticket> {
    let id = raw.id.get()?;
    let subject = raw.subject.get()?;
    let message = raw.message.get()?;
    let mut rendered = String::with_capacity(message.len() + USUAL_RENDERED);
    rendered.extend(["Ticket ", id, "\n"]);
    // The values stand below one another.
    let mut line = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            rendered.extend([name, value, "\n"]);
        }
    };
    line("Channel:  ", raw.channel.get().map(|channel| channel.as_str()));
    line("Opened:   ", raw.opened_at.get().map(|at| at.as_str()));
    line("Customer: ", raw.customer.get().map(RawText::as_str));
    line("Subject:  ", Some(subject));
    rendered.push('\n');
    rendered.push_str(message.trim_end());
    Some(Ticket {
        id: id.as_str().into(),
        channel: raw.channel.get().map(|channel| channel.as_str()),
        opened_at: raw.opened_at.get().map(|at| at.as_str().into()),
        customer: raw.customer.get().map(|customer| customer.as_str().into()),
        subject: subject.as_str().into(),
        message: message.as_str().into(),
        rendered: rendered.into(),
    })
}

/// Room for a ticket's head or an artifact as the agent reads them: most take no more.
const USUAL_RENDERED: usize = 512;

fn lower_artifacts(raw: &RawTask, file: &mut File<'_>) -> ArtifactTable {
    let mut ids = IdSet::new("artifact");
    let mut artifacts = Vec::new();
    for raw in raw.artifacts.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::get) {
        let Some((id, range)) = raw.id.spanned() else { continue };
        if !ids.add(id.as_str(), range, file) {
            continue;
        }
        let (Some(title), Some(record)) = (raw.title.get(), raw.record.get()) else { continue };
        let mut rendered = String::with_capacity(USUAL_RENDERED);
        rendered.extend([title, " (", id.as_str(), ")\n\n"]);
        render_record(record, file.text, &mut rendered);
        artifacts.push(Artifact {
            id: id.as_str().into(),
            title: title.as_str().into(),
            distractor: raw.distractor.get().copied().unwrap_or(false),
            rendered: rendered.into(),
            evidence: Evidence::artifact_key(id.as_str()),
        });
    }
    ArtifactTable::new(artifacts)
}

/// The records by their ids as they are written.
fn records<'a>(raw: &'a RawTask<'a>, manifest: &Manifest, file: &File<'_>) -> Records<'a> {
    let artifacts = raw.artifacts.get().map_or(&[][..], |list| list.as_slice());
    let mut by_id = IndexMap::with_capacity_and_hasher(artifacts.len(), RandomState::default());
    let mut named = 0;
    for artifact in artifacts.iter().filter_map(Field::get) {
        let Some(id) = artifact.id.get() else { continue };
        named += 1;
        by_id.entry(id.as_str()).or_insert(artifact.record.get());
    }
    Records {
        all_known: raw.artifacts.get().is_some() && named == artifacts.len() && !file.faults.loses("artifacts"),
        unique: raw.artifacts.get().is_some() && named == by_id.len(),
        by_id,
        currency: manifest.currency,
    }
}

/// What goes with an item of a list that follows another one: the comma between them, or, where a comment stands there,
/// the comma behind.
fn removal(text: &str, above: &Range<usize>, item: &Range<usize>) -> Range<usize> {
    if !text[above.end..item.start].contains('#') {
        return above.end..item.end;
    }
    let rest = &text[item.end..];
    let plain = rest.trim_start_matches([' ', '\t']);
    let comma = usize::from(plain.starts_with(','));
    item.start..item.end + comma * (rest.len() - plain.len() + 1)
}

fn lower_evidence(
    raw: &RawTask,
    records: &Records<'_>,
    own: &PolicySet,
    manifest: &Manifest,
    file: &mut File<'_>,
) -> Option<Vec<Evidence>> {
    let policies = || [&manifest.handbook, own].into_iter();
    let own_complete = !raw.policies.is_hole() && own.declared.len() >= raw.policies.items().len();
    let policies_complete = manifest.handbook_known && own_complete && !file.faults.loses("policies");
    let mut required: Vec<Evidence> = Vec::new();
    let mut places: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    let mut sound = true;
    let mut before = None;
    for field in raw.evidence.get()?.required.get()?.iter() {
        let above = before.replace(field.span());
        let Some((key, place)) = field.spanned() else {
            sound = false;
            continue;
        };
        if let Some(first) = places.get(key.as_str()) {
            let edit =
                above.map(|above| Edit { span: file.span(removal(file.text, &above, &place)), text: String::new() });
            let mut diagnostic =
                Diagnostic::new(Code::DuplicateEvidence, file.span(place), format!("`{key}` is listed twice"))
                    .with_label(file.span(first.clone()), "first listed here");
            diagnostic.fix = edit.map(|edit| Fix { safe: true, edits: vec![edit] });
            file.sink.push(diagnostic);
            continue;
        }
        places.insert(key, place.clone());
        let evidence = Evidence::parse(key);
        let (exists, complete) = match &evidence {
            None => (false, true),
            Some(evidence) => match evidence.kind {
                EvidenceKind::Ticket => (true, true),
                EvidenceKind::Artifact => {
                    let slip = || nearest(evidence.id(), records.by_id.keys().copied().take(MAX_KNOWN)).is_some();
                    let exists = records.by_id.contains_key(evidence.id());
                    (exists, records.all_known && (exists || records.unique || file.suggests() && slip()))
                }
                EvidenceKind::Policy => {
                    let id = evidence.id();
                    (policies().any(|set| set.declared.contains_key(id)), policies_complete)
                }
            },
        };
        if !exists && complete {
            let message = if evidence.is_some() {
                format!("`{key}` names nothing that exists")
            } else {
                format!("`{key}` is no evidence key")
            };
            let alias = |name: &str| policies().find_map(|set| set.find(name));
            let policies = policies().flat_map(|set| set.declared.keys()).map(String::as_str);
            let diagnostic = Diagnostic::new(Code::DanglingReference, file.span(place), message)
                .with_help(suggest_key(key, records, policies, alias, file));
            file.sink.push(diagnostic);
        }
        match evidence {
            Some(evidence) if exists => required.push(evidence),
            _ => sound = false,
        }
    }
    sound.then_some(required)
}

/// What kind of evidence a key names, and which, whatever stands between the two.
fn key_parts(key: &str) -> (&str, &str) {
    if let Some(parts) = key.split_once(':') {
        return parts;
    }
    let is_mark = |c: char| matches!(c, '.' | '/' | '-' | '_' | ' ' | '=' | '#' | '|' | ';' | ',');
    let kinds = ["artifact", "policy"].into_iter();
    let mut parts = kinds.filter_map(|kind| Some((kind, key.strip_prefix(kind)?.strip_prefix(is_mark)?)));
    parts.next().unwrap_or(("", key))
}

/// The evidence key that was meant. Only the ids are compared: what stands before them makes all keys look alike.
fn suggest_key<'a>(
    key: &str,
    records: &Records<'_>,
    policies: impl Iterator<Item = &'a str> + Clone,
    alias: impl Fn(&str) -> Option<&'a str>,
    file: &File<'_>,
) -> Option<String> {
    if !file.suggests() {
        return None;
    }
    let known_whole = records.by_id.contains_key(key.trim()) || policies.clone().any(|id| id == key.trim());
    let (kind, id) = if known_whole { ("", key.trim()) } else { key_parts(key.trim()) };
    let artifacts = || records.by_id.keys().map(|id| format!("artifact:{id}"));
    let policies = || policies.clone().map(|id| format!("policy:{id}"));
    let keys = || std::iter::once(Evidence::TICKET.to_owned()).chain(artifacts()).chain(policies());
    let same = |known: &String| known.split_once(':').map_or(known.as_str(), |(_, id)| id) == id;
    let meant = keys().find(same).or_else(|| (kind == Evidence::TICKET).then(|| kind.to_owned()));
    if let Some(meant) = meant {
        return Some(format!("did you mean `{meant}`?"));
    }
    if let Some(id) = alias(id).filter(|_| kind != "artifact") {
        return Some(format!("did you mean `policy:{id}`?"));
    }
    let known: Vec<String> = match kind {
        "artifact" => artifacts().collect(),
        "policy" => policies().collect(),
        _ => keys().collect(),
    };
    let ids = known.iter().map(|key| key.split_once(':').map_or(key.as_str(), |(_, id)| id));
    match nearest(id, ids.clone().take(MAX_KNOWN)) {
        Some(near) => ids.zip(&known).find(|(id, _)| *id == near).map(|(_, key)| format!("did you mean `{key}`?")),
        None => file.suggest("", known.iter().map(String::as_str)),
    }
}

fn lower_outcomes(raw: &RawTask, manifest: &Manifest, file: &mut File<'_>) -> Option<Outcomes> {
    let raw = raw.resolution.get()?;
    let expected = raw.expected.spanned().filter(|(code, place)| check_code(code, place.clone(), manifest, file));
    let mut sound = !raw.partial.is_hole() && !raw.harmful.is_hole();
    let mut partial = BTreeMap::new();
    for (code, place, credit, _) in raw.partial.get().into_iter().flat_map(|table| table.entries()) {
        sound &= check_code(code, place.clone(), manifest, file);
        sound &= check_conflict(code, place, raw.expected.spanned(), "partial", file);
        partial.insert(Arc::from(code), credit.value());
    }
    let mut harmful: Vec<Arc<str>> = Vec::new();
    for (code, place) in raw.harmful.items().iter().filter_map(Field::spanned) {
        sound &= check_code(code, place.clone(), manifest, file);
        sound &= check_conflict(code, place.clone(), raw.expected.spanned(), "harmful", file);
        if partial.contains_key(code.as_str()) {
            file.report(Code::ResolutionConflict, place, format!("`{code}` is both harmful and partly right"));
            sound = false;
        }
        harmful.push(code.as_str().into());
    }
    let (expected, _) = expected?;
    sound.then(|| Outcomes { expected: expected.as_str().into(), partial, harmful })
}

/// Whether the catalogue has this code; reported where it does not and the catalogue is sound.
fn check_code(code: &str, place: Range<usize>, manifest: &Manifest, file: &mut File<'_>) -> bool {
    let exists = manifest.resolution_set.contains(code);
    if !exists && manifest.resolutions_known {
        let message = format!("`{code}` is not among the pack's resolutions");
        let known = manifest.resolution_codes.iter().map(String::as_str);
        let diagnostic =
            Diagnostic::new(Code::UnknownResolution, file.span(place), message).with_help(file.suggest(code, known));
        file.sink.push(diagnostic);
    }
    exists
}

fn check_conflict(
    code: &str,
    place: Range<usize>,
    expected: Option<(&RawText<'_>, Range<usize>)>,
    role: &str,
    file: &mut File<'_>,
) -> bool {
    let Some((right, first)) = expected.filter(|(right, _)| right.as_str() == code) else { return true };
    let diagnostic = Diagnostic::new(
        Code::ResolutionConflict,
        file.span(place),
        format!("`{right}` is expected and {role} at once"),
    )
    .with_label(file.span(first), "expected here");
    file.sink.push(diagnostic);
    false
}
