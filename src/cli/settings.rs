//! Where a setting comes from: its flag, else its `SUPPORT_OPS_…` variable, else a variable that platforms set, else the
//! default.

use std::time::Duration;

/// The environment as a setting sees it: a variable's value by its name.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's own environment. A variable that is empty or no text counts as unset.
pub(super) fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// The setting's value: the flag's, else that of the first variable that is set.
///
/// # Errors
/// A variable whose value cannot be read, by name.
pub(super) fn choose<T>(
    flag: Option<T>,
    variables: &[&str],
    environment: Environment<'_>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    if flag.is_some() {
        return Ok(flag);
    }
    let set = variables.iter().find_map(|&name| environment(name).map(|value| (name, value)));
    set.map(|(name, value)| parse(value.trim()).map_err(|what| format!("{name}={value}: {what}"))).transpose()
}

/// The values of a setting that may be repeated: the flags', else those of the variable, separated by `:`.
pub(super) fn choose_list(flags: &[String], variable: &str, environment: Environment<'_>) -> Vec<String> {
    if !flags.is_empty() {
        return flags.to_vec();
    }
    environment(variable).map(|value| split_list(&value)).unwrap_or_default()
}

/// Splits at `:`, but not at the colons that belong to a URL: those before `//`, before a port, and within `[…]`.
pub(super) fn split_list(text: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut in_brackets = false;
    for piece in text.split(':') {
        let is_port = !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit());
        let belongs = in_brackets || piece.starts_with("//") || is_port;
        match items.last_mut().filter(|last| belongs && !last.is_empty()) {
            Some(last) => {
                last.push(':');
                last.push_str(piece);
            }
            None => items.push(piece.to_owned()),
        }
        in_brackets = (in_brackets || piece.contains('[')) && !piece.contains(']');
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

/// A span of time as people write it: `30m`, `90s`, `500ms`, `1h`; a bare number counts seconds.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let what = || "give a whole number above 0 with a unit, such as `30m`, `90s` or `1h`".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| what())?;
    let millis = match unit.trim() {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(what()),
    };
    match number.checked_mul(millis).filter(|&millis| millis > 0 && millis < LONGEST_MILLIS) {
        Some(millis) => Ok(Duration::from_millis(millis)),
        None => Err(what()),
    }
}

/// Ten years: beyond it, sums of times might leave what clocks can tell.
const LONGEST_MILLIS: u64 = 10 * 365 * 86_400_000;

/// A number of bytes as people write it: `512MiB`, `2GiB`, `64KiB`.
pub(super) fn parse_size(text: &str) -> Result<usize, String> {
    let what = || "give a whole number above 0 with a unit, such as `512MiB` or `2GiB`".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: usize = number.parse().map_err(|_| what())?;
    let bytes: usize = match unit.trim() {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(what()),
    };
    number.checked_mul(bytes).filter(|&bytes| bytes > 0).ok_or_else(what)
}

/// A whole number above 0.
pub(super) fn parse_count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&count| count > 0).ok_or_else(|| "give a whole number above 0".to_owned())
}

/// A port; 0 stands for any free one.
pub(super) fn parse_port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "give a port from 0 to 65535".to_owned())
}

/// Any text.
pub(super) fn parse_text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_then_the_first_variable() {
        let environment = |name: &str| match name {
            "SUPPORT_OPS_PORT" => Some("1".to_owned()),
            "PORT" => Some("2".to_owned()),
            "BAD" => Some("x".to_owned()),
            _ => None,
        };
        let check = |flag, variables: &[&str], expect: Result<Option<u16>, &str>| {
            let found = choose(flag, variables, &environment, parse_port);
            assert_eq!(found, expect.map_err(str::to_owned), "{variables:?}");
        };
        check(Some(9), &["SUPPORT_OPS_PORT", "PORT"], Ok(Some(9)));
        check(None, &["SUPPORT_OPS_PORT", "PORT"], Ok(Some(1)));
        check(None, &["UNSET", "PORT"], Ok(Some(2)));
        check(None, &["UNSET"], Ok(None));
        check(None, &["BAD"], Err("BAD=x: give a port from 0 to 65535"));
    }

    #[test]
    fn lists_keep_the_colons_of_urls() {
        let check = |text: &str, expect: &[&str]| assert_eq!(split_list(text), expect, "{text}");
        check("tasks:more/tasks", &["tasks", "more/tasks"]);
        check("https://a.example:http://b.example:8443", &["https://a.example", "http://b.example:8443"]);
        check("a.example:8443:b.example", &["a.example:8443", "b.example"]);
        check("http://[::1]:9000:c.example", &["http://[::1]:9000", "c.example"]);
        check("::a::", &["a"]);
        check("", &[]);
    }

    #[test]
    fn sizes() {
        let check = |text: &str, expect: Option<usize>| assert_eq!(parse_size(text).ok(), expect, "{text}");
        check("2GiB", Some(2 << 30));
        check("512 MiB", Some(512 << 20));
        check("1KiB", Some(1024));
        for text in
            ["", "0GiB", "GiB", "-1GiB", "1.5GiB", "2", "2GB", "2gib", "99999999999999999999KiB", "17179869184GiB"]
        {
            check(text, None);
        }
    }

    #[test]
    fn durations() {
        let check = |text: &str, expect: Option<u64>| {
            assert_eq!(parse_duration(text).ok(), expect.map(Duration::from_millis), "{text}");
        };
        check("30m", Some(1_800_000));
        check("90", Some(90_000));
        check("500ms", Some(500));
        check("1 h", Some(3_600_000));
        for text in ["", "0s", "m", "-1s", "1.5h", "1y", "99999999999999999999", "9999999999d", "1м"] {
            check(text, None);
        }
    }
}
