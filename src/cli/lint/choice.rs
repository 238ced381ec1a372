//! Which findings a command line asks for.

use crate::diag::{Code, Severity, did_you_mean, nearest};
use crate::lint::Selection;

/// How loud a code is to be; `None` is silent.
pub(super) type Level = Option<Severity>;

/// A code by its name.
pub(in crate::cli) fn parse_code(name: &str) -> Result<Code, String> {
    let name = name.trim();
    Code::parse(name).ok_or_else(|| {
        let known = Code::ALL.iter().map(|code| code.as_str());
        match nearest(name, known).map(|name| format!("did you mean `{name}`?")) {
            Some(help) => format!("there is no such code; {help}"),
            None => "there is no such code; `support-ops rules` lists them".to_owned(),
        }
    })
}

/// A code with its level: `unused-policy=error`.
pub(super) fn parse_severity(text: &str) -> Result<(Code, Level), String> {
    let (name, level) = text.split_once('=').ok_or("write CODE=LEVEL, such as `unused-policy=error`")?;
    let code = parse_code(name)?;
    let level = match level.trim() {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "info" => Some(Severity::Info),
        "off" => None,
        other => {
            let help = did_you_mean(other, ["error", "warning", "info", "off"]).unwrap_or_default();
            return Err(format!("there is no such level; {help}"));
        }
    };
    Ok((code, level))
}

/// What the options say together; of two levels of one code the last holds.
pub(super) fn selection(select: &[Code], ignore: &[Code], severities: &[(Code, Level)]) -> Selection {
    let mut selection = Selection {
        select: select.iter().copied().collect(),
        ignore: ignore.iter().copied().collect(),
        ..Selection::default()
    };
    let mut silenced = std::collections::BTreeSet::new();
    for &(code, level) in severities {
        match level {
            Some(severity) => {
                selection.severities.insert(code, severity);
                silenced.remove(&code);
            }
            None => {
                silenced.insert(code);
            }
        }
    }
    selection.ignore.append(&mut silenced);
    selection
}

#[cfg(test)]
mod tests {
    use super::{parse_code, parse_severity, selection};
    use crate::diag::{Code, Severity};

    #[test]
    fn codes_and_levels_are_read() {
        assert_eq!(parse_code(" not-nfc "), Ok(Code::NotNfc));
        assert!(parse_code("not-nfk").expect_err("no code").contains("did you mean `not-nfc`?"));
        assert!(parse_code("").is_err());
        assert_eq!(parse_severity("not-nfc=error"), Ok((Code::NotNfc, Some(Severity::Error))));
        assert_eq!(parse_severity("not-nfc=off"), Ok((Code::NotNfc, None)));
        for wrong in ["not-nfc", "not-nfc=", "not-nfc=fatal", "x=error"] {
            assert!(parse_severity(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_level_holds() {
        let level = |text| parse_severity(text).expect("a level");
        let chosen = selection(&[], &[], &[level("not-nfc=off"), level("not-nfc=info")]);
        assert!(chosen.ignore.is_empty() && chosen.severities[&Code::NotNfc] == Severity::Info);
        let chosen = selection(&[], &[], &[level("not-nfc=info"), level("not-nfc=off")]);
        assert!(chosen.ignore.contains(&Code::NotNfc));
    }
}
