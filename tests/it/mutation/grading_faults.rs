//! Faults of what is required and what counts: evidence, steps, weights.

use super::Scope::Small;
use super::plant::{distractor, is_open, of, pack, required, task};
use super::{Case, Kind, SILENT};

/// The steps that look at everything within reach, write a draft and submit.
fn all_steps(c: &mut Case) -> usize {
    let own = c.file().to_owned();
    c.open("pack.toml");
    let handbook = c.paths("policies[*]").len();
    c.open(&own);
    1 + c.paths("artifacts[*]").len() + c.paths("policies[*]").len() + handbook + 2
}

pub(super) const KINDS: &[Kind] = &[
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
    task("budget-too-generous", "room for everything", |c| {
        let all = all_steps(c);
        c.set("max_steps", &format!("⟦{all}⟧"))
    }),
    task(SILENT, "near miss: a step short of everything", |c| {
        let all = all_steps(c);
        (all > c.paths("evidence.required[*]").len() + 2).then_some(())?;
        c.set("max_steps", &(all - 1).to_string())
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
];
