//! A record as the agent reads it: aligned `key: value` lines, numbers and dates as they are written in the file.

use std::ops::Range;

use crate::pack::raw::{Field, Record, RecordValue};

/// Adds the record as text.
pub(super) fn render_record(record: &Record, text: &str, out: &mut String) {
    let start = out.len();
    render_table(record, text, 0, out);
    out.truncate(start + out[start..].trim_end().len());
}

/// A scalar as it is written in the file, strings without their quotes; `None` for a list or table.
pub(super) fn authored<'a>(value: &'a RecordValue, range: Range<usize>, text: &'a str) -> Option<&'a str> {
    match value {
        RecordValue::List(_) | RecordValue::Table(_) => None,
        RecordValue::Text(string) => Some(string),
        RecordValue::Boolean(value) => Some(if *value { "true" } else { "false" }),
        RecordValue::Integer(_) | RecordValue::Float(_) => Some(text.get(range).unwrap_or_default()),
    }
}

/// Whether a text value was written as a TOML date or time.
pub(super) fn is_date(range: &Range<usize>, text: &str) -> bool {
    text.as_bytes().get(range.start).is_some_and(u8::is_ascii_digit)
}

fn render_table(record: &Record, text: &str, indent: usize, out: &mut String) {
    let entries = || record.0.iter().filter_map(|(key, value)| Some((key.get()?, value)));
    // Values stand below one another; a key far longer than the others does not push them all away.
    let width = entries().map(|(key, _)| width_of(key)).filter(|&width| width <= 24).max().unwrap_or(0);
    for (key, value) in entries() {
        push_blanks(indent, out);
        out.push_str(key);
        out.push(':');
        render_value(value, text, indent, width.saturating_sub(width_of(key)), out);
    }
}

fn width_of(key: &str) -> usize {
    if key.is_ascii() { key.len() } else { key.chars().count() }
}

fn push_blanks(mut count: usize, out: &mut String) {
    const BLANKS: &str = "                                ";
    while count > 0 {
        let some = count.min(BLANKS.len());
        out.push_str(&BLANKS[..some]);
        count -= some;
    }
}

fn render_value(field: &Field<RecordValue>, text: &str, indent: usize, pad: usize, out: &mut String) {
    let Some((value, range)) = field.spanned() else {
        out.push('\n');
        return;
    };
    match value {
        RecordValue::Table(table) if table.0.is_empty() => out.push_str(" {}\n"),
        RecordValue::Table(table) => {
            out.push('\n');
            render_table(table, text, indent + 2, out);
        }
        RecordValue::List(items) if items.is_empty() => out.push_str(" []\n"),
        RecordValue::List(items) => {
            out.push('\n');
            items.iter().for_each(|item| render_item(item, text, indent + 2, out));
        }
        scalar => {
            push_blanks(pad, out);
            render_scalar(authored(scalar, range, text).unwrap_or_default(), indent, out);
        }
    }
}

fn render_scalar(shown: &str, indent: usize, out: &mut String) {
    if shown.contains('\n') {
        out.push('\n');
        for line in shown.trim_end().lines() {
            push_blanks(indent + 2, out);
            out.push_str(line);
            out.push('\n');
        }
    } else {
        out.push(' ');
        out.push_str(shown);
        out.push('\n');
    }
}

fn render_item(item: &Field<RecordValue>, text: &str, indent: usize, out: &mut String) {
    match item.get() {
        Some(RecordValue::Table(table)) if !table.0.is_empty() => {
            let start = out.len();
            render_table(table, text, indent + 2, out);
            // The first key stands on the line of the mark.
            if out.len() > start {
                out.replace_range(start + indent..=start + indent, "-");
            } else {
                push_mark(indent, out);
            }
        }
        _ => {
            push_mark(indent, out);
            render_value(item, text, indent, 0, out);
        }
    }
}

fn push_mark(indent: usize, out: &mut String) {
    push_blanks(indent, out);
    out.push('-');
}
