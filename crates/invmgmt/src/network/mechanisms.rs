//! Which mechanisms a network uses, and where.

use super::{LINK_KEYS, Link, NETWORK_KEYS, NODE_KEYS, Network, TableIndex};
use crate::mechanism::{Mechanism, Used};

impl Network {
    /// The mechanisms the network itself uses, each with the first node or link that does.
    pub fn mechanisms(&self) -> Used {
        let mut used = Used::default();
        for mechanism in NETWORK_KEYS.iter().filter_map(|row| row.switched_on(&self.declared)) {
            used.note(mechanism, "the network");
        }
        for &link in self.links.rows() {
            let ix = match link {
                Link::Supply(link) => self.supply[link].link,
                Link::Market(link) => self.market[link].link,
            };
            for mechanism in LINK_KEYS.iter().filter_map(|row| row.switched_on(self.declared_link(ix))) {
                used.note(mechanism, format!("link {}", self.link_name(ix)));
            }
        }
        for (node, row) in self.managed.iter() {
            let declared = &self.points().nodes[row.node.position()];
            for mechanism in NODE_KEYS.iter().filter_map(|row| row.switched_on(declared)) {
                used.note(mechanism, format!("node {}", self.managed_id(node)));
            }
        }
        if let Some(recipe) = self.recipes.first() {
            used.note(
                Mechanism::Recipes,
                format!("recipe {}", self.link_name(self.supply[recipe.link].link)),
            );
        }
        if self.products.iter().any(|product| product.life.is_some()) {
            used.note(Mechanism::ShelfLife, "the network");
        }
        used
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanism::{Mechanism, Mechanisms};
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
