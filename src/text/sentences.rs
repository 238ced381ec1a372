//! A reply cut into its sentences, for those who rearrange them.

use super::clean::Clean;
use super::judgement::Span;
use super::segment::Segments;
use super::token::Words;

/// The sentences of a reply as the judgement sees them: spans into the raw text, in order, without gaps from the first
/// sentence to the end of the reply.
pub fn sentences(reply: &str) -> Vec<Span> {
    let clean = Clean::of(reply);
    let words = Words::of(&clean);
    let mut starts: Vec<usize> = Segments::of(&words)
        .sentences
        .iter()
        .map(|sentence| &words.list[sentence.start])
        .map(|word| clean.raw(word.start as usize, word.end as usize).start)
        .collect();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([reply.len()]);
    starts.iter().zip(ends).map(|(&start, end)| Span { start, end }).collect()
}

#[cfg(test)]
mod tests {
    use super::sentences;

    fn check(reply: &str, expect: &[&str]) {
        let found: Vec<&str> = sentences(reply).into_iter().map(|span| span.of(reply)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn sentences_join_to_the_reply() {
        check("We paid $64.50 back. It takes 3-5 days!", &["We paid $64.50 back. ", "It takes 3-5 days!"]);
        check("“Don’t worry.” All is well", &["Don’t worry.” ", "All is well"]);
        check("", &[]);
        check("…", &[]);
    }
}
