//! `[reply]` and `[[examples]]`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Field, Id, KeywordWeight, Maybe, NonEmpty, RawDate, RawDuration, RawNumber, RawValueText, Table, Window, WordCount,
};

/// What the reply must and must not convey.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawReply {
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
    pub keywords: Maybe<Vec<Field<RawKeyword>>>,
    /// What the reply must not convey.
    #[serde(default)]
    #[schemars(example = serde_json::json!([{ "id": "store-credit", "any_of": ["store credit"] }]))]
    pub forbidden: Maybe<Vec<Field<RawForbidden>>>,
    /// Groups of keyword ids: asserting two of a group fails both.
    #[serde(default)]
    #[schemars(example = vec![["refund", "replacement"]])]
    pub exclusive: Maybe<Vec<Field<Vec<Field<String>>>>>,
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
        #[serde(deny_unknown_fields)]
        #[schemars(inline)]
        pub struct $name {
            /// Unique among the task's keywords, or among its forbidden entries.
            #[schemars(example = &"refund")]
            pub id: Field<Id>,
            /// Matcher: words or phrases, one of which must stand in the reply; `=word` is exact, else endings may differ.
            #[serde(default)]
            #[schemars(example = vec!["refund", "reimburse", "credit back"])]
            pub any_of: Maybe<NonEmpty<Field<String>>>,
            /// Matcher: groups of alternatives, one of each within `window` words of one sentence, in any order.
            #[serde(default)]
            #[schemars(example = vec![["send", "ship"], ["replacement", "new one"]])]
            pub near: Maybe<NonEmpty<Field<NonEmpty<Field<String>>>>>,
            /// For `near`: the most words from the first to the last, both included; 8 where it is not given.
            #[serde(default)]
            #[schemars(example = 8)]
            pub window: Maybe<Window>,
            /// Matcher: a pattern in linear time, without back-references and look-around.
            #[serde(default)]
            #[schemars(example = &r"\bRMA-[0-9]{6}\b")]
            pub regex: Maybe<String>,
            /// Matcher: an amount with its currency, or the field of a record that holds it.
            #[serde(default)]
            #[schemars(example = &"48.00 USD", example = serde_json::json!({ "from": "payment.captures[1].amount" }))]
            pub money: Maybe<RawValueText>,
            /// Matcher: a length of time; met by a stated one that overlaps it.
            #[serde(default)]
            #[schemars(example = &"3-5 business days", example = serde_json::json!({ "at_most": "5 business days" }))]
            pub duration: Maybe<RawDuration>,
            /// Matcher: a day.
            #[serde(default)]
            #[schemars(example = &"2026-03-02")]
            pub date: Maybe<RawDate>,
            /// Matcher: a percentage.
            #[serde(default)]
            #[schemars(example = &"15%")]
            pub percent: Maybe<RawValueText>,
            /// Matcher: a number that is no part of a range, an id, a date or an amount.
            #[serde(default)]
            #[schemars(example = 3)]
            pub number: Maybe<RawNumber>,
            /// Matcher: an id such as an order number, however it is written.
            #[serde(default)]
            #[schemars(example = &"ORD-1001", example = serde_json::json!({ "from": "order.order_id" }))]
            pub r#ref: Maybe<RawValueText>,
            /// Phrases in which a match does not count.
            #[serde(default)]
            #[schemars(example = vec!["refund policy"])]
            pub except: Maybe<Vec<Field<String>>>,
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

        impl $name {
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
    pub any_of: &'a Maybe<NonEmpty<Field<String>>>,
    pub near: &'a Maybe<NonEmpty<Field<NonEmpty<Field<String>>>>>,
    pub window: &'a Maybe<Window>,
    pub regex: &'a Maybe<String>,
    pub money: &'a Maybe<RawValueText>,
    pub duration: &'a Maybe<RawDuration>,
    pub date: &'a Maybe<RawDate>,
    pub percent: &'a Maybe<RawValueText>,
    pub number: &'a Maybe<RawNumber>,
    pub r#ref: &'a Maybe<RawValueText>,
    pub except: &'a Maybe<Vec<Field<String>>>,
    pub polarity: &'a Maybe<RawPolarity>,
    pub mood: &'a Maybe<RawMood>,
    pub by: &'a Maybe<RawBy>,
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
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawExample {
    /// The reply to judge.
    #[schemars(example = &"We cannot refund the $64.50.")]
    pub reply: Field<String>,
    /// Whether it meets every scored keyword, with nothing forbidden and its length in bounds.
    #[serde(default)]
    #[schemars(example = false)]
    pub passes: Maybe<bool>,
    /// The verdict that each named keyword gets; "unmet" is any but "met".
    #[serde(default)]
    #[schemars(example = serde_json::json!({ "refund": "negated" }))]
    pub expect: Maybe<Table<RawExpect>>,
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
