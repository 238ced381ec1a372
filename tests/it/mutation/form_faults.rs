//! Faults of the form: types, keys, ranges, patterns, sizes.

use super::plant::{pack, record_text, task};
use super::{Kind, SILENT};

pub(super) const KINDS: &[Kind] = &[
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
