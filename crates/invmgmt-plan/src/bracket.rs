//! The least whole number that passes a test which all greater ones pass too.

/// A search outwards from a start and then between what fails and what passes. Whoever searches asks for the
/// [`next`](Self::next) number to test and [`tell`](Self::tell)s what came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bracket {
    /// It fails; -1 before any did.
    low: i64,
    /// It passes, if any did yet.
    high: Option<i64>,
    at: i64,
    step: i64,
    most: i64,
}

impl Bracket {
    /// Among 0 to `most`, from `start` in steps that double.
    pub fn new(start: i64, step: i64, most: i64) -> Self {
        Self { low: -1, high: None, at: start.clamp(0, most), step: step.max(1), most }
    }

    /// What is to be tested next; none at the end.
    pub fn next(&self) -> Option<i64> {
        let ends = match self.high {
            Some(high) => high - self.low <= 1,
            None => self.low >= self.most,
        };
        (!ends).then_some(self.at)
    }

    /// Whether the number to be tested passed.
    pub fn tell(&mut self, passes: bool) {
        if passes {
            self.high = Some(self.at);
        } else {
            self.low = self.at;
        }
        self.at = match (self.low, self.high) {
            (-1, Some(high)) => (high - self.step).max(0),
            (low, Some(high)) => low + (high - low) / 2,
            (low, None) => (low + self.step).min(self.most),
        };
        self.step *= 2;
    }

    /// The least number that passes, or the greatest there is and that it fails.
    pub fn found(&self) -> (i64, bool) {
        self.high.map_or((self.most, false), |high| (high, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_number_is_found_from_every_start() {
        for least in 0..=40 {
            for start in [0, 3, 17, 39, 90] {
                let mut bracket = Bracket::new(start, 2, 40);
                let mut tests = 0;
                while let Some(at) = bracket.next() {
                    bracket.tell(at >= least);
                    tests += 1;
                }
                assert_eq!(bracket.found(), (least, true));
                assert!(tests <= 14, "{tests}");
            }
        }
        let mut bracket = Bracket::new(5, 2, 40);
        while bracket.next().is_some() {
            bracket.tell(false);
        }
        assert_eq!(bracket.found(), (40, false));
    }
}
