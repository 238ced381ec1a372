//! Faults of values: of another type than their key asks for, or out of its bounds.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};

use crate::diag::{Code, Diagnostic, Span, did_you_mean, only_nearest};
use crate::pack::hint::{group, instead, shown};
use crate::pack::raw;
use crate::pack::tree::{Entry, Step, Value, render_path};

use super::{Checker, LISTS_OF_TABLES, Mend, double_brackets, strings};

impl Checker<'_, '_> {
    /// A value of several possible forms: the errors of the form that it resembles.
    pub(super) fn alternatives(&mut self, path: &[Step], context: &[Vec<ValidationError<'static>>]) {
        let alike = context
            .iter()
            .filter(|errors| {
                let is_own = |error: &ValidationError<'_>| error.instance_path().iter().count() == path.len();
                !errors.iter().any(|error| is_type_error(error) && is_own(error))
            })
            .min_by_key(|errors| errors.len());
        match alike {
            Some(errors) => {
                if let Some(error) = errors.first() {
                    self.report(error);
                }
                self.seen.insert(path.to_vec());
                self.mends.push((path.to_vec(), Mend::Punch));
            }
            None => {
                let mut kinds: Vec<String> = context
                    .iter()
                    .flatten()
                    .filter_map(|error| match error.kind() {
                        ValidationErrorKind::Type { kind } => Some(type_name(kind)),
                        _ => None,
                    })
                    .collect();
                kinds.dedup();
                let schemas: Vec<&serde_json::Value> = context
                    .iter()
                    .flatten()
                    .filter(|error| is_type_error(error))
                    .map(|error| self.schema_above(error))
                    .collect();
                self.wrong_type(path.to_vec(), &kinds.join(" or "), &schemas);
            }
        }
    }

    pub(super) fn bad_value(&mut self, path: Vec<Step>, kind: &ValidationErrorKind, schema: &serde_json::Value) {
        if let ValidationErrorKind::Type { kind } = kind {
            // The type decides what else can be said of a value, so its finding replaces none and comes alone.
            self.wrong_type(path, &type_name(kind), &[schema]);
            return;
        }
        if self.seen.contains(&path) {
            return;
        }
        if matches!(kind, ValidationErrorKind::Maximum { .. }) && self.in_percent(&path) {
            return;
        }
        let Some(node) = self.root.at(&path) else { return };
        let name = render_path(&path);
        let place = Span::new(self.source, node.span.clone());
        let value = render_value(&node.value);
        let form = schema["pattern"].as_str().and_then(raw::form_of);
        let diagnostic = match kind {
            ValidationErrorKind::Enum { options } => {
                // A value of another type has a finding of its own.
                let Value::Text(written) = &node.value else { return };
                let options: Vec<&str> = strings(options).collect();
                let fix = only_nearest(written, options.iter().copied()).map(|name| format!("\"{name}\""));
                Diagnostic::new(Code::BadEnum, place, format!("`{name}` cannot be {value}"))
                    .with_help(did_you_mean(written, options))
                    .with_fix(fix)
            }
            ValidationErrorKind::Minimum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be at least {limit}, this is {value}"))
            }
            ValidationErrorKind::Maximum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be at most {limit}, this is {value}"))
            }
            ValidationErrorKind::ExclusiveMinimum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be above {limit}, this is {value}"))
            }
            ValidationErrorKind::ExclusiveMaximum { limit } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must be below {limit}, this is {value}"))
            }
            ValidationErrorKind::MinItems { .. } => {
                Diagnostic::new(Code::OutOfRange, place, format!("`{name}` must not be empty"))
            }
            ValidationErrorKind::Pattern { pattern } => {
                Diagnostic::new(Code::BadPattern, place, format!("`{name}` cannot be {value}"))
                    .with_help(raw::form_of(pattern).map(|form| format!("it must be {form}")))
            }
            ValidationErrorKind::MaxLength { limit } => {
                Diagnostic::new(Code::BadPattern, place, format!("`{name}` is longer than {limit} characters"))
                    .with_help(form.map(|form| format!("it must be {form}")))
            }
            other => Diagnostic::new(
                Code::WrongType,
                place,
                format!("`{name}` breaks the rule `{}` of the schema", other.keyword()),
            ),
        };
        self.sink.push(diagnostic);
        self.seen.insert(path.clone());
        self.mends.push((path, Mend::Punch));
    }

    /// Whether the weight at `path` is one of several that are written in percent, which is one mistake, told at the
    /// first of them.
    fn in_percent(&mut self, path: &[Step]) -> bool {
        let Some((_, table)) = path.split_last().filter(|(_, table)| render_path(table) == "grading.weights") else {
            return false;
        };
        let Some(node) = self.root.at(table) else { return false };
        let weight = |entry: &Entry<'_>| Some((entry.node.to_json().as_f64()?, entry.node.span.clone()));
        let mut weights: Vec<_> = node.entries().iter().filter_map(weight).collect();
        weights.retain(|(weight, _)| *weight != 0.0);
        let percent = |&(weight, _): &(f64, _)| (1.0..=100.0).contains(&weight);
        if weights.iter().filter(|(weight, _)| *weight > 1.0).count() < 2 || !weights.iter().all(percent) {
            return false;
        }
        if let Some((weight, span)) = weights.into_iter().min_by_key(|(_, span)| span.start)
            && self.seen.insert(table.to_vec())
        {
            let message = format!("weights are shares of 1, not percent, and this is {weight}");
            let help = format!("write `{}`, and the others alike", weight / 100.0);
            let place = Span::new(self.source, span);
            self.sink.push(Diagnostic::new(Code::OutOfRange, place, message).with_help(Some(help)));
        }
        self.seen.insert(path.to_vec());
        self.mends.push((path.to_vec(), Mend::Punch));
        true
    }

    fn wrong_type(&mut self, path: Vec<Step>, wanted: &str, schemas: &[&serde_json::Value]) {
        if self.seen.contains(&path) {
            return;
        }
        let Some(node) = self.root.at(&path) else { return };
        // A list whose items are all of one wrong kind holds one mistake.
        let before = match path.split_last() {
            Some((Step::Item(index), list)) if *index > 0 => [list, &[Step::Item(index - 1)]].concat(),
            _ => Vec::new(),
        };
        let alike = self.root.at(&before).is_some_and(|other| other.value.kind() == node.value.kind());
        if before.is_empty() || !alike || !self.seen.contains(&before) {
            let name = render_path(&path);
            let message = format!("`{name}` must be {wanted}, this is {}", node.value.kind());
            let help = if LISTS_OF_TABLES.contains(&name.as_str()) && node.value.kind() == "a table" {
                Some(double_brackets(&name))
            } else {
                group(self.root, &path).or_else(|| instead(&path, node, self.text, schemas, self.currency))
            };
            let place = Span::new(self.source, node.span.clone());
            self.sink.push(Diagnostic::new(Code::WrongType, place, message).with_help(help));
        }
        self.seen.insert(path.clone());
        self.mends.push((path, Mend::Punch));
    }
}

fn is_type_error(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { .. })
}

fn type_name(kind: &TypeKind) -> String {
    let one = |name: &str| match name {
        "object" => "a table".to_owned(),
        "array" => "a list".to_owned(),
        "integer" => "an integer".to_owned(),
        other => format!("a {other}"),
    };
    match kind {
        TypeKind::Single(kind) => one(&kind.to_string()),
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| one(&kind.to_string())).collect::<Vec<_>>().join(" or "),
    }
}

fn render_value(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) | Value::Date(text) => format!("`{}`", shown(text)),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(value) => value.to_string(),
        other => other.kind().to_owned(),
    }
}
