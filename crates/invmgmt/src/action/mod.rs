//! What the numbers of an action mean: order quantities as they are, or in a form that is easier to learn.
//!
//! An [`ActionMap`] turns an action into the quantity requested on each supply link, knowing the state. The single
//! environment and batches read actions through the same map.

mod ceilings;
mod largest;
mod shares;

use crate::Problem;
use crate::episode::ActionError;
use crate::mechanism::{Mechanism, Scope};
use crate::network::{ManagedIx, Network, SupplyLinkIx, Table, TableIndex};
use crate::number::Number;
use crate::period::StateView;

use shares::drop_remnant;
pub use shares::{LEAST_REQUEST, split_lacking, split_order, supplier_shares};

use ceilings::Loads;

/// Largest ceiling of an action of whole numbers [units].
const LARGEST_WHOLE: f64 = 1e9;
/// What the largest action stands for in a split over suppliers [1].
const LARGEST_SHARE: f64 = 1.0;

/// How an action is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionMode {
    /// Per supply link the quantity requested [units].
    Raw,
    /// Per supply link a number from -1 (nothing) to 1 (the ceiling).
    Scaled,
    /// Per managed node a number from -1 to 1 for an order-up-to level from 0 to the ceiling.
    BaseStock,
    /// Per managed node a number for a reorder point s, then per managed node one for a lot, S - s; from -1 to 1 for
    /// 0 to the ceiling.
    ReorderPoint,
    /// Per managed node a number for a level as in [`Self::BaseStock`], then per incoming link of every node with
    /// several suppliers a number from -1 to 1 for its weight, 0 to 1, in the split of the node's order.
    LevelsAndShares,
    /// Per supply link a whole quantity from 0 to the ceiling [units].
    Integer,
}

impl ActionMode {
    /// Every mode by its name.
    pub const NAMES: [(&str, Self); 6] = [
        ("raw", Self::Raw),
        ("scaled", Self::Scaled),
        ("base-stock", Self::BaseStock),
        ("ss", Self::ReorderPoint),
        ("levels-and-shares", Self::LevelsAndShares),
        ("integer", Self::Integer),
    ];

    /// The mode of a name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
    }

    /// What there is one number of, in words.
    pub fn entries(self) -> &'static str {
        match self {
            Self::Raw | Self::Integer => "one quantity per supply link",
            Self::Scaled => "one number per supply link",
            Self::BaseStock => "one level per managed node",
            Self::ReorderPoint => "one reorder point, then one lot, per managed node",
            Self::LevelsAndShares => {
                "one level per managed node, then one share per supplier of every node that has several"
            }
        }
    }
}

/// Ceilings that cannot be used. Nothing was made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CeilingError {
    /// Ceilings for quantities that have none.
    #[error(
        "action_ceilings are given, but actions of mode raw have none; expected none or another action_mode"
    )]
    Raw,
    /// Not one ceiling per number of an action.
    #[error("{found} action_ceilings; expected {expected}, {entries}")]
    Count {
        /// Ceilings given.
        found: usize,
        /// Numbers of an action.
        expected: usize,
        /// What there is one of.
        entries: &'static str,
    },
    /// A ceiling out of range.
    #[error("action_ceilings[{entry}] ({label}) is {found}; expected {allowed}")]
    Value {
        /// Which one.
        entry: usize,
        /// What it bounds.
        label: String,
        /// The ceiling.
        found: f64,
        /// What it may be.
        allowed: &'static str,
    },
}

/// Reads actions of one mode on one network.
#[derive(Clone, Debug)]
pub struct ActionMap {
    mode: ActionMode,
    /// Numbers of an action.
    len: usize,
    /// What the largest action stands for, per number of an action; empty for raw quantities [units] -- constant.
    ceilings: Vec<f64>,
    /// Share of its buyer's orders per supply link [1] -- constant.
    shares: Table<SupplyLinkIx, f64>,
}

impl ActionMap {
    /// What ceilings that follow from a problem reckon with.
    pub const SCOPE: Scope = Scope::EVERYTHING.simplifying(&[
        (Mechanism::ShelfLife, "ceilings as if nothing spoiled"),
        (Mechanism::Disruptions, "ceilings as if nothing failed"),
        (Mechanism::RandomYield, "ceilings as if all that is shipped arrived"),
        (Mechanism::Recipes, "ceilings as if nothing were made of other products"),
    ]);

    /// Reads raw order quantities.
    pub fn raw(network: &Network) -> Self {
        let mode = ActionMode::Raw;
        Self { mode, len: network.supply.len(), ceilings: Vec::new(), shares: Vec::new().into() }
    }

