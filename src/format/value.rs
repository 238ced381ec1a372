//! Values as text: one way to space them, the author's own line breaks.

use super::order::Shape;
use super::syntax::{Group, Item, Line, Value, has_comment};

/// How deep one level of a list over several lines is indented, as in the shipped pack.
const INDENT: &str = "  ";

/// Writes a value that stands `level` levels deep.
pub(super) fn render_value(out: &mut String, value: &Value<'_>, shape: Shape, level: usize, line_end: &str) {
    let mut writer = Writer { out, line_end };
    writer.value(value, shape, level);
}

/// Whether a value takes several lines of its own, other than those of texts.
pub(super) fn is_long(value: &Value<'_>) -> bool {
    match value {
        Value::Scalar(_) => false,
        Value::List(group) | Value::Table(group) => group.lines || group.items.iter().any(|item| is_long(&item.value)),
    }
}

struct Writer<'o> {
    out: &'o mut String,
    line_end: &'o str,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value<'_>, shape: Shape, level: usize) {
        match value {
            Value::Scalar(text) => self.out.push_str(text),
            Value::List(group) => {
                let items: Vec<&Item<'_>> = group.items.iter().collect();
                self.group(group, &items, ('[', ']'), shape, level);
            }
            Value::Table(group) => {
                let mut items: Vec<&Item<'_>> = group.items.iter().collect();
                if !shape.is_free() {
                    items.sort_by_cached_key(|item| item.key.as_ref().map(|key| shape.ranks(&key.path)));
                }
                self.group(group, &items, ('{', '}'), shape, level);
            }
        }
    }

    fn group(&mut self, group: &Group<'_>, items: &[&Item<'_>], brackets: (char, char), shape: Shape, level: usize) {
        self.out.push(brackets.0);
        if group.lines {
            self.lines(group, items, shape, level);
        } else {
            let blank = if brackets.0 == '{' && !items.is_empty() { " " } else { "" };
            self.out.push_str(blank);
            for (at, item) in items.iter().enumerate() {
                self.out.push_str(if at > 0 { ", " } else { "" });
                self.item(item, shape, level);
            }
            self.out.push_str(blank);
        }
        self.out.push(brackets.1);
    }

    fn lines(&mut self, group: &Group<'_>, items: &[&Item<'_>], shape: Shape, level: usize) {
        if let Some(comment) = group.opening {
            self.out.push(' ');
            self.out.push_str(comment);
        }
        let mut fresh = true;
        for (at, item) in items.iter().enumerate() {
            if fresh || item.breaks || has_comment(&item.above) {
                self.between(&item.above, at == 0, level + 1);
                self.line(level + 1);
            } else {
                self.out.push(' ');
            }
            self.item(item, shape, level + 1);
            self.out.push(',');
            if let Some(comment) = item.beside {
                self.out.push(' ');
                self.out.push_str(comment);
            }
            fresh = item.beside.is_some();
        }
        let tail = match group.tail.as_slice() {
            [tail @ .., Line::Blank] => tail,
            tail => tail,
        };
        self.between(tail, items.is_empty(), level + 1);
        self.line(level);
    }

    /// Comments and empty lines above something, each begun with a line end.
    fn between(&mut self, lines: &[Line<'_>], first: bool, level: usize) {
        for (at, line) in lines.iter().enumerate() {
            match line {
                Line::Blank if first && at == 0 => {}
                Line::Blank => self.out.push_str(self.line_end),
                Line::Comment(comment) => {
                    self.line(level);
                    self.out.push_str(comment);
                }
            }
        }
    }

    fn line(&mut self, level: usize) {
        self.out.push_str(self.line_end);
        (0..level).for_each(|_| self.out.push_str(INDENT));
    }

    fn item(&mut self, item: &Item<'_>, shape: Shape, level: usize) {
        let shape = match &item.key {
            Some(key) => {
                self.out.push_str(&key.render());
                self.out.push_str(" = ");
                key.path.iter().fold(shape, |shape, key| shape.key(key))
            }
            None => shape.item(),
        };
        self.value(&item.value, shape, level);
    }
}
