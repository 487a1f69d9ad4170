//! The matrices of a record: letter, name, unit and shape of each.

use std::fmt;

use crate::network::{Network, Part, TableIndex};
use crate::period::Flows;

/// A matrix of the published model, as an episode's record holds it.
///
/// Who adds a matrix adds it here, to [`Symbol::ALL`] and to [`Symbol::facts`], and records it where the compiler says
/// so: its place in records, files, live arrays and pictures follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// X: stock on hand.
    OnHand,
    /// Y: units on order.
    OnOrder,
    /// R: units filled.
    Filled,
    /// S: units filled or sold.
    Moved,
    /// D: demand.
    Demand,
    /// U: unmet demand.
    Unmet,
    /// P: discounted profit.
    Profit,
    /// GW: sentiment in force.
    Sentiment,
    /// What was asked for.
    Requested,
}

/// What a matrix has a column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Every node, in order of declaration.
    Nodes,
    /// Every supply link.
    SupplyLinks,
    /// Every market link.
    MarketLinks,
    /// Every link.
    Links,
    /// Nothing: it has one number per period and no columns.
    None,
}

impl Columns {
    /// What they are, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nodes => "nodes",
            Self::SupplyLinks => "supply links",
            Self::MarketLinks => "market links",
            Self::Links => "links",
            Self::None => "",
        }
    }
}

/// What is known of a matrix.
#[derive(Clone, Copy, Debug)]
pub struct SymbolFacts {
    /// Its letter in the published model, as files and live arrays name it.
    pub letter: &'static str,
    /// Its name in words.
    pub name: &'static str,
    /// Its name in files of the episode logger.
    pub logged: &'static str,
    /// Unit of its numbers.
    pub unit: &'static str,
    /// What it has columns for.
    pub columns: Columns,
    /// Whether it says how things stand at the start of a period, and so has a row more, for the end of the last.
    pub stands: bool,
}

impl Symbol {
    /// How many matrices there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Every matrix, in the order of files.
    pub const ALL: [Self; 9] = [
        Self::OnHand,
        Self::OnOrder,
        Self::Filled,
        Self::Moved,
        Self::Demand,
        Self::Unmet,
        Self::Profit,
        Self::Sentiment,
        Self::Requested,
    ];

    /// What is known of it.
    pub const fn facts(self) -> SymbolFacts {
        const fn row(
            letter: &'static str,
            name: &'static str,
            logged: &'static str,
            unit: &'static str,
            columns: Columns,
        ) -> SymbolFacts {
            SymbolFacts { letter, name, logged, unit, columns, stands: false }
        }
        match self {
            Self::OnHand => SymbolFacts {
                stands: true,
                ..row("X", "stock on hand", "inventory_X", "units", Columns::Nodes)
            },
            Self::OnOrder => SymbolFacts {
                stands: true,
                ..row("Y", "units on order", "pipeline_Y", "units", Columns::SupplyLinks)
            },
            Self::Filled => row("R", "units filled", "orders_R", "units", Columns::SupplyLinks),
            Self::Moved => row("S", "units filled or sold", "sales_S", "units", Columns::Links),
            Self::Demand => row("D", "demand", "demand_D", "units", Columns::MarketLinks),
            Self::Unmet => row("U", "unmet demand", "unfulfilled_U", "units", Columns::MarketLinks),
            Self::Profit => row("P", "discounted profit", "profit_P", "money", Columns::Nodes),
            Self::Sentiment => row("GW", "sentiment in force", "goodwill_GW", "1", Columns::None),
            Self::Requested => row("action_log", "units requested", "actions", "units", Columns::SupplyLinks),
        }
    }

    /// The matrix of this letter, if there is one.
    pub fn named(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|symbol| symbol.facts().letter == letter)
    }

    /// Numbers in a row.
    pub fn width(self, network: &Network) -> usize {
        match self.facts().columns {
            Columns::Nodes => network.nodes.len(),
            Columns::SupplyLinks => network.supply.len(),
            Columns::MarketLinks => network.market.len(),
            Columns::Links => network.links.len(),
            Columns::None => 1,
        }
    }

    /// Rows for an episode of so many periods.
    pub const fn rows(self, num_periods: usize) -> usize {
        if self.facts().stands { num_periods + 1 } else { num_periods }
    }

    /// Writes its row of the period just played, or of what stands after it: `row` is the state after the period,
    /// `requests` what was asked for, `flows` what moved.
    pub fn record(self, to: &mut [f64], network: &Network, row: &[f64], requests: &[f64], flows: &Flows) {
        let layout = &network.layout;
        match self {
            Self::OnHand => {
                let stocks = &row[layout.range(Part::OnHand)];
                for (&stock, managed) in stocks.iter().zip(network.managed.rows()) {
                    to[managed.node.position()] = stock;
                }
            }
            Self::OnOrder => to.copy_from_slice(&row[layout.range(Part::OnOrder)]),
            Self::Filled => to.iter_mut().zip(flows.filled(0)).for_each(|(to, filled)| *to = filled),
            Self::Moved => {
                let links = to.iter_mut().zip(network.links.indices());
                links.for_each(|(to, link)| *to = flows.moved(network, link, 0));
            }
            Self::Demand => to.copy_from_slice(&row[layout.range(Part::Demand)]),
            Self::Unmet => to.copy_from_slice(&row[layout.range(Part::Unmet)]),
            Self::Profit => {
                for (node, managed) in network.managed.iter() {
                    to[managed.node.position()] = flows.profit(node, 0);
                }
            }
            Self::Sentiment => to[0] = row[layout.start(Part::Sentiment)],
            Self::Requested => to.copy_from_slice(requests),
        }
    }

    /// What each column belongs to; empty where there are none.
    pub fn column_names(self, network: &Network) -> Vec<String> {
        match self.facts().columns {
            Columns::Nodes => network.nodes.rows().iter().map(|node| node.id.to_string()).collect(),
            Columns::SupplyLinks => {
                network.supply.rows().iter().map(|link| network.link_name(link.link)).collect()
            }
            Columns::MarketLinks => {
                network.market.rows().iter().map(|link| network.link_name(link.link)).collect()
            }
            Columns::Links => network.links.indices().map(|link| network.link_name(link)).collect(),
            Columns::None => Vec::new(),
        }
    }

    /// What each column is, in words: `R[4 -> 2]`.
    pub fn labels(self, network: &Network) -> Vec<String> {
        let letter = self.facts().letter;
        if self.facts().columns == Columns::None {
            return vec![letter.to_owned()];
        }
        self.column_names(network).into_iter().map(|column| format!("{letter}[{column}]")).collect()
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().letter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_matrix_stands_in_its_place_under_names_of_its_own() {
        let mut names = Vec::new();
        for (position, symbol) in Symbol::ALL.into_iter().enumerate() {
            let facts = symbol.facts();
            assert_eq!(symbol as usize, position, "{symbol}");
            assert_eq!(Symbol::named(facts.letter), Some(symbol));
            assert!(!facts.unit.is_empty(), "{symbol}");
            names.extend([facts.letter, facts.name, facts.logged]);
        }
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(Symbol::named("Z"), None);
    }
}