    /// Reads actions of a mode, with ceilings that follow from the network and its demand over a horizon:
    ///
    /// `A(n) = n d + 4 sqrt(n v)` is what may be wanted of a node over n periods, d and v being mean and variance of
    /// all demand the node reaches, in the period of the horizon in which it is highest. An order on a link goes up
    /// to `A(L + 1)` of its buyer or the capacity of its supplier, a level up to `A(L + 2)` with the longest lead
    /// time, a lot up to the level or, if more, twice the economic order quantity, at most `A(T)`.
    pub fn derived(problem: &Problem, mode: ActionMode) -> Self {
        let network = &*problem.network;
        let loads = || Loads::new(problem);
        let ceilings = match mode {
            ActionMode::Raw => return Self::raw(network),
            ActionMode::Scaled | ActionMode::Integer => loads().orders(),
            ActionMode::BaseStock => loads().levels(),
            ActionMode::ReorderPoint => {
                let loads = loads();
                [loads.levels(), loads.lots()].concat()
            }
            ActionMode::LevelsAndShares => {
                let mut ceilings = loads().levels();
                ceilings.resize(ceilings.len() + shared_links(network).count(), LARGEST_SHARE);
                ceilings
            }
        };
        let ceilings = if mode == ActionMode::Integer {
            ceilings.into_iter().map(|ceiling| ceiling.min(LARGEST_WHOLE)).collect()
        } else {
            ceilings
        };
        Self { mode, len: ceilings.len(), ceilings, shares: supplier_shares(network) }
    }

    /// Reads actions of a mode with these ceilings, one per number of an action [units].
    ///
    /// # Errors
    /// [`CeilingError`] for another number of them or one that is not finite and above 0 (in whole units, a whole
    /// number up to 1e9).
    pub fn with_ceilings(
        network: &Network,
        mode: ActionMode,
        ceilings: &[f64],
    ) -> Result<Self, CeilingError> {
        let labels = labels(network, mode);
        if mode == ActionMode::Raw {
            return Err(CeilingError::Raw);
        }
        if ceilings.len() != labels.len() {
            let (found, expected) = (ceilings.len(), labels.len());
            return Err(CeilingError::Count { found, expected, entries: mode.entries() });
        }
        let whole = mode == ActionMode::Integer;
        let usable = |ceiling: f64| {
            ceiling.is_finite()
                && ceiling > 0.0
                && (!whole || ceiling.fract() == 0.0 && ceiling <= LARGEST_WHOLE)
        };
        let allowed = if whole { "a whole number from 1 to 1e9" } else { "a finite number > 0" };
        let first_share =
            if mode == ActionMode::LevelsAndShares { network.managed.len() } else { labels.len() };
        for (entry, (&found, label)) in ceilings.iter().zip(labels).enumerate() {
            if !usable(found) {
                return Err(CeilingError::Value { entry, label, found, allowed });
            }
            if entry >= first_share && found != LARGEST_SHARE {
                return Err(CeilingError::Value { entry, label, found, allowed: "1, the largest share" });
            }
        }
        Ok(Self { mode, len: ceilings.len(), ceilings: ceilings.to_vec(), shares: supplier_shares(network) })
    }

    /// How actions are read.
    pub fn mode(&self) -> ActionMode {
        self.mode
    }

    /// Whether the numbers of an action are the quantities requested themselves.
    pub fn are_quantities(&self) -> bool {
        matches!(self.mode, ActionMode::Raw | ActionMode::Integer)
    }

    /// Numbers of an action.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether an action holds no number; never true.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What the largest action stands for, per number of an action; empty for raw quantities [units].
    pub fn ceilings(&self) -> &[f64] {
        &self.ceilings
    }

    /// What each number of an action is, in words.
    pub fn labels(&self, network: &Network) -> Vec<String> {
        labels(network, self.mode)
    }

    /// Checks the numbers of one action, or of several one after the other; `Err` holds the position of the first
    /// that cannot be played and what is wrong with it.
    ///
    /// # Errors
    /// [`ActionError::NotFinite`], or [`ActionError::NotWhole`] for a quantity outside its whole numbers.
    pub fn check<A: Number>(&self, network: &Network, actions: &[A]) -> Result<(), (usize, ActionError)> {
        // Without early exits the numbers are looked at in vector registers; the culprit is sought after.
        let good = if self.mode == ActionMode::Integer {
            let rows = actions.chunks_exact(self.len);
            rows.fold(true, |good, row| {
                row.iter()
                    .zip(&self.ceilings)
                    .fold(good, |good, (action, &most)| good & is_whole(*action, most))
            })
        } else {
            actions.iter().fold(true, |good, action| good & action.widen().is_finite())
        };
        if good {
            return Ok(());
        }
        let most = |position: usize| self.ceilings.get(position % self.len).copied().unwrap_or(f64::INFINITY);
        let is_bad = |position: usize| match self.mode {
            ActionMode::Integer => !is_whole(actions[position], most(position)),
            _ => !actions[position].widen().is_finite(),
        };
        let position = (0..actions.len()).find(|&position| is_bad(position)).unwrap_or(0);
        Err((position, self.error(network, position % self.len, actions[position].widen())))
    }

