//! When an item began to sell: zeros before it existed are no demand of zero.

/// Fewest periods after the first demand that tell how rare demand is.
const LOOKED_AT: usize = 10;

/// The period in which an item began: 0, or that of its first demand if chance would hardly (with less than
/// `false_alarm`) leave so many periods before it without any, as rare as demand is from there on.
///
/// How rare it is, twice as many periods after the first demand tell, and not all: demand may have grown since.
pub(crate) fn begins(history: &[f64], false_alarm: f64) -> usize {
    let Some(first) = history.iter().position(|value| *value > 0.0) else { return 0 };
    let after = &history[first + 1..];
    let looked_at = &after[..after.len().min((2 * first).max(LOOKED_AT))];
    let zeros = looked_at.iter().filter(|value| **value == 0.0).count();
    let without_demand = (zeros as f64 + 1.0) / (looked_at.len() as f64 + 2.0);
    if without_demand.powf(first as f64) < false_alarm { first } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_before_the_first_demand_are_cut_off_where_none_like_them_follow() {
        let new = [vec![0.0; 90], vec![5.0; 10]].concat();
        assert_eq!(begins(&new, 0.01), 90);
        // Demand every fourth period: three periods without any say nothing.
        let rare: Vec<f64> = (0..40).map(|t| if t % 4 == 3 { 6.0 } else { 0.0 }).collect();
        assert_eq!(begins(&rare, 0.01), 0);
        let rising: Vec<f64> = (0..300).map(f64::from).collect();
        assert_eq!(begins(&rising, 0.01), 0, "one zero at the foot of a line");
        assert_eq!(begins(&[0.0; 5], 0.01), 0);
    }
}
