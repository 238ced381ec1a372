//! `unsafe-markup`: text that a web page could run, or that makes it load something.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::locate::locate;
use crate::lint::markup::{Tag, find_tag};
use crate::lint::pattern::compile;
use crate::lint::sign::Signs;
use crate::lint::texts::each_text;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::UnsafeMarkup,
    why: "Tickets, records and policies are shown on a web page. Markup in them may run, load a picture that tells a \
          stranger who is looking, or hide text from people that an agent reads.",
    mend: "Write plain text. Replies, examples and the phrases that a reply must or must not hold are not shown, and \
           may hold markup.",
    example: Example {
        bad: &[Edit::Replace("mug.toml", "What can you do for me?", "<b>What can you do for me?</b>")],
        good: &[Edit::Replace("mug.toml", "What can you do for me?", "<3 What can you do for me?")],
    },
    stages: &[Stage::FileWith(SIGNS, check)],
};

/// What any markup holds.
const SIGNS: &[Signs] = &[Signs::of(&["<", "![", "script:", "data:"])];

/// Remote images in Markdown, and addresses that run.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    compile(concat!(
        r"!\[[^\]\n]{0,200}\]\(\s*<?(?i:https?:)?//[^)\s]*\)?",
        r"|(?i-u:\b(?:javascript|vbscript):[\w(%'/]|\bdata:text/html)",
    ))
});

fn check(file: &AuthoredFile<'_>, sink: &mut Sink) {
    each_text(file, |text| {
        if matches!(text.path, ["reply" | "examples" | "lint" | "oracle", ..]) {
            return;
        }
        let Some(part) = find(text.value) else { return };
        let shown: String = text.value[part.clone()].chars().take(60).collect();
        let message = format!("`{shown}` is markup that a web page could run or load");
        let diagnostic = Diagnostic::new(Code::UnsafeMarkup, locate(file, text, part), message)
            .with_help("write it as plain text".to_owned());
        sink.push(diagnostic);
    });
}

/// The first markup of a text.
fn find(value: &str) -> Option<Range<usize>> {
    if !value.contains(['<', ':', '!']) {
        return None;
    }
    let tag = find_tag(value, Tag::Html);
    let mark = MARK.find(value).map(|found| found.range());
    tag.into_iter().chain(mark).min_by_key(|range| range.start)
}

#[cfg(test)]
mod tests {
    use super::find;

    fn check(value: &str, expect: Option<&str>) {
        assert_eq!(find(value).map(|part| &value[part]), expect, "{value}");
    }

    #[test]
    fn markup() {
        check("Hello <script>alert(1)</script>", Some("<script>"));
        check("![x](https://evil.example/p.png) hi", Some("![x](https://evil.example/p.png)"));
        check("![x](//evil.example/p.png)", Some("![x](//evil.example/p.png)"));
        check("[x](javascript:alert(1))", Some("javascript:a"));
        check("see data:text/html;base64,xyz", Some("data:text/html"));
        check("A <img src=\"https://x.example/a.png\">", Some("<img src=\"https://x.example/a.png\">"));
    }

    #[test]
    fn plain_text() {
        check("The price is < 5 and > 3!", None);
        check("My order: [1](2) ![photo](photo.png)", None);
        check("see https://example.com/help", None);
        check("I know javascript: not well", None);
        check("Dear <name>,", None);
    }
}
