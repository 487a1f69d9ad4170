//! Services that levels have to reach, whatever they earn.

use std::fmt;
use std::str::FromStr;

use invmgmt::episode::{NodeSums, PlaceSums};
use invmgmt::network::{ManagedIx, Network};

use super::OptimizeError;
use crate::estimate::Estimate;

/// What a mean of shares may lack to a target by rounding [1].
const ROUNDING: f64 = 1e-12;

/// A kind of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Share of demand met in the period it came in.
    ImmediateFillRate,
    /// Share of cycles, from delivery to delivery, in which nobody goes without.
    CycleService,
}

impl Service {
    /// Its name as a key figure.
    pub fn key(self) -> &'static str {
        match self {
            Self::ImmediateFillRate => "immediate_fill_rate",
            Self::CycleService => "cycle_service",
        }
    }

    /// Its name in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::ImmediateFillRate => "immediate fill rate",
            Self::CycleService => "cycle service",
        }
    }

    fn of(self, customers: &NodeSums) -> f64 {
        match self {
            Self::ImmediateFillRate => customers.immediate_fill_rate(),
            Self::CycleService => customers.cycle_service(),
        }
    }
}

/// Whose customers a target is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of all retailers together.
    All,
    /// Those of each retailer.
    Each,
    /// Those of one node.
    Node(String),
}

/// A service and the share of it that levels have to reach on average over the episodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The service.
    pub service: Service,
    /// Whose.
    pub whose: Whose,
    /// Above 0 and below 1 [1].
    pub share: f64,
}

impl FromStr for Target {
    type Err = OptimizeError;

    /// Reads `fill-rate=0.97`, `cycle-service[shop]=0.95` or `fill-rate[*]=0.9`; `fill-rate` is the immediate one.
    fn from_str(text: &str) -> Result<Self, OptimizeError> {
        let refused = || OptimizeError::Target { found: text.escape_debug().to_string() };
        // A node's name may hold an equals sign, a share none.
        let (what, share) = text.rsplit_once('=').ok_or_else(refused)?;
        let (name, whose) = match what.trim().split_once('[') {
            None => (what.trim(), Whose::All),
            Some((name, inside)) => match inside.strip_suffix(']').ok_or_else(refused)?.trim() {
                "*" => (name.trim(), Whose::Each),
                node => (name.trim(), Whose::Node(node.to_owned())),
            },
        };
        let service = match name {
            "immediate-fill-rate" | "fill-rate" => Service::ImmediateFillRate,
            "cycle-service" => Service::CycleService,
            _ => return Err(refused()),
        };
        let share = share.trim().parse::<f64>().map_err(|_| refused())?;
        if share > 0.0 && share < 1.0 {
            Ok(Self { service, whose, share })
        } else {
            Err(OptimizeError::TargetShare { found: share })
        }
    }
}

/// A target on a network: whose service is measured is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Goal {
    service: Service,
    /// The node; none for all customers together.
    node: Option<ManagedIx>,
    name: Option<String>,
    share: f64,
}

/// Targets as goals on a network.
///
/// # Errors
/// [`OptimizeError::Retailer`] for a node without customers, [`OptimizeError::TwoTargets`] for one service twice.
pub(super) fn goals(network: &Network, targets: &[Target]) -> Result<Vec<Goal>, OptimizeError> {
    let retailers: Vec<(ManagedIx, String)> = network
        .managed
        .iter()
        .filter(|(_, row)| !row.markets.is_empty())
        .map(|(node, _)| (node, network.managed_id(node).to_string()))
        .collect();
    let mut goals: Vec<Goal> = Vec::new();
    for target in targets {
        let of = |node: Option<&(ManagedIx, String)>| Goal {
            service: target.service,
            node: node.map(|(node, _)| *node),
            name: node.map(|(_, name)| name.clone()),
            share: target.share,
        };
        let new = match &target.whose {
            Whose::All => vec![of(None)],
            Whose::Each => retailers.iter().map(|retailer| of(Some(retailer))).collect(),
            Whose::Node(name) => {
                let Some(retailer) = retailers.iter().find(|(_, retailer)| retailer == name) else {
                    let names: Vec<&str> = retailers.iter().map(|(_, name)| name.as_str()).collect();
                    let (found, retailers) = (name.escape_debug().to_string(), names.join(", "));
                    return Err(OptimizeError::Retailer { found, retailers });
                };
                vec![of(Some(retailer))]
            }
        };
        for goal in new {
            if goals.iter().any(|other| (other.service, other.node) == (goal.service, goal.node)) {
                return Err(OptimizeError::TwoTargets { target: goal.to_string() });
            }
            goals.push(goal);
        }
    }
    Ok(goals)
}

