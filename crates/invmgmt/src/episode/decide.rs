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
}

impl<P: Policy + ?Sized> Policy for Box<P> {
    fn reset(&mut self, seed: Option<u64>) {
        (**self).reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        (**self).decide(state, orders)
    }
}
