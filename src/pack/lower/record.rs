//! A record as the agent reads it: aligned `key: value` lines, numbers and dates as they are written in the file.

use std::ops::Range;

use crate::pack::raw::{Field, Record, RecordValue};

/// The record as text.
pub(super) fn render_record(record: &Record, text: &str) -> String {
    let mut out = String::new();
    render_table(record, text, 0, &mut out);
    out.truncate(out.trim_end().len());
    out
}

/// A scalar as it is written in the file, strings without their quotes; `None` for a list or table.
pub(super) fn authored(value: &RecordValue, range: Range<usize>, text: &str) -> Option<String> {
    match value {
        RecordValue::List(_) | RecordValue::Table(_) => None,
        RecordValue::Text(string) => Some(string.clone()),
        RecordValue::Boolean(value) => Some(value.to_string()),
        RecordValue::Integer(_) | RecordValue::Float(_) => Some(text.get(range).unwrap_or_default().to_owned()),
    }
}

/// Whether a text value was written as a TOML date or time.
pub(super) fn is_date(range: &Range<usize>, text: &str) -> bool {
    text.as_bytes().get(range.start).is_some_and(u8::is_ascii_digit)
}

fn render_table(record: &Record, text: &str, indent: usize, out: &mut String) {
    let entries = || record.0.iter().filter_map(|(key, value)| Some((key.get()?, value)));
    // Values stand below one another; a key far longer than the others does not push them all away.
    let width = entries().map(|(key, _)| key.chars().count()).filter(|&width| width <= 24).max().unwrap_or(0);
    for (key, value) in entries() {
        let pad = " ".repeat(width.saturating_sub(key.chars().count()));
        out.push_str(&" ".repeat(indent));
        out.push_str(key);
        out.push(':');
        render_value(value, text, indent, &pad, out);
    }
}

fn render_value(field: &Field<RecordValue>, text: &str, indent: usize, pad: &str, out: &mut String) {
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
            let shown = authored(scalar, range, text).unwrap_or_default();
            out.push_str(pad);
            render_scalar(&shown, indent, out);
        }
    }
}

fn render_scalar(shown: &str, indent: usize, out: &mut String) {
    if shown.contains('\n') {
        out.push('\n');
        for line in shown.trim_end().lines() {
            out.push_str(&" ".repeat(indent + 2));
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
    let mark = format!("{}-", " ".repeat(indent));
    match item.get() {
        Some(RecordValue::Table(table)) if !table.0.is_empty() => {
            let mut block = String::new();
            render_table(table, text, indent + 2, &mut block);
            // The first key stands on the line of the mark.
            out.push_str(&mark);
            out.push_str(block.get(mark.len()..).unwrap_or_default());
        }
        _ => {
            out.push_str(&mark);
            render_value(item, text, indent, "", out);
        }
    }
}