impl Goal {
    /// Whether it is of the customers of all retailers together.
    pub fn is_of_all(&self) -> bool {
        self.node.is_none()
    }

    /// Whether it is of one of these nodes' customers.
    pub fn is_within(&self, nodes: &[ManagedIx]) -> bool {
        self.node.is_none_or(|node| nodes.contains(&node))
    }

    /// The service of an episode [1].
    pub fn value(&self, network: &Network, places: &PlaceSums) -> f64 {
        match self.node {
            None => self.service.of(&places.together(network)),
            Some(node) => self.service.of(&places.nodes[node]),
        }
    }

    /// What the mean over episodes lacks to the target; 0 where it is reached [1].
    pub fn lack(&self, services: &[f64]) -> f64 {
        let mean = services.iter().sum::<f64>() / services.len() as f64;
        if mean >= self.share - ROUNDING { 0.0 } else { self.share - mean }
    }

    /// What was reached.
    pub fn outcome(&self, training: &[f64], held_out: Option<&[f64]>) -> Reached {
        let estimate = |values: &[f64]| Estimate::over(values).expect("settings without seeds are refused");
        Reached {
            service: self.service,
            retailer: self.name.clone(),
            share: self.share,
            training: estimate(training),
            held_out: held_out.map(estimate),
            is_reached: self.lack(training) == 0.0,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.service.words())?;
        self.name.as_ref().map_or(Ok(()), |name| write!(f, " of {}", name.escape_debug()))
    }
}

/// How far levels came towards a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Reached {
    /// The service.
    pub service: Service,
    /// The retailer whose it is; none for all customers together.
    pub retailer: Option<String>,
    /// The target [1].
    pub share: f64,
    /// The service over the training seeds [1].
    pub training: Estimate,
    /// The service on what the search did not see [1].
    pub held_out: Option<Estimate>,
    /// Whether the mean over the training seeds reaches the target.
    pub is_reached: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_service_whose_and_a_share() {
        let read = |text: &str| text.parse::<Target>();
        let target = |service, whose, share| Ok(Target { service, whose, share });
        assert_eq!(read("fill-rate=0.97"), target(Service::ImmediateFillRate, Whose::All, 0.97));
        assert_eq!(read("immediate-fill-rate = 0.5"), target(Service::ImmediateFillRate, Whose::All, 0.5));
        let named = Whose::Node("a=b".to_owned());
        assert_eq!(read("cycle-service[a=b]=0.9"), target(Service::CycleService, named, 0.9));
        assert_eq!(read("cycle-service[*]=.9"), target(Service::CycleService, Whose::Each, 0.9));
        for text in ["0.97", "fill=0.9", "fill-rate", "fill-rate=much", "fill-rate[shop=0.9", "[shop]=0.9"] {
            let message = read(text).expect_err("refused").to_string();
            assert!(
                message.starts_with(&format!("target is '{text}'; expected fill-rate=SHARE")),
                "{message}"
            );
        }
        for share in ["0", "1", "97", "-0.5", "nan"] {
            let message = read(&format!("fill-rate={share}")).expect_err("refused").to_string();
            assert!(message.contains("expected a share above 0 and below 1, as in 0.97"), "{message}");
        }
    }
}
