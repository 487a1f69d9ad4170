//! The parts of a state row: what each of its numbers is, of what, in which unit, and who may see it.

use std::fmt;

use super::{ManagedIx, MarketLinkIx, Network, Physics, Shelf, SupplyLinkIx};

/// A part of the state of an episode, in the order of the row.
///
/// Who adds a part adds it here, to [`Part::ALL`] and to [`Part::facts`]: its place and its labels follow, and the
/// compiler names every place that opens a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Units customers wanted in the last period.
    Demand,
    /// Units of demand left unmet in the last period.
    Unmet,
    /// Units on hand.
    OnHand,
    /// Units ordered and not yet received, by the period in which they are due.
    InTransit,
    /// Periods played.
    Period,
    /// Customers' sentiment in force in the last period.
    Sentiment,
    /// Requests on their way to the supplier.
    Requested,
    /// Units a supplier owes.
    Owed,
    /// Units customers wait for, where they have terms of their own.
    Waiting,
    /// Units on hand, by the periods of selling they have left.
    OnHandByLife,
    /// Units on their way, likewise.
    InTransitByLife,
    /// Whether something works that may fail.
    Up,
    /// Units shipped and not yet received, all together.
    OnOrder,
    /// What was drawn of lead times and is not known yet.
    DrawnLeads,
}

/// Who may see a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// It is part of the observation.
    Observed,
    /// Policies are told: it follows from what was observed so far.
    Told,
    /// Nobody who decides may see it.
    Hidden,
}

impl Sight {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Told => "told",
            Self::Hidden => "hidden",
        }
    }
}

/// What a number of a state row is a number of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The episode.
    Episode,
    /// A node that holds stock.
    Managed(ManagedIx),
    /// A supply link.
    Supply(SupplyLinkIx),
    /// A market link.
    Market(MarketLinkIx),
    /// Something that may fail, by its position among them.
    Chain(usize),
}

/// One number of a state row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateNumber {
    /// The part it belongs to.
    pub part: Part,
    /// What it is a number of.
    pub owner: Owner,
    /// Which of its owner's numbers, from 1, where a part may have several for each.
    pub slot: Option<usize>,
}

/// What is known of a part.
#[derive(Clone, Copy, Debug)]
pub struct PartFacts {
    /// Its name, as labels begin.
    pub name: &'static str,
    /// Unit of its numbers.
    pub unit: &'static str,
    /// What it is, in words.
    pub meaning: &'static str,
    /// Who may see it.
    pub sight: Sight,
    /// What comes before the number of a slot in a label, where an owner may have several.
    slot_words: Option<&'static str>,
    owners: Owners,
}

/// Which owners a part has, and how many numbers each.
#[derive(Clone, Copy, Debug)]
enum Owners {
    Episode,
    Managed(fn(&Network, ManagedIx) -> usize),
    Supply(fn(&Network, SupplyLinkIx) -> usize),
    Market(fn(&Network, MarketLinkIx) -> usize),
    Chains,
}

impl Part {
    /// How many parts there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Every part in the order of the row: observed ones first, then those told, then the hidden.
    pub const ALL: [Self; 14] = [
        Self::Demand,
        Self::Unmet,
        Self::OnHand,
        Self::InTransit,
        Self::Period,
        Self::Sentiment,
        Self::Requested,
        Self::Owed,
        Self::Waiting,
        Self::OnHandByLife,
        Self::InTransitByLife,
        Self::Up,
        Self::OnOrder,
        Self::DrawnLeads,
    ];

