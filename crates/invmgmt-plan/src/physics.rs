//! How one item is replenished at one place.

use serde::{Deserialize, Serialize};

/// What becomes of demand that is not met at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unmet {
    /// It is gone.
    #[default]
    Lost,
    /// It waits until stock comes.
    Wait,
}

/// Whether an order may arrive before one that was placed earlier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Crossing {
    /// It may.
    #[default]
    Free,
    /// It arrives no earlier than the one before.
    Fifo,
}

/// Periods from an order to the period in which it can be sold, by their chances. Every order draws its own.
#[derive(Clone, Debug, PartialEq)]
pub struct LeadTime {
    /// Distinct, increasing [periods].
    periods: Vec<u32>,
    /// Chance of each; they add up to 1.
    chances: Vec<f64>,
}

/// Longest lead time [periods].
pub const LONGEST_LEAD_TIME: u32 = 400;

impl LeadTime {
    /// Always the same.
    pub fn fixed(periods: u32) -> Self {
        Self { periods: vec![periods], chances: vec![1.0] }
    }

    /// By weights, which need not add up to 1; none if there is no weight above zero, one is negative or not finite, or
    /// a lead time is longer than [`LONGEST_LEAD_TIME`].
    pub fn weighted(outcomes: impl IntoIterator<Item = (u32, f64)>) -> Option<Self> {
        let mut outcomes: Vec<(u32, f64)> = outcomes.into_iter().collect();
        outcomes.sort_by_key(|(periods, _)| *periods);
        let (mut distinct, mut weights): (Vec<u32>, Vec<f64>) = (Vec::new(), Vec::new());
        for (periods, weight) in outcomes {
            if !(weight.is_finite() && weight >= 0.0) || periods > LONGEST_LEAD_TIME {
                return None;
            }
            match (distinct.last(), weights.last_mut()) {
                _ if weight == 0.0 => {}
                (Some(&last), Some(sum)) if last == periods => *sum += weight,
                _ => {
                    distinct.push(periods);
                    weights.push(weight);
                }
            }
        }
        let total: f64 = weights.iter().sum();
        (total > 0.0).then(|| Self {
            periods: distinct,
            chances: weights.into_iter().map(|weight| weight / total).collect(),
        })
    }

    /// The lead times that may occur, increasing [periods].
    pub fn periods(&self) -> &[u32] {
        &self.periods
    }

    /// The mean [periods].
    pub fn mean(&self) -> f64 {
        self.outcomes().map(|(periods, chance)| f64::from(periods) * chance).sum()
    }

    /// The variance [periods^2].
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.outcomes().map(|(periods, chance)| (f64::from(periods) - mean).powi(2) * chance).sum()
    }

    /// The longest that may occur [periods].
    pub fn longest(&self) -> u32 {
        self.periods.last().copied().unwrap_or_default()
    }

    /// Whether it varies.
    pub fn is_random(&self) -> bool {
        self.periods.len() > 1
    }

    /// The chance of each of [`periods`](Self::periods) [1].
    pub fn chances(&self) -> &[f64] {
        &self.chances
    }

    fn outcomes(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.periods.iter().copied().zip(self.chances.iter().copied())
    }
}

/// How one item is replenished at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Physics {
    /// From an order to the period in which it can be sold.
    pub lead_time: LeadTime,
    /// Orders are placed every so many periods, >= 1.
    pub review: usize,
    /// Least order, if any [units].
    pub minimum: f64,
    /// Orders are whole multiples of this [units]; 0: any quantity.
    pub multiple: f64,
    /// What becomes of demand that is not met at once.
    pub unmet: Unmet,
    /// Whether orders may overtake each other, where the lead time varies.
    pub crossing: Crossing,
    /// Periods of selling after which a unit spoils, from its arrival on, >= 1; none: never.
    pub life: Option<usize>,
}

impl Default for Physics {
    /// A lead time of one period and nothing else.
    fn default() -> Self {
        Self {
            lead_time: LeadTime::fixed(1),
            review: 1,
            minimum: 0.0,
            multiple: 0.0,
            unmet: Unmet::Lost,
            crossing: Crossing::Free,
            life: None,
        }
    }
}

/// Smaller than any quantity of goods [units].
pub(crate) const NOTHING: f64 = 1e-9;

/// Waves of orders until they have died down [1], and for how long at most that is waited [periods].
const WAVES: f64 = 12.0;
/// See [`WAVES`].
const LONGEST_WAVES: f64 = 2_000.0;

impl Physics {
    /// Whether demand that is not met at once waits.
    pub(crate) fn waits(&self) -> bool {
        self.unmet == Unmet::Wait
    }

    /// Periods after which a path has forgotten how it began.
    pub(crate) fn warm_up(&self) -> usize {
        self.lead_time.longest() as usize + 2 * self.review + 5 + self.life.unwrap_or(0)
    }

    /// Periods after which nothing of how a path began is left to be seen in a mean over many thousands of them, when
    /// so much is wanted per period: a shelf that was full at first comes and goes in waves of a lead time, and of what
    /// an order lasts.
    pub(crate) fn forgets(&self, mean: f64) -> usize {
        let lasts = self.sized(1.0) / mean;
        let waves = WAVES * (f64::from(self.lead_time.longest()) + self.review as f64 + lasts);
        self.warm_up() + waves.min(LONGEST_WAVES) as usize
    }

    /// What is ordered for a want of so many units: at least the minimum, rounded up to the multiple.
    #[inline(always)]
    pub fn sized(&self, wanted: f64) -> f64 {
        if wanted <= NOTHING {
            return 0.0;
        }
        let wanted = wanted.max(self.minimum);
        if self.multiple > 0.0 { (wanted / self.multiple - NOTHING).ceil() * self.multiple } else { wanted }
    }

    /// The mean number of periods an order must cover: from an order to the sale of the next one's goods.
    pub fn protection(&self) -> f64 {
        self.lead_time.mean() + self.review as f64
    }
}

/// When and up to what to order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Levels {
    /// Ordered is when the position is at most this [units].
    pub reorder_point: f64,
    /// Ordered is up to this, rounded up to the multiple [units].
    pub order_up_to: f64,
}

impl Levels {
    /// The order for a position: on hand and on order, less customers who wait [units].
    #[inline(always)]
    pub fn request(&self, position: f64, physics: &Physics) -> f64 {
        if position > self.reorder_point + NOTHING { 0.0 } else { physics.sized(self.order_up_to - position) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_raised_to_the_minimum_and_rounded_up_to_the_multiple() {
        let physics = Physics { minimum: 10.0, multiple: 6.0, ..Physics::default() };
        let levels = Levels { reorder_point: 8.0, order_up_to: 20.0 };
        assert_eq!(levels.request(9.0, &physics), 0.0);
        assert_eq!(levels.request(8.0, &physics), 12.0);
        assert_eq!(levels.request(1.0, &physics), 24.0);
        assert_eq!(physics.sized(12.0), 12.0);
        assert_eq!(physics.sized(0.0), 0.0);
    }

    #[test]
    fn weights_are_chances_and_equal_lead_times_one() {
        let law = LeadTime::weighted([(3, 2.0), (2, 8.0), (3, 0.0)]).unwrap();
        assert_eq!((law.periods(), law.mean()), (&[2, 3][..], 2.2));
        assert!((law.variance() - 0.16).abs() < 1e-12);
        assert_eq!(LeadTime::weighted([(1, 0.0)]), None);
        assert_eq!(LeadTime::weighted([(1, -1.0), (2, 2.0)]), None);
        assert_eq!(LeadTime::weighted([(401, 1.0)]), None);
    }
}
