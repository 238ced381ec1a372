//! Judging one reply: the pipeline from raw text to verdicts.
//!
//! clean → words → sentences and clauses → typed values → hits → prose, polarity, mood, attribution → verdict.

use super::advice::is_advice;
use super::attribution;
use super::clean::Clean;
use super::context::{Context, Cue, Mention};
use super::filled::Filled;
use super::find::{Hit, Search, SlotPhrase, Vocabulary, phrase_hits};
use super::forbidden::{is_said, is_vouched};
use super::glimpse::glimpse;
use super::heap::Heaps;
use super::judgement::{Finding, Judgement, Span, Verdict};
use super::lexicon::Class;
use super::lookalike::is_mixed_script;
use super::matcher::{By, Matcher, Mood, Polarity};
use super::mood;
use super::outcome;
use super::pattern::Pattern;
use super::polarity;
use super::prose::{Doubt, Prose};
use super::read::{Found, read_values};
use super::segment::{Link, Segments};
use super::spec::{Forbidden, Keyword, ReplySpec};
use super::thing::is_thing;
use super::token::{Gap, Kind, Words};
use super::typed;

/// The words of a spec, compiled.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    vocabulary: Vocabulary,
    keywords: Vec<Sought>,
    forbidden: Vec<Sought>,
}

/// What one matcher looks for.
#[derive(Debug, Clone)]
struct Sought {
    search: Search,
    except: Vec<SlotPhrase>,
}

impl Compiled {
    pub(super) fn of(keywords: &[Keyword], forbidden: &[Forbidden]) -> Compiled {
        let mut vocabulary = Vocabulary::new();
        let patterns = forbidden.iter().map(|entry| &entry.matcher).chain(keywords.iter().map(|entry| &entry.matcher));
        vocabulary.reserve(patterns.map(|matcher| matcher.pattern.words()).sum());
        vocabulary.set_disguisable(true);
        let forbidden = forbidden.iter().map(|entry| Sought::of(&entry.matcher, &mut vocabulary)).collect();
        vocabulary.set_disguisable(false);
        let keywords = keywords.iter().map(|entry| Sought::of(&entry.matcher, &mut vocabulary)).collect();
        Compiled { vocabulary, keywords, forbidden }
    }
}

impl Sought {
    fn of(matcher: &Matcher, vocabulary: &mut Vocabulary) -> Sought {
        Sought { search: vocabulary.compile(&matcher.pattern), except: vocabulary.compile_phrases(&matcher.except) }
    }
}

/// The most mentions of one entry that are judged: more than any reply that a person writes, few enough to stay fast.
const MAX_MENTIONS: usize = 200;

/// Different wordings of one keyword, outside of whole sentences, that make a heap of words.
const HEAPED_WORDINGS: usize = 3;

/// A mention with its verdict.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) cue: Option<Cue>,
    /// The phrase denies by itself, so a denial beside it is no contradiction.
    pub(super) has_negator: bool,
}

/// Judges `reply` by `spec`.
pub(super) fn judge(spec: &ReplySpec, reply: &str) -> Judgement {
    let clean = Clean::of(reply);
    let words = Words::of(&clean);
    let segments = Segments::of(&words);
    let context = Context { words: &words, segments: &segments };
    let values = read_values(&words, spec.currency);
    let compiled = spec.compiled();
    let filled = Filled::of(&compiled.vocabulary, &words);
    let prose = Prose::of(&context);
    let bench = Bench {
        spec,
        vocabulary: &compiled.vocabulary,
        clean: &clean,
        context,
        values: &values,
        filled: &filled,
        prose: &prose,
    };

    let sought = || spec.keywords.iter().zip(&compiled.keywords);
    let hits: Vec<Vec<Hit>> = sought().map(|(keyword, sought)| bench.hits(&keyword.matcher, sought, false)).collect();
    let heaps = {
        let hits: Vec<_> = hits.iter().flatten().map(|hit| (hit.start, hit.end)).collect();
        let values: Vec<_> = values.iter().map(|value| (value.start, value.end)).collect();
        Heaps::of(&context, &hits, &values)
    };
    let mentions: Vec<Vec<Judged>> = sought()
        .zip(hits)
        .map(|((keyword, sought), hits)| bench.mentions(&keyword.matcher, sought, hits, Some(&heaps)))
        .collect();
    let mut keywords: Vec<Finding> = (0..mentions.len())
        .map(|i| {
            bench.finding(
                &spec.keywords[i].matcher,
                outcome::of_keyword(&context, &spec.keywords[i].matcher, &mentions[i]),
            )
        })
        .collect();
    bench.mark_wrong_values(&mut keywords, &mentions);
    outcome::mark_exclusive(&spec.exclusive, &mut keywords);
    let forbidden: Vec<Finding> = spec
        .forbidden
        .iter()
        .zip(&compiled.forbidden)
        .map(|(entry, sought)| {
            let hits = bench.hits(&entry.matcher, sought, true);
            let mentions = bench.mentions(&entry.matcher, sought, hits, None);
            bench.finding(&entry.matcher, outcome::of_forbidden(&mentions))
        })
        .collect();
    outcome::summarise(spec, clean.words, keywords, forbidden)
}

