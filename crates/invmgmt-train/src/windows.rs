//! Long episodes are learnt from piece by piece.

use std::ops::Range;

/// Periods that a step learns from at most; of an episode not twice as long it learns from all [periods].
const MOST: usize = 128;

/// How many times as long as an order may matter by itself it may do so by what is ordered in answer to it [1].
const AFTERMATH: usize = 4;

/// Which periods of its episodes a step plays and learns from: backpropagation through time, truncated (R. J. Williams
/// and J. Peng, "An efficient gradient-based algorithm for on-line training of recurrent network trajectories", Neural
/// Computation 2(4), 1990).
///
/// The windows of an episode lie one behind the other; a step learns from the decisions in one of them, and plays on
/// for as long as they may matter. What is further off would add noise, and under a net that answers sharply more of it
/// than anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Length of an episode [periods].
    horizon: usize,
    /// Length of a window [periods].
    length: usize,
    /// Periods played beyond it [periods].
    beyond: usize,
    /// Where the next step's window begins [periods].
    first: usize,
}

impl Windows {
    /// Windows for episodes of this length, in which an order may matter for so many periods.
    pub fn new(horizon: usize, reach: usize) -> Self {
        if horizon < 2 * MOST {
            return Self::whole(horizon);
        }
        let length = horizon.div_ceil(horizon.div_ceil(MOST));
        Self { horizon, length, beyond: (AFTERMATH * reach).min(MOST / 2), first: 0 }
    }

    /// Whole episodes of this length.
    pub fn whole(horizon: usize) -> Self {
        Self { horizon, length: horizon, beyond: 0, first: 0 }
    }

    /// Whether a window is a whole episode.
    pub fn is_whole(&self) -> bool {
        self.length == self.horizon
    }

    /// The most periods that are played in a row [periods].
    pub fn room(&self) -> usize {
        self.horizon.min(self.length + self.beyond)
    }

    /// The window of the next step, and what is played beyond it.
    pub fn played(&self) -> Range<usize> {
        self.first..self.horizon.min(self.first + self.length + self.beyond)
    }

    /// Periods of what is played that are learnt from [periods].
    pub fn learnt(&self) -> usize {
        self.length.min(self.horizon - self.first)
    }

    /// Where the next step's window begins [periods].
    pub fn first(&self) -> usize {
        self.first
    }

    /// Goes on to the next window, behind the last one to the first.
    pub fn advance(&mut self) {
        self.first = if self.first + self.length < self.horizon { self.first + self.length } else { 0 };
    }

    /// Puts the next step's window where one begins; returns whether one begins there.
    pub fn put(&mut self, first: usize) -> bool {
        let begins = first.is_multiple_of(self.length) && first < self.horizon;
        if begins {
            self.first = first;
        }
        begins
    }

    /// The windows in words; none where each is a whole episode.
    pub fn words(&self) -> String {
        if self.is_whole() {
            return String::new();
        }
        format!(", {} periods at a time and {} beyond", self.length, self.beyond)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_an_episode_once_and_end_with_it() {
        for (horizon, reach) in [(1, 3), (30, 6), (255, 9), (256, 9), (365, 40), (1200, 5), (1201, 500)] {
            let mut windows = Windows::new(horizon, reach);
            let mut learnt = 0;
            loop {
                let played = windows.played();
                assert_eq!(played.start, learnt);
                assert!(played.len() <= windows.room() && played.end <= horizon);
                learnt += windows.learnt();
                assert!(played.end == horizon || played.end >= learnt + reach.min(MOST / 2));
                windows.advance();
                if windows.first() == 0 {
                    break;
                }
            }
            assert_eq!(learnt, horizon);
            assert_eq!(windows.is_whole(), horizon < 2 * MOST);
        }
    }
}
