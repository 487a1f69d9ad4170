//! The same order in every period.

use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::Network;
use invmgmt::period::StateView;

use crate::PolicyError;
use crate::spec::link_names;

/// Orders the same quantities in every period, whatever the state.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// Quantity requested per supply link [units / period] -- constant.
    quantities: Vec<f64>,
}

impl Constant {
    /// Orders these quantities: one for all supply links, or one per supply link in link order [units / period].
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of quantities, [`PolicyError::Negative`] for one below 0.
    pub fn new(network: &Network, quantities: &[f64]) -> Result<Self, PolicyError> {
        if let Some(position) = quantities.iter().position(|&quantity| quantity < 0.0) {
            return Err(PolicyError::Negative { position, found: quantities[position] });
        }
        let links = network.supply.len();
        let quantities = match quantities {
            [one] => vec![*one; links],
            all if all.len() == links => all.to_vec(),
            all => {
                return Err(PolicyError::Count {
                    form: "constant",
                    found: all.len(),
                    expected: format!("1 quantity for all supply links, or {links}, one per supply link"),
                    names: link_names(network),
                });
            }
        };
        Ok(Self { quantities })
    }
}

impl Policy for Constant {
    fn decide(&mut self, _state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        orders.copy_from_slice(&self.quantities);
        Ok(())
    }
}