    /// What is known of it.
    // One arm per part: a table.
    #[allow(clippy::too_many_lines)]
    pub fn facts(self) -> PartFacts {
        let plain = PartFacts {
            name: "",
            unit: "units",
            meaning: "",
            sight: Sight::Observed,
            slot_words: None,
            owners: Owners::Episode,
        };
        match self {
            Self::Demand => PartFacts {
                name: "demand",
                meaning: "what customers wanted in the last period",
                owners: Owners::Market(|_, _| 1),
                ..plain
            },
            Self::Unmet => PartFacts {
                name: "unmet_demand",
                meaning: "what was left unmet in the last period",
                owners: Owners::Market(|_, _| 1),
                ..plain
            },
            Self::OnHand => PartFacts {
                name: "on_hand",
                meaning: "stock on hand",
                owners: Owners::Managed(|_, _| 1),
                ..plain
            },
            Self::InTransit => PartFacts {
                name: "in_transit",
                meaning: "units on their way, the next to arrive first",
                slot_words: Some("due in"),
                owners: Owners::Supply(|network, link| network.supply[link].slots),
                ..plain
            },
            Self::Period => PartFacts { name: "period", unit: "periods", meaning: "periods played", ..plain },
            Self::Sentiment => PartFacts {
                name: "sentiment",
                unit: "1",
                meaning: "customers' sentiment in force in the last period",
                ..plain
            },
            Self::Requested => PartFacts {
                name: "requested",
                meaning: "requests on their way to the supplier, the next to be read first",
                slot_words: Some("read in"),
                owners: Owners::Supply(requested),
                ..plain
            },
            Self::Owed => PartFacts {
                name: "owed",
                meaning: "units the supplier owes, by the periods they have waited where the wait is limited",
                slot_words: Some("waited"),
                owners: Owners::Supply(owed),
                ..plain
            },
            Self::Waiting => PartFacts {
                name: "waiting",
                meaning: "units customers wait for, by the periods they have waited where the wait is limited",
                slot_words: Some("waited"),
                owners: Owners::Market(waiting),
                ..plain
            },
            Self::OnHandByLife => PartFacts {
                name: "on_hand_by_life",
                meaning: "stock on hand by the periods of selling it has left, the oldest first",
                slot_words: Some("left"),
                owners: Owners::Managed(|network, node| {
                    shelf(network).map_or(0, |shelf| shelf.on_hand[node].life)
                }),
                ..plain
            },
            Self::InTransitByLife => PartFacts {
                name: "in_transit_by_life",
                meaning: "units on their way, slot by slot, by the periods of selling they have left",
                slot_words: Some("place"),
                owners: Owners::Supply(aged_in_transit),
                ..plain
            },
            Self::Up => PartFacts {
                name: "up",
                unit: "1",
                meaning: "1 where what may fail works, 0 where it does not",
                owners: Owners::Chains,
                ..plain
            },
            Self::OnOrder => PartFacts {
                name: "on_order",
                meaning: "units shipped and not yet received",
                sight: Sight::Told,
                owners: Owners::Supply(|_, _| 1),
                ..plain
            },
            Self::DrawnLeads => PartFacts {
                name: "drawn_leads",
                unit: "periods",
                meaning: "periods until orders arrive that were drawn and are not known yet",
                sight: Sight::Hidden,
                slot_words: Some("place"),
                owners: Owners::Supply(|network, link| {
                    physics(network).map_or(0, |physics| physics.hidden(link, network.supply[link].slots))
                }),
            },
        }
    }

    /// The part of this name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.facts().name == name)
    }

    /// How many numbers it has on a network.
    pub fn length(self, network: &Network) -> usize {
        self.owners(network).map(|(_, count)| count).sum()
    }

    /// Its numbers on a network, in order.
    pub fn numbers(self, network: &Network) -> impl Iterator<Item = StateNumber> + use<'_> {
        let has_slots = self.facts().slot_words.is_some();
        self.owners(network).flat_map(move |(owner, count)| {
            (1..=count).map(move |slot| StateNumber { part: self, owner, slot: has_slots.then_some(slot) })
        })
    }

    /// What it has numbers of, and how many each.
    fn owners(self, network: &Network) -> Box<dyn Iterator<Item = (Owner, usize)> + '_> {
        match self.facts().owners {
            Owners::Episode => Box::new(std::iter::once((Owner::Episode, 1))),
            Owners::Managed(count) => {
                Box::new(network.managed.indices().map(move |ix| (Owner::Managed(ix), count(network, ix))))
            }
            Owners::Supply(count) => {
                Box::new(network.supply.indices().map(move |ix| (Owner::Supply(ix), count(network, ix))))
            }
            Owners::Market(count) => {
                Box::new(network.market.indices().map(move |ix| (Owner::Market(ix), count(network, ix))))
            }
            Owners::Chains => {
                let chains = physics(network).map_or(0, |physics| physics.chains.len());
                Box::new((0..chains).map(|chain| (Owner::Chain(chain), 1)))
            }
        }
    }
}

