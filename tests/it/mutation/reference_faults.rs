//! Faults of names: ids, references, codes.

use super::plant::{distractor, is_open, keyword, pack, required, slip, task};
use super::{Case, Kind};

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
];
