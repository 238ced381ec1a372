//! `pack.toml`, lowered: what the tasks of a pack share.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Severity};
use crate::pack::raw::{DEFAULT_CURRENCY, RawLint, RawLintLevel, RawPack, RawText};
use crate::task::{PolicyIndex, Resolution};
use crate::text::value::Currency;

use super::File;
use super::grading::{Settings, merge_settings};
use super::ids::IdSet;
use super::policy::{PolicySet, lower_policies};

/// What the tasks of a pack share.
#[derive(Debug, Clone)]
pub(in crate::pack) struct Manifest {
    pub(in crate::pack) name: Arc<str>,
    pub(in crate::pack) version: Arc<str>,
    pub(in crate::pack) description: Arc<str>,
    pub(in crate::pack) currency: Currency,
    pub(in crate::pack) resolutions: Arc<[Resolution]>,
    /// The resolutions' codes as the wire lists them.
    pub(in crate::pack) resolution_codes: Arc<[String]>,
    /// The same codes, to look one up.
    pub(in crate::pack) resolution_set: HashSet<String>,
    /// Whether the catalogue of resolutions was sound, so that a code that is not in it is a mistake of the task.
    pub(in crate::pack) resolutions_known: bool,
    pub(in crate::pack) handbook: PolicySet,
    /// The same policies as the tasks' own indices share them.
    pub(in crate::pack) handbook_index: Arc<PolicyIndex>,
    /// Whether the handbook was sound, so that a policy that is not in it is a mistake of the task.
    pub(in crate::pack) handbook_known: bool,
    pub(in crate::pack) settings: Settings,
    /// Whether the currency was sound, so that an amount is judged as its author meant it.
    pub(in crate::pack) currency_known: bool,
    pub(in crate::pack) lint: LintSettings,
}

/// How the linter treats a pack.
#[derive(Debug, Clone, Default)]
pub(in crate::pack) struct LintSettings {
    ignored: BTreeSet<Code>,
    severities: BTreeMap<Code, Severity>,
}

impl Manifest {
    /// The manifest of a pack whose own cannot be read: nothing is known, so nothing that refers to it is a mistake.
    pub(in crate::pack) fn unknown() -> Manifest {
        Manifest {
            name: Arc::default(),
            version: Arc::default(),
            description: Arc::default(),
            currency: Currency::parse(DEFAULT_CURRENCY).expect("the default is an ISO 4217 code"),
            resolutions: Arc::default(),
            resolution_codes: Arc::default(),
            resolution_set: HashSet::new(),
            resolutions_known: false,
            handbook: PolicySet::default(),
            handbook_index: Arc::default(),
            handbook_known: false,
            settings: Settings::default(),
            currency_known: false,
            lint: LintSettings::default(),
        }
    }
}

impl LintSettings {
    /// The finding as the pack wants it; `None` where it wants none and nobody insists. What keeps a file from being read
    /// is told as it is.
    pub(in crate::pack) fn apply(&self, mut diagnostic: Diagnostic, insisted: bool) -> Option<Diagnostic> {
        if diagnostic.code.is_always_told() {
            return Some(diagnostic);
        }
        if self.ignored.contains(&diagnostic.code) && !insisted {
            return None;
        }
        if let Some(&severity) = self.severities.get(&diagnostic.code) {
            diagnostic.severity = severity;
        }
        Some(diagnostic)
    }
}

/// Lowers `pack.toml` as far as it goes. What is broken is empty in the result, and known to be.
pub(in crate::pack) fn lower_manifest(raw: &RawPack, file: &mut File<'_>) -> Manifest {
    let resolutions = lower_resolutions(raw, file);
    let resolution_codes: Arc<[String]> = resolutions.iter().map(|resolution| resolution.code.to_string()).collect();
    let handbook = lower_policies(raw.policies.items(), None, file);
    Manifest {
        name: raw.name.get().map_or("", |name| name.as_str()).into(),
        version: raw.version.get().map_or("", |version| version.as_str()).into(),
        description: raw.description.get().map_or("", RawText::as_str).into(),
        currency: lower_currency(raw, file),
        resolutions_known: raw.resolutions.spanned().is_some_and(|(table, place)| {
            // A line of it that could not be read may hold the code that a task names.
            resolutions.len() == table.len().max(1)
                && !file.faults.hide_missing(place.start)
                && !file.faults.loses("resolutions")
        }),
        resolutions,
        resolution_set: resolution_codes.iter().cloned().collect(),
        resolution_codes,
        handbook_index: Arc::new(PolicyIndex::new(handbook.policies.iter().cloned())),
        // A policy that could not be read, or whose id is another's, may be the one that a task names.
        handbook_known: !raw.policies.is_hole()
            && handbook.declared.len() == raw.policies.items().len()
            && !file.faults.loses("policies"),
        handbook,
        currency_known: !raw.currency.is_hole()
            && raw.currency.get().is_none_or(|code| Currency::parse(code.as_str()).is_some()),
        settings: merge_settings(&Settings::default(), raw.grading.get(), raw.rewards.get(), raw.exposure.get(), file),
        lint: raw.lint.get().map(lower_lint).unwrap_or_default(),
    }
}

fn lower_resolutions(raw: &RawPack, file: &mut File<'_>) -> Arc<[Resolution]> {
    let Some((table, place)) = raw.resolutions.spanned() else { return Arc::default() };
    let mut ids = IdSet::new("resolution");
    let mut resolutions = Vec::new();
    for (code, range, meaning, _) in table.entries() {
        if code.len() > crate::protocol::MAX_ID_BYTES {
            let message =
                format!("the resolution code `{code}` is longer than {} bytes", crate::protocol::MAX_ID_BYTES);
            file.report(Code::BadPattern, range, message);
        } else if ids.add(code, range, file) {
            resolutions.push(Resolution { code: code.into(), meaning: meaning.as_str().into() });
        }
    }
    if table.len() < 2 && !file.faults.any() {
        let held = if table.is_empty() { "no code" } else { "one code" };
        let message = format!("`resolutions` holds {held}; an agent needs two or more to choose from");
        file.report(Code::SingleResolution, place, message);
    }
    resolutions.into()
}

fn lower_currency(raw: &RawPack, file: &mut File<'_>) -> Currency {
    let default = Currency::parse(DEFAULT_CURRENCY).expect("the default is an ISO 4217 code");
    let Some((code, place)) = raw.currency.spanned() else { return default };
    Currency::parse(code.as_str()).unwrap_or_else(|| {
        file.report(Code::BadPattern, place, format!("`{}` is no ISO 4217 currency code", code.as_str()));
        default
    })
}

fn lower_lint(raw: &RawLint) -> LintSettings {
    let mut settings = LintSettings::default();
    settings.ignored.extend(raw.ignore.items().iter().filter_map(|code| code.get().map(|code| code.0)));
    for (&code, level) in raw.severity.get().into_iter().flat_map(|levels| &levels.0) {
        let severity = match level {
            RawLintLevel::Error => Severity::Error,
            RawLintLevel::Warning => Severity::Warning,
            RawLintLevel::Info => Severity::Info,
            RawLintLevel::Off => {
                settings.ignored.insert(code);
                continue;
            }
        };
        settings.severities.insert(code, severity);
    }
    settings
}
