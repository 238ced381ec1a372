//! `support-ops explain` and `support-ops rules`: what the findings of `lint` mean.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::diag::Code;
use crate::lint::{explain, has_fix, render_rules_page, rule_of};

use super::lint::parse_code;
use super::output;

/// Say what a finding means, why it matters and how to mend it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  support-ops explain unknown-key
  support-ops rules                       list every code")]
pub(super) struct ExplainArgs {
    /// A code, as findings name it.
    #[arg(value_parser = parse_code)]
    code: Code,
}

/// List the codes of findings.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  support-ops rules
  support-ops rules --format json
  support-ops rules --format markdown > docs/rules.md")]
pub(super) struct RulesArgs {
    /// How to write them.
    #[arg(long, default_value = "table")]
    format: RulesFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RulesFormat {
    /// A line each.
    Table,
    /// One JSON document.
    Json,
    /// The page of the documentation.
    Markdown,
}

pub(super) fn run_explain(args: &ExplainArgs) -> ExitCode {
    output::print_line(explain(args.code).trim_end());
    ExitCode::SUCCESS
}

pub(super) fn run_rules(args: &RulesArgs) -> ExitCode {
    let text = match args.format {
        RulesFormat::Table => table(),
        RulesFormat::Json => {
            let rules: Vec<Value> = Code::ALL.iter().map(|code| entry(*code)).collect();
            let page = json!({ "version": 1, "rules": rules });
            serde_json::to_string_pretty(&page).expect("a JSON value always serialises")
        }
        RulesFormat::Markdown => render_rules_page(),
    };
    output::print_line(text.trim_end());
    ExitCode::SUCCESS
}

fn entry(code: Code) -> Value {
    let rule = rule_of(code);
    json!({
        "code": code.as_str(),
        "severity": code.severity().as_str(),
        "meaning": code.meaning(),
        "fix": has_fix(code),
        "why": rule.map(|rule| rule.why),
        "mend": rule.map(|rule| rule.mend),
    })
}

fn table() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or_default();
    let line = |code: &Code| {
        let fix = if has_fix(*code) { "fix" } else { "" };
        format!("{:<width$}  {:<7}  {fix:<3}  {}\n", code.as_str(), code.severity().as_str(), code.meaning())
    };
    Code::ALL.iter().map(line).collect()
}
