//! (s, S): order up to S whenever the inventory position is at or below s. Whole units, periodic review.
//!
//! Y.-S. Zheng and A. Federgruen, "Finding optimal (s, S) policies is about as simple as evaluating a single policy",
//! Operations Research 39 (1991); Snyder & Shen (2019), algorithm 4.2. Order first: an order of period t arrives in
//! t + L, before demand, so the position is exposed to L + 1 demands; cost is charged on the state at the end of a
//! period and unmet demand waits. The search rests on bounds, not on neighbours, so near-ties do not mislead it.

use invmgmt::mechanism::Mechanism::FixedOrderCosts;
use invmgmt::mechanism::{Mechanisms, Scope};

use super::Demand;
use super::chain;
use super::demand::Total;
use super::error::{InputError, ShapeError, finite, non_negative, positive};
use super::pmf::Pmf;
use super::problem::{Fact, PLAIN, ProblemView, Reads};

/// What errors call this solver.
const NAME: &str = "the (s, S) solver";
/// What it models.
const SCOPE: Scope = Scope { models: PLAIN.models.with(Mechanisms::of(&[FixedOrderCosts])), ..PLAIN };
/// Most levels between s and S.
const MAX_LEVELS: usize = 20_000;

/// An instance.
#[derive(Clone, Debug, PartialEq)]
pub struct ReorderLevel {
    /// Cost of placing an order, K [money / order], >= 0.
    pub fixed_cost: f64,
    /// Cost of a unit in stock at the end of a period, h [money / unit / period], > 0.
    pub holding_cost: f64,
    /// Cost of a unit owed at the end of a period, p [money / unit / period], > 0.
    pub penalty: f64,
    /// Periods from order to receipt, L [periods], >= 0; whole for discrete demand.
    pub lead_time: f64,
    /// Demand of one period, in whole units.
    pub demand: Demand,
    /// Cost that no decision moves, added to the answer's [money / period]; 0 for the plain problem.
    pub constant_cost: f64,
}

/// The optimum of a [`ReorderLevel`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReorderLevelPolicy {
    /// Position at or below which to order, s [units].
    pub reorder_level: i64,
    /// Position to order up to, S [units].
    pub order_up_to: i64,
    /// Long-run cost [money / period].
    pub cost: f64,
}

impl ReorderLevel {
    /// The problem of one stocking node with Poisson demand, as the simulator plays it in the long run with backlog and
    /// no discount. Prices move no level there: what is sold and bought does not depend on the policy.
    ///
    /// # Errors
    /// [`ShapeError`] if anything else is played.
    pub fn from_problem<'a>(problem: impl Into<ProblemView<'a>>) -> Result<Self, ShapeError> {
        let problem = problem.into();
        let chain = chain::read_single(problem, NAME, |_| Reads::of(SCOPE))?;
        if let Demand::Normal { .. } = chain.demand {
            let place = format!("edge {}", problem.network.link_name(problem.network.market.rows()[0].link));
            let fact = Fact { place, found: "normal demand".to_owned(), allowed: "poisson" };
            return Err(ShapeError::Unmodelled { facts: vec![fact], solver: NAME });
        }
        let stage = &chain.stages[0];
        let lead_time = stage.supply.lead_time as f64;
        Ok(Self {
            fixed_cost: stage.supply.fixed_order_cost,
            holding_cost: stage.node.holding_cost,
            penalty: chain.penalty,
            lead_time,
            constant_cost: stage.supply.pipeline_holding_cost * lead_time * chain.demand.mean(),
            demand: chain.demand,
        })
    }

    /// The policy of least long-run cost.
    ///
    /// # Errors
    /// [`InputError`] for the first number out of range, demand that is not in whole units, or levels too far apart.
    pub fn solve(&self) -> Result<ReorderLevelPolicy, InputError> {
        non_negative("fixed_cost", self.fixed_cost)?;
        positive("holding_cost", self.holding_cost)?;
        positive("penalty", self.penalty)?;
        non_negative("lead_time", self.lead_time)?;
        finite("constant_cost", self.constant_cost)?;
        self.demand.check()?;
        let (Total::Whole(one), Total::Whole(exposed)) =
            (self.demand.over(1.0)?, self.demand.over(self.lead_time + 1.0)?)
        else {
            return Err(InputError::DemandKind { found: "normal", allowed: "poisson or discrete" });
        };
        let mut renewal = Renewal::new(self, &one, &exposed);
        let best = exposed.quantile(self.penalty / (self.holding_cost + self.penalty)) as i64;
        let mut order_up_to = best;
        let mut reorder_level = best - 1;
        while renewal.cost(reorder_level, order_up_to)? > renewal.period_cost(reorder_level) {
            reorder_level -= 1;
        }
        let mut cost = renewal.cost(reorder_level, order_up_to)?;
        let mut candidate = best + 1;
        while renewal.period_cost(candidate) <= cost {
            let with_candidate = renewal.cost(reorder_level, candidate)?;
            if with_candidate < cost {
                (order_up_to, cost) = (candidate, with_candidate);
                while cost <= renewal.period_cost(reorder_level + 1) && reorder_level + 1 < order_up_to {
                    reorder_level += 1;
                    cost = renewal.cost(reorder_level, order_up_to)?;
                }
            }
            candidate += 1;
        }
        Ok(ReorderLevelPolicy { reorder_level, order_up_to, cost: cost + self.constant_cost })
    }
}

/// The cycle between two orders as a renewal process.
struct Renewal<'a> {
    settings: &'a ReorderLevel,
    one: &'a Pmf,
    exposed: &'a Pmf,
    /// Expected periods spent j units below S, m(j) [periods].
    visits: Vec<f64>,
    /// Sum of the visits so far: M(j + 1) [periods].
    length: Vec<f64>,
}

impl<'a> Renewal<'a> {
    fn new(settings: &'a ReorderLevel, one: &'a Pmf, exposed: &'a Pmf) -> Self {
        Self { settings, one, exposed, visits: Vec::new(), length: Vec::new() }
    }

    /// Expected cost of the period that ends L + 1 demands after this position, G(y) [money].
    fn period_cost(&self, position: i64) -> f64 {
        self.exposed.cost(position, self.settings.holding_cost, self.settings.penalty)
    }

    /// Extends the tables to `count` entries.
    fn extend(&mut self, count: usize) -> Result<(), InputError> {
        if count > MAX_LEVELS {
            return Err(InputError::TooManyLevels { limit: MAX_LEVELS });
        }
        let moved = 1.0 - self.one.probability(0);
        for j in self.visits.len()..count {
            let reached: f64 = if j == 0 {
                1.0
            } else {
                let steps = self.one.iter().skip_while(|&(step, _)| step == 0);
                steps.take_while(|&(step, _)| step <= j).map(|(step, p)| p * self.visits[j - step]).sum()
            };
            self.visits.push(reached / moved);
            self.length.push(self.length.last().unwrap_or(&0.0) + reached / moved);
        }
        Ok(())
    }

    /// Long-run cost of a policy, c(s, S) [money / period].
    fn cost(&mut self, reorder_level: i64, order_up_to: i64) -> Result<f64, InputError> {
        let levels = usize::try_from(order_up_to - reorder_level).expect("s lies below S");
        self.extend(levels)?;
        let visits = self.visits[..levels].iter().zip(0..);
        let running: f64 = visits.map(|(visits, below)| visits * self.period_cost(order_up_to - below)).sum();
        Ok((self.settings.fixed_cost + running) / self.length[levels - 1])
    }
}
