//! A command line as words: quotes hold blanks together, and nothing else is special, so that no shell is needed.

/// Splits at blanks outside of quotes. Within `'…'` everything stands for itself; within `"…"` and outside, a backslash
/// makes the next character stand for itself.
///
/// # Errors
/// A quote that is not closed, a backslash at the end.
pub fn split_words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut left = text.chars();
    while let Some(c) = left.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => match left.next() {
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err(format!("`{text}` ends with a backslash")),
            },
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(format!("`{text}` has a {open} that is not closed"));
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::split_words;

    #[test]
    fn words_are_split_as_a_shell_would() {
        let check = |text: &str, expect: Option<&[&str]>| {
            let found = split_words(text).ok();
            assert_eq!(found, expect.map(|words| words.iter().map(|word| (*word).to_owned()).collect()), "{text}");
        };
        check("", Some(&[]));
        check("  a  b\tc ", Some(&["a", "b", "c"]));
        check(r#"sh -c 'echo "$HOME" \n'"#, Some(&["sh", "-c", r#"echo "$HOME" \n"#]));
        check(r#"a\ b "c \" d"e ''"#, Some(&["a b", "c \" de", ""]));
        check("$x; rm `y` | *", Some(&["$x;", "rm", "`y`", "|", "*"]));
        check("'a", None);
        check("a\\", None);
    }
}
