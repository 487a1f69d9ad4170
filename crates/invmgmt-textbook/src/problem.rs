//! What is played, as a solver sees it: every fact of it is read, or refused by name.

use std::fmt;
use std::sync::LazyLock;

use invmgmt::demand::{DemandConfig, DemandModel, Law};
use invmgmt::episode::MAX_PERIODS;
use invmgmt::mechanism::Mechanism::{
    Capacity, FixedOrderCosts, Goodwill, LostSales, Salvage, Waiting, WholeUnits, Yield,
};
use invmgmt::mechanism::{Mechanism, Mechanisms, Scope};
use invmgmt::network::{Debt, MarketLinkIx, Network};
use invmgmt::period::Rules;

use super::Demand;
use super::error::ShapeError;

/// The demand of a network that is given alone: every market link draws by its own law around its own mean.
static OWN_DEMAND: LazyLock<DemandModel> = LazyLock::new(DemandModel::default);

/// What is played. A network alone stands for its own demand, backlog, no discount and no end.
#[derive(Clone, Copy, Debug)]
pub struct ProblemView<'a> {
    /// The network.
    pub network: &'a Network,
    /// Its demand.
    pub demand: &'a DemandModel,
    /// Rules of play.
    pub rules: Rules,
    /// Length of an episode [periods]. Solvers of the long run take it for long, unless it is 1.
    pub num_periods: usize,
}

impl<'a> From<&'a Network> for ProblemView<'a> {
    fn from(network: &'a Network) -> Self {
        Self { network, demand: &OWN_DEMAND, rules: Rules::default(), num_periods: usize::MAX }
    }
}

/// Something that is played and that a solver does not model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Where it stands.
    pub place: String,
    /// What it is.
    pub found: String,
    /// What the solver needs instead.
    pub allowed: &'static str,
}

/// The sentences of a refusal, a line each.
pub(crate) struct Sentences<'a>(pub &'a [Fact], pub &'a str);

impl fmt::Display for Sentences<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(facts, solver) = self;
        for (position, Fact { place, found, allowed }) in facts.iter().enumerate() {
            let gap = if position > 0 { "\n" } else { "" };
            write!(f, "{gap}{place} has {found}; {solver} needs {allowed}")?;
        }
        Ok(())
    }
}

/// A plain problem. Factories, which have capacities and yields, are refused by the shape of the network; whole units
/// are those of whole demand, where the law is not.
pub(crate) const PLAIN: Scope = Scope::of(&[Capacity, Yield, WholeUnits]);

/// What a solver models; the rest it refuses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reads {
    /// Which mechanisms.
    pub scope: Scope,
    /// Whether money may be discounted.
    pub discount: bool,
}

impl Reads {
    /// These mechanisms, and no discount.
    pub const fn of(scope: Scope) -> Self {
        Self { scope, discount: false }
    }
}

/// A problem being read by a solver.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub problem: ProblemView<'a>,
    solver: &'static str,
    facts: Vec<Fact>,
}

impl<'a> Reader<'a> {
    /// Begins to read for `solver`: rules, and what the nodes and links cost.
    pub fn new(problem: ProblemView<'a>, solver: &'static str, reads: Reads) -> Self {
        let mut reader = Self { problem, solver, facts: Vec::new() };
        let ProblemView { network, demand, rules, .. } = problem;
        if rules.discount != 1.0 && !reads.discount {
            reader.refuse("the problem", format!("a discount of {}", rules.discount), "none (1)");
        }
        let mut used = network.mechanisms();
        if !rules.backlog {
            used.note(LostSales, "the problem");
        }
        if demand.config.use_goodwill {
            used.note(Goodwill, "the problem");
        }
        let mut scope = reads.scope;
        if waits_freely(network) {
            scope.models = scope.models.with(Mechanisms::of(&[Waiting]));
        }
        if let Err(refusal) = scope.admit(&used) {
            for (mechanism, place) in refusal.refused {
                reader.refuse_mechanism(mechanism, place);
            }
        }
        reader
    }

    /// Notes a mechanism that the solver does not model, those with a value at every place that has one.
    fn refuse_mechanism(&mut self, mechanism: Mechanism, place: String) {
        let network = self.problem.network;
        match mechanism {
            LostSales => self.refuse(place, "lost sales (backlog is off)", "unmet demand that waits"),
            Goodwill => self.refuse(place, "goodwill", "demand that does not answer shortages"),
            FixedOrderCosts => {
                for link in network.supply.rows().iter().filter(|link| link.fixed_order_cost > 0.0) {
                    let place = format!("edge {}", network.link_name(link.link));
                    self.refuse(place, format!("a fixed order cost of {}", link.fixed_order_cost), "0");
                }
            }
            Salvage => {
                for (node, row) in network.managed.iter().filter(|(_, row)| row.salvage_value > 0.0) {
                    let place = format!("node {}", network.managed_id(node));
                    self.refuse(place, format!("a salvage value of {}", row.salvage_value), "0");
                }
            }
            other => self.refuse(place, other.name(), "a network without"),
        }
    }

