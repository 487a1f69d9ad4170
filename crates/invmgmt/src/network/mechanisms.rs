//! Which mechanisms a network uses, and where.

use super::Network;
use crate::mechanism::{Mechanism, Used};

impl Network {
    /// The mechanisms the network itself uses, each with the first node or link that does.
    pub fn mechanisms(&self) -> Used {
        let mut used = Used::default();
        for link in self.supply.rows() {
            if link.fixed_order_cost > 0.0 {
                used.note(Mechanism::FixedOrderCosts, format!("link {}", self.link_name(link.link)));
            }
        }
        for (node, row) in self.managed.iter() {
            let place = || format!("node {}", self.managed_id(node));
            if let Some(factory) = &row.factory {
                used.note(Mechanism::Capacity, place());
                if factory.production_yield != 1.0 {
                    used.note(Mechanism::Yield, place());
                }
            }
            if row.salvage_value != 0.0 {
                used.note(Mechanism::Salvage, place());
            }
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanism::Mechanisms;
    use crate::network::{DeclaredNetwork, preset};

    fn network(edit: impl FnOnce(&mut DeclaredNetwork)) -> Network {
        let mut declared = preset("serial").expect("a preset");
        edit(&mut declared);
        declared.compile().expect("valid")
    }

    #[test]
    fn a_mechanism_is_used_where_its_key_says_so() {
        let plain = network(|_| {}).mechanisms();
        assert_eq!(plain.set(), Mechanisms::of(&[Mechanism::Capacity]));
        let rich = network(|declared| {
            declared.links[1].fixed_order_cost = Some(3.0);
            declared.nodes[1].salvage_value = Some(0.5);
        });
        let link = rich.supply.rows().iter().find(|link| link.fixed_order_cost > 0.0).expect("one");
        let used = rich.mechanisms();
        assert_eq!(
            used.place(Mechanism::FixedOrderCosts),
            Some(format!("link {}", rich.link_name(link.link)).as_str())
        );
        assert_eq!(used.place(Mechanism::Salvage), Some("node 1"));
        assert_eq!(used.place(Mechanism::Yield), None);
    }
}
