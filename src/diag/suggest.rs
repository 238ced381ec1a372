//! "Did you mean": only names that are valid at the place are ever passed in.

/// How alike two names must be to be suggested. Jaro-Winkler: 0.8 keeps one or two slips in a word of usual length and
/// drops other words.
const ALIKE: f64 = 0.8;

/// The most names that a help text lists one and all.
const MAX_LISTED: usize = 25;
/// How many of more names a help text shows.
const MAX_SHOWN: usize = 12;

/// The known name nearest to what was written, if any is near.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let best =
        |a: &Near<'a>, b: &Near<'a>| a.slips.cmp(&b.slips).then(b.alike.total_cmp(&a.alike)).then(a.name.cmp(b.name));
    near(written, known).min_by(best).map(|near| near.name)
}

/// The known name nearest to what was written, if no other is as few slips away: what may be written in its place
/// unasked.
pub fn only_nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near: Vec<Near<'a>> = near(written, known).collect();
    let first = near.iter().min_by_key(|near| near.slips)?;
    let rivalled = near.iter().any(|other| other.slips == first.slips && other.name != first.name);
    (!rivalled).then_some(first.name)
}

/// A known name that is near.
struct Near<'a> {
    slips: usize,
    alike: f64,
    is_turned: bool,
    name: &'a str,
}

fn near<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = Near<'a>> {
    // Distance on a bounded prefix: a hostile name may be as long as a file.
    let written: String = written.chars().take(128).flat_map(char::to_lowercase).map(unify).collect();
    known
        .into_iter()
        .map(move |name| {
            let plain: String = name.chars().flat_map(char::to_lowercase).map(unify).collect();
            let slips = strsim::osa_distance(&written, &plain);
            Near { slips, alike: strsim::jaro_winkler(&written, &plain), is_turned: is_turned(&written, &plain), name }
        })
        .filter(move |near| {
            near.alike >= ALIKE || (near.slips <= 2 && near.slips < near.name.len().div_ceil(2)) || near.is_turned
        })
}

/// Whether a name of two letters is written backwards: too short for any other measure.
fn is_turned(written: &str, name: &str) -> bool {
    written.len() == 2 && name.len() == 2 && written.bytes().eq(name.bytes().rev())
}

/// The help text for an unknown name: the nearest one, else what there is.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(written, known.iter().copied()) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() => None,
        None => Some(format!("known here: {}", name_list(known))),
    }
}

/// Names in backticks; of very many, the first dozen.
pub fn name_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let most = if names.len() <= MAX_LISTED { MAX_LISTED } else { MAX_SHOWN };
    let mut list = names.iter().take(most).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > most {
        list.push_str(&format!(" and {} more", names.len() - most));
    }
    list
}

fn unify(c: char) -> char {
    if c == '-' || c == ' ' { '_' } else { c }
}

#[cfg(test)]
mod tests {
    use super::{nearest, only_nearest};

    fn check(written: &str, known: &[&str], expect: Option<&str>) {
        assert_eq!(nearest(written, known.iter().copied()), expect, "{written}");
    }

    #[test]
    fn suggests_only_what_is_near() {
        check("artifcat", &["artifacts", "policies"], Some("artifacts"));
        check("max-steps", &["max_steps", "min_words"], Some("max_steps"));
        check("tilte", &["title", "tags"], Some("title"));
        check("wieght", &["weight", "window"], Some("weight"));
        check("id", &["tags", "title"], None);
        check("di", &["id", "by"], Some("id"));
        check("ad", &["id", "by"], None);
        check("colour", &["title", "tags"], None);
        check("x", &[], None);
    }

    #[test]
    fn of_two_names_equally_near_none_is_sure() {
        let sure = |written: &str, known: &[&'static str]| only_nearest(written, known.iter().copied());
        assert_eq!(sure("max_step", &["max_steps", "min_words"]), Some("max_steps"));
        assert_eq!(sure("mat_words", &["max_words", "min_words"]), Some("max_words"));
        assert_eq!(sure("m_words", &["max_words", "min_words"]), None);
        assert_eq!(sure("colour", &["title"]), None);
    }
}
