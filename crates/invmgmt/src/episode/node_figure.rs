//! The key figures of single nodes and links: name, unit, meaning and formula of each.

use super::places::share;
use super::{FigureUnit, PlaceSums, Shown};
use crate::network::{ManagedIx, Network, SupplyLinkIx};

/// A key figure of a managed node: a row of [`NODE_FIGURES`].
#[derive(Clone, Copy, Debug)]
pub struct NodeFigure {
    /// Its name, in Python and JSON.
    pub key: &'static str,
    /// Its name in tables for people.
    pub title: &'static str,
    /// The unit of its values.
    pub unit: FigureUnit,
    /// On which networks tables for people show it.
    pub shown: Shown,
    /// What it is.
    pub meaning: &'static str,
    of: fn(&Network, &PlaceSums, ManagedIx) -> Option<f64>,
}

impl NodeFigure {
    /// Its value at a node; none where it says nothing of it.
    pub fn value(&self, network: &Network, places: &PlaceSums, node: ManagedIx) -> Option<f64> {
        (self.of)(network, places, node)
    }
}

macro_rules! figure {
    ($key:literal, $title:literal, $unit:ident, $shown:ident, $of:expr, $meaning:literal) => {
        NodeFigure {
            key: $key,
            title: $title,
            unit: FigureUnit::$unit,
            shown: Shown::$shown,
            meaning: $meaning,
            of: $of,
        }
    };
}

/// Of a node that sells to customers.
fn of_customers(
    network: &Network,
    places: &PlaceSums,
    node: ManagedIx,
    of: fn(&super::NodeSums) -> f64,
) -> Option<f64> {
    (!network.managed[node].markets.is_empty()).then(|| of(&places.nodes[node]))
}

/// Every key figure of a node, in the order in which tables show them.
#[rustfmt::skip]
pub const NODE_FIGURES: &[NodeFigure] = &[
    figure!("demand", "demand", Units, Always,
            |network, places, node| of_customers(network, places, node, |sums| sums.demand),
            "units its customers wanted"),
    figure!("sold", "sold", Units, Always,
            |network, places, node| of_customers(network, places, node, |sums| sums.sold),
            "units sold to its customers"),
    figure!("immediate_fill_rate", "immediate fill rate", Share, Always,
            |network, places, node| of_customers(network, places, node, super::NodeSums::immediate_fill_rate),
            "share of its customers' demand met in the period it came in"),
    figure!("late_share", "late share", Share, Always,
            |network, places, node| of_customers(network, places, node, super::NodeSums::late_share),
            "share of its customers' demand met later"),
    figure!("mean_wait", "mean wait", Periods, Always,
            |network, places, node| of_customers(network, places, node, super::NodeSums::mean_wait),
            "periods a unit its customers wanted waits on average"),
    figure!("cycle_service", "cycle service", Share, Always,
            |network, places, node| of_customers(network, places, node, super::NodeSums::cycle_service),
            "share of its cycles, from delivery to delivery, in which nobody goes without"),
    figure!("avg_inventory", "average inventory", Units, Always,
            |_, places, node| Some(share(places.nodes[node].stock, places.periods as f64, 0.0)),
            "stock at the end of a period, on average"),
    figure!("days_of_supply", "days of supply", Periods, Always,
            |_, places, node| Some(share(places.nodes[node].stock, places.nodes[node].left, 0.0)),
            "periods its stock lasts on average, at what left it; 0 where nothing did"),
    figure!("waste_share", "waste share", Share, ShelfLife,
            |_, places, node| Some(places.nodes[node].waste_share()),
            "units spoiled over units that left it or spoiled"),
    figure!("wasted", "spoiled", Units, ShelfLife,
            |_, places, node| Some(places.nodes[node].losses.wasted),
            "units that spoiled, on hand or on their way to it"),
    figure!("overflow", "overflow", Units, Rooms,
            |_, places, node| Some(places.nodes[node].overflow()),
            "units that found no room"),
    figure!("destroyed", "destroyed", Units, Destruction,
            |_, places, node| Some(places.nodes[node].losses.destroyed),
            "units lost as it failed"),
    figure!("lost_on_the_way", "lost on the way", Units, Losses,
            |_, places, node| Some(places.nodes[node].losses.lost_on_the_way),
            "units shipped to it that never arrive"),
    figure!("utilisation", "utilisation", Share, Always,
            |network, places, node| {
                places.capacity_use(network, node).map(|(made, could)| share(made, could, 0.0))
            },
            "units a factory made for buyers over what it could make"),
    figure!("late_penalty", "penalty for requests not filled", Money, Penalties,
            |_, places, node| Some(places.nodes[node].costs.late),
            "discounted penalty it pays between nodes"),
    figure!("waste_cost", "cost of what spoiled", Money, ShelfLife,
            |_, places, node| Some(places.nodes[node].costs.waste),
            "discounted cost of units that spoiled"),
    figure!("overflow_cost", "cost of overflow", Money, Rooms,
            |_, places, node| Some(places.nodes[node].costs.overflow),
            "discounted cost of units that found no room"),
    figure!("joint_cost", "cost of orders together", Money, Joint,
            |_, places, node| Some(places.nodes[node].costs.joint),
            "its share of the discounted cost of orders together"),
];

impl PlaceSums {
    /// Links with a cap and the share of it they carried [1].
    pub fn cap_utilisation<'a>(
        &'a self,
        network: &'a Network,
    ) -> impl Iterator<Item = (SupplyLinkIx, f64)> + 'a {
        let caps = network.physics.iter().flat_map(|physics| &physics.caps);
        caps.map(|&(link, cap)| (link, share(self.filled[link], self.periods as f64 * cap, 0.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_of_a_node_has_a_name_and_a_meaning_of_its_own() {
        for (position, figure) in NODE_FIGURES.iter().enumerate() {
            assert!(!figure.title.is_empty() && !figure.meaning.is_empty(), "{}", figure.key);
            assert!(NODE_FIGURES[..position].iter().all(|other| other.key != figure.key), "{}", figure.key);
        }
    }
}
