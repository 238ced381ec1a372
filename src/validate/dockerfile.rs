//! As much of a Dockerfile as can be told without building it: its stages, what the last one holds, its labels.

/// A Dockerfile, stage by stage.
#[derive(Debug, Default)]
pub(super) struct Dockerfile {
    pub(super) stages: Vec<Stage>,
}

/// One `FROM` with what follows it.
#[derive(Debug)]
pub(super) struct Stage {
    /// The image, an earlier stage's name, or `scratch`.
    pub(super) base: String,
    name: Option<String>,
    /// Each instruction in capitals with its arguments on one line.
    pub(super) instructions: Vec<(String, String)>,
}

impl Dockerfile {
    pub(super) fn parse(text: &str) -> Dockerfile {
        let mut file = Dockerfile::default();
        for line in logical_lines(text) {
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((&line, ""));
            let (word, rest) = (word.to_ascii_uppercase(), rest.trim().to_owned());
            if word == "FROM" {
                let mut words = rest.split_whitespace().filter(|word| !word.starts_with("--"));
                let base = words.next().unwrap_or_default().to_owned();
                let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and(words.next());
                file.stages.push(Stage { base, name: name.map(str::to_owned), instructions: Vec::new() });
            } else if let Some(stage) = file.stages.last_mut() {
                stage.instructions.push((word, rest));
            }
        }
        file
    }

    /// Images that come from elsewhere, in order.
    pub(super) fn external_bases(&self) -> impl Iterator<Item = &str> {
        let is_stage = |base: &str| self.stages.iter().any(|stage| stage.name.as_deref() == Some(base));
        self.stages.iter().map(|stage| &*stage.base).filter(move |base| *base != "scratch" && !is_stage(base))
    }

    /// The commands of every stage.
    pub(super) fn commands(&self) -> impl Iterator<Item = &str> {
        self.stages.iter().flat_map(|stage| stage.of("RUN"))
    }

    /// The labels of the image: those of its last stage.
    pub(super) fn labels(&self) -> Vec<(String, String)> {
        self.stages.last().into_iter().flat_map(|stage| stage.of("LABEL")).flat_map(parse_labels).collect()
    }
}

impl Stage {
    /// The arguments of every such instruction.
    pub(super) fn of(&self, word: &'static str) -> impl Iterator<Item = &str> {
        self.instructions.iter().filter(move |(name, _)| name == word).map(|(_, rest)| &**rest)
    }
}

/// Lines with continuations joined, comments and blank lines left out.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut pending = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_suffix('\\') {
            Some(part) => {
                pending.push_str(part);
                pending.push(' ');
            }
            None => lines.push(std::mem::take(&mut pending) + line),
        }
    }
    if !pending.is_empty() {
        lines.push(pending);
    }
    lines
}

/// `key=value` pairs, the values quoted or not.
fn parse_labels(text: &str) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    let mut rest = text.trim();
    while let Some((key, after)) = rest.split_once('=') {
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        labels.push((key.trim().trim_matches('"').to_owned(), value.to_owned()));
        rest = left.trim();
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_labels_and_commands_are_told_apart() {
        let file = Dockerfile::parse(
            "# why\nFROM --platform=x rust:1.95 AS build\nRUN one \\\n    && two\n\nfrom scratch\nLABEL a=\"x y\" \\\n b=c\nCOPY --from=build /x /x\n",
        );
        assert_eq!(file.external_bases().collect::<Vec<_>>(), ["rust:1.95"]);
        assert_eq!(file.commands().collect::<Vec<_>>(), ["one      && two".replace("      ", "  ")]);
        assert_eq!(file.labels(), [("a".to_owned(), "x y".to_owned()), ("b".to_owned(), "c".to_owned())]);
        assert_eq!(file.stages.len(), 2);
    }
}
