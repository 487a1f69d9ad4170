//! Lists of seeds.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

/// Most seeds of one command.
const MAX_SEEDS: usize = 1_000_000;

/// Seeds in the order given, none twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seeds(pub Vec<u64>);

impl FromStr for Seeds {
    type Err = String;

    /// Reads `42`, `42,123` and `10000..10010` (the end left out), also mixed.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut seeds = Vec::new();
        for part in text.split(',') {
            let (first, end) = range(part.trim())?;
            if end - first > (MAX_SEEDS - seeds.len()) as u64 {
                return Err(format!("more than {MAX_SEEDS} seeds"));
            }
            seeds.extend(first..end);
        }
        let mut seen = HashSet::with_capacity(seeds.len());
        // The same episode counted twice would make the standard error too small.
        match seeds.iter().find(|&&seed| !seen.insert(seed)) {
            Some(twice) => Err(format!("seed {twice} is given twice")),
            None => Ok(Self(seeds)),
        }
    }
}

/// The first seed of a part and the one behind its last.
fn range(part: &str) -> Result<(u64, u64), String> {
    let number = |text: &str| {
        text.parse::<u64>()
            .ok()
            .filter(|&seed| seed < u64::MAX)
            .ok_or_else(|| format!("'{}' is not a whole number >= 0{}", text.escape_debug(), meant(text)))
    };
    match part.split_once("..") {
        None => number(part).map(|seed| (seed, seed + 1)),
        Some((first, end)) => {
            let (first, end) = (number(first)?, number(end)?);
            if first < end { Ok((first, end)) } else { Err(format!("'{part}' holds no seed")) }
        }
    }
}

impl Seeds {
    /// What a single seed was perhaps meant to be, if it looks like a number of seeds: how to ask for that many.
    pub fn hint(&self, option: &str) -> Option<String> {
        match self.0.as_slice() {
            [seed] if *seed >= 10 && seed.is_multiple_of(10) => {
                Some(format!("for {seed} seeds say {option} 0..{seed}"))
            }
            _ => None,
        }
    }
}

/// How a range is written, if a text is one in another manner.
fn meant(text: &str) -> String {
    let ends = ["-", ":", "\u{2013}", "to"].iter().find_map(|between| {
        let (first, last) = text.split_once(between)?;
        Some((first.trim().parse::<u64>().ok()?, last.trim().parse::<u64>().ok()?))
    });
    match ends {
        Some((first, last)) if first < last && last < u64::MAX => {
            format!("; the seeds {first} to {last} are {first}..{}, the end left out", last + 1)
        }
        _ => String::new(),
    }
}

impl fmt::Display for Seeds {
    /// A single seed as such, at most five one by one, otherwise the first, the last and how many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [seed] => write!(f, "1 seed: {seed}"),
            [first, .., last] if self.0.len() > 5 => {
                write!(f, "{} seeds, {first} to {last}", self.0.len())
            }
            few => write!(f, "{}", few.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_read_one_by_one_and_in_ranges() {
        assert_eq!("42".parse(), Ok(Seeds(vec![42])));
        assert_eq!("42, 123,7..10".parse(), Ok(Seeds(vec![42, 123, 7, 8, 9])));
        assert_eq!(
            "10000..10010".parse::<Seeds>().map(|seeds| seeds.to_string()),
            Ok("10 seeds, 10000 to 10009".into())
        );
    }

    #[test]
    fn a_bare_number_is_one_seed_and_what_it_may_have_meant_is_said() {
        let read = |text: &str| text.parse::<Seeds>().expect("a seed");
        assert_eq!(read("100").to_string(), "1 seed: 100");
        assert_eq!(read("100").hint("--seeds").as_deref(), Some("for 100 seeds say --seeds 0..100"));
        for text in ["0", "42", "5", "10,20", "0..10"] {
            assert_eq!(read(text).hint("--seeds"), None, "{text}");
        }
    }

    #[test]
    fn unusable_seeds_are_refused_by_name() {
        let refused = |text: &str| text.parse::<Seeds>().expect_err("refused");
        assert_eq!(refused("x"), "'x' is not a whole number >= 0");
        assert_eq!(refused("-1"), "'-1' is not a whole number >= 0");
        assert_eq!(refused("5..5"), "'5..5' holds no seed");
        assert_eq!(refused("1,2,1"), "seed 1 is given twice");
        assert_eq!(refused("0..18446744073709551614"), "more than 1000000 seeds");
    }
}
