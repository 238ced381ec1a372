//! Faults of what is asked of a reply: matchers, keywords, examples.

use super::Scope::Small;
use super::plant::{forbid, is_open, keyword, of, scored, task};
use super::{Kind, SILENT};

pub(super) const KINDS: &[Kind] = &[
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
    task("keyword-forbidden-conflict", "all that near words ask for, forbidden", |c| {
        let path = c.paths("reply.keywords[*].near[1][0]").into_iter().find(|path| {
            let base = path.split(".near").next().unwrap_or_default();
            let plain = |key| !c.has(&format!("{base}.{key}"));
            plain("near[2]") && plain("optional") && plain("polarity") && plain("except") && plain("window")
        })?;
        let (one, other) = (c.string(&path.replace("[1][0]", "[0][0]"))?, c.string(&path)?);
        forbid(c, &format!("any_of = [⟦\"{one} the {other} twice\"⟧]"))
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
    task("regex-vacuous", "text behind the end", |c| keyword(c, "regex = ⟦'RMA$\\d'⟧")),
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
];
