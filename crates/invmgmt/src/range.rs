//! What a number may be: its check and its words, once for parameters of demand and keys of networks.

/// A set of numbers that a quantity may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Any finite number.
    Finite,
    /// Finite and at least 0.
    NonNegative,
    /// Finite and above 0.
    Positive,
    /// Above 0 and at most 1.
    Share,
    /// From 0 to 1.
    Unit,
}

impl Range {
    /// Whether a number lies in it. Not-a-number lies in none.
    pub fn holds(self, number: f64) -> bool {
        number.is_finite()
            && match self {
                Self::Finite => true,
                Self::NonNegative => number >= 0.0,
                Self::Positive => number > 0.0,
                Self::Share => number > 0.0 && number <= 1.0,
                Self::Unit => (0.0..=1.0).contains(&number),
            }
    }

    /// What is expected, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::NonNegative => "a finite number >= 0",
            Self::Positive => "a finite number above 0",
            Self::Share => "a number above 0 and at most 1",
            Self::Unit => "a number from 0 to 1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Range::{Finite, NonNegative, Positive, Share, Unit};

    #[test]
    fn a_range_holds_its_ends_as_its_words_say() {
        let numbers = [f64::NEG_INFINITY, -1.0, -0.0, 0.0, 0.5, 1.0, 1.5, f64::INFINITY, f64::NAN];
        let held = |range: super::Range| numbers.map(|number| u8::from(range.holds(number)));
        assert_eq!(held(Finite), [0, 1, 1, 1, 1, 1, 1, 0, 0]);
        assert_eq!(held(NonNegative), [0, 0, 1, 1, 1, 1, 1, 0, 0]);
        assert_eq!(held(Positive), [0, 0, 0, 0, 1, 1, 1, 0, 0]);
        assert_eq!(held(Share), [0, 0, 0, 0, 1, 1, 0, 0, 0]);
        assert_eq!(held(Unit), [0, 0, 1, 1, 1, 1, 0, 0, 0]);
    }
}
