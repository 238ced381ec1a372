//! Faults of the text as TOML: bytes, syntax, keys written twice, what other parsers refuse.

use super::plant::{pack, record_text, task};
use super::{Case, Kind, SILENT};

fn at_line_start(c: &Case, path: &str) -> Option<()> {
    let written = c.written(path)?;
    let at = written.as_ptr() as usize - c.text().as_ptr() as usize;
    let line = c.text()[..at].rsplit('\n').next()?;
    let rest = c.text()[at + written.len()..].lines().next().unwrap_or_default();
    let plain = !line.contains(['{', '[', ',']) && !written.contains('\n') && rest.trim().is_empty();
    plain.then_some(())
}

/// A short text on a line of its own.
fn line_text(c: &mut Case) -> Option<String> {
    let mut paths =
        vec!["title".to_owned(), "objective".to_owned(), "workspace_summary".to_owned(), "ticket.subject".to_owned()];
    paths.extend(record_text(c));
    paths.retain(|path| {
        c.has(path) && at_line_start(c, path).is_some() && !c.written(path).is_some_and(|w| w.starts_with("\"\"\""))
    });
    let path = paths.get(c.draw.number(0, paths.len().max(1) as u64 - 1) as usize)?.clone();
    Some(path)
}

pub(super) const KINDS: &[Kind] = &[
    // bad-encoding
    task("bad-encoding", "latin-1 byte in a comment", |c| {
        c.at_top("# caf⟦␦⟧ au lait");
        Some(())
    }),
    task("bad-encoding", "latin-1 byte in a text", |c| c.say("ticket.message", "caf⟦␦⟧ au lait")),
    task("bad-encoding", "cut-off character", |c| c.say("objective", "⟦␧⟧ please")),
    task("bad-encoding", "NUL in a comment", |c| {
        c.at_top("# x⟦␀⟧y");
        Some(())
    }),
    task("bad-encoding", "bare CR between words", |c| c.say("ticket.message", "one⟦␍⟧two")),
    task("bad-encoding", "byte-order mark", |c| {
        c.at_start("⟦\u{feff}⟧");
        Some(())
    }),
    task("bad-encoding", "UTF-16", |c| {
        c.widen();
        Some(())
    }),
    pack("bad-encoding", "byte-order mark in the manifest", |c| {
        c.at_start("⟦\u{feff}⟧");
        Some(())
    }),
    task("bad-encoding", "latin-1 throughout", |c| {
        c.at_top("# caf⟦␦⟧ au lait, na␦ve, d␦j␦ vu");
        Some(())
    }),
    // syntax
    task("syntax", "text not closed", |c| {
        let path = line_text(c)?;
        let text = c.written(&path)?.trim_end_matches(['"', '\'']).to_owned();
        c.set(&path, &format!("⟦{text}⟧"))
    }),
    task("syntax", "text not opened", |c| {
        let path = line_text(c)?;
        let text = c.written(&path)?.trim_start_matches(['"', '\'']).to_owned();
        c.set(&path, &format!("⟦{text}⟧"))
    }),
    task("syntax", "no quotes at all", |c| {
        let path = line_text(c)?;
        c.set(&path, "⟦plain words⟧")
    }),
    task("syntax", "quote within a text", |c| {
        let path = line_text(c)?;
        c.set(&path, "\"the ⟦\"blue\" mug\"⟧")
    }),
    task("syntax", "no equals sign", |c| {
        at_line_start(c, "max_steps")?;
        c.swap("max_steps =", "⟦max_steps ")?;
        c.set("max_steps", "7⟧")
    }),
    task("syntax", "colon for equals", |c| c.swap("difficulty =", "⟦difficulty:⟧")),
    task("syntax", "two equals signs", |c| c.swap("difficulty = ", "difficulty =⟦=⟧ ")),
    task("syntax", "no value", |c| {
        at_line_start(c, "max_steps")?;
        c.mark_key("max_steps");
        c.set("max_steps", "")
    }),
    task("syntax", "list not closed", |c| {
        at_line_start(c, "tags")?;
        c.set("tags", "⟦[⟧\"a\", \"b\"")
    }),
    task("syntax", "comma missing in a list", |c| {
        at_line_start(c, "tags")?;
        c.set("tags", "[\"a\" ⟦\"b\"⟧]")
    }),
    task("syntax", "capital boolean", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦True⟧")
    }),
    task("syntax", "bare date of another style", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦03/14/2026⟧")
    }),
    task("syntax", "leading zero", |c| c.set("max_steps", "⟦010⟧")),
    task("syntax", "thousands by comma", |c| {
        let path = record_text(c)?;
        at_line_start(c, &path)?;
        c.set(&path, "1⟦,250.00⟧")
    }),
    task("syntax", "bad escape", |c| {
        let path = line_text(c)?;
        c.set(&path, "\"C:⟦\\q⟧ueue\"")
    }),
    task("syntax", "broken unicode escape", |c| {
        let path = line_text(c)?;
        c.set(&path, "\"see ⟦\\u12⟧ there\"")
    }),
    task("syntax", "curly quotes", |c| {
        let path = line_text(c)?;
        c.set(&path, "⟦“plain words”⟧")
    }),
    task("syntax", "stray words at the top", |c| {
        c.at_top("⟦this is my first task⟧");
        Some(())
    }),
    task("syntax", "slashes for a comment", |c| {
        c.at_top("⟦// this is my first task⟧");
        Some(())
    }),
    task("syntax", "header not closed", |c| {
        let header =
            ["[evidence]", "[oracle]", "[ticket]"].into_iter().find(|h| c.text().contains(&format!("\n{h}")))?;
        c.swap(&format!("\n{header}"), &format!("\n⟦{}⟧", header.trim_end_matches(']')))
    }),
    task("syntax", "unescaped line break", |c| {
        let path = line_text(c)?;
        c.set(&path, "⟦\"one line\nand another.\"⟧")
    }),
    task("syntax", "two statements on a line", |c| {
        at_line_start(c, "max_steps")?;
        c.end_of_line("max_steps", " ⟦note = 1⟧")
    }),
    task("syntax", "multi-line text never closed", |c| {
        at_line_start(c, "oracle.reply")?;
        let text = c.string("oracle.reply")?;
        c.set("oracle.reply", &format!("⟦\"\"\"⟧{text}"))
    }),
    pack("syntax", "one of several long texts not closed", |c| {
        let (text, head) = (c.text(), "\ntext = \"\"\"\n");
        let start = text.find(head)?;
        let body = start + head.len();
        let end = body + text[body..].find("\n\"\"\"\n")?;
        // Without another one behind it, the text runs to the end of the file.
        text[end + 5..].contains(head).then_some(())?;
        let inside = text[body..end].to_owned();
        c.swap(&format!("{head}{inside}\n\"\"\"\n"), &format!("\ntext = ⟦\"\"\"⟧\n{inside}\n\n"))
    }),
    pack("syntax", "long text opened with two quotes", |c| c.swap("\ntext = \"\"\"\n", "\ntext = ⟦\"\"⟧\n")),
    pack("syntax", "colon for equals in the codes", |c| {
        let path = c.pick("resolutions.*")?;
        let key = path.rsplit('.').next()?.to_owned();
        c.swap(&format!("\n{key} = "), &format!("\n⟦{key}:⟧ "))
    }),
    task("syntax", "comma missing in an inline table", |c| {
        let path = record_text(c)?;
        at_line_start(c, &path)?;
        c.set(&path, "{ a = 2 ⟦b⟧ = 3 }")
    }),
    task("syntax", "inline table in a list not closed", |c| {
        let path = record_text(c)?;
        at_line_start(c, &path)?;
        c.set(&path, "[\n  ⟦{⟧ a = 2\n  { a = 3 },\n]")
    }),
    task("syntax", "bracket of a list lost", |c| {
        at_line_start(c, "tags")?;
        c.mark_key("tags");
        c.set("tags", "\n  { a = 1 },\n  { a = 2 },\n]")
    }),
    task("syntax", "list without brackets", |c| {
        at_line_start(c, "tags")?;
        c.set("tags", "\"a\"⟦, \"b\"⟧")
    }),
    task("syntax", "comma behind a value", |c| {
        at_line_start(c, "max_steps")?;
        let steps = c.written("max_steps")?.to_owned();
        c.set("max_steps", &format!("{steps}⟦,⟧"))
    }),
    task("syntax", "word for nothing", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦none⟧")
    }),
    task("syntax", "prefix without digits", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦0x⟧")
    }),
    task("syntax", "path of Windows", |c| {
        let path = line_text(c)?;
        c.set(&path, "\"C:⟦\\U⟧sers\"")
    }),
    task("syntax", "unfinished merge", |c| {
        c.at_top("⟦<<<<<<< HEAD⟧\n# mine\n=======\n# theirs\n>>>>>>> other");
        Some(())
    }),
    pack("syntax", "no quotes in the manifest", |c| c.set("description", "⟦A desk of a shop⟧")),
    task(SILENT, "near miss: odd but valid TOML", |c| {
        c.at_top("# \t odd comments # with = [signs] \"in\" them\n\n  \t");
        c.append("\n#\n    # the end");
        Some(())
    }),
    // duplicate-key
    task("duplicate-key", "key twice, next to another", |c| {
        c.add("max_steps", "⟦difficulty⟧ = \"hard\"")
            .and_then(|()| (c.text().find("difficulty")? < c.text().find("max_steps")?).then_some(()))
    }),
    task("duplicate-key", "key of the ticket twice", |c| c.add("ticket.message", "⟦subject⟧ = \"again\"")),
    task("duplicate-key", "key of a record twice", |c| {
        let path = c.pick("artifacts[*].record.*")?;
        let key = path.rsplit('.').next()?.to_owned();
        let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        // The added one stands first, so the old one is the second.
        c.mark_key(&path)?;
        plain.then(|| c.add(&path, &format!("{key} = 1")))?
    }),
    task("duplicate-key", "table twice", |c| {
        c.text().contains("\n[evidence]").then(|| c.append("[⟦evidence⟧]\nrequired = [\"ticket\"]"))
    }),
    task("duplicate-key", "key twice in an inline table", |c| {
        let path = record_text(c)?;
        c.set(&path, "{ a = 1, b = 2, ⟦a⟧ = 3 }")
    }),
    pack("duplicate-key", "code twice", |c| {
        let path = c.pick("resolutions.*")?;
        let key = path.rsplit('.').next()?.to_owned();
        c.mark_key(&path)?;
        c.add(&path, &format!("{key} = \"Again.\""))
    }),
    // unportable-toml
    task("unportable-toml", "leap second", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦2016-12-31T23:59:60Z⟧")
    }),
    task("unportable-toml", "big integer", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦9007199254740993⟧")
    }),
    task("unportable-toml", "local time", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦07:32:00⟧")
    }),
    task("unportable-toml", "local time in a list", |c| {
        let path = record_text(c)?;
        c.set(&path, "[{ opens = ⟦08:00:00.5⟧ }]")
    }),
    task("unportable-toml", "inline table of several lines", |c| {
        let path = record_text(c)?;
        at_line_start(c, &path)?;
        c.set(&path, "⟦{ a = 1,⟧\n  b = [\n 2 ] }")
    }),
    task("unportable-toml", "comma at the end of an inline table", |c| {
        let path = record_text(c)?;
        c.set(&path, "{ a = 1⟦,⟧ }")
    }),
    task("unportable-toml", "escape of two digits", |c| {
        let path = record_text(c)?;
        c.set(&path, "\"blu⟦\\x65⟧\"")
    }),
    task("unportable-toml", "time without seconds", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦1979-05-27T07:32Z⟧")
    }),
    task(SILENT, "near miss: an inline table that holds lines", |c| {
        let path = record_text(c)?;
        at_line_start(c, &path)?;
        c.set(&path, "{ a = [\n  1,\n], b = 2 }")
    }),
    task(SILENT, "near miss: large and early values", |c| {
        let path = record_text(c)?;
        c.set(&path, "[9007199254740992, 1979-05-27T07:32:00, 0xff, 1_000]")
    }),
];
