//! What is asked of the Task API: which tasks there are.

use super::ValidationErrors;
use super::body::parse_body_fields;

/// One task by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPlace {
    /// The split it is in.
    pub split: String,
    /// Its position there, from 0; a negative one counts from the end.
    pub index: i64,
}

/// A run of tasks, bounded as a slice of Python is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRange {
    /// The split they are in.
    pub split: String,
    /// The first position; the beginning where it is absent.
    pub start: Option<i64>,
    /// The position after the last; the end where it is absent.
    pub stop: Option<i64>,
}

impl TaskPlace {
    /// The position among so many tasks, if there is one.
    pub fn resolve(&self, count: usize) -> Option<usize> {
        let at = if self.index < 0 { i128::from(self.index) + count as i128 } else { i128::from(self.index) };
        usize::try_from(at).ok().filter(|&at| at < count)
    }
}

impl TaskRange {
    /// The positions among so many tasks; none where the bounds cross.
    pub fn resolve(&self, count: usize) -> std::ops::Range<usize> {
        let clamp = |bound: i64| {
            let at = if bound < 0 { i128::from(bound) + count as i128 } else { i128::from(bound) };
            usize::try_from(at.clamp(0, count as i128)).expect("it lies between 0 and a count")
        };
        let start = self.start.map_or(0, clamp);
        start..self.stop.map_or(count, clamp).max(start)
    }
}

/// Reads `{"split"}`.
///
/// # Errors
/// Everything that is wrong with the body, as a 422 lists it.
pub fn parse_split_body(content_type: Option<&str>, body: &[u8]) -> Result<String, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let split = fields.required_text("split");
        fields.forbid_others(&["split"]);
        split
    })
}

/// Reads `{"split", "index"}`.
///
/// # Errors
/// As [`parse_split_body`].
pub fn parse_place_body(content_type: Option<&str>, body: &[u8]) -> Result<TaskPlace, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let (split, index) = (fields.required_text("split"), fields.required_int("index"));
        fields.forbid_others(&["split", "index"]);
        Some(TaskPlace { split: split?, index: index? })
    })
}

/// Reads `{"split", "start"?, "stop"?}`.
///
/// # Errors
/// As [`parse_split_body`].
pub fn parse_range_body(content_type: Option<&str>, body: &[u8]) -> Result<TaskRange, ValidationErrors> {
    parse_body_fields(content_type, body, |fields| {
        let split = fields.required_text("split");
        let (start, stop) = (fields.int("start", i64::MIN), fields.int("stop", i64::MIN));
        fields.forbid_others(&["split", "start", "stop"]);
        Some(TaskRange { split: split?, start, stop })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(start: Option<i64>, stop: Option<i64>, expect: &[usize]) {
        let range = TaskRange { split: String::new(), start, stop };
        assert_eq!(range.resolve(5).collect::<Vec<_>>(), expect, "[{start:?}:{stop:?}]");
    }

    #[test]
    fn ranges_are_slices_of_python() {
        check(None, None, &[0, 1, 2, 3, 4]);
        check(Some(1), Some(3), &[1, 2]);
        check(Some(-2), None, &[3, 4]);
        check(None, Some(-4), &[0]);
        check(Some(3), Some(1), &[]);
        check(Some(5), None, &[]);
        check(Some(i64::MIN), Some(i64::MAX), &[0, 1, 2, 3, 4]);
        check(Some(i64::MAX), Some(i64::MIN), &[]);
        check(Some(-9), Some(-5), &[]);
    }

    #[test]
    fn places_count_from_both_ends() {
        for (index, expect) in
            [(0, Some(0)), (4, Some(4)), (5, None), (-1, Some(4)), (-5, Some(0)), (-6, None), (i64::MIN, None)]
        {
            assert_eq!(TaskPlace { split: String::new(), index }.resolve(5), expect, "{index}");
        }
        assert_eq!(TaskPlace { split: String::new(), index: 0 }.resolve(0), None);
    }
}
