//! Statements to text: tables in their canonical order, one empty line between them, comments with what they belong to.
//!
//! A comment that touches the statement below it belongs to that. One with an empty line below it belongs to the table
//! whose end it stands at, or whose header it follows; at the two ends of the file it belongs to the file, and so does
//! what touches the first key where nothing else stands above it.

use std::collections::HashMap;

use crate::pack::{comments, lint_remark};

use super::order::Shape;
use super::syntax::{Body, Line, Statement, Statements, Value, has_comment};
use super::value::{is_long, render_value};

/// How the first line of a file begins that names its schema.
const DIRECTIVE: &str = "#:schema";

/// A header with everything below it, up to the next one; the top of the file has none.
struct Section<'t> {
    header: Option<Statement<'t>>,
    /// Whether an empty line stands above its header.
    gap: bool,
    /// What follows the header with an empty line below it.
    intro: Vec<Line<'t>>,
    keys: Vec<Statement<'t>>,
    /// What stands at its end.
    tail: Vec<Line<'t>>,
}

/// The text of the statements in their canonical order.
pub(super) fn render(statements: Statements<'_>, shape: Shape, line_end: &str) -> String {
    let (top, mut sections, bottom) = divide(statements);
    let mut plan = Plan::new(shape);
    for (at, section) in sections.iter().enumerate() {
        plan.place(at, section.header.as_ref());
    }
    let order = plan.order();
    for (at, section) in sections.iter_mut().enumerate() {
        let shape = plan.shapes[at];
        if !shape.is_free() {
            section.keys.sort_by_cached_key(|statement| shape.ranks(&statement.key.path));
        }
    }
    let mut page = Page { out: String::new(), line_end, gap: false };
    page.lines(&top.0);
    page.gap = !top.0.is_empty() && top.1;
    for at in order {
        page.section(&sections[at], plan.shapes[at]);
    }
    if !bottom.is_empty() {
        page.gap = true;
        page.lines(&bottom);
    }
    page.out
}

/// The file's own comments at its top, with whether an empty line follows; its sections; its comments at the end.
fn divide(statements: Statements<'_>) -> ((Vec<Line<'_>>, bool), Vec<Section<'_>>, Vec<Line<'_>>) {
    let mut top = (Vec::new(), false);
    let mut sections =
        vec![Section { header: None, gap: false, intro: Vec::new(), keys: Vec::new(), tail: Vec::new() }];
    let any = !statements.list.is_empty();
    for (at, mut statement) in statements.list.into_iter().enumerate() {
        let above = std::mem::take(&mut statement.above);
        let section = sections.last_mut().expect("the top of the file is a section");
        let is_header = !matches!(statement.body, Body::Value(..));
        if at == 0 {
            (top, statement.above) = split_top(above, is_header);
        } else if is_header {
            let (tail, touching) = split_last(above);
            section.tail = tail;
            statement.above = touching;
        } else if section.keys.is_empty() && section.header.is_some() {
            (section.intro, statement.above) = split_last(above);
        } else {
            statement.above = above;
        }
        if is_header {
            let gap = section.tail.last() == Some(&Line::Blank);
            sections.push(Section {
                header: Some(statement),
                gap,
                intro: Vec::new(),
                keys: Vec::new(),
                tail: Vec::new(),
            });
        } else {
            section.keys.push(statement);
        }
    }
    let mut below = statements.below;
    if !any {
        return ((below, false), Vec::new(), Vec::new());
    }
    let touching = below.iter().position(|line| *line == Line::Blank).unwrap_or(below.len());
    let bottom = below.split_off(touching);
    sections.last_mut().expect("the top of the file is a section").tail = below;
    (top, sections, trimmed(&bottom).to_vec())
}

