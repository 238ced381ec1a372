//! Inflection: every form that counts as the same word as an authored one.
//!
//! Forms are generated from the authored word when a spec is compiled, and compared exactly with the reply's words.
//! Generating leans towards precision: `refund` yields "refunds", "refunded", "refunding", and never "refundable",
//! and "secure" never meets "security" as it would by its stem.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

use foldhash::{HashMap, HashMapExt, HashSet};

use super::forms::{ACTS, IRREGULAR, NOT_ACTS, NOT_INFLECTED_ENDINGS, NOUNS, SPELLINGS, UNINFLECTED};

/// The longest word that is inflected; longer ones only match themselves.
const MAX_WORD: usize = 32;

/// The tables by word: every word of every task is looked up in all of them.
struct Index {
    /// The bases that a form is listed under, in the order of the tables.
    bases: HashMap<&'static str, Vec<&'static str>>,
    /// The irregular forms of a base, itself first.
    irregular: HashMap<&'static str, &'static [&'static str]>,
    acts: HashMap<&'static str, &'static [&'static str]>,
    spellings: HashMap<&'static str, Vec<&'static str>>,
    uninflected: HashSet<&'static str>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut bases: HashMap<_, Vec<_>> = HashMap::new();
    let mut note = |form, base| {
        let known = bases.entry(form).or_default();
        if known.last() != Some(&base) {
            known.push(base);
        }
    };
    let mut irregular = HashMap::new();
    for forms in IRREGULAR {
        irregular.entry(forms[0]).or_insert(*forms);
        forms.iter().for_each(|form| note(*form, forms[0]));
    }
    let mut acts = HashMap::new();
    for (base, nouns) in ACTS {
        acts.entry(*base).or_insert(*nouns);
        nouns.iter().for_each(|noun| note(*noun, *base));
    }
    let mut spellings: HashMap<_, Vec<_>> = HashMap::new();
    for [one, other] in SPELLINGS.iter().filter(|[one, other]| one != other) {
        spellings.entry(*one).or_default().push(*other);
        spellings.entry(*other).or_default().push(*one);
    }
    Index { bases, irregular, acts, spellings, uninflected: UNINFLECTED.iter().copied().collect() }
});

/// The words whose forms a thread keeps at most: the specs of a pack ask for the same words again and again.
const MAX_KEPT: usize = 1024;

thread_local! {
    static KEPT: RefCell<HashMap<String, Arc<[Arc<str>]>>> = RefCell::new(HashMap::new());
}

/// All forms of the word, as [`forms_of`] makes them; those of a word that was asked for before are shared.
pub(super) fn shared_forms_of(word: &str) -> Arc<[Arc<str>]> {
    let make = || forms_of(word).into_iter().map(Arc::from).collect();
    if word.len() > MAX_WORD {
        return make();
    }
    KEPT.with_borrow_mut(|kept| {
        if let Some(forms) = kept.get(word) {
            return forms.clone();
        }
        let forms: Arc<[Arc<str>]> = make();
        if kept.len() < MAX_KEPT {
            kept.insert(word.to_owned(), forms.clone());
        }
        forms
    })
}

/// All forms of the word, itself first, lower-case, without repetition.
///
/// A form that is no English word does no harm: no reply holds it.
pub(super) fn forms_of(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if word.len() > MAX_WORD || word.len() < 2 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return forms;
    }
    if INDEX.uninflected.contains(word) {
        return forms;
    }
    for base in bases_of(word) {
        for spelling in spellings_of(&base) {
            forms.extend(inflections_of(&spelling));
            forms.extend(acts_of(&spelling));
        }
    }
    // A few dozen short words: comparing beats hashing.
    let mut distinct: Vec<String> = Vec::with_capacity(forms.len());
    for form in forms {
        if !distinct.contains(&form) {
            distinct.push(form);
        }
    }
    distinct
}

/// The irregular verbs, each with its base first.
pub(super) fn irregular_verbs() -> impl Iterator<Item = &'static [&'static str]> {
    IRREGULAR.iter().copied().filter(|forms| !NOUNS.contains(&forms[0]) && forms[0] != "have" && forms[0] != "do")
}

