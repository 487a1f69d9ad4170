//! What a problem may hold beyond goods that move and customers who wait, and who reckons with which of it.
//!
//! A plan that looks right and is wrong is the worst a planner can give. So every policy, planner, solver and bound
//! states its [`Scope`]: what it *models*, what it *simplifies* and says so, and, by not naming it, what it *refuses*.
//! One check at the door, [`Scope::admit`], does the refusing.

use std::fmt;

/// Something a problem may hold that not everybody reckons with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Mechanism {
    /// An order costs something, whatever its size (K).
    FixedOrderCosts,
    /// A factory makes less than a unit out of a unit of stock (v).
    Yield,
    /// A factory ships no more than so much in a period (C).
    Capacity,
    /// Stock is worth something when the horizon ends.
    Salvage,
    /// Unmet demand is lost instead of waiting.
    LostSales,
    /// Customers' sentiment follows shortages and moves demand.
    Goodwill,
    /// The events of a period come in another order than the usual one.
    Timeline,
    /// Units are whole.
    WholeUnits,
    /// A request reaches the supplier only after a while.
    OrderDelays,
    /// What is not served at once waits, leaves or is priced by terms of its own.
    Waiting,
    /// Short stock is shared by another rule than first come, first served.
    Allocation,
    /// Lead times are drawn.
    RandomLeadTimes,
    /// Orders have least, largest or fixed sizes.
    OrderSizes,
    /// A link carries no more than so much in a period.
    LinkCaps,
    /// A node has room for so much.
    Space,
    /// Goods spoil.
    ShelfLife,
    /// Nodes or links fail for a while.
    Disruptions,
    /// Of what is shipped only a share arrives.
    RandomYield,
    /// There are several products.
    Products,
    /// Goods are made of others.
    Recipes,
    /// Links or recipes share what there is of something in a period.
    Resources,
    /// Orders of several links share a fixed cost or trucks.
    JointCosts,
}

impl Mechanism {
    /// Every mechanism there is.
    pub const ALL: [Self; 22] = [
        Self::FixedOrderCosts,
        Self::Yield,
        Self::Capacity,
        Self::Salvage,
        Self::LostSales,
        Self::Goodwill,
        Self::Timeline,
        Self::WholeUnits,
        Self::OrderDelays,
        Self::Waiting,
        Self::Allocation,
        Self::RandomLeadTimes,
        Self::OrderSizes,
        Self::LinkCaps,
        Self::Space,
        Self::ShelfLife,
        Self::Disruptions,
        Self::RandomYield,
        Self::Products,
        Self::Recipes,
        Self::Resources,
        Self::JointCosts,
    ];

    /// Its name in texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FixedOrderCosts => "fixed order costs",
            Self::Yield => "yields below 1",
            Self::Capacity => "capacities",
            Self::Salvage => "salvage values",
            Self::LostSales => "lost sales",
            Self::Goodwill => "goodwill",
            Self::Timeline => "timelines",
            Self::WholeUnits => "whole units",
            Self::OrderDelays => "order delays",
            Self::Waiting => "waiting requests",
            Self::Allocation => "allocation rules",
            Self::RandomLeadTimes => "random lead times",
            Self::OrderSizes => "order sizes",
            Self::LinkCaps => "caps of links",
            Self::Space => "limited space",
            Self::ShelfLife => "shelf life",
            Self::Disruptions => "disruptions",
            Self::RandomYield => "random yields",
            Self::Products => "several products",
            Self::Recipes => "recipes",
            Self::Resources => "shared resources",
            Self::JointCosts => "joint costs",
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u8
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of mechanisms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mechanisms(u64);

impl Mechanisms {
    /// None.
    pub const NONE: Self = Self(0);
    /// Every one there is.
    pub const ALL: Self = Self::of(&Mechanism::ALL);

    /// These.
    pub const fn of(mechanisms: &[Mechanism]) -> Self {
        let mut bits = 0;
        let mut position = 0;
        while position < mechanisms.len() {
            bits |= mechanisms[position].bit();
            position += 1;
        }
        Self(bits)
    }

    /// Whether it is one of them.
    pub const fn contains(self, mechanism: Mechanism) -> bool {
        self.0 & mechanism.bit() != 0
    }

    /// These and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without those.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// They, in the order of [`Mechanism::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Mechanism> {
        Mechanism::ALL.into_iter().filter(move |&mechanism| self.contains(mechanism))
    }
}

impl FromIterator<Mechanism> for Mechanisms {
    fn from_iter<I: IntoIterator<Item = Mechanism>>(mechanisms: I) -> Self {
        mechanisms.into_iter().fold(Self::NONE, |set, mechanism| set.with(Self::of(&[mechanism])))
    }
}

impl fmt::Display for Mechanisms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Mechanism::name).collect();
        match names.as_slice() {
            [] => f.write_str("none"),
            [rest @ .., last] if !rest.is_empty() => write!(f, "{} and {last}", rest.join(", ")),
            names => f.write_str(&names.join("")),
        }
    }
}

/// The mechanisms of a problem, each with a place where it is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used(Vec<(Mechanism, String)>);

impl Used {
    /// Notes a mechanism with the place that uses it; only the first place counts.
    pub fn note(&mut self, mechanism: Mechanism, place: impl Into<String>) {
        if self.place(mechanism).is_none() {
            self.0.push((mechanism, place.into()));
        }
    }

