//! The canonical layout of authored files: keys in the order of the schema, one way to space them, comments kept with
//! what they belong to.
//!
//! Owns how a pack's TOML is written; knows nothing of rules, of what a value means, and of where files lie. Read
//! [`format_file`] first: it walks a text through `syntax` (statements and comments), `order` (their canonical order)
//! and `layout` (text again).

mod layout;
mod meaning;
mod order;
mod syntax;
mod value;

use crate::diag::{Diagnostic, Sources, shorten};
use crate::pack::{FileKind, MAX_FILE_BYTES, ReadFile, line_end, read_text};

use layout::render;
use meaning::same_meaning;
use order::Shape;
use syntax::parse_statements;

/// Why a file is left as it is.
#[derive(Debug)]
pub enum Unformatted {
    /// It is no sound TOML: what is wrong, with the file to show it in.
    Unsound(Vec<Diagnostic>, Sources),
    /// The canonical text would be larger than a file may be, or would not mean the same.
    Refused(&'static str),
}

/// A file's canonical text. Strings keep their spelling, comments their words, arrays of tables and the author's own
/// tables their order; a byte-order mark stays, and line ends are those of most of its lines.
///
/// # Errors
/// What keeps the file from being formatted. It is never changed in what it means.
pub fn format_file(path: &str, bytes: &[u8], kind: FileKind) -> Result<String, Unformatted> {
    let ReadFile { text, tree } = read_text(path, bytes)
        .map_err(|unread| Unformatted::Unsound(shorten(unread.found, &unread.sources), unread.sources))?;
    let shape = Shape::of(kind);
    let (mark, plain) = match text.strip_prefix('\u{feff}') {
        Some(plain) => ("\u{feff}", plain),
        None => ("", &*text),
    };
    let formatted = format!("{mark}{}", render(parse_statements(plain), shape, line_end(plain)));
    if formatted.len() as u64 > MAX_FILE_BYTES {
        return Err(Unformatted::Refused("its canonical form would be larger than a file may be"));
    }
    match read_text(path, formatted.as_bytes()) {
        Ok(after) if same_meaning(&tree, &after.tree, shape) => Ok(formatted),
        _ => Err(Unformatted::Refused("its canonical form would mean something else; please report this as a bug")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Unformatted, format_file};
    use crate::pack::FileKind;

    fn formatted(text: &str) -> String {
        match format_file("task.toml", text.as_bytes(), FileKind::Task) {
            Ok(text) => text,
            Err(why) => panic!("{why:?}: {text}"),
        }
    }

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(formatted(text), expect, "{text}");
        assert_eq!(formatted(expect), expect, "not idempotent");
    }

    #[test]
    fn keys_and_tables_stand_in_the_order_of_the_schema() {
        check("title = 'b'\nid = 'a'\nschema_version = 1\n", "schema_version = 1\nid = 'a'\ntitle = 'b'\n");
        check(
            "[resolution]\nexpected = 'x'\n[[artifacts]]\nid = 'b'\n[[artifacts]]\nid = 'a'\n[artifacts.record]\nz = 1\na = 2\n[ticket]\nsubject = 's'\nid = 'T'\n",
            "[ticket]\nid = 'T'\nsubject = 's'\n\n[[artifacts]]\nid = 'b'\n\n[[artifacts]]\nid = 'a'\n[artifacts.record]\nz = 1\na = 2\n\n[resolution]\nexpected = 'x'\n",
        );
        check(
            "[grading.weights]\nreply = 1.0\n[grading]\nfree_steps = 1",
            "[grading]\nfree_steps = 1\n[grading.weights]\nreply = 1.0\n",
        );
        check("ticket = {message='m',  id = 'T'}", "ticket = { id = 'T', message = 'm' }\n");
        check(
            "reply.max_words = 3\nid = 'a'\nreply.min_words = 1",
            "id = 'a'\nreply.min_words = 1\nreply.max_words = 3\n",
        );
        check(
            "[[reply.keywords]]\nby = 'us'\nid = 'k'\n[reply]\nmin_words = 1\n",
            "[reply]\nmin_words = 1\n\n[[reply.keywords]]\nid = 'k'\nby = 'us'\n",
        );
    }

    #[test]
    fn what_the_schema_does_not_know_follows_in_its_own_order() {
        check("zebra = 1\napple = 2\nid = 'a'\n", "id = 'a'\nzebra = 1\napple = 2\n");
        check("[zebra]\nb = 1\na = 2\n[apple]\n[evidence]\n", "[evidence]\n\n[zebra]\nb = 1\na = 2\n\n[apple]\n");
        check(
            "[[artifacts]]\nrecord.b = 1\nrecord.a = 2\nid = 'x'",
            "[[artifacts]]\nid = 'x'\nrecord.b = 1\nrecord.a = 2\n",
        );
        check(
            "[[artifacts]]\n[artifacts.record.b]\nx = 1\n[artifacts.record]\nz = 1\na = 1\n",
            "[[artifacts]]\n[artifacts.record.b]\nx = 1\n[artifacts.record]\nz = 1\na = 1\n",
        );
    }

    #[test]
    fn comments_stay_with_what_they_belong_to() {
        check(
            "#:schema x\n# a task\ntitle = 't' # beside\n# the id\nid = 'a'\n",
            "#:schema x\n# a task\n\n# the id\nid = 'a'\ntitle = 't' # beside\n",
        );
        check("# file\n\n# the title\ntitle = 't'\nid = 'a'\n", "# file\n\nid = 'a'\n# the title\ntitle = 't'\n");
        check(
            "[evidence]\nrequired = []\n# end of evidence\n\n# about the ticket\n[ticket] # beside\n# about its subject\nsubject = 's'\nid = 'T'\n",
            "# about the ticket\n[ticket] # beside\nid = 'T'\n# about its subject\nsubject = 's'\n\n[evidence]\nrequired = []\n# end of evidence\n",
        );
        check(
            "[ticket]\n# all of it\n\nsubject = 's'\nid = 'T'\n",
            "[ticket]\n# all of it\n\nid = 'T'\nsubject = 's'\n",
        );
        check(
            "[evidence]\na = 1\n[ticket]\nid = 'T'\n# its end\n\n# the file's end\n",
            "[ticket]\nid = 'T'\n# its end\n\n[evidence]\na = 1\n\n# the file's end\n",
        );
        check("[evidence]\n#:schema x\n[ticket]\n", "#:schema x\n\n[ticket]\n\n[evidence]\n");
        check(
            "[evidence]\n#:schema x\n# c\n# lint: allow(x) so\n[ticket]\n",
            "#:schema x\n# c\n\n# lint: allow(x) so\n[ticket]\n\n[evidence]\n",
        );
        check("title = 't'\n#:schema x\nid = 'a'\n", "#:schema x\nid = 'a'\ntitle = 't'\n");
        check("title = 't'\n#:schema x\n[ticket]\n", "title = 't'\n\n#:schema x\n[ticket]\n");
        check("# only this", "# only this\n");
        check("", "");
    }

    #[test]
    fn suppressions_stay_at_their_lines() {
        check(
            "#:schema x\n# lint: allow(not-nfc) so\ntitle = 't'\nid = 'a'\n",
            "#:schema x\nid = 'a'\n# lint: allow(not-nfc) so\ntitle = 't'\n",
        );
        check(
            "# lint: allow(missing-key) so\ntitle = 't'\nid = 'a'\n",
            "# lint: allow(missing-key) so\nid = 'a'\ntitle = 't'\n",
        );
        check(
            "id = 'a'\n# lint: allow(x) so\ntags = ['a',\n  'b']\n",
            "id = 'a'\n# lint: allow(x) so\ntags = ['a',\n  'b']\n",
        );
        check("tags = ['lint:',\n 'b']\n", "tags = [\n  'lint:',\n  'b',\n]\n");
        check("tags = ['a', # Lint: allow(x) so\n 'b']\n", "tags = ['a', # Lint: allow(x) so\n 'b']\n");
        let watched = "# LINT: ALLOW(x) so\ntags = ['a', # c\n'b']\n";
        check(watched, watched);
        check(&format!("\n{watched}"), watched);
        check(
            &format!("\u{feff}\n\n{}", watched.replace('\n', "\r\n")),
            &format!("\u{feff}{}", watched.replace('\n', "\r\n")),
        );
        check(
            "zebra = 1\n# lint: allow(x) so\ntags = ['a', # c\n'b']\n",
            "# lint: allow(x) so\ntags = ['a', # c\n'b']\nzebra = 1\n",
        );
        check("\n# lint: allow(x) so\n\ntags = [\n'b']\n", "# lint: allow(x) so\n\ntags = [\n  'b',\n]\n");
    }

    #[test]
    fn values_are_spaced_in_one_way() {
        check("tags=[ 'a','b' , ]  # x  ", "tags = ['a', 'b'] # x\n");
        check(
            "tags = [\n'a', 'b',\n\n# c\n  'd' # e\n  , 'f' ]",
            "tags = [\n  'a', 'b',\n\n  # c\n  'd', # e\n  'f',\n]\n",
        );
        check("tags = [ # first\n]", "tags = [ # first\n]\n");
        check("tags = [\n\n]", "tags = []\n");
        check("tags = [ 1 # a\n, # b\n 2 ]", "tags = [\n  1, # a\n  # b\n  2,\n]\n");
        check("x = { }\ny = [ [ ], { a = 1 } ]", "x = {}\ny = [[], { a = 1 }]\n");
        check("title = \"\"\"\n  a\r\n # b\n\"\"\"", "title = \"\"\"\n  a\r\n # b\n\"\"\"\n");
        check("  [ ticket ]\n  \"id\"  =  1\n\n\n\n  a . b = 2", "[ticket]\n\"id\" = 1\n\na.b = 2\n");
        check(
            "ticket = {\n subject = 1, # s\n # i\n id = 2\n}",
            "ticket = {\n  # i\n  id = 2,\n  subject = 1, # s\n}\n",
        );
    }

    #[test]
    fn line_ends_and_marks_stay() {
        check("\u{feff}title = 1\r\nid = 2\n", "\u{feff}id = 2\r\ntitle = 1\r\n");
        check("title = 1\nid = 2\r\n", "id = 2\ntitle = 1\n");
        check("title = 1\r\nid = 2\n", "id = 2\r\ntitle = 1\r\n");
        check("title = 1\nid = 2\r\nmax_steps = 3\r\n", "id = 2\r\ntitle = 1\r\nmax_steps = 3\r\n");
        check("title = 1\r\nid = 2\nmax_steps = 3\n", "id = 2\ntitle = 1\nmax_steps = 3\n");
    }

    #[test]
    fn unsound_files_are_refused() {
        for text in ["a = ", "a = 1\na = 2", "[a]\n[a]", "a = \"\u{0}\"", &format!("a = {}", "[".repeat(100_000))] {
            let refused = format_file("task.toml", text.as_bytes(), FileKind::Task);
            let Err(Unformatted::Unsound(found, _)) = refused else { panic!("{refused:?}") };
            assert!(!found.is_empty(), "{:.40}", text);
        }
        assert!(format_file("task.toml", &[0xff, 0xfe, 0, 0], FileKind::Task).is_err());
        let too_deep: String = (0..300).map(|at| format!("a{at} = {}1{}\n", "[".repeat(64), "]".repeat(64))).collect();
        let refused = format_file("task.toml", too_deep.as_bytes(), FileKind::Task);
        assert!(matches!(refused, Err(Unformatted::Unsound(found, _)) if found.len() == 201));
        let deep = format!("a = {}{}", "[".repeat(60), "]".repeat(60));
        assert!(format_file("task.toml", deep.as_bytes(), FileKind::Task).is_ok());
        // Every line of it would be indented by a hundred and more.
        let wide = format!("a = {}{}{}", "[\n".repeat(60), "1,\n".repeat(50_000), "]".repeat(60));
        assert!(matches!(format_file("task.toml", wide.as_bytes(), FileKind::Task), Err(Unformatted::Refused(_))));
    }
}