/// The forms of a base verb, without its nouns.
pub(super) fn verb_forms_of(base: &str) -> Vec<String> {
    inflections_of(base)
}

/// The base forms that an authored form may come from: `refunded` comes from `refund`, `cancellation` from `cancel`.
fn bases_of(word: &str) -> Vec<String> {
    let mut bases = vec![word.to_owned()];
    bases.extend(INDEX.bases.get(word).into_iter().flatten().map(|base| (*base).to_owned()));
    if bases.len() > 1 {
        return bases;
    }
    let mut add = |stem: &str, tail: &str| {
        if stem.len() >= 3 && stem.bytes().any(|b| b"aeiouy".contains(&b)) {
            bases.push(format!("{stem}{tail}"));
        }
    };
    if let Some(stem) = word.strip_suffix("ied").or_else(|| word.strip_suffix("ies")) {
        add(stem, "y");
    } else if let Some(stem) = word.strip_suffix("ed").or_else(|| word.strip_suffix("ing")) {
        if NOT_INFLECTED_ENDINGS.contains(&word) {
            return bases;
        }
        match doubled_end(stem) {
            Some(single) => {
                add(single, "");
                add(stem, "");
            }
            // "cared" is from "care", "credited" from "credit": both readings, the forms of one are no words.
            None => {
                add(stem, "");
                add(stem, "e");
            }
        }
    } else if let Some(stem) =
        word.strip_suffix("es").filter(|s| s.ends_with(['s', 'x', 'z']) || s.ends_with("ch") || s.ends_with("sh"))
    {
        add(stem, "");
        add(stem, "e");
    } else if let Some(stem) = word.strip_suffix('s').filter(|s| !s.ends_with(['s', 'u', 'i'])) {
        add(stem, "");
    } else if let Some(stem) = word.strip_suffix("ment").filter(|_| !NOT_ACTS.contains(&word))
        && stem.len() >= 4
    {
        add(stem, "");
    }
    bases
}

/// British and American spellings of one word.
fn spellings_of(word: &str) -> Vec<String> {
    let mut spellings = vec![word.to_owned()];
    for (from, to) in
        [("ise", "ize"), ("ize", "ise"), ("yse", "yze"), ("yze", "yse"), ("isation", "ization"), ("ization", "isation")]
    {
        if let Some(stem) = word.strip_suffix(from).filter(|stem| stem.len() >= 4) {
            spellings.push(format!("{stem}{to}"));
        }
    }
    spellings.extend(INDEX.spellings.get(word).into_iter().flatten().map(|other| (*other).to_owned()));
    spellings
}

/// The verb's and noun's endings, with the irregular ones.
fn inflections_of(base: &str) -> Vec<String> {
    let mut forms = vec![base.to_owned()];
    let irregular = INDEX.irregular.get(base);
    if let Some(verb) = irregular {
        forms.extend(verb[1..].iter().map(|form| (*form).to_owned()));
    }
    let last = base.bytes().next_back().unwrap_or(b'x');
    let before = base.bytes().rev().nth(1).unwrap_or(b'x');
    let is_vowel = |b: u8| b"aeiou".contains(&b);
    let regular_past = irregular.is_none();
    if last == b'y' && !is_vowel(before) {
        let stem = &base[..base.len() - 1];
        forms.push(format!("{stem}ies"));
        if regular_past {
            forms.push(format!("{stem}ied"));
        }
    } else if base.ends_with(['s', 'x', 'z']) || base.ends_with("ch") || base.ends_with("sh") {
        forms.push(format!("{base}es"));
    } else {
        forms.push(format!("{base}s"));
    }
    if let Some(stem) = base.strip_suffix("ie") {
        forms.push(format!("{stem}ying"));
        forms.push(format!("{base}d"));
    } else if let Some(stem) = base.strip_suffix('e').filter(|s| !s.ends_with('e')) {
        forms.push(format!("{stem}ing"));
        if regular_past {
            forms.push(format!("{base}d"));
        }
    } else {
        forms.push(format!("{base}ing"));
        if regular_past {
            forms.push(if last == b'e' { format!("{base}d") } else { format!("{base}ed") });
        }
        // A last consonant after one vowel may double: "shipped", "cancelled" (and "canceled").
        let vowel_before = is_vowel(before) && base.len() >= 3 && !is_vowel(base.bytes().rev().nth(2).unwrap_or(b'a'));
        let after_qu = base.len() >= 4 && base[..base.len() - 1].contains("qu");
        if !is_vowel(last) && !b"wxy".contains(&last) && (vowel_before || after_qu) {
            let last = char::from(last);
            forms.push(format!("{base}{last}ing"));
            if regular_past {
                forms.push(format!("{base}{last}ed"));
            }
        }
    }
    forms
}

