//! Where each part of an episode's state stands in one row.

use std::ops::Range;

use super::{Network, Part, Sight, StateNumber};

/// The state of an episode as one row of numbers: its [`Part`]s, one after the other. What stands first *is* the
/// observation; behind it stands what policies are told besides, and what nobody sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Numbers of each part.
    lengths: [usize; Part::COUNT],
    /// Where each part begins.
    starts: [usize; Part::COUNT],
    observation: usize,
    /// Numbers of the observed parts that few networks have.
    extra: usize,
    told: usize,
    row: usize,
}

impl Layout {
    /// The layout of a network's states.
    pub(super) fn of(network: &Network) -> Self {
        let mut layout = Self::default();
        for part in Part::ALL {
            let length = part.length(network);
            layout.lengths[part as usize] = length;
            layout.starts[part as usize] = layout.row;
            layout.row += length;
            if part.facts().sight <= Sight::Told {
                layout.told = layout.row;
            }
            if part.facts().sight == Sight::Observed {
                layout.observation = layout.row;
            }
        }
        layout.extra = layout.observation - layout.starts[Part::Requested as usize];
        layout
    }

    /// Where a part stands.
    #[inline]
    pub fn range(&self, part: Part) -> Range<usize> {
        let start = self.starts[part as usize];
        start..start + self.lengths[part as usize]
    }

    /// Where a part begins; of a part of one number, where that stands.
    #[inline]
    pub fn start(&self, part: Part) -> usize {
        self.starts[part as usize]
    }

    /// How many numbers a part has.
    #[inline]
    pub fn length(&self, part: Part) -> usize {
        self.lengths[part as usize]
    }

    /// Length of the observation, the first part of the row.
    #[inline]
    pub fn observation(&self) -> usize {
        self.observation
    }

    /// Length of what a policy may rest on: the observation, and what it is told behind it.
    #[inline]
    pub fn told(&self) -> usize {
        self.told
    }

    /// Length of the row.
    #[inline]
    pub fn row(&self) -> usize {
        self.row
    }

    /// A row's parts as a period is played on them: the six of every observation, then those that few networks have,
    /// one behind the other, then what is on order, then what is hidden.
    #[inline(always)]
    pub fn split<'a, T>(&self, row: &'a mut [T]) -> [&'a mut [T]; 9] {
        // Written out: kept in a loop, the parts would stand in memory while a period is played.
        let [demand, unmet, on_hand, in_transit, period, sentiment, ..] = self.lengths;
        let (demand, row) = row.split_at_mut(demand);
        let (unmet, row) = row.split_at_mut(unmet);
        let (on_hand, row) = row.split_at_mut(on_hand);
        let (in_transit, row) = row.split_at_mut(in_transit);
        let (period, row) = row.split_at_mut(period);
        let (sentiment, row) = row.split_at_mut(sentiment);
        let (extra, row) = row.split_at_mut(self.extra);
        let (on_order, hidden) = row.split_at_mut(self.lengths[Part::OnOrder as usize]);
        [demand, unmet, on_hand, in_transit, period, sentiment, extra, on_order, hidden]
    }

    /// Where a part stands among those that few networks have.
    #[inline]
    pub fn extra(&self, part: Part) -> Range<usize> {
        let first = self.starts[Part::Requested as usize];
        let range = self.range(part);
        range.start - first..range.end - first
    }
}

impl Network {
    /// Every number of a state row, in order.
    pub fn state_numbers(&self) -> impl Iterator<Item = StateNumber> {
        Part::ALL.into_iter().flat_map(|part| part.numbers(self))
    }

    /// What each entry of an observation is, in words.
    pub fn observation_labels(&self) -> Vec<String> {
        let observed = self.state_numbers().take(self.layout.observation());
        observed.map(|number| number.label(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::preset;

    #[test]
    fn the_parts_of_a_row_follow_each_other_without_gap_or_overlap() {
        let network = preset("network").expect("a preset").compile().expect("valid");
        let layout = &network.layout;
        let positions: Vec<usize> = Part::ALL.into_iter().flat_map(|part| layout.range(part)).collect();
        assert_eq!(positions, (0..layout.row()).collect::<Vec<_>>());
        // One market link, six stocks, eleven supply links; 5 + 3 + 8 + 10 + 9 + 11 + 12 + 0 + 1 + 2 + 0 periods of
        // lead time.
        assert_eq!(Part::ALL.map(|part| layout.length(part)), [1, 1, 6, 61, 1, 1, 0, 0, 0, 0, 0, 0, 11, 0]);
        assert_eq!((layout.observation(), layout.told(), layout.row()), (71, 82, 82));
        let mut row: Vec<usize> = (0..layout.row()).collect();
        let [first @ .., _, on_order, _] = layout.split(&mut row);
        for (part, numbers) in Part::ALL.into_iter().zip(first) {
            assert!(numbers.iter().copied().eq(layout.range(part)), "{part}");
            assert_eq!(layout.start(part), layout.range(part).start);
        }
        assert!(on_order.iter().copied().eq(layout.range(Part::OnOrder)));
    }

    #[test]
    fn every_number_of_a_row_has_a_name_of_its_own() {
        let network = preset("network").expect("a preset").compile().expect("valid");
        let mut labels: Vec<String> = network.state_numbers().map(|number| number.label(&network)).collect();
        assert_eq!(labels.len(), network.layout.row());
        assert_eq!(labels[..network.layout.observation()], network.observation_labels());
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), network.layout.row());
    }
}