/// How many scored keywords of `spec` are mentioned in these words at most: the first stages alone.
pub(super) fn may_meet(spec: &ReplySpec, words: &Words) -> usize {
    let filled = Filled::of(&spec.compiled().vocabulary, words);
    let has_value = words.list.iter().any(|word| word.kind != Kind::Word || word.class.has(Class::VALUE));
    count_hit(spec, &filled, has_value)
}

/// Whether more scored keywords than `count` may be mentioned in a text: a glimpse of it often tells.
pub(super) fn may_meet_more(spec: &ReplySpec, text: &str, count: usize) -> bool {
    let glimpse = glimpse(&spec.compiled().vocabulary, text);
    glimpse.is_none_or(|filled| count_hit(spec, &filled, true) > count)
        && may_meet(spec, &Words::of(&Clean::of(text))) > count
}

/// How many scored keywords may be hit where these words stand, and a value if it has one.
fn count_hit(spec: &ReplySpec, filled: &Filled, has_value: bool) -> usize {
    let compiled = spec.compiled();
    let may_hit = |keyword: &Keyword, sought: &Sought| match &*keyword.matcher.pattern {
        Pattern::AnyOf(_) | Pattern::Near { .. } => sought.search.may_hit(&compiled.vocabulary, filled),
        Pattern::Regex(_) | Pattern::Ref(_) => true,
        _ => has_value,
    };
    let scored = spec.keywords.iter().zip(&compiled.keywords).filter(|(keyword, _)| !keyword.optional);
    scored.filter(|(keyword, sought)| may_hit(keyword, sought)).count()
}

/// One reply on the bench: all that the stages made of it.
struct Bench<'a> {
    spec: &'a ReplySpec,
    vocabulary: &'a Vocabulary,
    clean: &'a Clean,
    context: Context<'a>,
    values: &'a [Found],
    filled: &'a Filled,
    prose: &'a Prose,
}

