//! What is played: one item at one place, or at a warehouse and the stores it supplies, as a network of the engine.

use std::ops::Range;

use invmgmt::network::{
    DeclaredDemand, DeclaredLink, DeclaredNetwork, DeclaredNode, KeyValue, ManagedIx, Network, Part, Setting,
    SupplyLinkIx, TableIndex,
};

use crate::physics::{Crossing, Physics};

/// Where one place's numbers stand in a state row.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    /// Units on hand.
    pub on_hand: usize,
    /// Units on their way to it.
    pub on_order: usize,
    /// Units its supplier owes it, where that is a place that may run out.
    pub owed_to_it: Option<usize>,
    /// Units it owes its buyers.
    pub owes: Vec<usize>,
    /// Its customers, if it has any.
    pub customers: Option<Customers>,
    /// Places it supplies.
    pub buyers: Range<usize>,
    /// Its supply link.
    pub link: SupplyLinkIx,
    /// Which number drawn for supply decides its lead time, where that varies.
    pub draw: Option<usize>,
    /// Its row among the nodes that hold stock.
    pub node: ManagedIx,
    /// Its stock by age, where goods spoil, the oldest first.
    pub ages: Range<usize>,
}

/// Where what a place's customers want stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customers {
    /// Units wanted in the last period.
    pub demand: usize,
    /// Units of it not had, or waited for where demand waits.
    pub unmet: usize,
}

/// A network of the engine and where its places stand in it.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub network: Network,
    pub spots: Vec<Spot>,
    /// The place of each market link.
    pub sellers: Vec<usize>,
}

fn name(place: usize) -> String {
    format!("place {place}")
}

/// A link by which a place is supplied.
fn supply(from: &str, place: usize, physics: &Physics) -> DeclaredLink {
    let lead = &physics.lead_time;
    let mut link = DeclaredLink::supply(from, name(place).as_str(), lead.longest(), 0.0, 0.0);
    if lead.is_random() {
        let list = |numbers: Vec<f64>| Setting::List(numbers.into_iter().map(Setting::Number).collect());
        let law = vec![
            ("values".to_owned(), list(lead.periods().iter().map(|&periods| f64::from(periods)).collect())),
            ("weights".to_owned(), list(lead.chances().to_vec())),
        ];
        let crossing = match physics.crossing {
            Crossing::Free => "free",
            Crossing::Fifo => "fifo",
        };
        link.lead_time = None;
        link.settings.put("L", KeyValue::Structure(Setting::Map(law)));
        link.settings.put("draw", KeyValue::Word("order".to_owned()));
        link.settings.put("crossing", KeyValue::Word(crossing.to_owned()));
    }
    link
}

impl Places {
    /// One place, or a warehouse that stands first and the stores behind it. `has_customers` says who sells.
    pub fn new(physics: &[&Physics], has_customers: &[bool]) -> Self {
        let mut declared = DeclaredNetwork::default();
        declared.nodes.push(DeclaredNode::new("supplier"));
        let is_chain = physics.len() > 1;
        for (place, its) in physics.iter().enumerate() {
            let mut node = DeclaredNode::stocking(name(place).as_str(), 0.0, 0.0);
            let within = is_chain && place > 0;
            if is_chain && !within {
                node.settings.put("allocation", KeyValue::Structure(Setting::Text("proportional".into())));
                node.settings.put("remainder", KeyValue::Word("largest".into()));
            }
            declared.nodes.push(node);
            let from = if within { name(0) } else { "supplier".to_owned() };
            let mut link = supply(&from, place, its);
            if within {
                link.settings.put("unmet", KeyValue::Word("wait".to_owned()));
                if its.multiple > 1.0 {
                    link.settings.put("multiple", KeyValue::Number(its.multiple));
                    link.settings.put("fill", KeyValue::Word("lots".to_owned()));
                }
            }
            declared.links.push(link);
        }
        for place in (0..physics.len()).filter(|&place| has_customers[place]) {
            let customers = format!("customers {place}");
            declared.nodes.push(DeclaredNode::new(customers.as_str()));
            let demand = DeclaredDemand::poisson(1.0);
            declared.links.push(DeclaredLink::market(
                name(place).as_str(),
                customers.as_str(),
                0.0,
                0.0,
                demand,
            ));
        }
        if let Some(life) = physics[0].life {
            declared.settings.put("life", KeyValue::Number(life as f64));
        }
        if is_chain && physics.iter().all(|its| its.multiple >= 1.0 && its.multiple.fract() == 0.0) {
            declared.settings.put("units", KeyValue::Word("whole".to_owned()));
        }
        let network = declared.compile().expect("a supplier, places and their customers are a network");
        let spots = (0..physics.len()).map(|place| spot(&network, place, physics[0].life)).collect();
        let sellers = (0..physics.len()).filter(|&place| has_customers[place]).collect();
        Self { network, spots, sellers }
    }
}

fn spot(network: &Network, place: usize, life: Option<usize>) -> Spot {
    let layout = &network.layout;
    let at = |node: &str| network.nodes.iter().find(|(_, row)| row.id == node.into()).map(|(ix, _)| ix);
    let managed =
        at(&name(place)).and_then(|ix| network.nodes[ix].managed).expect("a place that holds stock");
    let row = &network.managed[managed];
    let link = *row.incoming.first().expect("a place that is supplied");
    let debts = || network.physics.iter().flat_map(|physics| &physics.debts);
    let debt = |link: SupplyLinkIx| {
        let first = debts().find(|debt| debt.link == link).and_then(|debt| debt.first);
        first.map(|first| layout.start(Part::Owed) + first)
    };
    let customers = row.markets.first().map(|&market| {
        let start = |part| layout.start(part) + market.position();
        Customers { demand: start(Part::Demand), unmet: start(Part::Unmet) }
    });
    let leads = network.physics.iter().flat_map(|physics| &physics.leads);
    let ages = life.map_or(0..0, |life| {
        let first = layout.start(Part::OnHandByLife) + managed.position() * life;
        first..first + life
    });
    Spot {
        on_hand: layout.start(Part::OnHand) + managed.position(),
        on_order: layout.start(Part::OnOrder) + link.position(),
        owed_to_it: debt(link),
        owes: row.outgoing.iter().filter_map(|&link| debt(link)).collect(),
        customers,
        buyers: if row.outgoing.is_empty() { 0..0 } else { 1..1 + row.outgoing.len() },
        link,
        node: managed,
        draw: leads.into_iter().find(|lead| lead.link == link).map(|lead| lead.draw),
        ages,
    }
}
