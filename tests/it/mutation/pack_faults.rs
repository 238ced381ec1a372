//! Answers given away, and faults of whole packs.

use super::Scope::{Five, Small};
use super::plant::{distractor, of, pack, task};
use super::{Kind, SILENT};

pub(super) const KINDS: &[Kind] = &[
    // leaks
    task("answer-leaked", "code in the ticket", |c| {
        let code = c.string("resolution.expected")?;
        c.say("ticket.message", &format!("Just ⟦{code}⟧, please."))
    }),
    task("answer-leaked", "words of the code in the objective", |c| {
        let code = c.string("resolution.expected")?.replace('_', " ");
        c.say("objective", &format!("You should ⟦{code}⟧ in the end."))
    }),
    task("answer-leaked", "words of the code in the title", |c| {
        let code = c.string("resolution.expected")?.replace('_', " ");
        let upper = code[..1].to_uppercase() + &code[1..];
        c.set("title", &format!("\"⟦{upper}⟧ or not\""))
    }),
    task("answer-leaked", "code as the id", |c| {
        let code = c.string("resolution.expected")?.replace('_', "-");
        c.set("id", &format!("⟦\"{code}\"⟧"))
    }),
    task("answer-leaked", "code in the summary", |c| {
        let code = c.string("resolution.expected")?;
        c.has("workspace_summary").then_some(())?;
        c.say("workspace_summary", &format!("Expected: ⟦{code}⟧."))
    }),
    task("answer-in-artifact", "code in a record", |c| {
        let code = c.string("resolution.expected")?;
        let path = c.first("artifacts[0].record.*")?;
        c.add(&path, &format!("note = ⟦\"next step: {code}\"⟧"))
    }),
    task("answer-in-artifact", "code as a value of a list", |c| {
        let code = c.string("resolution.expected")?;
        let path = c.first("artifacts[*].record.*")?;
        c.add(&path, &format!("steps = [\"look\", ⟦\"{code}\"⟧]"))
    }),
    of(Small, "keywords-leaked", "customer says it", |c| {
        c.set("reply.keywords[0].any_of", "[\"replacement\"]")?;
        c.add("reply.keywords[0].any_of", "by = \"any\"")?;
        c.mark("ticket.message")?;
        c.say("ticket.message", "A replacement has been shipped before.")
    }),
    task("id-hints-relevance", "decoy", |c| {
        let base = distractor(c)?;
        let id = c.string(&format!("{base}.id"))?;
        c.set(&format!("{base}.id"), &format!("⟦\"{id}_decoy\"⟧"))
    }),
    task("id-hints-relevance", "distractor with a number", |c| {
        let base = distractor(c)?;
        c.set(&format!("{base}.id"), "⟦\"distractor-2\"⟧")
    }),
    task("id-hints-relevance", "real in the task's id", |c| {
        let id = c.string("id")?;
        c.set("id", &format!("⟦\"real-{id}\"⟧"))
    }),
    pack("id-hints-relevance", "primary policy", |c| {
        let path = c.pick("policies[*].distractor")?;
        c.set(&path.replace("distractor", "id"), "⟦\"primary_rule\"⟧")
    }),
    task(SILENT, "near miss: realty and primaries", |c| {
        let base = distractor(c)?;
        c.set(&format!("{base}.id"), "\"realty_listing\"")
    }),
    of(Five, "position-bias", "always first", |c| {
        c.open("pack.toml");
        c.expect_in("pack.toml");
        c.swap("refund_price = \"Pay the price back.\"\n", "")?;
        c.mark_key("resolutions.send_replacement")
    }),
    of(Five, "position-bias", "always last", |c| {
        c.open("pack.toml");
        c.expect_in("pack.toml");
        c.remove("resolutions.send_replacement")?;
        let path = c.first("resolutions.escalate")?;
        let own = c.written(&path)?.to_owned();
        c.set(&path, &format!("{own}\n⟦send_replacement⟧ = \"Ship the same piece again at no cost.\""))
    }),
    of(Five, SILENT, "near miss: always second", |_| Some(())),
    of(Five, SILENT, "near miss: always first in four tasks", |c| {
        c.delete("vase.toml");
        c.open("pack.toml");
        c.swap("refund_price = \"Pay the price back.\"\n", "")
    }),
    of(Five, SILENT, "near miss: first in four tasks of five", |c| {
        c.set("resolution.expected", "\"escalate\"")?;
        c.open("pack.toml");
        c.swap("refund_price = \"Pay the price back.\"\n", "")
    }),
    of(Five, SILENT, "near miss: last in four tasks of five", |c| {
        c.set("resolution.expected", "\"escalate\"")?;
        c.open("pack.toml");
        c.remove("resolutions.send_replacement")?;
        let path = c.first("resolutions.escalate")?;
        let own = c.written(&path)?.to_owned();
        c.set(&path, &format!("{own}\nsend_replacement = \"Ship the same piece again at no cost.\""))
    }),
    task("near-duplicate-task", "copy under another name", |c| {
        let text = c.text().replacen(&c.string("id")?, "⟦zz-copied-case⟧", 1);
        let text = text.replacen("\"⟦zz-copied-case⟧\"", "⟦\"zz-copied-case\"⟧", 1).replacen(
            "'⟦zz-copied-case⟧'",
            "⟦'zz-copied-case'⟧",
            1,
        );
        let name =
            c.file().rsplit_once('/').map_or("zz-copy.toml".to_owned(), |(folder, _)| format!("{folder}/zz-copy.toml"));
        c.create(&name, &text);
        c.expect_in(&name);
        Some(())
    }),
    task("train-test-overlap", "copy in another split", |c| {
        let split = c.string("split")?;
        let other = if split == "train" { "validation" } else { "train" };
        let text = c.text().replacen(&c.string("id")?, "⟦zz-copied-case⟧", 1);
        let text = text.replacen("\"⟦zz-copied-case⟧\"", "⟦\"zz-copied-case\"⟧", 1).replacen(
            "'⟦zz-copied-case⟧'",
            "⟦'zz-copied-case'⟧",
            1,
        );
        let text = text.replacen(&format!("split = \"{split}\""), &format!("split = \"{other}\""), 1).replacen(
            &format!("split = '{split}'"),
            &format!("split = '{other}'"),
            1,
        );
        let name =
            c.file().rsplit_once('/').map_or("zz-copy.toml".to_owned(), |(folder, _)| format!("{folder}/zz-copy.toml"));
        c.create(&name, &text);
        c.expect_in(&name);
        Some(())
    }),
    of(Small, "empty-pack", "manifest alone", |c| {
        c.delete("mug.toml");
        c.open("pack.toml");
        c.expect_in("pack.toml");
        c.mark_first_line();
        Some(())
    }),
    of(Small, "missing-manifest", "task alone", |c| {
        c.delete("pack.toml");
        c.expect_in_any();
        Some(())
    }),
    // packs
    of(Small, "nested-pack", "pack within a pack", |c| {
        let text = c.text_of("pack.toml");
        c.create("more/pack.toml", &format!("⟦{}", text.replacen('\n', "⟧\n", 1)));
        c.expect_in("more/pack.toml");
        Some(())
    }),
    of(Small, "single-resolution", "two codes", |c| {
        c.open("pack.toml");
        c.expect_in("pack.toml");
        c.mark("resolutions")?;
        c.remove("resolutions.escalate")
    }),
    of(Small, "single-resolution", "one code", |c| {
        c.open("pack.toml");
        c.expect_in("pack.toml");
        c.mark("resolutions")?;
        c.remove("resolutions.escalate")?;
        c.remove("resolutions.store_credit")
    }),
];
