//! Many things in few words.

/// How many of a kind are told one by one.
const MAX_TOLD: usize = 3;

/// Some things, the first of them in words.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Counted {
    all: usize,
    first: Vec<String>,
}

impl Counted {
    pub(super) fn of(each: impl ExactSizeIterator<Item = String>) -> Counted {
        Counted { all: each.len(), first: each.take(MAX_TOLD).collect() }
    }

    pub(super) fn add(&mut self, name: impl FnOnce() -> String) {
        self.all += 1;
        if self.first.len() < MAX_TOLD {
            self.first.push(name());
        }
    }

    /// "a, b, c, …".
    pub(super) fn names(&self, between: &str) -> String {
        let more = if self.all > self.first.len() { format!("{between}…") } else { String::new() };
        self.first.join(between) + &more
    }

    /// "4 results are WHAT: a, b, c, …"; nothing where there are none.
    pub(super) fn tell(&self, thing: &str, what: &str, between: &str) -> Option<String> {
        let are = if self.all == 1 { "is" } else { "are" };
        (!self.is_empty()).then(|| format!("{} {are} {what}: {}", self.number(thing), self.names(between)))
    }

    /// "1 place", "2 places".
    pub(super) fn number(&self, thing: &str) -> String {
        if self.all == 1 { format!("1 {thing}") } else { format!("{} {thing}s", self.all) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_three_are_named() {
        let check = |number: usize, expect: Option<&str>| {
            let names = ["a", "b", "c", "d", "e"].map(str::to_owned);
            let mut counted = Counted::default();
            names[..number].iter().for_each(|name| counted.add(|| name.clone()));
            assert_eq!(counted, Counted::of(names[..number].iter().cloned()));
            assert_eq!(counted.tell("task", "lost", ", ").as_deref(), expect);
        };
        check(0, None);
        check(1, Some("1 task is lost: a"));
        check(3, Some("3 tasks are lost: a, b, c"));
        check(5, Some("5 tasks are lost: a, b, c, …"));
    }
}
