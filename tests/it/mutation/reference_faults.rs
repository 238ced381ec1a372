//! Faults of meaning: ids, references, codes, evidence, steps, weights, keywords, examples, whole packs.

use super::Scope::{Five, Pack, Small, Task};
use super::{Case, Kind, SILENT, Scope};

const fn task(code: &'static str, name: &'static str, plant: fn(&mut Case) -> Option<()>) -> Kind {
    Kind { name, code, scope: Task, plant }
}

const fn pack(code: &'static str, name: &'static str, plant: fn(&mut Case) -> Option<()>) -> Kind {
    Kind { name, code, scope: Pack, plant }
}

const fn of(scope: Scope, code: &'static str, name: &'static str, plant: fn(&mut Case) -> Option<()>) -> Kind {
    Kind { name, code, scope, plant }
}

/// An artifact's path that the task does not require.
fn distractor(c: &mut Case) -> Option<String> {
    let path = c.pick("artifacts[*].distractor")?;
    path.strip_suffix(".distractor").map(str::to_owned)
}

/// Whether tables in double brackets may be added to this list.
fn is_open(c: &Case, list: &str) -> Option<()> {
    (!c.has(list) || c.text().contains(&format!("[[{list}]]"))).then_some(())
}

/// Adds a keyword that is only reported.
fn keyword(c: &mut Case, body: &str) -> Option<()> {
    is_open(c, "reply.keywords")?;
    c.append(&format!("[[reply.keywords]]\nid = \"planted\"\noptional = true\n{body}"));
    Some(())
}

/// Adds a keyword that is scored, and examples for it; the oracle must meet it.
fn scored(c: &mut Case, body: &str, met: &str, unmet: &str) -> Option<()> {
    is_open(c, "reply.keywords")?;
    is_open(c, "examples")?;
    // Examples that pass in all would pass no longer.
    for path in c.paths("examples[*].passes") {
        let base = path.strip_suffix(".passes")?.to_owned();
        c.set(&path, "false").filter(|()| c.has(&format!("{base}.expect")))?;
    }
    c.say("oracle.reply", met)?;
    c.append(&format!(
        "[[reply.keywords]]\nid = \"planted\"\n{body}\n[[examples]]\nreply = \"{met}\"\nexpect = {{ planted = \"met\" }}\n[[examples]]\nreply = \"{unmet}\"\nexpect = {{ planted = \"unmet\" }}"
    ));
    Some(())
}

fn forbid(c: &mut Case, body: &str) -> Option<()> {
    is_open(c, "reply.forbidden")?;
    c.append(&format!("[[reply.forbidden]]\nid = \"planted\"\n{body}"));
    Some(())
}

/// A slip of the pen in a name.
fn slip(c: &mut Case, name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let at = c.draw.number(1, chars.len() as u64 - 2) as usize;
    let mut out = chars.clone();
    if c.draw.chance(50) && chars[at] != chars[at + 1] {
        out.swap(at, at + 1)
    } else {
        out.insert(at, chars[at])
    }
    out.into_iter().collect()
}

/// A part of the task's required keys of this kind, with its path.
fn required(c: &mut Case, kind: &str) -> Option<(String, String)> {
    let found: Vec<(String, String)> = c
        .paths("evidence.required[*]")
        .into_iter()
        .filter_map(|path| Some((path.clone(), c.string(&path)?.strip_prefix(kind)?.strip_prefix(':')?.to_owned())))
        .collect();
    (!found.is_empty()).then(|| found[c.draw.number(0, found.len() as u64 - 1) as usize].clone())
}