/// What stands above the first statement: the file's own comments, with whether an empty line follows, and its own.
fn split_top(mut above: Vec<Line<'_>>, is_header: bool) -> ((Vec<Line<'_>>, bool), Vec<Line<'_>>) {
    let is_suppression = |line: &Line<'_>| matches!(line, Line::Comment(comment) if suppresses(comment));
    let touching = above.iter().rev().take_while(|line| is_suppression(line)).count();
    // One on the first line is for findings of the whole file.
    let mut own = above.split_off((above.len() - touching).max(1).min(above.len()));
    match above.iter().rposition(|line| *line == Line::Blank) {
        Some(at) if has_comment(&above[..at]) => {
            let mut touching = above.split_off(at + 1);
            touching.append(&mut own);
            ((trimmed(&above).to_vec(), true), touching)
        }
        None if is_header && !matches!(above.first(), Some(Line::Comment(first)) if first.starts_with(DIRECTIVE)) => {
            above.append(&mut own);
            ((Vec::new(), false), above)
        }
        _ => ((trimmed(&above).to_vec(), false), own),
    }
}

/// Lines up to and with the last empty one, and those below it, which touch what follows.
fn split_last(mut lines: Vec<Line<'_>>) -> (Vec<Line<'_>>, Vec<Line<'_>>) {
    let touching = lines.iter().rposition(|line| *line == Line::Blank).map_or(0, |at| at + 1);
    let below = lines.split_off(touching);
    (lines, below)
}

/// Without empty lines at both ends.
fn trimmed<'l, 't>(lines: &'l [Line<'t>]) -> &'l [Line<'t>] {
    let lines = lines.strip_prefix(&[Line::Blank]).unwrap_or(lines);
    lines.strip_suffix(&[Line::Blank]).unwrap_or(lines)
}

/// Whether a line is a comment that takes findings away.
fn suppresses(line: &str) -> bool {
    line.starts_with('#') && lint_remark(line).is_some()
}

/// Which section belongs to which table, and the order of tables.
struct Plan {
    nodes: Vec<Table>,
    /// What each section's table may hold.
    shapes: Vec<Shape>,
}

struct Table {
    shape: Shape,
    /// The table's own section; of one in the author's own order, all sections below it, too.
    sections: Vec<usize>,
    /// The tables of a list.
    elements: Vec<usize>,
    children: Vec<(usize, usize)>,
    by_name: HashMap<String, usize>,
}

impl Plan {
    fn new(shape: Shape) -> Plan {
        let mut plan = Plan { nodes: Vec::new(), shapes: Vec::new() };
        plan.add(shape);
        plan
    }

    fn add(&mut self, shape: Shape) -> usize {
        let (sections, elements) = (Vec::new(), Vec::new());
        self.nodes.push(Table { shape, sections, elements, children: Vec::new(), by_name: HashMap::new() });
        self.nodes.len() - 1
    }

    /// Finds the table of the next section.
    fn place(&mut self, section: usize, header: Option<&Statement<'_>>) {
        let path = header.map_or(&[][..], |header| &header.key.path);
        let is_element = header.is_some_and(|header| matches!(header.body, Body::Element));
        let mut at = 0;
        for (depth, name) in path.iter().enumerate() {
            let child = self.child(at, name);
            if self.nodes[child].shape.is_free() {
                self.nodes[child].sections.push(section);
                self.shapes.push(self.nodes[child].shape);
                return;
            }
            at = child;
            if is_element && depth + 1 == path.len() {
                let element = self.add(self.nodes[child].shape.item());
                self.nodes[child].elements.push(element);
                at = element;
            } else if let Some(&last) = self.nodes[child].elements.last() {
                at = last;
            }
            if self.nodes[at].shape.is_free() {
                break;
            }
        }
        self.nodes[at].sections.push(section);
        self.shapes.push(self.nodes[at].shape);
    }

    fn child(&mut self, parent: usize, name: &str) -> usize {
        if let Some(&child) = self.nodes[parent].by_name.get(name) {
            return child;
        }
        let shape = self.nodes[parent].shape;
        let child = self.add(shape.key(name));
        self.nodes[parent].by_name.insert(name.to_owned(), child);
        self.nodes[parent].children.push((shape.rank(name), child));
        child
    }

