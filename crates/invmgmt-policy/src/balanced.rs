//! Assembly: echelon base stock in which no component is ordered ahead of its partners.

use invmgmt::action::split_lacking;
use invmgmt::episode::{DecisionError, Policy};
use invmgmt::network::{ManagedIx, Network, SupplyLinkIx, Table, Timeline};
use invmgmt::period::StateView;

use crate::base_stock::{Echelon, check_levels, echelons};
use crate::{PolicyError, supplier_shares};

/// Balanced echelon base stock (K. Rosling, "Optimal inventory policies for assembly systems under random demands",
/// Operations Research 37, 1989).
///
/// Everything that goes into an end product is ranked by the periods it takes from an order for it to the end product.
/// What takes longest is ordered up to its echelon level. Everything else is ordered up to its level, too, but no
/// further than there will be of the next longer one when the order arrives: of what is ordered later than that it
/// could not be used anyway. So ordered, an assembly costs what a chain of the same echelons costs, and is optimal.
///
/// Quantities are compared in units of the end product: recipes say how much goes into one.
#[derive(Clone, Debug, PartialEq)]
pub struct Balanced {
    /// Echelon order-up-to level S per managed node [units] -- constant.
    levels: Table<ManagedIx, f64>,
    /// What each node's stock is found in -- constant.
    echelons: Table<ManagedIx, Echelon>,
    /// Everything that goes into each end product, itself included, what takes longest first -- constant.
    assemblies: Vec<Vec<Ranked>>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
}

/// A node in the order of its assembly.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ranked {
    node: ManagedIx,
    /// The link it buys on, or is made on.
    link: SupplyLinkIx,
    /// Units of it in a unit of the end product [1].
    content: f64,
    /// Periods from an order for it to the end product.
    way: usize,
}

impl Balanced {
    /// Orders up to these echelon levels, one per managed node in order of id [units].
    ///
    /// # Errors
    /// [`PolicyError::Count`] for another number of levels; [`PolicyError::Levels`] for a network that is no assembly:
    /// every node is supplied on one link or made by one recipe, and supplies one other node or customers.
    pub fn new(network: &Network, levels: &[f64]) -> Result<Self, PolicyError> {
        let echelons = echelons(network)?;
        let refused = |message| PolicyError::Levels { form: "balanced", message };
        Ok(Self {
            levels: check_levels("balanced", network, levels)?,
            assemblies: assemblies(network, &echelons).map_err(refused)?,
            echelons,
            shares: supplier_shares(network),
        })
    }

    /// Units of a node's goods in its echelon, on their way to it and on order, in units of the end product.
    fn position(&self, state: &StateView<'_>, ranked: &Ranked) -> f64 {
        self.echelons[ranked.node].position(|node| state.inventory_position(node) - state.unread(node))
            / ranked.content
    }

    /// Units of the end product for which there will be goods of a node in time for what is ordered `later` periods
    /// after, all that is ordered and not yet filled being too late.
    fn in_time(state: &StateView<'_>, ranked: &Ranked, position: f64, ordered: f64, later: usize) -> f64 {
        if later == 0 {
            return position + ordered;
        }
        // The latest orders: those nobody has read yet, then those that were shipped.
        let unread: Vec<f64> = state.requests(ranked.link).collect();
        let shipped: Vec<f64> = state.in_transit(&state.network.supply[ranked.link]).collect();
        let late: f64 = unread.iter().rev().chain(shipped.iter().rev()).take(later - 1).sum();
        position - (late + state.owed(ranked.link)) / ranked.content
    }
}

impl Policy for Balanced {
    fn decide(&mut self, state: &StateView<'_>, orders: &mut [f64]) -> Result<(), DecisionError> {
        for assembly in &self.assemblies {
            // What the next longer one has, what of it is ordered now, and how long it takes.
            let mut next: Option<(Ranked, f64, f64)> = None;
            for ranked in assembly {
                let position = self.position(state, ranked);
                let mut level = self.levels[ranked.node] / ranked.content;
                if let Some((longer, has, ordered)) = next {
                    level = level.min(Self::in_time(state, &longer, has, ordered, longer.way - ranked.way));
                }
                let lacks = (level - position).max(0.0);
                split_lacking(state.network, &self.shares, ranked.node, lacks * ranked.content, orders);
                next = Some((*ranked, position, lacks));
            }
        }
        Ok(())
    }
}

/// Everything that goes into each node that supplies no other, what takes longest first; or why it is no assembly.
fn assemblies(network: &Network, echelons: &Table<ManagedIx, Echelon>) -> Result<Vec<Vec<Ranked>>, String> {
    let expected = "expected an assembly: every node is supplied on one link or made by one recipe, and supplies one \
                    other node or customers";
    for (node, row) in network.managed.iter() {
        let (ways_in, ways_out) = (row.incoming.len(), row.outgoing.len());
        let serves = usize::from(!row.markets.is_empty());
        if ways_in != 1 || ways_out + serves > 1 {
            let id = network.managed_id(node);
            let found = if ways_in == 1 {
                format!("{id} supplies {ways_out} nodes{}", if serves == 1 { " and customers" } else { "" })
            } else {
                format!("{id} has {ways_in} suppliers")
            };
            return Err(format!("{found}; {expected}"));
        }
    }
    // What arrives in a period of the usual timeline cannot be used before the next.
    let late = usize::from(network.timeline() == Timeline::Release);
    let mut way: Table<ManagedIx, usize> = vec![0; network.managed.len()].into();
    let mut end: Table<ManagedIx, Option<ManagedIx>> = vec![None; network.managed.len()].into();
    let mut assemblies: Table<ManagedIx, Vec<Ranked>> = vec![Vec::new(); network.managed.len()].into();
    for node in network.buyers_first() {
        let row = &network.managed[node];
        let buyer = row.outgoing.first().map(|&link| network.supply[link].buyer);
        let product = buyer.map_or(Some(node), |buyer| end[buyer]).unwrap_or(node);
        end[node] = Some(product);
        let link = row.incoming[0];
        let takes = network.supply[link].lead_time + network.order_delay(link) + late;
        way[node] = takes + buyer.map_or(0, |buyer| way[buyer]);
        let content = echelons[node].content(product);
        let ranked = Ranked { node, link, content, way: way[node] };
        assemblies[product].push(ranked);
    }
    for members in assemblies.rows_mut() {
        // The sort is stable: of two that take as long, the one nearer to the suppliers comes first.
        members.reverse();
        members.sort_by_key(|ranked| std::cmp::Reverse(ranked.way));
    }
    Ok(assemblies.rows().iter().filter(|members| !members.is_empty()).cloned().collect())
}