    /// Which they are.
    pub fn set(&self) -> Mechanisms {
        self.0.iter().map(|(mechanism, _)| *mechanism).collect()
    }

    /// Where one of them is used, if it is.
    pub fn place(&self, mechanism: Mechanism) -> Option<&str> {
        self.0.iter().find(|(noted, _)| *noted == mechanism).map(|(_, place)| place.as_str())
    }
}

/// What a policy, planner, solver or bound makes of each mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// What it reckons with.
    pub models: Mechanisms,
    /// What it plays on without reckoning with it, and what it does instead.
    pub simplifies: &'static [(Mechanism, &'static str)],
}

impl Scope {
    /// Reckons with whatever there is: a rule that only looks at the state.
    pub const EVERYTHING: Self = Self { models: Mechanisms::ALL, simplifies: &[] };

    /// Reckons with these and refuses the rest.
    pub const fn of(models: &[Mechanism]) -> Self {
        Self { models: Mechanisms::of(models), simplifies: &[] }
    }

    /// Also plays on these, without reckoning with them.
    #[must_use]
    pub const fn simplifying(self, simplifies: &'static [(Mechanism, &'static str)]) -> Self {
        Self { simplifies, ..self }
    }

    /// What it plays on without reckoning with it.
    pub fn simplified(&self) -> Mechanisms {
        self.simplifies.iter().map(|(mechanism, _)| *mechanism).collect()
    }

    /// What it makes of a mechanism.
    pub fn stance(&self, mechanism: Mechanism) -> Stance {
        match self.simplifies.iter().find(|(simplified, _)| *simplified == mechanism) {
            Some((_, how)) => Stance::Simplifies(how),
            None if self.models.contains(mechanism) => Stance::Models,
            None => Stance::Refuses,
        }
    }

    /// Lets a problem in, with what is simplified of it, in words.
    ///
    /// # Errors
    /// [`Refusal`] with every mechanism that is neither modelled nor simplified, and where it is used.
    pub fn admit(&self, used: &Used) -> Result<Vec<&'static str>, Refusal> {
        let (mut simplified, mut refused) = (Vec::new(), Vec::new());
        for mechanism in used.set().iter() {
            match self.stance(mechanism) {
                Stance::Models => {}
                Stance::Simplifies(how) => simplified.push(how),
                Stance::Refuses => {
                    refused.push((mechanism, used.place(mechanism).unwrap_or_default().to_owned()));
                }
            }
        }
        if refused.is_empty() { Ok(simplified) } else { Err(Refusal { refused }) }
    }
}

/// What somebody makes of a mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Reckons with it.
    Models,
    /// Plays on without reckoning with it; in these words.
    Simplifies(&'static str),
    /// Does not play where it is.
    Refuses,
}

/// Mechanisms of a problem that somebody does not reckon with, each with a place that uses it; never empty. Nothing was
/// made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("does not model {}", places(refused))]
pub struct Refusal {
    /// The mechanisms and places.
    pub refused: Vec<(Mechanism, String)>,
}

fn places(refused: &[(Mechanism, String)]) -> String {
    let named: Vec<String> =
        refused.iter().map(|(mechanism, place)| format!("{mechanism} ({place})")).collect();
    named.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLANNER: Scope = Scope::of(&[Mechanism::Capacity, Mechanism::Yield])
        .simplifying(&[(Mechanism::FixedOrderCosts, "leaves fixed order costs out")]);

    fn used(mechanisms: &[(Mechanism, &str)]) -> Used {
        let mut used = Used::default();
        for &(mechanism, place) in mechanisms {
            used.note(mechanism, place);
        }
        used
    }

    #[test]
    fn what_is_not_named_is_refused_with_its_first_place() {
        let problem = used(&[
            (Mechanism::Goodwill, "demand"),
            (Mechanism::Capacity, "node 4"),
            (Mechanism::Salvage, "node 2"),
            (Mechanism::Salvage, "node 3"),
        ]);
        let refusal = PLANNER.admit(&problem).expect_err("refused");
        assert_eq!(refusal.to_string(), "does not model salvage values (node 2), goodwill (demand)");
    }

    #[test]
    fn what_is_simplified_is_said_and_what_is_modelled_is_not() {
        let problem = used(&[(Mechanism::FixedOrderCosts, "link 2 -> 1"), (Mechanism::Yield, "node 4")]);
        assert_eq!(PLANNER.admit(&problem), Ok(vec!["leaves fixed order costs out"]));
        assert_eq!(PLANNER.admit(&Used::default()), Ok(vec![]));
        assert_eq!(Scope::EVERYTHING.admit(&problem), Ok(vec![]));
    }

    #[test]
    fn a_set_holds_what_it_was_made_of_and_tells_it_in_words() {
        for mechanism in Mechanism::ALL {
            let one = Mechanisms::of(&[mechanism]);
            assert_eq!(one.iter().collect::<Vec<_>>(), [mechanism]);
            assert!(!Mechanisms::ALL.without(one).contains(mechanism));
            assert_eq!(one.to_string(), mechanism.name());
        }
        let two: Mechanisms = [Mechanism::Yield, Mechanism::FixedOrderCosts].into_iter().collect();
        assert_eq!(two.to_string(), "fixed order costs and yields below 1");
        assert_eq!((Mechanisms::NONE.to_string().as_str(), Mechanisms::NONE.is_empty()), ("none", true));
    }
}
