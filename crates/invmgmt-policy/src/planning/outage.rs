//! When to leave customers unserved, if some must be.
//!
//! Where stock cannot last until more arrives, and unmet demand is lost, some periods end short whatever is done. Under
//! goodwill each of them costs the same share of all later demand, however little is missing in it. So there should be
//! few: leave customers unserved early and altogether, and serve the periods after that, whose demand has fallen by
//! then, with what was held back. Such a stretch of periods is an outage, an empty range where there is none.

use std::ops::Range;

/// A planned shortage that counts, in units of the programme's scale: interior answers leave less behind.
pub(super) const SHORTAGE: f64 = 0.01;

/// The periods that a plan leaves short, counted from the present one. The last period of all does not count: nobody
/// remembers it.
pub(super) fn short_periods(shortages: &[f64]) -> impl Iterator<Item = usize> {
    (0..shortages.len().saturating_sub(1)).filter(move |&period| shortages[period] > SHORTAGE)
}

/// The last stretch of periods without a gap that a plan leaves short.
pub(super) fn last_stretch(shortages: &[f64]) -> Range<usize> {
    let (mut start, mut end) = (0, 0);
    for period in short_periods(shortages) {
        if period > end {
            start = period;
        }
        end = period + 1;
    }
    start..end
}

/// Outages a little different from one of a plan of so many periods, the most promising first: earlier and shorter
/// ones, but longer ones first where the plan leaves customers unserved after its outage.
pub(super) fn neighbours(outage: &Range<usize>, shortages: &[f64]) -> Vec<Range<usize>> {
    let changes: [(isize, isize); 7] = [(-1, -2), (-1, -1), (0, -1), (1, 0), (0, 1), (-1, 0), (1, 1)];
    let (sooner, longer) = changes.split_at(4);
    let short_after = short_periods(shortages).any(|period| period >= outage.end);
    let ordered = if short_after { [longer, sooner] } else { [sooner, longer] };
    let changed = |&(start, end): &(isize, isize)| {
        let moved = outage.start.checked_add_signed(start)?..outage.end.checked_add_signed(end)?;
        (moved.start <= moved.end && moved.end < shortages.len()).then_some(moved)
    };
    ordered.into_iter().flatten().filter_map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_stretch_ends_where_customers_are_served_again() {
        assert_eq!(last_stretch(&[0.0, 3.0, 0.0, 5.0, 2.0, 0.0, 0.0]), 3..5);
        assert_eq!(last_stretch(&[2.0, 1.0, 0.0]), 0..2);
        assert_eq!(last_stretch(&[0.0, 0.0, 9.0]), 0..0, "nobody remembers the last period");
        assert_eq!(last_stretch(&[]), 0..0);
    }

    #[test]
    fn neighbours_stay_within_the_plan_and_shrink_first_unless_customers_wait_after_the_outage() {
        let served_after = [0.0, 0.0, 4.0, 4.0, 0.0, 0.0];
        assert_eq!(neighbours(&(2..4), &served_after), [1..2, 1..3, 2..3, 3..4, 2..5, 1..4, 3..5]);
        let short_after = [0.0, 0.0, 4.0, 4.0, 1.0, 0.0];
        assert_eq!(neighbours(&(2..4), &short_after)[0], 2..5);
        assert_eq!(neighbours(&(0..1), &[4.0, 0.0, 0.0]), [0..0, 1..1, 0..2, 1..2]);
    }
}
