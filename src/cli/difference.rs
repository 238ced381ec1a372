//! What a command would change, as a unified diff.

use std::time::Duration;

use similar::TextDiff;

use crate::diag::visible;

/// How long the shortest difference is looked for; beyond, a longer one will do.
const PATIENCE: Duration = Duration::from_millis(500);

/// The difference between two texts of one file. What could steer a terminal or give orders to a build log is shown as
/// U+FFFD, as in findings.
pub(super) fn render_difference(path: &str, before: &str, after: &str) -> String {
    let name: String = path.chars().map(visible).collect();
    let difference = TextDiff::configure().timeout(PATIENCE).diff_lines(before, after);
    let text = difference.unified_diff().context_radius(3).header(&name, &name).to_string();
    text.split_inclusive('\n').map(harmless).collect()
}

fn harmless(line: &str) -> String {
    let end = if line.ends_with("\r\n") { "\r\n" } else { line.get(line.trim_end_matches('\n').len()..).unwrap_or("") };
    let body = &line[..line.len() - end.len()];
    let mut shown: String = body.chars().map(|c| if c == '\t' { c } else { visible(c) }).collect();
    if shown.contains("##") {
        shown = shown.replace("##[", "#\u{fffd}[").replace("##vso[", "#\u{fffd}vso[");
    }
    let plain = shown.trim_start();
    if plain.starts_with("::") {
        let at = shown.len() - plain.len();
        shown.replace_range(at..=at, "\u{fffd}");
    }
    shown + end
}

#[cfg(test)]
mod tests {
    use super::render_difference;

    #[test]
    fn changes_are_shown_with_what_stands_around_them() {
        let shown = render_difference("a.toml", "b = 1\na = 2\n", "a = 2\nb = 1\n");
        assert_eq!(shown, "--- a.toml\n+++ a.toml\n@@ -1,2 +1,2 @@\n+a = 2\n b = 1\n-a = 2\n");
        assert_eq!(render_difference("a.toml", "a = 1\n", "a = 1\n"), "");
    }

    #[test]
    fn texts_give_no_orders() {
        let shown = render_difference("a\nb", "x\r\n::error::\n##[group]\n", "\u{1b}[31m\r\n::error::\n##[group]\n");
        assert!(shown.starts_with("--- a\u{fffd}b\n") && shown.contains("+\u{fffd}[31m\r\n"), "{shown:?}");
        assert!(!shown.contains("##[") && !shown.lines().any(|line| line.trim_start().starts_with("::")), "{shown}");
    }
}
