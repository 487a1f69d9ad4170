//! Who decides: the one thing the engine asks of a policy.

use crate::period::StateView;

/// Why a policy has no orders to give. The episode stands before the period it was asked about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policy gave no orders: {0}")]
pub struct DecisionError(pub String);

/// Orders from a state. Named policies, and what each may know, live outside the engine.
pub trait Policy {
    /// Called before each episode, with its seed if there is one.
    fn reset(&mut self, _seed: Option<u64>) {}

    /// Writes the quantity requested on each supply link into `orders` [units].
    ///
    /// # Errors
    /// [`DecisionError`] where it cannot decide; `orders` is not played then.
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError>;

    /// By how much the plan behind the orders decided last, for this state, may cost more than the best plan for what
    /// it expects, as a share of what it expects to cost or earn [1]. None where there is no such plan, it is the best,
    /// or that cannot be told.
    fn plan_gap(&mut self, _state: &StateView<'_>) -> Option<f64> {
        None
    }
}

impl<P: Policy + ?Sized> Policy for Box<P> {
    fn reset(&mut self, seed: Option<u64>) {
        (**self).reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        (**self).decide(state, orders)
    }

    fn plan_gap(&mut self, state: &StateView<'_>) -> Option<f64> {
        (**self).plan_gap(state)
    }
}