impl Bench<'_> {
    /// Every mention of a matcher's pattern, judged. What is forbidden is so in a heap of words, too.
    fn mentions(&self, matcher: &Matcher, sought: &Sought, hits: Vec<Hit>, heaps: Option<&Heaps>) -> Vec<Judged> {
        let is_forbidden = heaps.is_none();
        if hits.is_empty() {
            return Vec::new();
        }
        let excepted = if sought.except.is_empty() {
            Vec::new()
        } else {
            let (words, sentences) = (self.context.words, &self.context.segments.sentence_of);
            phrase_hits(&sought.except, self.vocabulary, words, self.filled, sentences)
        };
        let is_heap = !is_forbidden && self.is_heap(&hits);
        // Values are facts wherever they stand.
        let heaps = heaps.filter(|_| !matcher.pattern.is_typed());
        let is_heaped = |hit: &Hit| heaps.is_some_and(|heaps| heaps.hold(self.context.segments.sentence(hit.start)));
        let mut at = 0;
        let mut judged = Vec::with_capacity(hits.len());
        for hit in hits.into_iter().take(MAX_MENTIONS) {
            while at < excepted.len() && excepted[at].end <= hit.start {
                at += 1;
            }
            let inside = excepted[at..].iter().take(2).find(|e| hit.parts.iter().any(|p| e.start < p.1 && p.0 < e.end));
            let (verdict, cue) = match inside {
                Some(except) => (Verdict::Excepted, Some((except.start, except.end))),
                None if is_heaped(&hit) => (Verdict::Stuffed, None),
                None if is_heap && self.is_noted(hit.start) => (Verdict::Stuffed, None),
                None => self.verdict(matcher, &hit, is_forbidden),
            };
            judged.push(Judged { verdict, start: hit.start, end: hit.end, cue, has_negator: hit.has_negator });
        }
        judged
    }

    /// Whether the notes and lists of the reply say one thing in so many different words that they are there to be
    /// found: a person says it once, or again in the same words.
    fn is_heap(&self, hits: &[Hit]) -> bool {
        let noted = hits.iter().take(MAX_MENTIONS).filter(|hit| self.is_noted(hit.start));
        let mut wordings: Vec<Vec<_>> = Vec::new();
        for hit in noted {
            let wording = (hit.start..hit.end).map(|i| self.context.words.text(i)).collect();
            if !wordings.contains(&wording) {
                wordings.push(wording);
            }
            if wordings.len() >= HEAPED_WORDINGS {
                return true;
            }
        }
        false
    }

    /// Whether a word stands outside of a sentence, or behind the colon of one in what is none by itself: "We confirm:
    /// taking care of, look after".
    fn is_noted(&self, at: usize) -> bool {
        let sentence = self.context.sentence_of(at);
        let colon = (sentence.start + 1..=at).rev().find(|i| self.context.words.gap(*i).has(Gap::COLON));
        let is_listed =
            colon.is_some_and(|colon| !self.context.any(colon..sentence.end, Class::SUBJECT.or(Class::FINITE)));
        is_listed || !self.prose.is_sentence(&self.context, at)
    }

    fn hits(&self, matcher: &Matcher, sought: &Sought, is_forbidden: bool) -> Vec<Hit> {
        let words = self.context.words;
        match &*matcher.pattern {
            Pattern::Regex(regex) => {
                let hits = typed::regex_hits(regex, self.clean, words);
                let mixed = |hit: &Hit| {
                    (hit.start..hit.end).any(|i| words.list[i].is_foreign && is_mixed_script(&words.text(i)))
                };
                hits.into_iter().filter(|hit| is_forbidden || !mixed(hit)).collect()
            }
            Pattern::AnyOf(_) | Pattern::Near { .. } => {
                let sentences = &self.context.segments.sentence_of;
                let mut hits = sought.search.hits(self.vocabulary, words, self.filled, sentences, is_forbidden);
                // Who signs says nothing by it that could be forbidden.
                hits.retain(|hit| {
                    !(self.is_chance(hit) || is_forbidden && hit.start >= self.context.segments.signature)
                });
                hits
            }
            pattern => typed::hits(pattern, self.values, words),
        }
    }

    /// Whether the parts only meet by chance: the last is a further verb with an object of its own ("we reset your
    /// password and told our team" tells nobody a password).
    fn is_chance(&self, hit: &Hit) -> bool {
        let context = &self.context;
        let (Some(first), Some(last)) = (hit.parts.iter().min(), hit.parts.iter().max()) else { return false };
        let (from, to) = (context.segments.clause(first.0), context.segments.clause(last.0));
        let clause = context.clause_at(to);
        let coordinate =
            matches!(clause.link, Link::Predicate | Link::Main) && context.has(clause.start, Class::COORDINATOR);
        // Only right behind the coordinator, so that the scan stays short.
        if from >= to || !coordinate || last.0 > clause.start + 2 {
            return false;
        }
        let passive = context.any(clause.start..last.0, Class::BE.or(Class::BEEN));
        let object = context.has(last.1, Class::POSSESSIVE)
            || context.words.is_any(last.1, one_of!["the", "a", "an", "us", "me"]);
        !passive && object && hit.parts.len() > 1
    }

    /// The verdict on one hit: the worst of its parts.
    fn verdict(&self, matcher: &Matcher, hit: &Hit, is_forbidden: bool) -> (Verdict, Option<Cue>) {
        let context = &self.context;
        let is_typed = matcher.pattern.is_typed();
        let parts =
            || self.judged_parts(hit).map(|&(start, end)| Mention { start, end, act: self.act_beside(hit, start) });
        let doubt = if is_forbidden {
            Doubt::None
        } else {
            // A number is a fact, whatever looks for it.
            let is_fact =
                |part: Mention| is_typed || (part.start..part.end).any(|i| context.words.list[i].kind == Kind::Number);
            parts().map(|part| self.prose.doubt(context, part, is_fact(part))).max().unwrap_or(Doubt::None)
        };
        if doubt == Doubt::List {
            return (Verdict::Stuffed, None);
        }
        // The words of the mention itself ("no need to return", "cancel the card") are no cues.
        let is_own = |cue: &Cue| hit.parts.iter().any(|part| (part.0..part.1).contains(&cue.0));
        let polarity = matcher.polarity.unwrap_or(if hit.has_negator { Polarity::Any } else { Polarity::Assert });
        let is_named = matcher.by == By::Any && !is_forbidden && polarity == Polarity::Assert;
        if is_named && parts().all(|part| is_thing(context, part)) {
            return match parts().find_map(|part| mood::asked_by(context, part)) {
                Some(cue) if matcher.mood == Mood::Statement => (Verdict::Hypothetical, Some(cue)),
                _ if doubt == Doubt::Thin => (Verdict::Stuffed, None),
                _ => (Verdict::Met, None),
            };
        }
        let denied = if polarity == Polarity::Any {
            None
        } else {
            parts().find_map(|part| polarity::denied_by(context, part).filter(|cue| !is_own(cue)))
        };
        // "You owe nothing": what denies by itself is attributed as a whole, for its negator tells what it says of whom.
        let is_whole = hit.has_negator && context.segments.clause(hit.start) == context.segments.clause(hit.end - 1);
        let whole = is_whole.then(|| Mention::of(hit.start, hit.end));
        let given_away = || {
            whole.into_iter().chain(parts().filter(|_| !is_whole)).find_map(|part| {
                let cue = attribution::given_away_by(context, part)?;
                // "We promise that the embassy will accept it": what must not be said, whoever is to do it.
                (!is_forbidden || !is_vouched(context, &hit.parts, part, cue)).then_some(cue)
            })
        };
        // "You cannot go on without sending your PIN" asks for it.
        let is_required = |cue: &Cue| {
            let clause = context.clause_at(context.segments.clause(cue.0));
            is_forbidden && context.words.is(cue.0, "without") && context.any(context.before(clause, cue.0), Class::NOT)
        };
        let denied = denied.filter(|cue| !is_required(cue));
        if polarity == Polarity::Assert
            && let Some(cue) = denied
        {
            // "You told us that it was never returned": the denial is theirs.
            let clause = |word: usize| context.segments.clause(word);
            let theirs = parts().find_map(|part| attribution::reported_by(context, part));
            if matcher.by == By::Us
                && let Some(other) = theirs.filter(|other| clause(other.0) < clause(cue.0))
            {
                return (Verdict::Attributed, Some(other));
            }
            return (Verdict::Negated, denied);
        }
        if matcher.mood == Mood::Statement
            && let Some(cue) = parts().find_map(|part| {
                // What is denied is neither possible nor aimed at; it may only be asked or supposed.
                let is_denial = polarity == Polarity::Negate && denied.is_some();
                let opened = match (is_denial, hit.has_negator) {
                    (true, _) => mood::supposed_by(context, part),
                    (false, true) => mood::left_open_by(context, part),
                    (false, false) => mood::opened_by(context, part),
                };
                // "Refunded?": the mention may be all that the question holds.
                let is_question = context.sentence_of(part.start).is_question;
                let opened = opened.filter(|cue| is_question || !is_own(cue));
                // "Nothing for you to pay", "nothing has to be paid": the duty is what is denied.
                let is_denied_duty = |cue: &Cue| {
                    hit.has_negator
                        && hit.start < cue.1
                        && cue.1 <= hit.end
                        && mood::supposed_by(context, part).is_none()
                };
                let opened = opened.filter(|cue| is_question || !is_denied_duty(cue));
                let opened = opened.filter(|cue| !(matcher.by == By::Any && is_advice(context, part, *cue)));
                // "We recommend a painkiller": what must not be said is said by recommending it.
                opened.filter(|cue| !(is_forbidden && is_said(context, part, *cue)))
            })
        {
            // A question of the customer's that we repeat is both; that it is not ours says more.
            // "When you have a minute, please send it": an order, whenever it is for.
            let clause = |word: usize| context.segments.clause(word);
            let is_nearer = |other: &Cue| {
                other.0 <= cue.0 || clause(cue.0) < clause(other.0) && context.has(other.0, Class::PLEASE)
            };
            let attributed = if matcher.by == By::Us { given_away().filter(is_nearer) } else { None };
            return match attributed {
                Some(other) => (Verdict::Attributed, Some(other)),
                None => (Verdict::Hypothetical, Some(cue)),
            };
        }
        // "You did not lose any data": what is denied of the customer is told by us.
        let is_denied_of_you = |cue: &Cue| {
            polarity != Polarity::Assert && context.has(cue.0, Class::YOU) && context.any(cue.0..cue.1, Class::NOT)
        };
        if matcher.by == By::Us
            && let Some(cue) = given_away().filter(|cue| !is_denied_of_you(cue))
        {
            return (Verdict::Attributed, Some(cue));
        }
        if polarity == Polarity::Negate && denied.is_none() {
            return (Verdict::Absent, None);
        }
        if doubt == Doubt::Thin { (Verdict::Stuffed, None) } else { (Verdict::Met, denied) }
    }

    /// The past form of another part in the same clause: what became of the part that begins at `start`.
    fn act_beside(&self, hit: &Hit, start: usize) -> Option<usize> {
        let context = &self.context;
        let clause = context.segments.clause(start);
        // "Replacement panel: shipped": a label, and behind its colon what became of it.
        let is_label = context.sentence_of(start).is_label;
        let is_near = |other: usize| other == clause || is_label && other == clause + 1;
        let is_act = |i: &usize| context.is_past(*i) && is_near(context.segments.clause(*i));
        hit.parts.iter().filter(|part| part.0 != start).find_map(|part| (part.0..part.1).find(is_act))
    }

    /// The parts that decide: a noun whose verb stands in a relative clause of its own is only what that is about ("I
    /// write about the book which we mail today"), and so is one that a pronoun takes up again ("about the fee, it is
    /// waived").
    fn judged_parts<'h>(&self, hit: &'h Hit) -> impl Iterator<Item = &'h (usize, usize)> {
        let context = self.context;
        let clause = move |word: usize| context.segments.clause(word);
        let is_relative = move |index: usize| {
            let relative = context.clause_at(index);
            let happens = |i: usize| context.has(i, Class::BEEN) && context.is_past(i + 1);
            relative.link == Link::Relative
                && (context.any(relative.start..relative.end, Class::US) || (relative.start..relative.end).any(happens))
        };
        hit.parts.iter().filter(move |part| {
            let own = clause(part.0);
            // "the team, to which I have passed it": the relative's preposition may stand between.
            let end = context.clause_at(own).end;
            let ends = end == part.1 || end == part.1 + 1 && context.has(part.1, Class::PREPOSITION);
            let is_relative = ends && is_relative(own + 1) && hit.parts.iter().any(|other| clause(other.0) == own + 1);
            let is_taken_up = hit.parts.iter().any(|other| {
                let later = clause(other.0);
                later > own && {
                    let range = context.clause_at(later);
                    (range.start..range.end).any(|i| context.words.is_any(i, one_of!["it", "them", "both"]))
                }
            });
            !is_relative && !is_taken_up
        })
    }

    /// Turns a judged mention, or the lack of one, into a finding on the raw reply.
    fn finding(&self, matcher: &Matcher, outcome: outcome::Outcome) -> Finding {
        let raw = |start: usize, end: usize| self.raw(start, end);
        Finding {
            verdict: outcome.verdict,
            spans: outcome.spans.iter().map(|&(start, end)| raw(start, end)).collect(),
            cue: outcome.cue.map(|(start, end)| raw(self.opening(start), end)),
            pattern: matcher.pattern.clone(),
        }
    }

    /// The first part of the contraction that a word belongs to: the cue in "don't" is the whole of it.
    fn opening(&self, word: usize) -> usize {
        let list = &self.context.words.list;
        let is_tail = |i: usize| list.get(i).is_some_and(|w| w.gap == Gap::NONE && w.kind == Kind::Word);
        if word > 0 && is_tail(word) && list[word - 1].kind == Kind::Word { word - 1 } else { word }
    }

    fn raw(&self, start: usize, end: usize) -> Span {
        let list = &self.context.words.list;
        let last = end.saturating_sub(1).min(list.len().saturating_sub(1));
        let from = list.get(start).map_or(0, |word| word.start as usize);
        let to = list.get(last.max(start)).map_or(from, |word| word.end as usize);
        self.clean.raw(from, to)
    }

    /// Marks typed keywords whose kind of value is stated, none right and none claimed by another keyword.
    fn mark_wrong_values(&self, keywords: &mut [Finding], mentions: &[Vec<Judged>]) {
        for (i, finding) in keywords.iter_mut().enumerate() {
            if finding.verdict != Verdict::Absent || !finding.pattern.is_typed() {
                continue;
            }
            let claimed = |start: usize, end: usize| {
                let by_other = |other: usize| other != i && self.spec.keywords[other].matcher.pattern.is_typed();
                let overlaps = |list: &Vec<Judged>| list.iter().any(|m| m.start < end && start < m.end);
                mentions.iter().enumerate().any(|(other, list)| by_other(other) && overlaps(list))
            };
            let same = typed::same_kind(&finding.pattern, self.values, self.context.words);
            let wrong = same.iter().filter(|range| !claimed(range.0, range.1));
            let spans: Vec<Span> = wrong.map(|range| self.raw(range.0, range.1)).take(outcome::MAX_SPANS).collect();
            if !spans.is_empty() {
                finding.verdict = Verdict::WrongValue;
                finding.spans = spans;
            }
        }
    }
}