fn physics(network: &Network) -> Option<&Physics> {
    network.physics.as_deref()
}

fn shelf(network: &Network) -> Option<&Shelf> {
    physics(network)?.shelf.as_ref()
}

fn requested(network: &Network, link: SupplyLinkIx) -> usize {
    physics(network).and_then(|physics| physics.delay(link)).map_or(0, |delay| delay.periods)
}

fn owed(network: &Network, link: SupplyLinkIx) -> usize {
    physics(network).and_then(|physics| Some(physics.debts[physics.debt_of[link]?].length())).unwrap_or(0)
}

fn waiting(network: &Network, link: MarketLinkIx) -> usize {
    physics(network)
        .and_then(|physics| Some(physics.customers[physics.terms_of[link]?].length()))
        .unwrap_or(0)
}

fn aged_in_transit(network: &Network, link: SupplyLinkIx) -> usize {
    shelf(network).map_or(0, |shelf| shelf.links[link].sent.life * network.supply[link].slots)
}

impl StateNumber {
    fn is_alone(self, network: &Network) -> bool {
        matches!(self.owner, Owner::Market(link) if waiting(network, link) == 1)
    }

    /// The number in words: `in_transit[4 -> 2, due in 1]`.
    pub fn label(&self, network: &Network) -> String {
        let facts = self.part.facts();
        let owner = match self.owner {
            Owner::Episode => return facts.name.to_owned(),
            Owner::Managed(node) => network.managed_id(node).to_string(),
            Owner::Supply(link) => network.link_name(network.supply[link].link),
            Owner::Market(link) => network.link_name(network.market[link].link),
            Owner::Chain(chain) => {
                physics(network).map_or_else(String::new, |p| p.chains[chain].name.clone())
            }
        };
        if let (Owner::Supply(link), Some(slot)) = (self.owner, self.slot) {
            let row = &network.supply[link];
            // A random link is known by what left when: its slots are those of its longest lead time.
            let when = |slot: usize| {
                if row.announced {
                    format!("due in {slot}")
                } else {
                    format!("shipped {} ago", row.slots + 1 - slot)
                }
            };
            match (self.part, shelf(network)) {
                (Part::InTransit, _) => return format!("{}[{owner}, {}]", facts.name, when(slot)),
                (Part::InTransitByLife, Some(shelf)) => {
                    let life = shelf.links[link].sent.life;
                    let (place, left) = ((slot - 1) / life + 1, (slot - 1) % life + 1);
                    return format!("{}[{owner}, {}, left {left}]", facts.name, when(place));
                }
                (Part::Owed, _) if owed(network, link) == 1 => return format!("{}[{owner}]", facts.name),
                _ => {}
            }
        }
        match (facts.slot_words, self.slot) {
            (Some(_), Some(1)) if self.part == Part::Waiting && self.is_alone(network) => {
                format!("{}[{owner}]", facts.name)
            }
            (Some(words), Some(slot)) => format!("{}[{owner}, {words} {slot}]", facts.name),
            _ => format!("{}[{owner}]", facts.name),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.facts().name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_holds_what_is_observed_then_what_is_told_then_what_is_hidden() {
        let sights = Part::ALL.map(|part| part.facts().sight);
        assert!(sights.is_sorted(), "{sights:?}");
        for (position, part) in Part::ALL.into_iter().enumerate() {
            assert_eq!(part as usize, position, "{part} stands in the list where it stands in the row");
            assert_eq!(Part::named(part.facts().name), Some(part), "no two parts share a name");
            assert!(!part.facts().meaning.is_empty() && !part.facts().unit.is_empty());
        }
        assert_eq!(Part::named("owed to nobody"), None);
    }
}
