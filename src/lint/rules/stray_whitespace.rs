//! `stray-whitespace`: blanks that nobody sees in texts that are compared.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::texts::{Text, each_text_under};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::StrayWhitespace,
    why: "Ids, aliases, tags and the phrases of keywords are compared with other text. A blank before, after or twice \
          within them is a slip of the hand that nobody sees.",
    mend: "Write one blank between words and none around them; `--fix` does.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "any_of = [\"new mug\",", "any_of = [\"new  mug\",")],
        good: &[],
    },
    stages: &[Stage::File(check)],
};

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    each_text_under(file, COMPARED, usize::MAX, |text| {
        if text.is_key || !is_compared(text.path) || !is_stray(text.value) {
            return;
        }
        let mended = text.value.split_whitespace().collect::<Vec<_>>().join(" ");
        if mended.is_empty() {
            return;
        }
        let message = match text.value.trim() == text.value {
            true => format!("stray blanks inside `{mended}`"),
            false => format!("stray blanks around `{mended}`"),
        };
        let diagnostic = Diagnostic::new(Code::StrayWhitespace, file.span(text.place.clone()), message)
            .with_help("write one blank between words and none around them".to_owned())
            .with_fix(rewrite(file, text, &mended));
        sink.push(diagnostic);
    });
}

/// Whether a blank stands at an end, beside another one, or is none of the plain ones.
fn is_stray(value: &str) -> bool {
    let mut before = true;
    for c in value.chars() {
        let blank = c.is_whitespace();
        if blank && (before || c != ' ') {
            return true;
        }
        before = blank;
    }
    before && !value.is_empty()
}

/// The keys that ids and phrases stand under.
const COMPARED: &[&str] = &["ticket", "tags", "policies", "reply", "artifacts"];

/// Whether texts at this path are ids or phrases. Ids with a form of their own are the loader's business.
fn is_compared(path: &[&str]) -> bool {
    match path {
        ["ticket", "id"] | ["tags"] | ["policies", "aliases"] => true,
        ["reply", "keywords" | "forbidden", "any_of" | "near" | "except"] => true,
        ["artifacts", "record", .., key] => *key == "id" || key.ends_with("_id"),
        _ => false,
    }
}

/// The mended text in quotes; none where an escape would be lost.
fn rewrite(file: &AuthoredFile<'_>, text: Text<'_>, mended: &str) -> Option<String> {
    let written = file.text.get(text.place.clone())?;
    let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let plain = !mended.contains(['"', '\'', '\\']) && !mended.contains(char::is_control);
    plain.then(|| format!("{quote}{mended}{quote}"))
}

#[cfg(test)]
mod tests {
    use super::{is_compared, is_stray};

    #[test]
    fn blanks() {
        let check = |value: &str, expect: bool| assert_eq!(is_stray(value), expect, "{value:?}");
        check("new mug", false);
        check("", false);
        check(" new mug", true);
        check("new mug\n", true);
        check("new  mug", true);
        check("new\tmug", true);
        check("new\u{a0}mug", true);
    }

    #[test]
    fn only_what_is_compared() {
        let check = |path: &[&str], expect: bool| assert_eq!(is_compared(path), expect, "{path:?}");
        check(&["ticket", "id"], true);
        check(&["reply", "keywords", "near"], true);
        check(&["artifacts", "record", "lines", "sku_id"], true);
        check(&["artifacts", "record", "note"], false);
        check(&["ticket", "message"], false);
        check(&["reply", "keywords", "regex"], false);
    }
}