    fn error(&self, network: &Network, entry: usize, found: f64) -> ActionError {
        let link = || network.link_name(network.supply[SupplyLinkIx::from_position(entry)].link);
        match self.mode {
            ActionMode::Raw => ActionError::NotFinite { entry, link: link(), found },
            ActionMode::Integer => {
                ActionError::NotWhole { entry, link: link(), found, most: self.ceilings[entry] }
            }
            _ => ActionError::NotANumber { entry, label: self.labels(network).swap_remove(entry), found },
        }
    }

    /// Writes the quantity an action requests on each supply link into `requests` [units]. The action has been
    /// checked; numbers beyond -1 and 1 count as -1 and 1. Where an action is no quantity itself, requests below
    /// [`LEAST_REQUEST`] are none.
    #[inline]
    pub fn requests<A: Number>(&self, state: &StateView<'_>, action: &[A], requests: &mut [f64]) {
        match self.mode {
            ActionMode::Raw | ActionMode::Integer => {
                for (request, action) in requests.iter_mut().zip(action) {
                    *request = action.widen();
                }
            }
            ActionMode::Scaled => {
                for (entry, request) in requests.iter_mut().enumerate() {
                    *request = self.units(entry, action);
                }
            }
            ActionMode::BaseStock => {
                let levels = |node: ManagedIx| self.units(node.position(), action);
                up_to(
                    state,
                    |node| (levels(node), levels(node)),
                    |node, quantity| {
                        split_order(state.network, &self.shares, node, quantity, requests);
                    },
                );
            }
            ActionMode::ReorderPoint => {
                let lots = state.network.managed.len();
                let point = |node: ManagedIx| self.units(node.position(), action);
                let level = |node: ManagedIx| point(node) + self.units(lots + node.position(), action);
                up_to(
                    state,
                    |node| (point(node), level(node)),
                    |node, quantity| {
                        split_order(state.network, &self.shares, node, quantity, requests);
                    },
                );
            }
            ActionMode::LevelsAndShares => {
                let levels = |node: ManagedIx| self.units(node.position(), action);
                let mut next = state.network.managed.len();
                up_to(
                    state,
                    |node| (levels(node), levels(node)),
                    |node, quantity| {
                        next += self.split_as_asked(state.network, node, quantity, next, action, requests);
                    },
                );
            }
        }
        if !self.are_quantities() {
            requests.iter_mut().for_each(drop_remnant);
        }
    }

    /// Splits a node's order by the weights that begin at entry `first` of an action, or by the published shares where
    /// all of them are 0; says how many weights the node has.
    fn split_as_asked<A: Number>(
        &self,
        network: &Network,
        node: ManagedIx,
        quantity: f64,
        first: usize,
        action: &[A],
        requests: &mut [f64],
    ) -> usize {
        let incoming = &network.managed[node].incoming;
        let weights = if incoming.len() > 1 { first..first + incoming.len() } else { first..first };
        let total: f64 = weights.clone().map(|entry| self.units(entry, action)).sum();
        if total > 0.0 {
            for (link, entry) in incoming.iter().zip(weights.clone()) {
                requests[link.position()] = self.units(entry, action) / total * quantity;
            }
        } else {
            split_order(network, &self.shares, node, quantity, requests);
        }
        weights.len()
    }

    /// What a number of an action stands for: -1 is 0, 1 is the ceiling [units].
    #[inline]
    fn units<A: Number>(&self, entry: usize, action: &[A]) -> f64 {
        0.5 * (action[entry].widen().clamp(-1.0, 1.0) + 1.0) * self.ceilings[entry]
    }
}

/// Every node whose inventory position is below its first number orders up to its second; the others order nothing.
fn up_to(
    state: &StateView<'_>,
    levels: impl Fn(ManagedIx) -> (f64, f64),
    mut order: impl FnMut(ManagedIx, f64),
) {
    for node in state.network.managed.indices() {
        let (point, level) = levels(node);
        let position = state.inventory_position(node);
        order(node, if position < point { level - position } else { 0.0 });
    }
}

#[inline]
fn is_whole<A: Number>(action: A, most: f64) -> bool {
    let number = action.widen();
    number >= 0.0 && number <= most && number.trunc() == number
}

/// The incoming links of every node that has several suppliers, node by node.
fn shared_links(network: &Network) -> impl Iterator<Item = SupplyLinkIx> + '_ {
    let nodes = network.managed.rows().iter().filter(|node| node.incoming.len() > 1);
    nodes.flat_map(|node| node.incoming.iter().copied())
}

fn labels(network: &Network, mode: ActionMode) -> Vec<String> {
    let per_node = |what: &'static str| {
        network.managed.indices().map(move |node| format!("{what}[{}]", network.managed_id(node)))
    };
    match mode {
        ActionMode::Raw | ActionMode::Scaled | ActionMode::Integer => network.action_labels(),
        ActionMode::BaseStock => per_node("level").collect(),
        ActionMode::ReorderPoint => per_node("reorder_point").chain(per_node("lot")).collect(),
        ActionMode::LevelsAndShares => {
            let share = |link| format!("share[{}]", network.link_name(network.supply[link].link));
            per_node("level").chain(shared_links(network).map(share)).collect()
        }
    }
}
