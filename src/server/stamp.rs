//! A moment as JSON writes it: RFC 3339, in UTC, to the millisecond, or with the precision 0 to the second.

use std::fmt::{Display, Formatter, Result};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

/// A moment by the machine's own clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stamp(pub(crate) SystemTime);

impl Stamp {
    /// The moment so many milliseconds after 1970 began.
    pub(crate) fn of_millis(at: u64) -> Stamp {
        Stamp(UNIX_EPOCH.checked_add(Duration::from_millis(at)).unwrap_or(UNIX_EPOCH))
    }
}

impl Display for Stamp {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let since = self.0.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (days, second) = (since.as_secs() / 86_400, since.as_secs() % 86_400);
        let (year, month, day) = date_of(days);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if f.precision() != Some(0) {
            write!(f, ".{:03}", since.subsec_millis())?;
        }
        f.write_str("Z")
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Year, month and day of a day counted from 1970-01-01, by the rule of H. Hinnant's "chrono-compatible low-level date
/// algorithms": years that begin in March put the leap day last.
fn date_of(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    #[test]
    fn moments_are_written_in_utc() {
        let check = |millis: u64, expect: &str| {
            assert_eq!(Stamp::of_millis(millis).to_string(), expect);
            assert_eq!(format!("{:.0}", Stamp::of_millis(millis)), format!("{}Z", &expect[..expect.len() - 5]));
        };
        check(0, "1970-01-01T00:00:00.000Z");
        check(951_782_399_999, "2000-02-28T23:59:59.999Z");
        check(951_782_400_000, "2000-02-29T00:00:00.000Z");
        check(1_772_720_520_007, "2026-03-05T14:22:00.007Z");
        check(4_107_542_400_000, "2100-03-01T00:00:00.000Z");
    }
}
