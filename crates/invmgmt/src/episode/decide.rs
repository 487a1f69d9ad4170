//! Who decides: the one thing the engine asks of a policy.

use crate::period::StateView;

/// Orders from a state. Named policies, and what each may know, live outside the engine.
pub trait Policy {
    /// Called before each episode, with its seed if there is one.
    fn reset(&mut self, _seed: Option<u64>) {}

    /// Writes the quantity requested on each supply link into `orders` [units].
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]);
}

impl<P: Policy + ?Sized> Policy for Box<P> {
    fn reset(&mut self, seed: Option<u64>) {
        (**self).reset(seed);
    }

    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) {
        (**self).decide(state, orders);
    }
}
