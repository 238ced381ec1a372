//! Tables for people: one row for each thing, as wide as there is room for.

/// A column of a table of `T`s.
pub(super) struct Column<T: 'static> {
    pub(super) head: &'static str,
    /// What it says, for those who read it the first time.
    pub(super) says: &'static str,
    pub(super) cell: fn(&T) -> String,
}

/// The columns that fit into a line of this width, each with its own; `None` where even the fewest do not. Those whose
/// heads are `dispensable` are left out first, in that order.
pub(super) fn fitting<T>(
    columns: &'static [Column<T>],
    dispensable: &[&str],
    rows: &[T],
    room: usize,
) -> Option<Vec<(&'static Column<T>, usize)>> {
    let width = |column: &Column<T>| {
        let cells = rows.iter().map(|row| (column.cell)(row).chars().count());
        cells.chain([column.head.chars().count()]).max().unwrap_or(0)
    };
    let mut columns: Vec<(&Column<T>, usize)> = columns.iter().map(|column| (column, width(column))).collect();
    let mut dispensable = dispensable.iter();
    while columns.iter().map(|(_, width)| width + 2).sum::<usize>() > room + 2 {
        let next = dispensable.next()?;
        columns.retain(|(column, _)| column.head != *next);
    }
    Some(columns)
}

/// The table's lines: the heads, then a line for each row. The first column names the row; of the others those that hold
/// figures alone stand to the right, so that they can be read down.
pub(super) fn render_table<T>(columns: &[(&Column<T>, usize)], rows: &[T]) -> Vec<String> {
    let is_figure = |cell: String| cell.starts_with(|c: char| c.is_ascii_digit() || "+-$".contains(c));
    let to_right: Vec<bool> =
        columns.iter().map(|(column, _)| rows.iter().all(|row| is_figure((column.cell)(row)))).collect();
    let line = |cell: &dyn Fn(&Column<T>) -> String| {
        let mut line = String::new();
        for (at, (column, width)) in columns.iter().enumerate() {
            let text = cell(column);
            let fill = " ".repeat(width.saturating_sub(text.chars().count()));
            line.push_str(&if at > 0 && to_right[at] { fill + &text } else { text + &fill });
            line.push_str("  ");
        }
        line.trim_end().to_owned()
    };
    let heads = line(&|column| column.head.to_owned());
    std::iter::once(heads).chain(rows.iter().map(|row| line(&|column| (column.cell)(row)))).collect()
}

/// The lines of a table of what fits of these columns, and what finds no room: `elsewhere` shows it. Where no table fits, a
/// `short` line for each row.
#[cfg(feature = "eval")]
pub(super) fn render_fitting<T>(
    columns: &'static [Column<T>],
    dispensable: &[&str],
    rows: &[T],
    (room, elsewhere): (usize, &str),
    short: impl Fn(&T) -> String,
) -> Vec<String> {
    let shown = fitting(columns, dispensable, rows, room);
    let (mut lines, left) = match &shown {
        Some(shown) => {
            let is_left = |column: &&Column<T>| shown.iter().all(|(other, _)| other.head != column.head);
            let left: Vec<&str> = columns.iter().filter(is_left).map(|column| column.head).collect();
            (render_table(shown, rows), left.join(", "))
        }
        None => (rows.iter().map(short).collect(), "a table".to_owned()),
    };
    if !left.is_empty() {
        lines.push(format!("… no room for {left}: a wider terminal or {elsewhere} shows all"));
    }
    lines
}

/// A score as everything prints it.
pub(super) fn four(score: f64) -> String {
    format!("{score:.4}")
}

#[cfg(test)]
mod tests {
    use super::*;

    static COLUMNS: [Column<u32>; 3] = [
        Column { head: "number", says: "", cell: u32::to_string },
        Column { head: "twice", says: "", cell: |number| (number * 2).to_string() },
        Column { head: "it", says: "", cell: |_| "é".to_owned() },
    ];

    fn check(room: usize, expect: Option<&[&str]>) {
        let rows = [5, 12_345_678];
        let found = fitting(&COLUMNS, &["twice", "it"], &rows, room).map(|columns| render_table(&columns, &rows));
        let expect = expect.map(|lines| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, expect, "{room}");
    }

    #[test]
    fn what_can_be_spared_is_left_out_first() {
        check(22, Some(&["number       twice  it", "5               10  é", "12345678  24691356  é"]));
        check(21, Some(&["number    it", "5         é", "12345678  é"]));
        check(8, Some(&["number", "5", "12345678"]));
        check(7, None);
    }

    #[cfg(feature = "eval")]
    #[test]
    fn what_is_left_out_is_named() {
        let check = |room: usize, expect: &[&str]| {
            let lines = render_fitting(&COLUMNS, &["twice", "it"], &[5], (room, "--all"), |row| format!("-{row}-"));
            assert_eq!(lines, expect, "{room}");
        };
        check(99, &["number  twice  it", "5          10  é"]);
        check(10, &["number  it", "5       é", "… no room for twice: a wider terminal or --all shows all"]);
        check(6, &["number", "5", "… no room for twice, it: a wider terminal or --all shows all"]);
        check(5, &["-5-", "… no room for a table: a wider terminal or --all shows all"]);
    }
}
