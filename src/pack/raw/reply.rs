//! `[reply]` and `[[examples]]`.

use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Field, Id, KeywordWeight, Maybe, NonEmpty, RawDate, RawDuration, RawNumber, RawText, RawValueText, Table, Window,
    WordCount,
};

/// What the reply must and must not convey.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawReply<'t> {
    /// The matcher's version; "en-1" where it is not given.
    #[serde(default)]
    #[schemars(example = &"en-1")]
    pub matcher: Maybe<RawMatcherName>,
    /// The fewest words, quoted text left out.
    #[serde(default)]
    #[schemars(example = 8)]
    pub min_words: Maybe<WordCount>,
    /// The most words, quoted text left out.
    #[serde(default)]
    #[schemars(example = 220)]
    pub max_words: Maybe<WordCount>,
    /// What the reply must convey.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{ "id": "refund", "any_of": ["refund", "reimburse"] }]))]
    pub keywords: Maybe<Vec<Field<RawKeyword<'t>>>>,
    /// What the reply must not convey.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{ "id": "store-credit", "any_of": ["store credit"] }]))]
    pub forbidden: Maybe<Vec<Field<RawForbidden<'t>>>>,
    /// Groups of keyword ids: asserting two of a group fails both.
    #[serde(default)]
    #[schemars(example = vec![["refund", "replacement"]])]
    pub exclusive: Maybe<Vec<Field<Vec<Field<RawText<'t>>>>>>,
}

/// The matchers there are.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum RawMatcherName {
    #[serde(rename = "en-1")]
    En1,
}

macro_rules! entry {
    ($(#[$doc:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
        #[schemars(inline)]
        pub struct $name<'t> {
            /// Unique among the task's keywords, or among its forbidden entries.
            #[schemars(example = &"refund")]
            pub id: Field<Id<'t>>,
            /// Matcher: words or phrases, one of which must stand in the reply; `=word` is exact, else endings may differ.
            #[serde(default)]
            #[schemars(example = vec!["refund", "reimburse", "credit back"])]
            pub any_of: Maybe<NonEmpty<Field<RawText<'t>>>>,
            /// Matcher: groups of alternatives, one of each within `window` words of one sentence, in any order.
            #[serde(default)]
            #[schemars(example = vec![["send", "ship"], ["replacement", "new one"]])]
            pub near: Maybe<NonEmpty<Field<NonEmpty<Field<RawText<'t>>>>>>,
            /// For `near`: the most words from the first to the last, both included; 8 where it is not given.
            #[serde(default)]
            #[schemars(example = 8)]
            pub window: Maybe<Window>,
            /// Matcher: a pattern in linear time, without back-references and look-around.
            #[serde(default)]
            #[schemars(example = &r"\bRMA-[0-9]{6}\b")]
            pub regex: Maybe<RawText<'t>>,
            /// Matcher: an amount with its currency, or the field of a record that holds it.
            #[serde(default)]
            #[schemars(example = &"48.00 USD", example = serde_json::json!({ "from": "payment.captures[1].amount" }))]
            pub money: Maybe<RawValueText<'t>>,
            /// Matcher: a length of time; met by a stated one that overlaps it.
            #[serde(default)]
            #[schemars(example = &"3-5 business days", example = serde_json::json!({ "at_most": "5 business days" }))]
            pub duration: Maybe<RawDuration<'t>>,
            /// Matcher: a day.
            #[serde(default)]
            #[schemars(example = &"2026-03-02")]
            pub date: Maybe<RawDate<'t>>,
            /// Matcher: a percentage.
            #[serde(default)]
            #[schemars(example = &"15%")]
            pub percent: Maybe<RawValueText<'t>>,
            /// Matcher: a number that is no part of a range, an id, a date or an amount.
            #[serde(default)]
            #[schemars(example = 3)]
            pub number: Maybe<RawNumber<'t>>,
            /// Matcher: an id such as an order number, however it is written.
            #[serde(default)]
            #[schemars(example = &"ORD-1001", example = serde_json::json!({ "from": "order.order_id" }))]
            pub r#ref: Maybe<RawValueText<'t>>,
            /// Phrases in which a match does not count.
            #[serde(default)]
            #[schemars(example = vec!["refund policy"])]
            pub except: Maybe<Vec<Field<RawText<'t>>>>,
            /// Whether a match must be asserted, denied, or either.
            #[serde(default)]
            #[schemars(example = &"assert")]
            pub polarity: Maybe<RawPolarity>,
            /// Whether questions, conditions and possibilities count.
            #[serde(default)]
            #[schemars(example = &"statement")]
            pub mood: Maybe<RawMood>,
            /// Whether it must be the desk's own statement.
            #[serde(default)]
            #[schemars(example = &"us")]
            pub by: Maybe<RawBy>,
            $($own)*
        }

        impl $name<'_> {
            /// What both kinds of entry say of their match.
            pub fn matcher(&self) -> RawMatcher<'_> {
                RawMatcher {
                    any_of: &self.any_of,
                    near: &self.near,
                    window: &self.window,
                    regex: &self.regex,
                    money: &self.money,
                    duration: &self.duration,
                    date: &self.date,
                    percent: &self.percent,
                    number: &self.number,
                    r#ref: &self.r#ref,
                    except: &self.except,
                    polarity: &self.polarity,
                    mood: &self.mood,
                    by: &self.by,
                }
            }
        }
    };
}

