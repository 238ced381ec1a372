//! Seeds and shards as people write them.

/// The most seeds of a run.
const MAX_SEEDS: usize = 100_000;
/// The most shards of a run.
const MAX_SHARDS: u32 = 100_000;

/// Seeds as one value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seeds(pub(super) Vec<u64>);

/// Reads `1,2,3`, `1..5` (both ends are played) or both, such as `0,10..12`.
pub(super) fn parse_seeds(text: &str) -> Result<Seeds, String> {
    let wrong = || format!("`{text}` names no seeds; write `1,2,3` or `1..5`, numbers from 0 to 2^63 - 1");
    let number = |text: &str| {
        let number: u64 = text.trim().parse().map_err(|_| wrong())?;
        i64::try_from(number).map(|_| number).map_err(|_| wrong())
    };
    let mut seeds: Vec<u64> = Vec::new();
    for part in text.split(',') {
        let (first, last) = match part.split_once("..") {
            Some((first, last)) => (number(first)?, number(last.strip_prefix('=').unwrap_or(last))?),
            None => (number(part)?, number(part)?),
        };
        if first > last {
            return Err(wrong());
        }
        if last - first >= MAX_SEEDS as u64 || seeds.len() + (last - first) as usize >= MAX_SEEDS {
            return Err(format!("`{text}` names more than {MAX_SEEDS} seeds"));
        }
        seeds.extend(first..=last);
    }
    let mut sorted = seeds.clone();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("`{text}` names the seed {} twice; --repeats plays a seed more often", pair[0]));
    }
    Ok(Seeds(seeds))
}

/// Reads `2/8`: the second of eight shards. What is returned counts from 0.
pub(super) fn parse_shard(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("`{text}` is no shard; write `2/8` for the second of eight");
    let (own, of) = text.split_once('/').ok_or_else(wrong)?;
    let (own, of): (u32, u32) = (own.trim().parse().map_err(|_| wrong())?, of.trim().parse().map_err(|_| wrong())?);
    if own == 0 || own > of || of > MAX_SHARDS { Err(wrong()) } else { Ok((own - 1, of)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_read() {
        let check = |text: &str, expect: Option<&[u64]>| {
            assert_eq!(parse_seeds(text).ok().map(|seeds| seeds.0), expect.map(<[u64]>::to_vec), "{text}");
        };
        check("7", Some(&[7]));
        check("1..3", Some(&[1, 2, 3]));
        check("1..=3, 9", Some(&[1, 2, 3, 9]));
        check("9223372036854775807", Some(&[i64::MAX as u64]));
        for bad in [
            "",
            "a",
            "3..1",
            "1,,2",
            "-1",
            "9223372036854775808",
            "1,1",
            "1..3,2",
            "0..100000",
            "0..18446744073709551615",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn shards_are_read() {
        let check = |text: &str, expect: Option<(u32, u32)>| assert_eq!(parse_shard(text).ok(), expect, "{text}");
        check("1/1", Some((0, 1)));
        check("2/8", Some((1, 8)));
        for bad in ["", "0/8", "9/8", "1", "1/0", "a/b", "1/9999999"] {
            check(bad, None);
        }
    }
}
