//! The orders of a network's graph: who comes before whom, how far the customers are, what lies downstream.

use super::{ManagedIx, ManagedNode, Network, SupplyLinkIx, Table, TableIndex};

impl Network {
    /// The managed nodes, every buyer before its suppliers.
    pub fn buyers_first(&self) -> Vec<ManagedIx> {
        let open = |node: &ManagedNode| node.outgoing.len();
        let mut open: Table<ManagedIx, usize> =
            self.managed.rows().iter().map(open).collect::<Vec<usize>>().into();
        let mut order: Vec<ManagedIx> = self.managed.indices().filter(|&node| open[node] == 0).collect();
        let mut next = 0;
        while let Some(&node) = order.get(next) {
            next += 1;
            for &link in &self.managed[node].incoming {
                for (supplier, _) in self.inputs(link) {
                    open[supplier] -= 1;
                    if open[supplier] == 0 {
                        order.push(supplier);
                    }
                }
            }
        }
        order
    }

    /// The nodes whose stock a link takes from, with units of it per unit: its supplier, or the inputs of its recipe;
    /// nobody at a source of raw material.
    pub fn inputs(&self, link: SupplyLinkIx) -> impl Iterator<Item = (ManagedIx, f64)> {
        let row = &self.supply[link];
        let recipe = row.recipe.map(|recipe| &self.recipes[recipe]);
        let supplier = row
            .supplier
            .filter(|_| recipe.is_none())
            .map(|supplier| (supplier.node, supplier.stock_per_unit));
        supplier.into_iter().chain(recipe.into_iter().flat_map(|recipe| recipe.inputs.iter().copied()))
    }

    /// Units of a node's stock that a unit on one of its links takes: as many as a recipe says, else 1 [1].
    pub fn taken(&self, link: SupplyLinkIx, node: ManagedIx) -> f64 {
        let recipe = self.supply[link].recipe.map(|recipe| &self.recipes[recipe]);
        let input = recipe.and_then(|recipe| recipe.inputs.iter().find(|(input, _)| *input == node));
        input.map_or(1.0, |&(_, ratio)| ratio)
    }

    /// For each managed node the most that adds up on a way from it down to a node that supplies no other, where each
    /// link adds what `step` says of it; 0 at such a node.
    fn farthest(&self, step: impl Fn(usize) -> usize) -> Table<ManagedIx, usize> {
        let mut ways: Table<ManagedIx, usize> = vec![0; self.managed.len()].into();
        for node in self.buyers_first() {
            for &link in &self.managed[node].outgoing {
                let row = &self.supply[link];
                ways[node] = ways[node].max(ways[row.buyer] + step(row.lead_time));
            }
        }
        ways
    }

    /// The stage of each managed node: 1 where it sells to customers only, else one more than the farthest node that it
    /// supplies.
    pub fn stages(&self) -> Table<ManagedIx, usize> {
        let links = self.farthest(|_| 1);
        links.rows().iter().map(|&links| links + 1).collect::<Vec<usize>>().into()
    }

    /// The longest sum of lead times from each managed node down to one that supplies no other [periods].
    pub fn ways_down(&self) -> Table<ManagedIx, usize> {
        self.farthest(|lead_time| lead_time)
    }

    /// The longest lead time of a node's suppliers [periods].
    pub fn longest_lead_time_of(&self, node: ManagedIx) -> usize {
        let incoming = &self.managed[node].incoming;
        incoming.iter().map(|&link| self.supply[link].lead_time).max().unwrap_or(0)
    }

    /// The longest sum of lead times from a source of goods to a node that supplies no other [periods].
    pub fn longest_way(&self) -> usize {
        let ways = self.ways_down();
        self.managed.indices().map(|node| ways[node] + self.longest_lead_time_of(node)).max().unwrap_or(0)
    }

    /// The echelon of each managed node: itself and the managed nodes it supplies, directly or not, in order of id;
    /// none if all of them together have more than `most` members.
    pub fn echelons(&self, most: usize) -> Option<Table<ManagedIx, Vec<ManagedIx>>> {
        let mut echelons = Vec::with_capacity(self.managed.len());
        let mut last_visit = vec![usize::MAX; self.managed.len()];
        let mut entries = 0;
        for root in self.managed.indices() {
            last_visit[root.position()] = root.position();
            let mut members = vec![root];
            let mut next = 0;
            while let Some(&member) = members.get(next) {
                next += 1;
                for &link in &self.managed[member].outgoing {
                    let buyer = self.supply[link].buyer;
                    if last_visit[buyer.position()] != root.position() {
                        last_visit[buyer.position()] = root.position();
                        members.push(buyer);
                    }
                }
                if entries + members.len() > most {
                    return None;
                }
            }
            entries += members.len();
            members.sort_unstable();
            echelons.push(members);
        }
        Some(echelons.into())
    }
}

#[cfg(test)]
mod tests {
    use crate::network::{ManagedIx, Network, Table, layered, preset};

    fn network(name: &str) -> Network {
        preset(name).expect("a preset").compile().expect("valid")
    }

    fn by_id<T: Copy>(values: &Table<ManagedIx, T>) -> Vec<T> {
        values.rows().to_vec()
    }

    /// The nine nodes by hand: 1 sells; 2 and 3 supply it; 4, 5 and 6 supply those. Lead times from 2 and 3 to 1: 5 and
    /// 3; 4 to 2 and 3: 8 and 10; 5 to 2: 9; 6 to 2 and 3: 11 and 12; sources to 4, 5 and 6: 0, 1 or 2, and 0.
    #[test]
    fn the_orders_of_the_nine_nodes_are_those_found_by_hand() {
        let network = network("network");
        assert_eq!(by_id(&network.stages()), [1, 2, 2, 3, 3, 3]);
        assert_eq!(by_id(&network.ways_down()), [0, 5, 3, 13, 14, 16]);
        // 8 -> 6 -> 2 -> 1 and 8 -> 5 -> 2 -> 1.
        assert_eq!(network.longest_way(), 2 + 9 + 5);
        let echelons = network.echelons(usize::MAX).expect("no limit");
        let ids = |node: usize| -> Vec<String> {
            echelons.rows()[node].iter().map(|&member| network.managed_id(member).to_string()).collect()
        };
        assert_eq!(
            (ids(0), ids(3), ids(4)),
            (
                vec!["1".into()],
                vec!["1".into(), "2".into(), "3".into(), "4".into()],
                vec!["1".into(), "2".into(), "5".into()]
            )
        );
        let members: usize = echelons.rows().iter().map(Vec::len).sum();
        assert!(network.echelons(members).is_some() && network.echelons(members - 1).is_none());
    }

    #[test]
    fn buyers_come_before_their_suppliers_and_every_stage_above_those_it_supplies() {
        for seed in 0..5 {
            let network = layered(60, seed).compile().expect("valid");
            let (order, stages, ways) = (network.buyers_first(), network.stages(), network.ways_down());
            assert_eq!(order.len(), network.managed.len());
            let place = |node: ManagedIx| order.iter().position(|&other| other == node);
            for link in network.supply.rows() {
                let Some(supplier) = link.supplier.map(|supplier| supplier.node) else { continue };
                assert!(place(link.buyer) < place(supplier));
                assert!(stages[supplier] > stages[link.buyer]);
                assert!(ways[supplier] >= ways[link.buyer] + link.lead_time);
            }
        }
    }
}