pub(super) const KINDS: &[Kind] = &[
    // ids
    task("duplicate-task-id", "id of another task", |c| {
        let other = c.other_files().first()?.clone();
        let own = c.file().to_owned();
        let (first, second) = if own < other { (own.clone(), other.clone()) } else { (other.clone(), own.clone()) };
        let id = c.string("id")?;
        if second == own {
            c.open(&first);
            let id = c.string("id")?;
            c.open(&second);
            c.set("id", &format!("⟦\"{id}\"⟧"))
        } else {
            c.open(&second);
            c.expect_in(&second);
            c.set("id", &format!("⟦\"{id}\"⟧"))
        }
    }),
    task("confusable-id", "task id with underscores", |c| {
        let other = c.other_files().first()?.clone();
        let own = c.file().to_owned();
        (own > other).then_some(())?;
        c.open(&other);
        let id = c.string("id")?.replace('-', "_");
        c.open(&own);
        c.set("id", &format!("⟦\"{id}\"⟧"))
    }),
    task("confusable-id", "artifact id with a digit for a letter", |c| {
        is_open(c, "artifacts")?;
        let id = c.pick("artifacts[*].id").and_then(|path| c.string(&path))?;
        let like = id.replacen('o', "0", 1).replacen('l', "1", 1);
        (like != id).then(|| {
            c.append(&format!(
                "[[artifacts]]\nid = ⟦\"{like}\"⟧\ntitle = \"Another\"\ndistractor = true\nrecord = {{ a = 1 }}"
            ))
        })
    }),
    task("confusable-id", "policy id with a dash", |c| {
        is_open(c, "policies")?;
        let id = required(c, "policy")?.1;
        let like = id.replace('_', "-");
        (like != id).then(|| c.append(&format!("[[policies]]\nid = ⟦\"{like}\"⟧\ntitle = \"Something of its own\"\ndistractor = true\ntext = \"Nothing of this kind is done here.\"")))
    }),
    task("duplicate-local-id", "artifact twice", |c| {
        is_open(c, "artifacts")?;
        let id = c.pick("artifacts[*].id").and_then(|path| c.string(&path))?;
        c.append(&format!(
            "[[artifacts]]\nid = ⟦\"{id}\"⟧\ntitle = \"Another\"\ndistractor = true\nrecord = {{ a = 1 }}"
        ));
        Some(())
    }),
    task("duplicate-local-id", "distractor with the id of a record", |c| {
        let base = distractor(c)?;
        let id = c.string("artifacts[0].id")?;
        (base != "artifacts[0]").then(|| c.set(&format!("{base}.id"), &format!("⟦\"{id}\"⟧")))?
    }),
    task("duplicate-local-id", "record renamed to another's id", |c| {
        // Both are required: the second reference has lost its record.
        let (first, second) = (c.string("artifacts[0].id")?, c.string("artifacts[1].id")?);
        let needs = |c: &mut Case, id: &str| {
            c.paths("evidence.required[*]").iter().any(|p| c.string(p).is_some_and(|k| k == format!("artifact:{id}")))
        };
        (needs(c, &first) && needs(c, &second)).then_some(())?;
        c.set("artifacts[1].id", &format!("⟦\"{first}\"⟧"))
    }),
    task("duplicate-local-id", "keyword twice", |c| {
        let id = c.string("reply.keywords[0].id")?;
        keyword(c, "any_of = [\"parcel\"]")?;
        let id = id.clone();
        c.amend("\"planted\"", &format!("⟦\"{id}\"⟧"))
    }),
    task("duplicate-local-id", "policy of the handbook again", |c| {
        is_open(c, "policies")?;
        let id = required(c, "policy")?.1;
        c.append(&format!("[[policies]]\nid = ⟦\"{id}\"⟧\ntitle = \"Something of its own\"\ndistractor = true\ntext = \"Nothing of this kind is done here.\""));
        Some(())
    }),
    task("alias-collision", "alias is another policy's id", |c| {
        is_open(c, "policies")?;
        let id = required(c, "policy")?.1.replace('_', " ");
        c.append(&format!("[[policies]]\nid = \"of_its_own\"\ntitle = \"Something of its own\"\naliases = [⟦\"{}\"⟧]\ndistractor = true\ntext = \"Nothing of this kind is done here.\"", id.to_uppercase()));
        Some(())
    }),
    pack("alias-collision", "alias is another policy's alias", |c| {
        let alias = c.string("policies[0].aliases[0]")?;
        let path = c.first("policies[1].aliases")?;
        c.set(&path, &format!("[⟦\"{} \"⟧]", alias.replace(' ', "-"))).filter(|()| !alias.contains('-'))?;
        c.amend(" \"⟧", "\"⟧")
    }),
    pack("alias-collision", "alias is another policy's title", |c| {
        let title = c.string("policies[0].title")?;
        let path = c.first("policies[1].aliases")?;
        c.set(&path, &format!("[⟦\"{}\"⟧]", title.to_lowercase()))
    }),
    // references
    task("dangling-reference", "slip in an artifact's key", |c| {
        let (path, id) = required(c, "artifact")?;
        let wrong = slip(c, &id);
        c.suggests(&format!("artifact:{id}"));
        c.set(&path, &format!("⟦\"artifact:{wrong}\"⟧"))
    }),
    task("dangling-reference", "slip in a policy's key", |c| {
        let (path, id) = required(c, "policy")?;
        let wrong = slip(c, &id);
        c.suggests(&format!("policy:{id}"));
        c.set(&path, &format!("⟦\"policy:{wrong}\"⟧"))
    }),
    task("dangling-reference", "artifact that is not there", |c| {
        let (path, _) = required(c, "artifact")?;
        c.set(&path, "⟦\"artifact:spaceship\"⟧")
    }),
    task("dangling-reference", "no kind before the colon", |c| {
        let (path, id) = required(c, "artifact")?;
        c.set(&path, &format!("⟦\"{id}\"⟧"))
    }),
    task("dangling-reference", "policies for policy", |c| {
        let (path, id) = required(c, "policy")?;
        c.suggests(&format!("policy:{id}"));
        c.set(&path, &format!("⟦\"policies:{id}\"⟧"))
    }),
    task("dangling-reference", "from without a field", |c| {
        let path = c
            .pick("reply.keywords[*].money.from")
            .or_else(|| c.pick("reply.keywords[*].date.from"))
            .or_else(|| c.pick("reply.keywords[*].ref.from"))?;
        let from = c.string(&path)?;
        let (artifact, _) = from.split_once('.')?;
        c.set(&path, &format!("⟦\"{artifact}.no_such_field\"⟧"))
    }),
    task("dangling-reference", "from another artifact", |c| {
        let path = c.pick("reply.keywords[*].*.from").or_else(|| c.pick("reply.keywords[*].ref.from"))?;
        c.set(&path, "⟦\"ledger.amount\"⟧")
    }),
    task("dangling-reference", "expectation of no keyword", |c| {
        let path = c.pick("examples[*].expect.*")?;
        c.rekey(&path, "⟦no_such_keyword⟧")
    }),
    task("dangling-reference", "exclusive with no keyword", |c| {
        let path = c.pick("reply.exclusive[*][*]")?;
        c.set(&path, "⟦\"no_such_keyword\"⟧")
    }),
    task("reserved-id", "task named after a route", |c| {
        let id = c.draw.one_of(&["health", "reset", "tasks", "metadata", "web"]);
        c.set("id", &format!("⟦\"{id}\"⟧"))
    }),
    task("reserved-id", "distractor named after an action", |c| {
        let base = distractor(c)?;
        c.set(&format!("{base}.id"), "⟦\"search_policy\"⟧")
    }),
    task("reserved-id", "distractor named ticket", |c| {
        let base = distractor(c)?;
        c.set(&format!("{base}.id"), "⟦\"ticket\"⟧")
    }),
    pack("reserved-id", "policy named after an action", |c| {
        let path = c.pick("policies[*].distractor")?;
        c.set(path.replace("distractor", "id").as_str(), "⟦\"draft_reply\"⟧")
    }),
    // codes
    task("unknown-resolution", "slip in the expected code", |c| {
        let code = c.string("resolution.expected")?;
        let wrong = slip(c, &code);
        c.suggests(&code);
        c.set("resolution.expected", &format!("⟦\"{wrong}\"⟧"))
    }),
    task("unknown-resolution", "code of no pack", |c| c.set("resolution.expected", "⟦\"launch_rocket\"⟧")),
    task("unknown-resolution", "dashes for underscores", |c| {
        let code = c.string("resolution.expected")?;
        c.suggests(&code);
        c.set("resolution.expected", &format!("⟦\"{}\"⟧", code.replace('_', "-")))
    }),
    task("unknown-resolution", "harmful code", |c| {
        let path = c.pick("resolution.harmful[*]")?;
        let code = c.string(&path)?;
        let wrong = slip(c, &code);
        c.suggests(&code);
        c.set(&path, &format!("⟦\"{wrong}\"⟧"))
    }),
    task("unknown-resolution", "partial code", |c| {
        let path = c.pick("resolution.partial.*")?;
        let code = path.rsplit('.').next()?.to_owned();
        let wrong = slip(c, &code);
        c.suggests(&code);
        c.rekey(&path, &format!("⟦{wrong}⟧"))
    }),
    task("resolution-conflict", "expected and harmful", |c| {
        let code = c.string("resolution.expected")?;
        if c.has("resolution.harmful") {
            c.set("resolution.harmful", &format!("[⟦\"{code}\"⟧]"))
        } else {
            c.add("resolution.expected", &format!("harmful = [⟦\"{code}\"⟧]"))
        }
    }),
    task("resolution-conflict", "expected and partial", |c| {
        let code = c.string("resolution.expected")?;
        let path = c.pick("resolution.partial.*")?;
        c.rekey(&path, &format!("⟦{code}⟧"))
    }),
    // matchers
    task("bad-matcher", "no matcher", |c| {
        let path = c.pick("reply.keywords[*].any_of")?;
        let base = path.strip_suffix(".any_of")?.to_owned();
        (!c.text().contains("keywords = [")).then_some(())?;
        c.mark(&base)?;
        c.remove(&path)
    }),
    task("bad-matcher", "two matchers", |c| {
        let path = c.pick("reply.keywords[*].any_of")?;
        c.mark_key(&path)?;
        c.add(&path, "number = 3")
    }),
    task("bad-matcher", "forbidden without a matcher", |c| {
        is_open(c, "reply.forbidden")?;
        c.append("⟦[[reply.forbidden]]⟧\nid = \"planted\"\nby = \"any\"");
        Some(())
    }),
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
    // evidence, steps
    pack("unused-policy", "handbook policy that nobody requires", |c| {
        let path = c.pick("policies[*].distractor")?;
        c.mark(&path.replace("distractor", "id"))?;
        c.remove(&path)
    }),
    task("unused-policy", "own policy that is not required", |c| {
        is_open(c, "policies")?;
        c.append("[[policies]]\nid = ⟦\"winter_hours\"⟧\ntitle = \"Hours in winter\"\ntext = \"The desk closes an hour earlier from November on.\"");
        Some(())
    }),
    task("unused-artifact", "mark taken away", |c| {
        let base = distractor(c)?;
        c.mark(&format!("{base}.id"))?;
        c.remove(&format!("{base}.distractor"))
    }),
    task("unused-artifact", "mark says false", |c| {
        let base = distractor(c)?;
        c.mark(&format!("{base}.id"))?;
        c.set(&format!("{base}.distractor"), "false")
    }),
    of(Small, "no-distractor", "all is required", |c| {
        c.mark("evidence.required")?;
        c.swap("\n[[artifacts]]\nid = \"newsletter\"\ntitle = \"Newsletter settings\"\nrecord = { subscribed = true }\ndistractor = true\n", "")?;
        c.set("max_steps", "5")?;
        c.open("pack.toml");
        c.swap("\n[[policies]]\nid = \"gift_wrapping\"\ntitle = \"Gift wrapping\"\ntext = \"Wrapping is done for 4 USD a piece.\"\ndistractor = true\n", "\n")
    }),
    task("budget-below-oracle", "three steps", |c| c.set("max_steps", "⟦2⟧")),
    task("budget-below-oracle", "one step too few", |c| {
        let needs = c.paths("evidence.required[*]").len() + 2;
        c.set("max_steps", &format!("⟦{}⟧", needs - 1))
    }),
    task(SILENT, "near miss: just enough steps", |c| {
        let needs = c.paths("evidence.required[*]").len() + 2;
        c.set("max_steps", &needs.to_string())
    }),
    task("budget-too-generous", "hundreds of steps", |c| c.set("max_steps", "⟦400⟧")),
    task("oracle-not-one", "oracle says nothing of it", |c| {
        let reply = c.string("oracle.reply")?;
        (reply.split_whitespace().count() >= 8).then_some(())?;
        c.set("oracle.reply", "⟦\"Thank you for your message. We will look into the matter and come back to you soon, within the week.\"⟧")
    }),
    task("oracle-not-one", "oracle refuses", |c| {
        c.set("oracle.reply", "⟦\"Unfortunately there is nothing that we can do for you in this matter, and we are sorry about that today.\"⟧")
    }),
    task("duplicate-evidence", "twice", |c| {
        let (path, _) = required(c, "artifact")?;
        let own = c.written(&path)?.to_owned();
        c.set(&path, &format!("{own}, ⟦{own}⟧"))
    }),
    task("duplicate-evidence", "ticket at the end again", |c| {
        let last = c.paths("evidence.required[*]").last()?.clone();
        let own = c.written(&last)?.to_owned();
        c.set(&last, &format!("{own}, ⟦\"ticket\"⟧"))
            .filter(|()| c.string("evidence.required[0]").is_some_and(|k| k == "ticket"))
    }),
    pack("weights-not-one", "sum above one", |c| {
        let path = c.pick("grading.weights.resolution")?;
        c.mark("grading.weights")?;
        let inline = c.written("grading.weights")?.starts_with('{');
        (!inline).then(|| c.set(&path, "⟦0.9⟧"))?
    }),
    task("weights-not-one", "own weight", |c| {
        (!c.has("grading")).then_some(())?;
        c.append("⟦[grading.weights]⟧\nefficiency = ⟦0.37⟧");
        Some(())
    }),
    task("weights-not-one", "one takes all", |c| {
        (!c.has("grading")).then_some(())?;
        c.append("⟦[grading.weights]⟧\nresolution = ⟦1.0⟧\nevidence = 0\nreply = 0\nefficiency = 0");
        Some(())
    }),
    of(Small, "dead-criterion", "all keywords optional", |c| {
        c.mark("reply")?;
        c.add("reply.keywords[0].id", "optional = true")
    }),
    // keywords
    task("keyword-forbidden-conflict", "keyword forbidden", |c| {
        let path = c.first("reply.keywords[*].any_of[0]")?;
        let base = path.split(".any_of").next()?.to_owned();
        (!c.has(&format!("{base}.optional")) && !c.has(&format!("{base}.polarity"))).then_some(())?;
        let word = c.string(&path)?;
        let word = word.trim_start_matches('=').to_owned();
        forbid(c, &format!("any_of = [⟦\"{word}\"⟧]"))
    }),
    task("keyword-forbidden-conflict", "keyword within a forbidden phrase", |c| {
        let path = c.first("reply.keywords[*].any_of[0]")?;
        let base = path.split(".any_of").next()?.to_owned();
        (!c.has(&format!("{base}.optional")) && !c.has(&format!("{base}.polarity"))).then_some(())?;
        let word = c.string(&path)?;
        let word = word.trim_start_matches('=').to_owned();
        forbid(c, &format!("any_of = [⟦\"{word} at once\"⟧]"))
    }),
    task("keyword-underivable", "word from nowhere", |c| {
        scored(
            c,
            "any_of = ⟦[\"zeppelin\"]⟧",
            "We have sent you a zeppelin today.",
            "Nothing has been sent to you today.",
        )
    }),
    task("keyword-underivable", "made-up term", |c| {
        scored(
            c,
            "any_of = ⟦[\"quantum harmoniser\", \"zorblax\"]⟧",
            "We have installed the quantum harmoniser in your flat.",
            "We have nothing more to tell you today.",
        )
    }),
    of(Small, "keyword-too-common", "a stop word", |c| {
        scored(c, "any_of = ⟦[\"the\"]⟧\nby = \"any\"", "The matter is done.", "Nothing to say.")
    }),
    of(Small, "keyword-too-common", "thanks", |c| {
        scored(
            c,
            "any_of = ⟦[\"thank\"]⟧\nby = \"any\"\nmood = \"any\"",
            "We thank you for the patience.",
            "Nothing to say about it.",
        )
    }),
    task("keyword-overlap", "phrase of another keyword", |c| {
        let path = c.first("reply.keywords[*].any_of[0]")?;
        let base = path.split(".any_of").next()?.to_owned();
        (!c.has(&format!("{base}.optional")) && !c.has(&format!("{base}.polarity")) && !c.has(&format!("{base}.by")))
            .then_some(())?;
        let list = c.written(path.strip_suffix("[0]")?)?.to_owned();
        let except = c.written(&format!("{base}.except")).map_or(String::new(), |list| format!("\nexcept = {list}"));
        let first = c.written(&path)?.to_owned();
        is_open(c, "reply.keywords")?;
        is_open(c, "examples")?;
        c.append(&format!("[[reply.keywords]]\nid = \"planted\"{except}\nany_of = {}\n[[examples]]\nreply = \"Nothing to say about it.\"\nexpect = {{ planted = \"unmet\" }}", list.replacen(&first, &format!("⟦{first}⟧"), 1)));
        Some(())
    }),
    task("literal-value", "money typed again", |c| {
        let path = c.first("reply.keywords[*].money.from")?;
        let from = c.string(&path)?;
        (!from.contains('"')).then_some(())?;
        let (artifact, rest) = from.split_once('.')?;
        let at = c.paths("artifacts[*].id").into_iter().find(|p| c.string(p).is_some_and(|id| id == artifact))?;
        let written = c.written(&format!("{}.record.{rest}", at.strip_suffix(".id")?))?.to_owned();
        let amount = written.trim_matches(['"', '\'']).to_owned();
        let currency = if c.text_of("pack.toml").contains("GBP") {
            "GBP"
        } else if c.text_of("pack.toml").contains("EUR") {
            "EUR"
        } else {
            "USD"
        };
        amount.parse::<f64>().ok()?;
        c.set(path.strip_suffix(".from")?, &format!("⟦\"{amount} {currency}\"⟧"))
    }),
    task("literal-value", "id typed again", |c| {
        let id = ["order_id", "customer_id", "visit", "bill", "ride", "rental"].iter().find_map(|key| {
            c.first(&format!("artifacts[*].record.{key}")).and_then(|path| c.string(&path)).filter(|t| t.contains('-'))
        })?;
        (!c.text().contains("ref = ")).then_some(())?;
        keyword(c, &format!("ref = ⟦\"{id}\"⟧"))
    }),
    task("literal-value", "date typed again", |c| {
        let day = ["delivered_at", "placed_at", "booked_at", "issued_at", "returned_at", "started_at", "inspected_at"]
            .iter()
            .find_map(|key| {
                c.first(&format!("artifacts[*].record.{key}"))
                    .and_then(|path| c.written(&path).map(|w| w[..10].to_owned()))
            })?;
        keyword(c, &format!("date = ⟦{day}⟧"))
    }),
    task(SILENT, "near miss: a literal of no record", |c| {
        (!c.text().contains("[reply.exclusive")).then_some(())?;
        is_open(c, "reply.forbidden")?;
        forbid(c, "money = \"987.65 USD\"")
    }),
    task("reply-length-impossible", "least above most", |c| {
        (!c.has("reply.min_words") && !c.has("reply.max_words")).then_some(())?;
        c.text().contains("\n[reply]").then_some(())?;
        c.swap("\n[reply]", "\n[reply]\nmin_words = ⟦90⟧\nmax_words = ⟦20⟧")
    }),
    task("reply-length-impossible", "bounds swapped", |c| {
        let (min, max) = (c.written("reply.min_words")?.to_owned(), c.written("reply.max_words")?.to_owned());
        c.set("reply.min_words", &format!("⟦{max}⟧"))?;
        c.set("reply.max_words", &format!("⟦{min}⟧"))
    }),
    task("reply-length-impossible", "oracle too short", |c| {
        c.has("reply.min_words").then_some(())?;
        (!c.has("reply.max_words")).then_some(())?;
        c.mark("oracle.reply")?;
        c.set("reply.min_words", "⟦400⟧")
    }),
    task("regex-unsafe", "back-reference", |c| keyword(c, "regex = ⟦'(a)\\1'⟧")),
    task("regex-unsafe", "look-ahead", |c| keyword(c, "regex = ⟦\"(?=refund)x\"⟧")),
    task("regex-unsafe", "unclosed group", |c| keyword(c, "regex = ⟦'RMA-(\\d+'⟧")),
    task("regex-unsafe", "too big", |c| keyword(c, "regex = ⟦'((\\w{1,100}){1,100}){1,100}'⟧")),
    task("regex-vacuous", "everything", |c| keyword(c, "regex = ⟦'.*'⟧")),
    task("regex-vacuous", "nothing needed", |c| keyword(c, "regex = ⟦'(RMA)?'⟧")),
    task("regex-vacuous", "nothing can", |c| keyword(c, "regex = ⟦'[^\\s\\S]'⟧")),
    task(SILENT, "near miss: a sound pattern", |c| {
        is_open(c, "reply.forbidden")?;
        forbid(c, "regex = '\\bRMA-\\d{6}\\b'")
    }),
    // examples
    of(Small, "missing-examples", "none", |c| {
        c.mark_first_line();
        let at = c.text().find("[[examples]]")?;
        let rest = c.text()[at..].to_owned();
        c.swap(&rest, "")
    }),
    of(Small, "missing-examples", "no unmet one", |c| {
        c.mark("reply.keywords[0].id")?;
        let at = c.text().rfind("[[examples]]")?;
        let rest = c.text()[at..].to_owned();
        c.swap(&rest, "")
    }),
    of(Small, "missing-examples", "keyword without any", |c| {
        c.append("[[reply.keywords]]\nid = ⟦\"sent\"⟧\nany_of = [\"ship\"]");
        Some(())
    }),
    task("example-fails", "verdict turned round", |c| {
        let path =
            c.paths("examples[*].expect.*").into_iter().find(|path| c.string(path).is_some_and(|v| v == "met"))?;
        c.set(&path, "⟦\"negated\"⟧")
    }),
    task("example-fails", "said to fail and passes", |c| {
        let path = c.paths("examples[*].passes").into_iter().find(|path| c.written(path) == Some("true"))?;
        c.set(&path, "⟦false⟧")
    }),
    task("example-fails", "said to pass and fails", |c| {
        let path = c.paths("examples[*].passes").into_iter().find(|path| c.written(path) == Some("false"))?;
        let base = path.strip_suffix(".passes")?.to_owned();
        (c.paths("examples[*].passes").len() < 9 && !base.is_empty()).then_some(())?;
        c.set(&path, "⟦true⟧")
    }),
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
];