/// Nouns of the act: "reimbursement" for `reimburse`, "verification" for `verify`.
fn acts_of(base: &str) -> Vec<String> {
    let mut nouns: Vec<String> = Vec::new();
    let listed = |base: &str| INDEX.acts.get(base).copied().unwrap_or_default();
    nouns.extend(listed(base).iter().map(|act| (*act).to_owned()));
    // "redelivery" for `redeliver`
    if let Some(again) = base.strip_prefix("re") {
        nouns.extend(listed(again).iter().map(|act| format!("re{act}")));
    }
    let stem_e = base.strip_suffix('e');
    if let Some(stem) = base.strip_suffix("ify") {
        nouns.push(format!("{stem}ification"));
    } else if let Some(stem) = stem_e.filter(|s| s.ends_with("at") || s.ends_with("ut")) {
        nouns.push(format!("{stem}ion"));
    } else if let Some(stem) = stem_e.filter(|s| s.ends_with("iz") || s.ends_with("is")) {
        nouns.push(format!("{stem}ation"));
    } else if base.ends_with("ct") || base.ends_with("pt") {
        nouns.push(format!("{base}ion"));
    }
    if base.len() >= 4 && !NOT_ACTS.contains(&format!("{base}ment").as_str()) {
        nouns.push(format!("{base}ment"));
    }
    let plurals: Vec<String> = nouns.iter().map(|noun| format!("{noun}s")).collect();
    nouns.extend(plurals);
    nouns
}

/// The stem without its doubled last consonant ("shipp" → "ship"), where it ends in one.
fn doubled_end(stem: &str) -> Option<&str> {
    let mut bytes = stem.bytes().rev();
    let (last, before) = (bytes.next()?, bytes.next()?);
    (last == before && !b"aeiou".contains(&last)).then(|| &stem[..stem.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, yes: &[&str], no: &[&str]) {
        let forms = forms_of(word);
        for form in yes {
            assert!(forms.iter().any(|f| f == form), "{word} lacks {form}: {forms:?}");
        }
        for form in no {
            assert!(!forms.iter().any(|f| f == form), "{word} holds {form}");
        }
    }

    #[test]
    fn verbs() {
        check("refund", &["refund", "refunds", "refunded", "refunding"], &["refundable", "refunder", "fund"]);
        check("ship", &["shipped", "shipping", "ships", "shipment"], &["shipper", "hip"]);
        check("cancel", &["cancelled", "canceled", "cancellation"], &["cancellable"]);
        check("reimburse", &["reimbursed", "reimbursing", "reimbursement"], &["reimbursable"]);
        check("verify", &["verified", "verifies", "verification", "verifying"], &["verifiable"]);
        check("send", &["sent", "sending", "sends"], &["sended", "sender"]);
        check("freeze", &["froze", "frozen", "freezing"], &["freezed"]);
        check("authorize", &["authorise", "authorised", "authorization", "authorisation"], &[]);
        check("escalate", &["escalation", "escalated"], &["escalator"]);
        check("secure", &["secured", "securing"], &["security"]);
        check("free", &["free"], &["freed", "frees"]);
        check("defer", &["deferral", "deferred"], &[]);
        check("install", &["installation"], &[]);
    }

    #[test]
    fn authored_in_another_form() {
        check("refunded", &["refund", "refunding"], &[]);
        check("replacement", &["replacements", "replace", "replaced"], &["replaceable"]);
        check("delivery", &["deliver", "delivered", "deliveries"], &[]);
        check("shipped", &["ship", "shipping"], &[]);
        check("department", &["departments"], &["depart"]);
        check("sent", &["send", "sending"], &[]);
    }
}
