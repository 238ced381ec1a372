//! How a player is named.

use std::path::PathBuf;

use crate::agent::cheat::{CHEATS, Cheat};
use crate::diag::nearest;

use super::words::split_words;

/// A player as the command line names it.
#[derive(Debug, Clone)]
pub enum AgentName {
    /// The reference solution.
    Oracle,
    /// Nothing, until the steps run out.
    Nop,
    /// Uniform draws.
    Random,
    /// The variant of a cheat that earns most.
    Cheat(&'static Cheat),
    /// A list of actions.
    Script(PathBuf),
    /// A program with its arguments.
    Program(Vec<String>),
    /// A model.
    Model,
}

impl AgentName {
    /// Reads `oracle`, `nop`, `random`, `cheat:NAME`, `script:FILE`, `cmd:PROGRAM ARGUMENTS` or `llm`.
    ///
    /// # Errors
    /// What is none, with what would be.
    pub fn parse(text: &str) -> Result<AgentName, String> {
        let (kind, rest) = text.split_once(':').map_or((text, None), |(kind, rest)| (kind, Some(rest)));
        match (kind, rest) {
            ("oracle", None) => Ok(AgentName::Oracle),
            ("nop", None) => Ok(AgentName::Nop),
            ("random", None) => Ok(AgentName::Random),
            ("llm", None) => Ok(AgentName::Model),
            ("cheat", Some(name)) => parse_cheat(name),
            ("script", Some(file)) if !file.is_empty() => Ok(AgentName::Script(file.into())),
            ("cmd", Some(words)) => match split_words(words)? {
                words if words.is_empty() => Err("`cmd:` names no program; write `cmd:python3 agent.py`".to_owned()),
                words => Ok(AgentName::Program(words)),
            },
            _ => {
                let near = nearest(kind, ["oracle", "nop", "random", "cheat", "script", "cmd", "llm"]);
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                Err(format!(
                    "an agent is `oracle`, `nop`, `random`, `cheat:NAME`, `script:FILE`, `cmd:PROGRAM` or `llm`{near}"
                ))
            }
        }
    }

    /// Whether it can play only what it knows the task of.
    pub fn needs_task(&self) -> bool {
        matches!(self, AgentName::Oracle | AgentName::Random | AgentName::Cheat(_))
    }
}

impl std::fmt::Display for AgentName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AgentName::Oracle => f.write_str("oracle"),
            AgentName::Nop => f.write_str("nop"),
            AgentName::Random => f.write_str("random"),
            AgentName::Cheat(cheat) => write!(f, "cheat:{}", cheat.name),
            AgentName::Script(file) => write!(f, "script:{}", file.display()),
            AgentName::Program(words) => write!(f, "cmd:{}", words.join(" ")),
            AgentName::Model => f.write_str("llm"),
        }
    }
}

fn parse_cheat(name: &str) -> Result<AgentName, String> {
    CHEATS.iter().find(|cheat| cheat.name == name).map(AgentName::Cheat).ok_or_else(|| {
        let names: Vec<&str> = CHEATS.iter().map(|cheat| cheat.name).collect();
        let near =
            nearest(name, names.iter().copied()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        format!("there is no cheat of that name; {near}cheats: {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::AgentName;

    #[test]
    fn names_are_read() {
        let check = |text: &str, expect: &str| {
            let found = match AgentName::parse(text) {
                Ok(AgentName::Cheat(cheat)) => cheat.name.to_owned(),
                Ok(other) => format!("{other:?}"),
                Err(error) => error,
            };
            assert!(found.starts_with(expect), "{text}: {found}");
        };
        check("oracle", "Oracle");
        check("llm", "Model");
        check("cheat:keyword-dump", "keyword-dump");
        check("cheat:keyword-dmp", "there is no cheat of that name; did you mean `keyword-dump`?");
        check("script:a:b", "Script(\"a:b\")");
        check("cmd:python3 'my agent.py' x:y", "Program([\"python3\", \"my agent.py\", \"x:y\"])");
        check("cmd:  ", "`cmd:` names no program");
        for bad in ["", "Oracle", "oracle:", "script:", "cmd", "gpt"] {
            check(bad, "an agent is");
        }
    }
}