/// What keywords and forbidden entries alike say of their match.
#[derive(Debug, Clone, Copy)]
pub struct RawMatcher<'a> {
    pub any_of: &'a Maybe<NonEmpty<Field<RawText<'a>>>>,
    pub near: &'a Maybe<NonEmpty<Field<NonEmpty<Field<RawText<'a>>>>>>,
    pub window: &'a Maybe<Window>,
    pub regex: &'a Maybe<RawText<'a>>,
    pub money: &'a Maybe<RawValueText<'a>>,
    pub duration: &'a Maybe<RawDuration<'a>>,
    pub date: &'a Maybe<RawDate<'a>>,
    pub percent: &'a Maybe<RawValueText<'a>>,
    pub number: &'a Maybe<RawNumber<'a>>,
    pub r#ref: &'a Maybe<RawValueText<'a>>,
    pub except: &'a Maybe<Vec<Field<RawText<'a>>>>,
    pub polarity: &'a Maybe<RawPolarity>,
    pub mood: &'a Maybe<RawMood>,
    pub by: &'a Maybe<RawBy>,
}

impl RawMatcher<'_> {
    /// The matchers that are written, faulty ones included, with their places. A sound entry has one.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, Option<Range<usize>>)> + use<> {
        macro_rules! given {
            ($($name:literal $field:expr),*) => {
                [$($field.is_given().then(|| ($name, $field.spanned().map(|(_, range)| range)))),*].into_iter().flatten()
            };
        }
        given!("any_of" self.any_of, "near" self.near, "regex" self.regex, "money" self.money, "duration" self.duration,
              "date" self.date, "percent" self.percent, "number" self.number, "ref" self.r#ref)
    }
}

entry! {
    /// Something the reply must convey; it has exactly one matcher.
    RawKeyword {
        /// Share among the scored keywords; 1 where it is not given.
        #[serde(default)]
        #[schemars(example = 1.0)]
        pub weight: Maybe<KeywordWeight>,
        /// Reported, not scored.
        #[serde(default)]
        #[schemars(example = true)]
        pub optional: Maybe<bool>,
    }
}

entry! {
    /// Something the reply must not convey; it has exactly one matcher.
    RawForbidden {
        /// "gate": the episode scores 0; "fail": the reply criterion scores 0. "fail" where it is not given.
        #[serde(default)]
        #[schemars(example = &"gate")]
        pub effect: Maybe<RawEffect>,
    }
}

/// Whether a match must be asserted, denied, or either.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RawPolarity {
    Assert,
    Negate,
    Any,
}

/// Whether questions, conditions and possibilities count.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RawMood {
    Statement,
    Any,
}

/// Whose statement it must be.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RawBy {
    Us,
    Any,
}

/// What the presence of a forbidden entry costs.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum RawEffect {
    Gate,
    Fail,
}

/// One of the grader's own test cases.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 't"))]
#[schemars(inline)]
pub struct RawExample<'t> {
    /// The reply to judge.
    #[schemars(example = &"We cannot refund the $64.50.")]
    pub reply: Field<RawText<'t>>,
    /// Whether it meets every scored keyword, with nothing forbidden and its length in bounds.
    #[serde(default)]
    #[schemars(example = false)]
    pub passes: Maybe<bool>,
    /// The verdict that each named keyword gets; "unmet" is any but "met".
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "refund": "negated" }))]
    pub expect: Maybe<Table<'t, RawExpect>>,
}

/// The verdict that an example expects.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawExpect {
    Met,
    Unmet,
    Absent,
    Negated,
    Hypothetical,
    Attributed,
    Excepted,
    Stuffed,
    Conflict,
    WrongValue,
}
