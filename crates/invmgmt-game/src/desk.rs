//! What the manager of a node sees before ordering, and nothing else.

use invmgmt::episode::Symbol;
use invmgmt::network::{ManagedIx, Part, SupplyLinkIx, TableIndex};

use crate::game::{Game, supplier_name};

/// What the manager of a node sees: the own stock, the own orders, who asks and who waits. Nothing of other nodes'
/// stocks, nothing of what was drawn and is not known yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// The node.
    pub node: String,
    /// Periods played.
    pub period: usize,
    /// Units on hand [units].
    pub on_hand: f64,
    /// The same by the periods of selling they have left, the oldest first; empty where nothing spoils [units].
    pub on_hand_by_life: Vec<f64>,
    /// Stock on hand, on its way, requested and owed to the node, less what it owes itself [units].
    pub position: f64,
    /// Who supplies it, in the order in which a person orders.
    pub supplies: Vec<Supplies>,
    /// Nodes that buy from it.
    pub buyers: Vec<Buyer>,
    /// Customers who buy from it.
    pub customers: Vec<Customers>,
    /// What may fail and is seen from here, and whether it works.
    pub working: Vec<(String, bool)>,
    /// What the node has cost so far; negative where it has earned [money].
    pub cost: f64,
}

/// Goods on their way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnTheWay {
    /// How many [units].
    pub units: f64,
    /// Periods until they are due, where that is known; else periods since they were shipped [periods].
    pub due_in: Result<usize, usize>,
}

/// A supplier, seen by a buyer.
#[derive(Clone, Debug, PartialEq)]
pub struct Supplies {
    /// Its name.
    pub supplier: String,
    /// Goods that it has shipped, the next to arrive first.
    pub on_the_way: Vec<OnTheWay>,
    /// Requests that it has not read yet, the next to be read first [units].
    pub requested: Vec<f64>,
    /// What it owes [units].
    pub owed: f64,
    /// What was ordered of it in the last period; none before the first [units].
    pub last_order: Option<f64>,
}

/// A node that buys, seen by its supplier.
#[derive(Clone, Debug, PartialEq)]
pub struct Buyer {
    /// Its name.
    pub buyer: String,
    /// Its order that was read in the last period; none before the first [units].
    pub asked: Option<f64>,
    /// What was shipped to it in the last period; none before the first [units].
    pub shipped: Option<f64>,
    /// What it is owed [units].
    pub owed: f64,
}

/// Customers, seen by a retailer.
#[derive(Clone, Debug, PartialEq)]
pub struct Customers {
    /// Where they are.
    pub market: String,
    /// What they wanted in the last period; none before the first [units].
    pub wanted: Option<f64>,
    /// What they were sold in the last period; none before the first [units].
    pub sold: Option<f64>,
    /// What they wait for [units].
    pub waiting: f64,
}

impl Game {
    /// What the manager of a node sees.
    pub fn desk(&self, node: ManagedIx) -> Desk {
        let (network, view) = (self.network(), self.episode().view());
        let row = &network.managed[node];
        Desk {
            node: network.managed_id(node).to_string(),
            period: self.period(),
            on_hand: view.on_hand(node),
            on_hand_by_life: view.on_hand_by_life(node).collect(),
            position: view.inventory_position(node),
            supplies: row.incoming.iter().map(|&link| self.supplies(link)).collect(),
            buyers: row.outgoing.iter().map(|&link| self.buyer(link)).collect(),
            customers: row
                .markets
                .iter()
                .map(|&link| Customers {
                    market: network.nodes[network.market[link].to].id.to_string(),
                    wanted: self.last(Symbol::Demand, link.position()),
                    sold: self.last(Symbol::Moved, network.market[link].link.position()),
                    waiting: view.waiting(link),
                })
                .collect(),
            working: self.working(node),
            cost: self.cost(node),
        }
    }

    /// What a node has cost so far [money].
    pub fn cost(&self, node: ManagedIx) -> f64 {
        let column = self.network().managed[node].node.position();
        let profits = &self.episode().trajectory()[Symbol::Profit];
        let sum: f64 = (0..self.period()).map(|period| profits.row(period)[column]).sum();
        0.0 - sum
    }

    /// An entry of a matrix in the last period.
    fn last(&self, symbol: Symbol, column: usize) -> Option<f64> {
        let last = self.period().checked_sub(1)?;
        Some(self.episode().trajectory()[symbol].row(last)[column])
    }

    fn supplies(&self, link: SupplyLinkIx) -> Supplies {
        let (network, view) = (self.network(), self.episode().view());
        let row = &network.supply[link];
        let on_the_way = view.in_transit(row).enumerate().map(|(slot, units)| OnTheWay {
            units,
            due_in: if row.announced { Ok(slot + 1) } else { Err(row.slots - slot) },
        });
        let numbers = Part::Requested.numbers(network).enumerate();
        let first = network.layout.start(Part::Requested);
        let owner = invmgmt::network::Owner::Supply(link);
        let requested = numbers.filter(|(_, number)| number.owner == owner);
        Supplies {
            supplier: supplier_name(network, link),
            on_the_way: on_the_way.collect(),
            requested: requested.map(|(place, _)| view.number(first + place)).collect(),
            owed: view.owed(link),
            last_order: self.last(Symbol::Requested, link.position()),
        }
    }

