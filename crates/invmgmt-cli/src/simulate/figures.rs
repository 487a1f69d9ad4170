//! The key figures shown: those that the engine's list names for the command line, and what several episodes say about
//! them.

use std::sync::LazyLock;

use invmgmt::episode::{FigureUnit, KEY_FIGURES, KeyFigure, Measured, NODE_FIGURES, PlaceSums, Shown};
use invmgmt::network::Network;
use invmgmt_policy::estimate::Estimate;

/// A key figure of an episode.
pub(super) struct Figure {
    /// Its name in JSON.
    pub key: &'static str,
    /// What it is.
    pub row: &'static KeyFigure,
}

/// The row above the key figures: what a policy knows of demand.
pub(super) const INFORMATION: &str = "information";

/// All key figures, in the order of the table.
pub(super) static FIGURES: LazyLock<Vec<Figure>> = LazyLock::new(|| {
    let shown = |row: &'static KeyFigure| row.names.command_line.map(|key| Figure { key, row });
    KEY_FIGURES.iter().filter_map(shown).collect()
});

/// Where the figures that say something of a network stand, for people.
pub(super) fn shown(network: &Network) -> Vec<usize> {
    (0..FIGURES.len()).filter(|&position| FIGURES[position].row.shown.on(network)).collect()
}

/// Where the figures for programs stand: all, but for salvage where nothing is worth anything at the end.
pub(super) fn told(network: &Network) -> Vec<usize> {
    let is_told = |figure: &Figure| figure.row.shown != Shown::Salvage || network.has_salvage;
    (0..FIGURES.len()).filter(|&position| is_told(&FIGURES[position])).collect()
}

/// Means over episodes of the figures of nodes and of links with caps.
#[derive(Clone, Debug, Default)]
pub(super) struct OfPlaces {
    episodes: f64,
    /// Per managed node the sums of [`NODE_FIGURES`]; none where a figure says nothing of a node.
    nodes: Vec<Vec<Option<f64>>>,
    /// Per link with a cap its name and the sum of the shares it carried.
    links: Vec<(String, f64)>,
}

impl OfPlaces {
    /// Adds an episode.
    pub fn add(&mut self, network: &Network, places: &PlaceSums) {
        let of_node = |node| NODE_FIGURES.iter().map(move |figure| figure.value(network, places, node));
        let links = places.cap_utilisation(network);
        if self.episodes == 0.0 {
            self.nodes = network.managed.indices().map(|node| of_node(node).collect()).collect();
            let name = |link| network.link_name(network.supply[link].link);
            self.links = links.map(|(link, share)| (name(link), share)).collect();
        } else {
            for (sums, node) in self.nodes.iter_mut().zip(network.managed.indices()) {
                for (sum, value) in sums.iter_mut().zip(of_node(node)) {
                    *sum = sum.zip(value).map(|(sum, value)| sum + value);
                }
            }
            self.links.iter_mut().zip(links).for_each(|(sum, (_, share))| sum.1 += share);
        }
        self.episodes += 1.0;
    }

    /// Per managed node the mean of each figure.
    pub fn nodes(&self) -> impl Iterator<Item = Vec<Option<f64>>> + '_ {
        self.nodes.iter().map(|sums| sums.iter().map(|sum| sum.map(|sum| sum / self.episodes)).collect())
    }

    /// Per link with a cap the mean of the share it carried.
    pub fn links(&self) -> impl Iterator<Item = (&str, f64)> + '_ {
        self.links.iter().map(|(name, sum)| (name.as_str(), sum / self.episodes))
    }
}

/// The values of [`FIGURES`] in one episode.
pub(super) type Values = Vec<f64>;

/// The key figures of an episode.
pub(super) fn values(measured: &Measured<'_>) -> Values {
    let value = |figure: &Figure| figure.row.value(measured).expect("shown without a record");
    FIGURES.iter().map(value).collect()
}

/// A mean for people.
pub(super) fn shown_mean(mean: f64, unit: FigureUnit) -> String {
    match unit {
        FigureUnit::Share => format!("{:.1} %", 100.0 * mean),
        _ => format!("{:.2}", without_minus_zero(mean)),
    }
}

/// Its standard error for people; nothing with one episode.
pub(super) fn shown_error(estimate: &Estimate, unit: FigureUnit) -> Option<String> {
    let error = (estimate.count > 1).then_some(estimate.standard_error)?;
    Some(match unit {
        FigureUnit::Share => format!("\u{b1} {:.1}", 100.0 * error),
        _ => format!("\u{b1} {error:.2}"),
    })
}

/// Nothing should be printed as "-0.00".
fn without_minus_zero(value: f64) -> f64 {
    if value.abs() < 0.005 { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that scripts read from the JSON of `simulate` since its first version.
    #[test]
    fn old_names_of_the_document_keep_working() {
        for name in [
            "profit",
            "fill_rate",
            "service_level",
            "avg_inventory",
            "inventory_turns",
            "demand",
            "sold",
            "unmet",
            "revenue",
            "procurement_cost",
            "holding_cost",
            "operating_cost",
            "unmet_penalty",
            "fixed_order_cost",
            "salvage",
        ] {
            assert!(FIGURES.iter().any(|figure| figure.key == name), "{name}");
        }
    }
}