    /// The sections in their canonical order.
    fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.shapes.len());
        let mut left = vec![0];
        while let Some(at) = left.pop() {
            let table = &self.nodes[at];
            order.extend(&table.sections);
            let mut children = table.children.clone();
            children.sort_by_key(|(rank, _)| *rank);
            left.extend(children.iter().rev().map(|(_, child)| child));
            left.extend(table.elements.iter().rev());
        }
        order
    }
}

/// The text as it grows.
struct Page<'l> {
    out: String,
    line_end: &'l str,
    /// Whether an empty line must come before whatever comes next.
    gap: bool,
}

impl Page<'_> {
    fn section(&mut self, section: &Section<'_>, shape: Shape) {
        if let Some(header) = &section.header {
            let mut above = header.above.clone();
            if self.out.is_empty() {
                // A directive that comes to stand at the top of the file is the file's own from here on.
                let (top, touching) = split_top(above, true);
                self.lines(&top.0);
                above = touching;
            }
            // Tables inside others stand close where their author wants it so.
            let inner = header.key.path.len() > 1 && matches!(header.body, Body::Table);
            self.gap |= section.gap || !inner;
            self.lines(&above);
            let key = header.key.render();
            self.break_line();
            match header.body {
                Body::Element => self.out.extend(["[[", &key, "]]"]),
                _ => self.out.extend(["[", &key, "]"]),
            }
            self.beside(header.beside);
        }
        let intro = trimmed(&section.intro);
        self.lines(intro);
        let is_top = section.header.is_none();
        for (at, key) in section.keys.iter().enumerate() {
            let (gap, above) = match key.above.split_first() {
                Some((Line::Blank, above)) => (true, above),
                _ => (false, &key.above[..]),
            };
            if at > 0 {
                self.gap = gap;
            } else if is_top {
                // What stands above the first key must not be taken for the file's own.
                self.gap |= above.iter().any(|line| matches!(line, Line::Comment(comment) if !suppresses(comment)));
            } else {
                self.gap = !intro.is_empty();
            }
            self.lines(above);
            self.key(key, shape);
        }
        let tail = trimmed(&section.tail);
        if !tail.is_empty() {
            self.gap = section.tail.first() == Some(&Line::Blank);
            self.lines(tail);
            self.gap = true;
        }
    }

    fn key(&mut self, statement: &Statement<'_>, shape: Shape) {
        let Body::Value(value, written) = &statement.body else { return };
        self.break_line();
        // A suppression works on its own line and the next: what it stands at keeps its lines. One at the top of the
        // file is the file's, and touches its first key all the same.
        let watched = is_long(value)
            && (comments(written).any(|place| suppresses(&written[place]))
                || suppresses(self.last_line())
                || statement.beside.is_some_and(suppresses));
        self.out.extend([&statement.key.render(), " = "]);
        if watched {
            self.out.push_str(written);
        } else {
            let shape = statement.key.path.iter().fold(shape, |shape, key| shape.key(key));
            self.value(value, shape);
        }
        self.beside(statement.beside);
    }

    fn value(&mut self, value: &Value<'_>, shape: Shape) {
        render_value(&mut self.out, value, shape, 0, self.line_end);
    }

    fn beside(&mut self, comment: Option<&str>) {
        if let Some(comment) = comment {
            self.out.extend([" ", comment]);
        }
        self.out.push_str(self.line_end);
    }

    fn lines(&mut self, lines: &[Line<'_>]) {
        for line in lines {
            match line {
                Line::Blank => self.gap = true,
                Line::Comment(comment) => {
                    self.break_line();
                    self.out.extend([comment, self.line_end]);
                }
            }
        }
    }

    /// The line above.
    fn last_line(&self) -> &str {
        let above = self.out.strip_suffix(self.line_end).unwrap_or(&self.out);
        above.rsplit('\n').next().unwrap_or_default()
    }

    /// The empty line that is due, unless nothing stands above it.
    fn break_line(&mut self) {
        if self.gap && !self.out.is_empty() {
            self.out.push_str(self.line_end);
        }
        self.gap = false;
    }
}
