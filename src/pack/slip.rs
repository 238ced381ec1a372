//! Values as people write them elsewhere and TOML does not: dates, decimal commas, shares, amounts, round brackets,
//! numbers in words.

use std::ops::Range;

use crate::text::number_in_words;

/// What is wrong with a value that is none, and what to write, where its author's habit is plain. `key` is its key as it
/// is written.
pub(super) fn slip_of(key: &str, written: &str) -> Option<(String, String)> {
    let no = |what: &str| format!("`{written}` is no {what}");
    if written.chars().count() > 40 || written.contains(['\n', '`']) {
        return None;
    }
    if let Some(date) = date_of(written) {
        return Some((no("date"), format!("a date is written {date}: year, month, day")));
    }
    if let Some(inside) = written.strip_prefix('(') {
        let list = inside.strip_suffix(')').map(|items| format!(": `[{items}]`")).unwrap_or_default();
        return Some((no("value"), format!("lists stand in square brackets{list}")));
    }
    if let Some((whole, fraction)) = written.split_once(',')
        && is_digits(whole)
        && is_digits(fraction)
        // Three digits may be thousands.
        && fraction.len() != 3
    {
        return Some((no("number"), format!("a number has a decimal point: `{whole}.{fraction}`")));
    }
    if let Some(fraction) = written.strip_prefix('.').filter(|fraction| is_digits(fraction)) {
        return Some((no("number"), format!("write `0.{fraction}`")));
    }
    if let Some(number) = written.strip_suffix('%').map(str::trim_end).filter(|number| is_decimal(number)) {
        let share = number.parse::<f64>().ok()? / 100.0;
        let help = if key == "percent" {
            format!("a percentage stands in quotes: `\"{written}\"`")
        } else {
            format!("a share is written `{share}`, a text in quotes: `\"{written}\"`")
        };
        return Some((no("number"), help));
    }
    if let Some(number) = number_in_words(written) {
        let help = format!("a number is written in digits: `{number}`, a text in quotes: `\"{written}\"`");
        return Some((no("value"), help));
    }
    if let Some((amount, code)) = written.split_once(' ')
        && is_decimal(amount)
        && code.len() == 3
        && code.bytes().all(|byte| byte.is_ascii_uppercase())
    {
        return Some((no("value"), format!("an amount with its currency stands in quotes: `\"{written}\"`")));
    }
    None
}

/// A number with a comma as the value of a key in an inline table, around what the parser stumbles over, and what to
/// write. `value` is where the statement's value begins.
pub(super) fn decimal_comma(text: &str, value: usize, at: usize) -> Option<(Range<usize>, String)> {
    let is_part = |c: char| c.is_ascii_digit() || c == ',';
    let before = text.get(value..at)?;
    // The parser may notice it behind the number only.
    let behind = if text[at..].starts_with(is_part) { before } else { before.trim_end() };
    let start = value + behind.trim_end_matches(is_part).len();
    let rest = &text[start..];
    let end = start + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let number = text[start..end].trim_end_matches(',');
    let (whole, fraction) = number.split_once(',')?;
    let is_value = text[value..start].trim_end().ends_with('=');
    if !(is_value && is_digits(whole) && is_digits(fraction)) {
        return None;
    }
    let help = if fraction.len() == 3 {
        // Three digits may be thousands.
        format!("write it without a comma: `{whole}{fraction}`, or with a decimal point: `{whole}.{fraction}`")
    } else {
        format!("a number has a decimal point: `{whole}.{fraction}`")
    };
    Some((start..start + number.len(), help))
}

/// A date of another style as TOML writes it; one that can be read in two ways gives an example.
fn date_of(written: &str) -> Option<String> {
    let separator = ['/', '.', '-'].into_iter().find(|separator| written.matches(*separator).count() == 2)?;
    let parts: Vec<&str> = written.split(separator).collect();
    let numbers: Vec<u32> = parts.iter().map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let (&[first, second, third], &[first_length, second_length, third_length]) = (&numbers[..], &lengths[..]) else {
        return None;
    };
    if separator == '-' && lengths == [4, 2, 2] {
        // The form is right, so the day is none of the calendar's.
        return None;
    }
    let (year, month, day) = if first_length == 4 && second_length <= 2 && third_length <= 2 {
        (first, second, third)
    } else if third_length == 4 && first_length <= 2 && second_length <= 2 {
        let sure = separator == '.' || first > 12 || second > 12 || first == second;
        match (sure, second > 12) {
            (false, _) => return Some("`2026-03-20`".to_owned()),
            (true, true) => (third, first, second),
            (true, false) => (third, second, first),
        }
    } else {
        return None;
    };
    let possible = (1..=12).contains(&month) && (1..=31).contains(&day);
    Some(if possible { format!("`{year:04}-{month:02}-{day:02}`") } else { "`2026-03-20`".to_owned() })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_decimal(text: &str) -> bool {
    text.split_once('.').map_or(is_digits(text), |(whole, fraction)| is_digits(whole) && is_digits(fraction))
}

#[cfg(test)]
mod tests {
    use super::slip_of;

    fn check(written: &str, expect: Option<&str>) {
        let help = slip_of("key", written).map(|(_, help)| help);
        assert_eq!(help.is_some(), expect.is_some(), "{written}: {help:?}");
        assert!(help.unwrap_or_default().contains(expect.unwrap_or_default()), "{written}");
    }

    #[test]
    fn habits_from_elsewhere_are_told_what_toml_writes() {
        check("03/03/2026", Some("`2026-03-03`"));
        check("20/02/2026", Some("`2026-02-20`"));
        check("02/20/2026", Some("`2026-02-20`"));
        check("02/03/2026", Some("`2026-03-20`"));
        check("20.02.2026", Some("`2026-02-20`"));
        check("2026-2-20", Some("`2026-02-20`"));
        check("0,5", Some("`0.5`"));
        check("1,000", None);
        check(".5", Some("`0.5`"));
        check("50%", Some("`0.5`"));
        check("48.00 EUR", Some("`\"48.00 EUR\"`"));
        check("(\"a\", \"b\")", Some("`[\"a\", \"b\"]`"));
        check("2026-02-30", None);
        check("six", Some("`6`"));
        check("Twelve", Some("`12`"));
        check("sixty-five", Some("`65`"));
        check("fix", None);
        check("1.2.3", None);
    }
}
