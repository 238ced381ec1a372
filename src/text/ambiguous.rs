//! Words that are two words: the month and the modal "may", the "had" and the "would" of a clipped "'d".

use super::lexicon::Class;
use super::one_of::OneOf;
use super::token::{Gap, Kind, Words};

impl Words {
    /// Tells the month from the modal ("in May", "4 May"), and "had" from "would" in a clipped "'d".
    pub(super) fn mark_ambiguous(&mut self) {
        for i in 0..self.list.len() {
            let is_number =
                |j: Option<usize>| j.and_then(|j| self.list.get(j)).is_some_and(|word| word.kind == Kind::Number);
            let named = || i > 0 && self.is_any(i - 1, NAMING);
            let opens = Gap::STOP.or(Gap::PARAGRAPH).or(Gap::NEWLINE).or(Gap::QUESTION).or(Gap::BULLET).or(Gap::COLON);
            let inside = || i > 0 && !self.list[i].gap.has(opens.or(Gap::QUOTE).or(Gap::DASH).or(Gap::SEMICOLON));
            let is_named_month = || {
                self.list[i].is_capital
                    && (inside() && !self.list[i].is_caps
                        || named()
                        || is_number(i.checked_sub(1))
                        || is_number(Some(i + 1)))
            };
            if self.is(i, "may") && (is_named_month() || self.is_month_before_day(i) || self.is_month_behind_day(i)) {
                self.list[i].class = Class::VALUE;
            }
            // "we'd estimated": before a participle the clipped verb is "had".
            let next = i + 1 + usize::from(self.class(i + 1).has(Class::ADVERB));
            if self.list[i].full == Some("would")
                && self.list.get(next).is_some_and(|_| self.text(next).ends_with("ed"))
                && !self.is(next, "need")
            {
                self.list[i].set_full("had");
                self.list[i].is_past = true;
            }
        }
    }

    /// Whether a day stands behind a lower-case "may" or "march": "on may 14th", "the march 9 copy".
    pub(super) fn is_month_before_day(&self, i: usize) -> bool {
        const BEFORE: &OneOf = one_of![
            "on", "by", "until", "till", "from", "since", "before", "after", "the", "of", "this", "next", "last",
            "for", "through", "to",
        ];
        let is_day = self.list.get(i + 1).is_some_and(|word| word.kind == Kind::Number && word.len() <= 2);
        let is_ordinal = self.gap(i + 2) == Gap::NONE && self.is_any(i + 2, ORDINAL_ENDINGS);
        is_day && (is_ordinal || i > 0 && self.is_any(i - 1, BEFORE))
    }

    /// Whether a day stands before a lower-case "may" that no verb follows: "on or before 29 may and".
    fn is_month_behind_day(&self, i: usize) -> bool {
        let is_day = |i: usize| self.list.get(i).is_some_and(|word| word.kind == Kind::Number && word.len() <= 2);
        let ends = !self.gap(i + 1).only(Gap::SPACE)
            || self.class(i + 1).has(Class::COORDINATOR.or(Class::PREPOSITION).or(Class::SUBJECT))
            || self.list.get(i + 1).is_some_and(|word| word.kind == Kind::Number);
        i > 0 && is_day(i - 1) && ends
    }
}

/// What stands behind the digits of an ordinal.
pub(super) const ORDINAL_ENDINGS: &OneOf = one_of!["st", "nd", "rd", "th"];

/// Words before the name of a month.
const NAMING: &OneOf =
    one_of!["in", "of", "by", "from", "until", "since", "last", "next", "this", "early", "late", "mid", "till",];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::clean::Clean;

    #[test]
    fn months_and_modals() {
        let is_month = |raw: &str| {
            let words = Words::of(&Clean::of(raw));
            (0..words.list.len()).any(|i| words.is(i, "may") && !words.class(i).has(Class::MODAL))
        };
        assert!(is_month("we collect it on may 14th"));
        assert!(is_month("come on or before 29 may and ask"));
        assert!(is_month("It ends on 4 May."));
        assert!(!is_month("room 29 may be free"));
        assert!(!is_month("it may 14 days later"));
    }
}
