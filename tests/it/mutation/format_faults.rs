//! Faults of the form: bytes, syntax, keys, types, ranges, patterns.

use super::plant::{pack, task};
use super::{Case, Kind, SILENT};

/// A value of a record that nothing is computed from.
fn record_text(c: &mut Case) -> Option<String> {
    let names =
        ["status", "carrier", "state", "clinic", "band", "station", "data_opened_by", "answer", "kind", "method"];
    let found: Vec<String> = names
        .iter()
        .flat_map(|name| {
            c.paths(&format!("artifacts[*].record.{name}"))
                .into_iter()
                .chain(c.paths(&format!("artifacts[*].record.shipment.{name}")))
                .chain(c.paths(&format!("artifacts[*].record.deposit.{name}")))
        })
        .collect();
    if found.is_empty() {
        return None;
    }
    Some(found[c.draw.number(0, found.len() as u64 - 1) as usize].clone())
}

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
    // wrong-type
    task("wrong-type", "number as text", |c| c.set("max_steps", "⟦\"8\"⟧")),
    task("wrong-type", "float for an integer", |c| c.set("max_steps", "⟦8.5⟧")),
    task("wrong-type", "text as number", |c| c.set("title", "⟦12⟧")),
    task("wrong-type", "text for a list", |c| c.set("evidence.required", "⟦\"ticket\"⟧")),
    task("wrong-type", "number in a list of texts", |c| {
        c.has("tags").then_some(())?;
        c.set("tags", "[\"a\", ⟦3⟧]")
    }),
    task("wrong-type", "boolean as text", |c| {
        let path = c.pick("artifacts[*].distractor")?;
        c.set(&path, "⟦\"true\"⟧")
    }),
    task("wrong-type", "boolean as number", |c| {
        let path = c.pick("artifacts[*].distractor")?;
        c.set(&path, "⟦1⟧")
    }),
    task("wrong-type", "list for a text", |c| c.set("objective", "⟦[\"Do it.\"]⟧")),
    task("wrong-type", "text for a record", |c| {
        let path = c.pick("artifacts[*].record")?;
        let inline = c.written(&path)?.starts_with('{');
        inline.then(|| c.set(&path, "⟦\"see the file\"⟧"))?
    }),
    task("wrong-type", "phrase for a list of phrases", |c| {
        let path = c.pick("reply.keywords[*].any_of")?;
        c.set(&path, "⟦\"refund\"⟧")
    }),
    task("wrong-type", "flat groups", |c| {
        let path = c.pick("reply.forbidden[*].near").or_else(|| c.pick("reply.keywords[*].near"))?;
        c.set(&path, "[⟦\"send\"⟧, \"password\"]")
    }),
    task("wrong-type", "weight as text", |c| {
        let path = c.pick("reply.keywords[*].id")?;
        let base = path.strip_suffix(".id")?.to_owned();
        (!c.has(&format!("{base}.weight"))).then_some(())?;
        c.add(&path, "weight = ⟦\"2\"⟧")
    }),
    task("wrong-type", "reply as number in an example", |c| {
        let path = c.pick("examples[*].reply")?;
        c.set(&path, "⟦5⟧")
    }),
    task("wrong-type", "time as number", |c| {
        c.has("ticket.opened_at").then_some(())?;
        c.set("ticket.opened_at", "⟦1767225600⟧")
    }),
    pack("wrong-type", "version as a number", |c| c.set("version", "⟦1.0⟧")),
    pack("wrong-type", "meaning as a list", |c| {
        let path = c.pick("resolutions.*")?;
        c.set(&path, "⟦[\"a\"]⟧")
    }),
    pack("wrong-type", "alias as a number", |c| {
        let path = c.pick("policies[*].aliases")?;
        c.set(&path, "[⟦7⟧]")
    }),
    // missing-key
    task("missing-key", "objective", |c| {
        c.mark_first_line();
        c.remove("objective")
    }),
    task("missing-key", "difficulty", |c| {
        c.mark_first_line();
        c.remove("difficulty")
    }),
    task("missing-key", "max_steps", |c| {
        c.mark_first_line();
        c.remove("max_steps")
    }),
    task("missing-key", "task id", |c| {
        c.mark_first_line();
        c.remove("id")
    }),
    task("missing-key", "schema_version", |c| {
        c.mark_first_line();
        c.remove("schema_version")
    }),
    task("missing-key", "ticket message", |c| {
        c.mark("ticket")?;
        c.remove("ticket.message")
    }),
    task("missing-key", "ticket subject", |c| {
        c.mark("ticket")?;
        c.remove("ticket.subject")
    }),
    task("missing-key", "artifact title", |c| {
        let path = c.pick("artifacts[*].title")?;
        c.mark(path.strip_suffix(".title")?)?;
        c.remove(&path)
    }),
    task("missing-key", "artifact id", |c| {
        let path = c.pick("artifacts[*].id")?;
        c.mark(path.strip_suffix(".id")?)?;
        c.remove(&path)
    }),
    task("missing-key", "keyword id", |c| {
        let path = c.pick("reply.keywords[*].id")?;
        c.mark(path.strip_suffix(".id")?)?;
        c.remove(&path)
    }),
    task("missing-key", "example reply", |c| {
        let path = c.pick("examples[*].reply")?;
        c.mark(path.strip_suffix(".reply")?)?;
        c.remove(&path)
    }),
    task("missing-key", "expected code", |c| {
        c.mark("resolution")?;
        c.remove("resolution.expected")
    }),
    task("missing-key", "required evidence", |c| {
        let header = c.text().contains("\n[evidence]");
        header.then(|| c.mark("evidence"))?;
        c.remove("evidence.required")
    }),
    pack("missing-key", "name", |c| {
        c.mark_first_line();
        c.remove("name")
    }),
    pack("missing-key", "policy text", |c| {
        let path = c.pick("policies[*].text")?;
        c.mark(path.strip_suffix(".text")?)?;
        c.remove(&path)
    }),
    // unknown-key
    task("unknown-key", "strange key at the top", |c| {
        c.at_top("⟦reviewer⟧ = \"nobody\"");
        Some(())
    }),
    task("unknown-key", "strange key of the ticket", |c| c.add("ticket.subject", "⟦mailbox⟧ = 3")),
    task("unknown-key", "strange key of a keyword", |c| {
        let path = c.pick("reply.keywords[*].id")?;
        c.add(&path, "⟦zebra⟧ = true")
    }),
    task("unknown-key", "strange key of an example", |c| {
        let path = c.pick("examples[*].reply")?;
        c.add(&path, "⟦author⟧ = \"me\"")
    }),
    task("unknown-key", "strange table", |c| {
        c.append("⟦[quality]⟧\nchecked = true");
        Some(())
    }),
    task("unknown-key", "strange list of tables", |c| {
        c.append("⟦[[attachments]]⟧\nname = \"a.png\"");
        Some(())
    }),
    task("unknown-key", "title at the wrong place", |c| c.add("resolution.expected", "⟦title⟧ = \"x\"")),
    task("unknown-key", "near with window in any_of's place", |c| {
        let path = c.pick("reply.keywords[*].any_of")?;
        c.add(&path, "⟦words⟧ = [\"a\"]")
    }),
    pack("unknown-key", "strange key of the pack", |c| {
        c.at_top("⟦licence⟧ = \"MIT\"");
        Some(())
    }),
    pack("unknown-key", "strange key of a policy", |c| {
        let path = c.pick("policies[*].id")?;
        c.add(&path, "⟦owner⟧ = \"x\"")
    }),
    pack("unknown-key", "strange weight", |c| {
        let path = c.pick("grading.weights.resolution")?;
        c.add(&path, "⟦politeness⟧ = 0.0")
    }),
    // bad-enum
    task("bad-enum", "difficulty", |c| c.set("difficulty", "⟦\"moderate\"⟧")),
    task("bad-enum", "difficulty in capitals", |c| {
        c.suggests("hard");
        c.set("difficulty", "⟦\"Hard\"⟧")
    }),
    task("bad-enum", "split", |c| {
        c.has("split").then_some(())?;
        c.suggests("train");
        c.set("split", "⟦\"training\"⟧")
    }),
    task("bad-enum", "channel", |c| {
        c.has("ticket.channel").then_some(())?;
        c.suggests("email");
        c.set("ticket.channel", "⟦\"e-mail\"⟧")
    }),
    task("bad-enum", "mood", |c| {
        let path = c.pick("reply.keywords[*].any_of")?;
        c.suggests("statement");
        c.add(&path, "mood = ⟦\"statment\"⟧")
    }),
    task("bad-enum", "verdict", |c| {
        let path = c.pick("examples[*].expect.*")?;
        c.set(&path, "⟦\"missing\"⟧")
    }),
    task("bad-enum", "effect", |c| {
        let path = c.pick("reply.forbidden[*].id")?;
        let base = path.strip_suffix(".id")?.to_owned();
        (!c.has(&format!("{base}.effect"))).then_some(())?;
        c.add(&path, "effect = ⟦\"block\"⟧")
    }),
    pack("bad-enum", "exposure", |c| {
        c.has("exposure.state").then_some(())?;
        c.set("exposure.state", "⟦\"hidden\"⟧")
    }),
    pack("bad-enum", "level", |c| {
        (!c.has("lint")).then_some(())?;
        c.append("[lint.severity]\nnot-nfc = ⟦\"warn\"⟧");
        c.suggests("warning");
        Some(())
    }),
    // out-of-range
    task("out-of-range", "no steps", |c| c.set("max_steps", "⟦0⟧")),
    task("out-of-range", "negative steps", |c| c.set("max_steps", "⟦-5⟧")),
    task("out-of-range", "too many steps", |c| c.set("max_steps", "⟦1001⟧")),
    task("out-of-range", "nothing required", |c| c.set("evidence.required", "⟦[]⟧")),
    task("out-of-range", "no phrases", |c| {
        let path = c.pick("reply.keywords[*].any_of")?;
        c.set(&path, "⟦[]⟧")
    }),
    task("out-of-range", "weight of nothing", |c| {
        let path = c.pick("reply.keywords[*].weight")?;
        c.set(&path, "⟦0⟧")
    }),
    task("out-of-range", "negative weight", |c| {
        let path = c.pick("reply.keywords[*].weight")?;
        c.set(&path, "⟦-1.5⟧")
    }),
    task("out-of-range", "full credit for a partial code", |c| {
        let path = c.pick("resolution.partial.*")?;
        c.set(&path, "⟦1.0⟧")
    }),
    task("out-of-range", "no credit for a partial code", |c| {
        let path = c.pick("resolution.partial.*")?;
        c.set(&path, "⟦0⟧")
    }),
    task("out-of-range", "window of nothing", |c| {
        let path = c.pick("reply.keywords[*].window").or_else(|| c.pick("reply.forbidden[*].window"))?;
        c.set(&path, "⟦0⟧")
    }),
    task("out-of-range", "integer beyond 64 bits", |c| c.set("max_steps", "⟦99999999999999999999⟧")),
    pack("out-of-range", "weight above one", |c| {
        let path = c.pick("grading.weights.resolution")?;
        c.set(&path, "⟦40⟧")
    }),
    pack("out-of-range", "negative free steps", |c| {
        c.has("grading.free_steps").then_some(())?;
        c.set("grading.free_steps", "⟦-1⟧")
    }),
    pack("out-of-range", "reward above one", |c| {
        c.has("rewards.evidence").then_some(())?;
        c.set("rewards.evidence", "⟦1.05⟧")
    }),
    // bad-pattern
    task("bad-pattern", "task id with capitals", |c| {
        let id = c.string("id")?;
        c.set("id", &format!("⟦\"{}\"⟧", id.to_uppercase()))
    }),
    task("bad-pattern", "task id with blanks", |c| {
        let id = c.string("id")?;
        c.set("id", &format!("⟦\"{}\"⟧", id.replace('-', " ")))
    }),
    task("bad-pattern", "task id with a dash at its end", |c| {
        let id = c.string("id")?;
        c.set("id", &format!("⟦\"{id}-\"⟧"))
    }),
    task("bad-pattern", "empty task id", |c| c.set("id", "⟦\"\"⟧")),
    task("bad-pattern", "artifact id with a blank", |c| {
        let path = c.pick("artifacts[*].id")?;
        c.set(&path, "⟦\"the order\"⟧")
    }),
    task("bad-pattern", "keyword id with a dot", |c| {
        let path = c.pick("reply.keywords[*].id")?;
        c.set(&path, "⟦\"a.b\"⟧")
    }),
    task("bad-pattern", "money without a currency", |c| {
        let path = c.pick("reply.keywords[*].money")?;
        c.set(&path, "⟦\"64,50\"⟧")
    }),
    task("bad-pattern", "duration in words nobody reads", |c| {
        let path = c.pick("reply.keywords[*].duration")?;
        c.set(&path, "⟦\"soonish\"⟧")
    }),
    task("bad-pattern", "date of no calendar", |c| {
        let path = c.pick("reply.keywords[*].date")?;
        c.set(&path, "⟦\"2026-02-30\"⟧")
    }),
    task("bad-pattern", "opened_at on a day that no calendar has", |c| {
        c.has("ticket.opened_at").then_some(())?;
        c.set("ticket.opened_at", "⟦\"2026-02-30T10:00:00Z\"⟧")
    }),
    task("bad-pattern", "opened_at as words", |c| {
        c.has("ticket.opened_at").then_some(())?;
        c.set("ticket.opened_at", "⟦\"last Tuesday\"⟧")
    }),
    pack("bad-pattern", "version", |c| c.set("version", "⟦\"v2\"⟧")),
    pack("bad-pattern", "name with dashes", |c| c.set("name", "⟦\"my-desk\"⟧")),
    pack("bad-pattern", "currency in small letters", |c| c.set("currency", "⟦\"usd\"⟧")),
    pack("bad-pattern", "code with a capital", |c| {
        let path = c.pick("resolutions.*")?;
        c.rekey(&path, "⟦Send_Mail⟧")
    }),
    // non-finite-number
    task("non-finite-number", "nan in a record", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦nan⟧")
    }),
    task("non-finite-number", "infinity in a list", |c| {
        let path = record_text(c)?;
        c.set(&path, "[1.5, ⟦-inf⟧]")
    }),
    task("non-finite-number", "beyond any double", |c| {
        let path = record_text(c)?;
        c.set(&path, "⟦1e999⟧")
    }),
    task("non-finite-number", "infinite weight", |c| {
        let path = c.pick("reply.keywords[*].weight")?;
        c.set(&path, "⟦inf⟧")
    }),
    pack("non-finite-number", "weight that is none", |c| {
        let path = c.pick("grading.weights.reply")?;
        c.set(&path, "⟦nan⟧")
    }),
    // future-schema-version
    task("future-schema-version", "next version", |c| c.set("schema_version", "⟦2⟧")),
    task("future-schema-version", "next version with keys of its own", |c| {
        c.at_top("persona = \"angry\"");
        c.set("schema_version", "⟦7⟧")
    }),
    pack("future-schema-version", "next version of the manifest", |c| c.set("schema_version", "⟦3⟧")),
    // missing-schema-directive
    task("missing-schema-directive", "no line", |c| {
        let line = c.text().lines().next()?.to_owned();
        line.starts_with("#:schema").then_some(())?;
        c.swap(&format!("{line}\n"), "⟦⟧").or_else(|| c.swap(&format!("{line}\r\n"), "⟦⟧"))
    }),
    task("missing-schema-directive", "the pack's schema", |c| {
        let line = c.text().lines().next()?.to_owned();
        let target = line.strip_prefix("#:schema ")?.to_owned();
        c.swap(&target, &format!("⟦{}⟧", target.replace("task.", "pack.")))
    }),
    task("missing-schema-directive", "behind the first key", |c| {
        let line = c.text().lines().next()?.to_owned();
        c.swap(&line, "⟦# a task⟧")?;
        c.end_of_line("schema_version", &format!("\n{line}"))
    }),
    pack("missing-schema-directive", "of another name", |c| {
        let line = c.text().lines().next()?.to_owned();
        let target = line.strip_prefix("#:schema ")?.to_owned();
        c.swap(&target, "⟦schema.json⟧")
    }),
    task(SILENT, "near miss: a directive by address", |c| {
        let line = c.text().lines().next()?.to_owned();
        let target = line.strip_prefix("#:schema ")?.to_owned();
        c.swap(&target, "https://example.org/v1/task.schema.json")
    }),
    // too-large
    task("too-large", "string", |c| {
        let long = "word ".repeat(14_000);
        let path = c.pick("artifacts[*].title")?;
        c.set(&path, &format!("⟦\"{long}\"⟧"))
    }),
    task("too-large", "deep lists", |c| {
        let path = record_text(c)?;
        c.set(&path, &format!("⟦{}{}⟧", "[".repeat(70), "]".repeat(70)))
    }),
    task("too-large", "file", |c| {
        c.append(&"# padding\n".repeat(110_000));
        Some(())
    }),
];