    /// Notes what the solver does not model.
    pub fn refuse(&mut self, place: impl Into<String>, found: impl Into<String>, allowed: &'static str) {
        self.facts.push(Fact { place: place.into(), found: found.into(), allowed });
    }

    /// The name of a market link, as messages give it.
    pub fn edge(&self, link: MarketLinkIx) -> String {
        format!("edge {}", self.problem.network.link_name(self.problem.network.market[link].link))
    }

    /// The mean demand of a link, the same in every period [units / period]; refused where it is not.
    pub fn steady_mean(&mut self, link: MarketLinkIx) -> f64 {
        let ProblemView { network, demand, num_periods, .. } = self.problem;
        if demand.replays.series(link).is_some() {
            self.refuse(self.edge(link), "demand from a series", "demand drawn by a law");
            return 0.0;
        }
        let config = demand.config_of(link);
        let mean = |period| config.mean(period, network.market[link].own_mean, 1.0);
        let first = mean(0);
        let movers = movers(config);
        if !movers.is_empty() && (1..num_periods.min(MAX_PERIODS)).any(|period| mean(period) != first) {
            let found = format!("a mean that moves ({})", movers.join(", "));
            self.refuse(self.edge(link), found, "the same mean in every period");
        }
        first
    }

    /// The demand of a link, the same law in every period; refused where the solver takes no such law.
    pub fn law(&mut self, link: MarketLinkIx) -> Demand {
        let mean = self.steady_mean(link);
        let (network, demand) = (self.problem.network, self.problem.demand);
        let noise = demand.config_of(link).noise_scale;
        let replayed = demand.replays.series(link).is_some();
        let refused = |found: &str| (found.to_owned(), "poisson without a shift, or normal");
        let (found, allowed) = match network.market[link].law {
            Law::Normal { .. } | Law::ProportionalNormal { .. } if network.has_whole_units() => {
                ("normal demand beside whole units".to_owned(), "poisson without a shift there")
            }
            Law::Normal { scale } if scale * noise > 0.0 => {
                return Demand::Normal { mean, deviation: scale * noise };
            }
            Law::ProportionalNormal { variation } if variation * mean * noise > 0.0 => {
                return Demand::Normal { mean, deviation: variation * mean * noise };
            }
            Law::Poisson { shift: 0.0 } if noise == 1.0 => return Demand::Poisson { mean },
            Law::Poisson { shift: 0.0 } => {
                (format!("poisson demand with a noise_scale of {noise}"), "a noise_scale of 1")
            }
            Law::Normal { .. } | Law::ProportionalNormal { .. } => {
                ("demand that does not scatter".to_owned(), "normal demand with a deviation")
            }
            Law::Poisson { .. } => refused("shifted poisson demand"),
            ref other => refused(other.words()),
        };
        if !replayed {
            self.refuse(self.edge(link), found, allowed);
        }
        Demand::Poisson { mean }
    }

    /// Everything that was refused, at once.
    pub fn finish(self) -> Result<(), ShapeError> {
        if self.facts.is_empty() {
            return Ok(());
        }
        Err(ShapeError::Unmodelled { facts: self.facts, solver: self.solver })
    }
}

/// Whether what is not served waits for as long as it takes, at no price beyond that of customers: as in the textbooks.
fn waits_freely(network: &Network) -> bool {
    network.physics.as_deref().is_none_or(|physics| {
        // A source of raw material serves everything.
        let between = |debt: &&Debt| network.supply[debt.link].supplier.is_some();
        let mut debts = physics.debts.iter().filter(between);
        debts.all(|debt| debt.first.is_some() && debt.at_most.is_none() && debt.penalty == 0.0)
            && physics.customers.iter().all(|terms| terms.share == 1.0 && terms.at_most.is_none())
    })
}

/// What may move a mean from period to period.
fn movers(config: &DemandConfig) -> Vec<&'static str> {
    let effects = config.effects;
    let all = [
        ("external_series", config.external_series.is_some()),
        ("trend", effects.trend),
        ("seasonal", effects.seasonal),
        ("shock", effects.shock),
    ];
    all.into_iter().filter(|(_, acts)| *acts).map(|(name, _)| name).collect()
}
