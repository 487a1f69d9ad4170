//! The matrices of a record: letter, name, unit and shape of each.

use std::fmt;

use crate::network::{Network, Owner, Part, Physics, StateNumber, SupplyLinkIx, TableIndex, Timeline};
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
    /// Requests that nobody has read yet.
    Unread,
    /// Units suppliers owe.
    Owed,
    /// Units customers wait for, where they have terms of their own.
    Waiting,
    /// Stock by the periods of selling it has left.
    Ages,
    /// What works of what may fail.
    Up,
    /// Units put into stock before customers were served.
    Arrived,
    /// Units put into stock after the books were closed.
    ArrivedLast,
    /// Units that spoiled.
    Wasted,
    /// Units thrown away for want of room.
    Overflowed,
    /// Units beyond a room that keeps everything.
    Crowded,
    /// Units destroyed by failures.
    Destroyed,
    /// Units lost on their way.
    LostOnTheWay,
    /// Requests that will not be served any more.
    LostRequests,
    /// Cost of what is owed or lost between nodes.
    LatePenalty,
    /// Cost of what spoiled.
    WasteCost,
    /// Cost of what found no room.
    OverflowCost,
    /// Units used by recipes.
    Used,
    /// Shares of what orders cost together.
    JointCost,
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
    /// Every supply link whose requests are read later.
    DelayedLinks,
    /// Every supply link whose supplier may owe.
    OwingLinks,
    /// Every market link whose customers have terms of their own.
    WaitingLinks,
    /// Every node that holds stock, and the periods of selling left, from 1.
    Ages,
    /// Everything that may fail.
    Chains,
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
            Self::DelayedLinks => "supply links with an order delay",
            Self::OwingLinks => "supply links with requests that wait",
            Self::WaitingLinks => "market links with terms of their own",
            Self::Ages => "nodes with stock, by periods of selling left",
            Self::Chains => "what may fail",
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
    pub const ALL: [Self; 27] = [
        Self::OnHand,
        Self::OnOrder,
        Self::Filled,
        Self::Moved,
        Self::Demand,
        Self::Unmet,
        Self::Profit,
        Self::Sentiment,
        Self::Requested,
        Self::Unread,
        Self::Owed,
        Self::Waiting,
        Self::Ages,
        Self::Up,
        Self::Arrived,
        Self::ArrivedLast,
        Self::Wasted,
        Self::Overflowed,
        Self::Crowded,
        Self::Destroyed,
        Self::LostOnTheWay,
        Self::LostRequests,
        Self::LatePenalty,
        Self::WasteCost,
        Self::OverflowCost,
        Self::Used,
        Self::JointCost,
    ];

    /// The matrices that every network has: a plain one has no others.
    pub fn plain() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|symbol| !symbol.is_of_mechanisms())
    }

    /// The matrices that an episode on a network has.
    pub fn of(network: &Network) -> impl Iterator<Item = Self> + '_ {
        Self::ALL.into_iter().filter(|symbol| symbol.is_recorded(network))
    }

    /// Whether only networks with mechanisms have it.
    pub const fn is_of_mechanisms(self) -> bool {
        self as usize > Self::Requested as usize
    }

    /// Whether an episode on this network has it: a matrix of a mechanism stands where the mechanism does.
    pub fn is_recorded(self, network: &Network) -> bool {
        let Some(physics) = network.physics.as_deref() else { return !self.is_of_mechanisms() };
        let charges = physics.debts.iter().any(|debt| debt.penalty > 0.0);
        match self {
            Self::Unread => !physics.delays.is_empty(),
            Self::Owed => physics.debts.iter().any(|debt| debt.first.is_some()),
            Self::Waiting => !physics.customers.is_empty(),
            Self::Up => !physics.chains.is_empty(),
            Self::Arrived => physics.timeline != Timeline::OrderFirst || hands_over(network),
            Self::ArrivedLast => physics.timeline == Timeline::OrderFirst,
            Self::Ages | Self::Wasted | Self::WasteCost => physics.shelf.is_some(),
            Self::Overflowed => physics.rooms.iter().any(|row| row.room.discards),
            Self::Crowded => physics.rooms.iter().any(|row| !row.room.discards),
            Self::OverflowCost => !physics.rooms.is_empty(),
            Self::Destroyed => physics.chains.iter().any(|chain| chain.destroy > 0.0),
            Self::LostOnTheWay => !physics.yields.is_empty() || physics.leads.iter().any(may_never_arrive),
            Self::LostRequests => !physics.debts.is_empty() || !physics.customers.is_empty(),
            Self::LatePenalty => charges,
            Self::Used => !network.recipes.is_empty(),
            Self::JointCost => !physics.joints.is_empty(),
            _ => true,
        }
    }

    /// What is known of it.
    // One arm per matrix: a table.
    #[allow(clippy::too_many_lines)]
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
            Self::Unread => SymbolFacts {
                stands: true,
                ..row("unread", "requests not read yet", "requests_unread", "units", Columns::DelayedLinks)
            },
            Self::Owed => SymbolFacts {
                stands: true,
                ..row("owed", "units owed", "units_owed", "units", Columns::OwingLinks)
            },
            Self::Waiting => SymbolFacts {
                stands: true,
                ..row("waiting", "units waited for", "customers_waiting", "units", Columns::WaitingLinks)
            },
            Self::Ages => SymbolFacts {
                stands: true,
                ..row("ages", "stock by periods of selling left", "stock_ages", "units", Columns::Ages)
            },
            Self::Up => SymbolFacts {
                stands: true,
                ..row("up", "whether what may fail works", "working_up", "1", Columns::Chains)
            },
            Self::Arrived => row("arrived", "units received", "units_arrived", "units", Columns::Nodes),
            Self::ArrivedLast => {
                row("arrived_last", "units received last", "units_arrived_last", "units", Columns::Nodes)
            }
            Self::Wasted => row("wasted", "units spoiled", "units_wasted", "units", Columns::Nodes),
            Self::Overflowed => row(
                "overflowed",
                "units thrown away for want of room",
                "units_overflowed",
                "units",
                Columns::Nodes,
            ),
            Self::Crowded => {
                row("crowded", "units beyond the room", "units_crowded", "units", Columns::Nodes)
            }
            Self::Destroyed => {
                row("destroyed", "units destroyed by failures", "units_destroyed", "units", Columns::Nodes)
            }
            Self::LostOnTheWay => row(
                "lost_on_the_way",
                "units lost on their way",
                "units_lost_on_the_way",
                "units",
                Columns::Nodes,
            ),
            Self::LostRequests => {
                row("lost_requests", "requests lost for good", "units_lost_requests", "units", Columns::Nodes)
            }
            Self::LatePenalty => row(
                "late_penalty",
                "discounted penalty for requests not filled",
                "cost_late_penalty",
                "money",
                Columns::Nodes,
            ),
            Self::WasteCost => {
                row("waste_cost", "discounted cost of what spoiled", "cost_waste", "money", Columns::Nodes)
            }
            Self::Used => row("used", "units used by recipes", "units_used", "units", Columns::Nodes),
            Self::JointCost => {
                row("joint_cost", "discounted cost of orders together", "cost_joint", "money", Columns::Nodes)
            }
            Self::OverflowCost => row(
                "overflow_cost",
                "discounted cost of what found no room",
                "cost_overflow",
                "money",
                Columns::Nodes,
            ),
        }
    }

    /// The matrix of this letter, if there is one.
    pub fn named(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|symbol| symbol.facts().letter == letter)
    }

    /// Numbers in a row; none where the network has not what it is of.
    pub fn width(self, network: &Network) -> usize {
        if !self.is_recorded(network) {
            return 0;
        }
        let physics = network.physics.as_deref();
        match self.facts().columns {
            Columns::Nodes => network.nodes.len(),
            Columns::SupplyLinks => network.supply.len(),
            Columns::MarketLinks => network.market.len(),
            Columns::Links => network.links.len(),
            Columns::DelayedLinks => physics.map_or(0, |physics| physics.delays.len()),
            Columns::OwingLinks => physics.map_or(0, |physics| owing(physics).count()),
            Columns::WaitingLinks => physics.map_or(0, |physics| physics.customers.len()),
            Columns::Ages => network.layout.length(Part::OnHandByLife),
            Columns::Chains => physics.map_or(0, |physics| physics.chains.len()),
            Columns::None => 1,
        }
    }

    /// Rows for an episode of so many periods.
    pub const fn rows(self, num_periods: usize) -> usize {
        if self.facts().stands { num_periods + 1 } else { num_periods }
    }

    /// Writes its row of the period just played, or of what stands after it: `row` is the state after the period,
    /// `requests` what was asked for, `flows` what moved, `weight` what the money of the period counts.
    pub fn record(
        self,
        to: &mut [f64],
        network: &Network,
        row: &[f64],
        requests: &[f64],
        flows: &Flows,
        weight: f64,
    ) {
        let layout = &network.layout;
        if self.is_of_mechanisms() {
            if let Some(physics) = network.physics.as_deref().filter(|_| !to.is_empty()) {
                self.record_mechanism(to, network, physics, row, flows, weight);
            }
            return;
        }
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
            _ => to.copy_from_slice(requests),
        }
    }

    fn record_mechanism(
        self,
        to: &mut [f64],
        network: &Network,
        physics: &Physics,
        row: &[f64],
        flows: &Flows,
        weight: f64,
    ) {
        let part = |part: Part| &row[network.layout.range(part)];
        let sum = |part_of: Part, first: usize, length: usize| -> f64 {
            part(part_of)[first..first + length].iter().sum()
        };
        match self {
            Self::Unread => to.iter_mut().zip(&physics.delays).for_each(|(to, delay)| {
                *to = sum(Part::Requested, delay.first, delay.periods);
            }),
            Self::Owed => to.iter_mut().zip(owing(physics)).for_each(|(to, (_, first, length))| {
                *to = sum(Part::Owed, first, length);
            }),
            Self::Waiting => to.iter_mut().zip(&physics.customers).for_each(|(to, terms)| {
                *to = sum(Part::Waiting, terms.first, terms.length());
            }),
            Self::Ages => to.copy_from_slice(part(Part::OnHandByLife)),
            Self::Up => to.copy_from_slice(part(Part::Up)),
            _ => {
                for (node, managed) in network.managed.iter() {
                    let (period, costs) = (flows.node_period(network, node), flows.extra_costs(node, 0));
                    let losses = period.losses.lane(0);
                    to[managed.node.position()] = match self {
                        Self::Arrived => period.arrived[0],
                        Self::ArrivedLast => period.arrived_last[0],
                        Self::Wasted => losses.wasted,
                        Self::Overflowed => losses.overflowed,
                        Self::Crowded => period.crowded[0],
                        Self::Destroyed => losses.destroyed,
                        Self::LostOnTheWay => losses.lost_on_the_way,
                        Self::LostRequests => losses.lost_requests,
                        Self::LatePenalty => weight * costs.late,
                        Self::WasteCost => weight * costs.waste,
                        Self::Used => period.used[0],
                        Self::JointCost => weight * costs.joint,
                        _ => weight * costs.overflow,
                    };
                }
            }
        }
    }

    /// What each column belongs to; empty where there are none.
    pub fn column_names(self, network: &Network) -> Vec<String> {
        if !self.is_recorded(network) {
            return Vec::new();
        }
        let Some(physics) = network.physics.as_deref() else { return self.plain_column_names(network) };
        let supply = |link: SupplyLinkIx| network.link_name(network.supply[link].link);
        match self.facts().columns {
            Columns::DelayedLinks => physics.delays.iter().map(|delay| supply(delay.link)).collect(),
            Columns::OwingLinks => owing(physics).map(|(link, ..)| supply(link)).collect(),
            Columns::WaitingLinks => {
                let name = |link| network.link_name(network.market[link].link);
                physics.customers.iter().map(|terms| name(terms.link)).collect()
            }
            Columns::Ages => {
                let age = |number: StateNumber| match (number.owner, number.slot) {
                    (Owner::Managed(node), Some(left)) => {
                        format!("{}, left {left}", network.managed_id(node))
                    }
                    _ => String::new(),
                };
                Part::OnHandByLife.numbers(network).map(age).collect()
            }
            Columns::Chains => physics.chains.iter().map(|chain| chain.name.clone()).collect(),
            _ => self.plain_column_names(network),
        }
    }

    fn plain_column_names(self, network: &Network) -> Vec<String> {
        match self.facts().columns {
            Columns::Nodes => network.nodes.rows().iter().map(|node| node.id.to_string()).collect(),
            Columns::SupplyLinks => {
                network.supply.rows().iter().map(|link| network.link_name(link.link)).collect()
            }
            Columns::MarketLinks => {
                network.market.rows().iter().map(|link| network.link_name(link.link)).collect()
            }
            Columns::Links => network.links.indices().map(|link| network.link_name(link)).collect(),
            _ => Vec::new(),
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

/// Links whose supplier may owe, and where what he owes stands among all of it.
fn owing(physics: &Physics) -> impl Iterator<Item = (SupplyLinkIx, usize, usize)> + '_ {
    physics.debts.iter().filter_map(|debt| Some((debt.link, debt.first?, debt.length())))
}

/// Whether goods may be handed over while requests are filled.
fn hands_over(network: &Network) -> bool {
    let physics = network.physics.as_deref();
    let may_be_at_once = |(link, row): (SupplyLinkIx, &crate::network::SupplyLink)| {
        row.lead_time == 0 || physics.is_some_and(|physics| physics.lead_of[link].is_some())
    };
    network.supply.iter().any(may_be_at_once)
}

fn may_never_arrive(lead: &crate::network::RandomLead) -> bool {
    lead.law.never > 0.0
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

    /// A plain network's record is what it always was; a mechanism's matrices stand where it does.
    #[test]
    fn a_matrix_of_a_mechanism_stands_only_where_the_mechanism_does() {
        let plain = crate::network::preset("network").expect("a preset");
        let network = plain.clone().compile().expect("valid");
        assert!(Symbol::of(&network).eq(Symbol::plain()) && Symbol::plain().count() == 9);
        let mechanisms = Symbol::ALL.into_iter().filter(|symbol| symbol.is_of_mechanisms());
        assert!(mechanisms.clone().all(|symbol| symbol.width(&network) == 0));
        assert!(mechanisms.clone().all(|symbol| symbol.labels(&network).is_empty()));
        let mut timed = plain;
        timed.settings.put("timeline", crate::network::KeyValue::Word("beer".into()));
        let network = timed.compile().expect("valid");
        assert!(mechanisms.filter(|symbol| symbol.is_recorded(&network)).eq([Symbol::Arrived]));
    }
}
