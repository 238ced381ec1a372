//! `support-ops explain` and `support-ops rules`: what the findings of `lint` and `prove` mean.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::diag::{Code, nearest};
use crate::lint::{explain, has_fix, render_rules_page, rule_of};
use crate::prove::Check;

use super::lint::parse_code;
use super::output;

/// Say what a finding means, why it matters and how to mend it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  support-ops explain unknown-key
  support-ops explain mutant-survived     a finding of `prove`
  support-ops rules                       list every code")]
pub(super) struct ExplainArgs {
    /// A code, as findings name it.
    #[arg(value_parser = parse_explained)]
    code: Explained,
}

/// What can be explained.
#[derive(Debug, Clone, Copy)]
enum Explained {
    Rule(Code),
    Check(Check),
}

fn parse_explained(name: &str) -> Result<Explained, String> {
    let name = name.trim();
    if let Some(check) = Check::parse(name) {
        return Ok(Explained::Check(check));
    }
    parse_code(name).map(Explained::Rule).map_err(|why| match nearest(name, Check::ALL.map(Check::as_str)) {
        // The rules are many, so that one of them is near to most words.
        Some(check) if !why.contains("did you mean") => format!("there is no such code; did you mean `{check}`?"),
        _ => why,
    })
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
    let text = match args.code {
        Explained::Rule(code) => explain(code),
        Explained::Check(check) => check.explain(),
    };
    output::print_line(text.trim_end());
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