    fn buyer(&self, link: SupplyLinkIx) -> Buyer {
        let (network, view) = (self.network(), self.episode().view());
        Buyer {
            buyer: network.nodes[network.supply[link].to].id.to_string(),
            asked: self.period().checked_sub(1).map(|last| self.read(link, last)),
            shipped: self.last(Symbol::Filled, link.position()),
            owed: view.owed(link),
        }
    }

    /// The request on a link that its supplier read in a period that has been played [units].
    pub(crate) fn read(&self, link: SupplyLinkIx, period: usize) -> f64 {
        let physics = self.network().physics.as_deref();
        let mut delays = physics.iter().flat_map(|physics| physics.delays.iter().enumerate());
        let delay = delays.find(|(_, delay)| delay.link == link);
        let late = delay.map_or(0, |(_, delay)| delay.periods);
        if let Some(made) = period.checked_sub(late) {
            return self.episode().trajectory()[Symbol::Requested].row(made)[link.position()];
        }
        let opening = physics.iter().flat_map(|physics| &physics.opening.requested);
        let at = delay.map(|(at, _)| at);
        let declared = opening.into_iter().find(|(delay, _)| Some(*delay) == at);
        declared.and_then(|(_, requests)| requests.get(period)).copied().unwrap_or(0.0)
    }

    /// What may fail and touches a node: its own shipments or orders, and links it buys on.
    fn working(&self, node: ManagedIx) -> Vec<(String, bool)> {
        let (network, view) = (self.network(), self.episode().view());
        let Some(physics) = network.physics.as_deref() else { return Vec::new() };
        let row = &network.managed[node];
        let touches = |link: &SupplyLinkIx| row.incoming.contains(link) || row.outgoing.contains(link);
        let first = network.layout.start(Part::Up);
        let chains = physics.chains.iter().enumerate();
        chains
            .filter(|(_, chain)| chain.ships.iter().chain(&chain.orders).any(touches))
            .map(|(at, chain)| (chain.name.clone(), view.number(first + at) > 0.0))
            .collect()
    }
}

impl Desk {
    /// What the manager sees, in words: a line for the stock, then one per customer, buyer and supplier, and one for
    /// the money; the same in every face.
    pub fn lines(&self) -> Vec<String> {
        let name = self.node.escape_debug();
        let mut lines =
            vec![format!("{name}: {} on hand, position {}", amount(self.on_hand), amount(self.position))];
        if !self.on_hand_by_life.is_empty() {
            let lives: Vec<String> = self.on_hand_by_life.iter().map(|units| amount(*units)).collect();
            lines.push(format!("  by periods left to sell it, from 1: {}", lives.join(", ")));
        }
        lines.extend(self.customers.iter().map(|customers| {
            let last = last_period("wanted", customers.wanted, customers.sold);
            format!("  {}: {last}{} wait", customers.market.escape_debug(), amount(customers.waiting))
        }));
        lines.extend(self.buyers.iter().map(|buyer| {
            let last = last_period("asked", buyer.asked, buyer.shipped);
            format!("  {}: {last}is owed {}", buyer.buyer.escape_debug(), amount(buyer.owed))
        }));
        lines.extend(self.supplies.iter().map(|supplies| format!("  {}", supplies.in_words())));
        let works = |works: bool| if works { "works" } else { "down" };
        let working = self.working.iter();
        lines.extend(working.map(|(what, is_up)| format!("  {}: {}", what.escape_debug(), works(*is_up))));
        lines.push(if self.cost < 0.0 {
            format!("  earned so far {:.2}", 0.0 - self.cost)
        } else {
            format!("  cost so far {:.2}", self.cost)
        });
        lines
    }
}

impl Supplies {
    /// `from wholesaler: 4 due in 1, slip for 4 read in 1`.
    fn in_words(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let goods = self.on_the_way.iter().filter(|goods| goods.units != 0.0);
        parts.extend(goods.map(|goods| match goods.due_in {
            Ok(periods) => format!("{} due in {periods}", amount(goods.units)),
            Err(periods) => format!("{} shipped {periods} ago", amount(goods.units)),
        }));
        let slips = self.requested.iter().enumerate().filter(|(_, units)| **units != 0.0);
        parts
            .extend(slips.map(|(place, units)| format!("slip for {} read in {}", amount(*units), place + 1)));
        if self.owed != 0.0 {
            parts.push(format!("owes {}", amount(self.owed)));
        }
        if parts.is_empty() {
            parts.push("nothing on its way".to_owned());
        }
        format!("from {}: {}", self.supplier.escape_debug(), parts.join(", "))
    }
}

/// `wanted 8 and got 4, ` of the last period; nothing before the first.
fn last_period(verb: &str, wanted: Option<f64>, got: Option<f64>) -> String {
    match (wanted, got) {
        (Some(wanted), Some(got)) => format!("{verb} {} and got {}, ", amount(wanted), amount(got)),
        _ => String::new(),
    }
}

/// A number as people write it: no more than two decimals, and none where there are none.
fn amount(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
