//! `keyword-underivable`: a keyword that no agent can know of.

use crate::diag::{Code, Diagnostic, Sink};
use crate::lint::phrases::{roots, small_root, word_places};
use crate::lint::texts::each_text_under;
use crate::lint::vocabulary::is_support_root;
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::raw::{Field, RawKeyword, RawText};
use crate::pack::{AuthoredFile, AuthoredTask};

pub(super) const RULE: Rule = Rule {
    code: Code::KeywordUnderivable,
    why: "A reply can only convey what the agent has read or what any desk would say. A keyword whose words stand in no \
          record, policy or ticket is met by luck.",
    mend: "Put the fact into a record or a policy, or ask for words that are there. A keyword is derivable when one of \
           its phrases is (of a `near`, one of each group), and a phrase when each of its words is a common support word \
           or begins like a word of the ticket, the objective, a record or a policy, in its first five letters.",
    example: Example {
        bad: &[
            Edit::Replace(
                "mug.toml",
                "[oracle]",
                "[[reply.keywords]]\nid = \"glaze\"\nany_of = [\"celadon\"]\n\n[oracle]",
            ),
            Edit::Replace("mug.toml", "\"negated\" }", "\"negated\", glaze = \"absent\" }"),
            Edit::Replace(
                "mug.toml",
                "It costs you nothing.\"\nexpect = {",
                "It has a celadon rim and costs you nothing.\"\nexpect = { glaze = \"met\",",
            ),
            Edit::Replace("mug.toml", "to you today, at no cost", "with a celadon rim to you today, at no cost"),
        ],
        good: &[
            Edit::Replace(
                "mug.toml",
                "[oracle]",
                "[[reply.keywords]]\nid = \"glaze\"\nany_of = [\"celadon\"]\n\n[oracle]",
            ),
            Edit::Replace("mug.toml", "\"negated\" }", "\"negated\", glaze = \"absent\" }"),
            Edit::Replace(
                "mug.toml",
                "It costs you nothing.\"\nexpect = {",
                "It has a celadon rim and costs you nothing.\"\nexpect = { glaze = \"met\",",
            ),
            Edit::Replace("mug.toml", "to you today, at no cost", "with a celadon rim to you today, at no cost"),
            Edit::Replace("mug.toml", "total = \"24.00 USD\" }", "total = \"24.00 USD\", rim = \"celadon\" }"),
        ],
    },
    stages: &[Stage::Task(check)],
};

/// The keys of a task under which everything can be seen by the agent.
const SEEN: &[&str] = &["title", "objective", "workspace_summary", "ticket", "artifacts", "policies"];

/// The most words that are looked for in every text; a file with more of them is no task that anybody wrote.
const MAX_STRANGE: usize = 200;

fn check(task: &AuthoredTask<'_>, sink: &mut Sink) {
    // What is missing is only missing where everything could be read.
    let Some(pack) = task.pack.filter(|pack| task.file.complete && pack.file.complete) else { return };
    let Some(reply) = task.raw.reply.get() else { return };
    // Most keywords have a phrase that any desk would say.
    let keywords = reply.keywords.items().iter().filter_map(Field::get).filter(|raw| !is_usual(raw));
    let open: Vec<Asked<'_>> = keywords.filter_map(Asked::of).filter(|asked| !asked.is_derivable(&|_| false)).collect();
    if open.is_empty() {
        return;
    }
    let mut strange: Vec<&str> = open.iter().flat_map(|asked| asked.strange_words()).collect();
    strange.sort_unstable();
    strange.dedup();
    if strange.len() > MAX_STRANGE {
        return;
    }
    let mut seen: Vec<bool> = vec![false; strange.len()];
    let mut holes = find(&task.file, SEEN, &strange, &mut seen);
    let derivable = |asked: &Asked<'_>, seen: &[bool]| {
        asked.is_derivable(&|word| strange.binary_search(&word).is_ok_and(|at| seen[at]))
    };
    if !open.iter().all(|asked| derivable(asked, &seen)) {
        holes |= find(&pack.file, &["policies", "resolutions"], &strange, &mut seen);
    }
    if holes {
        return;
    }
    for asked in open.iter().filter(|asked| !derivable(asked, &seen)) {
        let Some((id, place)) = asked.raw.id.spanned() else { continue };
        let matcher = asked.raw.any_of.spanned().map(|(_, place)| place);
        let place = matcher.or_else(|| asked.raw.near.spanned().map(|(_, place)| place)).unwrap_or(place);
        let message = format!("no record, policy or ticket has the words of the keyword `{}`", id.as_str());
        let help = "put the fact where the agent can read it, or ask for words that are there".to_owned();
        sink.push(Diagnostic::new(Code::KeywordUnderivable, task.file.span(place), message).with_help(help));
    }
}

/// Whether all words of one of the phrases are common.
fn is_usual(raw: &RawKeyword) -> bool {
    let mut phrases = raw.any_of.get().into_iter().flat_map(|list| list.iter()).filter_map(Field::get);
    phrases.any(|phrase| word_places(phrase).all(|(word, _)| is_common(&small_root(word))))
}

/// Whether a word of this root need not be read anywhere.
fn is_common(root: &str) -> bool {
    is_support_root(root) || root.chars().all(char::is_numeric)
}

/// The phrases of a scored keyword, as roots: groups, their alternatives, the words of each.
struct Asked<'a> {
    raw: &'a RawKeyword<'a>,
    groups: Vec<Vec<Vec<String>>>,
}

impl<'a> Asked<'a> {
    /// `None` where nothing is asked for in words, or something of it is broken.
    fn of(raw: &'a RawKeyword<'a>) -> Option<Asked<'a>> {
        if raw.optional.is_hole() || raw.optional.get() == Some(&true) {
            return None;
        }
        let alternatives = |list: &[Field<RawText<'_>>]| -> Option<Vec<Vec<String>>> {
            list.iter().map(|phrase| phrase.get().map(|phrase| roots(phrase))).collect()
        };
        let groups = match (raw.any_of.get(), raw.near.get()) {
            (Some(phrases), None) => vec![alternatives(phrases)?],
            (None, Some(groups)) => groups.iter().map(|group| alternatives(group.get()?)).collect::<Option<_>>()?,
            _ => return None,
        };
        Some(Asked { raw, groups })
    }

    fn is_derivable(&self, is_seen: &impl Fn(&str) -> bool) -> bool {
        let known = |word: &String| is_common(word) || is_seen(word);
        self.groups.iter().all(|group| group.iter().any(|phrase| phrase.iter().all(known)))
    }

    fn strange_words(&self) -> impl Iterator<Item = &str> {
        self.groups.iter().flatten().flatten().map(String::as_str).filter(|word| !is_support_root(word))
    }
}

/// Notes which words the texts under these keys have; whether a text could not be read.
fn find(file: &AuthoredFile<'_>, keys: &[&str], words: &[&str], seen: &mut [bool]) -> bool {
    each_text_under(file, keys, usize::MAX, |text| {
        for (word, _) in word_places(text.value) {
            for (at, wanted) in words.iter().enumerate() {
                let beginning = &wanted.as_bytes()[..wanted.len().min(5)];
                let own = word.as_bytes();
                if !seen[at] && own.len() >= beginning.len() && own[..beginning.len()].eq_ignore_ascii_case(beginning) {
                    seen[at] = true;
                }
            }
        }
    });
    file.tree.entries().iter().any(|entry| keys.contains(&entry.key.as_ref()) && entry.node.is_hole())
}

#[cfg(test)]
mod tests {
    use crate::lint::rules::tests::check;

    #[test]
    fn words_come_from_somewhere() {
        let keyword = |matcher: &str, expect: &[&str]| {
            check("keyword-underivable", &format!("[[reply.keywords]]\nid = \"x\"\n{matcher}"), expect);
        };
        keyword("any_of = [\"zeppelin\"]", &["[\"zeppelin"]);
        keyword("any_of = [\"zeppelin\", \"refund\"]", &[]);
        keyword("any_of = [\"mug refunded\"]", &[]);
        keyword("any_of = [\"zeppelin refund\"]", &["[\"zeppelin"]);
        keyword("any_of = [\"cracks\"]", &[]);
        keyword("any_of = [\"wrapped\"]", &[]);
        keyword("near = [[\"mug\"], [\"zeppelin\", \"tuba\"]]", &["[[\"mug"]);
        keyword("near = [[\"mug\"], [\"zeppelin\", \"gift\"]]", &[]);
        keyword("any_of = [\"zeppelin\"]\noptional = true", &[]);
        keyword("regex = \"zeppelin\"", &[]);
    }
}
